//! Every row of every table as a line of text, to see what has changed.

use std::collections::BTreeSet;

use domain::store::{Db, is_postgres};
use sea_orm::{ConnectionTrait, Statement};

/// All rows, each under its table's name.
pub(super) async fn rows(db: &Db) -> BTreeSet<String> {
    let tables = if is_postgres(db) {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    };
    let mut rows = BTreeSet::new();
    for table in texts(db, tables).await {
        let line = if is_postgres(db) {
            "entry::text".to_owned()
        } else {
            let columns = texts(db, &format!("SELECT name FROM pragma_table_info('{table}')")).await;
            columns.iter().map(|column| format!("quote(\"{column}\")")).collect::<Vec<_>>().join(" || ',' || ")
        };
        let lines = texts(db, &format!("SELECT {line} FROM \"{table}\" AS entry")).await;
        rows.extend(lines.into_iter().map(|line| format!("{table}: {line}")));
    }
    rows
}

async fn texts(db: &Db, ask: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), ask)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Whether a line names one of these ids, each in 32 digits, in whichever form the database shows it.
pub(super) fn names_any(line: &str, digits: &BTreeSet<String>) -> bool {
    let plain: String = line.to_lowercase().chars().filter(|letter| *letter != '-').collect();
    digits.iter().any(|id| plain.contains(id.as_str()))
}
