//! Moving bookings, by their clients and by the studio.

use chrono::Duration;
use domain::{
    booking::{
        BookingError,
        commands::{ClientFacts, MoveBooking, NewBooking, NewLength, move_as_client, move_as_studio},
        entity::{BookingState, booking},
        queries::{self, Wanted},
    },
    ids::{BookingId, RoomId},
    money::Currency,
};

use super::{
    at, book, booked, found, free_terms, hold, house, minutes, nobody, offered, refusal, room, taken, told, wish,
};
use crate::{shop::Shop, support::on_each_database};

async fn client_moves(shop: &Shop, id: BookingId, starts_at: &str) -> Result<booking::Model, BookingError> {
    let tx = shop.services.begin().await.unwrap();
    let moved = move_as_client(&tx, &nobody(shop), id, at(starts_at)).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(moved)
}

async fn studio_moves(
    shop: &Shop,
    id: BookingId,
    room: Option<RoomId>,
    time: NewLength,
) -> Result<booking::Model, BookingError> {
    let to = MoveBooking { room, time, outside_hours: false, note: "The piano is tuned that day" };
    let tx = shop.services.begin().await.unwrap();
    let moved = move_as_studio(&tx, &house(shop), id, to).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(moved)
}

/// A confirmed session of two hours.
async fn standing(shop: &Shop, room: &domain::booking::entity::room::Model) -> booking::Model {
    let client = Some(ClientFacts { name: "Ada".into(), email: "ada@example.com".into() });
    let new = NewBooking { client, ..booked(room, minutes("2026-12-03T13:00:00Z", 120)) };
    book(shop, &house(shop), &new).await.unwrap()
}

#[tokio::test]
async fn a_client_moves_a_session_until_the_deadline() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", free_terms()).await;
        let booking = standing(&shop, &room).await;
        let mine = Wanted { room: &room, equipment: &[], moving: Some(booking.id) };
        let days = ("2026-12-03".parse().unwrap(), 1);
        let slots = queries::free_slots(&world.db, mine, days, 120, shop.services.env.now()).await.unwrap();
        assert!(slots.iter().any(|slot| slot.starts_at == at("2026-12-03T14:00:00Z")), "its own time is free for it");

        let moved = client_moves(&shop, booking.id, "2026-12-03T14:00:00Z").await.unwrap();
        assert_eq!((moved.ends_at, moved.sequence), (at("2026-12-03T16:00:00Z"), 1));
        assert_eq!(moved.free_until, at("2026-12-01T14:00:00Z"), "the deadline moves along");
        assert_eq!(moved.price_minor, booking.price_minor);
        assert_eq!(taken(&shop, room.id).await, 8);
        assert!(
            offered(&shop, &room, &[], "2026-12-03", 60).await.contains(&"14:00".to_owned()),
            "the old hour is free"
        );
        assert_eq!(told(&shop, booking.id).await, ["1 Client", "2 Client", "2 Studio"]);

        let other = book(&shop, &house(&shop), &booked(&room, minutes("2026-12-04T13:00:00Z", 60))).await.unwrap();
        for (to, code) in [
            ("2026-12-04T12:00:00Z", "TAKEN"),
            ("2026-12-04T13:30:00Z", "TIME_STEP"),
            ("2026-12-04T20:00:00Z", "TIME_CLOSED"),
            ("2026-11-22T13:00:00Z", "TIME_PAST"),
        ] {
            assert_eq!(refusal(client_moves(&shop, booking.id, to).await).0, code, "{to}");
        }
        assert_eq!(found(&shop, booking.id).await, moved, "nothing of it has changed");
        assert_eq!((found(&shop, other.id).await.state, taken(&shop, room.id).await), (BookingState::Confirmed, 12));
        shop.clock.advance(moved.free_until - shop.services.env.now() + Duration::seconds(1));
        let late = client_moves(&shop, booking.id, "2026-12-05T13:00:00Z").await;
        assert_eq!(refusal(late).0, "DEADLINE_OVER");
    })
    .await;
}

#[tokio::test]
async fn only_what_stands_is_moved_by_its_client_and_no_lockout() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", free_terms()).await;
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 60)).await.unwrap();
        assert_eq!(refusal(client_moves(&shop, held.id, "2026-12-04T13:00:00Z").await).0, "BOOKING_STATE");
        let days = NewLength::Days { first: "2026-12-08".parse().unwrap(), days: 2 };
        let lockout = book(&shop, &house(&shop), &booked(&room, days)).await.unwrap();
        assert_eq!(refusal(client_moves(&shop, lockout.id, "2026-12-10T13:00:00Z").await).0, "OTHER_LENGTH");
        let by_hours = studio_moves(&shop, lockout.id, None, minutes("2026-12-10T13:00:00Z", 60)).await;
        assert_eq!(refusal(by_hours), ("OTHER_LENGTH", "minutes".to_owned()));
        let days = NewLength::Days { first: "2026-12-09".parse().unwrap(), days: 1 };
        let moved = studio_moves(&shop, lockout.id, None, days).await.unwrap();
        assert_eq!((moved.ends_at - moved.starts_at).num_hours(), 24);
    })
    .await;
}

#[tokio::test]
async fn whom_the_studio_moves_loses_no_time_to_say_no() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", free_terms()).await;
        let booking = standing(&shop, &room).await;
        assert_eq!(booking.free_until, at("2026-12-01T13:00:00Z"));
        let moves = async |to: &str| studio_moves(&shop, booking.id, None, minutes(to, 120)).await.unwrap().free_until;
        assert_eq!(moves("2026-12-02T13:00:00Z").await, at("2026-12-01T13:00:00Z"), "as it was told");
        assert_eq!(moves("2026-11-25T13:00:00Z").await, at("2026-11-25T13:00:00Z"), "until it begins");
        assert_eq!(moves("2026-12-10T13:00:00Z").await, at("2026-12-08T13:00:00Z"), "two days before, as it was made");
    })
    .await;
}

#[tokio::test]
async fn the_studio_moves_a_booking_to_another_room() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (first, second) = (room(&shop, "Room A", free_terms()).await, room(&shop, "Room B", free_terms()).await);
        let booking = standing(&shop, &first).await;
        let blocker = book(&shop, &house(&shop), &booked(&second, minutes("2026-12-03T14:00:00Z", 60))).await.unwrap();
        let time = minutes("2026-12-03T13:00:00Z", 120);
        assert_eq!(refusal(studio_moves(&shop, booking.id, Some(second.id), time).await).0, "TAKEN");
        assert_eq!((taken(&shop, first.id).await, taken(&shop, second.id).await), (8, 4), "it stays where it was");
        let earlier = minutes("2026-12-03T11:00:00Z", 180);
        let moved = studio_moves(&shop, booking.id, Some(second.id), earlier).await.unwrap();
        assert_eq!((moved.room_id, moved.ends_at), (second.id, blocker.starts_at));
        assert_eq!((taken(&shop, first.id).await, taken(&shop, second.id).await), (0, 16));
        assert_eq!(told(&shop, booking.id).await, ["1 Client", "2 Client"], "the studio knows what it did");
        let unknown: RoomId = shop.services.env.id();
        let lost = studio_moves(&shop, booking.id, Some(unknown), time).await;
        assert_eq!(refusal(lost), ("NOT_FOUND", "room".to_owned()));
    })
    .await;
}
