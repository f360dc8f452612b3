//! Turning first refusal on, holding strangers back, and buying first.

use std::collections::BTreeSet;

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::{
    FirstRefusalError,
    entity::{holder, setting, window},
    queries,
    rules::{self, Decision},
};
use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    catalog::entity::beat,
    env::Instant,
    identity::{commands::throttle, entity::studio},
    ids::{LicenceId, StudioId},
    licensing::{entity::licence, terms::Terms},
    money::Money,
    outbox::{self, Job},
    policy::{self, Action},
    pricing::Country,
    sales::{
        PlaceOrder, SalesError,
        commands::{claims, direct},
        entity::order,
        rules::told_apart,
    },
    services::Services,
    stages::Stage,
    store::{self, Tx},
};

/// Turns first refusal on for a studio's works, or off. Windows that have begun stay: leaseholders keep the time they were given, and whoever waits is held
/// back only while it is on.
pub async fn set_first_refusal(tx: &Tx, ctx: &Ctx, studio: StudioId, is_on: bool) -> Result<bool, FirstRefusalError> {
    policy::require(&ctx.actor, Action::ManageTiers, studio)?;
    studio::Entity::find_by_id(studio).one(tx).await?.ok_or(FirstRefusalError::NoStudio)?;
    let is_other = if is_on {
        let row = setting::Model { studio_id: studio, since: ctx.env.now() };
        store::insert_new(tx, row.into_active_model()).await?
    } else {
        setting::Entity::delete_by_id(studio).exec(tx).await?.rows_affected > 0
    };
    if is_other {
        let set = NewAct::of(Act::FirstRefusalSet).set("on", Some(!is_on), Some(is_on));
        acts::record(tx, ctx, studio, set).await?;
    }
    Ok(is_on)
}

/// Until when somebody who proves no lease waits before they can order an exclusive; none if they need not. If leaseholders have not been asked, they are
/// now: the window begins, and each is mailed their link. What this has written is to be committed though the order is refused. A stranger of a network
/// address (`ip`) begins so many windows and no more; what the studio has promised to somebody has none.
///
/// # Errors
/// [`SalesError::TooMany`] if they have begun too many.
pub(crate) async fn hold_back(
    tx: &Tx,
    ctx: &Ctx,
    wish: (&beat::Model, &Terms, Money),
    ip: Option<&str>,
) -> Result<Option<Instant>, SalesError> {
    hold_back_but(tx, ctx, wish, (ip, None)).await
}

/// As [`hold_back`], of somebody who upgrades a lease to the exclusive; the lease comes first, and those that it had replaced after it. Whose lease was asked
/// itself, or held before for long enough, need not wait. One that was bought just now proves nothing, and is not asked.
pub(crate) async fn hold_back_upgrade(
    tx: &Tx,
    ctx: &Ctx,
    wish: (&beat::Model, &Terms, Money),
    (chain, ip): (&[&licence::Model], Option<&str>),
) -> Result<Option<Instant>, SalesError> {
    let (beat, terms, _) = wish;
    if !terms.is_exclusive() || !queries::is_on(tx, beat.studio_id).await? {
        return Ok(None);
    }
    // As below: a window does not begin beside this.
    claims::lock_works(tx, std::iter::once((beat.work_id, true))).await?;
    if queries::proves(tx, beat.work_id, chain, ctx.env.now()).await? {
        return Ok(None);
    }
    hold_back_but(tx, ctx, wish, (ip, chain.first().map(|lease| lease.id))).await
}

/// As [`hold_back`], with one lease that is not asked.
async fn hold_back_but(
    tx: &Tx,
    ctx: &Ctx,
    (beat, terms, price): (&beat::Model, &Terms, Money),
    (ip, but): (Option<&str>, Option<LicenceId>),
) -> Result<Option<Instant>, SalesError> {
    if !terms.is_exclusive() || !queries::is_on(tx, beat.studio_id).await? {
        return Ok(None);
    }
    // Of two who come at once, one begins the window and the other finds it.
    claims::lock_works(tx, std::iter::once((beat.work_id, true))).await?;
    let now = ctx.env.now();
    let windows = queries::windows_of(tx, beat.work_id, now).await?;
    let mut leases = queries::standing_leases(tx, beat.work_id, now).await?;
    leases.retain(|lease| Some(lease.id) != but);
    match rules::decide(&queries::seen(&windows), price, terms, !leases.is_empty(), now) {
        Decision::Free => return Ok(None),
        Decision::Wait { until } => return Ok(Some(until)),
        Decision::Begin => {}
    }
    if let Some(ip) = told_apart(ip) {
        throttle::count(tx, &ctx.env, rules::WINDOWS_PER_IP, ip).await?;
        // A window lets others buy in its own currency alone, so those in another do not use it up.
        let in_currency = format!("{}:{}", beat.work_id, price.currency);
        throttle::count(tx, &ctx.env, rules::WINDOWS_PER_WORK, &in_currency).await?;
    }
    let window = window::Model {
        id: ctx.env.id(),
        studio_id: beat.studio_id,
        work_id: beat.work_id,
        beat_id: beat.id,
        beat_title: beat.title.clone(),
        terms: terms.clone(),
        price_minor: price.minor,
        currency: price.currency,
        began_at: now,
        ends_at: rules::ends_at(now),
    };
    window.clone().into_active_model().insert(tx).await?;
    let mut told = BTreeSet::new();
    for lease in leases.into_iter().filter(|lease| told.insert(lease.licensee_email.account_key())) {
        let row = holder::Model {
            id: ctx.env.id(),
            refusal_id: window.id,
            licence_id: lease.id,
            email_key: lease.licensee_email.account_key(),
            email: lease.licensee_email,
        };
        row.clone().into_active_model().insert(tx).await?;
        outbox::put(tx, ctx, Some(beat.studio_id), &Job::MailFirstRefusal { holder: row.id }).await?;
    }
    Ok(Some(window.ends_at))
}

/// Who buys first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFirst {
    /// The licensee's name, as it shall stand in the contract.
    pub buyer_name: String,
    /// Where they are; needed where the studio has rates of tax.
    pub country: Option<Country>,
    /// The total that they saw, tax and all.
    pub seen_total: Money,
    /// The address that orders; evidence in a dispute.
    pub ip: Option<String>,
    /// The browser that orders; evidence in a dispute.
    pub user_agent: Option<String>,
}

/// Places a leaseholder's order of the exclusive, at the price and on the terms of the window that their link is of; paid as any other order, by
/// [`open_checkout`](crate::sales::open_checkout). Of several leaseholders the first who pays has it.
///
/// # Errors
/// If the window is over, their lease does not stand any more, or the work cannot be had.
pub async fn order_first(
    services: &Services,
    ctx: &Ctx,
    token: &str,
    request: &OrderFirst,
) -> Result<order::Model, FirstRefusalError> {
    let now = ctx.env.now();
    let tx = services.begin().await?;
    let (holder, window) = queries::find_by_link(&tx, &services.links, token, now).await?;
    let leases = queries::standing_leases(&tx, window.work_id, now).await?;
    // By its holder, for it may have been upgraded meanwhile.
    if !leases.iter().any(|lease| lease.licensee_email.account_key() == holder.email_key) {
        return Err(FirstRefusalError::NoLease);
    }
    let place = PlaceOrder {
        buyer_name: request.buyer_name.clone(),
        buyer_email: holder.email.to_string(),
        seen_total: request.seen_total,
        ip: request.ip.clone(),
        user_agent: request.user_agent.clone(),
    };
    let order = direct::place_direct(services, &tx, ctx, window.agreed(), request.country, &place).await?;
    services.commit(tx).await?;
    services.env.reach(Stage::OrderPlaced);
    Ok(order)
}
