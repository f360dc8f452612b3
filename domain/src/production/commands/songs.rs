//! Songs of a project: entered, named, ordered, taken out, and made beats.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};

use super::{hold_open, hold_open_part, hold_part, note, require_open, stages};
use crate::{
    actor::Ctx,
    catalog::{
        self, NewBeat,
        entity::{beat, recording, work},
        rules::shares::{MAX_ROLE_CHARS, ShareLine},
    },
    ids::{ProjectId, RecordingId, SongId, StudioId, WorkId},
    policy::{Action, require},
    production::{
        ProductionError,
        entity::{
            CandidateState, EventKind, ProjectKind, ProjectState, Stage, candidate, person, project, section, song,
        },
        queries,
        rules::{
            self, MAX_SONGS,
            kinds::{self, StageScope, TaskPlan},
            people::{self, Maker},
        },
    },
    report::StoreError,
    share::Share,
    store::{self, Tx},
};

/// A song as entered; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SongInput {
    /// The project.
    pub project: ProjectId,
    /// What it is called; none takes the recording's or work's title.
    pub title: Option<String>,
    /// A work that is there already; none makes one, or takes the recording's.
    pub work: Option<WorkId>,
    /// A recording that is there already; none makes one.
    pub recording: Option<RecordingId>,
    /// The stages that it goes through; none for those of the project's kind.
    pub stages: Option<Vec<Stage>>,
}

/// Adds a song behind the others: a work and a recording, new ones unless they are named.
///
/// # Errors
/// If the caller may not, the project is over or full, what is named is not the studio's or a song already, or there is no title.
pub async fn add_song(tx: &Tx, ctx: &Ctx, input: SongInput) -> Result<song::Model, ProductionError> {
    let project = hold_open(tx, ctx, input.project, Action::WriteProduction).await?;
    let plans = chosen_stages(project.kind, input.stages.as_deref())?;
    let (work, recording, title) = find_or_enter(tx, ctx, &project, &input).await?;
    enter(tx, ctx, &project, (work, recording, title), &plans).await
}

/// Adds a new song of a title to a project that is held, with the stages of its kind.
pub(super) async fn enter_new(
    tx: &Tx,
    ctx: &Ctx,
    project: &project::Model,
    title: String,
) -> Result<song::Model, ProductionError> {
    let plans = chosen_stages(project.kind, None)?;
    let work = catalog::insert_work(tx, ctx, project.studio_id, &title, None).await?;
    let recording = catalog::insert_recording(tx, ctx, project.studio_id, work, &title, None).await?;
    enter(tx, ctx, project, (work, recording, title), &plans).await
}

async fn enter(
    tx: &Tx,
    ctx: &Ctx,
    project: &project::Model,
    (work, recording, title): (WorkId, RecordingId, String),
    plans: &[(Stage, &'static [TaskPlan])],
) -> Result<song::Model, ProductionError> {
    let standing = in_order(tx, project.id).await?;
    if standing.len() >= MAX_SONGS {
        return Err(ProductionError::Full { what: "songs", most: MAX_SONGS });
    }
    let song = song::Model {
        id: ctx.env.id(),
        studio_id: project.studio_id,
        project_id: project.id,
        position: standing.last().map_or(1, |last| last.position + 1),
        title,
        work_id: work,
        recording_id: recording,
        created_at: ctx.env.now(),
    };
    // Of two projects that take the same recording at once, one gets it.
    if !store::insert_new(tx, song.clone().into_active_model()).await? {
        return Err(ProductionError::RecordingTaken);
    }
    stages::enter(tx, ctx, project, Some(song.id), plans.iter().copied()).await?;
    note(tx, ctx, project, EventKind::SongAdded, Some(song.title.clone())).await?;
    Ok(song)
}

/// The stages that a song goes through, with the tasks that its kind brings along.
fn chosen_stages(
    kind: ProjectKind,
    chosen: Option<&[Stage]>,
) -> Result<Vec<(Stage, &'static [TaskPlan])>, ProductionError> {
    let plan = kinds::plan(kind);
    let Some(chosen) = chosen else {
        return Ok(plan.of_scope(StageScope::Song).map(|plan| (plan.stage, plan.tasks)).collect());
    };
    let distinct: BTreeSet<Stage> = chosen.iter().copied().collect();
    if distinct.is_empty() || distinct.len() != chosen.len() {
        return Err(ProductionError::Stages);
    }
    let of_song = |stage: Stage| plan.stage(stage).filter(|plan| plan.scope == StageScope::Song);
    Ok(distinct.into_iter().map(|stage| (stage, of_song(stage).map_or(&[][..], |plan| plan.tasks))).collect())
}

async fn find_or_enter(
    tx: &Tx,
    ctx: &Ctx,
    project: &project::Model,
    input: &SongInput,
) -> Result<(WorkId, RecordingId, String), ProductionError> {
    let studio = project.studio_id;
    let typed = input.title.as_deref().filter(|text| !text.trim().is_empty());
    if let Some(id) = input.recording {
        let recording = find_recording(tx, studio, id).await?;
        if input.work.is_some_and(|work| work != recording.work_id) {
            return Err(ProductionError::OtherWork);
        }
        let title = rules::title("title", typed.unwrap_or(&recording.title))?;
        return Ok((recording.work_id, recording.id, title));
    }
    let (work, title) = if let Some(id) = input.work {
        let found = work::Entity::find_by_id(id).filter(work::Column::StudioId.eq(studio)).one(tx).await?;
        let work = found.ok_or(ProductionError::NotFound { what: "work", field: "work" })?;
        (work.id, rules::title("title", typed.unwrap_or(&work.title))?)
    } else {
        let title = rules::title("title", typed.unwrap_or_default())?;
        (catalog::insert_work(tx, ctx, studio, &title, None).await?, title)
    };
    let recording = catalog::insert_recording(tx, ctx, studio, work, &title, None).await?;
    Ok((work, recording, title))
}

async fn find_recording(tx: &Tx, studio: StudioId, id: RecordingId) -> Result<recording::Model, ProductionError> {
    let found = recording::Entity::find_by_id(id).filter(recording::Column::StudioId.eq(studio)).one(tx).await?;
    found.ok_or(ProductionError::NotFound { what: "recording", field: "recording" })
}

/// Names a song anew, and its recording and work as long as they are called like it and no beat is made of them.
///
/// # Errors
/// If the caller may not, there is no such song, its project is over, or the title is none.
pub async fn rename_song(tx: &Tx, ctx: &Ctx, id: SongId, title: &str) -> Result<song::Model, ProductionError> {
    let (_, song) = hold_open_part::<song::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    let title = rules::title("title", title)?;
    let beats = beat::Entity::find().filter(beat::Column::WorkId.eq(song.work_id)).one(tx).await?;
    if beats.is_none() {
        recording::Entity::update_many()
            .col_expr(recording::Column::Title, Expr::value(title.as_str()))
            .filter(recording::Column::Id.eq(song.recording_id))
            .filter(recording::Column::Title.eq(&song.title))
            .exec(tx)
            .await?;
        work::Entity::update_many()
            .col_expr(work::Column::Title, Expr::value(title.as_str()))
            .filter(work::Column::Id.eq(song.work_id))
            .filter(work::Column::Title.eq(&song.title))
            .exec(tx)
            .await?;
    }
    let row = song::ActiveModel { title: Set(title), ..song.into_active_model() };
    Ok(row.update(tx).await?)
}

/// Gives a song's recording its ISRC, or takes it away; its masters say it once they are made anew. Whoever releases it may name its code after its project
/// was delivered.
///
/// # Errors
/// If the caller may not, there is no such song, its project was cancelled, it is no ISRC, or another recording of the studio has it.
pub async fn set_song_isrc(
    tx: &Tx,
    ctx: &Ctx,
    id: SongId,
    isrc: Option<String>,
) -> Result<song::Model, ProductionError> {
    let (project, song) = hold_part::<song::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    if project.state != ProjectState::Delivered {
        require_open(&project)?;
    }
    catalog::set_recording_isrc(tx, ctx, (project.studio_id, song.recording_id), isrc).await?;
    Ok(song)
}

/// Moves a song to a place among the others, from 1; they keep their order. Of two who move songs at once, both moves are made, one after the other.
///
/// # Errors
/// If the caller may not, there is no such song, its project is over, or there is no such place.
pub async fn move_song(tx: &Tx, ctx: &Ctx, id: SongId, place: i32) -> Result<song::Model, ProductionError> {
    let (project, song) = hold_open_part::<song::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    let mut order: Vec<SongId> = in_order(tx, project.id).await?.iter().map(|song| song.id).collect();
    let last = order.len();
    let place = usize::try_from(place).ok().filter(|place| (1..=last).contains(place));
    let place = place.ok_or(ProductionError::Place { last })?;
    order.retain(|other| *other != song.id);
    order.insert(place - 1, song.id);
    number(tx, project.id, &order).await?;
    song::Entity::find_by_id(id).one(tx).await?.ok_or(ProductionError::NotFound { what: "song", field: "song" })
}

/// Takes a song out of its project, with its stages, tasks, map, references and people. Its work and recording stay in the catalogue, and a candidate that it
/// was is proposed again.
///
/// # Errors
/// If the caller may not, there is no such song, its project is over, or something else hangs on it.
pub async fn remove_song(tx: &Tx, ctx: &Ctx, id: SongId) -> Result<project::Model, ProductionError> {
    let (project, song) = hold_open_part::<song::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    candidate::Entity::update_many()
        .col_expr(candidate::Column::State, Expr::value(CandidateState::Proposed.word()))
        .col_expr(candidate::Column::SongId, Expr::value(Option::<SongId>::None))
        .filter(candidate::Column::SongId.eq(id))
        .exec(tx)
        .await?;
    let title = song.title.clone();
    song.delete(tx).await.map_err(StoreError::from).map_err(|error| {
        if error.is_reference_violation() { ProductionError::SongUsed } else { ProductionError::Store(error) }
    })?;
    let order: Vec<SongId> = in_order(tx, project.id).await?.iter().map(|song| song.id).collect();
    number(tx, project.id, &order).await?;
    note(tx, ctx, &project, EventKind::SongRemoved, Some(title)).await?;
    Ok(project)
}

async fn in_order(tx: &Tx, project: ProjectId) -> Result<Vec<song::Model>, StoreError> {
    let songs = song::Entity::find().filter(song::Column::ProjectId.eq(project));
    Ok(songs.order_by_asc(song::Column::Position).all(tx).await?)
}

/// Numbers the songs of a project from 1, in this order.
async fn number(tx: &Tx, project: ProjectId, order: &[SongId]) -> Result<(), StoreError> {
    /// More than there are places: out of each other's way, for no two stand at one place even for a moment.
    const ASIDE: i32 = 1_000_000;
    song::Entity::update_many()
        .col_expr(song::Column::Position, Expr::col(song::Column::Position).add(ASIDE))
        .filter(song::Column::ProjectId.eq(project))
        .exec(tx)
        .await?;
    for (position, id) in (1..).zip(order) {
        let row = song::ActiveModel { id: Set(*id), position: Set(position), ..Default::default() };
        row.update(tx).await?;
    }
    Ok(())
}

/// Makes a draft beat of a song's recording, with the tempo and key of its first section and those who made it. Of a recording that is a beat already,
/// that one.
///
/// # Errors
/// If the caller may not, there is no such song, or its work was sold exclusively.
pub async fn make_beat(tx: &Tx, ctx: &Ctx, id: SongId) -> Result<beat::Model, ProductionError> {
    let (project, song) = hold_part::<song::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    require(&ctx.actor, Action::WriteCatalog, project.studio_id)?;
    let known = beat::Entity::find().filter(beat::Column::RecordingId.eq(song.recording_id));
    if let Some(known) = known.one(tx).await? {
        return Ok(known);
    }
    let recording = find_recording(tx, project.studio_id, song.recording_id).await?;
    let first = section::Entity::find_by_id((id, 1)).one(tx).await?;
    let people = person::Entity::find()
        .filter(person::Column::ProjectId.eq(project.id))
        .order_by_asc(person::Column::CreatedAt)
        .order_by_asc(person::Column::Id)
        .all(tx)
        .await?;
    let people = queries::roles_of_song(tx, &people, id).await?;
    let new = NewBeat {
        title: song.title,
        bpm_milli: first.as_ref().map(|section| section.bpm_milli),
        musical_key: first.and_then(|section| section.musical_key),
        collaborators: people::makers(&people).iter().map(share_line).collect(),
        ..NewBeat::default()
    };
    Ok(catalog::create_beat_of(tx, ctx, &recording, new).await?)
}

/// A maker's line in a beat's share table: whoever does not own the master is credited without a share.
fn share_line(maker: &Maker) -> ShareLine {
    let all = maker.roles.iter().map(|role| people::role_name(*role)).collect::<Vec<_>>().join(", ");
    let first = maker.roles.first().map_or("collaborator", |role| people::role_name(*role));
    let role = if all.chars().count() <= MAX_ROLE_CHARS { all } else { first.to_owned() };
    ShareLine { party: maker.party, role, share_ppm: maker.master.map_or(0, Share::ppm) }
}
