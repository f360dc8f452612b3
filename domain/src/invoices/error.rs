//! Why quotes and invoices are refused.

use super::{entity::QuoteState, rules::Fault};
use crate::{
    env::Instant,
    ledger::LedgerError,
    legible::Illegible,
    links::LinkError,
    money::{Currency, Money},
    parties::PartyError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
    sales::SalesError,
};

/// Why quotes and invoices are refused.
#[derive(Debug, thiserror::Error)]
pub enum InvoiceError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The link opens nothing.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The client is no more: merged into another, or erased.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// What was given is wrong.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// Documents cannot show it.
    #[error(transparent)]
    Illegible(#[from] Illegible),
    /// No such studio.
    #[error("there is no such studio")]
    NoStudio,
    /// No such project that the caller may know of.
    #[error("there is no such project")]
    NoProject,
    /// No such client that the caller may know of.
    #[error("there is no such client")]
    UnknownClient,
    /// The project is for nobody.
    #[error("the project has no client")]
    NoClient,
    /// The client cannot be mailed.
    #[error("the client has no e-mail address")]
    NoEmail,
    /// The address is none.
    #[error("this is not an e-mail address")]
    Email,
    /// No such quote that the caller may know of.
    #[error("there is no such quote")]
    NoQuote,
    /// No such invoice that the caller may know of.
    #[error("there is no such invoice")]
    NoInvoice,
    /// No such transfer that the caller may know of.
    #[error("there is no such transfer")]
    NoTransfer,
    /// No such agreement of this studio.
    #[error("there is no such agreement")]
    NoAgreement,
    /// No such stage.
    #[error("the quote has no such stage")]
    NoStage,
    /// What invoices have to say of the studio is not known.
    #[error("an invoice names the studio’s postal address, and none is set")]
    SellerUnknown,
    /// Who charges tax in the European Union has a number, which invoices have to say.
    #[error("an invoice with tax names the studio’s VAT identification number or its tax number, and neither is set")]
    SellerNumber,
    /// Whoever sends has not confirmed their own address.
    #[error("your e-mail address is not confirmed")]
    Unconfirmed {
        /// What was to be sent, or to whom.
        field: &'static str,
    },
    /// The client was mailed a short while ago.
    #[error("the client was mailed less than a day ago; it can be mailed again from {} on", next_at.format("%-d %B %Y, %H:%M UTC"))]
    MailedLately {
        /// From when on.
        next_at: Instant,
    },
    /// The quote is where this is not possible any more, or not yet.
    #[error("the quote is {state}")]
    QuoteNotNow {
        /// Where it stands.
        state: QuoteState,
    },
    /// The quote waits for no answer of its client any more.
    #[error("the quote is {state}")]
    QuoteAnswered {
        /// Where it stands.
        state: QuoteState,
    },
    /// Nothing of it is left to be ended.
    #[error("all of this quote is invoiced")]
    QuoteInvoiced,
    /// The studio changes the quote.
    #[error("the studio is changing this quote, and will mail it again")]
    QuoteChanging,
    /// Another version was seen.
    #[error("the quote was changed since you have opened it")]
    QuoteChanged,
    /// Its time is over.
    #[error("the time to accept this quote is over")]
    QuoteExpired,
    /// By another rate than when it was written.
    #[error("the tax on this quote is another than when it was saved")]
    TaxChanged,
    /// The agreement is not executed.
    #[error("nothing of this quote is invoiced before its agreement is signed by all")]
    AgreementOpen,
    /// A credit note is credited no more.
    #[error("this is a credit note")]
    CreditNote,
    /// More than is left of an invoice.
    #[error("{asked} is more than the {rest} that can still be credited")]
    BeyondInvoice {
        /// What was asked for.
        asked: Money,
        /// What is left.
        rest: Money,
    },
    /// What was paid takes its time.
    #[error("a payment of this invoice is under way, and banks take up to a few days")]
    Paying,
    /// The client's bank decides.
    #[error("a payment of this invoice is disputed")]
    Disputed,
    /// More than has come by transfer.
    #[error("{asked} is more than the {rest} that have come by transfer and are kept")]
    BeyondTransfers {
        /// What was asked for.
        asked: Money,
        /// What is kept.
        rest: Money,
    },
    /// It was taken back already, or takes something back itself.
    #[error("this transfer has been taken back already, or is itself what takes one back")]
    Reversed,
    /// What it has brought was sent back.
    #[error("what this transfer has brought was sent back since")]
    SentBack,
    /// An amount in another currency than the invoice's.
    #[error("this is in {given}, and the invoice is in {own}")]
    OtherCurrency {
        /// What was given.
        given: Currency,
        /// The invoice's.
        own: Currency,
    },
    /// The key was used for something else.
    #[error("this idempotency key was used for something else")]
    KeyTaken,
    /// The sale refused.
    #[error(transparent)]
    Sale(#[from] SalesError),
    /// The ledger refused.
    #[error("the transfer could not be booked")]
    Ledger(#[from] LedgerError),
    /// What was kept cannot be read.
    #[error("what was kept of a quote or an invoice cannot be read")]
    Content(#[source] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(InvoiceError);

impl Explain for InvoiceError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        let missing = |field: &str| report(Kind::NotFound, "NOT_FOUND").field(field);
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Link(LinkError::Forged) => report(Kind::NotFound, "LINK_INVALID").field("token"),
            Self::Link(LinkError::Expired) => {
                report(Kind::NotFound, "LINK_EXPIRED").field("token").remedy("ask the studio for a fresh one")
            }
            Self::Party(problem) => problem.explain().field("client"),
            Self::Fault(fault) => fault.explain(),
            Self::Illegible(illegible) => illegible.explain(),
            Self::NoStudio => missing("studio"),
            Self::NoProject => missing("project"),
            Self::UnknownClient => missing("client"),
            Self::NoQuote => missing("quote"),
            Self::NoInvoice => missing("invoice"),
            Self::NoTransfer => missing("transfer"),
            Self::NoAgreement => missing("agreement"),
            Self::NoStage => missing("position"),
            Self::NoClient => {
                report(Kind::Conflict, "NO_CLIENT").field("project").remedy("say for which client the project is")
            }
            Self::NoEmail => report(Kind::Conflict, "NO_EMAIL").field("billTo.email").remedy("give the client's address"),
            Self::Email => report(Kind::Invalid, "BAD_EMAIL").field("billTo.email").remedy("correct the address"),
            Self::SellerUnknown => {
                report(Kind::Conflict, "SELLER_UNKNOWN").field("studio").remedy("set the address with `updateStudio`")
            }
            Self::SellerNumber => {
                report(Kind::Conflict, "SELLER_NUMBER").field("studio").remedy("set one with `setInvoiceSettings`")
            }
            Self::Unconfirmed { field } => report(Kind::Conflict, "EMAIL_NOT_CONFIRMED").field(*field).remedy(
                "open the link in the mail that came when you signed up; `requestVerification` mails another. With a key, an owner of the studio does this",
            ),
            Self::MailedLately { .. } => {
                report(Kind::TooMany, "MAILED_LATELY").field("quote").remedy("wait until then; the link is in their mailbox")
            }
            Self::QuoteNotNow { .. } => {
                report(Kind::Conflict, "QUOTE_NOT_NOW").field("quote").remedy("look at how it stands; write a new one")
            }
            Self::QuoteAnswered { .. } => report(Kind::Conflict, "QUOTE_NOT_NOW")
                .field("quote")
                .remedy("ask the studio if something is to be otherwise"),
            Self::QuoteInvoiced => report(Kind::Conflict, "QUOTE_INVOICED")
                .field("quote")
                .remedy("credit what is not to be paid with `creditInvoice`"),
            Self::QuoteChanging => {
                report(Kind::Conflict, "QUOTE_CHANGING").field("quote").remedy("wait for the mail with the new version")
            }
            Self::QuoteChanged => {
                report(Kind::Conflict, "QUOTE_CHANGED").field("version").remedy("read it again, then answer")
            }
            Self::QuoteExpired => {
                report(Kind::Conflict, "QUOTE_EXPIRED").field("quote").remedy("ask the studio for a new one")
            }
            Self::TaxChanged => report(Kind::Conflict, "TAX_CHANGED").field("quote").remedy("save it again, then send it"),
            Self::AgreementOpen => report(Kind::Conflict, "AGREEMENT_OPEN").field("quote").remedy(
                "have the agreement signed, and name it with `setQuoteAgreement`",
            ),
            Self::CreditNote => report(Kind::Conflict, "CREDIT_NOTE").field("invoice").remedy("name the invoice"),
            Self::BeyondInvoice { rest, .. } => report(Kind::Conflict, "BEYOND_INVOICE")
                .field("amount")
                .remedy(format!("credit {rest} at the most, or leave the amount out for all of that")),
            Self::Paying => report(Kind::Conflict, "PAYING").field("invoice").remedy("wait; you are told by mail"),
            Self::Disputed => {
                report(Kind::Conflict, "DISPUTED").field("invoice").remedy("wait until the bank has decided")
            }
            Self::BeyondTransfers { rest, .. } => report(Kind::Conflict, "BEYOND_TRANSFERS")
                .field("amount")
                .remedy(format!("record {rest} at the most; what was paid at the gateway goes back by `refundOrder`")),
            Self::Reversed => report(Kind::Conflict, "REVERSED").field("transfer"),
            Self::SentBack => {
                report(Kind::Conflict, "SENT_BACK").field("transfer").remedy("take back what was sent back first")
            }
            Self::OtherCurrency { own, .. } => {
                report(Kind::Invalid, "OTHER_CURRENCY").field("amount").remedy(format!("give an amount in {own}"))
            }
            Self::KeyTaken => {
                report(Kind::Conflict, "IDEMPOTENCY_KEY_TAKEN").field("idempotencyKey").remedy("use a new key")
            }
            Self::Sale(error) => error.explain(),
            Self::Ledger(error) => Report::within(error),
            Self::Content(_) => Report::internal(),
            Self::Store(error) => error.explain(),
        }
    }
}
