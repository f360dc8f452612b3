//! Renders: claimed under their key by one job at a time, their progress, and what they made.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{
    entity::{RenderOutputs, RenderPurpose, RenderState, render, render_beat},
    inputs::find_render_inputs,
};
use crate::{
    actor::Ctx,
    ids::{BeatId, JobId},
    outbox::entity::{JobState, job},
    report::StoreError,
    store::{Db, Tx},
};

/// Without a sign of life for this long, a claim may be taken over, in seconds.
pub const CLAIM_LEASE_S: i64 = 10;

/// What a render says of itself whose job was given up without a word.
const GIVEN_UP: &str = "it was given up; ask for it again";

/// What became of claiming a render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It has been made before: these are its files.
    Already(RenderOutputs),
    /// The caller is to make it.
    Mine,
    /// Another job makes it at this moment; ask again.
    Busy,
}

/// Claims a render for a beat, or for what is none, and a job. The same key is rendered once: whoever comes later gets the files, waits, or takes over from
/// the dead.
pub async fn claim_render(
    tx: &Tx,
    ctx: &Ctx,
    key: &str,
    beat: impl Into<Option<BeatId>>,
    purpose: RenderPurpose,
    job: JobId,
) -> Result<Claim, StoreError> {
    let (beat, now): (Option<BeatId>, _) = (beat.into(), ctx.env.now());
    let fresh = render::ActiveModel {
        key: Set(key.to_owned()),
        purpose: Set(purpose),
        state: Set(RenderState::Running),
        progress_ppm: Set(0),
        outputs: Set(None),
        failure: Set(None),
        claimed_by: Set(job),
        beat_at: Set(now),
        finished_at: Set(None),
    };
    let inserted = render::Entity::insert(fresh)
        .on_conflict(OnConflict::column(render::Column::Key).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if let Some(beat) = beat {
        ask(tx, ctx, key, beat).await?;
    }
    if inserted > 0 {
        return Ok(Claim::Mine);
    }
    let Some(found) = render::Entity::find_by_id(key).lock_exclusive().one(tx).await? else {
        return Ok(Claim::Busy);
    };
    if let Some(outputs) = found.outputs {
        let own = match beat {
            Some(beat) => render_beat::Entity::find_by_id((key.to_owned(), beat)).one(tx).await?,
            None => None,
        };
        return Ok(Claim::Already(own.and_then(|row| row.outputs).unwrap_or(outputs)));
    }
    let is_alive = found.beat_at + Duration::seconds(CLAIM_LEASE_S) > now;
    if found.state == RenderState::Running && found.claimed_by != job && is_alive {
        return Ok(Claim::Busy);
    }
    let mut row: render::ActiveModel = found.into();
    row.state = Set(RenderState::Running);
    row.progress_ppm = Set(0);
    row.failure = Set(None);
    row.finished_at = Set(None);
    row.claimed_by = Set(job);
    row.beat_at = Set(now);
    row.update(tx).await?;
    Ok(Claim::Mine)
}

/// Writes down that a beat asks for a render, now.
async fn ask(tx: &Tx, ctx: &Ctx, key: &str, beat: BeatId) -> Result<(), StoreError> {
    let row = render_beat::ActiveModel {
        render_key: Set(key.to_owned()),
        beat_id: Set(beat),
        outputs: Set(None),
        requested_at: Set(ctx.env.now()),
    };
    let again = OnConflict::columns([render_beat::Column::RenderKey, render_beat::Column::BeatId])
        .update_column(render_beat::Column::RequestedAt)
        .to_owned();
    render_beat::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Records how far a render is, in parts per million, which is also its sign of life. False if the claim has gone to another job, or the render
/// has ended: whoever reports may stop.
pub async fn record_progress(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    key: &str,
    job: JobId,
    progress_ppm: u32,
) -> Result<bool, StoreError> {
    let progress = i32::try_from(progress_ppm.min(1_000_000)).unwrap_or(1_000_000);
    let touched = render::Entity::update_many()
        .col_expr(render::Column::ProgressPpm, Expr::value(progress))
        .col_expr(render::Column::BeatAt, Expr::value(ctx.env.now()))
        .filter(render::Column::Key.eq(key))
        .filter(render::Column::ClaimedBy.eq(job))
        .filter(render::Column::State.eq(RenderState::Running))
        .exec(db)
        .await?;
    Ok(touched.rows_affected > 0)
}

/// Ends a render with what it made. If another has ended it meanwhile, its files stand and are returned: the same key means the same bytes.
pub async fn finish_render(tx: &Tx, ctx: &Ctx, key: &str, outputs: RenderOutputs) -> Result<RenderOutputs, StoreError> {
    let found = render::Entity::find_by_id(key).lock_exclusive().one(tx).await?;
    let Some(found) = found else { return Ok(outputs) };
    if let Some(first) = found.outputs {
        return Ok(first);
    }
    let mut row: render::ActiveModel = found.into();
    row.state = Set(RenderState::Done);
    row.progress_ppm = Set(1_000_000);
    row.outputs = Set(Some(outputs.clone()));
    row.failure = Set(None);
    row.finished_at = Set(Some(ctx.env.now()));
    row.update(tx).await?;
    Ok(outputs)
}

/// Ends a render that cannot be made; `failure` is a sentence for a person. What is done stays done.
pub async fn fail_render(tx: &Tx, ctx: &Ctx, key: &str, job: JobId, failure: &str) -> Result<(), StoreError> {
    render::Entity::update_many()
        .col_expr(render::Column::State, Expr::value(RenderState::Failed))
        .col_expr(render::Column::Failure, Expr::value(failure))
        .col_expr(render::Column::FinishedAt, Expr::value(ctx.env.now()))
        .filter(render::Column::Key.eq(key))
        .filter(render::Column::ClaimedBy.eq(job))
        .filter(render::Column::State.eq(RenderState::Running))
        .exec(tx)
        .await?;
    Ok(())
}

/// Credits a finished render to a beat that asked for it; `outputs` are files of the beat's own studio.
pub async fn credit_render(tx: &Tx, key: &str, beat: BeatId, outputs: &RenderOutputs) -> Result<(), StoreError> {
    render_beat::Entity::update_many()
        .col_expr(render_beat::Column::Outputs, Expr::value(outputs.clone()))
        .filter(render_beat::Column::RenderKey.eq(key))
        .filter(render_beat::Column::BeatId.eq(beat))
        .exec(tx)
        .await?;
    Ok(())
}

/// What beats asked for, the latest first, each with its render.
async fn list_asked(
    db: &impl ConnectionTrait,
    beats: &[BeatId],
) -> Result<Vec<(render_beat::Model, render::Model)>, StoreError> {
    let asked = render_beat::Entity::find()
        .filter(render_beat::Column::BeatId.is_in(beats.iter().copied()))
        .order_by_desc(render_beat::Column::RequestedAt)
        .order_by_asc(render_beat::Column::RenderKey)
        .all(db)
        .await?;
    let keys = asked.iter().map(|row| row.render_key.clone());
    let renders = render::Entity::find().filter(render::Column::Key.is_in(keys)).all(db).await?;
    let renders: HashMap<String, render::Model> = renders.into_iter().map(|row| (row.key.clone(), row)).collect();
    let joined = asked.into_iter().filter_map(|row| renders.get(&row.render_key).cloned().map(|render| (row, render)));
    Ok(joined.collect())
}

/// The masters that a beat has for its present source and under its present title, artist, codes and cover, the latest asked for first.
pub async fn find_masters(db: &impl ConnectionTrait, beat: BeatId) -> Result<Option<RenderOutputs>, StoreError> {
    let Some(inputs) = find_render_inputs(db, beat).await? else { return Ok(None) };
    let asked = list_asked(db, &[beat]).await?;
    let masters = asked.into_iter().filter(|(_, render)| render.purpose == RenderPurpose::Masters);
    Ok(masters.filter_map(|(row, _)| row.outputs).find(|outputs| inputs.still_make(outputs)))
}

/// How a render stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderProgress {
    /// The beat.
    pub beat: BeatId,
    /// What it is for.
    pub purpose: RenderPurpose,
    /// Where it stands.
    pub state: RenderState,
    /// How much is done, in parts per million.
    pub progress_ppm: u32,
    /// Why it failed, a sentence for a person.
    pub failure: Option<String>,
}

/// How the latest renders of some beats stand: at most one for each beat and purpose. The caller has asked the policy about the beats.
pub async fn list_progress(db: &Db, beats: &[BeatId]) -> Result<Vec<RenderProgress>, StoreError> {
    let asked = list_asked(db, beats).await?;
    let running = asked.iter().filter(|(_, render)| render.state == RenderState::Running);
    let given_up = find_given_up(db, running.map(|(_, render)| render.claimed_by).collect()).await?;
    let mut latest: Vec<RenderProgress> = Vec::new();
    for (asked, render) in asked {
        if !latest.iter().any(|known| known.beat == asked.beat_id && known.purpose == render.purpose) {
            let given_up = given_up.get(&render.claimed_by).filter(|_| render.state == RenderState::Running);
            latest.push(RenderProgress {
                beat: asked.beat_id,
                purpose: render.purpose,
                state: if given_up.is_some() { RenderState::Failed } else { render.state },
                progress_ppm: u32::try_from(render.progress_ppm).unwrap_or(0),
                failure: given_up.cloned().or(render.failure),
            });
        }
    }
    Ok(latest)
}

/// Those of the jobs that claim a running render which were given up without ending it, each with why: in its last attempt the worker died, broke, or
/// ran out of time, and could write no more. A job that is retried claims its render again.
async fn find_given_up(db: &Db, claimants: Vec<JobId>) -> Result<HashMap<JobId, String>, StoreError> {
    if claimants.is_empty() {
        return Ok(HashMap::new());
    }
    let closed = job::Entity::find()
        .filter(job::Column::Id.is_in(claimants))
        .filter(job::Column::State.is_in([JobState::Dead, JobState::Cancelled]))
        .all(db)
        .await?;
    let why = |job: job::Model| (job.id, job.last_error.unwrap_or_else(|| GIVEN_UP.to_owned()));
    Ok(closed.into_iter().map(why).collect())
}
