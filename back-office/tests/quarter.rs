//! A manager's quarter: three files in three formats and two currencies, from what distributors sent to what payees are paid, with the jobs done by the back office.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    jobs::{Attempt, JobHandler},
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
};
use back_office::BackOffice;
use domain::{
    actor::{Actor, Ctx, Role},
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset, recording, work},
    },
    domains::testing::TestDns,
    env,
    identity::entity::{UnsignedSplits, member, studio, user},
    ids::{PartyId, StatementImportId, StudioId, UserId},
    ledger::queries::trial_balance_of_all,
    links::LinkKey,
    money::{Currency, Money},
    outbox::{
        self, Job, Queue,
        entity::{JobState, job},
    },
    parties::entity as party,
    payouts::commands::{PaidByHand, record_payout},
    ports::Wake,
    roster::{
        alerts,
        commands::{grant_roster, set_limit},
        income::{By, income},
    },
    royalties::{
        RoyaltyError,
        commands::{
            imports::{Rate, Receipt, TakeIn, record_receipt, set_rate, take_in},
            runs::{Reckon, approve_run, post_run, reckon},
        },
        entity::{ImportState, RateSource, RunState, import, payee, payee_statement, run, total},
        queries::payees::testing::{self, Earned, NewRun},
    },
    services::Services,
    share::Share,
    splits::{self, ExecutedSplit, testing::signed_sheet},
    store,
    webhooks::testing::TestReceiver,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use tokio_util::sync::CancellationToken;

const DISTROKID: &str = "Date Inserted\tReporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSource Type\tCountry of Sale\tSongwriter Royalties Withheld (USD)\tEarnings (USD)\tRecoup (USD)
2026-10-05\t2026-10-01\t2026-07\tSpotify\tNova\tNight Drive\tQZAB12600001\t190000000012\t12\t100\tStreaming\tUS\t0\t10.000000000001\t0
2026-10-05\t2026-10-01\t2026-08\tDeezer\tNova\tDusk\tQZAB12600002\t190000000012\t4\t100\tStreaming\tFR\t0\t4.5\t0
";

const BELIEVE: &str = "Reporting month;Sales Month;Platform;Country / Region;Label Name;Artist Name;Release title;Track title;UPC;ISRC;Release Catalog nb;Streaming Subscription Type;Release type;Sales Type;Quantity;Client Payment Currency;Unit Price;Mechanical Fee;Gross Revenue;Client share rate;Net Revenue
2026/10/01;2026/07/01;Spotify;DE;;Nova;;Night Drive;0190000000012;QZAB12600001;;;;Streaming;7;EUR;;;;;1.234,5678
2026/10/01;2026/08/01;Spotify;DE;;Nova;;Dusk;0190000000012;qz-ab1-26-00002;;;;Streaming;1;EUR;;;;;0,0001
";

const CD_BABY: &str = "Report Date\tSales Date\tQuantity\tPrice\tSubtotal\tIsrc\tBarcode\tCDBabySku\tAlbum Name\tArtist Name\tTrack Name\tPartner Name\tTransaction Type\tDelivery Country
2026-10-15\t2026-09-30\t2\t\t20.25\tQZAB12600002\t190000000012\t5638000001\t\tNova\tDusk\tApple Music\tStream\tUS
";

/// What all of it comes to in euros at 1.10 dollars, in cents, rounded down: 1234.5679 + (14.500000000001 + 20.25) / 1.1.
const DUE_MINOR: i64 = 126_615;

struct NobodyToWake;

impl Wake for NobodyToWake {
    fn jobs_written(&self) {}
}

/// A studio with two payees, and its manager.
struct House {
    services: Services,
    studio: StudioId,
    payees: [PartyId; 2],
    owner: Actor,
    manager: Actor,
    manager_id: UserId,
    _folder: tempfile::TempDir,
}

async fn house(db: store::Db) -> House {
    let folder = tempfile::tempdir().unwrap();
    let ((env, _), links) = (env::testing::env(42), LinkKey::new([7; 32]));
    let sender = Sender { from: "post@ledgerline.example".parse().unwrap(), env: env.clone() };
    let keys = SandboxKeys::derive(&links);
    let seals = SealConfig::in_folder(&folder.path().join("seals"));
    let services = Services {
        db,
        seals: Arc::new(StudioSeals::open(&seals, env.clone()).unwrap()),
        files: Arc::new(ObjectFiles::local(&folder.path().join("files")).unwrap()),
        mailer: Arc::new(Mailbox::new(folder.path().join("mail"), sender)),
        gateway: Arc::new(StripeGateway::sandbox("http://127.0.0.1:9", &keys, env.clone()).unwrap()),
        contracts: Arc::new(ContractTypesetter),
        agreements: Arc::new(AgreementTypesetter),
        mixes: Arc::new(EngineMixes),
        dns: Arc::new(TestDns::default()),
        scanner: None,
        webhooks: Arc::new(TestReceiver::default()),
        wake: Arc::new(NobodyToWake),
        public_url: "http://127.0.0.1:8080".into(),
        home: None,
        env: env.clone(),
        links,
    };
    let studio: StudioId = env.id();
    let row = studio::Model {
        id: studio,
        slug: "nova".into(),
        name: "Nova Sound".into(),
        currency: Currency::EUR,
        contact_email: "nova@example.com".parse().unwrap(),
        legal_name: None,
        address: None,
        governing_law: "Germany".into(),
        created_at: env.now(),
        unsigned_splits: UnsignedSplits::Refuse,
        accent: None,
    };
    row.into_active_model().insert(&services.db).await.unwrap();
    let mut payees = Vec::new();
    for name in ["Nova", "Orson"] {
        let row = party::Model {
            id: env.id(),
            studio_id: studio,
            kind: party::PartyKind::Person,
            name: name.into(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
            created_at: env.now(),
        };
        payees.push(row.into_active_model().insert(&services.db).await.unwrap().id);
    }
    let (owner, _) = person(&services, studio, Role::Owner, "Olu").await;
    let (manager, manager_id) = person(&services, studio, Role::Manager, "Mia").await;
    let payees = payees.try_into().unwrap();
    House { services, studio, payees, owner, manager, manager_id, _folder: folder }
}

async fn person(services: &Services, studio_id: StudioId, role: Role, name: &str) -> (Actor, UserId) {
    let (id, now): (UserId, _) = (services.env.id(), services.env.now());
    let email: domain::email::EmailAddress = format!("{}@example.com", name.to_lowercase()).parse().unwrap();
    let row = user::Model {
        id,
        email_key: email.account_key(),
        email,
        name: name.into(),
        password_hash: "none: this account signs in by no password".into(),
        email_verified_at: Some(now),
        created_at: now,
    };
    row.into_active_model().insert(&services.db).await.unwrap();
    let row = member::Model { studio_id, user_id: id, role, joined_at: now };
    row.into_active_model().insert(&services.db).await.unwrap();
    (Actor::User { user: id, memberships: vec![(studio_id, role)], closed: Vec::new() }, id)
}

impl House {
    fn manager(&self) -> Ctx {
        self.services.ctx(self.manager.clone())
    }

    /// A recording by its ISRC, whose split both have signed.
    async fn recording(&self, title: &str, isrc: &str) {
        let (services, now) = (&self.services, self.services.env.now());
        let row = work::Model {
            id: services.env.id(),
            studio_id: self.studio,
            title: title.into(),
            iswc: None,
            created_at: now,
        };
        let work = row.into_active_model().insert(&services.db).await.unwrap().id;
        let row = recording::Model {
            id: services.env.id(),
            studio_id: self.studio,
            work_id: work,
            title: title.into(),
            isrc: Some(isrc.into()),
            created_at: now,
        };
        row.into_active_model().insert(&services.db).await.unwrap();
        let shares: Vec<_> =
            self.payees.into_iter().zip([600_000, 400_000].map(|ppm| Share::from_ppm(ppm).unwrap())).collect();
        let agreement = signed_sheet(&services.db, &services.env, self.studio, work).await.unwrap();
        let split = ExecutedSplit {
            studio: self.studio,
            work,
            agreement,
            document_sha256: Sha256::of(agreement.to_string().as_bytes()),
            effective_at: now,
            composition: shares.clone(),
            master: shares,
        };
        let tx = services.begin().await.unwrap();
        splits::execute(&tx, &services.ctx(Actor::System), &split).await.unwrap();
        services.commit(tx).await.unwrap();
    }

    /// Takes a file in, as it was uploaded, and has it read.
    async fn take_in(&self, name: &str, content: &'static str) -> StatementImportId {
        let services = &self.services;
        let stored = services.files.put_bytes(content.as_bytes().into()).await.unwrap();
        let row = asset::Model {
            id: services.env.id(),
            studio_id: self.studio,
            kind: AssetKind::Statement,
            state: AssetState::Ready,
            refusal: None,
            sha256: stored.sha256,
            bytes: i64::try_from(stored.bytes).unwrap(),
            media_type: "text/plain".into(),
            file_name: name.into(),
            duration_ms: None,
            sample_rate_hz: None,
            channels: None,
            bits_per_sample: None,
            measurement: None,
            created_at: services.env.now(),
        };
        let asset = row.into_active_model().insert(&services.db).await.unwrap().id;
        let tx = services.begin().await.unwrap();
        let taken = take_in(&tx, &self.manager(), self.studio, TakeIn { asset, currency: None }).await.unwrap();
        services.commit(tx).await.unwrap();
        self.do_jobs().await;
        let row = import::Entity::find_by_id(taken.import.id).one(&services.db).await.unwrap().unwrap();
        assert_eq!(row.state, ImportState::Ready, "{name}: {:?}", row.problem);
        taken.import.id
    }

    /// Does what waits in the back office's queue, until nothing is left.
    async fn do_jobs(&self) {
        let (office, db) = (BackOffice::new(self.services.clone()), &self.services.db);
        loop {
            let open = job::Entity::find().filter(job::Column::State.eq(JobState::Open)).order_by_asc(job::Column::Id);
            let mut done = 0;
            for row in open.all(db).await.unwrap() {
                let job: Job = serde_json::from_value(row.payload.clone()).unwrap();
                if job.queue() != Queue::Office {
                    continue;
                }
                let attempt = Attempt {
                    id: row.id,
                    studio: Some(self.studio),
                    job: job.clone(),
                    number: 1,
                    is_last: false,
                    stop: CancellationToken::new(),
                };
                office.handle(&attempt).await.unwrap_or_else(|error| panic!("{job:?}: {error:?}"));
                let finished_at = Set(Some(self.services.env.now()));
                let row = job::ActiveModel { state: Set(JobState::Done), finished_at, ..row.into_active_model() };
                row.update(db).await.unwrap();
                done += 1;
            }
            if done == 0 {
                return;
            }
        }
    }

    async fn rate(&self, import: StatementImportId) {
        let rate = Rate {
            account_currency: Currency::EUR,
            of: "1.1".parse().unwrap(),
            to: "1".parse().unwrap(),
            source: RateSource::Studio,
        };
        let tx = self.services.begin().await.unwrap();
        set_rate(&tx, &self.manager(), import, Currency::USD, rate).await.unwrap();
        self.services.commit(tx).await.unwrap();
    }

    async fn receive(&self, import: StatementImportId, currency: Currency, cents: i64) {
        let tx = self.services.begin().await.unwrap();
        let (bank, on) = (Money::new(cents, Currency::EUR), "2026-11-02".parse().unwrap());
        let receipt = Receipt { currency, bank, on, is_confirmed: false };
        record_receipt(&tx, &self.manager(), import, receipt).await.unwrap();
        self.services.commit(tx).await.unwrap();
        self.do_jobs().await;
    }

    async fn approve(&self, run: &run::Model) -> Result<run::Model, RoyaltyError> {
        let tx = self.services.begin().await.unwrap();
        let approved = approve_run(&tx, &self.manager(), run.id).await?;
        self.services.commit(tx).await.unwrap();
        Ok(approved)
    }

    async fn limit(&self, minor: i64) {
        let (tx, owner) = (self.services.begin().await.unwrap(), self.services.ctx(self.owner.clone()));
        let limit = Money::new(minor, Currency::EUR);
        set_limit(&tx, &owner, self.studio, self.manager_id, limit).await.unwrap();
        self.services.commit(tx).await.unwrap();
    }

    async fn books_are_even(&self) {
        let sums = trial_balance_of_all(&self.services.db).await.unwrap();
        assert!(!sums.is_empty() && sums.iter().all(|sum| sum.minor == 0), "{sums:?}");
    }
}

#[tokio::test]
async fn a_quarter_from_three_files_to_payouts() {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let db = store::connect_unsynced(&database.url, 8).await.expect("the test's database opens");
        let house = house(db.clone()).await;
        walk(&house).await;
        drop(house);
        database.drop(db).await;
    }
}

async fn walk(house: &House) {
    let (services, db, studio) = (&house.services, &house.services.db, house.studio);
    for (title, isrc) in [("Night Drive", "QZAB12600001"), ("Dusk", "QZAB12600002")] {
        house.recording(title, isrc).await;
    }
    let tx = services.begin().await.unwrap();
    grant_roster(&tx, &services.ctx(house.owner.clone()), studio, house.manager_id).await.unwrap();
    services.commit(tx).await.unwrap();

    // What came, and what it comes to in the currencies in which it came.
    let distrokid = house.take_in("distrokid.tsv", DISTROKID).await;
    let believe = house.take_in("believe.csv", BELIEVE).await;
    let cd_baby = house.take_in("cdbaby.txt", CD_BABY).await;
    let (from, through) = ("2026-07-01".parse().unwrap(), "2026-09-30".parse().unwrap());
    for by in [By::Studio, By::Work, By::Source, By::Territory, By::Month] {
        let rows = income(db, &house.manager(), &[studio], by, from, through).await.unwrap();
        for (currency, total) in [(Currency::EUR, "1234.5679"), (Currency::USD, "34.750000000001")] {
            let of_currency = rows.iter().filter(|row| row.currency == currency).map(|row| row.net);
            let sum = domain::royalties::rules::Exact::sum(of_currency).unwrap();
            assert_eq!(sum.to_string(), total, "{by:?}");
        }
    }
    assert_eq!(
        alerts::tend(services).await.unwrap(),
        2,
        "two files are in dollars, whose rate nobody has said; all is signed"
    );

    // Dollars have no rate by themselves; what is due is booked once they have.
    house.rate(distrokid).await;
    house.rate(cd_baby).await;
    house.do_jobs().await;
    let mut due = Vec::new();
    for import in [distrokid, believe, cd_baby] {
        let of_import = total::Entity::find().filter(total::Column::ImportId.eq(import));
        let row = of_import.one(db).await.unwrap().unwrap();
        assert!(row.journal_id.is_some(), "{row:?}");
        due.push(row.posted_minor.unwrap());
    }
    assert_eq!(due, [1_318, 123_456, 1_840]);
    house.books_are_even().await;

    // The run, and who may approve it.
    let new = Reckon { currency: Currency::EUR, through, request_key: Some("q3".into()) };
    let drafted = reckon(services, &house.manager(), studio, new).await.unwrap();
    assert_eq!((drafted.state, drafted.due_minor, drafted.lines), (RunState::Draft, DUE_MINOR, 5));
    assert!(matches!(house.approve(&drafted).await, Err(RoyaltyError::Limit { .. })));
    house.limit(DUE_MINOR - 1).await;
    assert!(matches!(house.approve(&drafted).await, Err(RoyaltyError::Limit { .. })));
    house.limit(DUE_MINOR).await;
    assert_eq!(house.approve(&drafted).await.unwrap().state, RunState::Approved);
    assert_eq!(post_run(services, &house.manager(), drafted.id).await.unwrap().state, RunState::Posted);
    house.do_jobs().await;
    house.books_are_even().await;
    let told = payee_statement::Entity::find().filter(payee_statement::Column::RunId.eq(drafted.id));
    let told = told.all(db).await.unwrap();
    assert_eq!(told.len(), 2, "each payee is told");
    assert!(told.iter().all(|row| row.pdf_asset_id.is_some() && row.csv_asset_id.is_some()), "{told:?}");

    // What reached the bank, ten cents less than was due of one, and what is paid.
    for (import, currency, cents) in
        [(distrokid, Currency::USD, 1_308), (believe, Currency::EUR, 123_456), (cd_baby, Currency::USD, 1_840)]
    {
        house.receive(import, currency, cents).await;
    }
    let of_run = payee::Entity::find().filter(payee::Column::RunId.eq(drafted.id)).all(db).await.unwrap();
    let mut paid = 0;
    for row in &of_run {
        let amount = Money::new(row.due_minor, Currency::EUR);
        let by_wire = PaidByHand {
            party: row.party_id,
            amount,
            paid_at: None,
            note: "Q3 2026, by wire",
            key: None,
            despite_terms: false,
        };
        let tx = services.begin().await.unwrap();
        record_payout(&tx, &house.manager(), services.gateway.name(), studio, by_wire).await.unwrap();
        services.commit(tx).await.unwrap();
        paid += row.due_minor;
    }
    assert_eq!((of_run.len(), paid), (2, DUE_MINOR));
    house.do_jobs().await;
    house.books_are_even().await;
}

#[tokio::test]
async fn many_payees_are_told_by_one_job_after_the_other() {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let db = store::connect_unsynced(&database.url, 8).await.expect("the test's database opens");
        let house = house(db.clone()).await;
        tell_many(&house).await;
        drop(house);
        database.drop(db).await;
    }
}

async fn tell_many(house: &House) {
    const PAYEES: usize = 60;
    let (services, db, studio_id) = (&house.services, &house.services.db, house.studio);
    let mut earned = Vec::new();
    for number in 0..PAYEES {
        let row = party::Model {
            id: services.env.id(),
            studio_id,
            kind: party::PartyKind::Person,
            name: format!("Payee {number}"),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
            created_at: services.env.now(),
        };
        let id = row.into_active_model().insert(db).await.unwrap().id;
        earned.push(Earned::plain(id, None, "1.5".parse().unwrap(), 150));
    }
    let (from, through) = ("2026-07-01".parse().unwrap(), "2026-09-30".parse().unwrap());
    let new = NewRun { studio: studio_id, currency: Currency::EUR, number: 1, opening: None, from, through };
    let run = testing::post_run(db, &services.env, new, &earned).await.unwrap().run;
    let tx = services.begin().await.unwrap();
    let issue = Job::IssueStatements { run };
    outbox::put(&tx, &services.ctx(Actor::System), Some(studio_id), &issue).await.unwrap();
    services.commit(tx).await.unwrap();
    house.do_jobs().await;
    let told = payee_statement::Entity::find().all(db).await.unwrap();
    assert_eq!(told.iter().filter(|row| row.pdf_asset_id.is_some()).count(), PAYEES);
    let jobs = job::Entity::find().all(db).await.unwrap();
    let issues = jobs.iter().filter(|row| serde_json::from_value::<Job>(row.payload.clone()).unwrap() == issue);
    assert_eq!(issues.count(), 2, "one makes as many as it may, and has another make the rest");
}
