//! Studios that are closed: a row stands while one is, and goes when it is opened again.

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

// A table beside `studios`, so that a program of the version before reads and writes studios as ever. Nobody has closed it where an operator has.
const TABLE: &str = "
CREATE TABLE studio_closures (
    studio_id $uuid NOT NULL PRIMARY KEY REFERENCES studios (id),
    closed_at $instant NOT NULL,
    closed_by $uuid REFERENCES users (id),
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 500)
) $strict
";
