//! Feeds, read by the Python package icalendar and expanded by recurring-ical-events.

use chrono::{DateTime, Days, TimeZone, Utc, Weekday};
use chrono_tz::{America, Europe};
use interchange::ical::{Ends, Event, Every, Feed, Recurrence, Status, feed};

use crate::judge::{asked_of, python};

/// Prints the beginning of every event in UTC.
const PROGRAM: &str = r#"
import sys, datetime, icalendar, recurring_ical_events
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read())
assert not calendar.errors and not any(part.errors for part in calendar.walk()), "errors"
events = recurring_ical_events.of(calendar).between(datetime.datetime(2026, 1, 1), datetime.datetime(2027, 1, 1))
for event in sorted(events, key=lambda event: event.start):
    start, end = (at.astimezone(datetime.timezone.utc) for at in (event.start, event.end))
    print(start.strftime("%Y-%m-%dT%H:%M:%SZ"), int((end - start).total_seconds()), event["SUMMARY"])
"#;

fn event(uid: &str, start: DateTime<Utc>, hours: i64, recurrence: Option<Recurrence>) -> Event {
    Event {
        uid: uid.to_owned(),
        sequence: 0,
        stamp: start,
        start,
        end: start + chrono::Duration::hours(hours),
        zone: Europe::Berlin,
        summary: format!("Session, {uid}; \\ with \"Zoë\" and a line that is long enough to be folded more than once"),
        description: Some("two\nlines".to_owned()),
        location: None,
        url: None,
        status: Status::Confirmed,
        organizer: None,
        attendees: Vec::new(),
        recurrence,
        except: Vec::new(),
        instance_of: None,
    }
}

#[test]
fn another_program_finds_the_same_sessions_over_the_changes_of_the_clocks() {
    let Some(python) = python("icalendar, recurring_ical_events") else { return };
    let start = Europe::Berlin.with_ymd_and_hms(2026, 3, 17, 10, 0, 0).unwrap();
    let weekly = Recurrence { every: Every::Week(vec![Weekday::Tue]), interval: 1, ends: Ends::After(40) };
    let mut series = event("series", start.to_utc(), 2, Some(weekly));
    let local = |weeks: u64| (start + Days::new(7 * weeks)).to_utc();
    series.except = vec![local(3)];
    let moved =
        Event { instance_of: Some(local(5)), ..event("series", local(5) + chrono::Duration::hours(4), 2, None) };
    let single = event("single", "2026-10-25T01:30:00Z".parse().unwrap(), 1, None);
    let daily = Recurrence { every: Every::Day, interval: 1, ends: Ends::At("2026-11-03T00:00:00Z".parse().unwrap()) };
    let new_york = America::New_York.with_ymd_and_hms(2026, 10, 30, 9, 0, 0).unwrap();
    let abroad = Event { zone: America::New_York, ..event("abroad", new_york.to_utc(), 1, Some(daily)) };

    let mut expected: Vec<(DateTime<Utc>, i64, String)> = Vec::new();
    for week in (0..40).filter(|week| *week != 3) {
        let start = if week == 5 { local(5) + chrono::Duration::hours(4) } else { local(week) };
        expected.push((start, 7200, series.summary.clone()));
    }
    expected.push((single.start, 3600, single.summary.clone()));
    expected.extend((0..4).map(|day| ((new_york + Days::new(day)).to_utc(), 3600, abroad.summary.clone())));
    expected.sort();
    let expected = expected
        .into_iter()
        .map(|(start, seconds, summary)| format!("{} {seconds} {summary}\n", start.format("%Y-%m-%dT%H:%M:%SZ")))
        .collect::<Vec<_>>()
        .concat();

    let events = vec![series, moved, single, abroad];
    let text = feed(&Feed { name: "Nova; Room A, upstairs".to_owned(), refresh_minutes: 15, events }).unwrap();
    assert_eq!(asked_of(&python, PROGRAM, text.as_bytes()), expected);
}
