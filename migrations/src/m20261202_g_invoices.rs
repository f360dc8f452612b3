//! Quotes with their versions and what clients answered; invoices, numbered without a gap, and what was paid of them; and an account and a part of what
//! services bring in.

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
        for tables in [SETTINGS, QUOTES, INVOICES, MONEY] {
            sql::run(manager, tables).await?;
        }
        for table in ["quote_answers", "invoices", "invoice_orders", "invoice_transfers", "invoice_reminders"] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, wrong, message) in REFUSED_INSERTS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        for (table, name, wrong, message) in REFUSED_UPDATES {
            sql::refuse_update(manager, table, name, wrong, message).await?;
        }
        for (table, message) in [
            ("quotes", "a quote is withdrawn, not forgotten"),
            ("quote_versions", "what was quoted is not forgotten"),
            ("quote_stages", "what was agreed is not forgotten"),
            ("invoice_counters", "numbers are not given out again"),
        ] {
            sql::refuse_delete(manager, table, &format!("{table}_stay"), message).await?;
        }
        Ok(())
    }
}

const WORDS_POSTGRES: &str = "
ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check CHECK (kind IN ('gateway_clearing', 'gateway_fees', 'sales', 'splits_expense',
    'payable', 'refunds_due', 'splits_parked', 'disputed', 'suspended', 'receivable', 'bank', 'tax_due', 'services'));
ALTER TABLE journal_parts DROP CONSTRAINT journal_parts_holder_check;
ALTER TABLE journal_parts ADD CONSTRAINT journal_parts_holder_check CHECK (holder IN ('party', 'parked', 'tax', 'studio', 'service'));
";

/// A check that lets more pass than before needs no row to be looked at, so that the tables need not be made anew: SQLite's manual changes its text. The
/// database reads its schema again at once.
const WORDS_SQLITE: &str = "
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''bank'', ''tax_due''', '''bank'', ''tax_due'', ''services''')
    WHERE type = 'table' AND name = 'accounts';
UPDATE sqlite_schema SET sql = replace(sql, '''tax'', ''studio''', '''tax'', ''studio'', ''service''')
    WHERE type = 'table' AND name = 'journal_parts';
PRAGMA writable_schema = RESET;
";

/// Table, name, what must not be, and what is said of it.
type Refusal = (&'static str, &'static str, &'static str, &'static str);

const REFUSED_INSERTS: [Refusal; 9] = [
    (
        "quotes",
        "quotes_own",
        "NOT EXISTS (SELECT 1 FROM projects WHERE id = NEW.project_id AND studio_id = NEW.studio_id)
         OR NOT EXISTS (SELECT 1 FROM clients WHERE id = NEW.client_id AND studio_id = NEW.studio_id)",
        "a quote is for a project and a client of the studio",
    ),
    (
        "quote_answers",
        "quote_answers_shown",
        "NOT EXISTS (SELECT 1 FROM quote_versions WHERE quote_id = NEW.quote_id AND number = NEW.version
                     AND sent_at IS NOT NULL AND sha256 = NEW.sha256)",
        "what is answered is what was sent",
    ),
    (
        "quote_stages",
        "quote_stages_agreed",
        "NOT EXISTS (SELECT 1 FROM quotes WHERE id = NEW.quote_id AND state = 'accepted')",
        "a schedule stands once its quote is accepted",
    ),
    (
        "invoices",
        "invoices_gapless",
        "NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM invoices WHERE studio_id = NEW.studio_id AND year = NEW.year
                                        AND number = NEW.number - 1)",
        "numbers follow each other without a gap",
    ),
    (
        "invoices",
        "invoices_own",
        "NOT EXISTS (SELECT 1 FROM clients WHERE id = NEW.client_id AND studio_id = NEW.studio_id)
         OR (NEW.project_id IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM projects WHERE id = NEW.project_id AND studio_id = NEW.studio_id))
         OR (NEW.quote_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM quotes JOIN quote_stages ON quote_stages.quote_id = quotes.id
             WHERE quotes.id = NEW.quote_id AND quotes.studio_id = NEW.studio_id AND quotes.project_id = NEW.project_id
             AND quotes.currency = NEW.currency AND quotes.state = 'accepted' AND quote_stages.position = NEW.stage
             AND quote_stages.net_minor = NEW.net_minor AND quote_stages.tax_minor = NEW.tax_minor))
         OR (NEW.late_fee_of IS NOT NULL AND NOT EXISTS (SELECT 1 FROM invoices WHERE id = NEW.late_fee_of
             AND studio_id = NEW.studio_id AND client_id = NEW.client_id AND currency = NEW.currency AND kind = 'invoice'
             AND late_fee_of IS NULL))",
        "an invoice is for a client of the studio, over what was agreed, and a fee is never for a fee",
    ),
    (
        "invoices",
        "invoices_credited",
        "NEW.credits_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM invoices AS credited WHERE credited.id = NEW.credits_id
             AND credited.studio_id = NEW.studio_id AND credited.client_id = NEW.client_id AND credited.currency = NEW.currency
             AND credited.kind = 'invoice'
             AND credited.net_minor >= NEW.net_minor + (SELECT COALESCE(SUM(notes.net_minor), 0) FROM invoices AS notes
                                                        WHERE notes.credits_id = NEW.credits_id)
             AND credited.tax_minor >= NEW.tax_minor + (SELECT COALESCE(SUM(notes.tax_minor), 0) FROM invoices AS notes
                                                        WHERE notes.credits_id = NEW.credits_id))",
        "no more is credited of an invoice than it comes to, before tax and of the tax",
    ),
    (
        "invoice_orders",
        "invoice_orders_fit",
        "NOT EXISTS (SELECT 1 FROM invoices JOIN orders ON orders.studio_id = invoices.studio_id
                     AND orders.currency = invoices.currency
                     WHERE invoices.id = NEW.invoice_id AND invoices.kind = 'invoice' AND orders.id = NEW.order_id)",
        "an order pays an invoice of its own studio and currency",
    ),
    (
        "invoice_transfers",
        "invoice_transfers_fit",
        "NOT EXISTS (SELECT 1 FROM invoices WHERE id = NEW.invoice_id AND studio_id = NEW.studio_id
                     AND currency = NEW.currency AND kind = 'invoice')
         OR (NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM invoice_transfers AS made
             WHERE made.id = NEW.reverses_id AND made.invoice_id = NEW.invoice_id AND made.kind <> 'reversed'
             AND made.applied_minor = -NEW.applied_minor AND made.tax_minor = -NEW.tax_minor
             AND made.excess_minor = -NEW.excess_minor))",
        "a transfer is of an invoice of its own studio and currency, and a counter entry is its exact reverse",
    ),
    (
        "invoice_transfers",
        "invoice_transfers_remain",
        "NEW.applied_minor + (SELECT COALESCE(SUM(applied_minor), 0) FROM invoice_transfers WHERE invoice_id = NEW.invoice_id) < 0
         OR NEW.excess_minor + (SELECT COALESCE(SUM(excess_minor), 0) FROM invoice_transfers WHERE invoice_id = NEW.invoice_id) < 0",
        "no more is sent back than has come",
    ),
];

const REFUSED_UPDATES: [Refusal; 9] = [
    (
        "quotes",
        "quotes_identity",
        "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.project_id <> OLD.project_id
         OR NEW.reference <> OLD.reference OR NEW.created_at <> OLD.created_at OR NEW.version < OLD.version",
        "a quote stays what it was made for",
    ),
    (
        "quotes",
        "quotes_bound",
        "NOT EXISTS (SELECT 1 FROM clients WHERE id = NEW.client_id AND studio_id = NEW.studio_id)
         OR (NEW.agreement_id IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM agreements WHERE id = NEW.agreement_id AND studio_id = NEW.studio_id))",
        "a quote is for a client of the studio, and waits for an agreement of it",
    ),
    (
        "quotes",
        "quotes_frozen",
        "(OLD.state IN ('declined', 'withdrawn', 'ended') AND NEW.state <> OLD.state)
         OR (OLD.state = 'accepted' AND NEW.state NOT IN ('accepted', 'ended'))
         OR (OLD.state IN ('accepted', 'ended') AND (NEW.version <> OLD.version OR NEW.title <> OLD.title
             OR NEW.total_minor <> OLD.total_minor OR NEW.currency <> OLD.currency
             OR NEW.requires_agreement <> OLD.requires_agreement OR NEW.accepted_at <> OLD.accepted_at))
         OR (OLD.state = 'ended' AND (NEW.ended_at <> OLD.ended_at OR NEW.end_reason <> OLD.end_reason))",
        "an accepted quote is frozen, and one that is over stays so",
    ),
    (
        "quotes",
        "quotes_ended",
        "NEW.state = 'ended' AND OLD.state <> 'ended'
         AND (OLD.state <> 'accepted'
              OR NOT EXISTS (SELECT 1 FROM quote_stages WHERE quote_id = NEW.id AND invoice_id IS NULL))",
        "a quote is ended that is accepted, and of which something is not invoiced",
    ),
    (
        "quotes",
        "quotes_answered",
        "NEW.state IN ('accepted', 'declined') AND NEW.state <> OLD.state
         AND NOT EXISTS (SELECT 1 FROM quote_answers WHERE quote_id = NEW.id AND version = NEW.version AND act = NEW.state)",
        "a quote is accepted or declined by an answer to its present version",
    ),
    (
        "quote_versions",
        "quote_versions_frozen",
        "OLD.sent_at IS NOT NULL OR NEW.quote_id <> OLD.quote_id OR NEW.number <> OLD.number",
        "a version that was sent is frozen",
    ),
    (
        "quote_stages",
        "quote_stages_frozen",
        "OLD.invoice_id IS NOT NULL OR NEW.quote_id <> OLD.quote_id OR NEW.position <> OLD.position OR NEW.kind <> OLD.kind
         OR NEW.name <> OLD.name OR NEW.net_minor <> OLD.net_minor OR NEW.tax_minor <> OLD.tax_minor
         OR NEW.due_on IS DISTINCT FROM OLD.due_on OR NEW.phase IS DISTINCT FROM OLD.phase
         OR (OLD.reached_at IS NOT NULL AND NEW.reached_at IS DISTINCT FROM OLD.reached_at)",
        "what was agreed stays so, and a stage is invoiced once",
    ),
    (
        "quote_stages",
        "quote_stages_invoiced",
        "NEW.invoice_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM invoices WHERE id = NEW.invoice_id
             AND quote_id = NEW.quote_id AND stage = NEW.position)",
        "a stage is invoiced by an invoice of its own",
    ),
    (
        "invoice_counters",
        "invoice_counters_forward",
        "NEW.studio_id <> OLD.studio_id OR NEW.year <> OLD.year OR NEW.last_number <> OLD.last_number + 1",
        "numbers are given out one after the other",
    ),
];

const SETTINGS: &str = "
CREATE TABLE invoice_settings (
    studio_id $uuid NOT NULL PRIMARY KEY REFERENCES studios (id),
    prefix TEXT NOT NULL CHECK (length(prefix) BETWEEN 1 AND 12),
    country TEXT CHECK (length(country) = 2),
    vat_id TEXT CHECK (length(vat_id) BETWEEN 4 AND 15),
    tax_number TEXT CHECK (length(tax_number) BETWEEN 1 AND 40),
    tax_note TEXT CHECK (length(tax_note) BETWEEN 1 AND 300),
    bank_details TEXT CHECK (length(bank_details) BETWEEN 1 AND 500),
    due_days $int NOT NULL CHECK (due_days BETWEEN 0 AND 120),
    remind_before_days $int CHECK (remind_before_days BETWEEN 1 AND 30),
    remind_at_due $bool NOT NULL,
    remind_every_days $int NOT NULL CHECK (remind_every_days BETWEEN 1 AND 90),
    max_reminders $int NOT NULL CHECK (max_reminders BETWEEN 0 AND 12),
    updated_at $instant NOT NULL
) $strict;
CREATE TABLE invoice_counters (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    year $int NOT NULL CHECK (year BETWEEN 2000 AND 9999),
    last_number $int NOT NULL CHECK (last_number >= 0),
    PRIMARY KEY (studio_id, year)
) $strict
";

const QUOTES: &str = "
CREATE TABLE quotes (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    project_id $uuid NOT NULL REFERENCES projects (id),
    client_id $uuid NOT NULL REFERENCES clients (id),
    reference TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'accepted', 'declined', 'withdrawn', 'ended')),
    version $int NOT NULL CHECK (version >= 1),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    total_minor $bigint NOT NULL CHECK (total_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    valid_until $instant NOT NULL,
    requires_agreement $bool NOT NULL,
    agreement_id $uuid REFERENCES agreements (id),
    created_at $instant NOT NULL,
    updated_at $instant NOT NULL,
    mailed_at $instant,
    accepted_at $instant,
    ended_at $instant,
    end_reason TEXT CHECK (length(end_reason) BETWEEN 1 AND 1000),
    CHECK ((state IN ('accepted', 'ended')) = (accepted_at IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CHECK (state <> 'sent' OR mailed_at IS NOT NULL)
) $strict;
CREATE INDEX quotes_studio ON quotes (studio_id, id);
CREATE INDEX quotes_project ON quotes (project_id);
CREATE INDEX quotes_client ON quotes (client_id);
CREATE TABLE quote_versions (
    quote_id $uuid NOT NULL REFERENCES quotes (id),
    number $int NOT NULL CHECK (number >= 1),
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    saved_at $instant NOT NULL,
    sent_at $instant,
    PRIMARY KEY (quote_id, number)
) $strict;
CREATE TABLE quote_answers (
    quote_id $uuid NOT NULL,
    version $int NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('accepted', 'declined')),
    name TEXT CHECK (length(name) BETWEEN 1 AND 200),
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 1000),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    ip TEXT,
    user_agent TEXT,
    at $instant NOT NULL,
    PRIMARY KEY (quote_id, version),
    FOREIGN KEY (quote_id, version) REFERENCES quote_versions (quote_id, number),
    CHECK ((act = 'accepted') = (name IS NOT NULL)),
    CHECK ((act = 'declined') = (reason IS NOT NULL))
) $strict;
CREATE UNIQUE INDEX quote_answers_once ON quote_answers (quote_id) WHERE act = 'accepted'
";

const INVOICES: &str = "
CREATE TABLE invoices (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    year $int NOT NULL CHECK (year BETWEEN 2000 AND 9999),
    number $int NOT NULL CHECK (number >= 1),
    reference TEXT NOT NULL CHECK (length(reference) BETWEEN 1 AND 40),
    client_id $uuid NOT NULL REFERENCES clients (id),
    project_id $uuid REFERENCES projects (id),
    quote_id $uuid REFERENCES quotes (id),
    stage $int CHECK (stage >= 1),
    credits_id $uuid REFERENCES invoices (id),
    late_fee_of $uuid REFERENCES invoices (id),
    late_fee_through $date,
    net_minor $bigint NOT NULL CHECK (net_minor >= 0),
    tax_minor $bigint NOT NULL CHECK (tax_minor >= 0),
    total_minor $bigint NOT NULL CHECK (total_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    issued_at $instant NOT NULL,
    due_on $date,
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    issued_by $uuid REFERENCES users (id),
    UNIQUE (studio_id, year, number),
    UNIQUE (studio_id, reference),
    CHECK (net_minor + tax_minor = total_minor),
    CHECK ((kind = 'credit_note') = (credits_id IS NOT NULL)),
    CHECK ((kind = 'invoice') = (due_on IS NOT NULL)),
    CHECK ((quote_id IS NULL) = (stage IS NULL)),
    CHECK (credits_id IS NULL OR (quote_id IS NULL AND late_fee_of IS NULL)),
    CHECK (quote_id IS NULL OR late_fee_of IS NULL),
    CHECK ((late_fee_of IS NULL) = (late_fee_through IS NULL))
) $strict;
CREATE UNIQUE INDEX invoices_stage ON invoices (quote_id, stage) WHERE quote_id IS NOT NULL;
CREATE UNIQUE INDEX invoices_late_fee ON invoices (late_fee_of, late_fee_through) WHERE late_fee_of IS NOT NULL;
CREATE UNIQUE INDEX invoices_key ON invoices (studio_id, request_key) WHERE request_key IS NOT NULL;
CREATE INDEX invoices_studio ON invoices (studio_id, id);
CREATE INDEX invoices_project ON invoices (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX invoices_client ON invoices (client_id);
CREATE INDEX invoices_credits ON invoices (credits_id) WHERE credits_id IS NOT NULL;
CREATE TABLE quote_stages (
    quote_id $uuid NOT NULL REFERENCES quotes (id),
    position $int NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('deposit', 'milestone', 'balance')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    net_minor $bigint NOT NULL CHECK (net_minor > 0),
    tax_minor $bigint NOT NULL CHECK (tax_minor >= 0),
    due_on $date,
    phase TEXT CHECK (phase IN ('ideation', 'arrangement', 'recording', 'editing', 'mixing', 'mastering')),
    reached_at $instant,
    invoice_id $uuid UNIQUE REFERENCES invoices (id),
    PRIMARY KEY (quote_id, position),
    CHECK (invoice_id IS NULL OR reached_at IS NOT NULL)
) $strict;
CREATE INDEX quote_stages_open ON quote_stages (quote_id) WHERE invoice_id IS NULL
";

const MONEY: &str = "
CREATE TABLE invoice_orders (
    order_id $uuid NOT NULL PRIMARY KEY REFERENCES orders (id),
    invoice_id $uuid NOT NULL REFERENCES invoices (id)
) $strict;
CREATE INDEX invoice_orders_invoice ON invoice_orders (invoice_id);
CREATE TABLE invoice_transfers (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    invoice_id $uuid NOT NULL REFERENCES invoices (id),
    kind TEXT NOT NULL CHECK (kind IN ('received', 'returned', 'reversed')),
    applied_minor $bigint NOT NULL,
    tax_minor $bigint NOT NULL,
    excess_minor $bigint NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    happened_on $date NOT NULL,
    note TEXT NOT NULL CHECK (length(note) <= 500),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    reverses_id $uuid UNIQUE REFERENCES invoice_transfers (id),
    journal_id $uuid NOT NULL UNIQUE REFERENCES journals (id),
    recorded_by $uuid REFERENCES users (id),
    recorded_at $instant NOT NULL,
    CHECK ((kind = 'reversed') = (reverses_id IS NOT NULL)),
    CHECK (applied_minor + excess_minor <> 0),
    CHECK (kind <> 'received' OR (applied_minor >= 0 AND excess_minor >= 0 AND tax_minor BETWEEN 0 AND applied_minor)),
    CHECK (kind <> 'returned' OR (applied_minor <= 0 AND excess_minor <= 0 AND tax_minor BETWEEN applied_minor AND 0))
) $strict;
CREATE UNIQUE INDEX invoice_transfers_key ON invoice_transfers (studio_id, request_key) WHERE request_key IS NOT NULL;
CREATE INDEX invoice_transfers_invoice ON invoice_transfers (invoice_id);
CREATE TABLE invoice_reminders (
    invoice_id $uuid NOT NULL REFERENCES invoices (id),
    number $int NOT NULL CHECK (number BETWEEN 1 AND 12),
    kind TEXT NOT NULL CHECK (kind IN ('before', 'at_due', 'after')),
    at $instant NOT NULL,
    PRIMARY KEY (invoice_id, number)
) $strict;
CREATE TABLE invoice_watches (
    invoice_id $uuid NOT NULL PRIMARY KEY REFERENCES invoices (id),
    next_at $instant NOT NULL
) $strict;
CREATE INDEX invoice_watches_next ON invoice_watches (next_at)
";
