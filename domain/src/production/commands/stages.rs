//! Closing and opening stages.

use std::collections::HashSet;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr,
};

use super::{hold_open_part, note, projects, require_active};
use crate::{
    actor::Ctx,
    env::Instant,
    ids::{ProjectStageId, SongId},
    invoices,
    policy::Action,
    production::{
        ProductionError,
        entity::{EventKind, Stage, person, project, section, song, stage, task},
        queries,
        rules::{
            kinds::{self, TaskPlan},
            stages::{self, StageFacts},
        },
    },
    report::StoreError,
    reviews::{entity::review, queries::find_approval},
    store::Tx,
};

/// Enters stages with the tasks that they begin with, of a song or of the whole project.
pub(super) async fn enter(
    tx: &Tx,
    ctx: &Ctx,
    project: &project::Model,
    song: Option<SongId>,
    plans: impl Iterator<Item = (Stage, &'static [TaskPlan])>,
) -> Result<(), StoreError> {
    let (mut rows, mut tasks) = (Vec::new(), Vec::new());
    for (stage, plans) in plans {
        let id: ProjectStageId = ctx.env.id();
        rows.push(stage::ActiveModel {
            id: Set(id),
            studio_id: Set(project.studio_id),
            project_id: Set(project.id),
            song_id: Set(song),
            stage: Set(stage),
            due_on: Set(None),
            closed_at: Set(None),
        });
        tasks.extend((1..).zip(plans).map(|(position, plan)| task::ActiveModel {
            id: Set(ctx.env.id()),
            studio_id: Set(project.studio_id),
            project_id: Set(project.id),
            stage_id: Set(id),
            position: Set(position),
            title: Set(plan.title.to_owned()),
            is_gate: Set(plan.is_gate),
            owner_user_id: Set(None),
            owner_party_id: Set(None),
            due_on: Set(None),
            done_at: Set(None),
            done_by: Set(None),
            created_at: Set(ctx.env.now()),
        }));
    }
    if !rows.is_empty() {
        stage::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    if !tasks.is_empty() {
        task::Entity::insert_many(tasks).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Closes a stage. Closing a closed one changes nothing. Once it is closed of all songs, what a quote asks for it is invoiced.
///
/// # Errors
/// If the caller may not, there is no such stage, its project is not active, or something keeps it open: all of that is named.
pub async fn close_stage(tx: &Tx, ctx: &Ctx, id: ProjectStageId) -> Result<stage::Model, ProductionError> {
    let (project, row) = hold_open_part::<stage::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    if row.closed_at.is_some() {
        return Ok(row);
    }
    require_active(&project)?;
    let songs = song::Entity::find().filter(song::Column::ProjectId.eq(project.id)).all(tx).await?;
    let facts = facts_of(tx, ctx, &project, &row, &songs).await?;
    let requires = kinds::plan(project.kind).stage(row.stage).map_or(&[][..], |plan| plan.requires);
    let missing = stages::missing(facts, requires);
    if !missing.is_empty() {
        return Err(ProductionError::StageGate(missing));
    }
    let detail = named(&row, &songs);
    let row = set_closed(tx, row, Some(ctx.env.now())).await?;
    note(tx, ctx, &project, EventKind::StageClosed, Some(detail)).await?;
    if queries::closed_stages(tx, project.id).await?.contains(&row.stage) {
        invoices::commands::phase_closed(tx, ctx, project.id, row.stage).await?;
    }
    Ok(row)
}

/// Opens a stage again, and with it those behind it that are closed, for they were made of what it left: of its song, or of all songs if it is the whole
/// project's. Opening an open one changes nothing.
///
/// # Errors
/// If the caller may not, there is no such stage, or its project is over.
pub async fn reopen_stage(tx: &Tx, ctx: &Ctx, id: ProjectStageId) -> Result<stage::Model, ProductionError> {
    let (project, row) = hold_open_part::<stage::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    if row.closed_at.is_none() {
        return Ok(row);
    }
    let songs = song::Entity::find().filter(song::Column::ProjectId.eq(project.id)).all(tx).await?;
    let all = stage::Entity::find().filter(stage::Column::ProjectId.eq(project.id)).all(tx).await?;
    let behind = all.iter().filter(|other| other.closed_at.is_some() && other.stage > row.stage);
    let behind: Vec<&stage::Model> = behind.filter(|other| touches(&row, other)).collect();
    stage::Entity::update_many()
        .col_expr(stage::Column::ClosedAt, Expr::value(Option::<Instant>::None))
        .filter(stage::Column::Id.is_in(behind.iter().map(|other| other.id)))
        .exec(tx)
        .await?;
    let opened: Vec<String> = std::iter::once(&row).chain(behind).map(|other| named(other, &songs)).collect();
    let row = set_closed(tx, row, None).await?;
    // A project of many songs has more to name than an entry holds.
    let detail: String = opened.join(", ").chars().take(5_000).collect();
    note(tx, ctx, &project, EventKind::StageReopened, Some(detail)).await?;
    Ok(row)
}

/// Whether two stages of a project are of the same song, or one of them is of all.
fn touches(one: &stage::Model, other: &stage::Model) -> bool {
    one.song_id.is_none() || other.song_id.is_none() || one.song_id == other.song_id
}

async fn set_closed(tx: &Tx, row: stage::Model, at: Option<Instant>) -> Result<stage::Model, StoreError> {
    Ok(stage::ActiveModel { closed_at: Set(at), ..row.into_active_model() }.update(tx).await?)
}

/// A stage as the history names it.
fn named(row: &stage::Model, songs: &[song::Model]) -> String {
    match songs.iter().find(|song| Some(song.id) == row.song_id) {
        Some(song) => format!("{} of {}", row.stage, song.title),
        None => row.stage.to_string(),
    }
}

async fn facts_of(
    tx: &Tx,
    ctx: &Ctx,
    project: &project::Model,
    row: &stage::Model,
    songs: &[song::Model],
) -> Result<StageFacts, ProductionError> {
    let all = stage::Entity::find().filter(stage::Column::ProjectId.eq(project.id)).all(tx).await?;
    let title =
        |of: &stage::Model| songs.iter().find(|song| Some(song.id) == of.song_id).map(|song| song.title.clone());
    let before = all.iter().filter(|other| other.closed_at.is_none() && other.stage < row.stage && touches(row, other));
    let tasks = task::Entity::find().filter(task::Column::StageId.eq(row.id)).all(tx).await?;
    let plan = projects::plan_of(tx, ctx, project).await?;
    // Of the whole project, each song has to have what a song needs.
    let of: Vec<SongId> =
        songs.iter().map(|song| song.id).filter(|song| row.song_id.is_none_or(|id| id == *song)).collect();
    let mapped = section::Entity::find()
        .filter(section::Column::SongId.is_in(of.iter().copied()))
        .filter(section::Column::Position.eq(1))
        .all(tx)
        .await?;
    let people = person::Entity::find().filter(person::Column::ProjectId.eq(project.id)).all(tx).await?;
    let credited: HashSet<Option<SongId>> = people.iter().map(|person| person.song_id).collect();
    let each_credited = !of.is_empty() && of.iter().all(|song| credited.contains(&Some(*song)));
    Ok(StageFacts {
        open_before: before.map(|other| (other.stage, title(other))).collect(),
        open_gates: tasks
            .into_iter()
            .filter(|task| task.is_gate && task.done_at.is_none())
            .map(|task| task.title)
            .collect(),
        unapproved: unapproved(tx, row, songs).await?,
        has_goals: !plan.goals.is_empty(),
        has_map: !of.is_empty() && mapped.len() == of.len(),
        has_decider: plan.decider_id.is_some(),
        has_credits: credited.contains(&None) || each_credited,
    })
}

/// The songs of a stage in which they are mixed whose mixes are reviewed, and of which no approval stands.
async fn unapproved(tx: &Tx, row: &stage::Model, songs: &[song::Model]) -> Result<Vec<String>, StoreError> {
    if row.stage != Stage::Mixing {
        return Ok(Vec::new());
    }
    let of: Vec<&song::Model> = songs.iter().filter(|song| row.song_id.is_none_or(|id| id == song.id)).collect();
    let reviews = review::Entity::find().filter(review::Column::SongId.is_in(of.iter().map(|song| song.id)));
    let reviewed: HashSet<SongId> = reviews.all(tx).await?.into_iter().map(|review| review.song_id).collect();
    let mut unapproved = Vec::new();
    for song in of.into_iter().filter(|song| reviewed.contains(&song.id)) {
        if find_approval(tx, song.id).await?.is_none() {
            unapproved.push(song.title.clone());
        }
    }
    Ok(unapproved)
}

/// Sets when a stage is to be closed.
///
/// # Errors
/// If the caller may not, there is no such stage, or its project is over.
pub async fn set_stage_due(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectStageId,
    due_on: Option<NaiveDate>,
) -> Result<stage::Model, ProductionError> {
    let (_, row) = hold_open_part::<stage::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    Ok(stage::ActiveModel { due_on: Set(due_on), ..row.into_active_model() }.update(tx).await?)
}
