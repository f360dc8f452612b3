//! What is heard, mastered, packed and opened of mixes is marked with their reviews.

use sea_orm_migration::prelude::*;

use crate::m20261203_e_studio_marks::mark;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["daw_sessions", "handoff_packs", "masters", "mix_sounds"];
        mark(manager, &tables.map(|table| (table, "reviews"))).await
    }
}
