//! Packs for other workstations, asked for once, and sessions that come from them, opened once.

use domain::{
    catalog::entity::{AssetKind, AssetState},
    ids::{AssetId, MixVersionId},
    mixes::{
        MixError,
        commands::{Sound, add_document_version, read_document, record_sound},
        daw_sessions::{
            Project, find_unopened, open_daw_session, record_inventory, record_project, refuse_daw_session,
        },
        entity::{
            DawSessionKind, FidelityLedger, HandoffState, InventoryMedia, SessionInventory, daw_session, pack, version,
        },
        handoffs::{MAX_COMMENTS, Packed, find_packing, find_packs, pack_mix, record_pack},
        testing::PlainMixes,
    },
    outbox::Job,
    production::entity::section,
    report::Explain,
    reviews::{
        commands::{NewComment, Voice, comment_as_studio, resolve_as_studio},
        entity::comment,
        rules::Terms,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};

use super::House;
use crate::support::on_each_database;

const DRUMS: &str = r#"{"tracks": [{"name": "Drums", "source": "drums.wav", "fader_db": -3}]}"#;

/// A version of a document, bounced or refused.
async fn document(house: &House<'_>, heard: Option<Result<(), &str>>) -> (MixVersionId, AssetId) {
    let drums = house.file(AssetKind::Stem, AssetState::Ready).await;
    let reading = read_document(&PlainMixes, DRUMS).unwrap();
    let sources = [("drums.wav".to_owned(), drums)];
    let tx = house.shop.services.begin().await.unwrap();
    let version = add_document_version(&tx, &house.engineer, house.song, (&reading, &sources), "").await.unwrap().id;
    house.commit(tx).await;
    let audio = house.file(AssetKind::Master, AssetState::Ready).await;
    let waveform = house.file(AssetKind::Waveform, AssetState::Ready).await;
    let sound = Sound { audio, waveform, loudness_mlufs: -14_000, true_peak_mdbtp: -3_000, duration_ms: 60_000 };
    if let Some(heard) = heard {
        let tx = house.shop.services.begin().await.unwrap();
        let heard = heard.map(|()| sound).map_err(str::to_owned);
        record_sound(&tx, &house.world.ctx, version, heard).await.unwrap();
        house.commit(tx).await;
    }
    (version, audio)
}

async fn ask(house: &House<'_>, version: MixVersionId) -> Result<pack::Model, MixError> {
    let tx = house.shop.services.begin().await.unwrap();
    let pack = pack_mix(&tx, &house.engineer, version).await?;
    house.commit(tx).await;
    Ok(pack)
}

fn code(error: &MixError) -> (&'static str, Option<String>) {
    let report = error.explain();
    (report.code, report.field)
}

#[tokio::test]
async fn a_version_is_packed_once_for_each_state_of_its_song() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let (version, bounce) = document(&house, Some(Ok(()))).await;
        let first = ask(&house, version).await.unwrap();
        assert_eq!(ask(&house, version).await.unwrap().id, first.id, "nothing is new");
        let jobs = house.jobs().await;
        assert_eq!(jobs.iter().filter(|job| matches!(job, Job::PackMix { .. })).count(), 1);
        let packing = find_packing(&world.db, first.id).await.unwrap().unwrap();
        assert_eq!((packing.name().as_str(), packing.bounce.id), ("Night Drive mix 1", bounce));
        assert_eq!(packing.sources.keys().collect::<Vec<_>>(), ["drums.wav"]);

        let hook = section::Model {
            song_id: house.song,
            position: 1,
            name: "Hook".into(),
            bars: 8,
            bpm_milli: 92_500,
            meter_beats: 4,
            meter_unit: 4,
            musical_key: Some("A minor".into()),
        };
        hook.into_active_model().insert(&world.db).await.unwrap();
        let second = ask(&house, version).await.unwrap();
        assert_ne!(second.id, first.id, "the song has an arrangement now");
        assert_eq!(second.facts.sections[0].name, "Hook");

        let stem = house.file(AssetKind::Stem, AssetState::Ready).await;
        let tx = house.shop.services.begin().await.unwrap();
        let odd = record_pack(&tx, &world.ctx, second.id, Ok(Packed { archive: stem, stems: 1 })).await;
        assert!(odd.is_err(), "the database holds that a pack gives no other file");
        tx.rollback().await.unwrap();
        let archive = house.file(AssetKind::Handoff, AssetState::Ready).await;
        let tx = house.shop.services.begin().await.unwrap();
        record_pack(&tx, &world.ctx, second.id, Ok(Packed { archive, stems: 1 })).await.unwrap();
        record_pack(&tx, &world.ctx, second.id, Err("too late".into())).await.unwrap();
        record_pack(&tx, &world.ctx, first.id, Err("the disk was full".into())).await.unwrap();
        house.commit(tx).await;
        assert!(find_packing(&world.db, second.id).await.unwrap().is_none(), "it is settled");
        let latest = find_packs(&world.db, &[version]).await.unwrap().remove(&version).unwrap();
        assert_eq!((latest.id, latest.state, latest.asset_id), (second.id, HandoffState::Ready, Some(archive)));

        let settled = pack::Model { stems: Some(2), ..latest }.into_active_model().reset_all();
        assert!(settled.update(&world.db).await.is_err(), "what is settled stays");
        assert!(pack::Entity::delete_by_id(first.id).exec(&world.db).await.is_err(), "and is not forgotten");
    })
    .await;
}

#[tokio::test]
async fn open_comments_are_taken_along_however_many_are_settled() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(Terms::default()).await;
        house.invite(review.id, "Ada", true).await;
        let (version, _) = document(&house, Some(Ok(()))).await;
        house.send(version).await.unwrap();
        let said = |from_ms: Option<i64>, words: &str| NewComment {
            version,
            parent: None,
            from_ms,
            to_ms: None,
            words: words.to_owned(),
            voice: Voice::None,
        };
        let tx = house.shop.services.begin().await.unwrap();
        let done = comment_as_studio(&tx, &house.engineer, said(Some(1_000), "Softer")).await.unwrap();
        let done = resolve_as_studio(&tx, &house.engineer, done.id, true).await.unwrap();
        comment_as_studio(&tx, &house.engineer, said(Some(2_000), "Louder")).await.unwrap();
        comment_as_studio(&tx, &house.engineer, said(None, "Well done")).await.unwrap();
        let settled: Vec<comment::ActiveModel> = (0..MAX_COMMENTS)
            .map(|_| comment::Model { id: world.ctx.env.id(), ..done.clone() }.into_active_model())
            .collect();
        comment::Entity::insert_many(settled).exec_without_returning(&tx).await.unwrap();
        house.commit(tx).await;
        let facts = ask(&house, version).await.unwrap().facts;
        let taken: Vec<(&str, i64)> = facts.comments.iter().map(|one| (one.text.as_str(), one.from_ms)).collect();
        assert_eq!((taken.as_slice(), facts.has_more_comments), (&[("Nova engineer: Louder", 2_000)][..], false));
    })
    .await;
}

#[tokio::test]
async fn what_has_no_stems_or_is_not_heard_is_not_packed() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let file = house.version().await.id;
        assert_eq!(code(&ask(&house, file).await.unwrap_err()), ("NO_STEMS", Some("version".into())));
        let (waiting, _) = document(&house, None).await;
        assert_eq!(code(&ask(&house, waiting).await.unwrap_err()), ("MIX_NOT_READY", Some("version".into())));
        let (refused, _) = document(&house, Some(Err("the drums are cut off"))).await;
        let error = ask(&house, refused).await.unwrap_err();
        assert_eq!(code(&error).0, "MIX_REFUSED");
        assert!(error.to_string().contains("the drums are cut off"));
        assert_eq!(pack::Entity::find().count(&world.db).await.unwrap(), 0);

        let row = pack::Model { version_id: waiting, ..ask_for_row(&house).await };
        assert!(row.into_active_model().insert(&world.db).await.is_err(), "the database holds it, too");
    })
    .await;
}

/// A row as it would be written.
async fn ask_for_row(house: &House<'_>) -> pack::Model {
    let (version, _) = document(house, Some(Ok(()))).await;
    let pack = ask(house, version).await.unwrap();
    pack::Model { id: house.world.ctx.env.id(), ..pack }
}

/// Hands a file in that was uploaded as a session.
async fn hand_in(house: &House<'_>, media_type: &str) -> daw_session::Model {
    let file = house.file(AssetKind::Session, AssetState::Ready).await;
    let row = domain::catalog::entity::asset::ActiveModel {
        id: Set(file),
        media_type: Set(media_type.to_owned()),
        ..Default::default()
    };
    row.update(&house.world.db).await.unwrap();
    let tx = house.shop.services.begin().await.unwrap();
    let session = open_daw_session(&tx, &house.engineer, house.song, file, "").await.unwrap();
    let again = open_daw_session(&tx, &house.engineer, house.song, file, "again").await.unwrap();
    assert_eq!(again, session, "the same file is opened once");
    house.commit(tx).await;
    session
}

async fn found(house: &House<'_>, session: &daw_session::Model) -> daw_session::Model {
    daw_session::Entity::find_by_id(session.id).one(&house.world.db).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_project_becomes_a_version_or_nothing_of_it_is_kept() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let session = hand_in(&house, "application/zip").await;
        assert_eq!(session.kind, DawSessionKind::Dawproject);
        assert!(house.jobs().await.contains(&Job::OpenDawSession { session: session.id }));
        let drums = house.file(AssetKind::Stem, AssetState::Ready).await;
        let project = |document: &str| Project {
            document: document.to_owned(),
            sources: vec![("drums.wav".to_owned(), drums)],
            fidelity: FidelityLedger::default(),
        };
        let tx = house.shop.services.begin().await.unwrap();
        let odd = record_project(&tx, &world.ctx, &PlainMixes, session.id, project("{}")).await.unwrap_err();
        assert_eq!(code(&odd).0, "MIX_DOCUMENT");
        tx.rollback().await.unwrap();
        assert!(find_unopened(&world.db, session.id).await.unwrap().is_some(), "it waits for its refusal");

        for _ in 0..2 {
            let tx = house.shop.services.begin().await.unwrap();
            record_project(&tx, &world.ctx, &PlainMixes, session.id, project(DRUMS)).await.unwrap();
            house.commit(tx).await;
        }
        let taken = found(&house, &session).await;
        assert_eq!((taken.state, taken.fidelity), (HandoffState::Ready, Some(FidelityLedger::default())));
        let versions = version::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(versions.iter().map(|one| Some(one.id)).collect::<Vec<_>>(), [taken.version_id]);
        assert_eq!(versions[0].note.as_deref(), Some("Taken over from mix.wav"));
    })
    .await;
}

#[tokio::test]
async fn an_inventory_says_which_files_the_studio_has_not() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let (set, text) = (hand_in(&house, "application/gzip").await, hand_in(&house, "text/plain").await);
        assert_eq!(set.kind, DawSessionKind::Inventory);
        let media = |name: &str, pack: Option<&str>, is_missing| InventoryMedia {
            name: name.to_owned(),
            path: None,
            pack: pack.map(str::to_owned),
            is_missing,
        };
        let inventory = SessionInventory {
            program: "Ableton Live".to_owned(),
            version: Some("12.1".to_owned()),
            name: None,
            bpm_milli: Some(120_000),
            sample_rate_hz: None,
            bit_depth: None,
            tracks: Vec::new(),
            // Each file of the house is called `mix.wav`.
            media: vec![
                media("mix.wav", None, false),
                media("kick.wav", None, false),
                media("pad.wav", Some("Core Library"), false),
                media("mix.wav", None, true),
            ],
            plugins: Vec::new(),
        };
        let tx = house.shop.services.begin().await.unwrap();
        record_inventory(&tx, &world.ctx, set.id, inventory).await.unwrap();
        refuse_daw_session(&tx, &world.ctx, text.id, "the text\0 ends early").await.unwrap();
        house.commit(tx).await;
        let listed = found(&house, &set).await.inventory.unwrap();
        let missing: Vec<bool> = listed.media.iter().map(|media| media.is_missing).collect();
        assert_eq!(missing, [false, true, false, true]);
        let refused = found(&house, &text).await;
        assert_eq!((refused.state, refused.refusal.as_deref()), (HandoffState::Refused, Some("the text ends early")));
        let stem = house.file(AssetKind::Stem, AssetState::Ready).await;
        let tx = house.shop.services.begin().await.unwrap();
        let again = open_daw_session(&tx, &house.engineer, house.song, text.asset_id, "").await.unwrap();
        assert_ne!(again.id, text.id, "what was refused may be tried again");
        let odd = open_daw_session(&tx, &house.engineer, house.song, stem, "").await.unwrap_err();
        assert_eq!(code(&odd), ("ASSET_KIND", Some("file".into())));
    })
    .await;
}
