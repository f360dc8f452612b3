//! Offers: what a buyer would pay for a beat's tier, how it was haggled over, and the one order that an accepted one leads to.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        sql::append_only(manager, "offer_steps").await?;
        sql::refuse_delete(manager, "offers", "offers_stay", "what was offered is not forgotten").await?;
        sql::refuse_update(
            manager,
            "offers",
            "offers_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.beat_id <> OLD.beat_id OR NEW.work_id <> OLD.work_id
             OR NEW.tier_code <> OLD.tier_code OR NEW.terms <> OLD.terms OR NEW.buyer_key <> OLD.buyer_key
             OR NEW.currency <> OLD.currency OR NEW.made_at <> OLD.made_at OR NEW.steps < OLD.steps",
            "an offer stays what it was made for",
        )
        .await?;
        sql::refuse_update(
            manager,
            "offers",
            "offers_forward",
            "(OLD.state IN ('bought', 'declined', 'withdrawn', 'expired') AND NEW.state <> OLD.state)
             OR (OLD.state = 'accepted' AND (NEW.amount_minor <> OLD.amount_minor OR NEW.state IN ('open', 'countered')))",
            "an offer that is over stays so, and one that was accepted keeps its price",
        )
        .await?;
        sql::refuse_update(
            manager,
            "offers",
            "offers_once",
            "OLD.order_id IS NOT NULL AND NEW.order_id IS DISTINCT FROM OLD.order_id
             AND EXISTS (SELECT 1 FROM orders WHERE id = OLD.order_id AND state NOT IN ('expired', 'refunded'))",
            "an accepted offer is ordered once",
        )
        .await?;
        sql::refuse_update(
            manager,
            "offers",
            "offers_price",
            "NEW.order_id IS NOT NULL AND NEW.order_id IS DISTINCT FROM OLD.order_id
             AND (NEW.state <> 'accepted' OR NOT EXISTS (SELECT 1 FROM order_lines WHERE order_id = NEW.order_id
                  AND beat_id = NEW.beat_id AND tier_code = NEW.tier_code
                  AND NEW.amount_minor = price_minor - COALESCE((SELECT order_taxes.amount_minor FROM order_taxes
                      WHERE order_line_id = order_lines.id AND NOT included), 0)))",
            "an offer is ordered once it is accepted, and at its price, but for tax that comes on top",
        )
        .await
    }
}

const TABLES: &str = "
CREATE TABLE offer_settings (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    beat_id $uuid REFERENCES beats (id),
    tier_code TEXT NOT NULL CHECK (tier_code IN ('mp3', 'wav', 'trackout', 'unlimited', 'exclusive')),
    takes_offers $bool NOT NULL,
    minimum_minor $bigint CHECK (minimum_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    answer_days $int NOT NULL CHECK (answer_days BETWEEN 1 AND 30),
    updated_at $instant NOT NULL
) $strict;
CREATE UNIQUE INDEX offer_settings_default ON offer_settings (studio_id, tier_code) WHERE beat_id IS NULL;
CREATE UNIQUE INDEX offer_settings_beat ON offer_settings (beat_id, tier_code) WHERE beat_id IS NOT NULL;
CREATE TABLE offers (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    beat_id $uuid NOT NULL REFERENCES beats (id),
    work_id $uuid NOT NULL REFERENCES works (id),
    beat_title TEXT NOT NULL,
    tier_code TEXT NOT NULL CHECK (tier_code IN ('mp3', 'wav', 'trackout', 'unlimited', 'exclusive')),
    terms $json NOT NULL,
    buyer_email TEXT NOT NULL,
    buyer_key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'countered', 'accepted', 'bought', 'declined', 'withdrawn', 'expired')),
    amount_minor $bigint NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    below_minimum $bool NOT NULL,
    answer_days $int NOT NULL CHECK (answer_days BETWEEN 1 AND 30),
    steps $int NOT NULL CHECK (steps >= 1),
    made_at $instant NOT NULL,
    expires_at $instant NOT NULL,
    decline_at $instant,
    order_id $uuid UNIQUE REFERENCES orders (id),
    CHECK (decline_at IS NULL OR state IN ('open', 'declined', 'withdrawn', 'expired')),
    CHECK (state <> 'bought' OR order_id IS NOT NULL)
) $strict;
CREATE UNIQUE INDEX offers_one_open ON offers (beat_id, tier_code, buyer_key) WHERE state IN ('open', 'countered', 'accepted');
CREATE INDEX offers_studio ON offers (studio_id, id);
CREATE INDEX offers_work ON offers (work_id) WHERE state IN ('open', 'countered', 'accepted');
CREATE INDEX offers_due ON offers (expires_at) WHERE state IN ('open', 'countered', 'accepted');
CREATE TABLE offer_steps (
    offer_id $uuid NOT NULL REFERENCES offers (id),
    seq $int NOT NULL CHECK (seq >= 1),
    side TEXT NOT NULL CHECK (side IN ('buyer', 'studio', 'house')),
    act TEXT NOT NULL CHECK (act IN ('offered', 'accepted', 'declined', 'withdrawn', 'sold', 'bought', 'expired')),
    amount_minor $bigint CHECK (amount_minor > 0),
    words TEXT CHECK (length(words) BETWEEN 1 AND 1000),
    user_id $uuid REFERENCES users (id),
    ip TEXT,
    user_agent TEXT,
    at $instant NOT NULL,
    PRIMARY KEY (offer_id, seq),
    CHECK ((act = 'offered') = (amount_minor IS NOT NULL))
) $strict
";
