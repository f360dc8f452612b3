//! Webhooks: what is told, how it is signed, and what becomes of what is not taken.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role},
    acts::{entity::Act, queries::list_acts},
    booking::commands::{
        MoveBooking, NewBooking, NewLength, RoomChange, RoomInput, StudioCancel, cancel_as_studio, create_booking,
        create_room, move_as_studio,
    },
    identity::commands::close_studio_of,
    ids::{RoomId, StudioId, WebhookId},
    licensing::terms::TierCode,
    links::LinkKey,
    money::Currency,
    outbox::{
        Job,
        entity::{JobState, job},
    },
    page::PageRequest,
    policy::Denied,
    ports::WebhookMessage,
    report::Explain,
    sealing::{Resealed, count_sealed, reseal},
    secrets::{Secret, Secrets},
    webhooks::{
        WebhookError,
        commands::{
            NewWebhook, accept_receiver, change_webhook, create_webhook, deliver, forget, remove_webhook,
            rotate_secret, send_again, send_test, switch_webhook, tend,
        },
        entity::{DeliveryState, EventKind, OffBecause, attempt, delivery, event, webhook},
        queries::{Sent, find_delivery, find_webhook, kinds_of, list_deliveries, list_webhooks},
        rules::{AddressFault, MAX_WEBHOOKS, signature::sign_all},
        testing::TestReceiver,
    },
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait,
    QueryFilter,
};
use serde_json::{Value, json};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

const URL: &str = "https://hooks.example.com/in";

/// A shop, and the program that it tells.
pub(crate) struct House {
    pub(crate) shop: Shop,
    receiver: Arc<TestReceiver>,
    owner: Ctx,
}

impl House {
    pub(crate) async fn on(world: &World) -> Self {
        let mut shop = Shop::open(world, Currency::EUR).await;
        let receiver = Arc::new(TestReceiver::default());
        shop.services.webhooks = receiver.clone();
        let owner = member(&shop, Role::Owner);
        Self { shop, receiver, owner }
    }

    pub(crate) async fn create(&self, kinds: &[EventKind]) -> Result<NewWebhook, WebhookError> {
        self.create_as(&self.owner, URL, kinds).await
    }

    async fn create_as(&self, ctx: &Ctx, url: &str, kinds: &[EventKind]) -> Result<NewWebhook, WebhookError> {
        let services = &self.shop.services;
        let receiver = accept_receiver(services, ctx, self.shop.studio, url).await?;
        let tx = services.begin().await?;
        let wanted = (receiver, kinds.iter().copied());
        let made = create_webhook(&tx, ctx, &services.links, self.shop.studio, wanted).await?;
        services.commit(tx).await?;
        Ok(made)
    }

    async fn switch(&self, id: WebhookId, is_on: bool) -> webhook::Model {
        let tx = self.shop.services.begin().await.unwrap();
        let row = switch_webhook(&tx, &self.owner, (self.shop.studio, id), is_on).await.unwrap();
        self.shop.services.commit(tx).await.unwrap();
        row
    }

    async fn rotate(&self, id: WebhookId) -> NewWebhook {
        let services = &self.shop.services;
        let tx = services.begin().await.unwrap();
        let made = rotate_secret(&tx, &self.owner, &services.links, (self.shop.studio, id)).await.unwrap();
        services.commit(tx).await.unwrap();
        made
    }

    async fn try_out(&self, id: WebhookId) -> Result<delivery::Model, WebhookError> {
        let tx = self.shop.services.begin().await?;
        let sent = send_test(&tx, &self.owner, self.shop.studio, id).await?;
        self.shop.services.commit(tx).await?;
        Ok(sent)
    }

    /// Does the jobs of webhooks that wait, as the back office does, and gives what was sent with them.
    pub(crate) async fn work(&self) -> Vec<WebhookMessage> {
        let services = &self.shop.services;
        let open = job::Entity::find().filter(job::Column::State.eq(JobState::Open));
        for row in open.filter(job::Column::Kind.eq("deliver_webhook")).all(&services.db).await.unwrap() {
            let Job::DeliverWebhook { delivery } = serde_json::from_value(row.payload.clone()).unwrap() else {
                unreachable!("it has that kind")
            };
            deliver(services, delivery).await.unwrap();
            let finished_at = Set(Some(services.env.now()));
            let done = job::ActiveModel { state: Set(JobState::Done), finished_at, ..row.into_active_model() };
            done.update(&services.db).await.unwrap();
        }
        self.receiver.take()
    }

    /// Sells a lease for 30.00.
    pub(crate) async fn sell(&self, title: &str) -> domain::sales::entity::order::Model {
        let beat = self.shop.beat(title, true).await;
        self.shop.sell(&[(beat, TierCode::Mp3)], 3_000).await
    }

    async fn found(&self, id: WebhookId) -> webhook::Model {
        webhook::Entity::find_by_id(id).one(&self.shop.services.db).await.unwrap().unwrap()
    }

    /// What was sent to a webhook, the newest first.
    async fn log(&self, id: WebhookId) -> Vec<Sent> {
        let (db, studio) = (&self.shop.services.db, self.shop.studio);
        list_deliveries(db, &self.owner, (studio, id), PageRequest::default()).await.unwrap().rows
    }

    async fn letters(&self) -> u64 {
        let letters = job::Entity::find().filter(job::Column::Kind.eq("mail_webhook_off"));
        letters.count(&self.shop.services.db).await.unwrap()
    }
}

fn member(shop: &Shop, role: Role) -> Ctx {
    shop.services.ctx(Actor::User {
        user: shop.services.env.id(),
        memberships: vec![(shop.studio, role)],
        closed: Vec::new(),
    })
}

fn header<'a>(message: &'a WebhookMessage, name: &str) -> &'a str {
    &message.headers.iter().find(|(of, _)| *of == name).unwrap().1
}

/// What a message says, under its kind.
fn body(message: &WebhookMessage) -> (String, Value) {
    let body: Value = serde_json::from_str(&message.body).unwrap();
    (body["kind"].as_str().unwrap().to_owned(), body)
}

/// The signatures that a message must have by these secrets, as they were shown.
fn signed(message: &WebhookMessage, secrets: &[&str]) -> String {
    let timestamp = header(message, "webhook-timestamp").parse().unwrap();
    let secrets: Vec<Vec<u8>> = secrets.iter().map(|secret| decoded(secret)).collect();
    sign_all(&secrets, header(message, "webhook-id"), timestamp, &message.body)
}

fn decoded(secret: &str) -> Vec<u8> {
    STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap()
}

#[tokio::test]
async fn a_sale_and_its_end_are_told_to_who_wants_them() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let wanted = [EventKind::OrderPaid, EventKind::LicenceGranted, EventKind::OrderRefunded];
        let made = house.create(&wanted).await.unwrap();
        house.create(&[EventKind::PayoutSent]).await.unwrap();
        let order = house.sell("Night Drive").await;
        let messages = house.work().await;
        let told: BTreeMap<String, Value> = messages.iter().map(body).collect();
        assert_eq!(told.keys().collect::<Vec<_>>(), ["licence.granted", "order.paid"]);
        for message in &messages {
            let (_, body) = body(message);
            assert_eq!(message.url, URL);
            assert_eq!(body["id"], header(message, "webhook-id"));
            assert_eq!(body["studio"], house.shop.studio.to_string());
            assert_eq!(body["data"]["order"], order.id.to_string());
            assert_eq!(header(message, "webhook-timestamp"), world.ctx.env.now().timestamp().to_string());
            assert_eq!(header(message, "webhook-signature"), signed(message, &[&made.secret]));
            for private in ["Ada", "ada@example.com", "127.0.0.1"] {
                assert!(!message.body.contains(private), "{private} in {}", message.body);
            }
        }
        let total = json!({ "minor": 3_000, "currency": "EUR" });
        assert_eq!(told["order.paid"]["data"]["total"], total);
        assert_eq!(told["licence.granted"]["data"]["price"], total);

        let payment = house.shop.payment(order.id).await.id;
        house.shop.give_back(payment, Some(1_000)).await.unwrap();
        let messages = house.work().await;
        let (kind, refunded) = body(&messages[0]);
        assert_eq!((messages.len(), kind.as_str()), (1, "order.refunded"));
        assert_eq!(refunded["data"]["amount"], json!({ "minor": 1_000, "currency": "EUR" }));
        assert!(house.work().await.is_empty(), "each is sent once");
        let log = house.log(made.webhook.id).await;
        assert!(log.iter().all(|sent| sent.delivery.state == DeliveryState::Delivered && sent.attempts.len() == 1));
        assert_eq!((log[0].attempts[0].status, log[0].attempts[0].answer.as_deref()), (Some(204), Some("seen")));
    })
    .await;
}

#[tokio::test]
async fn what_nobody_wants_is_not_written() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        house.create(&[EventKind::BookingMade]).await.unwrap();
        let off = house.create(&[EventKind::OrderPaid]).await.unwrap().webhook;
        let off = house.switch(off.id, false).await;
        assert_eq!((off.off_because, off.off_at), (Some(OffBecause::Studio), Some(world.ctx.env.now())));
        house.sell("Night Drive").await;
        assert_eq!(event::Entity::find().count(&world.db).await.unwrap(), 0);
        assert!(matches!(house.try_out(off.id).await, Err(WebhookError::Off)));
        house.switch(off.id, true).await;
        house.sell("Day Drive").await;
        assert_eq!(house.work().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_for_three_days_and_by_hand_after_that() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let id = house.create(&[EventKind::OrderPaid]).await.unwrap().webhook.id;
        house.receiver.answer(302);
        house.sell("Night Drive").await;
        let begun = world.ctx.env.now();
        let mut messages = house.work().await;
        assert_eq!(house.found(id).await.failing_since, Some(begun));
        while let Some(due) = house.log(id).await[0].delivery.due_at {
            assert_eq!(tend(&house.shop.services).await.unwrap(), 0, "not before it is due");
            house.shop.clock.advance(due - world.ctx.env.now());
            assert_eq!(tend(&house.shop.services).await.unwrap(), 1);
            assert_eq!(tend(&house.shop.services).await.unwrap(), 0, "its job is open");
            messages.extend(house.work().await);
        }
        assert_eq!((messages.len(), (world.ctx.env.now() - begun).num_hours()), (10, 75));
        for message in &messages {
            assert_eq!(message.body, messages[0].body);
            assert_eq!(header(message, "webhook-id"), header(&messages[0], "webhook-id"));
        }
        let Sent { delivery, attempts, .. } = house.log(id).await.remove(0);
        assert_eq!((delivery.state, delivery.attempts, attempts.len()), (DeliveryState::Dead, 10, 10));
        assert!(attempts.iter().all(|attempt| attempt.status == Some(302)));
        assert_eq!(attempts[0].number, 10, "the last first");

        house.receiver.answer(200);
        let again = async |ctx: &Ctx, studio: StudioId| {
            let tx = house.shop.services.begin().await.unwrap();
            let sent = send_again(&tx, ctx, studio, delivery.id).await;
            house.shop.services.commit(tx).await.unwrap();
            sent
        };
        assert_eq!(again(&house.owner, house.shop.studio).await.unwrap().state, DeliveryState::Waiting);
        let sent = house.work().await;
        assert_eq!((sent.len(), &sent[0].body), (1, &messages[0].body));
        let log = house.log(id).await;
        assert_eq!((log[0].delivery.state, log[0].attempts.len()), (DeliveryState::Delivered, 11));
        assert_eq!(house.found(id).await.failing_since, None);
        assert!(matches!(again(&world.ctx, world.ctx.env.id()).await, Err(WebhookError::NoDelivery)));
    })
    .await;
}

#[tokio::test]
async fn an_address_at_which_nothing_arrives_is_turned_off() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let id = house.create(&[EventKind::OrderPaid]).await.unwrap().webhook.id;
        house.receiver.answer(500);
        house.try_out(id).await.unwrap();
        assert_eq!(house.work().await.len(), 1);
        assert_eq!(
            house.log(id).await[0].delivery.state,
            DeliveryState::Dead,
            "who tries it waits for the answer alone"
        );
        assert_eq!(house.found(id).await.failing_since, None);

        house.sell("Night Drive").await;
        house.work().await;
        house.shop.clock.advance(Duration::days(5) - Duration::seconds(1));
        tend(&house.shop.services).await.unwrap();
        house.work().await;
        assert_eq!((house.found(id).await.off_at, house.letters().await), (None, 0));
        house.shop.clock.advance(Duration::days(1));
        house.sell("Day Drive").await;
        house.work().await;
        assert_eq!(house.found(id).await.off_at, None, "one attempt turns nothing off");
        for _ in 0..12 {
            house.shop.clock.advance(Duration::days(1));
            tend(&house.shop.services).await.unwrap();
            house.work().await;
            if house.found(id).await.off_at.is_some() {
                break;
            }
        }
        let found = house.found(id).await;
        assert_eq!((found.off_because, found.off_at), (Some(OffBecause::Failing), Some(world.ctx.env.now())));
        assert_eq!(house.letters().await, 1);
        let (studio, switched) = (house.shop.studio, [Act::WebhookSwitched]);
        let acts = list_acts(&world.db, &house.owner, studio, Some(&switched), PageRequest::default()).await.unwrap();
        let by: Vec<_> = acts.rows.iter().map(|done| (done.act.user_id, done.act.api_key_id)).collect();
        assert_eq!(by, [(None, None)], "it was the program itself");

        // What waits is not sent to it any more, and nothing else is told.
        house.shop.clock.advance(Duration::days(1));
        tend(&house.shop.services).await.unwrap();
        assert!(house.work().await.is_empty());
        assert!(house.log(id).await.iter().all(|sent| sent.delivery.state == DeliveryState::Dead));
        assert_eq!(house.letters().await, 1);
        assert_eq!(house.switch(id, true).await.failing_since, None);
    })
    .await;
}

#[tokio::test]
async fn a_new_secret_signs_beside_the_one_before_for_a_day() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let first = house.create(&[EventKind::OrderPaid]).await.unwrap();
        let id = first.webhook.id;
        let second = house.rotate(id).await;
        assert_ne!(first.secret, second.secret);
        let send = async || {
            house.try_out(id).await.unwrap();
            house.work().await.remove(0)
        };
        let both = send().await;
        assert_eq!(header(&both, "webhook-signature"), signed(&both, &[&second.secret, &first.secret]));
        let third = house.rotate(id).await;
        let last = send().await;
        assert_eq!(header(&last, "webhook-signature"), signed(&last, &[&third.secret, &second.secret]));
        house.shop.clock.advance(Duration::hours(24));
        let alone = send().await;
        assert_eq!(header(&alone, "webhook-signature"), signed(&alone, &[&third.secret]));
        let stored = format!("{:?}", house.found(id).await);
        let (hex, base64) = (hex::encode(decoded(&third.secret)), &third.secret["whsec_".len()..]);
        assert!(!stored.contains(&hex) && !stored.contains(base64), "secrets are sealed");
    })
    .await;
}

#[tokio::test]
async fn owners_alone_say_where_events_go() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let (services, studio) = (&house.shop.services, house.shop.studio);
        let made = house.create(&[EventKind::OrderPaid, EventKind::Test]).await.unwrap().webhook;
        assert_eq!(kinds_of(&made), [EventKind::OrderPaid].into(), "tests are sent anyway");
        let manager = member(&house.shop, Role::Manager);
        let refused = house.create_as(&manager, URL, &[EventKind::OrderPaid]).await;
        assert!(matches!(refused, Err(WebhookError::Denied(Denied::NotAllowed))));
        assert!(matches!(
            list_webhooks(&services.db, &manager, studio).await,
            Err(WebhookError::Denied(Denied::NotAllowed))
        ));
        let clear = house.create_as(&house.owner, "http://hooks.example.com", &[EventKind::OrderPaid]).await;
        assert!(matches!(clear, Err(WebhookError::Address(AddressFault::Unencrypted))));
        for private in ["https://localhost/in", "https://10.0.0.7/in", "https://[::1]/in", "https://169.254.169.254/"] {
            let refused = house.create_as(&house.owner, private, &[EventKind::OrderPaid]).await.unwrap_err().explain();
            assert_eq!((refused.code, refused.field.as_deref()), ("BAD_WEBHOOK_ADDRESS", Some("url")), "{private}");
            let moved = accept_receiver(services, &house.owner, studio, private).await;
            assert!(matches!(moved, Err(WebhookError::Address(AddressFault::NotPublic))), "{moved:?}");
        }
        let nothing = house.create(&[EventKind::Test]).await.unwrap_err().explain();
        assert_eq!((nothing.code, nothing.field.as_deref()), ("NO_EVENT_KINDS", Some("kinds")));

        let receiver = accept_receiver(services, &house.owner, studio, "https://other.example.com").await.unwrap();
        let tx = services.begin().await.unwrap();
        let wanted = (receiver, [EventKind::PayoutSent]);
        let changed = change_webhook(&tx, &house.owner, (studio, made.id), wanted).await.unwrap();
        services.commit(tx).await.unwrap();
        assert_eq!(
            (changed.url.as_str(), kinds_of(&changed)),
            ("https://other.example.com/", [EventKind::PayoutSent].into())
        );
        for _ in 1..MAX_WEBHOOKS {
            house.create(&[EventKind::OrderPaid]).await.unwrap();
        }
        assert!(matches!(house.create(&[EventKind::OrderPaid]).await, Err(WebhookError::TooMany)));
        assert_eq!(list_webhooks(&services.db, &house.owner, studio).await.unwrap().len(), 10);
    })
    .await;
}

#[tokio::test]
async fn what_is_removed_or_old_is_gone() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let (services, studio) = (&house.shop.services, house.shop.studio);
        let kept = house.create(&[EventKind::OrderPaid]).await.unwrap().webhook.id;
        let removed = house.create(&[EventKind::OrderPaid]).await.unwrap().webhook.id;
        house.sell("Night Drive").await;
        assert_eq!(house.work().await.len(), 2);
        let tx = services.begin().await.unwrap();
        remove_webhook(&tx, &house.owner, studio, removed).await.unwrap();
        services.commit(tx).await.unwrap();
        assert!(house.log(removed).await.is_empty());
        assert_eq!(house.log(kept).await.len(), 1);
        house.sell("Day Drive").await;
        assert_eq!(house.work().await.len(), 1);

        let count = async || {
            let db = &world.db;
            let (events, deliveries) =
                (event::Entity::find().count(db).await, delivery::Entity::find().count(db).await);
            (events.unwrap(), deliveries.unwrap(), attempt::Entity::find().count(db).await.unwrap())
        };
        assert_eq!(count().await, (2, 2, 2));
        let forgotten = async || {
            let tx = services.begin().await.unwrap();
            let gone = forget(&tx, &world.ctx).await.unwrap();
            services.commit(tx).await.unwrap();
            gone
        };
        house.shop.clock.advance(Duration::days(29));
        assert_eq!(forgotten().await, 0);
        house.shop.clock.advance(Duration::days(2));
        assert_eq!((forgotten().await, count().await), (2, (0, 0, 0)));
    })
    .await;
}

#[tokio::test]
async fn a_booking_is_told_from_when_it_stands_until_it_is_called_off() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let services = &house.shop.services;
        house.create(&[EventKind::BookingMade, EventKind::BookingMoved, EventKind::BookingCancelled]).await.unwrap();
        let (first, moved) = ("2026-12-01T10:00:00Z", "2026-12-02T10:00:00Z");
        let time = |at: &str| NewLength::Minutes { starts_at: at.parse().unwrap(), minutes: 120 };
        let tx = services.begin().await.unwrap();
        let input = RoomInput {
            name: "Studio A".into(),
            time_zone: "Europe/Berlin".into(),
            hours: Vec::new(),
            rest: RoomChange::default(),
        };
        let room = create_room(&tx, &world.ctx, house.shop.studio, input).await.unwrap();
        let booking = create_booking(&tx, &world.ctx, &blocked(room.id, time(first))).await.unwrap();
        let to = MoveBooking { room: None, time: time(moved), outside_hours: true, note: "" };
        move_as_studio(&tx, &world.ctx, booking.id, to).await.unwrap();
        services.commit(tx).await.unwrap();
        let cancel = StudioCancel { note: "", by_client: false };
        cancel_as_studio(services, &world.ctx, booking.id, cancel).await.unwrap();

        let told: BTreeMap<String, Value> = house.work().await.iter().map(body).collect();
        assert_eq!(told.keys().collect::<Vec<_>>(), ["booking.cancelled", "booking.made", "booking.moved"]);
        for (kind, starts_at) in [("booking.made", first), ("booking.moved", moved), ("booking.cancelled", moved)] {
            let data = &told[kind]["data"];
            assert_eq!((&data["booking"], &data["room"]), (&json!(booking.id), &json!(room.id)), "{kind}");
            assert_eq!((&data["kind"], &data["starts_at"]), (&json!("block"), &json!(starts_at)), "{kind}");
        }
    })
    .await;
}

#[test]
fn every_kind_is_documented() {
    let document = include_str!("../../../docs/webhooks.md");
    for kind in EventKind::iter() {
        assert!(document.contains(&format!("\n| `{kind}` | ")), "{kind}");
    }
}

fn blocked(room: RoomId, time: NewLength) -> NewBooking {
    NewBooking {
        room,
        time,
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
    }
}

#[tokio::test]
async fn secrets_are_sealed_anew_and_sign_as_before() {
    on_each_database(async |world| {
        let mut house = House::on(world).await;
        let made = house.create(&[EventKind::OrderPaid]).await.unwrap();
        house.rotate(made.webhook.id).await;
        let first = house.shop.services.links.current();
        let secrets = Secrets::of(first).followed_by(Secret::make(&house.shop.services.env));
        let (db, env) = (house.shop.services.db.clone(), house.shop.services.env.clone());
        let both = LinkKey::of(secrets.clone());
        assert_eq!(reseal(&db, &env, &both).await.unwrap(), Resealed { resealed: 2, unreadable: 0 });
        assert_eq!(count_sealed(&db, &both).await.unwrap().by(first.id()), 0);
        // The first is not needed any more: both secrets are read, and sign.
        house.shop.services.links = LinkKey::of(secrets.without(first.id()));
        house.try_out(made.webhook.id).await.unwrap();
        let sent = house.work().await;
        let signatures = |message: &WebhookMessage| header(message, "webhook-signature").split(' ').count();
        assert_eq!(sent.iter().map(signatures).collect::<Vec<_>>(), [2]);
    })
    .await;
}

#[tokio::test]
async fn a_closed_studios_webhooks_hear_nothing() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let id = house.create(&[EventKind::OrderPaid]).await.unwrap().webhook.id;
        house.try_out(id).await.unwrap();
        let tx = house.shop.services.begin().await.unwrap();
        close_studio_of(&tx, &world.ctx, "nova", "moving on").await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        assert!(house.work().await.is_empty(), "what waited is not sent");
        let sent = house.log(id).await.remove(0);
        assert_eq!(sent.delivery.state, DeliveryState::Dead);

        // Who comes now finds it closed: they read what lists tell, and change nothing.
        let (services, studio) = (&house.shop.services, house.shop.studio);
        let memberships = vec![(studio, Role::Owner)];
        let owner = services.ctx(Actor::User { user: services.env.id(), memberships, closed: vec![studio] });
        assert_eq!(find_webhook(&services.db, &owner, studio, id).await.unwrap().id, id);
        assert_eq!(find_delivery(&services.db, &owner, studio, sent.delivery.id).await.unwrap(), sent);
        let tx = services.begin().await.unwrap();
        let tried = send_test(&tx, &owner, studio, id).await.map(drop);
        let switched = switch_webhook(&tx, &owner, (studio, id), false).await.map(drop);
        let again = send_again(&tx, &owner, studio, sent.delivery.id).await.map(drop);
        for refused in [tried, switched, again] {
            assert!(matches!(refused, Err(WebhookError::Denied(Denied::Closed))), "{refused:?}");
        }
    })
    .await;
}
