//! Transactions that are left before they have begun, and one that the disk has no room for.

use domain::{
    report::{Explain, Report, StoreError},
    store,
};
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

#[tokio::test]
async fn where_a_disk_was_full_there_is_writing_again() {
    let database = migrations::testing::sqlite().await;
    let db = store::connect_unsynced(&database.url, 1).await.unwrap();
    db.execute_unprepared("CREATE TABLE filled (bytes BLOB)").await.unwrap();
    let fill = "INSERT INTO filled (bytes) VALUES (zeroblob(1000000))";
    let tx = store::begin(&db).await.unwrap();
    // As many pages as there are, for this connection: what has no place on them finds the disk full.
    tx.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
    let full = StoreError::from(tx.execute_unprepared(fill).await.unwrap_err());
    assert_eq!(full.explain(), Report::no_room());
    drop(tx);
    let tx = store::begin(&db).await.unwrap();
    tx.execute_unprepared(fill).await.unwrap();
    tx.commit().await.unwrap();
    database.drop(db).await;
}
