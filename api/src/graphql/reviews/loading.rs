//! Batches of reviews. They are asked for ids that stand in rows which the caller has been shown.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    ids::{CommentId, ReviewId},
    reviews::{
        entity::{approval, comment, extra, reviewer, round},
        queries,
    },
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// Loads the rounds of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RoundsOf(pub(super) ReviewId);

/// Loads the reviewers of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ReviewersOf(pub(super) ReviewId);

/// Loads the extra rounds of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ExtrasOf(pub(super) ReviewId);

/// Loads the approvals of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ApprovalsOf(pub(super) ReviewId);

/// Loads the replies to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RepliesTo(pub(super) CommentId);

impl Loader<RoundsOf> for CallerLoader {
    type Value = Vec<round::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[RoundsOf]) -> Result<HashMap<RoundsOf, Self::Value>, Failure> {
        let reviews: Vec<ReviewId> = keys.iter().map(|key| key.0).collect();
        let found = queries::rounds_of_reviews(&self.caller.services.db, &reviews).await?;
        Ok(found.into_iter().map(|(review, rows)| (RoundsOf(review), rows)).collect())
    }
}

impl Loader<ReviewersOf> for CallerLoader {
    type Value = Vec<reviewer::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[ReviewersOf]) -> Result<HashMap<ReviewersOf, Self::Value>, Failure> {
        let reviews: Vec<ReviewId> = keys.iter().map(|key| key.0).collect();
        let found = queries::reviewers_of_reviews(&self.caller.services.db, &reviews).await?;
        Ok(found.into_iter().map(|(review, rows)| (ReviewersOf(review), rows)).collect())
    }
}

impl Loader<ExtrasOf> for CallerLoader {
    type Value = Vec<extra::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[ExtrasOf]) -> Result<HashMap<ExtrasOf, Self::Value>, Failure> {
        let reviews: Vec<ReviewId> = keys.iter().map(|key| key.0).collect();
        let found = queries::extras_of_reviews(&self.caller.services.db, &reviews).await?;
        Ok(found.into_iter().map(|(review, rows)| (ExtrasOf(review), rows)).collect())
    }
}

impl Loader<ApprovalsOf> for CallerLoader {
    type Value = Vec<approval::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[ApprovalsOf]) -> Result<HashMap<ApprovalsOf, Self::Value>, Failure> {
        let reviews: Vec<ReviewId> = keys.iter().map(|key| key.0).collect();
        let found = queries::approvals_of_reviews(&self.caller.services.db, &reviews).await?;
        Ok(found.into_iter().map(|(review, rows)| (ApprovalsOf(review), rows)).collect())
    }
}

impl Loader<RepliesTo> for CallerLoader {
    type Value = Vec<comment::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[RepliesTo]) -> Result<HashMap<RepliesTo, Self::Value>, Failure> {
        let comments: Vec<CommentId> = keys.iter().map(|key| key.0).collect();
        let found = queries::replies_of_comments(&self.caller.services.db, &comments).await?;
        Ok(found.into_iter().map(|(comment, rows)| (RepliesTo(comment), rows)).collect())
    }
}
