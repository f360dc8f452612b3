//! What a receipt is made of. Amounts are whole minor units of its currency.

use chrono::{DateTime, Utc};

use crate::error::{DocumentError, FieldError};
use crate::texts::Language;

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The language that it is written in.
    pub language: Language,
    /// The order's reference.
    pub reference: String,
    /// When it was paid.
    pub paid_at: DateTime<Utc>,
    /// Who sold.
    pub seller: Person,
    /// Who bought.
    pub buyer: Person,
    /// ISO 4217 code.
    pub currency: String,
    /// How many decimals the currency has.
    pub decimals: u8,
    /// What was bought, at the prices on the list.
    pub lines: Vec<Line>,
    /// The licence that its one line replaces, and what was credited for that; none if it upgrades none.
    pub upgrade: Option<Upgrade>,
    /// What was taken off.
    pub discounts: Vec<Amount>,
    /// The tax; none where nobody asked for it.
    pub tax: Option<Tax>,
    /// What was paid, tax and all.
    pub total: u64,
    /// How it was paid; none of what cost nothing.
    pub payments: Vec<Payment>,
    /// What was given back since.
    pub given_back: u64,
}

/// A seller or a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// The postal address, or what is known of it, such as the country.
    pub address: Option<String>,
    /// The e-mail address.
    pub email: String,
}

/// A licence that was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The beat's title.
    pub title: String,
    /// The tier's name.
    pub tier: String,
    /// The licence's reference.
    pub reference: String,
    /// Its price on the list.
    pub list: u64,
}

/// What an upgrade replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The replaced licence's reference.
    pub replaced: String,
    /// Its tier's name.
    pub tier: String,
    /// What was paid for it, and for those before it, and is credited.
    pub credited: u64,
    /// By how much more was paid than is left, because no less or no finer part is collected.
    pub rounded_up: u64,
}

/// An amount by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Its name.
    pub name: String,
    /// How much.
    pub minor_units: u64,
}

/// A tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    /// What it is called, with its rate.
    pub amount: Amount,
    /// Whether it was in the prices on the list; otherwise it came on top.
    pub included: bool,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Who collected it.
    pub service: String,
    /// Under which number.
    pub id: String,
    /// How much.
    pub minor_units: u64,
    /// When.
    pub received_at: DateTime<Utc>,
}

impl Receipt {
    /// What the lines come to on the list.
    pub(super) fn list(&self) -> u64 {
        self.lines.iter().map(|line| line.list).fold(0, u64::saturating_add)
    }

    /// Refuses a receipt that does not add up.
    pub(super) fn check(&self) -> Result<(), DocumentError> {
        let taken = self.discounts.iter().map(|discount| discount.minor_units).fold(0, u64::saturating_add);
        let added = self.tax.as_ref().filter(|tax| !tax.included).map_or(0, |tax| tax.amount.minor_units);
        let (credited, up) = self.upgrade.as_ref().map_or((0, 0), |upgrade| (upgrade.credited, upgrade.rounded_up));
        let whole = self.list().saturating_add(added).saturating_add(up);
        if whole.checked_sub(taken.saturating_add(credited)) == Some(self.total) {
            return Ok(());
        }
        Err(DocumentError::Invalid(vec![FieldError {
            code: "total",
            field: "total".to_owned(),
            problem: "the lines, what is taken off or credited, and the tax do not come to it".to_owned(),
            remedy: "give the amounts as they were ordered".to_owned(),
        }]))
    }
}
