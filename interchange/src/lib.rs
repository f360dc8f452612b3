//! The outside world's formats, in and out: calendars, contacts, identifiers, recording information, works registrations, release notifications,
//! catalogues, markers, MIDI, broadcast WAV, foreign sessions, DAWproject, royalty statements.
//!
//! The crate is pure: plain data in, text and bytes out, and back. It knows no database, network, clock or other room of the house; moments and
//! identifiers come with the data. What comes from outside is read within limits, and what cannot be taken is named with its place and a remedy.
//!
//! To add a format: a module with plain types of its own, a reader or a writer, and tests that hold it against the format's published rules. Where an
//! independent program reads the format, `tests/it` asks its opinion.

pub mod bwf;
pub mod catalogue_csv;
pub mod contact;
mod content_line;
pub mod cwr;
pub mod dawproject;
mod ddex;
pub mod ern;
pub mod fault;
pub mod ical;
pub mod identifiers;
pub mod inventory;
pub mod markers;
pub mod midi;
pub mod people_csv;
pub mod places;
pub mod rin;
mod spreadsheet;
pub mod statements;
mod text;
pub mod vcard;
mod xml;
mod zip_end;
