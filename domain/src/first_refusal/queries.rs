//! Windows and who may buy in them.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    FirstRefusalError,
    entity::{holder, setting, window},
    rules::{self, Decision, Window},
};
use crate::{
    actor::{Actor, Ctx},
    env::Instant,
    ids::{FirstRefusalHolderId, FirstRefusalId, StudioId, WorkId},
    licensing::{entity::licence, force::in_force, terms::Terms},
    links::{LinkKey, Purpose},
    money::Money,
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::{Explain, StoreError},
    sales::{SalesError, entitlements, entity::order, upgrades::find_upgradable},
    services::Services,
    store::Db,
};

/// Whether a studio has turned first refusal on. For the program itself.
pub(crate) async fn is_on(db: &impl ConnectionTrait, studio: StudioId) -> Result<bool, StoreError> {
    Ok(setting::Entity::find_by_id(studio).one(db).await?.is_some())
}

/// Since when a studio has first refusal turned on; none if it has not.
pub async fn find_setting(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Option<setting::Model>, FirstRefusalError> {
    policy::require(&ctx.actor, Action::ReadTiers, studio)?;
    Ok(setting::Entity::find_by_id(studio).one(db).await?)
}

/// The windows of the studio's works, newest first.
pub async fn list_windows(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<FirstRefusalId>,
) -> Result<Page<window::Model>, FirstRefusalError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let query = window::Entity::find().filter(window::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, window::Column::Id, page).await?)
}

/// The windows of a work that still count for anything.
pub(super) async fn windows_of(
    db: &impl ConnectionTrait,
    work: WorkId,
    now: Instant,
) -> Result<Vec<window::Model>, StoreError> {
    let since = now - chrono::Duration::days(rules::HOLDS_DAYS);
    let counting =
        window::Entity::find().filter(window::Column::WorkId.eq(work)).filter(window::Column::EndsAt.gt(since));
    Ok(counting.order_by_asc(window::Column::Id).all(db).await?)
}

/// Windows as their rule sees them.
pub(super) fn seen(windows: &[window::Model]) -> Vec<Window<'_>> {
    windows
        .iter()
        .map(|row| Window { price: Money::new(row.price_minor, row.currency), terms: &row.terms, ends_at: row.ends_at })
        .collect()
}

/// Until when others than leaseholders wait for an exclusive at a price and on terms; none if they do not. Open to anybody.
pub async fn held_until(
    db: &impl ConnectionTrait,
    (studio, work): (StudioId, WorkId),
    (terms, price): (&Terms, Money),
    now: Instant,
) -> Result<Option<Instant>, StoreError> {
    if !terms.is_exclusive() || !is_on(db, studio).await? {
        return Ok(None);
    }
    let windows = windows_of(db, work, now).await?;
    match rules::decide(&seen(&windows), price, terms, false, now) {
        Decision::Wait { until } => Ok(Some(until)),
        Decision::Free | Decision::Begin => Ok(None),
    }
}

/// The leases of a work that stand: paid and kept, and in force. The oldest first.
pub(super) async fn standing_leases(
    db: &impl ConnectionTrait,
    work: WorkId,
    now: Instant,
) -> Result<Vec<licence::Model>, StoreError> {
    let orders =
        order::Entity::find().select_only().column(order::Column::Id).filter(entitlements::stands()).into_query();
    let leases = licence::Entity::find()
        .filter(licence::Column::WorkId.eq(work))
        .filter(licence::Column::Exclusive.eq(false))
        .filter(licence::Column::OrderId.in_subquery(orders))
        .order_by_asc(licence::Column::Id)
        .all(db)
        .await?;
    in_force(db, leases, now).await
}

/// Whether a lease of a work, given with those that it had replaced, lets its holder order the exclusive at once: it was asked in a window that is open, or
/// was held long enough when the first of these began; if none is open, by now.
pub(super) async fn proves(
    db: &impl ConnectionTrait,
    work: WorkId,
    chain: &[&licence::Model],
    now: Instant,
) -> Result<bool, StoreError> {
    let mut open = windows_of(db, work, now).await?;
    open.retain(|window| window.ends_at > now);
    let asked = holder::Entity::find()
        .filter(holder::Column::RefusalId.is_in(open.iter().map(|window| window.id)))
        .filter(holder::Column::LicenceId.is_in(chain.iter().map(|lease| lease.id)))
        .one(db)
        .await?;
    let by = open.iter().map(|window| window.began_at).min().unwrap_or(now);
    let since = chain.iter().map(|lease| lease.granted_at).min();
    Ok(asked.is_some() || since.is_some_and(|since| rules::is_proven(since, by)))
}

/// What a leaseholder pays who upgrades the lease by which they may buy in a window, when that is less than the window's price; and the lease. For whoever
/// may see their place in it.
pub async fn find_upgrade(
    services: &Services,
    (holder, window): (&holder::Model, &window::Model),
) -> Result<Option<(licence::Model, Money)>, SalesError> {
    let found = licence::Entity::find_by_id(holder.licence_id).one(&services.db).await?;
    let Some(lease) = found else { return Ok(None) };
    let ctx = services.ctx(Actor::Buyer { order: lease.order_id });
    let upgradable = match find_upgradable(&services.db, &ctx, &lease.reference).await {
        Ok(upgradable) => upgradable,
        Err(error) if error.explain().kind.is_ours() => return Err(error),
        // It is not upgraded any more.
        Err(_) => return Ok(None),
    };
    let price = upgradable
        .offer(window.terms.tier)
        .filter(|upgrade| upgrade.offer.terms == window.terms)
        .map(|upgrade| upgrade.price)
        .filter(|price| price.currency == window.currency && price.minor < window.price_minor);
    Ok(price.map(|price| (lease, price)))
}

/// What a leaseholder's link opens: their place in a window, while it is open. For whoever holds it.
pub async fn find_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<(holder::Model, window::Model), FirstRefusalError> {
    let id: FirstRefusalHolderId = links.open(Purpose::FirstRefusal, token, now)?;
    let (holder, window) = find_holder(db, id).await?.ok_or(FirstRefusalError::BadLink)?;
    if now >= window.ends_at { Err(FirstRefusalError::Over) } else { Ok((holder, window)) }
}

/// A leaseholder's place in a window, for the program itself.
pub async fn find_holder(
    db: &impl ConnectionTrait,
    id: FirstRefusalHolderId,
) -> Result<Option<(holder::Model, window::Model)>, StoreError> {
    let Some(holder) = holder::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let window = window::Entity::find_by_id(holder.refusal_id).one(db).await?;
    Ok(window.map(|window| (holder, window)))
}
