//! The parts of a sale: whose each cent of it is, line by line, as the sale divided it and as releases, refunds and disputes have moved it since. And
//! with a journal what it undoes, and when what it books has happened.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::run(manager, BACKFILL).await?;
        sql::append_only(manager, "journal_parts").await?;
        sql::refuse_insert(
            manager,
            "journal_parts",
            "journal_parts_closed",
            "EXISTS (SELECT 1 FROM journals WHERE id = NEW.journal_id)",
            "the journal is closed",
        )
        .await?;
        sql::refuse_insert(
            manager,
            "journal_parts",
            "journal_parts_remain",
            // The sale's own parts begin it: nothing can stand before them.
            "NEW.sale_id <> NEW.journal_id AND EXISTS (
                 SELECT 1 FROM (SELECT COALESCE(SUM(live_minor), 0) AS live, COALESCE(SUM(suspended_minor), 0) AS suspended
                                FROM journal_parts
                                WHERE sale_id = NEW.sale_id AND holder = NEW.holder
                                  AND order_line_id IS NOT DISTINCT FROM NEW.order_line_id
                                  AND party_id IS NOT DISTINCT FROM NEW.party_id) AS standing
                 WHERE standing.live + NEW.live_minor < 0 OR standing.suspended + NEW.suspended_minor < 0)",
            "no more is taken of a part of a sale than remains of it",
        )
        .await
    }
}

const TABLES: &str = "
ALTER TABLE journals ADD COLUMN of_id $uuid REFERENCES journals (id);
ALTER TABLE journals ADD COLUMN occurred_at $instant;
CREATE INDEX journals_of ON journals (of_id) WHERE of_id IS NOT NULL;
CREATE UNIQUE INDEX journals_dispute_ends_once ON journals (of_id) WHERE kind IN ('dispute_won', 'dispute_lost');
CREATE UNIQUE INDEX journals_payout_undone_once ON journals (of_id) WHERE kind IN ('payout_failed', 'payout_returned');
CREATE INDEX journals_posted ON journals (studio_id, posted_at);
CREATE TABLE journal_parts (
    journal_id $uuid NOT NULL REFERENCES journals (id) DEFERRABLE INITIALLY DEFERRED,
    position $int NOT NULL CHECK (position >= 0),
    sale_id $uuid NOT NULL REFERENCES journals (id) DEFERRABLE INITIALLY DEFERRED,
    order_line_id $uuid REFERENCES order_lines (id),
    holder TEXT NOT NULL CHECK (holder IN ('party', 'parked', 'tax', 'studio')),
    party_id $uuid REFERENCES parties (id),
    live_minor $bigint NOT NULL,
    suspended_minor $bigint NOT NULL,
    share $int CHECK (share BETWEEN 0 AND 1000000),
    holds_cent $bool NOT NULL,
    PRIMARY KEY (journal_id, position),
    CHECK ((holder = 'party') = (party_id IS NOT NULL))
) $strict;
CREATE INDEX journal_parts_sale ON journal_parts (sale_id)
";

// What was sold before: the parties' parts as the entries have them, what was parked by its line, the rest the studio's. What is parked and
// given out or taken back since follows, so that nothing remains of a sale that was given back. `1 = 0` is false in both dialects.
const BACKFILL: &str = "
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
SELECT journals.id, ROW_NUMBER() OVER (PARTITION BY journals.id ORDER BY entries.id) - 1, journals.id, NULL, 'party',
       accounts.party_id, -entries.amount_minor, 0, NULL, 1 = 0
FROM journals JOIN entries ON entries.journal_id = journals.id JOIN accounts ON accounts.id = entries.account_id
WHERE journals.kind = 'sale' AND accounts.kind = 'payable';
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
SELECT journal_id, 1000 + ROW_NUMBER() OVER (PARTITION BY journal_id ORDER BY order_line_id), journal_id, order_line_id,
       'parked', NULL, amount_minor, 0, NULL, 1 = 0
FROM split_parkings;
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
SELECT sold.journal_id, 1000000, sold.journal_id, NULL, 'studio', NULL, sold.rest, 0, NULL, 1 = 0
FROM (SELECT entries.journal_id AS journal_id,
             -entries.amount_minor - COALESCE((SELECT SUM(live_minor) FROM journal_parts
                                               WHERE journal_parts.journal_id = entries.journal_id), 0) AS rest
      FROM entries JOIN accounts ON accounts.id = entries.account_id JOIN journals ON journals.id = entries.journal_id
      WHERE journals.kind = 'sale' AND accounts.kind = 'sales') AS sold
WHERE sold.rest <> 0;
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
SELECT split_releases.journal_id, 0, split_parkings.journal_id, split_parkings.order_line_id, 'parked', NULL,
       -split_parkings.amount_minor, 0, NULL, 1 = 0
FROM split_releases JOIN split_parkings ON split_parkings.order_line_id = split_releases.order_line_id
WHERE split_releases.version_id IS NOT NULL;
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
SELECT split_releases.journal_id, ROW_NUMBER() OVER (PARTITION BY split_releases.journal_id ORDER BY entries.id),
       split_parkings.journal_id, split_parkings.order_line_id, 'party', accounts.party_id, -entries.amount_minor, 0, NULL, 1 = 0
FROM split_releases JOIN split_parkings ON split_parkings.order_line_id = split_releases.order_line_id
JOIN entries ON entries.journal_id = split_releases.journal_id JOIN accounts ON accounts.id = entries.account_id
WHERE split_releases.version_id IS NOT NULL AND accounts.kind = 'payable';
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
SELECT refunds.id, ROW_NUMBER() OVER (PARTITION BY refunds.id ORDER BY remaining.holder, remaining.order_line_id, remaining.party_id) - 1,
       sales.id, remaining.order_line_id, remaining.holder, remaining.party_id, -remaining.live, 0, NULL, 1 = 0
FROM journals AS refunds
JOIN journals AS sales ON sales.source = refunds.source AND sales.external_id = refunds.external_id AND sales.kind = 'sale'
JOIN (SELECT sale_id, order_line_id, holder, party_id, CAST(SUM(live_minor) AS $bigint) AS live FROM journal_parts
      GROUP BY sale_id, order_line_id, holder, party_id HAVING SUM(live_minor) <> 0) AS remaining ON remaining.sale_id = sales.id
WHERE refunds.kind = 'refund'
";
