//! What quotes and invoices say, as it is kept: in JSON, with the hash of that. What was sent or issued is shown from here, whatever studio or client are
//! called today.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    InvoiceError,
    entity::{Phase, StageKind},
    rules::fees::LateFee,
};
use crate::{catalog::Sha256, email::EmailAddress, env::Instant, money::Currency, pricing::Country, share::Share};

/// Who asks, or who is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The name.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// The postal address, in lines.
    pub address: String,
    /// The country, an ISO 3166-1 code.
    pub country: Option<String>,
    /// Where they are reached.
    pub email: EmailAddress,
    /// The VAT identification number.
    pub vat_id: Option<String>,
    /// The number at the tax office.
    pub tax_number: Option<String>,
}

impl Side {
    /// The country, if it is known.
    pub fn country(&self) -> Option<Country> {
        self.country.as_deref().and_then(|code| code.parse().ok())
    }
}

/// How something is taxed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxFacts {
    /// The client's country, an ISO 3166-1 code.
    pub country: String,
    /// What the tax is called there.
    pub name: String,
    /// Its rate.
    pub rate: Share,
    /// Whether the client owes it, by the rules of the European Union.
    pub reverse_charge: bool,
}

/// `VAT 19 % (Germany)`.
impl std::fmt::Display for TaxFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let country = match self.country.parse::<Country>() {
            Ok(known) => known.name(),
            Err(_) => self.country.as_str(),
        };
        if self.reverse_charge {
            write!(f, "Reverse charge ({country})")
        } else if self.rate == Share::ZERO {
            write!(f, "No tax ({country})")
        } else {
            write!(f, "{} {} % ({country})", self.name, self.rate)
        }
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What is done.
    pub what: String,
    /// How much of it, in thousandths.
    pub quantity_milli: i64,
    /// What one of it costs before tax, in minor units.
    pub unit_minor: i64,
    /// What it comes to before tax, in minor units.
    pub net_minor: i64,
    /// Whether it is recouped from what the work earns.
    pub recoupable: bool,
}

/// What a milestone comes to, before tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A share of the quote.
    Share(Share),
    /// An amount, in minor units.
    Net(i64),
}

/// A milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// What it is called.
    pub name: String,
    /// What it comes to.
    pub part: Part,
    /// On which day it is invoiced by itself; none: when it is reached.
    pub due_on: Option<NaiveDate>,
    /// The part of the work that reaches it, unless a day is set: once it is done for all songs, it is invoiced by itself.
    pub phase: Option<Phase>,
}

/// A stage of the schedule, as it follows from deposit and milestones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// What it is.
    pub kind: StageKind,
    /// What it is called.
    pub name: String,
    /// What is to be paid, before tax, in minor units.
    pub net_minor: i64,
    /// The tax on it.
    pub tax_minor: i64,
    /// On which day it is invoiced by itself.
    pub due_on: Option<NaiveDate>,
    /// The part of the work that reaches it, unless a day is set: once it is done for all songs, it is invoiced by itself.
    pub phase: Option<Phase>,
}

impl Stage {
    /// What is to be paid, tax and all, in minor units.
    pub const fn total_minor(&self) -> i64 {
        self.net_minor.saturating_add(self.tax_minor)
    }
}

/// What a version of a quote says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteContent {
    /// What it is called.
    pub title: String,
    /// The studio.
    pub seller: Side,
    /// The client.
    pub client: Side,
    /// Its currency.
    pub currency: Currency,
    /// What is done, and what that costs.
    pub lines: Vec<Line>,
    /// How it is taxed; not at all, if the studio has no rates.
    pub tax: Option<TaxFacts>,
    /// What it comes to before tax, in minor units.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// Until when it can be accepted.
    pub valid_until: Instant,
    /// Which share is paid before the work begins.
    pub deposit: Share,
    /// What is paid on the way.
    pub milestones: Vec<Milestone>,
    /// When what is paid, as it follows from that.
    pub stages: Vec<Stage>,
    /// What is charged for paying late; nothing, if it is not agreed.
    pub late_fee: Option<LateFee>,
    /// Whether an agreement is signed first.
    pub requires_agreement: bool,
    /// What else is to be said.
    pub notes: String,
}

/// What an invoice or a credit note says, beside its number, dates and sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceContent {
    /// What it is called.
    pub title: String,
    /// The studio.
    pub seller: Side,
    /// The client.
    pub client: Side,
    /// What it is for.
    pub lines: Vec<Line>,
    /// How it is taxed; not at all, if the studio has no rates or it is a fee.
    pub tax: Option<TaxFacts>,
    /// Why no tax is charged.
    pub tax_note: Option<String>,
    /// The quote that it follows, by its reference.
    pub quote: Option<String>,
    /// The invoice that it credits, or is late, by its reference.
    pub of_invoice: Option<String>,
    /// The day on which it was done, or is finished; none of what is paid ahead, of a fee and of a credit note.
    pub supplied_on: Option<NaiveDate>,
    /// What is charged for paying late.
    pub late_fee: Option<LateFee>,
    /// Where it is paid by bank transfer.
    pub bank_details: Option<String>,
    /// What else is to be said; of a credit note, why.
    pub notes: String,
}

/// A content as it is kept, and its hash.
pub(super) fn sealed(content: &impl Serialize) -> (String, Sha256) {
    let text = serde_json::to_string(content).expect("what a quote or an invoice says is plain data");
    let sha256 = Sha256::of(text.as_bytes());
    (text, sha256)
}

/// A content as it was kept.
///
/// # Errors
/// If it is not what this program writes.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, InvoiceError> {
    serde_json::from_str(text).map_err(InvoiceError::Content)
}
