//! Checkouts whose payment a bank has let fail: with that row, and not without it, an order gets another checkout, so that it never has two that can be
//! paid.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "failed_checkouts").await?;
        sql::refuse_update(
            manager,
            "orders",
            "orders_one_checkout",
            "(OLD.checkout_id IS NOT NULL AND NEW.checkout_id IS DISTINCT FROM OLD.checkout_id
              AND NOT EXISTS (SELECT 1 FROM failed_checkouts
                              WHERE gateway = OLD.gateway AND checkout_id = OLD.checkout_id AND order_id = OLD.id))
             OR (NEW.checkout_id IS NOT NULL AND NEW.checkout_id IS DISTINCT FROM OLD.checkout_id
                 AND EXISTS (SELECT 1 FROM failed_checkouts WHERE gateway = NEW.gateway AND checkout_id = NEW.checkout_id))",
            "an order has another checkout only when the payment of the first has failed",
        )
        .await
    }
}

const TABLES: &str = "
CREATE TABLE failed_checkouts (
    gateway TEXT NOT NULL,
    checkout_id TEXT NOT NULL,
    order_id $uuid NOT NULL REFERENCES orders (id),
    number $int NOT NULL CHECK (number >= 1),
    gateway_payment TEXT NOT NULL,
    failed_at $instant NOT NULL,
    PRIMARY KEY (gateway, checkout_id),
    UNIQUE (order_id, number)
) $strict
";
