//! Quotes as the API shows them.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{AgreementId, ClientId, ProjectId, QuoteId},
    invoices::{
        content::{self, read},
        entity::{answer, quote, stage, version},
    },
    money::{Currency, Money as DomainMoney},
};

use super::{
    content::{InvoiceLine, InvoiceSide, InvoiceTax, LateFeeTerms, PlannedStage, QuoteMilestone},
    documents::Invoice,
    loading::{InvoiceOf, StagesOfQuote, VersionsOfQuote},
    words::{QuoteAct, QuoteStageKind, QuoteState},
};
use crate::graphql::{
    caller,
    errors::Failure,
    loader,
    production::ProductionStage,
    scalars::{Id, Money, Share},
};

/// What a studio asks for a project.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Quote {
    /// The id.
    pub id: Id<QuoteId>,
    /// The project.
    pub project_id: Id<ProjectId>,
    /// The client.
    pub client_id: Id<ClientId>,
    /// Its reference, such as `QT-7K3M9Q2X`.
    pub reference: String,
    /// Where it stands.
    pub state: QuoteState,
    /// The number of its present version.
    pub version: i32,
    /// What it is called.
    pub title: String,
    /// What it comes to, tax and all.
    pub total: Money,
    /// Until when it can be accepted.
    pub valid_until: DateTime<Utc>,
    /// Whether nothing is invoiced before an agreement is executed.
    pub requires_agreement: bool,
    /// Which; absent until it is named.
    pub agreement_id: Option<Id<AgreementId>>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When its client was last mailed.
    pub mailed_at: Option<DateTime<Utc>>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When the studio has ended it.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why.
    pub end_reason: Option<String>,
    #[graphql(skip)]
    row: quote::Model,
}

impl From<quote::Model> for Quote {
    fn from(row: quote::Model) -> Self {
        Self {
            id: row.id.into(),
            project_id: row.project_id.into(),
            client_id: row.client_id.into(),
            reference: row.reference.clone(),
            state: row.state.into(),
            version: row.version,
            title: row.title.clone(),
            total: row.total().into(),
            valid_until: row.valid_until,
            requires_agreement: row.requires_agreement,
            agreement_id: row.agreement_id.map(Id::from),
            created_at: row.created_at,
            updated_at: row.updated_at,
            mailed_at: row.mailed_at,
            accepted_at: row.accepted_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason.clone(),
            row,
        }
    }
}

#[ComplexObject]
impl Quote {
    /// Whether it waits for an answer that can be given no more.
    #[expect(clippy::unused_async, reason = "a field's function is asynchronous")]
    async fn expired(&self, ctx: &Context<'_>) -> Result<bool, Failure> {
        Ok(self.row.is_expired(caller(ctx)?.services.env.now()))
    }

    /// Its versions, oldest first. One that was sent is frozen.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<QuoteVersion>, Failure> {
        let rows = loader(ctx)?.load_one(VersionsOfQuote(self.row.id)).await?.unwrap_or_default();
        rows.into_iter().map(|(row, answer)| QuoteVersion::of(&row, answer)).collect()
    }

    /// Once it is accepted, its schedule and what of that is invoiced; once it is ended, the rest stays without an invoice.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Vec<QuoteStage>, Failure> {
        let rows = loader(ctx)?.load_one(StagesOfQuote(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(|row| QuoteStage::of(row, self.row.currency)).collect())
    }
}

/// How a client has answered a version of a quote.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct QuoteAnswer {
    /// How.
    pub act: QuoteAct,
    /// The name that was typed by who accepted.
    pub name: Option<String>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// SHA-256 of what was answered, in hex.
    pub sha256: String,
    /// From which network address.
    pub ip: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<answer::Model> for QuoteAnswer {
    fn from(row: answer::Model) -> Self {
        Self {
            act: row.act.into(),
            name: row.name,
            reason: row.reason,
            sha256: row.sha256.to_string(),
            ip: row.ip,
            user_agent: row.user_agent,
            at: row.at,
        }
    }
}

/// A version of a quote.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct QuoteVersion {
    /// Its number, from 1.
    pub number: i32,
    /// When it was last saved.
    pub saved_at: DateTime<Utc>,
    /// When it was sent; absent until then.
    pub sent_at: Option<DateTime<Utc>>,
    /// SHA-256 of what it says, in hex.
    pub sha256: String,
    /// How its client has answered it.
    pub answer: Option<QuoteAnswer>,
    /// What it is called.
    pub title: String,
    /// The studio.
    pub seller: InvoiceSide,
    /// The client.
    pub client: InvoiceSide,
    /// What is done, and what that costs.
    pub lines: Vec<InvoiceLine>,
    /// How it is taxed; absent if the studio has no rates.
    pub tax_rate: Option<InvoiceTax>,
    /// What it comes to before tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// Both.
    pub total: Money,
    /// Until when it can be accepted.
    pub valid_until: DateTime<Utc>,
    /// Which share is paid before the work begins.
    pub deposit: Share,
    /// What is paid on the way.
    pub milestones: Vec<QuoteMilestone>,
    /// When what is paid, as it follows from that.
    pub stages: Vec<PlannedStage>,
    /// What is charged for paying late.
    pub late_fee: Option<LateFeeTerms>,
    /// Whether an agreement is signed first.
    pub requires_agreement: bool,
    /// What else is said.
    pub notes: String,
}

impl QuoteVersion {
    fn of(row: &version::Model, answer: Option<answer::Model>) -> Result<Self, Failure> {
        let said: content::QuoteContent = read(&row.content)?;
        let currency = said.currency;
        let money = |minor| -> Money { DomainMoney::new(minor, currency).into() };
        Ok(Self {
            number: row.number,
            saved_at: row.saved_at,
            sent_at: row.sent_at,
            sha256: row.sha256.to_string(),
            answer: answer.map(QuoteAnswer::from),
            title: said.title,
            seller: said.seller.into(),
            client: said.client.into(),
            lines: InvoiceLine::all(said.lines, currency),
            tax_rate: said.tax.map(InvoiceTax::from),
            net: money(said.net_minor),
            tax: money(said.tax_minor),
            total: money(said.net_minor.saturating_add(said.tax_minor)),
            valid_until: said.valid_until,
            deposit: said.deposit.into(),
            milestones: QuoteMilestone::all(said.milestones, currency),
            stages: PlannedStage::all(said.stages, currency),
            late_fee: said.late_fee.map(|terms| LateFeeTerms::of(&terms, currency)),
            requires_agreement: said.requires_agreement,
            notes: said.notes,
        })
    }
}

/// A stage of an accepted quote, which is invoiced once.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct QuoteStage {
    /// Its place, from 1.
    pub position: i32,
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
    /// When it was reached; absent until then.
    pub reached_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    row: stage::Model,
}

impl QuoteStage {
    fn of(row: stage::Model, currency: Currency) -> Self {
        let money = |minor| -> Money { DomainMoney::new(minor, currency).into() };
        Self {
            position: row.position,
            kind: row.kind.into(),
            name: row.name.clone(),
            net: money(row.net_minor),
            tax: money(row.tax_minor),
            total: money(row.net_minor.saturating_add(row.tax_minor)),
            due_on: row.due_on,
            phase: row.phase.map(ProductionStage::from),
            reached_at: row.reached_at,
            row,
        }
    }
}

#[ComplexObject]
impl QuoteStage {
    /// Its invoice; absent until it is issued.
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Option<Invoice>, Failure> {
        let Some(id) = self.row.invoice_id else { return Ok(None) };
        Ok(loader(ctx)?.load_one(InvoiceOf(id)).await?.map(Invoice::from))
    }
}
