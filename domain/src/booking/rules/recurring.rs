//! Which days a series of bookings falls on: the same weekday and the same time of the clock, whatever the clocks have been set to meanwhile.

use chrono::{Duration, NaiveDate, NaiveDateTime};

use crate::report::{Explain, Kind, Report};

/// The most bookings of a series: every week of two years.
pub const MAX_OCCURRENCES: usize = 104;
/// The most quarters of an hour that a series takes of its room and its equipment, all in all.
pub const MAX_QUARTERS: i64 = 400_000;
/// The most weeks from one to the next.
pub const MAX_WEEKS: i32 = 12;

/// Until when a series goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesEnd {
    /// So many bookings in all.
    Count(i32),
    /// The last one is on this day at the latest.
    Until(NaiveDate),
}

/// Why a series is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeriesFault {
    /// Too seldom, or too often.
    #[error("a series recurs every 1 to {MAX_WEEKS} weeks")]
    Weeks,
    /// Too few or too many.
    #[error("a series has 2 to {MAX_OCCURRENCES} bookings, and this has {0}")]
    Count(i64),
    /// Too much time of too many things.
    #[error(
        "a series takes {MAX_QUARTERS} quarters of an hour at the most, of its room and each piece of equipment, and this takes {0}"
    )]
    Quarters(i64),
}

impl Explain for SeriesFault {
    fn explain(&self) -> Report {
        let report = |code, field| Report::new(Kind::Invalid, code, self.to_string()).field(field);
        match self {
            Self::Weeks => report("SERIES_WEEKS", "everyWeeks").remedy("give a number within that"),
            Self::Count(..2) => report("SERIES_COUNT", "until").remedy("let it go on for longer, or make one booking"),
            Self::Count(_) => {
                report("SERIES_COUNT", "until").remedy("let it end earlier, and make another series then")
            }
            Self::Quarters(_) => {
                report("SERIES_QUARTERS", "until").remedy("let it end earlier, or take less equipment along")
            }
        }
    }
}

/// The times of the clock at which the bookings of a series begin, the first included.
///
/// # Errors
/// [`SeriesFault`], if there are too few or too many.
pub fn occurrences(first: NaiveDateTime, every_weeks: i32, end: SeriesEnd) -> Result<Vec<NaiveDateTime>, SeriesFault> {
    if !(1..=MAX_WEEKS).contains(&every_weeks) {
        return Err(SeriesFault::Weeks);
    }
    let weeks = i64::from(every_weeks);
    let count = match end {
        SeriesEnd::Count(count) => i64::from(count),
        SeriesEnd::Until(last) => (last - first.date()).num_days().div_euclid(7 * weeks) + 1,
    };
    let most = i64::try_from(MAX_OCCURRENCES).unwrap_or(i64::MAX);
    if !(2..=most).contains(&count) {
        return Err(SeriesFault::Count(count));
    }
    Ok((0..count).map(|place| first + Duration::weeks(weeks * place)).collect())
}

#[cfg(test)]
mod tests {
    use chrono_tz::TZ_VARIANTS;
    use proptest::prelude::*;

    use super::*;
    use crate::booking::rules::Zone;

    fn first() -> NaiveDateTime {
        "2026-10-18T19:00:00".parse().unwrap()
    }

    #[test]
    fn a_series_keeps_the_time_of_the_clock() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let days = occurrences(first(), 1, SeriesEnd::Count(3)).unwrap();
        let clocks: Vec<String> = days.iter().map(|local| berlin.clock(berlin.instant(*local))).collect();
        assert_eq!(clocks, ["19:00 CEST", "19:00 CET", "19:00 CET"]);
    }

    #[test]
    fn a_series_ends_by_number_or_by_day() {
        let until = |day: &str| occurrences(first(), 2, SeriesEnd::Until(day.parse().unwrap()));
        assert_eq!(until("2026-11-15").unwrap().len(), 3, "the last day counts");
        assert_eq!(until("2026-11-14").unwrap().len(), 2);
        assert_eq!(until("2026-10-31"), Err(SeriesFault::Count(1)));
        assert_eq!(until("2026-01-01"), Err(SeriesFault::Count(-20)));
        assert_eq!(occurrences(first(), 0, SeriesEnd::Count(2)), Err(SeriesFault::Weeks));
        assert_eq!(occurrences(first(), 13, SeriesEnd::Count(2)), Err(SeriesFault::Weeks));
        assert_eq!(occurrences(first(), 1, SeriesEnd::Count(105)), Err(SeriesFault::Count(105)));
        assert_eq!(occurrences(first(), 1, SeriesEnd::Count(104)).unwrap().len(), 104);
    }

    proptest! {
        /// From 2024 on, in any zone and over all changes of its clocks.
        #[test]
        fn a_series_shows_the_same_time_of_the_same_weekday_wherever_it_is(
            place in 0..TZ_VARIANTS.len(),
            day in 0_i64..2_600,
            quarter in 0_i64..96,
            every_weeks in 1..=MAX_WEEKS,
            count in 2_i32..=20,
        ) {
            let zone: Zone = TZ_VARIANTS[place].name().parse().unwrap();
            let start: NaiveDateTime = "2024-01-01T00:00:00".parse().unwrap();
            let first = start + Duration::days(day) + Duration::minutes(quarter * 15);
            let times = occurrences(first, every_weeks, SeriesEnd::Count(count)).unwrap();
            prop_assert_eq!(times.len(), usize::try_from(count).unwrap());
            for pair in times.windows(2) {
                prop_assert_eq!(pair[1] - pair[0], Duration::weeks(i64::from(every_weeks)));
                let apart = zone.instant(pair[1]) - zone.instant(pair[0]) - Duration::weeks(i64::from(every_weeks));
                // By as much as the clocks were set, and no more.
                prop_assert!(apart.abs() <= Duration::hours(2), "{zone} {pair:?}");
            }
            for local in times {
                // A time that the clocks skip comes later by as much as is skipped; every other is shown.
                let late = zone.local(zone.instant(local)) - local;
                prop_assert!((Duration::zero()..=Duration::hours(2)).contains(&late), "{zone} {local}");
            }
        }
    }
}
