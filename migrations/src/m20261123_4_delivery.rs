//! Deliverables, renders and the log of downloads.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "downloads").await
    }
}

const TABLES: &str = "
CREATE TABLE deliverables (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    order_id $uuid NOT NULL REFERENCES orders (id),
    licence_id $uuid NOT NULL REFERENCES licences (id),
    kind TEXT NOT NULL CHECK (kind IN ('contract', 'mp3', 'wav', 'stems')),
    file_name TEXT NOT NULL,
    asset_id $uuid REFERENCES assets (id),
    created_at $instant NOT NULL,
    ready_at $instant,
    UNIQUE (licence_id, kind)
) $strict;
CREATE INDEX deliverables_order ON deliverables (order_id);
CREATE TABLE renders (
    key TEXT NOT NULL PRIMARY KEY CHECK (length(key) = 64),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    beat_id $uuid NOT NULL REFERENCES beats (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('preview', 'masters')),
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    progress_ppm $int NOT NULL CHECK (progress_ppm BETWEEN 0 AND 1000000),
    outputs $json,
    failure TEXT,
    claimed_by $uuid NOT NULL,
    beat_at $instant NOT NULL,
    requested_at $instant NOT NULL,
    finished_at $instant,
    CHECK ((state = 'done') = (outputs IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL))
) $strict;
CREATE INDEX renders_beat ON renders (beat_id, purpose);
CREATE TABLE downloads (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    licence_id $uuid NOT NULL REFERENCES licences (id),
    deliverable_id $uuid NOT NULL REFERENCES deliverables (id),
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    range_start $bigint,
    range_end $bigint,
    at $instant NOT NULL
) $strict;
CREATE INDEX downloads_licence ON downloads (licence_id)
";
