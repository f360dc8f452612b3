//! Declared samples become a list, each with its source and its clearance.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On SQLite too: between the old column and the new one nothing may break off.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let text = FUNCTIONS
            .into_iter()
            .fold(COLUMN.to_owned(), |text, (word, sqlite, pg)| text.replace(word, if postgres { pg } else { sqlite }));
        sql::run(manager, &text).await
    }
}

/// What the two databases call differently: the word in the text, SQLite's, PostgreSQL's.
const FUNCTIONS: [(&str, &str, &str); 4] = [
    (
        "$is_array(declared)",
        "json_valid(declared) AND json_type(declared) = 'array'",
        "jsonb_typeof(declared) = 'array'",
    ),
    ("$length", "json_array_length", "jsonb_array_length"),
    ("$array", "json_array", "jsonb_build_array"),
    ("$object", "json_object", "jsonb_build_object"),
];

// What stood as text said neither source nor clearance, so it becomes one sample that is not cleared; a title is one line of at most 300 characters.
const COLUMN: &str = "
ALTER TABLE beats ADD COLUMN declared $json NOT NULL DEFAULT '[]' CHECK ($is_array(declared) AND $length(declared) <= 100);
UPDATE beats SET declared = $array($object(
    'title', trim(substr(replace(samples, '\n', ' '), 1, 300)),
    'source', 'as described by the studio',
    'clearance', 'not_cleared'
)) WHERE samples <> '';
ALTER TABLE beats DROP COLUMN samples;
ALTER TABLE beats RENAME COLUMN declared TO samples
";
