//! The audio worker on real databases, real files and the real engine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod handoffs;
mod interrupted;
mod masters;
mod mixes;

use std::{path::Path, sync::Arc, time::Duration};

use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    jobs::{LONGEST_SLEEP, Runtime, Settings, WakeUp, run_queue, run_relay, set_up},
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
};
use audio_engine::compose::{Style, compose};
use audio_worker::{AudioWorker, StemCache, listener::Ear};
use domain::{
    actor::Actor,
    catalog::{
        BeatChange, NewBeat, NewFile, NewStem, add_asset, create_beat,
        entity::{AssetKind, AssetState, asset, beat},
        find_analyses, find_stem_checks, list_alike, list_unpacked, set_stems, update_beat,
    },
    delivery::{
        entity::{RenderState, render},
        renders::{find_masters, list_progress},
    },
    domains::testing::TestDns,
    edit::Edit,
    env::Env,
    identity::entity::{UnsignedSplits, studio},
    ids::{AssetId, BeatId, JobId, StudioId},
    links::LinkKey,
    money::Currency,
    outbox::{self, Job, Queue, entity::job, queries::count_open, rules::Retries},
    parties::entity::{self as party, PartyKind},
    services::Services,
    store,
    webhooks::testing::TestReceiver,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

/// The listener that the workers here start.
const LISTENER: &str = env!("CARGO_BIN_EXE_listener");

/// An installation in a folder, with one studio.
struct House {
    services: Services,
    runtime: Runtime,
    studio: StudioId,
    folder: tempfile::TempDir,
}

async fn on_each_database(test: impl AsyncFn(&House)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let db = store::connect(&database.url, 10).await.expect("the test's database opens");
        set_up(&db).await.expect("the queue's tables");
        let house = house(db.clone()).await;
        test(&house).await;
        assert_eq!(count_open(&db).await.unwrap(), 0, "jobs are left");
        drop(house);
        database.drop(db).await;
    }
}

async fn house(db: store::Db) -> House {
    let folder = tempfile::tempdir().unwrap();
    let (env, wake, links) = (Env::system(), WakeUp::default(), LinkKey::new([7; 32]));
    let sender = Sender { from: "mail@example.com".parse().unwrap(), env: env.clone() };
    let keys = SandboxKeys::derive(&links);
    let gateway = StripeGateway::sandbox("http://127.0.0.1:9", &keys, env.clone()).unwrap();
    let services = Services {
        db: db.clone(),
        seals: Arc::new(StudioSeals::open(&SealConfig::in_folder(&folder.path().join("seals")), env.clone()).unwrap()),
        env: env.clone(),
        links,
        files: Arc::new(ObjectFiles::local(&folder.path().join("files")).unwrap()),
        mailer: Arc::new(Mailbox::new(folder.path().join("mail"), sender)),
        gateway: Arc::new(gateway),
        contracts: Arc::new(ContractTypesetter),
        agreements: Arc::new(AgreementTypesetter),
        mixes: Arc::new(EngineMixes),
        dns: Arc::new(TestDns::default()),
        scanner: None,
        webhooks: Arc::new(TestReceiver::default()),
        wake: Arc::new(wake.clone()),
        public_url: "http://127.0.0.1:8080".into(),
        home: None,
    };
    let studio = studio::Model {
        id: env.id(),
        slug: "nova".to_owned(),
        name: "Nova".to_owned(),
        currency: Currency::EUR,
        contact_email: "nova@example.com".parse().unwrap(),
        legal_name: None,
        address: None,
        governing_law: "Germany".to_owned(),
        created_at: env.now(),
        unsigned_splits: UnsignedSplits::Refuse,
        accent: None,
    };
    let party = party::Model {
        id: env.id(),
        studio_id: studio.id,
        kind: PartyKind::Person,
        name: "Nova".to_owned(),
        legal_name: None,
        email: None,
        ipi: None,
        isni: None,
        created_at: env.now(),
    };
    let id = studio.id;
    studio.into_active_model().insert(&db).await.unwrap();
    party.into_active_model().insert(&db).await.unwrap();
    House { services, runtime: Runtime { db, env, wake }, studio: id, folder }
}

impl House {
    fn work(&self, stop: &CancellationToken) -> JoinSet<()> {
        self.work_with(Ear::of(LISTENER), stop)
    }

    fn work_with(&self, ear: Ear, stop: &CancellationToken) -> JoinSet<()> {
        let cache = StemCache { folder: self.folder.path().join("stem-cache"), max_bytes: 1 << 30 };
        let scratch = self.folder.path().join("scratch");
        let worker = AudioWorker::new(self.services.clone(), &scratch, ear, Some(cache)).unwrap();
        let retries =
            Retries { most_attempts: 3, first_wait: chrono::Duration::milliseconds(50), ..Retries::default() };
        let settings = Settings { retries, ..Settings::default() };
        let mut tasks = JoinSet::new();
        tasks.spawn(run_relay(self.runtime.clone(), LONGEST_SLEEP, stop.clone()));
        let queue = run_queue(self.runtime.clone(), Queue::Audio, Arc::new(worker), settings, stop.clone());
        tasks.spawn(async move { queue.await.expect("the queue runs") });
        tasks
    }

    async fn upload(&self, kind: AssetKind, name: &str, bytes: Vec<u8>) -> AssetId {
        let ctx = self.services.ctx(Actor::System);
        let head = bytes[..bytes.len().min(64 * 1024)].to_vec();
        let stored = self.services.files.put_bytes(bytes.into()).await.unwrap();
        let file = NewFile { kind, file_name: name.to_owned(), declared: None, stored, head };
        let tx = self.services.begin().await.unwrap();
        let asset = add_asset(&tx, &ctx, self.studio, file).await.unwrap();
        self.services.commit(tx).await.unwrap();
        asset.id
    }

    async fn beat(&self, title: &str, source: AssetId) -> BeatId {
        let ctx = self.services.ctx(Actor::System);
        let new =
            NewBeat { title: title.to_owned(), source: Some(source), bpm_milli: Some(140_000), ..NewBeat::default() };
        let tx = self.services.begin().await.unwrap();
        let beat = create_beat(&tx, &ctx, self.studio, new).await.unwrap();
        self.services.commit(tx).await.unwrap();
        beat.id
    }

    async fn put(&self, job: Job) -> JobId {
        let tx = self.services.begin().await.unwrap();
        let id = outbox::put(&tx, &self.services.ctx(Actor::System), Some(self.studio), &job).await.unwrap();
        self.services.commit(tx).await.unwrap();
        id
    }

    async fn idle(&self) {
        let limit = Instant::now() + Duration::from_mins(2);
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while count_open(&self.services.db).await.unwrap() > 0 {
            assert!(Instant::now() < limit, "jobs are still open");
            ticks.tick().await;
        }
    }

    async fn find_beat(&self, id: BeatId) -> beat::Model {
        beat::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }

    async fn find_asset(&self, id: AssetId) -> asset::Model {
        asset::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }

    fn kept_tracks(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("stem-cache")).unwrap().count()
    }

    async fn job(&self, id: JobId) -> job::Model {
        job::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }

    async fn count_assets(&self, kind: AssetKind) -> u64 {
        asset::Entity::find().filter(asset::Column::Kind.eq(kind)).count(&self.services.db).await.unwrap()
    }
}

/// A stereo WAV of 16 bits at 44.1 kHz: two tones.
fn wav(seconds: u32) -> Vec<u8> {
    tones(44_100, seconds, 8000.0)
}

/// Two tones of that peak, of 32768, in a stereo WAV of 16 bits.
fn tones(rate: u32, seconds: u32, peak: f64) -> Vec<u8> {
    let frames = rate * seconds;
    let data = frames * 4;
    let mut bytes = Vec::with_capacity(44 + data as usize);
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend([1, 0, 2, 0]);
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * 4).to_le_bytes());
    bytes.extend([4, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    for frame in 0..frames {
        let at = f64::from(frame) / f64::from(rate);
        for tone in [220.0, 331.0] {
            let sample = (at * tone * std::f64::consts::TAU).sin() * peak;
            #[expect(clippy::cast_possible_truncation, reason = "within 16 bits")]
            bytes.extend((sample as i16).to_le_bytes());
        }
    }
    bytes
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

async fn stop(token: CancellationToken, mut tasks: JoinSet<()>) {
    token.cancel();
    while tasks.join_next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_becomes_a_preview_and_masters_each_rendered_once() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let source = house.upload(AssetKind::Source, "night drive.wav", wav(6)).await;
        let beat = house.beat("Night Drive", source).await;
        house.idle().await;

        let facts = house.find_asset(source).await;
        assert_eq!(facts.state, AssetState::Ready);
        assert_eq!((facts.duration_ms, facts.sample_rate_hz, facts.channels), (Some(6000), Some(44_100), Some(2)));
        assert!(facts.measurement.unwrap()["integrated_lufs"].is_number());
        let row = house.find_beat(beat).await;
        let preview = house.find_asset(row.preview_asset_id.unwrap()).await;
        assert_eq!((preview.media_type.as_str(), preview.state), ("audio/mpeg", AssetState::Ready));
        assert!((5900..=6200).contains(&preview.duration_ms.unwrap()), "{:?}", preview.duration_ms);
        assert!(row.waveform_asset_id.is_some());
        assert_eq!(house.kept_tracks(), 0, "a track without processors is not worth its place");

        house.put(Job::BounceMasters { beat }).await;
        house.put(Job::BounceMasters { beat }).await;
        house.put(Job::RenderPreview { beat }).await;
        house.idle().await;
        assert_eq!(house.find_beat(beat).await.preview_asset_id, Some(preview.id), "not rendered again");
        assert_eq!(house.count_assets(AssetKind::Preview).await, 1);
        assert_eq!(house.count_assets(AssetKind::Master).await, 2, "one WAV, one MP3");
        let masters = find_masters(&house.services.db, beat).await.unwrap().unwrap();
        let wav = house.find_asset(masters.wav.unwrap()).await;
        assert_eq!((wav.bits_per_sample, wav.sample_rate_hz), (Some(24), Some(44_100)));
        assert!(!masters.receipt.to_string().contains("scratch"), "no place on this machine");

        let renders = render::Entity::find().all(&house.services.db).await.unwrap();
        assert_eq!(renders.len(), 2);
        assert!(renders.iter().all(|one| one.state == RenderState::Done && one.progress_ppm == 1_000_000));
        stop(token, tasks).await;
        assert!(is_empty(&house.folder.path().join("scratch")), "nothing is left in the scratch folder");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_beats_with_the_very_same_audio_share_a_render_and_each_has_its_masters() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let mut made = Vec::new();
        for _ in 0..2 {
            let source = house.upload(AssetKind::Source, "twice.wav", wav(4)).await;
            let beat = house.beat("Twice", source).await;
            house.put(Job::BounceMasters { beat }).await;
            house.idle().await;
            let masters = find_masters(&house.services.db, beat).await.unwrap().expect("its own masters");
            let progress = list_progress(&house.services.db, &[beat]).await.unwrap();
            assert_eq!(progress.len(), 2, "a preview and masters: {progress:?}");
            assert!(progress.iter().all(|one| one.beat == beat && one.state == RenderState::Done));
            made.push(masters);
        }
        assert_eq!(made[0].wav, made[1].wav, "the files of one studio are shared");
        assert_eq!(house.count_assets(AssetKind::Master).await, 2, "one WAV, one MP3");
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_file_is_refused_in_words() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let mut torso = wav(2);
        torso.truncate(60_000);
        let source = house.upload(AssetKind::Source, "torso.wav", torso).await;
        house.idle().await;
        let found = house.find_asset(source).await;
        assert_eq!(found.state, AssetState::Refused);
        assert!(found.refusal.unwrap().contains("truncated"));
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn music_is_listened_to_and_known_again() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let composition = compose(3, Style::House);
        let folder = tempfile::tempdir().unwrap();
        let files = composition.write(folder.path(), "house", 44_100).unwrap();
        let bytes = std::fs::read(&files.mix).unwrap();
        let first = house.upload(AssetKind::Source, "house.wav", bytes.clone()).await;
        let beat = house.beat("House", first).await;
        house.idle().await;
        let heard = find_analyses(&house.services.db, &[first]).await.unwrap().remove(&first).unwrap();
        let bpm = heard.bpm_milli.unwrap();
        #[expect(clippy::cast_possible_truncation, reason = "a tempo")]
        let composed = (composition.bpm * 1000.0) as i32;
        assert!((bpm - composed).abs() < 500, "{bpm} for {composed}");
        assert!(heard.fingerprint.0.len() > 50);

        // The same music in another file: a byte behind its sound differs.
        let mut other = bytes;
        other.extend(b"LIST\x04\x00\x00\x00INFO");
        let again = house.upload(AssetKind::Source, "house again.wav", other).await;
        let different = house.upload(AssetKind::Source, "tones.wav", wav(20)).await;
        house.idle().await;
        let alike = list_alike(&house.services.db, &[again, different]).await.unwrap();
        assert_eq!(alike[&again].len(), 1);
        assert_eq!(alike[&again][0].beat.id, beat);
        assert!(alike[&again][0].similarity_ppm > 900_000);
        assert!(alike.get(&different).is_none_or(Vec::is_empty));

        let mut stems = Vec::new();
        for (name, path) in &files.stems {
            let asset = house.upload(AssetKind::Stem, &format!("{name}.wav"), std::fs::read(path).unwrap()).await;
            stems.push(NewStem { asset, name: Some(name.clone()) });
        }
        house.idle().await;
        let tx = house.services.begin().await.unwrap();
        set_stems(&tx, &house.services.ctx(Actor::System), beat, &stems).await.unwrap();
        house.services.commit(tx).await.unwrap();
        house.idle().await;
        let check = find_stem_checks(&house.services.db, &[beat]).await.unwrap().remove(&beat).unwrap();
        let named: Vec<&str> = check.stems.0.iter().map(|stem| stem.name.as_str()).collect();
        assert_eq!(named.len(), stems.len());
        assert_eq!(named[0], stems[0].name.as_deref().unwrap());
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_beat_is_bounced_anew() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let source = house.upload(AssetKind::Source, "old.wav", wav(3)).await;
        let beat = house.beat("Old", source).await;
        house.put(Job::BounceMasters { beat }).await;
        house.idle().await;
        let old = find_masters(&house.services.db, beat).await.unwrap().unwrap();
        let tx = house.services.begin().await.unwrap();
        let change = BeatChange { title: Edit::To("New".to_owned()), ..BeatChange::default() };
        update_beat(&tx, &house.services.ctx(Actor::System), beat, change).await.unwrap();
        house.services.commit(tx).await.unwrap();
        assert_eq!(find_masters(&house.services.db, beat).await.unwrap(), None, "those are called Old");
        house.put(Job::BounceMasters { beat }).await;
        house.idle().await;
        let new = find_masters(&house.services.db, beat).await.unwrap().unwrap();
        assert_ne!((old.wav, old.mp3), (new.wav, new.mp3));
        for id in [new.wav.unwrap(), new.mp3.unwrap()] {
            let file = house.find_asset(id).await;
            let path = house.folder.path().join(&file.file_name);
            assert!(house.services.files.fetch(&file.sha256, &path).await.unwrap());
            assert_eq!(audio_engine::decode::read_tags(&path).title.as_deref(), Some("New"), "{}", file.file_name);
        }
        stop(token, tasks).await;
    })
    .await;
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::{Cursor, Write};
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_of_stems_becomes_its_stems() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let (drums, bass) = (wav(2), wav(3));
        let members: [(&str, &[u8]); 3] =
            [("Night/Drums.wav", &drums), ("__MACOSX/Night/._Drums.wav", b"mac"), ("Night/Bass.wav", &bass)];
        let archive = house.upload(AssetKind::Stem, "Night stems.zip", zip(&members)).await;
        let liar = house.upload(AssetKind::Stem, "liar.zip", zip(&[("Drums.wav", b"<html>")])).await;
        let bare = house.upload(AssetKind::Stem, "bare.zip", zip(&[("readme.txt", b"no stems here")])).await;
        house.idle().await;

        let row = house.find_asset(archive).await;
        assert_eq!((row.kind, row.state), (AssetKind::StemArchive, AssetState::Ready));
        let unpacked = list_unpacked(&house.services.db, &[archive, liar, bare]).await.unwrap();
        assert_eq!(unpacked.len(), 1);
        let mut named = Vec::new();
        for id in &unpacked[&archive] {
            let stem = house.find_asset(*id).await;
            assert_eq!((stem.kind, stem.state), (AssetKind::Stem, AssetState::Ready), "looked through like any other");
            named.push((stem.file_name, stem.duration_ms));
        }
        assert_eq!(named, [("Bass.wav".to_owned(), Some(3000)), ("Drums.wav".to_owned(), Some(2000))]);
        let refusal = async |id| house.find_asset(id).await.refusal.unwrap();
        assert!(refusal(liar).await.contains("Drums.wav in the ZIP archive is refused"));
        assert!(refusal(bare).await.contains("no stem in the ZIP archive"));
        stop(token, tasks).await;
    })
    .await;
}
