//! Payouts: whose account is paid to, from which amount on, each payout with the journals that book it, and the files that were given to a bank.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "payout_batches").await?;
        sql::refuse_delete(manager, "payouts", "payouts_stay", "what was paid out is not forgotten").await?;
        sql::refuse_truncate(manager, "payouts", "payouts_not_emptied", "what was paid out is not forgotten").await?;
        sql::refuse_insert(
            manager,
            "payouts",
            "payouts_of_own_books",
            "NOT EXISTS (SELECT 1 FROM parties WHERE id = NEW.party_id AND studio_id = NEW.studio_id)
             OR NOT EXISTS (SELECT 1 FROM journals WHERE id = NEW.journal_id AND studio_id = NEW.studio_id
                            AND kind = CASE NEW.method WHEN 'gateway' THEN 'payout' ELSE 'payout_by_hand' END)",
            "a payout is booked in the books of the studio that owes it",
        )
        .await?;
        sql::refuse_update(
            manager,
            "payouts",
            "payouts_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.party_id <> OLD.party_id
             OR NEW.method <> OLD.method OR NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency
             OR NEW.reference <> OLD.reference OR NEW.request_key IS DISTINCT FROM OLD.request_key
             OR NEW.gateway IS DISTINCT FROM OLD.gateway
             OR NEW.gateway_account IS DISTINCT FROM OLD.gateway_account
             OR NEW.batch_id IS DISTINCT FROM OLD.batch_id
             OR (OLD.gateway_transfer IS NOT NULL AND NEW.gateway_transfer IS DISTINCT FROM OLD.gateway_transfer)
             OR (NEW.attempt <> OLD.attempt AND NOT (OLD.state = 'failed' AND NEW.state = 'sending'
                                                     AND NEW.attempt = OLD.attempt + 1))
             OR (NEW.attempt = OLD.attempt AND NEW.journal_id <> OLD.journal_id)
             OR (NEW.attempt = OLD.attempt AND OLD.undone_journal IS NOT NULL
                 AND NEW.undone_journal IS DISTINCT FROM OLD.undone_journal)",
            "a payout stays what it was, and an attempt is booked once",
        )
        .await?;
        sql::refuse_update(
            manager,
            "payouts",
            "payouts_go_on",
            "NEW.state <> OLD.state AND NOT (
                 (OLD.state = 'sending' AND NEW.state IN ('paid', 'failed'))
                 OR (OLD.state = 'failed' AND ((NEW.state = 'sending' AND NEW.attempt > OLD.attempt)
                                               OR NEW.state = 'cancelled'))
                 OR (OLD.state IN ('paid', 'exported') AND NEW.state = 'returned'))",
            "what was paid is not paid again",
        )
        .await
    }
}

const TABLES: &str = "
CREATE TABLE payees (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    party_id $uuid NOT NULL REFERENCES parties (id),
    gateway TEXT NOT NULL,
    gateway_account TEXT,
    country TEXT NOT NULL CHECK (length(country) = 2),
    email TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'incomplete', 'ready')),
    missing TEXT NOT NULL,
    invited_at $instant NOT NULL,
    invited_by $uuid REFERENCES users (id),
    checked_at $instant,
    UNIQUE (party_id, gateway),
    UNIQUE (gateway, gateway_account),
    CHECK ((gateway_account IS NULL) = (state = 'invited'))
) $strict;
CREATE INDEX payees_studio ON payees (studio_id, id);
CREATE TABLE payee_banks (
    party_id $uuid NOT NULL PRIMARY KEY REFERENCES parties (id),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    scheme TEXT NOT NULL CHECK (scheme IN ('sepa', 'ach')),
    holder TEXT NOT NULL CHECK (length(holder) BETWEEN 1 AND 70),
    account TEXT NOT NULL CHECK (length(account) BETWEEN 1 AND 34),
    bank TEXT,
    savings $bool NOT NULL,
    set_at $instant NOT NULL,
    set_by $uuid REFERENCES users (id),
    CHECK (scheme = 'sepa' OR (bank IS NOT NULL AND length(bank) = 9))
) $strict;
CREATE INDEX payee_banks_studio ON payee_banks (studio_id, scheme);
CREATE TABLE payout_terms (
    studio_id $uuid NOT NULL PRIMARY KEY REFERENCES studios (id),
    hold_days $int NOT NULL CHECK (hold_days BETWEEN 0 AND 365)
) $strict;
CREATE TABLE payout_minimums (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    party_id $uuid REFERENCES parties (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    minimum_minor $bigint NOT NULL CHECK (minimum_minor >= 0)
) $strict;
CREATE UNIQUE INDEX payout_minimums_studio ON payout_minimums (studio_id, currency) WHERE party_id IS NULL;
CREATE UNIQUE INDEX payout_minimums_party ON payout_minimums (party_id, currency) WHERE party_id IS NOT NULL;
CREATE TABLE payout_batches (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    reference TEXT NOT NULL UNIQUE,
    scheme TEXT NOT NULL CHECK (scheme IN ('sepa', 'ach')),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    total_minor $bigint NOT NULL CHECK (total_minor > 0),
    payouts $int NOT NULL CHECK (payouts > 0),
    execute_on $date NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    request_sha256 TEXT NOT NULL CHECK (length(request_sha256) = 64),
    created_at $instant NOT NULL,
    created_by $uuid REFERENCES users (id),
    UNIQUE (studio_id, request_key)
) $strict;
CREATE INDEX payout_batches_studio ON payout_batches (studio_id, id);
CREATE TABLE payouts (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    party_id $uuid NOT NULL REFERENCES parties (id),
    method TEXT NOT NULL CHECK (method IN ('gateway', 'manual', 'sepa', 'ach')),
    state TEXT NOT NULL CHECK (state IN ('sending', 'paid', 'exported', 'failed', 'cancelled', 'returned')),
    reference TEXT NOT NULL UNIQUE,
    amount_minor $bigint NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    gateway TEXT,
    gateway_account TEXT,
    gateway_transfer TEXT,
    batch_id $uuid REFERENCES payout_batches (id),
    attempt $int NOT NULL CHECK (attempt >= 1),
    attempt_at $instant NOT NULL,
    tried_at $instant,
    journal_id $uuid NOT NULL UNIQUE REFERENCES journals (id),
    undone_journal $uuid UNIQUE REFERENCES journals (id),
    failure TEXT,
    retry_at $instant,
    reversed_minor $bigint NOT NULL CHECK (reversed_minor BETWEEN 0 AND amount_minor),
    note TEXT NOT NULL CHECK (length(note) <= 2000),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    requested_at $instant NOT NULL,
    requested_by $uuid REFERENCES users (id),
    paid_at $instant,
    checked_at $instant,
    UNIQUE (gateway, gateway_transfer),
    UNIQUE (studio_id, request_key),
    CHECK ((gateway IS NULL) = (method <> 'gateway')),
    CHECK ((gateway_account IS NULL) = (method <> 'gateway')),
    CHECK (gateway_transfer IS NULL OR method = 'gateway'),
    CHECK ((batch_id IS NULL) = (method NOT IN ('sepa', 'ach'))),
    CHECK (state NOT IN ('sending', 'failed', 'cancelled') OR method = 'gateway'),
    CHECK (state <> 'exported' OR method IN ('sepa', 'ach')),
    CHECK (state <> 'paid' OR method = 'manual' OR gateway_transfer IS NOT NULL),
    CHECK ((undone_journal IS NULL) = (state NOT IN ('failed', 'cancelled', 'returned'))),
    CHECK (undone_journal IS NULL OR failure IS NOT NULL),
    CHECK (retry_at IS NULL OR state = 'failed')
) $strict;
CREATE INDEX payouts_studio ON payouts (studio_id, id);
CREATE INDEX payouts_batch ON payouts (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX payouts_retry ON payouts (retry_at) WHERE state = 'failed';
CREATE INDEX payouts_sending ON payouts (attempt_at) WHERE state = 'sending';
CREATE INDEX payouts_checked ON payouts (gateway, checked_at) WHERE state = 'paid';
CREATE UNIQUE INDEX payouts_under_way ON payouts (party_id, currency) WHERE state IN ('sending', 'failed')
";
