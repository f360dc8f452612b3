//! The terms of royalties: rules as versions that never change, and what is charged against royalties.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "royalty_rules").await?;
        sql::refuse_delete(manager, "royalty_charges", "royalty_charges_stay", "a charge is not forgotten").await?;
        sql::refuse_insert(
            manager,
            "royalty_rules",
            "royalty_rules_follow",
            "NEW.number <> 1 + (SELECT count(*) FROM royalty_rules WHERE studio_id = NEW.studio_id AND rule = NEW.rule)
             OR EXISTS (SELECT 1 FROM royalty_rules WHERE studio_id = NEW.studio_id AND rule = NEW.rule AND kind <> NEW.kind)",
            "versions of a rule follow each other without a gap and stay of one kind",
        )
        .await?;
        sql::refuse_insert(
            manager,
            "royalty_charges",
            "royalty_charges_reverse",
            "NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM royalty_charges AS charged
                 WHERE charged.id = NEW.reverses_id AND charged.studio_id = NEW.studio_id AND charged.reverses_id IS NULL
                 AND charged.kind = NEW.kind AND charged.on_date = NEW.on_date AND charged.currency = NEW.currency
                 AND charged.amount_minor = -NEW.amount_minor
                 AND charged.party_id IS NOT DISTINCT FROM NEW.party_id
                 AND charged.account_group IS NOT DISTINCT FROM NEW.account_group
                 AND charged.recording_id IS NOT DISTINCT FROM NEW.recording_id
                 AND charged.work_id IS NOT DISTINCT FROM NEW.work_id
                 AND charged.release IS NOT DISTINCT FROM NEW.release
                 AND charged.included_party_id IS NOT DISTINCT FROM NEW.included_party_id
                 AND charged.included_group IS NOT DISTINCT FROM NEW.included_group)",
            "what takes a charge back is that charge with its sides turned",
        )
        .await
    }
}

// The text is canonical JSON of what the rule says; its hash is that of the text. What payouts keep to of a payee's terms stands in columns, too. A payment below zero is one that came back; its key names the attempt of the
// payout and the account, so that each is set off once, and comes back once. Another charge below zero takes one back, once. One without a payout was settled against what the payee had to give back.
const TABLES: &str = "
CREATE TABLE royalty_rules (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    rule TEXT NOT NULL CHECK (length(rule) BETWEEN 1 AND 200),
    number $int NOT NULL CHECK (number >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('split', 'album', 'contract', 'payee', 'withholding')),
    effective_on $date NOT NULL,
    ends_on $date,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    document_sha256 TEXT CHECK (length(document_sha256) = 64),
    agreement_id $uuid,
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    written_at $instant NOT NULL,
    written_by $uuid REFERENCES users (id),
    payee_id $uuid,
    minimum_minor $bigint CHECK (minimum_minor >= 0),
    minimum_currency TEXT CHECK (length(minimum_currency) = 3),
    hold_reason TEXT,
    hold_through $date,
    PRIMARY KEY (studio_id, rule, number),
    FOREIGN KEY (agreement_id, studio_id) REFERENCES agreements (id, studio_id),
    FOREIGN KEY (payee_id, studio_id) REFERENCES parties (id, studio_id),
    CHECK ((kind = 'payee') = (payee_id IS NOT NULL)),
    CHECK ((minimum_minor IS NULL) = (minimum_currency IS NULL)),
    CHECK (payee_id IS NOT NULL OR (minimum_minor IS NULL AND hold_reason IS NULL)),
    CHECK (hold_through IS NULL OR hold_reason IS NOT NULL),
    CHECK (agreement_id IS NULL OR document_sha256 IS NOT NULL),
    CHECK (kind <> 'split' OR document_sha256 IS NOT NULL),
    CHECK (ends_on IS NULL OR (kind = 'contract' AND ends_on >= effective_on))
) $strict;
CREATE UNIQUE INDEX royalty_rules_key ON royalty_rules (studio_id, request_key) WHERE request_key IS NOT NULL;
CREATE INDEX royalty_rules_payees ON royalty_rules (studio_id, payee_id) WHERE payee_id IS NOT NULL;
CREATE INDEX royalty_rules_ending ON royalty_rules (studio_id, ends_on) WHERE ends_on IS NOT NULL;
CREATE TABLE royalty_charges (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('shared', 'cost', 'advance', 'payment')),
    on_date $date NOT NULL,
    amount_minor $bigint NOT NULL CHECK (amount_minor <> 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    recording_id $uuid,
    work_id $uuid,
    release TEXT CHECK (length(release) = 13),
    party_id $uuid,
    account_group TEXT CHECK (length(account_group) BETWEEN 1 AND 100),
    included_party_id $uuid,
    included_group TEXT CHECK (length(included_group) BETWEEN 1 AND 100),
    payout_id $uuid REFERENCES payouts (id),
    reverses_id $uuid UNIQUE REFERENCES royalty_charges (id),
    note TEXT NOT NULL CHECK (length(note) <= 500),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    journal_id $uuid REFERENCES journals (id),
    recorded_at $instant NOT NULL,
    recorded_by $uuid REFERENCES users (id),
    FOREIGN KEY (recording_id, studio_id) REFERENCES recordings (id, studio_id),
    FOREIGN KEY (work_id, studio_id) REFERENCES works (id, studio_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id),
    FOREIGN KEY (included_party_id, studio_id) REFERENCES parties (id, studio_id),
    CHECK ((kind = 'shared') = (party_id IS NULL)),
    CHECK ((party_id IS NULL) = (account_group IS NULL)),
    CHECK ((kind = 'shared' AND ((recording_id IS NOT NULL AND work_id IS NULL AND release IS NULL)
            OR (recording_id IS NULL AND work_id IS NOT NULL AND release IS NULL)
            OR (recording_id IS NULL AND work_id IS NULL AND release IS NOT NULL)))
        OR (kind <> 'shared' AND recording_id IS NULL AND work_id IS NULL AND release IS NULL)),
    CHECK ((included_party_id IS NULL) = (included_group IS NULL)),
    CHECK (included_party_id IS NULL OR kind = 'advance'),
    CHECK (payout_id IS NULL OR kind = 'payment'),
    CHECK (reverses_id IS NULL OR (kind <> 'payment' AND amount_minor < 0)),
    CHECK (amount_minor > 0 OR payout_id IS NOT NULL OR reverses_id IS NOT NULL),
    CHECK (kind = 'payment' OR amount_minor BETWEEN -1000000000000 AND 1000000000000),
    CHECK (kind <> 'payment' OR request_key IS NOT NULL)
) $strict;
CREATE UNIQUE INDEX royalty_charges_key ON royalty_charges (studio_id, request_key) WHERE request_key IS NOT NULL;
CREATE INDEX royalty_charges_payout ON royalty_charges (payout_id) WHERE payout_id IS NOT NULL;
CREATE INDEX royalty_charges_studio ON royalty_charges (studio_id, currency, on_date)
";
