//! Deposits: paid in time, too late, twice, and by banks that take their time.

use chrono::Duration;
use domain::{
    booking::{
        commands::{confirm_as_studio, open_deposit, tend},
        entity::{BookingState, booking},
        queries::{booking_of_order, deposits_of_bookings},
    },
    ids::{BookingId, OrderId},
    ledger::entity::AccountKind,
    licensing::entity::licence,
    money::{Currency, Money},
    ports::PaymentStanding,
    sales::{Settled, entity::OrderState, receipt::receipt, settle_order},
};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{found, hold, house, nobody, refusal, room, taken, terms, told, wish};
use crate::{
    books::{assert_proved, balance},
    shop::Shop,
    support::on_each_database,
};

/// The order by which a deposit is to be paid, with its page open.
pub(super) async fn opened(shop: &Shop, id: BookingId) -> OrderId {
    open_deposit(&shop.services, &nobody(shop), id).await.unwrap().unwrap();
    let orders = deposits_of_bookings(&shop.services.db, &[id]).await.unwrap().remove(&id).unwrap();
    *orders.last().unwrap()
}

/// A session of two hours whose deposit of 30 is paid.
pub(super) async fn paid(shop: &Shop, room: &domain::booking::entity::room::Model) -> (booking::Model, OrderId) {
    let held = hold(shop, &wish(room, "2026-12-03T13:00:00Z", 120)).await.unwrap();
    let order = opened(shop, held.id).await;
    shop.gateway.pay(order);
    assert_eq!(settle_order(&shop.services, order).await.unwrap(), Settled::Granted);
    (found(shop, held.id).await, order)
}

#[tokio::test]
async fn a_paid_deposit_confirms_and_is_the_studios() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 120)).await.unwrap();
        let url = open_deposit(&shop.services, &nobody(&shop), held.id).await.unwrap().unwrap();
        let order = opened(&shop, held.id).await;
        assert_eq!(open_deposit(&shop.services, &nobody(&shop), held.id).await.unwrap(), Some(url), "the same page");
        let request = shop.gateway.request(order);
        assert_eq!(request.total, Money::new(3_000, Currency::EUR));
        assert_eq!(request.lines[0].0, "Deposit: Room A at Nova Sound, 3 December 2026, 14:00 CET");

        shop.gateway.pay(order);
        assert_eq!(settle_order(&shop.services, order).await.unwrap(), Settled::Granted);
        let booking = found(&shop, held.id).await;
        assert_eq!((booking.state, booking.held_until), (BookingState::Confirmed, None));
        assert!(booking.party_id.is_some());
        assert_eq!(told(&shop, held.id).await, ["1 Client", "2 Client", "2 Studio"]);
        let row = shop.found(order).await;
        assert_eq!(
            (row.state, row.total_minor, row.buyer_email.as_str()),
            (OrderState::Paid, 3_000, "ada@example.com")
        );
        assert_eq!(booking_of_order(&world.db, order).await.unwrap(), Some(held.id));
        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 0, "it licenses nothing");
        assert_eq!(receipt(&world.db, &row).await.unwrap(), None);
        assert_eq!(balance(world, &shop, AccountKind::Sales).await, -3_000);
        assert_eq!(balance(world, &shop, AccountKind::Payable).await, 0, "nobody else has a part of it");
        assert_eq!(open_deposit(&shop.services, &nobody(&shop), held.id).await.unwrap(), None, "it is paid");
        assert_eq!(settle_order(&shop.services, order).await.unwrap(), Settled::Already(OrderState::Paid));
        shop.clock.advance(Duration::hours(1));
        assert_eq!(tend(&shop.services).await.unwrap(), 0, "what stands lapses no more");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_runs_out_closes_its_payment_and_late_money_goes_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 120)).await.unwrap();
        let order = opened(&shop, held.id).await;
        shop.clock.advance(Duration::minutes(30));
        let over = open_deposit(&shop.services, &nobody(&shop), held.id).await;
        assert_eq!(refusal(over).0, "HOLD_OVER");
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert!(shop.gateway.is_expired(order), "nobody can pay it any more");
        assert_eq!(shop.found(order).await.state, OrderState::Expired);
        assert_eq!((found(&shop, held.id).await.state, taken(&shop, room.id).await), (BookingState::Lapsed, 0));
        let bobs = domain::booking::commands::HoldSlot {
            email: "bob@example.com".into(),
            ..wish(&room, "2026-12-03T13:00:00Z", 120)
        };
        let bobs = hold(&shop, &bobs).await.unwrap();

        // The bank has let it through all the same.
        shop.gateway.pay(order);
        settle_order(&shop.services, order).await.unwrap();
        shop.do_jobs().await;
        assert_eq!(shop.gateway.refunds().len(), 1);
        assert_eq!(found(&shop, held.id).await.state, BookingState::Lapsed);
        assert_eq!(found(&shop, bobs.id).await.state, BookingState::Held, "nobody’s time is given away");
        assert_eq!(balance(world, &shop, AccountKind::Sales).await, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn while_a_bank_takes_its_time_the_hold_is_kept() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 120)).await.unwrap();
        let order = opened(&shop, held.id).await;
        shop.gateway.stand(order, Money::new(3_000, Currency::EUR), PaymentStanding::Processing);
        let opened = open_deposit(&shop.services, &nobody(&shop), held.id).await;
        assert_eq!(refusal(opened).0, "DEPOSIT_UNDER_WAY");
        shop.clock.advance(Duration::minutes(30));
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        let kept = found(&shop, held.id).await;
        assert_eq!(kept.held_until, Some(shop.services.env.now() + Duration::hours(12)));
        shop.gateway.pay(order);
        assert_eq!(settle_order(&shop.services, order).await.unwrap(), Settled::Granted);
        assert_eq!(found(&shop, held.id).await.state, BookingState::Confirmed);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_the_studio_confirms_itself_is_paid_no_more() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 120)).await.unwrap();
        let order = opened(&shop, held.id).await;
        for _ in 0..2 {
            let tx = shop.services.begin().await.unwrap();
            confirm_as_studio(&tx, &house(&shop), held.id).await.unwrap();
            shop.services.commit(tx).await.unwrap();
        }
        assert_eq!(told(&shop, held.id).await, ["1 Client", "2 Client"]);
        assert_eq!(found(&shop, held.id).await.deposit_minor, 0, "nobody is told that it is paid, or kept");
        // The client has just paid.
        shop.gateway.pay(order);
        shop.do_jobs().await;
        assert_eq!(shop.gateway.refunds().len(), 1, "what is not asked for goes back");
        assert_eq!(found(&shop, held.id).await.state, BookingState::Confirmed);
        assert_eq!(balance(world, &shop, AccountKind::Sales).await, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_silent_keeps_the_hold_until_it_answers() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 120)).await.unwrap();
        let order = opened(&shop, held.id).await;
        shop.gateway.fall_silent(true);
        shop.clock.advance(Duration::minutes(30));
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        assert_eq!(found(&shop, held.id).await.state, BookingState::Held);
        shop.gateway.fall_silent(false);
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!(shop.found(order).await.state, OrderState::Expired);
    })
    .await;
}
