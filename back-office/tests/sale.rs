//! From a grant to the buyer's mail: real databases, files, typesetter and mailbox.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    jobs::{LONGEST_SLEEP, Runtime, Settings, WakeUp, run_queue, run_relay, set_up},
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals, Verdict, examine},
    stripe::StripeGateway,
};
use async_trait::async_trait;
use back_office::{BackOffice, schedule};
use bytes::Bytes;
use domain::{
    actor::Actor,
    catalog::{
        NewBeat, NewFile, RenderedFile, add_asset, add_rendered_asset, create_beat,
        entity::{AssetKind, asset, beat},
        record_inspection,
        rules::shares::ShareLine,
    },
    delivery::{
        commands::owe,
        entity::{DeliverableKind, RenderOutputs, RenderPurpose, deliverable},
        inputs::find_render_inputs,
        renders,
    },
    domains::{entity::claim, testing::TestDns},
    env::{self, Env},
    identity::entity::{UnsignedSplits, studio},
    ids::{JobId, PartyId, StudioId},
    licensing::{
        entity::licence,
        terms::{AtCap, Caps, Files, Terms, TierCode},
    },
    links::LinkKey,
    money::Currency,
    outbox::{
        self, Job, Queue,
        entity::{JobState, job},
    },
    parties::entity::{self as party, PartyKind},
    ports::{PortError, Raised, SealRequest, Seals},
    sales::entity::{OrderState, order, order_line},
    seals::{self, entity::SealLevel},
    services::Services,
    share::Share,
    store,
    webhooks::testing::TestReceiver,
};
use futures::TryStreamExt;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

/// An installation in a folder, with one studio.
struct House {
    services: Services,
    runtime: Runtime,
    mailbox: Mailbox,
    studio: StudioId,
    producer: PartyId,
    _folder: tempfile::TempDir,
}

async fn on_each_database(test: impl AsyncFn(&House)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let db = store::connect(&database.url, 10).await.expect("the test's database opens");
        set_up(&db).await.expect("the queue's tables");
        let house = house(db.clone()).await;
        test(&house).await;
        drop(house);
        database.drop(db).await;
    }
}

async fn house(db: store::Db) -> House {
    let folder = tempfile::tempdir().unwrap();
    let (env, wake, links) = (Env::system(), WakeUp::default(), LinkKey::new([7; 32]));
    let sender = Sender { from: "mail@example.com".parse().unwrap(), env: env.clone() };
    let mailbox = Mailbox::new(folder.path().join("mail"), sender);
    let keys = SandboxKeys::derive(&links);
    let gateway = StripeGateway::sandbox("http://127.0.0.1:9", &keys, env.clone()).unwrap();
    let services = Services {
        db: db.clone(),
        seals: Arc::new(StudioSeals::open(&SealConfig::in_folder(&folder.path().join("seals")), env.clone()).unwrap()),
        env: env.clone(),
        links,
        files: Arc::new(ObjectFiles::local(&folder.path().join("files")).unwrap()),
        mailer: Arc::new(mailbox.clone()),
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
    let (id, producer) = (studio.id, party.id);
    studio.into_active_model().insert(&db).await.unwrap();
    party.into_active_model().insert(&db).await.unwrap();
    House { services, runtime: Runtime { db, env, wake }, mailbox, studio: id, producer, _folder: folder }
}

impl House {
    fn work(&self, stop: &CancellationToken) -> JoinSet<()> {
        self.work_with(self.services.clone(), stop)
    }

    fn work_with(&self, services: Services, stop: &CancellationToken) -> JoinSet<()> {
        let office = Arc::new(BackOffice::new(services));
        let mut tasks = JoinSet::new();
        tasks.spawn(run_relay(self.runtime.clone(), LONGEST_SLEEP, stop.clone()));
        let queue = run_queue(self.runtime.clone(), Queue::Office, office, Settings::default(), stop.clone());
        tasks.spawn(async move { queue.await.expect("the queue runs") });
        tasks
    }

    /// A beat whose source is ready and whose masters are rendered.
    async fn beat_with_masters(&self) -> beat::Model {
        let (services, ctx) = (&self.services, self.services.ctx(Actor::System));
        let head = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00\x44\xac\x00\x00\x10\xb1\x02\x00\x04\x00\x10\x00data\x00\x00\x00\x00";
        let stored = services.files.put_bytes(head.to_vec().into()).await.unwrap();
        let tx = services.begin().await.unwrap();
        let file = NewFile {
            kind: AssetKind::Source,
            file_name: "night drive.wav".to_owned(),
            declared: None,
            stored: stored.clone(),
            head: head.to_vec(),
        };
        let source = add_asset(&tx, &ctx, self.studio, file).await.unwrap();
        let facts = domain::catalog::Facts {
            duration_ms: 180_000,
            sample_rate_hz: 44_100,
            channels: 2,
            bits_per_sample: Some(16),
            measurement: None,
        };
        record_inspection(&tx, &ctx, source.id, Ok(facts)).await.unwrap();
        let new = NewBeat {
            title: "Night Drive".to_owned(),
            source: Some(source.id),
            collaborators: vec![ShareLine { party: self.producer, role: "producer".to_owned(), share_ppm: 1_000_000 }],
            ..NewBeat::default()
        };
        let beat = create_beat(&tx, &ctx, self.studio, new).await.unwrap();
        let mut masters = Vec::new();
        for (name, media_type) in [("master.wav", "audio/wav"), ("master.mp3", "audio/mpeg")] {
            let file = RenderedFile {
                kind: AssetKind::Master,
                file_name: name.to_owned(),
                media_type: media_type.to_owned(),
                stored: stored.clone(),
                facts: None,
            };
            masters.push(add_rendered_asset(&tx, &ctx, self.studio, file).await.unwrap().id);
        }
        let (key, job): (String, JobId) = ("c".repeat(64), services.env.id());
        renders::claim_render(&tx, &ctx, &key, beat.id, RenderPurpose::Masters, job).await.unwrap();
        let inputs = find_render_inputs(&tx, beat.id).await.unwrap().unwrap();
        let outputs = RenderOutputs {
            source: source.id,
            tags: Some(inputs.tags_sha256()),
            wav: Some(masters[0]),
            mp3: Some(masters[1]),
            preview: None,
            waveform: None,
            receipt: serde_json::json!({}),
        };
        let outputs = renders::finish_render(&tx, &ctx, &key, outputs).await.unwrap();
        renders::credit_render(&tx, &key, beat.id, &outputs).await.unwrap();
        services.commit(tx).await.unwrap();
        // The audio queue is not worked here.
        job::Entity::delete_many().exec(&services.db).await.unwrap();
        beat
    }

    /// A paid order of one WAV lease, granted and owed.
    async fn sell(&self, beat: &beat::Model) -> order::Model {
        let (services, env) = (&self.services, &self.services.env);
        let ctx = services.ctx(Actor::System);
        let order = order::Model {
            id: env.id(),
            studio_id: self.studio,
            reference: "LL-7K3M9Q2X".to_owned(),
            cart_id: None,
            state: OrderState::Paid,
            buyer_name: "Ada Lovelace".to_owned(),
            buyer_email: "ada@example.com".parse().unwrap(),
            total_minor: 4900,
            currency: Currency::EUR,
            gateway: "sandbox".to_owned(),
            checkout_id: None,
            pay_url: None,
            placed_at: env.now(),
            paid_at: Some(env.now()),
            delivered_at: None,
            closed_reason: None,
            buyer_ip: None,
            buyer_user_agent: None,
        };
        let line = order_line::Model {
            id: env.id(),
            order_id: order.id,
            position: 1,
            beat_id: beat.id,
            work_id: beat.work_id,
            beat_title: beat.title.clone(),
            tier_code: TierCode::Wav,
            terms: terms(),
            price_minor: 4900,
            shown_text_sha256: None,
        };
        let licence = licence::Model {
            id: env.id(),
            studio_id: self.studio,
            order_id: order.id,
            order_line_id: line.id,
            beat_id: beat.id,
            work_id: beat.work_id,
            reference: "LL-7K3M9Q2X-1".to_owned(),
            licensee_name: "Ada Lovelace".to_owned(),
            licensee_email: "ada@example.com".parse().unwrap(),
            exclusive: false,
            terms: terms(),
            price_minor: 4900,
            currency: Currency::EUR,
            granted_at: env.now(),
        };
        let tx = services.begin().await.unwrap();
        order.clone().into_active_model().insert(&tx).await.unwrap();
        line.into_active_model().insert(&tx).await.unwrap();
        licence.clone().into_active_model().insert(&tx).await.unwrap();
        owe(&tx, &ctx, &order, &licence).await.unwrap();
        services.commit(tx).await.unwrap();
        order
    }

    async fn none_open(&self) -> Duration {
        let (begun, mut ticks) = (Instant::now(), tokio::time::interval(Duration::from_millis(5)));
        while outbox::queries::count_open(&self.services.db).await.unwrap() > 0 {
            assert!(begun.elapsed() < Duration::from_mins(1), "jobs are still open");
            ticks.tick().await;
        }
        begun.elapsed()
    }
}

fn terms() -> Terms {
    Terms {
        tier: TierCode::Wav,
        tier_name: "WAV lease".to_owned(),
        files: Files { mp3: true, wav: true, stems: false },
        caps: Caps { streams: Some(500_000), ..Caps::default() },
        at_cap: AtCap::Upgrade,
        term_months: Some(120),
        publishing_kept: Share::from_ppm(500_000).unwrap(),
        credit_line: "prod. by Nova".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_becomes_a_contract_and_one_mail_with_links() {
    on_each_database(async |house| {
        let beat = house.beat_with_masters().await;
        let stop = CancellationToken::new();
        let mut tasks = house.work(&stop);
        let order = house.sell(&beat).await;
        eprintln!("from grant to mail {:?}", house.none_open().await);
        let db = &house.services.db;
        let dead = job::Entity::find().filter(job::Column::State.eq(JobState::Dead)).all(db).await.unwrap();
        assert_eq!(dead, []);
        let found = order::Entity::find_by_id(order.id).one(db).await.unwrap().unwrap();
        assert_eq!(found.state, OrderState::Delivered);

        let letters = house.mailbox.list().await.unwrap();
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].subject, "Your files: Night Drive (LL-7K3M9Q2X)");
        let files = deliverable::Entity::find().all(db).await.unwrap();
        assert_eq!(files.len(), 3);
        let contract = files.iter().find(|file| file.kind == DeliverableKind::Contract).unwrap();
        let asset = asset::Entity::find_by_id(contract.asset_id.unwrap()).one(db).await.unwrap().unwrap();
        assert_eq!((asset.media_type.as_str(), asset.bytes > 10_000), ("application/pdf", true));
        let pdf = read(&house.services, &asset).await;
        let examined = examine(&*house.services.seals, &pdf, house.services.env.now());
        assert_eq!((examined.report.verdict, examined.level), (Verdict::Valid, Some(SealLevel::BB)));
        assert!(examined.sealed_here && examined.report.seal().unwrap().certificates[0].subject.contains("Nova"));
        let sealed = seals::queries::find_by_reference(db, "LL-7K3M9Q2X-1").await.unwrap().unwrap();
        assert_eq!((sealed.asset_id, sealed.revision), (asset.id, 1));
        let letter = house.mailbox.find(letters[0].id).await.unwrap().unwrap();
        for part in [&letter.text, &letter.html] {
            assert!(part.contains("/orders/order."), "the order page");
            assert!(part.contains(asset.sha256.as_str()), "the contract's SHA-256");
            for file in &files {
                assert!(part.contains(&file.file_name), "{}", file.file_name);
            }
        }

        // Typesetting again finds nothing to do.
        let tx = house.services.begin().await.unwrap();
        let again = Job::TypesetContract { licence: contract.licence_id };
        outbox::put(&tx, &house.services.ctx(Actor::System), Some(house.studio), &again).await.unwrap();
        house.services.commit(tx).await.unwrap();
        house.none_open().await;
        let contracts = asset::Entity::find().filter(asset::Column::Kind.eq(AssetKind::Contract)).count(db).await;
        assert_eq!(contracts.unwrap(), 1);
        assert_eq!(house.mailbox.list().await.unwrap().len(), 1);

        // Mailed once more, it leads to where the shop is by then.
        let now = house.services.env.now();
        let own = claim::Model {
            id: house.services.env.id(),
            studio_id: house.studio,
            host: "beats.example".to_owned(),
            token: "0".repeat(32),
            created_at: now,
            verified_at: Some(now),
            looked_at: Some(now),
            missed: 0,
        };
        own.into_active_model().insert(db).await.unwrap();
        let tx = house.services.begin().await.unwrap();
        let again = Job::MailDelivery { order: order.id };
        outbox::put(&tx, &house.services.ctx(Actor::System), Some(house.studio), &again).await.unwrap();
        house.services.commit(tx).await.unwrap();
        house.none_open().await;
        let mut at_home = 0;
        for letter in house.mailbox.list().await.unwrap() {
            let letter = house.mailbox.find(letter.id).await.unwrap().unwrap();
            let leads = |path: &str| letter.text.contains(&format!("http://beats.example:8080{path}"));
            at_home += usize::from(leads("/orders/order.") && leads("/d/"));
        }
        assert_eq!(at_home, 1);
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}

async fn read(services: &Services, asset: &asset::Model) -> Vec<u8> {
    let stream = services.files.read(&asset.sha256, None).await.unwrap().unwrap();
    let pieces: Vec<Bytes> = stream.try_collect().await.unwrap();
    pieces.concat()
}

/// Seals that are raised by a word behind them, once the authority answers.
struct Climbing {
    own: StudioSeals,
    answers: AtomicBool,
}

#[async_trait]
impl Seals for Climbing {
    fn seal(&self, pdf: Bytes, request: &SealRequest) -> Result<Bytes, PortError> {
        self.own.seal(pdf, request)
    }

    async fn raise(&self, pdf: Bytes, now: env::Instant) -> Result<Raised, PortError> {
        if !self.answers.load(Ordering::SeqCst) {
            let waits_for = Some("timestamp pending: time.example did not answer in time".to_owned());
            return Ok(Raised { bytes: pdf, level: SealLevel::BB, renew_before: None, waits_for });
        }
        let bytes = [&pdf[..], b"% raised"].concat().into();
        let renew_before = Some(now + chrono::Duration::days(900));
        Ok(Raised { bytes, level: SealLevel::BLTA, renew_before, waits_for: None })
    }

    fn can_raise(&self) -> bool {
        true
    }

    fn authority_pem(&self) -> String {
        self.own.authority_pem()
    }

    fn timestamp_authority_pem(&self) -> Option<String> {
        None
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_timestamp_holds_nothing_up_and_comes_when_it_can() {
    on_each_database(async |house| {
        let folder = tempfile::tempdir().unwrap();
        let own = StudioSeals::open(&SealConfig::in_folder(folder.path()), house.services.env.clone()).unwrap();
        let climbing = Arc::new(Climbing { own, answers: AtomicBool::new(false) });
        let services = Services { seals: climbing.clone(), ..house.services.clone() };
        let (beat, stop) = (house.beat_with_masters().await, CancellationToken::new());
        let mut tasks = house.work_with(services.clone(), &stop);
        let order = house.sell(&beat).await;
        house.none_open().await;
        let db = &services.db;
        let delivered = order::Entity::find_by_id(order.id).one(db).await.unwrap().unwrap();
        assert_eq!(delivered.state, OrderState::Delivered);
        let find = async || seals::queries::find_by_reference(db, "LL-7K3M9Q2X-1").await.unwrap().unwrap();
        let pending = find().await;
        assert_eq!((pending.level, pending.revision, pending.attempts), (SealLevel::BB, 1, 1));
        assert!(pending.waits_for.as_deref().unwrap().starts_with("timestamp pending"));
        let dead = job::Entity::find().filter(job::Column::State.eq(JobState::Dead)).count(db).await.unwrap();
        assert_eq!(dead, 0);

        climbing.answers.store(true, Ordering::SeqCst);
        let mut due = pending.clone().into_active_model();
        due.due_at = Set(Some(services.env.now() - chrono::Duration::seconds(1)));
        due.update(db).await.unwrap();
        schedule::raise_seals(&services).await;
        house.none_open().await;
        let raised = find().await;
        assert_eq!((raised.level, raised.revision, raised.waits_for), (SealLevel::BLTA, 2, None));
        let contract = deliverable::Entity::find().filter(deliverable::Column::Kind.eq(DeliverableKind::Contract));
        assert_eq!(contract.one(db).await.unwrap().unwrap().asset_id, Some(raised.asset_id));
        for id in [pending.asset_id, raised.asset_id] {
            let kept = asset::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
            assert_eq!(read(&services, &kept).await.ends_with(b"% raised"), id == raised.asset_id);
        }
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chores_run_on_an_empty_house() {
    on_each_database(async |house| {
        schedule::reconcile(&house.services, None).await;
        schedule::clear(&house.services).await;
        schedule::raise_seals(&house.services).await;
    })
    .await;
}
