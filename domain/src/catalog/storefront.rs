//! What a storefront offers to choose from; open to anybody.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::entity::{BeatState, LabelKind, beat, beat_label};
use crate::{
    identity::{entity::studio, queries::closed_studios},
    ids::{BeatId, StudioId},
    licensing::{
        on_sale::{OfferFilter, on_sale},
        terms::TierCode,
    },
    money::Currency,
    report::StoreError,
    store::{self, Db},
};

/// How many studios a list of shops has at the most.
const MAX_SHOPS: u64 = 200;

/// What a studio's published beats can be narrowed by; words are in the order of the alphabet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Keys, such as `A minor`.
    pub keys: BTreeSet<String>,
    /// Moods.
    pub moods: BTreeSet<String>,
    /// Tags.
    pub tags: BTreeSet<String>,
    /// The tiers as which they are on sale. Whether the studio waits for a split is not looked at.
    pub tiers: BTreeSet<TierCode>,
}

/// What a studio's published beats can be narrowed by where prices are in a currency.
pub async fn list_facets(db: &Db, studio: StudioId, currency: Currency) -> Result<Facets, StoreError> {
    let published = || {
        beat::Entity::find()
            .filter(beat::Column::StudioId.eq(studio))
            .filter(beat::Column::State.eq(BeatState::Published))
            .select_only()
    };
    let keys: Vec<Option<String>> =
        published().column(beat::Column::MusicalKey).distinct().into_tuple().all(db).await?;
    let labels: Vec<(LabelKind, String)> = beat_label::Entity::find()
        .filter(beat_label::Column::BeatId.in_subquery(published().column(beat::Column::Id).into_query()))
        .select_only()
        .column(beat_label::Column::Kind)
        .column(beat_label::Column::Label)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let mut facets = Facets { keys: keys.into_iter().flatten().collect(), ..Facets::default() };
    for (kind, label) in labels {
        match kind {
            LabelKind::Mood => facets.moods.insert(label),
            LabelKind::Tag => facets.tags.insert(label),
        };
    }
    for tier in TierCode::iter() {
        let offer = OfferFilter { tier: Some(tier), ..OfferFilter::all_in(currency) };
        let sold = published().column(beat::Column::Id).filter(on_sale(&offer, store::is_postgres(db)));
        // The first beat that is found is answer enough.
        let found: Option<BeatId> = sold.into_tuple().one(db).await?;
        if found.is_some() {
            facets.tiers.insert(tier);
        }
    }
    Ok(facets)
}

/// The open studios that have something on their storefront, by name; 200 at the most.
pub async fn list_shops(db: &Db) -> Result<Vec<studio::Model>, StoreError> {
    let selling = beat::Entity::find()
        .filter(beat::Column::State.eq(BeatState::Published))
        .select_only()
        .column(beat::Column::StudioId)
        .into_query();
    let shops = studio::Entity::find()
        .filter(studio::Column::Id.in_subquery(selling))
        .filter(studio::Column::Id.not_in_subquery(closed_studios()));
    Ok(shops.order_by_asc(studio::Column::Name).limit(MAX_SHOPS).all(db).await?)
}

/// The studio behind a shop; none if there is no such studio.
pub async fn find_shop(db: &Db, id: StudioId) -> Result<Option<studio::Model>, StoreError> {
    Ok(studio::Entity::find_by_id(id).one(db).await?)
}
