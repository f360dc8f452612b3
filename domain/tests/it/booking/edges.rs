//! Edges: years that no calendar has, other studios' equipment, and people who are asked later.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::{
    booking::{
        commands::{
            BookingChange, EquipmentChange, HoldSlot, NewBooking, NewLength, NewSeries, change_booking, create_series,
            set_exception,
        },
        entity::{BookingReader, booking},
        queries::{self, Wanted},
        rules::{Barred, recurring::SeriesEnd},
    },
    edit::Edit,
    env::Instant,
    ids::PartyId,
    money::Currency,
};

use super::{book, booked, hold, house, minutes, offered, piece, refusal, room, terms, told, wish};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn a_year_that_no_calendar_has_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let of = |starts_at| NewLength::Minutes { starts_at, minutes: 60 };
        let days = |first| NewLength::Days { first, days: 1 };
        for (n, (time, code)) in [
            (of(Instant::MAX_UTC), "TIME_HORIZON"),
            (of(Instant::MIN_UTC), "TIME_PAST"),
            (days(NaiveDate::MAX), "TIME_HORIZON"),
            (days(NaiveDate::MIN), "TIME_PAST"),
        ]
        .into_iter()
        .enumerate()
        {
            let wish =
                HoldSlot { email: format!("ada{n}@example.com"), time, ..wish(&room, "2026-12-03T13:00:00Z", 60) };
            assert_eq!(refusal(hold(&shop, &wish).await).0, code, "{time:?}");
            assert_eq!(refusal(queries::quote(&room, &[], time)).0, code, "{time:?}");
            assert_eq!(refusal(book(&shop, &house(&shop), &booked(&room, time)).await).0, code, "{time:?}");
            let series = NewSeries { first: booked(&room, time), every_weeks: 1, end: SeriesEnd::Count(2) };
            let tx = shop.services.begin().await.unwrap();
            assert_eq!(refusal(create_series(&tx, &house(&shop), &series).await).0, code, "{time:?}");
        }
        let (wanted, now) = (Wanted { room: &room, equipment: &[], moving: None }, shop.services.env.now());
        for first in [NaiveDate::MIN, NaiveDate::MAX] {
            assert!(queries::free_slots(&world.db, wanted, (first, 62), 60, now).await.unwrap().is_empty());
            assert!(queries::free_lockouts(&world.db, wanted, (first, 62), 2, now).await.unwrap().is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn what_bars_a_day_is_told_of_sessions_and_of_lock_outs() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let [third, fourth, fifth] =
            ["2026-12-03", "2026-12-04", "2026-12-05"].map(|day| day.parse::<NaiveDate>().unwrap());
        let day = NewLength::Days { first: third, days: 1 };
        book(&shop, &house(&shop), &booked(&room, day)).await.unwrap();
        let tx = shop.services.begin().await.unwrap();
        set_exception(&tx, &house(&shop), (room.id, fifth), &[], None).await.unwrap();
        shop.services.commit(tx).await.unwrap();

        let (wanted, now) = (Wanted { room: &room, equipment: &[], moving: None }, shop.services.env.now());
        let slots = queries::why_no_slots(&world.db, wanted, (third, 4), 60, now).await.unwrap();
        assert_eq!(slots, BTreeMap::from([(third, Barred::Taken), (fifth, Barred::Closed)]));
        let lockouts =
            async |days, length| queries::why_no_lockouts(&world.db, wanted, days, length, now).await.unwrap();
        let of_two = [(third, Barred::Taken), (fourth, Barred::Closed), (fifth, Barred::Closed)];
        assert_eq!(lockouts((third, 4), 2).await, BTreeMap::from(of_two));
        let today = room.time_zone.day(now);
        assert_eq!(lockouts((today, 1), 1).await, BTreeMap::from([(today, Barred::Notice)]));
        let far = today + Days::new(200);
        assert_eq!(lockouts((far, 1), 1).await, BTreeMap::from([(far, Barred::Horizon)]));
    })
    .await;
}

#[tokio::test]
async fn another_studios_equipment_tells_nothing_of_its_use() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let mine = piece(&shop, "U 87", EquipmentChange::default()).await;
        let new = NewBooking { equipment: vec![mine.id], ..booked(&room, minutes("2026-12-03T13:00:00Z", 60)) };
        let made = book(&shop, &house(&shop), &new).await.unwrap();
        // In a room of the same hours that is free then.
        let here = super::room(&shop, "Room B", terms()).await;
        assert!(!offered(&shop, &here, &[mine.id], "2026-12-03", 60).await.contains(&"14:00".to_owned()));
        let elsewhere = domain::booking::entity::room::Model { studio_id: shop.services.env.id(), ..here };
        assert!(offered(&shop, &elsewhere, &[mine.id], "2026-12-03", 60).await.contains(&"14:00".to_owned()));
        assert_eq!(made.state, domain::booking::entity::BookingState::Confirmed);
    })
    .await;
}

/// Has these people asked to a booking, and nobody else.
async fn ask(shop: &Shop, booking: &booking::Model, people: &[PartyId]) -> booking::Model {
    let people = people.iter().map(|person| (*person, "engineer".to_owned())).collect();
    let change = BookingChange { people: Edit::To(people), ..BookingChange::default() };
    let tx = shop.services.begin().await.unwrap();
    let changed = change_booking(&tx, &house(shop), booking.id, change).await.unwrap();
    shop.services.commit(tx).await.unwrap();
    changed
}

#[tokio::test]
async fn who_is_asked_later_is_told_and_who_is_asked_no_more() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let made = book(&shop, &house(&shop), &booked(&room, minutes("2026-12-03T13:00:00Z", 60))).await.unwrap();
        let [first, second] = [shop.makers[0], shop.makers[1]];
        assert_eq!(ask(&shop, &made, &[first]).await.sequence, 1, "calendars take the later version");
        ask(&shop, &made, &[first]).await;
        ask(&shop, &made, &[second]).await;
        let mut expected = [
            format!("2 {:?}", BookingReader::Person(first)),
            format!("4 {:?}", BookingReader::Person(second)),
            format!("4 {:?}", BookingReader::Dropped(first)),
        ];
        expected.sort_unstable();
        assert_eq!(told(&shop, made.id).await, expected);

        // Of what is only held nobody hears but its client.
        let held = hold(&shop, &wish(&room, "2026-12-04T13:00:00Z", 60)).await.unwrap();
        ask(&shop, &held, &[first]).await;
        assert_eq!(told(&shop, held.id).await, ["1 Client"]);
    })
    .await;
}
