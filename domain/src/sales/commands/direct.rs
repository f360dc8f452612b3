//! Orders without a cart: of one licence, at a price and on terms that were agreed upon before.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::orders::{self, PlaceOrder};
use crate::{
    actor::Ctx,
    catalog::entity::{BeatState, beat},
    ids::BeatId,
    legible::require_legible,
    licensing::{
        queries::{sold_exclusively, with_stems},
        terms::Terms,
    },
    pricing::Country,
    sales::{SalesError, entity::order, rules, shown::Agreed},
    services::Services,
    splits,
    store::Tx,
};

/// Places an order of one licence at a price that was agreed upon, which stands in the place of the price on the list: tax is within it or comes on top, by
/// the studio's rate of the buyer's country, and nothing is taken off. It is more than nothing, so that it is paid at the gateway as any other.
///
/// # Errors
/// If the studio asks for the country and it was not given, it comes to another total than the buyer saw, no payment service collects the price, or contracts
/// cannot show the buyer's name; if the beat is not on the storefront any more, is claimed, or cannot be licensed on these terms.
pub(crate) async fn place_direct(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    agreed: Agreed<'_>,
    country: Option<Country>,
    request: &PlaceOrder,
) -> Result<order::Model, SalesError> {
    let buyer = rules::check_buyer(&request.buyer_name, &request.buyer_email)?;
    require_legible(services.agreements.as_ref(), "buyerName", &buyer.name)?;
    let beat = require_licensable(tx, agreed.beat, agreed.terms).await?;
    let priced = agreed.priced(tx, country, ctx.env.now()).await?.ok_or(SalesError::CountryNeeded)?;
    if priced.total() != request.seen_total {
        return Err(SalesError::TotalChanged { seen: request.seen_total, now: priced.total() });
    }
    let total = orders::check_collectable(&priced)?;
    let (place, gateway) = ((agreed.studio, None), services.gateway.name());
    let order = orders::insert_order(tx, ctx, place, &buyer, total, gateway, request).await?;
    for line in &priced.lines {
        let what = (&beat, agreed.terms);
        orders::insert_line(services, tx, ctx, &order, 1, what, (line, priced.tax.as_ref())).await?;
    }
    Ok(order)
}

/// The beat, if it can be licensed on terms now. The tier itself may be off sale meanwhile: what was agreed upon holds.
pub(crate) async fn require_licensable(tx: &Tx, id: BeatId, terms: &Terms) -> Result<beat::Model, SalesError> {
    let published = beat::Entity::find_by_id(id).filter(beat::Column::State.eq(BeatState::Published)).one(tx).await?;
    let beat = published.ok_or(SalesError::NotOnSale)?;
    if !sold_exclusively(tx, &[beat.work_id]).await?.is_empty() {
        return Err(SalesError::NotOnSale);
    }
    if splits::withheld_beats(tx, beat.studio_id, &[id]).await?.contains(&id) {
        return Err(SalesError::SplitUnsigned);
    }
    let lacks_stems = terms.files.stems && !with_stems(tx, &[id]).await?.contains(&id);
    if lacks_stems || beat.samples.bar(terms.tier) {
        return Err(SalesError::TierNotOffered(terms.tier));
    }
    Ok(beat)
}
