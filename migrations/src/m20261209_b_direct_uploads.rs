//! Uploads whose parts are sent straight to the store: the name by which it knows them, and its tags of those that have arrived.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let are_few = if postgres { FEW_POSTGRES } else { FEW_SQLITE };
        sql::run(manager, &COLUMNS.replace("$are_few", are_few)).await
    }
}

// The longest file that is taken in, 4 GiB, has 512 parts of 8 MiB.
const FEW_SQLITE: &str =
    "json_valid(part_tags) AND json_type(part_tags) = 'array' AND json_array_length(part_tags) <= 512";
const FEW_POSTGRES: &str = "jsonb_typeof(part_tags) = 'array' AND jsonb_array_length(part_tags) <= 512";

const COLUMNS: &str = "
ALTER TABLE uploads ADD COLUMN multipart TEXT;
ALTER TABLE uploads ADD COLUMN part_tags $json NOT NULL DEFAULT '[]' CHECK ($are_few)
";
