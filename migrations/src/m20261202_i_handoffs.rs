//! What goes to other workstations and what comes from them: packs of mix versions, and sessions that are handed in for a song.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, HANDOFFS).await?;
        for (table, name) in [("handoff_packs", "handoff_packs_stay"), ("daw_sessions", "daw_sessions_stay")] {
            sql::refuse_delete(manager, table, name, "what was handed over is not forgotten").await?;
        }
        let guards = [
            (
                "handoff_packs",
                "handoff_packs_settled",
                "OLD.state <> 'waiting' OR NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.version_id <> OLD.version_id
                 OR NEW.facts_sha256 <> OLD.facts_sha256 OR NEW.requested_at <> OLD.requested_at",
                "a pack is of one version, and is settled once",
            ),
            (
                "handoff_packs",
                "handoff_packs_archive",
                "NEW.asset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.id = NEW.asset_id AND assets.kind = 'handoff')",
                "what a pack gives is an archive that was made for it",
            ),
            (
                "daw_sessions",
                "daw_sessions_settled",
                "OLD.state <> 'waiting' OR NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.song_id <> OLD.song_id
                 OR NEW.asset_id <> OLD.asset_id OR NEW.kind <> OLD.kind OR NEW.taken_at <> OLD.taken_at",
                "a session is one file of one song, and is settled once",
            ),
            (
                "daw_sessions",
                "daw_sessions_version",
                "NEW.version_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mix_versions
                     WHERE mix_versions.id = NEW.version_id AND mix_versions.song_id = NEW.song_id)",
                "a session becomes a version of its own song",
            ),
        ];
        for (table, name, wrong, message) in guards {
            sql::refuse_update(manager, table, name, wrong, message).await?;
        }
        sql::refuse_insert(
            manager,
            "daw_sessions",
            "daw_sessions_file",
            "NEW.state <> 'waiting' OR NOT EXISTS (SELECT 1 FROM assets WHERE assets.id = NEW.asset_id AND assets.kind = 'session')",
            "a session begins with a file that was uploaded as one, and is opened later",
        )
        .await?;
        sql::refuse_insert(
            manager,
            "handoff_packs",
            "handoff_packs_heard",
            "NEW.state <> 'waiting' OR NOT EXISTS (SELECT 1 FROM mix_versions JOIN mix_sounds ON mix_sounds.version_id = mix_versions.id
                         WHERE mix_versions.id = NEW.version_id AND mix_versions.kind = 'document'
                         AND mix_sounds.state = 'ready')",
            "a version that is packed has a document, can be heard, and is packed later",
        )
        .await
    }
}

// A pack is made once for each state of what is said of its song; a session's file is opened once for a song. What was refused may be tried again.
const HANDOFFS: &str = "
CREATE TABLE handoff_packs (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    version_id $uuid NOT NULL,
    facts_sha256 TEXT NOT NULL CHECK (length(facts_sha256) = 64),
    facts $json NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'refused')),
    refusal TEXT,
    asset_id $uuid,
    stems $int CHECK (stems >= 1),
    requested_by $uuid REFERENCES users (id),
    requested_at $instant NOT NULL,
    settled_at $instant,
    FOREIGN KEY (version_id, studio_id) REFERENCES mix_versions (id, studio_id),
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id),
    CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'ready') = (asset_id IS NOT NULL)),
    CHECK ((state = 'ready') = (stems IS NOT NULL))
) $strict;
CREATE INDEX handoff_packs_version ON handoff_packs (version_id, id);
CREATE UNIQUE INDEX handoff_packs_once ON handoff_packs (version_id, facts_sha256) WHERE state <> 'refused';
CREATE TABLE daw_sessions (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    song_id $uuid NOT NULL,
    asset_id $uuid NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('dawproject', 'inventory')),
    note TEXT CHECK (length(note) BETWEEN 1 AND 2000),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'refused')),
    refusal TEXT,
    version_id $uuid,
    fidelity $json,
    inventory $json,
    taken_by $uuid REFERENCES users (id),
    taken_at $instant NOT NULL,
    settled_at $instant,
    FOREIGN KEY (song_id, studio_id) REFERENCES songs (id, studio_id),
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id),
    FOREIGN KEY (version_id, studio_id) REFERENCES mix_versions (id, studio_id),
    CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'ready' AND kind = 'dawproject') = (version_id IS NOT NULL)),
    CHECK ((state = 'ready' AND kind = 'dawproject') = (fidelity IS NOT NULL)),
    CHECK ((state = 'ready' AND kind = 'inventory') = (inventory IS NOT NULL))
) $strict;
CREATE INDEX daw_sessions_song ON daw_sessions (song_id, id);
CREATE INDEX assets_file_name ON assets (studio_id, file_name);
CREATE UNIQUE INDEX daw_sessions_once ON daw_sessions (song_id, asset_id) WHERE state <> 'refused'
";
