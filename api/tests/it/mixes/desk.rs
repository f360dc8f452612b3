//! A studio's project with songs, mixes and reviews, for whatever is tested of them.

use domain::{
    actor::{Actor, Ctx},
    catalog::entity::{AssetKind, AssetState, asset, recording, work},
    ids::{
        AssetId, DawSessionId, HandoffPackId, MixVersionId, ProjectId, RecordingId, ReviewId, ReviewerId, SongId,
        StudioId, WorkId,
    },
    links::Purpose,
    masters::{
        commands::{Made, record_master},
        entity::{MasterState, master},
        queries::find_rendering,
        testing::report,
    },
    mixes::{
        commands::{Sound, add_document_version, add_file_version, read_document, record_sound},
        daw_sessions::open_daw_session,
        entity::version,
        handoffs::{Packed, pack_mix, record_pack},
    },
    production::entity::{
        project::{self, ProjectKind, ProjectState},
        song,
    },
    reviews::{
        commands::{Device, Invitation, Say, decide, invite_reviewer, open_review, send_for_review},
        levels::{Leveled, record_level},
        rules::{Terms, Verdict},
    },
    services::Services,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// How long the versions here are.
const MINUTE_MS: i64 = 60_000;

/// A project of a studio.
pub(crate) struct Desk<'a> {
    services: &'a Services,
    studio: StudioId,
    pub(crate) project: ProjectId,
}

impl<'a> Desk<'a> {
    pub(crate) async fn open(services: &'a Services, studio: StudioId) -> Self {
        let row = project::Model {
            id: services.env.id(),
            studio_id: studio,
            client_id: None,
            kind: ProjectKind::Record,
            state: ProjectState::Active,
            title: "Night Album".into(),
            created_at: services.env.now(),
        };
        let project = row.into_active_model().insert(&services.db).await.unwrap().id;
        Self { services, studio, project }
    }

    fn ctx(&self) -> Ctx {
        self.services.ctx(Actor::System)
    }

    pub(crate) async fn song(&self, title: &str, position: i32) -> SongId {
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
            project_id: self.project,
            position,
            title,
            work_id,
            recording_id,
            created_at,
        };
        row.into_active_model().insert(db).await.unwrap().id
    }

    /// A stored file that was looked through.
    pub(crate) async fn file(&self, kind: AssetKind, media_type: &str, content: &[u8]) -> AssetId {
        let stored = self.services.files.put_bytes(content.to_vec().into()).await.unwrap();
        let row = asset::Model {
            id: self.services.env.id(),
            studio_id: self.studio,
            kind,
            state: AssetState::Ready,
            refusal: None,
            sha256: stored.sha256,
            bytes: i64::try_from(stored.bytes).unwrap(),
            media_type: media_type.into(),
            file_name: "file".into(),
            duration_ms: Some(MINUTE_MS),
            sample_rate_hz: Some(48_000),
            channels: Some(2),
            bits_per_sample: Some(24),
            measurement: None,
            created_at: self.services.env.now(),
        };
        row.into_active_model().insert(&self.services.db).await.unwrap().id
    }

    /// A version of a file that can be heard, and is so loud.
    pub(crate) async fn version(&self, song: SongId, content: &[u8], loudness_mlufs: i32) -> version::Model {
        let audio = self.file(AssetKind::Source, "audio/wav", content).await;
        let waveform = self.file(AssetKind::Waveform, "application/octet-stream", &waveform()).await;
        let sound = Sound { audio, waveform, loudness_mlufs, true_peak_mdbtp: -3_000, duration_ms: MINUTE_MS };
        let tx = self.services.begin().await.unwrap();
        let version = add_file_version(&tx, &self.ctx(), song, audio, "Vocals <up>").await.unwrap();
        record_sound(&tx, &self.ctx(), version.id, Ok(sound)).await.unwrap();
        self.services.commit(tx).await.unwrap();
        version
    }

    /// A version of a document that plays one file, `drums.wav`.
    pub(crate) async fn document(&self, song: SongId, json: &str, drums: AssetId) -> version::Model {
        let reading = read_document(self.services.mixes.as_ref(), json).unwrap();
        let sources = [("drums.wav".to_owned(), drums)];
        let tx = self.services.begin().await.unwrap();
        let version = add_document_version(&tx, &self.ctx(), song, (&reading, &sources), "").await.unwrap();
        self.services.commit(tx).await.unwrap();
        version
    }

    pub(crate) async fn review(&self, song: SongId, terms: Terms) -> ReviewId {
        let tx = self.services.begin().await.unwrap();
        let review = open_review(&tx, &self.ctx(), song, Some(terms)).await.unwrap();
        self.services.commit(tx).await.unwrap();
        review.id
    }

    pub(crate) async fn invite(&self, review: ReviewId, name: &str, decides: bool) -> ReviewerId {
        let mailbox: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let email = format!("{mailbox}@example.com");
        let invitation = Invitation { name: name.into(), email, decides };
        let tx = self.services.begin().await.unwrap();
        let reviewer = invite_reviewer(&tx, &self.ctx(), review, &invitation).await.unwrap();
        self.services.commit(tx).await.unwrap();
        reviewer.id
    }

    pub(crate) async fn send(&self, version: MixVersionId) {
        let tx = self.services.begin().await.unwrap();
        send_for_review(&tx, &self.ctx(), version).await.unwrap();
        self.services.commit(tx).await.unwrap();
    }

    /// A version that was sent is approved by who decides.
    pub(crate) async fn approve(&self, decider: ReviewerId, version: &version::Model) {
        let say = Say {
            verdict: Verdict::Approve,
            version: version.number,
            words: String::new(),
            agreed: None,
            device: Device::default(),
        };
        let tx = self.services.begin().await.unwrap();
        decide(&tx, &self.services.ctx(Actor::Anonymous), decider, &say).await.unwrap();
        self.services.commit(tx).await.unwrap();
    }

    /// A song whose mix is approved.
    pub(crate) async fn approved_song(&self, title: &str, position: i32) -> SongId {
        let song = self.song(title, position).await;
        let version = self.version(song, title.as_bytes(), -14_000).await;
        let review = self.review(song, Terms::default()).await;
        let ada = self.invite(review, "Ada", true).await;
        self.send(version.id).await;
        self.approve(ada, &version).await;
        song
    }

    /// What the worker makes of the masters that wait, each of these bytes.
    pub(crate) async fn make_masters(&self, content: &[u8]) {
        let waiting = master::Entity::find().filter(master::Column::State.eq(MasterState::Waiting));
        for row in waiting.all(&self.services.db).await.unwrap() {
            let rendering = find_rendering(&self.services.db, row.id).await.unwrap().unwrap();
            let file = self.file(AssetKind::Master, "audio/wav", content).await;
            let mut file = asset::Entity::find_by_id(file).one(&self.services.db).await.unwrap().unwrap();
            file.file_name = rendering.file_name;
            let made = Made { asset: file.id, report: report(row.profile, &file, rendering.tags) };
            let named = asset::ActiveModel { id: Set(file.id), file_name: Set(file.file_name), ..Default::default() };
            named.update(&self.services.db).await.unwrap();
            let tx = self.services.begin().await.unwrap();
            record_master(&tx, &self.ctx(), row.id, Ok(made)).await.unwrap();
            self.services.commit(tx).await.unwrap();
        }
    }

    /// What the worker does for a version that was sent.
    pub(crate) async fn level(&self, version: MixVersionId, gain_mdb: i32, content: &[u8]) {
        let asset = self.file(AssetKind::Preview, "audio/mpeg", content).await;
        let tx = self.services.begin().await.unwrap();
        let made = Leveled { gain_mdb, asset, loudness_mlufs: -16_000 };
        record_level(&tx, &self.ctx(), version, made).await.unwrap();
        self.services.commit(tx).await.unwrap();
    }

    /// What the worker does for a version of a document.
    pub(crate) async fn bounce(&self, version: MixVersionId) {
        let audio = self.file(AssetKind::Master, "audio/wav", b"the bounce").await;
        let waveform = self.file(AssetKind::Waveform, "application/octet-stream", &waveform()).await;
        let sound = Sound { audio, waveform, loudness_mlufs: -14_000, true_peak_mdbtp: -3_000, duration_ms: MINUTE_MS };
        let tx = self.services.begin().await.unwrap();
        record_sound(&tx, &self.ctx(), version, Ok(sound)).await.unwrap();
        self.services.commit(tx).await.unwrap();
    }

    /// A version of a document that was bounced, and packed.
    pub(crate) async fn pack(&self, version: MixVersionId) -> HandoffPackId {
        self.bounce(version).await;
        let archive = self.file(AssetKind::Handoff, "application/zip", b"PK the stems").await;
        let tx = self.services.begin().await.unwrap();
        let pack = pack_mix(&tx, &self.ctx(), version).await.unwrap();
        record_pack(&tx, &self.ctx(), pack.id, Ok(Packed { archive, stems: 1 })).await.unwrap();
        self.services.commit(tx).await.unwrap();
        pack.id
    }

    /// A session that was handed in, and is not opened.
    pub(crate) async fn session(&self, song: SongId, file: AssetId) -> DawSessionId {
        let tx = self.services.begin().await.unwrap();
        let session = open_daw_session(&tx, &self.ctx(), song, file, "").await.unwrap();
        self.services.commit(tx).await.unwrap();
        session.id
    }

    /// The page that a reviewer's link opens.
    pub(crate) fn page(&self, reviewer: ReviewerId) -> String {
        format!("/review/{}", self.services.links.token(Purpose::Review, reviewer, None))
    }
}

/// A waveform of one swelling channel, in the `.dat` format.
fn waveform() -> Vec<u8> {
    let words = [2_u32, 1, 48_000, 1_200, 2_400, 1];
    let pixels = (0..2_400_u32).flat_map(|place| {
        let high = u8::try_from(place / 20).unwrap();
        [high.wrapping_neg(), high]
    });
    words.iter().flat_map(|word| word.to_le_bytes()).chain(pixels).collect()
}
