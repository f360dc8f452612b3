//! Accounts, studios, members and every way of signing in.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await
    }
}

const TABLES: &str = "
CREATE TABLE users (
    id $uuid NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    password_hash TEXT NOT NULL,
    email_verified_at $instant,
    created_at $instant NOT NULL
) $strict;
CREATE TABLE studios (
    id $uuid NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 60),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    contact_email TEXT NOT NULL,
    legal_name TEXT,
    address TEXT,
    governing_law TEXT NOT NULL,
    created_at $instant NOT NULL
) $strict;
CREATE TABLE members (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    user_id $uuid NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'engineer', 'collaborator', 'viewer')),
    joined_at $instant NOT NULL,
    PRIMARY KEY (studio_id, user_id)
) $strict;
CREATE INDEX members_user ON members (user_id);
CREATE TABLE invitations (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'engineer', 'collaborator', 'viewer')),
    invited_by $uuid NOT NULL REFERENCES users (id),
    created_at $instant NOT NULL,
    expires_at $instant NOT NULL,
    accepted_at $instant,
    revoked_at $instant
) $strict;
CREATE INDEX invitations_studio ON invitations (studio_id);
CREATE TABLE sign_ins (
    id $uuid NOT NULL PRIMARY KEY,
    user_id $uuid NOT NULL REFERENCES users (id),
    user_agent TEXT NOT NULL,
    ip TEXT NOT NULL,
    created_at $instant NOT NULL,
    last_seen_at $instant NOT NULL,
    revoked_at $instant,
    revoked_reason TEXT
) $strict;
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE TABLE refresh_tokens (
    id $uuid NOT NULL PRIMARY KEY,
    sign_in_id $uuid NOT NULL REFERENCES sign_ins (id),
    fingerprint TEXT NOT NULL UNIQUE,
    issued_at $instant NOT NULL,
    expires_at $instant NOT NULL,
    used_at $instant
) $strict;
CREATE INDEX refresh_tokens_sign_in ON refresh_tokens (sign_in_id);
CREATE TABLE api_keys (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    fingerprint TEXT NOT NULL UNIQUE,
    scopes $json NOT NULL,
    created_at $instant NOT NULL,
    revoked_at $instant
) $strict;
CREATE INDEX api_keys_studio ON api_keys (studio_id);
CREATE TABLE mail_tokens (
    id $uuid NOT NULL PRIMARY KEY,
    user_id $uuid NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'account_exists')),
    created_at $instant NOT NULL,
    expires_at $instant NOT NULL,
    used_at $instant
) $strict;
CREATE INDEX mail_tokens_user ON mail_tokens (user_id);
CREATE TABLE throttles (
    subject TEXT NOT NULL PRIMARY KEY,
    window_started_at $instant NOT NULL,
    attempts $int NOT NULL CHECK (attempts >= 0)
) $strict
";
