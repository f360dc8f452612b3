//! Releases: how their income is spread, what is told of them, and the catalogue that they stand in.

use domain::{
    actor::Actor,
    ids::{PartyId, RecordingId, ReleaseId},
    parties::{DataClass, entity as party, erase_party},
    registrations::{
        RegistrationError,
        catalogue::catalogue_csv,
        commands::{NewTrack, ReleaseInput, export_ern, save_release},
        entity::{ReleaseKind, release},
        facts::{ArtistFacts, DealFacts, ReleaseFacts},
        queries::{messages_of, tracks_of},
    },
    royalties::{entity::rule, rules::Rule},
};
use interchange::ern::{CommercialModel, Messenger, Territories, Use};
use sea_orm::{EntityTrait, QueryOrder};

use super::Desk;
use crate::{
    clients::{done, enter_party, person},
    support::on_each_database,
};

const EAN: &str = "5901234123457";

fn input(id: Option<ReleaseId>, tracks: &[(RecordingId, u32)]) -> ReleaseInput {
    let deal = DealFacts {
        territories: Territories::World,
        starts_on: "2026-12-01".parse().unwrap(),
        ends_on: None,
        models: vec![CommercialModel::Subscription],
        uses: vec![Use::OnDemandStream],
        is_for_tracks: true,
        is_pre_order: false,
    };
    let recipient = Messenger { dpid: "PADPIDA2007040502I".into(), name: "A distributor".into() };
    ReleaseInput {
        id,
        ean: Some("590-1234-12345-7".into()),
        kind: ReleaseKind::Ep,
        title: "First Light".into(),
        artist: "Nova".into(),
        label: "Nova Records".into(),
        catalogue_number: Some("NR 1".into()),
        released_on: Some("2026-12-01".parse().unwrap()),
        facts: ReleaseFacts {
            genre: "Soul".into(),
            recipients: vec![recipient],
            deals: vec![deal],
            ..ReleaseFacts::default()
        },
        tracks: tracks.iter().map(|(recording, weight)| NewTrack { recording: *recording, weight: *weight }).collect(),
        spread_from: None,
    }
}

async fn save(desk: &Desk, input: ReleaseInput) -> Result<release::Model, RegistrationError> {
    let services = &desk.shop.services;
    let tx = services.begin().await?;
    let row = save_release(&tx, &services.ctx(Actor::System), desk.shop.studio, input).await?;
    services.commit(tx).await?;
    Ok(row)
}

#[tokio::test]
async fn income_is_spread_anew_where_tracks_or_weights_change() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let db = &desk.shop.services.db;
        let ((_, first), (_, second)) = (desk.song("Night Drive").await, desk.song("Tides").await);
        let saved = save(&desk, input(None, &[(first, 1), (second, 1)])).await.unwrap();
        assert_eq!(saved.ean.as_deref(), Some(EAN));
        // Another title alone spreads nothing otherwise.
        let renamed = ReleaseInput { title: "Last Light".into(), ..input(Some(saved.id), &[(first, 1), (second, 1)]) };
        assert_eq!(save(&desk, renamed).await.unwrap().title, "Last Light");
        save(&desk, input(Some(saved.id), &[(second, 3), (first, 1)])).await.unwrap();
        let rules = rule::Entity::find().order_by_asc(rule::Column::Number).all(db).await.unwrap();
        let told: Vec<_> = rules
            .iter()
            .map(|row| {
                let Rule::Album(album) = serde_json::from_str(&row.content).unwrap() else { panic!("{row:?}") };
                (row.rule.as_str(), row.number, row.effective_on.to_string(), album.tracks)
            })
            .collect();
        let id = "album:5901234123457";
        assert_eq!(
            told,
            [
                (id, 1, "2026-12-01".to_owned(), vec![(first, 1), (second, 1)]),
                (id, 2, "2026-11-23".to_owned(), vec![(second, 3), (first, 1)]),
            ]
        );
        let tracks = tracks_of(db, &[saved.id]).await.unwrap().remove(&saved.id).unwrap();
        let places: Vec<_> = tracks.iter().map(|track| (track.position, track.recording_id, track.weight)).collect();
        assert_eq!(places, [(1, second, 3), (2, first, 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_release_that_cannot_be_is_refused_by_its_field() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let (_, recording) = desk.song("Night Drive").await;
        save(&desk, input(None, &[(recording, 1)])).await.unwrap();
        let taken = save(&desk, input(None, &[])).await.unwrap_err();
        assert!(matches!(taken, RegistrationError::EanTaken), "{taken}");
        let good = || ReleaseInput { ean: None, ..input(None, &[(recording, 1)]) };
        for (wrong, field) in [
            (ReleaseInput { ean: Some("5901234123458".into()), ..good() }, "ean"),
            (ReleaseInput { title: " ".into(), ..good() }, "title"),
            (ReleaseInput { label: String::new(), ..good() }, "label"),
            (ReleaseInput { tracks: input(None, &[(recording, 0)]).tracks, ..good() }, "tracks"),
            (ReleaseInput { tracks: input(None, &[(recording, 1), (recording, 1)]).tracks, ..good() }, "tracks"),
        ] {
            let refused = save(&desk, wrong).await.unwrap_err();
            assert!(matches!(&refused, RegistrationError::Fault(fault) if fault.field == field), "{field}: {refused}");
        }
        let strange =
            save(&desk, ReleaseInput { tracks: input(None, &[(desk.shop.services.env.id(), 1)]).tracks, ..good() });
        assert!(matches!(strange.await, Err(RegistrationError::NotFound { field: "tracks", .. })));
    })
    .await;
}

#[tokio::test]
async fn whoever_a_release_names_keeps_a_name_and_who_was_erased_is_not_named_anew() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let (_, recording) = desk.song("Night Drive").await;
        let [ada, bo] = ["Ada", "Bo"].map(|name| enter_party(world, &desk.shop, person(name, None)));
        let (ada, bo) = (ada.await.id, bo.await.id);
        let shown = |id: Option<ReleaseId>, party: PartyId| {
            let mut shown = input(id, &[(recording, 1)]);
            shown.facts.artists = vec![ArtistFacts { name: None, party: Some(party), is_featured: false }];
            shown
        };
        let release = save(&desk, shown(None, ada)).await.unwrap().id;
        let erased = done(world, async |tx| erase_party(tx, &world.ctx, ada, "Ada").await).await.unwrap();
        let kept: Vec<_> = erased.report.lines.iter().filter(|line| !line.erased).collect();
        let kept: Vec<_> = kept.iter().map(|line| (line.class, line.rows)).collect();
        assert_eq!(kept, [(DataClass::Identity, 1), (DataClass::Credits, 1)]);
        let row = party::Entity::find_by_id(ada).one(&world.db).await.unwrap().unwrap();
        assert_eq!(row.name, "Ada");
        done(world, async |tx| erase_party(tx, &world.ctx, bo, "Bo").await).await.unwrap();
        // Who stands there stays there.
        save(&desk, shown(Some(release), ada)).await.unwrap();
        for gone in [bo, desk.shop.services.env.id()] {
            let refused = save(&desk, shown(Some(release), gone)).await.unwrap_err();
            assert!(
                matches!(&refused, RegistrationError::Fault(fault) if fault.field == "facts.artists.0.party"),
                "{refused}"
            );
        }
        // Who is not named any more is nobody's to keep.
        save(&desk, input(Some(release), &[(recording, 1)])).await.unwrap();
        let again = save(&desk, shown(Some(release), ada)).await;
        assert!(again.is_err(), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_notification_tells_all_or_says_all_that_is_missing() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let services = &desk.shop.services;
        let ctx = services.ctx(Actor::System);
        let (_, recording) = desk.song("Night Drive").await;
        let saved = save(&desk, input(None, &[(recording, 1)])).await.unwrap();
        let refused = export_ern(services, &ctx, saved.id).await.unwrap_err();
        assert!(
            matches!(&refused, RegistrationError::Faults(faults) if faults[0].field == "tracks.0.recording.isrc"),
            "{refused}"
        );
        desk.code(recording, Some("AA6Q72600001")).await;
        let first = export_ern(services, &ctx, saved.id).await.unwrap();
        let text = desk.files.text(&first.sha256);
        for part in [
            "<ISRC>AA6Q72600001</ISRC>",
            "<PartyId>PADPIDA2007040502I</PartyId>",
            "<DisplayArtistName",
            "PT1M0S",
            "Nova Records",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let second = export_ern(services, &ctx, saved.id).await.unwrap();
        assert_eq!((first.number, second.number), (1, 2));
        let messages = messages_of(&services.db, &[saved.id]).await.unwrap().remove(&saved.id).unwrap();
        assert_eq!(messages, [second, first]);
        let mut silent = input(Some(saved.id), &[(recording, 1)]);
        silent.facts.deals.clear();
        save(&desk, silent.clone()).await.unwrap();
        let refused = export_ern(services, &ctx, saved.id).await.unwrap_err();
        assert!(matches!(&refused, RegistrationError::Faults(faults) if faults[0].field == "facts.deals"), "{refused}");
        silent.facts.is_taken_down = true;
        save(&desk, silent).await.unwrap();
        export_ern(services, &ctx, saved.id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_catalogue_tells_codes_shares_and_releases() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.introduce().await;
        let services = &desk.shop.services;
        let (work, recording) = desk.song("Night Drive").await;
        desk.code(recording, Some("AA6Q72600001")).await;
        save(&desk, input(None, &[(recording, 1)])).await.unwrap();
        let alone = desk.shop.work("Tides").await;
        let list = catalogue_csv(&services.db, &services.ctx(Actor::System), desk.shop.studio).await.unwrap();
        let rows: Vec<&str> = list.lines().skip(1).collect();
        let shares = "Nova [00123456790] 60 %; Orson [00765432134] 40 %";
        let expected = format!(
            "{work},Night Drive,,{shares},Nova Publishing [00045620792],{recording},Night Drive,Nova,AA-6Q7-26-00001,1:00,{shares},First Light,{EAN},Nova Records,2026-12-01"
        );
        assert_eq!(rows, [expected, format!("{alone},Tides,,,,,,,,,,,,,")]);
    })
    .await;
}
