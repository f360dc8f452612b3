//! What reviews give.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    env::Instant,
    ids::{AssetId, ExtraRoundId, MixVersionId, ReviewId, ReviewRoundId, ReviewerId, SongId, UserId},
    reviews::{
        entity::{approval, extra, level, review, reviewer, round, terms},
        queries::clock_of,
        rules::Terms,
    },
};

use super::loading::{ApprovalsOf, ExtrasOf, ReviewersOf, RoundsOf};
use crate::graphql::{
    caller,
    errors::Failure,
    loader,
    mixes::MixVersion,
    scalars::{Id, Money},
};

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::reviews::entity::ReviewState")]
pub enum ReviewState {
    /// No version has been sent yet.
    Preparing,
    /// A version is under review.
    Open,
    /// A revision was asked for; the studio is to send the next version.
    Revising,
    /// The version that was under review is approved.
    Approved,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::reviews::entity::RoundOutcome")]
pub enum RoundOutcome {
    /// Its version was approved.
    Approved,
    /// A revision was asked for.
    Revision,
}

/// On which terms a review is held.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ReviewTerms {
    /// How many rounds are included.
    pub rounds: i32,
    /// What an extra round costs; absent if none is for sale.
    pub extra_price: Option<Money>,
    /// After how many days silence approves; absent if it never does.
    pub sign_off_days: Option<i32>,
}

impl From<Terms> for ReviewTerms {
    fn from(terms: Terms) -> Self {
        Self {
            rounds: terms.rounds,
            extra_price: terms.extra_price.map(Money::from),
            sign_off_days: terms.sign_off_days,
        }
    }
}

impl From<terms::Model> for ReviewTerms {
    fn from(row: terms::Model) -> Self {
        let price = row.extra_price_minor.zip(row.currency);
        let extra_price = price.map(|(minor, currency)| domain::money::Money::new(minor, currency));
        Terms { rounds: row.rounds, extra_price, sign_off_days: row.sign_off_days }.into()
    }
}

/// The review of a song's mix.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Review {
    /// The id.
    pub id: Id<ReviewId>,
    /// The song.
    pub song_id: Id<SongId>,
    /// Where it stands.
    pub state: ReviewState,
    /// Its terms.
    pub terms: ReviewTerms,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    #[graphql(skip)]
    row: ReviewId,
}

impl From<review::Model> for Review {
    fn from(row: review::Model) -> Self {
        let terms = Terms { rounds: row.rounds, extra_price: row.extra_price(), sign_off_days: row.sign_off_days };
        Self {
            id: row.id.into(),
            song_id: row.song_id.into(),
            state: row.state.into(),
            terms: terms.into(),
            opened_at: row.opened_at,
            row: row.id,
        }
    }
}

#[ComplexObject]
impl Review {
    /// The rounds, in their order.
    async fn rounds(&self, ctx: &Context<'_>) -> Result<Vec<ReviewRound>, Failure> {
        let rows = loader(ctx)?.load_one(RoundsOf(self.row)).await?.unwrap_or_default();
        let now = caller(ctx)?.services.env.now();
        Ok(rows.into_iter().map(|row| ReviewRound::at(&row, now)).collect())
    }

    /// Who listens, in the order in which they were invited; those whose links were revoked among them.
    async fn reviewers(&self, ctx: &Context<'_>) -> Result<Vec<Reviewer>, Failure> {
        let rows = loader(ctx)?.load_one(ReviewersOf(self.row)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Reviewer::from).collect())
    }

    /// The extra rounds that were agreed upon or granted, in their order.
    async fn extra_rounds(&self, ctx: &Context<'_>) -> Result<Vec<ExtraRound>, Failure> {
        let rows = loader(ctx)?.load_one(ExtrasOf(self.row)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(ExtraRound::from).collect())
    }

    /// The approvals, in the order of time. The last one stands while the review is approved.
    async fn approvals(&self, ctx: &Context<'_>) -> Result<Vec<MixApproval>, Failure> {
        let rows = loader(ctx)?.load_one(ApprovalsOf(self.row)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(MixApproval::from).collect())
    }
}

/// A round of a review.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct ReviewRound {
    /// The id.
    pub id: Id<ReviewRoundId>,
    /// Its number, from 1.
    pub number: i32,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When silence approves its version; absent if it never does, or the round has ended.
    pub signs_off_at: Option<DateTime<Utc>>,
    /// How it ended; absent while it is open.
    pub outcome: Option<RoundOutcome>,
    /// Who decided; absent if it is open, or silence did.
    pub decided_by: Option<Id<ReviewerId>>,
    /// When it ended.
    pub decided_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    version: MixVersionId,
}

impl ReviewRound {
    /// A round as it stands at a moment.
    pub fn at(row: &round::Model, now: Instant) -> Self {
        Self {
            id: row.id.into(),
            number: row.number,
            began_at: row.began_at,
            signs_off_at: clock_of(row).ends_at(now).filter(|_| row.outcome.is_none()),
            outcome: row.outcome.map(Into::into),
            decided_by: row.decided_by.map(Id::from),
            decided_at: row.decided_at,
            version: row.version_id,
        }
    }
}

#[ComplexObject]
impl ReviewRound {
    /// The version that it is about.
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<MixVersion>, Failure> {
        Ok(loader(ctx)?.load_one(self.version).await?.map(MixVersion::from))
    }
}

/// Somebody who listens in a review, by a link of their own.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Reviewer {
    /// The id.
    pub id: Id<ReviewerId>,
    /// Their name.
    pub name: String,
    /// Where their link is mailed; nobody else is told it.
    pub email: String,
    /// Whether their word decides.
    pub decides: bool,
    /// When they were first invited.
    pub invited_at: DateTime<Utc>,
    /// Until when their link opens the review.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<reviewer::Model> for Reviewer {
    fn from(row: reviewer::Model) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            email: row.email.to_string(),
            decides: row.decides && row.revoked_at.is_none(),
            invited_at: row.invited_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// An extra round.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ExtraRound {
    /// The id.
    pub id: Id<ExtraRoundId>,
    /// What it costs, for the studio to bill; nothing if it is a present.
    pub price: Money,
    /// The decider who agreed; absent if the studio granted it.
    pub agreed_by: Option<Id<ReviewerId>>,
    /// Who of the studio granted it.
    pub granted_by: Option<Id<UserId>>,
    /// When.
    pub agreed_at: DateTime<Utc>,
}

impl From<extra::Model> for ExtraRound {
    fn from(row: extra::Model) -> Self {
        Self {
            id: row.id.into(),
            price: row.price().into(),
            agreed_by: row.agreed_by.map(Id::from),
            granted_by: row.granted_by.map(Id::from),
            agreed_at: row.agreed_at,
        }
    }
}

/// A version that was approved.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct MixApproval {
    /// The round that it ended.
    pub round_id: Id<ReviewRoundId>,
    /// The version.
    pub version_id: Id<MixVersionId>,
    /// Who approved it; absent if silence did.
    pub approved_by: Option<Id<ReviewerId>>,
    /// When.
    pub approved_at: DateTime<Utc>,
}

impl From<approval::Model> for MixApproval {
    fn from(row: approval::Model) -> Self {
        Self {
            round_id: row.round_id.into(),
            version_id: row.version_id.into(),
            approved_by: row.approved_by.map(Id::from),
            approved_at: row.approved_at,
        }
    }
}

/// A version as it is heard beside the others of its review.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct LeveledVersion {
    /// The version.
    pub version_id: Id<MixVersionId>,
    /// By how much it was turned down, in thousandths of dB, 0 or less.
    pub gain_mdb: i32,
    /// Its integrated loudness as it is heard, in thousandths of LUFS.
    pub loudness_mlufs: i32,
    /// The file.
    pub asset_id: Id<AssetId>,
}

impl From<level::Model> for LeveledVersion {
    fn from(row: level::Model) -> Self {
        Self {
            version_id: row.version_id.into(),
            gain_mdb: row.gain_mdb,
            loudness_mlufs: row.loudness_mlufs,
            asset_id: row.asset_id.into(),
        }
    }
}
