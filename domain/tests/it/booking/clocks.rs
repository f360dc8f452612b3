//! Bookings over the change of clocks: as long as they truly are, whatever the clocks show.

use domain::{
    booking::{
        commands::{NewLength, RoomInput},
        entity::BookingKind,
        rules::{Opening, Span},
    },
    money::Currency,
};

use super::{at, book, booked, hold, house, minutes, open_room, refusal, room, taken, terms, wish};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn a_session_over_the_change_of_clocks_has_its_true_length() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        // Saturday night, ten in the evening to six in the morning; on the 28th of March an hour of it is skipped.
        let hours = vec![Opening { weekday: 6, span: Span { opens_minute: 1_320, closes_minute: 1_800 } }];
        let name = "Night".to_owned();
        let night = open_room(&shop, RoomInput { name, time_zone: "Europe/Berlin".into(), hours, rest: terms() }).await;
        let from = "2027-03-27T21:00:00Z";
        assert_eq!(refusal(hold(&shop, &wish(&night, from, 480)).await).0, "TIME_CLOSED", "the night has seven hours");
        let held = hold(&shop, &wish(&night, from, 420)).await.unwrap();
        assert_eq!(held.ends_at, at("2027-03-28T04:00:00Z"));
        assert_eq!((held.price_minor, taken(&shop, night.id).await), (35_000, 28));

        // A whole day is 23 hours then, and costs a day.
        let all = room(&shop, "Room A", terms()).await;
        let lockout = booked(&all, NewLength::Days { first: "2027-03-28".parse().unwrap(), days: 1 });
        let lockout = book(&shop, &house(&shop), &lockout).await.unwrap();
        assert_eq!((lockout.kind, lockout.price_minor), (BookingKind::Lockout, 35_000));
        assert_eq!((lockout.ends_at - lockout.starts_at).num_hours(), 23);
        assert_eq!(taken(&shop, all.id).await, 92);
    })
    .await;
}

#[tokio::test]
async fn an_hour_that_the_clocks_show_twice_is_two() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        // The night to the 31st of October 2027 has an hour more, from two to three in the morning.
        let hours = vec![Opening { weekday: 6, span: Span { opens_minute: 1_320, closes_minute: 1_800 } }];
        let name = "Night".to_owned();
        let night = open_room(&shop, RoomInput { name, time_zone: "Europe/Berlin".into(), hours, rest: terms() }).await;
        for from in ["2027-10-31T00:00:00Z", "2027-10-31T01:00:00Z"] {
            assert_eq!(night.time_zone.local(at(from)).to_string(), "2027-10-31 02:00:00");
            book(&shop, &house(&shop), &booked(&night, minutes(from, 60))).await.unwrap();
            let again = book(&shop, &house(&shop), &booked(&night, minutes(from, 60))).await;
            assert_eq!(refusal(again), ("TAKEN", "startsAt".to_owned()));
        }
        assert_eq!(taken(&shop, night.id).await, 8);

        // A whole day is 25 hours then, and costs a day.
        let all = room(&shop, "Room A", terms()).await;
        let lockout = booked(&all, NewLength::Days { first: "2027-10-31".parse().unwrap(), days: 1 });
        let lockout = book(&shop, &house(&shop), &lockout).await.unwrap();
        assert_eq!((lockout.ends_at - lockout.starts_at).num_hours(), 25);
        assert_eq!((lockout.price_minor, taken(&shop, all.id).await), (35_000, 100));
    })
    .await;
}
