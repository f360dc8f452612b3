//! Reading the outbox.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{
    Job, Queue,
    entity::{JobState, job},
    error::OutboxError,
    rules,
};
use crate::{
    actor::Ctx,
    env::Instant,
    ids::{JobId, StudioId},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// Jobs that wait for the relay and are due, the most urgent first, and of these the oldest. What is due since it was written is due by any clock; and what would
/// be due later than any job waits was put off by a clock that has been set back since.
pub async fn list_waiting(
    db: &impl ConnectionTrait,
    queues: &[Queue],
    now: Instant,
    limit: u64,
) -> Result<Vec<job::Model>, StoreError> {
    let is_due = Condition::any()
        .add(job::Column::DueAt.lte(now))
        .add(sea_orm::ExprTrait::lte(Expr::col(job::Column::DueAt), Expr::col(job::Column::CreatedAt)))
        .add(job::Column::DueAt.gt(now + rules::LONGEST_WAIT));
    let rows = job::Entity::find()
        .filter(job::Column::State.eq(JobState::Open))
        .filter(job::Column::HandedAt.is_null())
        .filter(job::Column::Queue.is_in(queues.iter().copied()))
        .filter(is_due)
        .order_by_desc(job::Column::Priority)
        .order_by_asc(job::Column::DueAt)
        .order_by_asc(job::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows)
}

/// When the next job that waits for the relay is due.
pub async fn find_next_due(db: &impl ConnectionTrait, queues: &[Queue]) -> Result<Option<Instant>, StoreError> {
    let next = job::Entity::find()
        .select_only()
        .column(job::Column::DueAt)
        .filter(job::Column::State.eq(JobState::Open))
        .filter(job::Column::HandedAt.is_null())
        .filter(job::Column::Queue.is_in(queues.iter().copied()))
        .order_by_asc(job::Column::DueAt)
        .into_tuple()
        .one(db)
        .await?;
    Ok(next)
}

/// When a job was written; none if it is not known.
pub async fn find_written_at(db: &impl ConnectionTrait, id: JobId) -> Result<Option<Instant>, StoreError> {
    Ok(job::Entity::find_by_id(id).one(db).await?.map(|row| row.created_at))
}

/// How many jobs are neither done nor given up.
pub async fn count_open(db: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(job::Entity::find().filter(job::Column::State.eq(JobState::Open)).count(db).await?)
}

/// The jobs that are neither done nor given up: what it is that is waited for.
pub async fn all_open(db: &impl ConnectionTrait) -> Result<Vec<job::Model>, StoreError> {
    Ok(job::Entity::find().filter(job::Column::State.eq(JobState::Open)).all(db).await?)
}

/// How many jobs were given up.
pub async fn count_dead(db: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(job::Entity::find().filter(job::Column::State.eq(JobState::Dead)).count(db).await?)
}

/// How many jobs of a studio stand so. For the program itself.
pub async fn count_of(db: &impl ConnectionTrait, studio: StudioId, state: JobState) -> Result<u64, StoreError> {
    let of_studio = job::Entity::find().filter(job::Column::StudioId.eq(studio));
    Ok(of_studio.filter(job::Column::State.eq(state)).count(db).await?)
}

/// A studio's dead letters, newest first.
pub async fn list_dead(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<JobId>,
) -> Result<Page<job::Model>, OutboxError> {
    policy::require(&ctx.actor, Action::ReadJobs, studio)?;
    let query =
        job::Entity::find().filter(job::Column::StudioId.eq(studio)).filter(job::Column::State.eq(JobState::Dead));
    Ok(page::fetch(db, query, job::Column::Id, page).await?)
}

/// A studio's jobs that wait or run, newest first.
pub async fn list_open(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<JobId>,
) -> Result<Page<job::Model>, OutboxError> {
    policy::require(&ctx.actor, Action::ReadJobs, studio)?;
    let query =
        job::Entity::find().filter(job::Column::StudioId.eq(studio)).filter(job::Column::State.eq(JobState::Open));
    Ok(page::fetch(db, query, job::Column::Id, page).await?)
}

/// The very job of a studio that waits or runs, the oldest if there are several. For commands that ask for something once.
///
/// # Panics
/// Never: a job is plain data, tagged with its word.
pub async fn find_open(
    db: &impl ConnectionTrait,
    studio: StudioId,
    wanted: &Job,
) -> Result<Option<job::Model>, StoreError> {
    let payload = serde_json::to_value(wanted).expect("a job is plain data");
    let kind = payload["job"].as_str().expect("a job is tagged with its word");
    let open = job::Entity::find()
        .filter(job::Column::StudioId.eq(studio))
        .filter(job::Column::State.eq(JobState::Open))
        .filter(job::Column::Kind.eq(kind))
        // Where JSON is text, it is the very text: one type writes all of it.
        .filter(job::Column::Payload.eq(payload.clone()))
        .order_by_asc(job::Column::Id)
        .one(db)
        .await?;
    Ok(open)
}
