//! Versions of mixes: made heard once, refused in words, and rendered at the level of their review.

use std::{collections::HashMap, path::Path, process::Command};

use audio_engine::{measure::measure, waveform::Waveform};
use domain::{
    actor::Actor,
    catalog::entity::{AssetKind, AssetState, recording, work},
    delivery::entity::{RenderPurpose, render},
    ids::{AssetId, MixVersionId, ProjectId, RecordingId, SongId, WorkId},
    mixes::{
        commands::{add_document_version, add_file_version, read_document},
        entity::{MixState, sound, version},
        queries::find_sounds,
    },
    outbox::{Queue, entity::job},
    production::entity::{
        project::{self, ProjectKind, ProjectState},
        song,
    },
    reviews::{
        commands::{Device, Invitation, Say, decide, invite_reviewer, open_review, send_for_review},
        levels::{find_gains, find_heard},
        rules::{Terms, Verdict},
    },
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use tokio_util::sync::CancellationToken;

use super::{House, on_each_database, stop, tones};

/// Two tracks, whose files have not the same rate, and a preview that no bounce makes.
const MIX: &str = r#"{
    "version": 2,
    "tracks": [
        {"name": "Drums", "clips": [{"source": "drums.wav"}]},
        {"name": "Bass", "clips": [{"source": "bass.wav", "gain_db": -6}]}
    ],
    "outputs": [{"file": "mix.wav", "format": "wav24"}, {"file": "preview.mp3", "format": "mp3-128"}]
}"#;

impl House {
    pub(super) async fn project(&self) -> ProjectId {
        let row = project::Model {
            id: self.services.env.id(),
            studio_id: self.studio,
            client_id: None,
            kind: ProjectKind::Record,
            state: ProjectState::Active,
            title: "Night Album".to_owned(),
            created_at: self.services.env.now(),
        };
        row.into_active_model().insert(&self.services.db).await.unwrap().id
    }

    pub(super) async fn song(&self, project: ProjectId, title: &str, position: i32) -> SongId {
        let (env, db) = (&self.services.env, &self.services.db);
        let (work_id, recording_id): (WorkId, RecordingId) = (env.id(), env.id());
        let (studio_id, title, created_at) = (self.studio, title.to_owned(), env.now());
        let row = work::Model { id: work_id, studio_id, title: title.clone(), iswc: None, created_at };
        row.into_active_model().insert(db).await.unwrap();
        let row =
            recording::Model { id: recording_id, studio_id, work_id, title: title.clone(), isrc: None, created_at };
        row.into_active_model().insert(db).await.unwrap();
        let row = song::Model {
            id: env.id(),
            studio_id,
            project_id: project,
            position,
            title,
            work_id,
            recording_id,
            created_at,
        };
        row.into_active_model().insert(db).await.unwrap().id
    }

    pub(super) async fn file_version(&self, song: SongId, file: AssetId) -> version::Model {
        let tx = self.services.begin().await.unwrap();
        let version = add_file_version(&tx, &self.services.ctx(Actor::System), song, file, "").await.unwrap();
        self.services.commit(tx).await.unwrap();
        version
    }

    pub(super) async fn document_version(
        &self,
        song: SongId,
        json: &str,
        sources: &[(&str, AssetId)],
    ) -> version::Model {
        let reading = read_document(&*self.services.mixes, json).unwrap();
        let sources: Vec<_> = sources.iter().map(|(name, file)| ((*name).to_owned(), *file)).collect();
        let ctx = self.services.ctx(Actor::System);
        let tx = self.services.begin().await.unwrap();
        let version = add_document_version(&tx, &ctx, song, (&reading, &sources), "").await.unwrap();
        self.services.commit(tx).await.unwrap();
        version
    }

    pub(super) async fn sound(&self, version: MixVersionId) -> sound::Model {
        find_sounds(&self.services.db, &[version]).await.unwrap().remove(&version).unwrap()
    }

    /// Sends a version for review, without the mails, which no worker here takes.
    pub(super) async fn send(&self, version: MixVersionId) {
        let tx = self.services.begin().await.unwrap();
        send_for_review(&tx, &self.services.ctx(Actor::System), version).await.unwrap();
        job::Entity::delete_many().filter(job::Column::Queue.eq(Queue::Office)).exec(&tx).await.unwrap();
        self.services.commit(tx).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_heard_from_its_file_or_from_its_document_which_is_bounced_once() {
    on_each_database(async |house| {
        let project = house.project().await;
        let (song, other) = (house.song(project, "Night Drive", 1).await, house.song(project, "Again", 2).await);
        let file = house.upload(AssetKind::Source, "mix.wav", tones(44_100, 4, 8000.0)).await;
        let from_file = house.file_version(song, file).await;
        assert_eq!(house.sound(from_file.id).await.state, MixState::Waiting, "it is not looked through");
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let drums = house.upload(AssetKind::Stem, "drums.wav", tones(48_000, 3, 8000.0)).await;
        let bass = house.upload(AssetKind::Stem, "bass.wav", tones(44_100, 5, 4000.0)).await;
        house.idle().await;
        let sources = [("drums.wav", drums), ("bass.wav", bass)];
        let bounced = house.document_version(song, MIX, &sources).await;
        house.idle().await;
        let twice = house.document_version(other, MIX, &sources).await;
        house.idle().await;

        let heard = house.sound(from_file.id).await;
        assert_eq!((heard.state, heard.audio_asset_id, heard.duration_ms), (MixState::Ready, Some(file), Some(4000)));
        let loudness = heard.loudness_mlufs.unwrap();
        assert!((-14_000..-12_000).contains(&loudness), "{loudness}");
        let heard = house.sound(bounced.id).await;
        assert_eq!((heard.state, heard.refusal.as_deref(), heard.duration_ms), (MixState::Ready, None, Some(5000)));
        let audio = house.find_asset(heard.audio_asset_id.unwrap()).await;
        assert_eq!((audio.kind, audio.state, audio.bits_per_sample), (AssetKind::Master, AssetState::Ready, Some(24)));
        assert_eq!(audio.sample_rate_hz, Some(48_000), "that of its first clip");
        assert_eq!(audio.file_name, "Night Drive mix 2.wav");
        let waveform = house.find_asset(heard.waveform_asset_id.unwrap()).await;
        let path = house.folder.path().join("waveform.dat");
        assert!(house.services.files.fetch(&waveform.sha256, &path).await.unwrap());
        assert!(Waveform::from_bytes(&std::fs::read(&path).unwrap()).is_ok());
        assert_eq!(house.sound(twice.id).await.audio_asset_id, Some(audio.id), "the very same bounce");
        let renders = render::Entity::find().all(&house.services.db).await.unwrap();
        assert_eq!(renders.iter().map(|one| one.purpose).collect::<Vec<_>>(), [RenderPurpose::Masters]);
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_heard_says_why() {
    on_each_database(async |house| {
        let project = house.project().await;
        let song = house.song(project, "Night Drive", 1).await;
        let mut torso = tones(44_100, 2, 8000.0);
        torso.truncate(60_000);
        let torso = house.upload(AssetKind::Source, "torso.wav", torso).await;
        let torso = house.file_version(song, torso).await;
        let silence = house.upload(AssetKind::Source, "silence.wav", tones(44_100, 2, 0.0)).await;
        let silence = house.file_version(song, silence).await;
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let drums = house.upload(AssetKind::Stem, "drums.wav", tones(48_000, 3, 8000.0)).await;
        house.idle().await;
        let beyond = MIX.replace(r#"{"source": "drums.wav"}"#, r#"{"source": "drums.wav", "from": {"seconds": 9}}"#);
        let beyond = house.document_version(song, &beyond, &[("drums.wav", drums), ("bass.wav", drums)]).await;
        house.idle().await;
        for (version, why) in
            [(torso.id, "truncated"), (silence.id, "silence"), (beyond.id, "tracks[0].clips[0].from is refused")]
        {
            let sound = house.sound(version).await;
            assert_eq!((sound.state, sound.audio_asset_id), (MixState::Refused, None));
            assert!(sound.refusal.as_ref().unwrap().contains(why), "{:?}", sound.refusal);
        }
        stop(token, tasks).await;
    })
    .await;
}

/// The integrated loudness of a file in LUFS by ffmpeg's own meter, to a thousandth.
fn ffmpeg_lufs(file: &Path) -> f64 {
    let filter = "ebur128=metadata=1,ametadata=print:key=lavfi.r128.I:file=-";
    let mut ffmpeg = Command::new("ffmpeg");
    let ffmpeg = ffmpeg.args(["-v", "error", "-nostdin", "-i"]).arg(file).args(["-af", filter, "-f", "null", "-"]);
    let said = ffmpeg.output().expect("ffmpeg starts");
    let (told, problems) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{problems}");
    let last = told.lines().rfind(|line| line.starts_with("lavfi.r128.I=")).expect("ffmpeg measured the loudness");
    last.rsplit('=').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_under_review_are_as_loud_as_the_quietest() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let (db, ctx) = (&house.services.db, house.services.ctx(Actor::System));
        let project = house.project().await;
        let song = house.song(project, "Night Drive", 1).await;
        let tx = house.services.begin().await.unwrap();
        let review = open_review(&tx, &ctx, song, Some(Terms::default())).await.unwrap().id;
        let ada = Invitation { name: "Ada".to_owned(), email: "ada@example.com".to_owned(), decides: true };
        let ada = invite_reviewer(&tx, &ctx, review, &ada).await.unwrap().id;
        house.services.commit(tx).await.unwrap();

        let mut sent = Vec::new();
        for (seconds, peak) in [(4, 12_000.0), (5, 5000.0)] {
            let file = house.upload(AssetKind::Source, "mix.wav", tones(44_100, seconds, peak)).await;
            let version = house.file_version(song, file).await;
            house.idle().await;
            house.send(version.id).await;
            house.idle().await;
            let say = Say {
                verdict: Verdict::Revise,
                version: version.number,
                words: String::new(),
                agreed: None,
                device: Device::default(),
            };
            let tx = house.services.begin().await.unwrap();
            decide(&tx, &house.services.ctx(Actor::Anonymous), ada, &say).await.unwrap();
            job::Entity::delete_many().filter(job::Column::Queue.eq(Queue::Office)).exec(&tx).await.unwrap();
            house.services.commit(tx).await.unwrap();
            sent.push(version.id);
        }
        let gains = find_gains(db, review).await.unwrap();
        assert_eq!(gains[&sent[1]], 0);
        assert!((-7_800..-7_400).contains(&gains[&sent[0]]), "{gains:?}");
        let heard = find_heard(db, review).await.unwrap();
        let mut loud = HashMap::new();
        for version in &sent {
            let file = house.find_asset(heard[version].asset_id).await;
            assert_eq!((file.kind, file.media_type.as_str()), (AssetKind::Preview, "audio/mpeg"));
            let path = house.folder.path().join(version.to_string());
            assert!(house.services.files.fetch(&file.sha256, &path).await.unwrap());
            loud.insert(*version, (measure(&path).unwrap().integrated_lufs.unwrap(), ffmpeg_lufs(&path)));
        }
        let ((ours, theirs), (ours_too, theirs_too)) = (loud[&sent[0]], loud[&sent[1]]);
        assert!((ours - ours_too).abs() <= 0.1, "{loud:?}");
        assert!((theirs - theirs_too).abs() <= 0.1, "by ffmpeg: {loud:?}");
        stop(token, tasks).await;
    })
    .await;
}
