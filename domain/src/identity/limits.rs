//! Up to which amount a member lets money leave the studio at once: approves a run, pays a payee, writes a file for the bank.

use sea_orm::{ConnectionTrait, EntityTrait};

use super::entity::{approval_limit, member};
use crate::{
    actor::{Actor, Ctx, Role},
    ids::StudioId,
    money::{Currency, Money},
    report::StoreError,
};

/// Up to which amount the actor may; none for owners and the program itself, who may any. Others may nothing unless an owner has set a limit in the currency since
/// they joined the studio. It asks nothing of what else they may.
pub(crate) async fn limit_of(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    studio: StudioId,
    currency: Currency,
) -> Result<Option<Money>, StoreError> {
    let user = match &ctx.actor {
        Actor::System => return Ok(None),
        actor if actor.role_in(studio) == Some(Role::Owner) => return Ok(None),
        actor => actor.user(),
    };
    let Some(user) = user else { return Ok(Some(Money::zero(currency))) };
    let found = approval_limit::Entity::find_by_id((studio, user, currency)).one(db).await?;
    let member = member::Entity::find_by_id((studio, user)).one(db).await?;
    let holds = |row: &approval_limit::Model| member.as_ref().is_some_and(|member| member.joined_at <= row.set_at);
    Ok(Some(Money::new(found.filter(holds).map_or(0, |row| row.limit_minor), currency)))
}
