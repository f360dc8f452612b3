//! Telling what a licensed song has come to, reading its meter, and warning of a cap once for each threshold.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait,
    QueryFilter, QueryOrder,
};

use super::{
    LicensingError, channels,
    entity::{licence, usage, usage_warning},
    meter::{self, CapMeter, MAX_REPORTS, NewUsage, Side, UsageFault},
    upgrades::{Lineage, find_successor, lineage},
};
use crate::{
    actor::{Actor, Ctx},
    env::Instant,
    ids::{LicenceId, StudioId, UsageId},
    outbox::{self, Job},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    sales,
    store::{self, Db, Tx},
};

/// Takes in what the holder of an order's link tells of one of its licences. Told again, the same counts once.
///
/// # Errors
/// If the link's order has no such licence, it does not stand, or the report itself is wrong.
pub async fn report_own_usage(
    tx: &Tx,
    ctx: &Ctx,
    reference: &str,
    new: &NewUsage,
) -> Result<usage::Model, LicensingError> {
    // Of two who tell at once, the later sees what the earlier has told.
    if let Actor::Buyer { order } = ctx.actor {
        sales::queries::lock_order(tx, order).await?;
    }
    let licence = channels::find_own_licence(tx, ctx, reference).await?;
    report(tx, ctx, &licence, Side::Licensee, new).await
}

/// Takes in what the studio tells of one of the licences that it has granted. Told again, the same counts once.
///
/// # Errors
/// If the actor may not, there is no such licence, or the report itself is wrong.
pub async fn report_usage(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    licence: LicenceId,
    new: &NewUsage,
) -> Result<usage::Model, LicensingError> {
    policy::require(&ctx.actor, Action::ManageSales, studio)?;
    let found = licence::Entity::find_by_id(licence).filter(licence::Column::StudioId.eq(studio)).one(tx).await?;
    let licence = found.ok_or(LicensingError::NoLicence)?;
    sales::queries::lock_order(tx, licence.order_id).await?;
    report(tx, ctx, &licence, Side::Studio, new).await
}

async fn report(
    tx: &Tx,
    ctx: &Ctx,
    licence: &licence::Model,
    side: Side,
    new: &NewUsage,
) -> Result<usage::Model, LicensingError> {
    if let Some(newer) = find_successor(tx, licence.id).await? {
        return Err(UsageFault::Superseded { by: newer.reference }.into());
    }
    let lineage = lineage(tx, &[licence.id]).await?;
    let root = licence::Entity::find_by_id(lineage.root(licence.id)).one(tx).await?;
    let granted_at = root.map_or(licence.granted_at, |root| root.granted_at);
    let now = ctx.env.now();
    let new = meter::check_report(new, &licence.terms.caps, granted_at.date_naive(), now.date_naive())?;
    let mut reports = reports_of(tx, &lineage).await?;
    let same_source = |row: &&usage::Model| {
        row.cap == new.cap && row.side == side && meter::source_key(&row.source) == meter::source_key(&new.source)
    };
    if let Some(last) = reports.iter().rev().find(same_source)
        && (last.total, last.as_of) == (new.total, new.as_of)
    {
        return Ok(last.clone());
    }
    let standing = usage::Entity::find()
        .filter(usage::Column::LicenceId.eq(licence.id))
        .filter(usage::Column::Side.eq(side))
        .count(tx)
        .await?;
    if standing >= MAX_REPORTS as u64 {
        return Err(UsageFault::Full.into());
    }
    let row = usage::Model {
        id: ctx.env.id(),
        licence_id: licence.id,
        studio_id: licence.studio_id,
        cap: new.cap,
        source: new.source,
        total: new.total,
        as_of: new.as_of,
        side,
        user_id: ctx.actor.user(),
        api_key_id: match ctx.actor {
            Actor::ApiKey { key, .. } => Some(key),
            _ => None,
        },
        reported_at: now,
    };
    row.clone().into_active_model().insert(tx).await?;
    reports.push(row.clone());
    warn(tx, ctx, licence, &meter::read(&licence.terms.caps, &reports)).await?;
    Ok(row)
}

/// Has licensee and studio warned of the highest threshold that has just been reached. That it was, is kept for each, so that nobody is warned twice.
async fn warn(tx: &Tx, ctx: &Ctx, licence: &licence::Model, meters: &[CapMeter]) -> Result<(), StoreError> {
    let mut highest = None;
    for threshold in meter::reached(meters) {
        let row = usage_warning::Model { licence_id: licence.id, threshold, warned_at: ctx.env.now() };
        if store::insert_new(tx, row.into_active_model()).await? {
            highest = Some(threshold);
        }
    }
    let Some(threshold) = highest else { return Ok(()) };
    for to in Side::iter() {
        outbox::put(tx, ctx, Some(licence.studio_id), &Job::MailUsage { licence: licence.id, threshold, to }).await?;
    }
    Ok(())
}

/// What was told of all licences of a lineage, in the order in which it was.
async fn reports_of(db: &impl ConnectionTrait, lineage: &Lineage) -> Result<Vec<usage::Model>, StoreError> {
    Ok(usage::Entity::find()
        .filter(usage::Column::LicenceId.is_in(lineage.licences()))
        .order_by_asc(usage::Column::ReportedAt)
        .order_by_asc(usage::Column::Id)
        .all(db)
        .await?)
}

/// The meters of licences, by licence: one for each cap that it has. What was used under a licence counts under the one that took its place. For who may
/// see the licences: it asks nothing itself.
pub async fn meters_of_licences(
    db: &impl ConnectionTrait,
    licences: &[licence::Model],
) -> Result<HashMap<LicenceId, Vec<CapMeter>>, StoreError> {
    let told = Told::of(db, licences).await?;
    Ok(licences.iter().map(|licence| (licence.id, meter::read(&licence.terms.caps, told.under(licence)))).collect())
}

/// Since when a limit of licences is reached, by licence; nothing of those that have reached none.
pub(super) async fn at_limit_since(
    db: &impl ConnectionTrait,
    licences: &[licence::Model],
) -> Result<HashMap<LicenceId, Instant>, StoreError> {
    let told = Told::of(db, licences).await?;
    let since =
        |licence: &licence::Model| Some((licence.id, meter::at_limit_since(&licence.terms.caps, told.under(licence))?));
    Ok(licences.iter().filter_map(since).collect())
}

/// What was told of licences, and of those that they are connected with by upgrades.
struct Told {
    lineage: Lineage,
    by_root: HashMap<LicenceId, Vec<usage::Model>>,
}

impl Told {
    async fn of(db: &impl ConnectionTrait, licences: &[licence::Model]) -> Result<Self, StoreError> {
        let ids: Vec<LicenceId> = licences.iter().map(|licence| licence.id).collect();
        let lineage = lineage(db, &ids).await?;
        let mut by_root: HashMap<LicenceId, Vec<usage::Model>> = HashMap::new();
        for row in reports_of(db, &lineage).await? {
            by_root.entry(lineage.root(row.licence_id)).or_default().push(row);
        }
        Ok(Self { lineage, by_root })
    }

    /// What counts under a licence, in the order in which it was told.
    fn under(&self, licence: &licence::Model) -> &[usage::Model] {
        self.by_root.get(&self.lineage.root(licence.id)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// As [`meters_of_licences`], by their ids.
pub async fn meters_by_ids(
    db: &impl ConnectionTrait,
    licences: &[LicenceId],
) -> Result<HashMap<LicenceId, Vec<CapMeter>>, StoreError> {
    let rows = licence::Entity::find().filter(licence::Column::Id.is_in(licences.iter().copied())).all(db).await?;
    meters_of_licences(db, &rows).await
}

/// What was told of a licence's song, newest first, under the licences before and behind it too.
///
/// # Errors
/// If the actor may not see the studio's sales, or it has no such licence.
pub async fn list_usage(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    licence: LicenceId,
    request: PageRequest<UsageId>,
) -> Result<Page<usage::Model>, LicensingError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let found = licence::Entity::find_by_id(licence).filter(licence::Column::StudioId.eq(studio)).one(db).await?;
    let licence = found.ok_or(LicensingError::NoLicence)?;
    let lineage = lineage(db, &[licence.id]).await?;
    let query = usage::Entity::find().filter(usage::Column::LicenceId.is_in(lineage.licences()));
    Ok(page::fetch(db, query, usage::Column::Id, request).await?)
}

/// A licence with its meters. For the program itself, such as for a letter.
pub async fn find_metered(db: &Db, licence: LicenceId) -> Result<Option<(licence::Model, Vec<CapMeter>)>, StoreError> {
    let found = licence::Entity::find_by_id(licence).one(db).await?;
    let meters = meters_of_licences(db, found.as_slice()).await?.remove(&licence).unwrap_or_default();
    Ok(found.map(|licence| (licence, meters)))
}
