//! Tables of quotes and invoices.

mod invoices;
mod quotes;

pub use invoices::{counter, invoice, invoice_order, reminder, settings, transfer, watch};
pub use quotes::{answer, quote, stage, version};

/// The part of the work that reaches a milestone: one of the stages of the project.
pub use crate::production::entity::Stage as Phase;
use crate::text_enum;

text_enum! {
    /// Where a quote stands. Whether its time is over is told by the clock.
    pub enum QuoteState {
        /// The studio writes it, or changes what it had sent.
        Draft = "draft",
        /// The client is to answer.
        Sent = "sent",
        /// The client has accepted: it is frozen.
        Accepted = "accepted",
        /// The client has said no.
        Declined = "declined",
        /// The studio has taken it back.
        Withdrawn = "withdrawn",
        /// The studio has ended it after it was accepted: what was invoiced stays, and the rest is asked for no more.
        Ended = "ended",
    }
}

text_enum! {
    /// How a client has answered a quote.
    pub enum QuoteAct {
        /// They accept it.
        Accepted = "accepted",
        /// They do not.
        Declined = "declined",
    }
}

text_enum! {
    /// What a stage of a quote's schedule is.
    pub enum StageKind {
        /// Paid before the work begins.
        Deposit = "deposit",
        /// Paid on the way.
        Milestone = "milestone",
        /// All that is left, paid at the end.
        Balance = "balance",
    }
}

text_enum! {
    /// What a numbered document is.
    pub enum InvoiceKind {
        /// An invoice.
        Invoice = "invoice",
        /// A credit note: it takes something off an invoice.
        CreditNote = "credit_note",
    }
}

text_enum! {
    /// Which way a transfer went.
    pub enum TransferKind {
        /// The client has paid.
        Received = "received",
        /// The studio has sent something back.
        Returned = "returned",
        /// An earlier one was recorded by mistake, or has bounced.
        Reversed = "reversed",
    }
}

text_enum! {
    /// When a client is reminded of an invoice.
    pub enum ReminderKind {
        /// Before it is due.
        Before = "before",
        /// On the day on which it is.
        AtDue = "at_due",
        /// After that.
        After = "after",
    }
}

text_enum! {
    /// What is told of a quote, and to whom.
    pub enum QuoteNotice {
        /// The client: it waits for their answer.
        Sent = "sent",
        /// The client: it was taken back.
        Withdrawn = "withdrawn",
        /// The client: they have accepted it.
        Confirmed = "confirmed",
        /// The studio: it was accepted.
        Accepted = "accepted",
        /// The studio: it was declined, and why.
        Declined = "declined",
        /// The client: the rest of it is asked for no more, and why.
        Ended = "ended",
    }
}

text_enum! {
    /// What is told of an invoice, and to whom.
    pub enum InvoiceNotice {
        /// The client: it was issued.
        Issued = "issued",
        /// The client: it is due soon.
        DueSoon = "due_soon",
        /// The client: it is due today.
        Due = "due",
        /// The client: it is overdue.
        Overdue = "overdue",
        /// The client: a fee was added, for it is late. Of the fee's own invoice.
        LateFee = "late_fee",
        /// The client: money for it has come.
        Received = "received",
        /// The client: money for it was sent back, or was never there.
        TakenBack = "taken_back",
        /// The client: something of it was credited. Of the credit note.
        Credited = "credited",
    }
}
