//! Parties, works, recordings, beats and files.

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
CREATE TABLE parties (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('person', 'company')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    legal_name TEXT,
    email TEXT,
    ipi TEXT CHECK (length(ipi) = 11),
    isni TEXT CHECK (length(isni) = 16),
    created_at $instant NOT NULL
) $strict;
CREATE INDEX parties_studio ON parties (studio_id, id);
CREATE TABLE works (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    iswc TEXT CHECK (length(iswc) = 11),
    created_at $instant NOT NULL
) $strict;
CREATE INDEX works_studio ON works (studio_id, id);
CREATE UNIQUE INDEX works_iswc ON works (studio_id, iswc) WHERE iswc IS NOT NULL;
CREATE TABLE recordings (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    isrc TEXT CHECK (length(isrc) = 12),
    created_at $instant NOT NULL
) $strict;
CREATE INDEX recordings_work ON recordings (work_id);
CREATE UNIQUE INDEX recordings_isrc ON recordings (studio_id, isrc) WHERE isrc IS NOT NULL;
CREATE TABLE assets (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('checking', 'ready', 'refused')),
    refusal TEXT,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    bytes $bigint NOT NULL CHECK (bytes >= 0),
    media_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    duration_ms $bigint,
    sample_rate_hz $int,
    channels $int,
    bits_per_sample $int,
    measurement $json,
    created_at $instant NOT NULL,
    CHECK ((state = 'refused') = (refusal IS NOT NULL))
) $strict;
CREATE INDEX assets_studio ON assets (studio_id, id);
CREATE TABLE beats (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    recording_id $uuid NOT NULL REFERENCES recordings (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'unpublished', 'sold')),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    slug TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 120),
    description TEXT NOT NULL,
    bpm_milli $int CHECK (bpm_milli BETWEEN 20000 AND 400000),
    musical_key TEXT,
    source_asset_id $uuid REFERENCES assets (id),
    artwork_asset_id $uuid REFERENCES assets (id),
    preview_asset_id $uuid REFERENCES assets (id),
    waveform_asset_id $uuid REFERENCES assets (id),
    samples TEXT NOT NULL,
    published_at $instant,
    created_at $instant NOT NULL,
    updated_at $instant NOT NULL,
    UNIQUE (studio_id, slug)
) $strict;
CREATE INDEX beats_studio ON beats (studio_id, id);
CREATE INDEX beats_storefront ON beats (studio_id, state, id);
CREATE INDEX beats_work ON beats (work_id);
CREATE TABLE beat_labels (
    beat_id $uuid NOT NULL REFERENCES beats (id),
    kind TEXT NOT NULL CHECK (kind IN ('mood', 'tag')),
    label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
    PRIMARY KEY (beat_id, kind, label)
) $strict;
CREATE INDEX beat_labels_label ON beat_labels (kind, label);
CREATE TABLE stems (
    beat_id $uuid NOT NULL REFERENCES beats (id),
    position $int NOT NULL CHECK (position >= 0),
    asset_id $uuid NOT NULL REFERENCES assets (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    PRIMARY KEY (beat_id, position),
    UNIQUE (beat_id, name)
) $strict;
CREATE TABLE collaborators (
    beat_id $uuid NOT NULL REFERENCES beats (id),
    party_id $uuid NOT NULL REFERENCES parties (id),
    position $int NOT NULL CHECK (position >= 0),
    role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 60),
    share $int NOT NULL CHECK (share BETWEEN 0 AND 1000000),
    PRIMARY KEY (beat_id, party_id),
    UNIQUE (beat_id, position)
) $strict;
CREATE TABLE uploads (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT,
    length_bytes $bigint NOT NULL CHECK (length_bytes > 0),
    offset_bytes $bigint NOT NULL CHECK (offset_bytes BETWEEN 0 AND length_bytes),
    asset_id $uuid REFERENCES assets (id),
    created_at $instant NOT NULL,
    expires_at $instant NOT NULL
) $strict;
CREATE INDEX uploads_expiry ON uploads (expires_at);
CREATE INDEX beats_source ON beats (source_asset_id);
CREATE INDEX beats_preview ON beats (preview_asset_id);
CREATE INDEX beats_waveform ON beats (waveform_asset_id);
CREATE INDEX beats_artwork ON beats (artwork_asset_id)
";
