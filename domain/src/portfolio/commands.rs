//! What changes portfolios. Each command holds the studio's portfolio first, so that works keep their places and of two who add a song one does.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType},
};

use super::{
    PortfolioError,
    credits::{Own, artist, credited},
    entity::{Service, entry, entry_link, entry_role, profile, profile_link},
    queries::{EntryView, views},
    rules::{self, MAX_ABOUT_CHARS, MAX_ENTRIES, MAX_LINE_CHARS},
};
use crate::{
    actor::Ctx,
    booking::rules::texts::{line, lines, optional_line},
    edit::Edit,
    env::Instant,
    ids::{PortfolioEntryId, SongId, StudioId},
    policy::{self, Action},
    production::entity::song,
    report::StoreError,
    session_log::entity::SessionRole,
    store::{self, Tx},
};

/// A change of what a studio says of itself; texts and links as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileChange {
    /// One line about the studio; may be empty.
    pub headline: Edit<String>,
    /// A few sentences about it; may be empty.
    pub about: Edit<String>,
    /// Whether its page shows the studio's address for mail.
    pub shows_email: Edit<bool>,
    /// Whether it has a page.
    pub is_public: Edit<bool>,
    /// Where else it is found, in this order.
    pub links: Edit<Vec<String>>,
}

/// A change of a work; texts and links as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryChange {
    /// What it is called.
    pub title: Edit<String>,
    /// Whose release it is.
    pub artist: Edit<String>,
    /// When it was released, or will be.
    pub released_on: Edit<Option<NaiveDate>>,
    /// What the studio did.
    pub roles: Edit<Vec<SessionRole>>,
    /// Where it is listened to.
    pub links: Edit<Vec<String>>,
    /// Whether it is shown, from its release on.
    pub is_public: Edit<bool>,
    /// Whether those who made it are named there.
    pub shows_credits: Edit<bool>,
}

/// A work to be added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewEntry {
    /// The song, if it is one of the studio's projects: what is left out below is as is known of it.
    pub song: Option<SongId>,
    /// What is said of it.
    pub rest: EntryChange,
}

/// A portfolio that says nothing, to nobody.
pub(super) const fn blank(studio: StudioId, now: Instant) -> profile::Model {
    profile::Model {
        studio_id: studio,
        headline: String::new(),
        about: String::new(),
        shows_email: false,
        is_public: false,
        updated_at: now,
    }
}

/// A studio's portfolio for whoever may change it, held until the end of the transaction; begun if there is none.
async fn hold(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<profile::Model, PortfolioError> {
    policy::require(&ctx.actor, Action::ManageProduction, studio)?;
    store::insert_new(tx, blank(studio, ctx.env.now()).into_active_model()).await?;
    let held = profile::Entity::find_by_id(studio).lock(LockType::NoKeyUpdate).one(tx).await?;
    held.ok_or(PortfolioError::NotFound { what: "studio", field: "studio" })
}

/// A work as it stands while its portfolio is held.
async fn hold_entry(tx: &Tx, ctx: &Ctx, id: PortfolioEntryId) -> Result<entry::Model, PortfolioError> {
    let gone = || PortfolioError::NotFound { what: "work in the portfolio", field: "entry" };
    let found = entry::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageProduction, found, |row| row.studio_id)?.ok_or_else(gone)?;
    hold(tx, ctx, found.studio_id).await?;
    entry::Entity::find_by_id(id).one(tx).await?.ok_or_else(gone)
}

/// Changes what a studio says of itself.
///
/// # Errors
/// If the actor may not, or a text or link is refused.
pub async fn update_profile(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    change: ProfileChange,
) -> Result<profile::Model, PortfolioError> {
    let before = hold(tx, ctx, studio).await?;
    let headline = change.headline.try_map(|text| optional_line("headline", Some(text.as_str()), MAX_LINE_CHARS))?;
    let headline = match headline {
        Edit::Keep => before.headline,
        Edit::To(text) => text.unwrap_or_default(),
    };
    let row = profile::ActiveModel {
        studio_id: Set(studio),
        headline: Set(headline),
        about: Set(change.about.try_map(|text| lines("about", &text, MAX_ABOUT_CHARS))?.or(before.about)),
        shows_email: Set(change.shows_email.or(before.shows_email)),
        is_public: Set(change.is_public.or(before.is_public)),
        updated_at: Set(ctx.env.now()),
    };
    let after = row.update(tx).await?;
    if let Edit::To(given) = change.links {
        let links = rules::profile_links(&given)?;
        profile_link::Entity::delete_many().filter(profile_link::Column::StudioId.eq(studio)).exec(tx).await?;
        for (position, url) in (1..).zip(links) {
            let row = profile_link::Model { studio_id: studio, position, url };
            row.into_active_model().insert(tx).await?;
        }
    }
    Ok(after)
}

/// Adds a work before the others, private unless it is said otherwise. Of a song title, artist and roles are as is known of it, unless they are given.
///
/// # Errors
/// If the actor may not, the song is not the studio's or in the portfolio already, something is refused, or the portfolio is full.
pub async fn add_entry(tx: &Tx, ctx: &Ctx, studio: StudioId, new: NewEntry) -> Result<EntryView, PortfolioError> {
    hold(tx, ctx, studio).await?;
    let count = entry::Entity::find().filter(entry::Column::StudioId.eq(studio)).count(tx).await?;
    let last = i32::try_from(count).unwrap_or(i32::MAX);
    if count >= MAX_ENTRIES as u64 {
        return Err(PortfolioError::Full);
    }
    let now = ctx.env.now();
    let mut begun = entry::Model {
        id: ctx.env.id(),
        studio_id: studio,
        song_id: new.song,
        position: 1,
        title: String::new(),
        artist: String::new(),
        released_on: None,
        is_public: false,
        shows_credits: false,
        created_at: now,
        updated_at: now,
    };
    let mut change = new.rest;
    if let Some(song) = new.song {
        let song = require_song(tx, studio, song).await?;
        let credits = credited(tx, &[song.id]).await?.remove(&song.id).unwrap_or_default();
        begun.title = song.title;
        begun.artist = artist(&credits).unwrap_or_default();
        if change.roles == Edit::Keep {
            change.roles = Edit::To(Own::of(tx, studio).await?.roles(&credits).into_iter().collect());
        }
    }
    let entry = Changed::of(begun, change, now)?;
    shift(tx, studio, (1, last), 1).await?;
    entry.entry.clone().into_active_model().insert(tx).await?;
    entry.save_parts(tx).await
}

/// A song of the studio that is not in the portfolio yet.
async fn require_song(tx: &Tx, studio: StudioId, id: SongId) -> Result<song::Model, PortfolioError> {
    let found = song::Entity::find_by_id(id).filter(song::Column::StudioId.eq(studio)).one(tx).await?;
    let song = found.ok_or(PortfolioError::NotFound { what: "song", field: "song" })?;
    let listed = entry::Entity::find().filter(entry::Column::SongId.eq(id)).one(tx).await?;
    if listed.is_some() { Err(PortfolioError::Listed) } else { Ok(song) }
}

/// Changes what is said of a work.
///
/// # Errors
/// If the actor may not, there is no such work, or something is refused.
pub async fn update_entry(
    tx: &Tx,
    ctx: &Ctx,
    id: PortfolioEntryId,
    change: EntryChange,
) -> Result<EntryView, PortfolioError> {
    let before = hold_entry(tx, ctx, id).await?;
    let changed = Changed::of(before, change, ctx.env.now())?;
    let row = entry::ActiveModel { id: Set(id), ..changed.entry.clone().into_active_model().reset_all() };
    row.update(tx).await?;
    changed.save_parts(tx).await
}

/// Moves a work to a place among the others, from 1; they keep their order.
///
/// # Errors
/// If the actor may not, or there is no such work or place.
pub async fn move_entry(tx: &Tx, ctx: &Ctx, id: PortfolioEntryId, place: i32) -> Result<EntryView, PortfolioError> {
    let before = hold_entry(tx, ctx, id).await?;
    let count = entry::Entity::find().filter(entry::Column::StudioId.eq(before.studio_id)).count(tx).await?;
    let last = i32::try_from(count).unwrap_or(i32::MAX);
    if !(1..=last).contains(&place) {
        return Err(PortfolioError::Place { last });
    }
    let (studio, from) = (before.studio_id, before.position);
    let mut entry = before;
    if place != from {
        put_at(tx, id, 2 * ASIDE).await?;
        if from < place {
            shift(tx, studio, (from + 1, place), -1).await?;
        } else {
            shift(tx, studio, (place, from - 1), 1).await?;
        }
        entry = put_at(tx, id, place).await?;
    }
    view(tx, entry).await
}

/// Takes a work out of a studio's portfolio; its song stays as it is.
///
/// # Errors
/// If the actor may not, or the portfolio has no such work, or none any more.
pub async fn remove_entry(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    id: PortfolioEntryId,
) -> Result<EntryView, PortfolioError> {
    hold(tx, ctx, studio).await?;
    let found = entry::Entity::find_by_id(id).filter(entry::Column::StudioId.eq(studio)).one(tx).await?;
    let view = view(tx, found.ok_or(PortfolioError::NotListed)?).await?;
    entry::Entity::delete_by_id(id).exec(tx).await?;
    shift(tx, studio, (view.entry.position + 1, ASIDE - 1), -1).await?;
    Ok(view)
}

/// An entry as it will be, and what of its roles and links is set anew.
struct Changed {
    entry: entry::Model,
    roles: Edit<BTreeSet<SessionRole>>,
    links: Edit<BTreeMap<Service, String>>,
}

impl Changed {
    /// An entry with a change, if it can stand so.
    fn of(entry: entry::Model, change: EntryChange, now: Instant) -> Result<Self, PortfolioError> {
        // What is known of a song is checked as what is typed, for it may be missing.
        let title = line("title", &change.title.or(entry.title), MAX_LINE_CHARS)?;
        let artist = line("artist", &change.artist.or(entry.artist), MAX_LINE_CHARS)?;
        let changed = entry::Model {
            title,
            artist,
            released_on: change.released_on.or(entry.released_on),
            is_public: change.is_public.or(entry.is_public),
            shows_credits: change.shows_credits.or(entry.shows_credits),
            updated_at: now,
            ..entry
        };
        rules::require_release(&changed)?;
        Ok(Self {
            entry: changed,
            roles: change.roles.try_map(|roles| rules::roles(&roles))?,
            links: change.links.try_map(|links| rules::entry_links(&links))?,
        })
    }

    /// Writes the roles and links of an entry that is written.
    async fn save_parts(self, tx: &Tx) -> Result<EntryView, PortfolioError> {
        let id = self.entry.id;
        if let Edit::To(roles) = self.roles {
            entry_role::Entity::delete_many().filter(entry_role::Column::EntryId.eq(id)).exec(tx).await?;
            for role in roles {
                entry_role::Model { entry_id: id, role }.into_active_model().insert(tx).await?;
            }
        }
        if let Edit::To(links) = self.links {
            entry_link::Entity::delete_many().filter(entry_link::Column::EntryId.eq(id)).exec(tx).await?;
            for (service, url) in links {
                entry_link::Model { entry_id: id, service, url }.into_active_model().insert(tx).await?;
            }
        }
        view(tx, self.entry).await
    }
}

async fn view(tx: &Tx, entry: entry::Model) -> Result<EntryView, PortfolioError> {
    let gone = PortfolioError::NotFound { what: "work in the portfolio", field: "entry" };
    views(tx, vec![entry]).await?.pop().ok_or(gone)
}

/// More than there are places: out of each other's way, for no two stand at one place even for a moment.
const ASIDE: i32 = 1_000_000;

async fn put_at(tx: &Tx, id: PortfolioEntryId, place: i32) -> Result<entry::Model, StoreError> {
    let row = entry::ActiveModel { id: Set(id), position: Set(place), ..Default::default() };
    Ok(row.update(tx).await?)
}

/// Moves those that stand from one place to another, both included, by so many places.
async fn shift(tx: &Tx, studio: StudioId, (from, to): (i32, i32), by: i32) -> Result<(), StoreError> {
    entry::Entity::update_many()
        .col_expr(entry::Column::Position, Expr::col(entry::Column::Position).add(ASIDE))
        .filter(entry::Column::StudioId.eq(studio))
        .filter(entry::Column::Position.between(from, to))
        .exec(tx)
        .await?;
    entry::Entity::update_many()
        .col_expr(entry::Column::Position, Expr::col(entry::Column::Position).add(by - ASIDE))
        .filter(entry::Column::StudioId.eq(studio))
        .filter(entry::Column::Position.between(from + ASIDE, to + ASIDE))
        .exec(tx)
        .await?;
    Ok(())
}
