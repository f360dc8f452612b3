//! Where licensees release: the addresses under which their songs are or will be online, and the list of those whom the studio lets pass.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::{
    LicensingError,
    entity::{channel, licence},
    force::in_force,
    queries,
    rules::{self, ChannelFault},
};
use crate::{
    actor::{Actor, Ctx},
    catalog::{self, entity::beat},
    delivery,
    ids::{BeatId, ChannelId, LicenceId, RecordingId, StudioId},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    sales::{
        self,
        entitlements::{self, entitlement},
        entity::order,
    },
    store::{Db, Tx},
};

/// A licensee who may release, and where they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedLicensee {
    /// The licence.
    pub licence: licence::Model,
    /// The beat's title.
    pub beat_title: String,
    /// The recording's ISRC, when known.
    pub isrc: Option<String>,
    /// The addresses, in the order in which they were told.
    pub channels: Vec<channel::Model>,
}

/// The licence of a reference, for the buyer who holds its order's link, for as long as its files may be fetched. To anybody else it does not
/// exist.
pub async fn find_own_licence(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    reference: &str,
) -> Result<licence::Model, LicensingError> {
    let Actor::Buyer { order: own } = ctx.actor else { return Err(LicensingError::NoLicence) };
    let licences = queries::licences_of_orders(db, &[own]).await?.remove(&own).unwrap_or_default();
    let licence = licences.into_iter().find(|licence| licence.reference == reference);
    let licence = licence.ok_or(LicensingError::NoLicence)?;
    let order = order::Entity::find_by_id(own).one(db).await?.ok_or(LicensingError::NoLicence)?;
    delivery::rules::access(entitlement(db, &order).await?)?;
    Ok(licence)
}

/// Adds an address to the buyer's own licence.
pub async fn add_channel(tx: &Tx, ctx: &Ctx, reference: &str, url: &str) -> Result<channel::Model, LicensingError> {
    let url = rules::channel_url(url)?;
    // Of two who add at once, the later counts what the earlier has added.
    if let Actor::Buyer { order } = ctx.actor {
        sales::queries::lock_order(tx, order).await?;
    }
    let licence = find_own_licence(tx, ctx, reference).await?;
    let standing = channel::Entity::find().filter(channel::Column::LicenceId.eq(licence.id)).all(tx).await?;
    if standing.iter().any(|channel| channel.url == url) {
        return Err(ChannelFault::Known.into());
    }
    if standing.len() >= rules::MAX_CHANNELS {
        return Err(ChannelFault::Full.into());
    }
    let row = channel::ActiveModel {
        id: Set(ctx.env.id()),
        licence_id: Set(licence.id),
        studio_id: Set(licence.studio_id),
        url: Set(url),
        added_at: Set(ctx.env.now()),
    };
    Ok(row.insert(tx).await?)
}

/// Removes an address from the buyer's own licence. False if it was not there.
pub async fn remove_channel(tx: &Tx, ctx: &Ctx, reference: &str, id: ChannelId) -> Result<bool, LicensingError> {
    let licence = find_own_licence(tx, ctx, reference).await?;
    let removed = channel::Entity::delete_many()
        .filter(channel::Column::Id.eq(id))
        .filter(channel::Column::LicenceId.eq(licence.id))
        .exec(tx)
        .await?;
    Ok(removed.rows_affected > 0)
}

/// The addresses of licences, by licence, in the order in which they were told. For who may see the licences: it asks nothing itself.
pub async fn channels_of_licences(
    db: &impl ConnectionTrait,
    licences: &[LicenceId],
) -> Result<HashMap<LicenceId, Vec<channel::Model>>, StoreError> {
    let rows = channel::Entity::find()
        .filter(channel::Column::LicenceId.is_in(licences.iter().copied()))
        .order_by_asc(channel::Column::AddedAt)
        .order_by_asc(channel::Column::Id)
        .all(db)
        .await?;
    let mut by_licence: HashMap<LicenceId, Vec<channel::Model>> = HashMap::new();
    for row in rows {
        by_licence.entry(row.licence_id).or_default().push(row);
    }
    Ok(by_licence)
}

/// The licensees whose licences are in force, not refunded, not disputed, not upgraded, not over and not past a limit, newest first, each with the addresses under which they release.
pub async fn list_allowlist(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<LicenceId>,
) -> Result<Page<AllowedLicensee>, LicensingError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let orders = order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .filter(order::Column::StudioId.eq(studio))
        .filter(entitlements::stands())
        .into_query();
    let query = licence::Entity::find()
        .filter(licence::Column::StudioId.eq(studio))
        .filter(entitlements::not_superseded())
        .filter(licence::Column::OrderId.in_subquery(orders));
    let now = ctx.env.now();
    // Term and limits stand in the terms as sold, where no query of both databases reads months of the calendar.
    let standing = |rows: Vec<licence::Model>| in_force(db, rows, now);
    let by_id = (licence::Column::Id, |row: &licence::Model| row.id);
    let page = page::fetch_passing(db, query, by_id, request, standing).await?;
    let licences: Vec<LicenceId> = page.rows.iter().map(|row| row.id).collect();
    let mut channels = channels_of_licences(db, &licences).await?;
    let beats = beats_of(db, &page.rows).await?;
    let recordings: Vec<RecordingId> = beats.values().map(|beat| beat.recording_id).collect();
    let recordings = catalog::find_recordings_by_ids(db, &recordings).await?;
    Ok(page.map(|licence| {
        let beat = beats.get(&licence.beat_id);
        AllowedLicensee {
            beat_title: beat.map_or_else(String::new, |beat| beat.title.clone()),
            isrc: beat.and_then(|beat| recordings.get(&beat.recording_id)?.isrc.clone()),
            channels: channels.remove(&licence.id).unwrap_or_default(),
            licence,
        }
    }))
}

async fn beats_of(db: &Db, licences: &[licence::Model]) -> Result<HashMap<BeatId, beat::Model>, StoreError> {
    let ids = licences.iter().map(|licence| licence.beat_id);
    let rows = beat::Entity::find().filter(beat::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|beat| (beat.id, beat)).collect())
}
