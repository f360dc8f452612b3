//! Carts and orders, for buyers and for the studio.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, LockType},
};

use super::{
    SalesError,
    entity::{
        DisputeState, OrderState, PaymentState, RefundState, cart, cart_line, dispute, failed_checkout, order,
        order_line, payment, refund,
    },
    error::StaleLine,
    rules::{self, Seen, paying::PayWindow},
};
use crate::{
    actor::{Actor, Ctx},
    catalog::entity::{BeatState, beat},
    env::{self, Instant},
    identity::entity::studio,
    ids::{BeatId, CartId, DisputeId, OrderId, PaymentId, RefundId, StudioId},
    ledger::queries::find_sale,
    licensing::{
        contract::Acceptance,
        entity::{exclusive_claim, licence},
        queries::{Offer, effective_tiers},
    },
    money::{Money, MoneyError},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    pricing::{
        self, Priced, PricedLine,
        queries::{CartRules, rules_of},
        rules::{CouponRule, Item},
    },
    report::StoreError,
    store::{Db, Tx},
    wording,
};

/// A line of a cart beside what is on sale now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartLineView {
    /// The line, with the price and the terms that the buyer saw.
    pub line: cart_line::Model,
    /// Its beat.
    pub beat: Option<beat::Model>,
    /// The same tier as it is on sale now, in the cart's currency; none if it is not.
    pub offer: Option<Offer>,
    /// How the two differ; none if they do not.
    pub stale: Option<StaleLine>,
    /// What it costs now, with what is taken off it and taxed; none if it is not on sale, or the cart cannot be priced.
    pub priced: Option<PricedLine>,
}

impl CartLineView {
    /// The price that the buyer saw.
    pub fn seen_price(&self) -> Money {
        Money::new(self.line.price_minor, self.line.currency)
    }
}

/// A cart as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartView {
    /// The cart.
    pub cart: cart::Model,
    /// Its lines, in the order in which they were put in.
    pub lines: Vec<CartLineView>,
    /// What it comes to now, in its currency, without the lines that are not on sale; an error if that is too much.
    pub total: Result<Money, MoneyError>,
    /// The same line by line, for the lines that are on sale, in their order.
    pub priced: Result<Priced, MoneyError>,
    /// The coupon that was entered.
    pub coupon: Option<CouponRule>,
    /// Whether the studio asks where its buyers are.
    pub asks_country: bool,
    /// Whether it does, and the buyer has not said yet: nothing is ordered before.
    pub needs_country: bool,
}

/// The studio behind a storefront's word; open to anybody.
pub async fn find_storefront(db: &impl ConnectionTrait, slug: &str) -> Result<Option<studio::Model>, StoreError> {
    if slug.contains('\0') {
        // No text of PostgreSQL holds it, so it is no studio's word either.
        return Ok(None);
    }
    Ok(studio::Entity::find().filter(studio::Column::Slug.eq(slug)).one(db).await?)
}

/// The cart of a secret at a studio; none if there is none or its time is over.
pub async fn find_cart(
    db: &impl ConnectionTrait,
    studio: StudioId,
    secret: &str,
    now: Instant,
) -> Result<Option<CartView>, SalesError> {
    let cart = cart::Entity::find()
        .filter(cart::Column::SecretFingerprint.eq(env::fingerprint(secret)))
        .filter(cart::Column::StudioId.eq(studio))
        .filter(cart::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    match cart {
        Some(cart) => view_cart(db, cart, now).await.map(Some),
        None => Ok(None),
    }
}

/// A cart as it stands. For whoever holds its secret.
pub(super) async fn view_cart(
    db: &impl ConnectionTrait,
    cart: cart::Model,
    now: Instant,
) -> Result<CartView, SalesError> {
    let lines = lines_of_cart(db, cart.id).await?;
    let ids: Vec<BeatId> = lines.iter().map(|line| line.beat_id).collect();
    let offers = effective_tiers(db, cart.studio_id, &ids).await?;
    let mut beats: HashMap<BeatId, beat::Model> = beat::Entity::find()
        .filter(beat::Column::Id.is_in(ids))
        .all(db)
        .await?
        .into_iter()
        .map(|beat| (beat.id, beat))
        .collect();
    let mut lines: Vec<CartLineView> = (0..)
        .zip(lines)
        .map(|(position, line)| {
            let beat = beats.remove(&line.beat_id);
            let published = beat.as_ref().is_some_and(|beat| beat.state == BeatState::Published);
            let on_sale = offers
                .get(&line.beat_id)
                .filter(|_| published)
                .and_then(|offers| offers.iter().find(|offer| offer.terms.tier == line.tier_code));
            let offer = on_sale.and_then(|offer| offer.sold_in(cart.currency));
            let stale = rules::staleness(Seen {
                line: line.id,
                position,
                beat_title: beat.as_ref().map_or("the beat", |beat| &beat.title),
                price: Money::new(line.price_minor, line.currency),
                terms: &line.terms,
                offer: offer.as_ref(),
                is_on_sale: on_sale.is_some(),
            });
            CartLineView { offer, line, beat, stale, priced: None }
        })
        .collect();
    let CartRules { rules, needs_country, asks_country } = rules_of(db, &cart).await?;
    let item = |line: &CartLineView| {
        let list = line.offer.as_ref()?.price;
        Some(Item { beat: line.line.beat_id, tier: line.line.tier_code, list })
    };
    let items: Vec<Item> = lines.iter().filter_map(item).collect();
    let priced = pricing::price(cart.currency, &items, &rules, now);
    if let Ok(priced) = &priced {
        let on_sale = lines.iter_mut().filter(|line| line.offer.is_some());
        for (line, priced) in on_sale.zip(&priced.lines) {
            line.priced = Some(priced.clone());
        }
    }
    let total = priced.as_ref().map(Priced::total).map_err(MoneyError::clone);
    Ok(CartView { cart, lines, total, priced, coupon: rules.coupon, asks_country, needs_country })
}

/// The last order that was placed from a cart, if it is not paid. It tells who ordered: for whoever holds the cart's secret.
pub async fn last_unpaid_order(db: &impl ConnectionTrait, cart: CartId) -> Result<Option<order::Model>, StoreError> {
    let last =
        order::Entity::find().filter(order::Column::CartId.eq(cart)).order_by_desc(order::Column::Id).one(db).await?;
    Ok(last.filter(|order| matches!(order.state, OrderState::AwaitingPayment | OrderState::Expired)))
}

pub(super) async fn lines_of_cart(
    db: &impl ConnectionTrait,
    cart: CartId,
) -> Result<Vec<cart_line::Model>, StoreError> {
    Ok(cart_line::Entity::find()
        .filter(cart_line::Column::CartId.eq(cart))
        .order_by_asc(cart_line::Column::CreatedAt)
        .order_by_asc(cart_line::Column::Id)
        .all(db)
        .await?)
}

pub(crate) async fn order(db: &impl ConnectionTrait, id: OrderId) -> Result<Option<order::Model>, StoreError> {
    Ok(order::Entity::find_by_id(id).one(db).await?)
}

/// One order, held until the end of the transaction: of two who change it, the later sees what the earlier did. For the program itself.
pub(crate) async fn lock_order(tx: &Tx, id: OrderId) -> Result<Option<order::Model>, StoreError> {
    Ok(order::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// What was asked to be given back of a payment and is not booked yet, in minor units. For who may see the payment: it asks nothing itself.
pub(crate) async fn unbooked_minor(db: &impl ConnectionTrait, payment: PaymentId) -> Result<i64, StoreError> {
    let asked = refund::Entity::find()
        .filter(refund::Column::PaymentId.eq(payment))
        .filter(refund::Column::State.ne(RefundState::Failed))
        .filter(refund::Column::JournalId.is_null())
        .all(db)
        .await?;
    Ok(asked.iter().map(|row| row.amount_minor).fold(0, i64::saturating_add))
}

/// As [`unbooked_minor`], of the payments that are kept of orders, by order; of what goes back anyway, such as a second charge, nothing.
pub(crate) async fn unbooked_of_orders(
    db: &impl ConnectionTrait,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, i64>, StoreError> {
    let kept = payment::Entity::find()
        .filter(payment::Column::OrderId.is_in(orders.iter().copied()))
        .filter(payment::Column::State.eq(PaymentState::Captured))
        .all(db)
        .await?;
    let order_of: HashMap<PaymentId, OrderId> = kept.into_iter().map(|row| (row.id, row.order_id)).collect();
    let asked = refund::Entity::find()
        .filter(refund::Column::PaymentId.is_in(order_of.keys().copied()))
        .filter(refund::Column::State.ne(RefundState::Failed))
        .filter(refund::Column::JournalId.is_null())
        .all(db)
        .await?;
    let mut by_order: HashMap<OrderId, i64> = HashMap::new();
    for row in asked {
        if let Some(order) = order_of.get(&row.payment_id) {
            let sum = by_order.entry(*order).or_default();
            *sum = sum.saturating_add(row.amount_minor);
        }
    }
    Ok(by_order)
}

/// The lines of one order, in their order. For who may see the order: it asks nothing itself.
pub async fn lines_of_order(db: &impl ConnectionTrait, order: OrderId) -> Result<Vec<order_line::Model>, StoreError> {
    Ok(lines_of_orders(db, &[order]).await?.remove(&order).unwrap_or_default())
}

/// The lines of orders, by order, in their order. For who may see the orders: it asks nothing itself.
pub async fn lines_of_orders(
    db: &impl ConnectionTrait,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, Vec<order_line::Model>>, StoreError> {
    let rows = order_line::Entity::find()
        .filter(order_line::Column::OrderId.is_in(orders.iter().copied()))
        .order_by_asc(order_line::Column::Position)
        .all(db)
        .await?;
    let mut by_order: HashMap<OrderId, Vec<order_line::Model>> = HashMap::new();
    for row in rows {
        by_order.entry(row.order_id).or_default().push(row);
    }
    Ok(by_order)
}

/// The checkouts of an order whose payment has failed, oldest first. For who may see the order: it asks nothing itself.
pub async fn failed_checkouts(
    db: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Vec<failed_checkout::Model>, StoreError> {
    Ok(failed_checkout::Entity::find()
        .filter(failed_checkout::Column::OrderId.eq(order))
        .order_by_asc(failed_checkout::Column::Number)
        .all(db)
        .await?)
}

/// When an order can be paid. For who may see the order: it asks nothing itself.
pub async fn pay_window(db: &impl ConnectionTrait, order: &order::Model) -> Result<PayWindow, StoreError> {
    let failed = failed_checkouts(db, order.id).await?;
    Ok(match failed.last() {
        Some(last) => PayWindow::Again { failed_at: last.failed_at, number: last.number },
        None => PayWindow::First { placed_at: order.placed_at },
    })
}

/// Whether an order can be paid now: its pay page is open, or can still be opened. For who may see the order: it asks nothing itself.
pub(crate) async fn can_be_paid(
    db: &impl ConnectionTrait,
    order: &order::Model,
    now: Instant,
) -> Result<bool, StoreError> {
    let window = pay_window(db, order).await?;
    let closes_at = if order.pay_url.is_some() { window.ends_at() } else { window.opening_ends_at() };
    Ok(order.state == OrderState::AwaitingPayment && now < closes_at)
}

/// The payments of orders, by order, oldest first. For who may see the orders: it asks nothing itself.
pub async fn payments_of_orders(
    db: &impl ConnectionTrait,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, Vec<payment::Model>>, StoreError> {
    let rows = payment::Entity::find()
        .filter(payment::Column::OrderId.is_in(orders.iter().copied()))
        .order_by_asc(payment::Column::Id)
        .all(db)
        .await?;
    let mut by_order: HashMap<OrderId, Vec<payment::Model>> = HashMap::new();
    for row in rows {
        by_order.entry(row.order_id).or_default().push(row);
    }
    Ok(by_order)
}

/// The refunds of payments, by payment, oldest first. For who may see the payments: it asks nothing itself.
pub async fn refunds_of_payments(
    db: &impl ConnectionTrait,
    payments: &[PaymentId],
) -> Result<HashMap<PaymentId, Vec<refund::Model>>, StoreError> {
    let rows = refund::Entity::find()
        .filter(refund::Column::PaymentId.is_in(payments.iter().copied()))
        .order_by_asc(refund::Column::Id)
        .all(db)
        .await?;
    let mut by_payment: HashMap<PaymentId, Vec<refund::Model>> = HashMap::new();
    for row in rows {
        by_payment.entry(row.payment_id).or_default().push(row);
    }
    Ok(by_payment)
}

/// The disputes of payments, by payment, oldest first. For who may see the payments: it asks nothing itself.
pub async fn disputes_of_payments(
    db: &impl ConnectionTrait,
    payments: &[PaymentId],
) -> Result<HashMap<PaymentId, Vec<dispute::Model>>, StoreError> {
    let rows = dispute::Entity::find()
        .filter(dispute::Column::PaymentId.is_in(payments.iter().copied()))
        .order_by_asc(dispute::Column::Id)
        .all(db)
        .await?;
    let mut by_payment: HashMap<PaymentId, Vec<dispute::Model>> = HashMap::new();
    for row in rows {
        by_payment.entry(row.payment_id).or_default().push(row);
    }
    Ok(by_payment)
}

/// The orders that payments are of, by payment. For who may see the payments: it asks nothing itself.
pub async fn orders_of_payments(
    db: &impl ConnectionTrait,
    payments: &[PaymentId],
) -> Result<HashMap<PaymentId, order::Model>, StoreError> {
    let rows = payment::Entity::find().filter(payment::Column::Id.is_in(payments.iter().copied())).all(db).await?;
    let orders: HashMap<OrderId, order::Model> = order::Entity::find()
        .filter(order::Column::Id.is_in(rows.iter().map(|row| row.order_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|order| (order.id, order))
        .collect();
    Ok(rows.into_iter().filter_map(|row| Some((row.id, orders.get(&row.order_id)?.clone()))).collect())
}

/// The studio's disputes, newest first; those that are open alone, if so asked.
pub async fn list_disputes(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    only_open: bool,
    page: PageRequest<DisputeId>,
) -> Result<Page<dispute::Model>, SalesError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let mut query = dispute::Entity::find().filter(dispute::Column::StudioId.eq(studio));
    if only_open {
        query = query.filter(dispute::Column::State.is_not_in([DisputeState::Won, DisputeState::Lost]));
    }
    Ok(page::fetch(db, query, dispute::Column::Id, page).await?)
}

/// One dispute, for who sees the studio's sales, or for the program itself.
pub async fn find_dispute(db: &Db, ctx: &Ctx, id: DisputeId) -> Result<Option<dispute::Model>, SalesError> {
    let found = dispute::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadSales, found, |row| row.studio_id)?)
}

/// The payment of a gateway's id. For the program itself.
pub(super) async fn payment_of_gateway(
    db: &impl ConnectionTrait,
    gateway: &str,
    payment: &str,
) -> Result<Option<payment::Model>, StoreError> {
    Ok(payment::Entity::find()
        .filter(payment::Column::Gateway.eq(gateway))
        .filter(payment::Column::GatewayPayment.eq(payment))
        .one(db)
        .await?)
}

/// One refund, for who sees the studio's sales, or for the program itself.
pub async fn find_refund(db: &Db, ctx: &Ctx, id: RefundId) -> Result<Option<refund::Model>, SalesError> {
    let found = refund::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadSales, found, |row| row.studio_id)?)
}

/// Whether a payment came for nothing sold, and is owed back to its buyer. For who may see the payment: it asks nothing itself.
pub async fn is_owed_back(db: &impl ConnectionTrait, payment: PaymentId) -> Result<bool, StoreError> {
    let Some(payment) = payment::Entity::find_by_id(payment).one(db).await? else { return Ok(false) };
    Ok(find_sale(db, &payment.gateway, &payment.gateway_payment).await?.is_none())
}

/// Orders of a gateway that have claimed works before an instant and have no licence of them, a few hundred at the most.
pub(super) async fn list_unlicensed_claims(
    db: &Db,
    gateway: &str,
    claimed_before: Instant,
) -> Result<Vec<OrderId>, StoreError> {
    let licensed = licence::Entity::find().select_only().column(licence::Column::OrderId);
    let own = order::Entity::find().select_only().column(order::Column::Id).filter(order::Column::Gateway.eq(gateway));
    let rows = exclusive_claim::Entity::find()
        .filter(exclusive_claim::Column::ClaimedAt.lt(claimed_before))
        .filter(exclusive_claim::Column::OrderId.in_subquery(own.into_query()))
        .filter(exclusive_claim::Column::OrderId.not_in_subquery(licensed.into_query()))
        .order_by_asc(exclusive_claim::Column::ClaimedAt)
        .limit(500)
        .all(db)
        .await?;
    let mut orders: Vec<OrderId> = rows.into_iter().map(|row| row.order_id).collect();
    orders.sort_unstable();
    orders.dedup();
    Ok(orders)
}

/// One order, for the buyer who holds its link, for a studio's manager, or for the program itself. To anybody else it does not exist.
pub async fn find_order(db: &Db, ctx: &Ctx, id: OrderId) -> Result<Option<order::Model>, SalesError> {
    let found = order(db, id).await?;
    if let Actor::Buyer { order: own } = ctx.actor {
        return Ok(found.filter(|order| order.id == own));
    }
    Ok(policy::visible(&ctx.actor, Action::ReadSales, found, |order| order.studio_id)?)
}

/// Which orders are wanted; all unless it says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// In this state alone.
    pub state: Option<OrderState>,
    /// Words, each of which the reference, the buyer's name or address, or the title of a beat holds, upper and lower case alike.
    pub search: Option<String>,
}

/// The studio's orders, newest first.
pub async fn list_orders(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: &OrderFilter,
    page: PageRequest<OrderId>,
) -> Result<Page<order::Model>, SalesError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    Ok(page::fetch(db, wanted(studio, filter), order::Column::Id, page).await?)
}

/// How many orders a filter wants.
pub async fn count_orders(db: &Db, ctx: &Ctx, studio: StudioId, filter: &OrderFilter) -> Result<i64, SalesError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    Ok(page::count(db, wanted(studio, filter), order::Column::Id).await?)
}

/// How many words are looked for; more are passed over.
const MOST_WORDS: usize = 8;

/// Words stand anywhere in a text, which no index leads to: the studio's own orders are read along theirs, the newest first, until the page is full.
fn wanted(studio: StudioId, filter: &OrderFilter) -> Select<order::Entity> {
    let mut query = order::Entity::find().filter(order::Column::StudioId.eq(studio));
    if let Some(state) = filter.state {
        query = query.filter(order::Column::State.eq(state));
    }
    for word in filter.search.iter().flat_map(|text| text.split_whitespace()).take(MOST_WORDS) {
        let of_order =
            Expr::col((order_line::Entity, order_line::Column::OrderId)).equals((order::Entity, order::Column::Id));
        let lines = order_line::Entity::find()
            .filter(of_order)
            .filter(wording::holds(order_line::Column::BeatTitle, word))
            .into_query();
        let holds = Condition::any()
            .add(wording::holds(order::Column::Reference, word))
            .add(wording::holds(order::Column::BuyerName, word))
            .add(wording::holds(order::Column::BuyerEmail, word))
            .add(Expr::exists(lines));
        query = query.filter(holds);
    }
    query
}

/// Orders of a gateway placed before an instant that still await payment, the oldest first, a few hundred at the most: nobody else can be asked about
/// those of another. The reconciler settles each of
/// them, so an order ends delivered or closed even if every event of the gateway is lost.
pub async fn list_unsettled(db: &Db, gateway: &str, placed_before: Instant) -> Result<Vec<OrderId>, StoreError> {
    let rows = order::Entity::find()
        .filter(order::Column::Gateway.eq(gateway))
        .filter(order::Column::State.eq(OrderState::AwaitingPayment))
        .filter(order::Column::PlacedAt.lt(placed_before))
        .order_by_asc(order::Column::PlacedAt)
        .limit(500)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// How a licence's contract was accepted; none if its order is not known. For the program itself: it asks nothing.
pub async fn acceptance(db: &impl ConnectionTrait, licence: &licence::Model) -> Result<Option<Acceptance>, StoreError> {
    let order = order::Entity::find_by_id(licence.order_id).one(db).await?;
    let line = order_line::Entity::find_by_id(licence.order_line_id).one(db).await?;
    Ok(order.map(|order| Acceptance {
        order: order.reference,
        placed_at: order.placed_at,
        ip: order.buyer_ip,
        user_agent: order.buyer_user_agent,
        shown_text_sha256: line.and_then(|line| line.shown_text_sha256),
    }))
}
