//! An executed agreement without the signing that leads to one, for tests of what follows from it.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    agreements::{
        document::Template,
        entity::{AgreementState, SigningOrder, agreement},
        evidence,
    },
    env::Env,
    ids::{AgreementId, StudioId, WorkId},
    report::StoreError,
    store::Db,
};

/// Puts down a split sheet of a work as if all had signed it; it amends the one before it.
pub async fn signed_sheet(db: &Db, env: &Env, studio: StudioId, work: WorkId) -> Result<AgreementId, StoreError> {
    let id: AgreementId = env.id();
    let earlier = agreement::Entity::find()
        .filter(agreement::Column::WorkId.eq(work))
        .filter(agreement::Column::State.eq(AgreementState::Executed))
        .all(db)
        .await?;
    let is_last = |row: &&agreement::Model| earlier.iter().all(|other| other.supersedes_id != Some(row.id));
    let row = agreement::Model {
        id,
        studio_id: studio,
        reference: format!("AG-{id}"),
        template: Template::SplitSheet,
        title: "Split sheet".to_owned(),
        work_id: Some(work),
        state: AgreementState::Executed,
        signing_order: SigningOrder::Parallel,
        version: 1,
        counter_version: None,
        counter_by: None,
        supersedes_id: earlier.iter().find(is_last).map(|row| row.id),
        expires_at: None,
        term_ends_on: None,
        term_announced_at: None,
        evidence_count: 0,
        evidence_head: evidence::beginning(),
        created_at: env.now(),
        sent_at: Some(env.now()),
        executed_at: Some(env.now()),
        closed_at: None,
        closed_reason: None,
    };
    row.into_active_model().insert(db).await?;
    Ok(id)
}
