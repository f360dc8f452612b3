//! Exclusives that have ended, for nothing is kept of what was paid for them: with that row, and not without it, their claim is let go of, so that the
//! work can be sold again.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On SQLite too: between the old guard of the claims and the new one nothing may break off.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "exclusive_ends").await?;
        sql::refuse_insert(
            manager,
            "exclusive_ends",
            "exclusive_ends_claimed",
            "NOT EXISTS (SELECT 1 FROM licences JOIN exclusive_claims ON exclusive_claims.work_id = licences.work_id
                         AND exclusive_claims.order_id = licences.order_id
                         WHERE licences.id = NEW.licence_id AND licences.exclusive AND licences.studio_id = NEW.studio_id
                         AND licences.work_id = NEW.work_id AND licences.order_id = NEW.order_id)",
            "what ends is an exclusive licence, and its order has claimed the work",
        )
        .await?;
        sql::refuse_insert(
            manager,
            "exclusive_ends",
            "exclusive_ends_returned",
            IS_KEPT,
            "an exclusive ends when nothing is kept of what was paid for it",
        )
        .await?;
        let unguarded = if manager.get_database_backend() == DbBackend::Postgres {
            "DROP TRIGGER exclusive_claims_licensed ON exclusive_claims; DROP FUNCTION exclusive_claims_licensed()"
        } else {
            "DROP TRIGGER exclusive_claims_licensed"
        };
        manager.get_connection().execute_unprepared(unguarded).await?;
        sql::refuse_delete_where(
            manager,
            "exclusive_claims",
            "exclusive_claims_ended",
            "EXISTS (SELECT 1 FROM licences WHERE work_id = OLD.work_id AND order_id = OLD.order_id AND exclusive
                     AND NOT EXISTS (SELECT 1 FROM exclusive_ends WHERE licence_id = licences.id))",
            "a claim whose licence stands is not let go of",
        )
        .await
    }
}

const TABLES: &str = "
CREATE TABLE exclusive_ends (
    licence_id $uuid NOT NULL PRIMARY KEY REFERENCES licences (id),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    order_id $uuid NOT NULL REFERENCES orders (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    claimed_at $instant NOT NULL,
    ended_at $instant NOT NULL,
    ended_by $uuid REFERENCES users (id)
) $strict;
CREATE INDEX exclusive_ends_order ON exclusive_ends (order_id);
CREATE INDEX exclusive_ends_work ON exclusive_ends (work_id)
";

/// Whether anything is kept of the order's sale. What is on its way back may fail to arrive, and counts as kept.
const IS_KEPT: &str = "
    (SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds JOIN payments ON payments.id = refunds.payment_id
     JOIN journals ON journals.source = payments.gateway AND journals.external_id = payments.gateway_payment
     WHERE payments.order_id = NEW.order_id AND journals.kind = 'sale'
     AND refunds.state = 'succeeded' AND refunds.journal_id IS NOT NULL)
    + (SELECT COALESCE(SUM(disputes.amount_minor), 0) FROM disputes JOIN payments ON payments.id = disputes.payment_id
       JOIN journals ON journals.source = payments.gateway AND journals.external_id = payments.gateway_payment
       WHERE payments.order_id = NEW.order_id AND journals.kind = 'sale'
       AND disputes.state = 'lost' AND disputes.closed_journal IS NOT NULL)
    < (SELECT COALESCE(SUM(payments.amount_minor), 1) FROM payments
       JOIN journals ON journals.source = payments.gateway AND journals.external_id = payments.gateway_payment
       WHERE payments.order_id = NEW.order_id AND journals.kind = 'sale')";
