//! A second step of signing in, with the codes that stand in for it, and when a sign-in last proved whose it is.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await
    }
}

// The secret is sealed: whoever reads the database alone makes no codes of it. `last_step` is the latest step of time whose code was used.
const TABLES: &str = "
ALTER TABLE sign_ins ADD COLUMN proved_at $instant;
CREATE TABLE second_factors (
    user_id $uuid NOT NULL PRIMARY KEY REFERENCES users (id),
    sealed_secret TEXT NOT NULL,
    created_at $instant NOT NULL,
    confirmed_at $instant,
    last_step $bigint NOT NULL CHECK (last_step >= 0)
) $strict;
CREATE TABLE recovery_codes (
    user_id $uuid NOT NULL REFERENCES second_factors (user_id),
    fingerprint TEXT NOT NULL,
    used_at $instant,
    PRIMARY KEY (user_id, fingerprint)
) $strict
";
