//! What happened in the studio: sessions with who did what, takes, equipment and samples, and every edit of that.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "session_edits").await?;
        sql::refuse_delete(
            manager,
            "studio_sessions",
            "studio_sessions_stay",
            "a session that was logged is not forgotten",
        )
        .await?;
        sql::refuse_update(
            manager,
            "studio_sessions",
            "studio_sessions_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.created_at <> OLD.created_at
             OR NEW.edits < OLD.edits",
            "a session stays whose it is",
        )
        .await?;
        sql::refuse_insert(
            manager,
            "session_comp_takes",
            "session_comp_takes_fit",
            "NOT EXISTS (SELECT 1 FROM session_takes AS comps JOIN session_takes AS sources
                         ON sources.song_id = comps.song_id AND sources.studio_id = comps.studio_id
                         WHERE comps.id = NEW.comp_id AND sources.id = NEW.take_id AND comps.is_comp)",
            "a comp is made of takes of its own song",
        )
        .await?;
        sql::refuse_update(
            manager,
            "session_takes",
            "session_takes_comped",
            "(NEW.song_id <> OLD.song_id AND EXISTS (SELECT 1 FROM session_comp_takes WHERE take_id = OLD.id OR comp_id = OLD.id))
             OR (OLD.is_comp AND NOT NEW.is_comp AND EXISTS (SELECT 1 FROM session_comp_takes WHERE comp_id = OLD.id))",
            "a comp stays of its own song, and of its takes",
        )
        .await?;
        for (table, of) in OF_ONE_STUDIO {
            let name = format!("{table}_{of}_of_studio");
            let wrong = format!(
                "NEW.{of}_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {of_table} WHERE {of_table}.id = NEW.{of}_id
                                                         AND {of_table}.studio_id = NEW.studio_id)",
                of_table = if of == "song" { "songs" } else { "parties" },
            );
            sql::refuse_insert(manager, table, &name, &wrong, "what is logged is of the studio of its session").await?;
        }
        Ok(())
    }
}

/// What keys over two columns do not hold: which column names a song, or a party.
const OF_ONE_STUDIO: [(&str, &str); 4] =
    [("session_credits", "party"), ("session_credits", "song"), ("session_takes", "song"), ("session_samples", "song")];

// The foreign keys over two columns hold that an entry is of its session's own studio.
const TABLES: &str = "
CREATE TABLE studio_sessions (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    booking_id $uuid UNIQUE REFERENCES bookings (id),
    room_id $uuid,
    project_id $uuid REFERENCES projects (id),
    kind TEXT NOT NULL CHECK (kind IN ('writing', 'tracking', 'overdub', 'vocal', 'programming', 'editing', 'mixing', 'mastering', 'other')),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    venue TEXT CHECK (length(venue) BETWEEN 1 AND 300),
    started_at $instant NOT NULL,
    ended_at $instant,
    bit_depth $int CHECK (bit_depth IN (16, 24, 32)),
    sample_rate_hz $int CHECK (sample_rate_hz BETWEEN 8000 AND 768000),
    notes TEXT NOT NULL CHECK (length(notes) <= 10000),
    edits $int NOT NULL CHECK (edits >= 1),
    created_at $instant NOT NULL,
    UNIQUE (id, studio_id),
    FOREIGN KEY (room_id, studio_id) REFERENCES rooms (id, studio_id),
    CHECK (ended_at IS NULL OR started_at < ended_at)
) $strict;
CREATE INDEX studio_sessions_studio ON studio_sessions (studio_id, id);
CREATE INDEX studio_sessions_project ON studio_sessions (project_id) WHERE project_id IS NOT NULL;
CREATE TABLE session_credits (
    id $uuid NOT NULL PRIMARY KEY,
    session_id $uuid NOT NULL,
    studio_id $uuid NOT NULL,
    party_id $uuid NOT NULL REFERENCES parties (id),
    song_id $uuid REFERENCES songs (id),
    role TEXT NOT NULL CHECK (role IN (
        'songwriter', 'composer', 'lyricist', 'artist', 'featured_artist', 'performer', 'session_musician', 'lead_vocalist',
        'background_vocalist', 'soloist', 'band_leader', 'conductor', 'dj', 'producer', 'co_producer', 'additional_producer',
        'vocal_producer', 'assistant_producer', 'executive_producer', 'programmer', 'sound_designer', 'arranger', 'vocal_arranger', 'engineer',
        'assistant_engineer', 'recording_engineer', 'vocal_engineer', 'editing_engineer', 'mixing_engineer', 'mastering_engineer', 'remixer', 'visitor',
        'other'
    )),
    instrument TEXT CHECK (length(instrument) BETWEEN 1 AND 100),
    from_at $instant,
    to_at $instant,
    note TEXT CHECK (length(note) BETWEEN 1 AND 1000),
    created_at $instant NOT NULL,
    FOREIGN KEY (session_id, studio_id) REFERENCES studio_sessions (id, studio_id),
    CHECK (from_at IS NULL OR to_at IS NULL OR from_at < to_at)
) $strict;
CREATE INDEX session_credits_session ON session_credits (session_id, id);
CREATE INDEX session_credits_song ON session_credits (song_id) WHERE song_id IS NOT NULL;
CREATE INDEX session_credits_party ON session_credits (party_id);
CREATE TABLE session_takes (
    id $uuid NOT NULL PRIMARY KEY,
    session_id $uuid NOT NULL,
    studio_id $uuid NOT NULL,
    song_id $uuid NOT NULL REFERENCES songs (id),
    part TEXT NOT NULL CHECK (length(part) BETWEEN 1 AND 100),
    number $int NOT NULL CHECK (number BETWEEN 1 AND 9999),
    recorded_at $instant,
    rating $int CHECK (rating BETWEEN 1 AND 5),
    is_comp $bool NOT NULL,
    notes TEXT NOT NULL CHECK (length(notes) <= 2000),
    created_at $instant NOT NULL,
    UNIQUE (session_id, song_id, part, number),
    FOREIGN KEY (session_id, studio_id) REFERENCES studio_sessions (id, studio_id)
) $strict;
CREATE INDEX session_takes_song ON session_takes (song_id);
CREATE TABLE session_comp_takes (
    comp_id $uuid NOT NULL REFERENCES session_takes (id),
    take_id $uuid NOT NULL REFERENCES session_takes (id),
    PRIMARY KEY (comp_id, take_id),
    CHECK (comp_id <> take_id)
) $strict;
CREATE INDEX session_comp_takes_of ON session_comp_takes (take_id);
CREATE TABLE session_gear (
    id $uuid NOT NULL PRIMARY KEY,
    session_id $uuid NOT NULL,
    studio_id $uuid NOT NULL,
    equipment_id $uuid,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    used_for TEXT CHECK (length(used_for) BETWEEN 1 AND 300),
    created_at $instant NOT NULL,
    FOREIGN KEY (session_id, studio_id) REFERENCES studio_sessions (id, studio_id),
    FOREIGN KEY (equipment_id, studio_id) REFERENCES equipment (id, studio_id)
) $strict;
CREATE INDEX session_gear_session ON session_gear (session_id, id);
CREATE TABLE session_samples (
    id $uuid NOT NULL PRIMARY KEY,
    session_id $uuid NOT NULL,
    studio_id $uuid NOT NULL,
    song_id $uuid REFERENCES songs (id),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    source TEXT NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    clearance TEXT NOT NULL CHECK (clearance IN ('cleared', 'cleared_for_leases', 'royalty_free', 'not_cleared')),
    created_at $instant NOT NULL,
    FOREIGN KEY (session_id, studio_id) REFERENCES studio_sessions (id, studio_id)
) $strict;
CREATE INDEX session_samples_session ON session_samples (session_id, id);
CREATE INDEX session_samples_song ON session_samples (song_id) WHERE song_id IS NOT NULL;
CREATE TABLE session_edits (
    session_id $uuid NOT NULL REFERENCES studio_sessions (id),
    seq $int NOT NULL CHECK (seq >= 1),
    entry TEXT NOT NULL CHECK (entry IN ('session', 'credit', 'take', 'gear', 'sample')),
    entry_id $uuid NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('added', 'changed', 'removed')),
    before $json,
    after $json,
    user_id $uuid REFERENCES users (id),
    at $instant NOT NULL,
    PRIMARY KEY (session_id, seq),
    CHECK ((act = 'added') = (before IS NULL)),
    CHECK ((act = 'removed') = (after IS NULL))
) $strict
";
