//! The portfolio: what is known of released work is entered by itself, and only what was chosen is shown.

use std::fmt::Debug;

use chrono::{Duration, NaiveDate};
use domain::{
    actor::{Actor, Ctx, Role},
    catalog::entity::recording,
    edit::Edit,
    env::Instant,
    ids::{PartyId, PortfolioEntryId, SongId, TypedId},
    money::Currency,
    page::PageRequest,
    parties::{
        ErasureReport, entity as party,
        records::{erasure, successor},
    },
    portfolio::{
        PortfolioError,
        commands::{
            EntryChange, NewEntry, ProfileChange, add_entry, move_entry, remove_entry, update_entry, update_profile,
        },
        entity::{Service, entry},
        queries::{
            EntryView, credits_of_songs, find_portfolio, find_public, links_of, list_entries, list_public,
            list_suggestions, public_credits,
        },
    },
    production::entity::{
        PersonRole, person,
        project::{self, ProjectKind, ProjectState},
        song,
    },
    report::{Explain, Kind},
    session_log::{
        commands::{CreditInput, NewSession, SessionChange, put_credit, start_session},
        entity::{SessionKind, SessionRole},
    },
    store::Tx,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, prelude::Uuid};

use crate::{shop::Shop, support::on_each_database};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn house(shop: &Shop) -> Ctx {
    shop.services.ctx(Actor::System)
}

fn member(shop: &Shop, role: Role) -> Ctx {
    shop.services.ctx(Actor::User {
        user: shop.services.env.id(),
        memberships: vec![(shop.studio, role)],
        closed: Vec::new(),
    })
}

/// A song of the studio, of a project of its own in a state; each is made a moment after the one before.
async fn song(shop: &Shop, title: &str, state: ProjectState) -> song::Model {
    shop.clock.advance(Duration::seconds(1));
    let (db, env) = (&shop.services.db, &shop.services.env);
    let (studio_id, created_at, work_id) = (shop.studio, env.now(), shop.work(title).await);
    let project = project::Model {
        id: env.id(),
        studio_id,
        client_id: None,
        kind: ProjectKind::Record,
        state,
        title: "Debut".into(),
        created_at,
    };
    let recording = recording::Model { id: env.id(), studio_id, work_id, title: title.into(), isrc: None, created_at };
    let song = song::Model {
        id: env.id(),
        studio_id,
        project_id: project.id,
        position: 1,
        title: title.into(),
        work_id,
        recording_id: recording.id,
        created_at,
    };
    project.into_active_model().insert(db).await.unwrap();
    recording.into_active_model().insert(db).await.unwrap();
    song.into_active_model().insert(db).await.unwrap()
}

/// The party that is the studio itself: its first one.
async fn own_party(shop: &Shop) -> PartyId {
    let row = party::Model {
        id: PartyId::from_uuid(Uuid::from_u128(1)),
        studio_id: shop.studio,
        kind: party::PartyKind::Company,
        name: "The House".into(),
        legal_name: None,
        email: None,
        ipi: None,
        isni: None,
        created_at: shop.services.env.now(),
    };
    row.into_active_model().insert(&shop.services.db).await.unwrap().id
}

/// Logs who did what on a song.
async fn log(shop: &Shop, song: SongId, did: &[(PartyId, SessionRole, Option<&str>)]) {
    let new = NewSession {
        booking: None,
        kind: SessionKind::Tracking,
        title: Some("Tracking".into()),
        started_at: Some(shop.services.env.now()),
        rest: SessionChange::default(),
    };
    let tx = shop.services.begin().await.unwrap();
    let session = start_session(&tx, &house(shop), shop.studio, new).await.unwrap().id;
    for (party, role, instrument) in did {
        let credit = CreditInput {
            party: *party,
            song: Some(song),
            role: *role,
            instrument: instrument.map(str::to_owned),
            from: None,
            to: None,
            note: (*role == SessionRole::Other).then(|| "brought cake".to_owned()),
        };
        put_credit(&tx, &house(shop), (session, None), &credit).await.unwrap();
    }
    shop.services.commit(tx).await.unwrap();
}

/// Names who takes part in a song's project.
async fn name(shop: &Shop, song: &song::Model, party: PartyId, role: PersonRole) {
    let row = person::Model {
        id: shop.services.env.id(),
        studio_id: shop.studio,
        project_id: song.project_id,
        song_id: None,
        party_id: party,
        role,
        detail: String::new(),
        created_at: shop.services.env.now(),
    };
    row.into_active_model().insert(&shop.services.db).await.unwrap();
}

/// Runs a command in a transaction of its own.
async fn run<T>(shop: &Shop, command: impl AsyncFnOnce(&Tx) -> Result<T, PortfolioError>) -> Result<T, PortfolioError> {
    let tx = shop.services.begin().await.unwrap();
    let outcome = command(&tx).await;
    match &outcome {
        Ok(_) => shop.services.commit(tx).await.unwrap(),
        Err(_) => tx.rollback().await.unwrap(),
    }
    outcome
}

async fn add(shop: &Shop, new: NewEntry) -> Result<EntryView, PortfolioError> {
    run(shop, async |tx| add_entry(tx, &house(shop), shop.studio, new).await).await
}

async fn change(shop: &Shop, id: PortfolioEntryId, change: EntryChange) -> Result<EntryView, PortfolioError> {
    run(shop, async |tx| update_entry(tx, &house(shop), id, change).await).await
}

/// Work that was done elsewhere.
fn elsewhere(title: &str) -> NewEntry {
    let rest =
        EntryChange { title: Edit::To(title.into()), artist: Edit::To("The Tides".into()), ..EntryChange::default() };
    NewEntry { song: None, rest }
}

fn shown(released_on: &str) -> EntryChange {
    EntryChange { is_public: Edit::To(true), released_on: Edit::To(Some(day(released_on))), ..EntryChange::default() }
}

fn of_song(song: SongId) -> NewEntry {
    NewEntry { song: Some(song), rest: EntryChange::default() }
}

/// The titles of the portfolio in their order, if they are numbered from 1 without a gap.
async fn titles(shop: &Shop) -> Vec<String> {
    let page = list_entries(&shop.services.db, &house(shop), shop.studio, PageRequest::largest()).await.unwrap();
    let places: Vec<i32> = page.rows.iter().map(|view| view.entry.position).collect();
    assert!((1..).zip(&places).all(|(place, found)| place == *found), "{places:?}");
    page.rows.into_iter().map(|view| view.entry.title).collect()
}

/// The titles that are seen on a day.
async fn seen(shop: &Shop, on: &str) -> Vec<String> {
    let page = list_public(&shop.services.db, shop.studio, on.parse().unwrap(), PageRequest::largest()).await.unwrap();
    page.rows.into_iter().map(|view| view.entry.title).collect()
}

/// The code of a refusal and the field that it names.
fn refusal<T: Debug>(outcome: Result<T, PortfolioError>) -> (&'static str, String) {
    let report = outcome.unwrap_err().explain();
    (report.code, report.field.unwrap_or_default())
}

#[tokio::test]
async fn delivered_songs_are_suggested_with_what_is_known_of_them() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ([nova, orson], own) = (shop.makers, own_party(&shop).await);
        let logged = song(&shop, "First Light", ProjectState::Delivered).await;
        let named = song(&shop, "Second Wind", ProjectState::Delivered).await;
        song(&shop, "Not Yet", ProjectState::Active).await;
        log(
            &shop,
            logged.id,
            &[
                (nova, SessionRole::Artist, None),
                (orson, SessionRole::FeaturedArtist, None),
                (own, SessionRole::Producer, None),
                (own, SessionRole::MixingEngineer, None),
                (own, SessionRole::Other, None),
            ],
        )
        .await;
        name(&shop, &named, orson, PersonRole::Artist).await;
        name(&shop, &named, own, PersonRole::MasteringEngineer).await;
        name(&shop, &named, nova, PersonRole::Manager).await;

        let suggested = async || {
            let (db, ctx) = (&shop.services.db, member(&shop, Role::Engineer));
            let page = list_suggestions(db, &ctx, shop.studio, PageRequest::default()).await.unwrap();
            let told = page.rows.into_iter().map(|row| (row.song.title, row.artist.unwrap_or_default(), row.roles));
            told.collect::<Vec<_>>()
        };
        let second = ("Second Wind".to_owned(), "Orson".to_owned(), vec![SessionRole::MasteringEngineer]);
        let roles = vec![SessionRole::Producer, SessionRole::MixingEngineer];
        let first = ("First Light".to_owned(), "Nova feat. Orson".to_owned(), roles.clone());
        assert_eq!(suggested().await, [second.clone(), first]);

        let added = add(&shop, of_song(logged.id)).await.unwrap();
        assert_eq!((added.entry.title.as_str(), added.entry.artist.as_str()), ("First Light", "Nova feat. Orson"));
        assert_eq!(added.roles, roles);
        assert!(!added.entry.is_public && !added.entry.shows_credits, "nobody chose to show it");
        assert_eq!(suggested().await, [second]);
        assert_eq!(refusal(add(&shop, of_song(logged.id)).await), ("SONG_LISTED", "song".into()));

        let known = credits_of_songs(&shop.services.db, &[logged.id, named.id]).await.unwrap();
        let told = |song: SongId| -> Vec<(String, String)> {
            known[&song].iter().map(|line| (line.role_name(), line.names.join(" & "))).collect()
        };
        let line = |role: &str, names: &str| (role.to_owned(), names.to_owned());
        assert_eq!(
            told(logged.id),
            [
                line("Artist", "Nova"),
                line("Featured artist", "Orson"),
                line("Producer", "The House"),
                line("Mixing engineer", "The House")
            ]
        );
        assert_eq!(told(named.id), [line("Artist", "Orson"), line("Mastering engineer", "The House")]);
    })
    .await;
}

#[tokio::test]
async fn who_was_merged_or_plays_two_instruments_is_named_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let [nova, orson] = shop.makers;
        let logged = song(&shop, "First Light", ProjectState::Delivered).await;
        let played = ["guitar", "piano"].map(|instrument| (nova, SessionRole::Artist, Some(instrument)));
        log(&shop, logged.id, &played).await;
        let named = song(&shop, "Second Wind", ProjectState::Delivered).await;
        for party in [nova, orson] {
            name(&shop, &named, party, PersonRole::Artist).await;
        }
        let merged = successor::Model {
            party_id: orson,
            studio_id: shop.studio,
            successor_id: nova,
            reference: "PM-1".into(),
            merged_at: shop.services.env.now(),
            merged_by: None,
        };
        merged.into_active_model().insert(&shop.services.db).await.unwrap();
        for id in [logged.id, named.id] {
            assert_eq!(add(&shop, of_song(id)).await.unwrap().entry.artist, "Nova");
        }
        let known = credits_of_songs(&shop.services.db, &[named.id]).await.unwrap();
        assert_eq!(known[&named.id][0].names, ["Nova"]);
    })
    .await;
}

#[tokio::test]
async fn only_what_was_chosen_and_is_released_is_shown() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (db, studio) = (&shop.services.db, shop.studio);
        assert!(find_public(db, studio).await.unwrap().is_none());
        assert!(!find_portfolio(db, &house(&shop), studio).await.unwrap().is_public, "nobody has written it yet");

        let old = add(&shop, elsewhere("Old")).await.unwrap().entry.id;
        add(&shop, elsewhere("Private")).await.unwrap();
        let rest =
            EntryChange { title: Edit::To("New".into()), artist: Edit::To("Nova".into()), ..shown("2026-12-24") };
        add(&shop, NewEntry { song: None, rest }).await.unwrap();
        let undated = EntryChange { is_public: Edit::To(true), ..EntryChange::default() };
        assert_eq!(refusal(change(&shop, old, undated).await), ("NO_RELEASE_DATE", "releasedOn".into()));
        change(&shop, old, shown("2020-02-29")).await.unwrap();
        let undated = EntryChange { released_on: Edit::To(None), ..EntryChange::default() };
        assert_eq!(refusal(change(&shop, old, undated).await), ("NO_RELEASE_DATE", "releasedOn".into()));

        assert_eq!(seen(&shop, "2026-11-23").await, ["Old"]);
        assert_eq!(seen(&shop, "2026-12-24").await, ["New", "Old"], "it is seen from its release on");
        assert_eq!(titles(&shop).await, ["New", "Private", "Old"]);
        let hidden = EntryChange { is_public: Edit::To(false), ..EntryChange::default() };
        change(&shop, old, hidden).await.unwrap();
        assert!(seen(&shop, "2026-11-23").await.is_empty());

        let published = ProfileChange { is_public: Edit::To(true), ..ProfileChange::default() };
        run(&shop, async |tx| update_profile(tx, &house(&shop), studio, published).await).await.unwrap();
        assert!(find_public(db, studio).await.unwrap().is_some_and(|profile| !profile.shows_email));
    })
    .await;
}

#[tokio::test]
async fn names_are_shown_only_where_the_entry_says_so() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let [nova, orson] = shop.makers;
        let song = song(&shop, "First Light", ProjectState::Delivered).await;
        log(
            &shop,
            song.id,
            &[
                (nova, SessionRole::Artist, None),
                (orson, SessionRole::Performer, Some("bass")),
                (orson, SessionRole::Performer, Some("drums")),
                (orson, SessionRole::Visitor, None),
            ],
        )
        .await;
        let entry = add(&shop, of_song(song.id)).await.unwrap();
        let credits = async |view: &EntryView| {
            let found = public_credits(&shop.services.db, std::slice::from_ref(view)).await.unwrap();
            let lines = found.into_values().flatten();
            lines.map(|line| (line.role, line.names)).collect::<Vec<_>>()
        };
        assert!(credits(&entry).await.is_empty());
        let naming = EntryChange { shows_credits: Edit::To(true), ..EntryChange::default() };
        let entry = change(&shop, entry.entry.id, naming).await.unwrap();
        let artist = (SessionRole::Artist, vec!["Nova".to_owned()]);
        let performer = (SessionRole::Performer, vec!["Orson (bass, drums)".to_owned()]);
        assert_eq!(credits(&entry).await, [artist.clone(), performer]);

        let erased = erasure::Model {
            party_id: orson,
            studio_id: shop.studio,
            erased_at: shop.services.env.now(),
            erased_by: None,
            report: ErasureReport::default(),
        };
        erased.into_active_model().insert(&shop.services.db).await.unwrap();
        assert_eq!(credits(&entry).await, [artist], "who was erased is not named");
    })
    .await;
}

#[tokio::test]
async fn works_keep_their_places() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut ids = Vec::new();
        for title in ["D", "C", "B", "A"] {
            ids.push(add(&shop, elsewhere(title)).await.unwrap().entry.id);
        }
        let [d, _, b, a] = ids[..] else { panic!("four works") };
        let put = async |id, place| run(&shop, async |tx| move_entry(tx, &house(&shop), id, place).await).await;
        assert_eq!(titles(&shop).await, ["A", "B", "C", "D"], "the newest first");
        assert_eq!(put(a, 3).await.unwrap().entry.position, 3);
        assert_eq!(titles(&shop).await, ["B", "C", "A", "D"]);
        put(d, 1).await.unwrap();
        assert_eq!(titles(&shop).await, ["D", "B", "C", "A"]);
        put(b, 2).await.unwrap();
        for place in [0, 5] {
            assert_eq!(refusal(put(a, place).await), ("BAD_PLACE", "place".into()));
        }
        let remove = async |id| run(&shop, async |tx| remove_entry(tx, &house(&shop), shop.studio, id).await).await;
        assert_eq!(remove(b).await.unwrap().entry.title, "B");
        assert_eq!(refusal(remove(b).await), ("NOT_LISTED", "entry".into()), "it is removed once");
        assert_eq!(titles(&shop).await, ["D", "C", "A"]);
        assert_eq!(refusal(put(b, 1).await), ("NOT_FOUND", "entry".into()));

        let (db, ctx) = (&shop.services.db, house(&shop));
        let first = PageRequest::new(Some(2), None, None, None).unwrap();
        let page = list_entries(db, &ctx, shop.studio, first).await.unwrap();
        let cursor = page.rows.last().unwrap().entry.id;
        assert!(page.has_next && !page.has_previous);
        let rest = list_entries(db, &ctx, shop.studio, first.behind(cursor)).await.unwrap();
        assert_eq!(rest.rows.iter().map(|view| view.entry.title.as_str()).collect::<Vec<_>>(), ["A"]);
        assert_eq!(refusal(list_entries(db, &ctx, shop.studio, first.behind(b)).await), ("BAD_PAGE", "after".into()));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_stand_is_refused_by_its_field() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (db, studio) = (&shop.services.db, shop.studio);
        let profile = async |change: ProfileChange| {
            run(&shop, async |tx| update_profile(tx, &house(&shop), studio, change).await).await
        };
        let links = |given: &[&str]| Edit::To(given.iter().map(|link| (*link).to_owned()).collect::<Vec<_>>());
        let unsafe_link = ProfileChange {
            links: links(&["https://nova.example", "http://nova.example"]),
            ..ProfileChange::default()
        };
        assert_eq!(refusal(profile(unsafe_link).await), ("LINK_URL", "links.1".into()));
        let long = ProfileChange { headline: Edit::To("x".repeat(201)), ..ProfileChange::default() };
        assert_eq!(refusal(profile(long).await), ("BAD_TEXT", "headline".into()));
        let said = ProfileChange {
            headline: Edit::To(" Soul,  after dark ".into()),
            links: links(&["https://soundcloud.com/nova", "https://nova.example"]),
            ..ProfileChange::default()
        };
        assert_eq!(profile(said).await.unwrap().headline, "Soul, after dark");
        let fewer = ProfileChange { links: links(&["https://nova.example"]), ..ProfileChange::default() };
        assert_eq!(profile(fewer).await.unwrap().headline, "Soul, after dark", "what is left out stays");
        let urls: Vec<String> = links_of(db, studio).await.unwrap().into_iter().map(|link| link.url).collect();
        assert_eq!(urls, ["https://nova.example/"]);

        assert_eq!(refusal(add(&shop, NewEntry::default()).await), ("BAD_TEXT", "title".into()));
        let unsung = song(&shop, "Hum", ProjectState::Delivered).await;
        assert_eq!(refusal(add(&shop, of_song(unsung.id)).await), ("BAD_TEXT", "artist".into()), "nobody knows whose");
        let foreign = of_song(shop.services.env.id());
        assert_eq!(refusal(add(&shop, foreign).await), ("NOT_FOUND", "song".into()));
        let id = add(&shop, elsewhere("Old")).await.unwrap().entry.id;
        let unknown = EntryChange { links: links(&["https://nova.example/old"]), ..EntryChange::default() };
        assert_eq!(refusal(change(&shop, id, unknown).await), ("LINK_SERVICE", "links.0".into()));
        let visitor = EntryChange { roles: Edit::To(vec![SessionRole::Visitor]), ..EntryChange::default() };
        assert_eq!(refusal(change(&shop, id, visitor).await), ("PORTFOLIO_ROLE", "roles.0".into()));
        let linked = EntryChange {
            links: links(&["https://www.deezer.com/track/1", "https://open.spotify.com/track/1"]),
            roles: Edit::To(vec![SessionRole::Remixer, SessionRole::Producer]),
            ..EntryChange::default()
        };
        let view = change(&shop, id, linked).await.unwrap();
        let services: Vec<Service> = view.links.iter().map(|link| link.service).collect();
        assert_eq!(services, [Service::Spotify, Service::Deezer]);
        assert_eq!(view.roles, [SessionRole::Producer, SessionRole::Remixer]);
        assert_eq!(change(&shop, id, EntryChange::default()).await.unwrap().links, view.links);

        for (role, allowed) in [(Role::Manager, true), (Role::Engineer, false)] {
            let ctx = member(&shop, role);
            let outcome = run(&shop, async |tx| add_entry(tx, &ctx, studio, elsewhere("Mine")).await).await;
            assert_eq!(outcome.is_ok(), allowed, "{role}");
        }
        let stranger = shop.services.ctx(Actor::User {
            user: shop.services.env.id(),
            memberships: Vec::new(),
            closed: Vec::new(),
        });
        let read = list_entries(db, &stranger, studio, PageRequest::default()).await.unwrap_err();
        assert_eq!(read.explain().kind, Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_what_is_shown_and_whose_it_is() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let song = song(&shop, "First Light", ProjectState::Delivered).await;
        let id = add(&shop, elsewhere("Old")).await.unwrap().entry.id;
        let refused = async |row: entry::ActiveModel| row.update(&shop.services.db).await.is_err();
        let same = || entry::ActiveModel { id: Set(id), ..Default::default() };
        assert!(refused(entry::ActiveModel { is_public: Set(true), ..same() }).await, "without a release date");
        assert!(refused(entry::ActiveModel { song_id: Set(Some(song.id)), ..same() }).await, "of another work");
        let later: Instant = shop.services.env.now() + Duration::days(1);
        assert!(refused(entry::ActiveModel { created_at: Set(later), ..same() }).await);
        assert!(!refused(entry::ActiveModel { title: Set("Older".into()), ..same() }).await);
        let stored = entry::Entity::find_by_id(id).one(&shop.services.db).await.unwrap().unwrap();
        assert_eq!((stored.title.as_str(), stored.song_id, stored.is_public), ("Older", None, false));
    })
    .await;
}
