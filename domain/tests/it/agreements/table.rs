//! A studio with a split sheet between four people, and what it takes to bring them to sign.

use std::{collections::HashMap, sync::Arc};

use domain::{
    actor::{Actor, Ctx},
    agreements::{
        AgreementError, Prepared,
        commands::{self, CONSENT_VERSION, CounterProposal, Device, NewAgreement, Opened, SealedFile, Seen, Signing},
        document::Mark,
        entity::{EvidenceKind, SignerState, SigningOrder, agreement, link, signer, version},
        queries,
        testing::PlainDocuments,
    },
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset},
    },
    email::EmailAddress,
    env::{Instant, testing::ManualClock},
    identity::entity::user,
    ids::{AgreementId, SignerId, StudioId, UserId, WorkId},
    money::Currency,
    outbox::entity::job,
    ports::AgreementDocuments,
    seals::entity::seal,
    services::Services,
    store::Tx,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use crate::{shop::Shop, support::World};

pub(super) const FOUR: [&str; 4] = ["Nova", "Orson", "Łucja Żółć", "夜子"];

pub(super) struct Table {
    pub(super) shop: Shop,
    pub(super) services: Services,
    pub(super) studio: StudioId,
    pub(super) manager: Ctx,
    pub(super) work: WorkId,
    pub(super) clock: Arc<ManualClock>,
}

/// Where a party is mailed.
pub(super) fn address(party: usize) -> String {
    format!("Party{party}@example.com")
}

pub(super) fn device() -> Device {
    Device { user_agent: "Lynx/2.9".into(), ip: "192.0.2.7".into() }
}

/// A split sheet of a work: composition and master by the same shares.
pub(super) fn sheet(work: Option<WorkId>, ppm: &[u32]) -> Value {
    let parties: Vec<Value> = (0..ppm.len())
        .map(|n| json!({ "name": FOUR[n], "kind": "person", "email": address(n), "role": "writer", "signs": true }))
        .collect();
    let share = |(n, ppm): (usize, &u32)| json!({ "party": n, "share_ppm": ppm, "role": "CA" });
    let writers: Vec<Value> = ppm.iter().enumerate().map(share).collect();
    let owners: Vec<Value> = ppm.iter().enumerate().map(|(n, ppm)| json!({ "party": n, "share_ppm": ppm })).collect();
    json!({
        "title": "Night Drive", "dated": "2026-11-23", "reference": { "work": work }, "parties": parties,
        "terms": {
            "template": "split_sheet",
            "composition": { "title": "Night Drive", "writers": writers },
            "master": { "owners": owners },
        },
        "general": { "governing_law": "England and Wales" },
    })
}

/// An account whose address was confirmed at a time, or never.
pub(super) async fn account(world: &World, id: UserId, email_verified_at: Option<Instant>) {
    let email: EmailAddress = format!("{id}@example.com").parse().unwrap();
    let row = user::Model {
        id,
        email_key: email.account_key(),
        email,
        name: "Mona".to_owned(),
        password_hash: "none: this account signs in by no password".to_owned(),
        email_verified_at,
        created_at: world.ctx.env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
}

impl Table {
    pub(super) async fn laid(world: &World) -> Self {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Night Drive").await;
        let manager = world.as_actor(shop.manager());
        account(world, manager.actor.user().unwrap(), Some(world.ctx.env.now())).await;
        let (services, studio, clock) = (shop.services.clone(), shop.studio, world.clock.clone());
        Self { shop, services, studio, manager, work, clock }
    }

    pub(super) fn written(&self, document: &Value, signing_order: SigningOrder) -> NewAgreement {
        let document = Prepared::new(&PlainDocuments, &self.services.env, &document.to_string()).unwrap();
        NewAgreement { document, signing_order }
    }

    /// Runs a command in a transaction of its own; what is refused leaves nothing behind.
    pub(super) async fn run<T, E>(&self, command: impl AsyncFnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        let tx = self.services.begin().await.unwrap();
        let outcome = command(&tx).await;
        match &outcome {
            Ok(_) => self.services.commit(tx).await.unwrap(),
            Err(_) => tx.rollback().await.unwrap(),
        }
        outcome
    }

    pub(super) async fn draft(&self, document: &Value, order: SigningOrder) -> agreement::Model {
        let new = self.written(document, order);
        self.run(async |tx| commands::create_agreement(tx, &self.manager, self.studio, &new).await).await.unwrap()
    }

    /// A sent split sheet of the work between the four, a quarter each.
    pub(super) async fn sent(&self, order: SigningOrder) -> AgreementId {
        let draft = self.draft(&sheet(Some(self.work), &[250_000; 4]), order).await;
        self.send(draft.id).await.unwrap();
        draft.id
    }

    pub(super) async fn send(&self, id: AgreementId) -> Result<agreement::Model, AgreementError> {
        self.run(async |tx| commands::send_agreement(tx, &self.manager, id, 1, None).await).await
    }

    pub(super) async fn row(&self, id: AgreementId) -> agreement::Model {
        agreement::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }

    pub(super) async fn current(&self, id: AgreementId) -> version::Model {
        let number = self.row(id).await.version;
        queries::find_version(&self.services.db, id, number).await.unwrap().unwrap()
    }

    /// Who signs for a party now.
    pub(super) async fn signer(&self, id: AgreementId, party: usize) -> signer::Model {
        let all = queries::signers_of(&self.services.db, id).await.unwrap();
        let counts = |row: &signer::Model| !matches!(row.state, SignerState::Replaced | SignerState::Released);
        all.into_iter().rfind(|row| row.party_index == i32::try_from(party).unwrap() && counts(row)).unwrap()
    }

    pub(super) async fn states(&self, id: AgreementId) -> Vec<SignerState> {
        let all = queries::signers_of(&self.services.db, id).await.unwrap();
        all.into_iter().map(|row| row.state).collect()
    }

    /// The latest link that was mailed to a signer.
    pub(super) async fn link(&self, signer: SignerId) -> Option<link::Model> {
        let all = link::Entity::find().filter(link::Column::SignerId.eq(signer)).all(&self.services.db).await.unwrap();
        let fresh = all.iter().find(|row| row.used_at.is_none() && row.voided_at.is_none());
        fresh.or(all.first()).cloned()
    }

    /// The token of a link, as it stands in the mail.
    pub(super) async fn token(&self, link: &link::Model) -> String {
        let mail = queries::find_link_mail(&self.services.db, link.id).await.unwrap().unwrap();
        mail.url("http://shop.test", &self.services.links).rsplit_once("/sign/").unwrap().1.to_owned()
    }

    pub(super) async fn open(&self, token: &str) -> Result<Opened, AgreementError> {
        let nobody = self.services.ctx(Actor::Anonymous);
        self.run(async |tx| commands::open_link(tx, &nobody, &self.services.links, token, &device()).await).await
    }

    /// Opens a party's latest link; no code is entered yet.
    pub(super) async fn at_the_door(&self, id: AgreementId, party: usize) -> Ctx {
        let signer = self.signer(id, party).await.id;
        let link = self.link(signer).await.unwrap();
        let opened = self.open(&self.token(&link).await).await.unwrap();
        let actor = queries::find_session(&self.services.db, &opened.secret, self.services.env.now()).await.unwrap();
        self.services.ctx(actor.unwrap())
    }

    /// Asks for a code and gives what is mailed.
    pub(super) async fn code(&self, ctx: &Ctx) -> String {
        self.run(async |tx| commands::ask_code(tx, ctx, &self.services.links, &device()).await).await.unwrap();
        let Actor::Signer { session, .. } = ctx.actor else { panic!("not a signer") };
        let (links, now) = (&self.services.links, self.services.env.now());
        queries::find_code_mail(&self.services.db, links, session, now).await.unwrap().unwrap().code
    }

    /// A party comes in by link and code.
    pub(super) async fn come_in(&self, id: AgreementId, party: usize) -> Ctx {
        let ctx = self.at_the_door(id, party).await;
        let code = self.code(&ctx).await;
        commands::enter_code(&self.services, &ctx, &code, &device()).await.unwrap();
        ctx
    }

    /// A party comes in once more, by a link that they ask for.
    pub(super) async fn come_in_again(&self, id: AgreementId, party: usize) -> Ctx {
        let old = self.link(self.signer(id, party).await.id).await.unwrap();
        let token = self.token(&old).await;
        self.request(&token).await.unwrap();
        self.come_in(id, party).await
    }

    pub(super) async fn request(&self, token: &str) -> Result<(), AgreementError> {
        let nobody = self.services.ctx(Actor::Anonymous);
        self.run(async |tx| commands::request_link(tx, &nobody, &self.services.links, token, &device()).await).await
    }

    /// The current version as it is shown.
    pub(super) async fn seen(&self, id: AgreementId) -> Seen {
        let version = self.current(id).await;
        let html = PlainDocuments.html(&version.document).unwrap();
        Seen { version: version.number, text_sha256: version.text_sha256, shown_sha256: Sha256::of(html.as_bytes()) }
    }

    /// Reads the current version and consents.
    pub(super) async fn read(&self, id: AgreementId, ctx: &Ctx) -> Seen {
        let seen = self.seen(id).await;
        self.run(async |tx| commands::shown(tx, ctx, &seen, &device()).await).await.unwrap();
        self.run(async |tx| commands::consent(tx, ctx, CONSENT_VERSION, &device()).await).await.unwrap();
        seen
    }

    pub(super) async fn sign(&self, ctx: &Ctx, seen: &Seen) -> Result<agreement::Model, AgreementError> {
        self.clock.advance(chrono::Duration::seconds(1));
        let signing = Signing {
            version: seen.version,
            text_sha256: seen.text_sha256.clone(),
            typed_name: "Ada Lovelace".into(),
            capacity: None,
            confirmed_name: Some("Ada Lovelace".into()),
            mark: Mark::Typed("Ada Lovelace".into()),
        };
        self.run(async |tx| commands::sign(tx, ctx, &signing, &device()).await).await
    }

    /// A party comes in, reads, and signs.
    pub(super) async fn signs(&self, id: AgreementId, party: usize) -> agreement::Model {
        let ctx = self.come_in(id, party).await;
        let seen = self.read(id, &ctx).await;
        self.sign(&ctx, &seen).await.unwrap()
    }

    /// A file as the sealing stores it.
    pub(super) async fn sealed_file(&self) -> asset::Model {
        let env = &self.services.env;
        let file = asset::Model {
            id: env.id(),
            studio_id: self.studio,
            kind: AssetKind::Contract,
            state: AssetState::Ready,
            refusal: None,
            sha256: Sha256::of(b"pdf"),
            bytes: 3,
            media_type: "application/pdf".into(),
            file_name: "agreement.pdf".into(),
            duration_ms: None,
            sample_rate_hz: None,
            channels: None,
            bits_per_sample: None,
            measurement: None,
            created_at: env.now(),
        };
        file.clone().into_active_model().insert(&self.services.db).await.unwrap();
        file
    }

    /// Remembers that file as an agreement's.
    pub(super) async fn record_sealed(
        &self,
        ctx: &Ctx,
        id: AgreementId,
        file: &asset::Model,
        can_raise: bool,
    ) -> Result<seal::Model, AgreementError> {
        let template = Sha256::of(b"template");
        let sealed = SealedFile { file, template_sha256: &template, engine_version: "0.15.1", can_raise };
        self.run(async |tx| commands::record_sealed(tx, ctx, id, sealed).await).await
    }

    /// Another document as the current version's revision.
    pub(super) async fn revised(&self, id: AgreementId, document: &Value) -> Prepared {
        let present = self.current(id).await;
        Prepared::revising(&PlainDocuments, &document.to_string(), &present).unwrap()
    }

    pub(super) async fn proposal(&self, id: AgreementId, document: &Value) -> CounterProposal {
        CounterProposal {
            expected_version: self.row(id).await.version,
            document: self.revised(id, document).await,
            note: Some("I wrote the hook".into()),
        }
    }

    /// How often each kind of job was put.
    pub(super) async fn jobs(&self) -> HashMap<String, usize> {
        let mut count = HashMap::new();
        for job in job::Entity::find().all(&self.services.db).await.unwrap() {
            *count.entry(job.kind).or_default() += 1;
        }
        count
    }

    pub(super) async fn kinds(&self, id: AgreementId) -> Vec<EvidenceKind> {
        queries::evidence_of(&self.services.db, id).await.unwrap().into_iter().map(|row| row.kind).collect()
    }

    /// The chain holds, to its end.
    pub(super) async fn assert_chain_holds(&self, id: AgreementId) {
        let rows = queries::evidence_of(&self.services.db, id).await.unwrap();
        let row = self.row(id).await;
        domain::agreements::evidence::verify_to(&rows, row.evidence_count, &row.evidence_head).unwrap();
    }
}
