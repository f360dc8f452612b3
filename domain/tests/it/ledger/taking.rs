//! Refunds, disputes and payouts: what is taken of a sale, and what its payees are owed, hold and owe.

use domain::{
    actor::Ctx,
    ids::JournalId,
    ledger::{
        LedgerError,
        commands::{
            Event, Undone, book_payout, book_payout_undone, book_refund, lose_dispute, open_dispute, win_dispute,
        },
        entity::{AccountKind, entry, journal},
        queries,
        rules::{JournalFault, payout::PaidFrom},
    },
    money::Currency,
    store,
};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};

use super::{alone, assert_proved, balance, books, event, sell};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn refund(
    world: &World,
    shop: &Shop,
    id: &str,
    sale: JournalId,
    minor: i64,
) -> Result<journal::Model, LedgerError> {
    alone(world, async |tx, ctx| book_refund(tx, ctx, event(shop, id), sale, minor, 0).await).await
}

async fn pay(world: &World, shop: &Shop, id: &str, maker: usize, minor: i64) -> Result<journal::Model, LedgerError> {
    let from = PaidFrom::Gateway { fee_minor: 0 };
    alone(world, async |tx, ctx| book_payout(tx, ctx, event(shop, id), shop.makers[maker], minor, from).await).await
}

#[tokio::test]
async fn refunds_in_parts_end_at_nothing_and_no_further() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let sale = sell(world, &shop, "pi_1", 1_001, 100).await;
        for (id, minor) in [("re_1", 1), ("re_2", 333), ("re_3", 333)] {
            refund(world, &shop, id, sale, minor).await.unwrap();
            // The gateway's event comes twice.
            refund(world, &shop, id, sale, minor).await.unwrap();
        }
        let remaining = queries::remaining_of_sale(&world.db, sale).await.unwrap();
        assert_eq!(remaining.iter().map(|at| at.live_minor).sum::<i64>(), 334);
        let beyond = refund(world, &shop, "re_4", sale, 335).await.unwrap_err();
        let expected = JournalFault::BeyondSale { amount_minor: 335, remaining_minor: 334 };
        assert!(matches!(beyond, LedgerError::Fault(fault) if fault == expected));
        refund(world, &shop, "re_5", sale, 334).await.unwrap();
        let left: Vec<_> = books(world, &shop).await.into_iter().collect();
        let (clearing, fees) = (AccountKind::GatewayClearing, AccountKind::GatewayFees);
        assert_eq!(left, [((clearing, None), -100), ((fees, None), 100)], "the gateway has kept its fee");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn many_refunds_at_once_take_no_more_than_there_is() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let sale = sell(world, &shop, "pi_1", 1_000, 29).await;
        let ids: Vec<String> = (0..16).map(|n| format!("re_{n}")).collect();
        let shop = &shop;
        let all = ids.iter().map(|id| async move { refund(world, shop, id, sale, 130).await.is_ok() });
        let done = futures::future::join_all(all).await;
        assert_eq!(done.iter().filter(|done| **done).count(), 7, "910 of 1000");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_is_told_the_same_at_the_same_time_books_it_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let shop = &shop;
        let sale = sell(world, shop, "pi_1", 1_000, 0).await;
        let other = sell(world, shop, "pi_2", 500, 0).await;
        // All that is owed, all that remains, and the one end of a dispute: the second finds nothing left to book, and what the first has booked.
        let paid = futures::future::join_all((0..4).map(|_| pay(world, shop, "po_1", 0, 750))).await;
        let given = futures::future::join_all((0..4).map(|_| refund(world, shop, "re_1", sale, 1_000))).await;
        let open = async |tx: &store::Tx, ctx: &Ctx| open_dispute(tx, ctx, event(shop, "dp_1"), other, 500, 15).await;
        let opened = futures::future::join_all((0..4).map(|_| alone(world, open))).await;
        let id = opened[0].as_ref().unwrap().id;
        let decide = async |tx: &store::Tx, ctx: &Ctx| lose_dispute(tx, ctx, event(shop, "dp_1"), id, 0).await;
        let lost = futures::future::join_all((0..4).map(|_| alone(world, decide))).await;
        for told in [paid, given, opened, lost] {
            let booked: Vec<_> = told.into_iter().map(|row| row.unwrap().id).collect();
            assert!(booked.iter().all(|id| *id == booked[0]), "{booked:?}");
        }
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn another_currency_and_anothers_sale_are_refused() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let sale = sell(world, &shop, "pi_1", 1_000, 0).await;
        let paid = pay(world, &shop, "po_1", 0, 500).await.unwrap().id;
        let dollars = |id| Event { currency: Currency::USD, ..event(&shop, id) };
        let given = alone(world, async |tx, ctx| book_refund(tx, ctx, dollars("re_1"), sale, 1, 0).await).await;
        let disputed = alone(world, async |tx, ctx| open_dispute(tx, ctx, dollars("dp_1"), sale, 1, 0).await).await;
        let back =
            alone(world, async |tx, ctx| book_payout_undone(tx, ctx, dollars("po_1"), paid, Undone::Failed, 0).await);
        for refused in [given, disputed, back.await] {
            assert!(matches!(refused, Err(LedgerError::OtherCurrency { .. })), "{refused:?}");
        }
        let elsewhere = Event { studio: world.ctx.env.id(), ..event(&shop, "re_1") };
        let given = alone(world, async |tx, ctx| book_refund(tx, ctx, elsewhere, sale, 1, 0).await).await;
        assert!(matches!(given, Err(LedgerError::NoJournal)));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_dispute_suspends_a_win_restores_and_it_ends_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let sale = sell(world, &shop, "pi_1", 1_000, 0).await;
        let before = books(world, &shop).await;
        let open = async |id| {
            alone(world, async |tx, ctx| open_dispute(tx, ctx, event(&shop, id), sale, 1_000, 15).await).await
        };
        let opened = open("dp_1").await.unwrap().id;
        assert_eq!(balance(world, &shop, AccountKind::Disputed, None).await, 1_000);
        let payees = queries::list_payees(&world.db, &world.ctx, shop.studio, None).await.unwrap();
        assert!(payees.iter().all(|payee| (payee.owed.minor, payee.suspended.minor, payee.due.minor) == (0, 500, 0)));
        assert!(matches!(
            pay(world, &shop, "po_1", 0, 1).await,
            Err(LedgerError::Fault(JournalFault::BeyondOwed { .. }))
        ));
        assert!(refund(world, &shop, "re_1", sale, 1).await.is_err(), "what is disputed is not given back as well");
        let win =
            async |id| alone(world, async |tx, ctx| win_dispute(tx, ctx, event(&shop, id), opened, -15).await).await;
        win("dp_1").await.unwrap();
        win("dp_1").await.unwrap();
        assert_eq!(books(world, &shop).await, before);
        let lost = alone(world, async |tx, ctx| lose_dispute(tx, ctx, event(&shop, "dp_1"), opened, 0).await).await;
        assert!(matches!(lost, Err(LedgerError::EndedAlready)));
        assert!(matches!(win("dp_9").await, Err(LedgerError::EndedAlready)));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_paid_out_and_lost_is_due_and_later_income_settles_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let first = Some(shop.makers[0]);
        let sale = sell(world, &shop, "pi_1", 1_000, 0).await;
        let paid = pay(world, &shop, "po_1", 0, 500).await.unwrap();
        assert_eq!(pay(world, &shop, "po_1", 0, 500).await.unwrap(), paid, "told twice");
        let opened =
            alone(world, async |tx, ctx| open_dispute(tx, ctx, event(&shop, "dp_1"), sale, 600, 15).await).await;
        let opened = opened.unwrap().id;
        alone(world, async |tx, ctx| lose_dispute(tx, ctx, event(&shop, "dp_1"), opened, 0).await).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::Receivable, first).await, 300);
        assert_eq!(balance(world, &shop, AccountKind::Payable, first).await, 0);
        assert_eq!(balance(world, &shop, AccountKind::Payable, Some(shop.makers[1])).await, -200);
        sell(world, &shop, "pi_2", 400, 0).await;
        assert_eq!(balance(world, &shop, AccountKind::Receivable, first).await, 100);
        sell(world, &shop, "pi_3", 400, 0).await;
        assert_eq!(balance(world, &shop, AccountKind::Receivable, first).await, 0);
        assert_eq!(balance(world, &shop, AccountKind::Payable, first).await, -100);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_payout_that_fails_is_owed_again_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        sell(world, &shop, "pi_1", 1_000, 0).await;
        let paid = pay(world, &shop, "po_1", 0, 500).await.unwrap();
        let undo = async |id, why| {
            alone(world, async |tx, ctx| book_payout_undone(tx, ctx, event(&shop, id), paid.id, why, 0).await).await
        };
        undo("po_1", Undone::Failed).await.unwrap();
        undo("po_1", Undone::Failed).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::Payable, Some(shop.makers[0])).await, -500);
        assert!(matches!(undo("po_1", Undone::Returned).await, Err(LedgerError::EndedAlready)));
        let by_hand = alone(world, async |tx, ctx| {
            book_payout(tx, ctx, event(&shop, "m_1"), shop.makers[0], 500, PaidFrom::Bank).await
        })
        .await;
        let by_hand = by_hand.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::Bank, None).await, -500);
        let back = async |tx: &store::Tx, ctx: &domain::actor::Ctx| {
            book_payout_undone(tx, ctx, event(&shop, "m_1"), by_hand.id, Undone::Returned, 0).await
        };
        alone(world, back).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::Bank, None).await, 0);
        let nobody = alone(world, async |tx, ctx| {
            book_payout(tx, ctx, event(&shop, "po_2"), world.ctx.env.id(), 1, PaidFrom::Bank).await
        })
        .await;
        assert!(matches!(nobody, Err(LedgerError::NoParty)));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_and_the_database_keeps_the_parts() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let sale = sell(world, &shop, "pi_1", 1_000, 0).await;
        let entries = entry::Entity::find().count(&world.db).await.unwrap();
        refund(world, &shop, "re_1", sale, 1_001).await.unwrap_err();
        assert!(matches!(refund(world, &shop, "re_2", world.ctx.env.id(), 1).await, Err(LedgerError::NoJournal)));
        assert_eq!(entry::Entity::find().count(&world.db).await.unwrap(), entries);
        for statement in ["UPDATE journal_parts SET live_minor = live_minor", "DELETE FROM journal_parts"] {
            let error = world.db.execute_unprepared(statement).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{error}");
        }
        let (id, other) = if store::is_postgres(&world.db) {
            ("'01935a8e-7b4c-7def-8123-456789abcdef'", "true")
        } else {
            ("x'01935a8e7b4c7def8123456789abcdef'", "1")
        };
        let closed = "INSERT INTO journal_parts SELECT journal_id, 99, sale_id, order_line_id, holder, party_id, 1, 0, share, holds_cent FROM journal_parts WHERE position = 0";
        let error = world.db.execute_unprepared(closed).await.unwrap_err();
        assert!(error.to_string().contains("closed"), "{error}");
        let beyond = format!("INSERT INTO journal_parts SELECT {id}, 0, sale_id, order_line_id, holder, party_id, -live_minor - 1, 0, share, {other} = {other} FROM journal_parts WHERE position = 0");
        let error = world.db.execute_unprepared(&beyond).await.unwrap_err();
        assert!(error.to_string().contains("no more is taken"), "{error}");
    })
    .await;
}
