//! Royalty statements: what distributors, stores and societies report, in the formats that each of them has.
//!
//! A format is a [`Description`]: its header, and what each column means, as data. [`known`] gives those that are published; a studio may teach others.
//! [`read()`] finds the format by its header, and reads it exactly or not at all: a header that differs by a single column is a [`Drift`],
//! which says what is different beside the nearest format, and a cell that could mean two things is a fault of its line. Amounts are exact
//! [`Decimal`]s, added up by currency and held against the file's own total; each [`Line`] knows its [`Place`] in the file, where [`raw_line`] finds it again.
//!
//! Files may be packed with gzip or ZIP, in UTF-8, UTF-16 or Windows-1252, with any usual separator, with rows before the header and totals behind the lines.
//! They are read as a stream, in blocks of whole records that several threads take apart.
//!
//! To add a format: a file in `formats` with its published header, a line in `description.rs`, and a file of it in `tests/it/statements`.

mod blocks;
mod codes;
mod dates;
mod decimal;
mod description;
mod detect;
mod drift;
mod error;
mod line;
mod plan;
mod read;
mod records;
mod source;
mod tally;

pub use blocks::Encoding;
pub use codes::{Currency, Isrc, Iswc, Upc};
pub use dates::{DateError, DateOrder, Span};
pub use decimal::{Decimal, Mark, NumberError, PLACES};
pub use description::{Column, Description, Field, MAX_COLUMNS, RowLabel, RowRole, fingerprint, known};
pub use drift::{Change, Drift, Nearest};
pub use error::StatementError;
pub use line::{Line, LineFault, Place};
pub use read::{Layout, Options, Progress, Summary, inspect, raw_line, raw_lines, read};
pub use source::{Limits, Packing};
pub use tally::{Agreement, Faults, Stated, Tally, Total};
