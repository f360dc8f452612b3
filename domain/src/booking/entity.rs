//! Tables of bookings.

mod bookings;
mod rooms;

pub use bookings::{
    booking, booking_equipment, booking_event, booking_person, deposit, equipment_slice, feed, room_slice, series,
};
pub use rooms::{equipment, exception, room};

use crate::{ids::PartyId, text_enum};

text_enum! {
    /// What a booking is for.
    pub enum BookingKind {
        /// So many hours within the opening hours.
        Session = "session",
        /// Whole days, from midnight to midnight where the room is, whatever the opening hours: the room is the client's alone.
        Lockout = "lockout",
        /// The studio's own: nobody books it then.
        Block = "block",
    }
}

text_enum! {
    /// Where a booking stands.
    pub enum BookingState {
        /// Its time is kept until the client has paid the deposit, or confirmed it.
        Held = "held",
        /// It stands.
        Confirmed = "confirmed",
        /// Called off.
        Cancelled = "cancelled",
        /// The hold came to nothing.
        Lapsed = "lapsed",
        /// The client did not come.
        NoShow = "no_show",
    }
}

text_enum! {
    /// What was done with a booking.
    pub enum BookingAct {
        /// Its time is kept for now.
        Held = "held",
        /// It stands.
        Confirmed = "confirmed",
        /// Its time or its room is another.
        Moved = "moved",
        /// Something else of it was changed.
        Changed = "changed",
        /// Called off.
        Cancelled = "cancelled",
        /// The hold came to nothing.
        Lapsed = "lapsed",
        /// The client did not come.
        NoShow = "no_show",
    }
}

text_enum! {
    /// Who has done something with a booking.
    pub enum BookingSide {
        /// The studio.
        Studio = "studio",
        /// The client, by their link.
        Client = "client",
        /// The program itself.
        House = "house",
    }
}

text_enum! {
    /// What a calendar feed holds.
    pub enum FeedScope {
        /// All rooms of the studio.
        Studio = "studio",
        /// One room.
        Room = "room",
        /// What one party is booked for, or has booked.
        Person = "person",
    }
}

/// Whom a mail about a booking is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingReader {
    /// Its client.
    Client,
    /// The studio.
    Studio,
    /// Somebody who is asked to come.
    Person(PartyId),
    /// Somebody who was asked to come, and is no more.
    Dropped(PartyId),
}
