//! Runs: reckoned as a draft, approved, posted; or thrown away. And what statements say is due, as it is booked.

mod gather;
mod paid;
mod post;
mod reckon;
mod statements;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use crate::{
    actor::Ctx,
    ids::RoyaltyRunId,
    money::Money,
    policy::{self, Action},
    roster::queries::require_limit,
    royalties::{
        RoyaltyError,
        entity::{RunState, carried, charge, run, sum},
    },
    store::Tx,
};

#[cfg(test)]
pub(in crate::royalties) use post::moves_of;
pub use post::post_run;
pub use reckon::{Reckon, reckon};
pub use statements::post_statement;

/// A run, held, for who may do that with it.
async fn lock_run(tx: &Tx, ctx: &Ctx, action: Action, id: RoyaltyRunId) -> Result<run::Model, RoyaltyError> {
    let found = run::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, action, found, |row| row.studio_id)?;
    found.ok_or(RoyaltyError::NotFound { what: "run", field: "run" })
}

/// Approves a run that is a draft, for who may approve what it pays out. Approving twice is approving once.
pub async fn approve_run(tx: &Tx, ctx: &Ctx, id: RoyaltyRunId) -> Result<run::Model, RoyaltyError> {
    let found = lock_run(tx, ctx, Action::ApproveRoyalties, id).await?;
    match found.state {
        RunState::Approved => return Ok(found),
        RunState::Draft => {}
        state @ (RunState::Posted | RunState::Discarded) => return Err(RoyaltyError::RunNotNow { state }),
    }
    require_limit(tx, ctx, found.studio_id, Money::new(found.due_minor, found.currency)).await?;
    let mut row = found.into_active_model();
    row.state = Set(RunState::Approved);
    row.approved_at = Set(Some(ctx.env.now()));
    row.approved_by = Set(ctx.actor.user());
    Ok(row.update(tx).await?)
}

/// Throws a run away that was not posted: what it had taken waits for the next one again. Doing so twice is doing so once.
pub async fn discard_run(tx: &Tx, ctx: &Ctx, id: RoyaltyRunId) -> Result<run::Model, RoyaltyError> {
    let found = lock_run(tx, ctx, Action::ManageRoyalties, id).await?;
    match found.state {
        RunState::Discarded => return Ok(found),
        RunState::Draft | RunState::Approved => {}
        RunState::Posted => return Err(RoyaltyError::RunNotNow { state: found.state }),
    }
    let mut row = found.into_active_model();
    row.state = Set(RunState::Discarded);
    row.ended_at = Set(Some(ctx.env.now()));
    let discarded = row.update(tx).await?;
    sum::Entity::update_many()
        .set(sum::ActiveModel { run_id: Set(None), ..Default::default() })
        .filter(sum::Column::RunId.eq(id))
        .exec(tx)
        .await?;
    carried::Entity::update_many()
        .set(carried::ActiveModel { run_id: Set(None), ..Default::default() })
        .filter(carried::Column::RunId.eq(id))
        .exec(tx)
        .await?;
    charge::Entity::update_many()
        .set(charge::ActiveModel { run_id: Set(None), ..Default::default() })
        .filter(charge::Column::RunId.eq(id))
        .exec(tx)
        .await?;
    Ok(discarded)
}
