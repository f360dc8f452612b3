//! Time zones. An instant is one everywhere; what its clocks say, and which instant somebody means by what the clocks say, is told by the zone.
//!
//! **Where clocks change,** local times are read as iCalendar reads them (RFC 5545, 3.3.5): of a time that the clocks show twice the first is meant, and a time
//! that they skip is read by the clocks as they stood before, so that it comes as much later as is skipped. How long something takes is never told by clocks.

use std::fmt;

use chrono::{Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::{GapInfo, Tz};

use crate::env::Instant;

/// A time zone of the IANA's database, such as `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sea_orm::DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Zone(Tz);

/// The text names no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no time zone of the IANA database")]
pub struct ZoneError(String);

impl std::str::FromStr for Zone {
    type Err = ZoneError;
    fn from_str(text: &str) -> Result<Self, ZoneError> {
        text.parse().map(Self).map_err(|_| ZoneError(text.chars().take(64).collect()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Zone {
    /// Universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Its name in the IANA's database.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The same for programs that know of time zones.
    pub const fn tz(self) -> Tz {
        self.0
    }

    /// What the clocks show at an instant.
    pub fn local(self, at: Instant) -> NaiveDateTime {
        let utc = at.naive_utc();
        // On the first and the last day that there is, clocks would show what nobody can write: those of universal time stand in for them.
        utc.checked_add_offset(self.0.offset_from_utc_datetime(&utc).fix()).unwrap_or(utc)
    }

    /// Which day it is at an instant.
    pub fn day(self, at: Instant) -> NaiveDate {
        self.local(at).date()
    }

    /// What the clocks show, and by which of two times of the year: `14:00 CET`.
    pub fn clock(self, at: Instant) -> String {
        at.with_timezone(&self.0).format("%H:%M %Z").to_string()
    }

    /// The instant that somebody means by what the clocks show.
    pub fn instant(self, local: NaiveDateTime) -> Instant {
        match self.0.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
            LocalResult::None => {
                let before = GapInfo::new(&local, &self.0).and_then(|gap| gap.begin);
                let offset_s = before.map_or(0, |(_, offset)| offset.fix().local_minus_utc());
                (local - Duration::seconds(i64::from(offset_s))).and_utc()
            }
        }
    }

    /// The instant so many minutes of the clock after a day's midnight; more than 1,440 are on the days after it.
    pub fn at_minute(self, day: NaiveDate, minute: i32) -> Instant {
        let midnight = day.and_time(NaiveTime::MIN);
        self.instant(midnight.checked_add_signed(Duration::minutes(i64::from(minute))).unwrap_or(midnight))
    }

    /// When a day begins and ends: 23, 24 or 25 hours in all.
    pub fn bounds(self, day: NaiveDate) -> (Instant, Instant) {
        (self.at_minute(day, 0), self.at_minute(day, 24 * 60))
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::TZ_VARIANTS;
    use proptest::prelude::*;

    use super::*;

    fn berlin() -> Zone {
        "Europe/Berlin".parse().unwrap()
    }

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn utc(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_that_is_shown_twice_is_the_first_and_one_that_is_skipped_comes_later() {
        // The night of the 25th of October 2026 is an hour longer, that of the 28th of March 2027 an hour shorter.
        assert_eq!(berlin().instant(at("2026-10-25T02:30:00")), utc("2026-10-25T00:30:00Z"));
        assert_eq!(berlin().instant(at("2027-03-28T02:30:00")), utc("2027-03-28T01:30:00Z"));
        assert_eq!(berlin().clock(utc("2027-03-28T01:30:00Z")), "03:30 CEST");
        assert_eq!(berlin().clock(utc("2026-10-25T01:30:00Z")), "02:30 CET");
    }

    #[test]
    fn a_day_has_the_hours_that_it_has() {
        let hours = |zone: &str, day: &str| {
            let (from, to) = zone.parse::<Zone>().unwrap().bounds(day.parse().unwrap());
            (to - from).num_minutes()
        };
        assert_eq!(hours("Europe/Berlin", "2026-10-25"), 25 * 60);
        assert_eq!(hours("Europe/Berlin", "2027-03-28"), 23 * 60);
        assert_eq!(hours("America/New_York", "2026-11-01"), 25 * 60);
        assert_eq!(hours("Australia/Lord_Howe", "2026-10-04"), 23 * 60 + 30);
        assert_eq!(hours("Asia/Kathmandu", "2026-11-01"), 24 * 60);
        // The clocks are set forward at midnight: the day begins at one.
        assert_eq!(hours("Africa/Cairo", "2026-04-24"), 23 * 60);
    }

    #[test]
    fn the_last_day_that_there_is_is_read_as_any_other() {
        let east: Zone = "Asia/Tokyo".parse().unwrap();
        let west: Zone = "America/New_York".parse().unwrap();
        for zone in [east, west, Zone::UTC] {
            for at in [Instant::MIN_UTC, Instant::MAX_UTC] {
                assert!((zone.day(at) - at.date_naive()).num_days().abs() <= 1, "{zone} {at:?}");
            }
            for day in [NaiveDate::MIN, NaiveDate::MAX] {
                let (from, to) = zone.bounds(day);
                assert!(from <= to, "{zone} {day:?}");
            }
        }
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        for text in ["", "Berlin", "CEST", "europe/berlin", "Europe/Berlin ", "+01:00"] {
            assert!(text.parse::<Zone>().is_err(), "{text:?}");
        }
        assert_eq!(berlin().to_string().parse(), Ok(berlin()));
    }

    fn zones() -> impl Strategy<Value = Zone> {
        (0..TZ_VARIANTS.len()).prop_map(|place| Zone(TZ_VARIANTS[place]))
    }

    /// The most hours by which its clocks move at once, to and fro: two, but three at Casey, last in March 2023.
    fn most_hours(zone: Zone) -> i64 {
        if zone.to_string() == "Antarctica/Casey" { 3 } else { 2 }
    }

    #[test]
    fn a_day_at_casey_has_had_twenty_seven_hours() {
        let (from, to) =
            "Antarctica/Casey".parse::<Zone>().unwrap().bounds(NaiveDate::from_ymd_opt(2023, 3, 9).unwrap());
        assert_eq!((to - from).num_hours(), 27);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// 2020 to 2040.
        #[test]
        fn what_the_clocks_show_is_read_back(zone in zones(), minutes in 26_297_280_i64..36_816_480) {
            let at = chrono::DateTime::from_timestamp(minutes * 60, 0).unwrap();
            let read = zone.instant(zone.local(at));
            // Only where they show it twice another is meant, and that is the earlier.
            prop_assert!(read <= at && at - read <= Duration::hours(most_hours(zone)), "{zone} {at} {read}");
            prop_assert_eq!(zone.local(read), zone.local(at));
        }

        #[test]
        fn days_follow_upon_each_other_without_gap_or_overlap(zone in zones(), day in 0_i32..7_300) {
            let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + Duration::days(i64::from(day));
            let (from, to) = zone.bounds(day);
            prop_assert_eq!(to, zone.bounds(day.succ_opt().unwrap()).0);
            let hours = (to - from).num_hours();
            prop_assert!((24 - most_hours(zone)..=24 + most_hours(zone)).contains(&hours), "{zone} {day}: {hours}");
            prop_assert_eq!(zone.day(from), day);
            // Nothing in use begins its hours beside a quarter of an hour of universal time: so slices meet the clocks.
            prop_assert_eq!(from.timestamp() % 900, 0);
        }
    }
}
