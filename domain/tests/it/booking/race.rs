//! Two hundred clients race for twenty slots: nobody shares a quarter of an hour, nobody holds too many, and everybody is told how it went.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::Duration;
use domain::{
    actor::Actor,
    booking::{
        BookingError,
        commands::{BookingChange, HoldSlot, NewBooking, NewLength, RoomChange, change_booking, hold_slot},
        entity::{booking, room_slice},
    },
    edit::Edit,
    env::Instant,
    ids::StudioId,
    money::{Currency, Money},
    parties::merge_parties,
    report::Explain,
    services::Services,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{at, book, booked, found, house, minutes, room, taken, terms, told, wish};
use crate::{
    clients::{done, enter_party, person},
    shop::Shop,
    support::on_each_database,
};

const CLIENTS: usize = 200;
const SLOTS: usize = 20;

/// How many are served at the same moment: many more than there are connections, and few enough that none waits for one longer than the pool lets it.
const AT_ONCE: usize = 64;

async fn try_hold(
    services: Services,
    studio: StudioId,
    wish: HoldSlot,
    seats: Arc<Semaphore>,
) -> Result<booking::Model, BookingError> {
    let _seat = seats.acquire().await.unwrap();
    hold_slot(&services, &services.ctx(Actor::Anonymous), studio, &wish).await
}

/// What comes of all wishes at once: what is held, and how often each refusal was told.
async fn race(shop: &Shop, wishes: Vec<HoldSlot>) -> (Vec<booking::Model>, BTreeMap<&'static str, usize>) {
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut calls = JoinSet::new();
    for wish in wishes {
        calls.spawn(try_hold(shop.services.clone(), shop.studio, wish, Arc::clone(&seats)));
    }
    let (mut held, mut refused) = (Vec::new(), BTreeMap::new());
    for outcome in calls.join_all().await {
        match outcome {
            Ok(booking) => held.push(booking),
            Err(error) => {
                let report = error.explain();
                assert!(report.field.is_some() && report.remedy.is_some(), "{error}");
                *refused.entry(report.code).or_default() += 1;
            }
        }
    }
    (held, refused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_clients_of_twenty_slots_twenty_get_one_and_all_others_are_told() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        // Ten hours of each of two days.
        let start = |slot: usize| {
            let (day, hour) = (slot / 10, i64::try_from(slot % 10).unwrap());
            at(["2026-12-03T09:00:00Z", "2026-12-04T09:00:00Z"][day]) + Duration::hours(hour)
        };
        let wishes = (0..CLIENTS).map(|n| HoldSlot {
            email: format!("client{n}@example.com"),
            time: NewLength::Minutes { starts_at: start(n % SLOTS), minutes: 60 },
            ..wish(&room, "2026-12-03T09:00:00Z", 60)
        });
        let (held, refused) = race(&shop, wishes.collect()).await;
        assert_eq!(refused, BTreeMap::from([("TAKEN", CLIENTS - SLOTS)]));
        let starts: BTreeSet<Instant> = held.iter().map(|booking| booking.starts_at).collect();
        assert_eq!((held.len(), starts), (SLOTS, (0..SLOTS).map(start).collect()));
        // The tables say the same: of who was refused nothing is left, none of the others overlap, each has the four quarters of an hour that are its own, and
        // is mailed what to do next.
        let written = booking::Entity::find().order_by_asc(booking::Column::StartsAt).all(&world.db).await.unwrap();
        assert_eq!(written.len(), SLOTS);
        for pair in written.windows(2) {
            assert!(pair[0].ends_at <= pair[1].starts_at, "{pair:?}");
        }
        assert_eq!(taken(&shop, room.id).await, 80);
        for row in &written {
            let own = room_slice::Entity::find().filter(room_slice::Column::BookingId.eq(row.id));
            let slices: Vec<i64> = own.all(&world.db).await.unwrap().into_iter().map(|slice| slice.slice).collect();
            let quarters: BTreeSet<i64> = (0..4).map(|quarter| row.starts_at.timestamp() / 900 + quarter).collect();
            assert_eq!((4, quarters), (slices.len(), slices.into_iter().collect()));
            assert_eq!(told(&shop, row.id).await, ["1 Client"]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_holds_no_more_than_three_slots_whichever_rooms_it_asks_for_at_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut wishes = Vec::new();
        for n in 0..6 {
            let room = room(&shop, &format!("Room {n}"), terms()).await;
            wishes.push(wish(&room, "2026-12-03T09:00:00Z", 60));
        }
        let (held, refused) = race(&shop, wishes).await;
        assert_eq!((held.len(), refused), (3, BTreeMap::from([("TOO_MANY_HELD", 3)])));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wishes_that_overlap_in_any_way_never_share_time_or_buffers() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let change = RoomChange {
            step_minutes: Edit::To(15),
            buffer_before_minutes: Edit::To(15),
            buffer_after_minutes: Edit::To(30),
            ..terms()
        };
        let room = room(&shop, "Room A", change).await;
        let wishes = (0..100_i64).map(|n| {
            let starts_at = at("2026-12-03T09:00:00Z") + Duration::minutes(n * 7 % 37 * 15);
            let minutes = 60 + n * 5 % 8 * 15;
            HoldSlot {
                email: format!("client{n}@example.com"),
                time: NewLength::Minutes { starts_at, minutes },
                seen: Money::new(minutes * 5_000 / 60, Currency::EUR),
                ..wish(&room, "2026-12-03T09:00:00Z", 60)
            }
        });
        let (held, refused) = race(&shop, wishes.collect()).await;
        assert_eq!(refused, BTreeMap::from([("TAKEN", 100 - held.len())]));
        let mut spans: Vec<(Instant, Instant)> = held
            .iter()
            .map(|row| (row.starts_at - Duration::minutes(15), row.ends_at + Duration::minutes(30)))
            .collect();
        spans.sort_unstable();
        assert!(spans.len() > 2, "{spans:?}");
        for pair in spans.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "{pair:?}");
        }
        let slices = room_slice::Entity::find().order_by_asc(room_slice::Column::Slice).all(&world.db).await.unwrap();
        let minutes: i64 = spans.iter().map(|(from, to)| (*to - *from).num_minutes()).sum();
        assert_eq!(i64::try_from(slices.len()).unwrap() * 15, minutes, "what stands is what is occupied");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_is_changed_while_its_client_is_merged_and_neither_waits_for_the_other_forever() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let into = enter_party(world, &shop, person("Ada Lovelace", None)).await.id;
        for hour in 9..17 {
            let from = enter_party(world, &shop, person("Ada L.", None)).await.id;
            let people = vec![(from, "vocals".to_owned())];
            let time = minutes(&format!("2026-12-03T{hour:02}:00:00Z"), 60);
            let new = NewBooking { party: Some(from), people: people.clone(), ..booked(&room, time) };
            let made = book(&shop, &house(&shop), &new).await.unwrap();
            let change = BookingChange { people: Edit::To(people), ..BookingChange::default() };
            let (changed, merged) = tokio::join!(
                done(world, async |tx| change_booking(tx, &world.ctx, made.id, change).await),
                done(world, async |tx| merge_parties(tx, &world.ctx, from, into).await),
            );
            merged.unwrap();
            // Who comes second is told that she is another by now.
            assert!(matches!(changed, Ok(_) | Err(BookingError::Raced | BookingError::Party { .. })), "{changed:?}");
            assert_eq!(found(&shop, made.id).await.party_id, Some(into));
        }
    })
    .await;
}
