//! iCalendar (RFC 5545) written: feeds that calendars subscribe to, and invitations that they understand (RFC 5546).
//!
//! **UTC or local time.** An event that happens once is written in UTC. That is right in every calendar, whichever zone it shows, names both passes of
//! the hour that clocks repeat, and needs no table of offsets that could be out of date; should a country change its clocks, the feed is written anew
//! from what was booked. An event that recurs is written in the local time of its zone, with a `VTIMEZONE`, for a rule is expanded in local time (RFC 5545,
//! 3.3.10): Tuesday at ten stays Tuesday at ten when the clocks change.

mod check;
#[cfg(test)]
mod tests;
mod write;
mod zone;

use chrono::{DateTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::fault::Fault;

/// A feed of events, whole at every reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// What calendars call it.
    pub name: String,
    /// How often calendars should ask for it again, in minutes, at least 1.
    pub refresh_minutes: u32,
    /// The events, in any order.
    pub events: Vec<Event>,
}

/// One booking, or a series of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is known by, everywhere and for ever: `ses_…@studio.example`.
    pub uid: String,
    /// How often what matters to those invited was changed: time, place, cancellation. From 0.
    pub sequence: u32,
    /// When this state of it was written.
    pub stamp: DateTime<Utc>,
    /// Its beginning; of a series, that of the first.
    pub start: DateTime<Utc>,
    /// Its end, later than the beginning. Every event of a series lasts exactly as long.
    pub end: DateTime<Utc>,
    /// The zone in whose local time it was booked.
    pub zone: Tz,
    /// What it is, in a line.
    pub summary: String,
    /// More about it.
    pub description: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// A page about it.
    pub url: Option<String>,
    /// Whether it will be.
    pub status: Status,
    /// Whose invitation it is. Not written into feeds.
    pub organizer: Option<Person>,
    /// Who is invited. Not written into feeds: whoever holds a feed's address need not know everybody's mail.
    pub attendees: Vec<Attendee>,
    /// The rule of a series.
    pub recurrence: Option<Recurrence>,
    /// Beginnings that the rule gives and that are left out.
    pub except: Vec<DateTime<Utc>>,
    /// Of an event that replaces one of the series of the same [`Event::uid`]: the beginning that the rule had given.
    pub instance_of: Option<DateTime<Utc>>,
}

/// Whether an event will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Held, not yet certain.
    Tentative,
    /// Certain.
    Confirmed,
    /// Called off.
    Cancelled,
}

/// Somebody with a mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// How they are called.
    pub name: String,
    /// Their mail address.
    pub mail: String,
}

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Who.
    pub person: Person,
    /// What they have answered.
    pub answer: Answer,
    /// Whether their calendar should ask them for an answer.
    pub rsvp: bool,
}

/// What somebody invited has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Awaited,
    /// They come.
    Accepted,
    /// They may come.
    Tentative,
    /// They do not come.
    Declined,
}

/// A rule that a series follows, in the local time of its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// What is counted.
    pub every: Every,
    /// Every day, week or month is 1, every other one 2. Weeks begin on Monday.
    pub interval: u16,
    /// When the series ends.
    pub ends: Ends,
}

/// What a rule counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Every {
    /// Days.
    Day,
    /// Weeks, on these days; the day of the first event is one of them.
    Week(Vec<Weekday>),
    /// Months, on the first event's day; a month without it is passed over.
    Month,
}

/// When a series ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Never.
    Never,
    /// After this many events, those left out included.
    After(u32),
    /// With the last event that begins no later.
    At(DateTime<Utc>),
}

/// What a message to those invited says (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Come, or: this has changed.
    Request,
    /// It is called off.
    Cancel,
}

impl Method {
    /// As it stands in the message, and as the parameter `method` of the mail's `text/calendar` part must say.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

impl Event {
    /// Whether it is written in local time: a series is, and what replaces one of a series.
    fn is_local(&self) -> bool {
        self.recurrence.is_some() || self.instance_of.is_some()
    }
}

/// Writes a feed, to be served as `text/calendar; charset=utf-8`.
///
/// # Errors
///
/// Every value of every event that cannot be written.
pub fn feed(feed: &Feed) -> Result<String, Vec<Fault>> {
    let mut faults = check::events(&feed.events);
    if feed.refresh_minutes == 0 {
        faults.push(Fault::new("refresh_minutes", "it is 0", "let calendars ask again after a minute at least"));
    }
    if faults.is_empty() { Ok(write::feed(feed)) } else { Err(faults) }
}

/// Writes a message for the mail to those invited: one event, or a series with what replaces some of it.
///
/// # Errors
///
/// Every value that cannot be written; no organizer, nobody invited, events of several [`Event::uid`]s, or a status that belies the method.
pub fn invitation(method: Method, events: &[Event]) -> Result<String, Vec<Fault>> {
    let mut faults = check::events(events);
    faults.extend(check::invitation(method, events));
    if faults.is_empty() { Ok(write::invitation(method, events)) } else { Err(faults) }
}
