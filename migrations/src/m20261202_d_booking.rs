//! Rooms and equipment, and who has booked them when. What is booked occupies quarters of an hour, each of which a room has once.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, ROOMS).await?;
        sql::run(manager, BOOKINGS).await?;
        sql::run(manager, OCCUPIED).await?;
        sql::append_only(manager, "booking_events").await?;
        sql::append_only(manager, "booking_deposits").await?;
        sql::append_only(manager, "booking_series").await?;
        sql::refuse_delete(manager, "bookings", "bookings_stay", "a booking is cancelled, not forgotten").await?;
        sql::refuse_update(
            manager,
            "bookings",
            "bookings_identity",
            "NEW.id <> OLD.id OR NEW.studio_id <> OLD.studio_id OR NEW.kind <> OLD.kind
             OR NEW.series_id IS DISTINCT FROM OLD.series_id OR NEW.currency <> OLD.currency
             OR NEW.free_hours <> OLD.free_hours OR NEW.kept_share <> OLD.kept_share
             OR (NEW.deposit_minor <> OLD.deposit_minor AND NEW.deposit_minor <> 0)
             OR NEW.created_at <> OLD.created_at OR NEW.sequence < OLD.sequence",
            "a booking stays what it was made for, by the terms of then",
        )
        .await?;
        sql::refuse_update(
            manager,
            "bookings",
            "bookings_let_go",
            "NEW.state NOT IN ('held', 'confirmed')
             AND (EXISTS (SELECT 1 FROM room_slices WHERE room_slices.booking_id = NEW.id)
                  OR EXISTS (SELECT 1 FROM equipment_slices WHERE equipment_slices.booking_id = NEW.id))",
            "a booking that is over occupies nothing",
        )
        .await?;
        for (table, name, wrong, message) in OF_ONE_STUDIO {
            sql::refuse_insert(manager, table, name, wrong, message).await?;
        }
        sql::refuse_update(
            manager,
            "bookings",
            "bookings_forward",
            "(OLD.state IN ('cancelled', 'lapsed', 'no_show') AND NEW.state <> OLD.state)
             OR (OLD.state = 'confirmed' AND NEW.state IN ('held', 'lapsed'))
             OR (OLD.state = 'held' AND NEW.state = 'no_show')",
            "a booking that is over stays so, and one that is confirmed is held no more",
        )
        .await?;
        for (table, thing) in [("room_slices", "room_id"), ("equipment_slices", "equipment_id")] {
            let of_booking = if thing == "room_id" {
                "room_id = NEW.room_id"
            } else {
                "EXISTS (SELECT 1 FROM booking_equipment WHERE booking_equipment.booking_id = bookings.id
                         AND booking_equipment.equipment_id = NEW.equipment_id)"
            };
            let wrong = format!(
                "NOT EXISTS (SELECT 1 FROM bookings WHERE bookings.id = NEW.booking_id
                             AND bookings.state IN ('held', 'confirmed') AND {of_booking})"
            );
            let name = format!("{table}_booked");
            sql::refuse_insert(manager, table, &name, &wrong, "only a booking that stands occupies what it has booked")
                .await?;
            let name = format!("{table}_stay");
            let changed =
                format!("NEW.{thing} <> OLD.{thing} OR NEW.slice <> OLD.slice OR NEW.booking_id <> OLD.booking_id");
            sql::refuse_update(manager, table, &name, &changed, "what is occupied is let go of, not handed on").await?;
        }
        sql::refuse_update(
            manager,
            "calendar_feeds",
            "calendar_feeds_revoked",
            "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at",
            "a feed that was revoked stays so",
        )
        .await
    }
}

/// What keys over two columns do not hold: table, name, the condition that must not hold, and what is said then.
const OF_ONE_STUDIO: [(&str, &str, &str, &str); 3] = [
    (
        "booking_equipment",
        "booking_equipment_of_studio",
        "NOT EXISTS (SELECT 1 FROM bookings JOIN equipment ON equipment.studio_id = bookings.studio_id
                     WHERE bookings.id = NEW.booking_id AND equipment.id = NEW.equipment_id)",
        "what is booked along is of the studio of its booking",
    ),
    (
        "booking_people",
        "booking_people_of_studio",
        "NOT EXISTS (SELECT 1 FROM bookings JOIN parties ON parties.studio_id = bookings.studio_id
                     WHERE bookings.id = NEW.booking_id AND parties.id = NEW.party_id)",
        "who is asked to come is of the studio of the booking",
    ),
    (
        "booking_deposits",
        "booking_deposits_fit",
        "NOT EXISTS (SELECT 1 FROM bookings JOIN orders ON orders.studio_id = bookings.studio_id
                     AND orders.currency = bookings.currency AND orders.total_minor = bookings.deposit_minor
                     WHERE bookings.id = NEW.booking_id AND orders.id = NEW.order_id)",
        "a deposit is what its booking asks, and paid to its studio",
    ),
];

const ROOMS: &str = "
CREATE TABLE rooms (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    slug TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 120),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description TEXT NOT NULL CHECK (length(description) <= 5000),
    address TEXT CHECK (length(address) BETWEEN 1 AND 500),
    is_public $bool NOT NULL,
    time_zone TEXT NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 64),
    hours $json NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    hour_rate_minor $bigint CHECK (hour_rate_minor >= 0),
    day_rate_minor $bigint CHECK (day_rate_minor >= 0),
    step_minutes $int NOT NULL CHECK (step_minutes BETWEEN 15 AND 1440 AND step_minutes % 15 = 0),
    min_minutes $int NOT NULL CHECK (min_minutes BETWEEN 15 AND 1440 AND min_minutes % 15 = 0),
    max_minutes $int NOT NULL CHECK (max_minutes BETWEEN min_minutes AND 2880 AND max_minutes % 15 = 0),
    buffer_before_minutes $int NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_before_minutes % 15 = 0),
    buffer_after_minutes $int NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes % 15 = 0),
    notice_minutes $int NOT NULL CHECK (notice_minutes BETWEEN 0 AND 525600),
    horizon_days $int NOT NULL CHECK (horizon_days BETWEEN 1 AND 730),
    hold_minutes $int NOT NULL CHECK (hold_minutes BETWEEN 10 AND 60),
    deposit_share $int NOT NULL CHECK (deposit_share BETWEEN 0 AND 1000000),
    free_cancel_hours $int NOT NULL CHECK (free_cancel_hours BETWEEN 0 AND 8760),
    kept_share $int NOT NULL CHECK (kept_share BETWEEN 0 AND 1000000),
    archived_at $instant,
    created_at $instant NOT NULL,
    updated_at $instant NOT NULL,
    UNIQUE (studio_id, slug),
    UNIQUE (id, studio_id)
) $strict;
CREATE TABLE room_exceptions (
    room_id $uuid NOT NULL REFERENCES rooms (id),
    on_date $date NOT NULL,
    hours $json NOT NULL,
    note TEXT CHECK (length(note) BETWEEN 1 AND 200),
    PRIMARY KEY (room_id, on_date)
) $strict;
CREATE TABLE equipment (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    room_id $uuid,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    category TEXT NOT NULL CHECK (length(category) BETWEEN 1 AND 100),
    serial TEXT CHECK (length(serial) BETWEEN 1 AND 100),
    is_public $bool NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    hour_rate_minor $bigint CHECK (hour_rate_minor >= 0),
    day_rate_minor $bigint CHECK (day_rate_minor >= 0),
    archived_at $instant,
    created_at $instant NOT NULL,
    updated_at $instant NOT NULL,
    UNIQUE (id, studio_id),
    FOREIGN KEY (room_id, studio_id) REFERENCES rooms (id, studio_id)
) $strict;
CREATE INDEX equipment_studio ON equipment (studio_id, id)
";

// The foreign keys over two columns hold that a room is of the booking's own studio.
const BOOKINGS: &str = "
CREATE TABLE booking_series (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    room_id $uuid NOT NULL,
    every_weeks $int NOT NULL CHECK (every_weeks BETWEEN 1 AND 12),
    occurrences $int NOT NULL CHECK (occurrences BETWEEN 2 AND 104),
    created_by $uuid REFERENCES users (id),
    created_at $instant NOT NULL,
    FOREIGN KEY (room_id, studio_id) REFERENCES rooms (id, studio_id)
) $strict;
CREATE INDEX booking_series_studio ON booking_series (studio_id, id);
CREATE TABLE bookings (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL,
    room_id $uuid NOT NULL,
    series_id $uuid REFERENCES booking_series (id),
    kind TEXT NOT NULL CHECK (kind IN ('session', 'lockout', 'block')),
    state TEXT NOT NULL CHECK (state IN ('held', 'confirmed', 'cancelled', 'lapsed', 'no_show')),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    starts_at $instant NOT NULL,
    ends_at $instant NOT NULL,
    client_name TEXT CHECK (length(client_name) BETWEEN 1 AND 200),
    client_email TEXT,
    party_id $uuid REFERENCES parties (id),
    project_id $uuid REFERENCES projects (id),
    notes TEXT NOT NULL CHECK (length(notes) <= 5000),
    price_minor $bigint NOT NULL CHECK (price_minor >= 0),
    deposit_minor $bigint NOT NULL CHECK (deposit_minor BETWEEN 0 AND price_minor),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    free_hours $int NOT NULL CHECK (free_hours BETWEEN 0 AND 8760),
    free_until $instant NOT NULL,
    kept_share $int NOT NULL CHECK (kept_share BETWEEN 0 AND 1000000),
    held_until $instant,
    sequence $int NOT NULL CHECK (sequence >= 0),
    events $int NOT NULL CHECK (events >= 1),
    client_ip TEXT,
    client_user_agent TEXT,
    created_by $uuid REFERENCES users (id),
    created_at $instant NOT NULL,
    updated_at $instant NOT NULL,
    kept_minor $bigint CHECK (kept_minor BETWEEN 0 AND deposit_minor),
    UNIQUE (id, room_id),
    FOREIGN KEY (room_id, studio_id) REFERENCES rooms (id, studio_id),
    CHECK (starts_at < ends_at),
    CHECK (free_until <= starts_at),
    CHECK ((state = 'held') = (held_until IS NOT NULL)),
    CHECK (kind <> 'block' OR (client_email IS NULL AND price_minor = 0 AND state <> 'held')),
    CHECK (kept_minor IS NULL OR state IN ('cancelled', 'no_show'))
) $strict;
CREATE INDEX bookings_studio ON bookings (studio_id, id);
CREATE INDEX bookings_time ON bookings (studio_id, starts_at);
CREATE INDEX bookings_room ON bookings (room_id, starts_at);
CREATE INDEX bookings_series ON bookings (series_id) WHERE series_id IS NOT NULL;
CREATE INDEX bookings_party ON bookings (party_id) WHERE party_id IS NOT NULL;
CREATE INDEX bookings_client ON bookings (studio_id, lower(client_email)) WHERE client_email IS NOT NULL;
CREATE INDEX bookings_project ON bookings (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX bookings_held ON bookings (held_until) WHERE state = 'held';
CREATE TABLE booking_equipment (
    booking_id $uuid NOT NULL REFERENCES bookings (id),
    equipment_id $uuid NOT NULL REFERENCES equipment (id),
    price_minor $bigint NOT NULL CHECK (price_minor >= 0),
    PRIMARY KEY (booking_id, equipment_id)
) $strict;
CREATE INDEX booking_equipment_of ON booking_equipment (equipment_id);
CREATE TABLE booking_people (
    booking_id $uuid NOT NULL REFERENCES bookings (id),
    party_id $uuid NOT NULL REFERENCES parties (id),
    role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 60),
    PRIMARY KEY (booking_id, party_id)
) $strict;
CREATE INDEX booking_people_party ON booking_people (party_id);
CREATE TABLE booking_deposits (
    order_id $uuid NOT NULL PRIMARY KEY REFERENCES orders (id),
    booking_id $uuid NOT NULL REFERENCES bookings (id),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 250)
) $strict;
CREATE INDEX booking_deposits_booking ON booking_deposits (booking_id);
CREATE TABLE booking_events (
    booking_id $uuid NOT NULL REFERENCES bookings (id),
    seq $int NOT NULL CHECK (seq >= 1),
    act TEXT NOT NULL CHECK (act IN ('held', 'confirmed', 'moved', 'changed', 'cancelled', 'lapsed', 'no_show')),
    side TEXT NOT NULL CHECK (side IN ('studio', 'client', 'house')),
    user_id $uuid REFERENCES users (id),
    room_id $uuid NOT NULL REFERENCES rooms (id),
    starts_at $instant NOT NULL,
    ends_at $instant NOT NULL,
    note TEXT CHECK (length(note) BETWEEN 1 AND 1000),
    at $instant NOT NULL,
    PRIMARY KEY (booking_id, seq)
) $strict;
CREATE TABLE calendar_feeds (
    id $uuid NOT NULL PRIMARY KEY,
    studio_id $uuid NOT NULL REFERENCES studios (id),
    scope TEXT NOT NULL CHECK (scope IN ('studio', 'room', 'person')),
    room_id $uuid,
    party_id $uuid REFERENCES parties (id),
    shows_names $bool NOT NULL,
    created_by $uuid REFERENCES users (id),
    created_at $instant NOT NULL,
    revoked_at $instant,
    FOREIGN KEY (room_id, studio_id) REFERENCES rooms (id, studio_id),
    CHECK ((scope = 'room') = (room_id IS NOT NULL)),
    CHECK ((scope = 'person') = (party_id IS NOT NULL))
) $strict;
CREATE INDEX calendar_feeds_studio ON calendar_feeds (studio_id, id)
";

// A slice is a quarter of an hour of UTC, numbered from 1970; every time zone in use begins its hours on one. The primary key lets one booking have it,
// buffers and all, and whoever comes second is refused whatever the program believed.
const OCCUPIED: &str = "
CREATE TABLE room_slices (
    room_id $uuid NOT NULL,
    slice $bigint NOT NULL,
    booking_id $uuid NOT NULL,
    PRIMARY KEY (room_id, slice),
    FOREIGN KEY (booking_id, room_id) REFERENCES bookings (id, room_id)
) $strict;
CREATE INDEX room_slices_booking ON room_slices (booking_id);
CREATE TABLE equipment_slices (
    equipment_id $uuid NOT NULL,
    slice $bigint NOT NULL,
    booking_id $uuid NOT NULL,
    PRIMARY KEY (equipment_id, slice),
    FOREIGN KEY (booking_id, equipment_id) REFERENCES booking_equipment (booking_id, equipment_id)
) $strict;
CREATE INDEX equipment_slices_booking ON equipment_slices (booking_id)
";
