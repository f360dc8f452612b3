//! Reviews as the studio sees them: opened on terms, versions sent, comments answered. Reviewers have pages of their own, by their mailed links.

mod loading;
pub mod mutations;
pub mod said;
pub mod types;

use async_graphql::{Context, Object};
use domain::{
    ids::{MixVersionId, ProjectId, ReviewId, SongId, StudioId},
    reviews::{
        levels,
        queries::{self, CommentFilter},
        rules::Terms,
    },
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::Id,
};
use crate::caller::Caller;
pub use mutations::ReviewsMutation;
pub use said::{ReviewAct, ReviewComment, ReviewReply, ReviewSide, ReviewStep};
pub use types::{
    ExtraRound, LeveledVersion, MixApproval, Review, ReviewRound, ReviewState, ReviewTerms, Reviewer, RoundOutcome,
};

/// Queries about reviews.
#[derive(Debug, Default)]
pub struct ReviewsQuery;

#[Object]
impl ReviewsQuery {
    /// A review.
    async fn review(&self, ctx: &Context<'_>, id: Id<ReviewId>) -> Result<Option<Review>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_review(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(Review::from))
    }

    /// The review of a song's mix; absent if it was not opened.
    async fn review_of_song(&self, ctx: &Context<'_>, song: Id<SongId>) -> Result<Option<Review>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_review_of_song(&caller.services.db, &caller.ctx, song.named("song")?).await?;
        Ok(found.map(Review::from))
    }

    /// A studio's reviews, newest first; of one state, if one is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        state: Option<ReviewState>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Review>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let state = state.map(Into::into);
        let rows = queries::list_reviews(&caller.services.db, &caller.ctx, studio, state, request).await?;
        Ok(connection(rows, |row| row.id, Review::from))
    }

    /// The terms on which the reviews of a project's songs begin.
    async fn review_terms(&self, ctx: &Context<'_>, project: Id<ProjectId>) -> Result<ReviewTerms, Failure> {
        let caller = caller(ctx)?;
        let set = queries::find_project_terms(&caller.services.db, &caller.ctx, project.named("project")?).await?;
        Ok(set.map_or_else(|| Terms::default().into(), ReviewTerms::from))
    }

    /// The versions of a review as they are heard side by side: each turned down to the level of the quietest. One that is missing is still being rendered.
    async fn review_levels(&self, ctx: &Context<'_>, review: Id<ReviewId>) -> Result<Vec<LeveledVersion>, Failure> {
        let caller = caller(ctx)?;
        let review = shown(caller, &review).await?;
        let mut heard: Vec<_> = levels::find_heard(&caller.services.db, review).await?.into_values().collect();
        heard.sort_by_key(|row| row.version_id);
        Ok(heard.into_iter().map(LeveledVersion::from).collect())
    }

    /// The comments of a review without replies, newest first; on one version or unsettled alone, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn review_comments(
        &self,
        ctx: &Context<'_>,
        review: Id<ReviewId>,
        version: Option<Id<MixVersionId>>,
        #[graphql(default)] unsettled: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<ReviewComment>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let version = version.map(|version| version.named("version")).transpose()?;
        let filter = CommentFilter { review: shown(caller, &review).await?, version, unsettled };
        let rows = queries::list_comments(&caller.services.db, filter, request).await?;
        Ok(connection(rows, |row| row.id, ReviewComment::from))
    }

    /// What was done in a review, newest first, with who did it, when, and from where.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn review_steps(
        &self,
        ctx: &Context<'_>,
        review: Id<ReviewId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<ReviewStep>, Failure> {
        let caller = caller(ctx)?;
        let (review, request) = (review.named("review")?, page(first, after, last, before)?);
        let rows = queries::list_steps(&caller.services.db, &caller.ctx, review, request).await?;
        Ok(connection(rows, |row| row.id, ReviewStep::from))
    }
}

/// The id of a review that the caller may see.
async fn shown(caller: &Caller, review: &Id<ReviewId>) -> Result<ReviewId, Failure> {
    let found = queries::find_review(&caller.services.db, &caller.ctx, review.named("review")?).await?;
    Ok(found.ok_or_else(|| Failure::not_found("review"))?.id)
}
