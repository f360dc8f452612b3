//! Changes of payees, of their banks and of the statements that they were given are marked too.

use sea_orm_migration::prelude::*;

use crate::m20261203_e_studio_marks::mark;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        mark(manager, &[("payee_banks", "payouts"), ("payee_statements", "runs"), ("payees", "payouts")]).await
    }
}
