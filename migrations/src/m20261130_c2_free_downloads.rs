//! Free downloads of tagged previews for an address that proves itself, and the consent that is given with it.

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
            "free_download_requests",
            "free_download_requests_once",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.beat_id <> OLD.beat_id
             OR NEW.email <> OLD.email OR NEW.wording_version <> OLD.wording_version
             OR NEW.asked_at <> OLD.asked_at OR NEW.expires_at <> OLD.expires_at OR OLD.confirmed_at IS NOT NULL",
            "a request is confirmed once, and stays what it was",
        )
        .await?;
        sql::refuse_update(
            manager,
            "mailing_consents",
            "mailing_consents_once",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.party_id <> OLD.party_id
             OR NEW.email <> OLD.email OR NEW.email_key <> OLD.email_key OR NEW.wording_version <> OLD.wording_version
             OR NEW.request_id <> OLD.request_id OR NEW.given_at <> OLD.given_at
             OR NEW.given_ip IS DISTINCT FROM OLD.given_ip OR OLD.withdrawn_at IS NOT NULL",
            "a consent is withdrawn once, and stays what it was",
        )
        .await?;
        sql::refuse_delete(
            manager,
            "mailing_consents",
            "mailing_consents_stay",
            "a consent is withdrawn, not forgotten",
        )
        .await
    }
}

const TABLES: &str = "
CREATE TABLE free_downloads (
    beat_id $uuid NOT NULL PRIMARY KEY REFERENCES beats (id),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    opened_at $instant NOT NULL
) $strict;
CREATE INDEX free_downloads_studio ON free_downloads (studio_id, beat_id);
CREATE TABLE free_download_requests (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    beat_id $uuid NOT NULL REFERENCES beats (id),
    email TEXT NOT NULL,
    wording_version TEXT NOT NULL,
    asked_at $instant NOT NULL,
    expires_at $instant NOT NULL,
    confirmed_at $instant
) $strict;
CREATE INDEX free_download_requests_due ON free_download_requests (expires_at) WHERE confirmed_at IS NULL;
CREATE TABLE mailing_consents (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    party_id $uuid NOT NULL REFERENCES parties (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    wording_version TEXT NOT NULL,
    request_id $uuid NOT NULL UNIQUE REFERENCES free_download_requests (id),
    given_at $instant NOT NULL,
    given_ip TEXT,
    withdrawn_at $instant
) $strict;
CREATE INDEX mailing_consents_studio ON mailing_consents (studio_id, id);
CREATE UNIQUE INDEX mailing_consents_standing ON mailing_consents (studio_id, email_key) WHERE withdrawn_at IS NULL
";
