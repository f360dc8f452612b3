//! What is registered of works.

use std::collections::BTreeSet;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use super::{hold_studio, named, rematch};
use crate::{
    actor::Ctx,
    catalog::entity::work,
    ids::{StudioId, WorkId},
    policy::{self, Action},
    registrations::{RegistrationError, entity::work_registration, facts::WorkFacts},
    store::Tx,
};

/// The most characters of a work's code.
const MAX_CODE_CHARS: usize = 14;

/// Keeps what is said of a work where it is registered. Of a work without a code one is given out; a code that was given stays until another is.
pub async fn save_work_registration(
    tx: &Tx,
    ctx: &Ctx,
    work: WorkId,
    facts: WorkFacts,
) -> Result<work_registration::Model, RegistrationError> {
    let found = work::Entity::find_by_id(work).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRegistrations, found, |row| row.studio_id)?;
    let found = found.ok_or(RegistrationError::NotFound { what: "work", field: "work" })?;
    hold_studio(tx, found.studio_id).await?;
    let before = work_registration::Entity::find_by_id(work).one(tx).await?;
    let saved = write(tx, ctx, (found.studio_id, work), &facts).await?;
    named::in_registration(tx, (found.studio_id, work), &facts.named()).await?;
    if before.is_none_or(|before| before.code != saved.code) {
        // Statements may name the work by it.
        rematch(tx, ctx, found.studio_id).await?;
    }
    Ok(saved)
}

/// Gives each of these works of a studio that has no code one. Whoever calls holds the studio.
pub(super) async fn give_codes(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    works: &[WorkId],
) -> Result<(), RegistrationError> {
    let known: BTreeSet<WorkId> = work_registration::Entity::find()
        .filter(work_registration::Column::WorkId.is_in(works.iter().copied()))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| row.work_id)
        .collect();
    for work in works.iter().filter(|work| !known.contains(*work)) {
        write(tx, ctx, (studio, *work), &WorkFacts::default()).await?;
    }
    Ok(())
}

async fn write(
    tx: &Tx,
    ctx: &Ctx,
    (studio, work): (StudioId, WorkId),
    facts: &WorkFacts,
) -> Result<work_registration::Model, RegistrationError> {
    let standing = work_registration::Entity::find_by_id(work).one(tx).await?;
    let given = facts.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let code = match (given, &standing) {
        (Some(code), _) => checked(tx, (studio, work), code).await?,
        (None, Some(standing)) => standing.code.clone(),
        (None, None) => free(tx, studio).await?,
    };
    let row = work_registration::Model {
        work_id: work,
        studio_id: studio,
        code,
        facts: serde_json::to_value(facts)?,
        updated_at: ctx.env.now(),
    };
    Ok(match standing {
        Some(_) => row.into_active_model().reset_all().update(tx).await?,
        None => row.into_active_model().insert(tx).await?,
    })
}

async fn checked(tx: &Tx, (studio, work): (StudioId, WorkId), code: &str) -> Result<String, RegistrationError> {
    let fits = code.len() <= MAX_CODE_CHARS && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !fits {
        let problem = format!("a code has {MAX_CODE_CHARS} letters, digits and hyphens at the most");
        return Err(RegistrationError::of("facts.code", problem, "choose another, or leave it out"));
    }
    let code = code.to_uppercase();
    match holder(tx, studio, &code).await? {
        Some(other) if other != work => Err(RegistrationError::CodeTaken),
        _ => Ok(code),
    }
}

async fn holder(tx: &Tx, studio: StudioId, code: &str) -> Result<Option<WorkId>, RegistrationError> {
    let found = work_registration::Entity::find()
        .filter(work_registration::Column::StudioId.eq(studio))
        .filter(work_registration::Column::Code.eq(code))
        .one(tx)
        .await?;
    Ok(found.map(|row| row.work_id))
}

/// The next code that no work of the studio has.
async fn free(tx: &Tx, studio: StudioId) -> Result<String, RegistrationError> {
    let registered = work_registration::Entity::find().filter(work_registration::Column::StudioId.eq(studio));
    let mut number = registered.count(tx).await? + 1;
    loop {
        let code = format!("LL{number:08}");
        if holder(tx, studio, &code).await?.is_none() {
            return Ok(code);
        }
        number += 1;
    }
}
