//! Transactions that are left before they have begun.

use domain::store;
use sea_orm::ConnectionTrait;

#[tokio::test]
async fn who_leaves_while_a_transaction_begins_leaves_none_open() {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let (one, other) = (
            store::connect_unsynced(&database.url, 1).await.unwrap(),
            store::connect_unsynced(&database.url, 1).await.unwrap(),
        );
        for polls in 1..12 {
            let mut begin = Box::pin(store::begin(&one));
            for _ in 0..polls {
                if futures::future::poll_immediate(&mut begin).await.is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(begin);
            // On the only connection, so in the transaction that was left open, were there one; then nobody else would see it.
            one.execute_unprepared(&format!("CREATE TABLE left_{polls} (id integer)")).await.unwrap();
            let seen = other.execute_unprepared(&format!("INSERT INTO left_{polls} (id) VALUES (1)")).await;
            assert!(seen.is_ok(), "after {polls} turns: {seen:?}");
        }
        drop(other);
        database.drop(one).await;
    }
}
