//! Why an entry is what it is.

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{EntryId, OrderId, OrderLineId, PartyId, PaymentId},
    ledger::{
        entity::journal_part,
        queries::{self, Explanation as Explained, FundedBy, PartOfLine},
    },
    money::{Currency, Money as DomainMoney},
    sales::entity::{gateway_event, order_line, payment},
};

use super::{Entry, Journal};
use crate::graphql::{
    caller,
    errors::Failure,
    scalars::{Id, Money, Share},
    splits::JournalBasis,
};

/// Whose a part of a sale is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ledger::entity::PartHolder")]
pub enum PartHolder {
    /// A party's.
    Party,
    /// Its makers', still to be signed.
    Parked,
    /// The state's.
    Tax,
    /// The studio's own, from which it bears the gateway's fee.
    Studio,
    /// The studio's own, of a service.
    Service,
}

/// What a journal does to a part of a sale.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct SalePart {
    /// Whose.
    pub holder: PartHolder,
    /// Which party's.
    pub party_id: Option<Id<PartyId>>,
    /// What is added to what its holder has of the sale; below zero what is taken.
    pub amount: Money,
    /// What is added to what is suspended of it while a dispute is open.
    pub suspended: Money,
    /// By which share of the line, where one divided it.
    pub share: Option<Share>,
    /// Whether one of its cents is one that the division left over: its exact quota is less.
    pub holds_cent: bool,
}

/// The line that was sold.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct SoldLine {
    /// The line.
    pub id: Id<OrderLineId>,
    /// Place in the order, from 1.
    pub position: i32,
    /// The beat's title then.
    pub beat_title: String,
    /// The tier's name then.
    pub tier_name: String,
    /// The price.
    pub price: Money,
}

/// A part of a sale that an entry is made of, with what divided it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ExplainedPart {
    /// The part.
    pub part: SalePart,
    /// The line that was sold; none where lines were not told apart yet.
    pub line: Option<SoldLine>,
    /// All that the same journal has done to the line, this part among it: who holds a cent that was left over stands here.
    pub divided: Vec<SalePart>,
    /// The signed document that divided the line; none where the credits of its one maker did, or while it is parked.
    pub basis: Option<JournalBasis>,
}

/// What the gateway has collected.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ExplainedPayment {
    /// The payment.
    pub id: Id<PaymentId>,
    /// The gateway.
    pub gateway: String,
    /// The gateway's id for it.
    pub gateway_payment: String,
    /// What was collected.
    pub amount: Money,
    /// What the gateway kept of it.
    pub fee: Money,
    /// When it was learned of.
    pub received_at: DateTime<Utc>,
}

/// What the gateway has told.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ExplainedEvent {
    /// The gateway.
    pub gateway: String,
    /// The gateway's id for it.
    pub event_id: String,
    /// What happened, in the gateway's word.
    pub kind: String,
    /// When it first came.
    pub received_at: DateTime<Utc>,
}

/// An income that a payout was paid from.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ExplainedFunding {
    /// The entry that made it owed; it can be explained in turn.
    pub entry_id: Id<EntryId>,
    /// Its journal.
    pub journal: Journal,
    /// How much of it.
    pub amount: Money,
}

/// Why an entry is what it is.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Explanation {
    /// The entry.
    pub entry: Entry,
    /// Its journal.
    pub journal: Journal,
    /// The journal that this one undoes or carries on.
    pub of: Option<Journal>,
    /// The order behind it.
    pub order_id: Option<Id<OrderId>>,
    /// The one reference of that.
    pub reference: String,
    /// What the gateway has collected for it.
    pub payment: Option<ExplainedPayment>,
    /// What the gateway has told of the order, in the order in which it came.
    pub events: Vec<ExplainedEvent>,
    /// The parts of the sale that the entry is the sum of, line by line.
    pub parts: Vec<ExplainedPart>,
    /// The income that a payout was paid from, the earliest first.
    pub funded_by: Vec<ExplainedFunding>,
}

impl From<Explained> for Explanation {
    fn from(explained: Explained) -> Self {
        let Explained { entry, journal, of, order: _, payment, events, parts, funded_by } = explained;
        let currency = entry.entry.currency;
        Self {
            order_id: journal.order_id.map(Id::from),
            reference: journal.reference.clone(),
            entry: entry.into(),
            journal: journal.into(),
            of: of.map(Journal::from),
            payment: payment.map(explained_payment),
            events: events.into_iter().map(explained_event).collect(),
            parts: parts.into_iter().map(|part| explained_part(part, currency)).collect(),
            funded_by: funded_by.into_iter().map(explained_funding).collect(),
        }
    }
}

fn explained_payment(row: payment::Model) -> ExplainedPayment {
    ExplainedPayment {
        id: row.id.into(),
        gateway: row.gateway,
        gateway_payment: row.gateway_payment,
        amount: DomainMoney::new(row.amount_minor, row.currency).into(),
        fee: DomainMoney::new(row.fee_minor, row.currency).into(),
        received_at: row.received_at,
    }
}

fn explained_event(row: gateway_event::Model) -> ExplainedEvent {
    ExplainedEvent { gateway: row.gateway, event_id: row.event_id, kind: row.kind, received_at: row.received_at }
}

fn explained_part(of_line: PartOfLine, currency: Currency) -> ExplainedPart {
    ExplainedPart {
        part: sale_part(&of_line.part, currency),
        line: of_line.line.map(|line| sold_line(line, currency)),
        divided: of_line.divided.iter().map(|part| sale_part(part, currency)).collect(),
        basis: of_line.basis.map(JournalBasis::from),
    }
}

fn sale_part(part: &journal_part::Model, currency: Currency) -> SalePart {
    SalePart {
        holder: part.holder.into(),
        party_id: part.party_id.map(Id::from),
        amount: DomainMoney::new(part.live_minor, currency).into(),
        suspended: DomainMoney::new(part.suspended_minor, currency).into(),
        share: part.share.map(Share::from),
        holds_cent: part.holds_cent,
    }
}

fn sold_line(line: order_line::Model, currency: Currency) -> SoldLine {
    SoldLine {
        id: line.id.into(),
        position: line.position,
        beat_title: line.beat_title,
        tier_name: line.terms.tier_name,
        price: DomainMoney::new(line.price_minor, currency).into(),
    }
}

fn explained_funding(funded: FundedBy) -> ExplainedFunding {
    ExplainedFunding {
        entry_id: funded.entry.id.into(),
        amount: DomainMoney::new(funded.amount_minor, funded.entry.currency).into(),
        journal: funded.journal.into(),
    }
}

/// Why an entry is what it is.
#[derive(Debug, Default)]
pub struct ExplainQuery;

#[Object]
impl ExplainQuery {
    /// Why an entry is what it is: from a payee's cent to the line that was sold, the share and the signed document that divided it, and the gateway's payment
    /// and events; from a payout to the income that it was paid from. Null if there is no such entry.
    #[graphql(complexity = "20 + child_complexity")]
    async fn explain(&self, ctx: &Context<'_>, entry: Id<EntryId>) -> Result<Option<Explanation>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::explain(&caller.services.db, &caller.ctx, entry.named("entry")?).await?;
        Ok(found.map(Explanation::from))
    }
}
