//! For how long money is held back, and from which amount on is paid.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict,
};

use super::party_of;
use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    ids::{PartyId, StudioId},
    money::Money,
    payouts::{
        PayoutError,
        entity::{payout_minimum, payout_terms},
        queries::hold_days_of,
        rules::MAX_HOLD_DAYS,
    },
    policy::{self, Action},
    store::Tx,
};

/// Sets for how many days the money of a sale is held back, 0 to [`MAX_HOLD_DAYS`]. It holds at once, for sales that were made before, too.
pub async fn set_hold_days(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    hold_days: i32,
) -> Result<payout_terms::Model, PayoutError> {
    policy::require(&ctx.actor, Action::ManagePayouts, studio)?;
    if !(0..=MAX_HOLD_DAYS).contains(&hold_days) {
        return Err(PayoutError::HoldDays);
    }
    let before = hold_days_of(tx, studio).await?;
    let row = payout_terms::Model { studio_id: studio, hold_days };
    let latest =
        OnConflict::column(payout_terms::Column::StudioId).update_column(payout_terms::Column::HoldDays).to_owned();
    payout_terms::Entity::insert(row.clone().into_active_model())
        .on_conflict(latest)
        .exec_without_returning(tx)
        .await?;
    let set = NewAct::of(Act::HoldDaysSet).set("holdDays", Some(before), Some(hold_days));
    acts::record(tx, ctx, studio, set).await?;
    Ok(row)
}

/// Sets the least that is paid in a currency: to a payee, or to everybody who has none of their own.
pub async fn set_minimum(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    party: Option<PartyId>,
    minimum: Money,
) -> Result<payout_minimum::Model, PayoutError> {
    policy::require(&ctx.actor, Action::ManagePayouts, studio)?;
    if let Some(party) = party {
        party_of(tx, studio, party).await?;
    }
    if minimum.minor < 0 {
        return Err(PayoutError::Minimum);
    }
    let of_party = match party {
        Some(party) => payout_minimum::Column::PartyId.eq(party),
        None => payout_minimum::Column::PartyId.is_null(),
    };
    let standing = payout_minimum::Entity::find()
        .filter(payout_minimum::Column::StudioId.eq(studio))
        .filter(payout_minimum::Column::Currency.eq(minimum.currency))
        .filter(of_party)
        .one(tx)
        .await?;
    let before = standing.as_ref().map(|row| Money::new(row.minimum_minor, row.currency));
    let set = NewAct::of(Act::PayoutMinimumSet).set("minimum", before, Some(minimum));
    let set = match party {
        Some(party) => set.on(party),
        None => set,
    };
    acts::record(tx, ctx, studio, set).await?;
    if let Some(standing) = standing {
        let row = payout_minimum::ActiveModel { minimum_minor: Set(minimum.minor), ..standing.into_active_model() };
        return Ok(row.update(tx).await?);
    }
    let row = payout_minimum::Model {
        id: ctx.env.id(),
        studio_id: studio,
        party_id: party,
        currency: minimum.currency,
        minimum_minor: minimum.minor,
    };
    Ok(row.into_active_model().insert(tx).await?)
}
