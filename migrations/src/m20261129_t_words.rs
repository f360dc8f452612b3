//! What is said to one signer stands in that signer's row: the evidence, which everybody who signs gets, holds its hash.

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
ALTER TABLE agreement_signers ADD COLUMN note TEXT;
ALTER TABLE agreement_signers ADD COLUMN refusal TEXT
";
