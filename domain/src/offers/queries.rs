//! Offers, for buyers and for the studio.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder};

use super::{
    OfferError,
    entity::{OfferState, offer, setting, step},
};
use crate::{
    actor::Ctx,
    env::Instant,
    ids::{BeatId, OfferId, StudioId},
    licensing::terms::TierCode,
    links::{LinkKey, Purpose},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// The offer of a buyer's link. For whoever holds it: the buyer.
pub async fn find_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<offer::Model, OfferError> {
    let id: OfferId = links.open(Purpose::Offer, token, now)?;
    offer::Entity::find_by_id(id).one(db).await?.ok_or(OfferError::NoOffer)
}

/// One offer, for who sees the studio's sales, or for the program itself.
pub async fn find_offer(db: &Db, ctx: &Ctx, id: OfferId) -> Result<Option<offer::Model>, OfferError> {
    let found = offer::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadSales, found, |row| row.studio_id)?)
}

/// The studio's offers, newest first; of one state, if one is named.
pub async fn list_offers(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    state: Option<OfferState>,
    page: PageRequest<OfferId>,
) -> Result<Page<offer::Model>, OfferError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let mut query = offer::Entity::find().filter(offer::Column::StudioId.eq(studio));
    if let Some(state) = state {
        query = query.filter(offer::Column::State.eq(state));
    }
    Ok(page::fetch(db, query, offer::Column::Id, page).await?)
}

/// The steps of offers, by offer, in their order. For who may see the offers: it asks nothing itself.
pub async fn steps_of_offers(
    db: &impl ConnectionTrait,
    offers: &[OfferId],
) -> Result<HashMap<OfferId, Vec<step::Model>>, StoreError> {
    let rows = step::Entity::find()
        .filter(step::Column::OfferId.is_in(offers.iter().copied()))
        .order_by_asc(step::Column::Seq)
        .all(db)
        .await?;
    let mut by_offer: HashMap<OfferId, Vec<step::Model>> = HashMap::new();
    for row in rows {
        by_offer.entry(row.offer_id).or_default().push(row);
    }
    Ok(by_offer)
}

/// Which offers the studio takes: for its beats (`beat` none), or one beat's own settings alone. The minimum is private, so this is for who runs the
/// business.
pub async fn list_settings(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    beat: Option<BeatId>,
) -> Result<Vec<setting::Model>, OfferError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let of_beat = beat.map_or_else(|| setting::Column::BeatId.is_null(), |beat| setting::Column::BeatId.eq(beat));
    let mut rows = setting::Entity::find().filter(setting::Column::StudioId.eq(studio)).filter(of_beat).all(db).await?;
    rows.sort_by_key(|row| row.tier_code);
    Ok(rows)
}

/// The settings under which offers for a beat are taken, by tier: the beat's own win over the studio's. They hold the private minimum: a page shows the
/// tiers alone.
pub async fn taken_for(
    db: &impl ConnectionTrait,
    studio: StudioId,
    beat: BeatId,
) -> Result<BTreeMap<TierCode, setting::Model>, StoreError> {
    let rows = setting::Entity::find()
        .filter(setting::Column::StudioId.eq(studio))
        .filter(setting::Column::BeatId.is_null().or(setting::Column::BeatId.eq(beat)))
        .all(db)
        .await?;
    let mut by_tier: BTreeMap<TierCode, setting::Model> = BTreeMap::new();
    for row in rows {
        if row.beat_id.is_some() {
            by_tier.insert(row.tier_code, row);
        } else {
            by_tier.entry(row.tier_code).or_insert(row);
        }
    }
    by_tier.retain(|_, row| row.takes_offers);
    Ok(by_tier)
}
