//! What prices are changed by: coupons with their uses, bulk deals, bundles, rates of tax; what a cart has of it, and what was taken off and taxed of
//! each line of an order.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        for table in ["order_discounts", "order_taxes"] {
            sql::append_only(manager, table).await?;
        }
        for (table, name, wrong, message) in REFUSALS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        sql::refuse_update(
            manager,
            "coupons",
            "coupons_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.code <> OLD.code",
            "a coupon keeps its code and its studio",
        )
        .await?;
        sql::refuse_update(manager, "coupon_uses", "coupon_uses_stand", "1 = 1", "a use is given back or stands").await
    }
}

// That a coupon is never used more often than it can be is a check of its own row: of two who take the last use at once the later waits for the row of
// the earlier, and is refused.
const TABLES: &str = "
CREATE TABLE coupons (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 40),
    off_minor $bigint CHECK (off_minor > 0),
    off_part $int CHECK (off_part BETWEEN 1 AND 1000000),
    minimum_minor $bigint CHECK (minimum_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    starts_at $instant,
    ends_at $instant,
    max_uses $int CHECK (max_uses >= 1),
    uses $int NOT NULL CHECK (uses >= 0),
    enabled $bool NOT NULL,
    created_at $instant NOT NULL,
    UNIQUE (studio_id, code),
    CHECK ((off_minor IS NULL) <> (off_part IS NULL)),
    CHECK (ends_at > starts_at),
    CHECK (uses <= max_uses)
) $strict;
CREATE TABLE coupon_beats (
    coupon_id $uuid NOT NULL REFERENCES coupons (id),
    beat_id $uuid NOT NULL REFERENCES beats (id),
    PRIMARY KEY (coupon_id, beat_id)
) $strict;
CREATE TABLE coupon_tiers (
    coupon_id $uuid NOT NULL REFERENCES coupons (id),
    tier_code TEXT NOT NULL CHECK (tier_code IN ('mp3', 'wav', 'trackout', 'unlimited', 'exclusive')),
    PRIMARY KEY (coupon_id, tier_code)
) $strict;
CREATE TABLE coupon_uses (
    order_id $uuid NOT NULL PRIMARY KEY REFERENCES orders (id),
    coupon_id $uuid NOT NULL REFERENCES coupons (id),
    used_at $instant NOT NULL
) $strict;
CREATE INDEX coupon_uses_coupon ON coupon_uses (coupon_id);
CREATE TABLE bulk_deals (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    buy $int NOT NULL CHECK (buy BETWEEN 1 AND 20),
    free $int NOT NULL CHECK (free BETWEEN 1 AND 20),
    UNIQUE (id, studio_id)
) $strict;
CREATE INDEX bulk_deals_studio ON bulk_deals (studio_id);
CREATE TABLE bulk_deal_tiers (
    studio_id $uuid NOT NULL,
    tier_code TEXT NOT NULL CHECK (tier_code IN ('mp3', 'wav', 'trackout', 'unlimited')),
    deal_id $uuid NOT NULL,
    PRIMARY KEY (studio_id, tier_code),
    FOREIGN KEY (deal_id, studio_id) REFERENCES bulk_deals (id, studio_id) ON DELETE CASCADE
) $strict;
CREATE TABLE bundles (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    tier_code TEXT NOT NULL CHECK (tier_code IN ('mp3', 'wav', 'trackout', 'unlimited', 'exclusive')),
    price_minor $bigint NOT NULL CHECK (price_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    enabled $bool NOT NULL,
    updated_at $instant NOT NULL
) $strict;
CREATE INDEX bundles_studio ON bundles (studio_id, id);
CREATE TABLE bundle_beats (
    bundle_id $uuid NOT NULL REFERENCES bundles (id) ON DELETE CASCADE,
    beat_id $uuid NOT NULL REFERENCES beats (id),
    position $int NOT NULL CHECK (position >= 0),
    PRIMARY KEY (bundle_id, beat_id)
) $strict;
CREATE TABLE tax_rates (
    studio_id $uuid NOT NULL REFERENCES studios (id),
    country TEXT NOT NULL CHECK (length(country) = 2),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    rate $int NOT NULL CHECK (rate BETWEEN 0 AND 1000000),
    included $bool NOT NULL,
    PRIMARY KEY (studio_id, country)
) $strict;
ALTER TABLE carts ADD COLUMN coupon_id $uuid REFERENCES coupons (id);
ALTER TABLE carts ADD COLUMN country TEXT CHECK (length(country) = 2);
CREATE TABLE order_discounts (
    order_line_id $uuid NOT NULL REFERENCES order_lines (id),
    kind TEXT NOT NULL CHECK (kind IN ('bundle', 'bulk', 'coupon')),
    name TEXT NOT NULL,
    coupon_id $uuid REFERENCES coupons (id),
    amount_minor $bigint NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (order_line_id, kind),
    CHECK ((kind = 'coupon') = (coupon_id IS NOT NULL))
) $strict;
CREATE TABLE order_taxes (
    order_line_id $uuid NOT NULL PRIMARY KEY REFERENCES order_lines (id),
    country TEXT NOT NULL CHECK (length(country) = 2),
    name TEXT NOT NULL,
    rate $int NOT NULL CHECK (rate BETWEEN 0 AND 1000000),
    included $bool NOT NULL,
    amount_minor $bigint NOT NULL CHECK (amount_minor >= 0)
) $strict
";

const REFUSALS: [(&str, &str, &str, &str); 4] = [
    (
        "coupon_beats",
        "coupon_beats_own",
        "(SELECT studio_id FROM beats WHERE id = NEW.beat_id) <> (SELECT studio_id FROM coupons WHERE id = NEW.coupon_id)",
        "a coupon is for beats of its own studio",
    ),
    (
        "bundle_beats",
        "bundle_beats_own",
        "(SELECT studio_id FROM beats WHERE id = NEW.beat_id) <> (SELECT studio_id FROM bundles WHERE id = NEW.bundle_id)",
        "a bundle is of beats of its own studio",
    ),
    (
        "coupon_uses",
        "coupon_uses_own",
        "(SELECT studio_id FROM orders WHERE id = NEW.order_id) <> (SELECT studio_id FROM coupons WHERE id = NEW.coupon_id)",
        "a coupon is used in its own studio",
    ),
    (
        "order_taxes",
        "order_taxes_within",
        "NEW.amount_minor > (SELECT price_minor FROM order_lines WHERE id = NEW.order_line_id)",
        "the tax of a line is within its price",
    ),
];
