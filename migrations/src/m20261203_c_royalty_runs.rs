//! Runs of royalties: what they were reckoned from and come to, what payees are told of them and say to it, who may approve them, and the managers'
//! rosters. And the accounts of the ledger that royalties are posted to.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On SQLite too: what is said of the schema and what is added to it stand together.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let words = if is_postgres { WORDS_POSTGRES } else { WORDS_SQLITE };
        manager.get_connection().execute_unprepared(words).await?;
        for tables in [RUNS, OUTCOMES, TAKEN, PAYEES, MANAGERS] {
            sql::run(manager, tables).await?;
        }
        for table in [
            "royalty_run_imports",
            "royalty_run_accounts",
            "royalty_run_payees",
            "royalty_run_activities",
            "royalty_run_reserves",
            "letters_of_direction",
        ] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, wrong, message) in REFUSED_INSERTS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        for (table, name, wrong, message) in REFUSED_UPDATES {
            sql::refuse_update(manager, table, name, wrong, message).await?;
        }
        for (table, message) in [
            ("royalty_runs", "a run is discarded, not forgotten"),
            ("royalty_carried", "what is carried on is not forgotten"),
            ("payee_statements", "what a payee was told is not forgotten"),
            ("line_disputes", "a dispute is answered, not forgotten"),
            ("roster_grants", "a grant is revoked, not forgotten"),
        ] {
            sql::refuse_delete(manager, table, &format!("{table}_stay"), message).await?;
        }
        sql::refuse_delete_where(
            manager,
            "statement_sums",
            "statement_sums_stay",
            "OLD.run_id IS NOT NULL",
            "what a run has taken stays",
        )
        .await
    }
}

const WORDS_POSTGRES: &str = "
ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check CHECK (kind IN ('gateway_clearing', 'gateway_fees', 'sales', 'splits_expense',
    'payable', 'refunds_due', 'splits_parked', 'disputed', 'suspended', 'receivable', 'bank', 'tax_due', 'services',
    'royalties_due', 'royalty_suspense', 'royalty_reserves', 'royalty_recoupable', 'royalty_differences'));
";

/// A check that lets more pass than before needs no row to be looked at, so that the table need not be made anew: SQLite's manual changes its text.
const WORDS_SQLITE: &str = "
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''tax_due'', ''services''', '''tax_due'', ''services'', ''royalties_due'', ''royalty_suspense'', ''royalty_reserves'', ''royalty_recoupable'', ''royalty_differences''')
    WHERE type = 'table' AND name = 'accounts';
PRAGMA writable_schema = RESET;
";

/// Table, name, what must not be, and what is said of it.
type Refusal = (&'static str, &'static str, &'static str, &'static str);

const REFUSED_INSERTS: [Refusal; 4] = [
    (
        "royalty_runs",
        "royalty_runs_follow",
        "NEW.state <> 'draft'
         OR NEW.number <> 1 + (SELECT count(*) FROM royalty_runs WHERE studio_id = NEW.studio_id AND currency = NEW.currency)
         OR (NEW.opening_id IS NULL AND EXISTS (SELECT 1 FROM royalty_runs WHERE studio_id = NEW.studio_id
             AND currency = NEW.currency AND state = 'posted'))
         OR (NEW.opening_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM royalty_runs AS before WHERE before.id = NEW.opening_id
             AND before.studio_id = NEW.studio_id AND before.currency = NEW.currency AND before.state = 'posted'
             AND before.through_on < NEW.from_on))",
        "a run begins as a draft, behind the last one that was posted in its currency",
    ),
    (
        "payee_statements",
        "payee_statements_posted",
        "NOT EXISTS (SELECT 1 FROM royalty_runs JOIN royalty_run_payees ON royalty_run_payees.run_id = royalty_runs.id
                     WHERE royalty_runs.id = NEW.run_id AND royalty_runs.studio_id = NEW.studio_id
                     AND royalty_runs.state = 'posted' AND royalty_run_payees.party_id = NEW.party_id)",
        "a payee is told of a run that was posted, and that has something of theirs",
    ),
    (
        "line_disputes",
        "line_disputes_own",
        "NOT EXISTS (SELECT 1 FROM payee_statements JOIN royalty_run_imports ON royalty_run_imports.run_id = payee_statements.run_id
                     WHERE payee_statements.id = NEW.statement_id AND payee_statements.studio_id = NEW.studio_id
                     AND royalty_run_imports.import_id = NEW.import_id)
         OR NEW.state <> 'open'",
        "what is disputed is a line of a file of the statement’s own run",
    ),
    (
        "roster_grants",
        "roster_grants_begin",
        "NEW.revoked_at IS NOT NULL",
        "a grant begins by being given",
    ),
];

const REFUSED_UPDATES: [Refusal; 9] = [
    (
        "royalty_runs",
        "royalty_runs_identity",
        "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.number <> OLD.number OR NEW.currency <> OLD.currency
         OR NEW.opening_id IS DISTINCT FROM OLD.opening_id OR NEW.from_on <> OLD.from_on OR NEW.through_on <> OLD.through_on
         OR NEW.rules_sha256 <> OLD.rules_sha256 OR NEW.inputs_sha256 <> OLD.inputs_sha256
         OR NEW.outcome_sha256 <> OLD.outcome_sha256 OR NEW.inputs_asset_id <> OLD.inputs_asset_id
         OR NEW.outcome_asset_id <> OLD.outcome_asset_id OR NEW.received <> OLD.received OR NEW.residue <> OLD.residue
         OR NEW.lines <> OLD.lines OR NEW.due_minor <> OLD.due_minor OR NEW.created_at <> OLD.created_at",
        "a run stays what it was reckoned from and what it came to",
    ),
    (
        "royalty_runs",
        "royalty_runs_forward",
        "(OLD.state IN ('posted', 'discarded') AND NEW.state <> OLD.state)
         OR (OLD.state = 'draft' AND NEW.state = 'posted')
         OR (OLD.state = 'approved' AND NEW.state = 'draft')
         OR (OLD.journal_id IS NOT NULL AND NEW.journal_id IS DISTINCT FROM OLD.journal_id)",
        "a run is approved, then posted, and one that is over stays so",
    ),
    (
        "statement_sums",
        "statement_sums_stand",
        "NEW.import_id <> OLD.import_id OR NEW.number <> OLD.number OR NEW.item <> OLD.item OR NEW.currency <> OLD.currency
         OR NEW.used_on <> OLD.used_on OR NEW.territory IS DISTINCT FROM OLD.territory
         OR NEW.channel IS DISTINCT FROM OLD.channel OR NEW.format IS DISTINCT FROM OLD.format
         OR NEW.source IS DISTINCT FROM OLD.source OR NEW.returned <> OLD.returned OR NEW.lines <> OLD.lines
         OR NEW.grossless <> OLD.grossless OR NEW.units <> OLD.units OR NEW.net <> OLD.net OR NEW.gross <> OLD.gross",
        "what lines come to is read, not changed",
    ),
    (
        "statement_sums",
        "statement_sums_once",
        "OLD.run_id IS NOT NULL AND NEW.run_id IS DISTINCT FROM OLD.run_id
         AND NOT EXISTS (SELECT 1 FROM royalty_runs WHERE id = OLD.run_id AND state = 'discarded')",
        "lines are accounted for once",
    ),
    (
        "royalty_carried",
        "royalty_carried_once",
        "NEW.from_run_id <> OLD.from_run_id OR NEW.position <> OLD.position OR NEW.content <> OLD.content
         OR (OLD.run_id IS NOT NULL AND NEW.run_id IS DISTINCT FROM OLD.run_id
             AND NOT EXISTS (SELECT 1 FROM royalty_runs WHERE id = OLD.run_id AND state = 'discarded'))",
        "what is carried on is accounted for once",
    ),
    (
        "royalty_charges",
        "royalty_charges_once",
        "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.kind <> OLD.kind OR NEW.on_date <> OLD.on_date
         OR NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency OR NEW.party_id IS DISTINCT FROM OLD.party_id
         OR NEW.account_group IS DISTINCT FROM OLD.account_group OR NEW.recording_id IS DISTINCT FROM OLD.recording_id
         OR NEW.work_id IS DISTINCT FROM OLD.work_id OR NEW.release IS DISTINCT FROM OLD.release
         OR NEW.included_party_id IS DISTINCT FROM OLD.included_party_id
         OR NEW.included_group IS DISTINCT FROM OLD.included_group OR NEW.payout_id IS DISTINCT FROM OLD.payout_id
         OR NEW.reverses_id IS DISTINCT FROM OLD.reverses_id
         OR (OLD.journal_id IS NOT NULL AND NEW.journal_id IS DISTINCT FROM OLD.journal_id)
         OR (OLD.run_id IS NOT NULL AND NEW.run_id IS DISTINCT FROM OLD.run_id
             AND NOT EXISTS (SELECT 1 FROM royalty_runs WHERE id = OLD.run_id AND state = 'discarded'))",
        "a charge stays what it is, and is booked once",
    ),
    (
        "statement_items",
        "statement_items_accounted",
        "(NEW.recording_id IS DISTINCT FROM OLD.recording_id OR NEW.work_id IS DISTINCT FROM OLD.work_id
          OR NEW.release IS DISTINCT FROM OLD.release)
         AND EXISTS (SELECT 1 FROM statement_sums JOIN royalty_runs ON royalty_runs.id = statement_sums.run_id
                     WHERE statement_sums.import_id = OLD.import_id AND statement_sums.item = OLD.number
                     AND royalty_runs.state <> 'discarded')",
        "what was accounted for stays matched as it was",
    ),
    (
        "line_disputes",
        "line_disputes_settled",
        "OLD.state <> 'open' OR NEW.id <> OLD.id OR NEW.statement_id <> OLD.statement_id OR NEW.import_id <> OLD.import_id
         OR NEW.line_offset <> OLD.line_offset OR NEW.words <> OLD.words OR NEW.opened_at <> OLD.opened_at",
        "a dispute is answered once, and stays what was said",
    ),
    (
        "roster_grants",
        "roster_grants_revoked",
        "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.user_id <> OLD.user_id OR NEW.granted_at <> OLD.granted_at
         OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)",
        "a grant that was revoked stays so",
    ),
];

const RUNS: &str = "
CREATE TABLE royalty_runs (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    number $int NOT NULL CHECK (number >= 1),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    opening_id $uuid REFERENCES royalty_runs (id),
    from_on $date NOT NULL,
    through_on $date NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'posted', 'discarded')),
    rules_sha256 TEXT NOT NULL CHECK (length(rules_sha256) = 64),
    inputs_sha256 TEXT NOT NULL CHECK (length(inputs_sha256) = 64),
    outcome_sha256 TEXT NOT NULL CHECK (length(outcome_sha256) = 64),
    inputs_asset_id $uuid NOT NULL,
    outcome_asset_id $uuid NOT NULL,
    lines $bigint NOT NULL CHECK (lines >= 0),
    received TEXT NOT NULL,
    residue TEXT NOT NULL,
    due_minor $bigint NOT NULL CHECK (due_minor >= 0),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    journal_id $uuid UNIQUE REFERENCES journals (id),
    created_at $instant NOT NULL,
    created_by $uuid REFERENCES users (id),
    approved_at $instant,
    approved_by $uuid REFERENCES users (id),
    ended_at $instant,
    UNIQUE (studio_id, currency, number),
    UNIQUE (id, studio_id),
    FOREIGN KEY (inputs_asset_id, studio_id) REFERENCES assets (id, studio_id),
    FOREIGN KEY (outcome_asset_id, studio_id) REFERENCES assets (id, studio_id),
    CHECK (from_on <= through_on),
    CHECK (state NOT IN ('approved', 'posted') OR approved_at IS NOT NULL),
    CHECK ((state IN ('posted', 'discarded')) = (ended_at IS NOT NULL)),
    CHECK (journal_id IS NULL OR state = 'posted')
) $strict;
CREATE UNIQUE INDEX royalty_runs_key ON royalty_runs (studio_id, request_key) WHERE request_key IS NOT NULL;
CREATE UNIQUE INDEX royalty_runs_next ON royalty_runs (opening_id) WHERE opening_id IS NOT NULL AND state <> 'discarded';
CREATE UNIQUE INDEX royalty_runs_first ON royalty_runs (studio_id, currency) WHERE opening_id IS NULL AND state <> 'discarded';
CREATE INDEX royalty_runs_studio ON royalty_runs (studio_id, id);
CREATE TABLE royalty_run_imports (
    run_id $uuid NOT NULL,
    import_id $uuid NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    studio_id $uuid NOT NULL,
    lines $bigint NOT NULL CHECK (lines >= 1),
    amount TEXT NOT NULL,
    received TEXT NOT NULL,
    PRIMARY KEY (run_id, import_id, currency),
    FOREIGN KEY (run_id, studio_id) REFERENCES royalty_runs (id, studio_id),
    FOREIGN KEY (import_id, studio_id) REFERENCES statement_imports (id, studio_id),
    FOREIGN KEY (import_id, currency) REFERENCES statement_totals (import_id, currency)
) $strict;
CREATE INDEX royalty_run_imports_import ON royalty_run_imports (import_id)
";

const OUTCOMES: &str = "
CREATE TABLE royalty_run_accounts (
    run_id $uuid NOT NULL,
    party_id $uuid NOT NULL,
    account_group TEXT NOT NULL CHECK (length(account_group) BETWEEN 1 AND 100),
    studio_id $uuid NOT NULL,
    opening_minor $bigint NOT NULL,
    activity TEXT NOT NULL,
    held_minor $bigint NOT NULL CHECK (held_minor >= 0),
    released_minor $bigint NOT NULL CHECK (released_minor >= 0),
    costs_minor $bigint NOT NULL,
    tax_minor $bigint NOT NULL,
    advances_minor $bigint NOT NULL,
    closing_minor $bigint NOT NULL,
    unrecouped_minor $bigint NOT NULL CHECK (unrecouped_minor >= 0),
    PRIMARY KEY (run_id, party_id, account_group),
    FOREIGN KEY (run_id, studio_id) REFERENCES royalty_runs (id, studio_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX royalty_run_accounts_party ON royalty_run_accounts (party_id, run_id);
CREATE TABLE royalty_run_payees (
    run_id $uuid NOT NULL,
    party_id $uuid NOT NULL,
    studio_id $uuid NOT NULL,
    balance_minor $bigint NOT NULL,
    due_minor $bigint NOT NULL CHECK (due_minor >= 0),
    waits_for TEXT CHECK (waits_for IN ('nothing', 'minimum', 'hold')),
    reason TEXT,
    PRIMARY KEY (run_id, party_id),
    FOREIGN KEY (run_id, studio_id) REFERENCES royalty_runs (id, studio_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id),
    CHECK ((due_minor = 0) = (waits_for IS NOT NULL)),
    CHECK ((reason IS NOT NULL) = (waits_for IS NOT NULL AND waits_for = 'hold'))
) $strict;
CREATE INDEX royalty_run_payees_party ON royalty_run_payees (party_id, run_id);
CREATE TABLE royalty_run_activities (
    run_id $uuid NOT NULL,
    position $int NOT NULL CHECK (position >= 0),
    studio_id $uuid NOT NULL,
    party_id $uuid NOT NULL,
    account_group TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_number $int NOT NULL CHECK (rule_number >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('share', 'royalty', 'borne', 'retroactive', 'held_base')),
    recording_id $uuid REFERENCES recordings (id),
    work_id $uuid REFERENCES works (id),
    units TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (run_id, position),
    FOREIGN KEY (run_id, party_id, account_group) REFERENCES royalty_run_accounts (run_id, party_id, account_group),
    CHECK (recording_id IS NULL OR work_id IS NULL)
) $strict;
CREATE INDEX royalty_run_activities_account ON royalty_run_activities (run_id, party_id, account_group);
CREATE INDEX royalty_run_activities_recording ON royalty_run_activities (recording_id) WHERE recording_id IS NOT NULL;
CREATE TABLE royalty_run_reserves (
    run_id $uuid NOT NULL,
    position $int NOT NULL CHECK (position >= 0),
    studio_id $uuid NOT NULL,
    release_on $date NOT NULL,
    party_id $uuid,
    account_group TEXT,
    recording_id $uuid REFERENCES recordings (id),
    work_id $uuid REFERENCES works (id),
    rule TEXT NOT NULL,
    rule_number $int NOT NULL CHECK (rule_number >= 1),
    amount_minor $bigint NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (run_id, position),
    FOREIGN KEY (run_id, studio_id) REFERENCES royalty_runs (id, studio_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id),
    CHECK ((party_id IS NULL) = (account_group IS NULL)),
    CHECK (party_id IS NULL OR (recording_id IS NULL AND work_id IS NULL)),
    CHECK (recording_id IS NULL OR work_id IS NULL)
) $strict
";

// What a run has taken says so itself; what it found nobody's is carried on as lines of a later one.
const TAKEN: &str = "
ALTER TABLE statement_sums ADD COLUMN run_id $uuid REFERENCES royalty_runs (id);
CREATE INDEX statement_sums_open ON statement_sums (studio_id, import_id) WHERE run_id IS NULL;
CREATE INDEX statement_sums_run ON statement_sums (run_id) WHERE run_id IS NOT NULL;
ALTER TABLE royalty_charges ADD COLUMN run_id $uuid REFERENCES royalty_runs (id);
CREATE INDEX royalty_charges_open ON royalty_charges (studio_id, currency) WHERE run_id IS NULL;
CREATE INDEX royalty_charges_run ON royalty_charges (run_id) WHERE run_id IS NOT NULL;
CREATE TABLE royalty_carried (
    from_run_id $uuid NOT NULL,
    position $int NOT NULL CHECK (position >= 0),
    studio_id $uuid NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('unmatched', 'no_tracks', 'no_split')),
    recording_id $uuid REFERENCES recordings (id),
    work_id $uuid REFERENCES works (id),
    content TEXT NOT NULL,
    net TEXT NOT NULL,
    run_id $uuid REFERENCES royalty_runs (id),
    PRIMARY KEY (from_run_id, position),
    FOREIGN KEY (from_run_id, studio_id) REFERENCES royalty_runs (id, studio_id)
) $strict;
CREATE INDEX royalty_carried_open ON royalty_carried (studio_id) WHERE run_id IS NULL
";

const PAYEES: &str = "
CREATE TABLE payee_statements (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    run_id $uuid NOT NULL,
    party_id $uuid NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    pdf_asset_id $uuid,
    csv_asset_id $uuid,
    issued_at $instant NOT NULL,
    mailed_at $instant,
    seen_at $instant,
    UNIQUE (run_id, party_id),
    UNIQUE (id, studio_id),
    FOREIGN KEY (run_id, studio_id) REFERENCES royalty_runs (id, studio_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id),
    FOREIGN KEY (pdf_asset_id, studio_id) REFERENCES assets (id, studio_id),
    FOREIGN KEY (csv_asset_id, studio_id) REFERENCES assets (id, studio_id)
) $strict;
CREATE INDEX payee_statements_party ON payee_statements (party_id, id);
CREATE INDEX payee_statements_studio ON payee_statements (studio_id, id);
CREATE TABLE portal_links (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    party_id $uuid NOT NULL,
    created_at $instant NOT NULL,
    revoked_at $instant,
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE UNIQUE INDEX portal_links_open ON portal_links (party_id) WHERE revoked_at IS NULL;
CREATE TABLE line_disputes (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    statement_id $uuid NOT NULL,
    import_id $uuid NOT NULL,
    line_offset $bigint NOT NULL CHECK (line_offset >= 0),
    line_bytes $bigint NOT NULL CHECK (line_bytes >= 0),
    line_number $bigint NOT NULL CHECK (line_number >= 1),
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined')),
    words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 2000),
    answer TEXT CHECK (length(answer) BETWEEN 1 AND 2000),
    opened_at $instant NOT NULL,
    answered_at $instant,
    answered_by $uuid REFERENCES users (id),
    UNIQUE (statement_id, import_id, line_offset),
    FOREIGN KEY (statement_id, studio_id) REFERENCES payee_statements (id, studio_id),
    FOREIGN KEY (import_id, studio_id) REFERENCES statement_imports (id, studio_id),
    CHECK ((state = 'open') = (answered_at IS NULL)),
    CHECK ((state = 'open') = (answer IS NULL))
) $strict;
CREATE INDEX line_disputes_studio ON line_disputes (studio_id, state, id);
CREATE TABLE letters_of_direction (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    rule TEXT NOT NULL,
    rule_number $int NOT NULL,
    payer_id $uuid NOT NULL,
    payee_id $uuid NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    asset_id $uuid NOT NULL,
    made_at $instant NOT NULL,
    made_by $uuid REFERENCES users (id),
    UNIQUE (studio_id, rule, rule_number, sha256),
    FOREIGN KEY (studio_id, rule, rule_number) REFERENCES royalty_rules (studio_id, rule, number),
    FOREIGN KEY (payer_id, studio_id) REFERENCES parties (id, studio_id),
    FOREIGN KEY (payee_id, studio_id) REFERENCES parties (id, studio_id),
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id),
    CHECK (payer_id <> payee_id)
) $strict;
CREATE INDEX letters_of_direction_studio ON letters_of_direction (studio_id, id)
";

const MANAGERS: &str = "
CREATE TABLE roster_grants (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    user_id $uuid NOT NULL REFERENCES users (id),
    granted_at $instant NOT NULL,
    granted_by $uuid REFERENCES users (id),
    revoked_at $instant
) $strict;
CREATE UNIQUE INDEX roster_grants_open ON roster_grants (studio_id, user_id) WHERE revoked_at IS NULL;
CREATE INDEX roster_grants_user ON roster_grants (user_id) WHERE revoked_at IS NULL;
CREATE TABLE approval_limits (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    user_id $uuid NOT NULL REFERENCES users (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    limit_minor $bigint NOT NULL CHECK (limit_minor >= 0),
    set_at $instant NOT NULL,
    set_by $uuid REFERENCES users (id),
    PRIMARY KEY (studio_id, user_id, currency)
) $strict;
CREATE TABLE royalty_alerts (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('no_split', 'share_missing', 'format_drift', 'no_rate', 'contract_ends')),
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 300),
    facts $json NOT NULL,
    raised_at $instant NOT NULL,
    mailed_at $instant,
    settled_at $instant
) $strict;
CREATE UNIQUE INDEX royalty_alerts_open ON royalty_alerts (studio_id, kind, subject) WHERE settled_at IS NULL;
CREATE INDEX royalty_alerts_studio ON royalty_alerts (studio_id, id)
";
