//! Bookings that recur.

use std::collections::BTreeSet;

use domain::{
    booking::{
        BookingError,
        commands::{ClientFacts, EquipmentChange, NewBooking, NewLength, NewSeries, cancel_series, create_series},
        entity::{BookingState, booking, series},
        rules::recurring::SeriesEnd,
    },
    ids::BookingSeriesId,
    money::Currency,
    outbox::entity::job,
    report::Explain,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{at, book, booked, found, house, minutes, piece, refusal, room, taken, terms};
use crate::{shop::Shop, support::on_each_database};

async fn make(
    shop: &Shop,
    first: NewBooking,
    end: SeriesEnd,
) -> Result<(series::Model, Vec<booking::Model>), BookingError> {
    let new = NewSeries { first, every_weeks: 1, end };
    let tx = shop.services.begin().await.unwrap();
    let made = create_series(&tx, &house(shop), &new).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(made)
}

#[tokio::test]
async fn a_series_keeps_the_clock_over_the_change_of_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let client = Some(ClientFacts { name: "Ada".into(), email: "ada@example.com".into() });
        let first = NewBooking { client, ..booked(&room, minutes("2027-03-15T17:00:00Z", 120)) };
        let (series, made) = make(&shop, first, SeriesEnd::Until("2027-04-11".parse().unwrap())).await.unwrap();
        assert_eq!((series.occurrences, series.every_weeks), (4, 1));
        let starts: Vec<_> = made.iter().map(|row| row.starts_at).collect();
        let expected = ["2027-03-15T17:00:00Z", "2027-03-22T17:00:00Z", "2027-03-29T16:00:00Z", "2027-04-05T16:00:00Z"];
        assert_eq!(starts, expected.map(at), "at six in the evening, winter and summer");
        assert!(made.iter().all(|row| row.state == BookingState::Confirmed && row.series_id == Some(series.id)));
        assert_eq!(taken(&shop, room.id).await, 32);
        let mails =
            |kind: &'static str| job::Entity::find().filter(job::Column::Kind.eq(kind)).count(&shop.services.db);
        assert_eq!(mails("mail_booking_series").await.unwrap(), 1, "one mail of all");
        assert_eq!(mails("mail_booking").await.unwrap(), 0);

        // One of them is called off for itself, and later what is left from a day on.
        let tx = shop.services.begin().await.unwrap();
        let off =
            cancel_series(&tx, &house(&shop), series.id, Some(at("2027-03-23T00:00:00Z")), "On tour").await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let ids = |rows: &[booking::Model]| rows.iter().map(|row| row.id).collect::<BTreeSet<_>>();
        assert_eq!(ids(&off), ids(&made[2..]));
        assert_eq!(found(&shop, made[1].id).await.state, BookingState::Confirmed);
        assert_eq!(taken(&shop, room.id).await, 16);
        assert_eq!(mails("mail_booking_series").await.unwrap(), 2);
        let tx = shop.services.begin().await.unwrap();
        let again = cancel_series(&tx, &house(&shop), series.id, Some(at("2027-03-23T00:00:00Z")), "").await.unwrap();
        shop.services.commit(tx).await.unwrap();
        assert!(again.is_empty());
        assert_eq!(mails("mail_booking_series").await.unwrap(), 2, "of nothing nobody is told");
    })
    .await;
}

#[tokio::test]
async fn a_series_that_meets_another_booking_names_the_day_and_makes_none() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let other = booked(&room, minutes("2026-12-17T14:30:00Z", 60));
        book(&shop, &house(&shop), &other).await.unwrap();
        let first = booked(&room, minutes("2026-12-03T13:00:00Z", 120));
        let refused = make(&shop, first.clone(), SeriesEnd::Count(4)).await.unwrap_err().explain();
        assert_eq!((refused.code, refused.field.as_deref()), ("TAKEN", Some("occurrences.2026-12-17")));
        assert!(refused.message.contains("17 December 2026: Room A is taken"), "{}", refused.message);
        assert_eq!(booking::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_eq!(series::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_eq!(taken(&shop, room.id).await, 4);
        assert_eq!(make(&shop, first.clone(), SeriesEnd::Count(2)).await.unwrap().1.len(), 2, "before that day");

        for end in [SeriesEnd::Count(1), SeriesEnd::Count(105), SeriesEnd::Until("2026-12-05".parse().unwrap())] {
            assert_eq!(refusal(make(&shop, first.clone(), end).await), ("SERIES_COUNT", "until".to_owned()), "{end:?}");
        }
        let days = NewLength::Days { first: "2026-12-07".parse().unwrap(), days: 7 };
        let mut all_along = NewBooking { outside_hours: true, ..booked(&room, days) };
        for number in 0..9 {
            all_along.equipment.push(piece(&shop, &format!("U {number}"), EquipmentChange::default()).await.id);
        }
        let too_much = refusal(make(&shop, all_along, SeriesEnd::Count(104)).await);
        assert_eq!(too_much, ("SERIES_QUARTERS", "until".to_owned()), "one transaction holds only so much");
        let closed = booked(&room, minutes("2026-12-03T02:00:00Z", 60));
        assert_eq!(refusal(make(&shop, closed, SeriesEnd::Count(2)).await).0, "TIME_CLOSED");
        let unknown: BookingSeriesId = shop.services.env.id();
        let tx = shop.services.begin().await.unwrap();
        let lost = cancel_series(&tx, &house(&shop), unknown, None, "").await;
        assert_eq!(refusal(lost), ("NOT_FOUND", "series".to_owned()));
    })
    .await;
}
