//! What is done with agreements: by the studio, by signers, by the schedule, and by the jobs that mail and seal.
//!
//! Each takes the agreement's row lock first. Those that must leave a mark even when they refuse (a code entered wrongly) take
//! [`crate::services::Services`] and commit by themselves; the others take a transaction.

mod dossier;
mod execution;
mod links;
mod records;
mod schedule;
mod signing;
mod studio;

pub use execution::{NewFile, record_file};
pub use links::{Opened, ask_code, enter_code, open_link, request_link};
pub use records::{record_code_mailed, record_link_mailed};
pub use schedule::{Tended, announce_term, expire, remind_overdue, tend};
pub use signing::{
    CounterProposal, Delegation, Seen, Signing, consent, counter, decline, delegate, shown, sign, withdraw,
};
pub use studio::{
    AgreementEdit, NewAgreement, accept_counter, amend_agreement, create_agreement, edit_agreement, refuse_counter,
    remind_signers, send_agreement, void_agreement,
};

use super::{
    AgreementError,
    document::{PartyReading, Reading},
    rules::Seat,
};
use crate::{actor::Ctx, identity::rules as texts, ports::AgreementDocuments};

pub use crate::identity::commands::Device;

/// The version of the text by which signers consent to electronic records.
pub const CONSENT_VERSION: &str = "2026-11-28";
/// The text itself, a paragraph a line. Another text gets another version.
pub const CONSENT_TEXT: &str = include_str!("../consent.txt");

/// A document that has been read and found to stand; what every command that writes one takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared(Reading);

impl Prepared {
    /// Reads a document, outside of any transaction.
    pub fn read(documents: &dyn AgreementDocuments, json: &str) -> Result<Self, AgreementError> {
        documents.read(json).map(Self).map_err(AgreementError::Document)
    }

    /// What it says.
    pub const fn reading(&self) -> &Reading {
        &self.0
    }
}

/// The places of those who sign, in the document's order.
fn seats(ctx: &Ctx, reading: &Reading) -> Result<Vec<Seat>, AgreementError> {
    let seat = |(party, row): (usize, &PartyReading)| {
        let email = row.email.as_ref().ok_or_else(|| AgreementError::NoAddress { name: row.name.clone() })?;
        let (key, concerns, fresh) = (email.account_key(), row.concerns_sha256.clone(), ctx.env.id());
        Ok(Seat { party, key, concerns, fresh })
    };
    reading.parties.iter().enumerate().filter(|(_, row)| row.signs).map(seat).collect()
}

/// A text that may be left empty.
fn note(field: &'static str, text: Option<&str>) -> Result<Option<String>, AgreementError> {
    texts::optional_text(text, super::rules::MAX_NOTE_CHARS).map_err(|fault| AgreementError::Text { field, fault })
}

/// A text that may not.
fn reason(text: &str) -> Result<String, AgreementError> {
    let empty = AgreementError::Text { field: "reason", fault: texts::NameFault::Empty };
    note("reason", Some(text))?.ok_or(empty)
}
