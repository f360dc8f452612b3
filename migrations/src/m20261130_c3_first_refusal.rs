//! First refusal: whoever holds a lease of a work may buy its exclusive first, at the price that a stranger would pay.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "first_refusals").await?;
        sql::append_only(manager, "first_refusal_holders").await
    }
}

const TABLES: &str = "
CREATE TABLE first_refusal_settings (
    studio_id $uuid NOT NULL PRIMARY KEY REFERENCES studios (id),
    since $instant NOT NULL
) $strict;
CREATE TABLE first_refusals (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    beat_id $uuid NOT NULL REFERENCES beats (id),
    beat_title TEXT NOT NULL,
    terms $json NOT NULL,
    price_minor $bigint NOT NULL CHECK (price_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    began_at $instant NOT NULL,
    ends_at $instant NOT NULL,
    CHECK (ends_at > began_at)
) $strict;
CREATE INDEX first_refusals_studio ON first_refusals (studio_id, id);
CREATE INDEX first_refusals_work ON first_refusals (work_id, ends_at);
CREATE TABLE first_refusal_holders (
    id $uuid NOT NULL PRIMARY KEY,
    refusal_id $uuid NOT NULL REFERENCES first_refusals (id),
    licence_id $uuid NOT NULL REFERENCES licences (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    UNIQUE (refusal_id, email_key)
) $strict
";
