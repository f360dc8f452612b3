//! What a studio changes in the clauses of a template: its new agreements begin with it.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLE).await
    }
}

// An object with a field: where a studio changes nothing, there is no row.
const TABLE: &str = "
CREATE TABLE clause_defaults (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    template TEXT NOT NULL CHECK (template IN ('split_sheet', 'producer', 'mix_master', 'work_for_hire', 'collaboration', 'composer_for_hire')),
    edits $json NOT NULL CHECK (CAST(edits AS TEXT) LIKE '{\"%}'),
    updated_at $instant NOT NULL,
    PRIMARY KEY (studio_id, template)
) $strict
";
