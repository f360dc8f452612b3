//! Choosing profiles, and ordering masters to them.

use std::collections::BTreeSet;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::hold_plan;
use crate::{
    actor::Ctx,
    catalog::Sha256,
    ids::{ProjectId, SongId},
    masters::{
        MasterError,
        entity::{MasterProfile, MasterState, choice, delivery, master},
        queries, rules,
    },
    outbox::{self, Job},
    policy::{Action, visible},
    production::entity::{project, song},
    report::StoreError,
    reviews::{self, entity::approval},
    store::Tx,
};

/// The most masters of one profile of a delivery.
const MAX_NUMBER: i32 = 1_000;

/// Chooses the profiles to which each mix of a project is mastered by itself as soon as it is approved; none ends that.
///
/// # Errors
/// If the caller may not, or there is no such project.
pub async fn set_plan(
    tx: &Tx,
    ctx: &Ctx,
    project: ProjectId,
    profiles: &BTreeSet<MasterProfile>,
) -> Result<(), MasterError> {
    let found = project::Entity::find_by_id(project).one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
    let project = found.ok_or(MasterError::NotFound { what: "project", field: "project" })?;
    hold_plan(tx, ctx, project.id, project.studio_id).await?;
    choice::Entity::delete_many().filter(choice::Column::ProjectId.eq(project.id)).exec(tx).await?;
    for profile in profiles {
        let row = choice::Model { project_id: project.id, profile: *profile };
        row.into_active_model().insert(tx).await?;
    }
    Ok(())
}

/// Orders the masters of a song's approved mix: to these profiles, to those of the project's plan, or to those that everybody begins with. Ordered again, what
/// failed is made again, and what says something else in its tags by now is made anew; the rest stays.
///
/// # Errors
/// If the caller may not, there is no such song, none of its versions is approved, or no profile is named.
pub async fn order_masters(
    tx: &Tx,
    ctx: &Ctx,
    song: SongId,
    profiles: Option<&BTreeSet<MasterProfile>>,
) -> Result<delivery::Model, MasterError> {
    let found = song::Entity::find_by_id(song).one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
    let song = found.ok_or(MasterError::NotFound { what: "song", field: "song" })?;
    if profiles.is_some_and(BTreeSet::is_empty) {
        return Err(MasterError::NoProfiles);
    }
    hold_plan(tx, ctx, song.project_id, song.studio_id).await?;
    let approval = reviews::queries::find_approval(tx, song.id).await?.ok_or(MasterError::NotApproved)?;
    let chosen = match profiles {
        Some(profiles) => profiles.clone(),
        None => planned(tx, song.project_id).await?,
    };
    let chosen = if chosen.is_empty() { rules::DEFAULT_PROFILES.into() } else { chosen };
    let delivery = open(tx, ctx, &song, &approval).await?;
    let tags = queries::tags_of(tx, &song).await?.sha256();
    for profile in chosen {
        if !ask(tx, ctx, &delivery, profile, &tags).await? {
            return Err(MasterError::TooOften);
        }
    }
    Ok(delivery)
}

/// A mix was approved: its masters are ordered, if its project wants any by itself. For reviews, which hold the review.
pub(crate) async fn order_planned(tx: &Tx, ctx: &Ctx, approval: &approval::Model) -> Result<(), StoreError> {
    let Some(song) = song::Entity::find_by_id(approval.song_id).one(tx).await? else { return Ok(()) };
    let chosen = planned(tx, song.project_id).await?;
    if chosen.is_empty() {
        return Ok(());
    }
    hold_plan(tx, ctx, song.project_id, song.studio_id).await?;
    let delivery = open(tx, ctx, &song, approval).await?;
    let tags = queries::tags_of(tx, &song).await?.sha256();
    for profile in chosen {
        ask(tx, ctx, &delivery, profile, &tags).await?;
    }
    Ok(())
}

async fn planned(tx: &Tx, project: ProjectId) -> Result<BTreeSet<MasterProfile>, StoreError> {
    Ok(queries::profiles_of(tx, project).await?.into_iter().collect())
}

/// The delivery of an approval, begun if there is none. The plan is held.
async fn open(
    tx: &Tx,
    ctx: &Ctx,
    song: &song::Model,
    approval: &approval::Model,
) -> Result<delivery::Model, StoreError> {
    let of_round = delivery::Entity::find().filter(delivery::Column::RoundId.eq(approval.round_id));
    if let Some(known) = of_round.one(tx).await? {
        return Ok(known);
    }
    let row = delivery::Model {
        id: ctx.env.id(),
        studio_id: song.studio_id,
        project_id: song.project_id,
        song_id: song.id,
        version_id: approval.version_id,
        round_id: approval.round_id,
        ordered_by: ctx.actor.user(),
        ordered_at: ctx.env.now(),
    };
    row.clone().into_active_model().insert(tx).await?;
    Ok(row)
}

/// Has a master of a profile made, unless one is there that says in its tags what is true, or one is being made. False if it was made too often. The plan is
/// held.
async fn ask(
    tx: &Tx,
    ctx: &Ctx,
    delivery: &delivery::Model,
    profile: MasterProfile,
    tags: &Sha256,
) -> Result<bool, StoreError> {
    let last = master::Entity::find()
        .filter(master::Column::DeliveryId.eq(delivery.id))
        .filter(master::Column::Profile.eq(profile))
        .order_by_desc(master::Column::Number)
        .one(tx)
        .await?;
    if last.as_ref().is_some_and(|last| rules::is_current(last, tags)) {
        return Ok(true);
    }
    let number = last.map_or(1, |last| last.number.saturating_add(1));
    if number > MAX_NUMBER {
        return Ok(false);
    }
    let row = master::Model {
        id: ctx.env.id(),
        studio_id: delivery.studio_id,
        delivery_id: delivery.id,
        profile,
        number,
        state: MasterState::Waiting,
        refusal: None,
        asset_id: None,
        tags_sha256: None,
        qc: None,
        ordered_at: ctx.env.now(),
        settled_at: None,
    };
    let job = Job::RenderMaster { master: row.id };
    row.into_active_model().insert(tx).await?;
    outbox::put(tx, ctx, Some(delivery.studio_id), &job).await?;
    Ok(true)
}
