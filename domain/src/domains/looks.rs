//! Looking again: a domain that was proved stays a studio's only as long as its record is found.

use futures::future::join_all;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    DomainError,
    commands::told,
    entity::claim,
    rules::{LOOK_EVERY, MOST_MISSED, missed_after, record_name},
};
use crate::{
    actor::Actor,
    acts::{self, entity::Act},
    env::Instant,
    identity::queries::closed_studios,
    outbox::{self, Job},
    report::StoreError,
    services::Services,
};

/// How many domains are looked at in one round, all at once: servers that do not answer hold up no other chore for longer than one of them does.
const AT_ONCE: u64 = 50;

/// Looks for the records of proved domains that nobody has looked for lately. One that was missing for seven days no longer leads to its shop, and the studio is
/// told. Of closed studios none is looked for before they are opened again. How many were lost so. For the program itself, now and then.
pub async fn tend(services: &Services) -> Result<usize, DomainError> {
    let now = services.env.now();
    let due = claim::Entity::find()
        .filter(is_due(now))
        .filter(claim::Column::StudioId.not_in_subquery(closed_studios()))
        .order_by_asc(claim::Column::LookedAt)
        .limit(AT_ONCE)
        .all(&services.db)
        .await?;
    let mut lost = 0;
    for (claim, missed) in join_all(due.into_iter().map(|claim| look(services, claim))).await {
        lost += usize::from(keep_look(services, &claim, missed, now).await?);
    }
    Ok(lost)
}

/// Proved, and not looked for of late; or to come, for then the clock was set back.
fn is_due(now: Instant) -> Condition {
    let looked_at = claim::Column::LookedAt;
    Condition::all()
        .add(claim::Column::VerifiedAt.is_not_null())
        .add(Condition::any().add(looked_at.is_null()).add(looked_at.lte(now - LOOK_EVERY)).add(looked_at.gt(now)))
}

/// Looks for the record of a domain: how many looks in a row have missed it now.
async fn look(services: &Services, claim: claim::Model) -> (claim::Model, i32) {
    let texts = services.dns.texts(&record_name(&claim.host)).await;
    let missed = missed_after(claim.missed, texts.as_deref().ok(), &claim.token);
    (claim, missed)
}

/// Writes down what a look has seen; whether the domain is lost by it. Of several processes that look at once, one look counts.
async fn keep_look(services: &Services, claim: &claim::Model, missed: i32, now: Instant) -> Result<bool, StoreError> {
    let is_lost = missed > MOST_MISSED;
    let mut seen = claim::ActiveModel { looked_at: Set(Some(now)), missed: Set(missed), ..Default::default() };
    if is_lost {
        seen.verified_at = Set(None);
    }
    let tx = services.begin().await?;
    let still_due = claim::Entity::update_many().filter(claim::Column::Id.eq(claim.id)).filter(is_due(now));
    let counts = still_due.set(seen).exec(&tx).await?.rows_affected > 0;
    if counts && is_lost {
        let job = Job::MailLostDomain { domain: claim.id };
        let program = services.ctx(Actor::System);
        outbox::put(&tx, &program, Some(claim.studio_id), &job).await?;
        acts::record(&tx, &program, claim.studio_id, told(Act::DomainLost, claim)).await?;
        tracing::info!(studio = %claim.studio_id, host = claim.host, "a domain is lost: its record is missing");
    }
    services.commit(tx).await?;
    Ok(counts && is_lost)
}
