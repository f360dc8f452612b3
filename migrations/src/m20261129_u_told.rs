//! What the gateway has said of a dispute stands beside what is booked of it, so that where the two differ is seen; and the evidence of an answer is kept
//! as it is sent.

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
ALTER TABLE disputes ADD COLUMN told_state TEXT
    CHECK (told_state IN ('inquiry', 'needs_response', 'under_review', 'won', 'lost'));
ALTER TABLE disputes ADD COLUMN told_fee_minor $bigint;
ALTER TABLE disputes ADD COLUMN evidence TEXT
";
