//! What is said in reviews, and what is done.

pub mod comment {
    //! Comments and replies.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{AssetId, CommentId, MixVersionId, ReviewId, ReviewerId, StudioId, UserId},
    };

    /// A comment on a version, at a point, on a range or on all of it; or a reply to one. The database lets nothing of it change but whether it is settled.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_comments")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CommentId,
        /// The review.
        pub review_id: ReviewId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The version that it is about.
        pub version_id: MixVersionId,
        /// The comment that it answers; none if it is no reply.
        pub parent_id: Option<CommentId>,
        /// Where it points, in milliseconds; none if it is about all of the version.
        pub from_ms: Option<i64>,
        /// Where its range ends, behind `from_ms`; none if it is about a point.
        pub to_ms: Option<i64>,
        /// What was written; none if it was only spoken.
        pub words: Option<String>,
        /// What was spoken: a voice note.
        pub voice_asset_id: Option<AssetId>,
        /// The name of who said it, as it was then.
        pub author: String,
        /// The reviewer who said it; none if the studio did.
        pub reviewer_id: Option<ReviewerId>,
        /// The studio's member who said it.
        pub user_id: Option<UserId>,
        /// The network address that it came from.
        pub ip: Option<String>,
        /// The browser that it came from.
        pub user_agent: Option<String>,
        /// When.
        pub at: Instant,
        /// When it was last marked as settled; none if it is not.
        pub resolved_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod step {
    //! What was done.
    use sea_orm::entity::prelude::*;

    use super::super::{StepAct, StepSide};
    use crate::{
        env::Instant,
        ids::{CommentId, MixVersionId, ReviewId, ReviewRoundId, ReviewStepId, ReviewerId, StudioId, UserId},
    };

    /// A step of a review. The database refuses to change or delete it. What is said is a step of its own kind: a [`comment`](super::comment).
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_steps")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReviewStepId,
        /// The review.
        pub review_id: ReviewId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Who did it.
        pub side: StepSide,
        /// What it was.
        pub act: StepAct,
        /// The reviewer who did it, or whom it is about.
        pub reviewer_id: Option<ReviewerId>,
        /// The studio's member who did it.
        pub user_id: Option<UserId>,
        /// The round that it belongs to.
        pub round_id: Option<ReviewRoundId>,
        /// The version that it is about.
        pub version_id: Option<MixVersionId>,
        /// The comment that it is about.
        pub comment_id: Option<CommentId>,
        /// What was said with it.
        pub words: Option<String>,
        /// The network address that it came from, if a reviewer did it.
        pub ip: Option<String>,
        /// The browser likewise.
        pub user_agent: Option<String>,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}
