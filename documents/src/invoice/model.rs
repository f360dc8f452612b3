//! What an invoice is made of. Amounts are whole minor units of its currency.

use chrono::{DateTime, NaiveDate, Utc};

use crate::error::{DocumentError, FieldError};
use crate::texts::Language;

/// What a numbered document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An invoice.
    Invoice,
    /// A credit note over one.
    CreditNote,
}

/// An invoice or a credit note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The language that it is written in.
    pub language: Language,
    /// What it is.
    pub kind: Kind,
    /// Its number.
    pub reference: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The day on which what it is for was done; none of what is paid ahead, of a fee and of a credit note.
    pub supplied_on: Option<NaiveDate>,
    /// The last day on which it can be paid in time; none of a credit note.
    pub due_on: Option<NaiveDate>,
    /// What it is called.
    pub title: String,
    /// The quote that it follows, by its reference.
    pub quote: Option<String>,
    /// The invoice that it credits, or that is late, by its number.
    pub of_invoice: Option<String>,
    /// Who asks.
    pub seller: Side,
    /// Who is asked.
    pub client: Side,
    /// ISO 4217 code.
    pub currency: String,
    /// How many decimals the currency has.
    pub decimals: u8,
    /// What is asked for.
    pub lines: Vec<Line>,
    /// What that comes to before tax.
    pub net: u64,
    /// The tax; none where none is charged.
    pub tax: Option<Tax>,
    /// Why no tax is charged.
    pub tax_note: Option<String>,
    /// What is to be paid, tax and all.
    pub total: u64,
    /// What is charged for paying late.
    pub late_fee: Option<LateFee>,
    /// Where it is paid online.
    pub pay_url: Option<String>,
    /// Where it is paid by bank transfer, in lines.
    pub bank_details: Option<String>,
    /// What else is to be said, in lines; of a credit note, why.
    pub notes: String,
}

/// Who asks, or who is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The name.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// The postal address, in lines.
    pub address: String,
    /// The country's name.
    pub country: Option<String>,
    /// The e-mail address.
    pub email: String,
    /// The VAT identification number.
    pub vat_id: Option<String>,
    /// The number at the tax office.
    pub tax_number: Option<String>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is done.
    pub what: String,
    /// How much of it, in thousandths.
    pub quantity_milli: u64,
    /// What one of it costs before tax.
    pub unit: u64,
    /// What it comes to before tax.
    pub net: u64,
}

/// A tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    /// What it is called, with its rate and country.
    pub name: String,
    /// How much.
    pub minor_units: u64,
    /// Whether the client owes it.
    pub reverse_charge: bool,
}

/// What is charged for paying late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateFee {
    /// An amount, once; either this or a share.
    pub flat: Option<u64>,
    /// A share of what is left to pay for each month, in parts per million.
    pub monthly_ppm: Option<u32>,
    /// For how many days somebody may be late without a fee.
    pub grace_days: u16,
    /// The most that all fees come to, in parts per million of the invoice.
    pub cap_ppm: u32,
}

impl Invoice {
    /// Refuses an invoice that does not add up.
    pub(super) fn check(&self) -> Result<(), DocumentError> {
        let lines = self.lines.iter().map(|line| line.net).fold(0, u64::saturating_add);
        let tax = self.tax.as_ref().map_or(0, |tax| tax.minor_units);
        if lines == self.net && self.net.checked_add(tax) == Some(self.total) {
            return Ok(());
        }
        Err(DocumentError::Invalid(vec![FieldError {
            code: "total",
            field: "total".to_owned(),
            problem: "the lines and the tax do not come to it".to_owned(),
            remedy: "give the amounts as they were issued".to_owned(),
        }]))
    }
}
