//! More kinds of accounts, several of them for one party, and a number for each entry, in whose order balances are folded.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::{m20261123_5_ledger as ledger, sql};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On SQLite too: between the ledger's old tables and the new ones nothing may break off.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(&POSTGRES.replace("$kinds", KINDS)).await?;
            return Ok(());
        }
        manager.get_connection().execute_unprepared(TRIGGERS_SQLITE).await?;
        sql::run(manager, &SQLITE.replace("$kinds", KINDS)).await?;
        ledger::keep_whole(manager, &["accounts", "entries"]).await
    }
}

const KINDS: &str = "'gateway_clearing', 'gateway_fees', 'sales', 'splits_expense', 'payable', 'refunds_due', \
                     'splits_parked', 'disputed', 'suspended', 'receivable', 'bank', 'tax_due'";

const POSTGRES: &str = "
ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
ALTER TABLE accounts DROP CONSTRAINT accounts_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check CHECK (kind IN ($kinds));
ALTER TABLE accounts ADD CONSTRAINT accounts_party_check CHECK
    (kind = 'suspended' OR (kind IN ('payable', 'receivable')) = (party_id IS NOT NULL));
DROP INDEX accounts_party;
CREATE UNIQUE INDEX accounts_party ON accounts (studio_id, party_id, kind, currency) WHERE party_id IS NOT NULL;
ALTER TABLE entries ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX entries_seq ON entries (seq);
DROP INDEX entries_account;
CREATE INDEX entries_account ON entries (account_id, seq)
";

/// A table that is renamed takes along what speaks of it, so a trigger on another table goes first.
const TRIGGERS_SQLITE: &str = "DROP TRIGGER journals_balance";

// Made anew, for SQLite changes no check of a table; the entries too, for they refer to the accounts.
const SQLITE: &str = "
DROP INDEX accounts_studio;
DROP INDEX accounts_party;
DROP INDEX entries_journal;
DROP INDEX entries_account;
ALTER TABLE entries RENAME TO entries_unnumbered;
ALTER TABLE accounts RENAME TO accounts_of_seven_kinds;
CREATE TABLE accounts (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ($kinds)),
    party_id $uuid REFERENCES parties (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    opened_at $instant NOT NULL,
    CHECK (kind = 'suspended' OR (kind IN ('payable', 'receivable')) = (party_id IS NOT NULL))
) $strict;
INSERT INTO accounts SELECT id, studio_id, kind, party_id, currency, opened_at FROM accounts_of_seven_kinds;
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id $uuid NOT NULL UNIQUE,
    journal_id $uuid NOT NULL REFERENCES journals (id) DEFERRABLE INITIALLY DEFERRED,
    account_id $uuid NOT NULL REFERENCES accounts (id),
    amount_minor $bigint NOT NULL CHECK (amount_minor <> 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3)
) $strict;
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency)
    SELECT id, journal_id, account_id, amount_minor, currency FROM entries_unnumbered ORDER BY rowid;
DROP TABLE entries_unnumbered;
DROP TABLE accounts_of_seven_kinds;
CREATE UNIQUE INDEX accounts_studio ON accounts (studio_id, kind, currency) WHERE party_id IS NULL;
CREATE UNIQUE INDEX accounts_party ON accounts (studio_id, party_id, kind, currency) WHERE party_id IS NOT NULL;
CREATE INDEX entries_journal ON entries (journal_id);
CREATE INDEX entries_account ON entries (account_id, seq)
";
