//! `VTIMEZONE`: what a zone's clocks show, as far as a calendar must know it.
//!
//! Where the clocks change by one rule each year, as in Europe and North America, the rule is written, for some calendars understand nothing else, and it
//! holds for ever. Where they do not (Morocco's Ramadan, a country that has just changed its mind), every change is written by itself, for ten years
//! at least and as long as the series last: those without an end as long as the years that can be written.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{OffsetName, Tz};

use crate::content_line::push_folded;

/// Years that a rule must have held for.
const YEARS: i32 = 10;

/// A change of the clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Onset {
    /// When, by the clocks before it (RFC 5545, 3.6.5).
    local: NaiveDateTime,
    /// Seconds east of Greenwich before and after it.
    from: i32,
    to: i32,
    /// What the time after it is called: `CEST`; nothing if it has no letters.
    name: String,
}

/// Writes what a zone's clocks show from one instant to another, and beyond if it is the same each year.
pub(super) fn push(out: &mut String, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) {
    push_folded(out, "BEGIN:VTIMEZONE");
    push_folded(out, &format!("TZID:{}", zone.name()));
    // What is in force at the first event began up to a year before it.
    let begin = from - Duration::days(400);
    let onsets = onsets(zone, begin, to.max(from + Duration::days(366 * i64::from(YEARS))));
    if let Some(rules) = yearly(&onsets) {
        for (onset, rule) in rules {
            push_observance(out, onset, Some(&rule));
        }
    } else {
        let (offset, name) = clock(zone, begin);
        let first = Onset { local: DateTime::<Utc>::UNIX_EPOCH.naive_utc(), from: offset, to: offset, name };
        for onset in std::iter::once(&first).chain(&onsets) {
            push_observance(out, onset, None);
        }
    }
    push_folded(out, "END:VTIMEZONE");
}

/// Seconds east of Greenwich, and what that is called.
fn clock(zone: Tz, at: DateTime<Utc>) -> (i32, String) {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc());
    let name = offset.abbreviation().filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
    (offset.fix().local_minus_utc(), name.unwrap_or_default().to_owned())
}

/// The changes between two instants, found by looking twice a week and closing in.
fn onsets(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Onset> {
    let mut onsets = Vec::new();
    let mut at = from;
    while at < to {
        let next = at + Duration::hours(84);
        if clock(zone, next) != clock(zone, at) {
            let (mut before, mut after) = (at, next);
            while after - before > Duration::seconds(1) {
                let middle = before + (after - before) / 2;
                if clock(zone, middle) == clock(zone, at) { before = middle } else { after = middle }
            }
            let (earlier, (later, name)) = (clock(zone, at).0, clock(zone, after));
            let local = round(after).naive_utc() + Duration::seconds(i64::from(earlier));
            onsets.push(Onset { local, from: earlier, to: later, name });
        }
        at = next;
    }
    onsets
}

/// To the second: the search closes in from halves of seconds.
fn round(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

/// The two rules that all changes follow, each with its first change; nothing if they do not.
fn yearly(onsets: &[Onset]) -> Option<Vec<(&Onset, String)>> {
    let mut kinds: BTreeMap<(i32, i32), Vec<&Onset>> = BTreeMap::new();
    for onset in onsets {
        kinds.entry((onset.from, onset.to)).or_default().push(onset);
    }
    if kinds.len() != 2 {
        return None;
    }
    let mut rules = Vec::new();
    for onsets in kinds.into_values() {
        let first = *onsets.first()?;
        let follows = |(year, onset): (i32, &&Onset)| {
            (onset.local.year(), onset.local.month(), onset.local.weekday(), onset.local.time())
                == (year, first.local.month(), first.local.weekday(), first.local.time())
        };
        if onsets.len() < usize::try_from(YEARS).ok()? || !(first.local.year()..).zip(&onsets).all(follows) {
            return None;
        }
        let week = |onset: &&Onset| (onset.local.day() - 1) / 7 + 1;
        let is_last = |onset: &&Onset| (onset.local + Duration::days(7)).month() != onset.local.month();
        let which = if onsets.iter().all(is_last) {
            -1
        } else if onsets.iter().all(|onset| week(onset) == week(&first)) {
            i64::from(week(&first))
        } else {
            return None;
        };
        let day = super::write::day(first.local.weekday());
        rules.push((first, format!("FREQ=YEARLY;BYMONTH={};BYDAY={which}{day}", first.local.month())));
    }
    rules.sort_by_key(|(onset, _)| onset.local);
    Some(rules)
}

fn push_observance(out: &mut String, onset: &Onset, rule: Option<&str>) {
    // The kind only names it: what counts are the offsets.
    let kind = if onset.to > onset.from { "DAYLIGHT" } else { "STANDARD" };
    push_folded(out, &format!("BEGIN:{kind}"));
    push_folded(out, &format!("DTSTART:{}", onset.local.format("%Y%m%dT%H%M%S")));
    if let Some(rule) = rule {
        push_folded(out, &format!("RRULE:{rule}"));
    }
    push_folded(out, &format!("TZOFFSETFROM:{}", offset(onset.from)));
    push_folded(out, &format!("TZOFFSETTO:{}", offset(onset.to)));
    if !onset.name.is_empty() {
        push_folded(out, &format!("TZNAME:{}", onset.name));
    }
    push_folded(out, &format!("END:{kind}"));
}

/// `+0100`, or `+001730` if it has seconds.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.unsigned_abs();
    let mut text = format!("{sign}{:02}{:02}", size / 3600, size / 60 % 60);
    if !size.is_multiple_of(60) {
        let _ = write!(text, "{:02}", size % 60);
    }
    text
}
