//! Guards that could be got around: what has been executed or filed is neither replaced, nor added to, nor changed in any column.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::refuse_update(
            manager,
            "agreements",
            "agreements_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.reference <> OLD.reference
             OR NEW.template <> OLD.template OR NEW.supersedes_id IS DISTINCT FROM OLD.supersedes_id
             OR NEW.created_at <> OLD.created_at",
            "an agreement keeps its number and what it replaces",
        )
        .await?;
        sql::refuse_update(
            manager,
            "agreements",
            "agreements_final_columns",
            // The evidence goes on, and the end of a term is announced once.
            "OLD.state IN ('executed', 'declined', 'voided', 'expired')
             AND (NEW.title <> OLD.title OR NEW.work_id IS DISTINCT FROM OLD.work_id
                  OR NEW.signing_order <> OLD.signing_order
                  OR NEW.expires_at IS DISTINCT FROM OLD.expires_at
                  OR NEW.term_ends_on IS DISTINCT FROM OLD.term_ends_on
                  OR NEW.sent_at IS DISTINCT FROM OLD.sent_at
                  OR NEW.executed_at IS DISTINCT FROM OLD.executed_at
                  OR NEW.closed_at IS DISTINCT FROM OLD.closed_at
                  OR NEW.closed_reason IS DISTINCT FROM OLD.closed_reason)",
            "an agreement that is over does not change",
        )
        .await?;
        sql::refuse_update(
            manager,
            "agreements",
            "agreements_final_head",
            "OLD.state IN ('executed', 'declined', 'voided', 'expired')
             AND (NEW.evidence_count <> OLD.evidence_count OR NEW.evidence_head <> OLD.evidence_head)
             AND NEW.evidence_head <> COALESCE(
                 (SELECT hash FROM agreement_evidence WHERE agreement_id = NEW.id AND seq = NEW.evidence_count), '')",
            "the head of the evidence is the hash of its last entry",
        )
        .await?;
        sql::refuse_update(
            manager,
            "agreement_signers",
            "agreement_signers_identity",
            "NEW.id <> OLD.id OR NEW.agreement_id <> OLD.agreement_id",
            "a signer keeps their agreement",
        )
        .await?;
        sql::refuse_insert(
            manager,
            "agreement_signers",
            "agreement_signers_closed",
            "EXISTS (SELECT 1 FROM agreements WHERE id = NEW.agreement_id AND state = 'executed')",
            "the signatures of an executed agreement do not change",
        )
        .await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            refuse_replacing(manager).await?;
        }
        Ok(())
    }
}

/// `INSERT OR REPLACE`, which SQLite alone has, takes out the row that stands in its way and asks no trigger on deletion.
async fn refuse_replacing(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let tables = [
        (
            "agreements",
            "id = NEW.id OR reference = NEW.reference
             OR (supersedes_id = NEW.supersedes_id AND state NOT IN ('declined', 'voided', 'expired')
                 AND NEW.state NOT IN ('declined', 'voided', 'expired'))",
        ),
        ("agreement_signers", "id = NEW.id"),
        ("agreement_versions", "agreement_id = NEW.agreement_id AND number = NEW.number"),
        ("seal_revisions", "(seal_id = NEW.seal_id AND revision = NEW.revision) OR asset_id = NEW.asset_id"),
    ];
    for (table, stands) in tables {
        let (name, wrong) = (format!("{table}_no_replace"), format!("EXISTS (SELECT 1 FROM {table} WHERE {stands})"));
        sql::refuse_insert(manager, table, &name, &wrong, &format!("a row of {table} is not replaced")).await?;
    }
    Ok(())
}
