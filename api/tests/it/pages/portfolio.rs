//! A portfolio as strangers see it: what was chosen, and nothing else.

use domain::{
    catalog::entity::{recording, work},
    edit::Edit,
    ids::{PartyId, PortfolioEntryId, SongId, TypedId},
    parties::entity as party,
    portfolio::commands::{EntryChange, NewEntry, ProfileChange, add_entry, update_entry, update_profile},
    production::entity::{
        PersonRole, person,
        project::{self, ProjectKind, ProjectState},
        song,
    },
    session_log::entity::SessionRole,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, IntoActiveModel, prelude::Uuid};

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};

const PAGE: &str = "/portfolio/nova";

async fn say(shop: &Shop, change: ProfileChange) {
    let owner = shop.owner().await;
    let tx = shop.services.begin().await.unwrap();
    update_profile(&tx, &owner, shop.studio, change).await.unwrap();
    tx.commit().await.unwrap();
}

async fn publish(shop: &Shop) {
    say(shop, ProfileChange { is_public: Edit::To(true), ..ProfileChange::default() }).await;
}

async fn add(shop: &Shop, song: Option<SongId>, rest: EntryChange) -> PortfolioEntryId {
    let owner = shop.owner().await;
    let tx = shop.services.begin().await.unwrap();
    let added = add_entry(&tx, &owner, shop.studio, NewEntry { song, rest }).await.unwrap();
    tx.commit().await.unwrap();
    added.entry.id
}

async fn change(shop: &Shop, id: PortfolioEntryId, change: EntryChange) {
    let owner = shop.owner().await;
    let tx = shop.services.begin().await.unwrap();
    update_entry(&tx, &owner, id, change).await.unwrap();
    tx.commit().await.unwrap();
}

/// A work that is shown from its release on.
fn shown(title: &str, released_on: &str) -> EntryChange {
    EntryChange {
        title: Edit::To(title.into()),
        artist: Edit::To("The Tides".into()),
        released_on: Edit::To(Some(released_on.parse().unwrap())),
        is_public: Edit::To(true),
        ..EntryChange::default()
    }
}

/// A song that an artist of a name has made.
async fn song(shop: &Shop, artist: &str) -> SongId {
    let (db, env, studio_id) = (&shop.services.db, &shop.services.env, shop.studio);
    let (created_at, title) = (env.now(), "First Light");
    // The first party of a studio is the studio itself.
    for (id, name) in [(party_id(1), "Nova"), (party_id(2), artist)] {
        let row = party::Model {
            id,
            studio_id,
            kind: party::PartyKind::Person,
            name: name.into(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
            created_at,
        };
        row.into_active_model().insert(db).await.unwrap();
    }
    let project = project::Model {
        id: env.id(),
        studio_id,
        client_id: None,
        kind: ProjectKind::Record,
        state: ProjectState::Delivered,
        title: "Debut".into(),
        created_at,
    };
    let work = work::Model { id: env.id(), studio_id, title: title.into(), iswc: None, created_at };
    let recording =
        recording::Model { id: env.id(), studio_id, work_id: work.id, title: title.into(), isrc: None, created_at };
    let song = song::Model {
        id: env.id(),
        studio_id,
        project_id: project.id,
        position: 1,
        title: title.into(),
        work_id: work.id,
        recording_id: recording.id,
        created_at,
    };
    let people = [(party_id(1), PersonRole::Mixer), (party_id(2), PersonRole::Artist)].map(|(party_id, role)| {
        let (id, project_id) = (env.id(), project.id);
        person::Model { id, studio_id, project_id, song_id: None, party_id, role, detail: String::new(), created_at }
    });
    project.into_active_model().insert(db).await.unwrap();
    work.into_active_model().insert(db).await.unwrap();
    recording.into_active_model().insert(db).await.unwrap();
    for person in people {
        person.into_active_model().insert(db).await.unwrap();
    }
    song.into_active_model().insert(db).await.unwrap().id
}

fn party_id(n: u128) -> PartyId {
    PartyId::from_uuid(Uuid::from_u128(n))
}

#[actix_web::test]
async fn there_is_no_page_until_it_is_published() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        add(shop, None, shown("Old", "2020-02-29")).await;
        for path in [PAGE, "/portfolio/nobody"] {
            let none = browser.get(path).await;
            assert_strict(&none);
            assert_eq!(none.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!none.text.contains("Old"), "{}", none.text);
        }
        assert!(!browser.get("/s/nova").await.text.contains(PAGE));
        publish(shop).await;
        assert_eq!(browser.get(PAGE).await.status, StatusCode::OK);
        assert!(browser.get("/s/nova").await.text.contains("href=\"/portfolio/nova\">See released work"));
    })
    .await;
}

#[actix_web::test]
async fn what_was_chosen_is_shown_and_escaped() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        publish(shop).await;
        let empty = browser.get(PAGE).await;
        assert_strict(&empty);
        assert!(empty.text.contains("Nothing to hear yet") && !empty.text.contains("mailto:"), "{}", empty.text);
        assert!(!empty.text.contains("/s/nova"), "nothing is on sale there");

        shop.beat("Night Drive", "night-drive", 140_000).await;
        say(
            shop,
            ProfileChange {
                headline: Edit::To("Soul <b>after dark</b>".into()),
                about: Edit::To("Two rooms & a tape machine.".into()),
                shows_email: Edit::To(true),
                links: Edit::To(vec![
                    "https://www.instagram.com/nova".into(),
                    "https://nova.example/?a=1&b=\"2\"".into(),
                ]),
                ..ProfileChange::default()
            },
        )
        .await;
        let old = EntryChange {
            roles: Edit::To(vec![SessionRole::Producer, SessionRole::MixingEngineer]),
            links: Edit::To(vec!["https://open.spotify.com/track/1".into(), "https://youtu.be/1".into()]),
            ..shown("Old <script>alert(1)</script>", "2020-02-29")
        };
        add(shop, None, old).await;
        add(shop, None, EntryChange { is_public: Edit::To(false), ..shown("Secret", "2020-02-29") }).await;
        add(shop, None, shown("Unreleased", "2999-01-01")).await;

        let seen = browser.get(PAGE).await;
        assert_strict(&seen);
        for there in [
            "The Tides",
            "Mixing engineer",
            "29 February 2020",
            "datetime=\"2020-02-29\"",
            ">Spotify<",
            ">YouTube<",
            ">Instagram<",
            ">nova.example<",
            "mailto:nova@example.com",
            "href=\"/s/nova\"",
            "https://schema.org/MusicRecording",
        ] {
            assert!(seen.text.contains(there), "{there} in {}", seen.text);
        }
        for hidden in ["Secret", "Unreleased", "<b>after dark", "<script>", "b=\"2\""] {
            assert!(!seen.text.contains(hidden), "{hidden} in {}", seen.text);
        }
    })
    .await;
}

#[actix_web::test]
async fn names_are_shown_where_the_entry_says_so() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        publish(shop).await;
        let song = song(shop, "Ada <i>Vox</i>").await;
        let seen_as = EntryChange {
            artist: Edit::To("The Tides".into()),
            released_on: Edit::To(Some("2020-02-29".parse().unwrap())),
            is_public: Edit::To(true),
            ..EntryChange::default()
        };
        let id = add(shop, Some(song), seen_as).await;
        let without = browser.get(PAGE).await;
        assert!(without.text.contains("First Light") && without.text.contains("Mixing engineer"), "{}", without.text);
        assert!(!without.text.contains("Vox") && !without.text.contains("Credits"), "{}", without.text);
        change(shop, id, EntryChange { shows_credits: Edit::To(true), ..EntryChange::default() }).await;
        let with = browser.get(PAGE).await;
        assert_strict(&with);
        assert!(with.text.contains("Vox") && with.text.contains("Credits"), "{}", with.text);
        assert!(!with.text.contains("<i>"), "{}", with.text);
    })
    .await;
}

#[actix_web::test]
async fn long_portfolios_are_read_page_by_page() {
    on_each_database(async |shop| {
        publish(shop).await;
        for n in 1..=25 {
            add(shop, None, shown(&format!("Work {n:02}"), "2020-02-29")).await;
        }
        let browser = Browser::new(&shop.url);
        let first = browser.get(PAGE).await;
        assert!(first.text.contains("Work 25") && !first.text.contains("Work 01"), "{}", first.text);
        let (_, rest) = first.text.split_once("href=\"/portfolio/nova?after=").unwrap();
        let (cursor, _) = rest.split_once('"').unwrap();
        let second = browser.get(&format!("{PAGE}?after={cursor}")).await;
        assert_strict(&second);
        assert!(second.text.contains("Work 01") && !second.text.contains("Work 25"), "{}", second.text);
        assert!(second.text.contains("?before="), "{}", second.text);
        assert_eq!(browser.get(&format!("{PAGE}?after=nothing")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}
