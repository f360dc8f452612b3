//! Registrations: codes of recordings that were given out, releases with their tracks, works as societies know them, and what was sent to societies and
//! distributors and came back.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for tables in [CODES, RELEASES, WORKS, SENT] {
            sql::run(manager, tables).await?;
        }
        for table in ["isrc_assignments", "cwr_files", "cwr_file_works", "cwr_acknowledgements", "release_messages"] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, wrong, message) in REFUSED_INSERTS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        sql::refuse_update(
            manager,
            "isrc_counters",
            "isrc_counters_forward",
            "NEW.studio_id <> OLD.studio_id OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year
             OR NEW.first_number <> OLD.first_number OR NEW.last_number <> OLD.last_number + 1",
            "codes are given out one after the other",
        )
        .await?;
        sql::refuse_delete(manager, "isrc_counters", "isrc_counters_stay", "codes are not given out again").await
    }
}

/// Table, name, what must not be, and what is said of it.
const REFUSED_INSERTS: [(&str, &str, &str, &str); 3] = [
    (
        "isrc_assignments",
        "isrc_assignments_follow",
        "NEW.number <> COALESCE((SELECT max(number) + 1 FROM isrc_assignments WHERE studio_id = NEW.studio_id AND prefix = NEW.prefix
                                 AND year = NEW.year),
                                (SELECT first_number FROM isrc_counters WHERE studio_id = NEW.studio_id AND prefix = NEW.prefix
                                 AND year = NEW.year))",
        "codes follow each other without a gap",
    ),
    (
        "cwr_files",
        "cwr_files_gapless",
        "NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM cwr_files WHERE studio_id = NEW.studio_id AND year = NEW.year
                                        AND number = NEW.number - 1)",
        "files follow each other without a gap",
    ),
    (
        "cwr_file_works",
        "cwr_file_works_own",
        "NOT EXISTS (SELECT 1 FROM cwr_files WHERE id = NEW.file_id AND studio_id = NEW.studio_id)",
        "what is registered is of the studio",
    ),
];

const CODES: &str = "
CREATE TABLE registration_settings (
    studio_id $uuid NOT NULL PRIMARY KEY REFERENCES studios (id),
    sender_name TEXT CHECK (length(sender_name) BETWEEN 1 AND 45),
    sender_ipi TEXT CHECK (length(sender_ipi) = 11),
    sender_code TEXT CHECK (length(sender_code) BETWEEN 1 AND 3),
    society $int CHECK (society BETWEEN 1 AND 999),
    dpid TEXT CHECK (length(dpid) = 18),
    isrc_prefix TEXT CHECK (length(isrc_prefix) = 5),
    updated_at $instant NOT NULL
) $strict;
CREATE UNIQUE INDEX registration_settings_prefix ON registration_settings (isrc_prefix) WHERE isrc_prefix IS NOT NULL;
CREATE TABLE isrc_counters (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    prefix TEXT NOT NULL CHECK (length(prefix) = 5),
    year $int NOT NULL CHECK (year BETWEEN 0 AND 99),
    first_number $int NOT NULL CHECK (first_number BETWEEN 1 AND 99999),
    last_number $int NOT NULL CHECK (last_number BETWEEN first_number - 1 AND 99999),
    PRIMARY KEY (studio_id, prefix, year),
    UNIQUE (prefix, year)
) $strict;
CREATE TABLE isrc_assignments (
    isrc TEXT NOT NULL PRIMARY KEY CHECK (length(isrc) = 12),
    studio_id $uuid NOT NULL,
    prefix TEXT NOT NULL CHECK (length(prefix) = 5),
    year $int NOT NULL,
    number $int NOT NULL CHECK (number BETWEEN 1 AND 99999),
    recording_id $uuid NOT NULL UNIQUE,
    assigned_at $instant NOT NULL,
    assigned_by $uuid REFERENCES users (id),
    UNIQUE (prefix, year, number),
    FOREIGN KEY (recording_id, studio_id) REFERENCES recordings (id, studio_id),
    FOREIGN KEY (studio_id, prefix, year) REFERENCES isrc_counters (studio_id, prefix, year)
) $strict
";

const RELEASES: &str = "
CREATE TABLE releases (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    ean TEXT CHECK (length(ean) = 13),
    kind TEXT NOT NULL CHECK (kind IN ('single', 'ep', 'album')),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    artist TEXT NOT NULL CHECK (length(artist) BETWEEN 1 AND 500),
    label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
    catalogue_number TEXT CHECK (length(catalogue_number) BETWEEN 1 AND 60),
    released_on $date,
    facts $json NOT NULL,
    created_at $instant NOT NULL,
    updated_at $instant NOT NULL,
    UNIQUE (id, studio_id)
) $strict;
CREATE UNIQUE INDEX releases_ean ON releases (studio_id, ean) WHERE ean IS NOT NULL;
CREATE INDEX releases_studio ON releases (studio_id, id);
CREATE TABLE release_tracks (
    release_id $uuid NOT NULL,
    position $int NOT NULL CHECK (position >= 1),
    studio_id $uuid NOT NULL,
    recording_id $uuid NOT NULL,
    weight $int NOT NULL CHECK (weight >= 0),
    PRIMARY KEY (release_id, position),
    UNIQUE (release_id, recording_id),
    FOREIGN KEY (release_id, studio_id) REFERENCES releases (id, studio_id),
    FOREIGN KEY (recording_id, studio_id) REFERENCES recordings (id, studio_id)
) $strict;
CREATE INDEX release_tracks_recording ON release_tracks (recording_id);
CREATE TABLE release_parties (
    release_id $uuid NOT NULL,
    party_id $uuid NOT NULL,
    studio_id $uuid NOT NULL,
    PRIMARY KEY (release_id, party_id),
    FOREIGN KEY (release_id, studio_id) REFERENCES releases (id, studio_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX release_parties_party ON release_parties (party_id);
CREATE TABLE release_messages (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    release_id $uuid NOT NULL,
    number $int NOT NULL CHECK (number >= 1),
    asset_id $uuid NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    made_at $instant NOT NULL,
    made_by $uuid REFERENCES users (id),
    UNIQUE (release_id, number),
    FOREIGN KEY (release_id, studio_id) REFERENCES releases (id, studio_id),
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id)
) $strict
";

// The facts are what a registration says of a work beyond what the studio knows of it anyway: roles, publishers, chains, territories. Whom facts name, here and of
// a release, is written down beside them, for whoever is named is credited there, and keeps a name.
const WORKS: &str = "
CREATE TABLE work_registrations (
    work_id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 14),
    facts $json NOT NULL,
    updated_at $instant NOT NULL,
    UNIQUE (studio_id, code),
    UNIQUE (work_id, studio_id),
    FOREIGN KEY (work_id, studio_id) REFERENCES works (id, studio_id)
) $strict;
CREATE TABLE work_registration_parties (
    work_id $uuid NOT NULL,
    party_id $uuid NOT NULL,
    studio_id $uuid NOT NULL,
    PRIMARY KEY (work_id, party_id),
    FOREIGN KEY (work_id, studio_id) REFERENCES work_registrations (work_id, studio_id),
    FOREIGN KEY (party_id, studio_id) REFERENCES parties (id, studio_id)
) $strict;
CREATE INDEX work_registration_parties_party ON work_registration_parties (party_id)
";

const SENT: &str = "
CREATE TABLE cwr_files (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    year $int NOT NULL CHECK (year BETWEEN 2000 AND 9999),
    number $int NOT NULL CHECK (number BETWEEN 1 AND 9999),
    version TEXT NOT NULL CHECK (version IN ('2.1', '2.2')),
    recipient TEXT NOT NULL CHECK (length(recipient) BETWEEN 1 AND 3),
    file_name TEXT NOT NULL CHECK (length(file_name) BETWEEN 1 AND 255),
    asset_id $uuid NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 255),
    made_at $instant NOT NULL,
    made_by $uuid REFERENCES users (id),
    UNIQUE (studio_id, year, number),
    UNIQUE (id, studio_id),
    FOREIGN KEY (asset_id, studio_id) REFERENCES assets (id, studio_id)
) $strict;
CREATE UNIQUE INDEX cwr_files_key ON cwr_files (studio_id, request_key) WHERE request_key IS NOT NULL;
CREATE INDEX cwr_files_studio ON cwr_files (studio_id, id);
CREATE TABLE cwr_file_works (
    file_id $uuid NOT NULL,
    position $int NOT NULL CHECK (position >= 0),
    studio_id $uuid NOT NULL,
    work_id $uuid NOT NULL,
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 14),
    PRIMARY KEY (file_id, position),
    UNIQUE (file_id, work_id),
    FOREIGN KEY (file_id, studio_id) REFERENCES cwr_files (id, studio_id),
    FOREIGN KEY (work_id, studio_id) REFERENCES works (id, studio_id)
) $strict;
CREATE INDEX cwr_file_works_work ON cwr_file_works (work_id);
CREATE TABLE cwr_acknowledgements (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    position $int NOT NULL CHECK (position >= 0),
    society $int NOT NULL CHECK (society >= 0),
    code TEXT NOT NULL,
    work_id $uuid,
    file_id $uuid,
    status TEXT NOT NULL CHECK (length(status) = 2),
    society_code TEXT,
    messages $json NOT NULL,
    received_at $instant NOT NULL,
    received_by $uuid REFERENCES users (id),
    UNIQUE (studio_id, sha256, position),
    FOREIGN KEY (work_id, studio_id) REFERENCES works (id, studio_id),
    FOREIGN KEY (file_id, studio_id) REFERENCES cwr_files (id, studio_id)
) $strict;
CREATE INDEX cwr_acknowledgements_work ON cwr_acknowledgements (work_id, received_at) WHERE work_id IS NOT NULL
";
