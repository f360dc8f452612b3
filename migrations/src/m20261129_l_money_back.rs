//! Payments that are authorised before they are collected, refunds in part, disputes, claims that can be let go of until their licence stands, and how
//! far the gateway's events have been read.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On SQLite too: between the old table of payments and the new one nothing may break off.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            sql::run(manager, &PAYMENTS_POSTGRES.replace("$states", STATES)).await?;
            manager.get_connection().execute_unprepared(CLAIMS_POSTGRES).await?;
        } else {
            sql::run(manager, &PAYMENTS_SQLITE.replace("$states", STATES)).await?;
            manager.get_connection().execute_unprepared(CLAIMS_SQLITE).await?;
        }
        sql::run(manager, TABLES).await?;
        sql::run(manager, BACKFILL).await?;
        sql::refuse_update(
            manager,
            "exclusive_claims",
            "exclusive_claims_stand",
            "1 = 1",
            "a claim is not handed on: it is let go of, or it stands",
        )
        .await?;
        sql::refuse_delete_where(
            manager,
            "exclusive_claims",
            "exclusive_claims_licensed",
            "EXISTS (SELECT 1 FROM licences WHERE work_id = OLD.work_id AND order_id = OLD.order_id AND exclusive)",
            "a claim whose licence stands is not let go of",
        )
        .await?;
        sql::refuse_delete(manager, "refunds", "refunds_stay", "what was given back is not forgotten").await?;
        sql::refuse_delete(manager, "disputes", "disputes_stay", "what was disputed is not forgotten").await?;
        sql::refuse_update(
            manager,
            "refunds",
            "refunds_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.payment_id <> OLD.payment_id
             OR NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency
             OR (OLD.gateway_refund IS NOT NULL AND NEW.gateway_refund IS DISTINCT FROM OLD.gateway_refund)
             OR (OLD.journal_id IS NOT NULL AND NEW.journal_id IS DISTINCT FROM OLD.journal_id)
             OR (OLD.state = 'failed' AND NEW.state <> 'failed') OR (OLD.state = 'succeeded' AND NEW.state = 'requested')",
            "a refund stays what it was, and its state goes one way",
        )
        .await?;
        sql::refuse_update(
            manager,
            "disputes",
            "disputes_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.payment_id <> OLD.payment_id
             OR NEW.gateway_dispute <> OLD.gateway_dispute
             OR (OLD.opened_journal IS NOT NULL AND NEW.opened_journal IS DISTINCT FROM OLD.opened_journal)
             OR (OLD.state IN ('won', 'lost') AND NEW.state <> OLD.state)",
            "a dispute stays what it was, and is decided once",
        )
        .await
    }
}

const STATES: &str = "'authorised', 'cancelled', 'captured', 'refunding', 'refunded'";

const PAYMENTS_POSTGRES: &str = "
ALTER TABLE payments DROP CONSTRAINT payments_state_check;
ALTER TABLE payments ADD CONSTRAINT payments_state_check CHECK (state IN ($states));
ALTER TABLE payments ADD COLUMN capture_before $instant;
ALTER TABLE payments ADD COLUMN checked_at $instant;
CREATE INDEX payments_checked ON payments (gateway, checked_at)
";

// Made anew, for SQLite changes no check of a table. Nothing refers to it yet.
const PAYMENTS_SQLITE: &str = "
DROP INDEX payments_order;
ALTER TABLE payments RENAME TO payments_of_three_states;
CREATE TABLE payments (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    order_id $uuid NOT NULL REFERENCES orders (id),
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ($states)),
    amount_minor $bigint NOT NULL CHECK (amount_minor >= 0),
    fee_minor $bigint NOT NULL CHECK (fee_minor BETWEEN 0 AND amount_minor),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    received_at $instant NOT NULL,
    capture_before $instant,
    checked_at $instant,
    UNIQUE (gateway, gateway_payment)
) $strict;
INSERT INTO payments
    SELECT id, studio_id, order_id, gateway, gateway_payment, state, amount_minor, fee_minor, currency, received_at, NULL, NULL
    FROM payments_of_three_states;
DROP TABLE payments_of_three_states;
CREATE INDEX payments_order ON payments (order_id);
CREATE INDEX payments_checked ON payments (gateway, checked_at)
";

const CLAIMS_POSTGRES: &str = "DROP TRIGGER exclusive_claims_append_only ON exclusive_claims";

const CLAIMS_SQLITE: &str = "DROP TRIGGER exclusive_claims_no_UPDATE; DROP TRIGGER exclusive_claims_no_DELETE";

const TABLES: &str = "
CREATE INDEX exclusive_claims_order ON exclusive_claims (order_id);
CREATE INDEX order_lines_work ON order_lines (work_id);
CREATE TABLE refunds (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    payment_id $uuid NOT NULL REFERENCES payments (id),
    gateway TEXT NOT NULL,
    gateway_refund TEXT,
    state TEXT NOT NULL CHECK (state IN ('requested', 'succeeded', 'failed')),
    amount_minor $bigint NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    requested_by $uuid REFERENCES users (id),
    requested_at $instant NOT NULL,
    failure TEXT,
    journal_id $uuid REFERENCES journals (id),
    undone_journal $uuid REFERENCES journals (id),
    UNIQUE (gateway, gateway_refund),
    UNIQUE (studio_id, request_key),
    CHECK (undone_journal IS NULL OR journal_id IS NOT NULL)
) $strict;
CREATE INDEX refunds_payment ON refunds (payment_id, id);
CREATE INDEX refunds_requested ON refunds (requested_at) WHERE state = 'requested';
CREATE TABLE disputes (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    payment_id $uuid NOT NULL REFERENCES payments (id),
    gateway TEXT NOT NULL,
    gateway_dispute TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('inquiry', 'needs_response', 'under_review', 'won', 'lost')),
    amount_minor $bigint NOT NULL CHECK (amount_minor > 0),
    fee_minor $bigint NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    reason TEXT NOT NULL,
    evidence_by $instant,
    learned_at $instant NOT NULL,
    statement TEXT CHECK (length(statement) BETWEEN 1 AND 20000),
    answered_by $uuid REFERENCES users (id),
    answer_requested_at $instant,
    answered_at $instant,
    opened_journal $uuid REFERENCES journals (id),
    closed_journal $uuid REFERENCES journals (id),
    UNIQUE (gateway, gateway_dispute),
    CHECK (closed_journal IS NULL OR opened_journal IS NOT NULL),
    CHECK ((statement IS NULL) = (answer_requested_at IS NULL)),
    CHECK (answered_at IS NULL OR answer_requested_at IS NOT NULL)
) $strict;
CREATE INDEX disputes_payment ON disputes (payment_id, id);
CREATE INDEX disputes_studio ON disputes (studio_id, id);
CREATE TABLE gateway_reads (
    gateway TEXT NOT NULL PRIMARY KEY,
    read_to $instant NOT NULL
) $strict
";

// What was given back before, and what was about to be: whole, one refund a payment, with the payment's own number. Jobs of then name the payment, and
// by that number they find the refund.
const BACKFILL: &str = "
INSERT INTO refunds
    (id, studio_id, payment_id, gateway, gateway_refund, state, amount_minor, currency, reason, request_key, requested_by,
     requested_at, failure, journal_id, undone_journal)
SELECT payments.id, payments.studio_id, payments.id, payments.gateway, NULL,
       CASE payments.state WHEN 'refunded' THEN 'succeeded' ELSE 'requested' END,
       payments.amount_minor, payments.currency, 'it could not be granted', NULL, NULL, payments.received_at, NULL,
       (SELECT journals.id FROM journals WHERE journals.source = payments.gateway
        AND journals.external_id = payments.gateway_payment AND journals.kind = 'refund'), NULL
FROM payments WHERE payments.state IN ('refunding', 'refunded') AND payments.amount_minor > 0
";
