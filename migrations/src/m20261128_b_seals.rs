//! Sealed documents and every revision of each.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "seal_revisions").await
    }
}

// A seal names its newest revision; the revisions themselves are never changed.
const TABLES: &str = "
CREATE TABLE seals (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('licence', 'agreement')),
    reference TEXT NOT NULL UNIQUE CHECK (length(reference) BETWEEN 1 AND 80),
    level TEXT NOT NULL CHECK (level IN ('B-B', 'B-T', 'B-LT', 'B-LTA')),
    asset_id $uuid NOT NULL UNIQUE REFERENCES assets (id),
    revision $int NOT NULL CHECK (revision >= 1),
    waits_for TEXT,
    attempts $int NOT NULL CHECK (attempts >= 0),
    due_at $instant,
    template_sha256 TEXT NOT NULL CHECK (length(template_sha256) = 64),
    engine_version TEXT NOT NULL,
    sealed_at $instant NOT NULL,
    raised_at $instant NOT NULL
) $strict;
CREATE INDEX seals_due ON seals (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE seal_revisions (
    seal_id $uuid NOT NULL REFERENCES seals (id),
    revision $int NOT NULL CHECK (revision >= 1),
    asset_id $uuid NOT NULL UNIQUE REFERENCES assets (id),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    level TEXT NOT NULL CHECK (level IN ('B-B', 'B-T', 'B-LT', 'B-LTA')),
    at $instant NOT NULL,
    PRIMARY KEY (seal_id, revision)
) $strict;
CREATE INDEX seal_revisions_sha256 ON seal_revisions (sha256)
";
