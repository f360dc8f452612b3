//! Uploads whose parts are sent straight to the store: the name by which it knows them, and its tags of those that have arrived.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, COLUMNS).await
    }
}

const COLUMNS: &str = "
ALTER TABLE uploads ADD COLUMN multipart TEXT;
ALTER TABLE uploads ADD COLUMN part_tags $json NOT NULL DEFAULT '[]'
";
