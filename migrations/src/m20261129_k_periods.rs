//! Closed periods: what was booked in one does not change, no journal is dated into it, and its hash says what it held.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        for table in ["ledger_periods", "period_balances"] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, wrong, message) in REFUSALS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(REFUSE_LATE_POSTGRES).await.map(drop)
        } else {
            let wrong =
                "EXISTS (SELECT 1 FROM ledger_periods WHERE studio_id = NEW.studio_id AND ends_at > NEW.posted_at)";
            sql::refuse_insert(manager, "journals", "journals_period", wrong, "the period is closed").await
        }
    }
}

// Whoever closes a period holds the studio's row alone. Who posts shares it, and looks only then: either the journal is in the period before it is
// closed, or it sees that it is.
const REFUSE_LATE_POSTGRES: &str = "
CREATE FUNCTION journals_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM studios WHERE id = NEW.studio_id FOR KEY SHARE;
    IF EXISTS (SELECT 1 FROM ledger_periods WHERE studio_id = NEW.studio_id AND ends_at > NEW.posted_at) THEN
        RAISE EXCEPTION 'the period is closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journals_period BEFORE INSERT ON journals FOR EACH ROW EXECUTE FUNCTION journals_period();
";

const TABLES: &str = "
CREATE TABLE ledger_periods (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    number $int NOT NULL CHECK (number >= 1),
    starts_at $instant,
    ends_at $instant NOT NULL,
    closed_at $instant NOT NULL,
    closed_by $uuid REFERENCES users (id),
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
    journals $bigint NOT NULL CHECK (journals >= 0),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    UNIQUE (studio_id, number),
    UNIQUE (studio_id, ends_at),
    CHECK ((number = 1) = (starts_at IS NULL)),
    CHECK (closed_at >= ends_at)
) $strict;
CREATE TABLE period_balances (
    period_id $uuid NOT NULL REFERENCES ledger_periods (id) DEFERRABLE INITIALLY DEFERRED,
    account_id $uuid NOT NULL REFERENCES accounts (id),
    balance_minor $bigint NOT NULL,
    PRIMARY KEY (period_id, account_id)
) $strict
";

const REFUSALS: [(&str, &str, &str, &str); 2] = [
    (
        "ledger_periods",
        "ledger_periods_in_order",
        "NEW.number <> (SELECT COUNT(*) FROM ledger_periods WHERE studio_id = NEW.studio_id) + 1
         OR NEW.starts_at IS DISTINCT FROM (SELECT MAX(ends_at) FROM ledger_periods WHERE studio_id = NEW.studio_id)
         OR NEW.starts_at >= NEW.ends_at",
        "a period begins where the one before it ended",
    ),
    (
        "period_balances",
        "period_balances_closed",
        "EXISTS (SELECT 1 FROM ledger_periods WHERE id = NEW.period_id)",
        "the period is closed",
    ),
];
