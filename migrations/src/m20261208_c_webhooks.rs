//! Webhooks: where studios want to be told of what happens, what they were told, and how each attempt went.

use sea_orm_migration::prelude::*;

use crate::{m20261203_e_studio_marks::mark, sql};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::refuse_update(
            manager,
            "webhooks",
            "webhooks_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.created_at <> OLD.created_at",
            "a webhook keeps its studio",
        )
        .await?;
        sql::refuse_update(
            manager,
            "webhook_events",
            "webhook_events_kept",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.kind <> OLD.kind OR NEW.body <> OLD.body
             OR NEW.created_at <> OLD.created_at",
            "what was told is told the same each time",
        )
        .await?;
        mark(manager, &[("webhooks", "webhooks"), ("webhook_deliveries", "webhooks")]).await
    }
}

// Secrets are sealed: whoever reads the database alone signs nothing. The one before counts beside a new one until `secret_before_until`. An event is a
// delivery to each webhook that wants it; one that waits says when it is due, and one that does not is due at no time.
const TABLES: &str = "
CREATE TABLE webhooks (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    url TEXT NOT NULL CHECK (length(url) BETWEEN 8 AND 2000),
    kinds $json NOT NULL,
    sealed_secret TEXT NOT NULL,
    sealed_secret_before TEXT,
    secret_before_until $instant,
    created_at $instant NOT NULL,
    off_at $instant,
    off_because TEXT CHECK (off_because IN ('studio', 'failing')),
    failing_since $instant,
    CHECK ((off_at IS NULL) = (off_because IS NULL)),
    CHECK ((sealed_secret_before IS NULL) = (secret_before_until IS NULL))
) $strict;
CREATE INDEX webhooks_of_studio ON webhooks (studio_id);
CREATE TABLE webhook_events (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at $instant NOT NULL
) $strict;
CREATE INDEX webhook_events_by_age ON webhook_events (created_at);
CREATE TABLE webhook_deliveries (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    webhook_id $uuid NOT NULL REFERENCES webhooks (id),
    event_id $uuid NOT NULL REFERENCES webhook_events (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    tries $int NOT NULL CHECK (tries >= 0),
    attempts $int NOT NULL CHECK (attempts >= tries),
    created_at $instant NOT NULL,
    due_at $instant,
    settled_at $instant,
    UNIQUE (webhook_id, event_id),
    CHECK ((state = 'waiting') = (due_at IS NOT NULL)),
    CHECK ((state = 'waiting') = (settled_at IS NULL))
) $strict;
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_settled ON webhook_deliveries (settled_at) WHERE settled_at IS NOT NULL;
CREATE TABLE webhook_attempts (
    delivery_id $uuid NOT NULL REFERENCES webhook_deliveries (id),
    number $int NOT NULL CHECK (number > 0),
    at $instant NOT NULL,
    took_ms $bigint NOT NULL CHECK (took_ms >= 0),
    status $int,
    answer TEXT,
    fault TEXT,
    PRIMARY KEY (delivery_id, number),
    CHECK ((status IS NULL) = (fault IS NOT NULL)),
    CHECK ((status IS NULL) = (answer IS NULL))
) $strict
";
