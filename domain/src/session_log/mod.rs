//! The session log: what happened in the studio, of which credits, the split sheet's draft and the notification for others ([`rin`]) are made.
//!
//! A session is logged from a booking or on its own. Its entries are who did what on which song, takes and what comps are made of, the equipment, and the samples
//! that were used. Entries are added, changed as a whole, and removed; each time the session is held, and what was before and after is appended to its edits,
//! which nobody changes.

pub mod commands;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rin;
pub mod rules;

pub use error::SessionLogError;
