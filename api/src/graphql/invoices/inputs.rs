//! What quotes and invoices are made of, as it is given.

use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{ClientId, ProjectId, QuoteId},
    invoices::{
        commands::{BillTo, IssueInvoice, QuoteDraft},
        rules::{fees::NewLateFee, lines::NewLine, schedule::NewMilestone},
    },
    pricing::Country,
    report::{Kind, Report},
};

use crate::graphql::{
    errors::Failure,
    production::ProductionStage,
    scalars::{Id, Int64, MoneyInput, currency, share},
};

/// The country of an ISO 3166-1 code, or a refusal that names the field.
pub(super) fn country(code: Option<&str>, field: &str) -> Result<Option<Country>, Failure> {
    let read = |code: &str| {
        code.parse::<Country>().map_err(|error| {
            let report = Report::new(Kind::Invalid, "COUNTRY", error.to_string());
            Failure::new(report.field(field).remedy("give a code such as DE or US"))
        })
    };
    code.map(read).transpose()
}

/// Whom a quote or an invoice is for. A name or an address that is absent is taken from the client's party.
#[derive(Debug, InputObject)]
pub struct BillToInput {
    /// The name; absent: the client's.
    pub name: Option<String>,
    /// The postal address, in lines.
    pub address: String,
    /// The country, ISO 3166-1 alpha-2; needed if the studio has tax rates.
    pub country: Option<String>,
    /// The address that is mailed; absent: the client's.
    pub email: Option<String>,
    /// The VAT identification number.
    pub vat_id: Option<String>,
}

impl BillToInput {
    fn read(self) -> Result<BillTo, Failure> {
        Ok(BillTo {
            country: country(self.country.as_deref(), "billTo.country")?,
            name: self.name,
            address: self.address,
            email: self.email,
            vat_id: self.vat_id,
        })
    }
}

/// A line of a quote or an invoice.
#[derive(Debug, InputObject)]
pub struct InvoiceLineInput {
    /// What is done, up to 300 characters.
    pub what: String,
    /// How much of it, in thousandths.
    #[graphql(default_with = "Int64(1_000)")]
    pub quantity_milli: Int64,
    /// What one of it costs before tax.
    pub unit_price: MoneyInput,
    /// Whether it is recouped from what the work earns.
    #[graphql(default)]
    pub recoupable: bool,
}

fn lines(given: Vec<InvoiceLineInput>) -> Result<Vec<NewLine>, Failure> {
    let line = |(place, line): (usize, InvoiceLineInput)| -> Result<NewLine, Failure> {
        Ok(NewLine {
            unit: line.unit_price.named(&format!("lines.{place}.unitPrice"))?,
            what: line.what,
            quantity_milli: line.quantity_milli.0,
            recoupable: line.recoupable,
        })
    };
    given.into_iter().enumerate().map(line).collect()
}

/// A milestone of a quote.
#[derive(Debug, InputObject)]
pub struct QuoteMilestoneInput {
    /// What it is called.
    pub name: String,
    /// Which share of the quote it is, in parts per million; either this or `amount`.
    pub share_ppm: Option<i32>,
    /// What it comes to before tax; either this or `sharePpm`.
    pub amount: Option<MoneyInput>,
    /// On which day it is invoiced by itself; absent: when it is reached.
    pub due_on: Option<NaiveDate>,
    /// The stage of production that reaches it, unless a day is set: once that is closed for all songs, it is invoiced by itself.
    pub phase: Option<ProductionStage>,
}

fn milestones(given: Vec<QuoteMilestoneInput>) -> Result<Vec<NewMilestone>, Failure> {
    let milestone = |(place, milestone): (usize, QuoteMilestoneInput)| -> Result<NewMilestone, Failure> {
        let field = |name: &str| format!("milestones.{place}.{name}");
        Ok(NewMilestone {
            name: milestone.name,
            share: milestone.share_ppm.map(|ppm| share(ppm, &field("sharePpm"))).transpose()?,
            amount: milestone.amount.map(|amount| amount.named(&field("amount"))).transpose()?,
            due_on: milestone.due_on,
            phase: milestone.phase.map(Into::into),
        })
    };
    given.into_iter().enumerate().map(milestone).collect()
}

/// What is charged for paying late.
#[derive(Debug, InputObject)]
pub struct LateFeeInput {
    /// An amount, once; either this or `monthlyPpm`.
    pub flat: Option<MoneyInput>,
    /// A share of what is left to pay, in parts per million, for each whole month: 5 % at the most; either this or `flat`.
    pub monthly_ppm: Option<i32>,
    /// For how many days somebody may be late without a fee, 0 to 90.
    #[graphql(default)]
    pub grace_days: i32,
    /// The most that all fees of an invoice come to, in parts per million of it: 25 % at the most.
    pub cap_ppm: i32,
}

impl LateFeeInput {
    fn read(self) -> Result<NewLateFee, Failure> {
        Ok(NewLateFee {
            flat: self.flat.map(|flat| flat.named("lateFee.flat")).transpose()?,
            monthly: self.monthly_ppm.map(|ppm| share(ppm, "lateFee.monthlyPpm")).transpose()?,
            grace_days: self.grace_days,
            cap: share(self.cap_ppm, "lateFee.capPpm")?,
        })
    }
}

/// Declares an input that says all of a quote, and what it is for.
macro_rules! quote_input {
    ($(#[$doc:meta])* $name:ident, $(#[$of_doc:meta])* $of:ident: $kind:ty) => {
        $(#[$doc])*
        #[derive(Debug, InputObject)]
        pub struct $name {
            $(#[$of_doc])*
            pub $of: Id<$kind>,
            /// What it is called.
            pub title: String,
            /// Whom it is for.
            pub bill_to: BillToInput,
            /// ISO 4217 code.
            pub currency: String,
            /// What is done, and what that costs before tax.
            pub lines: Vec<InvoiceLineInput>,
            /// Until when it can be accepted.
            pub valid_until: DateTime<Utc>,
            /// Which share is paid before the work begins, in parts per million.
            #[graphql(default)]
            pub deposit_ppm: i32,
            /// What is paid on the way; the rest is the balance.
            #[graphql(default)]
            pub milestones: Vec<QuoteMilestoneInput>,
            /// What is charged for paying late; absent: nothing.
            pub late_fee: Option<LateFeeInput>,
            /// Whether the client owes the tax, by the rules of the European Union.
            #[graphql(default)]
            pub reverse_charge: bool,
            /// Whether nothing is invoiced before an agreement is executed.
            #[graphql(default)]
            pub requires_agreement: bool,
            /// What else is to be said, up to 2,000 characters.
            #[graphql(default)]
            pub notes: String,
        }

        impl $name {
            /// What it says.
            pub(super) fn read(self) -> Result<($kind, QuoteDraft), Failure> {
                let of = self.$of.named(stringify!($of))?;
                let draft = QuoteDraft {
                    title: self.title,
                    client: self.bill_to.read()?,
                    currency: currency(&self.currency, "currency")?,
                    lines: lines(self.lines)?,
                    valid_until: self.valid_until,
                    deposit: share(self.deposit_ppm, "depositPpm")?,
                    milestones: milestones(self.milestones)?,
                    late_fee: self.late_fee.map(LateFeeInput::read).transpose()?,
                    reverse_charge: self.reverse_charge,
                    requires_agreement: self.requires_agreement,
                    notes: self.notes,
                };
                Ok((of, draft))
            }
        }
    };
}

quote_input! {
    /// A quote to be written.
    CreateQuoteInput,
    /// The project; it has a client.
    project: ProjectId
}

quote_input! {
    /// A quote to be changed; all of it is given.
    ChangeQuoteInput,
    /// The quote.
    quote: QuoteId
}

/// An invoice beside any quote.
#[derive(Debug, InputObject)]
pub struct IssueInvoiceInput {
    /// The client.
    pub client: Id<ClientId>,
    /// For which of their projects.
    pub project: Option<Id<ProjectId>>,
    /// What it is called.
    pub title: String,
    /// What stands in its address.
    pub bill_to: BillToInput,
    /// ISO 4217 code.
    pub currency: String,
    /// What is done, and what that costs before tax.
    pub lines: Vec<InvoiceLineInput>,
    /// The day on which it was done, or is finished; absent: today.
    pub supplied_on: Option<NaiveDate>,
    /// Whether the client owes the tax, by the rules of the European Union.
    #[graphql(default)]
    pub reverse_charge: bool,
    /// For how many days it can be paid, 0 to 120; absent: as the studio has set.
    pub due_days: Option<i32>,
    /// What else is to be said, up to 2,000 characters.
    #[graphql(default)]
    pub notes: String,
    /// The same key issues once, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

impl IssueInvoiceInput {
    /// What it says.
    pub(super) fn read(self) -> Result<IssueInvoice, Failure> {
        Ok(IssueInvoice {
            client: self.client.named("client")?,
            project: self.project.map(|project| project.named("project")).transpose()?,
            title: self.title,
            bill_to: self.bill_to.read()?,
            currency: currency(&self.currency, "currency")?,
            lines: lines(self.lines)?,
            supplied_on: self.supplied_on,
            reverse_charge: self.reverse_charge,
            due_days: self.due_days,
            notes: self.notes,
            key: self.idempotency_key,
        })
    }
}
