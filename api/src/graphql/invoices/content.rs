//! What quotes and invoices say, as it was kept when they were sent or issued.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use domain::{
    invoices::{
        content,
        rules::fees::{Charge, LateFee},
    },
    money::{Currency, Money as DomainMoney},
};

use super::words::QuoteStageKind;
use crate::graphql::{
    production::ProductionStage,
    scalars::{Int64, Money, Share},
};

/// Who asks, or who is asked.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InvoiceSide {
    /// The name.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// The postal address, in lines.
    pub address: String,
    /// The country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Where they are reached.
    pub email: String,
    /// The VAT identification number.
    pub vat_id: Option<String>,
    /// The number at the tax office.
    pub tax_number: Option<String>,
}

impl From<content::Side> for InvoiceSide {
    fn from(side: content::Side) -> Self {
        Self {
            name: side.name,
            legal_name: side.legal_name,
            address: side.address,
            country: side.country,
            email: side.email.to_string(),
            vat_id: side.vat_id,
            tax_number: side.tax_number,
        }
    }
}

/// How something is taxed.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InvoiceTax {
    /// The client's country, ISO 3166-1 alpha-2.
    pub country: String,
    /// What the tax is called there.
    pub name: String,
    /// Its rate.
    pub rate: Share,
    /// Whether the client owes it, by the rules of the European Union.
    pub reverse_charge: bool,
}

impl From<content::TaxFacts> for InvoiceTax {
    fn from(tax: content::TaxFacts) -> Self {
        Self { country: tax.country, name: tax.name, rate: tax.rate.into(), reverse_charge: tax.reverse_charge }
    }
}

/// A line of a quote or an invoice.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InvoiceLine {
    /// What is done.
    pub what: String,
    /// How much of it, in thousandths.
    pub quantity_milli: Int64,
    /// What one of it costs before tax.
    pub unit_price: Money,
    /// What it comes to before tax.
    pub amount: Money,
    /// Whether it is recouped from what the work earns.
    pub recoupable: bool,
}

impl InvoiceLine {
    /// Lines in their currency.
    pub(super) fn all(lines: Vec<content::Line>, currency: Currency) -> Vec<Self> {
        let line = |line: content::Line| Self {
            what: line.what,
            quantity_milli: Int64(line.quantity_milli),
            unit_price: DomainMoney::new(line.unit_minor, currency).into(),
            amount: DomainMoney::new(line.net_minor, currency).into(),
            recoupable: line.recoupable,
        };
        lines.into_iter().map(line).collect()
    }
}

/// What is charged for paying late. Nothing is charged on a fee.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct LateFeeTerms {
    /// An amount, once; absent if it is a share.
    pub flat: Option<Money>,
    /// A share of what is left to pay, for each whole month; absent if it is an amount.
    pub monthly: Option<Share>,
    /// For how many days somebody may be late without a fee.
    pub grace_days: i32,
    /// The most that all fees of an invoice come to, as a share of it.
    pub cap: Share,
}

impl LateFeeTerms {
    /// Terms in their currency.
    pub(super) fn of(terms: &LateFee, currency: Currency) -> Self {
        let (flat, monthly) = match terms.charge {
            Charge::Flat(minor) => (Some(DomainMoney::new(minor, currency).into()), None),
            Charge::Monthly(share) => (None, Some(share.into())),
        };
        Self { flat, monthly, grace_days: terms.grace_days, cap: terms.cap.into() }
    }
}

/// A milestone of a quote.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct QuoteMilestone {
    /// What it is called.
    pub name: String,
    /// Which share of the quote it is; absent if it is an amount.
    pub share: Option<Share>,
    /// What it comes to before tax; absent if it is a share.
    pub amount: Option<Money>,
    /// On which day it is invoiced by itself; absent: when it is reached.
    pub due_on: Option<NaiveDate>,
    /// The stage of production that reaches it, unless a day is set: once that is closed for all songs, it is invoiced by itself.
    pub phase: Option<ProductionStage>,
}

impl QuoteMilestone {
    /// Milestones in their currency.
    pub(super) fn all(milestones: Vec<content::Milestone>, currency: Currency) -> Vec<Self> {
        let milestone = |milestone: content::Milestone| {
            let (share, amount) = match milestone.part {
                content::Part::Share(share) => (Some(share.into()), None),
                content::Part::Net(minor) => (None, Some(DomainMoney::new(minor, currency).into())),
            };
            Self {
                name: milestone.name,
                share,
                amount,
                due_on: milestone.due_on,
                phase: milestone.phase.map(ProductionStage::from),
            }
        };
        milestones.into_iter().map(milestone).collect()
    }
}

/// A stage as a version of a quote plans it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PlannedStage {
    /// What it is.
    pub kind: QuoteStageKind,
    /// What it is called.
    pub name: String,
    /// What is to be paid, before tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
    /// Both.
    pub total: Money,
    /// On which day it is invoiced by itself.
    pub due_on: Option<NaiveDate>,
    /// The stage of production that reaches it, unless a day is set: once that is closed for all songs, it is invoiced by itself.
    pub phase: Option<ProductionStage>,
}

impl PlannedStage {
    /// Stages in their currency.
    pub(super) fn all(stages: Vec<content::Stage>, currency: Currency) -> Vec<Self> {
        let money = |minor| -> Money { DomainMoney::new(minor, currency).into() };
        let stage = |stage: content::Stage| Self {
            kind: stage.kind.into(),
            net: money(stage.net_minor),
            tax: money(stage.tax_minor),
            total: money(stage.total_minor()),
            due_on: stage.due_on,
            phase: stage.phase.map(ProductionStage::from),
            name: stage.name,
        };
        stages.into_iter().map(stage).collect()
    }
}

/// What an invoice or a credit note says, beside its number, dates and sums.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InvoiceContent {
    /// What it is called.
    pub title: String,
    /// The studio.
    pub seller: InvoiceSide,
    /// The client.
    pub client: InvoiceSide,
    /// What it is for.
    pub lines: Vec<InvoiceLine>,
    /// How it is taxed; absent if the studio has no rates or it is a fee.
    pub tax: Option<InvoiceTax>,
    /// Why no tax is charged.
    pub tax_note: Option<String>,
    /// The quote that it follows, by its reference.
    pub quote: Option<String>,
    /// The invoice that it credits, or that is late, by its number.
    pub of_invoice: Option<String>,
    /// The day on which it was done, or is finished; absent of what is paid ahead, of a fee and of a credit note.
    pub supplied_on: Option<NaiveDate>,
    /// What is charged for paying late.
    pub late_fee: Option<LateFeeTerms>,
    /// Where it is paid by bank transfer.
    pub bank_details: Option<String>,
    /// What else is said; of a credit note, why.
    pub notes: String,
}

impl InvoiceContent {
    /// A content in its currency.
    pub(super) fn of(said: content::InvoiceContent, currency: Currency) -> Self {
        Self {
            title: said.title,
            seller: said.seller.into(),
            client: said.client.into(),
            lines: InvoiceLine::all(said.lines, currency),
            tax: said.tax.map(InvoiceTax::from),
            tax_note: said.tax_note,
            quote: said.quote,
            of_invoice: said.of_invoice,
            supplied_on: said.supplied_on,
            late_fee: said.late_fee.map(|terms| LateFeeTerms::of(&terms, currency)),
            bank_details: said.bank_details,
            notes: said.notes,
        }
    }
}
