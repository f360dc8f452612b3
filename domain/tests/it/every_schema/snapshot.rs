//! All rows of all tables, and what of them is not there any more.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::store::{self, Db};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Map, Value};

type Row = Map<String, Value>;

/// The rows of each table.
pub(super) type Snapshot = BTreeMap<String, Vec<Row>>;

async fn ask(db: &Db, question: &str) -> Vec<sea_orm::QueryResult> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), question)).await.unwrap()
}

pub(super) async fn texts(db: &Db, question: &str, column: &str) -> Vec<String> {
    ask(db, question).await.iter().map(|row| row.try_get("", column).unwrap()).collect()
}

/// The tables, but for what the databases and the migrations note for themselves, with their columns.
pub(super) async fn columns(db: &Db) -> BTreeMap<String, Vec<String>> {
    let question = if store::is_postgres(db) {
        "SELECT table_name::text AS of_table, column_name::text AS name FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> 'seaql_migrations' ORDER BY table_name, ordinal_position"
    } else {
        "SELECT tables.name AS of_table, columns.name AS name
         FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%' AND tables.name <> 'seaql_migrations'
         ORDER BY tables.name, columns.cid"
    };
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for row in ask(db, question).await {
        let (table, column) = (row.try_get("", "of_table").unwrap(), row.try_get("", "name").unwrap());
        found.entry(table).or_default().push(column);
    }
    found
}

/// All rows, each told by the database itself as JSON.
pub(super) async fn snapshot(db: &Db) -> Snapshot {
    let columns = columns(db).await;
    let select = |(table, columns): (&String, &Vec<String>)| {
        if store::is_postgres(db) {
            return format!("SELECT '{table}' AS of_table, to_jsonb(whole)::text AS told FROM \"{table}\" AS whole");
        }
        let field = |name: &String| format!("'{name}', iif(typeof(\"{name}\") = 'blob', hex(\"{name}\"), \"{name}\")");
        let fields: Vec<String> = columns.iter().map(field).collect();
        format!("SELECT '{table}' AS of_table, json_object({}) AS told FROM \"{table}\"", fields.join(", "))
    };
    let selects: Vec<String> = columns.iter().map(select).collect();
    let mut found: Snapshot = columns.into_keys().map(|table| (table, Vec::new())).collect();
    for row in ask(db, &selects.join(" UNION ALL ")).await {
        let (table, told): (String, String) = (row.try_get("", "of_table").unwrap(), row.try_get("", "told").unwrap());
        found.get_mut(&table).unwrap().push(serde_json::from_str(&told).unwrap());
    }
    found
}

/// What of some rows is not there any more: a table (`*`), a column that is gone or has other values, or rows whose columns do not belong together as they did
/// (`rows`). Rows and columns that were added are no difference.
pub(super) fn differences(before: &Snapshot, after: &Snapshot) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (table, rows) in before {
        let Some(first) = rows.first() else { continue };
        let now = after.get(table).map(Vec::as_slice).unwrap_or_default();
        let Some(first_now) = now.first() else {
            found.insert((table.clone(), "*".to_owned()));
            continue;
        };
        let is_kept = |column: &&String| first_now.contains_key(*column) && are_among(rows, now, &[*column]);
        let (kept, other): (Vec<&String>, Vec<&String>) = first.keys().partition(is_kept);
        found.extend(other.into_iter().map(|column| (table.clone(), column.clone())));
        if !are_among(rows, now, &kept) {
            found.insert((table.clone(), "rows".to_owned()));
        }
    }
    found
}

/// Whether rows are all among others, by some of their columns, as often as they are there.
fn are_among(rows: &[Row], others: &[Row], columns: &[&String]) -> bool {
    let told = |row: &Row| columns.iter().map(|column| row[*column].to_string()).collect::<Vec<_>>();
    let mut counts = HashMap::<Vec<String>, usize>::new();
    for other in others {
        *counts.entry(told(other)).or_default() += 1;
    }
    rows.iter().all(|row| {
        counts.get_mut(&told(row)).is_some_and(|count| {
            let is_left = *count > 0;
            *count = count.saturating_sub(1);
            is_left
        })
    })
}

/// New tables without a row, and new columns of others in which no row has anything.
pub(super) fn bare(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let mut found = Vec::new();
    for (table, rows) in after {
        let Some(old) = before.get(table) else {
            if rows.is_empty() {
                found.push(table.clone());
            }
            continue;
        };
        let (Some(old), Some(new)) = (old.first(), rows.first()) else { continue };
        let added = new.keys().filter(|column| !old.contains_key(*column));
        let empty = added.filter(|column| rows.iter().all(|row| row[*column].is_null()));
        found.extend(empty.map(|column| format!("{table}.{column}")));
    }
    found
}

/// What the database itself finds wrong with its rows.
pub(super) async fn faults(db: &Db) -> Vec<String> {
    if store::is_postgres(db) {
        // It checks what it is given; only a constraint that was said not to be checked yet could be broken.
        return texts(db, "SELECT conname::text AS name FROM pg_constraint WHERE NOT convalidated", "name").await;
    }
    let mut found = texts(db, "SELECT \"table\" AS name FROM pragma_foreign_key_check", "name").await;
    let checked = texts(db, "SELECT integrity_check AS said FROM pragma_integrity_check", "said").await;
    found.extend(checked.into_iter().filter(|said| said != "ok"));
    found
}

/// All that the schema is made of, as the database tells it.
pub(super) async fn schema_of(db: &Db) -> Vec<String> {
    let question = if store::is_postgres(db) {
        "SELECT told FROM (
            SELECT format('column %s.%s %s %s null %s default %s', table_name, column_name, ordinal_position, data_type, is_nullable, column_default) AS told
            FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
         ) AS parts ORDER BY told"
    } else {
        "SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || COALESCE(sql, '') AS told FROM sqlite_schema ORDER BY told"
    };
    texts(db, question, "told").await
}
