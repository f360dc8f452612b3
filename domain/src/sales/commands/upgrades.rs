//! Upgrades: an order that costs the difference, and the licence that it brings in the place of another. It is paid, granted and given back as any order is.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::LockType,
};

use super::{
    claims,
    orders::{FREE, insert_drawn},
    settlement,
};
use crate::{
    actor::{Actor, Ctx},
    catalog::entity::beat,
    collectable,
    env::Instant,
    first_refusal,
    identity::commands::hold_open,
    ids::{LicenceId, OrderId},
    legible::require_legible,
    licensing::{
        entity::licence,
        terms::TierCode,
        upgrades::{find_successor, record_upgrade},
    },
    money::Money,
    outbox::{self, Job},
    pricing::commands::uses,
    report::StoreError,
    sales::{
        SalesError,
        entitlements::{entitlement, entitlements, own_entitlement, upgrades_on},
        entity::{OrderState, order, order_line, order_upgrade, upgrade_credit},
        queries,
        rules::{self, money_back::Entitlement, upgrade::UpgradeRefusal},
        upgrades::{Upgradable, UpgradeOffer, find_upgradable, kept_of_licence, upgrade_contract},
    },
    services::Services,
    stages::Stage,
    store::Tx,
};

/// What is upgraded, to what, and where the buyer sits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceUpgrade {
    /// The licence's reference.
    pub reference: String,
    /// The tier that it is upgraded to.
    pub tier: TierCode,
    /// The price that the buyer saw and agrees to.
    pub seen_price: Money,
    /// The address that orders; evidence in a dispute.
    pub ip: Option<String>,
    /// The browser that orders; evidence in a dispute.
    pub user_agent: Option<String>,
}

/// Places the order that upgrades a licence of the buyer's own order, to the same licensee, its terms, price and credit frozen. Placed again while it can be
/// paid, it is the same order. One that costs nothing is granted at once; any other is paid by [`open_checkout`](super::checkout::open_checkout).
///
/// # Errors
/// If the licence is not the caller's or does not stand, is not upgraded to that tier, or not at that price; if no payment service collects the price, or
/// contracts cannot show the licensee's name; if it is the exclusive, and those whose lease is older may buy it first.
pub async fn place_upgrade(services: &Services, ctx: &Ctx, request: &PlaceUpgrade) -> Result<order::Model, SalesError> {
    let tx = services.begin().await?;
    if let Actor::Buyer { order } = ctx.actor {
        // Of two clicks the later finds the order that the earlier has placed.
        queries::lock_order(&tx, order).await?;
    }
    let upgradable = find_upgradable(&tx, ctx, &request.reference).await?;
    require_legible(services.agreements.as_ref(), "buyerName", &upgradable.licence.licensee_name)?;
    let upgrade = upgradable.offer(request.tier).ok_or(UpgradeRefusal::NotOffered(request.tier))?;
    if upgrade.price != request.seen_price {
        return Err(UpgradeRefusal::PriceChanged { seen: request.seen_price, now: upgrade.price }.into());
    }
    collectable::check(upgrade.price).map_err(SalesError::Uncollectable)?;
    if let Some(standing) = same_open_order(&tx, ctx, &upgradable, upgrade).await? {
        return Ok(standing);
    }
    let is_free = upgrade.price.minor == 0;
    if !is_free && let Some(until) = held_until(&tx, ctx, (&upgradable, upgrade), request.ip.as_deref()).await? {
        // The window that has just begun is there though nothing is ordered.
        services.commit(tx).await?;
        return Err(SalesError::FirstRefusal { until });
    }
    if is_free {
        // In the order in which a payment is recorded; and, as for any order that costs nothing, before its line refers to the work.
        lock_licence(&tx, upgradable.licence.id).await?;
        let work = (upgradable.licence.work_id, upgrade.offer.terms.is_exclusive());
        claims::lock_works(&tx, std::iter::once(work)).await?;
    }
    let order = insert_order(services, &tx, ctx, (&upgradable, upgrade), request).await?;
    let order = if is_free { settlement::settle_free(&tx, &services.ctx(Actor::System), order).await? } else { order };
    services.commit(tx).await?;
    services.env.reach(Stage::OrderPlaced);
    Ok(order)
}

/// Until when other leaseholders may buy first what somebody upgrades to; none if that waits for nobody.
async fn held_until(
    tx: &Tx,
    ctx: &Ctx,
    (upgradable, upgrade): (&Upgradable, &UpgradeOffer),
    ip: Option<&str>,
) -> Result<Option<Instant>, SalesError> {
    let beat = beat::Entity::find_by_id(upgradable.licence.beat_id).one(tx).await?.ok_or(SalesError::NotOnSale)?;
    let chain: Vec<&licence::Model> = upgradable.credits.iter().map(|(lease, _)| lease).collect();
    // What it costs a stranger: each has credits of their own.
    let wish = (&beat, &upgrade.offer.terms, upgrade.offer.price);
    first_refusal::commands::hold_back_upgrade(tx, ctx, wish, (&chain, ip)).await
}

/// The order by which the same upgrade can still be paid.
async fn same_open_order(
    tx: &Tx,
    ctx: &Ctx,
    upgradable: &Upgradable,
    upgrade: &UpgradeOffer,
) -> Result<Option<order::Model>, SalesError> {
    for order in open_orders(tx, upgradable.licence.id).await? {
        let lines = queries::lines_of_order(tx, order.id).await?;
        let is_same = Money::new(order.total_minor, order.currency) == upgrade.price
            && lines.iter().all(|line| line.terms == upgrade.offer.terms);
        if is_same && queries::can_be_paid(tx, &order, ctx.env.now()).await? && credits_stand(tx, order.id).await? {
            return Ok(Some(order));
        }
    }
    Ok(None)
}

/// Orders that await the payment of a licence's upgrade, newest first.
async fn open_orders(tx: &Tx, licence: LicenceId) -> Result<Vec<order::Model>, StoreError> {
    let upgrading = order_upgrade::Entity::find()
        .select_only()
        .column(order_upgrade::Column::OrderId)
        .filter(order_upgrade::Column::LicenceId.eq(licence));
    Ok(order::Entity::find()
        .filter(order::Column::Id.in_subquery(upgrading.into_query()))
        .filter(order::Column::State.eq(OrderState::AwaitingPayment))
        .order_by_desc(order::Column::Id)
        .all(tx)
        .await?)
}

async fn insert_order(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    (upgradable, upgrade): (&Upgradable, &UpgradeOffer),
    request: &PlaceUpgrade,
) -> Result<order::Model, SalesError> {
    let Upgradable { licence, credits, .. } = upgradable;
    hold_open(tx, licence.studio_id).await??;
    let gateway = if upgrade.price.minor == 0 { FREE } else { services.gateway.name() };
    let order = order::Model {
        id: ctx.env.id(),
        studio_id: licence.studio_id,
        reference: rules::reference(&ctx.env),
        cart_id: None,
        state: OrderState::AwaitingPayment,
        buyer_name: licence.licensee_name.clone(),
        buyer_email: licence.licensee_email.clone(),
        total_minor: upgrade.price.minor,
        currency: upgrade.price.currency,
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
    let order = insert_drawn(tx, ctx, order).await?;
    insert_line(services, tx, ctx, &order, (upgradable, upgrade)).await?;
    let row = order_upgrade::ActiveModel {
        order_id: Set(order.id),
        licence_id: Set(licence.id),
        full_price_minor: Set(upgrade.full.minor),
    };
    row.insert(tx).await?;
    for (earlier, kept) in credits {
        let row = upgrade_credit::ActiveModel {
            order_id: Set(order.id),
            licence_id: Set(earlier.id),
            credited_minor: Set(kept.minor),
        };
        row.insert(tx).await?;
    }
    Ok(order)
}

async fn insert_line(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    (upgradable, upgrade): (&Upgradable, &UpgradeOffer),
) -> Result<(), SalesError> {
    let licence = &upgradable.licence;
    let beat = beat::Entity::find_by_id(licence.beat_id).one(tx).await?.ok_or(SalesError::NotOnSale)?;
    let offered = upgrade_contract(tx, upgradable, upgrade, order.placed_at).await?;
    let shown = offered.map(|contract| services.contracts.offer_sha256(&contract)).transpose();
    // Evidence that cannot be made keeps nobody from upgrading; its lack is told of the sealed contract.
    let shown = shown.unwrap_or_else(|error| {
        tracing::error!(order = %order.reference, error = &error as &dyn std::error::Error, "a contract's text was not kept");
        None
    });
    let row = order_line::Model {
        id: ctx.env.id(),
        order_id: order.id,
        position: 1,
        beat_id: beat.id,
        work_id: beat.work_id,
        beat_title: beat.title,
        tier_code: upgrade.offer.terms.tier,
        terms: upgrade.offer.terms.clone(),
        price_minor: upgrade.price.minor,
        shown_text_sha256: shown,
    };
    let row = row.into_active_model().insert(tx).await?;
    for line in &upgrade.priced.lines {
        uses::record_line(tx, &row, line, upgrade.priced.tax.as_ref()).await?;
    }
    Ok(())
}

/// Holds a licence until the end of the transaction: of two upgrades of it the later sees what the earlier has become.
async fn lock_licence(tx: &Tx, id: LicenceId) -> Result<Option<licence::Model>, StoreError> {
    Ok(licence::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// Why the upgrade that an order was placed for cannot be granted any more; none if it can, or if the order upgrades nothing. Who calls this holds the order.
pub(super) async fn refusal(tx: &Tx, order: OrderId) -> Result<Option<&'static str>, SalesError> {
    let Some(row) = order_upgrade::Entity::find_by_id(order).one(tx).await? else { return Ok(None) };
    let Some(replaced) = lock_licence(tx, row.licence_id).await? else { return Ok(None) };
    if find_successor(tx, replaced.id).await?.is_some() {
        return Ok(Some("the licence had just been upgraded by another order"));
    }
    let bought_by = queries::order(tx, replaced.order_id).await?.ok_or(SalesError::NoOrder)?;
    if entitlement(tx, &bought_by).await? != Entitlement::Stands {
        return Ok(Some("the licence that it upgrades does not stand any more"));
    }
    let stand = credits_stand(tx, order).await?;
    Ok((!stand).then_some("what it credits has been given back meanwhile"))
}

/// Whether the upgrade that an order was placed for cannot be granted any more.
pub(super) async fn is_refused(services: &Services, order: OrderId) -> Result<bool, SalesError> {
    if order_upgrade::Entity::find_by_id(order).one(&services.db).await?.is_none() {
        return Ok(false);
    }
    let tx = services.begin().await?;
    queries::lock_order(&tx, order).await?;
    let refused = refusal(&tx, order).await?;
    tx.rollback().await?;
    Ok(refused.is_some())
}

/// Whether all that was credited to an order is still kept.
async fn credits_stand(tx: &Tx, order: OrderId) -> Result<bool, SalesError> {
    let credits = upgrade_credit::Entity::find().filter(upgrade_credit::Column::OrderId.eq(order)).all(tx).await?;
    for credit in credits {
        let earlier = licence::Entity::find_by_id(credit.licence_id).one(tx).await?;
        let kept = match earlier {
            Some(earlier) => kept_of_licence(tx, &earlier).await?.minor,
            None => 0,
        };
        if kept < credit.credited_minor {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Writes down that the licence of an order that upgrades takes the place of the one that it was placed for, and has the pay pages of other orders closed that
/// were to upgrade the same. Of any other order it does nothing.
pub(super) async fn record(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    licence: &licence::Model,
) -> Result<(), StoreError> {
    let Some(row) = order_upgrade::Entity::find_by_id(order.id).one(tx).await? else { return Ok(()) };
    record_upgrade(tx, ctx, licence, row.licence_id).await?;
    for rival in open_orders(tx, row.licence_id).await? {
        if rival.id != order.id && rival.checkout_id.is_some() {
            outbox::put(tx, ctx, Some(rival.studio_id), &Job::CloseCheckout { order: rival.id }).await?;
        }
    }
    Ok(())
}

/// Refuses to give back what ends an upgrade that stands: that goes back first. The order's licences are held from now on, so that an upgrade which is being
/// paid is there already, or finds what was asked back.
///
/// # Errors
/// [`SalesError::Credited`], with the reference of the licence that would end.
pub(super) async fn require_uncredited(tx: &Tx, order: OrderId) -> Result<(), SalesError> {
    licence::Entity::find()
        .filter(licence::Column::OrderId.eq(order))
        .order_by_asc(licence::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    let upgrades = upgrades_on(tx, order).await?;
    let entitled = entitlements(tx, &upgrades).await?;
    let stands = |upgrade: &&order::Model| {
        matches!(entitled.get(&upgrade.id), Some(Entitlement::Stands | Entitlement::Suspended))
    };
    let Some(standing) = upgrades.iter().find(stands) else { return Ok(()) };
    let newer = licence::Entity::find().filter(licence::Column::OrderId.eq(standing.id)).one(tx).await?;
    Err(SalesError::Credited { by: newer.map_or_else(|| standing.reference.clone(), |licence| licence.reference) })
}

/// Has the studio told of the upgrades that have ended with an order, for they stood on what was paid for it, while what was paid for themselves is kept.
pub(super) async fn tell_ended(tx: &Tx, ctx: &Ctx, order: OrderId) -> Result<(), StoreError> {
    let upgrades = upgrades_on(tx, order).await?;
    let entitled = entitlements(tx, &upgrades).await?;
    for upgrade in upgrades.into_iter().filter(|upgrade| upgrade.total_minor > 0) {
        let is_over = entitled.get(&upgrade.id) == Some(&Entitlement::Revoked);
        if is_over && own_entitlement(tx, &upgrade).await? != Entitlement::Revoked {
            outbox::put(tx, ctx, Some(upgrade.studio_id), &Job::MailUpgradeEnded { order: upgrade.id }).await?;
        }
    }
    Ok(())
}
