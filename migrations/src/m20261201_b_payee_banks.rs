//! The history of payees' bank details: whoever sets other details leaves a row of it, with the account masked.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On SQLite too: between the details and the first rows of their history nothing may break off.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::run(manager, BACKFILL).await?;
        sql::append_only(manager, "payee_bank_changes").await?;
        sql::refuse_insert(
            manager,
            "payee_bank_changes",
            "payee_bank_changes_of_own_payee",
            "NOT EXISTS (SELECT 1 FROM parties WHERE id = NEW.party_id AND studio_id = NEW.studio_id)",
            "bank details are those of a payee of the studio",
        )
        .await?;
        sql::refuse_insert(manager, "payee_banks", "payee_banks_told", UNTOLD, MESSAGE).await?;
        let is_other = "NEW.scheme <> OLD.scheme OR NEW.holder <> OLD.holder OR NEW.account <> OLD.account
             OR NEW.bank IS DISTINCT FROM OLD.bank OR NEW.savings <> OLD.savings
             OR NEW.change_id IS DISTINCT FROM OLD.change_id";
        // A row that was told already, or before the one that stands, tells of no change.
        let untold = format!("({is_other}) AND (NEW.change_id <= OLD.change_id OR {UNTOLD})");
        sql::refuse_update(manager, "payee_banks", "payee_banks_changed", &untold, MESSAGE).await
    }
}

const MESSAGE: &str = "other bank details leave a row of their history";

/// Whether the row of the history that the details name is not of them. Of the account it has the mask alone.
const UNTOLD: &str = "NOT EXISTS (SELECT 1 FROM payee_bank_changes
    WHERE id = NEW.change_id AND party_id = NEW.party_id AND scheme = NEW.scheme AND holder = NEW.holder
    AND bank IS NOT DISTINCT FROM NEW.bank AND savings = NEW.savings)";

const TABLES: &str = "
CREATE TABLE payee_bank_changes (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    party_id $uuid NOT NULL REFERENCES parties (id),
    scheme TEXT NOT NULL CHECK (scheme IN ('sepa', 'ach')),
    holder TEXT NOT NULL CHECK (length(holder) BETWEEN 1 AND 70),
    masked_account TEXT NOT NULL CHECK (length(masked_account) BETWEEN 1 AND 7),
    bank TEXT,
    savings $bool NOT NULL,
    set_at $instant NOT NULL,
    set_by $uuid REFERENCES users (id)
) $strict;
CREATE INDEX payee_bank_changes_studio ON payee_bank_changes (studio_id, id);
CREATE INDEX payee_bank_changes_party ON payee_bank_changes (party_id, id);
ALTER TABLE payee_banks ADD COLUMN change_id $uuid REFERENCES payee_bank_changes (id);
CREATE UNIQUE INDEX payee_banks_change ON payee_banks (change_id)
";

// What was set before: the first row of each history has its payee's number.
const BACKFILL: &str = "
INSERT INTO payee_bank_changes
    (id, studio_id, party_id, scheme, holder, masked_account, bank, savings, set_at, set_by)
SELECT party_id, studio_id, party_id, scheme, holder,
       CASE scheme WHEN 'sepa' THEN substr(account, 1, 2) ELSE '' END || '…' ||
       substr(account, length(account) + 1 - CASE WHEN length(account) >= 8 THEN 4 ELSE length(account) / 2 END),
       bank, savings, set_at, set_by
FROM payee_banks;
UPDATE payee_banks SET change_id = party_id
";
