//! A work's split is replaced by what amends the agreement that it stands by, and by nothing else.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::refuse_insert(
            manager,
            "split_versions",
            "split_versions_succeed",
            "NEW.number > 1 AND NOT EXISTS
                 (SELECT 1 FROM agreements JOIN split_versions ON split_versions.agreement_id = agreements.supersedes_id
                  WHERE agreements.id = NEW.agreement_id AND split_versions.work_id = NEW.work_id
                  AND split_versions.number = NEW.number - 1)",
            "a split is replaced by an amendment of the agreement that it stands by",
        )
        .await
    }
}
