//! The reconciler alone reaches the state that messages reach.

use std::sync::atomic::Ordering;

use chrono::Duration;
use domain::{
    ids::OrderId,
    ledger::queries as ledger,
    licensing::terms::TierCode,
    money::{Currency, Money},
    ports::{DisputeStanding, PaymentStanding},
    sales::{
        self, Settled,
        commands::reconcile::reconcile,
        entity::{OrderState, PaymentState, dispute, gateway_event, order, payment, refund},
        proof::{DriftKind, prove, prove_all},
        queries,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait, QueryOrder};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// What a history came to, told so that two can be compared.
#[derive(Debug, PartialEq, Eq)]
struct State {
    orders: Vec<OrderState>,
    payments: Vec<(PaymentState, i64)>,
    refunds: Vec<(String, i64, bool)>,
    disputes: Vec<(String, bool, bool)>,
    balances: Vec<(String, Option<bool>, i64)>,
}

/// What buyers, banks and the dashboard do between two looks of the program.
fn act(shop: &Shop, orders: &[OrderId; 5], round: usize) {
    let gateway = &shop.gateway;
    let price = Money::new(3_000, Currency::EUR);
    let until = shop.services.env.now() + Duration::days(7);
    match round {
        0 => {
            gateway.pay(orders[0]);
            gateway.pay(orders[1]);
            gateway.stand(orders[2], price, PaymentStanding::Processing);
            gateway.expire(orders[3]);
            gateway.pay(orders[4]);
        }
        1 => {
            gateway.refund_by_hand(orders[0], 1_000);
            gateway.dispute(orders[1], 3_000, until);
            gateway.stand(orders[2], price, PaymentStanding::Captured);
        }
        2 => {
            gateway.refund_by_hand(orders[0], 2_000);
            let id = gateway.payment(orders[1]).disputes[0].id.clone();
            gateway.decide(orders[1], &id, DisputeStanding::Lost);
        }
        _ => {}
    }
}

async fn open_orders(shop: &Shop) -> [OrderId; 5] {
    let beat = shop.beat("Night Drive", true).await;
    let other = shop.beat("Day Walk", true).await;
    let mut orders = Vec::new();
    for _ in 0..4 {
        orders.push(shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id);
    }
    orders.push(shop.order(&[(other, TierCode::Exclusive)], 90_000).await.id);
    orders.try_into().unwrap()
}

async fn told(world: &World, shop: &Shop, orders: &[OrderId; 5]) -> State {
    let mut states = Vec::new();
    for order in orders {
        states.push(shop.found(*order).await.state);
    }
    let mut payments = Vec::new();
    for order in orders {
        let mut of_order = queries::payments_of_orders(&world.db, &[*order]).await.unwrap();
        let rows = of_order.remove(order).unwrap_or_default();
        payments.extend(rows.into_iter().map(|row| (row.state, row.amount_minor)));
    }
    let refunds = refund::Entity::find().order_by_asc(refund::Column::AmountMinor).all(&world.db).await.unwrap();
    let disputes = dispute::Entity::find().all(&world.db).await.unwrap();
    let balances = ledger::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap();
    let mut balances: Vec<_> = balances
        .into_iter()
        .filter(|row| row.balance.minor != 0)
        .map(|row| {
            let maker = row.account.party_id.map(|party| party == shop.makers[0]);
            (row.account.kind.word().to_owned(), maker, row.balance.minor)
        })
        .collect();
    balances.sort();
    State {
        orders: states,
        payments,
        refunds: refunds
            .into_iter()
            .map(|row| (row.state.word().to_owned(), row.amount_minor, row.journal_id.is_some()))
            .collect(),
        disputes: disputes
            .into_iter()
            .map(|row| (row.state.word().to_owned(), row.opened_journal.is_some(), row.closed_journal.is_some()))
            .collect(),
        balances,
    }
}

/// Every message arrives, twice and the later ones first.
async fn by_messages(world: &World) -> State {
    let shop = Shop::open(world, Currency::EUR).await;
    let orders = open_orders(&shop).await;
    for round in 0..3 {
        act(&shop, &orders, round);
        let kinds = ["checkout.session.completed", "charge.refunded", "charge.dispute.updated"];
        let now = world.ctx.env.now();
        let events: Vec<_> =
            orders.iter().flat_map(|order| kinds.map(|kind| shop.gateway.tell(kind, *order, now))).collect();
        for event in events.iter().rev().chain(&events) {
            sales::receive_event(&shop.services, event).await.unwrap();
        }
        shop.do_jobs().await;
        world.clock.advance(Duration::minutes(70));
    }
    told(world, &shop, &orders).await
}

/// No message arrives and no job of one is written; in the gateway's list they stand, or not even there.
async fn by_itself(world: &World, is_listed: bool) -> State {
    let shop = Shop::open(world, Currency::EUR).await;
    let orders = open_orders(&shop).await;
    for round in 0..3 {
        act(&shop, &orders, round);
        if is_listed {
            let kinds = ["checkout.session.completed", "charge.refunded", "charge.dispute.updated"];
            let now = world.ctx.env.now();
            for order in &orders {
                for kind in kinds {
                    shop.gateway.tell(kind, *order, now);
                }
            }
        }
        world.clock.advance(Duration::minutes(70));
        for order in queries::list_unsettled(&world.db, "test", world.ctx.env.now()).await.unwrap() {
            sales::settle_order(&shop.services, order).await.unwrap();
        }
        reconcile(&shop.services).await.unwrap();
        shop.do_jobs().await;
        if !is_listed {
            // Without the list it is the slow round that finds what became of payments.
            world.clock.advance(Duration::hours(25));
            reconcile(&shop.services).await.unwrap();
        }
    }
    told(world, &shop, &orders).await
}

#[tokio::test]
async fn with_messages_with_the_list_and_with_neither_all_ends_alike() {
    let states = std::sync::Mutex::new(Vec::new());
    on_each_database(async |world| {
        let state = by_messages(world).await;
        assert_eq!(state.orders[0..3], [OrderState::Paid; 3]);
        assert_eq!(state.orders[3..5], [OrderState::Expired, OrderState::Paid]);
        assert_eq!(state.refunds.len(), 2);
        assert!(prove_all(&world.db).await.unwrap().holds());
        states.lock().unwrap().push(state);
    })
    .await;
    for is_listed in [true, false] {
        on_each_database(async |world| {
            let state = by_itself(world, is_listed).await;
            let proof = prove_all(&world.db).await.unwrap();
            assert!(proof.holds(), "{proof:?}");
            states.lock().unwrap().push(state);
        })
        .await;
    }
    let states = states.into_inner().unwrap();
    for state in &states {
        assert_eq!(*state, states[0]);
    }
}

#[tokio::test]
async fn the_list_is_read_once_and_its_pages_are_turned() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        shop.gateway.pay(order.id);
        for _ in 0..5 {
            shop.gateway.tell("checkout.session.completed", order.id, world.ctx.env.now());
        }
        assert_eq!(reconcile(&shop.services).await.unwrap().events, 5);
        assert_eq!(shop.found(order.id).await.state, OrderState::Paid);
        assert_eq!(reconcile(&shop.services).await.unwrap().events, 0, "they are in the inbox");
        world.clock.advance(Duration::hours(1));
        assert_eq!(reconcile(&shop.services).await.unwrap().events, 0, "and not looked at any more");
        let heard = gateway_event::Entity::find().all(&world.db).await.unwrap();
        assert!(heard.iter().all(|event| event.deliveries == 1), "reading is no delivery");
    })
    .await;
}

#[tokio::test]
async fn a_second_charge_that_an_event_names_goes_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        let mut event = shop.gateway.tell("payment_intent.succeeded", order.id, world.ctx.env.now());
        event.order = Some(order.id);
        event.payment = Some(shop.gateway.charge_again(order.id));
        let received = sales::receive_event(&shop.services, &event).await.unwrap();
        assert_eq!(received.settled, Some(Settled::Already(OrderState::Paid)));
        assert_eq!(payment::Entity::find().count(&world.db).await.unwrap(), 2);
        shop.do_jobs().await;
        assert_eq!(shop.gateway.refunds().len(), 1);
        assert_eq!(shop.found(order.id).await.state, OrderState::Paid);
        let proof = prove_all(&world.db).await.unwrap();
        assert!(proof.holds(), "{proof:?}");
    })
    .await;
}

#[tokio::test]
async fn payments_that_fail_stand_in_nobodys_way() {
    /// As many as are looked at in one go.
    const FAILING: usize = 50;
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let mut orders = Vec::new();
        for _ in 0..=FAILING {
            let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
            shop.gateway.pay(order);
            sales::settle_order(&shop.services, order).await.unwrap();
            orders.push(order);
        }
        let last = orders.pop().unwrap();
        for order in &orders {
            shop.gateway.garble(*order);
        }
        world.clock.advance(Duration::hours(25));
        shop.gateway.dispute(last, 3_000, world.ctx.env.now() + Duration::days(7));
        for _ in 0..2 {
            reconcile(&shop.services).await.unwrap();
        }
        let dispute = dispute::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert!(dispute.opened_journal.is_some());
    })
    .await;
}

#[tokio::test]
async fn an_event_that_fails_does_not_keep_the_later_ones_waiting() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let paid = shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        let again = shop.gateway.charge_again(paid.id);
        shop.gateway.list_second("payment_intent.succeeded", paid.id, &again, world.ctx.env.now());
        shop.gateway.fall_silent_about_payment(&again);
        let later = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        shop.gateway.pay(later.id);
        shop.gateway.tell("checkout.session.completed", later.id, world.ctx.env.now());
        reconcile(&shop.services).await.unwrap_err();
        assert_eq!(shop.found(later.id).await.state, OrderState::Paid);
        // However late: what failed is read again.
        shop.gateway.fall_silent(false);
        world.clock.advance(Duration::hours(3));
        reconcile(&shop.services).await.unwrap();
        assert_eq!(payment::Entity::find().count(&world.db).await.unwrap(), 3, "the second charge is found");
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_hangs_is_asked_a_few_times_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        for _ in 0..10 {
            shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        }
        world.clock.advance(Duration::hours(25));
        shop.gateway.fall_silent(true);
        let before = shop.gateway.asked.load(Ordering::SeqCst);
        reconcile(&shop.services).await.unwrap_err();
        // Three payments, and the list of events.
        assert_eq!(shop.gateway.asked.load(Ordering::SeqCst) - before, 4);
    })
    .await;
}

#[tokio::test]
async fn what_the_gateway_does_not_know_ends_and_what_is_anothers_is_left_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let unknown = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        let anothers = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        shop.gateway.forget(unknown.id);
        let moved = order::ActiveModel { gateway: Set("other".into()), ..anothers.into_active_model() };
        moved.update(&world.db).await.unwrap();
        assert_eq!(sales::settle_order(&shop.services, unknown.id).await.unwrap(), Settled::Waiting);
        world.clock.advance(Duration::minutes(61));
        let unsettled = queries::list_unsettled(&world.db, "test", world.ctx.env.now()).await.unwrap();
        assert_eq!(unsettled, [unknown.id]);
        assert_eq!(sales::settle_order(&shop.services, unknown.id).await.unwrap(), Settled::Expired);
    })
    .await;
}

#[tokio::test]
async fn a_payment_beside_the_checkout_of_an_order_counts_for_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        for (paid_minor, state, payment_state) in
            [(3_000, OrderState::Paid, PaymentState::Captured), (2_999, OrderState::Refunded, PaymentState::Refunded)]
        {
            let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
            let beside = shop.gateway.charge_beside(order, Money::new(paid_minor, Currency::EUR));
            shop.gateway.list_second("payment_intent.succeeded", order, &beside, world.ctx.env.now());
            reconcile(&shop.services).await.unwrap();
            shop.do_jobs().await;
            assert_eq!(shop.found(order).await.state, state);
            assert_eq!(shop.payment(order).await.state, payment_state);
            assert!(shop.gateway.is_expired(order), "and nobody pays again by its page");
            let proof = prove_all(&world.db).await.unwrap();
            assert!(proof.holds(), "{proof:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_payment_beside_the_checkout_is_asked_for_again_until_a_claim_is_decided() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let exclusive = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await.id;
        let lease = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
        shop.gateway.pay(exclusive);
        assert_eq!(sales::settle_order(&shop.services, exclusive).await.unwrap(), Settled::Capturing);
        let beside = shop.gateway.charge_beside(lease, Money::new(3_000, Currency::EUR));
        let event = shop.gateway.list_second("payment_intent.succeeded", lease, &beside, world.ctx.env.now());
        assert!(sales::receive_event(&shop.services, &event).await.unwrap_err().is_transient(), "it is sent again");
        assert!(reconcile(&shop.services).await.unwrap_err().is_transient(), "and read again");
        assert_eq!(shop.found(lease).await.state, OrderState::AwaitingPayment);

        shop.gateway.refuse_capture(exclusive);
        shop.do_jobs().await;
        reconcile(&shop.services).await.unwrap();
        assert_eq!(shop.found(lease).await.state, OrderState::Paid);
        shop.do_jobs().await;
        assert!(shop.gateway.is_expired(lease), "and nobody pays again by its page");
        let proof = prove_all(&world.db).await.unwrap();
        assert!(proof.holds(), "{proof:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_held_beside_the_checkout_closes_its_page() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await.id;
        let now = world.ctx.env.now();
        let beside = shop.gateway.hold_beside(order, Money::new(90_000, Currency::EUR), now + Duration::days(7));
        let event = shop.gateway.list_second("payment_intent.amount_capturable_updated", order, &beside, now);
        sales::receive_event(&shop.services, &event).await.unwrap();
        shop.do_jobs().await;
        assert!(shop.gateway.is_expired(order));
        assert_eq!(shop.found(order).await.state, OrderState::Paid);
        assert_eq!(shop.payment(order).await.state, PaymentState::Captured);
        let proof = prove_all(&world.db).await.unwrap();
        assert!(proof.holds(), "{proof:?}");
    })
    .await;
}

#[tokio::test]
async fn a_payment_for_an_order_that_is_not_here_is_told_until_it_is_given_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let lost: OrderId = world.ctx.env.id();
        let payment = shop.gateway.charge_beside(lost, Money::new(3_000, Currency::EUR));
        shop.gateway.list_second("payment_intent.succeeded", lost, &payment, world.ctx.env.now());
        for _ in 0..2 {
            reconcile(&shop.services).await.unwrap();
            let proof = prove_all(&world.db).await.unwrap();
            let drifts: Vec<_> = proof.drifts.iter().map(|drift| (drift.kind, drift.reference.as_str())).collect();
            assert_eq!(drifts, [(DriftKind::PaymentUnmatched, payment.as_str())]);
        }
        assert!(prove(&world.db, &world.ctx, shop.studio).await.unwrap().holds(), "it is none of the studio's");
        assert_eq!(payment::Entity::find().count(&world.db).await.unwrap(), 0);
        shop.gateway.return_by_hand(&payment);
        // A refund's own object names no order.
        let mut told = shop.gateway.tell("charge.refunded", lost, world.ctx.env.now());
        told.payment = Some(payment);
        sales::receive_event(&shop.services, &told).await.unwrap();
        let proof = prove_all(&world.db).await.unwrap();
        assert!(proof.holds(), "{proof:?}");
    })
    .await;
}
