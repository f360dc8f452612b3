//! Versions of mixes: made once, never changed, heard or refused.

use domain::{
    actor::{Actor, Role},
    catalog::{
        Facts,
        entity::{AssetKind, AssetState},
        record_inspection,
    },
    ids::{AssetId, StudioId},
    mixes::{
        MixError,
        commands::{Sound, add_document_version, add_file_version, read_document, record_sound},
        entity::{MixKind, MixState, document, source, version},
        queries::{self, Material, find_bounce, find_sounds},
        testing::PlainMixes,
    },
    outbox::Job,
    page::PageRequest,
    policy::Denied,
    report::Explain,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};

use super::House;
use crate::support::on_each_database;

const DRUMS: &str = r#"{"tracks": [{"name": "Drums", "source": "drums.wav", "fader_db": -3}]}"#;
const LOUDER: &str = r#"{"tracks": [{"name": "Drums", "source": "drums.wav", "fader_db": -1}]}"#;

async fn add_file(house: &House<'_>, file: AssetId) -> Result<version::Model, MixError> {
    let tx = house.shop.services.begin().await.unwrap();
    let version = add_file_version(&tx, &house.engineer, house.song, file, " First\r\npass ").await?;
    house.commit(tx).await;
    Ok(version)
}

async fn add_document(house: &House<'_>, json: &str, sources: &[(&str, AssetId)]) -> Result<version::Model, MixError> {
    let reading = read_document(&PlainMixes, json)?;
    let sources: Vec<_> = sources.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect();
    let tx = house.shop.services.begin().await.unwrap();
    let version = add_document_version(&tx, &house.engineer, house.song, (&reading, &sources), "").await?;
    house.commit(tx).await;
    Ok(version)
}

fn code(error: &MixError) -> (&'static str, Option<String>) {
    let report = error.explain();
    (report.code, report.field)
}

#[tokio::test]
async fn a_file_is_heard_when_it_was_looked_through_or_refused_with_it() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let good = house.file(AssetKind::Source, AssetState::Checking).await;
        let bad = house.file(AssetKind::Source, AssetState::Checking).await;
        let first = add_file(&house, good).await.unwrap();
        assert_eq!((first.number, first.kind, first.note.as_deref()), (1, MixKind::File, Some("First\npass")));
        assert!(first.made_by.is_some());
        assert_eq!(add_file(&house, good).await.unwrap().id, first.id, "the very same is no new version");
        let second = add_file(&house, bad).await.unwrap();
        assert_eq!(second.number, 2);
        assert!(find_bounce(&world.db, first.id).await.unwrap().is_none(), "its inspection asks again");

        let facts = Facts {
            duration_ms: 60_000,
            sample_rate_hz: 44_100,
            channels: 2,
            bits_per_sample: Some(24),
            measurement: None,
        };
        let tx = house.shop.services.begin().await.unwrap();
        record_inspection(&tx, &world.ctx, good, Ok(facts)).await.unwrap();
        record_inspection(&tx, &world.ctx, bad, Err("the file is truncated".into())).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        assert!(house.jobs().await.contains(&Job::BounceMix { version: first.id }));
        assert!(!house.jobs().await.contains(&Job::BounceMix { version: second.id }));
        let bounce = find_bounce(&world.db, first.id).await.unwrap().unwrap();
        assert!(matches!(bounce.material, Material::File(file) if file.id == good));
        let sounds = find_sounds(&world.db, &[first.id, second.id]).await.unwrap();
        assert_eq!(sounds[&first.id].state, MixState::Waiting);
        assert_eq!(sounds[&second.id].refusal.as_deref(), Some("the file is truncated"));

        assert_eq!(house.version().await.number, 3);
        let again = add_file(&house, bad).await.unwrap_err();
        assert_eq!(code(&again), ("FILE_REFUSED", Some("file".into())));
        assert!(again.to_string().contains("truncated"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_version_is_refused_by_name() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let stem = house.file(AssetKind::Stem, AssetState::Ready).await;
        assert_eq!(code(&add_file(&house, stem).await.unwrap_err()), ("ASSET_KIND", Some("file".into())));
        let none = add_file(&house, world.ctx.env.id()).await.unwrap_err();
        assert_eq!(code(&none), ("NOT_FOUND", Some("file".into())));

        let bent = add_document(&house, r#"{"tracks": [{"name": "Drums"}]}"#, &[]).await.unwrap_err();
        assert_eq!(code(&bent), ("MIX_DOCUMENT", Some("document.tracks[0].source".into())));
        let none = add_document(&house, DRUMS, &[]).await.unwrap_err();
        assert_eq!(code(&none), ("SOURCE_MISSING", Some("sources".into())));
        let checking = house.file(AssetKind::Stem, AssetState::Checking).await;
        let early = add_document(&house, DRUMS, &[("drums.wav", checking)]).await.unwrap_err();
        assert_eq!(code(&early), ("ASSET_NOT_READY", Some("sources.0.asset".into())));
        let broken = house.file(AssetKind::Stem, AssetState::Refused).await;
        let broken = add_document(&house, DRUMS, &[("drums.wav", broken)]).await.unwrap_err();
        assert_eq!(code(&broken), ("FILE_REFUSED", Some("sources.0.asset".into())));
        let cover = house.file(AssetKind::Artwork, AssetState::Ready).await;
        let cover = add_document(&house, DRUMS, &[("drums.wav", cover)]).await.unwrap_err();
        assert_eq!(code(&cover), ("ASSET_KIND", Some("sources.0.asset".into())));
        let other = add_document(&house, DRUMS, &[("drums.wav", stem), ("vox.wav", stem)]).await.unwrap_err();
        assert_eq!(code(&other), ("SOURCE_UNKNOWN", Some("sources.1.name".into())));
        assert_eq!(version::Entity::find().count(&world.db).await.unwrap(), 0, "nothing of it is kept");

        let stranger: StudioId = world.ctx.env.id();
        let stranger =
            Actor::User { user: world.ctx.env.id(), memberships: vec![(stranger, Role::Owner)], closed: Vec::new() };
        let viewer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(house.shop.studio, Role::Viewer)],
            closed: Vec::new(),
        };
        let file = house.file(AssetKind::Source, AssetState::Ready).await;
        let tx = house.shop.services.begin().await.unwrap();
        let tried = add_file_version(&tx, &world.as_actor(stranger), house.song, file, "").await;
        assert!(matches!(tried, Err(MixError::NoSong)));
        let tried = add_file_version(&tx, &world.as_actor(viewer), house.song, file, "").await;
        assert!(matches!(tried, Err(MixError::Denied(Denied::NotAllowed))));
    })
    .await;
}

#[tokio::test]
async fn a_document_is_kept_once_and_compared() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let (db, manager) = (&world.db, &house.manager);
        // Of another rate and length than others: the engine brings them together.
        let drums = house.file(AssetKind::Stem, AssetState::Ready).await;
        let first = add_document(&house, DRUMS, &[("drums.wav", drums)]).await.unwrap();
        assert_eq!(add_document(&house, DRUMS, &[("drums.wav", drums)]).await.unwrap().id, first.id);
        let second = add_document(&house, LOUDER, &[("drums.wav", drums)]).await.unwrap();
        let back = add_document(&house, DRUMS, &[("drums.wav", drums)]).await.unwrap();
        assert_eq!((first.number, second.number, back.number), (1, 2, 3), "to go back is a version, too");
        assert_eq!(document::Entity::find().count(db).await.unwrap(), 2, "each text is kept once");
        let bounce = find_bounce(db, second.id).await.unwrap().unwrap();
        let Material::Document { json, sources } = bounce.material else { panic!("it has a document") };
        assert!(json.contains("-1") && sources["drums.wav"].id == drums && bounce.title == "Night Drive");

        let changes = queries::changes(db, manager, &PlainMixes, first.id, second.id).await.unwrap();
        assert_eq!(changes, [r#""Drums": fader -3 → -1"#]);
        assert!(queries::changes(db, manager, &PlainMixes, first.id, back.id).await.unwrap().is_empty());
        let file = house.version().await;
        let none = queries::changes(db, manager, &PlainMixes, first.id, file.id).await.unwrap_err();
        assert_eq!(code(&none), ("NO_DOCUMENT", Some("to".into())));
        let elsewhere = house.song("Slow Tide", 2).await;
        let elsewhere = house.version_at(elsewhere, -14_000).await;
        let other = queries::changes(db, manager, &PlainMixes, first.id, elsewhere.id).await.unwrap_err();
        assert_eq!(code(&other).0, "OTHER_SONG");
        let page = queries::list_versions(db, manager, house.song, PageRequest::default()).await.unwrap();
        let numbers: Vec<i32> = page.rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [4, 3, 2, 1], "newest first");
        assert_eq!(source::Entity::find().count(db).await.unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_was_made_stays_as_it_was_made() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let version = house.version().await;
        let changed = version::ActiveModel { note: Set(None), ..version.clone().into_active_model() };
        assert!(changed.update(&world.db).await.is_err());
        assert!(version::Entity::delete_by_id(version.id).exec(&world.db).await.is_err());
        // What was found is found once.
        let (audio, waveform) = (
            house.file(AssetKind::Source, AssetState::Ready).await,
            house.file(AssetKind::Waveform, AssetState::Ready).await,
        );
        let other = Sound { audio, waveform, loudness_mlufs: -1_000, true_peak_mdbtp: 0, duration_ms: 1 };
        let tx = house.shop.services.begin().await.unwrap();
        record_sound(&tx, &world.ctx, version.id, Ok(other)).await.unwrap();
        record_sound(&tx, &world.ctx, version.id, Err("too late".into())).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        let sound = find_sounds(&world.db, &[version.id]).await.unwrap().remove(&version.id).unwrap();
        assert_eq!((sound.state, sound.loudness_mlufs), (MixState::Ready, Some(-14_000)));
        assert!(sound.into_active_model().delete(&world.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn versions_that_come_at_once_follow_each_other() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let mut files = Vec::new();
        for _ in 0..6 {
            files.push(house.file(AssetKind::Source, AssetState::Ready).await);
        }
        let all = futures::future::join_all(files.iter().map(|file| add_file(&house, *file))).await;
        let mut numbers: Vec<i32> = all.into_iter().map(|version| version.unwrap().number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_could_not_be_heard_may_be_tried_again() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let file = house.file(AssetKind::Source, AssetState::Ready).await;
        let first = add_file(&house, file).await.unwrap();
        let tx = house.shop.services.begin().await.unwrap();
        record_sound(&tx, &world.ctx, first.id, Err("the file was not measured".into())).await.unwrap();
        house.commit(tx).await;
        let second = add_file(&house, file).await.unwrap();
        assert_eq!((second.number, second.file_asset_id), (2, Some(file)));
        assert!(house.jobs().await.contains(&Job::BounceMix { version: second.id }));
        let nameless = r#"{"tracks": [{"name": "Drums", "source": ""}]}"#;
        let nameless = add_document(&house, nameless, &[("", file)]).await.unwrap_err();
        assert_eq!(code(&nameless), ("SOURCE_NAME", Some("document".into())));
    })
    .await;
}
