//! Orders without a cart: of one licence, at a price and on terms that were agreed upon before.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::orders::{self, PlaceOrder};
use crate::{
    actor::Ctx,
    catalog::entity::{BeatState, beat},
    ids::BeatId,
    licensing::{
        queries::{sold_exclusively, with_stems},
        terms::Terms,
    },
    sales::{SalesError, entity::order, rules},
    services::Services,
    splits,
    store::Tx,
};

/// Places an order of one licence at the price that its buyer saw. Its price is more than nothing, so that it is paid at the gateway as any other.
///
/// # Errors
/// If the beat is not on the storefront any more, is claimed, or cannot be licensed on these terms.
pub(crate) async fn place_direct(
    services: &Services,
    tx: &Tx,
    ctx: &Ctx,
    (beat, terms): (BeatId, &Terms),
    request: &PlaceOrder,
) -> Result<order::Model, SalesError> {
    let buyer = rules::check_buyer(&request.buyer_name, &request.buyer_email)?;
    let (beat, price) = (require_licensable(tx, beat, terms).await?, request.seen_total);
    let (place, gateway) = ((beat.studio_id, None), services.gateway.name());
    let order = orders::insert_order(tx, ctx, place, &buyer, price, gateway, request).await?;
    orders::insert_line(services, tx, ctx, &order, 1, (&beat, terms, price)).await?;
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
