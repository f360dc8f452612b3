//! Everything at once on few payees: nobody waits in a circle, nothing is lost, and nobody is owed less than nothing.

use domain::{
    ledger::{
        LedgerError,
        commands::{Undone, book_payout, book_payout_undone, book_refund, fold_balances, lose_dispute, open_dispute},
        queries,
        rules::{JournalFault, payout::PaidFrom},
    },
    money::Currency,
    report::Explain,
};

use super::{alone, assert_proved, event, sell};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// What of a sale is sold, paid out, disputed, lost and given back by one of many at the same time.
async fn live_through(world: &World, shop: &Shop, n: usize) {
    let id = |what: &str| format!("{what}_{n}");
    let sale = sell(world, shop, &id("pi"), 1_000 + i64::try_from(n).unwrap(), 31).await;
    let payee = shop.makers[n % 2];
    let paid = alone(world, async |tx, ctx| {
        book_payout(tx, ctx, event(shop, &id("po")), payee, 150, PaidFrom::Gateway { fee_minor: 1 }).await
    });
    let paid = fine(paid.await);
    let opened = alone(world, async |tx, ctx| open_dispute(tx, ctx, event(shop, &id("dp")), sale, 400, 15).await);
    let opened = opened.await.unwrap().id;
    alone(world, async |tx, ctx| book_refund(tx, ctx, event(shop, &id("re")), sale, 300, 0).await).await.unwrap();
    alone(world, async |tx, ctx| lose_dispute(tx, ctx, event(shop, &id("dp")), opened, 0).await).await.unwrap();
    if let Some(paid) = paid.filter(|_| n.is_multiple_of(3)) {
        let back = alone(world, async |tx, ctx| {
            book_payout_undone(tx, ctx, event(shop, &id("po")), paid.id, Undone::Failed, 0).await
        });
        back.await.unwrap();
    }
}

/// What is owed may have been taken by another meanwhile; nothing else may go wrong.
fn fine<T>(done: Result<T, LedgerError>) -> Option<T> {
    match done {
        Ok(done) => Some(done),
        Err(LedgerError::Fault(JournalFault::BeyondOwed { .. })) => None,
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn everything_at_once_on_two_payees_ends_in_order() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let folds = async {
            for _ in 0..10 {
                // A fold that does not get its moment is left for the next round.
                if let Err(error) = fold_balances(&world.db, &world.ctx).await {
                    assert!(error.explain().kind.is_ours(), "{error:?}");
                }
                tokio::task::yield_now().await;
            }
        };
        let all = futures::future::join_all((0..24).map(|n| live_through(world, &shop, n)));
        futures::join!(all, folds);
        for payee in queries::list_payees(&world.db, &world.ctx, shop.studio, None).await.unwrap() {
            assert!(payee.owed.minor >= 0 && payee.due.minor >= 0 && payee.suspended.minor == 0, "{payee:?}");
            assert!(payee.owed.minor == 0 || payee.due.minor == 0, "{payee:?}");
        }
        assert_proved(world).await;
    })
    .await;
}
