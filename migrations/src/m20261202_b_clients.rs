//! What is known of parties beside what the books need, under which words they are found, who was merged into whom and who was erased; how clients
//! move from stage to stage; lists of people that are taken in; and which mails were sent.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        // By bytes on both, so that the beginnings of words are a range and the order of names is one.
        let by_bytes = if is_postgres { "COLLATE \"C\"" } else { "" };
        for text in [PARTIES, CLIENTS, INDEXES] {
            sql::run(manager, &text.replace("$by_bytes", by_bytes)).await?;
        }
        sql::append_only(manager, "party_erasures").await?;
        for (table, name, wrong, message) in REFUSED_INSERTS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        for table in ["party_details", "party_contacts", "party_links", "party_tags", "party_notes"] {
            let name = format!("{table}_not_of_erased");
            sql::refuse_insert(manager, table, &name, ERASED, "nothing is written down of who was erased").await?;
        }
        for (table, name, wrong, message) in REFUSED_UPDATES {
            sql::refuse_update(manager, table, name, wrong, message).await?;
        }
        for (table, message) in [
            ("party_successors", "who was merged into whom is not forgotten"),
            ("client_stage_moves", "the moves of a client are not forgotten"),
        ] {
            sql::refuse_delete(manager, table, &format!("{table}_stay"), message).await?;
        }
        let dropped = if is_postgres {
            "DROP TRIGGER mailing_consents_stay ON mailing_consents; DROP FUNCTION mailing_consents_stay()"
        } else {
            "DROP TRIGGER mailing_consents_stay"
        };
        manager.get_connection().execute_unprepared(dropped).await?;
        sql::refuse_delete_where(
            manager,
            "mailing_consents",
            "mailing_consents_stay",
            "NOT EXISTS (SELECT 1 FROM party_erasures WHERE party_id = OLD.party_id)",
            "a consent is withdrawn, not forgotten, unless its party is erased",
        )
        .await
    }
}

const ERASED: &str = "EXISTS (SELECT 1 FROM party_erasures WHERE party_id = NEW.party_id)";

/// Table, name, what must not be, and what is said of it.
const REFUSED_INSERTS: [(&str, &str, &str, &str); 3] = [
    (
        "party_successors",
        "party_successors_last",
        "EXISTS (SELECT 1 FROM party_successors WHERE party_id = NEW.successor_id)
         OR EXISTS (SELECT 1 FROM party_erasures WHERE party_id IN (NEW.party_id, NEW.successor_id))
         OR EXISTS (SELECT 1 FROM split_shares AS theirs JOIN split_shares AS others ON others.version_id = theirs.version_id
                    WHERE theirs.party_id IN (SELECT NEW.party_id
                        UNION SELECT party_id FROM party_successors WHERE successor_id = NEW.party_id)
                    AND others.party_id IN (SELECT NEW.successor_id
                        UNION SELECT party_id FROM party_successors WHERE successor_id = NEW.successor_id))",
        "a party is merged into one that is neither merged nor erased, and that has no part beside it",
    ),
    (
        "clients",
        "clients_own",
        "NOT EXISTS (SELECT 1 FROM parties WHERE id = NEW.party_id AND studio_id = NEW.studio_id)
         OR EXISTS (SELECT 1 FROM party_erasures WHERE party_id = NEW.party_id)
         OR EXISTS (SELECT 1 FROM party_successors WHERE party_id = NEW.party_id)",
        "a client is a party of the studio, neither merged nor erased",
    ),
    (
        "collaborators",
        "collaborators_present",
        "EXISTS (SELECT 1 FROM party_successors WHERE party_id = NEW.party_id)",
        "credits name nobody who was merged into another",
    ),
];

/// The same of changes.
const REFUSED_UPDATES: [(&str, &str, &str, &str); 3] = [
    (
        "parties",
        "parties_erased",
        "EXISTS (SELECT 1 FROM party_erasures WHERE party_id = NEW.id)
         AND (NEW.email IS NOT NULL OR (OLD.legal_name IS NULL AND NEW.legal_name IS NOT NULL)
              OR (OLD.ipi IS NULL AND NEW.ipi IS NOT NULL) OR (OLD.isni IS NULL AND NEW.isni IS NOT NULL))",
        "nothing is written down of who was erased",
    ),
    (
        "party_successors",
        "party_successors_follow",
        "NEW.party_id <> OLD.party_id OR NEW.studio_id <> OLD.studio_id OR NEW.merged_at <> OLD.merged_at
         OR NEW.reference <> OLD.reference
         OR NOT EXISTS (SELECT 1 FROM party_successors WHERE party_id = OLD.successor_id AND successor_id = NEW.successor_id)",
        "who was merged stays so, and follows a successor that was merged",
    ),
    (
        "client_stage_moves",
        "client_stage_moves_stand",
        "NEW.id <> OLD.id OR NEW.client_id <> OLD.client_id OR NEW.from_stage IS DISTINCT FROM OLD.from_stage
         OR NEW.to_stage <> OLD.to_stage OR NEW.moved_at <> OLD.moved_at OR NEW.moved_by IS DISTINCT FROM OLD.moved_by
         OR NEW.words <> ''",
        "a move of a client stays what it was; only its words can be erased",
    ),
];

// The foreign keys over both columns hold that what is written of a party is of its own studio.
const PARTIES: &str = "
CREATE UNIQUE INDEX parties_of_studio ON parties (id, studio_id);
CREATE TABLE party_successors (
    party_id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    successor_id $uuid NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    merged_at $instant NOT NULL,
    merged_by $uuid REFERENCES users (id),
    CHECK (party_id <> successor_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id),
    FOREIGN KEY (successor_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX party_successors_of ON party_successors (successor_id);
CREATE TABLE party_erasures (
    party_id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    erased_at $instant NOT NULL,
    erased_by $uuid REFERENCES users (id),
    report $json NOT NULL,
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE TABLE party_details (
    party_id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    pro TEXT CHECK (length(pro) BETWEEN 1 AND 100),
    publisher TEXT CHECK (length(publisher) BETWEEN 1 AND 200),
    publisher_ipi TEXT CHECK (length(publisher_ipi) = 11),
    street TEXT CHECK (length(street) BETWEEN 1 AND 300),
    city TEXT CHECK (length(city) BETWEEN 1 AND 100),
    region TEXT CHECK (length(region) BETWEEN 1 AND 100),
    postcode TEXT CHECK (length(postcode) BETWEEN 1 AND 20),
    country TEXT CHECK (length(country) = 2),
    updated_at $instant NOT NULL,
    CHECK (publisher_ipi IS NULL OR publisher IS NOT NULL),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE TABLE party_taxes (
    party_id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    tax_id TEXT NOT NULL CHECK (length(tax_id) BETWEEN 1 AND 40),
    country TEXT NOT NULL CHECK (length(country) = 2),
    set_at $instant NOT NULL,
    set_by $uuid REFERENCES users (id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE TABLE party_contacts (
    party_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('phone', 'email', 'messenger')),
    value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 254),
    label TEXT CHECK (length(label) BETWEEN 1 AND 60),
    position $int NOT NULL CHECK (position >= 0),
    PRIMARY KEY (party_id, kind, value),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE TABLE party_links (
    party_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 300),
    kind TEXT NOT NULL CHECK (kind IN ('website', 'spotify', 'apple_music', 'youtube', 'soundcloud', 'bandcamp', 'instagram', 'tiktok', 'facebook', 'other')),
    position $int NOT NULL CHECK (position >= 0),
    PRIMARY KEY (party_id, url),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE TABLE party_tags (
    party_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    tag TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 60),
    PRIMARY KEY (party_id, tag),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX party_tags_tag ON party_tags (studio_id, tag, party_id);
CREATE TABLE party_notes (
    id $uuid NOT NULL PRIMARY KEY,
    party_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 5000),
    written_by $uuid REFERENCES users (id),
    written_at $instant NOT NULL,
    edited_at $instant,
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX party_notes_party ON party_notes (party_id, id);
CREATE TABLE party_keys (
    party_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL CHECK (kind IN ('name', 'email', 'ipi', 'isni', 'word')),
    key TEXT $by_bytes NOT NULL,
    PRIMARY KEY (party_id, kind, key),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX party_keys_found ON party_keys (studio_id, kind, key, party_id)
";

const CLIENTS: &str = "
CREATE UNIQUE INDEX clients_of_studio ON clients (id, studio_id);
CREATE TABLE client_stage_moves (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    client_id $uuid NOT NULL,
    from_stage TEXT CHECK (from_stage IN ('lead', 'talking', 'agreed', 'active', 'delivered', 'dormant')),
    to_stage TEXT NOT NULL CHECK (to_stage IN ('lead', 'talking', 'agreed', 'active', 'delivered', 'dormant')),
    moved_at $instant NOT NULL,
    moved_by $uuid REFERENCES users (id),
    words TEXT NOT NULL CHECK (length(words) <= 500),
    CHECK (from_stage IS NULL OR from_stage <> to_stage),
    FOREIGN KEY (client_id, studio_id) REFERENCES clients (id, studio_id)
) $strict;
CREATE INDEX client_stage_moves_client ON client_stage_moves (client_id, moved_at);
CREATE INDEX client_stage_moves_studio ON client_stage_moves (studio_id, moved_at);
CREATE TABLE client_settings (
    studio_id $uuid NOT NULL PRIMARY KEY REFERENCES studios (id),
    dormant_after_days $int NOT NULL CHECK (dormant_after_days BETWEEN 7 AND 3650),
    since $instant NOT NULL
) $strict;
CREATE TABLE client_signs (
    client_id $uuid NOT NULL PRIMARY KEY REFERENCES clients (id),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    seen_at $instant NOT NULL,
    FOREIGN KEY (client_id, studio_id) REFERENCES clients (id, studio_id)
) $strict;
CREATE TABLE client_imports (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    format TEXT NOT NULL CHECK (format IN ('csv', 'vcard')),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    state TEXT NOT NULL CHECK (state IN ('staged', 'entering', 'entered')),
    created_at $instant NOT NULL,
    created_by $uuid REFERENCES users (id),
    ended_at $instant,
    CHECK ((state = 'entered') = (ended_at IS NOT NULL))
) $strict;
CREATE UNIQUE INDEX client_imports_once ON client_imports (studio_id, sha256) WHERE state <> 'entered';
CREATE INDEX client_imports_old ON client_imports (created_at);
CREATE TABLE client_import_lines (
    import_id $uuid NOT NULL REFERENCES client_imports (id),
    number $int NOT NULL CHECK (number >= 1),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('enter', 'update', 'same', 'refuse')),
    name TEXT NOT NULL,
    facts $json,
    problem TEXT,
    party_id $uuid REFERENCES parties (id),
    email_key TEXT,
    done_at $instant,
    PRIMARY KEY (import_id, number),
    CHECK ((outcome = 'refuse') = (problem IS NOT NULL))
) $strict;
CREATE INDEX client_import_lines_email ON client_import_lines (studio_id, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX client_import_lines_party ON client_import_lines (party_id) WHERE party_id IS NOT NULL;
CREATE TABLE sent_mails (
    job_id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    email_key TEXT NOT NULL,
    subject TEXT NOT NULL,
    sent_at $instant NOT NULL
) $strict;
CREATE INDEX sent_mails_to ON sent_mails (studio_id, email_key, sent_at)
";

/// By which what concerns a party is found: whatever refers to parties is asked when two are merged or one is erased, and a client's timeline asks by
/// address.
const INDEXES: &str = "
CREATE INDEX clients_newest ON clients (studio_id, id);
CREATE INDEX clients_since ON clients (studio_id, stage_since, party_id);
CREATE INDEX orders_buyer ON orders (studio_id, lower(buyer_email));
CREATE INDEX offers_buyer ON offers (studio_id, buyer_key);
CREATE INDEX agreement_signers_email ON agreement_signers (lower(email));
CREATE INDEX agreement_signers_party ON agreement_signers (party_id) WHERE party_id IS NOT NULL;
CREATE INDEX collaborators_party ON collaborators (party_id);
CREATE INDEX split_shares_party ON split_shares (party_id);
CREATE INDEX mailing_consents_party ON mailing_consents (party_id);
CREATE INDEX payouts_party ON payouts (party_id);
CREATE INDEX free_download_requests_email ON free_download_requests (studio_id, lower(email))
";
