//! How often the gateway has refused a refund that is to be made whatever happens, and when it last did: it is asked anew under another key, for what it
//! said under the first it says again for a day.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, COLUMNS).await
    }
}

const COLUMNS: &str = "
ALTER TABLE refunds ADD COLUMN refusals $int NOT NULL DEFAULT 0 CHECK (refusals >= 0);
ALTER TABLE refunds ADD COLUMN refused_at $instant
";
