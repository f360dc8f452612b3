//! Agreements: their versions, signers, links, sessions and evidence. The evidence is a chain: an entry is refused unless it follows
//! from the last. What has been executed cannot be changed.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        for table in ["agreement_versions", "agreement_evidence"] {
            sql::append_only(manager, table).await?;
        }
        sql::refuse_insert(
            manager,
            "agreement_evidence",
            "agreement_evidence_chain",
            "NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM agreement_evidence WHERE agreement_id = NEW.agreement_id), 0)
             OR NEW.previous <> COALESCE(
                 (SELECT hash FROM agreement_evidence WHERE agreement_id = NEW.agreement_id AND seq = NEW.seq - 1),
                 '0000000000000000000000000000000000000000000000000000000000000000')",
            "an entry of evidence follows from the last one",
        )
        .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // SQLite has no SHA-256; there a forged hash is found by verification alone.
            sql::refuse_insert(
                manager,
                "agreement_evidence",
                "agreement_evidence_hash",
                "NEW.hash <> encode(sha256(convert_to(NEW.previous || chr(10) || NEW.event, 'UTF8')), 'hex')",
                "an entry of evidence has the hash of its text",
            )
            .await?;
        }
        sql::refuse_update(
            manager,
            "agreements",
            "agreements_final",
            "OLD.state IN ('executed', 'declined', 'voided', 'expired')
             AND (NEW.state <> OLD.state OR NEW.version <> OLD.version OR NEW.studio_id <> OLD.studio_id
                  OR NEW.reference <> OLD.reference OR NEW.evidence_count < OLD.evidence_count)",
            "an agreement that is over does not change",
        )
        .await?;
        sql::refuse_update(
            manager,
            "agreement_signers",
            "agreement_signatures_final",
            "EXISTS (SELECT 1 FROM agreements WHERE id = OLD.agreement_id AND state = 'executed')",
            "the signatures of an executed agreement do not change",
        )
        .await?;
        for table in ["agreements", "agreement_signers"] {
            sql::refuse_delete(manager, table, &format!("{table}_kept"), "agreements and their signers are kept")
                .await?;
        }
        Ok(())
    }
}

const TABLES: &str = "
CREATE TABLE agreements (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    reference TEXT NOT NULL UNIQUE,
    template TEXT NOT NULL CHECK (template IN ('split_sheet', 'producer', 'mix_master', 'work_for_hire', 'collaboration', 'composer_for_hire')),
    title TEXT NOT NULL,
    work_id $uuid REFERENCES works (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'partly_signed', 'executed', 'countered', 'declined', 'voided', 'expired')),
    signing_order TEXT NOT NULL CHECK (signing_order IN ('parallel', 'in_order')),
    version $int NOT NULL CHECK (version >= 1),
    counter_version $int,
    counter_by $uuid,
    supersedes_id $uuid REFERENCES agreements (id),
    expires_at $instant,
    term_ends_on $date,
    term_announced_at $instant,
    evidence_count $int NOT NULL CHECK (evidence_count >= 0),
    evidence_head TEXT NOT NULL CHECK (length(evidence_head) = 64),
    created_at $instant NOT NULL,
    sent_at $instant,
    executed_at $instant,
    closed_at $instant,
    closed_reason TEXT,
    CHECK ((state = 'executed') = (executed_at IS NOT NULL)),
    CHECK ((state IN ('declined', 'voided', 'expired')) = (closed_at IS NOT NULL)),
    CHECK ((state = 'countered') = (counter_version IS NOT NULL)),
    CHECK ((counter_version IS NULL) = (counter_by IS NULL))
) $strict;
CREATE INDEX agreements_studio ON agreements (studio_id, id);
CREATE INDEX agreements_work ON agreements (work_id) WHERE work_id IS NOT NULL;
CREATE INDEX agreements_expiry ON agreements (expires_at) WHERE state IN ('sent', 'partly_signed', 'countered');
CREATE INDEX agreements_term ON agreements (term_ends_on) WHERE state = 'executed' AND term_announced_at IS NULL;
CREATE UNIQUE INDEX agreements_amendment ON agreements (supersedes_id) WHERE supersedes_id IS NOT NULL AND state NOT IN ('declined', 'voided', 'expired');
CREATE TABLE agreement_signers (
    id $uuid NOT NULL PRIMARY KEY,
    agreement_id $uuid NOT NULL REFERENCES agreements (id),
    party_index $int NOT NULL CHECK (party_index >= 0),
    party_key TEXT NOT NULL,
    position $int NOT NULL CHECK (position >= 1),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'signed', 'declined', 'replaced', 'paper', 'released')),
    delegated_by $uuid REFERENCES agreement_signers (id),
    replaced_by $uuid REFERENCES agreement_signers (id),
    reason TEXT,
    party_id $uuid REFERENCES parties (id),
    signed_version $int,
    signed_text_sha256 TEXT CHECK (length(signed_text_sha256) = 64),
    concerns_sha256 TEXT CHECK (length(concerns_sha256) = 64),
    shown_sha256 TEXT CHECK (length(shown_sha256) = 64),
    consent_version TEXT,
    mark $json,
    signed_at $instant,
    ip TEXT,
    user_agent TEXT,
    mailed_at $instant,
    reminders $int NOT NULL CHECK (reminders >= 0),
    created_at $instant NOT NULL
) $strict;
CREATE INDEX agreement_signers_agreement ON agreement_signers (agreement_id, position);
CREATE INDEX agreement_signers_silent ON agreement_signers (mailed_at) WHERE state = 'waiting';
CREATE TABLE agreement_versions (
    agreement_id $uuid NOT NULL REFERENCES agreements (id),
    number $int NOT NULL CHECK (number >= 1),
    document TEXT NOT NULL,
    text_sha256 TEXT NOT NULL CHECK (length(text_sha256) = 64),
    reading $json NOT NULL,
    proposed_by $uuid REFERENCES agreement_signers (id),
    note TEXT,
    created_at $instant NOT NULL,
    PRIMARY KEY (agreement_id, number)
) $strict;
CREATE TABLE agreement_links (
    id $uuid NOT NULL PRIMARY KEY,
    agreement_id $uuid NOT NULL REFERENCES agreements (id),
    signer_id $uuid NOT NULL REFERENCES agreement_signers (id),
    reason TEXT NOT NULL CHECK (reason IN ('invited', 'reminded', 'changed', 'delegated', 'counter_refused', 'requested')),
    created_at $instant NOT NULL,
    expires_at $instant NOT NULL,
    mailed_at $instant,
    used_at $instant,
    voided_at $instant
) $strict;
CREATE INDEX agreement_links_signer ON agreement_links (signer_id, created_at);
CREATE INDEX agreement_links_agreement ON agreement_links (agreement_id);
CREATE TABLE signing_sessions (
    id $uuid NOT NULL PRIMARY KEY,
    agreement_id $uuid NOT NULL REFERENCES agreements (id),
    signer_id $uuid NOT NULL REFERENCES agreement_signers (id),
    link_id $uuid NOT NULL UNIQUE REFERENCES agreement_links (id),
    secret_fingerprint TEXT NOT NULL UNIQUE,
    codes $int NOT NULL CHECK (codes >= 0),
    code_expires_at $instant,
    attempts $int NOT NULL CHECK (attempts >= 0),
    codes_mailed $int NOT NULL CHECK (codes_mailed >= 0),
    verified_at $instant,
    shown_version $int,
    shown_sha256 TEXT CHECK (length(shown_sha256) = 64),
    consent_version TEXT,
    consented_at $instant,
    created_at $instant NOT NULL,
    expires_at $instant NOT NULL,
    CHECK ((shown_version IS NULL) = (shown_sha256 IS NULL)),
    CHECK ((consent_version IS NULL) = (consented_at IS NULL))
) $strict;
CREATE INDEX signing_sessions_agreement ON signing_sessions (agreement_id);
CREATE TABLE agreement_evidence (
    agreement_id $uuid NOT NULL REFERENCES agreements (id),
    seq $int NOT NULL CHECK (seq >= 1),
    at $instant NOT NULL,
    kind TEXT NOT NULL,
    signer_id $uuid REFERENCES agreement_signers (id),
    event TEXT NOT NULL,
    previous TEXT NOT NULL CHECK (length(previous) = 64),
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (agreement_id, seq)
) $strict
";
