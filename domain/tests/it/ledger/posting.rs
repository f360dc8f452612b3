//! Posting: once, balanced, and kept whole by the database itself.

use domain::{
    actor::{Actor, Ctx},
    ledger::{
        LedgerError,
        commands::post_reversal,
        entity::{AccountKind, JournalKind, account, entry, journal},
        queries,
        rules::JournalFault,
    },
    money::{Currency, Money},
    page::PageRequest,
    policy::Denied,
    store,
};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};

use super::{legs, post_alone, posting};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn posting_again_changes_nothing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let first = post_alone(world, &posting(&shop, "pi_1", legs(&shop, 1000))).await.unwrap();
        let again = post_alone(world, &posting(&shop, "pi_1", legs(&shop, 999))).await.unwrap();
        assert_eq!(again, first);
        post_alone(world, &posting(&shop, "pi_2", legs(&shop, 500))).await.unwrap();
        let balances = queries::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap();
        let minor: Vec<_> = balances.iter().map(|row| (row.account.kind, row.balance.minor)).collect();
        assert_eq!(minor, [(AccountKind::GatewayClearing, 1500), (AccountKind::Payable, -1500)]);
        let trial = queries::trial_balance(&world.db, &world.ctx, shop.studio).await.unwrap();
        assert_eq!(trial, [Money::zero(Currency::EUR)]);
        assert_eq!(queries::trial_balance_of_all(&world.db).await.unwrap(), trial);
    })
    .await;
}

#[tokio::test]
async fn a_reversal_is_exact_and_made_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let sale = post_alone(world, &posting(&shop, "pi_1", legs(&shop, 1000))).await.unwrap();
        for _ in 0..2 {
            let tx = store::begin(&world.db).await.unwrap();
            post_reversal(&tx, &world.ctx, &sale, JournalKind::Refund, "given back").await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(journal::Entity::find().count(&world.db).await.unwrap(), 2);
        let balances = queries::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap();
        assert!(balances.iter().all(|row| row.balance.minor == 0));
    })
    .await;
}

#[tokio::test]
async fn the_same_posting_from_many_sides_stands_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let many = (0..16).map(|_| {
            let posting = posting(&shop, "pi_1", legs(&shop, 1000));
            async move { post_alone(world, &posting).await.unwrap().id }
        });
        let ids = futures::future::join_all(many).await;
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(journal::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_eq!(entry::Entity::find().count(&world.db).await.unwrap(), 2);
        assert_eq!(account::Entity::find().count(&world.db).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_keeps_the_books_whole() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        post_alone(world, &posting(&shop, "pi_1", legs(&shop, 1000))).await.unwrap();
        for table in ["entries", "journals", "accounts"] {
            let column = if table == "entries" { "currency" } else { "studio_id" };
            for statement in [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")] {
                let error = world.db.execute_unprepared(&statement).await.unwrap_err();
                assert!(error.to_string().contains("append-only"), "{statement}: {error}");
            }
        }
        let unbalanced = "INSERT INTO journals (id, studio_id, kind, source, external_id, reference, memo, posted_at)
                          SELECT $id, studio_id, 'sale', 'test', 'pi_9', 'LL-X', 'x', posted_at FROM journals";
        let one_leg = "INSERT INTO entries (id, journal_id, account_id, amount_minor, currency)
                       SELECT $id, $id, id, 5, currency FROM accounts";
        let id = if store::is_postgres(&world.db) {
            "'01935a8e-7b4c-7def-8123-456789abcdef'"
        } else {
            "x'01935a8e7b4c7def8123456789abcdef'"
        };
        let tx = store::begin(&world.db).await.unwrap();
        tx.execute_unprepared(&format!("{} WHERE kind = 'payable'", one_leg.replace("$id", id))).await.unwrap();
        let error = tx.execute_unprepared(&unbalanced.replace("$id", id)).await.unwrap_err();
        assert!(error.to_string().contains("sum to zero"), "{error}");
        tx.rollback().await.unwrap();
        let closed = "INSERT INTO entries (id, journal_id, account_id, amount_minor, currency)
                      SELECT $id, (SELECT id FROM journals), id, 5, currency FROM accounts WHERE kind = 'payable'";
        let error = world.db.execute_unprepared(&closed.replace("$id", id)).await.unwrap_err();
        assert!(error.to_string().contains("closed"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_balance_is_refused_before_the_database_is_asked() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut uneven = legs(&shop, 1000);
        uneven[0].amount_minor = 999;
        let error = post_alone(world, &posting(&shop, "pi_1", uneven)).await.unwrap_err();
        assert!(matches!(error, LedgerError::Fault(JournalFault::Unbalanced { sum_minor: -1 })));
        assert_eq!(journal::Entity::find().count(&world.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn only_who_may_sees_the_books() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        post_alone(world, &posting(&shop, "pi_1", legs(&shop, 1000))).await.unwrap();
        let stranger = Ctx::new(Actor::Anonymous, world.ctx.env.clone());
        let refused = queries::list_balances(&world.db, &stranger, shop.studio, None).await;
        assert!(matches!(refused, Err(LedgerError::Denied(Denied::Unauthenticated))));
        let manager = world.as_actor(shop.manager());
        let page = queries::list_journals(&world.db, &manager, shop.studio, PageRequest::default()).await.unwrap();
        let entries = queries::entries_of_journals(&world.db, &[page.rows[0].id]).await.unwrap();
        let amounts: Vec<_> = entries[&page.rows[0].id].iter().map(|row| row.entry.amount_minor).collect();
        assert_eq!(amounts, [1000, -1000]);
    })
    .await;
}
