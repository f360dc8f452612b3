//! Choosing songs: candidates, and the votes on them.

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{AssetId, PartyId, ProjectId, SongCandidateId, SongId, UserId},
    production::{
        commands::{self, CandidateInput},
        entity::{Vote as DomainVote, candidate, vote},
    },
};

use super::{
    ProjectMember, Song,
    loading::{SongById, VotesOf},
    member_of, optional, party_of,
};
use crate::{
    caller::Caller,
    graphql::{caller, catalog::Asset, errors::Failure, loader, parties::Party, scalars::Id},
    payload,
};

/// Where a candidate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::CandidateState")]
pub enum CandidateState {
    /// It can be voted on.
    Proposed,
    /// It has become a song of the project.
    Chosen,
    /// It is none of them.
    Dropped,
}

/// What somebody says of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::Vote")]
pub enum SongVote {
    /// Make it.
    Yes,
    /// Leave it.
    No,
}

/// A song that may be chosen for a project.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct SongCandidate {
    /// The id.
    pub id: Id<SongCandidateId>,
    /// What it is called.
    pub title: String,
    /// What is said of it.
    pub notes: String,
    /// Where a demo can be heard.
    pub url: Option<String>,
    /// Where it stands.
    pub state: CandidateState,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    key: SongCandidateId,
    #[graphql(skip)]
    asset: Option<AssetId>,
    #[graphql(skip)]
    song: Option<SongId>,
}

impl From<candidate::Model> for SongCandidate {
    fn from(row: candidate::Model) -> Self {
        Self {
            id: row.id.into(),
            title: row.title,
            notes: row.notes,
            url: row.url,
            state: row.state.into(),
            created_at: row.created_at,
            key: row.id,
            asset: row.asset_id,
            song: row.song_id,
        }
    }
}

#[ComplexObject]
impl SongCandidate {
    /// A demo.
    async fn asset(&self, ctx: &Context<'_>) -> Result<Option<Asset>, Failure> {
        let Some(id) = self.asset else { return Ok(None) };
        Ok(loader(ctx)?.load_one(id).await?.map(Asset::from))
    }

    /// The song that it has become.
    async fn song(&self, ctx: &Context<'_>) -> Result<Option<Song>, Failure> {
        let Some(id) = self.song else { return Ok(None) };
        Ok(loader(ctx)?.load_one(SongById(id)).await?.map(Song::from))
    }

    /// The votes on it, one of each who voted, in the order in which they were last given.
    async fn votes(&self, ctx: &Context<'_>) -> Result<Vec<CandidateVote>, Failure> {
        let votes = loader(ctx)?.load_one(VotesOf(self.key)).await?.unwrap_or_default();
        Ok(votes.into_iter().map(CandidateVote::from).collect())
    }

    /// How many say yes.
    async fn yes(&self, ctx: &Context<'_>) -> Result<i32, Failure> {
        self.count(ctx, DomainVote::Yes).await
    }

    /// How many say no.
    async fn no(&self, ctx: &Context<'_>) -> Result<i32, Failure> {
        self.count(ctx, DomainVote::No).await
    }
}

impl SongCandidate {
    async fn count(&self, ctx: &Context<'_>, wanted: DomainVote) -> Result<i32, Failure> {
        let votes = loader(ctx)?.load_one(VotesOf(self.key)).await?.unwrap_or_default();
        let count = votes.iter().filter(|row| row.vote == wanted).count();
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// A vote on a candidate.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct CandidateVote {
    /// What they say.
    pub vote: SongVote,
    /// When they last said it.
    pub voted_at: DateTime<Utc>,
    #[graphql(skip)]
    user: Option<UserId>,
    #[graphql(skip)]
    voter: Option<PartyId>,
}

impl From<vote::Model> for CandidateVote {
    fn from(row: vote::Model) -> Self {
        Self { vote: row.vote.into(), voted_at: row.voted_at, user: row.user_id, voter: row.party_id }
    }
}

#[ComplexObject]
impl CandidateVote {
    /// The member who voted; absent if a party did.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<ProjectMember>, Failure> {
        member_of(ctx, self.user).await
    }

    /// The party who voted; absent if a member did.
    async fn party(&self, ctx: &Context<'_>) -> Result<Option<Party>, Failure> {
        party_of(ctx, self.voter).await
    }
}

/// A song to be proposed.
#[derive(Debug, InputObject)]
pub struct AddSongCandidateInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// What it is called.
    pub title: String,
    /// What is said of it.
    #[graphql(default)]
    pub notes: String,
    /// Where a demo can be heard.
    pub url: Option<String>,
    /// A demo, uploaded as kind `source`.
    pub asset: Option<Id<AssetId>>,
}

/// A vote to be given.
#[derive(Debug, InputObject)]
pub struct VoteOnCandidateInput {
    /// The candidate.
    pub candidate: Id<SongCandidateId>,
    /// What is said of it.
    pub vote: SongVote,
    /// The party whose word it is; left out, the member who asks.
    pub party: Option<Id<PartyId>>,
}

payload! {
    /// What came of a mutation of a candidate.
    pub struct SongCandidatePayload {
        /// The candidate as it is now.
        candidate: SongCandidate
    }
}

/// Mutations of candidates.
#[derive(Debug, Default)]
pub struct SelectionMutation;

#[Object]
impl SelectionMutation {
    /// Proposes a song for a project.
    async fn add_song_candidate(
        &self,
        ctx: &Context<'_>,
        input: AddSongCandidateInput,
    ) -> Result<SongCandidatePayload, Failure> {
        SongCandidatePayload::of(add(caller(ctx)?, input).await)
    }

    /// Votes on a candidate: oneself, or for a party whose word is recorded. Each has one vote; voting again changes it.
    async fn vote_on_candidate(
        &self,
        ctx: &Context<'_>,
        input: VoteOnCandidateInput,
    ) -> Result<SongCandidatePayload, Failure> {
        SongCandidatePayload::of(vote_on(caller(ctx)?, &input).await)
    }

    /// Makes a song of a candidate, behind the others.
    async fn choose_candidate(
        &self,
        ctx: &Context<'_>,
        candidate: Id<SongCandidateId>,
    ) -> Result<SongCandidatePayload, Failure> {
        SongCandidatePayload::of(choose(caller(ctx)?, &candidate).await)
    }

    /// Drops a candidate; its votes stay.
    async fn drop_candidate(
        &self,
        ctx: &Context<'_>,
        candidate: Id<SongCandidateId>,
    ) -> Result<SongCandidatePayload, Failure> {
        SongCandidatePayload::of(drop_one(caller(ctx)?, &candidate).await)
    }
}

async fn add(caller: &Caller, input: AddSongCandidateInput) -> Result<candidate::Model, Failure> {
    let candidate = CandidateInput {
        project: input.project.named("project")?,
        title: input.title,
        notes: input.notes,
        url: input.url,
        asset: optional(input.asset.as_ref(), "asset")?,
    };
    Ok(in_transaction!(caller, tx => commands::add_candidate(&tx, &caller.ctx, candidate)))
}

async fn vote_on(caller: &Caller, input: &VoteOnCandidateInput) -> Result<candidate::Model, Failure> {
    let (id, party) = (input.candidate.named("candidate")?, optional(input.party.as_ref(), "party")?);
    Ok(in_transaction!(caller, tx => commands::vote(&tx, &caller.ctx, id, party, input.vote.into())))
}

async fn choose(caller: &Caller, candidate: &Id<SongCandidateId>) -> Result<candidate::Model, Failure> {
    let id = candidate.named("candidate")?;
    Ok(in_transaction!(caller, tx => commands::choose_candidate(&tx, &caller.ctx, id)))
}

async fn drop_one(caller: &Caller, candidate: &Id<SongCandidateId>) -> Result<candidate::Model, Failure> {
    let id = candidate.named("candidate")?;
    Ok(in_transaction!(caller, tx => commands::drop_candidate(&tx, &caller.ctx, id)))
}
