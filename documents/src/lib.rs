//! Contracts that people read, buy under and keep: one text, typeset as PDF/A-2b and shown as HTML; sealed, and verified.
//!
//! The crate is pure: plain data in, text and bytes out. It knows no database, network, clock or other room of the house; every
//! date comes with the data. It alone depends on typst, so that nothing else waits for that build.
//!
//! How a document is made:
//!
//! 1. A typed model ([`licence::LicenceContract`]) is validated; an error names the field and the remedy.
//! 2. [`licence::clauses`] turns it into words. The sentences live in `texts/<language>.txt`, the decisions in `licence/clauses.rs`.
//! 3. [`licence::contract_text`] gathers everything a reader sees into one value, with characters that no font can show spelled out.
//! 4. [`licence::to_pdf`] and [`licence::preview_html`] lay out that one value: what is shown is what is sold is what is filed.
//! 5. [`mod@seal`] seals a finished PDF and verifies a sealed one; data that machines read travels in it
//!    ([`Typesetter::render_with`]).
//!
//! Agreements go the same way: [`agreement::from_json`], [`agreement::text()`], [`agreement::html`], [`agreement::typeset`]; and back again:
//! [`agreement::rebuild()`] makes a sealed one out of what it embeds. A licence's [`certificate`] is made of its contract, an order's [`receipt`] of amounts that add up, and so are an [`invoice`] and a [`royalty_statement`]; a letter of [`direction`] of a contract's terms. A [`card`] is no document but a picture, which shared links show.
//!
//! To add a language: add `texts/<code>.txt` and the same under `texts/agreements`, `texts/certificates`, `texts/receipts`, `texts/invoices`, `texts/royalty_statements` and `texts/directions` with the same keys, a variant to
//! [`Language`], and its number and date habits to [`mod@format`]; the tests then check every key. To add a document: a folder beside `licence` with the same files (model,
//! validation, clauses, text, render) and a template under `templates/`; [`world::Typesetter`] renders any of them.

pub mod agreement;
pub mod card;
pub mod certificate;
pub mod direction;
mod endings;
pub mod error;
mod faults;
pub mod format;
pub mod invoice;
pub mod legible;
pub mod licence;
mod picture;
mod qr;
pub mod receipt;
pub mod royalty_statement;
pub mod seal;
pub mod texts;
pub mod unsealed;
mod words;
pub mod world;

pub use error::{DocumentError, FieldError};
pub use texts::Language;
pub use world::{EmbeddedFile, Pdf, Relationship, Typesetter};
