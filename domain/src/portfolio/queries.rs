//! Reading portfolios: for the studio, and what anybody sees of them.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

pub use super::credits::CreditLine;
use super::{
    PortfolioError,
    commands::blank,
    credits::{Own, artist, credited, lines},
    entity::{entry, entry_link, entry_role, profile, profile_link},
};
use crate::{
    actor::Ctx,
    ids::{PortfolioEntryId, SongId, StudioId},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    production::entity::{ProjectState, project, song},
    report::StoreError,
    session_log::entity::SessionRole,
    store::Db,
};

/// A work with what the studio did on it and where it is listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryView {
    /// The entry.
    pub entry: entry::Model,
    /// What the studio did.
    pub roles: Vec<SessionRole>,
    /// Where it is listened to, by service.
    pub links: Vec<entry_link::Model>,
}

/// A song that could be in the portfolio, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The song.
    pub song: song::Model,
    /// Whose release it is, by its credits; none if they do not say.
    pub artist: Option<String>,
    /// What the studio did, by its credits.
    pub roles: Vec<SessionRole>,
}

/// A studio's portfolio as the studio sees it; one that says nothing, if nobody has written it yet.
pub async fn find_portfolio(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<profile::Model, PortfolioError> {
    policy::require(&ctx.actor, Action::ReadProduction, studio)?;
    let found = profile::Entity::find_by_id(studio).one(db).await?;
    Ok(found.unwrap_or_else(|| blank(studio, ctx.env.now())))
}

/// Where else a studio is found, in its order. For who has been shown its portfolio: it asks nothing itself.
pub async fn links_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<profile_link::Model>, StoreError> {
    let links = profile_link::Entity::find().filter(profile_link::Column::StudioId.eq(studio));
    Ok(links.order_by_asc(profile_link::Column::Position).all(db).await?)
}

/// The works of a studio's portfolio in their order, private ones too.
pub async fn list_entries(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<PortfolioEntryId>,
) -> Result<Page<EntryView>, PortfolioError> {
    policy::require(&ctx.actor, Action::ReadProduction, studio)?;
    list(db, of_studio(studio), studio, request).await
}

/// Songs of delivered projects that are not in the portfolio, newest first, with what is known of them.
pub async fn list_suggestions(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<SongId>,
) -> Result<Page<Suggestion>, PortfolioError> {
    policy::require(&ctx.actor, Action::ReadProduction, studio)?;
    let delivered = project::Entity::find()
        .select_only()
        .column(project::Column::Id)
        .filter(project::Column::StudioId.eq(studio))
        .filter(project::Column::State.eq(ProjectState::Delivered));
    let listed =
        of_studio(studio).select_only().column(entry::Column::SongId).filter(entry::Column::SongId.is_not_null());
    let query = song::Entity::find()
        .filter(song::Column::StudioId.eq(studio))
        .filter(song::Column::ProjectId.in_subquery(delivered.into_query()))
        .filter(song::Column::Id.not_in_subquery(listed.into_query()));
    let page = page::fetch(db, query, song::Column::Id, request).await?;
    let songs: Vec<SongId> = page.rows.iter().map(|song| song.id).collect();
    let (mut known, own) = (credited(db, &songs).await?, Own::of(db, studio).await?);
    Ok(page.map(|song| {
        let credits = known.remove(&song.id).unwrap_or_default();
        Suggestion { artist: artist(&credits), roles: own.roles(&credits).into_iter().collect(), song }
    }))
}

/// What a studio's page says of it; none if it has no such page. Open to anybody.
pub async fn find_public(db: &impl ConnectionTrait, studio: StudioId) -> Result<Option<profile::Model>, StoreError> {
    Ok(profile::Entity::find_by_id(studio).filter(profile::Column::IsPublic.eq(true)).one(db).await?)
}

/// The works that a studio's page shows on a day, in their order: those that are chosen to be shown, and are released. Open to anybody.
pub async fn list_public(
    db: &Db,
    studio: StudioId,
    today: NaiveDate,
    request: PageRequest<PortfolioEntryId>,
) -> Result<Page<EntryView>, PortfolioError> {
    let seen = of_studio(studio).filter(entry::Column::IsPublic.eq(true)).filter(entry::Column::ReleasedOn.lte(today));
    list(db, seen, studio, request).await
}

/// Who made the works whose entries name them, by entry. Open to anybody who was shown the entries.
pub async fn public_credits(
    db: &impl ConnectionTrait,
    entries: &[EntryView],
) -> Result<HashMap<PortfolioEntryId, Vec<CreditLine>>, StoreError> {
    let naming = entries.iter().map(|view| &view.entry).filter(|entry| entry.shows_credits);
    let songs: HashMap<PortfolioEntryId, SongId> =
        naming.filter_map(|entry| entry.song_id.map(|song| (entry.id, song))).collect();
    let asked: Vec<SongId> = songs.values().copied().collect();
    let mut known = credits_of_songs(db, &asked).await?;
    Ok(songs.into_iter().map(|(entry, song)| (entry, known.remove(&song).unwrap_or_default())).collect())
}

/// Who made songs, by role, as the studio sees it. For who has been shown the songs: it asks nothing itself.
pub async fn credits_of_songs(
    db: &impl ConnectionTrait,
    songs: &[SongId],
) -> Result<HashMap<SongId, Vec<CreditLine>>, StoreError> {
    let known = credited(db, songs).await?;
    Ok(known.into_iter().map(|(song, credits)| (song, lines(&credits))).collect())
}

fn of_studio(studio: StudioId) -> Select<entry::Entity> {
    entry::Entity::find().filter(entry::Column::StudioId.eq(studio))
}

async fn list(
    db: &Db,
    query: Select<entry::Entity>,
    studio: StudioId,
    request: PageRequest<PortfolioEntryId>,
) -> Result<Page<EntryView>, PortfolioError> {
    let at = match request.cursor() {
        None => None,
        Some(id) => {
            let row = of_studio(studio).filter(entry::Column::Id.eq(id)).one(db).await?;
            Some(row.map(|row| row.position).ok_or(request.bad_cursor())?)
        }
    };
    let page = page::fetch_ordered(db, query, (entry::Column::Position, entry::Column::Id), request, at).await?;
    let Page { rows, has_previous, has_next } = page;
    Ok(Page { rows: views(db, rows).await?, has_previous, has_next })
}

/// Entries with their roles and links, in a fixed number of queries.
pub(super) async fn views(db: &impl ConnectionTrait, entries: Vec<entry::Model>) -> Result<Vec<EntryView>, StoreError> {
    let ids: BTreeSet<PortfolioEntryId> = entries.iter().map(|entry| entry.id).collect();
    let roles = entry_role::Entity::find().filter(entry_role::Column::EntryId.is_in(ids.clone())).all(db).await?;
    let links = entry_link::Entity::find().filter(entry_link::Column::EntryId.is_in(ids)).all(db).await?;
    let mut of_entries: HashMap<PortfolioEntryId, (Vec<SessionRole>, Vec<entry_link::Model>)> = HashMap::new();
    for row in roles {
        of_entries.entry(row.entry_id).or_default().0.push(row.role);
    }
    for row in links {
        of_entries.entry(row.entry_id).or_default().1.push(row);
    }
    let view = |entry: entry::Model| {
        let (mut roles, mut links) = of_entries.remove(&entry.id).unwrap_or_default();
        roles.sort_unstable();
        links.sort_by_key(|link| link.service);
        EntryView { entry, roles, links }
    };
    Ok(entries.into_iter().map(view).collect())
}
