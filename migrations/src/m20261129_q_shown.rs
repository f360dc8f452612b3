//! With an order's line the text of the contract that was offered when the order was placed, by its SHA-256: what is sealed is held against it.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, COLUMN).await
    }
}

// Of orders from before nobody has kept it.
const COLUMN: &str = "ALTER TABLE order_lines ADD COLUMN shown_text_sha256 TEXT CHECK (length(shown_text_sha256) = 64)";
