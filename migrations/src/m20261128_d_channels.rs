//! Where licensees release: the addresses under which a licensed song is or will be online.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::refuse_insert(manager, "licence_channels", "licence_channels_full", FULL, "a licence has 20 addresses")
            .await
    }
}

// The foreign key over both columns holds that an address is of the licence's own studio.
const TABLES: &str = "
CREATE UNIQUE INDEX licences_of_studio ON licences (id, studio_id);
CREATE TABLE licence_channels (
    id $uuid NOT NULL PRIMARY KEY,
    licence_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 300 AND substr(url, 1, 8) = 'https://'),
    added_at $instant NOT NULL,
    UNIQUE (licence_id, url),
    FOREIGN KEY (licence_id, studio_id) REFERENCES licences (id, studio_id)
) $strict
";

const FULL: &str = "(SELECT count(*) FROM licence_channels WHERE licence_id = NEW.licence_id) >= 20";
