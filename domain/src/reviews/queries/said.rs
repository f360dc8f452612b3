//! What was said, and what was done.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::find_review;
use crate::{
    actor::Ctx,
    ids::{CommentId, MixVersionId, ReviewId, ReviewStepId, ReviewerId},
    page::{self, Page, PageRequest},
    report::StoreError,
    reviews::{
        ReviewError,
        entity::{StepAct, comment, round, step},
    },
    store::Db,
};

/// Which comments are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommentFilter {
    /// Of one review.
    pub review: ReviewId,
    /// On one version alone.
    pub version: Option<MixVersionId>,
    /// Those alone that are not settled.
    pub unsettled: bool,
}

/// The comments of a review, without replies, newest first. For whoever was shown the review: its studio, or who holds a link.
pub async fn list_comments(
    db: &Db,
    filter: CommentFilter,
    request: PageRequest<CommentId>,
) -> Result<Page<comment::Model>, StoreError> {
    let mut query = comment::Entity::find().filter(comment::Column::ParentId.is_null());
    query = match filter.version {
        // By the index of the version, which stands for its review.
        Some(version) => {
            query.filter(comment::Column::VersionId.eq(version)).filter(comment::Column::ReviewId.eq(filter.review))
        }
        None => query.filter(comment::Column::ReviewId.eq(filter.review)),
    };
    if filter.unsettled {
        query = query.filter(comment::Column::ResolvedAt.is_null());
    }
    page::fetch(db, query, comment::Column::Id, request).await
}

/// How many comments, without replies, versions have. For whoever was shown them.
pub async fn count_comments(
    db: &impl ConnectionTrait,
    versions: &[MixVersionId],
) -> Result<HashMap<MixVersionId, i64>, StoreError> {
    let counted: Vec<(MixVersionId, i64)> = comment::Entity::find()
        .select_only()
        .column(comment::Column::VersionId)
        .column_as(comment::Column::Id.count(), "comments")
        .filter(comment::Column::VersionId.is_in(versions.iter().copied()))
        .filter(comment::Column::ParentId.is_null())
        .group_by(comment::Column::VersionId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counted.into_iter().collect())
}

/// The comments that point into a version, in the order of their places: at most so many. For whoever was shown the version.
pub async fn placed_comments(
    db: &impl ConnectionTrait,
    version: MixVersionId,
    limit: u64,
) -> Result<Vec<comment::Model>, StoreError> {
    let rows = comment::Entity::find()
        .filter(comment::Column::VersionId.eq(version))
        .filter(comment::Column::FromMs.is_not_null())
        .order_by_asc(comment::Column::FromMs)
        .order_by_asc(comment::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows)
}

/// The replies to comments, in the order in which they were given. For whoever was shown the comments.
pub async fn replies_of_comments(
    db: &impl ConnectionTrait,
    comments: &[CommentId],
) -> Result<HashMap<CommentId, Vec<comment::Model>>, StoreError> {
    let rows = comment::Entity::find()
        .filter(comment::Column::ParentId.is_in(comments.iter().copied()))
        .order_by_asc(comment::Column::Id)
        .all(db)
        .await?;
    let mut replies: HashMap<CommentId, Vec<comment::Model>> = HashMap::new();
    for row in rows {
        if let Some(parent) = row.parent_id {
            replies.entry(parent).or_default().push(row);
        }
    }
    Ok(replies)
}

/// A comment or reply of a review by its id. For whoever was shown the review.
pub async fn find_comment(
    db: &impl ConnectionTrait,
    review: ReviewId,
    id: CommentId,
) -> Result<Option<comment::Model>, StoreError> {
    let found = comment::Entity::find_by_id(id).one(db).await?;
    Ok(found.filter(|comment| comment.review_id == review))
}

/// The steps of a review, newest first, for its studio.
pub async fn list_steps(
    db: &Db,
    ctx: &Ctx,
    review: ReviewId,
    request: PageRequest<ReviewStepId>,
) -> Result<Page<step::Model>, ReviewError> {
    let none = ReviewError::NotFound { what: "review", field: "review" };
    let review = find_review(db, ctx, review).await?.ok_or(none)?;
    let query = step::Entity::find().filter(step::Column::ReviewId.eq(review.id));
    Ok(page::fetch(db, query, step::Column::Id, request).await?)
}

/// The steps of a round, in their order. For whoever was shown the review.
pub async fn steps_of_round(db: &impl ConnectionTrait, round: &round::Model) -> Result<Vec<step::Model>, StoreError> {
    let rows = step::Entity::find()
        .filter(step::Column::ReviewId.eq(round.review_id))
        .filter(step::Column::RoundId.eq(round.id))
        .order_by_asc(step::Column::Id)
        .all(db)
        .await?;
    Ok(rows)
}

/// What those who do not decide have said last in a round: in favour or against. For whoever was shown the review.
pub async fn opinions(
    db: &impl ConnectionTrait,
    round: &round::Model,
) -> Result<HashMap<ReviewerId, step::Model>, StoreError> {
    let rows = steps_of_round(db, round).await?.into_iter();
    let said = rows.filter(|row| matches!(row.act, StepAct::InFavour | StepAct::Against));
    // The last stands.
    Ok(said.filter_map(|row| Some((row.reviewer_id?, row))).collect())
}
