//! Parties: the people and companies that a studio deals with.
//!
//! What the books need of a party stands in [`entity`]; what else is known of it, in [`records`], where it can be erased. Two entries of one party are merged
//! ([`merge_parties`]): the one keeps its row and leads to the other, for what was signed and booked names it.

mod classes;
mod commands;
pub mod details;
pub mod entity;
mod erasing;
mod error;
mod keys;
mod merging;
mod notes;
mod profile;
mod queries;
pub mod records;
pub mod references;
pub mod rules;
mod succession;

pub use classes::DataClass;
pub use commands::{PartyChange, PartyInput, create_party, update_party};
pub(crate) use commands::{enter_party, find_or_enter, hold_if_present, lock_present, require_present};
pub use erasing::{ERASED_NAME, ErasureLine, ErasureReport, erase_party, preview_erasure};
pub use error::{ErasureError, MergeError, PartyError};
pub use keys::{Likeness, folded, index_parties, search_words};
pub(crate) use keys::{keys_of, refresh as index_party, write as write_keys};
pub use merging::merge_parties;
pub use notes::{add_note, delete_note, edit_note, list_consents, list_notes};
pub use profile::{Profile, ProfileChange, find_profile, find_tax, profiles_of, set_tax, update_profile};
pub(crate) use profile::{contact_rows, link_rows, no_details, on_same_party, tag_rows};
pub use queries::{MAX_LIKENESSES, find_parties_by_ids, find_party, list_likenesses, list_parties};
pub use rules::PartyFacts;
pub use succession::{erasures_of, merged_into};
pub(crate) use succession::{family_of, hold_present, present, successors_of};
