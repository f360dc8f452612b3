//! A render belongs to every beat that asks for its key: two beats with the very same audio share one.

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

// The columns of the one beat that asked first give way to a row for each beat. Made anew, for SQLite drops no column with a foreign key.
const TABLES: &str = "
DROP INDEX renders_beat;
ALTER TABLE renders RENAME TO renders_of_one;
CREATE TABLE renders (
    key TEXT NOT NULL PRIMARY KEY CHECK (length(key) = 64),
    purpose TEXT NOT NULL CHECK (purpose IN ('preview', 'masters')),
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    progress_ppm $int NOT NULL CHECK (progress_ppm BETWEEN 0 AND 1000000),
    outputs $json,
    failure TEXT,
    claimed_by $uuid NOT NULL,
    beat_at $instant NOT NULL,
    finished_at $instant,
    CHECK ((state = 'done') = (outputs IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL))
) $strict;
INSERT INTO renders
    SELECT key, purpose, state, progress_ppm, outputs, failure, claimed_by, beat_at, finished_at FROM renders_of_one;
CREATE TABLE render_beats (
    render_key TEXT NOT NULL REFERENCES renders (key),
    beat_id $uuid NOT NULL REFERENCES beats (id),
    outputs $json,
    requested_at $instant NOT NULL,
    PRIMARY KEY (render_key, beat_id)
) $strict;
CREATE INDEX render_beats_beat ON render_beats (beat_id);
INSERT INTO render_beats SELECT key, beat_id, outputs, requested_at FROM renders_of_one;
DROP TABLE renders_of_one
";
