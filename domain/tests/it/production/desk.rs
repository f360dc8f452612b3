//! A studio with its people, and what it takes to work on projects.

use std::sync::Arc;

use domain::{
    actor::{Actor, Ctx, Role},
    agreements::{
        document::Template,
        entity::{AgreementState, SigningOrder, agreement},
        evidence,
    },
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset},
    },
    clients::entity as client,
    email::EmailAddress,
    env::testing::ManualClock,
    identity::entity::{UnsignedSplits, member, studio, user},
    ids::{AgreementId, AssetId, ClientId, PartyId, ProjectId, ProjectStageId, SongId, StudioId, UserId},
    money::Currency,
    parties::{self, PartyInput, entity::PartyKind},
    production::{
        ProductionError,
        commands::{self, NewProject, SongInput},
        entity::{ProjectKind, Stage, project, song, stage, task},
    },
    report::Explain,
    store::{self, Db, Tx},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::support::World;

/// A studio, its manager and its engineer.
pub(crate) struct Desk {
    pub(crate) db: Db,
    pub(crate) system: Ctx,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) studio: StudioId,
    pub(crate) manager: Ctx,
    pub(crate) engineer: Ctx,
    /// Nova and Orson.
    pub(crate) parties: [PartyId; 2],
}

impl Desk {
    pub(crate) async fn open(world: &World, slug: &str) -> Self {
        let env = &world.ctx.env;
        let studio: StudioId = env.id();
        let row = studio::Model {
            id: studio,
            slug: slug.into(),
            name: "Nova Sound".into(),
            currency: Currency::EUR,
            contact_email: "nova@example.com".parse().unwrap(),
            legal_name: None,
            address: None,
            governing_law: "England and Wales".into(),
            created_at: env.now(),
            unsigned_splits: UnsignedSplits::Refuse,
            accent: None,
        };
        row.into_active_model().insert(&world.db).await.unwrap();
        let manager = member(world, studio, Role::Manager).await;
        let engineer = member(world, studio, Role::Engineer).await;
        let mut all = Vec::new();
        for name in ["Nova", "Orson"] {
            all.push(party(world, &manager, studio, name).await);
        }
        Self {
            db: world.db.clone(),
            system: world.ctx.clone(),
            clock: world.clock.clone(),
            studio,
            manager,
            engineer,
            parties: [all[0], all[1]],
        }
    }

    /// Runs a command in a transaction of its own; what is refused leaves nothing behind.
    pub(crate) async fn run<T>(
        &self,
        command: impl AsyncFnOnce(&Tx) -> Result<T, ProductionError>,
    ) -> Result<T, ProductionError> {
        let tx = store::begin(&self.db).await.unwrap();
        let outcome = command(&tx).await;
        match &outcome {
            Ok(_) => tx.commit().await.unwrap(),
            Err(_) => tx.rollback().await.unwrap(),
        }
        // What is made later has a later id.
        self.clock.advance(chrono::Duration::milliseconds(1));
        outcome
    }

    pub(crate) async fn project_for(&self, kind: ProjectKind, client: Option<ClientId>) -> project::Model {
        let new =
            NewProject { kind, title: "Night Drive".into(), client, currency: None, starts_on: None, due_on: None };
        self.run(async |tx| commands::create_project(tx, &self.manager, self.studio, new).await).await.unwrap()
    }

    pub(crate) async fn project(&self, kind: ProjectKind) -> project::Model {
        self.project_for(kind, None).await
    }

    /// A project of the studio's own that has begun.
    pub(crate) async fn active(&self, kind: ProjectKind) -> project::Model {
        let id = self.project(kind).await.id;
        self.run(async |tx| commands::activate_project(tx, &self.manager, id, None).await).await.unwrap()
    }

    pub(crate) async fn song(&self, project: ProjectId, title: &str) -> song::Model {
        let new = titled(project, title);
        self.run(async |tx| commands::add_song(tx, &self.engineer, new).await).await.unwrap()
    }

    /// A stage of a song, or of the whole project.
    pub(crate) async fn stage(&self, project: ProjectId, song: Option<SongId>, wanted: Stage) -> stage::Model {
        let all = stage::Entity::find().filter(stage::Column::ProjectId.eq(project)).all(&self.db).await.unwrap();
        all.into_iter().find(|row| (row.song_id, row.stage) == (song, wanted)).unwrap()
    }

    pub(crate) async fn tasks(&self, stage: ProjectStageId) -> Vec<task::Model> {
        let of_stage = task::Entity::find().filter(task::Column::StageId.eq(stage));
        of_stage.order_by_asc(task::Column::Position).all(&self.db).await.unwrap()
    }

    /// Does all tasks of a stage.
    pub(crate) async fn work_off(&self, stage: ProjectStageId) {
        for task in self.tasks(stage).await {
            self.run(async |tx| commands::complete_task(tx, &self.engineer, task.id).await).await.unwrap();
        }
    }

    pub(crate) async fn close(&self, stage: ProjectStageId) -> Result<stage::Model, ProductionError> {
        self.run(async |tx| commands::close_stage(tx, &self.engineer, stage).await).await
    }

    /// The titles of a project's songs, in their order, if they are numbered from 1 without a gap.
    pub(crate) async fn titles(&self, project: ProjectId) -> Vec<String> {
        let songs = song::Entity::find().filter(song::Column::ProjectId.eq(project));
        let songs = songs.order_by_asc(song::Column::Position).all(&self.db).await.unwrap();
        assert!((1..).zip(&songs).all(|(position, song)| song.position == position), "{songs:?}");
        songs.into_iter().map(|song| song.title).collect()
    }

    /// Enters a client.
    pub(crate) async fn client(&self, party: PartyId) -> ClientId {
        let row = client::Model {
            id: self.system.env.id(),
            studio_id: self.studio,
            party_id: party,
            stage: client::ClientStage::Agreed,
            stage_since: self.system.env.now(),
            created_at: self.system.env.now(),
        };
        row.into_active_model().insert(&self.db).await.unwrap().id
    }

    /// Puts down an agreement that stands in a state.
    pub(crate) async fn agreement(&self, state: AgreementState) -> AgreementId {
        let now = self.system.env.now();
        let id: AgreementId = self.system.env.id();
        let is_closed = state.is_final() && state != AgreementState::Executed;
        let row = agreement::Model {
            id,
            studio_id: self.studio,
            reference: format!("AG-{id}"),
            template: Template::Producer,
            title: "Producer agreement".into(),
            work_id: None,
            state,
            signing_order: SigningOrder::Parallel,
            version: 1,
            counter_version: None,
            counter_by: None,
            supersedes_id: None,
            expires_at: None,
            term_ends_on: None,
            term_announced_at: None,
            evidence_count: 0,
            evidence_head: evidence::beginning(),
            created_at: now,
            sent_at: Some(now),
            executed_at: (state == AgreementState::Executed).then_some(now),
            closed_at: is_closed.then_some(now),
            closed_reason: None,
        };
        row.into_active_model().insert(&self.db).await.unwrap();
        id
    }

    pub(crate) async fn asset(&self, kind: AssetKind, state: AssetState) -> AssetId {
        let row = asset::Model {
            id: self.system.env.id(),
            studio_id: self.studio,
            kind,
            state,
            refusal: (state == AssetState::Refused).then(|| "it is broken".to_owned()),
            sha256: Sha256::of(b"reference"),
            bytes: 1,
            media_type: "audio/wav".into(),
            file_name: "reference.wav".into(),
            duration_ms: None,
            sample_rate_hz: None,
            channels: None,
            bits_per_sample: None,
            measurement: None,
            created_at: self.system.env.now(),
        };
        row.into_active_model().insert(&self.db).await.unwrap().id
    }
}

/// A song to be entered anew.
pub(crate) fn titled(project: ProjectId, title: &str) -> SongInput {
    SongInput { project, title: Some(title.into()), work: None, recording: None, stages: None }
}

/// What a refusal tells: its code and its field.
pub(crate) fn told<T>(outcome: Result<T, ProductionError>) -> (&'static str, Option<String>) {
    let report = outcome.err().expect("it was refused").explain();
    (report.code, report.field)
}

/// The code and the field that are expected.
pub(crate) fn refused(code: &'static str, field: &str) -> (&'static str, Option<String>) {
    (code, Some(field.to_owned()))
}

async fn member(world: &World, studio: StudioId, role: Role) -> Ctx {
    let env = &world.ctx.env;
    let id: UserId = env.id();
    let email: EmailAddress = format!("{id}@example.com").parse().unwrap();
    let row = user::Model {
        id,
        email_key: email.account_key(),
        email,
        name: role.word().to_owned(),
        password_hash: "none".to_owned(),
        email_verified_at: Some(env.now()),
        created_at: env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
    let row = member::Model { studio_id: studio, user_id: id, role, joined_at: env.now() };
    row.into_active_model().insert(&world.db).await.unwrap();
    world.as_actor(Actor::User { user: id, memberships: vec![(studio, role)], closed: Vec::new() })
}

async fn party(world: &World, ctx: &Ctx, studio: StudioId, name: &str) -> PartyId {
    let input =
        PartyInput { kind: PartyKind::Person, name: name.into(), legal_name: None, email: None, ipi: None, isni: None };
    let tx = store::begin(&world.db).await.unwrap();
    let id = parties::create_party(&tx, ctx, studio, input).await.unwrap().id;
    tx.commit().await.unwrap();
    id
}
