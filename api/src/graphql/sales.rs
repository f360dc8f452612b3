//! Sales: carts, orders and their payments.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Ctx},
    catalog::entity::BeatState,
    ids::{BeatId, CartLineId, OrderId, OrderLineId, PaymentId, StudioId},
    links::Purpose,
    money::Money as DomainMoney,
    report::{Kind, Report},
    sales::{
        self, PlaceOrder, SalesError,
        commands::{carts, checkout::order_url},
        entity::{order, order_line, payment},
        queries::{self, CartLineView, CartView},
    },
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    licensing::{Licence, LicenceTerms, LicencesOfOrder, Offer, TierCode},
    loader,
    loaders::CallerLoader,
    scalars::{Id, Money, MoneyInput},
    storefront::StorefrontBeat,
};
use crate::{caller::Caller, payload};

/// Where an order stands.
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
    /// Collected.
    Captured,
    /// Being given back.
    Refunding,
    /// Given back.
    Refunded,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Cart {
    /// The lines, in the order in which they were put in.
    pub lines: Vec<CartLine>,
    /// What it comes to now, without the lines that are not on sale; absent if the currencies differ.
    pub total: Option<Money>,
    /// When it is given up.
    pub expires_at: DateTime<Utc>,
}

/// A line of a cart beside what is on sale now.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct CartLine {
    /// The id.
    pub id: Id<CartLineId>,
    /// The beat; absent if nobody may see it any more.
    pub beat: Option<StorefrontBeat>,
    /// The tier.
    pub tier: TierCode,
    /// The price that was seen.
    pub seen_price: Money,
    /// The same tier as it is on sale now; absent if it is not.
    pub offer: Option<Offer>,
    /// How what was seen differs from what is on sale now, a sentence; absent if it does not.
    pub stale: Option<String>,
}

impl From<CartView> for Cart {
    fn from(view: CartView) -> Self {
        Self {
            lines: view.lines.into_iter().map(CartLine::from).collect(),
            total: view.total.ok().map(Money::from),
            expires_at: view.cart.expires_at,
        }
    }
}

impl From<CartLineView> for CartLine {
    fn from(view: CartLineView) -> Self {
        let seen_price = view.seen_price().into();
        let shown = view.beat.filter(|beat| matches!(beat.state, BeatState::Published | BeatState::Sold));
        Self {
            id: view.line.id.into(),
            beat: shown.map(StorefrontBeat::from),
            tier: view.line.tier_code.into(),
            seen_price,
            offer: view.offer.map(Offer::from),
            stale: view.stale.map(|stale| stale.to_string()),
        }
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
    /// Where it stands.
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
    /// The price.
    pub price: Money,
}

/// Money collected for an order.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Payment {
    /// The id.
    pub id: Id<PaymentId>,
    /// The gateway.
    pub gateway: String,
    /// The gateway's id for it.
    pub gateway_payment: String,
    /// Where it stands.
    pub state: PaymentState,
    /// What was collected.
    pub amount: Money,
    /// What the gateway kept of it.
    pub fee: Money,
    /// When it was learned of.
    pub received_at: DateTime<Utc>,
}

impl From<payment::Model> for Payment {
    fn from(row: payment::Model) -> Self {
        Self {
            id: row.id.into(),
            gateway: row.gateway,
            gateway_payment: row.gateway_payment,
            state: row.state.into(),
            amount: DomainMoney::new(row.amount_minor, row.currency).into(),
            fee: DomainMoney::new(row.fee_minor, row.currency).into(),
            received_at: row.received_at,
        }
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
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// The licences that it bought, one a line; none until it is paid.
    async fn licences(&self, ctx: &Context<'_>) -> Result<Vec<Licence>, Failure> {
        let rows = loader(ctx)?.load_one(LicencesOfOrder(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Licence::from).collect())
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

    /// The studio's orders, newest first; of one state, if one is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        state: Option<OrderState>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Order>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let (studio, state) = (studio.named("studio")?, state.map(Into::into));
        let rows = queries::list_orders(&caller.services.db, &caller.ctx, studio, state, request).await?;
        Ok(connection(rows, |row| row.id, Order::from))
    }
}

/// A beat for a cart.
#[derive(Debug, InputObject)]
pub struct AddToCartInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret; absent to begin a new cart.
    pub secret: Option<String>,
    /// The beat.
    pub beat: Id<BeatId>,
    /// The tier.
    pub tier: TierCode,
}

/// Another tier for a line.
#[derive(Debug, InputObject)]
pub struct ChangeCartTierInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// The line.
    pub line: Id<CartLineId>,
    /// The tier.
    pub tier: TierCode,
}

/// A line to be taken out.
#[derive(Debug, InputObject)]
pub struct RemoveFromCartInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// The line.
    pub line: Id<CartLineId>,
}

/// An order of all that is in a cart.
#[derive(Debug, InputObject)]
pub struct PlaceOrderInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// The licensee's name as it shall stand in the contract.
    pub buyer_name: String,
    /// The address that the files shall be sent to.
    pub buyer_email: String,
    /// The total that the buyer saw and agrees to.
    pub seen_total: MoneyInput,
}

/// An order that has been placed.
#[derive(Debug, SimpleObject)]
pub struct PlacedOrder {
    /// The order.
    pub order: Order,
    /// The page where it is paid; absent if there is nothing to pay.
    pub pay_url: Option<String>,
    /// The token that opens the order without an account; keep it.
    pub token: String,
    /// The order's own page.
    pub url: String,
}

payload! {
    /// What came of `addToCart`.
    pub struct AddToCartPayload {
        /// The cart as it is now.
        cart: Cart,
        /// The secret that finds the cart again; nobody else has it.
        secret: String
    }
}

payload! {
    /// What came of `changeCartTier`.
    pub struct ChangeCartTierPayload {
        /// The cart as it is now.
        cart: Cart
    }
}

payload! {
    /// What came of `removeFromCart`.
    pub struct RemoveFromCartPayload {
        /// The cart as it is now.
        cart: Cart
    }
}

payload! {
    /// What came of `placeOrder`.
    pub struct PlaceOrderPayload {
        /// The order and where it is paid.
        placed: PlacedOrder
    }
}

payload! {
    /// What came of `settleOrder`.
    pub struct SettleOrderPayload {
        /// The order as it stands now.
        order: Order
    }
}

/// Mutations of sales.
#[derive(Debug, Default)]
pub struct SalesMutation;

#[Object]
impl SalesMutation {
    /// Puts a beat under a tier into a cart, at the price and terms of now; a beat that is in it already changes its tier.
    async fn add_to_cart(&self, ctx: &Context<'_>, input: AddToCartInput) -> Result<AddToCartPayload, Failure> {
        match add_to_cart(caller(ctx)?, input).await {
            Ok((view, secret)) => Ok(AddToCartPayload::done(view.into(), secret)),
            Err(failure) => AddToCartPayload::refused(failure),
        }
    }

    /// Changes the tier of a line, at the price and terms of now.
    async fn change_cart_tier(
        &self,
        ctx: &Context<'_>,
        input: ChangeCartTierInput,
    ) -> Result<ChangeCartTierPayload, Failure> {
        ChangeCartTierPayload::of(change_cart_tier(caller(ctx)?, input).await)
    }

    /// Takes a line out of a cart.
    async fn remove_from_cart(
        &self,
        ctx: &Context<'_>,
        input: RemoveFromCartInput,
    ) -> Result<RemoveFromCartPayload, Failure> {
        RemoveFromCartPayload::of(remove_from_cart(caller(ctx)?, input).await)
    }

    /// Places an order of all that is in the cart and opens its pay page. A cart that is not what the buyer saw is brought up to date and
    /// refused (`CART_STALE`); placing the same cart again gives the same open order.
    async fn place_order(&self, ctx: &Context<'_>, input: PlaceOrderInput) -> Result<PlaceOrderPayload, Failure> {
        PlaceOrderPayload::of(place_order(caller(ctx)?, input).await)
    }

    /// Asks the gateway how the order of a buyer's link stands and acts on it, as its page does; safe at any time.
    async fn settle_order(&self, ctx: &Context<'_>, token: String) -> Result<SettleOrderPayload, Failure> {
        SettleOrderPayload::of(settle_order(caller(ctx)?, &token).await)
    }
}

fn open_token(caller: &Caller, token: &str) -> Result<OrderId, Failure> {
    let now = caller.services.env.now();
    caller.services.links.open(Purpose::Order, token, now).map_err(|error| {
        let report = Report::new(Kind::NotFound, "BAD_TOKEN", error.to_string()).field("token");
        Failure::new(report.remedy("send the token that came with the order"))
    })
}

async fn view(caller: &Caller, studio: StudioId, secret: &str) -> Result<CartView, Failure> {
    let now = caller.services.env.now();
    let found = queries::find_cart(&caller.services.db, studio, secret, now).await?;
    Ok(found.ok_or(SalesError::NoCart)?)
}

async fn add_to_cart(caller: &Caller, input: AddToCartInput) -> Result<(CartView, String), Failure> {
    let (studio, beat) = (input.studio.named("studio")?, input.beat.named("beat")?);
    let tx = caller.services.begin().await?;
    let secret = input.secret.as_deref();
    let open = carts::add_to_cart(&tx, &caller.ctx, studio, secret, beat, input.tier.into()).await?;
    caller.services.commit(tx).await?;
    Ok((view(caller, studio, &open.secret).await?, open.secret))
}

async fn change_cart_tier(caller: &Caller, input: ChangeCartTierInput) -> Result<CartView, Failure> {
    let (studio, line) = (input.studio.named("studio")?, input.line.named("line")?);
    let tx = caller.services.begin().await?;
    carts::change_tier(&tx, &caller.ctx, studio, &input.secret, line, input.tier.into()).await?;
    caller.services.commit(tx).await?;
    view(caller, studio, &input.secret).await
}

async fn remove_from_cart(caller: &Caller, input: RemoveFromCartInput) -> Result<CartView, Failure> {
    let (studio, line) = (input.studio.named("studio")?, input.line.named("line")?);
    let tx = caller.services.begin().await?;
    carts::remove_from_cart(&tx, &caller.ctx, studio, &input.secret, line).await?;
    caller.services.commit(tx).await?;
    view(caller, studio, &input.secret).await
}

async fn place_order(caller: &Caller, input: PlaceOrderInput) -> Result<PlacedOrder, Failure> {
    let services = &caller.services;
    let studio = input.studio.named("studio")?;
    let request = PlaceOrder {
        buyer_name: input.buyer_name,
        buyer_email: input.buyer_email,
        seen_total: input.seen_total.named("seenTotal")?,
        ip: Some(caller.ip.to_string()).filter(|ip| !ip.is_empty()),
        user_agent: Some(caller.user_agent.to_string()),
    };
    let mut order = sales::place_order(services, &caller.ctx, studio, &input.secret, &request).await?;
    let due = order.state == sales::entity::OrderState::AwaitingPayment;
    let pay_url = if due { Some(sales::open_checkout(services, order.id).await?) } else { None };
    order.pay_url.clone_from(&pay_url);
    let token = services.links.token(Purpose::Order, order.id, None);
    Ok(PlacedOrder { pay_url, token, url: order_url(services, order.id), order: order.into() })
}

async fn settle_order(caller: &Caller, token: &str) -> Result<order::Model, Failure> {
    let order = open_token(caller, token)?;
    sales::settle_order(&caller.services, order).await?;
    let buyer = Ctx::new(Actor::Buyer { order }, caller.services.env.clone());
    Ok(queries::find_order(&caller.services.db, &buyer, order).await?.ok_or(SalesError::NoOrder)?)
}
