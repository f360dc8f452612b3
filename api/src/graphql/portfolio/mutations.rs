//! What the studio says in its portfolio.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use chrono::NaiveDate;
use domain::{
    edit::Edit,
    ids::{PortfolioEntryId, SongId, StudioId},
    portfolio::{
        commands::{self, EntryChange, NewEntry, ProfileChange},
        entity::profile,
        queries::EntryView,
    },
};

use super::types::{Portfolio, PortfolioEntry};
use crate::{
    caller::Caller,
    graphql::{caller, catalog::edit, errors::Failure, scalars::Id, session_log::entries::SessionRole},
    payload,
};

/// What is changed of a portfolio; what is left out stays.
#[derive(Debug, InputObject)]
pub struct UpdatePortfolioInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// One line about the studio, of 200 characters at the most; empty for none.
    pub headline: Option<String>,
    /// A few sentences about it, of 5000 characters at the most; empty for none.
    pub about: Option<String>,
    /// Whether its page shows the studio's address for mail.
    pub shows_email: Option<bool>,
    /// Whether it has a page.
    pub is_public: Option<bool>,
    /// Where else it is found, in this order: addresses that begin with `https://`, 20 at the most.
    pub links: Option<Vec<String>>,
}

/// A work to be added. Of a song, what is left out is as is known of it.
#[derive(Debug, InputObject)]
pub struct AddPortfolioEntryInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The song of one of its projects; left out for work that was done elsewhere.
    pub song: Option<Id<SongId>>,
    /// What it is called.
    pub title: Option<String>,
    /// Whose release it is.
    pub artist: Option<String>,
    /// When it was released, or will be.
    pub released_on: Option<NaiveDate>,
    /// What the studio did; neither `VISITOR` nor `OTHER`.
    pub roles: Option<Vec<SessionRole>>,
    /// Where it is listened to: one address a service, on Spotify, Apple Music, `YouTube`, `SoundCloud`, Bandcamp, TIDAL or Deezer.
    #[graphql(default)]
    pub links: Vec<String>,
    /// Whether it is shown, from its release on.
    #[graphql(default)]
    pub is_public: bool,
    /// Whether those who made it are named there.
    #[graphql(default)]
    pub shows_credits: bool,
}

/// What is changed of a work; what is left out stays.
#[derive(Debug, InputObject)]
pub struct UpdatePortfolioEntryInput {
    /// The work.
    pub entry: Id<PortfolioEntryId>,
    /// What it is called.
    pub title: Option<String>,
    /// Whose release it is.
    pub artist: Option<String>,
    /// When it was released, or will be; null if that is not known.
    pub released_on: MaybeUndefined<NaiveDate>,
    /// What the studio did; neither `VISITOR` nor `OTHER`.
    pub roles: Option<Vec<SessionRole>>,
    /// Where it is listened to: one address a service, on Spotify, Apple Music, `YouTube`, `SoundCloud`, Bandcamp, TIDAL or Deezer.
    pub links: Option<Vec<String>>,
    /// Whether it is shown, from its release on.
    pub is_public: Option<bool>,
    /// Whether those who made it are named there.
    pub shows_credits: Option<bool>,
}

payload! {
    /// What came of `updatePortfolio`.
    pub struct UpdatePortfolioPayload {
        /// The portfolio as it is now.
        portfolio: Portfolio
    }
}

payload! {
    /// What came of a mutation of a work in the portfolio.
    pub struct PortfolioEntryPayload {
        /// The work as it stands, or stood.
        entry: PortfolioEntry
    }
}

/// Mutations of portfolios.
#[derive(Debug, Default)]
pub struct PortfolioMutation;

#[Object]
impl PortfolioMutation {
    /// Changes what a studio says of itself, and whether it has a page.
    async fn update_portfolio(
        &self,
        ctx: &Context<'_>,
        input: UpdatePortfolioInput,
    ) -> Result<UpdatePortfolioPayload, Failure> {
        UpdatePortfolioPayload::of(update(caller(ctx)?, input).await)
    }

    /// Adds a work before the others, private unless it is said otherwise.
    async fn add_portfolio_entry(
        &self,
        ctx: &Context<'_>,
        input: AddPortfolioEntryInput,
    ) -> Result<PortfolioEntryPayload, Failure> {
        PortfolioEntryPayload::of(add_entry(caller(ctx)?, input).await)
    }

    /// Changes what is said of a work, and whether it is shown.
    async fn update_portfolio_entry(
        &self,
        ctx: &Context<'_>,
        input: UpdatePortfolioEntryInput,
    ) -> Result<PortfolioEntryPayload, Failure> {
        PortfolioEntryPayload::of(update_entry(caller(ctx)?, input).await)
    }

    /// Moves a work to a place among the others, from 1.
    async fn move_portfolio_entry(
        &self,
        ctx: &Context<'_>,
        entry: Id<PortfolioEntryId>,
        place: i32,
    ) -> Result<PortfolioEntryPayload, Failure> {
        PortfolioEntryPayload::of(move_entry(caller(ctx)?, &entry, place).await)
    }

    /// Takes a work out of the portfolio; its song stays as it is.
    async fn remove_portfolio_entry(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        entry: Id<PortfolioEntryId>,
    ) -> Result<PortfolioEntryPayload, Failure> {
        PortfolioEntryPayload::of(remove_entry(caller(ctx)?, &studio, &entry).await)
    }
}

fn roles(given: Option<Vec<SessionRole>>) -> Edit<Vec<domain::session_log::entity::SessionRole>> {
    Edit::from(given.map(|roles| roles.into_iter().map(Into::into).collect::<Vec<_>>()))
}

async fn update(caller: &Caller, input: UpdatePortfolioInput) -> Result<profile::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let change = ProfileChange {
        headline: input.headline.into(),
        about: input.about.into(),
        shows_email: input.shows_email.into(),
        is_public: input.is_public.into(),
        links: input.links.into(),
    };
    let tx = caller.services.begin().await?;
    let row = commands::update_profile(&tx, &caller.ctx, studio, change).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn add_entry(caller: &Caller, input: AddPortfolioEntryInput) -> Result<EntryView, Failure> {
    let studio = input.studio.named("studio")?;
    let new = NewEntry {
        song: input.song.map(|id| id.named("song")).transpose()?,
        rest: EntryChange {
            title: input.title.into(),
            artist: input.artist.into(),
            released_on: Edit::To(input.released_on),
            roles: roles(input.roles),
            links: Edit::To(input.links),
            is_public: Edit::To(input.is_public),
            shows_credits: Edit::To(input.shows_credits),
        },
    };
    let tx = caller.services.begin().await?;
    let view = commands::add_entry(&tx, &caller.ctx, studio, new).await?;
    caller.services.commit(tx).await?;
    Ok(view)
}

async fn update_entry(caller: &Caller, input: UpdatePortfolioEntryInput) -> Result<EntryView, Failure> {
    let id = input.entry.named("entry")?;
    let change = EntryChange {
        title: input.title.into(),
        artist: input.artist.into(),
        released_on: edit(input.released_on),
        roles: roles(input.roles),
        links: input.links.into(),
        is_public: input.is_public.into(),
        shows_credits: input.shows_credits.into(),
    };
    let tx = caller.services.begin().await?;
    let view = commands::update_entry(&tx, &caller.ctx, id, change).await?;
    caller.services.commit(tx).await?;
    Ok(view)
}

async fn move_entry(caller: &Caller, entry: &Id<PortfolioEntryId>, place: i32) -> Result<EntryView, Failure> {
    let id = entry.named("entry")?;
    let tx = caller.services.begin().await?;
    let view = commands::move_entry(&tx, &caller.ctx, id, place).await?;
    caller.services.commit(tx).await?;
    Ok(view)
}

async fn remove_entry(
    caller: &Caller,
    studio: &Id<StudioId>,
    entry: &Id<PortfolioEntryId>,
) -> Result<EntryView, Failure> {
    let (studio, id) = (studio.named("studio")?, entry.named("entry")?);
    let tx = caller.services.begin().await?;
    let view = commands::remove_entry(&tx, &caller.ctx, studio, id).await?;
    caller.services.commit(tx).await?;
    Ok(view)
}
