//! What cannot be written.

use chrono::{DateTime, Datelike, Duration, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Ends, Event, Every, Method, Person, Status};
use crate::{contact::is_mail, fault::Fault};

/// Characters of an identifier.
const MAX_UID: usize = 255;
/// Characters of a text.
const MAX_TEXT: usize = 10_000;
/// The years in which all programs know what the clocks show.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1970..=2100;

/// Every fault of these events.
pub(super) fn events(events: &[Event]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let mut check = Check { faults: &mut faults, path: format!("events[{index}]") };
        check.texts(event);
        check.times(event);
        check.series(event);
        for (index, attendee) in event.attendees.iter().enumerate() {
            check.person(&format!("attendees[{index}]"), &attendee.person);
        }
        if let Some(organizer) = &event.organizer {
            check.person("organizer", organizer);
        }
    }
    faults
}

/// What a message asks besides (RFC 5546, 3.2.2 and 3.2.5).
pub(super) fn invitation(method: Method, events: &[Event]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Some(first) = events.first() else {
        return vec![Fault::new("events", "there is none", "give the event that people are invited to")];
    };
    for (index, event) in events.iter().enumerate() {
        let mut check = Check { faults: &mut faults, path: format!("events[{index}]") };
        if event.organizer.is_none() {
            check.fault("organizer", "nobody invites", "give the name and mail address that answers go to");
        }
        if event.attendees.is_empty() {
            check.fault("attendees", "nobody is invited", "give those whom the message goes to");
        }
        if event.uid != first.uid {
            check.fault("uid", "it is another event's", "write a message for each event");
        }
        match (method, event.status) {
            (Method::Request, Status::Cancelled) => {
                check.fault("status", "a cancelled event invites nobody", "send a cancellation");
            }
            (Method::Cancel, Status::Tentative | Status::Confirmed) => {
                check.fault("status", "the event is not cancelled", "cancel it before those invited are told");
            }
            _ => {}
        }
    }
    faults
}

/// The earlier instant at which a zone's clocks show this, or nothing if they skip it.
pub(super) fn first_at(zone: Tz, local: chrono::NaiveDateTime) -> Option<DateTime<Utc>> {
    zone.from_local_datetime(&local).earliest().map(|at| at.to_utc())
}

struct Check<'a> {
    faults: &'a mut Vec<Fault>,
    path: String,
}

impl Check<'_> {
    fn fault(&mut self, field: &str, problem: &str, remedy: &str) {
        self.faults.push(Fault::new(format!("{}.{field}", self.path), problem, remedy));
    }

    fn texts(&mut self, event: &Event) {
        if event.uid.is_empty() || event.uid.chars().any(|c| c.is_control() || c.is_whitespace()) {
            self.fault("uid", "it is empty or has blanks", "give an identifier that is unique everywhere");
        } else if event.uid.chars().count() > MAX_UID {
            self.fault("uid", "it has more than 255 characters", "give a shorter one");
        }
        if event.summary.trim().is_empty() {
            self.fault("summary", "it is empty", "say in a line what the event is");
        }
        for (field, text) in [
            ("summary", Some(&event.summary)),
            ("description", event.description.as_ref()),
            ("location", event.location.as_ref()),
            ("url", event.url.as_ref()),
        ] {
            if text.is_some_and(|text| text.chars().count() > MAX_TEXT) {
                self.fault(field, "it has more than 10000 characters", "shorten it");
            }
        }
        if event.url.as_ref().is_some_and(|url| url.contains(|c: char| c.is_control() || c.is_whitespace())) {
            self.fault("url", "it has blanks", "write it as an address, with %20 for each blank");
        }
    }

    fn times(&mut self, event: &Event) {
        let times = [("start", event.start), ("end", event.end), ("stamp", event.stamp)];
        let until = match event.recurrence.as_ref().map(|recurrence| recurrence.ends) {
            Some(Ends::At(until)) => Some(("recurrence.ends", until)),
            _ => None,
        };
        let others =
            event.except.iter().map(|at| ("except", *at)).chain(event.instance_of.map(|at| ("instance_of", at)));
        for (field, at) in times.into_iter().chain(until).chain(others) {
            if !YEARS.contains(&at.year()) {
                self.fault(field, "it lies outside of the years from 1970 to 2100", "correct the date");
            }
        }
        if event.end <= event.start {
            self.fault("end", "it is not after the start", "let the event last");
        } else if event.is_local() && event.end - event.start > Duration::days(31) {
            self.fault("end", "an event of a series lasts more than 31 days", "write it as an event of its own");
        }
    }

    fn series(&mut self, event: &Event) {
        if event.recurrence.is_some() && event.instance_of.is_some() {
            self.fault(
                "recurrence",
                "what replaces one event recurs",
                "let the series recur, or give it an identifier of its own",
            );
        }
        if event.recurrence.is_none() && !event.except.is_empty() {
            self.fault("except", "nothing recurs", "give the rule, or leave the exceptions out");
        }
        if event.is_local() {
            // A local time that comes twice means the first pass (RFC 5545, 3.3.5).
            let starts = [("start", event.start)].into_iter();
            let others =
                event.except.iter().map(|at| ("except", *at)).chain(event.instance_of.map(|at| ("instance_of", at)));
            for (field, at) in starts.chain(others) {
                if first_at(event.zone, at.with_timezone(&event.zone).naive_local()) != Some(at) {
                    let problem = "it lies in the second pass of the hour that clocks repeat, which no series can name";
                    self.fault(field, problem, "write it as an event of its own");
                }
            }
        }
        let Some(recurrence) = &event.recurrence else { return };
        if recurrence.interval == 0 {
            self.fault("recurrence.interval", "it is 0", "write 1 for every time");
        }
        match recurrence.ends {
            Ends::After(0) => self.fault("recurrence.ends", "the series has no event", "count at least 1"),
            Ends::At(until) if until < event.start => {
                self.fault("recurrence.ends", "the series ends before it starts", "give a later end");
            }
            _ => {}
        }
        if let Every::Week(days) = &recurrence.every
            && !days.contains(&event.start.with_timezone(&event.zone).weekday())
        {
            let problem = "the first event's day is not among the days of the rule";
            self.fault("recurrence.every", problem, "add it, or begin on one of the days");
        }
    }

    fn person(&mut self, field: &str, person: &Person) {
        if !is_mail(&person.mail) {
            self.fault(&format!("{field}.mail"), "it is not a mail address", "write it as name@example.com");
        }
    }
}
