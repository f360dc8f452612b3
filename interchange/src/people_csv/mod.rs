//! Contacts as lists for spreadsheets: read from the exports of Google, Outlook and Apple, written as Google's import takes them.
//!
//! Reading takes commas, semicolons and tabs, UTF-8, UTF-16 and Windows-1252. A column that nobody knows is kept with the contact under its own
//! name, and a row that no contact can be made of is told with its line and the reason.

mod columns;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::read;
pub use write::write;
