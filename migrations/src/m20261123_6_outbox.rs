//! Jobs.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await
    }
}

const TABLES: &str = "
CREATE TABLE jobs (
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
    handed_at $instant,
    beat_at $instant,
    finished_at $instant,
    CHECK ((state = 'open') = (finished_at IS NULL))
) $strict;
CREATE INDEX jobs_waiting ON jobs (queue, id) WHERE state = 'open';
CREATE INDEX jobs_studio ON jobs (studio_id, id)
";
