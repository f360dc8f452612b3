//! The portfolio as the studio sees it.

use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{PortfolioEntryId, SongId, StudioId},
    portfolio::{
        entity::profile,
        queries::{self, CreditLine, EntryView, Suggestion},
        rules::link_name,
    },
};

use super::loading::MakersOf;
use crate::graphql::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    scalars::Id,
    session_log::entries::SessionRole,
};

/// A link, by the service that it leads to.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PortfolioLink {
    /// What the service is called; of one that is not known, its host.
    pub name: String,
    /// The address.
    pub url: String,
}

impl From<String> for PortfolioLink {
    fn from(url: String) -> Self {
        Self { name: link_name(&url), url }
    }
}

/// What a studio says of itself.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Portfolio {
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// One line about the studio; empty if nothing was said.
    pub headline: String,
    /// A few sentences about it; empty if nothing was said.
    pub about: String,
    /// Whether its page shows the studio's address for mail.
    pub shows_email: bool,
    /// Whether it has a page, `/portfolio/` and the studio's word in addresses.
    pub is_public: bool,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: StudioId,
}

impl From<profile::Model> for Portfolio {
    fn from(row: profile::Model) -> Self {
        Self {
            studio_id: row.studio_id.into(),
            headline: row.headline,
            about: row.about,
            shows_email: row.shows_email,
            is_public: row.is_public,
            updated_at: row.updated_at,
            key: row.studio_id,
        }
    }
}

#[ComplexObject]
impl Portfolio {
    /// Where else the studio is found, in its order.
    #[graphql(complexity = "5 + 5 * child_complexity")]
    async fn links(&self, ctx: &Context<'_>) -> Result<Vec<PortfolioLink>, Failure> {
        let rows = queries::links_of(&caller(ctx)?.services.db, self.key).await?;
        Ok(rows.into_iter().map(|row| row.url.into()).collect())
    }
}

/// Those who did something on a song.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PortfolioCredit {
    /// As what.
    pub role: SessionRole,
    /// What the role is called.
    pub role_name: String,
    /// Who, by name, each with their instruments in brackets.
    pub names: Vec<String>,
}

impl From<CreditLine> for PortfolioCredit {
    fn from(line: CreditLine) -> Self {
        Self { role: line.role.into(), role_name: line.role_name(), names: line.names }
    }
}

/// A work in a studio's portfolio.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct PortfolioEntry {
    /// The id.
    pub id: Id<PortfolioEntryId>,
    /// The song of one of the studio's projects; absent for work that was done elsewhere.
    pub song_id: Option<Id<SongId>>,
    /// Its place in the portfolio, from 1.
    pub position: i32,
    /// What it is called.
    pub title: String,
    /// Whose release it is.
    pub artist: String,
    /// When it was released, or will be.
    pub released_on: Option<NaiveDate>,
    /// What the studio did.
    pub roles: Vec<SessionRole>,
    /// Where it is listened to.
    pub links: Vec<PortfolioLink>,
    /// Whether it is shown, from its release on.
    pub is_public: bool,
    /// Whether those who made it are named there.
    pub shows_credits: bool,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    song: Option<SongId>,
}

impl From<EntryView> for PortfolioEntry {
    fn from(view: EntryView) -> Self {
        let row = view.entry;
        Self {
            id: row.id.into(),
            song_id: row.song_id.map(Id::from),
            position: row.position,
            title: row.title,
            artist: row.artist,
            released_on: row.released_on,
            roles: view.roles.into_iter().map(Into::into).collect(),
            links: view.links.into_iter().map(|link| link.url.into()).collect(),
            is_public: row.is_public,
            shows_credits: row.shows_credits,
            created_at: row.created_at,
            song: row.song_id,
        }
    }
}

#[ComplexObject]
impl PortfolioEntry {
    /// Who made the song, as the session log or its project says; shown to others only if `showsCredits` is set.
    #[graphql(complexity = "5 + 5 * child_complexity")]
    async fn credits(&self, ctx: &Context<'_>) -> Result<Vec<PortfolioCredit>, Failure> {
        makers(ctx, self.song).await
    }
}

async fn makers(ctx: &Context<'_>, song: Option<SongId>) -> Result<Vec<PortfolioCredit>, Failure> {
    let Some(song) = song else { return Ok(Vec::new()) };
    let lines = loader(ctx)?.load_one(MakersOf(song)).await?.unwrap_or_default();
    Ok(lines.into_iter().map(Into::into).collect())
}

/// A song of a delivered project that could be in the portfolio, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct PortfolioSuggestion {
    /// The song.
    pub song_id: Id<SongId>,
    /// What it is called.
    pub title: String,
    /// Whose release it is, by its credits; absent if they do not say.
    pub artist: Option<String>,
    /// What the studio did, by its credits.
    pub roles: Vec<SessionRole>,
    #[graphql(skip)]
    song: SongId,
}

impl From<Suggestion> for PortfolioSuggestion {
    fn from(found: Suggestion) -> Self {
        Self {
            song_id: found.song.id.into(),
            title: found.song.title,
            artist: found.artist,
            roles: found.roles.into_iter().map(Into::into).collect(),
            song: found.song.id,
        }
    }
}

#[ComplexObject]
impl PortfolioSuggestion {
    /// Who made the song, as the session log or its project says.
    #[graphql(complexity = "5 + 5 * child_complexity")]
    async fn credits(&self, ctx: &Context<'_>) -> Result<Vec<PortfolioCredit>, Failure> {
        makers(ctx, Some(self.song)).await
    }
}

/// Queries about portfolios.
#[derive(Debug, Default)]
pub struct PortfolioQuery;

#[Object]
impl PortfolioQuery {
    /// What a studio says of itself in its portfolio.
    async fn portfolio(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Portfolio, Failure> {
        let caller = caller(ctx)?;
        let row = queries::find_portfolio(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(row.into())
    }

    /// The works of a studio's portfolio in their order, private ones too.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn portfolio_entries(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<PortfolioEntry>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = queries::list_entries(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |view| view.entry.id, PortfolioEntry::from))
    }

    /// Songs of delivered projects that are not in the portfolio, newest first, with what is known of them.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn portfolio_suggestions(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<PortfolioSuggestion>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = queries::list_suggestions(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |found| found.song.id, PortfolioSuggestion::from))
    }
}
