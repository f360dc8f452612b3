//! Times and terms of a booking in the language of whoever reads its page, by the clocks of the room. Mails say the same in English: see
//! [`domain::booking::rules::words`].

use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::{
    booking::{entity::BookingKind, rules::Zone},
    env::Instant,
    money::Money,
    share::Share,
};

use super::super::{texts::t, words};

/// A weekday by its number, of which Monday's is 1.
pub(super) fn weekday(number: i64) -> String {
    t("book-weekday").with("number", &number).into()
}

/// A day: `Thursday, 3 December 2026`.
pub(super) fn date(day: NaiveDate) -> String {
    let weekday = weekday(number_of(day));
    t("book-day").with("weekday", &weekday).with("date", &words::date(day)).into()
}

/// The same without its year: `Thursday, 3 December`.
pub(super) fn day_of_year(day: NaiveDate) -> String {
    let weekday = weekday(number_of(day));
    t("book-day").with("weekday", &weekday).with("date", &day_of_month(day)).into()
}

/// A day among others of its year: `3 December`.
pub(super) fn day_of_month(day: NaiveDate) -> String {
    let month = t(words::MONTHS[day.month0() as usize]);
    t("book-day-of-month").with("day", &day.day()).with("month", &month).into()
}

/// A day in few letters: `Thu, 3 Dec`.
pub(super) fn short_day(day: NaiveDate) -> String {
    let weekday = t("book-weekday-short").with("number", &number_of(day)).to_string();
    let month = t("book-month-short").with("number", &day.month()).to_string();
    t("book-day-short").with("weekday", &weekday).with("day", &day.day()).with("month", &month).into()
}

fn number_of(day: NaiveDate) -> i64 {
    day.weekday().number_from_monday().into()
}

/// What the clocks show, and by which of two times of the year: `14:00 CET`, in German `14:00 MEZ`.
pub(super) fn clock(zone: Zone, at: Instant) -> String {
    let clock = zone.clock(at);
    let (time, of) = clock.split_once(' ').unwrap_or((&clock, ""));
    t("book-clock").with("time", time).with("zone", of).into()
}

/// A moment: `Thursday, 3 December 2026, 14:00 CET`.
pub(super) fn moment(zone: Zone, at: Instant) -> String {
    format!("{}, {}", date(zone.day(at)), clock(zone, at))
}

/// When a booking is: `Thursday, 3 December 2026, 14:00 CET to 18:00 CET`, `all of Thursday, 3 December 2026`.
pub(super) fn when(zone: Zone, kind: BookingKind, starts_at: Instant, ends_at: Instant) -> String {
    let (first, last) = (zone.day(starts_at), zone.day(ends_at - TimeDelta::microseconds(1)));
    match (kind, first == last) {
        (BookingKind::Lockout, true) => t("book-all-of").with("day", &date(first)).into(),
        (BookingKind::Lockout, false) => {
            t("book-all-days").with("first", &date(first)).with("last", &date(last)).into()
        }
        (BookingKind::Session | BookingKind::Block, true) => span(zone, starts_at, &clock(zone, ends_at)),
        (BookingKind::Session | BookingKind::Block, false) => span(zone, starts_at, &moment(zone, ends_at)),
    }
}

/// From a moment to where it ends, which is said already.
pub(super) fn span(zone: Zone, starts_at: Instant, end: &str) -> String {
    t("book-from-to").with("from", &moment(zone, starts_at)).with("to", end).into()
}

/// A length: `2 hours`, `90 minutes`, `1 hour`.
pub(super) fn length(minutes: i64) -> String {
    if minutes % 60 == 0 {
        t("book-hours").with("count", &(minutes / 60)).into()
    } else {
        t("book-minutes").with("count", &minutes).into()
    }
}

/// The terms of cancellation of a booking with a deposit, or with none, as they hold for its client: until when it is free, and the share that is kept after that.
pub(super) fn cancelling(
    zone: Zone,
    deposit: Money,
    (free_until, kept_share): (Instant, Share),
    now: Instant,
) -> String {
    let share = words::percent(kept_share);
    if deposit.minor == 0 {
        t("book-cancel-free").into()
    } else if free_until < now {
        t("book-cancel-kept").with("share", &share).into()
    } else {
        t("book-cancel-until").with("until", &moment(zone, free_until)).with("share", &share).into()
    }
}

/// What of a deposit is kept, and what goes back: said to a client whose booking is over.
pub(super) fn kept(kept: Option<i64>, paid: Money) -> String {
    // As in mails, lines may break between a figure and its currency.
    let said = |minor| words::amount(Money::new(minor, paid.currency)).replace('\u{a0}', " ");
    let deposit = said(paid.minor);
    match kept {
        None => t("book-kept-none").into(),
        Some(0) => t("book-kept-nothing").with("deposit", &deposit).into(),
        Some(minor) if minor >= paid.minor => t("book-kept-all").with("deposit", &deposit).into(),
        Some(minor) => t("book-kept-part").with("kept", &said(minor)).with("deposit", &deposit).into(),
    }
}

#[cfg(test)]
mod tests {
    use domain::{booking::rules::words as mailed, money::Currency};

    use super::{super::super::texts::in_german, *};

    const SESSION: (&str, &str) = ("2026-12-03T13:00:00Z", "2026-12-03T17:00:00Z");
    const NIGHT: (&str, &str) = ("2026-10-24T20:00:00Z", "2026-10-25T01:00:00Z");

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn berlin() -> Zone {
        "Europe/Berlin".parse().unwrap()
    }

    /// The booking of one day, and of that and the next.
    fn lockouts() -> [(Instant, Instant); 2] {
        let (from, to) = berlin().bounds("2026-10-25".parse().unwrap());
        [(from, to), (from, to + TimeDelta::days(1))]
    }

    #[test]
    fn in_english_pages_say_what_mails_do() {
        let zone = berlin();
        for (from, to) in [SESSION, NIGHT].map(|(from, to)| (at(from), at(to))) {
            for kind in [BookingKind::Session, BookingKind::Block] {
                assert_eq!(when(zone, kind, from, to), mailed::when(zone, kind, from, to));
            }
        }
        for (from, to) in lockouts() {
            let kind = BookingKind::Lockout;
            assert_eq!(when(zone, kind, from, to), mailed::when(zone, kind, from, to));
        }
        let (paid, third) = (Money::new(300_000, Currency::EUR), Share::from_ppm(333_333).unwrap());
        for kept_minor in [None, Some(0), Some(100_050), Some(300_000)] {
            assert_eq!(kept(kept_minor, paid), mailed::kept(kept_minor, paid));
        }
        let until = at(SESSION.0);
        for (deposit, now) in
            [(paid, until), (paid, until + TimeDelta::seconds(1)), (Money::zero(Currency::EUR), until)]
        {
            let terms = (until, third);
            assert_eq!(cancelling(zone, deposit, terms, now), mailed::cancelling(zone, deposit, terms, now));
        }
        assert_eq!([60, 90, 120].map(length), ["1 hour", "90 minutes", "2 hours"]);
    }

    #[test]
    fn days_are_called_as_calendars_call_them() {
        // A year of days has each weekday and each month.
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        for day in first.iter_days().take(365) {
            assert_eq!(date(day), day.format("%A, %-d %B %Y").to_string());
            assert_eq!(day_of_year(day), day.format("%A, %-d %B").to_string());
            assert_eq!(short_day(day), day.format("%a, %-d %b").to_string());
        }
    }

    #[test]
    fn germans_read_their_own_times() {
        let (zone, (from, to)) = (berlin(), SESSION);
        in_german(|| {
            assert_eq!(
                when(zone, BookingKind::Session, at(from), at(to)),
                "Donnerstag, 3. Dezember 2026, 14:00 MEZ bis 18:00 MEZ"
            );
            let elsewhere = ["Europe/Athens", "Europe/Lisbon", "America/New_York", "Asia/Dubai"];
            let clocks = elsewhere.map(|zone| clock(zone.parse().unwrap(), at(from)));
            assert_eq!(clocks, ["15:00 OEZ", "13:00 WEZ", "08:00 EST", "17:00 +04"]);
            assert_eq!(clock(zone, at("2026-07-03T12:00:00Z")), "14:00 MESZ");
            let days = lockouts().map(|(from, to)| when(zone, BookingKind::Lockout, from, to));
            assert_eq!(
                days,
                [
                    "ganztägig am Sonntag, 25. Oktober 2026",
                    "ganztägig von Sonntag, 25. Oktober 2026 bis Montag, 26. Oktober 2026"
                ]
            );
            assert_eq!(short_day("2027-03-02".parse().unwrap()), "Di, 2. März");
            assert_eq!([60, 1, 90, 120].map(length), ["1 Stunde", "1 Minute", "90 Minuten", "2 Stunden"]);
            assert!(kept(Some(1_000), Money::new(3_000, Currency::EUR)).contains("10,00 EUR von 30,00 EUR"));
        });
    }
}
