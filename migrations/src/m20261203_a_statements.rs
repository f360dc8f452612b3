//! Royalty statements: formats that studios taught, files that were read, what their lines come to, what the lines are of, and what was learned of that.
//!
//! A line is kept in its file alone. What is reckoned with are sums of lines that no rule tells apart; what is looked at are sums by source, territory
//! and month; and an index beside the file leads from what was matched back to each line.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for tables in [FORMATS, IMPORTS, RECEIPTS, LINES, ALIASES] {
            sql::run(manager, tables).await?;
        }
        for table in ["statement_formats", "statement_receipts"] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, wrong, message) in REFUSED_INSERTS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        for (table, name, wrong, message) in REFUSED_UPDATES {
            sql::refuse_update(manager, table, name, wrong, message).await?;
        }
        sql::refuse_delete(manager, "statement_imports", "statement_imports_stay", "a statement is not forgotten")
            .await?;
        for table in ["statement_totals", "statement_items", "statement_facets"] {
            sql::refuse_delete_where(manager, table, &format!("{table}_stay"), READY, "what was read to its end stays")
                .await?;
        }
        Ok(())
    }
}

/// Table, name, what must not be, and what is said of it.
type Refusal = (&'static str, &'static str, &'static str, &'static str);

const READY: &str = "EXISTS (SELECT 1 FROM statement_imports WHERE id = OLD.import_id AND state = 'ready')";

const REFUSED_INSERTS: [Refusal; 3] = [
    (
        "statement_formats",
        "statement_formats_follow",
        "NEW.number <> 1 + (SELECT count(*) FROM statement_formats WHERE studio_id = NEW.studio_id AND format = NEW.format)",
        "versions of a format follow each other without a gap",
    ),
    (
        "statement_receipts",
        "statement_receipts_follow",
        "NEW.number <> 1 + (SELECT count(*) FROM statement_receipts WHERE import_id = NEW.import_id AND currency = NEW.currency)",
        "what reached the bank is recorded once, and corrected without a gap",
    ),
    ("statement_imports", "statement_imports_begin", "NEW.state <> 'waiting'", "a statement waits until it is read"),
];

const REFUSED_UPDATES: [Refusal; 6] = [
    (
        "statement_imports",
        "statement_imports_identity",
        "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.asset_id <> OLD.asset_id OR NEW.sha256 <> OLD.sha256
         OR NEW.created_at <> OLD.created_at OR NEW.created_by IS DISTINCT FROM OLD.created_by",
        "a statement stays the file that it is",
    ),
    (
        "statement_imports",
        "statement_imports_frozen",
        "OLD.state IN ('ready', 'cancelled', 'refused', 'duplicate')
         AND (NEW.state <> OLD.state OR NEW.format IS DISTINCT FROM OLD.format
              OR NEW.format_number IS DISTINCT FROM OLD.format_number OR NEW.lines <> OLD.lines OR NEW.items <> OLD.items
              OR NEW.content_sha256 IS DISTINCT FROM OLD.content_sha256
              OR NEW.index_asset_id IS DISTINCT FROM OLD.index_asset_id
              OR NEW.period_from IS DISTINCT FROM OLD.period_from OR NEW.period_to IS DISTINCT FROM OLD.period_to)",
        "a statement that was read to its end stays as it was read",
    ),
    (
        "statement_totals",
        "statement_totals_frozen",
        "NEW.import_id <> OLD.import_id OR NEW.currency <> OLD.currency OR NEW.lines <> OLD.lines OR NEW.amount <> OLD.amount
         OR (OLD.journal_id IS NOT NULL
             AND (NEW.journal_id IS DISTINCT FROM OLD.journal_id OR NEW.posted_minor IS DISTINCT FROM OLD.posted_minor
                  OR NEW.account_currency IS DISTINCT FROM OLD.account_currency OR NEW.rate_of IS DISTINCT FROM OLD.rate_of
                  OR NEW.rate_to IS DISTINCT FROM OLD.rate_to OR NEW.rate_source IS DISTINCT FROM OLD.rate_source)
             AND NOT (NEW.journal_id IS NULL AND EXISTS (SELECT 1 FROM journals WHERE of_id = OLD.journal_id)))
         OR (OLD.receipt_journal_id IS NOT NULL
             AND (NEW.receipt_journal_id IS DISTINCT FROM OLD.receipt_journal_id
                  OR NEW.bank_minor IS DISTINCT FROM OLD.bank_minor OR NEW.bank_on IS DISTINCT FROM OLD.bank_on)
             AND NOT (NEW.receipt_journal_id IS NULL AND EXISTS (SELECT 1 FROM journals WHERE of_id = OLD.receipt_journal_id)))",
        "what was posted of a statement stays until it is booked back",
    ),
    (
        "statement_totals",
        "statement_totals_received",
        "(NEW.bank_minor IS DISTINCT FROM OLD.bank_minor OR NEW.bank_on IS DISTINCT FROM OLD.bank_on)
         AND NOT EXISTS (SELECT 1 FROM statement_receipts AS receipt WHERE receipt.import_id = NEW.import_id
                         AND receipt.currency = NEW.currency AND receipt.bank_minor = NEW.bank_minor
                         AND receipt.bank_on = NEW.bank_on AND receipt.bank_currency = NEW.account_currency
                         AND receipt.number = (SELECT count(*) FROM statement_receipts AS other
                                               WHERE other.import_id = NEW.import_id AND other.currency = NEW.currency))",
        "what reached the bank is what was recorded last",
    ),
    (
        "statement_items",
        "statement_items_identity",
        "NEW.import_id <> OLD.import_id OR NEW.number <> OLD.number OR NEW.studio_id <> OLD.studio_id
         OR NEW.isrc IS DISTINCT FROM OLD.isrc OR NEW.upc IS DISTINCT FROM OLD.upc OR NEW.iswc IS DISTINCT FROM OLD.iswc
         OR NEW.code IS DISTINCT FROM OLD.code OR NEW.release_code IS DISTINCT FROM OLD.release_code
         OR NEW.title <> OLD.title OR NEW.artist <> OLD.artist
         OR NEW.is_adjustment <> OLD.is_adjustment",
        "what a statement says that it is of stays; only what it is matched to changes",
    ),
    (
        "statement_facets",
        "statement_facets_stand",
        "1 = 1",
        "what lines come to is read, not changed",
    ),
];

// A description is kept as the text whose hash it has.
const FORMATS: &str = "
CREATE UNIQUE INDEX works_of_studio ON works (id, studio_id);
CREATE UNIQUE INDEX recordings_of_studio ON recordings (id, studio_id);
CREATE TABLE statement_formats (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    format TEXT NOT NULL CHECK (length(format) BETWEEN 1 AND 200),
    number $int NOT NULL CHECK (number >= 1),
    fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 16),
    description TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    taught_at $instant NOT NULL,
    taught_by $uuid REFERENCES users (id),
    UNIQUE (studio_id, format, number)
) $strict;
CREATE INDEX statement_formats_header ON statement_formats (studio_id, fingerprint)
";

const IMPORTS: &str = "
CREATE TABLE statement_imports (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    asset_id $uuid NOT NULL,
    file_name TEXT NOT NULL CHECK (length(file_name) BETWEEN 1 AND 255),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    bytes $bigint NOT NULL CHECK (bytes >= 0),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'reading', 'quarantined', 'held', 'ready', 'cancelled', 'refused', 'duplicate')),
    given_currency TEXT CHECK (length(given_currency) = 3),
    format TEXT CHECK (length(format) BETWEEN 1 AND 200),
    format_number $int CHECK (format_number >= 1),
    layout $json,
    content_sha256 TEXT CHECK (length(content_sha256) = 64),
    index_asset_id $uuid,
    period_from $date,
    period_to $date,
    lines $bigint NOT NULL CHECK (lines >= 0),
    items $int NOT NULL CHECK (items >= 0),
    lines_read $bigint NOT NULL CHECK (lines_read >= 0),
    problem $json,
    duplicate_of $uuid REFERENCES statement_imports (id),
    accepted_at $instant,
    accepted_by $uuid REFERENCES users (id),
    cancel_asked_at $instant,
    created_at $instant NOT NULL,
    created_by $uuid REFERENCES users (id),
    ended_at $instant,
    UNIQUE (id, studio_id),
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id),
    FOREIGN KEY (index_asset_id, studio_id) REFERENCES assets (id, studio_id),
    CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL)),
    CHECK ((state IN ('ready', 'cancelled', 'refused', 'duplicate')) = (ended_at IS NOT NULL)),
    CHECK (state NOT IN ('quarantined', 'held', 'refused') OR problem IS NOT NULL),
    CHECK (state <> 'ready' OR (format IS NOT NULL AND layout IS NOT NULL AND content_sha256 IS NOT NULL AND index_asset_id IS NOT NULL)),
    CHECK ((period_from IS NULL) = (period_to IS NULL)),
    CHECK (period_from <= period_to)
) $strict;
CREATE UNIQUE INDEX statement_imports_file ON statement_imports (studio_id, sha256)
    WHERE state NOT IN ('cancelled', 'refused', 'duplicate');
CREATE UNIQUE INDEX statement_imports_content ON statement_imports (studio_id, content_sha256) WHERE state = 'ready';
CREATE INDEX statement_imports_studio ON statement_imports (studio_id, id);
CREATE INDEX statement_imports_period ON statement_imports (studio_id, format, period_from) WHERE period_from IS NOT NULL;
CREATE TABLE statement_totals (
    import_id $uuid NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    studio_id $uuid NOT NULL,
    lines $bigint NOT NULL CHECK (lines >= 0),
    amount TEXT NOT NULL,
    stated TEXT,
    agreement TEXT CHECK (agreement IN ('exact', 'rounded', 'differs', 'unknown')),
    account_currency TEXT CHECK (length(account_currency) = 3),
    rate_of TEXT,
    rate_to TEXT,
    rate_source TEXT CHECK (rate_source IN ('same', 'statement', 'studio', 'bank')),
    bank_minor $bigint,
    bank_on $date,
    posted_minor $bigint,
    journal_id $uuid UNIQUE REFERENCES journals (id),
    receipt_journal_id $uuid UNIQUE REFERENCES journals (id),
    rated_at $instant,
    rated_by $uuid REFERENCES users (id),
    PRIMARY KEY (import_id, currency),
    FOREIGN KEY (import_id, studio_id) REFERENCES statement_imports (id, studio_id),
    CHECK ((stated IS NULL) = (agreement IS NULL)),
    CHECK ((account_currency IS NULL) = (rate_of IS NULL)),
    CHECK ((account_currency IS NULL) = (rate_to IS NULL)),
    CHECK ((account_currency IS NULL) = (rate_source IS NULL)),
    CHECK ((account_currency IS NULL) = (rated_at IS NULL)),
    CHECK (rate_source <> 'same' OR (account_currency = currency AND rate_of = rate_to)),
    CHECK ((bank_minor IS NULL) = (bank_on IS NULL)),
    CHECK (bank_minor IS NULL OR account_currency IS NOT NULL),
    CHECK (rate_source <> 'bank' OR bank_minor IS NOT NULL),
    CHECK (posted_minor IS NULL OR account_currency IS NOT NULL),
    CHECK (journal_id IS NULL OR posted_minor IS NOT NULL),
    CHECK (receipt_journal_id IS NULL OR (bank_minor IS NOT NULL AND posted_minor IS NOT NULL))
) $strict;
CREATE INDEX statement_totals_studio ON statement_totals (studio_id, account_currency)
";

const RECEIPTS: &str = "
CREATE TABLE statement_receipts (
    import_id $uuid NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    number $int NOT NULL CHECK (number >= 1),
    studio_id $uuid NOT NULL,
    bank_minor $bigint NOT NULL CHECK (bank_minor BETWEEN -1000000000000 AND 1000000000000),
    bank_currency TEXT NOT NULL CHECK (length(bank_currency) = 3),
    bank_on $date NOT NULL,
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_at $instant NOT NULL,
    recorded_by $uuid REFERENCES users (id),
    PRIMARY KEY (import_id, currency, number),
    FOREIGN KEY (import_id, currency) REFERENCES statement_totals (import_id, currency),
    FOREIGN KEY (import_id, studio_id) REFERENCES statement_imports (id, studio_id),
    CHECK ((number = 1) = (reason IS NULL))
) $strict
";

// Exact numbers are texts: neither database counts with eighteen decimals of SQLite's own. What they come to is added up by the program.
const LINES: &str = "
CREATE TABLE statement_items (
    import_id $uuid NOT NULL,
    number $int NOT NULL CHECK (number >= 0),
    studio_id $uuid NOT NULL,
    isrc TEXT CHECK (length(isrc) = 12),
    upc TEXT CHECK (length(upc) = 13),
    iswc TEXT CHECK (length(iswc) = 11),
    code TEXT CHECK (length(code) BETWEEN 1 AND 500),
    release_code TEXT CHECK (length(release_code) BETWEEN 1 AND 500),
    title TEXT NOT NULL,
    artist TEXT NOT NULL,
    name_key TEXT NOT NULL,
    is_adjustment $bool NOT NULL,
    recording_id $uuid,
    work_id $uuid,
    release TEXT CHECK (length(release) = 13),
    matched_by TEXT CHECK (matched_by IN ('isrc', 'upc', 'iswc', 'code', 'name', 'hand')),
    matched_at $instant,
    matched_user $uuid REFERENCES users (id),
    PRIMARY KEY (import_id, number),
    FOREIGN KEY (import_id, studio_id) REFERENCES statement_imports (id, studio_id),
    FOREIGN KEY (recording_id, studio_id) REFERENCES recordings (id, studio_id),
    FOREIGN KEY (work_id, studio_id) REFERENCES works (id, studio_id),
    CHECK (recording_id IS NULL OR work_id IS NULL),
    CHECK (recording_id IS NULL OR release IS NULL),
    CHECK (work_id IS NULL OR release IS NULL),
    CHECK ((matched_by IS NULL) = (recording_id IS NULL AND work_id IS NULL AND release IS NULL)),
    CHECK ((matched_by IS NULL) = (matched_at IS NULL)),
    CHECK (matched_user IS NULL OR matched_by = 'hand')
) $strict;
CREATE INDEX statement_items_unmatched ON statement_items (studio_id, import_id, number) WHERE matched_by IS NULL;
CREATE INDEX statement_items_recording ON statement_items (recording_id) WHERE recording_id IS NOT NULL;
CREATE INDEX statement_items_work ON statement_items (work_id) WHERE work_id IS NOT NULL;
CREATE INDEX statement_items_release ON statement_items (studio_id, release) WHERE release IS NOT NULL;
CREATE TABLE statement_sums (
    import_id $uuid NOT NULL,
    number $int NOT NULL CHECK (number >= 0),
    studio_id $uuid NOT NULL,
    item $int NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    used_on $date NOT NULL,
    territory TEXT CHECK (length(territory) = 2),
    channel TEXT CHECK (channel IN ('stream', 'download', 'physical', 'video', 'performance', 'mechanical', 'sync', 'licence', 'other')),
    format TEXT,
    source TEXT,
    returned $bool NOT NULL,
    lines $bigint NOT NULL CHECK (lines >= 1),
    grossless $bigint NOT NULL CHECK (grossless BETWEEN 0 AND lines),
    units TEXT NOT NULL,
    net TEXT NOT NULL,
    gross TEXT NOT NULL,
    PRIMARY KEY (import_id, number),
    FOREIGN KEY (import_id, item) REFERENCES statement_items (import_id, number),
    FOREIGN KEY (import_id, currency) REFERENCES statement_totals (import_id, currency)
) $strict;
CREATE INDEX statement_sums_item ON statement_sums (import_id, item);
CREATE TABLE statement_facets (
    import_id $uuid NOT NULL,
    facet TEXT NOT NULL CHECK (facet IN ('source', 'territory', 'channel')),
    value TEXT NOT NULL CHECK (length(value) <= 200),
    month $date NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    studio_id $uuid NOT NULL,
    lines $bigint NOT NULL CHECK (lines >= 1),
    units TEXT NOT NULL,
    net TEXT NOT NULL,
    PRIMARY KEY (import_id, facet, value, month, currency),
    FOREIGN KEY (import_id, studio_id) REFERENCES statement_imports (id, studio_id)
) $strict;
CREATE INDEX statement_facets_studio ON statement_facets (studio_id, facet, month)
";

const ALIASES: &str = "
CREATE TABLE statement_aliases (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('isrc', 'upc', 'iswc', 'code', 'release_code', 'name')),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 1000),
    recording_id $uuid,
    work_id $uuid,
    release TEXT CHECK (length(release) = 13),
    learned_at $instant NOT NULL,
    learned_by $uuid REFERENCES users (id),
    PRIMARY KEY (studio_id, kind, key),
    FOREIGN KEY (recording_id, studio_id) REFERENCES recordings (id, studio_id),
    FOREIGN KEY (work_id, studio_id) REFERENCES works (id, studio_id),
    CHECK ((recording_id IS NOT NULL AND work_id IS NULL AND release IS NULL)
        OR (recording_id IS NULL AND work_id IS NOT NULL AND release IS NULL)
        OR (recording_id IS NULL AND work_id IS NULL AND release IS NOT NULL))
) $strict
";
