//! Accounts, journals and entries. A journal is inserted behind its entries and closes them: it is refused unless they sum to zero in each currency, and an entry is refused once its journal stands.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        keep_whole(manager, &["accounts", "journals", "entries"]).await
    }
}

/// The triggers that keep the ledger whole: these tables append-only, journals balanced, entries closed and of their account's currency.
pub(crate) async fn keep_whole(manager: &SchemaManager<'_>, append_only: &[&str]) -> Result<(), DbErr> {
    for table in append_only {
        sql::append_only(manager, table).await?;
    }
    sql::refuse_insert(
        manager,
        "journals",
        "journals_balance",
        "EXISTS (SELECT 1 FROM entries WHERE journal_id = NEW.id GROUP BY currency HAVING SUM(amount_minor) <> 0)
             OR (SELECT COUNT(*) FROM entries WHERE journal_id = NEW.id) < 2",
        "a journal has two or more entries that sum to zero in each currency",
    )
    .await?;
    sql::refuse_insert(
        manager,
        "entries",
        "entries_closed",
        "EXISTS (SELECT 1 FROM journals WHERE id = NEW.journal_id)",
        "the journal is closed",
    )
    .await?;
    sql::refuse_insert(
        manager,
        "entries",
        "entries_currency",
        "NOT EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND currency = NEW.currency)",
        "an entry has the currency of its account",
    )
    .await
}

const TABLES: &str = "
CREATE TABLE accounts (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('gateway_clearing', 'gateway_fees', 'sales', 'splits_expense', 'payable', 'refunds_due')),
    party_id $uuid REFERENCES parties (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    opened_at $instant NOT NULL,
    CHECK ((kind = 'payable') = (party_id IS NOT NULL))
) $strict;
CREATE UNIQUE INDEX accounts_studio ON accounts (studio_id, kind, currency) WHERE party_id IS NULL;
CREATE UNIQUE INDEX accounts_party ON accounts (studio_id, party_id, currency) WHERE party_id IS NOT NULL;
CREATE TABLE journals (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    order_id $uuid REFERENCES orders (id),
    reference TEXT NOT NULL,
    memo TEXT NOT NULL,
    posted_at $instant NOT NULL,
    UNIQUE (source, external_id, kind)
) $strict;
CREATE INDEX journals_studio ON journals (studio_id, id);
CREATE INDEX journals_order ON journals (order_id);
CREATE TABLE entries (
    id $uuid NOT NULL PRIMARY KEY,
    journal_id $uuid NOT NULL REFERENCES journals (id) DEFERRABLE INITIALLY DEFERRED,
    account_id $uuid NOT NULL REFERENCES accounts (id),
    amount_minor $bigint NOT NULL CHECK (amount_minor <> 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3)
) $strict;
CREATE INDEX entries_journal ON entries (journal_id);
CREATE INDEX entries_account ON entries (account_id)
";
