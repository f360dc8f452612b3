//! Closing periods.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, sea_query::LockType};

use crate::{
    actor::Ctx,
    env::Instant,
    identity::entity::studio,
    ids::StudioId,
    ledger::{
        LedgerError,
        entity::{period, period_balance},
        queries::{self, last_period},
        rules::period::check_close,
    },
    policy::{self, Action},
    store::Tx,
};

/// Closes the period from the end of the last one up to an instant, which is not of it any more: no journal is dated into it from now on, by anybody.
/// It is not opened again. What is learned later is booked in the period that is open then, with the date on which it happened.
pub async fn close_period(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    ends_at: Instant,
    reason: &str,
) -> Result<period::Model, LedgerError> {
    policy::require(&ctx.actor, Action::CloseLedger, studio)?;
    // Who posts shares the studio's row until it has committed: all that was begun before us is in, and what comes after sees the period.
    studio::Entity::find_by_id(studio).lock(LockType::Update).one(tx).await?;
    let last = last_period(tx, studio).await?;
    let now = ctx.env.now();
    let reason = check_close(last.as_ref().map(|last| last.ends_at), ends_at, now, reason)?;
    let (sha256, journals) = queries::hash_period(tx, studio, last.as_ref(), ends_at).await?;
    let row = period::Model {
        id: ctx.env.id(),
        studio_id: studio,
        number: last.as_ref().map_or(1, |last| last.number.saturating_add(1)),
        starts_at: last.as_ref().map(|last| last.ends_at),
        ends_at,
        closed_at: now,
        closed_by: ctx.actor.user(),
        reason: reason.to_owned(),
        journals,
        sha256,
    };
    let mut balances: Vec<_> = queries::sums_before(tx, studio, ends_at).await?.into_iter().collect();
    balances.sort_unstable();
    // Before the period itself, which closes them.
    for chunk in balances.chunks(queries::BATCH) {
        let rows = chunk.iter().map(|(account_id, balance_minor)| {
            let (account_id, balance_minor) = (*account_id, *balance_minor);
            period_balance::Model { period_id: row.id, account_id, balance_minor }.into_active_model()
        });
        period_balance::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(row.into_active_model().insert(tx).await?)
}
