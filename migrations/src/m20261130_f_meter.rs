//! The licence meter, and upgrades: what a licensed song has come to, the warnings sent of it, and licences that took another's place.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        for table in ["licence_usage", "licence_warnings", "order_upgrades", "upgrade_credits", "licence_upgrades"] {
            sql::append_only(manager, table).await?;
        }
        sql::refuse_insert(
            manager,
            "licence_usage",
            "licence_usage_full",
            "(SELECT count(*) FROM licence_usage WHERE licence_id = NEW.licence_id AND side = NEW.side) >= 1000",
            "a licence has 1000 reports of each side",
        )
        .await?;
        sql::refuse_insert(
            manager,
            "licence_upgrades",
            "licence_upgrades_fit",
            "NOT EXISTS (SELECT 1 FROM licences AS newer
                         JOIN order_upgrades ON order_upgrades.order_id = newer.order_id
                         JOIN licences AS older ON older.id = order_upgrades.licence_id
                         WHERE newer.id = NEW.licence_id AND older.id = NEW.replaced_id AND NOT older.exclusive
                         AND older.studio_id = newer.studio_id AND older.work_id = newer.work_id)",
            "an upgrade replaces the lease of the same work that its order names",
        )
        .await?;
        sql::refuse_insert(
            manager,
            "licence_upgrades",
            "licence_upgrades_one_by_one",
            &one_by_one(),
            "a licence is upgraded again only when all that its last upgrade had brought in is gone",
        )
        .await
    }
}

// `as_of` is the day on which the total was read, which may lie long before the report. The foreign key over both columns holds that a report is of the
// licence's own studio. Of two who upgrade the same licence at once the key over it and the attempt lets one through.
const TABLES: &str = "
CREATE TABLE licence_usage (
    id $uuid NOT NULL PRIMARY KEY,
    licence_id $uuid NOT NULL,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    cap TEXT NOT NULL CHECK (cap IN ('streams', 'copies', 'music_videos', 'radio_stations', 'performances')),
    source TEXT NOT NULL CHECK (length(source) BETWEEN 1 AND 100),
    total $bigint NOT NULL CHECK (total BETWEEN 0 AND 1000000000000),
    as_of $date NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('licensee', 'studio')),
    user_id $uuid REFERENCES users (id),
    api_key_id $uuid REFERENCES api_keys (id),
    reported_at $instant NOT NULL,
    FOREIGN KEY (licence_id, studio_id) REFERENCES licences (id, studio_id),
    CHECK (side = 'studio' OR (user_id IS NULL AND api_key_id IS NULL))
) $strict;
CREATE INDEX licence_usage_licence ON licence_usage (licence_id, id);
CREATE TABLE licence_warnings (
    licence_id $uuid NOT NULL REFERENCES licences (id),
    threshold $int NOT NULL CHECK (threshold IN (80, 100)),
    warned_at $instant NOT NULL,
    PRIMARY KEY (licence_id, threshold)
) $strict;
CREATE TABLE order_upgrades (
    order_id $uuid NOT NULL PRIMARY KEY REFERENCES orders (id),
    licence_id $uuid NOT NULL REFERENCES licences (id),
    full_price_minor $bigint NOT NULL CHECK (full_price_minor >= 0)
) $strict;
CREATE INDEX order_upgrades_licence ON order_upgrades (licence_id);
CREATE TABLE upgrade_credits (
    order_id $uuid NOT NULL REFERENCES order_upgrades (order_id),
    licence_id $uuid NOT NULL REFERENCES licences (id),
    credited_minor $bigint NOT NULL CHECK (credited_minor >= 0),
    PRIMARY KEY (order_id, licence_id)
) $strict;
CREATE INDEX upgrade_credits_licence ON upgrade_credits (licence_id);
CREATE TABLE licence_upgrades (
    licence_id $uuid NOT NULL PRIMARY KEY REFERENCES licences (id),
    replaced_id $uuid NOT NULL REFERENCES licences (id),
    attempt $int NOT NULL CHECK (attempt >= 1),
    granted_at $instant NOT NULL,
    UNIQUE (replaced_id, attempt)
) $strict
";

// What came beside a sale, such as a second charge, counts for nothing here. An upgrade is gone with what was credited to it, too.
fn one_by_one() -> String {
    let gone = is_gone("newer.order_id");
    let credited_gone = is_gone("credited.order_id");
    format!(
        "NEW.attempt <> 1 + (SELECT count(*) FROM licence_upgrades WHERE replaced_id = NEW.replaced_id)
         OR EXISTS (SELECT 1 FROM licence_upgrades AS earlier JOIN licences AS newer ON newer.id = earlier.licence_id
             WHERE earlier.replaced_id = NEW.replaced_id AND NOT {gone}
             AND NOT EXISTS (SELECT 1 FROM upgrade_credits
                 JOIN licences AS credited ON credited.id = upgrade_credits.licence_id
                 WHERE upgrade_credits.order_id = newer.order_id AND upgrade_credits.credited_minor > 0
                 AND {credited_gone}))"
    )
}

/// Whether nothing is kept of what was paid for an order, or its exclusive has ended.
fn is_gone(order: &str) -> String {
    let of_sale = format!(
        "payments.order_id = {order} AND EXISTS (SELECT 1 FROM journals
         WHERE journals.source = payments.gateway AND journals.external_id = payments.gateway_payment
         AND journals.kind = 'sale')"
    );
    let gone = format!(
        "((SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds JOIN payments ON payments.id = refunds.payment_id
           WHERE refunds.journal_id IS NOT NULL AND refunds.state <> 'failed' AND {of_sale})
          + (SELECT COALESCE(SUM(disputes.amount_minor), 0) FROM disputes JOIN payments ON payments.id = disputes.payment_id
             WHERE disputes.state = 'lost' AND {of_sale}))"
    );
    let came = format!(
        "(SELECT COALESCE(SUM(payments.amount_minor), 0) FROM payments
          WHERE payments.state IN ('captured', 'refunding', 'refunded') AND {of_sale})"
    );
    format!(
        "(({gone} > 0 AND {came} <= {gone})
          OR EXISTS (SELECT 1 FROM exclusive_ends WHERE exclusive_ends.order_id = {order}))"
    )
}
