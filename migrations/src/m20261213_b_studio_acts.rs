//! Acts: who has done what in a studio to its members, keys, prices, settings and terms, of which no record of their own tells.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLE).await?;
        sql::append_only(manager, "studio_acts").await
    }
}

// No key leads to the studio, or to who has acted: it would hold their row behind those that a command holds by then, where whoever closes an account or a
// studio holds it before them. None of these rows is ever deleted. Where neither an account nor a key has acted, the program has. Which acts there are is the
// program's to say, so that another of them changes no table.
const TABLE: &str = "
CREATE TABLE studio_acts (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    at $instant NOT NULL,
    user_id $uuid,
    api_key_id $uuid,
    act TEXT NOT NULL CHECK (length(act) BETWEEN 1 AND 50),
    subject TEXT CHECK (length(subject) BETWEEN 1 AND 100),
    changes $json NOT NULL,
    CHECK (user_id IS NULL OR api_key_id IS NULL)
) $strict;
CREATE INDEX studio_acts_of_studio ON studio_acts (studio_id, id)
";
