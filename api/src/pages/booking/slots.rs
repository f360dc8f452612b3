//! What is free, day by day, as links: read from an address, and led on by one. What makes no sense in an address chooses nothing.

use std::{collections::BTreeMap, iter::successors};

use chrono::{Days, NaiveDate, SecondsFormat, TimeDelta};
use domain::{
    booking::{
        commands::NewLength,
        entity::room,
        queries::{self, Wanted},
        rules::{Barred, MAX_LOCKOUT_DAYS},
    },
    env::Instant,
    ids::EquipmentId,
    services::Services,
};

use super::{
    super::{errors::PageError, texts::t, words},
    told,
};

/// How many days of slots a page shows.
const DAYS: u32 = 7;
/// How many days on which a lock-out can begin a page shows.
const LOCKOUT_DAYS: u32 = 31;

/// The fields of an address or a form, of which one can stand there several times.
pub(super) type Fields = Vec<(String, String)>;

/// How long somebody wants a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// So many minutes.
    Minutes(i64),
    /// So many whole days.
    Days(u32),
}

impl Length {
    /// The lengths in which clients book a room, the shortest first.
    pub(super) fn all(room: &room::Model) -> Vec<Self> {
        let step = i64::from(room.step_minutes);
        let (min, max) = (i64::from(room.min_minutes), i64::from(room.max_minutes));
        let mut lengths = Vec::new();
        if room.hour_rate_minor.is_some() || room.day_rate_minor.is_some() {
            let minutes = (0..).map(|place| min + place * step).take_while(|minutes| *minutes <= max);
            lengths.extend(minutes.map(Self::Minutes));
        }
        if room.day_rate_minor.is_some() {
            lengths.extend((1..=MAX_LOCKOUT_DAYS).map(Self::Days));
        }
        lengths
    }

    /// Its word in addresses: `120m`, `2d`.
    pub(super) fn word(self) -> String {
        match self {
            Self::Minutes(minutes) => format!("{minutes}m"),
            Self::Days(days) => format!("{days}d"),
        }
    }

    /// How it is called.
    pub(super) fn name(self) -> String {
        match self {
            Self::Minutes(minutes) => told::length(minutes),
            Self::Days(days) => t("book-days").with("count", &days).into(),
        }
    }

    /// The time that begins where an address says: an instant of minutes, a day of days.
    fn time(self, at: &str) -> Option<NewLength> {
        Some(match self {
            Self::Minutes(minutes) => NewLength::Minutes { starts_at: read_instant(at)?, minutes },
            Self::Days(days) => NewLength::Days { first: at.parse().ok()?, days },
        })
    }
}

/// An instant of an address.
pub(super) fn read_instant(text: &str) -> Option<Instant> {
    text.parse().ok()
}

/// What is chosen of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// How long.
    pub(super) length: Length,
    /// What comes along.
    pub(super) equipment: Vec<EquipmentId>,
    /// Where it begins, as the address says; empty if nothing is chosen yet.
    pub(super) at: String,
    /// From which day on one looks; none for today.
    pub(super) from: Option<NaiveDate>,
}

impl Chosen {
    /// Reads what is chosen among the lengths of a room; the shortest if none is. None if it has no lengths.
    pub(super) fn read(fields: &Fields, lengths: &[Length]) -> Option<Self> {
        let word = field(fields, "length");
        let length = lengths.iter().find(|length| length.word() == word).or(lengths.first()).copied()?;
        let named = fields.iter().filter(|(name, _)| name == "equipment");
        Some(Self {
            length,
            equipment: named.filter_map(|(_, value)| value.parse().ok()).collect(),
            at: field(fields, "at").to_owned(),
            from: field(fields, "from").parse().ok(),
        })
    }

    /// The time that is chosen; none if none is.
    pub(super) fn time(&self) -> Option<NewLength> {
        self.length.time(&self.at)
    }

    /// An address with what is chosen, but another beginning or another day to look from.
    pub(super) fn address(&self, page: &str, (field, value): (&str, &str)) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("length", &self.length.word());
        for piece in &self.equipment {
            query.append_pair("equipment", &piece.to_string());
        }
        format!("{page}?{}", query.append_pair(field, value).finish())
    }

    /// The day on which what is chosen begins where the room is; none if nothing is.
    pub(super) fn day(&self, room: &room::Model) -> Option<NaiveDate> {
        Some(match self.time()? {
            NewLength::Minutes { starts_at, .. } => room.time_zone.day(starts_at),
            NewLength::Days { first, .. } => first,
        })
    }
}

/// What stands under a name in an address or a form; empty if nothing does.
pub(super) fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

/// A beginning that can be chosen.
pub(super) struct SlotView {
    pub(super) href: String,
    /// What is seen: the clock, or the day.
    pub(super) label: String,
    /// The same as programs read it: an instant, or a day.
    pub(super) at: String,
    /// What is heard: all of it.
    pub(super) said: String,
}

/// Beginnings of one day.
pub(super) struct DayView {
    pub(super) name: String,
    pub(super) slots: Vec<SlotView>,
    /// Why there are none; empty if there are some.
    pub(super) why: String,
}

/// What `slots.html` shows.
pub(super) struct Grid {
    /// All days of the span if something is free on one of them; of lock-outs the beginnings alone.
    pub(super) days: Vec<DayView>,
    /// Whether the days stand beside each other, as in a week.
    pub(super) is_week: bool,
    /// Where other days are; empty if there are none.
    pub(super) earlier: String,
    pub(super) later: String,
    /// Why nothing is free on any of the days; empty if something is.
    pub(super) why: String,
    /// The day nearest to these on which something is free, if nothing is on them: what is said of it, its address and its name; empty if none is.
    pub(super) next_words: String,
    pub(super) next: String,
    pub(super) next_day: String,
    /// The last day on which the room can be booked now.
    pub(super) last_day: String,
    /// Which days these are.
    pub(super) span: String,
}

/// What is free of what is wanted for a length, from a day on: `slot` is where a beginning leads, `page` where other days are.
pub(super) async fn grid(
    services: &Services,
    wanted: Wanted<'_>,
    (length, from): (Length, Option<NaiveDate>),
    slot: &impl Fn(&str) -> String,
    page: &impl Fn(&str) -> String,
) -> Result<Grid, PageError> {
    let (room, now) = (wanted.room, services.env.now());
    let today = room.time_zone.day(now);
    let last = today + Days::new(u64::from(room.horizon_days.unsigned_abs()));
    let from = from.unwrap_or(today).clamp(today, last);
    let shown = if matches!(length, Length::Days(_)) { LOCKOUT_DAYS } else { DAYS };
    let after = from + Days::new(u64::from(shown));
    let is_week = matches!(length, Length::Minutes(_));
    let days = free(services, wanted, length, (from, shown), slot).await?;
    let mut barred = barred(services, wanted, length, (from, shown)).await?;
    barred.retain(|day, _| *day <= last);
    let days = if is_week { every_day(days, from, after.min(last + Days::new(1)), &barred) } else { days };
    let worst = barred.into_values().max().filter(|_| days.is_empty());
    let (mut next_key, mut nearest) = ("slots-next", None);
    if days.is_empty() {
        nearest = first_free(services, wanted, length, (after, last)).await?;
        if nearest.is_none() {
            (next_key, nearest) = ("slots-first", first_free(services, wanted, length, (today, from)).await?);
        }
    }
    let before = from.checked_sub_days(Days::new(u64::from(shown))).unwrap_or(today).max(today);
    let until = after - Days::new(1);
    Ok(Grid {
        days,
        is_week,
        earlier: if from > today { page(&before.to_string()) } else { String::new() },
        later: if after <= last { page(&after.to_string()) } else { String::new() },
        why: worst.map_or_else(String::new, |barred| why(barred, wanted, length)),
        next_words: nearest.map_or_else(String::new, |_| t(next_key).into()),
        next: nearest.map_or_else(String::new, |day| page(&day.to_string())),
        next_day: nearest.map_or_else(String::new, told::date),
        last_day: told::date(last),
        span: t("slots-span").with("from", &told::day_of_month(from)).with("until", &words::date(until)).into(),
    })
}

/// The first day on which something of a length can begin, from one to another.
async fn first_free(
    services: &Services,
    wanted: Wanted<'_>,
    length: Length,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Option<NaiveDate>, PageError> {
    let further = |day: &NaiveDate| day.checked_add_days(Days::new(u64::from(queries::MAX_DAYS)));
    for day in successors(Some(from), further).take_while(|day| *day <= to) {
        if let Some((first, _)) = begins(services, wanted, length, (day, queries::MAX_DAYS)).await?.first() {
            return Ok(Some(*first));
        }
    }
    Ok(None)
}

/// Why nothing is free on each of so many days on which nothing is.
async fn barred(
    services: &Services,
    wanted: Wanted<'_>,
    length: Length,
    days: (NaiveDate, u32),
) -> Result<BTreeMap<NaiveDate, Barred>, PageError> {
    let (db, now) = (&services.db, services.env.now());
    Ok(match length {
        Length::Minutes(minutes) => queries::why_no_slots(db, wanted, days, minutes, now).await?,
        Length::Days(length) => queries::why_no_lockouts(db, wanted, days, length, now).await?,
    })
}

/// Why nothing is free on any of some days, as a sentence.
fn why(barred: Barred, wanted: Wanted<'_>, length: Length) -> String {
    let room = wanted.room;
    match (barred, length) {
        (Barred::Closed, Length::Minutes(_) | Length::Days(1)) => t("slots-closed").into(),
        (Barred::Closed, Length::Days(_)) => t("slots-closed-between").with("length", &length.name()).into(),
        (Barred::TooLong, _) => t("slots-too-long").with("length", &length.name()).into(),
        (Barred::Horizon, _) => t("slots-horizon").with("days", &room.horizon_days).into(),
        (Barred::Notice, _) if room.notice_minutes == 0 => t("slots-begun").into(),
        (Barred::Notice, _) => t("slots-notice").with("length", &told::length(i64::from(room.notice_minutes))).into(),
        (Barred::Taken, _) if wanted.equipment.is_empty() => t("slots-taken").into(),
        (Barred::Taken, _) => t("slots-taken-along").into(),
    }
}

/// The same of one day, in a word or two.
fn why_that_day(barred: Option<Barred>) -> String {
    let key = match barred {
        Some(Barred::Closed) => "slots-day-closed",
        Some(Barred::TooLong) => "slots-day-too-long",
        Some(Barred::Horizon) => "slots-day-horizon",
        Some(Barred::Notice) => "slots-day-notice",
        Some(Barred::Taken) => "slots-day-taken",
        None => "slots-day-none",
    };
    t(key).into()
}

/// The days from one to before another, those among them on which nothing is free with why; none if nothing is on any.
fn every_day(
    free: Vec<DayView>,
    from: NaiveDate,
    before: NaiveDate,
    barred: &BTreeMap<NaiveDate, Barred>,
) -> Vec<DayView> {
    if free.is_empty() {
        return free;
    }
    let mut free = free.into_iter().peekable();
    let days = from.iter_days().take_while(|day| *day < before);
    days.map(|day| {
        let (name, why) = (told::day_of_year(day), why_that_day(barred.get(&day).copied()));
        free.next_if(|view| view.name == name).unwrap_or(DayView { name, slots: Vec::new(), why })
    })
    .collect()
}

/// The beginnings that are free on so many days, with the day of each where the room is.
async fn begins(
    services: &Services,
    wanted: Wanted<'_>,
    length: Length,
    days: (NaiveDate, u32),
) -> Result<Vec<(NaiveDate, NewLength)>, PageError> {
    let (db, now, zone) = (&services.db, services.env.now(), wanted.room.time_zone);
    Ok(match length {
        Length::Minutes(minutes) => queries::free_slots(db, wanted, days, minutes, now)
            .await?
            .into_iter()
            .map(|slot| (zone.day(slot.starts_at), NewLength::Minutes { starts_at: slot.starts_at, minutes }))
            .collect(),
        Length::Days(length) => queries::free_lockouts(db, wanted, days, length, now)
            .await?
            .into_iter()
            .map(|first| (first, NewLength::Days { first, days: length }))
            .collect(),
    })
}

/// What is free on so many days: the clock of each day's slots, or the days themselves.
async fn free(
    services: &Services,
    wanted: Wanted<'_>,
    length: Length,
    days: (NaiveDate, u32),
    slot: &impl Fn(&str) -> String,
) -> Result<Vec<DayView>, PageError> {
    let zone = wanted.room.time_zone;
    let mut views: Vec<DayView> = Vec::new();
    for (day, begin) in begins(services, wanted, length, days).await? {
        let (name, view) = match begin {
            NewLength::Minutes { starts_at, minutes } => {
                let (from, to) = zone.bounds(day);
                // Where the clocks change, a time may stand there twice.
                let is_plain = to - from == TimeDelta::days(1);
                let clock = told::clock(zone, starts_at);
                let label = if is_plain { zone.local(starts_at).format("%H:%M").to_string() } else { clock };
                let ends_at = starts_at + TimeDelta::minutes(minutes);
                let at = starts_at.to_rfc3339_opts(SecondsFormat::Secs, true);
                let said = told::span(zone, starts_at, &told::clock(zone, ends_at));
                (told::day_of_year(day), SlotView { href: slot(&at), label, at, said })
            }
            NewLength::Days { first, .. } => {
                let said =
                    t("slots-days-from").with("length", &length.name()).with("day", &told::date(first)).to_string();
                let label = told::short_day(first);
                let at = first.to_string();
                (t("slots-begin").to_string(), SlotView { href: slot(&at), label, at, said })
            }
        };
        match views.last_mut().filter(|last| last.name == name) {
            Some(last) => last.slots.push(view),
            None => views.push(DayView { name, slots: vec![view], why: String::new() }),
        }
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(query: &str) -> Fields {
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    #[test]
    fn what_is_chosen_is_read_from_its_address() {
        let lengths = [Length::Minutes(60), Length::Minutes(120), Length::Days(2)];
        let chosen = Chosen::read(&fields("length=120m&at=2026-12-03T13:00:00Z"), &lengths).unwrap();
        assert!(matches!(chosen.time(), Some(NewLength::Minutes { minutes: 120, .. })));
        let address = chosen.address("/book/s/r", ("from", "2026-12-03"));
        assert_eq!(address, "/book/s/r?length=120m&from=2026-12-03");
        let days = Chosen::read(&fields("length=2d&at=2026-12-03"), &lengths).unwrap();
        assert!(matches!(days.time(), Some(NewLength::Days { days: 2, .. })));
    }

    #[test]
    fn a_week_has_all_its_days() {
        let (from, before) = ("2026-12-03".parse().unwrap(), "2026-12-06".parse().unwrap());
        let slots =
            || vec![SlotView { href: String::new(), label: String::new(), at: String::new(), said: String::new() }];
        let friday = DayView { name: "Friday, 4 December".to_owned(), slots: slots(), why: String::new() };
        let barred = [(from, Barred::Taken), ("2026-12-05".parse().unwrap(), Barred::Closed)].into();
        let days = every_day(vec![friday], from, before, &barred);
        let shown: Vec<(&str, usize, &str)> =
            days.iter().map(|day| (day.name.as_str(), day.slots.len(), day.why.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("Thursday, 3 December", 0, "Booked out"),
                ("Friday, 4 December", 1, ""),
                ("Saturday, 5 December", 0, "Closed")
            ]
        );
        assert!(every_day(Vec::new(), from, before, &barred).is_empty());
    }

    #[test]
    fn what_makes_no_sense_chooses_nothing() {
        let lengths = [Length::Minutes(60), Length::Days(1)];
        for query in ["", "length=7m", "length=-60m", "length=60", "length=\u{1d7d9}d"] {
            let chosen = Chosen::read(&fields(query), &lengths).unwrap();
            assert_eq!((chosen.length, chosen.time()), (Length::Minutes(60), None), "{query}");
        }
        for at in ["", "tomorrow", "2026-02-30", "2026-12-03T13:00:00Z"] {
            let chosen = Chosen::read(&fields(&format!("length=1d&at={at}&equipment=none&from=x")), &lengths).unwrap();
            assert_eq!((chosen.time(), chosen.from, chosen.equipment), (None, None, Vec::new()), "{at}");
        }
        assert_eq!(Chosen::read(&fields("length=60m"), &[]), None);
    }
}
