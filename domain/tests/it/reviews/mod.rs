//! Mixes and their reviews.

mod clicks;
mod clock;
mod comments;
mod handoffs;
mod mixes;
mod rounds;

use domain::{
    actor::{Actor, Ctx, Role},
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset, recording, work},
    },
    email::EmailAddress,
    identity::entity::user,
    ids::{AssetId, MixVersionId, ProjectId, RecordingId, ReviewId, ReviewerId, SongId, WorkId},
    mixes::{
        commands::{Sound, add_file_version, record_sound},
        entity::version,
    },
    money::{Currency, Money},
    outbox::{Job, entity::job},
    production::entity::{
        project::{self, ProjectKind, ProjectState},
        song,
    },
    reviews::{
        ReviewError,
        commands::{Device, Invitation, Said, Say, decide, invite_reviewer, open_review, send_for_review},
        entity::{ReviewNotice, review, reviewer, round},
        queries::last_round,
        rules::{Terms, Verdict},
    },
    store::Tx,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::{shop::Shop, support::World};

/// A studio with a project of one song, and its manager and engineer.
pub(super) struct House<'a> {
    pub(super) world: &'a World,
    pub(super) shop: Shop,
    pub(super) manager: Ctx,
    pub(super) engineer: Ctx,
    pub(super) project: ProjectId,
    pub(super) song: SongId,
}

pub(super) fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

impl<'a> House<'a> {
    pub(super) async fn open(world: &'a World) -> Self {
        let shop = Shop::open(world, Currency::EUR).await;
        let (manager, engineer) =
            (member(world, &shop, Role::Manager).await, member(world, &shop, Role::Engineer).await);
        let project = project::Model {
            id: world.ctx.env.id(),
            studio_id: shop.studio,
            client_id: None,
            kind: ProjectKind::Record,
            state: ProjectState::Active,
            title: "Night Album".into(),
            created_at: world.ctx.env.now(),
        };
        let project = project.into_active_model().insert(&world.db).await.unwrap().id;
        let mut house = Self { world, shop, manager, engineer, project, song: world.ctx.env.id() };
        house.song = house.song("Night Drive", 1).await;
        house
    }

    /// Commits, and lets a moment pass: what is listed stands in the order of time.
    pub(super) async fn commit(&self, tx: Tx) {
        self.shop.services.commit(tx).await.unwrap();
        self.world.clock.advance(chrono::Duration::milliseconds(1));
    }

    /// A song of the project.
    pub(super) async fn song(&self, title: &str, position: i32) -> SongId {
        let (env, db) = (&self.world.ctx.env, &self.world.db);
        let (work, recording): (WorkId, RecordingId) = (env.id(), env.id());
        let (studio, now) = (self.shop.studio, env.now());
        let row = work::Model { id: work, studio_id: studio, title: title.into(), iswc: None, created_at: now };
        row.into_active_model().insert(db).await.unwrap();
        let row = recording::Model {
            id: recording,
            studio_id: studio,
            work_id: work,
            title: title.into(),
            isrc: None,
            created_at: now,
        };
        row.into_active_model().insert(db).await.unwrap();
        let row = song::Model {
            id: env.id(),
            studio_id: studio,
            project_id: self.project,
            position,
            title: title.into(),
            work_id: work,
            recording_id: recording,
            created_at: now,
        };
        row.into_active_model().insert(db).await.unwrap().id
    }

    /// A file of the studio.
    pub(super) async fn file(&self, kind: AssetKind, state: AssetState) -> AssetId {
        let id: AssetId = self.world.ctx.env.id();
        let row = asset::Model {
            id,
            studio_id: self.shop.studio,
            kind,
            state,
            refusal: (state == AssetState::Refused).then(|| "the file is truncated".to_owned()),
            sha256: Sha256::of(id.to_string().as_bytes()),
            bytes: 1_000,
            media_type: if kind == AssetKind::Artwork { "image/png" } else { "audio/wav" }.into(),
            file_name: "mix.wav".into(),
            duration_ms: Some(60_000),
            sample_rate_hz: Some(48_000),
            channels: Some(2),
            bits_per_sample: Some(24),
            measurement: None,
            created_at: self.world.ctx.env.now(),
        };
        row.into_active_model().insert(&self.world.db).await.unwrap();
        id
    }

    /// A version that can be heard: a minute, so loud, with peaks at -3 dBTP.
    pub(super) async fn version_at(&self, song: SongId, loudness_mlufs: i32) -> version::Model {
        let (audio, waveform) = (
            self.file(AssetKind::Source, AssetState::Ready).await,
            self.file(AssetKind::Waveform, AssetState::Ready).await,
        );
        let sound = Sound { audio, waveform, loudness_mlufs, true_peak_mdbtp: -3_000, duration_ms: 60_000 };
        let tx = self.shop.services.begin().await.unwrap();
        let version = add_file_version(&tx, &self.engineer, song, audio, "Vocals up").await.unwrap();
        record_sound(&tx, &self.world.ctx, version.id, Ok(sound)).await.unwrap();
        self.commit(tx).await;
        version
    }

    pub(super) async fn version(&self) -> version::Model {
        self.version_at(self.song, -14_000).await
    }

    /// The review of the song, on terms.
    pub(super) async fn review(&self, terms: Terms) -> review::Model {
        let tx = self.shop.services.begin().await.unwrap();
        let review = open_review(&tx, &self.manager, self.song, Some(terms)).await.unwrap();
        self.commit(tx).await;
        review
    }

    pub(super) async fn invite(&self, review: ReviewId, name: &str, decides: bool) -> ReviewerId {
        let email = format!("{}@example.com", name.to_lowercase());
        let invitation = Invitation { name: name.into(), email, decides };
        let tx = self.shop.services.begin().await.unwrap();
        let reviewer = invite_reviewer(&tx, &self.engineer, review, &invitation).await.unwrap();
        self.commit(tx).await;
        reviewer.id
    }

    pub(super) async fn send(&self, version: MixVersionId) -> Result<round::Model, ReviewError> {
        let tx = self.shop.services.begin().await.unwrap();
        let round = send_for_review(&tx, &self.engineer, version).await?;
        self.commit(tx).await;
        Ok(round)
    }

    pub(super) async fn say(
        &self,
        by: ReviewerId,
        verdict: Verdict,
        version: i32,
        agreed: Option<Money>,
    ) -> Result<Said, ReviewError> {
        let device = Device { ip: Some("203.0.113.7".into()), user_agent: Some("test".into()) };
        let say = Say { verdict, version, words: "As we said".into(), agreed, device };
        let tx = self.shop.services.begin().await.unwrap();
        let said = decide(&tx, &self.world.as_actor(Actor::Anonymous), by, &say).await?;
        self.commit(tx).await;
        Ok(said)
    }

    pub(super) async fn found(&self, review: ReviewId) -> review::Model {
        review::Entity::find_by_id(review).one(&self.world.db).await.unwrap().unwrap()
    }

    pub(super) async fn round(&self, review: ReviewId) -> round::Model {
        last_round(&self.world.db, review).await.unwrap().unwrap()
    }

    pub(super) async fn reviewer(&self, id: ReviewerId) -> reviewer::Model {
        reviewer::Entity::find_by_id(id).one(&self.world.db).await.unwrap().unwrap()
    }

    /// The jobs that were put.
    pub(super) async fn jobs(&self) -> Vec<Job> {
        let rows = job::Entity::find().all(&self.world.db).await.unwrap();
        rows.into_iter().map(|row| serde_json::from_value(row.payload).unwrap()).collect()
    }

    /// The mails that were put: to whom, and what. Of those of one moment the studio's is first, then whose link is the oldest.
    pub(super) async fn mails(&self) -> Vec<(Option<ReviewerId>, ReviewNotice)> {
        let rows = job::Entity::find().all(&self.world.db).await.unwrap();
        let mails = rows.into_iter().filter_map(|row| match serde_json::from_value::<Job>(row.payload).unwrap() {
            Job::MailReview { reviewer, what, .. } => Some((row.created_at, reviewer, what)),
            _ => None,
        });
        let mut mails: Vec<_> = mails.collect();
        mails.sort_by_key(|(at, reviewer, _)| (*at, *reviewer));
        mails.into_iter().map(|(_, reviewer, what)| (reviewer, what)).collect()
    }
}

async fn member(world: &World, shop: &Shop, role: Role) -> Ctx {
    let id = world.ctx.env.id();
    let email: EmailAddress = format!("{id}@example.com").parse().unwrap();
    let row = user::Model {
        id,
        email_key: email.account_key(),
        email,
        name: format!("Nova {role}"),
        password_hash: "none: this account signs in by no password".into(),
        email_verified_at: Some(world.ctx.env.now()),
        created_at: world.ctx.env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
    world.as_actor(Actor::User { user: id, memberships: vec![(shop.studio, role)], closed: Vec::new() })
}
