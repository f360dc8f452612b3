//! What is said and done in reviews.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{AssetId, CommentId, MixVersionId, ReviewRoundId, ReviewStepId, ReviewerId, UserId},
    reviews::entity::{comment, step},
};

use super::loading::RepliesTo;
use crate::graphql::{
    errors::Failure,
    loader,
    mixes::MixVersion,
    scalars::{Id, Int64},
};

/// A comment on a version under review.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct ReviewComment {
    /// The id.
    pub id: Id<CommentId>,
    /// Who said it.
    pub author: String,
    /// The reviewer who did; absent if the studio did.
    pub reviewer_id: Option<Id<ReviewerId>>,
    /// Where it points, in milliseconds; absent if it is about all of the version.
    pub from_ms: Option<Int64>,
    /// Where its range ends; absent if it is about a point.
    pub to_ms: Option<Int64>,
    /// What was written.
    pub words: Option<String>,
    /// What was spoken: a voice note, whose state tells whether it can be heard.
    pub voice_asset_id: Option<Id<AssetId>>,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// When it was marked as settled; absent if it is not.
    pub resolved_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    row: CommentId,
    #[graphql(skip)]
    version: MixVersionId,
}

impl From<comment::Model> for ReviewComment {
    fn from(row: comment::Model) -> Self {
        Self {
            id: row.id.into(),
            author: row.author,
            reviewer_id: row.reviewer_id.map(Id::from),
            from_ms: row.from_ms.map(Int64),
            to_ms: row.to_ms.map(Int64),
            words: row.words,
            voice_asset_id: row.voice_asset_id.map(Id::from),
            at: row.at,
            resolved_at: row.resolved_at,
            row: row.id,
            version: row.version_id,
        }
    }
}

#[ComplexObject]
impl ReviewComment {
    /// The version that it is about.
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<MixVersion>, Failure> {
        Ok(loader(ctx)?.load_one(self.version).await?.map(MixVersion::from))
    }

    /// The replies to it, in the order in which they were given.
    async fn replies(&self, ctx: &Context<'_>) -> Result<Vec<ReviewReply>, Failure> {
        let rows = loader(ctx)?.load_one(RepliesTo(self.row)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(ReviewReply::from).collect())
    }
}

/// A reply to a comment.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ReviewReply {
    /// The id.
    pub id: Id<CommentId>,
    /// Who said it.
    pub author: String,
    /// The reviewer who did; absent if the studio did.
    pub reviewer_id: Option<Id<ReviewerId>>,
    /// What was written.
    pub words: Option<String>,
    /// What was spoken.
    pub voice_asset_id: Option<Id<AssetId>>,
    /// When it was said.
    pub at: DateTime<Utc>,
}

impl From<comment::Model> for ReviewReply {
    fn from(row: comment::Model) -> Self {
        Self {
            id: row.id.into(),
            author: row.author,
            reviewer_id: row.reviewer_id.map(Id::from),
            words: row.words,
            voice_asset_id: row.voice_asset_id.map(Id::from),
            at: row.at,
        }
    }
}

/// Who has done a step of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::reviews::entity::StepSide")]
pub enum ReviewSide {
    /// Somebody by their link.
    Reviewer,
    /// The studio.
    Studio,
    /// The program itself.
    House,
}

/// What a step of a review was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::reviews::entity::StepAct")]
pub enum ReviewAct {
    /// The review was opened.
    Opened,
    /// Its terms were changed.
    TermsChanged,
    /// Somebody was invited, or mailed their link once more.
    Invited,
    /// A link was revoked.
    Revoked,
    /// Who decides was named.
    DeciderNamed,
    /// A version was sent for review.
    Sent,
    /// A comment was marked as settled.
    Resolved,
    /// A comment was marked as unsettled again.
    Reopened,
    /// Somebody who does not decide would approve.
    InFavour,
    /// Somebody who does not decide would have it revised.
    Against,
    /// A revision was asked for.
    RevisionAsked,
    /// The version was approved.
    Approved,
    /// An extra round was agreed upon, at a price.
    ExtraAgreed,
    /// The studio granted an extra round.
    ExtraGranted,
    /// The decider was reminded that silence approves.
    Warned,
    /// Silence approved the version.
    SignedOff,
}

/// A step of a review.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ReviewStep {
    /// The id.
    pub id: Id<ReviewStepId>,
    /// Who did it.
    pub side: ReviewSide,
    /// What it was.
    pub act: ReviewAct,
    /// The reviewer who did it, or whom it is about.
    pub reviewer_id: Option<Id<ReviewerId>>,
    /// The studio's member who did it.
    pub user_id: Option<Id<UserId>>,
    /// The round that it belongs to.
    pub round_id: Option<Id<ReviewRoundId>>,
    /// The version that it is about.
    pub version_id: Option<Id<MixVersionId>>,
    /// The comment that it is about.
    pub comment_id: Option<Id<CommentId>>,
    /// What was said with it.
    pub words: Option<String>,
    /// The network address that it came from, if a reviewer did it.
    pub ip: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<step::Model> for ReviewStep {
    fn from(row: step::Model) -> Self {
        Self {
            id: row.id.into(),
            side: row.side.into(),
            act: row.act.into(),
            reviewer_id: row.reviewer_id.map(Id::from),
            user_id: row.user_id.map(Id::from),
            round_id: row.round_id.map(Id::from),
            version_id: row.version_id.map(Id::from),
            comment_id: row.comment_id.map(Id::from),
            words: row.words,
            ip: row.ip,
            at: row.at,
        }
    }
}
