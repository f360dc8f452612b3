//! Choosing songs: candidates, and the votes on them.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{hold_open, hold_open_part, references, require_party, songs};
use crate::{
    actor::Ctx,
    ids::{AssetId, PartyId, ProjectId, SongCandidateId},
    policy::Action,
    production::{
        ProductionError,
        entity::{CandidateState, Vote, candidate, vote},
        rules::{self, MAX_CANDIDATES},
    },
    store::Tx,
};

/// A song that may be chosen, as entered; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateInput {
    /// The project.
    pub project: ProjectId,
    /// What it is called.
    pub title: String,
    /// What is said of it.
    pub notes: String,
    /// Where a demo can be heard.
    pub url: Option<String>,
    /// A demo.
    pub asset: Option<AssetId>,
}

/// Proposes a song.
///
/// # Errors
/// If the caller may not, the project is over or full, or the file is not the studio's or none to be listened to.
pub async fn add_candidate(tx: &Tx, ctx: &Ctx, input: CandidateInput) -> Result<candidate::Model, ProductionError> {
    let project = hold_open(tx, ctx, input.project, Action::WriteProduction).await?;
    let title = rules::title("title", &input.title)?;
    let notes = rules::text("notes", &input.notes)?;
    let url = input.url.as_deref().filter(|text| !text.trim().is_empty()).map(rules::url).transpose()?;
    references::require_audio(tx, project.studio_id, input.asset).await?;
    let of_project = candidate::Entity::find().filter(candidate::Column::ProjectId.eq(project.id));
    if of_project.count(tx).await? >= MAX_CANDIDATES as u64 {
        return Err(ProductionError::Full { what: "candidates", most: MAX_CANDIDATES });
    }
    let row = candidate::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(project.studio_id),
        project_id: Set(project.id),
        title: Set(title),
        notes: Set(notes),
        url: Set(url),
        asset_id: Set(input.asset),
        state: Set(CandidateState::Proposed),
        song_id: Set(None),
        created_at: Set(ctx.env.now()),
    };
    Ok(row.insert(tx).await?)
}

/// Votes on a candidate: the member who asks, or a party whose word a member records. Each has one vote; voting again changes it.
///
/// # Errors
/// If the caller may not, there is no such candidate, it is not to be voted on, the party is not the studio's, or a program names none.
pub async fn vote(
    tx: &Tx,
    ctx: &Ctx,
    id: SongCandidateId,
    party: Option<PartyId>,
    given: Vote,
) -> Result<candidate::Model, ProductionError> {
    let (project, candidate) = hold_open_part::<candidate::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    require_proposed(&candidate)?;
    let party = require_party(tx, project.studio_id, party, "party").await?;
    let voter = match (party, ctx.actor.user()) {
        (Some(party), _) => vote::Column::PartyId.eq(party),
        (None, Some(user)) => vote::Column::UserId.eq(user),
        (None, None) => return Err(ProductionError::NoVoter),
    };
    let of_candidate = vote::Entity::find().filter(vote::Column::CandidateId.eq(id));
    if let Some(standing) = of_candidate.filter(voter).one(tx).await? {
        let row = vote::ActiveModel { vote: Set(given), voted_at: Set(ctx.env.now()), ..standing.into_active_model() };
        row.update(tx).await?;
        return Ok(candidate);
    }
    let row = vote::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(project.studio_id),
        candidate_id: Set(id),
        user_id: Set(if party.is_some() { None } else { ctx.actor.user() }),
        party_id: Set(party),
        vote: Set(given),
        voted_at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(candidate)
}

/// Makes a song of a candidate, behind the others. Choosing a chosen one changes nothing.
///
/// # Errors
/// If the caller may not, there is no such candidate, it was dropped, or the project is over or has as many songs as it can have.
pub async fn choose_candidate(tx: &Tx, ctx: &Ctx, id: SongCandidateId) -> Result<candidate::Model, ProductionError> {
    let (project, candidate) = hold_open_part::<candidate::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    if candidate.state == CandidateState::Chosen {
        return Ok(candidate);
    }
    require_proposed(&candidate)?;
    let song = songs::enter_new(tx, ctx, &project, candidate.title.clone()).await?;
    let row = candidate::ActiveModel {
        state: Set(CandidateState::Chosen),
        song_id: Set(Some(song.id)),
        ..candidate.into_active_model()
    };
    Ok(row.update(tx).await?)
}

/// Drops a candidate; its votes stay. Dropping a dropped one changes nothing.
///
/// # Errors
/// If the caller may not, there is no such candidate, it was chosen, or the project is over.
pub async fn drop_candidate(tx: &Tx, ctx: &Ctx, id: SongCandidateId) -> Result<candidate::Model, ProductionError> {
    let (_, candidate) = hold_open_part::<candidate::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    if candidate.state == CandidateState::Dropped {
        return Ok(candidate);
    }
    require_proposed(&candidate)?;
    let row = candidate::ActiveModel { state: Set(CandidateState::Dropped), ..candidate.into_active_model() };
    Ok(row.update(tx).await?)
}

fn require_proposed(candidate: &candidate::Model) -> Result<(), ProductionError> {
    match candidate.state {
        CandidateState::Proposed => Ok(()),
        state => Err(ProductionError::Candidate { state }),
    }
}
