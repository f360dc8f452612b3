//! Masters: made of what is approved, given while they are paid, taken back when they are not, and told of once.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    actor::Actor,
    catalog::entity::{AssetKind, AssetState, asset},
    clients::entity::{self as clients, ClientStage},
    identity::entity::studio,
    ids::{ClientId, InvoiceId, MasterDeliveryId, MasterId, MasterNoticeId, OrderId, PartyId, ReviewerId},
    invoices::{
        commands::{
            BillTo, IssueInvoice, RecordTransfer, issue_invoice, open_payment, record_transfer, reverse_transfer,
            settle_payments,
        },
        queries::orders_of_invoices,
        rules::lines::NewLine,
    },
    masters::{
        MasterError,
        commands::{Made, order_masters, record_master, send_link, set_plan, settle_masters, tend},
        entity::{MasterNotice, MasterProfile, MasterReader, MasterState, MasterStepKind, delivery, master, step},
        queries::{self, View, find_file, find_rendering, tags_of, views_by_ids},
        rules::DeliveryState,
        testing::report,
    },
    mixes::entity::version,
    money::{Currency, Money},
    offers::commands::Device,
    outbox::{
        Job,
        entity::{JobState, job},
    },
    parties::entity as party,
    ports::DisputeStanding,
    production::{
        commands::{PersonInput, add_person, set_song_isrc},
        entity::{PersonRole, project, song},
    },
    report::Explain,
    reviews::rules::{Terms, Verdict},
    sales,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::{
    reviews::House,
    support::{World, on_each_database},
};

mod racing;

/// A project of a client, whose mixes are reviewed.
struct Desk<'a> {
    house: House<'a>,
    client: ClientId,
    ada: ReviewerId,
}

fn profiles<const N: usize>(profiles: [MasterProfile; N]) -> BTreeSet<MasterProfile> {
    profiles.into()
}

fn code(error: &MasterError) -> &'static str {
    error.explain().code
}

impl<'a> Desk<'a> {
    async fn open(world: &'a World) -> Self {
        let house = House::open(world).await;
        let (db, env, studio_id) = (&world.db, &world.ctx.env, house.shop.studio);
        let addressed = studio::ActiveModel {
            id: Set(studio_id),
            address: Set(Some("Hafenweg 1\n20457 Hamburg".into())),
            ..Default::default()
        };
        addressed.update(db).await.unwrap();
        let (party_id, client): (PartyId, ClientId) = (env.id(), env.id());
        let row = party::Model {
            id: party_id,
            studio_id,
            kind: party::PartyKind::Person,
            name: "Ada Lovelace".into(),
            legal_name: None,
            email: Some("ada.lovelace@example.com".parse().unwrap()),
            ipi: None,
            isni: None,
            created_at: env.now(),
        };
        row.into_active_model().insert(db).await.unwrap();
        let row = clients::Model {
            id: client,
            studio_id,
            party_id,
            stage: ClientStage::Active,
            stage_since: env.now(),
            created_at: env.now(),
        };
        row.into_active_model().insert(db).await.unwrap();
        let of_client =
            project::ActiveModel { id: Set(house.project), client_id: Set(Some(client)), ..Default::default() };
        of_client.update(db).await.unwrap();
        let terms = Terms { rounds: 9, extra_price: None, sign_off_days: None };
        let review = house.review(terms).await.id;
        let ada = house.invite(review, "Ada", true).await;
        Self { house, client, ada }
    }

    async fn plan(&self, chosen: &BTreeSet<MasterProfile>) {
        let tx = self.house.shop.services.begin().await.unwrap();
        set_plan(&tx, &self.house.engineer, self.house.project, chosen).await.unwrap();
        self.house.commit(tx).await;
    }

    /// A version that is sent and approved.
    async fn approved(&self) -> version::Model {
        let version = self.house.version().await;
        self.house.send(version.id).await.unwrap();
        self.house.say(self.ada, Verdict::Approve, version.number, None).await.unwrap();
        version
    }

    async fn order(&self, chosen: Option<&BTreeSet<MasterProfile>>) -> Result<delivery::Model, MasterError> {
        let tx = self.house.shop.services.begin().await?;
        let delivery = order_masters(&tx, &self.house.engineer, self.house.song, chosen).await?;
        self.house.commit(tx).await;
        Ok(delivery)
    }

    async fn deliveries(&self) -> Vec<delivery::Model> {
        let all = delivery::Entity::find().order_by_asc(delivery::Column::Id);
        all.all(&self.house.world.db).await.unwrap()
    }

    async fn view(&self, id: MasterDeliveryId) -> View {
        views_by_ids(&self.house.world.db, &[id]).await.unwrap().remove(&id).unwrap()
    }

    async fn song(&self) -> song::Model {
        song::Entity::find_by_id(self.house.song).one(&self.house.world.db).await.unwrap().unwrap()
    }

    async fn settled(&self, id: MasterId, outcome: Result<Made, String>) {
        let tx = self.house.shop.services.begin().await.unwrap();
        record_master(&tx, &self.house.world.ctx, id, outcome).await.unwrap();
        self.house.commit(tx).await;
    }

    /// What the worker makes of everything that waits.
    async fn make_all(&self) {
        let db = &self.house.world.db;
        let waiting = master::Entity::find().filter(master::Column::State.eq(MasterState::Waiting));
        for row in waiting.all(db).await.unwrap() {
            let rendering = find_rendering(db, row.id).await.unwrap().unwrap();
            let file = self.house.file(AssetKind::Master, AssetState::Ready).await;
            let file = asset::Entity::find_by_id(file).one(db).await.unwrap().unwrap();
            let made = Made { asset: file.id, report: report(row.profile, &file, rendering.tags) };
            self.settled(row.id, Ok(made)).await;
        }
    }

    /// Does the jobs that look at masters, as the back office does; how many there were.
    async fn look(&self) -> usize {
        let db = &self.house.world.db;
        let open = job::Entity::find().filter(job::Column::State.eq(JobState::Open)).all(db).await.unwrap();
        let mut done = 0;
        for row in open {
            let Job::SettleMasters { project } = serde_json::from_value(row.payload.clone()).unwrap() else { continue };
            settle_masters(&self.house.shop.services, project).await.unwrap();
            let finished_at = Set(Some(self.house.world.ctx.env.now()));
            let row = job::ActiveModel { state: Set(JobState::Done), finished_at, ..row.into_active_model() };
            row.update(db).await.unwrap();
            done += 1;
        }
        done
    }

    async fn issue(&self, minor: i64) -> InvoiceId {
        let currency = Currency::EUR;
        let line = NewLine {
            what: "Mixing".into(),
            quantity_milli: 1_000,
            unit: Money::new(minor, currency),
            recoupable: false,
        };
        let new = IssueInvoice {
            client: self.client,
            project: Some(self.house.project),
            title: "Mix of Night Drive".into(),
            bill_to: BillTo { address: "Kanalstraße 5\n80538 München".into(), ..BillTo::default() },
            currency,
            lines: vec![line],
            reverse_charge: false,
            supplied_on: None,
            due_days: None,
            notes: String::new(),
            key: None,
        };
        issue_invoice(&self.house.shop.services, &self.house.manager, &new).await.unwrap().id
    }

    /// Pays what is left of an invoice at the gateway.
    async fn pay(&self, invoice: InvoiceId) -> OrderId {
        let (shop, nobody) = (&self.house.shop, self.house.world.as_actor(Actor::Anonymous));
        let device = Device { ip: None, user_agent: None };
        open_payment(&shop.services, &nobody, invoice, &device).await.unwrap().expect("something is left to pay");
        let order = *orders_of_invoices(&shop.services.db, &[invoice]).await.unwrap()[&invoice].last().unwrap();
        shop.gateway.pay(order);
        settle_payments(&shop.services, invoice).await.unwrap();
        shop.do_jobs().await;
        order
    }

    /// Hears of what became of an order's payment, twice.
    async fn hear(&self, kind: &str, order: OrderId) {
        let shop = &self.house.shop;
        let told = shop.gateway.tell(kind, order, shop.services.env.now());
        for _ in 0..2 {
            sales::receive_event(&shop.services, &told).await.unwrap();
        }
        shop.do_jobs().await;
    }

    /// What was mailed of masters: what, and to whom.
    async fn mails(&self) -> Vec<(MasterNotice, MasterReader)> {
        let jobs = self.house.jobs().await.into_iter();
        let mut mails: Vec<_> = jobs
            .filter_map(|job| match job {
                Job::MailMasters { what, to, .. } => Some((what, to)),
                _ => None,
            })
            .collect();
        mails.sort_unstable();
        mails
    }

    /// Whether a client may fetch a master now; if not, why.
    async fn fetch(&self, id: MasterId) -> Result<(), &'static str> {
        let found = find_file(&self.house.world.db, self.house.project, id).await;
        found.map(drop).map_err(|error| code(&error))
    }

    async fn state(&self, id: MasterDeliveryId) -> DeliveryState {
        let db = &self.house.world.db;
        let balance = domain::invoices::queries::balance_of_project(db, self.house.project).await.unwrap();
        self.view(id).await.state(&balance)
    }
}

#[tokio::test]
async fn what_is_approved_is_mastered_delivered_when_it_is_paid_and_recalled_when_that_is_disputed() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.plan(&profiles([MasterProfile::Cd, MasterProfile::Mp3])).await;
        let invoice = desk.issue(100_000).await;
        desk.approved().await;
        let deliveries = desk.deliveries().await;
        let [delivery] = deliveries.as_slice() else { panic!("one approval, one delivery") };
        let view = desk.view(delivery.id).await;
        let ordered: Vec<_> = view.masters.iter().map(|row| (row.profile, row.state)).collect();
        assert_eq!(ordered, [(MasterProfile::Cd, MasterState::Waiting), (MasterProfile::Mp3, MasterState::Waiting)]);
        let first = view.masters[0].id;
        assert!(desk.house.jobs().await.contains(&Job::RenderMaster { master: first }));
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Making);

        desk.make_all().await;
        assert_eq!(desk.look().await, 2, "one look for each master");
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Locked);
        assert_eq!(desk.fetch(first).await, Err("BALANCE_UNPAID"));
        assert!(desk.mails().await.is_empty());

        let order = desk.pay(invoice).await;
        assert!(desk.look().await > 0, "the payment has them looked at");
        let services = &desk.house.shop.services;
        let project = desk.house.project;
        let (one, other) = tokio::join!(settle_masters(services, project), settle_masters(services, project));
        assert_eq!((one.unwrap(), other.unwrap()), (0, 0), "it is told already");
        assert_eq!(desk.mails().await, [(MasterNotice::Delivered, MasterReader::Client)]);
        assert_eq!((desk.state(delivery.id).await, desk.fetch(first).await), (DeliveryState::Open, Ok(())));

        let id = desk.house.shop.gateway.dispute(order, 100_000, world.ctx.env.now() + Duration::days(7));
        desk.hear("charge.dispute.created", order).await;
        assert_eq!(desk.fetch(first).await, Err("BALANCE_UNPAID"), "before anybody has looked");
        assert!(desk.look().await > 0, "so does a dispute");
        let mut told = vec![
            (MasterNotice::Delivered, MasterReader::Client),
            (MasterNotice::Recalled, MasterReader::Client),
            (MasterNotice::Recalled, MasterReader::Studio),
        ];
        assert_eq!(desk.mails().await, told);
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Locked);

        desk.house.shop.gateway.decide(order, &id, DisputeStanding::Won);
        desk.hear("charge.dispute.closed", order).await;
        desk.look().await;
        told.insert(0, (MasterNotice::Delivered, MasterReader::Client));
        assert_eq!(desk.mails().await, told);
        assert_eq!(desk.fetch(first).await, Ok(()));
        let steps: Vec<_> = desk.view(delivery.id).await.steps.into_iter().map(|step| step.kind).collect();
        assert_eq!(steps, [MasterStepKind::Delivered, MasterStepKind::Recalled, MasterStepKind::Delivered]);
    })
    .await;
}

#[tokio::test]
async fn two_who_deliver_at_once_tell_it_once() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.approved().await;
        let delivery = desk.order(None).await.unwrap();
        desk.make_all().await;
        let (services, project) = (&desk.house.shop.services, desk.house.project);
        let (one, other) = tokio::join!(settle_masters(services, project), settle_masters(services, project));
        assert_eq!(one.unwrap() + other.unwrap(), 1);
        assert_eq!(desk.mails().await, [(MasterNotice::Delivered, MasterReader::Client)]);
        // The database holds that they take turns, whoever writes.
        let again = step::Model {
            delivery_id: delivery.id,
            number: 2,
            studio_id: delivery.studio_id,
            kind: MasterStepKind::Delivered,
            notice_id: world.ctx.env.id::<MasterNoticeId>(),
            at: world.ctx.env.now(),
        };
        assert!(again.into_active_model().insert(&world.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_transfer_that_is_taken_back_recalls_and_the_chore_finds_what_was_missed() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let invoice = desk.issue(50_000).await;
        desk.approved().await;
        let delivery = desk.order(Some(&profiles([MasterProfile::Streaming]))).await.unwrap();
        desk.make_all().await;
        let given = RecordTransfer {
            amount: Money::new(50_000, Currency::EUR),
            happened_on: world.ctx.env.now().date_naive(),
            note: String::new(),
            key: None,
        };
        let (services, manager) = (&desk.house.shop.services, &desk.house.manager);
        let tx = services.begin().await.unwrap();
        let transfer = record_transfer(&tx, manager, invoice, &given).await.unwrap();
        desk.house.commit(tx).await;
        // No job is done: what it would have told is found by the chore.
        assert_eq!(tend(services).await.unwrap(), 0, "it was looked at a moment ago");
        world.clock.advance(Duration::hours(2));
        assert_eq!(tend(services).await.unwrap(), 1);
        assert_eq!(tend(services).await.unwrap(), 0);
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Open);

        let tx = services.begin().await.unwrap();
        reverse_transfer(&tx, manager, transfer.id, "it has bounced").await.unwrap();
        desk.house.commit(tx).await;
        desk.look().await;
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Locked);
        assert_eq!(desk.mails().await.last(), Some(&(MasterNotice::Recalled, MasterReader::Studio)));
    })
    .await;
}

#[tokio::test]
async fn masters_of_a_version_that_is_superseded_go_to_nobody_who_does_not_have_them() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.plan(&profiles([MasterProfile::Streaming])).await;
        let invoice = desk.issue(10_000).await;
        desk.approved().await;
        desk.make_all().await;
        let old = desk.deliveries().await[0].clone();
        let old_file = desk.view(old.id).await.masters[0].id;

        let second = desk.house.version().await;
        desk.house.send(second.id).await.unwrap();
        assert!(!desk.view(old.id).await.is_current, "a later version was sent");
        desk.pay(invoice).await;
        desk.look().await;
        assert_eq!(desk.state(old.id).await, DeliveryState::Superseded);
        assert_eq!(desk.fetch(old_file).await, Err("MASTER_SUPERSEDED"));
        assert!(desk.mails().await.is_empty());
        let refused = desk.order(None).await.unwrap_err();
        assert_eq!(code(&refused), "NOT_APPROVED", "nothing is approved now");

        desk.house.say(desk.ada, Verdict::Approve, second.number, None).await.unwrap();
        desk.make_all().await;
        desk.look().await;
        let deliveries = desk.deliveries().await;
        let [_, new] = deliveries.as_slice() else { panic!("another approval, another delivery") };
        let new_file = desk.view(new.id).await.masters[0].id;
        assert_eq!((desk.state(new.id).await, desk.fetch(new_file).await), (DeliveryState::Open, Ok(())));
        assert_eq!(desk.mails().await, [(MasterNotice::Delivered, MasterReader::Client)]);

        // What the client has stays theirs.
        let third = desk.house.version().await;
        desk.house.send(third.id).await.unwrap();
        let view = desk.view(new.id).await;
        assert!(!view.is_current);
        assert_eq!((desk.state(new.id).await, desk.fetch(new_file).await), (DeliveryState::Open, Ok(())));
        assert_eq!(desk.fetch(old_file).await, Err("MASTER_SUPERSEDED"));
        let shown = queries::find_desk(&world.db, desk.house.project).await.unwrap().unwrap();
        assert_eq!(shown.deliveries.iter().map(|view| view.delivery.id).collect::<Vec<_>>(), [old.id, new.id]);
    })
    .await;
}

#[tokio::test]
async fn what_is_ordered_again_is_made_only_where_it_is_needed() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let none = desk.order(None).await.unwrap_err();
        assert_eq!(code(&none), "NOT_APPROVED");
        desk.approved().await;
        assert_eq!(code(&desk.order(Some(&BTreeSet::new())).await.unwrap_err()), "NO_PROFILES");
        let delivery = desk.order(None).await.unwrap();
        let numbers = async || {
            let view = desk.view(delivery.id).await;
            view.masters.iter().map(|row| (row.profile, row.number)).collect::<Vec<_>>()
        };
        let (streaming, cd, mp3) = (MasterProfile::Streaming, MasterProfile::Cd, MasterProfile::Mp3);
        assert_eq!(numbers().await, [(streaming, 1), (cd, 1), (mp3, 1)]);
        assert_eq!(desk.order(None).await.unwrap().id, delivery.id, "of one approval there is one");
        assert_eq!(numbers().await.len(), 3, "what waits is not ordered again");

        let failed = desk.view(delivery.id).await.masters[1].id;
        desk.settled(failed, Err("the disk is full".to_owned())).await;
        desk.make_all().await;
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Failed);
        desk.look().await;
        assert!(desk.mails().await.is_empty(), "nothing is delivered in part");
        desk.order(None).await.unwrap();
        assert_eq!(numbers().await, [(streaming, 1), (cd, 1), (cd, 2), (mp3, 1)]);
        desk.make_all().await;
        desk.look().await;
        assert_eq!(
            desk.mails().await,
            [(MasterNotice::Delivered, MasterReader::Client)],
            "nothing was ever asked for it"
        );
        desk.order(None).await.unwrap();
        assert_eq!(numbers().await.len(), 4, "all of it is as it should be");

        let tx = desk.house.shop.services.begin().await.unwrap();
        set_song_isrc(&tx, &desk.house.engineer, desk.house.song, Some("aa-6q7-20-00047".into())).await.unwrap();
        desk.house.commit(tx).await;
        desk.order(Some(&profiles([mp3]))).await.unwrap();
        assert_eq!(numbers().await.last(), Some(&(mp3, 2)), "its tags say something else by now");
        assert_eq!(desk.state(delivery.id).await, DeliveryState::Open, "what is there stays there meanwhile");
    })
    .await;
}

#[tokio::test]
async fn tags_say_who_did_what() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let before = tags_of(&world.db, &desk.song().await).await.unwrap();
        assert_eq!((before.title.as_str(), before.artist.as_str()), ("Night Drive", "Ada Lovelace"), "the client's");
        assert!(before.credits.is_empty() && before.isrc.is_none());
        let [nova, orson] = desk.house.shop.makers;
        let tx = desk.house.shop.services.begin().await.unwrap();
        for (party, role) in [(nova, PersonRole::Artist), (nova, PersonRole::Producer), (orson, PersonRole::Mixer)] {
            let input = PersonInput { project: desk.house.project, song: None, party, role, detail: String::new() };
            add_person(&tx, &desk.house.engineer, input).await.unwrap();
        }
        set_song_isrc(&tx, &desk.house.engineer, desk.house.song, Some("AA6Q72000047".into())).await.unwrap();
        desk.house.commit(tx).await;
        let tags = tags_of(&world.db, &desk.song().await).await.unwrap();
        assert_eq!((tags.artist.as_str(), tags.album.as_str()), ("Nova", "Night Album"));
        let said: BTreeSet<&str> = tags.credits.iter().map(String::as_str).collect();
        assert_eq!(said, BTreeSet::from(["artist: Nova", "producer: Nova", "mixer: Orson"]));
        assert_eq!(tags.isrc.as_deref(), Some("AA6Q72000047"));
        assert_ne!(tags.sha256(), before.sha256());
        let tx = desk.house.shop.services.begin().await.unwrap();
        let wrong = set_song_isrc(&tx, &desk.house.engineer, desk.house.song, Some("AA6Q7".into())).await.unwrap_err();
        assert_eq!(wrong.explain().field.as_deref(), Some("isrc"));
    })
    .await;
}

#[tokio::test]
async fn the_link_is_sent_to_the_client_or_to_who_decides() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let (services, engineer, project) = (&desk.house.shop.services, &desk.house.engineer, desk.house.project);
        let send = async || {
            let tx = services.begin().await.unwrap();
            let sent = send_link(&tx, engineer, project).await.map(|to| to.email.to_string());
            desk.house.commit(tx).await;
            sent.map_err(|error| code(&error))
        };
        assert_eq!(send().await, Err("NOTHING_READY"));
        desk.approved().await;
        desk.order(None).await.unwrap();
        assert_eq!(send().await, Err("NOTHING_READY"), "they are being made");
        desk.make_all().await;
        assert_eq!(send().await.as_deref(), Ok("ada.lovelace@example.com"));
        assert_eq!(desk.mails().await, [(MasterNotice::Link, MasterReader::Client)]);
        let own = project::ActiveModel { id: Set(project), client_id: Set(None), ..Default::default() };
        own.update(&world.db).await.unwrap();
        assert_eq!(send().await.as_deref(), Ok("ada@example.com"), "who decides");
        let foreign =
            find_file(&world.db, world.ctx.env.id(), desk.view(desk.deliveries().await[0].id).await.masters[0].id);
        assert_eq!(foreign.await.map(drop).map_err(|error| code(&error)), Err("NOT_FOUND"), "of another project");
    })
    .await;
}
