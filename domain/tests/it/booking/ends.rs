//! How bookings end: called off by either side, before and after the deadline, or missed.

use chrono::Duration;
use domain::{
    actor::Role,
    booking::{
        BookingError,
        commands::{StudioCancel, cancel_as_client, cancel_as_studio, kept_now, mark_no_show},
        entity::{BookingState, booking},
    },
    ids::BookingId,
    money::{Currency, Money},
    report::{Explain, Kind},
    sales::{AskRefund, entity::refund, request_order_refund, rules::money_back::Entitlement},
};
use sea_orm::EntityTrait;

use super::{
    book, booked,
    deposits::{opened, paid},
    found, hold, house, member, minutes, nobody, offered, refusal, room, taken, terms, wish,
};
use crate::{
    books::{assert_proved, may},
    shop::Shop,
    support::on_each_database,
};

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

async fn client_cancels(shop: &Shop, id: BookingId, seen: i64) -> Result<booking::Model, BookingError> {
    cancel_as_client(&shop.services, &nobody(shop), id, euro(seen), "I have a cold").await
}

async fn studio_cancels(shop: &Shop, id: BookingId, by_client: bool) -> Result<booking::Model, BookingError> {
    cancel_as_studio(&shop.services, &house(shop), id, StudioCancel { note: "The console broke", by_client }).await
}

/// What has gone back, in minor units.
async fn given_back(shop: &Shop) -> Vec<i64> {
    shop.do_jobs().await;
    let rows = refund::Entity::find().all(&shop.services.db).await.unwrap();
    rows.into_iter().map(|row| row.amount_minor).collect()
}

#[tokio::test]
async fn until_the_deadline_a_client_cancels_for_nothing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let (booking, order) = paid(&shop, &room).await;
        // To the last moment of it.
        shop.clock.advance(booking.free_until - shop.services.env.now());
        assert_eq!(kept_now(&shop.services, &booking).await.unwrap(), euro(0));
        let cancelled = client_cancels(&shop, booking.id, 0).await.unwrap();
        assert_eq!((cancelled.state, cancelled.kept_minor, cancelled.sequence), (BookingState::Cancelled, Some(0), 1));
        assert_eq!(taken(&shop, room.id).await, 0);
        assert!(offered(&shop, &room, &[], "2026-12-03", 60).await.contains(&"14:00".to_owned()));
        assert_eq!(given_back(&shop).await, [3_000]);
        assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        assert_eq!(refusal(client_cancels(&shop, booking.id, 0).await).0, "BOOKING_STATE");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn after_the_deadline_what_was_told_is_kept() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let (booking, _) = paid(&shop, &room).await;
        shop.clock.advance(booking.free_until - shop.services.env.now() + Duration::seconds(1));
        assert_eq!(kept_now(&shop.services, &booking).await.unwrap(), euro(1_500));
        let surprised = client_cancels(&shop, booking.id, 0).await;
        assert_eq!(refusal(surprised), ("KEPT_CHANGED", "seen".to_owned()), "nothing is kept that was not told");
        assert_eq!(found(&shop, booking.id).await.state, BookingState::Confirmed);
        let cancelled = client_cancels(&shop, booking.id, 1_500).await.unwrap();
        assert_eq!(cancelled.kept_minor, Some(1_500));
        assert_eq!(given_back(&shop).await, [1_500]);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_goes_back_already_is_neither_kept_nor_given_back_again() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let (booking, order) = paid(&shop, &room).await;
        let tx = shop.services.begin().await.unwrap();
        let a_third = AskRefund { amount: Some(euro(1_000)), reason: "a kindness", key: None };
        request_order_refund(&tx, &house(&shop), shop.studio, order, a_third).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        // Before it is with the gateway.
        shop.clock.advance(booking.free_until - shop.services.env.now() + Duration::seconds(1));
        assert_eq!(kept_now(&shop.services, &booking).await.unwrap(), euro(1_000), "half of what is left");
        assert_eq!(client_cancels(&shop, booking.id, 1_000).await.unwrap().kept_minor, Some(1_000));
        assert_eq!(given_back(&shop).await, [1_000, 1_000]);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_the_studio_calls_off_goes_back_whole() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let (booking, _) = paid(&shop, &room).await;
        shop.clock.advance(booking.free_until - shop.services.env.now() + Duration::hours(1));
        let engineer = member(&shop, Role::Engineer);
        let all = StudioCancel { note: "", by_client: false };
        let refused = cancel_as_studio(&shop.services, &engineer, booking.id, all).await.unwrap_err();
        assert_eq!(refused.explain().kind, Kind::Forbidden, "to give back what the terms would keep is a manager’s");
        let cancelled = studio_cancels(&shop, booking.id, false).await.unwrap();
        assert_eq!((cancelled.state, cancelled.kept_minor), (BookingState::Cancelled, Some(0)));
        assert_eq!(given_back(&shop).await, [3_000]);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_client_calls_off_by_telephone_is_settled_by_the_terms() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let (booking, _) = paid(&shop, &room).await;
        shop.clock.advance(booking.free_until - shop.services.env.now() + Duration::hours(1));
        assert_eq!(studio_cancels(&shop, booking.id, true).await.unwrap().kept_minor, Some(1_500));
        assert_eq!(given_back(&shop).await, [1_500]);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_does_not_come_pays_as_who_cancels_late() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let (booking, _) = paid(&shop, &room).await;
        let early = mark_no_show(&shop.services, &house(&shop), booking.id).await;
        assert_eq!(refusal(early).0, "NOT_BEGUN");
        shop.clock.advance(booking.starts_at - shop.services.env.now());
        assert_eq!(refusal(client_cancels(&shop, booking.id, 3_000).await).0, "BEGUN");
        let missed = mark_no_show(&shop.services, &house(&shop), booking.id).await.unwrap();
        assert_eq!((missed.state, missed.kept_minor), (BookingState::NoShow, Some(1_500)));
        assert_eq!(given_back(&shop).await, [1_500]);
        let again = mark_no_show(&shop.services, &house(&shop), booking.id).await;
        assert_eq!(refusal(again).0, "BOOKING_STATE");
        let block = domain::booking::commands::NewBooking {
            is_block: true,
            ..booked(&room, minutes("2026-12-05T13:00:00Z", 60))
        };
        let block = book(&shop, &house(&shop), &block).await.unwrap();
        let nobody_was_awaited = mark_no_show(&shop.services, &house(&shop), block.id).await;
        assert_eq!(refusal(nobody_was_awaited).0, "BOOKING_STATE");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_not_paid_owes_nothing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 120)).await.unwrap();
        let order = opened(&shop, held.id).await;
        let cancelled = client_cancels(&shop, held.id, 0).await.unwrap();
        assert_eq!((cancelled.state, cancelled.kept_minor), (BookingState::Cancelled, None));
        assert!(shop.gateway.is_expired(order), "its page is closed");
        assert_eq!((taken(&shop, room.id).await, given_back(&shop).await.len()), (0, 0));
        let unknown: BookingId = shop.services.env.id();
        assert_eq!(refusal(studio_cancels(&shop, unknown, false).await), ("NOT_FOUND", "booking".to_owned()));
        assert_proved(world).await;
    })
    .await;
}
