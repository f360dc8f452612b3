//! The rules of booking, all pure: time zones ([`zone`]), opening hours ([`hours`]), which slots are free ([`availability`]), what a booking costs and what is kept
//! of it ([`terms`]), which days a series falls on ([`recurring`]), and how all that is said to people ([`words`]).

pub mod availability;
pub mod hours;
pub mod recurring;
pub mod terms;
pub mod texts;
pub mod words;
pub mod zone;

pub use availability::{Barred, Buffers, Slot, SlotRules, TimeFault};
pub use hours::{DayHours, HoursFault, Opening, Span, WeekHours};
pub use zone::{Zone, ZoneError};

use chrono::Duration;

use super::entity::{BookingAct, BookingKind, BookingSide, BookingState};
use crate::{identity::rules::Allowance, invoices::rules::lines::MAX_UNIT_MINOR};

/// Bookings that are asked for by one mailbox, by whichever of its addresses.
pub const BOOKINGS_PER_ADDRESS: Allowance =
    Allowance { what: "booking:address", attempts: 10, window: Duration::hours(24) };
/// Bookings that are asked for from one network address.
pub const BOOKINGS_PER_IP: Allowance = Allowance { what: "booking:ip", attempts: 10, window: Duration::hours(1) };
/// How many bookings of the public page one mailbox holds at a time.
pub const MAX_HELD: usize = 3;
/// For how many hours a booking that the studio has made waits for its client's deposit, unless the studio says otherwise.
pub const STUDIO_HOLD_HOURS: i64 = 48;
/// By how many hours a hold is prolonged while the client's bank takes its time.
pub const BANK_HOURS: i64 = 12;
/// The most days of a lock-out.
pub const MAX_LOCKOUT_DAYS: u32 = 31;
/// The longest booking of the studio's own making, in minutes: as long as the longest lock-out, on days that are an hour longer.
pub const MAX_STUDIO_MINUTES: i64 = 31 * 24 * 60 + 60;
/// How many days ahead the studio books at the earliest.
pub const MAX_AHEAD_DAYS: i64 = 1_830;
/// The highest price and the highest rate, in minor units: no more than a line of an invoice can cost.
pub const MAX_PRICE_MINOR: i64 = MAX_UNIT_MINOR;
/// The most pieces of equipment of a booking.
pub const MAX_EQUIPMENT: usize = 50;
/// The most people who are asked to a booking.
pub const MAX_PEOPLE: usize = 50;

/// Where a booking gets by an act; none if that act is not possible now.
pub const fn after(state: BookingState, act: BookingAct) -> Option<BookingState> {
    match (state, act) {
        (BookingState::Held, BookingAct::Confirmed) => Some(BookingState::Confirmed),
        (BookingState::Held, BookingAct::Lapsed) => Some(BookingState::Lapsed),
        (BookingState::Held | BookingState::Confirmed, BookingAct::Cancelled) => Some(BookingState::Cancelled),
        (BookingState::Held | BookingState::Confirmed, BookingAct::Moved | BookingAct::Changed) => Some(state),
        (BookingState::Confirmed, BookingAct::NoShow) => Some(BookingState::NoShow),
        _ => None,
    }
}

/// Who is told of what was done with a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Its client.
    pub client: bool,
    /// The studio.
    pub studio: bool,
    /// Those who are asked to come.
    pub people: bool,
}

/// Who is told of an act of a side, given where the booking stood before it; none of what had never stood.
pub const fn told(kind: BookingKind, before: BookingState, act: BookingAct, side: BookingSide) -> Told {
    let stood = matches!(before, BookingState::Confirmed);
    let confirms = matches!(act, BookingAct::Confirmed);
    let is_news = matches!(act, BookingAct::Moved | BookingAct::Cancelled);
    let by_studio = matches!(side, BookingSide::Studio);
    let client = match act {
        BookingAct::Held | BookingAct::Confirmed | BookingAct::Moved | BookingAct::Cancelled | BookingAct::Lapsed => {
            true
        }
        BookingAct::Changed | BookingAct::NoShow => false,
    };
    Told {
        client: client && !matches!(kind, BookingKind::Block),
        studio: !by_studio && (confirms || (is_news && stood)),
        people: confirms || (is_news && stood),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn what_is_over_stays_so() {
        for state in [BookingState::Cancelled, BookingState::Lapsed, BookingState::NoShow] {
            for act in BookingAct::iter() {
                assert_eq!(after(state, act), None, "{state} {act}");
            }
        }
        for act in [BookingAct::Lapsed, BookingAct::Confirmed, BookingAct::Held] {
            assert_eq!(after(BookingState::Confirmed, act), None, "{act}");
        }
        assert_eq!(after(BookingState::Held, BookingAct::NoShow), None, "nobody was awaited");
    }

    #[test]
    fn nobody_hears_of_what_never_stood() {
        let held = BookingState::Held;
        for side in BookingSide::iter() {
            let of = |act| told(BookingKind::Session, held, act, side);
            for act in [BookingAct::Held, BookingAct::Lapsed, BookingAct::Cancelled, BookingAct::Moved] {
                assert_eq!((of(act).studio, of(act).people), (false, false), "{act} {side}");
                assert!(of(act).client, "{act} {side}");
            }
            assert!(of(BookingAct::Confirmed).people);
        }
        let moved = |side| told(BookingKind::Session, BookingState::Confirmed, BookingAct::Moved, side);
        assert!(moved(BookingSide::Client).studio && !moved(BookingSide::Studio).studio);
        assert!(!told(BookingKind::Block, BookingState::Confirmed, BookingAct::Moved, BookingSide::Studio).client);
    }
}
