//! Jobs have a priority and may be cancelled; files of music are analysed, stem sets checked, archives of stems unpacked.

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
        sql::run(manager, OUTBOX).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(NOTIFY).await?;
        }
        sql::run(manager, ANALYSES).await
    }
}

// Made anew, for SQLite changes no check of a table.
const OUTBOX: &str = "
DROP INDEX outbox_waiting;
DROP INDEX outbox_handed;
DROP INDEX outbox_studio;
ALTER TABLE outbox RENAME TO outbox_without_priority;
CREATE TABLE outbox (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid REFERENCES studios (id),
    queue TEXT NOT NULL CHECK (queue IN ('audio', 'office')),
    kind TEXT NOT NULL,
    payload $json NOT NULL,
    priority $int NOT NULL CHECK (priority >= 0),
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'dead', 'cancelled')),
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
INSERT INTO outbox
    SELECT id, studio_id, queue, kind, payload, 1, state, round, attempts, last_error, created_at, due_at, handed_at, beat_at, finished_at
    FROM outbox_without_priority;
DROP TABLE outbox_without_priority;
CREATE INDEX outbox_waiting ON outbox (priority, due_at) WHERE state = 'open' AND handed_at IS NULL;
CREATE INDEX outbox_handed ON outbox (handed_at) WHERE state = 'open' AND handed_at IS NOT NULL;
CREATE INDEX outbox_studio ON outbox (studio_id, state, id)
";

/// The trigger went with the table.
const NOTIFY: &str =
    "CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify()";

// Two files that sound alike stand once, the smaller id first.
const ANALYSES: &str = "
CREATE TABLE analyses (
    asset_id $uuid NOT NULL PRIMARY KEY REFERENCES assets (id),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    engine_version TEXT NOT NULL,
    bpm_milli $int CHECK (bpm_milli > 0),
    bpm_confidence_ppm $int CHECK (bpm_confidence_ppm BETWEEN 0 AND 1000000),
    alternative_bpm_milli $int CHECK (alternative_bpm_milli > 0),
    musical_key TEXT,
    key_confidence_ppm $int CHECK (key_confidence_ppm BETWEEN 0 AND 1000000),
    tuning_cents $int,
    verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'listen', 'fail')),
    findings $json NOT NULL,
    fingerprint $json NOT NULL,
    analysed_at $instant NOT NULL,
    CHECK ((bpm_milli IS NULL) = (bpm_confidence_ppm IS NULL)),
    CHECK ((musical_key IS NULL) = (key_confidence_ppm IS NULL))
) $strict;
CREATE INDEX analyses_studio ON analyses (studio_id, asset_id);
CREATE TABLE likenesses (
    asset_id $uuid NOT NULL REFERENCES assets (id),
    other_id $uuid NOT NULL REFERENCES assets (id),
    similarity_ppm $int NOT NULL CHECK (similarity_ppm BETWEEN 0 AND 1000000),
    PRIMARY KEY (asset_id, other_id),
    CHECK (asset_id < other_id)
) $strict;
CREATE INDEX likenesses_other ON likenesses (other_id);
CREATE TABLE stem_checks (
    beat_id $uuid NOT NULL PRIMARY KEY REFERENCES beats (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'listen', 'fail')),
    stems $json NOT NULL,
    checked_at $instant NOT NULL
) $strict;
CREATE TABLE archive_members (
    archive_id $uuid NOT NULL REFERENCES assets (id),
    position $int NOT NULL CHECK (position >= 0),
    asset_id $uuid NOT NULL UNIQUE REFERENCES assets (id),
    PRIMARY KEY (archive_id, position)
) $strict
";
