//! Times and terms as people read them, by the clocks of the room.

use chrono::Duration;

use super::Zone;
use crate::{booking::entity::BookingKind, env::Instant, money::Money, share::Share};

/// A moment: `Thursday, 3 December 2026, 14:00 CET`.
pub fn moment(zone: Zone, at: Instant) -> String {
    format!("{}, {}", day(zone, at), zone.clock(at))
}

/// The day of a moment: `Thursday, 3 December 2026`.
pub fn day(zone: Zone, at: Instant) -> String {
    zone.day(at).format("%A, %-d %B %Y").to_string()
}

/// When a booking is: `Thursday, 3 December 2026, 14:00 CET to 18:00 CET`, `all of Thursday, 3 December 2026`.
pub fn when(zone: Zone, kind: BookingKind, starts_at: Instant, ends_at: Instant) -> String {
    let last = ends_at - Duration::microseconds(1);
    let is_one_day = zone.day(starts_at) == zone.day(last);
    match (kind, is_one_day) {
        (BookingKind::Lockout, true) => format!("all of {}", day(zone, starts_at)),
        (BookingKind::Lockout, false) => format!("all days from {} to {}", day(zone, starts_at), day(zone, last)),
        (BookingKind::Session | BookingKind::Block, true) => {
            format!("{} to {}", moment(zone, starts_at), zone.clock(ends_at))
        }
        (BookingKind::Session | BookingKind::Block, false) => {
            format!("{} to {}", moment(zone, starts_at), moment(zone, ends_at))
        }
    }
}

/// The terms of cancellation of a booking with a deposit, or with none, as they hold for its client: until when it is free, and the share that is kept after that.
pub fn cancelling(zone: Zone, deposit: Money, (free_until, kept_share): (Instant, Share), now: Instant) -> String {
    if deposit.minor == 0 {
        return "You can cancel it for nothing until it begins.".to_owned();
    }
    if free_until < now {
        return format!("If you cancel it, or do not come, {kept_share} % of the deposit are kept.");
    }
    let until = moment(zone, free_until);
    format!(
        "You can cancel it for nothing until {until}. If you cancel later, or do not come, {kept_share} % of the deposit are kept."
    )
}

/// What of a deposit is kept, and what goes back: said to a client whose booking is over.
pub fn kept(kept: Option<i64>, paid: Money) -> String {
    let of = |minor| Money::new(minor, paid.currency);
    match kept {
        None => "Nothing was paid ahead, and nothing is owed.".to_owned(),
        Some(0) => format!("All of the deposit of {paid} goes back to you."),
        Some(minor) if minor >= paid.minor => format!("By its terms the deposit of {paid} is kept."),
        Some(minor) => {
            format!("By its terms {} of the deposit of {paid} are kept; the rest goes back to you.", of(minor))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn berlin() -> Zone {
        "Europe/Berlin".parse().unwrap()
    }

    #[test]
    fn times_are_told_by_the_clocks_of_the_room() {
        let told = |kind, from: &str, to: &str| when(berlin(), kind, at(from), at(to));
        assert_eq!(
            told(BookingKind::Session, "2026-12-03T13:00:00Z", "2026-12-03T17:00:00Z"),
            "Thursday, 3 December 2026, 14:00 CET to 18:00 CET"
        );
        assert_eq!(
            told(BookingKind::Session, "2026-10-24T20:00:00Z", "2026-10-25T01:00:00Z"),
            "Saturday, 24 October 2026, 22:00 CEST to Sunday, 25 October 2026, 02:00 CET"
        );
        assert_eq!(
            told(BookingKind::Session, "2026-12-03T20:00:00Z", "2026-12-03T23:00:00Z"),
            "Thursday, 3 December 2026, 21:00 CET to 00:00 CET",
            "until midnight is the same day"
        );
        let (from, to) = berlin().bounds("2026-10-25".parse().unwrap());
        assert_eq!(when(berlin(), BookingKind::Lockout, from, to), "all of Sunday, 25 October 2026");
        assert_eq!(
            when(berlin(), BookingKind::Lockout, from, to + Duration::days(1)),
            "all days from Sunday, 25 October 2026 to Monday, 26 October 2026"
        );
    }

    #[test]
    fn the_deadline_is_told_while_it_is_to_come() {
        let (deposit, half) = (Money::new(3_000, Currency::EUR), Share::from_ppm(500_000).unwrap());
        let until = at("2026-12-01T13:00:00Z");
        let told = |deposit, now| cancelling(berlin(), deposit, (until, half), now);
        assert!(told(deposit, until).contains("until Tuesday, 1 December 2026, 14:00 CET. If you cancel later"));
        assert!(!told(deposit, until + Duration::seconds(1)).contains("for nothing"));
        assert!(told(deposit, until + Duration::seconds(1)).contains("50 % of the deposit are kept"));
        assert_eq!(told(Money::zero(Currency::EUR), until), "You can cancel it for nothing until it begins.");
    }

    #[test]
    fn what_is_kept_is_told_with_what_goes_back() {
        let paid = Money::new(3_000, Currency::EUR);
        assert!(kept(None, paid).contains("nothing is owed"));
        assert!(kept(Some(0), paid).contains("All of the deposit of EUR 30.00"));
        assert!(kept(Some(1_000), paid).contains("EUR 10.00 of the deposit of EUR 30.00 are kept; the rest goes back"));
        assert!(kept(Some(3_000), paid).contains("is kept"));
    }
}
