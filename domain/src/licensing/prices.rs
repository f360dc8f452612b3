//! In which currencies tiers are sold, and what they cost in them.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, Query},
};

use super::entity::{tier, tier_price};
use crate::{
    catalog::entity::{BeatState, beat},
    ids::{StudioId, TierId},
    money::{Currency, Money},
    report::StoreError,
};

/// What tiers cost in further currencies, by tier, in the order of the currencies' codes. For who may see the tiers: it asks nothing itself.
pub async fn prices_of_tiers(
    db: &impl ConnectionTrait,
    tiers: &[TierId],
) -> Result<HashMap<TierId, Vec<Money>>, StoreError> {
    let rows = tier_price::Entity::find()
        .filter(tier_price::Column::TierId.is_in(tiers.iter().copied()))
        .order_by_asc(tier_price::Column::Currency)
        .all(db)
        .await?;
    let mut by_tier: HashMap<TierId, Vec<Money>> = HashMap::new();
    for row in rows {
        by_tier.entry(row.tier_id).or_default().push(Money::new(row.price_minor, row.currency));
    }
    Ok(by_tier)
}

/// What a studio sells in: its own currency, and then, in the order of their codes, the others that a tier has a price in which is switched on and holds for
/// a published beat. Whether such a beat's samples, missing stems or unsigned split withhold that tier is not looked at: of that its offers tell. Open to
/// anybody.
pub async fn currencies_of(
    db: &impl ConnectionTrait,
    studio: StudioId,
    own: Currency,
) -> Result<Vec<Currency>, StoreError> {
    let published = || {
        beat::Entity::find()
            .select_only()
            .column(beat::Column::Id)
            .filter(beat::Column::StudioId.eq(studio))
            .filter(beat::Column::State.eq(BeatState::Published))
    };
    // A default holds for the beats that have no version of their own.
    let own_version = || Alias::new("own_version");
    let versions = Query::select()
        .expr(Expr::val(1))
        .from_as(tier::Entity, own_version())
        .and_where(Expr::col((own_version(), tier::Column::BeatId)).equals((beat::Entity, beat::Column::Id)))
        .and_where(Expr::col((own_version(), tier::Column::Code)).equals((tier::Entity, tier::Column::Code)))
        .take();
    let follows = published().filter(Expr::exists(versions).not()).into_query();
    let is_default = tier::Column::BeatId.is_null().and(Expr::exists(follows));
    let on_sale = tier::Entity::find()
        .select_only()
        .column(tier::Column::Id)
        .filter(tier::Column::StudioId.eq(studio))
        .filter(tier::Column::Enabled.eq(true))
        .filter(is_default.or(tier::Column::BeatId.in_subquery(published().into_query())));
    let mut further: Vec<Currency> = tier_price::Entity::find()
        .select_only()
        .column(tier_price::Column::Currency)
        .distinct()
        .filter(tier_price::Column::StudioId.eq(studio))
        .filter(tier_price::Column::TierId.in_subquery(on_sale.into_query()))
        .into_tuple()
        .all(db)
        .await?;
    further.sort_by_key(|currency| currency.code());
    Ok(std::iter::once(own).chain(further).collect())
}
