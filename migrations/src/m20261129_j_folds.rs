//! Folded balances: what the entries of an account come to up to a number. What follows that number is added when a balance is read.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::refuse_update(
            manager,
            "account_folds",
            "account_folds_forward",
            "NEW.account_id <> OLD.account_id OR NEW.through_seq <= OLD.through_seq",
            "a balance is folded forward",
        )
        .await
    }
}

const TABLES: &str = "
CREATE TABLE account_folds (
    account_id $uuid NOT NULL PRIMARY KEY REFERENCES accounts (id),
    through_seq $bigint NOT NULL CHECK (through_seq > 0),
    balance_minor $bigint NOT NULL,
    folded_at $instant NOT NULL
) $strict;
CREATE INDEX account_folds_through ON account_folds (through_seq)
";
