//! Booking rooms: what can be had and who has it.

mod clocks;
mod deposits;
mod edges;
mod ends;
mod feeds;
mod guards;
mod moving;
mod race;
mod series;

use std::fmt::Debug;

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role},
    booking::{
        BookingError,
        commands::{
            self, ClientFacts, EquipmentChange, EquipmentInput, Hold, HoldSlot, NewBooking, NewLength, RoomChange,
            RoomInput, confirm_as_client, create_booking, create_equipment, create_room, hold_slot,
        },
        entity::{BookingKind, BookingState, booking, booking_event, equipment, room, room_slice},
        queries::{self, Wanted},
        rules::{Opening, Span},
    },
    edit::Edit,
    env::Instant,
    ids::{BookingId, EquipmentId, PartyId, ProjectId, RoomId},
    money::{Currency, Money},
    outbox::{Job, entity::job},
    parties::find_parties_by_ids,
    report::{Explain, Kind},
    share::Share,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::{shop::Shop, support::on_each_database};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn share(ppm: u32) -> Share {
    Share::from_ppm(ppm).unwrap()
}

fn rate(minor: i64) -> Edit<Option<Money>> {
    Edit::To(Some(Money::new(minor, Currency::EUR)))
}

/// 50 an hour and 350 a day, an hour to eight, an hour's notice; 30 % ahead, free until 48 hours before, and half of the deposit kept after that.
fn terms() -> RoomChange {
    RoomChange {
        is_public: Edit::To(true),
        hour_rate: rate(5_000),
        day_rate: rate(35_000),
        min_minutes: Edit::To(60),
        max_minutes: Edit::To(480),
        notice_minutes: Edit::To(60),
        horizon_days: Edit::To(180),
        deposit_share: Edit::To(share(300_000)),
        kept_share: Edit::To(share(500_000)),
        ..RoomChange::default()
    }
}

/// The same without a deposit.
pub(crate) fn free_terms() -> RoomChange {
    RoomChange { deposit_share: Edit::To(Share::ZERO), ..terms() }
}

/// The program itself, as who may everything.
fn house(shop: &Shop) -> Ctx {
    shop.services.ctx(Actor::System)
}

fn nobody(shop: &Shop) -> Ctx {
    shop.services.ctx(Actor::Anonymous)
}

fn member(shop: &Shop, role: Role) -> Ctx {
    shop.services.ctx(Actor::User {
        user: shop.services.env.id(),
        memberships: vec![(shop.studio, role)],
        closed: Vec::new(),
    })
}

/// A room in Berlin, open every day from ten to ten.
pub(crate) async fn room(shop: &Shop, name: &str, rest: RoomChange) -> room::Model {
    let span = Span { opens_minute: 600, closes_minute: 1_320 };
    let hours = (1..=7).map(|weekday| Opening { weekday, span }).collect();
    open_room(shop, RoomInput { name: name.into(), time_zone: "Europe/Berlin".into(), hours, rest }).await
}

async fn open_room(shop: &Shop, input: RoomInput) -> room::Model {
    let tx = shop.services.begin().await.unwrap();
    let room = create_room(&tx, &house(shop), shop.studio, input).await.unwrap();
    shop.services.commit(tx).await.unwrap();
    room
}

pub(crate) async fn piece(shop: &Shop, name: &str, rest: EquipmentChange) -> equipment::Model {
    let input = EquipmentInput { name: name.into(), category: "microphone".into(), rest };
    let tx = shop.services.begin().await.unwrap();
    let piece = create_equipment(&tx, &house(shop), shop.studio, input).await.unwrap();
    shop.services.commit(tx).await.unwrap();
    piece
}

/// What Ada wants, at the price that she saw.
fn wish(room: &room::Model, starts_at: &str, minutes: i64) -> HoldSlot {
    HoldSlot {
        room: room.id,
        time: NewLength::Minutes { starts_at: at(starts_at), minutes },
        name: "Ada Lovelace".into(),
        email: "ada@example.com".into(),
        notes: "Vocals".into(),
        equipment: Vec::new(),
        seen: Money::new((minutes.clamp(0, 1_440) * 5_000 / 60).min(35_000), Currency::EUR),
        ip: None,
        user_agent: None,
    }
}

async fn hold(shop: &Shop, wish: &HoldSlot) -> Result<booking::Model, BookingError> {
    hold_slot(&shop.services, &nobody(shop), shop.studio, wish).await
}

/// A booking of the studio's, on its word alone.
pub(crate) fn booked(room: &room::Model, time: NewLength) -> NewBooking {
    NewBooking {
        room: room.id,
        time,
        is_block: false,
        title: None,
        client: None,
        party: None,
        project: None,
        equipment: Vec::new(),
        people: Vec::new(),
        notes: String::new(),
        price: None,
        hold: None,
        outside_hours: false,
    }
}

pub(crate) fn minutes(starts_at: &str, minutes: i64) -> NewLength {
    NewLength::Minutes { starts_at: at(starts_at), minutes }
}

pub(crate) async fn book(shop: &Shop, ctx: &Ctx, new: &NewBooking) -> Result<booking::Model, BookingError> {
    let tx = shop.services.begin().await.unwrap();
    let booking = create_booking(&tx, ctx, new).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(booking)
}

async fn found(shop: &Shop, id: BookingId) -> booking::Model {
    booking::Entity::find_by_id(id).one(&shop.services.db).await.unwrap().unwrap()
}

/// How many quarters of an hour of a room are taken.
async fn taken(shop: &Shop, room: RoomId) -> u64 {
    room_slice::Entity::find().filter(room_slice::Column::RoomId.eq(room)).count(&shop.services.db).await.unwrap()
}

/// The code of a refusal and the field that it names.
fn refusal<T: Debug>(outcome: Result<T, BookingError>) -> (&'static str, String) {
    let report = outcome.unwrap_err().explain();
    (report.code, report.field.unwrap_or_default())
}

/// What clocks show at the starts that are free on a day, for a length.
async fn offered(shop: &Shop, room: &room::Model, equipment: &[EquipmentId], day: &str, minutes: i64) -> Vec<String> {
    let wanted = Wanted { room, equipment, moving: None };
    let (db, now) = (&shop.services.db, shop.services.env.now());
    let slots = queries::free_slots(db, wanted, (day.parse().unwrap(), 1), minutes, now).await.unwrap();
    slots.iter().map(|slot| room.time_zone.local(slot.starts_at).format("%H:%M").to_string()).collect()
}

/// Everybody who is told of a booking, by its events.
async fn told(shop: &Shop, id: BookingId) -> Vec<String> {
    let rows = job::Entity::find().filter(job::Column::Kind.eq("mail_booking")).all(&shop.services.db).await.unwrap();
    let mut told: Vec<String> = rows
        .into_iter()
        .filter_map(|row| match serde_json::from_value(row.payload).unwrap() {
            Job::MailBooking { booking, event, to } if booking == id => Some(format!("{event} {to:?}")),
            _ => None,
        })
        .collect();
    told.sort_unstable();
    told
}

#[tokio::test]
async fn what_no_client_books_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let day = |clock: &str| format!("2026-12-03T{clock}Z");
        for (n, (from, minutes, code, field)) in [
            (day("13:00:00"), 0, "TIME_NOTHING", "minutes"),
            (day("13:00:00"), -60, "TIME_NOTHING", "minutes"),
            (day("13:05:00"), 60, "TIME_GRAIN", "startsAt"),
            (day("13:00:00"), 61, "TIME_GRAIN", "startsAt"),
            (day("13:15:00"), 60, "TIME_STEP", "startsAt"),
            (day("13:00:00"), 30, "TIME_TOO_SHORT", "minutes"),
            (day("09:00:00"), 540, "TIME_TOO_LONG", "minutes"),
            (day("13:00:00"), i64::MAX, "TIME_TOO_LONG", "minutes"),
            // It is an hour later in Berlin, and the room closes at ten.
            (day("20:00:00"), 120, "TIME_CLOSED", "startsAt"),
            (day("05:00:00"), 60, "TIME_CLOSED", "startsAt"),
            ("2026-11-22T13:00:00Z".into(), 60, "TIME_PAST", "startsAt"),
            ("2026-11-23T12:00:00Z".into(), 60, "TIME_NOTICE", "startsAt"),
            ("2027-11-23T13:00:00Z".into(), 60, "TIME_HORIZON", "startsAt"),
        ]
        .into_iter()
        .enumerate()
        {
            let wish = HoldSlot { email: format!("ada{n}@example.com"), ..wish(&room, &from, minutes) };
            assert_eq!(refusal(hold(&shop, &wish).await), (code, field.to_owned()), "{from} {minutes}");
        }
        let days = |first: &str, days| NewLength::Days { first: first.parse().unwrap(), days };
        for (time, code) in [
            (days("2026-12-03", 0), "LOCKOUT_DAYS"),
            (days("2026-12-03", 32), "LOCKOUT_DAYS"),
            (days("2026-11-23", 1), "TIME_PAST"),
        ] {
            let wish = HoldSlot { time, ..wish(&room, &day("13:00:00"), 60) };
            assert_eq!(refusal(hold(&shop, &wish).await).0, code, "{time:?}");
        }
        assert_eq!(booking::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_eq!(taken(&shop, room.id).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_a_client_says_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (open, closed) =
            (room(&shop, "Room A", terms()).await, room(&shop, "Machines", RoomChange::default()).await);
        let hourless = room(&shop, "Hall", RoomChange { hour_rate: Edit::To(None), ..terms() }).await;
        let rateless = RoomChange { day_rate: Edit::To(None), hour_rate: Edit::To(None), ..terms() };
        let rateless = room(&shop, "Yard", rateless).await;
        let own = piece(&shop, "U 87", EquipmentChange::default()).await;
        let wish = wish(&open, "2026-12-03T13:00:00Z", 60);
        let unknown: EquipmentId = shop.services.env.id();
        for (n, (wish, code, field)) in [
            (HoldSlot { name: " ".into(), ..wish.clone() }, "CLIENT_NAME", "name"),
            (HoldSlot { email: "nobody".into(), ..wish.clone() }, "CLIENT_EMAIL", "email"),
            (HoldSlot { notes: "x".repeat(5_001), ..wish.clone() }, "BAD_TEXT", "notes"),
            (HoldSlot { seen: Money::new(4_999, Currency::EUR), ..wish.clone() }, "PRICE_CHANGED", "seen"),
            (HoldSlot { room: closed.id, ..wish.clone() }, "NOT_FOUND", "room"),
            (HoldSlot { room: shop.services.env.id(), ..wish.clone() }, "NOT_FOUND", "room"),
            (HoldSlot { equipment: vec![unknown], ..wish.clone() }, "NOT_FOUND", "equipment"),
            (HoldSlot { equipment: vec![own.id], ..wish.clone() }, "OTHER_ROOM", "equipment"),
            (HoldSlot { room: rateless.id, ..wish.clone() }, "NOT_RENTED", "room"),
        ]
        .into_iter()
        .enumerate()
        {
            let email = if wish.email == "nobody" { wish.email.clone() } else { format!("ada{n}@example.com") };
            let refused = refusal(hold(&shop, &HoldSlot { email, ..wish }).await);
            assert_eq!(refused, (code, field.to_owned()));
        }
        // By the day where there is no hour.
        let dear = HoldSlot { room: hourless.id, seen: Money::new(35_000, Currency::EUR), ..wish.clone() };
        assert_eq!(hold(&shop, &dear).await.unwrap().price_minor, 35_000);
        let tx = shop.services.begin().await.unwrap();
        let given_up = RoomChange { archived: Edit::To(true), ..RoomChange::default() };
        commands::update_room(&tx, &house(&shop), open.id, given_up).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        assert_eq!(refusal(hold(&shop, &wish).await).0, "ARCHIVED");
    })
    .await;
}

#[tokio::test]
async fn what_is_held_is_offered_no_more_until_the_hold_lapses() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let change = RoomChange { buffer_after_minutes: Edit::To(30), step_minutes: Edit::To(30), ..terms() };
        let room = room(&shop, "Room A", change).await;
        let all = offered(&shop, &room, &[], "2026-12-03", 60).await;
        assert_eq!((all.first().map(String::as_str), all.len()), (Some("10:00"), 23));
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 120)).await.unwrap();
        assert_eq!((held.state, held.price_minor, held.deposit_minor), (BookingState::Held, 10_000, 3_000));
        assert_eq!(held.held_until, Some(shop.services.env.now() + Duration::minutes(30)));
        assert_eq!(taken(&shop, room.id).await, 10, "two hours and half of one");

        let left = offered(&shop, &room, &[], "2026-12-03", 60).await;
        let before: Vec<&str> = left.iter().map(String::as_str).filter(|clock| *clock < "14:00").collect();
        let after: Vec<&str> = left.iter().map(String::as_str).filter(|clock| *clock >= "14:00").collect();
        assert_eq!((before.last(), after.first()), (Some(&"12:30"), Some(&"16:30")), "with both their buffers");
        let beside = HoldSlot { email: "bob@example.com".into(), ..wish(&room, "2026-12-03T15:00:00Z", 60) };
        assert_eq!(refusal(hold(&shop, &beside).await), ("TAKEN", "startsAt".to_owned()));

        assert_eq!(commands::tend(&shop.services).await.unwrap(), 0, "it is not over");
        shop.clock.advance(Duration::minutes(30));
        assert_eq!(commands::tend(&shop.services).await.unwrap(), 1);
        assert_eq!(found(&shop, held.id).await.state, BookingState::Lapsed);
        assert_eq!(told(&shop, held.id).await, ["1 Client", "2 Client"]);
        assert_eq!(offered(&shop, &room, &[], "2026-12-03", 60).await, all);
        assert!(hold(&shop, &beside).await.is_ok());
        assert_eq!(commands::tend(&shop.services).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn without_a_deposit_the_mailed_link_confirms() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", free_terms()).await;
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 60)).await.unwrap();
        assert_eq!(held.deposit_minor, 0);
        let opened = commands::open_deposit(&shop.services, &nobody(&shop), held.id).await;
        assert_eq!(refusal(opened).0, "NO_DEPOSIT");
        for _ in 0..2 {
            let tx = shop.services.begin().await.unwrap();
            confirm_as_client(&tx, &nobody(&shop), held.id).await.unwrap();
            shop.services.commit(tx).await.unwrap();
        }
        let booking = found(&shop, held.id).await;
        assert_eq!((booking.state, booking.held_until), (BookingState::Confirmed, None));
        assert!(booking.party_id.is_some(), "the client is in the books");
        assert_eq!(told(&shop, held.id).await, ["1 Client", "2 Client", "2 Studio"], "once");

        let late = hold(&shop, &wish(&room, "2026-12-04T13:00:00Z", 60)).await.unwrap();
        shop.clock.advance(Duration::minutes(30));
        let tx = shop.services.begin().await.unwrap();
        assert_eq!(refusal(confirm_as_client(&tx, &nobody(&shop), late.id).await).0, "HOLD_OVER");
    })
    .await;
}

#[tokio::test]
async fn an_address_holds_few_times_and_asks_for_few() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", free_terms()).await;
        let of_day = |day: u32| wish(&room, &format!("2026-12-{day:02}T13:00:00Z"), 60);
        for day in 1..=3 {
            hold(&shop, &of_day(day)).await.unwrap();
        }
        for email in ["Ada@Example.com", "ada+more@example.com"] {
            let respelt = HoldSlot { email: email.into(), ..of_day(4) };
            assert_eq!(refusal(hold(&shop, &respelt).await).0, "TOO_MANY_HELD", "{email}");
        }
        for day in 6..=10 {
            assert_eq!(refusal(hold(&shop, &of_day(day)).await).0, "TOO_MANY_HELD");
        }
        assert_eq!(refusal(hold(&shop, &of_day(11)).await), ("TOO_MANY_BOOKINGS", "email".to_owned()));
        // Nor does one network address ask for many, whatever mailboxes it names.
        let ip = Some("203.0.113.9".to_owned());
        let of_many = |n: u32| HoldSlot { email: format!("hog{n}@example.com"), ip: ip.clone(), ..of_day(10 + n) };
        for n in 1..=10 {
            hold(&shop, &of_many(n)).await.unwrap();
        }
        assert_eq!(refusal(hold(&shop, &of_many(11)).await).0, "TOO_MANY_BOOKINGS");
    })
    .await;
}

#[tokio::test]
async fn a_piece_that_is_carried_about_is_in_one_room_at_a_time() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (first, second) = (room(&shop, "Room A", terms()).await, room(&shop, "Room B", terms()).await);
        let public = EquipmentChange { is_public: Edit::To(true), hour_rate: rate(500), ..EquipmentChange::default() };
        let carried = piece(&shop, "U 87", public.clone()).await;
        let stays = piece(&shop, "Piano", EquipmentChange { room: Edit::To(Some(second.id)), ..public }).await;
        let with = |room: &room::Model, piece: &equipment::Model| HoldSlot {
            equipment: vec![piece.id, piece.id],
            seen: Money::new(11_000, Currency::EUR),
            ..wish(room, "2026-12-03T13:00:00Z", 120)
        };
        let held = hold(&shop, &with(&first, &carried)).await.unwrap();
        assert_eq!(held.price_minor, 11_000, "once, however often it is named");
        assert_eq!(refusal(hold(&shop, &with(&second, &carried)).await), ("TAKEN", "equipment".to_owned()));
        assert_eq!(refusal(hold(&shop, &with(&first, &stays)).await), ("OTHER_ROOM", "equipment".to_owned()));
        let offers = offered(&shop, &second, &[carried.id], "2026-12-03", 60).await;
        assert!(!offers.contains(&"14:00".to_owned()) && offers.contains(&"16:00".to_owned()), "{offers:?}");
        assert!(offered(&shop, &second, &[], "2026-12-03", 60).await.contains(&"14:00".to_owned()));
        assert!(hold(&shop, &with(&second, &stays)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_day_that_is_otherwise_is_as_it_says() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let day = "2026-12-24".parse().unwrap();
        let tx = shop.services.begin().await.unwrap();
        let short = [Span { opens_minute: 600, closes_minute: 720 }];
        commands::set_exception(&tx, &house(&shop), (room.id, day), &short, Some("Holiday")).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        assert_eq!(offered(&shop, &room, &[], "2026-12-24", 60).await, ["10:00", "11:00"]);
        let tx = shop.services.begin().await.unwrap();
        commands::set_exception(&tx, &house(&shop), (room.id, day), &[], None).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        assert!(offered(&shop, &room, &[], "2026-12-24", 60).await.is_empty());
        let days = NewLength::Days { first: "2026-12-23".parse().unwrap(), days: 2 };
        let wish = HoldSlot { time: days, ..wish(&room, "2026-12-23T13:00:00Z", 60) };
        assert_eq!(refusal(hold(&shop, &wish).await).0, "TIME_CLOSED", "a lock-out needs each of its days");
        let tx = shop.services.begin().await.unwrap();
        assert!(commands::remove_exception(&tx, &house(&shop), room.id, day).await.unwrap());
        assert!(!commands::remove_exception(&tx, &house(&shop), room.id, day).await.unwrap());
        shop.services.commit(tx).await.unwrap();
        assert_eq!(offered(&shop, &room, &[], "2026-12-24", 60).await.len(), 12);
    })
    .await;
}

#[tokio::test]
async fn the_studio_books_as_it_likes_within_reason() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (room, house) = (room(&shop, "Room A", terms()).await, house(&shop));
        let night = booked(&room, minutes("2026-12-03T02:15:00Z", 75));
        assert_eq!(refusal(book(&shop, &house, &night).await).0, "TIME_CLOSED");
        let night = NewBooking { outside_hours: true, ..night };
        let stands = book(&shop, &house, &night).await.unwrap();
        assert_eq!(
            (stands.state, stands.price_minor, stands.title.as_str()),
            (BookingState::Confirmed, 6_250, "Booked")
        );
        assert_eq!(refusal(book(&shop, &house, &night).await).0, "TAKEN");
        let block = NewBooking { is_block: true, ..booked(&room, minutes("2026-12-03T13:00:00Z", 60)) };
        let block = book(&shop, &house, &block).await.unwrap();
        assert_eq!((block.kind, block.price_minor), (BookingKind::Block, 0));
        for (time, code) in [
            (minutes("2026-11-22T13:00:00Z", 60), "TIME_PAST"),
            (minutes("2026-12-04T13:00:00Z", 0), "TIME_NOTHING"),
            (minutes("2026-12-04T13:01:00Z", 60), "TIME_GRAIN"),
            (minutes("2033-12-04T13:00:00Z", 60), "TIME_HORIZON"),
        ] {
            assert_eq!(refusal(book(&shop, &house, &booked(&room, time)).await).0, code, "{time:?}");
        }

        let plain = booked(&room, minutes("2026-12-04T13:00:00Z", 60));
        let (party, project): (PartyId, ProjectId) = (shop.services.env.id(), shop.services.env.id());
        let hold = Some(Hold { until: None, asks_deposit: true });
        let client = |email: &str| Some(ClientFacts { name: "Bob".into(), email: email.into() });
        let past = Some(Hold { until: Some(at("2026-11-23T12:00:00Z")), asks_deposit: false });
        for (new, code, field) in [
            (NewBooking { party: Some(party), ..plain.clone() }, "NOT_FOUND", "party"),
            (NewBooking { project: Some(project), ..plain.clone() }, "NOT_FOUND", "project"),
            (NewBooking { people: vec![(party, "engineer".into())], ..plain.clone() }, "NOT_FOUND", "people"),
            (NewBooking { people: vec![(shop.makers[0], " ".into())], ..plain.clone() }, "BAD_TEXT", "people.0.role"),
            (NewBooking { hold, ..plain.clone() }, "NO_ADDRESS", "clientEmail"),
            (NewBooking { client: client("bob"), ..plain.clone() }, "CLIENT_EMAIL", "email"),
            (NewBooking { client: client("bob@example.com"), hold: past, ..plain.clone() }, "HOLD_UNTIL", "holdUntil"),
            (NewBooking { price: Some(Money::new(1, Currency::USD)), ..plain.clone() }, "BOOKING_PRICE", "price"),
            (
                NewBooking { price: Some(Money::new(i64::MAX, Currency::EUR)), ..plain.clone() },
                "BOOKING_PRICE",
                "price",
            ),
        ] {
            assert_eq!(refusal(book(&shop, &house, &new).await), (code, field.to_owned()));
        }
        let asked = NewBooking { client: client("bob@example.com"), hold, ..plain };
        let asked = book(&shop, &house, &asked).await.unwrap();
        assert_eq!((asked.state, asked.deposit_minor), (BookingState::Held, 1_500));
        assert_eq!(asked.held_until, Some(shop.services.env.now() + Duration::hours(48)));
    })
    .await;
}

#[tokio::test]
async fn who_may_book_and_who_may_set_a_price() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let plain = booked(&room, minutes("2026-12-04T13:00:00Z", 60));
        let given = NewBooking { price: Some(Money::new(1_000, Currency::EUR)), ..plain.clone() };
        let kind = async |ctx: &Ctx, new: &NewBooking| book(&shop, ctx, new).await.unwrap_err().explain().kind;
        assert_eq!(kind(&member(&shop, Role::Viewer), &plain).await, Kind::Forbidden);
        assert_eq!(kind(&member(&shop, Role::Engineer), &given).await, Kind::Forbidden);
        assert_eq!(kind(&nobody(&shop), &plain).await, Kind::Unauthenticated);
        let stranger = Actor::User { user: shop.services.env.id(), memberships: Vec::new(), closed: Vec::new() };
        assert_eq!(kind(&shop.services.ctx(stranger), &plain).await, Kind::NotFound);
        assert_eq!(book(&shop, &house(&shop), &given).await.unwrap().price_minor, 1_000);
    })
    .await;
}

#[tokio::test]
async fn a_client_whom_the_studio_books_is_in_the_books_once_the_booking_stands() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (room, house) = (room(&shop, "Room A", terms()).await, house(&shop));
        let of = |day: u32, name: &str, email: &str| NewBooking {
            client: Some(ClientFacts { name: name.into(), email: email.into() }),
            ..booked(&room, minutes(&format!("2026-12-{day:02}T13:00:00Z"), 60))
        };
        let sure = book(&shop, &house, &of(3, "Lena Vogt", "lena@example.com")).await.unwrap();
        let lena = sure.party_id.expect("she is in the books");
        let known = find_parties_by_ids(&world.db, &[lena]).await.unwrap().remove(&lena).unwrap();
        assert_eq!((known.name, known.email.unwrap().to_string()), ("Lena Vogt".into(), "lena@example.com".into()));
        let again = book(&shop, &house, &of(4, "Lena", "LENA@example.com")).await.unwrap();
        assert_eq!(again.party_id, Some(lena), "she is known by her address");
        let orson = NewBooking { party: Some(shop.makers[1]), ..of(7, "Lena Vogt", "lena@example.com") };
        assert_eq!(book(&shop, &house, &orson).await.unwrap().party_id, Some(shop.makers[1]), "whoever is named is it");

        let nameless = book(&shop, &house, &of(8, "Lena Vogt", "")).await.unwrap();
        assert_eq!(nameless.party_id, None, "a name alone is anybody's");
        let hold = Some(Hold { until: None, asks_deposit: false });
        let held = NewBooking { hold, ..of(9, "Ada", "ada@example.com") };
        assert_eq!(book(&shop, &house, &held).await.unwrap().party_id, None, "who has confirmed nothing is not");
    })
    .await;
}

#[tokio::test]
async fn what_is_done_with_a_booking_is_written_down_in_order() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (room, house) = (room(&shop, "Room A", terms()).await, house(&shop));
        let people = vec![(shop.makers[0], "engineer".to_owned())];
        let client = Some(ClientFacts { name: "Bob".into(), email: "bob@example.com".into() });
        let new = NewBooking { people, client, ..booked(&room, minutes("2026-12-03T13:00:00Z", 60)) };
        let booking = book(&shop, &house, &new).await.unwrap();
        let change = commands::BookingChange { notes: Edit::To("Bring the tapes".into()), ..Default::default() };
        let tx = shop.services.begin().await.unwrap();
        let changed = commands::change_booking(&tx, &house, booking.id, change).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        assert_eq!((changed.notes.as_str(), changed.sequence), ("Bring the tapes", 0), "its time is the same");
        let events = booking_event::Entity::find().order_by_asc(booking_event::Column::Seq).all(&world.db).await;
        let acts: Vec<String> =
            events.unwrap().iter().map(|row| format!("{} {} {}", row.seq, row.act, row.side)).collect();
        assert_eq!(acts, ["1 confirmed studio", "2 changed studio"]);
        let person = format!("1 Person({:?})", shop.makers[0]);
        assert_eq!(told(&shop, booking.id).await, ["1 Client", person.as_str()], "of a note nobody is told");
    })
    .await;
}
