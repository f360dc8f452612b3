//! From what happens in a studio to a program of its own: real databases, the real queue, and a real receiver on the loopback address.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::VecDeque, sync::Arc};

use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    jobs::{LONGEST_SLEEP, Runtime, Settings, WakeUp, run_queue, run_relay, set_up},
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
    webhooks::HttpSender,
};
use back_office::{BackOffice, schedule};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Duration;
use domain::{
    actor::Actor,
    booking::commands::{NewBooking, NewLength, RoomChange, RoomInput, create_booking, create_room},
    domains::testing::TestDns,
    env::testing::{self, ManualClock},
    identity::entity::{UnsignedSplits, studio},
    ids::{StudioId, WebhookId},
    links::LinkKey,
    money::Currency,
    outbox::{self, Queue},
    page::PageRequest,
    services::Services,
    store,
    webhooks::{
        WebhookError,
        commands::{NewWebhook, accept_receiver, create_webhook, rotate_secret, send_again},
        entity::{DeliveryState, EventKind, OffBecause, webhook},
        queries::{Sent, list_deliveries},
        rules::{AddressFault, signature::sign_all},
    },
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinSet,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// A request as it arrived.
struct Received {
    head: String,
    body: String,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(of, _)| of.eq_ignore_ascii_case(name)).unwrap().1
    }

    /// The signatures that it must have by these secrets.
    fn signed(&self, secrets: &[&NewWebhook]) -> String {
        let secrets: Vec<Vec<u8>> = secrets.iter().map(|made| key_of(&made.secret)).collect();
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        sign_all(&secrets, self.header("webhook-id"), timestamp, &self.body)
    }
}

/// The key that a secret is, as it is shown.
fn key_of(secret: &str) -> Vec<u8> {
    STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap()
}

/// A program that answers with these statuses, one after the other, and with 204 once they are used up.
async fn receiver(statuses: &[&'static str]) -> (String, UnboundedReceiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/in", listener.local_addr().unwrap());
    let (sender, received) = unbounded_channel();
    let mut statuses: VecDeque<&'static str> = statuses.iter().copied().collect();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut read = Vec::new();
            while !read.ends_with(b"}}") {
                let mut more = [0; 1_024];
                let length = stream.read(&mut more).await.unwrap();
                assert_ne!(length, 0, "a whole request");
                read.extend_from_slice(&more[..length]);
            }
            let text = String::from_utf8(read).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let status = statuses.pop_front().unwrap_or("204 No Content");
            let answer = format!("HTTP/1.1 {status}\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            if sender.send(Received { head: head.to_owned(), body: body.to_owned() }).is_err() {
                return;
            }
        }
    });
    (url, received)
}

/// An installation in a folder, whose jobs are done.
struct House {
    services: Services,
    clock: Arc<ManualClock>,
    mailbox: Mailbox,
    studio: StudioId,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    _folder: tempfile::TempDir,
}

/// Runs a test on each database at hand, with a sender that speaks to the own network or not.
async fn on_each_database(allow_private: bool, test: impl AsyncFn(&House)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let db = store::connect(&database.url, 10).await.expect("the test's database opens");
        set_up(&db).await.expect("the queue's tables");
        let mut house = house(db.clone(), allow_private).await;
        test(&house).await;
        house.stop.cancel();
        while house.tasks.join_next().await.is_some() {}
        drop(house);
        database.drop(db).await;
    }
}

async fn house(db: store::Db, allow_private: bool) -> House {
    let folder = tempfile::tempdir().unwrap();
    let ((env, clock), wake, links) = (testing::env(7), WakeUp::default(), LinkKey::new([7; 32]));
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
        webhooks: Arc::new(HttpSender::new(allow_private)),
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
    let id = studio.id;
    studio.into_active_model().insert(&db).await.unwrap();
    let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
    let runtime = Runtime { db, env, wake };
    let office = Arc::new(BackOffice::new(services.clone()));
    tasks.spawn(run_relay(runtime.clone(), LONGEST_SLEEP, stop.clone()));
    let queue = run_queue(runtime, Queue::Office, office, Settings::default(), stop.clone());
    tasks.spawn(async move { queue.await.expect("the queue runs") });
    House { services, clock, mailbox, studio: id, stop, tasks, _folder: folder }
}

impl House {
    /// Has it told to an address that rooms are booked.
    async fn tell(&self, url: &str) -> NewWebhook {
        let (services, ctx) = (&self.services, self.services.ctx(Actor::System));
        // As somebody has named it at a time when the own network might be reached.
        let then = Services { webhooks: Arc::new(HttpSender::new(true)), ..services.clone() };
        let receiver = accept_receiver(&then, &ctx, self.studio, url).await.unwrap();
        let tx = services.begin().await.unwrap();
        let wanted = (receiver, [EventKind::BookingMade]);
        let made = create_webhook(&tx, &ctx, &services.links, self.studio, wanted).await.unwrap();
        services.commit(tx).await.unwrap();
        made
    }

    /// Books a room of that name.
    async fn book(&self, name: &str) {
        let (services, ctx) = (&self.services, self.services.ctx(Actor::System));
        let tx = services.begin().await.unwrap();
        let input = RoomInput {
            name: name.to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            hours: Vec::new(),
            rest: RoomChange::default(),
        };
        let room = create_room(&tx, &ctx, self.studio, input).await.unwrap().id;
        let starts_at = "2026-12-24T10:00:00Z".parse().unwrap();
        let new = NewBooking {
            room,
            time: NewLength::Minutes { starts_at, minutes: 120 },
            is_block: true,
            title: None,
            client: None,
            party: None,
            project: None,
            equipment: Vec::new(),
            people: Vec::new(),
            notes: String::new(),
            price: None,
            hold: None,
            outside_hours: true,
        };
        create_booking(&tx, &ctx, &new).await.unwrap();
        services.commit(tx).await.unwrap();
    }

    /// Until every job is done, so that what was answered is written down.
    async fn settle(&self) {
        let (begun, mut ticks) = (Instant::now(), tokio::time::interval(std::time::Duration::from_millis(5)));
        while outbox::queries::count_open(&self.services.db).await.unwrap() > 0 {
            assert!(begun.elapsed() < std::time::Duration::from_mins(1), "jobs are still open");
            ticks.tick().await;
        }
    }

    /// What was sent to a webhook, the newest first.
    async fn log(&self, id: WebhookId) -> Vec<Sent> {
        let ctx = self.services.ctx(Actor::System);
        let page = PageRequest::default();
        list_deliveries(&self.services.db, &ctx, (self.studio, id), page).await.unwrap().rows
    }

    async fn found(&self, id: WebhookId) -> webhook::Model {
        webhook::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_or_leads_elsewhere_is_sent_again_until_it_is_taken() {
    on_each_database(true, async |house| {
        let (url, mut received) = receiver(&["500 Internal Server Error", "307 Temporary Redirect"]).await;
        let made = house.tell(&url).await;
        house.book("Studio A").await;
        let mut requests = Vec::new();
        for (wait_s, state) in
            [(5, DeliveryState::Waiting), (300, DeliveryState::Waiting), (0, DeliveryState::Delivered)]
        {
            requests.push(received.recv().await.unwrap());
            house.settle().await;
            assert_eq!(house.log(made.webhook.id).await[0].delivery.state, state);
            house.clock.advance(Duration::seconds(wait_s));
            schedule::tend_webhooks(&house.services).await;
        }
        house.settle().await;
        assert!(received.try_recv().is_err(), "nobody followed the redirect, and what was taken is not sent again");
        for request in &requests {
            assert!(request.head.starts_with("POST /in HTTP/1.1\r\n"), "{}", request.head);
            assert_eq!(request.body, requests[0].body);
            assert_eq!(request.header("webhook-id"), requests[0].header("webhook-id"));
            assert_eq!(request.header("webhook-signature"), request.signed(&[&made]));
        }
        assert!(requests[0].body.contains(r#""kind":"booking.made""#), "{}", requests[0].body);
        let Sent { delivery, attempts, .. } = house.log(made.webhook.id).await.remove(0);
        let statuses: Vec<Option<i32>> = attempts.iter().map(|attempt| attempt.status).collect();
        assert_eq!(statuses, [Some(204), Some(307), Some(500)]);
        assert_eq!(house.found(made.webhook.id).await.failing_since, None);

        let tx = house.services.begin().await.unwrap();
        let ctx = house.services.ctx(Actor::System);
        send_again(&tx, &ctx, house.studio, delivery.id).await.unwrap();
        house.services.commit(tx).await.unwrap();
        let again = received.recv().await.unwrap();
        assert_eq!((&again.body, again.header("webhook-id")), (&requests[0].body, requests[0].header("webhook-id")));
        house.settle().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_signs_beside_the_one_before_for_a_day() {
    on_each_database(true, async |house| {
        let (url, mut received) = receiver(&[]).await;
        let first = house.tell(&url).await;
        let (services, ctx) = (&house.services, house.services.ctx(Actor::System));
        let tx = services.begin().await.unwrap();
        let second = rotate_secret(&tx, &ctx, &services.links, (house.studio, first.webhook.id)).await.unwrap();
        services.commit(tx).await.unwrap();
        house.book("Studio A").await;
        let both = received.recv().await.unwrap();
        assert_eq!(both.header("webhook-signature"), both.signed(&[&second, &first]));
        house.settle().await;
        house.clock.advance(Duration::hours(24));
        house.book("Studio B").await;
        let alone = received.recv().await.unwrap();
        assert_eq!(alone.header("webhook-signature"), alone.signed(&[&second]));
        house.settle().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_at_which_nothing_arrives_is_turned_off_and_its_studio_told() {
    on_each_database(true, async |house| {
        let (url, mut received) = receiver(&["500 Internal Server Error"; 10]).await;
        let id = house.tell(&url).await.webhook.id;
        house.book("Studio A").await;
        received.recv().await.unwrap();
        house.settle().await;
        // The longest wait is a day: each day brings an attempt, and the tenth is the last.
        for _ in 0..9 {
            assert_eq!(house.found(id).await.off_because, None);
            house.clock.advance(Duration::days(1));
            schedule::tend_webhooks(&house.services).await;
            received.recv().await.unwrap();
            house.settle().await;
        }
        assert_eq!(house.found(id).await.off_because, Some(OffBecause::Failing));
        let mails = house.mailbox.list().await.unwrap();
        assert_eq!((mails.len(), mails[0].subject.as_str()), (1, "Events are no longer sent to 127.0.0.1"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_the_own_network_spoken_to_unless_the_operator_says_so() {
    on_each_database(false, async |house| {
        let (url, mut received) = receiver(&[]).await;
        let ctx = house.services.ctx(Actor::System);
        let named = accept_receiver(&house.services, &ctx, house.studio, &url).await;
        assert!(matches!(named, Err(WebhookError::Address(AddressFault::NotPublic))), "{named:?}");
        let id = house.tell(&url).await.webhook.id;
        house.book("Studio A").await;
        house.settle().await;
        let Sent { delivery, attempts, .. } = house.log(id).await.remove(0);
        assert_eq!((delivery.state, attempts.len()), (DeliveryState::Waiting, 1));
        assert_eq!(attempts[0].fault.as_deref(), Some("the address does not lead to a public machine"));
        assert!(received.try_recv().is_err());
    })
    .await;
}
