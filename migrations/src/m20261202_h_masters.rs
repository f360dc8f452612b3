//! Masters of approved mixes: which profiles a project wants, what was made of them, and when the client was given them, or they were taken back.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        for table in ["master_deliveries", "master_steps", "master_downloads"] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, message) in [
            ("master_plans", "master_plans_stay", "a project of which masters were ordered keeps its plan"),
            ("masters", "masters_stay", "what was mastered is not forgotten"),
        ] {
            sql::refuse_delete(manager, table, name, message).await?;
        }
        for (table, name, wrong, message) in REFUSED_INSERTS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        sql::refuse_update(
            manager,
            "masters",
            "masters_settled",
            "OLD.state <> 'waiting' OR NEW.id <> OLD.id OR NEW.delivery_id <> OLD.delivery_id OR NEW.profile <> OLD.profile
             OR NEW.number <> OLD.number OR NEW.ordered_at <> OLD.ordered_at",
            "what a master has become is settled once",
        )
        .await
    }
}

/// Table, name, what must not be, and what is said of it.
type Refusal = (&'static str, &'static str, &'static str, &'static str);

const REFUSED_INSERTS: [Refusal; 4] = [
    (
        "master_plans",
        "master_plans_own",
        "NOT EXISTS (SELECT 1 FROM projects WHERE id = NEW.project_id AND studio_id = NEW.studio_id)",
        "masters are planned for a project of the studio",
    ),
    (
        "master_deliveries",
        "master_deliveries_approved",
        "NOT EXISTS (SELECT 1 FROM mix_approvals JOIN songs ON songs.id = mix_approvals.song_id
                     WHERE mix_approvals.round_id = NEW.round_id AND mix_approvals.song_id = NEW.song_id
                     AND mix_approvals.version_id = NEW.version_id AND songs.project_id = NEW.project_id)",
        "masters are made of a version that was approved, of a song of the project",
    ),
    (
        "master_steps",
        "master_steps_follow",
        "NEW.number <> 1 + (SELECT count(*) FROM master_steps WHERE delivery_id = NEW.delivery_id)",
        "what is delivered is recalled before it is delivered again",
    ),
    (
        "master_steps",
        "master_steps_made",
        "NOT EXISTS (SELECT 1 FROM masters WHERE delivery_id = NEW.delivery_id AND state = 'ready')",
        "what is delivered was made",
    ),
];

// Of a profile one master at a time waits. The steps of a delivery take turns, so that the client is told each of them once.
const TABLES: &str = "
CREATE TABLE master_plans (
    project_id $uuid NOT NULL PRIMARY KEY REFERENCES projects (id),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    looked_at $instant NOT NULL
) $strict;
CREATE INDEX master_plans_looked ON master_plans (looked_at);
CREATE TABLE master_choices (
    project_id $uuid NOT NULL REFERENCES master_plans (project_id),
    profile TEXT NOT NULL CHECK (profile IN ('streaming', 'apple', 'club', 'cd', 'broadcast', 'flac', 'mp3')),
    PRIMARY KEY (project_id, profile)
) $strict;
CREATE TABLE master_deliveries (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL REFERENCES master_plans (project_id),
    song_id $uuid NOT NULL,
    version_id $uuid NOT NULL REFERENCES mix_versions (id),
    round_id $uuid NOT NULL UNIQUE REFERENCES mix_approvals (round_id),
    ordered_by $uuid REFERENCES users (id),
    ordered_at $instant NOT NULL,
    UNIQUE (id, studio_id),
    FOREIGN KEY (song_id, studio_id) REFERENCES songs (id, studio_id)
) $strict;
CREATE INDEX master_deliveries_project ON master_deliveries (project_id, id);
CREATE INDEX master_deliveries_song ON master_deliveries (song_id, id);
CREATE TABLE masters (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    delivery_id $uuid NOT NULL,
    profile TEXT NOT NULL CHECK (profile IN ('streaming', 'apple', 'club', 'cd', 'broadcast', 'flac', 'mp3')),
    number $int NOT NULL CHECK (number BETWEEN 1 AND 1000),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'refused')),
    refusal TEXT CHECK (length(refusal) BETWEEN 1 AND 2000),
    asset_id $uuid,
    tags_sha256 TEXT CHECK (length(tags_sha256) = 64),
    qc $json,
    ordered_at $instant NOT NULL,
    settled_at $instant,
    UNIQUE (id, studio_id),
    UNIQUE (delivery_id, profile, number),
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id),
    FOREIGN KEY (delivery_id, studio_id) REFERENCES master_deliveries (id, studio_id),
    CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'ready') = (asset_id IS NOT NULL)),
    CHECK ((state = 'ready') = (tags_sha256 IS NOT NULL)),
    CHECK ((state = 'ready') = (qc IS NOT NULL))
) $strict;
CREATE UNIQUE INDEX masters_one_waits ON masters (delivery_id, profile) WHERE state = 'waiting';
CREATE TABLE master_steps (
    delivery_id $uuid NOT NULL,
    number $int NOT NULL CHECK (number >= 1),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('delivered', 'recalled')),
    notice_id $uuid NOT NULL,
    at $instant NOT NULL,
    PRIMARY KEY (delivery_id, number),
    FOREIGN KEY (delivery_id, studio_id) REFERENCES master_deliveries (id, studio_id),
    CHECK ((kind = 'delivered') = (number % 2 = 1))
) $strict;
CREATE INDEX master_steps_notice ON master_steps (notice_id);
CREATE TABLE master_downloads (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    master_id $uuid NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    range_start $bigint,
    range_end $bigint,
    at $instant NOT NULL,
    FOREIGN KEY (master_id, studio_id) REFERENCES masters (id, studio_id)
) $strict;
CREATE INDEX master_downloads_master ON master_downloads (master_id, id)
";
