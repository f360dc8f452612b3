//! Placing orders.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{carts, claims, settlement, tries};
use crate::{
    actor::{Actor, Ctx},
    catalog::entity::beat,
    collectable::{self, AmountFault},
    env::Instant,
    first_refusal as refusals,
    identity::commands::hold_open,
    ids::{CartId, CouponId, OrderId, StudioId, WorkId},
    legible::require_legible,
    licensing::{queries::contract_on, terms::Terms},
    money::Money,
    outbox::{self, Job},
    pricing::{
        Priced, PricedLine,
        commands::uses,
        queries::{OrderFacts, facts_of_lines, own_uses},
        rules::{CouponFault, CouponRule, Source, TaxRule},
    },
    sales::{
        SalesError,
        entity::{OrderState, cart, order, order_line},
        queries::{self, CartLineView},
        rules::{self, Buyer, ORDERS_PER_ADDRESS, ORDERS_PER_IP},
    },
    services::Services,
    stages::Stage,
    store::{self, Tx},
};

/// The gateway of an order that costs nothing.
pub const FREE: &str = "free";

/// How often a reference that is taken is drawn anew; one in a trillion is.
const REFERENCE_DRAWS: u32 = 8;

/// Who orders, what they saw, and where they sit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The licensee's name.
    pub buyer_name: String,
    /// Where the files go.
    pub buyer_email: String,
    /// The total that the buyer saw and agrees to.
    pub seen_total: Money,
    /// The address that orders; evidence in a dispute.
    pub ip: Option<String>,
    /// The browser that orders; evidence in a dispute.
    pub user_agent: Option<String>,
}

/// Places an order of all that is in the cart, its terms frozen as the buyer saw them, and takes a use of its coupon. If anything is not what the buyer
/// saw, the cart is brought up to date and nothing is ordered ([`SalesError::CartStale`]; [`SalesError::Coupon`] if it is the coupon alone). Placing
/// the same cart again returns the same order while it can be paid; another one of the cart takes the coupon's use over. An order that costs nothing is settled at once; any other is paid by
/// [`open_checkout`](super::checkout::open_checkout).
pub async fn place_order(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    cart_secret: &str,
    request: &PlaceOrder,
) -> Result<order::Model, SalesError> {
    let buyer = rules::check_buyer(&request.buyer_name, &request.buyer_email)?;
    require_legible(services.agreements.as_ref(), "buyerName", &buyer.name)?;
    let (ip, address) = (request.ip.as_deref(), buyer.email.account_key());
    let counted = [(ORDERS_PER_IP, ip.unwrap_or_default()), (ORDERS_PER_ADDRESS, address.as_str())];
    tries::count(services, ctx, ip, &counted).await?;
    let tx = services.begin().await?;
    let cart = carts::lock_cart(&tx, ctx, studio, cart_secret).await?.ok_or(SalesError::NoCart)?;
    let view = queries::view_cart(&tx, cart.clone(), ctx.env.now()).await?;
    if view.lines.is_empty() {
        return Err(SalesError::EmptyCart);
    }
    let stale: Vec<_> = view.lines.iter().filter_map(|line| line.stale.clone()).collect();
    // Of a cart in which nothing is stale, what it comes to now is what it came to when it was seen, but for what is taken off.
    if !stale.is_empty() || view.total.as_ref() != Ok(&request.seen_total) {
        for line in view.lines.iter().filter(|line| line.stale.is_some()) {
            if let Some(offer) = &line.offer {
                carts::see(&tx, &line.line, offer).await?;
            }
        }
        services.commit(tx).await?;
        let priced = view.priced?;
        return Err(match priced.coupon_fault {
            Some(fault) if stale.is_empty() => SalesError::Coupon(fault),
            _ => SalesError::CartStale { lines: stale, total: priced.total() },
        });
    }
    if view.needs_country {
        return Err(SalesError::CountryNeeded);
    }
    let priced = view.priced?;
    let total = check_collectable(&priced)?;
    if let Some(standing) = same_open_order(&tx, ctx, &cart, &buyer, (&view.lines, &priced)).await? {
        return Ok(standing);
    }
    let coupon = view.coupon.filter(|coupon| takes_part(coupon, &priced));
    let replaced = match &coupon {
        Some(coupon) => lock_replaced(&tx, coupon.id, cart.id).await?,
        None => Vec::new(),
    };
    let held = first_refusal(&tx, ctx, studio, (&view.lines, &priced), ip).await;
    if let Err(error @ SalesError::TooMany { .. }) = held {
        services.commit(tx).await?;
        return Err(error);
    }
    if let Some(until) = held? {
        // The window that has just begun is there though nothing is ordered.
        services.commit(tx).await?;
        return Err(SalesError::FirstRefusal { until });
    }
    let gateway = if total.minor == 0 { FREE } else { services.gateway.name() };
    if total.minor == 0 {
        // Before the lines refer to them: an exclusive that is being settled must not wait for us while we wait for it.
        let works =
            view.lines.iter().filter_map(|line| Some((line.beat.as_ref()?.work_id, line.line.terms.is_exclusive())));
        claims::lock_works(&tx, works).await?;
    }
    let place = (studio, Some(cart.id));
    let order = insert_order(&tx, ctx, place, &buyer, total, gateway, request).await?;
    insert_lines(services, &tx, ctx, &order, &view.lines, &priced).await?;
    // Last, for who else wants it waits. Without it the whole order is undone, and the cart stands as it was.
    if let Some(coupon) = coupon {
        take_use(&tx, ctx, &order, coupon, &replaced).await?;
    }
    let order =
        if total.minor == 0 { settlement::settle_free(&tx, &services.ctx(Actor::System), order).await? } else { order };
    services.commit(tx).await?;
    services.env.reach(Stage::OrderPlaced);
    Ok(order)
}

/// What an order comes to, if payment services collect it; nothing is collected by nobody.
pub(super) fn check_collectable(priced: &Priced) -> Result<Money, SalesError> {
    for line in &priced.lines {
        let price = Money::new(line.price_minor, priced.currency);
        if let Err(fault @ AmountFault::Digits { .. }) = collectable::check(price) {
            return Err(SalesError::Uncollectable(fault));
        }
    }
    collectable::check(priced.total()).map_err(SalesError::Uncollectable)?;
    Ok(priced.total())
}

/// Whether a coupon takes anything off.
fn takes_part(coupon: &CouponRule, priced: &Priced) -> bool {
    let source = Source::Coupon(coupon.id);
    priced.lines.iter().flat_map(|line| &line.discounts).any(|discount| discount.source == source)
}

/// The open orders of a cart that use its coupon, held until the end of the transaction; but for those whose payment is being collected, which keep theirs.
/// They are held before any work, as where they are settled.
async fn lock_replaced(tx: &Tx, coupon: CouponId, cart: CartId) -> Result<Vec<OrderId>, SalesError> {
    let mut replaced = Vec::new();
    for id in own_uses(tx, coupon, cart).await? {
        let order = queries::lock_order(tx, id).await?;
        let waits = order.is_some_and(|order| order.state == OrderState::AwaitingPayment);
        if waits && !claims::are_held(tx, id).await? {
            replaced.push(id);
        }
    }
    Ok(replaced)
}

/// Takes a use of a coupon for an order, or that of the orders whose place it takes, which cannot be paid any more with it.
async fn take_use(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    coupon: CouponRule,
    replaced: &[OrderId],
) -> Result<(), SalesError> {
    for earlier in replaced {
        uses::give_back(tx, *earlier).await?;
        outbox::put(tx, ctx, Some(order.studio_id), &Job::CloseCheckout { order: *earlier }).await?;
    }
    if uses::take(tx, ctx, coupon.id, order.id).await? {
        Ok(())
    } else {
        Err(SalesError::Coupon(CouponFault::UsedUp(coupon.code)))
    }
}

/// Until when leaseholders may buy what of a cart is exclusive first; none if nothing of it waits for them.
async fn first_refusal(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    (lines, priced): (&[CartLineView], &Priced),
    ip: Option<&str>,
) -> Result<Option<Instant>, SalesError> {
    let found = |line: &CartLineView| Some((line.beat.as_ref()?.work_id, line.line.terms.is_exclusive()));
    let works: Vec<(WorkId, bool)> = lines.iter().filter_map(found).collect();
    if !works.iter().any(|(_, is_exclusive)| *is_exclusive) || !refusals::queries::is_on(tx, studio).await? {
        return Ok(None);
    }
    // All of them now, in the one order in which works are held.
    claims::lock_works(tx, works.into_iter()).await?;
    let mut until: Option<Instant> = None;
    for (line, priced_line) in lines.iter().zip(&priced.lines) {
        if let Some(beat) = &line.beat {
            // Each pays the tax of their own country, and a coupon of one's own makes no price for others.
            let price = Money::new(priced_line.list_minor, priced.currency);
            let wish = (beat, &line.line.terms, price);
            until = until.max(refusals::commands::hold_back(tx, ctx, wish, ip).await?);
        }
    }
    Ok(until)
}

/// The order that was placed from this cart by the same buyer for the same lines, at the same prices and taxed the same, and can still be paid.
async fn same_open_order(
    tx: &Tx,
    ctx: &Ctx,
    cart: &cart::Model,
    buyer: &Buyer,
    (lines, priced): (&[CartLineView], &Priced),
) -> Result<Option<order::Model>, SalesError> {
    let open = order::Entity::find()
        .filter(order::Column::CartId.eq(cart.id))
        .filter(order::Column::State.eq(OrderState::AwaitingPayment))
        .filter(order::Column::BuyerName.eq(buyer.name.as_str()))
        .filter(order::Column::BuyerEmail.eq(buyer.email.clone()))
        .order_by_desc(order::Column::Id)
        .all(tx)
        .await?;
    for order in open {
        let placed = queries::lines_of_order(tx, order.id).await?;
        let facts = facts_of_lines(tx, &placed.iter().map(|line| line.id).collect::<Vec<_>>()).await?;
        let taxed = OrderFacts::of(placed.iter().filter_map(|line| facts.get(&line.id)));
        let same = placed.len() == lines.len()
            && order.currency == priced.currency
            && (taxed.tax.as_ref(), taxed.tax_minor) == (priced.tax.as_ref(), priced.tax_amount().minor)
            && placed.iter().zip(lines).zip(&priced.lines).all(|((placed, line), priced)| {
                placed.beat_id == line.line.beat_id
                    && placed.price_minor == priced.price_minor
                    && placed.terms == line.line.terms
            });
        if same && queries::can_be_paid(tx, &order, ctx.env.now()).await? {
            return Ok(Some(order));
        }
    }
    Ok(None)
}

/// Writes an order of a studio, placed from a cart or from none. A closed studio sells nothing; what was invoiced before can still be paid.
pub(super) async fn insert_order(
    tx: &Tx,
    ctx: &Ctx,
    (studio, cart): (StudioId, Option<CartId>),
    buyer: &Buyer,
    total: Money,
    gateway: &str,
    request: &PlaceOrder,
) -> Result<order::Model, SalesError> {
    hold_open(tx, studio).await??;
    let order = order::Model {
        id: ctx.env.id(),
        studio_id: studio,
        reference: rules::reference(&ctx.env),
        cart_id: cart,
        state: OrderState::AwaitingPayment,
        buyer_name: buyer.name.clone(),
        buyer_email: buyer.email.clone(),
        total_minor: total.minor,
        currency: total.currency,
        gateway: gateway.to_owned(),
        checkout_id: None,
        pay_url: None,
        placed_at: ctx.env.now(),
        paid_at: None,
        delivered_at: None,
        closed_reason: None,
        buyer_ip: request.ip.clone(),
        buyer_user_agent: request.user_agent.clone(),
    };
    insert_drawn(tx, ctx, order).await
}

/// Inserts an order under its reference, or, where that is taken, under another one.
pub(super) async fn insert_drawn(tx: &Tx, ctx: &Ctx, mut order: order::Model) -> Result<order::Model, SalesError> {
    for _ in 0..REFERENCE_DRAWS {
        if store::insert_new(tx, order.clone().into_active_model()).await? {
            return Ok(order);
        }
        order.reference = rules::reference(&ctx.env);
    }
    Err(sea_orm::DbErr::RecordNotInserted.into())
}

async fn insert_lines(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    lines: &[CartLineView],
    priced: &Priced,
) -> Result<(), SalesError> {
    for (position, (line, priced_line)) in (1..).zip(lines.iter().zip(&priced.lines)) {
        let beat = line.beat.as_ref().ok_or(SalesError::NotOnSale)?;
        let what = (beat, &line.line.terms);
        insert_line(services, tx, ctx, order, position, what, (priced_line, priced.tax.as_ref())).await?;
    }
    Ok(())
}

/// Freezes what is ordered: the terms, the price with what is taken off it and taxed, and the hash of the contract's text as it is offered now.
pub(super) async fn insert_line(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    position: i32,
    (beat, terms): (&beat::Model, &Terms),
    (priced, tax): (&PricedLine, Option<&TaxRule>),
) -> Result<(), SalesError> {
    let price = Money::new(priced.price_minor, order.currency);
    let offered = contract_on(tx, order.studio_id, beat.id, terms.clone(), price, order.placed_at).await?;
    let shown = offered.map(|contract| services.contracts.offer_sha256(&contract)).transpose();
    // Evidence that cannot be made keeps nobody from buying; its lack is told of the sealed contract.
    let shown = shown.unwrap_or_else(|error| {
        tracing::error!(order = %order.reference, error = &error as &dyn std::error::Error, "a contract's text was not kept");
        None
    });
    let row = order_line::ActiveModel {
        id: Set(ctx.env.id()),
        order_id: Set(order.id),
        position: Set(position),
        beat_id: Set(beat.id),
        work_id: Set(beat.work_id),
        beat_title: Set(beat.title.clone()),
        tier_code: Set(terms.tier),
        terms: Set(terms.clone()),
        price_minor: Set(price.minor),
        shown_text_sha256: Set(shown),
    };
    let row = row.insert(tx).await?;
    uses::record_line(tx, &row, priced, tax).await?;
    Ok(())
}
