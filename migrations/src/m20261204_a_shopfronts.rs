//! Shopfronts: the colour that a studio's public pages have.

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
ALTER TABLE studios ADD COLUMN accent TEXT CHECK (accent IN ('cobalt', 'gold', 'ink', 'moss', 'rose', 'teal', 'violet'))
";
