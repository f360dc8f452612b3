//! What became of orders' money: refunds and disputes.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, InputObject, Json, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{DisputeId, OrderId, PaymentId, RefundId, StudioId},
    money::Money as DomainMoney,
    policy::{self, Action},
    sales::{
        self, AskRefund, SalesError,
        commands::disputes,
        entitlements::money_of_orders,
        entity::{dispute, order, refund},
        evidence::{self, EvidencePack},
        queries,
        rules::money_back::OrderMoney,
    },
};

use super::Order;
use crate::{
    caller::Caller,
    graphql::{
        caller,
        connection::{Connection, connection, page, page_cost},
        errors::Failure,
        loader,
        loaders::CallerLoader,
        scalars::{Id, Money, MoneyInput},
    },
    payload,
};

/// What has become of the money that an order was paid with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::sales::rules::money_back::MoneyState", name = "OrderMoneyState")]
pub enum MoneyState {
    /// Nothing was collected: it is not paid, or costs nothing.
    Nothing,
    /// All of it is kept.
    Kept,
    /// A part has gone back, or was lost to the buyer's bank; the rest is kept.
    PartlyReturned,
    /// The buyer's bank disputes it, or a part of it, and has not decided.
    Disputed,
    /// All of it has gone back, is on its way there, or was lost to the buyer's bank.
    Returned,
}

/// Loads what has become of an order's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MoneyOfOrder(pub OrderId);

impl Loader<MoneyOfOrder> for CallerLoader {
    type Value = OrderMoney;
    type Error = Failure;

    async fn load(&self, keys: &[MoneyOfOrder]) -> Result<HashMap<MoneyOfOrder, Self::Value>, Failure> {
        let orders: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let found = money_of_orders(&self.caller.services.db, &orders).await?;
        Ok(found.into_iter().map(|(order, money)| (MoneyOfOrder(order), money)).collect())
    }
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::sales::entity::RefundState")]
pub enum RefundState {
    /// Asked for; the gateway has not said that the money arrived.
    Requested,
    /// Given back.
    Succeeded,
    /// It could not be given back.
    Failed,
}

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::sales::entity::DisputeState")]
pub enum DisputeState {
    /// The buyer's bank only asks: no money has moved.
    Inquiry,
    /// Evidence is awaited.
    NeedsResponse,
    /// The bank decides.
    UnderReview,
    /// The money came back.
    Won,
    /// It did not.
    Lost,
}

/// Money of a payment that is given back.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Refund {
    /// The id.
    pub id: Id<RefundId>,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub state: RefundState,
    /// The gateway's id for it, once known.
    pub gateway_refund: Option<String>,
    /// When it was asked for, or first seen.
    pub requested_at: DateTime<Utc>,
    #[graphql(skip)]
    row: refund::Model,
}

impl From<refund::Model> for Refund {
    fn from(row: refund::Model) -> Self {
        Self {
            id: row.id.into(),
            amount: DomainMoney::new(row.amount_minor, row.currency).into(),
            state: row.state.into(),
            gateway_refund: row.gateway_refund.clone(),
            requested_at: row.requested_at,
            row,
        }
    }
}

#[ComplexObject]
impl Refund {
    /// Why, for the studio; absent for anybody else.
    #[expect(clippy::unused_async, reason = "the macro takes asynchronous methods alone")]
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        Ok(sees(caller(ctx)?, self.row.studio_id).then(|| self.row.reason.clone()))
    }

    /// Why it failed, for the studio; absent for anybody else.
    #[expect(clippy::unused_async, reason = "the macro takes asynchronous methods alone")]
    async fn failure(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        let sees = sees(caller(ctx)?, self.row.studio_id);
        Ok(self.row.failure.clone().filter(|_| sees))
    }
}

/// Whether the caller sees the studio's sales from inside.
fn sees(caller: &Caller, studio: StudioId) -> bool {
    policy::require(&caller.ctx.actor, Action::ReadSales, studio).is_ok()
}

/// A payment that the buyer's bank disputes.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Dispute {
    /// The id.
    pub id: Id<DisputeId>,
    /// The payment.
    pub payment_id: Id<PaymentId>,
    /// Where it stands.
    pub state: DisputeState,
    /// How much of the payment.
    pub amount: Money,
    /// What the gateway has taken for it, as far as it is booked.
    pub fee: Money,
    /// The bank's reason, such as `fraudulent`.
    pub reason: String,
    /// The gateway's id for it.
    pub gateway_dispute: String,
    /// Until when evidence is taken; absent if no longer.
    pub evidence_by: Option<DateTime<Utc>>,
    /// When it was learned of.
    pub learned_at: DateTime<Utc>,
    /// What the studio has answered.
    pub statement: Option<String>,
    /// When the answer was with the gateway.
    pub answered_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    row: dispute::Model,
}

impl From<dispute::Model> for Dispute {
    fn from(row: dispute::Model) -> Self {
        Self {
            id: row.id.into(),
            payment_id: row.payment_id.into(),
            state: row.state.into(),
            amount: DomainMoney::new(row.amount_minor, row.currency).into(),
            fee: DomainMoney::new(row.fee_minor, row.currency).into(),
            reason: row.reason.clone(),
            gateway_dispute: row.gateway_dispute.clone(),
            evidence_by: row.evidence_by,
            learned_at: row.learned_at,
            statement: row.statement.clone(),
            answered_at: row.answered_at,
            row,
        }
    }
}

#[ComplexObject]
impl Dispute {
    /// The order that was paid with it.
    async fn order(&self, ctx: &Context<'_>) -> Result<Option<Order>, Failure> {
        Ok(loader(ctx)?.load_one(OrderOfPayment(self.row.payment_id)).await?.map(Order::from))
    }

    /// What speaks for the studio: the contracts and their hashes, where and when they were accepted, and every download.
    async fn evidence_pack(&self, ctx: &Context<'_>) -> Result<Json<EvidencePack>, Failure> {
        let caller = caller(ctx)?;
        policy::require(&caller.ctx.actor, Action::ReadSales, self.row.studio_id)?;
        Ok(Json(evidence::gather(&caller.services.db, &self.row).await?))
    }
}

/// Loads the refunds of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RefundsOfPayment(pub PaymentId);

impl Loader<RefundsOfPayment> for CallerLoader {
    type Value = Vec<refund::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[RefundsOfPayment]) -> Result<HashMap<RefundsOfPayment, Self::Value>, Failure> {
        let payments: Vec<PaymentId> = keys.iter().map(|key| key.0).collect();
        let found = queries::refunds_of_payments(&self.caller.services.db, &payments).await?;
        Ok(found.into_iter().map(|(payment, rows)| (RefundsOfPayment(payment), rows)).collect())
    }
}

/// Loads the disputes of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DisputesOfPayment(pub PaymentId);

impl Loader<DisputesOfPayment> for CallerLoader {
    type Value = Vec<dispute::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[DisputesOfPayment]) -> Result<HashMap<DisputesOfPayment, Self::Value>, Failure> {
        let payments: Vec<PaymentId> = keys.iter().map(|key| key.0).collect();
        let found = queries::disputes_of_payments(&self.caller.services.db, &payments).await?;
        Ok(found.into_iter().map(|(payment, rows)| (DisputesOfPayment(payment), rows)).collect())
    }
}

/// Loads the order of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrderOfPayment(pub PaymentId);

impl Loader<OrderOfPayment> for CallerLoader {
    type Value = order::Model;
    type Error = Failure;

    async fn load(&self, keys: &[OrderOfPayment]) -> Result<HashMap<OrderOfPayment, Self::Value>, Failure> {
        let payments: Vec<PaymentId> = keys.iter().map(|key| key.0).collect();
        let found = queries::orders_of_payments(&self.caller.services.db, &payments).await?;
        Ok(found.into_iter().map(|(payment, row)| (OrderOfPayment(payment), row)).collect())
    }
}

/// The disputes of a payment, for who sees the studio's sales; none for anybody else.
pub(super) async fn disputes_for(
    ctx: &Context<'_>,
    studio: StudioId,
    payment: PaymentId,
) -> Result<Vec<Dispute>, Failure> {
    if !sees(caller(ctx)?, studio) {
        return Ok(Vec::new());
    }
    let rows = loader(ctx)?.load_one(DisputesOfPayment(payment)).await?.unwrap_or_default();
    Ok(rows.into_iter().map(Dispute::from).collect())
}

/// Queries about disputes.
#[derive(Debug, Default)]
pub struct DisputeQuery;

#[Object]
impl DisputeQuery {
    /// One dispute of a studio.
    async fn dispute(&self, ctx: &Context<'_>, id: Id<DisputeId>) -> Result<Option<Dispute>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_dispute(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(Dispute::from))
    }

    /// The studio's disputes, newest first; those alone that are not decided, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn disputes(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        #[graphql(default)] open: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Dispute>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let studio = studio.named("studio")?;
        let rows = queries::list_disputes(&caller.services.db, &caller.ctx, studio, open, request).await?;
        Ok(connection(rows, |row| row.id, Dispute::from))
    }
}

/// Money of an order to be given back.
#[derive(Debug, InputObject)]
pub struct RefundOrderInput {
    /// The studio.
    pub studio_id: Id<StudioId>,
    /// The order.
    pub order_id: Id<OrderId>,
    /// The payment, where the order has several that are kept.
    pub payment_id: Option<Id<PaymentId>>,
    /// How much; absent for all that remains.
    pub amount: Option<MoneyInput>,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// The same key asks once, however often it is sent; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// The answer to a dispute.
#[derive(Debug, InputObject)]
pub struct AnswerDisputeInput {
    /// The studio.
    pub studio_id: Id<StudioId>,
    /// The dispute.
    pub dispute_id: Id<DisputeId>,
    /// What speaks for the studio in its own words, 1 to 10,000 characters; the evidence goes along by itself.
    pub statement: String,
}

payload! {
    /// What came of `refundOrder`.
    pub struct RefundOrderPayload {
        /// The refund as it stands.
        refund: Refund
    }
}

payload! {
    /// What came of `answerDispute`.
    pub struct AnswerDisputePayload {
        /// The dispute as it stands.
        dispute: Dispute
    }
}

/// Mutations of refunds and disputes.
#[derive(Debug, Default)]
pub struct MoneyBackMutation;

#[Object]
impl MoneyBackMutation {
    /// Gives money of an order back, in part or whole. When all of it has gone back the licences end. More than remains is refused by name
    /// (`BEYOND_REST`), as is what is disputed (`DISPUTED`).
    async fn refund_order(&self, ctx: &Context<'_>, input: RefundOrderInput) -> Result<RefundOrderPayload, Failure> {
        RefundOrderPayload::of(refund_order(caller(ctx)?, input).await)
    }

    /// Answers a dispute, once and for all: the statement goes to the buyer's bank with the evidence.
    async fn answer_dispute(
        &self,
        ctx: &Context<'_>,
        input: AnswerDisputeInput,
    ) -> Result<AnswerDisputePayload, Failure> {
        AnswerDisputePayload::of(answer_dispute(caller(ctx)?, input).await)
    }
}

async fn refund_order(caller: &Caller, input: RefundOrderInput) -> Result<refund::Model, Failure> {
    let (studio, order) = (input.studio_id.named("studioId")?, input.order_id.named("orderId")?);
    let payment = input.payment_id.map(|payment| payment.named("paymentId")).transpose()?;
    let asked = AskRefund {
        amount: input.amount.map(|amount| amount.named("amount")).transpose()?,
        reason: &input.reason,
        key: input.idempotency_key.as_deref(),
    };
    let tx = caller.services.begin().await?;
    let refund = match payment {
        None => sales::request_order_refund(&tx, &caller.ctx, studio, order, asked).await?,
        Some(payment) => {
            policy::require(&caller.ctx.actor, Action::ManageSales, studio)?;
            let of_order = queries::payments_of_orders(&tx, &[order]).await?.remove(&order).unwrap_or_default();
            let is_own = of_order.iter().any(|row| row.id == payment && row.studio_id == studio);
            if !is_own {
                return Err(SalesError::NoPayment.into());
            }
            sales::request_refund(&tx, &caller.ctx, payment, asked).await?
        }
    };
    caller.services.commit(tx).await?;
    Ok(refund)
}

async fn answer_dispute(caller: &Caller, input: AnswerDisputeInput) -> Result<dispute::Model, Failure> {
    let (studio, dispute) = (input.studio_id.named("studioId")?, input.dispute_id.named("disputeId")?);
    let tx = caller.services.begin().await?;
    let answered = disputes::answer_dispute(&tx, &caller.ctx, studio, dispute, &input.statement).await?;
    caller.services.commit(tx).await?;
    Ok(answered)
}
