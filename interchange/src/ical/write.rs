//! Events that were checked, written.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, Datelike, Duration, Months, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use super::{
    Answer, Ends, Event, Every, Feed, Method, Person, Recurrence, Status,
    check::{YEARS, first_at},
    zone,
};
use crate::content_line::{escape, parameter, push_folded};

/// Who writes.
const PRODUCT: &str = "PRODID:-//Ledgerline//Ledgerline//EN";

pub(super) fn feed(feed: &Feed) -> String {
    let mut out = begin();
    // What RFC 7986 calls it, and what calendars called it before.
    push_folded(&mut out, &format!("NAME:{}", escape(&feed.name)));
    push_folded(&mut out, &format!("X-WR-CALNAME:{}", escape(&feed.name)));
    push_folded(&mut out, &format!("REFRESH-INTERVAL;VALUE=DURATION:PT{}M", feed.refresh_minutes));
    push_folded(&mut out, &format!("X-PUBLISHED-TTL:PT{}M", feed.refresh_minutes));
    push_zones(&mut out, &feed.events);
    for event in &feed.events {
        push_event(&mut out, event, false);
    }
    push_folded(&mut out, "END:VCALENDAR");
    out
}

pub(super) fn invitation(method: Method, events: &[Event]) -> String {
    let mut out = begin();
    push_folded(&mut out, &format!("METHOD:{}", method.name()));
    push_zones(&mut out, events);
    for event in events {
        push_event(&mut out, event, true);
    }
    push_folded(&mut out, "END:VCALENDAR");
    out
}

fn begin() -> String {
    let mut out = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", PRODUCT, "CALSCALE:GREGORIAN"] {
        push_folded(&mut out, line);
    }
    out
}

/// The zones that local times are in, each once, as far as its events reach.
fn push_zones(out: &mut String, events: &[Event]) {
    let mut zones: BTreeMap<&str, (Tz, DateTime<Utc>, DateTime<Utc>)> = BTreeMap::new();
    for event in events.iter().filter(|event| event.is_local() && event.zone != Tz::UTC) {
        let begins = event.start.min(event.instance_of.unwrap_or(event.start));
        let ends = ends(event);
        let (_, from, to) = zones.entry(event.zone.name()).or_insert((event.zone, begins, ends));
        (*from, *to) = ((*from).min(begins), (*to).max(ends));
    }
    for (zone, from, to) in zones.into_values() {
        zone::push(out, zone, from, to + Duration::days(1));
    }
}

/// When an event has ended with all that its rule gives, or the years have that can be written.
fn ends(event: &Event) -> DateTime<Utc> {
    let Some(recurrence) = &event.recurrence else { return event.end };
    let last = Utc.with_ymd_and_hms(*YEARS.end(), 12, 31, 0, 0, 0).earliest().unwrap_or(event.end);
    let starts = match recurrence.ends {
        Ends::Never => last,
        Ends::After(count) => last_start(event, recurrence, count).map_or(last, |start| start.min(last)),
        Ends::At(until) => until,
    };
    event.end.max(starts + (event.end - event.start))
}

/// No earlier than the last of so many events begins, but for an hour by which clocks are changed; nothing if it is in no year that can be written.
fn last_start(event: &Event, recurrence: &Recurrence, count: u32) -> Option<DateTime<Utc>> {
    let later = count.saturating_sub(1);
    let interval = u32::from(recurrence.interval);
    let days = match &recurrence.every {
        Every::Day => i64::from(later) * i64::from(interval),
        Every::Week(days) => {
            let a_week = u32::try_from(distinct(days).len()).ok()?.max(1);
            7 * i64::from(later.div_ceil(a_week)) * i64::from(interval)
        }
        Every::Month => {
            let first = event.start.with_timezone(&event.zone).date_naive();
            let month = |i: u32| first.checked_add_months(Months::new(i.checked_mul(interval)?));
            let dates = (0..).map_while(month).take_while(|date| YEARS.contains(&date.year()));
            let mut dates = dates.filter(|date| date.day() == first.day());
            (dates.nth(usize::try_from(later).ok()?)? - first).num_days()
        }
    };
    event.start.checked_add_signed(Duration::try_days(days)?)
}

/// The days of a week, each once, from Monday on.
fn distinct(days: &[Weekday]) -> Vec<Weekday> {
    let mut days = days.to_vec();
    days.sort_by_key(Weekday::num_days_from_monday);
    days.dedup();
    days
}

fn push_event(out: &mut String, event: &Event, invites: bool) {
    let mut line = |text: String| push_folded(out, &text);
    line("BEGIN:VEVENT".to_owned());
    line(format!("UID:{}", escape(&event.uid)));
    line(format!("SEQUENCE:{}", event.sequence));
    line(format!("DTSTAMP:{}", utc(event.stamp)));
    if let Some(at) = event.instance_of {
        line(format!("RECURRENCE-ID{}", moment(event, at)));
    }
    line(format!("DTSTART{}", moment(event, event.start)));
    let end = event.end.with_timezone(&event.zone).naive_local();
    if event.is_local() && first_at(event.zone, end) != Some(event.end) {
        // The end lies in the second pass of the hour that clocks repeat: no local time names it.
        line(format!("DURATION:PT{}S", (event.end - event.start).num_seconds()));
    } else {
        line(format!("DTEND{}", moment(event, event.end)));
    }
    if let Some(recurrence) = &event.recurrence {
        line(format!("RRULE:{}", rule(recurrence)));
    }
    for at in &event.except {
        line(format!("EXDATE{}", moment(event, *at)));
    }
    line(format!("SUMMARY:{}", escape(&event.summary)));
    for (name, text) in [("DESCRIPTION", &event.description), ("LOCATION", &event.location)] {
        if let Some(text) = text {
            line(format!("{name}:{}", escape(text)));
        }
    }
    if let Some(url) = &event.url {
        line(format!("URL:{url}"));
    }
    let (status, shown) = match event.status {
        Status::Tentative => ("TENTATIVE", "OPAQUE"),
        Status::Confirmed => ("CONFIRMED", "OPAQUE"),
        Status::Cancelled => ("CANCELLED", "TRANSPARENT"),
    };
    line(format!("STATUS:{status}"));
    line(format!("TRANSP:{shown}"));
    if invites {
        if let Some(organizer) = &event.organizer {
            line(format!("ORGANIZER{}", person(organizer)));
        }
        for attendee in &event.attendees {
            let answer = match attendee.answer {
                Answer::Awaited => "NEEDS-ACTION",
                Answer::Accepted => "ACCEPTED",
                Answer::Tentative => "TENTATIVE",
                Answer::Declined => "DECLINED",
            };
            let rsvp = if attendee.rsvp { "TRUE" } else { "FALSE" };
            let whom = person(&attendee.person);
            line(format!("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP={rsvp}{whom}"));
        }
    }
    line("END:VEVENT".to_owned());
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A moment with the parameter that it needs, from the colon or semicolon on.
fn moment(event: &Event, at: DateTime<Utc>) -> String {
    if event.is_local() && event.zone != Tz::UTC {
        let local = at.with_timezone(&event.zone).naive_local();
        format!(";TZID={}:{}", event.zone.name(), local.format("%Y%m%dT%H%M%S"))
    } else {
        format!(":{}", utc(at))
    }
}

/// A rule; its end is in UTC, as that of a local time must be (RFC 5545, 3.3.10).
fn rule(recurrence: &Recurrence) -> String {
    let mut text = match &recurrence.every {
        Every::Day => "FREQ=DAILY".to_owned(),
        Every::Week(_) => "FREQ=WEEKLY".to_owned(),
        Every::Month => "FREQ=MONTHLY".to_owned(),
    };
    if recurrence.interval != 1 {
        let _ = write!(text, ";INTERVAL={}", recurrence.interval);
    }
    if let Every::Week(days) = &recurrence.every {
        let _ = write!(text, ";BYDAY={}", distinct(days).into_iter().map(day).collect::<Vec<_>>().join(","));
    }
    match recurrence.ends {
        Ends::Never => {}
        Ends::After(count) => {
            let _ = write!(text, ";COUNT={count}");
        }
        Ends::At(until) => {
            let _ = write!(text, ";UNTIL={}", utc(until));
        }
    }
    text
}

/// A day of the week as rules name it.
pub(super) fn day(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

/// Name and address, from the semicolon or colon on. What a `mailto` address may not have is percent-encoded (RFC 6068).
fn person(person: &Person) -> String {
    let name = parameter(person.name.trim());
    let mut text = if name.is_empty() { String::new() } else { format!(";CN={name}") };
    text.push_str(":mailto:");
    for byte in person.mail.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@+!$'*".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
