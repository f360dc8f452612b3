//! Portfolios: what a studio shows of itself, and the works that it chose to show.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::refuse_update(
            manager,
            "portfolio_entries",
            "portfolio_entries_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.song_id IS DISTINCT FROM OLD.song_id
             OR NEW.created_at <> OLD.created_at",
            "an entry of a portfolio keeps its studio and its song",
        )
        .await
    }
}

// The foreign key over two columns holds that an entry's song is of the studio itself.
const TABLES: &str = "
CREATE TABLE portfolios (
    studio_id $uuid NOT NULL PRIMARY KEY REFERENCES studios (id),
    headline TEXT NOT NULL CHECK (length(headline) <= 200),
    about TEXT NOT NULL CHECK (length(about) <= 5000),
    shows_email $bool NOT NULL,
    is_public $bool NOT NULL,
    updated_at $instant NOT NULL
) $strict;
CREATE TABLE portfolio_links (
    studio_id $uuid NOT NULL REFERENCES portfolios (studio_id),
    position $int NOT NULL CHECK (position BETWEEN 1 AND 20),
    url TEXT NOT NULL CHECK (length(url) <= 300 AND url LIKE 'https://%'),
    PRIMARY KEY (studio_id, position),
    UNIQUE (studio_id, url)
) $strict;
CREATE TABLE portfolio_entries (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES portfolios (studio_id),
    song_id $uuid UNIQUE,
    position $int NOT NULL CHECK (position >= 1),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    artist TEXT NOT NULL CHECK (length(artist) BETWEEN 1 AND 200),
    released_on $date,
    is_public $bool NOT NULL,
    shows_credits $bool NOT NULL,
    created_at $instant NOT NULL,
    updated_at $instant NOT NULL,
    UNIQUE (studio_id, position),
    FOREIGN KEY (song_id, studio_id) REFERENCES songs (id, studio_id),
    CHECK (NOT is_public OR released_on IS NOT NULL)
) $strict;
CREATE TABLE portfolio_entry_roles (
    entry_id $uuid NOT NULL REFERENCES portfolio_entries (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN (
        'songwriter', 'composer', 'lyricist', 'artist', 'featured_artist', 'performer', 'session_musician', 'lead_vocalist',
        'background_vocalist', 'soloist', 'band_leader', 'conductor', 'dj', 'producer', 'co_producer', 'additional_producer',
        'vocal_producer', 'assistant_producer', 'executive_producer', 'programmer', 'sound_designer', 'arranger', 'vocal_arranger', 'engineer',
        'assistant_engineer', 'recording_engineer', 'vocal_engineer', 'editing_engineer', 'mixing_engineer', 'mastering_engineer', 'remixer'
    )),
    PRIMARY KEY (entry_id, role)
) $strict;
CREATE TABLE portfolio_entry_links (
    entry_id $uuid NOT NULL REFERENCES portfolio_entries (id) ON DELETE CASCADE,
    service TEXT NOT NULL CHECK (service IN ('spotify', 'apple_music', 'youtube', 'soundcloud', 'bandcamp', 'tidal', 'deezer')),
    url TEXT NOT NULL CHECK (length(url) <= 300 AND url LIKE 'https://%'),
    PRIMARY KEY (entry_id, service)
) $strict
";
