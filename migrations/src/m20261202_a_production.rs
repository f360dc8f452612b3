//! Clients, and the projects that are done for them, song by song.

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
CREATE TABLE clients (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    party_id $uuid NOT NULL UNIQUE REFERENCES parties (id),
    stage TEXT NOT NULL CHECK (stage IN ('lead', 'talking', 'agreed', 'active', 'delivered', 'dormant')),
    stage_since $instant NOT NULL,
    created_at $instant NOT NULL
) $strict;
CREATE INDEX clients_studio ON clients (studio_id, stage, id);
CREATE TABLE projects (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    client_id $uuid REFERENCES clients (id),
    kind TEXT NOT NULL CHECK (kind IN ('beats', 'record', 'executive', 'artist', 'electronic')),
    state TEXT NOT NULL CHECK (state IN ('planned', 'active', 'delivered', 'cancelled')),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    created_at $instant NOT NULL
) $strict;
CREATE INDEX projects_studio ON projects (studio_id, id);
CREATE INDEX projects_client ON projects (client_id) WHERE client_id IS NOT NULL;
CREATE TABLE songs (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL REFERENCES projects (id),
    position $int NOT NULL CHECK (position >= 1),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    work_id $uuid NOT NULL REFERENCES works (id),
    recording_id $uuid NOT NULL UNIQUE REFERENCES recordings (id),
    created_at $instant NOT NULL,
    UNIQUE (project_id, position)
) $strict;
CREATE INDEX songs_studio ON songs (studio_id, id)
";
