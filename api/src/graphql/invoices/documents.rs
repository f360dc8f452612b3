//! Invoices and credit notes as the API shows them.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{ClientId, InvoiceId, InvoiceTransferId, JournalId, OrderId, ProjectId, QuoteId, UserId},
    invoices::{
        content::{self, read},
        entity::{InvoiceKind as DomainKind, invoice, reminder, transfer},
        queries,
        rules::standing::Standing,
    },
    money::Money as DomainMoney,
};

use super::{
    content::InvoiceContent,
    loading::{CreditNotesOfInvoice, OrdersOfInvoice, RemindersOfInvoice, StandingOfInvoice, TransfersOfInvoice},
    words::{InvoiceKind, InvoiceReminderKind, InvoiceState, InvoiceTransferKind},
};
use crate::graphql::{
    caller,
    errors::Failure,
    loader,
    scalars::{Id, Money},
};

/// An invoice or a credit note. Once issued it is never changed.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Invoice {
    /// The id.
    pub id: Id<InvoiceId>,
    /// What it is.
    pub kind: InvoiceKind,
    /// Its number in print, such as `INV-2026-0001`; without a gap in the studio and year.
    pub reference: String,
    /// The client.
    pub client_id: Id<ClientId>,
    /// The project.
    pub project_id: Option<Id<ProjectId>>,
    /// The quote whose schedule it follows.
    pub quote_id: Option<Id<QuoteId>>,
    /// The stage of that, by its position.
    pub stage: Option<i32>,
    /// Of a credit note, the invoice.
    pub credits_id: Option<Id<InvoiceId>>,
    /// Of a fee for being late, the invoice that is.
    pub late_fee_of_id: Option<Id<InvoiceId>>,
    /// Up to which day that is charged for.
    pub late_fee_through: Option<NaiveDate>,
    /// What it comes to before tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// Both.
    pub total: Money,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The last day on which it can be paid in time; absent of a credit note.
    pub due_on: Option<NaiveDate>,
    /// SHA-256 of what it says, in hex.
    pub sha256: String,
    /// Who has issued it; absent if the program has, by the schedule.
    pub issued_by: Option<Id<UserId>>,
    #[graphql(skip)]
    row: invoice::Model,
}

impl From<invoice::Model> for Invoice {
    fn from(row: invoice::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            reference: row.reference.clone(),
            client_id: row.client_id.into(),
            project_id: row.project_id.map(Id::from),
            quote_id: row.quote_id.map(Id::from),
            stage: row.stage,
            credits_id: row.credits_id.map(Id::from),
            late_fee_of_id: row.late_fee_of.map(Id::from),
            late_fee_through: row.late_fee_through,
            net: row.money(row.net_minor).into(),
            tax: row.money(row.tax_minor).into(),
            total: row.total().into(),
            issued_at: row.issued_at,
            due_on: row.due_on,
            sha256: row.sha256.to_string(),
            issued_by: row.issued_by.map(Id::from),
            row,
        }
    }
}

#[ComplexObject]
impl Invoice {
    /// What it says.
    #[expect(clippy::unused_async, reason = "a field's function is asynchronous")]
    async fn content(&self) -> Result<InvoiceContent, Failure> {
        let said: content::InvoiceContent = read(&self.row.content)?;
        Ok(InvoiceContent::of(said, self.row.currency))
    }

    /// How it stands now; absent of a credit note.
    async fn standing(&self, ctx: &Context<'_>) -> Result<Option<InvoiceStanding>, Failure> {
        if self.row.kind == DomainKind::CreditNote {
            return Ok(None);
        }
        let standing = loader(ctx)?.load_one(StandingOfInvoice(self.row.id)).await?.unwrap_or_default();
        let now = caller(ctx)?.services.env.now();
        let is_overdue = self.row.due_on.is_some_and(|day| standing.is_overdue(day, now));
        Ok(Some(InvoiceStanding::of(&self.row, standing, is_overdue)))
    }

    /// The credit notes over it, oldest first.
    async fn credit_notes(&self, ctx: &Context<'_>) -> Result<Vec<Self>, Failure> {
        let rows = loader(ctx)?.load_one(CreditNotesOfInvoice(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Self::from).collect())
    }

    /// What was paid of it by bank transfer, and what of that was sent or taken back, in the order in which it was recorded.
    async fn transfers(&self, ctx: &Context<'_>) -> Result<Vec<InvoiceTransfer>, Failure> {
        let rows = loader(ctx)?.load_one(TransfersOfInvoice(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(InvoiceTransfer::from).collect())
    }

    /// The orders by which it is, or was to be, paid at the gateway, oldest first.
    async fn order_ids(&self, ctx: &Context<'_>) -> Result<Vec<Id<OrderId>>, Failure> {
        let orders = loader(ctx)?.load_one(OrdersOfInvoice(self.row.id)).await?.unwrap_or_default();
        Ok(orders.into_iter().map(Id::from).collect())
    }

    /// When its client was reminded.
    async fn reminders(&self, ctx: &Context<'_>) -> Result<Vec<InvoiceReminder>, Failure> {
        let rows = loader(ctx)?.load_one(RemindersOfInvoice(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(InvoiceReminder::from).collect())
    }

    /// Where its client reads and pays it. Whoever has the address can.
    #[expect(clippy::unused_async, reason = "a field's function is asynchronous")]
    async fn url(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        Ok(queries::invoice_url(&caller(ctx)?.services, self.row.id))
    }
}

/// How an invoice stands: derived each time from what was credited of it and the money that is kept for it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InvoiceStanding {
    /// Where it stands.
    pub state: InvoiceState,
    /// Whether something is left to pay, and the last day to do so is over.
    pub overdue: bool,
    /// What was credited of it.
    pub credited: Money,
    /// What was paid of it and is kept, without what is disputed.
    pub paid: Money,
    /// What of what was paid the client's bank disputes.
    pub disputed: Money,
    /// What is left to pay.
    pub open: Money,
    /// What is to be given back to the client: by `refundOrder`, or by a transfer that is recorded.
    pub owed_back: Money,
}

impl InvoiceStanding {
    fn of(row: &invoice::Model, standing: Standing, overdue: bool) -> Self {
        let money = |minor| -> Money { row.money(minor).into() };
        Self {
            state: standing.state().into(),
            overdue,
            credited: money(standing.credited_minor),
            paid: money(standing.kept_minor.saturating_sub(standing.disputed_minor)),
            disputed: money(standing.disputed_minor),
            open: money(standing.open_minor()),
            owed_back: money(standing.owed_back_minor()),
        }
    }
}

/// Money of an invoice that came to the studio's bank account, or left it, as the studio has recorded it. A record is never changed.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InvoiceTransfer {
    /// The id.
    pub id: Id<InvoiceTransferId>,
    /// The invoice.
    pub invoice_id: Id<InvoiceId>,
    /// Which way it went.
    pub kind: InvoiceTransferKind,
    /// All of it; below zero what left.
    pub amount: Money,
    /// What of that is beyond the invoice and owed back; below zero what was sent back of it.
    pub beyond: Money,
    /// The day on which it came or left.
    pub happened_on: NaiveDate,
    /// What the studio says of it.
    pub note: String,
    /// Of a counter entry, what it takes back.
    pub reverses_id: Option<Id<InvoiceTransferId>>,
    /// The journal that books it.
    pub journal_id: Id<JournalId>,
    /// Who has recorded it.
    pub recorded_by: Option<Id<UserId>>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

impl From<transfer::Model> for InvoiceTransfer {
    fn from(row: transfer::Model) -> Self {
        Self {
            id: row.id.into(),
            invoice_id: row.invoice_id.into(),
            kind: row.kind.into(),
            amount: row.amount().into(),
            beyond: DomainMoney::new(row.excess_minor, row.currency).into(),
            happened_on: row.happened_on,
            note: row.note,
            reverses_id: row.reverses_id.map(Id::from),
            journal_id: row.journal_id.into(),
            recorded_by: row.recorded_by.map(Id::from),
            recorded_at: row.recorded_at,
        }
    }
}

/// That a client was reminded of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InvoiceReminder {
    /// Which reminder it was, from 1.
    pub number: i32,
    /// When, in respect of the day on which it was due.
    pub kind: InvoiceReminderKind,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<reminder::Model> for InvoiceReminder {
    fn from(row: reminder::Model) -> Self {
        Self { number: row.number, kind: row.kind.into(), at: row.at }
    }
}
