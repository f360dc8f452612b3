//! Marks: which kinds of things have changed in a studio, written by the database itself with each change, for whoever looks at the studio.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables that are looked at, each under the kind that its changes are told as. A table of many small rows is not among them where one of fewer rows
/// changes with it. Each has the studio in `studio_id`.
const MARKED: [(&str, &str); 29] = [
    ("agreements", "agreements"),
    ("assets", "beats"),
    ("beats", "beats"),
    ("bookings", "bookings"),
    ("clients", "clients"),
    ("disputes", "orders"),
    ("invoice_transfers", "invoices"),
    ("invoices", "invoices"),
    ("journals", "books"),
    ("licences", "orders"),
    ("line_disputes", "runs"),
    ("mix_approvals", "reviews"),
    ("offers", "offers"),
    ("orders", "orders"),
    ("party_notes", "clients"),
    ("payments", "orders"),
    ("payout_batches", "payouts"),
    ("payouts", "payouts"),
    ("project_stages", "projects"),
    ("project_tasks", "projects"),
    ("projects", "projects"),
    ("quotes", "invoices"),
    ("refunds", "orders"),
    ("review_comments", "reviews"),
    ("review_rounds", "reviews"),
    ("reviews", "reviews"),
    ("royalty_runs", "runs"),
    ("songs", "projects"),
    ("statement_imports", "statements"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        sql::run(manager, &MARKS.replace("$counted", if is_postgres { COUNTED } else { "INTEGER" })).await?;
        if is_postgres {
            manager.get_connection().execute_unprepared(PUT).await?;
        }
        mark(manager, &MARKED).await
    }
}

/// Lets changes of tables be marked, each under the kind beside it.
pub(crate) async fn mark(manager: &SchemaManager<'_>, tables: &[(&str, &str)]) -> Result<(), DbErr> {
    let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
    for (table, kind) in tables {
        let text = if is_postgres {
            format!(
                "CREATE TRIGGER {table}_mark AFTER INSERT OR UPDATE OR DELETE ON {table}
                 FOR EACH ROW EXECUTE FUNCTION put_studio_mark('{kind}');"
            )
        } else {
            [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")]
                .map(|(verb, row)| {
                    format!(
                        "CREATE TRIGGER {table}_mark_{verb} AFTER {verb} ON {table}
                         BEGIN INSERT INTO studio_marks (studio_id, kind) VALUES ({row}.studio_id, '{kind}'); END;"
                    )
                })
                .concat()
        };
        manager.get_connection().execute_unprepared(&text).await?;
    }
    Ok(())
}

/// Rows are only added, so that nobody who writes waits for another. No key leads to the studio: that would be looked up with each of them.
const MARKS: &str = "
CREATE TABLE studio_marks (
    id $counted PRIMARY KEY,
    studio_id $uuid NOT NULL,
    kind TEXT NOT NULL
) $strict;
CREATE INDEX studio_marks_of ON studio_marks (studio_id, kind, id);
";

const COUNTED: &str = "bigint GENERATED ALWAYS AS IDENTITY";

const PUT: &str = "
CREATE FUNCTION put_studio_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO studio_marks (studio_id, kind) VALUES (OLD.studio_id, TG_ARGV[0]);
    ELSE
        INSERT INTO studio_marks (studio_id, kind) VALUES (NEW.studio_id, TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$;
";
