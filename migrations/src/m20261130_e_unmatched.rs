//! Payments at the gateway that name an order which is not here: kept in sight until nothing of them is left.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::refuse_delete(
            manager,
            "unmatched_payments",
            "unmatched_payments_stay",
            "a payment that matches no order is not forgotten",
        )
        .await?;
        sql::refuse_update(
            manager,
            "unmatched_payments",
            "unmatched_payments_identity",
            "NEW.gateway <> OLD.gateway OR NEW.gateway_payment <> OLD.gateway_payment OR NEW.order_named <> OLD.order_named
             OR NEW.currency <> OLD.currency OR NEW.seen_at <> OLD.seen_at",
            "a payment that matches no order stays what it was",
        )
        .await
    }
}

const TABLES: &str = "
CREATE TABLE unmatched_payments (
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    order_named $uuid NOT NULL,
    kept_minor $bigint NOT NULL CHECK (kept_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    seen_at $instant NOT NULL,
    checked_at $instant NOT NULL,
    PRIMARY KEY (gateway, gateway_payment)
) $strict
";
