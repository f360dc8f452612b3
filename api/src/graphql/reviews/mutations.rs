//! What the studio does in reviews.

use async_graphql::{Context, InputObject, Object};
use domain::{
    ids::{AssetId, CommentId, MixVersionId, ProjectId, ReviewId, ReviewerId, SongId},
    reviews::{
        ReviewError,
        commands::{self, Invitation, NewComment, Voice},
        entity::{comment, extra, review, reviewer, round, terms},
        rules::{DEFAULT_ROUNDS, DEFAULT_SIGN_OFF_DAYS, Terms},
    },
};

use super::{
    said::ReviewComment,
    types::{ExtraRound, Review, ReviewRound, ReviewTerms, Reviewer},
};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        scalars::{Id, Int64, MoneyInput},
    },
    payload,
};

/// On which terms a review is held.
#[derive(Debug, InputObject)]
pub struct ReviewTermsInput {
    /// How many rounds are included, 1 to 50.
    #[graphql(default_with = "DEFAULT_ROUNDS")]
    pub rounds: i32,
    /// What an extra round costs; absent if none is for sale.
    pub extra_price: Option<MoneyInput>,
    /// After how many days silence approves, 1 to 90; null if it never does.
    #[graphql(default_with = "Some(DEFAULT_SIGN_OFF_DAYS)")]
    pub sign_off_days: Option<i32>,
}

impl ReviewTermsInput {
    fn read(&self) -> Result<Terms, Failure> {
        let extra_price = self.extra_price.as_ref().map(|price| price.named("terms.extraPrice")).transpose()?;
        Ok(Terms { rounds: self.rounds, extra_price, sign_off_days: self.sign_off_days })
    }
}

/// The terms of a project, to be set.
#[derive(Debug, InputObject)]
pub struct SetReviewTermsInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// The terms.
    pub terms: ReviewTermsInput,
}

/// A review to be opened.
#[derive(Debug, InputObject)]
pub struct OpenReviewInput {
    /// The song.
    pub song: Id<SongId>,
    /// Its terms; the project's, if left out.
    pub terms: Option<ReviewTermsInput>,
}

/// The terms of a review, to be changed.
#[derive(Debug, InputObject)]
pub struct ChangeReviewTermsInput {
    /// The review.
    pub review: Id<ReviewId>,
    /// The terms.
    pub terms: ReviewTermsInput,
}

/// An extra round to be granted.
#[derive(Debug, InputObject)]
pub struct GrantExtraRoundInput {
    /// The review.
    pub review: Id<ReviewId>,
    /// What it costs, as it was agreed upon elsewhere; a present, if left out.
    pub price: Option<MoneyInput>,
}

/// Who is invited to listen.
#[derive(Debug, InputObject)]
pub struct InviteReviewerInput {
    /// The review.
    pub review: Id<ReviewId>,
    /// Their name.
    pub name: String,
    /// Where their link is mailed.
    pub email: String,
    /// Whether their word decides from now on.
    #[graphql(default)]
    pub decides: bool,
}

/// One of the reviewers.
#[derive(Debug, InputObject)]
pub struct ReviewerInput {
    /// The reviewer.
    pub reviewer: Id<ReviewerId>,
}

/// A version to be sent for review.
#[derive(Debug, InputObject)]
pub struct SendForReviewInput {
    /// The version.
    pub version: Id<MixVersionId>,
}

/// A comment of the studio.
#[derive(Debug, InputObject)]
pub struct CommentOnMixInput {
    /// The version, one that was sent for review.
    pub version: Id<MixVersionId>,
    /// The comment that it answers, if it is a reply.
    pub parent: Option<Id<CommentId>>,
    /// Where it points, in milliseconds; absent if it is about all of the version.
    pub from_ms: Option<Int64>,
    /// Where its range ends, in milliseconds; absent if it is about a point.
    pub to_ms: Option<Int64>,
    /// What is written, at most 4,000 characters.
    #[graphql(default)]
    pub words: String,
    /// What is spoken: a file that was uploaded as a voice note.
    pub voice: Option<Id<AssetId>>,
}

/// A comment to be marked.
#[derive(Debug, InputObject)]
pub struct ResolveCommentInput {
    /// The comment.
    pub comment: Id<CommentId>,
    /// Whether it is settled.
    #[graphql(default = true)]
    pub settled: bool,
}

payload! {
    /// What came of `setReviewTerms`.
    pub struct SetReviewTermsPayload {
        /// The terms as they are now.
        terms: ReviewTerms
    }
}

payload! {
    /// What came of a mutation of a review.
    pub struct ReviewPayload {
        /// The review as it stands.
        review: Review
    }
}

payload! {
    /// What came of `grantExtraRound`.
    pub struct GrantExtraRoundPayload {
        /// The extra round.
        extra_round: ExtraRound
    }
}

payload! {
    /// What came of a mutation of a reviewer.
    pub struct ReviewerPayload {
        /// The reviewer as they stand.
        reviewer: Reviewer
    }
}

payload! {
    /// What came of `sendForReview`.
    pub struct SendForReviewPayload {
        /// The round as it stands.
        round: ReviewRound
    }
}

payload! {
    /// What came of a mutation of a comment.
    pub struct ReviewCommentPayload {
        /// The comment as it stands.
        comment: ReviewComment
    }
}

/// Mutations of reviews.
#[derive(Debug, Default)]
pub struct ReviewsMutation;

#[Object]
impl ReviewsMutation {
    /// Sets the terms on which the reviews of a project's songs begin. Reviews that are open keep theirs.
    async fn set_review_terms(
        &self,
        ctx: &Context<'_>,
        input: SetReviewTermsInput,
    ) -> Result<SetReviewTermsPayload, Failure> {
        SetReviewTermsPayload::of(set_terms(caller(ctx)?, &input).await)
    }

    /// Opens the review of a song's mix, on the terms of its project; on others, by who may set them.
    async fn open_review(&self, ctx: &Context<'_>, input: OpenReviewInput) -> Result<ReviewPayload, Failure> {
        ReviewPayload::of(open(caller(ctx)?, &input).await)
    }

    /// Changes the terms of a review. A round that is open keeps the days that it was sent with.
    async fn change_review_terms(
        &self,
        ctx: &Context<'_>,
        input: ChangeReviewTermsInput,
    ) -> Result<ReviewPayload, Failure> {
        ReviewPayload::of(change(caller(ctx)?, &input).await)
    }

    /// Grants an extra round, as a present or at a price that was agreed upon elsewhere.
    async fn grant_extra_round(
        &self,
        ctx: &Context<'_>,
        input: GrantExtraRoundInput,
    ) -> Result<GrantExtraRoundPayload, Failure> {
        GrantExtraRoundPayload::of(grant(caller(ctx)?, &input).await)
    }

    /// Invites somebody to listen, by a link of their own that is mailed with a version. Who was invited before is mailed it once more.
    async fn invite_reviewer(&self, ctx: &Context<'_>, input: InviteReviewerInput) -> Result<ReviewerPayload, Failure> {
        ReviewerPayload::of(invite(caller(ctx)?, input).await)
    }

    /// Revokes a reviewer's link: it opens nothing from now on.
    async fn revoke_reviewer(&self, ctx: &Context<'_>, input: ReviewerInput) -> Result<ReviewerPayload, Failure> {
        ReviewerPayload::of(revoke(caller(ctx)?, &input).await)
    }

    /// Names the reviewer whose word decides from now on; the time to decide on a version under review begins anew.
    async fn name_decider(&self, ctx: &Context<'_>, input: ReviewerInput) -> Result<ReviewerPayload, Failure> {
        ReviewerPayload::of(name_decider(caller(ctx)?, &input).await)
    }

    /// Sends a version for review: it begins a round, or takes the place of the version that is under review, which takes no round.
    async fn send_for_review(
        &self,
        ctx: &Context<'_>,
        input: SendForReviewInput,
    ) -> Result<SendForReviewPayload, Failure> {
        let caller = caller(ctx)?;
        let now = caller.services.env.now();
        SendForReviewPayload::of(send(caller, &input).await.map(|round| ReviewRound::at(&round, now)))
    }

    /// Comments on a version that was sent for review, at a point, on a range or on all of it; or answers a comment.
    async fn comment_on_mix(
        &self,
        ctx: &Context<'_>,
        input: CommentOnMixInput,
    ) -> Result<ReviewCommentPayload, Failure> {
        ReviewCommentPayload::of(comment_on(caller(ctx)?, input).await)
    }

    /// Marks a comment as settled, or as unsettled again.
    async fn resolve_comment(
        &self,
        ctx: &Context<'_>,
        input: ResolveCommentInput,
    ) -> Result<ReviewCommentPayload, Failure> {
        ReviewCommentPayload::of(resolve(caller(ctx)?, &input).await)
    }
}

/// What the domain calls the fields of terms, and what the inputs call them.
const TERMS: [(&str, &str); 4] = [
    ("rounds", "terms.rounds"),
    ("signOffDays", "terms.signOffDays"),
    ("extraPrice", "terms.extraPrice"),
    ("extraPrice.currency", "terms.extraPrice.currency"),
];
/// The same of the price of an extra round.
const PRICE: [(&str, &str); 2] = [("extraPrice", "price"), ("extraPrice.currency", "price.currency")];
/// The same of the place of a comment.
const PLACE: [(&str, &str); 2] = [("from", "fromMs"), ("to", "toMs")];

/// A refusal that names its field as the input does.
fn naming(names: &[(&str, &str)], error: ReviewError) -> Failure {
    let mut report = Failure::from(error).report().clone();
    if let Some(field) = &mut report.field
        && let Some((_, typed)) = names.iter().find(|(known, _)| *known == field.as_str())
    {
        (*typed).clone_into(field);
    }
    Failure::new(report)
}

async fn set_terms(caller: &Caller, input: &SetReviewTermsInput) -> Result<terms::Model, Failure> {
    let (project, terms) = (input.project.named("project")?, input.terms.read()?);
    let tx = caller.services.begin().await?;
    let set = commands::set_project_terms(&tx, &caller.ctx, project, terms).await;
    let set = set.map_err(|error| naming(&TERMS, error))?;
    caller.services.commit(tx).await?;
    Ok(set)
}

async fn open(caller: &Caller, input: &OpenReviewInput) -> Result<review::Model, Failure> {
    let song = input.song.named("song")?;
    let terms = input.terms.as_ref().map(ReviewTermsInput::read).transpose()?;
    let tx = caller.services.begin().await?;
    let review = commands::open_review(&tx, &caller.ctx, song, terms).await;
    let review = review.map_err(|error| naming(&TERMS, error))?;
    caller.services.commit(tx).await?;
    Ok(review)
}

async fn change(caller: &Caller, input: &ChangeReviewTermsInput) -> Result<review::Model, Failure> {
    let (review, terms) = (input.review.named("review")?, input.terms.read()?);
    let tx = caller.services.begin().await?;
    let review = commands::change_terms(&tx, &caller.ctx, review, terms).await;
    let review = review.map_err(|error| naming(&TERMS, error))?;
    caller.services.commit(tx).await?;
    Ok(review)
}

async fn grant(caller: &Caller, input: &GrantExtraRoundInput) -> Result<extra::Model, Failure> {
    let review = input.review.named("review")?;
    let price = input.price.as_ref().map(|price| price.named("price")).transpose()?;
    let tx = caller.services.begin().await?;
    let extra = commands::grant_extra_round(&tx, &caller.ctx, review, price).await;
    let extra = extra.map_err(|error| naming(&PRICE, error))?;
    caller.services.commit(tx).await?;
    Ok(extra)
}

async fn invite(caller: &Caller, input: InviteReviewerInput) -> Result<reviewer::Model, Failure> {
    let review = input.review.named("review")?;
    let invitation = Invitation { name: input.name, email: input.email, decides: input.decides };
    let tx = caller.services.begin().await?;
    let reviewer = commands::invite_reviewer(&tx, &caller.ctx, review, &invitation).await?;
    caller.services.commit(tx).await?;
    Ok(reviewer)
}

async fn revoke(caller: &Caller, input: &ReviewerInput) -> Result<reviewer::Model, Failure> {
    let reviewer = input.reviewer.named("reviewer")?;
    let tx = caller.services.begin().await?;
    let reviewer = commands::revoke_reviewer(&tx, &caller.ctx, reviewer).await?;
    caller.services.commit(tx).await?;
    Ok(reviewer)
}

async fn name_decider(caller: &Caller, input: &ReviewerInput) -> Result<reviewer::Model, Failure> {
    let reviewer = input.reviewer.named("reviewer")?;
    let tx = caller.services.begin().await?;
    let reviewer = commands::set_decider(&tx, &caller.ctx, reviewer).await?;
    caller.services.commit(tx).await?;
    Ok(reviewer)
}

async fn send(caller: &Caller, input: &SendForReviewInput) -> Result<round::Model, Failure> {
    let version = input.version.named("version")?;
    let tx = caller.services.begin().await?;
    let round = commands::send_for_review(&tx, &caller.ctx, version).await?;
    caller.services.commit(tx).await?;
    Ok(round)
}

async fn comment_on(caller: &Caller, input: CommentOnMixInput) -> Result<comment::Model, Failure> {
    let voice = match input.voice {
        Some(asset) => Voice::Asset(asset.named("voice")?),
        None => Voice::None,
    };
    let new = NewComment {
        version: input.version.named("version")?,
        parent: input.parent.map(|parent| parent.named("parent")).transpose()?,
        from_ms: input.from_ms.map(|ms| ms.0),
        to_ms: input.to_ms.map(|ms| ms.0),
        words: input.words,
        voice,
    };
    let tx = caller.services.begin().await?;
    let said = commands::comment_as_studio(&tx, &caller.ctx, new).await;
    let said = said.map_err(|error| naming(&PLACE, error))?;
    caller.services.commit(tx).await?;
    Ok(said)
}

async fn resolve(caller: &Caller, input: &ResolveCommentInput) -> Result<comment::Model, Failure> {
    let comment = input.comment.named("comment")?;
    let tx = caller.services.begin().await?;
    let resolved = commands::resolve_as_studio(&tx, &caller.ctx, comment, input.settled).await?;
    caller.services.commit(tx).await?;
    Ok(resolved)
}
