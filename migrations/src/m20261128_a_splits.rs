//! Signed splits: versions of a work's split with their shares, the money that waits for one, and the document by which a journal divides.

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
            manager.get_connection().execute_unprepared(ACCOUNTS_POSTGRES).await?;
        } else {
            manager.get_connection().execute_unprepared(TRIGGERS_SQLITE).await?;
            sql::run(manager, ACCOUNTS_SQLITE).await?;
            ledger::keep_whole(manager, &["accounts", "entries"]).await?;
        }
        sql::run(manager, TABLES).await?;
        for table in ["split_versions", "split_shares", "split_parkings", "split_releases", "journal_bases"] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, wrong, message) in REFUSALS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        Ok(())
    }
}

const ACCOUNTS_POSTGRES: &str = "
ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check CHECK
    (kind IN ('gateway_clearing', 'gateway_fees', 'sales', 'splits_expense', 'payable', 'refunds_due', 'splits_parked'))
";

/// A table that is renamed takes along what speaks of it, so a trigger on another table goes first.
const TRIGGERS_SQLITE: &str = "DROP TRIGGER journals_balance";

// Made anew, for SQLite changes no check of a table; the entries too, for they refer to the accounts.
const ACCOUNTS_SQLITE: &str = "
DROP INDEX accounts_studio;
DROP INDEX accounts_party;
DROP INDEX entries_journal;
DROP INDEX entries_account;
ALTER TABLE entries RENAME TO entries_of_six_kinds;
ALTER TABLE accounts RENAME TO accounts_of_six_kinds;
CREATE TABLE accounts (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK
        (kind IN ('gateway_clearing', 'gateway_fees', 'sales', 'splits_expense', 'payable', 'refunds_due', 'splits_parked')),
    party_id $uuid REFERENCES parties (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    opened_at $instant NOT NULL,
    CHECK ((kind = 'payable') = (party_id IS NOT NULL))
) $strict;
INSERT INTO accounts SELECT id, studio_id, kind, party_id, currency, opened_at FROM accounts_of_six_kinds;
CREATE TABLE entries (
    id $uuid NOT NULL PRIMARY KEY,
    journal_id $uuid NOT NULL REFERENCES journals (id) DEFERRABLE INITIALLY DEFERRED,
    account_id $uuid NOT NULL REFERENCES accounts (id),
    amount_minor $bigint NOT NULL CHECK (amount_minor <> 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3)
) $strict;
INSERT INTO entries SELECT id, journal_id, account_id, amount_minor, currency FROM entries_of_six_kinds;
DROP TABLE entries_of_six_kinds;
DROP TABLE accounts_of_six_kinds;
CREATE UNIQUE INDEX accounts_studio ON accounts (studio_id, kind, currency) WHERE party_id IS NULL;
CREATE UNIQUE INDEX accounts_party ON accounts (studio_id, party_id, currency) WHERE party_id IS NOT NULL;
CREATE INDEX entries_journal ON entries (journal_id);
CREATE INDEX entries_account ON entries (account_id)
";

// A studio that is founded refuses; those that stand have sold such beats until now, and go on: the money waits, and no storefront is emptied.
const TABLES: &str = "
ALTER TABLE studios ADD COLUMN unsigned_splits TEXT NOT NULL DEFAULT 'park' CHECK (unsigned_splits IN ('refuse', 'park'));
CREATE TABLE split_versions (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    number $int NOT NULL CHECK (number >= 1),
    agreement_id $uuid NOT NULL UNIQUE REFERENCES agreements (id),
    document_sha256 TEXT NOT NULL CHECK (length(document_sha256) = 64),
    effective_at $instant NOT NULL,
    executed_at $instant NOT NULL,
    UNIQUE (work_id, number)
) $strict;
CREATE TABLE split_shares (
    version_id $uuid NOT NULL REFERENCES split_versions (id) DEFERRABLE INITIALLY DEFERRED,
    side TEXT NOT NULL CHECK (side IN ('composition', 'master')),
    party_id $uuid NOT NULL REFERENCES parties (id),
    position $int NOT NULL CHECK (position >= 0),
    share $int NOT NULL CHECK (share BETWEEN 0 AND 1000000),
    PRIMARY KEY (version_id, side, party_id),
    UNIQUE (version_id, side, position)
) $strict;
CREATE TABLE split_parkings (
    order_line_id $uuid NOT NULL PRIMARY KEY REFERENCES order_lines (id),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    order_id $uuid NOT NULL REFERENCES orders (id),
    journal_id $uuid NOT NULL REFERENCES journals (id),
    amount_minor $bigint NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    sold_at $instant NOT NULL
) $strict;
CREATE INDEX split_parkings_work ON split_parkings (work_id, order_line_id);
CREATE INDEX split_parkings_studio ON split_parkings (studio_id, order_line_id);
CREATE INDEX split_parkings_journal ON split_parkings (journal_id);
CREATE TABLE split_releases (
    order_line_id $uuid NOT NULL PRIMARY KEY REFERENCES split_parkings (order_line_id),
    version_id $uuid REFERENCES split_versions (id),
    journal_id $uuid NOT NULL REFERENCES journals (id),
    released_at $instant NOT NULL
) $strict;
CREATE TABLE journal_bases (
    journal_id $uuid NOT NULL REFERENCES journals (id),
    order_line_id $uuid NOT NULL REFERENCES order_lines (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    version_id $uuid NOT NULL REFERENCES split_versions (id),
    agreement_id $uuid NOT NULL REFERENCES agreements (id),
    document_sha256 TEXT NOT NULL CHECK (length(document_sha256) = 64),
    PRIMARY KEY (journal_id, order_line_id)
) $strict;
CREATE INDEX journal_bases_version ON journal_bases (version_id)
";

/// Table, name, what must not be, and what is said of it.
const REFUSALS: [(&str, &str, &str, &str); 6] = [
    (
        "split_versions",
        "split_versions_whole",
        "(SELECT COALESCE(SUM(share), 0) FROM split_shares WHERE version_id = NEW.id AND side = 'composition') <> 1000000
         OR (SELECT COALESCE(SUM(share), 0) FROM split_shares WHERE version_id = NEW.id AND side = 'master') <> 1000000",
        "each side of a split is exactly the whole",
    ),
    (
        "split_versions",
        "split_versions_in_order",
        "NEW.number <> (SELECT COUNT(*) FROM split_versions WHERE work_id = NEW.work_id) + 1",
        "the versions of a split are numbered as they are executed",
    ),
    (
        "split_versions",
        "split_versions_own",
        "NOT EXISTS (SELECT 1 FROM works WHERE id = NEW.work_id AND studio_id = NEW.studio_id)
         OR NOT EXISTS (SELECT 1 FROM agreements WHERE id = NEW.agreement_id AND studio_id = NEW.studio_id)
         OR EXISTS (SELECT 1 FROM split_shares JOIN parties ON parties.id = split_shares.party_id
                    WHERE split_shares.version_id = NEW.id AND parties.studio_id <> NEW.studio_id)",
        "a split is of one studio, its work, its agreement and its parties",
    ),
    (
        "split_shares",
        "split_shares_closed",
        "EXISTS (SELECT 1 FROM split_versions WHERE id = NEW.version_id)",
        "the version is closed",
    ),
    (
        "split_releases",
        "split_releases_own",
        "NEW.version_id IS NOT NULL AND NOT EXISTS
             (SELECT 1 FROM split_parkings JOIN split_versions ON split_versions.work_id = split_parkings.work_id
              WHERE split_parkings.order_line_id = NEW.order_line_id AND split_versions.id = NEW.version_id)",
        "what was parked is given out by the split of its own work",
    ),
    (
        "journal_bases",
        "journal_bases_own",
        "NOT EXISTS (SELECT 1 FROM split_versions WHERE id = NEW.version_id AND work_id = NEW.work_id
                     AND agreement_id = NEW.agreement_id AND document_sha256 = NEW.document_sha256)",
        "a journal names the document that was signed",
    ),
];
