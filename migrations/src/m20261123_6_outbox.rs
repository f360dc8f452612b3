//! Jobs.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(NOTIFY).await?;
        }
        Ok(())
    }
}

// Named `outbox`, for the queue's own table is `Jobs`, and SQLite does not tell the two apart by case.
const TABLES: &str = "
CREATE TABLE outbox (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid REFERENCES studios (id),
    queue TEXT NOT NULL CHECK (queue IN ('audio', 'office')),
    kind TEXT NOT NULL,
    payload $json NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'dead')),
    round $int NOT NULL CHECK (round >= 0),
    attempts $int NOT NULL CHECK (attempts >= 0),
    last_error TEXT,
    created_at $instant NOT NULL,
    due_at $instant NOT NULL,
    handed_at $instant,
    beat_at $instant,
    finished_at $instant,
    CHECK ((state = 'open') = (finished_at IS NULL))
) $strict;
CREATE INDEX outbox_waiting ON outbox (due_at) WHERE state = 'open' AND handed_at IS NULL;
CREATE INDEX outbox_handed ON outbox (handed_at) WHERE state = 'open' AND handed_at IS NOT NULL;
CREATE INDEX outbox_studio ON outbox (studio_id, state, id)
";

/// Tells every listening relay on PostgreSQL, at the commit, that jobs were written.
const NOTIFY: &str = "
CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NOTIFY outbox_written; RETURN NULL; END $$;
CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();
";
