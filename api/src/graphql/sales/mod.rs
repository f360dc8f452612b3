//! Sales: carts, orders and their payments.

mod money_back;
mod mutations;
mod upgrades;

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Ctx},
    catalog::entity::BeatState,
    ids::{BeatId, CartLineId, OrderId, OrderLineId, PaymentId, StudioId},
    licensing::{queries::contract_on, terms::Terms},
    links::Purpose,
    money::{Currency, Money as DomainMoney},
    pricing::queries::{LineFacts, facts_of_lines},
    report::{Kind, Report},
    sales::{
        self,
        entity::{RefundState as DomainRefundState, order, order_line, payment},
        queries::{self, CartLineView, CartView, OrderFilter},
        rules::money_back::money_state,
    },
};

use super::{
    caller,
    connection::{CountedConnection, counted, page, page_cost, wants_total},
    errors::Failure,
    licensing::{Licence, LicenceTerms, LicencesOfOrder, Offer, TierCode},
    loader,
    loaders::CallerLoader,
    pricing::{self, Discount, Tax},
    scalars::{Id, Money},
    storefront::StorefrontBeat,
};
use crate::caller::Caller;

pub use money_back::*;
pub use mutations::*;
pub use upgrades::*;

/// Where an order stands. What becomes of its money later is told by `Order.moneyState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::sales::entity::OrderState")]
pub enum OrderState {
    /// Placed; the gateway is collecting.
    AwaitingPayment,
    /// Paid and granted; the files are on their way.
    Paid,
    /// Every file is ready and the mail is on its way.
    Delivered,
    /// Closed unpaid.
    Expired,
    /// Paid, but the beat was gone: the money goes back.
    Refunded,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::sales::entity::PaymentState")]
pub enum PaymentState {
    /// Held at the buyer's bank, and not collected.
    Authorised,
    /// Given up before it was collected.
    Cancelled,
    /// Collected.
    Captured,
    /// Collected for nothing, and being given back.
    Refunding,
    /// Given back.
    Refunded,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Cart {
    /// The lines, in the order in which they were put in.
    pub lines: Vec<CartLine>,
    /// What it is priced in, an ISO 4217 code; `setCartCurrency` changes it.
    pub currency: String,
    /// What it comes to now, tax and all, without the lines that are not on sale; absent if that is too much.
    pub total: Option<Money>,
    /// What is taken off by bundles, bulk deals and the coupon.
    pub discounts: Vec<Discount>,
    /// The tax within the total; absent if the studio has no rates, or where the buyer is was not said.
    pub tax: Option<Tax>,
    /// The code of the coupon that was entered.
    pub coupon: Option<String>,
    /// Why the coupon takes nothing off, a sentence; absent if it does.
    pub coupon_problem: Option<String>,
    /// Where the buyer is, as they said; an ISO 3166-1 code.
    pub country: Option<String>,
    /// Whether `setCartCountry` is waited for: nothing is ordered before.
    pub needs_country: bool,
    /// When it is given up.
    pub expires_at: DateTime<Utc>,
}

/// A line of a cart beside what is on sale now.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct CartLine {
    /// The id.
    pub id: Id<CartLineId>,
    /// The beat; absent if nobody may see it any more.
    pub beat: Option<StorefrontBeat>,
    /// The tier.
    pub tier: TierCode,
    /// The price that was seen.
    pub seen_price: Money,
    /// The same tier as it is on sale now, in the cart's currency; absent if it is not.
    pub offer: Option<Offer>,
    /// How what was seen differs from what is on sale now, a sentence; absent if it does not.
    pub stale: Option<String>,
    /// What it costs now, discounts taken off, tax and all; absent if it is not on sale.
    pub price: Option<Money>,
    /// What its contract is about; none if it is not on sale.
    #[graphql(skip)]
    offered: Option<(StudioId, BeatId, Terms, DomainMoney)>,
}

impl From<CartView> for Cart {
    fn from(view: CartView) -> Self {
        let priced = view.priced.ok();
        let fault = priced.as_ref().and_then(|priced| priced.coupon_fault.as_ref());
        let currency = priced.as_ref().map(|priced| priced.currency);
        let studio = view.cart.studio_id;
        Self {
            coupon_problem: fault.map(ToString::to_string),
            discounts: priced.as_ref().map(pricing::discounts_of).unwrap_or_default(),
            tax: priced.as_ref().and_then(pricing::tax_of),
            coupon: view.coupon.map(|coupon| coupon.code),
            country: view.cart.country.map(|country| country.to_string()),
            needs_country: view.needs_country,
            currency: view.cart.currency.code().to_owned(),
            lines: view.lines.into_iter().map(|line| CartLine::of(studio, line, currency)).collect(),
            total: view.total.ok().map(Money::from),
            expires_at: view.cart.expires_at,
        }
    }
}

impl CartLine {
    fn of(studio: StudioId, view: CartLineView, currency: Option<Currency>) -> Self {
        let seen_price = view.seen_price().into();
        let price = view.priced.zip(currency).map(|(line, of)| DomainMoney::new(line.price_minor, of));
        let terms = view.offer.as_ref().map(|offer| offer.terms.clone());
        let shown = view.beat.filter(|beat| matches!(beat.state, BeatState::Published | BeatState::Sold));
        Self {
            id: view.line.id.into(),
            beat: shown.map(StorefrontBeat::from),
            tier: view.line.tier_code.into(),
            seen_price,
            offer: view.offer.map(Offer::from),
            stale: view.stale.map(|stale| stale.to_string()),
            price: price.map(Money::from),
            offered: terms.zip(price).map(|(terms, price)| (studio, view.line.beat_id, terms, price)),
        }
    }
}

#[ComplexObject]
impl CartLine {
    /// The whole contract as it reads before paying, at what the line costs now, an HTML fragment: what is agreed to by ordering. Absent if the line is not on
    /// sale.
    #[graphql(complexity = 50)]
    async fn contract_html(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        let Some((studio, beat, terms, price)) = &self.offered else { return Ok(None) };
        let services = &caller(ctx)?.services;
        let offered = contract_on(&services.db, *studio, *beat, terms.clone(), *price, services.env.now()).await?;
        let Some(contract) = offered else { return Ok(None) };
        let contracts = services.contracts.clone();
        let typeset = tokio::task::spawn_blocking(move || contracts.preview_html(&contract)).await;
        typeset.map_err(Failure::broken)?.map(Some).map_err(Failure::broken)
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Order {
    /// The id.
    pub id: Id<OrderId>,
    /// The seller.
    pub studio_id: Id<StudioId>,
    /// The one reference on payment, contracts, files and journal.
    pub reference: String,
    /// Where it stands. An order that was delivered stays so when its money goes back: `moneyState` tells of that.
    pub state: OrderState,
    /// Who buys.
    pub buyer_name: String,
    /// Where the files go.
    pub buyer_email: String,
    /// What is to be paid.
    pub total: Money,
    /// The page where it is paid, while it can be.
    pub pay_url: Option<String>,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When it was paid.
    pub paid_at: Option<DateTime<Utc>>,
    /// When its last file was ready.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Why it was closed without a licence.
    pub closed_reason: Option<String>,
    #[graphql(skip)]
    row: order::Model,
}

impl From<order::Model> for Order {
    fn from(row: order::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            reference: row.reference.clone(),
            state: row.state.into(),
            buyer_name: row.buyer_name.clone(),
            buyer_email: row.buyer_email.to_string(),
            total: DomainMoney::new(row.total_minor, row.currency).into(),
            pay_url: row.pay_url.clone().filter(|_| row.state == sales::entity::OrderState::AwaitingPayment),
            placed_at: row.placed_at,
            paid_at: row.paid_at,
            delivered_at: row.delivered_at,
            closed_reason: row.closed_reason.clone(),
            row,
        }
    }
}

/// What was ordered, frozen as it was offered.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct OrderLine {
    /// The id.
    pub id: Id<OrderLineId>,
    /// Place in the order, from 1.
    pub position: i32,
    /// The beat.
    pub beat_id: Id<BeatId>,
    /// The beat's title then.
    pub beat_title: String,
    /// The terms as offered.
    pub terms: LicenceTerms,
    /// The price, discounts taken off, tax and all.
    pub price: Money,
    #[graphql(skip)]
    priced: (OrderLineId, DomainMoney),
}

#[ComplexObject]
impl OrderLine {
    /// What it would have cost on the list.
    async fn list_price(&self, ctx: &Context<'_>) -> Result<Money, Failure> {
        let (line, price) = self.priced;
        let facts = loader(ctx)?.load_one(FactsOfLine(line)).await?.unwrap_or_default();
        Ok(DomainMoney::new(facts.list_minor(price.minor), price.currency).into())
    }

    /// What was taken off it.
    async fn discounts(&self, ctx: &Context<'_>) -> Result<Vec<Discount>, Failure> {
        let (line, price) = self.priced;
        let facts = loader(ctx)?.load_one(FactsOfLine(line)).await?.unwrap_or_default();
        let amount = |minor| DomainMoney::new(minor, price.currency).into();
        let discounts = facts.discounts.into_iter();
        Ok(discounts.map(|row| Discount { name: row.name, amount: amount(row.amount_minor) }).collect())
    }

    /// Its tax; absent if nobody asked for the buyer's country.
    async fn tax(&self, ctx: &Context<'_>) -> Result<Option<Tax>, Failure> {
        let (line, price) = self.priced;
        let facts = loader(ctx)?.load_one(FactsOfLine(line)).await?.unwrap_or_default();
        Ok(facts.tax.as_ref().map(|tax| Tax::of_line(tax, price.currency)))
    }
}

/// Loads what was taken off and taxed of a line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FactsOfLine(pub OrderLineId);

impl Loader<FactsOfLine> for CallerLoader {
    type Value = LineFacts;
    type Error = Failure;

    async fn load(&self, keys: &[FactsOfLine]) -> Result<HashMap<FactsOfLine, Self::Value>, Failure> {
        let lines: Vec<OrderLineId> = keys.iter().map(|key| key.0).collect();
        let found = facts_of_lines(&self.caller.services.db, &lines).await?;
        Ok(found.into_iter().map(|(line, facts)| (FactsOfLine(line), facts)).collect())
    }
}

/// Money collected for an order, or held for it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Payment {
    /// The id.
    pub id: Id<PaymentId>,
    /// The gateway.
    pub gateway: String,
    /// The gateway's id for it.
    pub gateway_payment: String,
    /// Where it stands.
    pub state: PaymentState,
    /// What was collected, or is held.
    pub amount: Money,
    /// What the gateway kept of it.
    pub fee: Money,
    /// When it was learned of.
    pub received_at: DateTime<Utc>,
    #[graphql(skip)]
    row: payment::Model,
}

impl From<payment::Model> for Payment {
    fn from(row: payment::Model) -> Self {
        Self {
            id: row.id.into(),
            gateway: row.gateway.clone(),
            gateway_payment: row.gateway_payment.clone(),
            state: row.state.into(),
            amount: DomainMoney::new(row.amount_minor, row.currency).into(),
            fee: DomainMoney::new(row.fee_minor, row.currency).into(),
            received_at: row.received_at,
            row,
        }
    }
}

#[ComplexObject]
impl Payment {
    /// What was given back of it, as far as it is booked.
    async fn refunded(&self, ctx: &Context<'_>) -> Result<Money, Failure> {
        let rows = loader(ctx)?.load_one(RefundsOfPayment(self.row.id)).await?.unwrap_or_default();
        let booked = rows.iter().filter(|row| row.journal_id.is_some() && row.state != DomainRefundState::Failed);
        let minor = booked.map(|row| row.amount_minor).fold(0, i64::saturating_add);
        Ok(DomainMoney::new(minor, self.row.currency).into())
    }

    /// What was given back of it, or is to be, oldest first.
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Vec<Refund>, Failure> {
        let rows = loader(ctx)?.load_one(RefundsOfPayment(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Refund::from).collect())
    }

    /// What the buyer's bank disputes of it, oldest first; for who sees the studio's sales, and nothing for the buyer.
    async fn disputes(&self, ctx: &Context<'_>) -> Result<Vec<Dispute>, Failure> {
        money_back::disputes_for(ctx, self.row.studio_id, self.row.id).await
    }
}

#[ComplexObject]
impl Order {
    /// What was ordered.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLine>, Failure> {
        let rows = loader(ctx)?.load_one(LinesOfOrder(self.row.id)).await?.unwrap_or_default();
        let line = |row: order_line::Model| OrderLine {
            id: row.id.into(),
            position: row.position,
            beat_id: row.beat_id.into(),
            beat_title: row.beat_title,
            terms: row.terms.into(),
            price: DomainMoney::new(row.price_minor, self.row.currency).into(),
            priced: (row.id, DomainMoney::new(row.price_minor, self.row.currency)),
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// The licences that it bought, one a line; none until it is paid.
    async fn licences(&self, ctx: &Context<'_>) -> Result<Vec<Licence>, Failure> {
        let rows = loader(ctx)?.load_one(LicencesOfOrder(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Licence::from).collect())
    }

    /// What has become of the money that it was paid with.
    async fn money_state(&self, ctx: &Context<'_>) -> Result<MoneyState, Failure> {
        let money = loader(ctx)?.load_one(MoneyOfOrder(self.row.id)).await?.unwrap_or_default();
        Ok(money_state(self.row.state, &money).into())
    }

    /// What was collected for it, oldest first.
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>, Failure> {
        let rows = loader(ctx)?.load_one(PaymentsOfOrder(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Payment::from).collect())
    }
}

/// Loads the lines of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinesOfOrder(pub OrderId);

impl Loader<LinesOfOrder> for CallerLoader {
    type Value = Vec<order_line::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[LinesOfOrder]) -> Result<HashMap<LinesOfOrder, Self::Value>, Failure> {
        let orders: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let found = queries::lines_of_orders(&self.caller.services.db, &orders).await?;
        Ok(found.into_iter().map(|(order, rows)| (LinesOfOrder(order), rows)).collect())
    }
}

/// Loads the payments of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PaymentsOfOrder(pub OrderId);

impl Loader<PaymentsOfOrder> for CallerLoader {
    type Value = Vec<payment::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[PaymentsOfOrder]) -> Result<HashMap<PaymentsOfOrder, Self::Value>, Failure> {
        let orders: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let found = queries::payments_of_orders(&self.caller.services.db, &orders).await?;
        Ok(found.into_iter().map(|(order, rows)| (PaymentsOfOrder(order), rows)).collect())
    }
}

/// Queries about sales.
#[derive(Debug, Default)]
pub struct SalesQuery;

#[Object]
impl SalesQuery {
    /// The cart of a secret at a studio, for whoever holds the secret; absent if there is none or its time is over.
    async fn cart(&self, ctx: &Context<'_>, studio: Id<StudioId>, secret: String) -> Result<Option<Cart>, Failure> {
        let caller = caller(ctx)?;
        let now = caller.services.env.now();
        let cart = queries::find_cart(&caller.services.db, studio.named("studio")?, &secret, now).await?;
        Ok(cart.map(Cart::from))
    }

    /// The order of a buyer's link, by the token in its address.
    async fn buyer_order(&self, ctx: &Context<'_>, token: String) -> Result<Option<Order>, Failure> {
        let caller = caller(ctx)?;
        let order = open_token(caller, &token)?;
        let buyer = Ctx::new(Actor::Buyer { order }, caller.services.env.clone());
        Ok(queries::find_order(&caller.services.db, &buyer, order).await?.map(Order::from))
    }

    /// One order of a studio.
    async fn order(&self, ctx: &Context<'_>, id: Id<OrderId>) -> Result<Option<Order>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_order(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(Order::from))
    }

    /// The studio's orders, newest first; of one state, if one is named. Each word of `search` stands in the reference, the buyer's name or address, or the title
    /// of a beat, upper and lower case alike.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        state: Option<OrderState>,
        search: Option<String>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<CountedConnection<Order>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let (studio, filter) = (studio.named("studio")?, OrderFilter { state: state.map(Into::into), search });
        let (db, who) = (&caller.services.db, &caller.ctx);
        let rows = queries::list_orders(db, who, studio, &filter, request).await?;
        let total = if wants_total(ctx) { queries::count_orders(db, who, studio, &filter).await? } else { 0 };
        Ok(counted(rows, |row| row.id, Order::from, total))
    }
}

fn open_token(caller: &Caller, token: &str) -> Result<OrderId, Failure> {
    let now = caller.services.env.now();
    caller.services.links.open(Purpose::Order, token, now).map_err(|error| {
        let report = Report::new(Kind::NotFound, "BAD_TOKEN", error.to_string()).field("token");
        Failure::new(report.remedy("send the token that came with the order"))
    })
}
