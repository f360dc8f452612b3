//! What the program of the version before goes on writing while a new one takes its place.

use std::collections::BTreeMap;

use domain::store::Db;
use migrations::testing::TestDatabase;
use sea_orm::{ConnectionTrait, TransactionTrait};

use super::snapshot::texts;

/// Writes the rows of another SQLite database in place of those of this one, each table in the columns that it has there: the tables that do not take them, and
/// why. Triggers rest meanwhile, for they guard how rows come about one after the other; references are to be looked at afterwards.
pub(super) async fn written_as_before(
    db: &Db,
    before: &TestDatabase,
    tables: &BTreeMap<String, Vec<String>>,
) -> Vec<(String, String)> {
    let triggers = texts(db, "SELECT name FROM sqlite_schema WHERE type = 'trigger'", "name").await;
    let drops: Vec<String> = triggers.iter().map(|name| format!("DROP TRIGGER \"{name}\";")).collect();
    let file = before.url.trim_start_matches("sqlite://");
    let text = format!("PRAGMA foreign_keys = OFF; ATTACH '{file}' AS earlier; {}", drops.concat());
    db.execute_unprepared(&text).await.unwrap();
    let mut refused = Vec::new();
    for (table, columns) in tables {
        let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
        let names = names.join(", ");
        let tx = db.begin().await.unwrap();
        let text = format!(
            "DELETE FROM main.\"{table}\";
             INSERT INTO main.\"{table}\" ({names}) SELECT {names} FROM earlier.\"{table}\""
        );
        match tx.execute_unprepared(&text).await {
            Ok(_) => tx.commit().await.unwrap(),
            Err(why) => {
                tx.rollback().await.unwrap();
                refused.push((table.clone(), why.to_string()));
            }
        }
    }
    refused
}
