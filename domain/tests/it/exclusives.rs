//! Exclusives: held first, claimed by one, collected from that one alone.

use chrono::Duration;
use domain::{
    catalog::{
        CatalogError,
        entity::{BeatState, beat},
        publish_beat,
    },
    ids::BeatId,
    ledger::{entity::AccountKind, queries as ledger},
    licensing::{
        entity::{exclusive_claim, exclusive_end, licence},
        queries::effective_tiers,
        terms::TierCode,
    },
    money::{Currency, Money},
    outbox::entity::job,
    ports::{Capture, DisputeStanding, PaymentStanding, RefundStanding},
    sales::{
        self, Settled,
        commands::{
            claims::{self, sweep_claims},
            reconcile::reconcile,
        },
        entity::{OrderState, PaymentState, RefundState, payment, refund},
        proof::{DriftKind, prove_all},
        rules::money_back::Entitlement,
    },
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use crate::{
    books::{assert_proved, may},
    shop::Shop,
    support::{World, on_each_database},
};

async fn jobs(world: &World, kind: &str) -> u64 {
    job::Entity::find().filter(job::Column::Kind.eq(kind)).count(&world.db).await.unwrap()
}

async fn beat_state(world: &World, id: BeatId) -> BeatState {
    beat::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap().state
}

#[tokio::test]
async fn two_are_held_one_is_charged_and_the_other_is_told() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let first = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        let second = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        let looking = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        assert_eq!(shop.gateway.request(first.id).capture, Capture::Later);
        for order in [&first, &second] {
            shop.gateway.pay(order.id);
        }
        assert_eq!(sales::settle_order(&shop.services, first.id).await.unwrap(), Settled::Capturing);
        assert_eq!(sales::settle_order(&shop.services, first.id).await.unwrap(), Settled::Capturing, "asked again");
        assert_eq!(sales::settle_order(&shop.services, second.id).await.unwrap(), Settled::LetGo);
        assert_eq!((jobs(world, "capture_payment").await, jobs(world, "cancel_payment").await), (1, 1));
        let told = shop.found(second.id).await.closed_reason.unwrap();
        assert!(told.contains("is being sold"), "nobody is told that it is sold before it is paid for: {told}");
        assert_eq!(beat_state(world, beat).await, BeatState::Published, "withdrawn when it is paid, not before");
        assert_proved(world).await;
        shop.do_jobs().await;

        assert_eq!(shop.found(first.id).await.state, OrderState::Paid);
        assert_eq!(shop.payment(first.id).await.state, PaymentState::Captured);
        assert_eq!(beat_state(world, beat).await, BeatState::Sold);
        let lost = shop.found(second.id).await;
        assert_eq!(lost.state, OrderState::Expired);
        assert!(lost.closed_reason.unwrap().contains("sold exclusively to somebody else"));
        assert_eq!(shop.payment(second.id).await.state, PaymentState::Cancelled);
        assert_eq!(shop.gateway.payment(second.id).captured, Money::zero(Currency::EUR), "nothing was charged");
        // Whoever only looked cannot pay any more, and is told too.
        assert!(shop.gateway.is_expired(looking.id));
        let closed = shop.found(looking.id).await;
        assert_eq!(closed.state, OrderState::Expired);
        assert!(closed.closed_reason.unwrap().contains("sold exclusively"));
        assert_eq!((jobs(world, "mail_closed").await, jobs(world, "mail_refund").await), (2, 0));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn fifty_buyers_at_once_get_one_exclusive() {
    const BUYERS: usize = 50;
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let first = shop.beat("Night Drive", true).await;
        let work = beat::Entity::find_by_id(first).one(&world.db).await.unwrap().unwrap().work_id;
        let alternate = shop.beat_of(work, "Night Drive Instrumental", false).await;
        let mut orders = Vec::new();
        for n in 0..BUYERS {
            let beat = if n % 2 == 0 { first } else { alternate };
            let order = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
            shop.gateway.pay(order.id);
            orders.push(order.id);
        }
        // Each buyer is settled by webhook and return page at the same moment.
        let services = &shop.services;
        let settled = futures::future::join_all(
            orders
                .iter()
                .chain(&orders)
                .map(|order| async move { sales::settle_order(services, *order).await.unwrap() }),
        )
        .await;
        let count = |wanted| settled.iter().filter(|settled| **settled == wanted).count();
        assert_eq!(count(Settled::LetGo), BUYERS - 1);
        assert_eq!(count(Settled::Capturing) + count(Settled::Already(OrderState::Expired)), BUYERS + 1);
        assert_eq!((jobs(world, "capture_payment").await, jobs(world, "cancel_payment").await), (1, 49));
        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 0, "nothing is granted before it is paid");
        let row = beat::Entity::find_by_id(first).one(&world.db).await.unwrap().unwrap();
        assert_eq!(row.state, BeatState::Published, "nor is a beat withdrawn");
        shop.do_jobs().await;

        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_eq!(exclusive_claim::Entity::find().count(&world.db).await.unwrap(), 1);
        for beat in [first, alternate] {
            let row = beat::Entity::find_by_id(beat).one(&world.db).await.unwrap().unwrap();
            assert_eq!(row.state, BeatState::Sold);
        }
        let mut captured = 0;
        for order in &orders {
            let payment = shop.gateway.payment(*order);
            captured += usize::from(payment.standing == PaymentStanding::Captured);
            if payment.standing != PaymentStanding::Captured {
                assert_eq!(payment.standing, PaymentStanding::Cancelled);
                let closed = shop.found(*order).await;
                assert_eq!(closed.state, OrderState::Expired);
                assert!(closed.closed_reason.unwrap().contains("sold exclusively"));
            }
        }
        assert_eq!(captured, 1, "one is charged");
        assert_eq!((jobs(world, "mail_closed").await, jobs(world, "mail_refund").await), (49, 0));
        let cancelled = payment::Entity::find().filter(payment::Column::State.eq(PaymentState::Cancelled));
        assert_eq!(cancelled.count(&world.db).await.unwrap(), 49);
        let balances = ledger::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap();
        let of =
            |kind| -> i64 { balances.iter().filter(|row| row.account.kind == kind).map(|row| row.balance.minor).sum() };
        assert_eq!(of(AccountKind::Sales), -90_000);
        assert_eq!(of(AccountKind::GatewayClearing) + of(AccountKind::GatewayFees), 90_000);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_collected_lets_go_of_the_claim() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        let lease = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        shop.gateway.pay(order.id);
        shop.gateway.refuse_capture(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        let offers = async || effective_tiers(&world.db, shop.studio, &[beat]).await.unwrap().remove(&beat).unwrap();
        assert!(offers().await.is_empty(), "nothing of it is on sale while it is claimed");
        shop.do_jobs().await;

        let closed = shop.found(order.id).await;
        assert_eq!(closed.state, OrderState::Expired);
        assert!(closed.closed_reason.unwrap().contains("did not let us collect"));
        assert_eq!(shop.payment(order.id).await.state, PaymentState::Cancelled);
        assert_eq!(jobs(world, "mail_closed").await, 1);
        assert_eq!(exclusive_claim::Entity::find().count(&world.db).await.unwrap(), 0);
        assert!(!offers().await.is_empty(), "it is on sale again");
        // Nobody's pay page was closed for nothing.
        shop.gateway.pay(lease.id);
        assert_eq!(sales::settle_order(&shop.services, lease.id).await.unwrap(), Settled::Granted);
        shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await;
        assert_eq!(beat_state(world, beat).await, BeatState::Sold);
        assert_eq!(licence::Entity::find().count(&world.db).await.unwrap(), 2);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_was_let_go_of_before_it_was_heard_of_closes_the_order() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await.id;
        shop.gateway.stand(order, Money::new(90_000, Currency::EUR), PaymentStanding::Cancelled);
        assert_eq!(sales::settle_order(&shop.services, order).await.unwrap(), Settled::Expired);
        assert_eq!(shop.found(order).await.state, OrderState::Expired);
        assert_eq!((jobs(world, "mail_closed").await, jobs(world, "mail_pay_again").await), (1, 0));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_claim_whose_job_was_lost_is_found_by_comparing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (granted, idle) = (shop.beat("Night Drive", true).await, shop.beat("Day Walk", true).await);
        let order = shop.order(&[(granted, TierCode::Exclusive)], 90_000).await;
        shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        // Collected at the gateway by its own dashboard, and the other given up there.
        shop.gateway.stand(order.id, Money::new(90_000, Currency::EUR), PaymentStanding::Captured);
        let other = shop.order(&[(idle, TierCode::Exclusive)], 90_000).await;
        shop.gateway.pay(other.id);
        sales::settle_order(&shop.services, other.id).await.unwrap();
        shop.gateway.stand(other.id, Money::new(90_000, Currency::EUR), PaymentStanding::Cancelled);

        let now = world.ctx.env.now();
        assert_eq!(sweep_claims(&shop.services, now - Duration::minutes(5)).await.unwrap(), 0, "too early");
        world.clock.advance(Duration::minutes(10));
        assert_eq!(sweep_claims(&shop.services, now + Duration::minutes(5)).await.unwrap(), 2);
        assert_eq!(shop.found(order.id).await.state, OrderState::Paid);
        assert_eq!(shop.found(other.id).await.state, OrderState::Expired);
        assert_eq!(exclusive_claim::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_eq!(sweep_claims(&shop.services, now + Duration::minutes(5)).await.unwrap(), 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_late_failure_takes_nothing_from_a_paid_order() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await;
        let held = shop.payment(order.id).await;
        // The jobs of before come once more, and an event that says that the payment had failed.
        claims::capture_payment(&shop.services, held.id).await.unwrap();
        claims::cancel_payment(&shop.services, held.id).await.unwrap();
        let late = shop.gateway.tell("payment_intent.payment_failed", order.id, world.ctx.env.now());
        let received = sales::receive_event(&shop.services, &late).await.unwrap();
        assert_eq!(received.settled, Some(Settled::Already(OrderState::Paid)));
        assert_eq!(shop.found(order.id).await.state, OrderState::Paid);
        assert_eq!(shop.payment(order.id).await.state, PaymentState::Captured);
        assert_eq!(exclusive_claim::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_method_that_takes_days_is_waited_for() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let [slow, failing] =
            [shop.order(&[(beat, TierCode::Mp3)], 3_000).await, shop.order(&[(beat, TierCode::Mp3)], 3_000).await];
        let price = Money::new(3_000, Currency::EUR);
        for order in [&slow, &failing] {
            shop.gateway.stand(order.id, price, PaymentStanding::Processing);
            assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Processing);
        }
        world.clock.advance(Duration::days(3));
        assert_eq!(sales::settle_order(&shop.services, slow.id).await.unwrap(), Settled::Processing);
        shop.gateway.stand(slow.id, price, PaymentStanding::Captured);
        shop.gateway.stand(failing.id, price, PaymentStanding::Unpaid);
        assert_eq!(sales::settle_order(&shop.services, slow.id).await.unwrap(), Settled::Granted);
        assert_eq!(sales::settle_order(&shop.services, failing.id).await.unwrap(), Settled::PayAgain);
        assert_eq!(
            shop.gateway.payment(failing.id).standing,
            PaymentStanding::Unpaid,
            "nothing is held to be let go of"
        );
        world.clock.advance(Duration::hours(20));
        assert_eq!(sales::settle_order(&shop.services, failing.id).await.unwrap(), Settled::Expired);
        // And if it comes after all, it goes back.
        shop.gateway.stand(failing.id, price, PaymentStanding::Captured);
        let late = shop.gateway.tell("checkout.session.async_payment_succeeded", failing.id, world.ctx.env.now());
        sales::receive_event(&shop.services, &late).await.unwrap();
        shop.do_jobs().await;
        assert_eq!(shop.payment(failing.id).await.state, PaymentState::Refunded);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_second_hold_on_a_paid_order_is_let_go_of() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await;
        let mut again = shop.gateway.payment(order.id);
        again.id = "pi_again".into();
        let tx = shop.services.begin().await.unwrap();
        let until = world.ctx.env.now() + Duration::days(7);
        let settled = claims::record_authorisation(&tx, &world.ctx, order.id, &again, until).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(settled, Settled::LetGo);
        assert_eq!(shop.found(order.id).await.state, OrderState::Paid);
        assert_eq!((jobs(world, "cancel_payment").await, jobs(world, "mail_closed").await), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn who_pays_for_a_lease_while_a_claim_is_held_waits_for_its_end() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        for (title, is_refused) in [("Night Drive", true), ("Day Walk", false)] {
            let beat = shop.beat(title, true).await;
            let order = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
            let lease = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
            shop.gateway.pay(order.id);
            assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Capturing);
            shop.gateway.pay(lease.id);
            assert_eq!(sales::settle_order(&shop.services, lease.id).await.unwrap(), Settled::Queued);
            assert_eq!(shop.found(lease.id).await.state, OrderState::AwaitingPayment);
            if is_refused {
                shop.gateway.refuse_capture(order.id);
            }
            claims::capture_payment(&shop.services, shop.payment(order.id).await.id).await.unwrap();
            let expected = if is_refused { Settled::Granted } else { Settled::Refunding };
            assert_eq!(sales::settle_order(&shop.services, lease.id).await.unwrap(), expected);
            assert_proved(world).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_hold_whose_job_was_lost_is_let_go_of_by_the_reconciler() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let first = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        let second = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        for order in [&first, &second] {
            shop.gateway.pay(order.id);
            sales::settle_order(&shop.services, order.id).await.unwrap();
        }
        world.clock.advance(Duration::minutes(6));
        reconcile(&shop.services).await.unwrap();
        assert_eq!(shop.payment(first.id).await.state, PaymentState::Captured);
        assert_eq!(shop.payment(second.id).await.state, PaymentState::Cancelled);
        assert_eq!(shop.gateway.payment(second.id).standing, PaymentStanding::Cancelled);
        assert_proved(world).await;
    })
    .await;
}

async fn publish(world: &World, shop: &Shop, beat: BeatId) -> Result<(), CatalogError> {
    let tx = shop.services.begin().await.unwrap();
    publish_beat(&tx, &world.ctx, beat).await?;
    tx.commit().await.unwrap();
    Ok(())
}

#[tokio::test]
async fn an_exclusive_that_went_back_is_sold_anew_when_the_studio_says_so() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let work = beat::Entity::find_by_id(beat).one(&world.db).await.unwrap().unwrap().work_id;
        let alternate = shop.beat_of(work, "Night Drive Instrumental", false).await;
        let order = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await.id;
        let payment = shop.payment(order).await.id;
        assert!(matches!(publish(world, &shop, beat).await, Err(CatalogError::Sold)));
        assert!(
            exclusive_claim::Entity::delete_by_id(work).exec(&world.db).await.is_err(),
            "the database keeps the claim of a licence that stands"
        );
        shop.give_back(payment, Some(89_999)).await.unwrap();
        assert!(matches!(publish(world, &shop, beat).await, Err(CatalogError::Sold)), "a part is a courtesy");
        let last = shop.give_back(payment, None).await.unwrap();
        assert_eq!(beat_state(world, beat).await, BeatState::Sold, "withdrawn until the studio says otherwise");
        assert_eq!(exclusive_claim::Entity::find().count(&world.db).await.unwrap(), 1);

        publish(world, &shop, beat).await.unwrap();
        assert_eq!(beat_state(world, beat).await, BeatState::Published);
        assert_eq!(beat_state(world, alternate).await, BeatState::Sold, "each beat by itself");
        assert_eq!(exclusive_claim::Entity::find().count(&world.db).await.unwrap(), 0);
        let ended = exclusive_end::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!((ended.order_id, ended.work_id), (order, work), "what was is not forgotten");
        assert_proved(world).await;
        publish(world, &shop, alternate).await.unwrap();
        let second = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await;
        assert_eq!(second.state, OrderState::Paid);
        assert_eq!(exclusive_claim::Entity::find().one(&world.db).await.unwrap().unwrap().order_id, second.id);
        assert_eq!(beat_state(world, alternate).await, BeatState::Sold);
        assert_proved(world).await;

        // The refund comes back: the licence does not, and whoever paid for it is owed the money.
        shop.gateway.refund_stands(order, &last.gateway_refund.unwrap(), RefundStanding::Failed);
        sales::sync_payment(&shop.services, payment).await.unwrap();
        assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        assert_eq!(may(world, &shop, second.id).await, Entitlement::Stands);
        let proof = prove_all(&world.db).await.unwrap();
        assert_eq!(proof.drifts.iter().map(|drift| drift.kind).collect::<Vec<_>>(), [DriftKind::ExclusiveKept]);
        shop.give_back(payment, None).await.unwrap();
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_became_of_a_second_charge_says_nothing_of_an_exclusive_that_has_ended() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await.id;
        let payment = shop.payment(order).await.id;
        let again = shop.gateway.charge_again(order);
        let mut event = shop.gateway.tell("payment_intent.succeeded", order, world.ctx.env.now());
        (event.order, event.payment) = (Some(order), Some(again));
        sales::receive_event(&shop.services, &event).await.unwrap();
        shop.do_jobs().await;
        shop.give_back(payment, None).await.unwrap();
        publish(world, &shop, beat).await.unwrap();
        assert_proved(world).await;
        let failed = refund::Entity::update_many()
            .col_expr(refund::Column::State, Expr::value(RefundState::Failed))
            .filter(refund::Column::PaymentId.ne(payment));
        assert_eq!(failed.exec(&world.db).await.unwrap().rows_affected, 1);
        let proof = prove_all(&world.db).await.unwrap();
        let kinds: Vec<_> = proof.drifts.iter().map(|drift| drift.kind).collect();
        assert_eq!(kinds, [DriftKind::RefundAstray], "the price of the exclusive itself went back");
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_whose_refund_is_under_way_is_not_sold_anew() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await.id;
        let refund = shop.gateway.refund_by_hand(order, 90_000);
        shop.gateway.refund_stands(order, &refund, RefundStanding::Pending);
        let payment = shop.payment(order).await.id;
        sales::sync_payment(&shop.services, payment).await.unwrap();
        assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        assert!(matches!(publish(world, &shop, beat).await, Err(CatalogError::Sold)), "it may come back");
        shop.gateway.refund_stands(order, &refund, RefundStanding::Succeeded);
        sales::sync_payment(&shop.services, payment).await.unwrap();
        publish(world, &shop, beat).await.unwrap();
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_that_was_lost_in_a_dispute_is_sold_anew() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await.id;
        let id = shop.gateway.dispute(order, 90_000, world.ctx.env.now() + Duration::days(7));
        let payment = shop.payment(order).await.id;
        sales::sync_payment(&shop.services, payment).await.unwrap();
        assert!(matches!(publish(world, &shop, beat).await, Err(CatalogError::Sold)), "it may be won");
        shop.gateway.decide(order, &id, DisputeStanding::Lost);
        sales::sync_payment(&shop.services, payment).await.unwrap();
        publish(world, &shop, beat).await.unwrap();
        assert_eq!(shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await.state, OrderState::Paid);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_whose_loss_is_not_booked_is_not_sold_anew() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.sell(&[(beat, TierCode::Exclusive)], 90_000).await.id;
        let payment = shop.payment(order).await.id;
        shop.give_back(payment, Some(1_000)).await.unwrap();
        let id = shop.gateway.dispute(order, 90_000, world.ctx.env.now() + Duration::days(7));
        shop.gateway.decide(order, &id, DisputeStanding::Lost);
        sales::sync_payment(&shop.services, payment).await.unwrap();
        let refused = publish(world, &shop, beat).await;
        assert!(matches!(refused, Err(CatalogError::Sold)), "the books say that most of it is kept");
    })
    .await;
}
