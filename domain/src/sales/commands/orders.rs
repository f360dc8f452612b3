//! Placing orders.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{carts, claims, settlement};
use crate::{
    actor::{Actor, Ctx},
    catalog::entity::beat,
    env::Instant,
    first_refusal as refusals,
    ids::{CartId, StudioId, WorkId},
    licensing::{queries::contract_on, terms::Terms},
    money::Money,
    sales::{
        SalesError,
        entity::{OrderState, cart, order, order_line},
        queries::{self, CartLineView},
        rules::{self, Buyer},
    },
    services::Services,
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

/// Places an order of all that is in the cart, its terms frozen as the buyer saw them. If anything is not what the buyer saw, the cart is
/// brought up to date and nothing is ordered ([`SalesError::CartStale`]). Placing the same cart again returns the same open order. An order
/// that costs nothing is settled at once; any other is paid by [`open_checkout`](super::checkout::open_checkout).
pub async fn place_order(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    cart_secret: &str,
    request: &PlaceOrder,
) -> Result<order::Model, SalesError> {
    let buyer = rules::check_buyer(&request.buyer_name, &request.buyer_email)?;
    let tx = services.begin().await?;
    let cart = carts::lock_cart(&tx, ctx, studio, cart_secret).await?.ok_or(SalesError::NoCart)?;
    let view = queries::view_cart(&tx, cart.clone()).await?;
    if view.lines.is_empty() {
        return Err(SalesError::EmptyCart);
    }
    let total = Money::sum(view.lines[0].seen_price().currency, view.lines.iter().map(CartLineView::seen_price));
    let stale: Vec<_> = view.lines.iter().filter_map(|line| line.stale.clone()).collect();
    if !stale.is_empty() || total.as_ref() != Ok(&request.seen_total) {
        for line in view.lines.iter().filter(|line| line.stale.is_some()) {
            if let Some(offer) = &line.offer {
                carts::see(&tx, &line.line, offer).await?;
            }
        }
        services.commit(tx).await?;
        return Err(SalesError::CartStale { lines: stale, total: view.total? });
    }
    let total = total?;
    if let Some(standing) = same_open_order(&tx, &cart, &buyer, &view.lines).await? {
        return Ok(standing);
    }
    if let Some(until) = first_refusal(&tx, ctx, studio, &view.lines).await? {
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
    insert_lines(services, &tx, ctx, &order, &view.lines).await?;
    let order =
        if total.minor == 0 { settlement::settle_free(&tx, &services.ctx(Actor::System), order).await? } else { order };
    services.commit(tx).await?;
    Ok(order)
}

/// Until when leaseholders may buy what of a cart is exclusive first; none if nothing of it waits for them.
async fn first_refusal(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    lines: &[CartLineView],
) -> Result<Option<Instant>, SalesError> {
    let found = |line: &CartLineView| Some((line.beat.as_ref()?.work_id, line.line.terms.is_exclusive()));
    let works: Vec<(WorkId, bool)> = lines.iter().filter_map(found).collect();
    if !works.iter().any(|(_, is_exclusive)| *is_exclusive) || !refusals::queries::is_on(tx, studio).await? {
        return Ok(None);
    }
    // All of them now, in the one order in which works are held.
    claims::lock_works(tx, works.into_iter()).await?;
    let mut until: Option<Instant> = None;
    for line in lines {
        if let Some(beat) = &line.beat {
            let wish = (beat, &line.line.terms, line.seen_price());
            until = until.max(refusals::commands::hold_back(tx, ctx, wish).await?);
        }
    }
    Ok(until)
}

/// The open order that was placed from this cart by the same buyer for the same lines.
async fn same_open_order(
    tx: &Tx,
    cart: &cart::Model,
    buyer: &Buyer,
    lines: &[CartLineView],
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
        let same = placed.len() == lines.len()
            && placed.iter().zip(lines).all(|(placed, line)| {
                placed.beat_id == line.line.beat_id
                    && Money::new(placed.price_minor, order.currency) == line.seen_price()
                    && placed.terms == line.line.terms
            });
        if same {
            return Ok(Some(order));
        }
    }
    Ok(None)
}

/// Writes an order of a studio, placed from a cart or from none.
pub(super) async fn insert_order(
    tx: &Tx,
    ctx: &Ctx,
    (studio, cart): (StudioId, Option<CartId>),
    buyer: &Buyer,
    total: Money,
    gateway: &str,
    request: &PlaceOrder,
) -> Result<order::Model, SalesError> {
    let mut order = order::Model {
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
) -> Result<(), SalesError> {
    for (position, line) in (1..).zip(lines) {
        let beat = line.beat.as_ref().ok_or(SalesError::NotOnSale)?;
        insert_line(services, tx, ctx, order, position, (beat, &line.line.terms, line.seen_price())).await?;
    }
    Ok(())
}

/// Freezes what is ordered: the terms, the price, and the hash of the contract's text as it is offered now.
pub(super) async fn insert_line(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    position: i32,
    (beat, terms, price): (&beat::Model, &Terms, Money),
) -> Result<(), SalesError> {
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
    row.insert(tx).await?;
    Ok(())
}
