//! Passkeys of accounts, and what browsers have begun to do with them.

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

// A device names a passkey by its credential id alone: it is one account's, for good. A person has one ceremony of each kind at a time; those that sign in have
// no person yet, and are told apart by their ids.
const TABLES: &str = "
CREATE TABLE passkeys (
    id $uuid NOT NULL PRIMARY KEY,
    user_id $uuid NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    transports $int NOT NULL CHECK (transports BETWEEN 0 AND 255),
    sign_count $bigint NOT NULL CHECK (sign_count >= 0),
    backup TEXT NOT NULL CHECK (backup IN ('not_eligible', 'eligible', 'exists')),
    created_at $instant NOT NULL,
    last_used_at $instant
) $strict;
CREATE INDEX passkeys_user ON passkeys (user_id);
CREATE TABLE passkey_ceremonies (
    id $uuid NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('add', 'sign_in', 'prove')),
    user_id $uuid REFERENCES users (id),
    state TEXT NOT NULL,
    expires_at $instant NOT NULL,
    CHECK ((user_id IS NULL) = (kind = 'sign_in')),
    UNIQUE (user_id, kind)
) $strict;
CREATE INDEX passkey_ceremonies_expiry ON passkey_ceremonies (expires_at)
";
