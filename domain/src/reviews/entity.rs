//! Tables of reviews.

mod said;

use crate::text_enum;

pub use said::{comment, step};

text_enum! {
    /// Where a review stands.
    pub enum ReviewState {
        /// No version has been sent yet.
        Preparing = "preparing",
        /// A version is under review.
        Open = "open",
        /// A revision was asked for; the studio is to send the next version.
        Revising = "revising",
        /// The version that was under review is approved.
        Approved = "approved",
    }
}

text_enum! {
    /// How a round ended.
    pub enum RoundOutcome {
        /// Its version was approved.
        Approved = "approved",
        /// A revision was asked for.
        Revision = "revision",
    }
}

text_enum! {
    /// Who has done a step.
    pub enum StepSide {
        /// Somebody by their link.
        Reviewer = "reviewer",
        /// The studio.
        Studio = "studio",
        /// The program itself.
        House = "house",
    }
}

text_enum! {
    /// What a step was.
    pub enum StepAct {
        /// The review was opened.
        Opened = "opened",
        /// Its terms were changed.
        TermsChanged = "terms_changed",
        /// Somebody was invited, or mailed their link once more.
        Invited = "invited",
        /// A link was revoked.
        Revoked = "revoked",
        /// Who decides was named.
        DeciderNamed = "decider_named",
        /// A version was sent for review.
        Sent = "sent",
        /// A comment was marked as settled.
        Resolved = "resolved",
        /// A comment was marked as unsettled again.
        Reopened = "reopened",
        /// Somebody who does not decide would approve.
        InFavour = "in_favour",
        /// Somebody who does not decide would have it revised.
        Against = "against",
        /// A revision was asked for.
        RevisionAsked = "revision_asked",
        /// The version was approved.
        Approved = "approved",
        /// An extra round was agreed upon, at a price.
        ExtraAgreed = "extra_agreed",
        /// The studio granted an extra round.
        ExtraGranted = "extra_granted",
        /// The decider was reminded that silence approves.
        Warned = "warned",
        /// Silence approved the version.
        SignedOff = "signed_off",
    }
}

text_enum! {
    /// What a mail about a round tells.
    pub enum ReviewNotice {
        /// A version is there to be heard.
        Sent = "sent",
        /// Half the time to decide is over.
        HalfTime = "half_time",
        /// The last day to decide begins.
        LastDay = "last_day",
        /// A revision was asked for.
        Revision = "revision",
        /// The version was approved.
        Approved = "approved",
        /// Silence approved the version.
        SignedOff = "signed_off",
    }
}

pub mod terms {
    //! The terms of a project's reviews.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ProjectId, StudioId},
        money::Currency,
    };

    /// On which terms the reviews of a project's songs begin.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_terms")]
    pub struct Model {
        /// The project.
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: ProjectId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// How many rounds are included.
        pub rounds: i32,
        /// What an extra round costs, in minor units; none if none is for sale.
        pub extra_price_minor: Option<i64>,
        /// The currency of that.
        pub currency: Option<Currency>,
        /// After how many days silence approves; never, if none.
        pub sign_off_days: Option<i32>,
        /// When they were set.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod review {
    //! Reviews.
    use sea_orm::entity::prelude::*;

    use super::ReviewState;
    use crate::{
        env::Instant,
        ids::{ReviewId, SongId, StudioId},
        money::{Currency, Money},
    };

    /// The review of a song's mix; one of a song.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reviews")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReviewId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The song.
        pub song_id: SongId,
        /// Where it stands.
        pub state: ReviewState,
        /// How many rounds are included; extra ones come on top.
        pub rounds: i32,
        /// What an extra round costs, in minor units; none if none is for sale.
        pub extra_price_minor: Option<i64>,
        /// The currency of that.
        pub currency: Option<Currency>,
        /// After how many days silence approves; never, if none.
        pub sign_off_days: Option<i32>,
        /// When it was opened.
        pub opened_at: Instant,
    }

    impl Model {
        /// What an extra round costs; none if none is for sale.
        pub fn extra_price(&self) -> Option<Money> {
            self.extra_price_minor.zip(self.currency).map(|(minor, currency)| Money::new(minor, currency))
        }
    }

    crate::plain_entity!();
}

pub mod reviewer {
    //! Who listens.
    use sea_orm::entity::prelude::*;

    use crate::{
        email::EmailAddress,
        env::Instant,
        ids::{ReviewId, ReviewerId, StudioId},
    };

    /// Somebody who listens in a review, by a link of their own.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reviewers")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReviewerId,
        /// The review.
        pub review_id: ReviewId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Their name.
        pub name: String,
        /// Where their link is mailed.
        pub email: EmailAddress,
        /// The address in the form by which it is compared: of one mailbox one link of a review stands.
        pub email_key: String,
        /// Whether their word decides; one in a review does.
        pub decides: bool,
        /// When they were first invited.
        pub invited_at: Instant,
        /// Until when their link opens the review.
        pub expires_at: Instant,
        /// When the studio revoked it.
        pub revoked_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod round {
    //! Rounds.
    use sea_orm::entity::prelude::*;

    use super::RoundOutcome;
    use crate::{
        env::Instant,
        ids::{MixVersionId, ReviewId, ReviewRoundId, ReviewerId, StudioId},
    };

    /// A round: it begins with a version that is sent, and ends with an approval or a revision.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_rounds")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReviewRoundId,
        /// The review.
        pub review_id: ReviewId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its number, from 1.
        pub number: i32,
        /// The version that it is about now; the studio may replace it while the round is open.
        pub version_id: MixVersionId,
        /// When it began.
        pub began_at: Instant,
        /// Since when the time to decide runs: since it began, the version was replaced, or another decides.
        pub clock_from: Instant,
        /// After how many days silence approves; never, if none.
        pub sign_off_days: Option<i32>,
        /// When the decider was told that half the time is over.
        pub half_told_at: Option<Instant>,
        /// When the decider was told that the last day begins.
        pub last_told_at: Option<Instant>,
        /// How it ended; none while it is open.
        pub outcome: Option<RoundOutcome>,
        /// Who decided; nobody if it is open, or silence did.
        pub decided_by: Option<ReviewerId>,
        /// When it ended.
        pub decided_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod sent {
    //! What was sent for review.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{MixVersionId, ReviewId, ReviewRoundId, StudioId, UserId},
    };

    /// A version that was sent for review. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_versions")]
    pub struct Model {
        /// The version.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version_id: MixVersionId,
        /// The review.
        pub review_id: ReviewId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The round.
        pub round_id: ReviewRoundId,
        /// Who of the studio sent it; none if a program did.
        pub sent_by: Option<UserId>,
        /// When.
        pub sent_at: Instant,
    }

    crate::plain_entity!();
}

pub mod level {
    //! Versions at the level at which they are compared.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{AssetId, MixVersionId, StudioId},
    };

    /// A version, turned down so that it is as loud as those beside it. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_levels")]
    pub struct Model {
        /// The version.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version_id: MixVersionId,
        /// By how much it was turned down, in thousandths of dB, 0 or less.
        #[sea_orm(primary_key, auto_increment = false)]
        pub gain_mdb: i32,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The file that is heard.
        pub asset_id: AssetId,
        /// Its integrated loudness as it is heard, in thousandths of LUFS.
        pub loudness_mlufs: i32,
        /// When it was made.
        pub made_at: Instant,
    }

    crate::plain_entity!();
}

pub mod extra {
    //! Extra rounds.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ExtraRoundId, ReviewId, ReviewerId, StudioId, UserId},
        money::{Currency, Money},
    };

    /// An extra round: agreed upon by the decider at its price, for the studio to bill, or granted by the studio. The database refuses to change or delete
    /// it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_extras")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ExtraRoundId,
        /// The review.
        pub review_id: ReviewId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What it costs, in minor units.
        pub price_minor: i64,
        /// The currency of that.
        pub currency: Currency,
        /// The decider who agreed; none if the studio granted it.
        pub agreed_by: Option<ReviewerId>,
        /// Who of the studio granted it.
        pub granted_by: Option<UserId>,
        /// The network address that it was agreed from.
        pub ip: Option<String>,
        /// The browser likewise.
        pub user_agent: Option<String>,
        /// When.
        pub agreed_at: Instant,
    }

    impl Model {
        /// What it costs.
        pub const fn price(&self) -> Money {
            Money::new(self.price_minor, self.currency)
        }
    }

    crate::plain_entity!();
}

pub mod approval {
    //! Approvals.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{MixVersionId, ReviewId, ReviewRoundId, ReviewerId, SongId, StudioId},
    };

    /// A version that was approved: what a delivery may build on. The database refuses to change or delete it, and holds it against its round.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mix_approvals")]
    pub struct Model {
        /// The round that it ended.
        #[sea_orm(primary_key, auto_increment = false)]
        pub round_id: ReviewRoundId,
        /// The review.
        pub review_id: ReviewId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The song.
        pub song_id: SongId,
        /// The version.
        pub version_id: MixVersionId,
        /// Who approved it; nobody if silence did.
        pub approved_by: Option<ReviewerId>,
        /// When.
        pub approved_at: Instant,
    }

    crate::plain_entity!();
}
