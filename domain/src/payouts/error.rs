//! Why a payout is refused.

use chrono::NaiveDate;

use super::{
    entity::PayoutState,
    rules::{INVITE_MIN, MAX_HOLD_DAYS, MAX_NOTE_CHARS, MOST_EXECUTE_DAYS},
};
use crate::{
    ids::PartyId,
    ledger::LedgerError,
    money::{Currency, Money},
    policy::Denied,
    ports::GatewayError,
    report::{Explain, Kind, Report, StoreError},
    sales::rules::{MAX_KEY_CHARS, MAX_REASON_CHARS},
};

/// Why a payout is refused.
#[derive(Debug, thiserror::Error)]
pub enum PayoutError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such party in this studio.
    #[error("there is no such party")]
    NoParty,
    /// The party was merged into another, which has its balance.
    #[error("this party was merged into {into}, which is paid what it was owed")]
    Merged {
        /// Who took its place.
        into: PartyId,
    },
    /// No such payee, or not one of this gateway's.
    #[error("there is no such payee")]
    NoPayee,
    /// No such payout in this studio.
    #[error("there is no such payout")]
    NoPayout,
    /// Nothing can be paid: nothing is owed, or all of it is held back, or the payee owes the studio.
    #[error("nothing can be paid now; {held} are held back")]
    NothingPayable {
        /// What is owed and held back.
        held: Money,
    },
    /// Not an amount that can be paid.
    #[error("an amount is more than nothing, in {}", currency.code())]
    Amount {
        /// The currency that it has to be in.
        currency: Currency,
    },
    /// More than can be paid now.
    #[error("{payable} can be paid now; {held} are held back")]
    BeyondPayable {
        /// What can be paid.
        payable: Money,
        /// What is owed and held back.
        held: Money,
    },
    /// More than lies at the gateway of what is the studio's.
    #[error("{available} of the studio's money lie at the payment service")]
    BeyondGateway {
        /// How much does.
        available: Money,
    },
    /// Smaller parts than the gateway moves.
    #[error("the payment service moves multiples of {step}")]
    Step {
        /// What an amount is a multiple of.
        step: Money,
    },
    /// More than is owed.
    #[error("{owed} are owed, and no more is paid")]
    BeyondOwed {
        /// What is owed.
        owed: Money,
    },
    /// Less than is worth paying.
    #[error("{amount} are less than the {minimum} from which on is paid")]
    BelowMinimum {
        /// What could be paid.
        amount: Money,
        /// The least.
        minimum: Money,
    },
    /// The payee's payouts are held.
    #[error("payouts to this payee are held{}: {reason}", through.map_or_else(String::new, |day| format!(" through {day}")))]
    OnHold {
        /// Why.
        reason: String,
        /// Through which day; until further notice if none is named.
        through: Option<NaiveDate>,
    },
    /// What is recorded was paid against the payee's terms.
    #[error(transparent)]
    AgainstTerms(Box<Self>),
    /// More than the actor may let the studio pay.
    #[error("this pays {asked}, and you may let {limit} be paid at once")]
    Limit {
        /// What is to be paid.
        asked: Money,
        /// Up to which amount they may.
        limit: Money,
    },
    /// Another payout to the same payee is on its way, or has failed and waits.
    #[error("the payout {reference} to this payee is still {state}")]
    UnderWay {
        /// Its reference.
        reference: String,
        /// Where it stands.
        state: PayoutState,
    },
    /// The payee has no account at the gateway that money can be sent to.
    #[error("this payee has no account that money can be sent to")]
    NotReady,
    /// The payee cannot be written to.
    #[error("this payee has no e-mail address")]
    NoEmail,
    /// The payee has an account that works.
    #[error("this payee's account is ready")]
    ReadyAlready,
    /// A link was mailed a moment ago.
    #[error("a link was mailed to this payee less than {INVITE_MIN} minutes ago")]
    InvitedLately,
    /// Not a country.
    #[error("a country has two letters, such as DE or US")]
    Country,
    /// A bank would not take it.
    #[error("{problem}")]
    Bank {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Not a number of days.
    #[error("money is held back for 0 to {MAX_HOLD_DAYS} days")]
    HoldDays,
    /// A minimum below zero.
    #[error("a minimum is not below zero")]
    Minimum,
    /// The note is too long.
    #[error("a note has {MAX_NOTE_CHARS} characters at the most")]
    Note,
    /// No reason was given, or too long a one.
    #[error("a reason has 1 to {MAX_REASON_CHARS} characters")]
    Reason,
    /// The money is said to have left in the time to come.
    #[error("this is in the time to come")]
    PaidLater,
    /// The bank cannot pay on that day.
    #[error("a bank pays at yesterday's date at the earliest, and within {MOST_EXECUTE_DAYS} days")]
    ExecuteOn,
    /// The payout does not stand where this could be done with it.
    #[error("the payout is {0}")]
    State(PayoutState),
    /// The payout is the gateway's, which tells itself what became of it.
    #[error("this payout was sent by the payment service, which tells what becomes of it")]
    GatewaysOwn,
    /// The payout is known to have been sent, whatever its state says.
    #[error("the payment service has sent this payout")]
    SentAlready,
    /// The payee has another account at the gateway by now.
    #[error("the payee's account has been replaced since this payout was asked for")]
    AccountReplaced,
    /// Banks tell the files of a day apart by one character.
    #[error("a bank takes 36 files a day")]
    TooManyFiles,
    /// Nobody can be paid by such a file now.
    #[error("nobody can be paid by such a file now")]
    NobodyPayable,
    /// The amounts are too large for the file.
    #[error("the amounts are too large for one file")]
    TooLarge,
    /// The key is empty or too long.
    #[error("a key has 1 to {MAX_KEY_CHARS} characters")]
    RequestKey,
    /// The key stands for another request.
    #[error("this key stands for another request")]
    KeyTaken,
    /// Another worker is sending it at this moment.
    #[error("the payout is being sent at this moment")]
    Busy,
    /// The payout belongs to another gateway than the one in use.
    #[error("this belongs to {gateway}, and {present} is in use")]
    OtherGateway {
        /// Its gateway.
        gateway: String,
        /// The one in use.
        present: String,
    },
    /// The gateway did not do as it was asked.
    #[error("the payment service did not do as it was asked")]
    Gateway(#[source] GatewayError),
    /// The ledger refused.
    #[error("the ledger refused")]
    Ledger(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(PayoutError);

impl PayoutError {
    /// The same, for somebody who records what was paid by hand and can say that it was paid despite the payee's terms.
    pub(super) fn despite(self) -> Self {
        match self {
            refused @ (Self::OnHold { .. } | Self::BelowMinimum { .. }) => Self::AgainstTerms(Box::new(refused)),
            other => other,
        }
    }

    /// Whether the gateway was silent: what comes next would meet the same.
    pub const fn is_silence(&self) -> bool {
        matches!(self, Self::Gateway(error) if error.is_transient())
    }
}

impl Explain for PayoutError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NoParty => report(Kind::NotFound, "NOT_FOUND").field("party"),
            Self::Merged { into } => {
                report(Kind::Conflict, "MERGED").field("party").remedy(format!("go on with {into}"))
            }
            Self::NoPayee => report(Kind::NotFound, "NOT_FOUND").field("payee"),
            Self::NoPayout => report(Kind::NotFound, "NOT_FOUND").field("payout"),
            Self::NothingPayable { .. } => report(Kind::Conflict, "NOTHING_PAYABLE")
                .field("party")
                .remedy("wait until what is held back can be paid, or until there are more sales"),
            Self::Amount { .. } => {
                report(Kind::Invalid, "BAD_AMOUNT").field("amount").remedy("give an amount of what is owed")
            }
            Self::BeyondPayable { .. } => {
                report(Kind::Conflict, "BEYOND_PAYABLE").field("amount").remedy("pay less, or wait")
            }
            Self::BeyondGateway { .. } => report(Kind::Conflict, "BEYOND_GATEWAY")
                .field("amount")
                .remedy("pay less, pay by a bank file, or wait for more sales"),
            Self::Step { step } => {
                report(Kind::Invalid, "AMOUNT_DIGITS").field("amount").remedy(format!("make it a multiple of {step}"))
            }
            Self::BeyondOwed { .. } => {
                report(Kind::Conflict, "BEYOND_OWED").field("amount").remedy("record what is owed at the most")
            }
            Self::BelowMinimum { .. } => report(Kind::Conflict, "BELOW_MINIMUM")
                .field("amount")
                .remedy("wait until more is owed, or set a lower minimum: of the studio's payouts, or in the payee's terms of royalties"),
            Self::OnHold { .. } => report(Kind::Conflict, "PAYEE_ON_HOLD")
                .field("party")
                .remedy("write the next version of the payee's terms without the hold, or wait until it is over"),
            Self::AgainstTerms(refused) => refused
                .explain()
                .remedy("if it was paid all the same, record it with `despiteTerms`; else wait"),
            Self::Limit { .. } => report(Kind::Forbidden, "APPROVAL_LIMIT")
                .field("amount")
                .remedy("ask an owner of the studio to pay it, or to raise your limit"),
            Self::UnderWay { .. } => report(Kind::Conflict, "PAYOUT_UNDER_WAY")
                .field("party")
                .remedy("wait until it has arrived; one that has failed can be retried or cancelled"),
            Self::NotReady => report(Kind::Conflict, "PAYEE_NOT_READY")
                .field("party")
                .remedy("invite the payee to open an account, pay by a bank file, or record a payment by hand"),
            Self::NoEmail => {
                report(Kind::Conflict, "NO_EMAIL").field("party").remedy("enter the party's address first")
            }
            Self::ReadyAlready => report(Kind::Conflict, "PAYEE_READY").field("party").remedy("pay them"),
            Self::InvitedLately => report(Kind::TooMany, "INVITED_LATELY").field("party").remedy("wait a few minutes"),
            Self::Country => {
                report(Kind::Invalid, "BAD_COUNTRY").field("country").remedy("send the code of ISO 3166-1")
            }
            Self::Bank { field, .. } => {
                report(Kind::Invalid, "BAD_BANK_DETAILS").field(*field).remedy("correct it, as the bank has given it")
            }
            Self::HoldDays => report(Kind::Invalid, "BAD_HOLD").field("holdDays").remedy("give a number of days"),
            Self::Minimum => report(Kind::Invalid, "BAD_MINIMUM").field("minimum").remedy("send zero for none"),
            Self::Note => report(Kind::Invalid, "BAD_NOTE").field("note").remedy("shorten it"),
            Self::Reason => report(Kind::Invalid, "BAD_REASON").field("reason").remedy("say why in a sentence"),
            Self::PaidLater => report(Kind::Invalid, "PAID_LATER").field("paidAt").remedy("record it once it has left"),
            Self::ExecuteOn => report(Kind::Invalid, "BAD_DAY").field("executeOn").remedy("choose another day"),
            Self::State(_) => report(Kind::Conflict, "PAYOUT_STATE").field("payout").remedy("look at it again"),
            Self::GatewaysOwn => {
                report(Kind::Conflict, "GATEWAYS_OWN").field("payout").remedy("take it back at the payment service")
            }
            Self::SentAlready => report(Kind::Conflict, "SENT_ALREADY")
                .field("payout")
                .remedy("retry it: it is booked, and not sent again"),
            Self::AccountReplaced => {
                report(Kind::Conflict, "ACCOUNT_REPLACED").field("payout").remedy("cancel it and ask for another")
            }
            Self::TooManyFiles => {
                report(Kind::TooMany, "TOO_MANY_FILES").field("ach").remedy("write the next one tomorrow")
            }
            Self::NobodyPayable => report(Kind::Conflict, "NOBODY_PAYABLE")
                .remedy("see in `payeeBalances` who is owed what and what each waits for, and in `payeeRoutes` whose bank details are known"),
            Self::TooLarge => report(Kind::Invalid, "TOO_LARGE").field("parties").remedy("export fewer payees at once"),
            Self::RequestKey => {
                report(Kind::Invalid, "BAD_KEY").field("idempotencyKey").remedy("shorten it, or leave it out")
            }
            Self::KeyTaken => report(Kind::Conflict, "KEY_TAKEN").field("idempotencyKey").remedy("use a fresh key"),
            Self::Gateway(GatewayError::Refused { message, .. }) => {
                Report::new(Kind::Conflict, "GATEWAY_REFUSED", format!("the payment service refused: {message}"))
            }
            Self::Gateway(error) => {
                let kind = if error.is_transient() { Kind::Unavailable } else { Kind::Internal };
                report(kind, "GATEWAY_FAILED").remedy("try again in a moment; nothing is paid twice")
            }
            Self::Ledger(error) => error.explain(),
            Self::OtherGateway { .. } => report(Kind::Conflict, "OTHER_GATEWAY").remedy(
                "use the payment service that it belongs to; a payout that waits for it can be ended or cancelled",
            ),
            Self::Busy => Report::internal(),
            Self::Store(error) => error.explain(),
        }
    }
}
