//! A debit that fails after days: its buyer pays again, by one checkout at a time.

use chrono::Duration;
use domain::{
    ids::OrderId,
    licensing::terms::TierCode,
    money::{Currency, Money},
    outbox::entity::job,
    ports::PaymentStanding,
    sales::{
        self, SalesError, Settled,
        entity::{OrderState, PaymentState, failed_checkout, order, payment},
    },
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use crate::{
    books::assert_proved,
    shop::Shop,
    support::{World, on_each_database},
};

const PRICE: Money = Money::new(3_000, Currency::EUR);

/// An order whose debit is on its way, and fails in an hour's time.
async fn failed(world: &World, shop: &Shop) -> OrderId {
    let beat = shop.beat("Night Drive", true).await;
    let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
    shop.gateway.stand(order, PRICE, PaymentStanding::Processing);
    assert_eq!(sales::settle_order(&shop.services, order).await.unwrap(), Settled::Processing);
    world.clock.advance(Duration::minutes(10));
    shop.gateway.stand(order, PRICE, PaymentStanding::Unpaid);
    order
}

#[tokio::test]
async fn a_debit_that_fails_can_be_paid_again_at_once_by_one_checkout() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = failed(world, &shop).await;
        let first = shop.found(order).await;
        // Webhook and return page at the same moment.
        let services = &shop.services;
        let (one, two) = futures::join!(sales::settle_order(services, order), sales::settle_order(services, order));
        assert!([one.unwrap(), two.unwrap()].contains(&Settled::PayAgain));
        let told = job::Entity::find().filter(job::Column::Kind.eq("mail_pay_again"));
        assert_eq!(told.count(&world.db).await.unwrap(), 1, "the buyer is told once");
        let kept = failed_checkout::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!((Some(kept.checkout_id), kept.order_id, kept.number), (first.checkout_id, order, 1));
        assert_eq!(sales::settle_order(services, order).await.unwrap(), Settled::Waiting);

        // The gateway of these tests lets no order have two that can be paid.
        let (one, two) = futures::join!(sales::open_checkout(services, order), sales::open_checkout(services, order));
        let url = one.unwrap();
        assert_eq!(two.unwrap(), url, "a second click is the same page");
        assert_ne!(Some(url), first.pay_url);
        shop.gateway.pay(order);
        assert_eq!(sales::settle_order(services, order).await.unwrap(), Settled::Granted);
        let payments = shop.gateway.payments(order);
        let captured = payments.iter().filter(|payment| payment.standing == PaymentStanding::Captured).count();
        assert_eq!((payments.len(), captured), (2, 1));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_told_late_of_a_failed_checkout_takes_no_place() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = failed(world, &shop).await;
        for _ in 0..2 {
            let late = shop.gateway.tell("checkout.session.async_payment_failed", order, world.ctx.env.now());
            sales::receive_event(&shop.services, &late).await.unwrap();
        }
        assert_eq!(shop.found(order).await.checkout_id, None, "it is not taken for one whose answer was lost");
        sales::open_checkout(&shop.services, order).await.unwrap();
        let opened = shop.found(order).await;
        assert!(opened.checkout_id.is_some());
        let moved = order::ActiveModel { checkout_id: Set(Some("cs_other".into())), ..opened.into_active_model() };
        assert!(moved.update(&world.db).await.is_err(), "the database lets an order have one that can be paid");
        shop.do_jobs().await;
        assert_eq!(shop.found(order).await.state, OrderState::AwaitingPayment);
    })
    .await;
}

#[tokio::test]
async fn the_time_to_pay_again_ends_too() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = failed(world, &shop).await;
        sales::settle_order(&shop.services, order).await.unwrap();
        world.clock.advance(Duration::hours(19));
        assert_eq!(sales::settle_order(&shop.services, order).await.unwrap(), Settled::Waiting);
        world.clock.advance(Duration::hours(1));
        let late = sales::open_checkout(&shop.services, order).await;
        assert!(matches!(late, Err(SalesError::OrderTooOld)));
        assert_eq!(shop.found(order).await.state, OrderState::Expired);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_sold_meanwhile_is_not_paid_again() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Day Walk", true).await;
        let mut orders = Vec::new();
        for _ in 0..2 {
            let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
            shop.gateway.stand(order, PRICE, PaymentStanding::Processing);
            orders.push(order);
        }
        // One has failed before the sale, the other fails after it.
        shop.gateway.stand(orders[0], PRICE, PaymentStanding::Unpaid);
        assert_eq!(sales::settle_order(&shop.services, orders[0]).await.unwrap(), Settled::PayAgain);
        shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await;
        shop.gateway.stand(orders[1], PRICE, PaymentStanding::Unpaid);
        let closed = sales::open_checkout(&shop.services, orders[0]).await;
        assert!(matches!(closed, Err(SalesError::OrderClosed(OrderState::Expired))));
        assert_eq!(sales::settle_order(&shop.services, orders[1]).await.unwrap(), Settled::Expired);
        for order in orders {
            let row = shop.found(order).await;
            assert_eq!(row.state, OrderState::Expired);
            assert!(row.closed_reason.unwrap().contains("sold exclusively"));
        }
        let held = payment::Entity::find().filter(payment::Column::State.ne(PaymentState::Captured));
        assert_eq!(held.count(&world.db).await.unwrap(), 0);
        assert_proved(world).await;
    })
    .await;
}
