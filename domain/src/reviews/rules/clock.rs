//! The sign-off clock: silence approves after the days that were agreed upon, and never unannounced.
//!
//! The decider is told at half time, where that is more than a day from either end, and a day before the end. What was told counts only if it was told in the
//! past: a clock that was set forward and back again has told nothing. And silence approves no sooner than a day after the last warning went out: an
//! installation that was down, or whose clock jumped over the end, warns first and waits that day.

use chrono::Duration;

use crate::env::Instant;

/// How long before the end the decider is told that it comes, and how long they then have at the least.
const LAST_DAY: Duration = Duration::days(1);

/// Before so much of its time is over nothing is due in a round, however few days it has.
pub const EARLIEST: Duration = Duration::days(1);

/// The clock of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Since when it runs.
    pub from: Instant,
    /// After how many days silence approves; never, if none.
    pub days: Option<i32>,
    /// When half time was told.
    pub half_told_at: Option<Instant>,
    /// When the last day was told.
    pub last_told_at: Option<Instant>,
}

/// What a clock has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing is to be done yet.
    Nothing,
    /// Half time is to be told.
    HalfTime,
    /// The last day is to be told.
    LastDay,
    /// Silence approves.
    SignOff,
}

impl Clock {
    /// When silence approves, as it looks now; never, if none. A warning that came late puts it off.
    pub fn ends_at(&self, now: Instant) -> Option<Instant> {
        let days = self.days?;
        let end = self.from + Duration::days(i64::from(days));
        if days == 1 {
            return Some(end);
        }
        // One that is still to go out goes out now at the earliest.
        let told = self.last_told(now).unwrap_or_else(|| (end - LAST_DAY).max(now));
        Some(end.max(told + LAST_DAY))
    }

    /// What is to be done now.
    pub fn due(&self, now: Instant) -> Due {
        let Some(days) = self.days else { return Due::Nothing };
        let end = self.from + Duration::days(i64::from(days));
        // What was sent with the version, or to who was named to decide, a day before said that it is the last.
        if days == 1 {
            return if now >= end { Due::SignOff } else { Due::Nothing };
        }
        if let Some(told) = self.last_told(now) {
            return if now >= end.max(told + LAST_DAY) { Due::SignOff } else { Due::Nothing };
        }
        if now >= end - LAST_DAY {
            return Due::LastDay;
        }
        let half = self.from + Duration::hours(i64::from(days) * 12);
        let is_told = self.half_told_at.is_some_and(|told| told <= now);
        if days >= 3 && !is_told && now >= half { Due::HalfTime } else { Due::Nothing }
    }

    fn last_told(&self, now: Instant) -> Option<Instant> {
        self.last_told_at.filter(|told| *told <= now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::env::testing;

    fn clock(days: Option<i32>) -> Clock {
        Clock { from: testing::env(1).0.now(), days, half_told_at: None, last_told_at: None }
    }

    fn hours(clock: &Clock, hours: i64) -> Instant {
        clock.from + Duration::hours(hours)
    }

    #[test]
    fn silence_is_warned_twice_and_approves_in_the_end() {
        let mut clock = clock(Some(7));
        assert_eq!(clock.due(clock.from), Due::Nothing);
        assert_eq!(clock.due(hours(&clock, 83)), Due::Nothing);
        assert_eq!(clock.due(hours(&clock, 84)), Due::HalfTime);
        clock.half_told_at = Some(hours(&clock, 84));
        assert_eq!(clock.due(hours(&clock, 85)), Due::Nothing, "once");
        assert_eq!(clock.due(hours(&clock, 144)), Due::LastDay);
        clock.last_told_at = Some(hours(&clock, 144));
        assert_eq!(clock.due(hours(&clock, 167)), Due::Nothing);
        assert_eq!(clock.due(hours(&clock, 168)), Due::SignOff);
        assert_eq!(clock.ends_at(hours(&clock, 150)), Some(hours(&clock, 168)));
    }

    #[test]
    fn a_clock_that_jumps_over_the_end_warns_first() {
        let mut clock = clock(Some(7));
        let late = hours(&clock, 24 * 40);
        assert_eq!(clock.due(late), Due::LastDay);
        assert_eq!(clock.ends_at(late), Some(late + LAST_DAY));
        clock.last_told_at = Some(late);
        assert_eq!(clock.due(late + Duration::hours(23)), Due::Nothing);
        assert_eq!(clock.due(late + LAST_DAY), Due::SignOff);
        // It jumped by mistake, and is set back: what was told in the future was not told.
        assert_eq!(clock.due(hours(&clock, 10)), Due::Nothing);
        assert_eq!(clock.due(hours(&clock, 150)), Due::LastDay);
    }

    #[test]
    fn short_times_have_fewer_warnings_and_none_has_no_end() {
        let one = clock(Some(1));
        assert_eq!((one.due(hours(&one, 23)), one.due(hours(&one, 24))), (Due::Nothing, Due::SignOff));
        let two = clock(Some(2));
        assert_eq!((two.due(hours(&two, 23)), two.due(hours(&two, 24))), (Due::Nothing, Due::LastDay));
        let never = clock(None);
        assert_eq!((never.due(hours(&never, 1_000_000)), never.ends_at(never.from)), (Due::Nothing, None));
    }

    proptest! {
        /// However time jumps, silence never approves before its days are over, nor within a day of the last warning.
        #[test]
        fn silence_approves_in_time_and_announced(days in 1..=90_i32, jumps in prop::collection::vec(-200_i64..400, 1..200)) {
            let mut clock = clock(Some(days));
            let (mut now, mut warned) = (clock.from, Vec::new());
            for jump in jumps {
                now += Duration::hours(jump);
                prop_assert!(now >= clock.from + EARLIEST || clock.due(now) == Due::Nothing);
                match clock.due(now) {
                    Due::Nothing => {}
                    Due::HalfTime => clock.half_told_at = Some(now),
                    Due::LastDay => {
                        clock.last_told_at = Some(now);
                        warned.push(now);
                    }
                    Due::SignOff => {
                        prop_assert!(now >= clock.from + Duration::days(i64::from(days)));
                        let told_in_time = warned.iter().any(|told| *told + LAST_DAY <= now);
                        prop_assert!(days == 1 || told_in_time);
                        prop_assert!(clock.ends_at(now).is_some_and(|end| end <= now));
                        break;
                    }
                }
            }
        }
    }
}
