//! vCards: version 4.0 written (RFC 6350), 3.0 (RFC 2426) and 4.0 read, as address books really write them.
//!
//! Version 2.1 is refused by name: its quoted-printable values break lines in a way of their own, and every program that wrote it writes 3.0 today.
//! Pictures, sounds and keys within cards are left out.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::read;
pub use write::write;
