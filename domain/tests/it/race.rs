//! A thousand buyers race for one exclusive: one is charged, and everybody else is told why they were not.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    catalog::entity::{BeatState, beat},
    ids::{BeatId, OrderId},
    ledger::entity::{JournalKind, journal},
    licensing::{
        entity::{exclusive_claim, licence},
        terms::TierCode,
    },
    money::{Currency, Money},
    outbox::{Job, entity::job},
    ports::PaymentStanding,
    sales::{
        self, Settled,
        commands::claims,
        entity::{OrderState, PaymentState, order, payment, refund},
        queries,
    },
    services::Services,
};
use futures::{StreamExt, stream};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    books::assert_proved,
    shop::Shop,
    support::{World, on_each_database},
};

const BUYERS: usize = 1_000;

/// What each of them pays, in minor units.
const PRICE_MINOR: i64 = 90_000;

/// How many calls are served at the same moment: many more than there are connections, and few enough that none waits for one longer than the pool lets it.
const AT_ONCE: usize = 64;

/// How many orders are placed at the same moment, before the race.
const PLACED_AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_buyers_of_one_exclusive_one_is_charged_and_all_others_are_told_why() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let orders = held_orders(&shop, beat).await;

        let seats = Arc::new(Semaphore::new(AT_ONCE));
        let mut calls = JoinSet::new();
        for order in &orders {
            // Webhook and return page, at the same moment.
            for _ in 0..2 {
                calls.spawn(settle(shop.services.clone(), *order, Arc::clone(&seats)));
            }
        }
        let settled = calls.join_all().await;
        let let_go = settled.iter().filter(|settled| **settled == Settled::LetGo).count();
        assert_eq!(let_go, BUYERS - 1, "each loses once, however often they ask");
        // Every job comes once more, as after a crash, and those that nobody has done yet for the first time.
        shop.do_jobs().await;

        let winner = the_one_who_has_it(world, beat).await;
        assert!(orders.contains(&winner));
        check_losers(world, &shop, &orders, winner).await;
        check_gateway(&shop, &orders, winner);
        assert_proved(world).await;
    })
    .await;
}

/// Everybody's order, with the money for it held by their bank and nothing settled yet.
async fn held_orders(shop: &Shop, beat: BeatId) -> Vec<OrderId> {
    let orders = (0..BUYERS).map(|_| async move {
        let order = shop.order(&[(beat, TierCode::Exclusive)], PRICE_MINOR).await;
        shop.gateway.pay(order.id);
        order.id
    });
    stream::iter(orders).buffer_unordered(PLACED_AT_ONCE).collect().await
}

/// What a webhook or a return page does, and then the job that it wrote, while all the others are still at it.
async fn settle(services: Services, order: OrderId, seats: Arc<Semaphore>) -> Settled {
    let _seat = seats.acquire().await.unwrap();
    let settled = sales::settle_order(&services, order).await.unwrap();
    if matches!(settled, Settled::Capturing | Settled::LetGo) {
        let payments = queries::payments_of_orders(&services.db, &[order]).await.unwrap().remove(&order).unwrap();
        for payment in payments {
            if settled == Settled::Capturing {
                claims::capture_payment(&services, payment.id).await.unwrap();
            } else {
                claims::cancel_payment(&services, payment.id).await.unwrap();
            }
        }
    }
    settled
}

/// The one order to which claim, licence, payment and journal all belong.
async fn the_one_who_has_it(world: &World, sold: BeatId) -> OrderId {
    let claims = exclusive_claim::Entity::find().all(&world.db).await.unwrap();
    let licences = licence::Entity::find().all(&world.db).await.unwrap();
    let captured = payment::Entity::find().filter(payment::Column::State.eq(PaymentState::Captured));
    let captured = captured.all(&world.db).await.unwrap();
    let paid = order::Entity::find().filter(order::Column::State.eq(OrderState::Paid)).all(&world.db).await.unwrap();
    let journals = journal::Entity::find().all(&world.db).await.unwrap();
    let found = [claims.len(), licences.len(), captured.len(), paid.len(), journals.len()];
    assert_eq!(found, [1; 5], "one claim, licence, payment, order and journal");
    let winner = claims[0].order_id;
    assert_eq!((licences[0].order_id, captured[0].order_id, paid[0].id), (winner, winner, winner));
    assert_eq!((journals[0].order_id, journals[0].kind), (Some(winner), JournalKind::Sale));
    assert_eq!(captured[0].amount_minor, PRICE_MINOR);
    let row = beat::Entity::find_by_id(sold).one(&world.db).await.unwrap().unwrap();
    assert_eq!(row.state, BeatState::Sold);
    winner
}

/// Everybody else's order is closed with the reason, their payment given up, and the mail that tells them written, once.
async fn check_losers(world: &World, shop: &Shop, orders: &[OrderId], winner: OrderId) {
    let losers: BTreeSet<OrderId> = orders.iter().copied().filter(|order| *order != winner).collect();
    assert_eq!(losers.len(), BUYERS - 1);
    let closed =
        order::Entity::find().filter(order::Column::State.eq(OrderState::Expired)).all(&world.db).await.unwrap();
    for order in &closed {
        let reason = order.closed_reason.as_deref().unwrap_or_default();
        assert!(reason.contains("sold exclusively to somebody else"), "{}: {reason:?}", order.reference);
    }
    assert_eq!(closed.iter().map(|order| order.id).collect::<BTreeSet<_>>(), losers);
    let cancelled = payment::Entity::find().filter(payment::Column::State.eq(PaymentState::Cancelled));
    let cancelled = cancelled.all(&world.db).await.unwrap();
    assert_eq!(cancelled.len(), BUYERS - 1);
    assert_eq!(cancelled.iter().map(|payment| payment.order_id).collect::<BTreeSet<_>>(), losers);

    let told = job::Entity::find().filter(job::Column::Kind.eq("mail_closed")).all(&world.db).await.unwrap();
    assert_eq!(told.len(), BUYERS - 1, "nobody is told twice");
    let told = told.into_iter().map(|row| match serde_json::from_value(row.payload).unwrap() {
        Job::MailClosed { order } => order,
        other => panic!("{other:?}"),
    });
    assert_eq!(told.collect::<BTreeSet<_>>(), losers);
    // Nothing was charged, so nothing goes back.
    assert_eq!(refund::Entity::find().count(&world.db).await.unwrap(), 0);
    assert!(shop.gateway.refunds().is_empty());
}

/// What the gateway says of it: the winner's money collected, and of nobody else's a cent.
fn check_gateway(shop: &Shop, orders: &[OrderId], winner: OrderId) {
    for order in orders {
        let payment = shop.gateway.payment(*order);
        let expected = if *order == winner {
            (PaymentStanding::Captured, Money::new(PRICE_MINOR, shop.currency))
        } else {
            (PaymentStanding::Cancelled, Money::zero(shop.currency))
        };
        assert_eq!((payment.standing, payment.captured), expected, "{order}");
    }
}
