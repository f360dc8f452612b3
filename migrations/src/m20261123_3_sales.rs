//! Tiers, carts, orders, payments, licences and the claim that decides who gets an exclusive.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "licences").await?;
        sql::append_only(manager, "exclusive_claims").await
    }
}

const TABLES: &str = "
CREATE TABLE tiers (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    beat_id $uuid REFERENCES beats (id),
    code TEXT NOT NULL CHECK (code IN ('mp3', 'wav', 'trackout', 'unlimited', 'exclusive')),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    price_minor $bigint NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    delivers_mp3 $bool NOT NULL,
    delivers_wav $bool NOT NULL,
    delivers_stems $bool NOT NULL,
    max_streams $bigint CHECK (max_streams >= 0),
    max_copies $bigint CHECK (max_copies >= 0),
    max_music_videos $bigint CHECK (max_music_videos >= 0),
    max_radio_stations $bigint CHECK (max_radio_stations >= 0),
    max_performances $bigint CHECK (max_performances >= 0),
    at_cap TEXT NOT NULL CHECK (at_cap IN ('upgrade', 'terminate')),
    term_months $int CHECK (term_months BETWEEN 1 AND 1200),
    publishing_kept $int NOT NULL CHECK (publishing_kept BETWEEN 0 AND 1000000),
    credit_line TEXT NOT NULL CHECK (length(credit_line) BETWEEN 1 AND 300),
    enabled $bool NOT NULL,
    updated_at $instant NOT NULL
) $strict;
CREATE UNIQUE INDEX tiers_default ON tiers (studio_id, code) WHERE beat_id IS NULL;
CREATE UNIQUE INDEX tiers_beat ON tiers (beat_id, code) WHERE beat_id IS NOT NULL;
CREATE TABLE carts (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    secret_fingerprint TEXT NOT NULL UNIQUE,
    created_at $instant NOT NULL,
    expires_at $instant NOT NULL
) $strict;
CREATE TABLE cart_lines (
    id $uuid NOT NULL PRIMARY KEY,
    cart_id $uuid NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    beat_id $uuid NOT NULL REFERENCES beats (id),
    tier_code TEXT NOT NULL CHECK (tier_code IN ('mp3', 'wav', 'trackout', 'unlimited', 'exclusive')),
    price_minor $bigint NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    terms $json NOT NULL,
    created_at $instant NOT NULL,
    UNIQUE (cart_id, beat_id)
) $strict;
CREATE INDEX cart_lines_beat ON cart_lines (beat_id);
CREATE TABLE orders (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    reference TEXT NOT NULL UNIQUE,
    cart_id $uuid,
    state TEXT NOT NULL CHECK (state IN ('awaiting_payment', 'paid', 'delivered', 'expired', 'refunded')),
    buyer_name TEXT NOT NULL CHECK (length(buyer_name) BETWEEN 1 AND 200),
    buyer_email TEXT NOT NULL,
    total_minor $bigint NOT NULL CHECK (total_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    gateway TEXT NOT NULL,
    checkout_id TEXT,
    pay_url TEXT,
    placed_at $instant NOT NULL,
    paid_at $instant,
    delivered_at $instant,
    closed_reason TEXT,
    buyer_ip TEXT,
    buyer_user_agent TEXT,
    CHECK (state NOT IN ('paid', 'delivered') OR paid_at IS NOT NULL),
    CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
) $strict;
CREATE INDEX orders_studio ON orders (studio_id, id);
CREATE INDEX orders_state ON orders (state, placed_at);
CREATE INDEX orders_cart ON orders (cart_id) WHERE cart_id IS NOT NULL;
CREATE UNIQUE INDEX orders_checkout ON orders (gateway, checkout_id) WHERE checkout_id IS NOT NULL;
CREATE TABLE order_lines (
    id $uuid NOT NULL PRIMARY KEY,
    order_id $uuid NOT NULL REFERENCES orders (id),
    position $int NOT NULL CHECK (position >= 1),
    beat_id $uuid NOT NULL REFERENCES beats (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    beat_title TEXT NOT NULL,
    tier_code TEXT NOT NULL CHECK (tier_code IN ('mp3', 'wav', 'trackout', 'unlimited', 'exclusive')),
    terms $json NOT NULL,
    price_minor $bigint NOT NULL CHECK (price_minor >= 0),
    UNIQUE (order_id, position)
) $strict;
CREATE TABLE payments (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    order_id $uuid NOT NULL REFERENCES orders (id),
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('captured', 'refunding', 'refunded')),
    amount_minor $bigint NOT NULL CHECK (amount_minor >= 0),
    fee_minor $bigint NOT NULL CHECK (fee_minor BETWEEN 0 AND amount_minor),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    received_at $instant NOT NULL,
    UNIQUE (gateway, gateway_payment)
) $strict;
CREATE INDEX payments_order ON payments (order_id);
CREATE TABLE gateway_events (
    gateway TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_id $uuid,
    received_at $instant NOT NULL,
    deliveries $int NOT NULL CHECK (deliveries >= 1),
    PRIMARY KEY (gateway, event_id)
) $strict;
CREATE TABLE licences (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    order_id $uuid NOT NULL REFERENCES orders (id),
    order_line_id $uuid NOT NULL UNIQUE REFERENCES order_lines (id),
    beat_id $uuid NOT NULL REFERENCES beats (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    reference TEXT NOT NULL UNIQUE,
    licensee_name TEXT NOT NULL,
    licensee_email TEXT NOT NULL,
    exclusive $bool NOT NULL,
    terms $json NOT NULL,
    price_minor $bigint NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    granted_at $instant NOT NULL
) $strict;
CREATE INDEX licences_studio ON licences (studio_id, id);
CREATE INDEX licences_work ON licences (work_id);
CREATE INDEX licences_order ON licences (order_id);
CREATE TABLE exclusive_claims (
    work_id $uuid NOT NULL PRIMARY KEY REFERENCES works (id),
    order_id $uuid NOT NULL REFERENCES orders (id),
    claimed_at $instant NOT NULL
) $strict
";
