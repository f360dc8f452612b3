//! What a payee's statement is made of. Amounts are whole minor units of its currency, but for those of activities, which have eighteen decimals.

use chrono::{DateTime, NaiveDate, Utc};

use crate::error::{DocumentError, FieldError};
use crate::texts::Language;

/// How many decimals the amounts and units of activities have.
pub const EXACT_DECIMALS: u8 = 18;

/// How many of them are printed at the most, unless the currency has more.
pub const PRINTED_DECIMALS: u8 = 4;

/// The most activities of an account that are printed; what more there are is one line.
pub const MOST_LINES: usize = 500;

/// A payee's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoyaltyStatement {
    /// The language that it is written in.
    pub language: Language,
    /// Its reference.
    pub reference: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The first day that it accounts for.
    pub from: NaiveDate,
    /// The last day.
    pub through: NaiveDate,
    /// Who accounts.
    pub payer: Payer,
    /// To whom.
    pub payee: String,
    /// Their legal name, where it differs.
    pub payee_legal_name: Option<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// How many decimals the currency has.
    pub decimals: u8,
    /// Each account of the payee's.
    pub accounts: Vec<Account>,
    /// What all accounts are owed.
    pub balance: i64,
    /// What is paid out of it.
    pub due: i64,
    /// Why nothing is.
    pub waits: Option<Waits>,
}

/// Who accounts to the payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// The name.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// The postal address, in lines.
    pub address: Option<String>,
    /// The e-mail address.
    pub email: String,
}

/// Why nothing is paid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waits {
    /// There is nothing to pay.
    Nothing,
    /// It is less than is paid at the least.
    Minimum,
    /// It is held, for this reason.
    Hold(String),
}

/// An account: what it earns recoups what is charged to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What it is called.
    pub name: String,
    /// What it was owed; below zero, a deficit.
    pub opening: i64,
    /// What was paid of that since.
    pub paid: i64,
    /// What it has earned, of what.
    pub activities: Vec<Activity>,
    /// What of that was held back.
    pub held: i64,
    /// What was released of what had been held back.
    pub released: i64,
    /// What it has earned of all that, in whole minor units, with costs that came back.
    pub earned: i64,
    /// What costs took.
    pub costs: i64,
    /// What was withheld for tax.
    pub tax: i64,
    /// What advances took.
    pub advances: i64,
    /// What it is owed; below zero, a deficit.
    pub closing: i64,
    /// Costs and advances that are still open.
    pub unrecouped: i64,
    /// What was charged to it in the period.
    pub charges: Vec<Charge>,
    /// What is held back and will be released.
    pub reserves: Vec<Reserve>,
}

/// Why an amount is in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivityKind {
    /// A share of income.
    Share,
    /// A royalty under a contract.
    Royalty,
    /// A royalty that it bears.
    Borne,
    /// Royalties from record one on that had waited for costs to be recouped.
    Retroactive,
    /// A royalty on income that is held back for now.
    HeldBase,
}

/// What an account has earned of a recording or work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Why.
    pub kind: ActivityKind,
    /// The title; none of several together.
    pub title: Option<String>,
    /// On how many units, with [`EXACT_DECIMALS`].
    pub units: i128,
    /// How much, with [`EXACT_DECIMALS`]; below zero, what is borne.
    pub amount: i128,
    /// To whom it is paid, of what is borne.
    pub paid_to: Option<String>,
}

/// What is charged to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeKind {
    /// A cost.
    Cost,
    /// An advance.
    Advance,
}

/// Something charged to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// What it is.
    pub kind: ChargeKind,
    /// Its day.
    pub on: NaiveDate,
    /// What for.
    pub note: String,
    /// How much.
    pub amount: i64,
}

/// Something held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// When it is released.
    pub on: NaiveDate,
    /// How much.
    pub amount: i64,
}

impl Account {
    /// What its activities come to.
    pub(super) fn activity(&self) -> Option<i128> {
        self.activities.iter().try_fold(0_i128, |sum, activity| sum.checked_add(activity.amount))
    }

    fn adds_up(&self) -> bool {
        let wide = i128::from;
        wide(self.opening) - wide(self.paid) + wide(self.earned)
            - wide(self.costs)
            - wide(self.tax)
            - wide(self.advances)
            == wide(self.closing)
    }
}

impl RoyaltyStatement {
    /// Refuses a statement that does not add up, or whose currency has more decimals than a currency has.
    pub(super) fn check(&self) -> Result<(), DocumentError> {
        let wrong = self.accounts.iter().position(|account| !account.adds_up() || account.activity().is_none());
        let field = match wrong {
            Some(place) => format!("accounts[{place}].closing"),
            None if self.decimals > crate::format::MAX_MONEY_DECIMALS => "decimals".to_owned(),
            None => return Ok(()),
        };
        Err(DocumentError::Invalid(vec![FieldError {
            code: "total",
            field,
            problem: "what was owed, earned and set off does not come to it".to_owned(),
            remedy: "give the amounts as they were accounted for".to_owned(),
        }]))
    }
}
