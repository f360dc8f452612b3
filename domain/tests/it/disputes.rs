//! Disputes: they suspend, a win restores, a loss takes, and what was given back meanwhile is booked when they are over.

use chrono::Duration;
use domain::{
    delivery::{
        commands::{Fetch, log_download},
        entity::deliverable,
        queries::find_download,
    },
    ids::OrderId,
    ledger::entity::{AccountKind, JournalKind, journal},
    licensing::terms::TierCode,
    money::{Currency, Money},
    outbox::entity::job,
    page::PageRequest,
    ports::DisputeStanding,
    sales::{
        self, SalesError,
        commands::{
            disputes::{answer_dispute, send_answer},
            reconcile::reconcile,
        },
        entity::{DisputeState, PaymentState, RefundState, dispute, payment, refund},
        evidence,
        proof::{DriftKind, prove_all},
        queries,
        rules::money_back::Entitlement,
    },
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    books::{assert_proved, balance, may},
    shop::Shop,
    support::{World, on_each_database},
};

async fn the_dispute(world: &World) -> dispute::Model {
    dispute::Entity::find().one(&world.db).await.unwrap().unwrap()
}

/// Hears of what became of an order's payment, twice.
async fn hear(world: &World, shop: &Shop, kind: &str, order: OrderId) {
    let told = shop.gateway.tell(kind, order, world.ctx.env.now());
    for _ in 0..2 {
        sales::receive_event(&shop.services, &told).await.unwrap();
    }
    shop.do_jobs().await;
}

async fn sold(shop: &Shop) -> OrderId {
    let beat = shop.beat("Night Drive", true).await;
    shop.sell(&[(beat, TierCode::Mp3)], 3_000).await.id
}

#[tokio::test]
async fn a_dispute_withholds_the_files_and_a_win_opens_them_again() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let until = world.ctx.env.now() + Duration::days(7);
        let owed = balance(world, &shop, AccountKind::Payable).await;
        let id = shop.gateway.dispute(order, 3_000, until);
        hear(world, &shop, "charge.dispute.created", order).await;
        let row = the_dispute(world).await;
        assert_eq!((row.state, row.evidence_by), (DisputeState::NeedsResponse, Some(until)));
        assert_eq!(may(world, &shop, order).await, Entitlement::Suspended);
        let file = deliverable::Entity::find().one(&world.db).await.unwrap().unwrap();
        let withheld = find_download(&world.db, file.id).await.unwrap_err();
        assert!(withheld.to_string().contains("disputed"), "{withheld}");
        assert_eq!(balance(world, &shop, AccountKind::Payable).await, 0);
        assert_eq!(balance(world, &shop, AccountKind::Disputed).await, 3_000);
        let mails = job::Entity::find().filter(job::Column::Kind.eq("mail_dispute"));
        assert_eq!(mails.count(&world.db).await.unwrap(), 1, "the studio is told once");
        assert_proved(world).await;

        shop.gateway.decide(order, &id, DisputeStanding::Won);
        hear(world, &shop, "charge.dispute.closed", order).await;
        assert_eq!(the_dispute(world).await.state, DisputeState::Won);
        let mails = job::Entity::find().filter(job::Column::Kind.eq("mail_decided"));
        assert_eq!(mails.count(&world.db).await.unwrap(), 1, "and how it was decided");
        assert_eq!(may(world, &shop, order).await, Entitlement::Stands);
        assert_eq!(balance(world, &shop, AccountKind::Payable).await, owed);
        assert_eq!(balance(world, &shop, AccountKind::GatewayFees).await, 87 + 1_500, "its fee stays");
        // What is told late changes nothing.
        shop.gateway.decide(order, &id, DisputeStanding::NeedsResponse);
        hear(world, &shop, "charge.dispute.updated", order).await;
        assert_eq!(the_dispute(world).await.state, DisputeState::Won);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_loss_ends_the_licence_and_takes_the_shares_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let until = world.ctx.env.now() + Duration::days(7);
        let id = shop.gateway.dispute(order, 3_000, until);
        hear(world, &shop, "charge.dispute.created", order).await;
        let refused = shop.give_back(shop.payment(order).await.id, Some(1)).await.unwrap_err();
        assert!(matches!(refused, SalesError::RefundDisputed { .. }), "what is disputed is not ours to give back");
        shop.gateway.decide(order, &id, DisputeStanding::Lost);
        hear(world, &shop, "charge.dispute.closed", order).await;
        assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        for kind in [AccountKind::Sales, AccountKind::Payable, AccountKind::Suspended, AccountKind::Disputed] {
            assert_eq!(balance(world, &shop, kind).await, 0, "{kind}");
        }
        let ends = journal::Entity::find().filter(journal::Column::Kind.eq(JournalKind::DisputeLost));
        assert_eq!(ends.count(&world.db).await.unwrap(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_dispute_over_a_part_that_is_lost_leaves_the_licence() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let id = shop.gateway.dispute(order, 1_000, world.ctx.env.now() + Duration::days(7));
        // Heard of for the first time when it is over.
        shop.gateway.decide(order, &id, DisputeStanding::Lost);
        hear(world, &shop, "charge.dispute.closed", order).await;
        assert_eq!(the_dispute(world).await.state, DisputeState::Lost);
        assert_eq!(may(world, &shop, order).await, Entitlement::Stands);
        assert_eq!(balance(world, &shop, AccountKind::Sales).await, -2_000);
        let rest = shop.give_back(shop.payment(order).await.id, None).await.unwrap();
        assert_eq!((rest.amount_minor, may(world, &shop, order).await), (2_000, Entitlement::Revoked));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_goes_back_while_it_is_disputed_is_booked_when_that_is_over() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let id = shop.gateway.dispute(order, 3_000, world.ctx.env.now() + Duration::days(7));
        hear(world, &shop, "charge.dispute.created", order).await;
        shop.gateway.refund_by_hand(order, 3_000);
        hear(world, &shop, "charge.refunded", order).await;
        let waiting = refund::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!(waiting.journal_id, None, "nothing of it is free to be given back");
        assert_eq!(may(world, &shop, order).await, Entitlement::Suspended);
        assert_proved(world).await;
        shop.gateway.decide(order, &id, DisputeStanding::Won);
        hear(world, &shop, "charge.dispute.closed", order).await;
        let booked = refund::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert!(booked.journal_id.is_some());
        assert_eq!(may(world, &shop, order).await, Entitlement::Revoked);
        assert_eq!(balance(world, &shop, AccountKind::Sales).await, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_carries_the_evidence_and_goes_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let file = deliverable::Entity::find().one(&world.db).await.unwrap().unwrap();
        let tx = shop.services.begin().await.unwrap();
        let fetch = Fetch { ip: "192.0.2.7".into(), user_agent: "curl".into(), range: None };
        log_download(&tx, &world.ctx, &file, &fetch).await.unwrap();
        tx.commit().await.unwrap();
        shop.gateway.dispute(order, 3_000, world.ctx.env.now() + Duration::days(7));
        hear(world, &shop, "charge.dispute.created", order).await;
        let row = the_dispute(world).await;
        let pack = evidence::gather(&world.db, &row).await.unwrap();
        assert_eq!((pack.consent.ip.as_deref(), pack.downloads.len(), pack.licences.len()), (Some("127.0.0.1"), 1, 1));
        let answer = async |statement: &str| {
            let tx = shop.services.begin().await.unwrap();
            let answered = answer_dispute(&tx, &world.ctx, shop.studio, row.id, statement).await;
            tx.commit().await.unwrap();
            answered
        };
        assert!(matches!(answer("  ").await, Err(SalesError::Statement)));
        answer("She has thanked us for it.").await.unwrap();
        assert!(matches!(answer("And again.").await, Err(SalesError::DisputeAnswered)));
        for _ in 0..2 {
            send_answer(&shop.services, row.id).await.unwrap();
        }
        let sent = shop.gateway.answers();
        assert_eq!(sent.len(), 1);
        assert!(sent[0].statement.starts_with("She has thanked us"));
        assert!(sent[0].access_log.contains("192.0.2.7"), "{}", sent[0].access_log);
        assert!(sent[0].product_description.contains("Night Drive"), "{}", sent[0].product_description);
        let row = the_dispute(world).await;
        assert_eq!(row.state, DisputeState::UnderReview);
        assert!(row.answered_at.is_some());
        let open = queries::list_disputes(&world.db, &world.ctx, shop.studio, true, PageRequest::default());
        assert_eq!(open.await.unwrap().rows.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn many_that_are_disputed_already_are_settled_at_once() {
    const ORDERS: usize = 12;
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let until = world.ctx.env.now() + Duration::days(7);
        let mut orders = Vec::new();
        for _ in 0..ORDERS {
            let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
            shop.gateway.pay(order);
            shop.gateway.dispute(order, 1_000, until);
            shop.gateway.refund_by_hand(order, 1);
            orders.push(order);
        }
        let services = &shop.services;
        let settled = futures::future::join_all(
            orders.iter().map(|order| async move { sales::settle_order(services, *order).await.unwrap() }),
        );
        assert!(settled.await.into_iter().all(|settled| settled == sales::Settled::Granted));
        let disputes = dispute::Entity::find().all(&world.db).await.unwrap();
        let refunds = refund::Entity::find().all(&world.db).await.unwrap();
        assert_eq!((disputes.len(), refunds.len()), (ORDERS, ORDERS), "none waited for another that waited for it");
        assert!(disputes.iter().all(|row| row.opened_journal.is_some()));
        assert!(refunds.iter().all(|row| row.journal_id.is_some()));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_stands_whatever_is_told_at_that_moment() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        shop.gateway.dispute(order, 3_000, world.ctx.env.now() + Duration::days(7));
        hear(world, &shop, "charge.dispute.created", order).await;
        let (row, payment) = (the_dispute(world).await, shop.payment(order).await.id);
        let (services, ctx, studio) = (&shop.services, &world.ctx, shop.studio);
        let told = (0..12).map(|_| async move { sales::sync_payment(services, payment).await.unwrap() });
        let answered = async {
            let tx = services.begin().await.unwrap();
            answer_dispute(&tx, ctx, studio, row.id, "She has thanked us for it.").await.unwrap();
            tx.commit().await.unwrap();
        };
        futures::future::join(futures::future::join_all(told), answered).await;
        let stands = the_dispute(world).await;
        assert_eq!(stands.statement.as_deref(), Some("She has thanked us for it."));
        assert!(stands.answer_requested_at.is_some());
        shop.do_jobs().await;
        assert_eq!(shop.gateway.answers().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_dispute_over_more_than_remains_is_told_by_the_proof() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        shop.give_back(shop.payment(order).await.id, Some(1_000)).await.unwrap();
        let id = shop.gateway.dispute(order, 3_000, world.ctx.env.now() + Duration::days(7));
        // Even when it is over, for its fee is in no journal.
        for standing in [DisputeStanding::NeedsResponse, DisputeStanding::Won] {
            shop.gateway.decide(order, &id, standing);
            hear(world, &shop, "charge.dispute.updated", order).await;
            let proof = prove_all(&world.db).await.unwrap();
            let drifts: Vec<_> = proof.drifts.iter().map(|drift| (drift.kind, drift.reference.as_str())).collect();
            assert_eq!(drifts, [(DriftKind::DisputeUnbooked, id.as_str())], "{standing:?}");
        }
    })
    .await;
}

/// Pays an order of 30.00 with a cent too little, so that all of it is owed back; the refund is not sent yet.
async fn owed_back(shop: &Shop) -> OrderId {
    let beat = shop.beat("Night Drive", true).await;
    let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await.id;
    shop.gateway.pay_amount(order, Money::new(2_999, Currency::EUR));
    sales::settle_order(&shop.services, order).await.unwrap();
    order
}

#[tokio::test]
async fn a_dispute_over_a_second_charge_is_booked_and_leaves_the_first_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let owed = balance(world, &shop, AccountKind::Payable).await;
        let again = shop.gateway.charge_again(order);
        let mut event = shop.gateway.tell("payment_intent.succeeded", order, world.ctx.env.now());
        (event.order, event.payment) = (Some(order), Some(again.clone()));
        sales::receive_event(&shop.services, &event).await.unwrap();
        let id = shop.gateway.dispute_payment(&again, 3_000, world.ctx.env.now() + Duration::days(7));
        event.id = "evt_disputed".into();
        event.kind = "charge.dispute.created".into();
        sales::receive_event(&shop.services, &event).await.unwrap();
        assert_eq!(may(world, &shop, order).await, Entitlement::Stands, "what was paid for is not in dispute");
        assert_eq!(balance(world, &shop, AccountKind::Payable).await, owed, "nor is anybody's share");
        assert_eq!(balance(world, &shop, AccountKind::Disputed).await, 3_000);
        assert_eq!(balance(world, &shop, AccountKind::RefundsDue).await, -3_000, "it is owed back still");
        assert_eq!(balance(world, &shop, AccountKind::GatewayClearing).await, 2 * (3_000 - 87) - 3_000 - 1_500);
        assert_proved(world).await;
        shop.do_jobs().await;
        assert_eq!(shop.gateway.refunds().len(), 0, "nothing is given back of what is disputed");

        shop.gateway.decide_payment(&again, &id, DisputeStanding::Lost);
        event.id = "evt_lost".into();
        event.kind = "charge.dispute.closed".into();
        for _ in 0..2 {
            sales::receive_event(&shop.services, &event).await.unwrap();
        }
        shop.do_jobs().await;
        assert_eq!(may(world, &shop, order).await, Entitlement::Stands);
        for kind in [AccountKind::Disputed, AccountKind::RefundsDue] {
            assert_eq!(balance(world, &shop, kind).await, 0, "{kind}");
        }
        let asked = refund::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!(asked.state, RefundState::Failed, "the bank was faster");
        let second = payment::Entity::find().filter(payment::Column::GatewayPayment.eq(again)).one(&world.db).await;
        assert_eq!(second.unwrap().unwrap().state, PaymentState::Refunded);
        assert_eq!(shop.gateway.refunds().len(), 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_owed_back_goes_back_when_its_dispute_is_won() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = owed_back(&shop).await;
        let id = shop.gateway.dispute(order, 2_999, world.ctx.env.now() + Duration::days(7));
        hear(world, &shop, "charge.dispute.created", order).await;
        world.clock.advance(Duration::minutes(11));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 0, "it waits");
        shop.gateway.decide(order, &id, DisputeStanding::Won);
        hear(world, &shop, "charge.dispute.closed", order).await;
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunding);
        assert_proved(world).await;
        world.clock.advance(Duration::minutes(11));
        assert_eq!(reconcile(&shop.services).await.unwrap().refunds, 1);
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunded);
        assert_eq!(balance(world, &shop, AccountKind::RefundsDue).await, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn of_what_is_owed_back_the_rest_goes_back_when_a_part_is_lost() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = owed_back(&shop).await;
        let id = shop.gateway.dispute(order, 1_000, world.ctx.env.now() + Duration::days(7));
        shop.gateway.decide(order, &id, DisputeStanding::Lost);
        sales::sync_payment(&shop.services, shop.payment(order).await.id).await.unwrap();
        assert_proved(world).await;
        shop.do_jobs().await;
        let mut refunds = refund::Entity::find().all(&world.db).await.unwrap();
        refunds.sort_by_key(|row| row.amount_minor);
        let stand: Vec<_> = refunds.iter().map(|row| (row.amount_minor, row.state)).collect();
        assert_eq!(stand, [(1_999, RefundState::Succeeded), (2_999, RefundState::Failed)]);
        assert_eq!(shop.payment(order).await.state, PaymentState::Refunded);
        assert_eq!(balance(world, &shop, AccountKind::RefundsDue).await, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_sent_again_is_the_same_whatever_happened_since() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        shop.gateway.dispute(order, 3_000, world.ctx.env.now() + Duration::days(7));
        hear(world, &shop, "charge.dispute.created", order).await;
        let row = the_dispute(world).await;
        let tx = shop.services.begin().await.unwrap();
        answer_dispute(&tx, &world.ctx, shop.studio, row.id, "She has thanked us for it.").await.unwrap();
        tx.commit().await.unwrap();
        shop.gateway.lose_answers(true);
        send_answer(&shop.services, row.id).await.unwrap_err();
        let file = deliverable::Entity::find().one(&world.db).await.unwrap().unwrap();
        let tx = shop.services.begin().await.unwrap();
        let fetch = Fetch { ip: "192.0.2.7".into(), user_agent: "curl".into(), range: None };
        log_download(&tx, &world.ctx, &file, &fetch).await.unwrap();
        tx.commit().await.unwrap();
        shop.gateway.lose_answers(false);
        send_answer(&shop.services, row.id).await.unwrap();
        assert!(the_dispute(world).await.answered_at.is_some());
        assert_eq!(shop.gateway.answers().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_decision_that_is_reversed_is_told_by_the_proof() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let order = sold(&shop).await;
        let id = shop.gateway.dispute(order, 3_000, world.ctx.env.now() + Duration::days(7));
        shop.gateway.decide(order, &id, DisputeStanding::Lost);
        hear(world, &shop, "charge.dispute.closed", order).await;
        assert_proved(world).await;
        shop.gateway.decide(order, &id, DisputeStanding::Won);
        hear(world, &shop, "charge.dispute.funds_reinstated", order).await;
        assert_eq!(the_dispute(world).await.state, DisputeState::Lost, "it is decided once");
        let proof = prove_all(&world.db).await.unwrap();
        let drifts: Vec<_> = proof.drifts.iter().map(|drift| drift.kind).collect();
        assert_eq!(drifts, [DriftKind::DisputeUnbooked]);
    })
    .await;
}
