//! Refunds: in part and whole, asked for here and made elsewhere, booked once each.

use std::sync::atomic::Ordering;

use chrono::Duration;
use domain::{
    actor::Actor,
    ids::{OrderId, StudioId},
    ledger::entity::{AccountKind, JournalKind, journal},
    licensing::terms::TierCode,
    money::{Currency, Money},
    outbox::entity::job,
    policy::Denied,
    ports::{GatewayError, RefundStanding},
    report::Explain,
    sales::{
        self, AskRefund, SalesError,
        commands::{
            reconcile::reconcile,
            refunds::{refund_payment, request_order_refund, request_refund},
        },
        entity::{PaymentState, RefundState, refund},
        proof::{DriftKind, prove_all},
        rules::money_back::Entitlement,
    },
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    books::{assert_proved, balance, may},
    shop::Shop,
    support::{World, on_each_database},
};

async fn journals(world: &World, kind: JournalKind) -> u64 {
    journal::Entity::find().filter(journal::Column::Kind.eq(kind)).count(&world.db).await.unwrap()
}

/// A lease sold for 30.00, of which the gateway has kept 0.87.
async fn sold(shop: &Shop) -> OrderId {
    let beat = shop.beat("Night Drive", true).await;
    shop.sell(&[(beat, TierCode::Mp3)], 3_000).await.id
}

#[tokio::test]
async fn parts_sum_to_the_whole_and_the_last_ends_the_licence() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let payment = shop.payment(order).await.id;
        for (minor, left) in [(1, 2_999), (1_000, 1_999)] {
            let refund = shop.give_back(payment, Some(minor)).await.unwrap();
            assert_eq!(refund.state, RefundState::Succeeded);
            assert_eq!(shop.payment(order).await.state, PaymentState::Captured);
            assert_eq!(may(world, &shop, order).await, Entitlement::Stands, "a part is a courtesy");
            assert_eq!(balance(world, &shop, AccountKind::Sales).await, -left);
            assert_proved(world).await;
        }
        let beyond = shop.give_back(payment, Some(2_000)).await.unwrap_err();
        assert_eq!(beyond.to_string(), "EUR 20.00 is more than the EUR 19.99 that can still be given back");
        let report = beyond.explain();
        assert_eq!((report.code, report.field.as_deref()), ("BEYOND_REST", Some("amount")));
        assert_eq!(shop.give_back(payment, None).await.unwrap().amount_minor, 1_999, "all that remains");
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunded);
        assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        for kind in [AccountKind::Sales, AccountKind::Payable, AccountKind::SplitsExpense] {
            assert_eq!(balance(world, &shop, kind).await, 0, "{kind}");
        }
        let again = shop.give_back(payment, Some(1)).await.unwrap_err();
        assert!(matches!(again, SalesError::NotRefundable(PaymentState::Refunded)));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_fee_that_the_gateway_keeps_is_not_booked_as_given_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        shop.gateway.keeps_fees.store(true, Ordering::SeqCst);
        let order = sold(&shop).await;
        shop.give_back(shop.payment(order).await.id, None).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::GatewayFees).await, 87);
        assert_eq!(balance(world, &shop, AccountKind::GatewayClearing).await, -87);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_for_twice_is_sent_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let amount = Some(Money::new(500, Currency::EUR));
        let ask = async |studio: StudioId, amount| {
            let tx = shop.services.begin().await.unwrap();
            let asked = AskRefund { amount, reason: "it clicks at 1:04", key: Some("form-1") };
            let refund = request_order_refund(&tx, &world.ctx, studio, order, asked).await;
            tx.commit().await.unwrap();
            refund
        };
        let first = ask(shop.studio, amount).await.unwrap();
        assert_eq!(ask(shop.studio, amount).await.unwrap().id, first.id);
        let other = ask(shop.studio, Some(Money::new(501, Currency::EUR))).await;
        assert!(matches!(other, Err(SalesError::KeyTaken)));
        assert!(matches!(ask(world.ctx.env.id(), amount).await, Err(SalesError::NoOrder)));
        // What is asked for is not there to be asked for again, sent or not.
        let rest = shop.give_back(shop.payment(order).await.id, Some(2_501)).await.unwrap_err();
        assert!(rest.to_string().contains("EUR 25.00 that can still"), "{rest}");
        for _ in 0..2 {
            refund_payment(&shop.services, first.id).await.unwrap();
        }
        assert_eq!(shop.gateway.refunds().len(), 1);
        // The gateway's own message about it books nothing more.
        let told = shop.gateway.tell("charge.refunded", order, world.ctx.env.now());
        sales::receive_event(&shop.services, &told).await.unwrap();
        shop.do_jobs().await;
        assert_eq!(journals(world, JournalKind::Refund).await, 1);
        let events = job::Entity::find().filter(job::Column::Kind.eq("sync_payment"));
        assert_eq!(events.count(&world.db).await.unwrap(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_may_not_gives_nothing_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let payment = shop.payment(order).await.id;
        let stranger = world.as_actor(Actor::Anonymous);
        let ask = AskRefund { amount: None, reason: "please", key: None };
        let tx = shop.services.begin().await.unwrap();
        let refused = request_refund(&tx, &stranger, payment, ask).await;
        assert!(matches!(refused, Err(SalesError::Denied(Denied::Unauthenticated))));
        let unsaid = request_refund(&tx, &world.ctx, payment, AskRefund { reason: " ", ..ask }).await;
        assert!(matches!(unsaid, Err(SalesError::RefundReason)));
        let dollars = AskRefund { amount: Some(Money::new(1, Currency::USD)), ..ask };
        assert!(matches!(
            request_refund(&tx, &world.ctx, payment, dollars).await,
            Err(SalesError::RefundCurrency { .. })
        ));
        tx.commit().await.unwrap();
        assert_eq!(refund::Entity::find().count(&world.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_refund_made_elsewhere_is_booked_and_ends_the_licence() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        shop.gateway.refund_by_hand(order, 1_000);
        shop.gateway.refund_by_hand(order, 2_000);
        for _ in 0..2 {
            let told = shop.gateway.tell("charge.refunded", order, world.ctx.env.now());
            sales::receive_event(&shop.services, &told).await.unwrap();
        }
        shop.do_jobs().await;
        let rows = refund::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.amount_minor).sum::<i64>(), 3_000);
        assert!(rows.iter().all(|row| row.journal_id.is_some() && row.requested_by.is_none()));
        assert_eq!(journals(world, JournalKind::Refund).await, 2);
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunded);
        assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn somebody_was_faster_in_the_dashboard() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let payment = shop.payment(order).await.id;
        shop.gateway.refund_by_hand(order, 3_000);
        // Asked for before we have heard of it: the gateway refuses, and we learn why.
        let ours = shop.give_back(payment, Some(1_000)).await.unwrap();
        assert_eq!(ours.state, RefundState::Failed);
        assert!(ours.failure.unwrap().contains("charge_already_refunded"));
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunded);
        assert_eq!(journals(world, JournalKind::Refund).await, 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_fails_is_taken_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let payment = shop.payment(order).await.id;
        let owed = balance(world, &shop, AccountKind::Payable).await;
        let refund = shop.give_back(payment, None).await.unwrap();
        assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        shop.gateway.refund_stands(order, &refund.gateway_refund.unwrap(), RefundStanding::Failed);
        for _ in 0..2 {
            sales::sync_payment(&shop.services, payment).await.unwrap();
        }
        assert_eq!(journals(world, JournalKind::RefundFailed).await, 1);
        assert_eq!(shop.payment(order).await.state, PaymentState::Captured);
        assert_eq!(may(world, &shop, order).await, Entitlement::Stands, "the money is there again");
        assert_eq!(balance(world, &shop, AccountKind::Payable).await, owed);
        assert_eq!(balance(world, &shop, AccountKind::Sales).await, -3_000);
        assert_proved(world).await;
        assert_eq!(shop.give_back(payment, None).await.unwrap().amount_minor, 3_000, "and can be given back anew");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_came_for_nothing_goes_back_whole() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        shop.gateway.pay_amount(order.id, Money::new(2_999, Currency::EUR));
        sales::settle_order(&shop.services, order.id).await.unwrap();
        let payment = shop.payment(order.id).await;
        assert_eq!(payment.state, PaymentState::Refunding);
        let kept = shop.give_back(payment.id, None).await.unwrap_err();
        assert!(matches!(kept, SalesError::NothingPaid), "it goes back already");
        shop.do_jobs().await;
        assert_eq!(shop.payment(order.id).await.state, PaymentState::Refunded);
        assert_eq!(balance(world, &shop, AccountKind::RefundsDue).await, 0);
        assert_eq!(shop.gateway.refunds().len(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn many_who_ask_at_once_get_no_more_than_there_is() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let payment = shop.payment(order).await.id;
        let (shop, all) = (&shop, 0..12);
        let done =
            futures::future::join_all(all.map(|_| async move { shop.give_back(payment, Some(400)).await.is_ok() }));
        assert_eq!(done.await.into_iter().filter(|done| *done).count(), 7, "2800 of 3000");
        assert_eq!(shop.gateway.refunds().len(), 7);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_whose_job_is_lost_is_sent_by_the_reconciler() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let payment = shop.payment(order).await.id;
        shop.gateway.fall_silent(true);
        shop.give_back(payment, Some(1_000)).await.unwrap_err();
        shop.gateway.fall_silent(false);
        world.clock.advance(Duration::minutes(5));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 0, "its job still tries");
        world.clock.advance(Duration::minutes(6));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 1);
        let row = refund::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!((row.state, row.journal_id.is_some()), (RefundState::Succeeded, true));
        world.clock.advance(Duration::minutes(11));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 0);
        assert_eq!(shop.gateway.refunds().len(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_owed_back_is_asked_for_anew_by_itself_when_it_failed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
        shop.gateway.pay_amount(order, Money::new(2_999, Currency::EUR));
        sales::settle_order(&shop.services, order).await.unwrap();
        shop.do_jobs().await;
        let payment = shop.payment(order).await.id;
        let first = refund::Entity::find().one(&world.db).await.unwrap().unwrap();
        shop.gateway.refund_stands(order, &first.gateway_refund.unwrap(), RefundStanding::Failed);
        sales::sync_payment(&shop.services, payment).await.unwrap();
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunding);
        assert_proved(world).await;
        world.clock.advance(Duration::hours(1));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 0, "not at once");
        world.clock.advance(Duration::hours(24));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 1);
        let made = refund::Entity::find().filter(refund::Column::State.eq(RefundState::Succeeded));
        assert_eq!(made.one(&world.db).await.unwrap().unwrap().amount_minor, 2_999);
        assert_eq!(refund::Entity::find().count(&world.db).await.unwrap(), 2);
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunded);
        assert_eq!(balance(world, &shop, AccountKind::RefundsDue).await, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn no_more_is_booked_as_given_back_than_was_owed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
        shop.gateway.pay_amount(order, Money::new(2_999, Currency::EUR));
        sales::settle_order(&shop.services, order).await.unwrap();
        shop.do_jobs().await;
        shop.gateway.refund_by_hand(order, 1_000);
        sales::sync_payment(&shop.services, shop.payment(order).await.id).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::RefundsDue).await, 0);
        let proof = prove_all(&world.db).await.unwrap();
        let drifts: Vec<_> = proof.drifts.iter().map(|drift| drift.kind).collect();
        assert_eq!(drifts, [DriftKind::RefundAstray], "nor is it silent");
    })
    .await;
}

async fn told(world: &World, kind: &str) -> u64 {
    job::Entity::find().filter(job::Column::Kind.eq(kind)).count(&world.db).await.unwrap()
}

#[tokio::test]
async fn a_refund_that_was_refused_is_made_when_it_is_tried_again() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
        shop.gateway.pay_amount(order, Money::new(2_999, Currency::EUR));
        sales::settle_order(&shop.services, order).await.unwrap();
        let id = refund::Entity::find().one(&world.db).await.unwrap().unwrap().id;
        shop.gateway.refuse_refunds(true);
        for _ in 0..2 {
            let refused = refund_payment(&shop.services, id).await.unwrap_err();
            assert!(matches!(refused, SalesError::Gateway(GatewayError::Refused { .. })));
        }
        let row = refund::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap();
        assert_eq!((row.state, row.refusals), (RefundState::Requested, 2));
        assert!(row.failure.unwrap().contains("insufficient_funds"), "the studio reads why");
        assert_eq!(told(world, "mail_refund_refused").await, 1, "and is told once");
        // Under the keys of before the gateway would say the same for a day.
        shop.gateway.refuse_refunds(false);
        world.clock.advance(Duration::minutes(11));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 0, "not by itself");
        refund_payment(&shop.services, id).await.unwrap();
        let row = refund::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap();
        assert_eq!((row.state, row.failure), (RefundState::Succeeded, None));
        assert_eq!(shop.gateway.refunds().len(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_was_refused_is_sent_again_after_a_day() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
        shop.gateway.pay_amount(order, Money::new(2_999, Currency::EUR));
        sales::settle_order(&shop.services, order).await.unwrap();
        let id = refund::Entity::find().one(&world.db).await.unwrap().unwrap().id;
        shop.gateway.refuse_refunds(true);
        refund_payment(&shop.services, id).await.unwrap_err();
        shop.gateway.refuse_refunds(false);
        world.clock.advance(Duration::hours(25));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 1);
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunded);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_is_given_money_back_is_told_once_and_whose_refund_fails_too() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        assert_eq!(told(world, "mail_sale").await, 1);
        let payment = shop.payment(order).await.id;
        let part = shop.give_back(payment, Some(1_000)).await.unwrap();
        for _ in 0..2 {
            sales::sync_payment(&shop.services, payment).await.unwrap();
        }
        assert_eq!((told(world, "mail_refunded").await, told(world, "mail_refund_refused").await), (1, 0));
        shop.gateway.refund_stands(order, &part.gateway_refund.unwrap(), RefundStanding::Failed);
        for _ in 0..2 {
            sales::sync_payment(&shop.services, payment).await.unwrap();
        }
        let failed = refund::Entity::find_by_id(part.id).one(&world.db).await.unwrap().unwrap();
        assert!(failed.failure.unwrap().contains("the money came back"));
        shop.gateway.refuse_refunds(true);
        let refused = shop.give_back(payment, None).await.unwrap();
        assert_eq!(refused.state, RefundState::Failed);
        assert_eq!((told(world, "mail_refunded").await, told(world, "mail_refund_refused").await), (1, 2));
        assert_proved(world).await;
    })
    .await;
}
