//! What a studio has is found by the studio: its accounts, its recordings, the splits of its works, and who of its parties took whose place. And what was
//! carried into a run is found by the run. Until now each of them was looked for among everybody's.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, INDEXES).await
    }
}

// Two indexes of the accounts begin with the studio already, but each holds those of one sort alone: with a party, or without.
const INDEXES: &str = "
CREATE INDEX accounts_of_books ON accounts (studio_id);
CREATE INDEX party_successors_studio ON party_successors (studio_id);
CREATE INDEX recordings_studio ON recordings (studio_id, id);
CREATE INDEX royalty_carried_run ON royalty_carried (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX split_versions_studio ON split_versions (studio_id, work_id)
";
