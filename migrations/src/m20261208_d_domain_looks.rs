//! The record of a domain that was proved is looked for again, now and then: when it was last, and how many looks in a row have missed it.

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
ALTER TABLE domains ADD COLUMN looked_at $instant;
ALTER TABLE domains ADD COLUMN missed $int NOT NULL DEFAULT 0 CHECK (missed >= 0)
";
