//! What the gateway has told of an order is found by the order, not by reading all that it has ever told.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, "CREATE INDEX gateway_events_order ON gateway_events (order_id) WHERE order_id IS NOT NULL")
            .await
    }
}
