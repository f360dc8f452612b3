use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;

use super::*;
use crate::booking::rules::{
    Opening, Span, WeekHours, Zone,
    hours::{DAY_MINUTES, Hours},
};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn berlin() -> Zone {
    "Europe/Berlin".parse().unwrap()
}

fn rules() -> SlotRules {
    let none = Duration::zero();
    SlotRules {
        step_minutes: 60,
        min_minutes: 60,
        max_minutes: 720,
        notice_minutes: 0,
        horizon_days: 365,
        buffers: Buffers { before: none, after: none },
    }
}

/// Every day from ten to six.
fn week() -> WeekHours {
    WeekHours(
        (1..=7).map(|weekday| Opening { weekday, span: Span { opens_minute: 600, closes_minute: 1080 } }).collect(),
    )
}

fn openings(zone: Zone, week: &WeekHours, on: NaiveDate) -> Vec<(Instant, Instant)> {
    Hours { zone, week, exceptions: &BTreeMap::new() }.openings(on, on)
}

fn occupied(by: &[(&str, &str)], buffers: Buffers) -> BTreeSet<i64> {
    by.iter().flat_map(|(from, to)| quarters((at(from), at(to)), buffers)).collect()
}

#[test]
fn what_is_occupied_is_counted_in_quarters_that_are_touched() {
    let none = rules().buffers;
    let count = |from, to, buffers| quarters((at(from), at(to)), buffers).count();
    assert_eq!(count("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z", none), 8);
    assert_eq!(count("2026-12-01T10:05:00Z", "2026-12-01T10:15:01Z", none), 2);
    let buffers = Buffers { before: Duration::minutes(30), after: Duration::minutes(15) };
    assert_eq!(count("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z", buffers), 11);
    assert_eq!(quarters((at("1969-12-31T23:45:00Z"), at("1970-01-01T00:00:00Z")), none), -1..0);
}

#[test]
fn slots_keep_clear_of_bookings_and_both_their_buffers() {
    let buffers = Buffers { before: Duration::minutes(15), after: Duration::minutes(30) };
    let rules = SlotRules { step_minutes: 30, buffers, ..rules() };
    let on = day("2026-12-01");
    let taken = occupied(&[("2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z")], buffers);
    let now = at("2026-11-23T12:00:00Z");
    let slots = free_slots(rules, &openings(berlin(), &week(), on), &taken, 120, now);
    let of_day = slots.iter().filter(|slot| berlin().day(slot.starts_at) == on);
    let starts: Vec<String> = of_day.map(|slot| berlin().clock(slot.starts_at)).collect();
    // The other is from 13:00 to 14:00 here: the slot before it ends by 12:15, that behind it begins from 14:45 on.
    assert_eq!(starts, ["10:00 CET", "15:00 CET", "15:30 CET", "16:00 CET"]);
}

#[test]
fn a_day_on_which_nothing_is_free_says_why() {
    let on = day("2026-12-01");
    let (bounds, open, now) = (berlin().bounds(on), openings(berlin(), &week(), on), at("2026-11-30T12:00:00Z"));
    let why = |rules, open: &[(Instant, Instant)], taken: &BTreeSet<i64>, minutes| {
        barred(rules, open, taken, bounds, minutes, now)
    };
    let (free, noon) =
        (BTreeSet::new(), occupied(&[("2026-12-01T11:00:00Z", "2026-12-01T12:00:00Z")], rules().buffers));
    let soon = SlotRules { notice_minutes: 2 * 1_440, ..rules() };
    let near = SlotRules { horizon_days: 0, ..rules() };
    assert_eq!(why(rules(), &open, &noon, 120), None);
    assert_eq!(why(rules(), &open, &noon, 360), Some(Barred::Taken));
    assert_eq!(why(soon, &open, &noon, 120), Some(Barred::Notice));
    assert_eq!(why(near, &open, &noon, 120), Some(Barred::Horizon));
    assert_eq!(why(rules(), &open, &free, 540), Some(Barred::TooLong), "it opens for eight hours");
    assert_eq!(why(rules(), &[], &free, 120), Some(Barred::Closed));
    let over = barred(rules(), &open, &free, bounds, 120, at("2026-12-01T16:00:00Z"));
    assert_eq!(over, Some(Barred::Notice), "what is left is too short");
    assert_eq!(barred(rules(), &open, &free, bounds, 60, at("2026-12-01T16:00:00Z")), None);
}

#[test]
fn a_slot_over_the_change_of_clocks_lasts_its_true_minutes() {
    // Saturday night, ten in the evening to six in the morning.
    let week = WeekHours(vec![Opening { weekday: 6, span: Span { opens_minute: 1320, closes_minute: 1800 } }]);
    let now = at("2026-10-01T12:00:00Z");
    let starts = |on: &str, minutes| {
        let slots = free_slots(rules(), &openings(berlin(), &week, day(on)), &BTreeSet::new(), minutes, now);
        slots.iter().map(|slot| berlin().clock(slot.starts_at)).collect::<Vec<_>>()
    };
    assert_eq!(starts("2026-10-24", 540), ["22:00 CEST"], "nine hours fit into the longer night");
    assert_eq!(starts("2026-10-24", 60).len(), 9);
    assert_eq!(
        starts("2026-10-24", 60)[4..6],
        ["02:00 CEST", "02:00 CET"],
        "the clocks show it twice, and it is two slots"
    );
    assert!(starts("2027-03-27", 480).is_empty(), "eight do not fit into the shorter");
    assert_eq!(starts("2027-03-27", 60).len(), 7);
}

#[test]
fn each_wrong_time_is_told_by_name() {
    let now = at("2026-12-01T08:10:00Z");
    let rules = SlotRules { notice_minutes: 120, horizon_days: 30, max_minutes: 240, ..rules() };
    let open = openings(berlin(), &week(), day("2026-12-01"));
    let fault = |from: &str, to: &str| {
        let slot = Slot { starts_at: at(from), ends_at: at(to) };
        let of_day = openings(berlin(), &week(), berlin().day(slot.starts_at));
        check_slot(rules, &of_day, slot, now).unwrap_err()
    };
    assert_eq!(fault("2026-12-01T12:00:00Z", "2026-12-01T12:00:00Z"), TimeFault::Nothing);
    assert_eq!(fault("2026-12-01T12:00:00Z", "2026-12-01T11:00:00Z"), TimeFault::Nothing);
    assert_eq!(fault("2026-12-01T12:05:00Z", "2026-12-01T13:05:00Z"), TimeFault::Grain);
    assert_eq!(fault("2026-12-01T12:00:00.5Z", "2026-12-01T13:00:00Z"), TimeFault::Grain);
    assert_eq!(fault("2026-11-30T12:00:00Z", "2026-11-30T13:00:00Z"), TimeFault::Past);
    assert!(matches!(fault("2026-12-01T12:00:00Z", "2026-12-01T12:30:00Z"), TimeFault::TooShort { minutes: 30, .. }));
    assert!(matches!(fault("2026-12-01T12:00:00Z", "2026-12-01T16:15:00Z"), TimeFault::TooLong { minutes: 255, .. }));
    assert!(matches!(fault("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z"), TimeFault::Notice { .. }));
    assert!(matches!(fault("2027-01-05T12:00:00Z", "2027-01-05T13:00:00Z"), TimeFault::Horizon { .. }));
    assert_eq!(fault("2026-12-02T16:00:00Z", "2026-12-02T18:00:00Z"), TimeFault::Closed, "it closes at six");
    assert_eq!(fault("2026-12-02T03:00:00Z", "2026-12-02T05:00:00Z"), TimeFault::Closed);
    assert_eq!(fault("2026-12-02T12:15:00Z", "2026-12-02T13:15:00Z"), TimeFault::Step { step_minutes: 60 });
    let fine = Slot { starts_at: at("2026-12-01T12:00:00Z"), ends_at: at("2026-12-01T16:00:00Z") };
    assert_eq!(check_slot(rules, &open, fine, now), Ok(()));
}

#[test]
fn a_room_that_never_closes_is_booked_over_midnight() {
    let always = WeekHours(
        (1..=7)
            .map(|weekday| Opening { weekday, span: Span { opens_minute: 0, closes_minute: DAY_MINUTES } })
            .collect(),
    );
    let hours = Hours { zone: berlin(), week: &always, exceptions: &BTreeMap::new() };
    let open = hours.openings(day("2026-12-01"), day("2026-12-02"));
    let slot = Slot { starts_at: at("2026-12-01T21:00:00Z"), ends_at: at("2026-12-02T03:00:00Z") };
    assert_eq!(check_slot(rules(), &open, slot, at("2026-11-23T12:00:00Z")), Ok(()));
}

fn zones() -> impl Strategy<Value = Zone> {
    (0..TZ_VARIANTS.len()).prop_map(|place| TZ_VARIANTS[place].name().parse().unwrap())
}

/// One or two openings a day, the second into the night.
fn weeks() -> impl Strategy<Value = WeekHours> {
    let opening = (1..=7_i32, 0..40_i32, 1..40_i32, 50..90_i32, 1..20_i32);
    prop::collection::vec(opening, 0..8).prop_map(|given| {
        let spans = given.into_iter().flat_map(|(weekday, opens, length, again, more)| {
            let of = |opens_minute, length| Opening {
                weekday,
                span: Span { opens_minute, closes_minute: opens_minute + length },
            };
            [of(opens * 15, length.min(49 - opens) * 15), of(again * 15, more * 15)]
        });
        // Of those that lie within each other the first stands.
        let mut week: Vec<Opening> = Vec::new();
        for opening in spans {
            week.push(opening);
            if WeekHours::check(&week).is_err() {
                week.pop();
            }
        }
        WeekHours::check(&week).unwrap()
    })
}

/// Days about all the changes of clocks of some years, and others.
fn days() -> impl Strategy<Value = NaiveDate> {
    (0_i32..2_600).prop_map(|days| day("2024-01-01") + Duration::days(i64::from(days)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_offered_can_be_booked_and_what_is_booked_is_offered_no_more(
        zone in zones(),
        week in weeks(),
        on in days(),
        step in prop::sample::select(vec![15_i64, 30, 60, 120]),
        length in 1_i64..24,
        buffers in (0_i64..5, 0_i64..5),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
    ) {
        let buffers = Buffers { before: Duration::minutes(buffers.0 * 15), after: Duration::minutes(buffers.1 * 15) };
        let rules = SlotRules { step_minutes: step, min_minutes: 15, horizon_days: 10_000, buffers, ..rules() };
        let open = openings(zone, &week, on);
        let now = at("2023-12-01T00:00:00Z");
        let minutes = length * 15;
        let (mut taken, mut booked) = (BTreeSet::new(), Vec::<Slot>::new());
        for pick in picks {
            let offered = free_slots(rules, &open, &taken, minutes, now);
            for slot in &offered {
                prop_assert_eq!((slot.ends_at - slot.starts_at).num_minutes(), minutes, "its true length");
                prop_assert_eq!(check_slot(rules, &open, *slot, now), Ok(()));
                for other in &booked {
                    let clear = slot.ends_at + buffers.after <= other.starts_at - buffers.before
                        || other.ends_at + buffers.after <= slot.starts_at - buffers.before;
                    prop_assert!(clear, "{slot:?} beside {other:?}");
                }
            }
            if offered.is_empty() {
                break;
            }
            let slot = offered[pick.index(offered.len())];
            let before = taken.len();
            let touched = quarters((slot.starts_at, slot.ends_at), buffers);
            let count = usize::try_from(touched.end - touched.start).unwrap();
            taken.extend(touched);
            prop_assert_eq!(taken.len(), before + count, "no quarter is taken twice");
            booked.push(slot);
        }
    }

    #[test]
    fn no_time_within_the_openings_is_kept_from_clients(zone in zones(), week in weeks(), on in days()) {
        let rules = SlotRules { step_minutes: 15, min_minutes: 15, horizon_days: 10_000, ..rules() };
        let open = openings(zone, &week, on);
        let offered = free_slots(rules, &open, &BTreeSet::new(), 15, at("2023-12-01T00:00:00Z"));
        let open_minutes: i64 = joined(&open).iter().map(|(from, to)| (*to - *from).num_minutes()).sum();
        prop_assert_eq!(i64::try_from(offered.len()).unwrap() * 15, open_minutes);
    }
}
