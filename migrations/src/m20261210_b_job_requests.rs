//! Which request wrote a job, so that what it has led to is found by its id.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, "ALTER TABLE outbox ADD COLUMN request TEXT CHECK (length(request) BETWEEN 1 AND 64)").await
    }
}
