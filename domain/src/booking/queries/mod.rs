//! Reading rooms, bookings and what is free.

mod bookings;
mod feeds;
mod free;
mod rooms;

pub use bookings::{
    BookingFilter, Seen, booking_of_order, booking_url, bookings_of_series, deposits_of_bookings,
    equipment_of_bookings, events_of_bookings, find_booking, find_by_link, find_seen, find_series, list_bookings,
    people_of_bookings,
};
pub use feeds::{FeedView, bookings_of_feed, feed_url, find_feed_by_link, list_feeds};
pub use free::{MAX_DAYS, Quote, Wanted, free_lockouts, free_slots, quote, why_no_lockouts, why_no_slots};
pub(crate) use free::{opening_days, openings_of};
pub use rooms::{
    exceptions_of_room, find_equipment, find_public_room, find_room, list_equipment, list_rooms, public_equipment,
    public_rooms, rooms_by_ids,
};
