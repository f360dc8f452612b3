//! A studio with beats on sale.

use std::{ops::Range, path::Path, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    actor::{Actor, Role},
    agreements::testing::PlainDocuments,
    catalog::{
        self, BeatChange, Sha256,
        card::Card,
        entity::{
            AssetKind, AssetState, BeatState, Sample, SampleClearance, Samples, asset, beat, collaborator, recording,
            stem, work,
        },
    },
    domains::testing::TestDns,
    edit::Edit,
    email::EmailAddress,
    env::{Env, Instant, testing::ManualClock},
    identity::entity::{UnsignedSplits, studio},
    ids::{AssetId, BeatId, OrderId, PartyId, PaymentId, RecordingId, StudioId, WorkId},
    invoices::queries::InvoiceDocument,
    licensing::{
        commands::seed_default_tiers,
        contract::{Acceptance, ClaimRelease, Contract},
        terms::TierCode,
    },
    links::LinkKey,
    mixes::testing::PlainMixes,
    money::{Currency, Money},
    outbox::{
        Job,
        entity::{JobState, job},
    },
    parties::entity as party,
    payouts::commands::{follow_payout, sync_payee},
    ports::{
        ContractPdf, Contracts, FileStore, FileStream, Mail, Mailer, PortError, Raised, SealRequest, Seals, Stored,
        Wake,
    },
    royalties::queries::payees::{LetterOfDirection, StatementDocument},
    sales::{
        self, AskRefund, PlaceOrder, SalesError,
        commands::{carts, claims, disputes, refunds, settlement, sync},
        entity::{order, payment, refund},
        receipt::Receipt,
    },
    services::Services,
    share::Share,
    splits::{self, ExecutedSplit, entity::split_version, testing::signed_sheet},
    webhooks::testing::TestReceiver,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::{gateway::TestGateway, support::World};

/// Files, mail, contracts and seals: selling touches none of them.
struct Nothing;

fn untouched() -> PortError {
    PortError::lasting("using what a sale does not use", "selling touches no files, mail or contracts")
}

#[async_trait]
impl FileStore for Nothing {
    async fn put_file(&self, _: &Path) -> Result<Stored, PortError> {
        Err(untouched())
    }
    async fn put_bytes(&self, _: Bytes) -> Result<Stored, PortError> {
        Err(untouched())
    }
    async fn read(&self, _: &Sha256, _: Option<Range<u64>>) -> Result<Option<FileStream>, PortError> {
        Err(untouched())
    }
    async fn fetch(&self, _: &Sha256, _: &Path) -> Result<bool, PortError> {
        Err(untouched())
    }
    async fn exists(&self, _: &Sha256) -> Result<bool, PortError> {
        Err(untouched())
    }
}

#[async_trait]
impl Mailer for Nothing {
    async fn send(&self, _: &Mail) -> Result<(), PortError> {
        Err(untouched())
    }
}

impl Contracts for Nothing {
    fn typeset(&self, _: &Contract, _: &Acceptance) -> Result<ContractPdf, PortError> {
        Err(untouched())
    }
    fn offer_sha256(&self, contract: &Contract) -> Result<Sha256, PortError> {
        // Orders are placed in these tests, and no contract is typeset: what is offered stands for its text.
        Ok(Sha256::of(format!("{:?} {:?}", contract.terms, contract.price).as_bytes()))
    }
    fn preview_html(&self, _: &Contract) -> Result<String, PortError> {
        Err(untouched())
    }
    fn claim_release(&self, _: &Contract, _: &str, _: Instant) -> Result<ClaimRelease, PortError> {
        Err(untouched())
    }
    fn certificate(&self, _: &Contract, _: &str) -> Result<Bytes, PortError> {
        Err(untouched())
    }
    fn receipt(&self, _: &Receipt) -> Result<Bytes, PortError> {
        Err(untouched())
    }
    fn invoice(&self, _: &InvoiceDocument) -> Result<Bytes, PortError> {
        Err(untouched())
    }
    fn royalty_statement(&self, _: &StatementDocument) -> Result<Bytes, PortError> {
        Err(untouched())
    }
    fn letter_of_direction(&self, _: &LetterOfDirection) -> Result<Bytes, PortError> {
        Err(untouched())
    }
    fn card_sha256(&self, _: &Card) -> Result<Sha256, PortError> {
        Err(untouched())
    }
    fn card(&self, _: &Card) -> Result<Bytes, PortError> {
        Err(untouched())
    }
}

#[async_trait]
impl Seals for Nothing {
    fn seal(&self, _: Bytes, _: &SealRequest) -> Result<Bytes, PortError> {
        Err(untouched())
    }
    async fn raise(&self, _: Bytes, _: Instant) -> Result<Raised, PortError> {
        Err(untouched())
    }
    fn can_raise(&self) -> bool {
        false
    }
    fn authority_pem(&self) -> String {
        String::new()
    }
    fn timestamp_authority_pem(&self) -> Option<String> {
        None
    }
}

impl Wake for Nothing {
    fn jobs_written(&self) {}
}

/// A studio with its two makers, and what it takes to sell.
pub(crate) struct Shop {
    pub(crate) services: Services,
    pub(crate) gateway: Arc<TestGateway>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) studio: StudioId,
    /// What is bought in: the studio's own currency, unless a test says another.
    pub(crate) currency: Currency,
    /// Who share each beat: 60 % and 40 %.
    pub(crate) makers: [PartyId; 2],
}

impl Shop {
    /// A studio that sells in a currency, with the default tiers.
    pub(crate) async fn open(world: &World, currency: Currency) -> Self {
        let gateway = Arc::new(TestGateway::default());
        let services = Services {
            db: world.db.clone(),
            env: world.ctx.env.clone(),
            links: LinkKey::new([7; 32]),
            files: Arc::new(Nothing),
            mailer: Arc::new(Nothing),
            gateway: gateway.clone(),
            contracts: Arc::new(Nothing),
            agreements: Arc::new(PlainDocuments),
            mixes: Arc::new(PlainMixes),
            dns: Arc::new(TestDns::default()),
            scanner: None,
            webhooks: Arc::new(TestReceiver::default()),
            seals: Arc::new(Nothing),
            wake: Arc::new(Nothing),
            public_url: "http://shop.test".into(),
            home: None,
        };
        let env = &world.ctx.env;
        let studio: StudioId = env.id();
        insert_studio(world, studio, currency).await;
        let makers = [env.id(), env.id()];
        for (id, name) in makers.into_iter().zip(["Nova", "Orson"]) {
            insert_party(world, studio, id, name).await;
        }
        let tx = services.begin().await.unwrap();
        seed_default_tiers(&tx, &world.ctx, studio, currency, "Nova").await.unwrap();
        tx.commit().await.unwrap();
        Self { services, gateway, clock: world.clock.clone(), studio, currency, makers }
    }

    fn env(&self) -> &Env {
        &self.services.env
    }

    /// A published beat of a new work, whose makers have signed their split.
    pub(crate) async fn beat(&self, title: &str, stems: bool) -> BeatId {
        let work = self.work(title).await;
        self.beat_of(work, title, stems).await
    }

    /// A work of the studio.
    pub(crate) async fn work(&self, title: &str) -> WorkId {
        let work: WorkId = self.env().id();
        let row = work::Model {
            id: work,
            studio_id: self.studio,
            title: title.into(),
            iswc: None,
            created_at: self.env().now(),
        };
        row.into_active_model().insert(&self.services.db).await.unwrap();
        work
    }

    /// A published beat of a standing work, whose makers have signed their split.
    pub(crate) async fn beat_of(&self, work: WorkId, title: &str, stems: bool) -> BeatId {
        let beat = self.unsigned_beat_of(work, title, stems).await;
        if splits::rule_at(&self.services.db, work, self.env().now()).await.unwrap().is_none() {
            self.sign(work, [600_000, 400_000], self.env().now()).await;
        }
        beat
    }

    /// Executes a split sheet between the makers: both sides by the same shares.
    pub(crate) async fn sign(&self, work: WorkId, ppm: [u32; 2], effective_at: Instant) -> split_version::Model {
        let split = self.sheet(work, ppm, effective_at).await;
        let tx = self.services.begin().await.unwrap();
        let version = splits::execute(&tx, &self.services.ctx(Actor::System), &split).await.unwrap();
        tx.commit().await.unwrap();
        version
    }

    /// A split sheet between the makers that all have signed, to be executed.
    pub(crate) async fn sheet(&self, work: WorkId, ppm: [u32; 2], effective_at: Instant) -> ExecutedSplit {
        let shares: Vec<_> =
            self.makers.into_iter().zip(ppm).map(|(party, ppm)| (party, Share::from_ppm(ppm).unwrap())).collect();
        let agreement = signed_sheet(&self.services.db, self.env(), self.studio, work).await.unwrap();
        ExecutedSplit {
            studio: self.studio,
            work,
            agreement,
            document_sha256: Sha256::of(agreement.to_string().as_bytes()),
            effective_at,
            composition: shares.clone(),
            master: shares,
        }
    }

    /// Lets the studio sell what is unsigned with the money parked, or not.
    pub(crate) async fn set_unsigned(&self, unsigned_splits: UnsignedSplits) {
        let row =
            studio::ActiveModel { id: Set(self.studio), unsigned_splits: Set(unsigned_splits), ..Default::default() };
        row.update(&self.services.db).await.unwrap();
    }

    /// A published beat of a standing work; its makers have signed nothing.
    pub(crate) async fn unsigned_beat_of(&self, work: WorkId, title: &str, stems: bool) -> BeatId {
        let (env, db, now) = (self.env(), &self.services.db, self.env().now());
        let recording: RecordingId = env.id();
        let row = recording::Model {
            id: recording,
            studio_id: self.studio,
            work_id: work,
            title: title.into(),
            isrc: None,
            created_at: now,
        };
        row.into_active_model().insert(db).await.unwrap();
        let source = self.asset(AssetKind::Source, title).await;
        let beat = beat::Model {
            id: env.id(),
            studio_id: self.studio,
            work_id: work,
            recording_id: recording,
            state: BeatState::Published,
            title: title.into(),
            slug: title.to_lowercase().replace(' ', "-"),
            description: String::new(),
            bpm_milli: Some(140_000),
            musical_key: Some("A minor".into()),
            source_asset_id: Some(source),
            artwork_asset_id: None,
            preview_asset_id: None,
            waveform_asset_id: None,
            samples: Samples::default(),
            published_at: Some(now),
            created_at: now,
            updated_at: now,
        };
        let id = beat.id;
        beat.into_active_model().insert(db).await.unwrap();
        for (position, (party_id, ppm)) in (0..).zip(self.makers.into_iter().zip([600_000, 400_000])) {
            let share = Share::from_ppm(ppm).unwrap();
            let row = collaborator::Model { beat_id: id, party_id, position, role: "producer".into(), share };
            row.into_active_model().insert(db).await.unwrap();
        }
        if stems {
            let asset_id = self.asset(AssetKind::Stem, "drums").await;
            let row = stem::Model { beat_id: id, position: 0, asset_id, name: "Drums".into() };
            row.into_active_model().insert(db).await.unwrap();
        }
        id
    }

    /// Declares a beat's samples, one of each clearance that is named.
    pub(crate) async fn declare(&self, beat: BeatId, clearances: &[SampleClearance]) {
        let sample = |clearance: &SampleClearance| Sample {
            title: "Tęsknota".into(),
            source: "Zespół Kalina, 1974".into(),
            clearance: *clearance,
        };
        let samples = clearances.iter().map(sample).collect();
        let tx = self.services.begin().await.unwrap();
        let change = BeatChange { samples: Edit::To(samples), ..BeatChange::default() };
        catalog::update_beat(&tx, &self.services.ctx(Actor::System), beat, change).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn asset(&self, kind: AssetKind, content: &str) -> AssetId {
        let row = asset::Model {
            id: self.env().id(),
            studio_id: self.studio,
            kind,
            state: AssetState::Ready,
            refusal: None,
            sha256: Sha256::of(content.as_bytes()),
            bytes: 1,
            media_type: "audio/wav".into(),
            file_name: format!("{content}.wav"),
            duration_ms: Some(60_000),
            sample_rate_hz: Some(44_100),
            channels: Some(2),
            bits_per_sample: Some(24),
            measurement: None,
            created_at: self.env().now(),
        };
        let id = row.id;
        row.into_active_model().insert(&self.services.db).await.unwrap();
        id
    }

    /// A manager of the studio.
    pub(crate) fn manager(&self) -> Actor {
        Actor::User { user: self.env().id(), memberships: vec![(self.studio, Role::Manager)], closed: Vec::new() }
    }

    /// A cart with beats in it.
    pub(crate) async fn cart(&self, lines: &[(BeatId, TierCode)]) -> Result<String, SalesError> {
        let ctx = self.services.ctx(Actor::Anonymous);
        let mut secret = None;
        for (beat, tier) in lines {
            let tx = self.services.begin().await.unwrap();
            let (studio, secret_of, currency) = (self.studio, secret.as_deref(), Some(self.currency));
            let open = carts::add_to_cart(&tx, &ctx, studio, secret_of, *beat, *tier, currency).await?;
            tx.commit().await.unwrap();
            secret = Some(open.secret);
            // Lines stand in the order of time.
            self.clock.advance(chrono::Duration::milliseconds(1));
        }
        Ok(secret.unwrap())
    }

    /// What Ada says when she orders.
    pub(crate) fn request(&self, seen_minor: i64) -> PlaceOrder {
        PlaceOrder {
            buyer_name: "Ada Lovelace".into(),
            buyer_email: "ada@example.com".into(),
            seen_total: Money::new(seen_minor, self.currency),
            ip: Some("127.0.0.1".into()),
            user_agent: Some("test".into()),
        }
    }

    /// Orders what is in a cart.
    pub(crate) async fn place(&self, secret: &str, seen_minor: i64) -> Result<order::Model, SalesError> {
        let ctx = self.services.ctx(Actor::Anonymous);
        sales::place_order(&self.services, &ctx, self.studio, secret, &self.request(seen_minor)).await
    }

    /// An order with its checkout open.
    pub(crate) async fn order(&self, lines: &[(BeatId, TierCode)], seen_minor: i64) -> order::Model {
        let secret = self.cart(lines).await.unwrap();
        let order = self.place(&secret, seen_minor).await.unwrap();
        sales::open_checkout(&self.services, order.id).await.unwrap();
        order
    }

    /// Pays an order, settles it, and does the jobs of its payments.
    pub(crate) async fn sell(&self, lines: &[(BeatId, TierCode)], seen_minor: i64) -> order::Model {
        let order = self.order(lines, seen_minor).await;
        self.gateway.pay(order.id);
        sales::settle_order(&self.services, order.id).await.unwrap();
        self.do_jobs().await;
        self.found(order.id).await
    }

    /// An order as it stands.
    pub(crate) async fn found(&self, order: OrderId) -> order::Model {
        order::Entity::find_by_id(order).one(&self.services.db).await.unwrap().unwrap()
    }

    /// The first payment of an order.
    pub(crate) async fn payment(&self, order: OrderId) -> payment::Model {
        let of_order = payment::Entity::find().filter(payment::Column::OrderId.eq(order));
        of_order.order_by_asc(payment::Column::Id).one(&self.services.db).await.unwrap().unwrap()
    }

    /// Asks for money to be given back, and has the job done.
    pub(crate) async fn give_back(&self, payment: PaymentId, minor: Option<i64>) -> Result<refund::Model, SalesError> {
        let amount = minor.map(|minor| Money::new(minor, self.currency));
        let asked = AskRefund { amount, reason: "as agreed", key: None };
        let tx = self.services.begin().await.unwrap();
        let refund = refunds::request_refund(&tx, &self.services.ctx(Actor::System), payment, asked).await?;
        tx.commit().await.unwrap();
        refunds::refund_payment(&self.services, refund.id).await?;
        Ok(refund::Entity::find_by_id(refund.id).one(&self.services.db).await.unwrap().unwrap())
    }

    /// Does the jobs of money that wait, as the back office does, until none is left.
    pub(crate) async fn do_jobs(&self) {
        let (db, services) = (&self.services.db, &self.services);
        loop {
            let open = job::Entity::find().filter(job::Column::State.eq(JobState::Open)).order_by_asc(job::Column::Id);
            let mut done = 0;
            for row in open.all(db).await.unwrap() {
                match serde_json::from_value(row.payload.clone()).unwrap() {
                    Job::CapturePayment { payment } => claims::capture_payment(services, payment).await.unwrap(),
                    Job::CancelPayment { payment } => claims::cancel_payment(services, payment).await.unwrap(),
                    Job::RefundPayment { refund } => refunds::refund_payment(services, refund).await.unwrap(),
                    Job::CloseCheckout { order } => {
                        settlement::close_checkout(services, order).await.unwrap();
                    }
                    Job::SettleOrder { order } => {
                        settlement::settle_order(services, order).await.unwrap();
                    }
                    Job::SyncPayment { payment } => sync::sync_payment(services, payment).await.unwrap(),
                    Job::FollowPayout { payout } => follow_payout(services, payout).await.unwrap(),
                    Job::SyncPayee { payee } => sync_payee(services, payee).await.unwrap(),
                    Job::AnswerDispute { dispute } => disputes::send_answer(services, dispute).await.unwrap(),
                    _ => continue,
                }
                let finished_at = Set(Some(self.env().now()));
                let row = job::ActiveModel { state: Set(JobState::Done), finished_at, ..row.into_active_model() };
                row.update(db).await.unwrap();
                done += 1;
            }
            if done == 0 {
                return;
            }
        }
    }
}

async fn insert_studio(world: &World, id: StudioId, currency: Currency) {
    let row = studio::Model {
        id,
        slug: "nova".into(),
        name: "Nova Sound".into(),
        currency,
        contact_email: email("nova@example.com"),
        legal_name: Some("Nova Sound Ltd".into()),
        address: None,
        governing_law: "England and Wales".into(),
        created_at: world.ctx.env.now(),
        unsigned_splits: UnsignedSplits::Refuse,
        accent: None,
    };
    row.into_active_model().insert(&world.db).await.unwrap();
}

async fn insert_party(world: &World, studio: StudioId, id: PartyId, name: &str) {
    let row = party::Model {
        id,
        studio_id: studio,
        kind: party::PartyKind::Person,
        name: name.into(),
        legal_name: None,
        email: None,
        ipi: None,
        isni: None,
        created_at: world.ctx.env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
}

fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}
