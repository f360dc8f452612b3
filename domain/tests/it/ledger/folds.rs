//! Folded balances: the same as unfolded ones, whenever and however often they are folded.

use domain::{
    ledger::{
        commands::fold::{fold_balances, fold_in_batches},
        entity::{account_fold, entry},
    },
    money::Currency,
    sales::proof::{DriftKind, prove_all},
    store,
};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};

use super::{assert_proved, books, sell};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn a_balance_is_what_was_folded_and_what_came_after() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        assert_eq!(fold_balances(&world.db, &world.ctx).await.unwrap(), 0);
        for n in 0..5 {
            sell(world, &shop, &format!("pi_{n}"), 1_000 + n, 29).await;
        }
        let before = books(world, &shop).await;
        assert_eq!(fold_balances(&world.db, &world.ctx).await.unwrap(), 6);
        assert_eq!(books(world, &shop).await, before);
        assert_eq!(fold_balances(&world.db, &world.ctx).await.unwrap(), 0, "nothing has come since");
        sell(world, &shop, "pi_9", 777, 7).await;
        let after = books(world, &shop).await;
        let folds = account_fold::Entity::find().all(&world.db).await.unwrap();
        assert!(folds.iter().all(|fold| !after.values().any(|minor| *minor == fold.balance_minor)), "the tail counts");
        assert_proved(world).await;
        fold_balances(&world.db, &world.ctx).await.unwrap();
        assert_eq!(books(world, &shop).await, after);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn folding_in_any_batches_broken_off_anywhere_and_at_once_comes_to_the_same() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        for n in 0..12 {
            sell(world, &shop, &format!("pi_{n}"), 1_000 + n, 29).await;
        }
        let whole = books(world, &shop).await;
        // Dropped wherever it stands after so many turns, as by a crash: each batch is there whole or not at all.
        for polls in 1..30 {
            let mut folding = Box::pin(fold_in_batches(&world.db, &world.ctx, 7));
            for _ in 0..polls {
                let turn = futures::future::poll_immediate(&mut folding).await;
                if turn.is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(folding);
            assert_eq!(books(world, &shop).await, whole, "after {polls} turns");
        }
        let many = (0..4).map(|n| fold_in_batches(&world.db, &world.ctx, 5 + n));
        let more = (20..28).map(|n| {
            let shop = &shop;
            async move { sell(world, shop, &format!("pi_{n}"), 500, 10).await }
        });
        let (folded, _) = futures::join!(futures::future::join_all(many), futures::future::join_all(more));
        assert!(folded.iter().all(Result::is_ok), "{folded:?}");
        assert_proved(world).await;
        fold_balances(&world.db, &world.ctx).await.unwrap();
        let last = entry::Entity::find().all(&world.db).await.unwrap().iter().map(|entry| entry.seq).max().unwrap();
        let folds = account_fold::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(folds.iter().map(|fold| fold.through_seq).max(), Some(last));
        assert_eq!(account_fold::Entity::find().count(&world.db).await.unwrap(), 6);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn numbers_that_were_given_and_not_used_are_passed_over() {
    on_each_database(async |world| {
        if !store::is_postgres(&world.db) {
            return;
        }
        let shop = Shop::open(world, Currency::EUR).await;
        sell(world, &shop, "pi_1", 1_000, 29).await;
        let burn = "SELECT nextval(pg_get_serial_sequence('entries', 'seq')) FROM generate_series(1, 40)";
        world.db.execute_unprepared(burn).await.unwrap();
        sell(world, &shop, "pi_2", 1_000, 29).await;
        let whole = books(world, &shop).await;
        let folding = fold_in_batches(&world.db, &world.ctx, 3);
        let folded = tokio::time::timeout(std::time::Duration::from_mins(1), folding).await;
        folded.expect("it comes to its end").unwrap();
        let last = entry::Entity::find().all(&world.db).await.unwrap().iter().map(|entry| entry.seq).max();
        let folds = account_fold::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(folds.iter().map(|fold| fold.through_seq).max(), last);
        assert_eq!(books(world, &shop).await, whole);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_balance_is_not_folded_backward_and_a_wrong_one_is_found() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        sell(world, &shop, "pi_1", 1_000, 29).await;
        fold_balances(&world.db, &world.ctx).await.unwrap();
        let error = world.db.execute_unprepared("UPDATE account_folds SET balance_minor = 0").await.unwrap_err();
        assert!(error.to_string().contains("forward"), "{error}");
        let forced = "UPDATE account_folds SET balance_minor = balance_minor + 1, through_seq = through_seq + 1";
        world.db.execute_unprepared(forced).await.unwrap();
        let proof = prove_all(&world.db).await.unwrap();
        assert_eq!(proof.drifts.iter().filter(|drift| drift.kind == DriftKind::FoldWrong).count(), 6);
    })
    .await;
}
