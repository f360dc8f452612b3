//! Terms, and opening a review on them.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use super::{NewStep, lock_own, require_under_way, write_step};
use crate::{
    actor::Ctx,
    identity::entity::studio,
    ids::{ProjectId, ReviewId, SongId, StudioId},
    money::{Currency, Money},
    policy::{Action, require, visible},
    production::entity::{project, song},
    reviews::{
        ReviewError,
        entity::{ReviewState, StepAct, extra, review, terms},
        queries::{last_round, rounds_agreed},
        rules::{self, Terms},
    },
    store::{self, Tx},
};

/// Sets the terms on which the reviews of a project's songs begin. Reviews that are open keep theirs.
pub async fn set_project_terms(
    tx: &Tx,
    ctx: &Ctx,
    project: ProjectId,
    terms: Terms,
) -> Result<terms::Model, ReviewError> {
    let found = project::Entity::find_by_id(project).one(tx).await?;
    let found = visible(&ctx.actor, Action::ManageProduction, found, |project| project.studio_id)?;
    let project = found.ok_or(ReviewError::NotFound { what: "project", field: "project" })?;
    rules::check_terms(&terms, currency_of(tx, project.studio_id).await?)?;
    let row = terms::Model {
        project_id: project.id,
        studio_id: project.studio_id,
        rounds: terms.rounds,
        extra_price_minor: terms.extra_price.map(|price| price.minor),
        currency: terms.extra_price.map(|price| price.currency),
        sign_off_days: terms.sign_off_days,
        updated_at: ctx.env.now(),
    };
    let again = OnConflict::column(terms::Column::ProjectId)
        .update_columns([
            terms::Column::Rounds,
            terms::Column::ExtraPriceMinor,
            terms::Column::Currency,
            terms::Column::SignOffDays,
            terms::Column::UpdatedAt,
        ])
        .to_owned();
    terms::Entity::insert(row.clone().into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
    Ok(row)
}

/// Opens the review of a song's mix, on its project's terms, or on others by who may set them.
///
/// # Errors
/// If the caller may not, there is no such song, its project is over, it has its review already, or the terms cannot be.
pub async fn open_review(tx: &Tx, ctx: &Ctx, song: SongId, terms: Option<Terms>) -> Result<review::Model, ReviewError> {
    let none = || ReviewError::NotFound { what: "song", field: "song" };
    let found = song::Entity::find_by_id(song).one(tx).await?;
    visible(&ctx.actor, Action::WriteProduction, found, |song| song.studio_id)?.ok_or_else(none)?;
    require_under_way(tx, song, "song").await?;
    let song = song::Entity::find_by_id(song).lock(LockType::NoKeyUpdate).one(tx).await?.ok_or_else(none)?;
    let terms = match terms {
        Some(own) => {
            require(&ctx.actor, Action::ManageProduction, song.studio_id)?;
            rules::check_terms(&own, currency_of(tx, song.studio_id).await?)?;
            own
        }
        None => terms_of(tx, song.project_id).await?,
    };
    let row = review::Model {
        id: ctx.env.id(),
        studio_id: song.studio_id,
        song_id: song.id,
        state: ReviewState::Preparing,
        rounds: terms.rounds,
        extra_price_minor: terms.extra_price.map(|price| price.minor),
        currency: terms.extra_price.map(|price| price.currency),
        sign_off_days: terms.sign_off_days,
        opened_at: ctx.env.now(),
    };
    if !store::insert_new(tx, row.clone().into_active_model()).await? {
        return Err(ReviewError::Opened);
    }
    write_step(tx, ctx, &row, NewStep::of_studio(ctx, StepAct::Opened)).await?;
    Ok(row)
}

/// Changes the terms of a review. A round that is open keeps the days that it was sent with, and rounds that have begun stay included.
///
/// # Errors
/// If the caller may not, there is no such review, the terms cannot be, or more rounds have begun than they include.
pub async fn change_terms(tx: &Tx, ctx: &Ctx, id: ReviewId, terms: Terms) -> Result<review::Model, ReviewError> {
    let review = lock_own(tx, ctx, id, Action::ManageProduction).await?;
    rules::check_terms(&terms, currency_of(tx, review.studio_id).await?)?;
    let extras = rounds_agreed(tx, &review).await? - review.rounds;
    let begun = last_round(tx, review.id).await?.map_or(0, |last| last.number);
    rules::check_begun(terms.rounds, begun, extras)?;
    let mut row = review.into_active_model();
    row.rounds = Set(terms.rounds);
    row.extra_price_minor = Set(terms.extra_price.map(|price| price.minor));
    row.currency = Set(terms.extra_price.map(|price| price.currency));
    row.sign_off_days = Set(terms.sign_off_days);
    let review = row.update(tx).await?;
    write_step(tx, ctx, &review, NewStep::of_studio(ctx, StepAct::TermsChanged)).await?;
    Ok(review)
}

/// Grants an extra round, as a present or at a price that was agreed upon elsewhere; it is the studio's to bill.
pub async fn grant_extra_round(
    tx: &Tx,
    ctx: &Ctx,
    id: ReviewId,
    price: Option<Money>,
) -> Result<extra::Model, ReviewError> {
    let review = lock_own(tx, ctx, id, Action::ManageProduction).await?;
    let currency = currency_of(tx, review.studio_id).await?;
    if let Some(price) = price {
        rules::check_price(price, currency)?;
    }
    let price = price.unwrap_or(Money::zero(currency));
    let row = extra::Model {
        id: ctx.env.id(),
        review_id: review.id,
        studio_id: review.studio_id,
        price_minor: price.minor,
        currency: price.currency,
        agreed_by: None,
        granted_by: ctx.actor.user(),
        ip: None,
        user_agent: None,
        agreed_at: ctx.env.now(),
    };
    row.clone().into_active_model().insert(tx).await?;
    write_step(tx, ctx, &review, NewStep::of_studio(ctx, StepAct::ExtraGranted)).await?;
    Ok(row)
}

/// The terms of a project: its own, or those that hold where nothing is said.
async fn terms_of(tx: &Tx, project: ProjectId) -> Result<Terms, ReviewError> {
    let set = terms::Entity::find().filter(terms::Column::ProjectId.eq(project)).one(tx).await?;
    Ok(set.map_or_else(Terms::default, |set| Terms {
        rounds: set.rounds,
        extra_price: set.extra_price_minor.zip(set.currency).map(|(minor, currency)| Money::new(minor, currency)),
        sign_off_days: set.sign_off_days,
    }))
}

async fn currency_of(tx: &Tx, studio: StudioId) -> Result<Currency, ReviewError> {
    let studio = studio::Entity::find_by_id(studio).one(tx).await?;
    Ok(studio.ok_or(ReviewError::NotFound { what: "studio", field: "studio" })?.currency)
}
