//! The words by which quotes and invoices are told apart.

use async_graphql::Enum;

/// Where a quote stands. Whether its time is over tells `expired`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::invoices::entity::QuoteState")]
pub enum QuoteState {
    /// The studio writes it, or changes what it had sent.
    Draft,
    /// The client is to answer.
    Sent,
    /// The client has accepted: it is frozen.
    Accepted,
    /// The client has said no.
    Declined,
    /// The studio has taken it back.
    Withdrawn,
    /// The studio has ended it after it was accepted: what was invoiced stays, and the rest is asked for no more.
    Ended,
}

/// How a client has answered a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::invoices::entity::QuoteAct")]
pub enum QuoteAct {
    /// They accept it.
    Accepted,
    /// They do not.
    Declined,
}

/// What a stage of a quote's schedule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::invoices::entity::StageKind")]
pub enum QuoteStageKind {
    /// Paid before the work begins.
    Deposit,
    /// Paid on the way.
    Milestone,
    /// All that is left, paid at the end.
    Balance,
}

/// What a numbered document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::invoices::entity::InvoiceKind")]
pub enum InvoiceKind {
    /// An invoice.
    Invoice,
    /// A credit note: it takes something off an invoice.
    CreditNote,
}

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::invoices::rules::standing::InvoiceState")]
pub enum InvoiceState {
    /// Nothing of it is paid.
    Open,
    /// A part of it is.
    PartlyPaid,
    /// All of it is.
    Paid,
    /// The client's bank disputes what was paid.
    Disputed,
    /// All of it was credited.
    Credited,
}

/// Which way a transfer went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::invoices::entity::TransferKind")]
pub enum InvoiceTransferKind {
    /// The client has paid.
    Received,
    /// The studio has sent something back.
    Returned,
    /// An earlier one was recorded by mistake, or has bounced.
    Reversed,
}

/// When a client is reminded of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::invoices::entity::ReminderKind")]
pub enum InvoiceReminderKind {
    /// Before it is due.
    Before,
    /// On the day on which it is.
    AtDue,
    /// After that.
    After,
}
