//! One SQL text for two databases.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// The types that the two databases name differently: the word in the text, SQLite's, PostgreSQL's.
const TYPES: [(&str, &str, &str); 7] = [
    ("$uuid", "BLOB", "uuid"),
    ("$instant", "TEXT", "timestamptz"),
    ("$date", "TEXT", "date"),
    ("$json", "TEXT", "jsonb"),
    ("$bool", "INTEGER", "boolean"),
    // The longer word first, so that it is not taken for the shorter.
    ("$bigint", "INTEGER", "bigint"),
    ("$int", "INTEGER", "integer"),
];

fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Postgres
}

/// Runs statements separated by `;`, each type word replaced. SQLite's tables are `STRICT`: it keeps to the types as PostgreSQL does.
pub(crate) async fn run(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    let postgres = is_postgres(manager);
    let mut text = text.replace("$strict", if postgres { "" } else { "STRICT" });
    for (word, sqlite, pg) in TYPES {
        text = text.replace(word, if postgres { pg } else { sqlite });
    }
    manager.get_connection().execute_unprepared(&text).await.map(drop)
}

/// Makes a table append-only: the database refuses to change or delete a row.
pub(crate) async fn append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let text = if is_postgres(manager) {
        format!(
            "CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
             CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
             FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
             CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();"
        )
    } else {
        ["UPDATE", "DELETE"].map(|verb| {
            format!("CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;")
        }).concat()
    };
    manager.get_connection().execute_unprepared(&text).await.map(drop)
}

/// Runs a check before each insert; `wrong` is a condition over `NEW` that must not hold.
pub(crate) async fn refuse_insert(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    wrong: &str,
    message: &str,
) -> Result<(), DbErr> {
    refuse(manager, ("INSERT", table), name, wrong, message).await
}

/// Runs a check before each update; `wrong` is a condition over `OLD` and `NEW` that must not hold.
pub(crate) async fn refuse_update(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    wrong: &str,
    message: &str,
) -> Result<(), DbErr> {
    refuse(manager, ("UPDATE", table), name, wrong, message).await
}

async fn refuse(
    manager: &SchemaManager<'_>,
    (verb, table): (&str, &str),
    name: &str,
    wrong: &str,
    message: &str,
) -> Result<(), DbErr> {
    // What a trigger before a deletion returns is what is deleted: nothing, if it is `NEW`.
    let row = if verb == "DELETE" { "OLD" } else { "NEW" };
    let text = if is_postgres(manager) {
        format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN IF {wrong} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {row}; END $$;
             CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();"
        )
    } else {
        format!(
            "CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {wrong} BEGIN SELECT RAISE(ABORT, '{message}'); END;"
        )
    };
    manager.get_connection().execute_unprepared(&text).await.map(drop)
}

/// Runs a check before each deletion; `wrong` is a condition over `OLD` that must not hold.
pub(crate) async fn refuse_delete_where(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    wrong: &str,
    message: &str,
) -> Result<(), DbErr> {
    refuse(manager, ("DELETE", table), name, wrong, message).await
}

/// Refuses to delete any row.
pub(crate) async fn refuse_delete(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    message: &str,
) -> Result<(), DbErr> {
    let text = if is_postgres(manager) {
        format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION '{message}'; END $$;
             CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();"
        )
    } else {
        format!("CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END;")
    };
    manager.get_connection().execute_unprepared(&text).await.map(drop)
}

/// Refuses to empty a table at once, which PostgreSQL does without asking the triggers of its rows. SQLite has no such statement.
pub(crate) async fn refuse_truncate(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    message: &str,
) -> Result<(), DbErr> {
    if !is_postgres(manager) {
        return Ok(());
    }
    let text = format!(
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION '{message}'; END $$;
         CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
    );
    manager.get_connection().execute_unprepared(&text).await.map(drop)
}
