//! What payees are told, their links, what they say to it, and how they are paid. And letters to those who are to pay them.

mod directions;
mod disputes;
mod issuing;
mod paying;
mod portal;

pub use directions::keep_direction;
pub use disputes::{MOST_OPEN, NewDispute, answer_dispute, open_dispute};
pub use issuing::{Documents, issue_statements, mail_statement, note_mailed, note_seen, record_documents};
pub use paying::{MOST_PAID, PaidRoyalty, Paying, WaitingRoyalty, pay_royalties};
pub use portal::{open_portal, portal_of_payee, revoke_portal};
