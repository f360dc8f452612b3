//! A split sheet between four people: signed from their mails, sealed with its evidence, and mailed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    jobs::{LONGEST_SLEEP, Runtime, Settings, WakeUp, run_queue, run_relay, set_up},
    mail::{Letter, Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals, Verdict, examine},
    stripe::StripeGateway,
};
use back_office::{BackOffice, schedule};
use domain::{
    actor::{Actor, Ctx},
    agreements::{
        Prepared,
        commands::{self, CONSENT_VERSION, Device, NewAgreement, Seen, Signing},
        document::Mark,
        entity::{AgreementState, EvidenceKind, SigningOrder, agreement, evidence},
        queries,
        testing::PlainDocuments,
    },
    catalog::{Sha256, entity::asset},
    domains::testing::TestDns,
    env::Env,
    identity::entity::{UnsignedSplits, studio},
    ids::{AgreementId, StudioId},
    links::LinkKey,
    money::Currency,
    outbox::{
        self, Job, Queue,
        entity::{JobState, job},
    },
    ports::AgreementDocuments,
    seals::entity::{SealLevel, SealedKind},
    services::Services,
    store,
    webhooks::testing::TestReceiver,
};
use futures::TryStreamExt;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

const SHEET: &str = include_str!("../../documents/examples/agreements/split_sheet.json");

/// An installation in a folder, with one studio and its office at work.
struct House {
    services: Services,
    mailbox: Mailbox,
    studio: StudioId,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    _folder: tempfile::TempDir,
}

async fn on_each_database(test: impl AsyncFn(&House)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let db = store::connect(&database.url, 10).await.expect("the test's database opens");
        set_up(&db).await.expect("the queue's tables");
        let mut house = house(db.clone()).await;
        test(&house).await;
        house.stop.cancel();
        while house.tasks.join_next().await.is_some() {}
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
        env: env.clone(),
        links,
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
    let id = studio.id;
    studio.into_active_model().insert(&db).await.unwrap();
    let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
    let runtime = Runtime { db, env, wake };
    tasks.spawn(run_relay(runtime.clone(), LONGEST_SLEEP, stop.clone()));
    let office = Arc::new(BackOffice::new(services.clone()));
    let queue = run_queue(runtime, Queue::Office, office, Settings::default(), stop.clone());
    tasks.spawn(async move { queue.await.expect("the queue runs") });
    House { services, mailbox, studio: id, stop, tasks, _folder: folder }
}

fn device() -> Device {
    Device { user_agent: "Lynx/2.9".into(), ip: "192.0.2.7".into() }
}

impl House {
    fn system(&self) -> Ctx {
        self.services.ctx(Actor::System)
    }

    async fn idle(&self) {
        let (begun, mut ticks) = (Instant::now(), tokio::time::interval(Duration::from_millis(5)));
        while outbox::queries::count_open(&self.services.db).await.unwrap() > 0 {
            assert!(begun.elapsed() < Duration::from_mins(1), "jobs are still open");
            ticks.tick().await;
        }
    }

    async fn dead(&self) -> Vec<job::Model> {
        let dead = job::Entity::find().filter(job::Column::State.eq(JobState::Dead)).all(&self.services.db).await;
        dead.unwrap()
    }

    async fn done(&self) {
        self.idle().await;
        assert_eq!(self.dead().await, []);
    }

    /// A sent split sheet.
    async fn sent(&self) -> agreement::Model {
        self.sent_by(&AgreementTypesetter, SHEET).await
    }

    /// The same of another sheet, written by a program with those words.
    async fn sent_by(&self, documents: &dyn AgreementDocuments, sheet: &str) -> agreement::Model {
        let document = Prepared::new(documents, &self.services.env, sheet).unwrap();
        let new = NewAgreement { document, signing_order: SigningOrder::Parallel };
        let (ctx, tx) = (self.system(), self.services.begin().await.unwrap());
        let draft = commands::create_agreement(&tx, &ctx, self.studio, &new).await.unwrap();
        let sent = commands::send_agreement(&tx, &ctx, draft.id, 1, None).await.unwrap();
        self.services.commit(tx).await.unwrap();
        self.done().await;
        sent
    }

    /// The newest letter to an address whose subject holds a word.
    async fn letter(&self, to: &str, word: &str) -> Letter {
        let all = self.mailbox.list().await.unwrap();
        let found = all.iter().filter(|letter| letter.to.contains(to) && letter.subject.contains(word));
        let newest = found.max_by_key(|letter| letter.sent_at).unwrap_or_else(|| panic!("no {word} to {to}: {all:?}"));
        self.mailbox.find(newest.id).await.unwrap().unwrap()
    }

    /// Opens the link of a mail and enters the code of the next.
    async fn come_in(&self, to: &str) -> Ctx {
        let (services, mail) = (&self.services, self.letter(to, "Please sign").await);
        let (_, rest) = mail.text.split_once("/sign/").unwrap();
        let token = rest.split_whitespace().next().unwrap();
        let tx = services.begin().await.unwrap();
        let nobody = services.ctx(Actor::Anonymous);
        let opened = commands::open_link(&tx, &nobody, &services.links, token, &device()).await.unwrap();
        services.commit(tx).await.unwrap();
        let ctx = services.ctx(opened.actor);
        let tx = services.begin().await.unwrap();
        commands::ask_code(&tx, &ctx, &services.links, &device()).await.unwrap();
        services.commit(tx).await.unwrap();
        self.done().await;
        let mail = self.letter(to, "is your code").await;
        let code = mail.summary.subject.split(' ').next().unwrap().to_owned();
        assert!(mail.text.contains(&code) && mail.html.contains(&code));
        commands::enter_code(services, &ctx, &code, &device()).await.unwrap();
        ctx
    }

    async fn signs(&self, id: AgreementId, to: &str) {
        let (services, ctx) = (&self.services, self.come_in(to).await);
        let version = queries::find_version(&services.db, id, 1).await.unwrap().unwrap();
        let html = services.agreements.html(&version.document).unwrap();
        let seen =
            Seen { version: 1, text_sha256: version.text_sha256.clone(), shown_sha256: Sha256::of(html.as_bytes()) };
        let signing = Signing {
            version: 1,
            text_sha256: version.text_sha256,
            typed_name: "Łucja 夜子".into(),
            capacity: None,
            confirmed_name: Some("Łucja 夜子".into()),
            mark: Mark::Typed("Łucja 夜子".into()),
        };
        let tx = services.begin().await.unwrap();
        commands::shown(&tx, &ctx, &seen, &device()).await.unwrap();
        commands::consent(&tx, &ctx, CONSENT_VERSION, &device()).await.unwrap();
        commands::sign(&tx, &ctx, &signing, &device()).await.unwrap();
        services.commit(tx).await.unwrap();
    }

    async fn row(&self, id: AgreementId) -> agreement::Model {
        agreement::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }
}

const FOUR: [&str; 4] = [
    "lucja@noctua.example",
    "layla@hashimi.example",
    "taro@yamada.example",
    "maximiliane.friederike@hohenstein-schwarzenberg.example",
];

#[tokio::test(flavor = "multi_thread")]
async fn four_sign_from_their_mails_and_the_file_proves_it() {
    on_each_database(async |house| {
        let sent = house.sent().await;
        for to in FOUR {
            house.signs(sent.id, to).await;
        }
        house.done().await;
        let (services, db) = (&house.services, &house.services.db);
        assert_eq!(house.row(sent.id).await.state, AgreementState::Executed);

        let seal = domain::seals::queries::find_by_reference(db, &sent.reference).await.unwrap().unwrap();
        assert_eq!((seal.kind, seal.level, seal.revision), (SealedKind::Agreement, SealLevel::BB, 1));
        let file = asset::Entity::find_by_id(seal.asset_id).one(db).await.unwrap().unwrap();
        assert_eq!(file.file_name, format!("Noc nad Wisłą {}.pdf", sent.reference));
        let stream = services.files.read(&file.sha256, None).await.unwrap().unwrap();
        let pieces: Vec<bytes::Bytes> = stream.try_collect().await.unwrap();
        let examined = examine(&*services.seals, &pieces.concat(), services.env.now());
        assert_eq!(examined.report.verdict, Verdict::Valid, "{:#?}", examined.report.findings);
        assert!(examined.sealed_here && examined.report.seal().unwrap().covers_whole_file);
        let evidence = examined.evidence.unwrap().unwrap();
        assert!(evidence.is_compared_whole);
        let chain = evidence.chain;
        assert_eq!(chain.reference, sent.reference);
        let kinds: Vec<EvidenceKind> = chain.rows.iter().map(|row| row.kind).collect();
        let count = |kind| kinds.iter().filter(|found| **found == kind).count();
        for kind in [EvidenceKind::LinkMailed, EvidenceKind::CodeMailed, EvidenceKind::Consented, EvidenceKind::Signed]
        {
            assert_eq!(count(kind), 4, "{kind}");
        }
        assert_eq!(kinds.last(), Some(&EvidenceKind::Executed));

        for to in FOUR {
            let letter = house.letter(to, "Signed by all").await;
            assert!(letter.text.contains("/agreement/") && letter.html.contains("/agreement/"));
            assert!(letter.text.contains(&format!("/verify/{}", sent.reference)));
        }
        house.letter("nova@example.com", "Signed by all").await;

        // Sealing again finds nothing to do, and mails nobody.
        let mails = house.mailbox.list().await.unwrap().len();
        let tx = services.begin().await.unwrap();
        let again = Job::SealAgreement { agreement: sent.id };
        outbox::put(&tx, &house.system(), Some(house.studio), &again).await.unwrap();
        services.commit(tx).await.unwrap();
        house.done().await;
        assert_eq!(house.mailbox.list().await.unwrap().len(), mails);
        let revisions = domain::seals::entity::revision::Entity::find().count(db).await.unwrap();
        assert_eq!(revisions, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reads_otherwise_than_was_signed_is_not_sealed() {
    let mut sheet: serde_json::Value = serde_json::from_str(SHEET).unwrap();
    for party in sheet["parties"].as_array_mut().unwrap() {
        party["signs"] = true.into();
    }
    let sheet = &sheet.to_string();
    on_each_database(async |house| {
        let sent = house.sent_by(&PlainDocuments, sheet).await;
        for to in FOUR {
            house.signs(sent.id, to).await;
        }
        house.idle().await;
        assert_eq!(house.row(sent.id).await.state, AgreementState::Executed);
        let dead = house.dead().await;
        let [job] = dead.as_slice() else { panic!("one job is given up: {dead:?}") };
        let why = job.last_error.as_deref().unwrap_or_default();
        assert!(job.kind == "seal_agreement" && why.contains("other words than were signed"), "{}: {why}", job.kind);
        let db = &house.services.db;
        assert_eq!(domain::seals::queries::find_by_reference(db, &sent.reference).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_noted_is_not_mailed_again_and_again() {
    on_each_database(async |house| {
        let (services, ctx) = (&house.services, house.system());
        let document = Prepared::new(&AgreementTypesetter, &services.env, SHEET).unwrap();
        let new = NewAgreement { document, signing_order: SigningOrder::Parallel };
        let tx = services.begin().await.unwrap();
        let draft = commands::create_agreement(&tx, &ctx, house.studio, &new).await.unwrap();
        let sent = commands::send_agreement(&tx, &ctx, draft.id, 1, None).await.unwrap();
        // Forced underneath: the evidence is cut off at its end, and no entry follows from what is left.
        let may_delete = if store::is_postgres(&services.db) {
            "ALTER TABLE agreement_evidence DISABLE TRIGGER agreement_evidence_append_only"
        } else {
            "DROP TRIGGER agreement_evidence_no_DELETE"
        };
        tx.execute_unprepared(may_delete).await.unwrap();
        let cut = evidence::Entity::delete_many().filter(evidence::Column::AgreementId.eq(sent.id));
        cut.filter(evidence::Column::Seq.eq(sent.evidence_count)).exec(&tx).await.unwrap();
        services.commit(tx).await.unwrap();
        house.idle().await;
        let dead = house.dead().await;
        assert_eq!(dead.len(), FOUR.len(), "{dead:?}");
        for job in dead {
            let why = job.last_error.as_deref().unwrap_or_default();
            assert!(job.kind == "mail_signer" && why.contains("evidence does not hold"), "{}: {why}", job.kind);
        }
        assert_eq!(house.mailbox.list().await.unwrap().len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_declines_is_told_of_and_silence_is_reminded_until_it_expires() {
    on_each_database(async |house| {
        let declined = house.sent().await;
        let ctx = house.come_in(FOUR[1]).await;
        let tx = house.services.begin().await.unwrap();
        commands::decline(&tx, &ctx, "My part is <b>larger</b>", &device()).await.unwrap();
        house.services.commit(tx).await.unwrap();
        house.done().await;
        assert_eq!(house.row(declined.id).await.state, AgreementState::Declined);
        for to in ["nova@example.com", FOUR[0], FOUR[2]] {
            let letter = house.letter(to, "Declined").await;
            assert!(letter.text.contains("My part is <b>larger</b>") && letter.html.contains("&#60;b&#62;larger"));
        }

        let silent = house.sent().await;
        let expiring = agreement::ActiveModel {
            expires_at: Set(Some(house.services.env.now() - chrono::Duration::seconds(1))),
            ..house.row(silent.id).await.into_active_model()
        };
        expiring.update(&house.services.db).await.unwrap();
        schedule::tend_agreements(&house.services).await;
        house.done().await;
        assert_eq!(house.row(silent.id).await.state, AgreementState::Expired);
        house.letter(FOUR[3], "Expired").await;
        house.letter("nova@example.com", "Expired").await;
    })
    .await;
}
