//! Several currencies of a studio: what tiers and bundles cost in others than its own, and the one currency of a cart.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// On SQLite too: between the carts' new column and what it is filled with nothing may break off.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        for (table, name, wrong, message) in INSERTS {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        for (table, name, wrong, message) in UPDATES {
            sql::refuse_update(manager, table, name, wrong, message).await?;
        }
        Ok(())
    }
}

// A price in the studio's own currency stands in the tier or the bundle itself, and nowhere else. The foreign keys over two columns hold that a price is of
// its tier's or bundle's own studio.
const TABLES: &str = "
CREATE UNIQUE INDEX tiers_of_studio ON tiers (id, studio_id);
CREATE UNIQUE INDEX bundles_of_studio ON bundles (id, studio_id);
CREATE TABLE tier_prices (
    tier_id $uuid NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    price_minor $bigint NOT NULL CHECK (price_minor >= 0),
    PRIMARY KEY (tier_id, currency),
    FOREIGN KEY (tier_id, studio_id) REFERENCES tiers (id, studio_id) ON DELETE CASCADE
) $strict;
CREATE INDEX tier_prices_studio ON tier_prices (studio_id, currency);
CREATE TABLE bundle_prices (
    bundle_id $uuid NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    studio_id $uuid NOT NULL REFERENCES studios (id),
    price_minor $bigint NOT NULL CHECK (price_minor > 0),
    PRIMARY KEY (bundle_id, currency),
    FOREIGN KEY (bundle_id, studio_id) REFERENCES bundles (id, studio_id) ON DELETE CASCADE
) $strict;
ALTER TABLE carts ADD COLUMN currency TEXT CHECK (length(currency) = 3);
UPDATE carts SET currency = COALESCE(
    (SELECT MIN(cart_lines.currency) FROM cart_lines WHERE cart_lines.cart_id = carts.id),
    (SELECT studios.currency FROM studios WHERE studios.id = carts.studio_id))
";

const INSERTS: [(&str, &str, &str, &str); 4] = [
    ("tier_prices", "tier_prices_further", TIER_TWICE, "a tier has one price in each currency"),
    ("bundle_prices", "bundle_prices_further", BUNDLE_TWICE, "a bundle has one price in each currency"),
    ("carts", "carts_begin_in_a_currency", "NEW.currency IS NULL", "a cart is in a currency"),
    ("cart_lines", "cart_lines_begin_in_its_currency", OTHER_CURRENCY, "a cart is in one currency"),
];

const UPDATES: [(&str, &str, &str, &str); 6] = [
    (
        "tier_prices",
        "tier_prices_identity",
        "NEW.tier_id <> OLD.tier_id OR NEW.currency <> OLD.currency OR NEW.studio_id <> OLD.studio_id",
        "a price keeps its tier and its currency",
    ),
    (
        "bundle_prices",
        "bundle_prices_identity",
        "NEW.bundle_id <> OLD.bundle_id OR NEW.currency <> OLD.currency OR NEW.studio_id <> OLD.studio_id",
        "a price keeps its bundle and its currency",
    ),
    (
        "tiers",
        "tiers_one_price",
        "EXISTS (SELECT 1 FROM tier_prices WHERE tier_id = NEW.id AND currency = NEW.currency)",
        "a tier has one price in each currency",
    ),
    (
        "bundles",
        "bundles_one_price",
        "EXISTS (SELECT 1 FROM bundle_prices WHERE bundle_id = NEW.id AND currency = NEW.currency)",
        "a bundle has one price in each currency",
    ),
    ("carts", "carts_stay_in_a_currency", "NEW.currency IS NULL", "a cart is in a currency"),
    ("cart_lines", "cart_lines_in_its_currency", OTHER_CURRENCY, "a cart is in one currency"),
];

const TIER_TWICE: &str = "NEW.currency = (SELECT currency FROM tiers WHERE id = NEW.tier_id)";

const BUNDLE_TWICE: &str = "NEW.currency = (SELECT currency FROM bundles WHERE id = NEW.bundle_id)";

// Whose currency is changed is changed before its lines are.
const OTHER_CURRENCY: &str = "NEW.currency <> (SELECT currency FROM carts WHERE id = NEW.cart_id)";
