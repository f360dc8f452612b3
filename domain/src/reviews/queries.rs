//! Finding reviews: for the studio, for whoever holds a link, and for the program itself.

mod said;

use std::collections::HashMap;

pub use said::{
    CommentFilter, count_comments, find_comment, list_comments, list_steps, opinions, placed_comments,
    replies_of_comments, steps_of_round,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::{
    ReviewError,
    entity::{ReviewState, approval, extra, review, reviewer, round, sent, terms},
    rules::{Standing, clock::Clock},
};
use crate::{
    actor::Ctx,
    env::Instant,
    identity::entity::studio,
    ids::{MixVersionId, ProjectId, ReviewId, ReviewRoundId, ReviewerId, SongId, StudioId},
    links::{LinkKey, Purpose},
    mixes::entity::version,
    page::{self, Page, PageRequest},
    policy::{Action, require, visible},
    production::entity::{project, song},
    report::StoreError,
    store::Db,
};

/// Whether a reviewer's link opens their review.
///
/// # Errors
/// If it was revoked, or its time is over.
pub fn require_standing(reviewer: &reviewer::Model, now: Instant) -> Result<(), ReviewError> {
    if reviewer.revoked_at.is_some() {
        return Err(ReviewError::Revoked);
    }
    if now >= reviewer.expires_at { Err(ReviewError::Expired) } else { Ok(()) }
}

/// Somebody who came by their link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Who they are.
    pub reviewer: reviewer::Model,
    /// Their review.
    pub review: review::Model,
}

/// Who holds a link, and the review that it opens: the token says only who, the row whether.
pub async fn find_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<Visitor, ReviewError> {
    let id: ReviewerId = links.open(Purpose::Review, token, now)?;
    let gone = || ReviewError::NotFound { what: "review", field: "token" };
    let reviewer = reviewer::Entity::find_by_id(id).one(db).await?.ok_or_else(gone)?;
    require_standing(&reviewer, now)?;
    let review = review::Entity::find_by_id(reviewer.review_id).one(db).await?.ok_or_else(gone)?;
    Ok(Visitor { reviewer, review })
}

/// A review by its id; none if there is none that the caller may see.
pub async fn find_review(db: &Db, ctx: &Ctx, id: ReviewId) -> Result<Option<review::Model>, ReviewError> {
    let found = review::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadProduction, found, |review| review.studio_id)?)
}

/// The review of a song; none if there is none that the caller may see.
pub async fn find_review_of_song(db: &Db, ctx: &Ctx, song: SongId) -> Result<Option<review::Model>, ReviewError> {
    let found = review::Entity::find().filter(review::Column::SongId.eq(song)).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadProduction, found, |review| review.studio_id)?)
}

/// A studio's reviews, newest first; of one state, if one is named.
pub async fn list_reviews(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    state: Option<ReviewState>,
    request: PageRequest<ReviewId>,
) -> Result<Page<review::Model>, ReviewError> {
    require(&ctx.actor, Action::ReadProduction, studio)?;
    let mut query = review::Entity::find().filter(review::Column::StudioId.eq(studio));
    if let Some(state) = state {
        query = query.filter(review::Column::State.eq(state));
    }
    Ok(page::fetch(db, query, review::Column::Id, request).await?)
}

/// The terms on which the reviews of a project begin, as they were set; none if the defaults hold.
pub async fn find_project_terms(db: &Db, ctx: &Ctx, id: ProjectId) -> Result<Option<terms::Model>, ReviewError> {
    let found = project::Entity::find_by_id(id).one(db).await?;
    let found = visible(&ctx.actor, Action::ReadProduction, found, |project| project.studio_id)?;
    let project = found.ok_or(ReviewError::NotFound { what: "project", field: "project" })?;
    Ok(terms::Entity::find_by_id(project.id).one(db).await?)
}

/// The approval that stands for a song: that of the last round, unless a later version was sent. For whoever builds on it, and asks the policy first.
pub async fn find_approval(db: &impl ConnectionTrait, song: SongId) -> Result<Option<approval::Model>, StoreError> {
    let review = review::Entity::find().filter(review::Column::SongId.eq(song));
    let approved = review.filter(review::Column::State.eq(ReviewState::Approved)).one(db).await?;
    let Some(review) = approved else { return Ok(None) };
    let Some(last) = last_round(db, review.id).await? else { return Ok(None) };
    Ok(approval::Entity::find_by_id(last.id).one(db).await?)
}

/// The rounds whose approvals stand for songs, as [`find_approval`], by song.
pub(crate) async fn standing_approvals(
    db: &impl ConnectionTrait,
    songs: &[SongId],
) -> Result<HashMap<SongId, ReviewRoundId>, StoreError> {
    let approved = review::Entity::find()
        .filter(review::Column::SongId.is_in(songs.iter().copied()))
        .filter(review::Column::State.eq(ReviewState::Approved))
        .all(db)
        .await?;
    let ids: Vec<ReviewId> = approved.iter().map(|review| review.id).collect();
    let rounds = rounds_of_reviews(db, &ids).await?;
    let last = |review: review::Model| Some((review.song_id, rounds.get(&review.id)?.last()?.id));
    Ok(approved.into_iter().filter_map(last).collect())
}

/// Who decides in the review of one of these songs, by a link that stands: of the first review that has somebody. For the program itself.
pub(crate) async fn decider_of_songs(
    db: &impl ConnectionTrait,
    songs: &[SongId],
) -> Result<Option<reviewer::Model>, StoreError> {
    let reviews = review::Entity::find()
        .select_only()
        .column(review::Column::Id)
        .filter(review::Column::SongId.is_in(songs.iter().copied()));
    let decider = reviewer::Entity::find()
        .filter(reviewer::Column::ReviewId.in_subquery(reviews.into_query()))
        .filter(reviewer::Column::Decides.eq(true))
        .filter(reviewer::Column::RevokedAt.is_null())
        .order_by_asc(reviewer::Column::Id)
        .one(db)
        .await?;
    Ok(decider)
}

/// What a review is about, as its page names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The song's title.
    pub song: String,
    /// The project's title.
    pub project: String,
    /// The studio.
    pub studio: studio::Model,
}

/// What a review is about. For whoever was shown the review.
pub async fn find_subject(db: &impl ConnectionTrait, review: &review::Model) -> Result<Option<Subject>, StoreError> {
    let Some(song) = song::Entity::find_by_id(review.song_id).one(db).await? else { return Ok(None) };
    let project = project::Entity::find_by_id(song.project_id).one(db).await?;
    let studio = studio::Entity::find_by_id(review.studio_id).one(db).await?;
    let named = |(project, studio): (project::Model, studio::Model)| Subject {
        song: song.title,
        project: project.title,
        studio,
    };
    Ok(project.zip(studio).map(named))
}

/// A round with all that a mail about it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundFacts {
    /// The round.
    pub round: round::Model,
    /// Its review.
    pub review: review::Model,
    /// How many rounds were agreed upon.
    pub rounds: i32,
    /// The version that it is about.
    pub version: version::Model,
    /// The song's title.
    pub song: String,
    /// The studio.
    pub studio: studio::Model,
}

/// A round with all that a mail about it says. For the program itself.
pub async fn find_round_facts(db: &impl ConnectionTrait, id: ReviewRoundId) -> Result<Option<RoundFacts>, StoreError> {
    let Some(round) = find_round(db, id).await? else { return Ok(None) };
    let review = review::Entity::find_by_id(round.review_id).one(db).await?;
    let version = version::Entity::find_by_id(round.version_id).one(db).await?;
    let studio = studio::Entity::find_by_id(round.studio_id).one(db).await?;
    let (Some(review), Some((version, studio))) = (review, version.zip(studio)) else { return Ok(None) };
    let song = song::Entity::find_by_id(review.song_id).one(db).await?.map_or_else(String::new, |song| song.title);
    let rounds = rounds_agreed(db, &review).await?;
    Ok(Some(RoundFacts { round, review, rounds, version, song, studio }))
}

/// A reviewer by their id. For the program itself.
pub async fn find_reviewer(db: &impl ConnectionTrait, id: ReviewerId) -> Result<Option<reviewer::Model>, StoreError> {
    Ok(reviewer::Entity::find_by_id(id).one(db).await?)
}

/// A round by its id. For the program itself.
pub async fn find_round(db: &impl ConnectionTrait, id: ReviewRoundId) -> Result<Option<round::Model>, StoreError> {
    Ok(round::Entity::find_by_id(id).one(db).await?)
}

/// The last round of a review. For whoever was shown the review.
pub async fn last_round(db: &impl ConnectionTrait, review: ReviewId) -> Result<Option<round::Model>, StoreError> {
    let rounds = round::Entity::find().filter(round::Column::ReviewId.eq(review));
    Ok(rounds.order_by_desc(round::Column::Number).one(db).await?)
}

/// The clock of a round.
pub const fn clock_of(round: &round::Model) -> Clock {
    Clock {
        from: round.clock_from,
        days: round.sign_off_days,
        half_told_at: round.half_told_at,
        last_told_at: round.last_told_at,
    }
}

/// The reviewers of a review whose links were not revoked, in the order in which they were invited. For whoever was shown the review.
pub async fn standing_reviewers(
    db: &impl ConnectionTrait,
    review: ReviewId,
) -> Result<Vec<reviewer::Model>, StoreError> {
    let rows = reviewer::Entity::find()
        .filter(reviewer::Column::ReviewId.eq(review))
        .filter(reviewer::Column::RevokedAt.is_null())
        .order_by_asc(reviewer::Column::Id)
        .all(db)
        .await?;
    Ok(rows)
}

/// How many rounds of a review were agreed upon, extra ones among them.
pub async fn rounds_agreed(db: &impl ConnectionTrait, review: &review::Model) -> Result<i32, StoreError> {
    let extras = extra::Entity::find().filter(extra::Column::ReviewId.eq(review.id)).count(db).await?;
    Ok(review.rounds.saturating_add(i32::try_from(extras).unwrap_or(i32::MAX)))
}

/// A review as its rules see it.
pub async fn standing(
    db: &impl ConnectionTrait,
    review: &review::Model,
    last: Option<&round::Model>,
) -> Result<Standing, StoreError> {
    let version = match last {
        Some(round) => version::Entity::find_by_id(round.version_id).one(db).await?,
        None => None,
    };
    Ok(Standing {
        state: review.state,
        round: last.map_or(0, |round| round.number),
        version: version.map_or(0, |version| version.number),
        rounds: rounds_agreed(db, review).await?,
        extra_price: review.extra_price(),
    })
}

/// A version that was sent for review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentVersion {
    /// The version.
    pub version: version::Model,
    /// The round that it was sent in.
    pub round: ReviewRoundId,
    /// When.
    pub sent_at: Instant,
}

/// The versions that were sent in a review, the newest first. For whoever was shown the review.
pub async fn sent_versions(db: &impl ConnectionTrait, review: ReviewId) -> Result<Vec<SentVersion>, StoreError> {
    let sent = sent::Entity::find().filter(sent::Column::ReviewId.eq(review)).all(db).await?;
    let mut sent: HashMap<MixVersionId, sent::Model> = sent.into_iter().map(|row| (row.version_id, row)).collect();
    let versions = version::Entity::find()
        .filter(version::Column::Id.is_in(sent.keys().copied()))
        .order_by_desc(version::Column::Number)
        .all(db)
        .await?;
    let joined = versions.into_iter().filter_map(|version| {
        let sent = sent.remove(&version.id)?;
        Some(SentVersion { version, round: sent.round_id, sent_at: sent.sent_at })
    });
    Ok(joined.collect())
}

/// The number of the last version that was sent in a review; 0 if none was.
pub(super) async fn last_sent(db: &impl ConnectionTrait, review: ReviewId) -> Result<i32, StoreError> {
    let of_review =
        sent::Entity::find().select_only().column(sent::Column::VersionId).filter(sent::Column::ReviewId.eq(review));
    let newest = version::Entity::find()
        .filter(version::Column::Id.in_subquery(of_review.into_query()))
        .order_by_desc(version::Column::Number)
        .one(db)
        .await?;
    Ok(newest.map_or(0, |version| version.number))
}

// For the loaders of one request: of reviews that the caller has been shown already.

/// The rounds of reviews, in their order.
pub async fn rounds_of_reviews(
    db: &impl ConnectionTrait,
    reviews: &[ReviewId],
) -> Result<HashMap<ReviewId, Vec<round::Model>>, StoreError> {
    let rows = round::Entity::find()
        .filter(round::Column::ReviewId.is_in(reviews.iter().copied()))
        .order_by_asc(round::Column::Number)
        .all(db)
        .await?;
    Ok(by_review(rows, |row| row.review_id))
}

/// The reviewers of reviews, whose links were revoked among them, in the order in which they were invited.
pub async fn reviewers_of_reviews(
    db: &impl ConnectionTrait,
    reviews: &[ReviewId],
) -> Result<HashMap<ReviewId, Vec<reviewer::Model>>, StoreError> {
    let rows = reviewer::Entity::find()
        .filter(reviewer::Column::ReviewId.is_in(reviews.iter().copied()))
        .order_by_asc(reviewer::Column::Id)
        .all(db)
        .await?;
    Ok(by_review(rows, |row| row.review_id))
}

/// The extra rounds of reviews, in the order in which they were agreed upon.
pub async fn extras_of_reviews(
    db: &impl ConnectionTrait,
    reviews: &[ReviewId],
) -> Result<HashMap<ReviewId, Vec<extra::Model>>, StoreError> {
    let rows = extra::Entity::find()
        .filter(extra::Column::ReviewId.is_in(reviews.iter().copied()))
        .order_by_asc(extra::Column::Id)
        .all(db)
        .await?;
    Ok(by_review(rows, |row| row.review_id))
}

/// The approvals of reviews, of every round that ended with one, in the order of time.
pub async fn approvals_of_reviews(
    db: &impl ConnectionTrait,
    reviews: &[ReviewId],
) -> Result<HashMap<ReviewId, Vec<approval::Model>>, StoreError> {
    let rows = approval::Entity::find()
        .filter(approval::Column::ReviewId.is_in(reviews.iter().copied()))
        .order_by_asc(approval::Column::ApprovedAt)
        .all(db)
        .await?;
    Ok(by_review(rows, |row| row.review_id))
}

fn by_review<T>(rows: Vec<T>, review: impl Fn(&T) -> ReviewId) -> HashMap<ReviewId, Vec<T>> {
    let mut all: HashMap<ReviewId, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(review(&row)).or_default().push(row);
    }
    all
}
