//! Windows that are over are found by an index: each new subject sweeps them out, as each new buyer is.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, "CREATE INDEX throttles_window ON throttles (window_started_at)").await
    }
}
