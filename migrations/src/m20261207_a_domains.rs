//! Domains: names of studios' own that their shops are to be reached under.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::refuse_update(
            manager,
            "domains",
            "domains_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.host <> OLD.host OR NEW.token <> OLD.token
             OR NEW.created_at <> OLD.created_at",
            "a domain keeps its studio, its name and its token",
        )
        .await
    }
}

// Anybody may claim any name: a claim holds nothing. A name that was proved is one studio's, and a studio has one of them.
const TABLES: &str = "
CREATE TABLE domains (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    host TEXT NOT NULL CHECK (length(host) BETWEEN 3 AND 240 AND host = lower(host)),
    token TEXT NOT NULL CHECK (length(token) = 32),
    created_at $instant NOT NULL,
    verified_at $instant,
    UNIQUE (studio_id, host)
) $strict;
CREATE UNIQUE INDEX domains_verified_host ON domains (host) WHERE verified_at IS NOT NULL;
CREATE UNIQUE INDEX domains_verified_studio ON domains (studio_id) WHERE verified_at IS NOT NULL
";
