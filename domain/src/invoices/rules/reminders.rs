//! When a client is reminded of an invoice. However far the clock has jumped, there is one reminder at a time, and never more of them than the studio wants.

use chrono::{Days, Duration, NaiveDate};

use super::standing::{ends_at, starts_at};
use crate::{env::Instant, invoices::entity::ReminderKind};

/// What a studio wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// How many days before it is due; none: not before.
    pub before_days: Option<i32>,
    /// Whether on the day itself.
    pub at_due: bool,
    /// How many days lie between reminders after that, at the least.
    pub every_days: i32,
    /// How many there are at the most.
    pub most: i32,
}

/// The reminders that there were of an invoice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reminded {
    /// How many.
    pub times: i32,
    /// The last of them.
    pub last: Option<(ReminderKind, Instant)>,
}

impl Reminded {
    /// As it is when an invoice was just issued: whoever is told of it then is not reminded of what that mail has said.
    pub fn begun(wanted: Wanted, due_on: NaiveDate, issued_at: Instant) -> Self {
        let said = |kind| Self { times: 0, last: Some((kind, issued_at)) };
        if issued_at >= starts_at(due_on) {
            return said(ReminderKind::AtDue);
        }
        match next(wanted, due_on, Self::default()) {
            Some((ReminderKind::Before, at)) if issued_at >= at => said(ReminderKind::Before),
            _ => Self::default(),
        }
    }
}

/// Which reminder is due now, if one is.
pub fn due(wanted: Wanted, due_on: NaiveDate, reminded: Reminded, now: Instant) -> Option<ReminderKind> {
    let (kind, at) = next(wanted, due_on, reminded)?;
    if now < at {
        return None;
    }
    // What was to be said before the day is not said behind it: the next one is.
    let is_over = match kind {
        ReminderKind::Before => now >= starts_at(due_on),
        ReminderKind::AtDue => now >= ends_at(due_on),
        ReminderKind::After => false,
    };
    if is_over {
        let later = Reminded { last: Some((kind, at)), ..reminded };
        return due(wanted, due_on, later, now);
    }
    Some(kind)
}

/// When somebody is to be looked for who may have to be reminded; none if nobody is any more. What is over by then is left out.
pub fn next_at(wanted: Wanted, due_on: NaiveDate, reminded: Reminded) -> Option<Instant> {
    next(wanted, due_on, reminded).map(|(_, at)| at)
}

/// The next reminder, and from when on it is due.
fn next(wanted: Wanted, due_on: NaiveDate, reminded: Reminded) -> Option<(ReminderKind, Instant)> {
    if reminded.times >= wanted.most {
        return None;
    }
    let before = || {
        let days = u64::try_from(wanted.before_days?).ok()?;
        let day = due_on.checked_sub_days(Days::new(days))?;
        Some((ReminderKind::Before, starts_at(day)))
    };
    let at_due = || wanted.at_due.then(|| (ReminderKind::AtDue, starts_at(due_on)));
    let every = Duration::days(i64::from(wanted.every_days.max(1)));
    let first_after = Some((ReminderKind::After, ends_at(due_on) + every - Duration::days(1)));
    match reminded.last {
        None => before().or_else(at_due).or(first_after),
        Some((ReminderKind::Before, _)) => at_due().or(first_after),
        Some((ReminderKind::AtDue, _)) => first_after,
        Some((ReminderKind::After, at)) => Some((ReminderKind::After, at + every)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted = Wanted { before_days: Some(3), at_due: true, every_days: 7, most: 4 };

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
    }

    /// Looks every hour of so many days from the first of the month; which days brought a reminder.
    fn played(wanted: Wanted, due_on: NaiveDate, days: u64) -> Vec<(ReminderKind, u64)> {
        let (mut reminded, mut said) = (Reminded::default(), Vec::new());
        for hour in 0..days * 24 {
            let now = starts_at(day(1)) + Duration::hours(i64::try_from(hour).unwrap());
            if let Some(kind) = due(wanted, due_on, reminded, now) {
                said.push((kind, hour / 24 + 1));
                reminded = Reminded { times: reminded.times + 1, last: Some((kind, now)) };
            }
        }
        said
    }

    #[test]
    fn it_is_said_before_at_and_after_and_no_more_often_than_wanted() {
        use ReminderKind::{After, AtDue, Before};
        assert_eq!(played(WANTED, day(10), 60), [(Before, 7), (AtDue, 10), (After, 17), (After, 24)]);
        let sparse = Wanted { before_days: None, at_due: false, every_days: 1, most: 2 };
        assert_eq!(played(sparse, day(10), 60), [(After, 11), (After, 12)]);
        assert!(played(Wanted { most: 0, ..WANTED }, day(10), 60).is_empty());
    }

    #[test]
    fn what_the_mail_of_the_invoice_has_said_is_not_said_again() {
        let issued = |day_of: u32| Reminded::begun(WANTED, day(10), starts_at(day(day_of)));
        assert_eq!(issued(1), Reminded::default());
        assert_eq!(due(WANTED, day(10), issued(8), starts_at(day(9))), None);
        assert_eq!(due(WANTED, day(10), issued(8), starts_at(day(10))), Some(ReminderKind::AtDue));
        assert_eq!(due(WANTED, day(10), issued(10), starts_at(day(10))), None);
        assert_eq!(due(WANTED, day(10), issued(10), starts_at(day(17))), Some(ReminderKind::After));
    }

    #[test]
    fn however_far_the_clock_jumps_there_is_one_at_a_time() {
        let late = starts_at(day(31)) + Duration::days(60);
        let said = due(WANTED, day(10), Reminded::default(), late);
        assert_eq!(said, Some(ReminderKind::After), "what is over is left out");
        let reminded = Reminded { times: 1, last: Some((ReminderKind::After, late)) };
        assert_eq!(due(WANTED, day(10), reminded, late + Duration::days(7) - Duration::seconds(1)), None);
        assert_eq!(due(WANTED, day(10), reminded, late + Duration::days(7)), Some(ReminderKind::After));
        let back = starts_at(day(1));
        assert_eq!(due(WANTED, day(10), reminded, back), None, "a clock that goes back says nothing again");
    }
}
