//! What an account has earned in a run, as one row of the account: a large run has tens of thousands of activities, and nobody asks for one by itself.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On SQLite too: what was kept goes as it is taken over.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        sql::run(manager, TABLE).await?;
        manager.get_connection().execute_unprepared(if is_postgres { TAKE_POSTGRES } else { TAKE_SQLITE }).await?;
        sql::append_only(manager, "royalty_account_activities").await?;
        manager.get_connection().execute_unprepared("DROP TABLE royalty_run_activities").await?;
        if is_postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION royalty_run_activities_append_only()").await?;
        }
        Ok(())
    }
}

const TABLE: &str = "
CREATE TABLE royalty_account_activities (
    run_id $uuid NOT NULL,
    party_id $uuid NOT NULL,
    account_group TEXT NOT NULL,
    studio_id $uuid NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (run_id, party_id, account_group),
    FOREIGN KEY (run_id, party_id, account_group) REFERENCES royalty_run_accounts (run_id, party_id, account_group)
) $strict
";

const TAKE_POSTGRES: &str = "
INSERT INTO royalty_account_activities (run_id, party_id, account_group, studio_id, content)
SELECT run_id, party_id, account_group, studio_id, json_agg(json_build_object(
        'rule', rule, 'rule_number', rule_number, 'kind', kind,
        'recording_id', 'rec_' || replace(recording_id::text, '-', ''), 'work_id', 'work_' || replace(work_id::text, '-', ''),
        'units', units, 'amount', amount) ORDER BY position)::text
    FROM royalty_run_activities GROUP BY run_id, party_id, account_group, studio_id
";

// `hex` of nothing is an empty text.
const TAKE_SQLITE: &str = "
INSERT INTO royalty_account_activities (run_id, party_id, account_group, studio_id, content)
SELECT run_id, party_id, account_group, studio_id, json_group_array(json_object(
        'rule', rule, 'rule_number', rule_number, 'kind', kind,
        'recording_id', iif(recording_id IS NULL, NULL, 'rec_' || lower(hex(recording_id))),
        'work_id', iif(work_id IS NULL, NULL, 'work_' || lower(hex(work_id))),
        'units', units, 'amount', amount) ORDER BY position)
    FROM royalty_run_activities GROUP BY run_id, party_id, account_group, studio_id
";
