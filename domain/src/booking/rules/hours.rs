//! Opening hours: so many minutes of the clock after midnight, week by week, with days that are otherwise.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::Zone;
use crate::{
    env::Instant,
    report::{Explain, Kind, Report},
};

/// How many minutes a day of the clock has.
pub const DAY_MINUTES: i32 = 24 * 60;
/// Of how many minutes all that is set is a multiple.
pub const GRAIN_MINUTES: i32 = 15;
/// How often a room opens in a week at the most.
pub const MAX_OPENINGS: usize = 50;
/// How often a room opens on an exceptional day at the most.
pub const MAX_SPANS: usize = 10;

/// From when to when, in minutes of the clock after a day's midnight; what ends after 1,440 ends on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// From.
    pub opens_minute: i32,
    /// To.
    pub closes_minute: i32,
}

/// When a room opens on a day of every week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Opening {
    /// The day, from 1 for Monday to 7 for Sunday.
    pub weekday: i32,
    /// When.
    #[serde(flatten)]
    pub span: Span,
}

/// A week's opening hours, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct WeekHours(pub Vec<Opening>);

/// The hours of one day, in order; none if it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct DayHours(pub Vec<Span>);

/// Why hours are refused; openings count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursFault {
    /// Too many.
    #[error("there are {MAX_OPENINGS} openings in a week at the most, and {MAX_SPANS} on a day")]
    TooMany,
    /// A day that no week has.
    #[error("a weekday is 1 for Monday to 7 for Sunday")]
    Weekday {
        /// The opening.
        place: usize,
    },
    /// No span of a day.
    #[error(
        "an opening begins on its day, ends after it begins, within 24 hours, and both are multiples of {GRAIN_MINUTES} minutes"
    )]
    Span {
        /// The opening.
        place: usize,
    },
    /// Two at the same time.
    #[error("this opening begins before the one before it has ended")]
    Overlap {
        /// The later of the two.
        place: usize,
    },
}

impl Explain for HoursFault {
    fn explain(&self) -> Report {
        let report = |code| Report::new(Kind::Invalid, code, self.to_string());
        match self {
            Self::TooMany => {
                report("HOURS_TOO_MANY").field("hours").remedy("join openings that follow upon each other")
            }
            Self::Weekday { place } => {
                report("HOURS_WEEKDAY").field(format!("hours.{place}.weekday")).remedy("give a number from 1 to 7")
            }
            Self::Span { place } => report("HOURS_SPAN")
                .field(format!("hours.{place}"))
                .remedy("give minutes after midnight, such as 1080 and 1560 for 18:00 to 02:00"),
            Self::Overlap { place } => report("HOURS_OVERLAP")
                .field(format!("hours.{place}"))
                .remedy("let each begin when the one before has ended"),
        }
    }
}

const fn is_span(span: Span) -> bool {
    let Span { opens_minute, closes_minute } = span;
    0 <= opens_minute
        && opens_minute < DAY_MINUTES
        && opens_minute < closes_minute
        && closes_minute <= opens_minute + DAY_MINUTES
        && opens_minute % GRAIN_MINUTES == 0
        && closes_minute % GRAIN_MINUTES == 0
}

impl WeekHours {
    /// A week's hours as they are kept: in order, none within another, from Sunday into Monday neither.
    ///
    /// # Errors
    /// [`HoursFault`], with the place of what cannot stand.
    pub fn check(given: &[Opening]) -> Result<Self, HoursFault> {
        if given.len() > MAX_OPENINGS {
            return Err(HoursFault::TooMany);
        }
        for (place, opening) in given.iter().enumerate() {
            if !(1..=7).contains(&opening.weekday) {
                return Err(HoursFault::Weekday { place });
            }
            if !is_span(opening.span) {
                return Err(HoursFault::Span { place });
            }
        }
        let mut sorted: Vec<(usize, Opening)> = given.iter().copied().enumerate().collect();
        sorted.sort_by_key(|(_, opening)| *opening);
        let minutes = |opening: Opening| {
            let day = (opening.weekday - 1) * DAY_MINUTES;
            (day + opening.span.opens_minute, day + opening.span.closes_minute)
        };
        for pair in sorted.windows(2) {
            if let [(_, earlier), (place, later)] = *pair
                && minutes(later).0 < minutes(earlier).1
            {
                return Err(HoursFault::Overlap { place });
            }
        }
        if let (Some((place, first)), Some((_, last))) = (sorted.first(), sorted.last())
            && minutes(*first).0 + 7 * DAY_MINUTES < minutes(*last).1
        {
            return Err(HoursFault::Overlap { place: *place });
        }
        Ok(Self(sorted.into_iter().map(|(_, opening)| opening).collect()))
    }

    /// The spans of a day.
    fn on(&self, day: NaiveDate) -> impl Iterator<Item = Span> + '_ {
        let weekday = day.weekday().number_from_monday().cast_signed();
        self.0.iter().filter(move |opening| opening.weekday == weekday).map(|opening| opening.span)
    }
}

impl DayHours {
    /// A day's hours as they are kept: in order, none within another.
    ///
    /// # Errors
    /// [`HoursFault`], with the place of what cannot stand.
    pub fn check(given: &[Span]) -> Result<Self, HoursFault> {
        if given.len() > MAX_SPANS {
            return Err(HoursFault::TooMany);
        }
        if let Some(place) = given.iter().position(|span| !is_span(*span)) {
            return Err(HoursFault::Span { place });
        }
        let mut sorted: Vec<(usize, Span)> = given.iter().copied().enumerate().collect();
        sorted.sort_by_key(|(_, span)| *span);
        for pair in sorted.windows(2) {
            if let [(_, earlier), (place, later)] = *pair
                && later.opens_minute < earlier.closes_minute
            {
                return Err(HoursFault::Overlap { place });
            }
        }
        Ok(Self(sorted.into_iter().map(|(_, span)| span).collect()))
    }
}

/// A room's hours: its week, and the days that are otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Hours<'a> {
    /// Where its clocks stand.
    pub zone: Zone,
    /// Its week.
    pub week: &'a WeekHours,
    /// The days that are otherwise.
    pub exceptions: &'a BTreeMap<NaiveDate, DayHours>,
}

impl Hours<'_> {
    /// The openings that begin on a day, as instants, in order. What the clocks skip altogether is none.
    pub fn on(self, day: NaiveDate) -> Vec<(Instant, Instant)> {
        let instants =
            |span: Span| (self.zone.at_minute(day, span.opens_minute), self.zone.at_minute(day, span.closes_minute));
        let spans: Vec<Span> = match self.exceptions.get(&day) {
            Some(hours) => hours.0.clone(),
            None => self.week.on(day).collect(),
        };
        spans.into_iter().map(instants).filter(|(opens, closes)| opens < closes).collect()
    }

    /// The openings of days, the last included, and of the day before the first, which may last into it; in order.
    pub fn openings(self, first: NaiveDate, last: NaiveDate) -> Vec<(Instant, Instant)> {
        let before = first.pred_opt().unwrap_or(first);
        let days = before.iter_days().take_while(|day| *day <= last);
        let mut openings: Vec<_> = days.flat_map(|day| self.on(day)).collect();
        openings.sort_unstable();
        openings
    }
}

/// Spans in order as those that nothing parts: what ends where another begins, or later, is one with it.
pub fn joined(spans: &[(Instant, Instant)]) -> Vec<(Instant, Instant)> {
    let mut joined: Vec<(Instant, Instant)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut() {
            Some((_, end)) if *from <= *end => *end = (*end).max(*to),
            _ => joined.push((*from, *to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(weekday: i32, opens_minute: i32, closes_minute: i32) -> Opening {
        Opening { weekday, span: Span { opens_minute, closes_minute } }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn berlin() -> Zone {
        "Europe/Berlin".parse().unwrap()
    }

    #[test]
    fn hours_are_put_in_order_or_refused_by_their_place() {
        let week = WeekHours::check(&[opening(2, 600, 1200), opening(1, 1080, 1560), opening(1, 600, 1080)]).unwrap();
        assert_eq!(week.0.iter().map(|opening| opening.span.opens_minute).collect::<Vec<_>>(), [600, 1080, 600]);
        let fault = |given: &[Opening]| WeekHours::check(given).unwrap_err();
        assert_eq!(fault(&[opening(1, 600, 1200), opening(8, 600, 1200)]), HoursFault::Weekday { place: 1 });
        for (opens, closes) in [(600, 600), (601, 1200), (-15, 60), (1440, 1500), (600, 2055), (1200, 600)] {
            assert_eq!(fault(&[opening(1, opens, closes)]), HoursFault::Span { place: 0 }, "{opens}–{closes}");
        }
        assert_eq!(fault(&[opening(1, 900, 1200), opening(1, 600, 915)]), HoursFault::Overlap { place: 0 });
        let into_monday = [opening(1, 60, 600), opening(7, 1200, 1515)];
        assert_eq!(fault(&into_monday), HoursFault::Overlap { place: 0 });
        assert!(WeekHours::check(&[opening(1, 75, 600), opening(7, 1200, 1515)]).is_ok());
        assert_eq!(fault(&[opening(1, 0, 15); 51]), HoursFault::TooMany);
        let always: Vec<Opening> = (1..=7).map(|weekday| opening(weekday, 0, 1440)).collect();
        assert!(WeekHours::check(&always).is_ok());
        let twice = [Span { opens_minute: 0, closes_minute: 60 }, Span { opens_minute: 45, closes_minute: 90 }];
        assert_eq!(DayHours::check(&twice), Err(HoursFault::Overlap { place: 1 }));
    }

    #[test]
    fn an_opening_over_the_change_of_clocks_has_its_true_length() {
        // Saturday evening to Sunday morning, and the clocks change in between.
        let week = WeekHours(vec![opening(6, 1320, 1800)]);
        let none = BTreeMap::new();
        let hours = Hours { zone: berlin(), week: &week, exceptions: &none };
        let length = |on: &str| {
            let (opens, closes) = hours.on(day(on))[0];
            (closes - opens).num_minutes()
        };
        assert_eq!(length("2026-10-24"), 9 * 60, "the night has an hour more");
        assert_eq!(length("2027-03-27"), 7 * 60, "the night has an hour less");
        assert_eq!(length("2026-11-07"), 8 * 60);
        // What lies wholly within the hour that is skipped is none.
        let gap = WeekHours(vec![opening(7, 120, 165)]);
        let hours = Hours { week: &gap, ..hours };
        assert_eq!(hours.on(day("2026-10-25")).len(), 1);
        let skipped = hours.on(day("2027-03-28"));
        assert_eq!(skipped.len(), 1, "it comes as much later as is skipped: {skipped:?}");
        assert_eq!((skipped[0].1 - skipped[0].0).num_minutes(), 45);
    }

    #[test]
    fn an_exceptional_day_stands_in_the_place_of_the_week() {
        let week = WeekHours(vec![opening(4, 600, 1560), opening(5, 600, 1200)]);
        let closed = BTreeMap::from([(day("2026-12-25"), DayHours::default())]);
        let hours = Hours { zone: berlin(), week: &week, exceptions: &closed };
        assert_eq!(hours.on(day("2026-12-25")), []);
        // What has begun on the day before ends when it ends.
        let openings = hours.openings(day("2026-12-25"), day("2026-12-25"));
        assert_eq!(openings.len(), 1);
        assert_eq!(berlin().clock(openings[0].1), "02:00 CET");
    }

    #[test]
    fn spans_that_touch_are_one() {
        let at = |minute: i64| chrono::DateTime::from_timestamp(minute * 60, 0).unwrap();
        let spans = [(at(0), at(60)), (at(60), at(90)), (at(70), at(80)), (at(100), at(110))];
        assert_eq!(joined(&spans), [(at(0), at(90)), (at(100), at(110))]);
    }
}
