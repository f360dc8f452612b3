//! Which slots of a room are free, and why a time cannot be booked. What is occupied is counted in quarters of an hour of universal time.

use std::{collections::BTreeSet, ops::Range};

use chrono::Duration;

use super::hours::joined;
use crate::{
    booking::entity::room,
    env::Instant,
    report::{Explain, Kind, Report},
};

/// How long a quarter of an hour is, in seconds.
const QUARTER_S: i64 = 900;

/// The quarters of an hour that a time touches, buffers included, in order; they are numbered from the beginning of 1970 in UTC.
pub fn quarters((from, to): (Instant, Instant), buffers: Buffers) -> Range<i64> {
    let first = (from - buffers.before).timestamp().div_euclid(QUARTER_S);
    let last = (to + buffers.after - Duration::microseconds(1)).timestamp().div_euclid(QUARTER_S);
    first..last + 1
}

/// For how long before and after a booking nothing else is booked. Both count in full: between two bookings lie the one's after and the other's before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buffers {
    /// Before.
    pub before: Duration,
    /// After.
    pub after: Duration,
}

/// What a room asks of a client's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRules {
    /// Every how many minutes a session can begin, counted from the opening.
    pub step_minutes: i64,
    /// The shortest, in minutes.
    pub min_minutes: i64,
    /// The longest, in minutes.
    pub max_minutes: i64,
    /// How many minutes ahead at the latest.
    pub notice_minutes: i64,
    /// How many days ahead at the earliest.
    pub horizon_days: i64,
    /// What is kept free around it.
    pub buffers: Buffers,
}

impl From<&room::Model> for SlotRules {
    fn from(room: &room::Model) -> Self {
        Self {
            step_minutes: i64::from(room.step_minutes),
            min_minutes: i64::from(room.min_minutes),
            max_minutes: i64::from(room.max_minutes),
            notice_minutes: i64::from(room.notice_minutes),
            horizon_days: i64::from(room.horizon_days),
            buffers: Buffers {
                before: Duration::minutes(i64::from(room.buffer_before_minutes)),
                after: Duration::minutes(i64::from(room.buffer_after_minutes)),
            },
        }
    }
}

/// A time that can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
}

/// Why a time cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeFault {
    /// It does not end after it begins.
    #[error("it ends when it begins, or before")]
    Nothing,
    /// It begins or ends beside a quarter of an hour.
    #[error("a booking begins and ends on a quarter of an hour")]
    Grain,
    /// It has begun already.
    #[error("it lies in the past")]
    Past,
    /// Too short.
    #[error("the shortest booking of this room is {min_minutes} minutes, and this is {minutes}")]
    TooShort {
        /// What was asked for, in minutes.
        minutes: i64,
        /// The least, in minutes.
        min_minutes: i64,
    },
    /// Too long.
    #[error("the longest booking of this room is {max_minutes} minutes, and this is {minutes}")]
    TooLong {
        /// What was asked for, in minutes.
        minutes: i64,
        /// The most, in minutes.
        max_minutes: i64,
    },
    /// Too soon.
    #[error("bookings close {notice_minutes} minutes ahead")]
    Notice {
        /// How many minutes ahead.
        notice_minutes: i64,
    },
    /// Too late.
    #[error("bookings open {horizon_days} days ahead")]
    Horizon {
        /// How many days ahead.
        horizon_days: i64,
    },
    /// The room is not open all the time.
    #[error("the room is not open then")]
    Closed,
    /// It begins beside the slots.
    #[error("sessions begin every {step_minutes} minutes from the opening")]
    Step {
        /// Every how many minutes.
        step_minutes: i64,
    },
}

impl Explain for TimeFault {
    fn explain(&self) -> Report {
        let report = |code, field| Report::new(Kind::Invalid, code, self.to_string()).field(field);
        match self {
            Self::Nothing => report("TIME_NOTHING", "minutes").remedy("give a length of more than nothing"),
            Self::Grain => report("TIME_GRAIN", "startsAt").remedy("begin and end at :00, :15, :30 or :45"),
            Self::Past => report("TIME_PAST", "startsAt").remedy("choose a time that is still to come"),
            Self::TooShort { min_minutes, .. } => {
                report("TIME_TOO_SHORT", "minutes").remedy(format!("book {min_minutes} minutes or more"))
            }
            Self::TooLong { max_minutes, .. } => report("TIME_TOO_LONG", "minutes")
                .remedy(format!("book {max_minutes} minutes or less, or ask the studio for a lock-out")),
            Self::Notice { .. } => report("TIME_NOTICE", "startsAt").remedy("choose a later time, or ask the studio"),
            Self::Horizon { .. } => report("TIME_HORIZON", "startsAt").remedy("choose an earlier time"),
            Self::Closed => report("TIME_CLOSED", "startsAt").remedy("choose one of the slots that are offered"),
            Self::Step { .. } => report("TIME_STEP", "startsAt").remedy("choose one of the slots that are offered"),
        }
    }
}

/// What nobody books, not even the studio: what is nothing, beside a quarter of an hour, or in the past.
///
/// # Errors
/// [`TimeFault`], of the first that is wrong.
pub fn check_time(slot: Slot, now: Instant) -> Result<(), TimeFault> {
    let beside = |at: Instant| at.timestamp().rem_euclid(QUARTER_S) != 0 || at.timestamp_subsec_nanos() != 0;
    if slot.ends_at <= slot.starts_at {
        Err(TimeFault::Nothing)
    } else if beside(slot.starts_at) || beside(slot.ends_at) {
        Err(TimeFault::Grain)
    } else if slot.starts_at < now {
        Err(TimeFault::Past)
    } else {
        Ok(())
    }
}

/// Whether a time is as far ahead as a room asks.
///
/// # Errors
/// [`TimeFault::Notice`] or [`TimeFault::Horizon`].
pub fn check_ahead(rules: SlotRules, starts_at: Instant, now: Instant) -> Result<(), TimeFault> {
    let SlotRules { notice_minutes, horizon_days, .. } = rules;
    if starts_at < now + Duration::minutes(notice_minutes) {
        Err(TimeFault::Notice { notice_minutes })
    } else if starts_at > now + Duration::days(horizon_days) {
        Err(TimeFault::Horizon { horizon_days })
    } else {
        Ok(())
    }
}

/// Whether a time lies within the openings, whatever of them it takes.
///
/// # Errors
/// [`TimeFault::Closed`].
pub fn check_open(openings: &[(Instant, Instant)], slot: Slot) -> Result<(), TimeFault> {
    let is_within = |(opens, closes): &(Instant, Instant)| *opens <= slot.starts_at && slot.ends_at <= *closes;
    if joined(openings).iter().any(is_within) { Ok(()) } else { Err(TimeFault::Closed) }
}

/// What a client's time has to be besides free. `openings` are those of its days, in order.
///
/// # Errors
/// [`TimeFault`], of the first that is wrong.
pub fn check_slot(
    rules: SlotRules,
    openings: &[(Instant, Instant)],
    slot: Slot,
    now: Instant,
) -> Result<(), TimeFault> {
    check_time(slot, now)?;
    let minutes = (slot.ends_at - slot.starts_at).num_minutes();
    let SlotRules { min_minutes, max_minutes, step_minutes, .. } = rules;
    if minutes < min_minutes {
        return Err(TimeFault::TooShort { minutes, min_minutes });
    }
    if minutes > max_minutes {
        return Err(TimeFault::TooLong { minutes, max_minutes });
    }
    check_ahead(rules, slot.starts_at, now)?;
    check_open(openings, slot)?;
    let is_begun = |(opens, closes): &&(Instant, Instant)| *opens <= slot.starts_at && slot.starts_at < *closes;
    let on_step = |(opens, _): &(Instant, Instant)| (slot.starts_at - *opens).num_minutes() % step_minutes == 0;
    if openings.iter().filter(is_begun).any(on_step) { Ok(()) } else { Err(TimeFault::Step { step_minutes }) }
}

/// The free slots of a length, in order: each begins so many steps after an opening, lasts its true minutes whatever the clocks do meanwhile, ends before the room
/// closes, and keeps its buffers free of what is occupied.
pub fn free_slots(
    rules: SlotRules,
    openings: &[(Instant, Instant)],
    occupied: &BTreeSet<i64>,
    minutes: i64,
    now: Instant,
) -> Vec<Slot> {
    let (length, step) = (Duration::minutes(minutes), Duration::minutes(rules.step_minutes));
    let mut slots = BTreeSet::new();
    for (opens, closes) in openings {
        let mut starts_at = *opens;
        while starts_at < *closes {
            let slot = Slot { starts_at, ends_at: starts_at + length };
            let touched = quarters((slot.starts_at, slot.ends_at), rules.buffers);
            let is_free = occupied.range(touched).next().is_none();
            if is_free && check_slot(rules, openings, slot, now).is_ok() {
                slots.insert(slot);
            }
            starts_at += step;
        }
    }
    slots.into_iter().collect()
}

/// Why nothing is free on a day: from what would hold on any day to what came about by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Barred {
    /// The room does not open.
    Closed,
    /// It opens, but not for so long.
    TooLong,
    /// It is further ahead than the room is booked.
    Horizon,
    /// It is too soon for the room, or over.
    Notice,
    /// What would be free is booked.
    Taken,
}

/// Why no session of a length can begin on a day, which has these bounds; none if one can.
pub fn barred(
    rules: SlotRules,
    openings: &[(Instant, Instant)],
    occupied: &BTreeSet<i64>,
    (from, to): (Instant, Instant),
    minutes: i64,
    now: Instant,
) -> Option<Barred> {
    let begins = |rules: SlotRules, occupied: &BTreeSet<i64>, now: Instant| {
        let slots = free_slots(rules, openings, occupied, minutes, now);
        slots.iter().any(|slot| (from..to).contains(&slot.starts_at))
    };
    // As if somebody booked when the day begins, at no notice.
    let whenever = SlotRules { notice_minutes: 0, horizon_days: 2, ..rules };
    let nothing = BTreeSet::new();
    if begins(rules, occupied, now) {
        None
    } else if begins(rules, &nothing, now) {
        Some(Barred::Taken)
    } else if begins(whenever, &nothing, from) {
        let is_soon = from < now + Duration::minutes(rules.notice_minutes);
        Some(if is_soon { Barred::Notice } else { Barred::Horizon })
    } else if openings.iter().any(|(opens, closes)| *opens < to && from < *closes) {
        Some(Barred::TooLong)
    } else {
        Some(Barred::Closed)
    }
}

#[cfg(test)]
mod tests;
