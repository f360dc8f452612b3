//! Under which of the installation's secrets a signer's code was made, so that a code in somebody's mail outlives a change of secrets.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, "ALTER TABLE signing_sessions ADD COLUMN code_secret TEXT CHECK (length(code_secret) = 8)")
            .await
    }
}
