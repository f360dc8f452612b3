//! The rules of quotes and invoices: what a line comes to, how a quote is paid in stages, how an invoice stands, when its client is reminded, and what being
//! late costs.

pub mod fees;
pub mod lines;
pub mod reminders;
pub mod schedule;
pub mod settings;
pub mod standing;
pub mod texts;

use crate::{
    collectable::AmountFault,
    money::{Currency, Money},
    report::{Explain, Kind, Report},
};

/// Why what was given is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A text that is missing, too long, or steers what stands beside it.
    #[error("this has {least} to {most} characters, and none that turns the direction of writing")]
    Text {
        /// The field.
        field: String,
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
    },
    /// None, or too many.
    #[error("there are 1 to {} lines", lines::MAX_LINES)]
    Lines,
    /// Not a quantity.
    #[error("a quantity is 0.001 to {}", lines::MAX_QUANTITY_MILLI / 1_000)]
    Quantity {
        /// The field.
        field: String,
    },
    /// Not a price.
    #[error("a price is nothing or more, and no more than {} of the smallest units", lines::MAX_UNIT_MINOR)]
    Price {
        /// The field.
        field: String,
    },
    /// Another currency than the rest.
    #[error("this is in {given}, and the rest is in {own}")]
    Currency {
        /// The field.
        field: String,
        /// What was given.
        given: Currency,
        /// What the rest is in.
        own: Currency,
    },
    /// It comes to nothing.
    #[error("it comes to nothing")]
    Nothing,
    /// It comes to more than can be reckoned.
    #[error("it comes to more than can be reckoned")]
    TooMuch,
    /// Too many milestones.
    #[error("a quote has {} milestones at most", schedule::MAX_MILESTONES)]
    Milestones,
    /// A milestone of nothing.
    #[error("a milestone comes to something")]
    MilestoneNothing {
        /// The field.
        field: String,
    },
    /// Deposit and milestones come to more than the quote.
    #[error("deposit and milestones come to {parts} before tax, and the whole quote to {whole}")]
    BeyondQuote {
        /// What they come to.
        parts: Money,
        /// The whole.
        whole: Money,
    },
    /// A stage that no payment service collects.
    #[error("{name}: {fault}")]
    Stage {
        /// Which.
        name: String,
        /// Why.
        fault: AmountFault,
    },
    /// Too long.
    #[error("a quote is valid for up to {} days", schedule::MAX_VALID_DAYS)]
    ValidUntil,
    /// Over before it is sent.
    #[error("the end of a quote’s validity lies in the past")]
    ValidUntilPast,
    /// A fee for being late that is none, or too high.
    #[error("{0}")]
    LateFee(&'static str),
    /// Not a VAT identification number.
    #[error(
        "a VAT identification number begins with the two letters of its country, and has 2 to 13 letters and digits behind them"
    )]
    VatId {
        /// The field.
        field: &'static str,
    },
    /// The reverse charge needs two companies in two countries, and the client's in the European Union.
    #[error(
        "the reverse charge needs the VAT identification numbers of both, the client’s of their own country, and that in the European Union and another than the studio’s"
    )]
    ReverseCharge,
    /// The rate cannot be told.
    #[error("the tax depends on the country of the client")]
    CountryNeeded,
    /// A setting beyond its bounds.
    #[error("this is {least} to {most}")]
    Setting {
        /// The field.
        field: &'static str,
        /// The least.
        least: i32,
        /// The most.
        most: i32,
    },
    /// What numbers begin with.
    #[error("what numbers begin with has 1 to 12 letters, digits and hyphens")]
    Prefix,
    /// An amount of nothing or less, or of more than can be reckoned.
    #[error("an amount is more than nothing, and no more than {} of the smallest units", lines::MAX_UNIT_MINOR)]
    Amount,
    /// A key that is empty or too long.
    #[error("an idempotency key has 1 to {} characters", texts::MAX_KEY_CHARS)]
    Key,
    /// A day that nobody keeps.
    #[error("a day is one of the years 2000 to 9999")]
    Year {
        /// The field.
        field: String,
    },
    /// A day to come.
    #[error("this day has not come yet")]
    Day,
}

impl Explain for Fault {
    fn explain(&self) -> Report {
        let report = |code| Report::new(Kind::Invalid, code, self.to_string());
        match self {
            Self::Text { field, .. } => {
                report("BAD_TEXT").field(field.clone()).remedy("write it in plain words, not too long")
            }
            Self::Lines => report("LINES").field("lines").remedy("say what is done, line by line"),
            Self::Quantity { field } => report("QUANTITY").field(field.clone()).remedy("check the decimals"),
            Self::Price { field } => report("PRICE").field(field.clone()).remedy("check the decimals"),
            Self::Currency { field, own, .. } => {
                report("OTHER_CURRENCY").field(field.clone()).remedy(format!("give it in {own}"))
            }
            Self::Nothing => report("NOTHING").field("lines").remedy("give at least one line a price"),
            Self::TooMuch => report("TOO_MUCH").field("lines").remedy("check the decimals"),
            Self::Milestones => report("MILESTONES").field("milestones").remedy("put some together"),
            Self::MilestoneNothing { field } => {
                report("MILESTONE").field(field.clone()).remedy("give it a share or an amount, or leave it out")
            }
            Self::BeyondQuote { .. } => {
                report("BEYOND_QUOTE").field("milestones").remedy("lower the deposit or a milestone")
            }
            Self::Stage { .. } => {
                report("STAGE_AMOUNT").field("milestones").remedy("make its part larger, or leave it to the balance")
            }
            Self::ValidUntil => report("VALID_UNTIL").field("validUntil").remedy("choose an earlier day"),
            Self::ValidUntilPast => report("VALID_UNTIL").field("validUntil").remedy("choose a day to come"),
            Self::LateFee(_) => report("LATE_FEE").field("lateFee").remedy("lower it, or leave it out"),
            Self::VatId { field } => report("VAT_ID").field(*field).remedy("write it as DE123456789"),
            Self::ReverseCharge => report("REVERSE_CHARGE")
                .field("reverseCharge")
                .remedy("give both numbers and the client's country, or charge the tax"),
            Self::CountryNeeded => report("COUNTRY_NEEDED").field("billTo.country").remedy("say where the client is"),
            Self::Setting { field, least, most } => {
                report("SETTING").field(*field).remedy(format!("choose {least} to {most}"))
            }
            Self::Prefix => report("PREFIX").field("prefix").remedy("INV is usual"),
            Self::Amount => report("AMOUNT").field("amount").remedy("check the amount"),
            Self::Key => report("IDEMPOTENCY_KEY").field("idempotencyKey").remedy("send a shorter key"),
            Self::Year { field } => report("YEAR").field(field.clone()).remedy("check the year"),
            Self::Day => report("DAY").field("happenedOn").remedy("give the day on which it happened"),
        }
    }
}
