//! Why royalties refuse something.

use chrono::NaiveDate;
use interchange::{fault::Fault, statements::StatementError};

use super::{
    entity::{ImportState, LineDisputeState, RunState},
    rules::{RoyaltyFault, RuleId},
};
use crate::{
    catalog::{CatalogError, Sha256},
    ids::RoyaltyRunId,
    ledger::LedgerError,
    links::LinkError,
    money::{Currency, Money},
    page::PageError,
    parties::PartyError,
    policy::Denied,
    ports::PortError,
    report::{Explain, Kind, Report, StoreError, is_without_room},
};

/// Why royalties refuse something.
#[derive(Debug, thiserror::Error)]
pub enum RoyaltyError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such page of a list.
    #[error(transparent)]
    Page(#[from] PageError),
    /// The link opens nothing.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The studio has taken the link to a portal back.
    #[error("the studio has taken this link back, and it opens nothing any more")]
    PortalRevoked,
    /// The party is none any more.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// The line is disputed already, in other words.
    #[error("this line is disputed already")]
    Disputed,
    /// So many disputes of the statement wait for an answer.
    #[error("{most} lines of this statement are disputed and wait for an answer, and no more can be")]
    Disputes {
        /// How many may.
        most: u64,
    },
    /// The dispute was answered.
    #[error("the dispute is {state}")]
    DisputeNotNow {
        /// Where it stands.
        state: LineDisputeState,
    },
    /// The rule says what no letter of direction can.
    #[error(
        "a letter of direction is written of a contract that pays somebody else one part of another royalty, for all lines and from the first on"
    )]
    NoDirection,
    /// No such year.
    #[error("a year is a number from 1900 to 9998")]
    Year,
    /// What payees are told could not be kept.
    #[error("the statement could not be kept")]
    Filing(#[source] CatalogError),
    /// No such thing in this studio.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for, such as `statement`.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// A rule, a line or a charge cannot be reckoned with.
    #[error(transparent)]
    Fault(#[from] RoyaltyFault),
    /// A text is empty or too long.
    #[error("this text has {most} characters at the most, and at least one")]
    Text {
        /// The field.
        field: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// A contract ends before it begins, or something else ends at all.
    #[error("only a contract has an end, and none before it begins")]
    Ends,
    /// The statement is where this is not possible any more, or not yet.
    #[error("the statement is {state}")]
    StatementNotNow {
        /// Where it stands.
        state: ImportState,
    },
    /// The file was uploaded as something else.
    #[error("this file was not sent as a statement")]
    NotStatement,
    /// The statement was not read, for nobody has said its currency.
    #[error("the statement does not say in which currency it is")]
    NoCurrency,
    /// A description of a format cannot be read by.
    #[error("the description does not hold: {}", said(faults))]
    Format {
        /// What is wrong with it, by its paths in the description.
        faults: Vec<Fault>,
    },
    /// A format that everybody has goes by that id.
    #[error("{id} is the id of a format that is known anyway")]
    FormatKnown {
        /// The id.
        id: String,
    },
    /// A rate is none.
    #[error("{problem}")]
    Rate {
        /// Why.
        problem: &'static str,
    },
    /// Something was booked or reckoned by the rate.
    #[error("this was booked already, and stays as it was booked")]
    RateBooked,
    /// A run has accounted for the lines.
    #[error("these lines were accounted for, and stay matched as they were")]
    Accounted,
    /// The files of the studio refused.
    #[error(transparent)]
    Upload(#[from] CatalogError),
    /// The file store failed.
    #[error("the statement could not be fetched")]
    Files(#[from] PortError),
    /// A statement that was read before cannot be read any more.
    #[error("the statement cannot be read any more")]
    Unreadable(#[source] StatementError),
    /// The disk beside the store failed.
    #[error("the statement could not be worked on")]
    Disk(#[from] std::io::Error),
    /// The run is where this is not possible any more, or not yet.
    #[error("the run is {state}")]
    RunNotNow {
        /// Where it stands.
        state: RunState,
    },
    /// A later run has found due what is left of this one.
    #[error("run {number} in {currency} has followed, and what is left of this one is due by it")]
    RunFollowed {
        /// The later one's number.
        number: i32,
        /// The currency.
        currency: Currency,
    },
    /// There is nothing that a run could take.
    #[error(
        "there is nothing to reckon in {currency} through {through}: no line that somebody owns and that has a rate, no charge, and nothing from before{}",
        without_rate(unrated)
    )]
    NothingToReckon {
        /// The currency.
        currency: Currency,
        /// The last day.
        through: NaiveDate,
        /// The files of statements that have no rate into any currency.
        unrated: Vec<String>,
    },
    /// Another run of the currency is not over.
    #[error("run {number} in {currency} is {state}")]
    RunOpen {
        /// The run.
        run: RoyaltyRunId,
        /// Its number.
        number: i32,
        /// The currency.
        currency: Currency,
        /// Where it stands.
        state: RunState,
    },
    /// A run cannot end on that day.
    #[error("a run goes through a day that is over, by UTC: {latest} at the latest{}", earliest.map_or_else(String::new, |day| format!(", and {day} at the earliest")))]
    Through {
        /// The first day behind the last run; none if there was no run.
        earliest: Option<NaiveDate>,
        /// Yesterday.
        latest: NaiveDate,
    },
    /// What a run is reckoned from went on changing.
    #[error("statements or terms were changed while this was reckoned")]
    RunMoved,
    /// The terms beside a split do not name what was signed.
    #[error("the rule {rule} does not say who has which share as the document that it names was signed")]
    NotSigned {
        /// The rule.
        rule: RuleId,
    },
    /// A charge of nothing, or less.
    #[error("a charge is more than nothing")]
    NoCharge,
    /// More than is believed.
    #[error("{most} at the most are recorded at once")]
    TooMuch {
        /// How much is.
        most: Money,
    },
    /// Something else was recorded to have reached the bank.
    #[error("{bank} on {on} was recorded already")]
    ReceiptRecorded {
        /// How much.
        bank: Money,
        /// When.
        on: NaiveDate,
    },
    /// Nothing was recorded to have reached the bank.
    #[error("nothing was recorded yet to have reached the bank")]
    NoReceipt,
    /// What reached the bank has another sign than the statement.
    #[error("the statement comes to {} than nothing, and this is {}", if *is_negative { "less" } else { "more" }, if *is_negative { "more" } else { "less" })]
    ReceiptSign {
        /// Whether the statement comes to less than nothing.
        is_negative: bool,
    },
    /// What reached the bank is far from what the statement comes to.
    #[error("{bank} differ from the {due} that are due by more than a twentieth")]
    ReceiptDiffers {
        /// What reached the bank.
        bank: Money,
        /// What is due.
        due: Money,
    },
    /// What is a payment, or takes a charge back itself, is not taken back.
    #[error("a payment, and what takes a charge back, are not taken back here")]
    NotReversible,
    /// An advance is included in the costs of the account that it is paid to.
    #[error("an advance is included in the costs of another account than the one that it is paid to")]
    IncludedInItself,
    /// A payment is a payout.
    #[error("what a payee is paid is a payout")]
    PaidOut,
    /// A file of a run cannot be kept or read.
    #[error("a file of the run could not be kept or read")]
    RunFile(#[source] PortError),
    /// A file of a run could not be written down.
    #[error("a file of the run could not be written down")]
    RunKept(#[source] CatalogError),
    /// A file of a run is not what it was.
    #[error("the file {0} of a run is gone, or is not what it was")]
    RunGone(Sha256),
    /// The run pays out more than the actor may approve.
    #[error("this run pays out {asked}, and you may approve {limit}")]
    Limit {
        /// What it pays out.
        asked: Money,
        /// Up to which amount they may.
        limit: Money,
    },
    /// A limit is below nothing.
    #[error("up to {limit} nobody can approve anything: a limit is nothing or more")]
    LimitBelowZero {
        /// What was given.
        limit: Money,
    },
    /// The key was used for something else.
    #[error("this idempotency key was used for something else")]
    KeyTaken,
    /// The ledger refused.
    #[error("the royalties could not be booked")]
    Ledger(#[from] LedgerError),
    /// What was kept cannot be read.
    #[error("what was kept of royalties cannot be read")]
    Content(#[from] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(RoyaltyError);

/// How many files are named at the most.
const MOST_FILES: usize = 3;

/// That statements wait for their rates.
fn without_rate(files: &[String]) -> String {
    let named: Vec<String> = files.iter().take(MOST_FILES).map(|file| format!("“{file}”")).collect();
    let more = if files.len() > MOST_FILES { ", …" } else { "" };
    match files.len() {
        0 => String::new(),
        1 => format!(", and what {} says has no rate", named.join("")),
        count => format!(", and {count} amounts of statements have no rate: {}{more}", named.join(", ")),
    }
}

/// Every fault with what to do about it, in one sentence each.
fn said(faults: &[Fault]) -> String {
    let said = |fault: &Fault| format!("{} ({}): {}", fault.field, fault.problem, fault.remedy);
    faults.iter().map(said).collect::<Vec<_>>().join(". ")
}

impl Explain for RoyaltyError {
    #[expect(clippy::too_many_lines, reason = "one explanation for each refusal, all in one place")]
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Page(problem) => problem.explain(),
            Self::Link(LinkError::Forged) => report(Kind::NotFound, "LINK_INVALID").field("token"),
            Self::Link(LinkError::Expired) => {
                Report::new(Kind::NotFound, "LINK_EXPIRED", "the time of this link is over")
                    .field("token")
                    .remedy("open the link that was mailed last, or ask the studio for a fresh one")
            }
            Self::PortalRevoked => report(Kind::NotFound, "LINK_REVOKED")
                .field("token")
                .remedy("open the link that was mailed last, or ask the studio for another"),
            Self::Party(problem) => problem.explain().field("party"),
            Self::Disputed => report(Kind::Conflict, "DISPUTED_ALREADY")
                .field("line")
                .remedy("wait for the studio’s answer, which is mailed to you"),
            Self::Disputes { .. } => {
                report(Kind::TooMany, "TOO_MANY_DISPUTES").field("line").remedy("wait for the studio’s answers")
            }
            Self::DisputeNotNow { .. } => {
                report(Kind::Conflict, "DISPUTE_NOT_NOW").field("dispute").remedy("look at how it was answered")
            }
            Self::NoDirection => report(Kind::Invalid, "NO_DIRECTION").field("rule").remedy(
                "name a contract whose one rate has the base royalty_of, without conditions, escalation or reserve",
            ),
            Self::Year => report(Kind::Invalid, "BAD_YEAR").field("year").remedy("send a year such as 2026"),
            Self::Filing(problem) | Self::Upload(problem) => problem.explain(),
            Self::NotFound { field, .. } => report(Kind::NotFound, "NOT_FOUND").field(*field),
            Self::Fault(_) => report(Kind::Invalid, "ROYALTY_RULE").field("rule"),
            Self::Text { field, .. } => {
                report(Kind::Invalid, "BAD_TEXT").field(*field).remedy("shorten it, or say something")
            }
            Self::Ends => {
                report(Kind::Invalid, "BAD_END").field("endsOn").remedy("give a day after the contract begins, or none")
            }
            Self::StatementNotNow { .. } => {
                report(Kind::Conflict, "STATEMENT_NOT_NOW").field("statement").remedy("look at how it stands")
            }
            Self::NotStatement => report(Kind::Invalid, "NOT_STATEMENT")
                .field("asset")
                .remedy("upload it as a file of the kind statement"),
            Self::NoCurrency => report(Kind::Conflict, "NO_CURRENCY")
                .field("currency")
                .remedy("take the file in again, with its currency"),
            Self::Format { faults } => {
                let of = |fault: &Fault| Fault { field: format!("description.{}", fault.field), ..fault.clone() };
                Report::of_faults(Kind::Invalid, "BAD_FORMAT", &faults.iter().map(of).collect::<Vec<_>>())
            }
            Self::FormatKnown { .. } => {
                report(Kind::Conflict, "FORMAT_KNOWN").field("description.id").remedy("choose another id, and name")
            }
            Self::Rate { .. } => report(Kind::Invalid, "BAD_RATE")
                .field("rate")
                .remedy("say how much of one currency is how much of the other"),
            Self::RateBooked => report(Kind::Conflict, "ALREADY_BOOKED")
                .field("statement")
                .remedy("record what reached the bank, or correct that: the difference is booked"),
            Self::Accounted => {
                report(Kind::Conflict, "ITEM_ACCOUNTED").field("item").remedy("settle the difference with a charge")
            }
            Self::RunNotNow { state } => report(Kind::Conflict, "RUN_NOT_NOW").field("run").remedy(match state {
                RunState::Draft => "approve it first",
                RunState::Approved => "post it, or discard it",
                RunState::Posted => "leave it: it is in the books, and what it has not taken is the next run’s",
                RunState::Discarded => "reckon the period again",
            }),
            Self::NothingToReckon { unrated, .. } => {
                let remedy = if unrated.is_empty() {
                    "take statements in and have splits signed: `suspense` shows what waits; or look whether the day and the currency are meant"
                } else {
                    "set the rates of those statements, or record what of them reached the bank"
                };
                report(Kind::Conflict, "NOTHING_TO_RECKON").field("currency").remedy(remedy)
            }
            Self::RunFollowed { .. } => report(Kind::Conflict, "RUN_FOLLOWED").field("run").remedy("pay that one"),
            Self::RunOpen { run, .. } => report(Kind::Conflict, "RUN_OPEN")
                .field("currency")
                .remedy(format!("approve and post {run}, or discard it, first")),
            Self::Through { .. } => report(Kind::Invalid, "BAD_PERIOD").field("through").remedy("choose another day"),
            Self::RunMoved => report(Kind::Conflict, "RUN_MOVED").remedy("try again in a moment"),
            Self::NotSigned { .. } => report(Kind::Invalid, "NOT_SIGNED")
                .field("content")
                .remedy("name the split as split:rec_… or split:work_…, its signed document, and the shares as they were signed"),
            Self::NoCharge => report(Kind::Invalid, "BAD_AMOUNT").field("amount").remedy("give an amount above zero"),
            Self::TooMuch { .. } => {
                report(Kind::Invalid, "AMOUNT_TOO_LARGE").field("amount").remedy("look for mistyped digits, or record it in parts")
            }
            Self::ReceiptRecorded { .. } => report(Kind::Conflict, "RECEIPT_RECORDED")
                .field("statement")
                .remedy("if that is wrong, correct it with `correctStatementReceipt`: both are kept"),
            Self::NoReceipt => report(Kind::Conflict, "NO_RECEIPT")
                .field("statement")
                .remedy("record it with `recordStatementReceipt`"),
            Self::ReceiptSign { .. } => report(Kind::Invalid, "RECEIPT_SIGN")
                .field("amount")
                .remedy("send what reached the bank above zero, and what it has given back below"),
            Self::ReceiptDiffers { .. } => report(Kind::Conflict, "RECEIPT_DIFFERS")
                .field("amount")
                .remedy("look for mistyped digits; if it is right, send it again with `confirmDifference`"),
            Self::NotReversible => report(Kind::Conflict, "NOT_REVERSIBLE")
                .field("charge")
                .remedy("record the charge anew; a payment that came back is recorded with `returnPayout`"),
            Self::IncludedInItself => report(Kind::Invalid, "INCLUDED_IN_ITSELF")
                .field("to")
                .remedy("name the account among whose costs it is, or none"),
            Self::PaidOut => report(Kind::Invalid, "PAID_OUT")
                .field("to")
                .remedy("record it as a payout: the next run takes it into account by itself"),
            Self::RunFile(error) | Self::Files(error) => error.explain(),
            Self::RunKept(error) => Report::within(error),
            Self::Ledger(error) => Report::within(error),
            Self::Limit { .. } => report(Kind::Forbidden, "APPROVAL_LIMIT")
                .field("run")
                .remedy("ask an owner of the studio to approve it"),
            Self::LimitBelowZero { .. } => report(Kind::Invalid, "BAD_LIMIT")
                .field("limit")
                .remedy("give an amount of zero or more; zero takes the leave back"),
            Self::KeyTaken => {
                report(Kind::Conflict, "IDEMPOTENCY_KEY_TAKEN").field("idempotencyKey").remedy("use a new key")
            }
            Self::Disk(error) if is_without_room(error) => Report::no_room(),
            Self::RunGone(_) | Self::Content(_) | Self::Unreadable(_) | Self::Disk(_) => Report::internal(),
            Self::Store(error) => error.explain(),
        }
    }
}
