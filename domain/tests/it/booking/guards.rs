//! What the database refuses whatever the program believes.

use domain::{
    booking::{
        BookingError,
        commands::{NewFeed, StudioCancel, cancel_as_studio, create_feed},
        entity::{BookingState, booking, booking_event, room_slice},
        queries::find_feed_by_link,
    },
    identity::{IdentityError, InTheWay, commands::close_studio_of},
    links::Purpose,
    money::Currency,
    policy::Denied,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{book, booked, hold, house, minutes, room, terms, wish};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn the_database_lets_one_booking_have_a_quarter_of_an_hour() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (room, db) = (room(&shop, "Room A", terms()).await, &world.db);
        let first = book(&shop, &house(&shop), &booked(&room, minutes("2026-12-03T13:00:00Z", 60))).await.unwrap();
        let second = book(&shop, &house(&shop), &booked(&room, minutes("2026-12-03T15:00:00Z", 60))).await.unwrap();
        let of_first = room_slice::Entity::find().filter(room_slice::Column::BookingId.eq(first.id));
        let slice = of_first.one(db).await.unwrap().unwrap();
        let stolen = room_slice::Model { booking_id: second.id, ..slice };
        assert!(stolen.into_active_model().insert(db).await.is_err(), "it is the other’s");
        let handed_on = room_slice::ActiveModel {
            room_id: Set(slice.room_id),
            slice: Set(slice.slice),
            booking_id: Set(second.id),
        };
        assert!(handed_on.update(db).await.is_err());
        let off = StudioCancel { note: "", by_client: false };
        cancel_as_studio(&shop.services, &house(&shop), first.id, off).await.unwrap();
        assert!(slice.into_active_model().insert(db).await.is_err(), "what is called off occupies nothing");
    })
    .await;
}

#[tokio::test]
async fn the_database_forgets_no_booking_and_lets_none_rise_again() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (room, db) = (room(&shop, "Room A", terms()).await, &world.db);
        let made = book(&shop, &house(&shop), &booked(&room, minutes("2026-12-03T13:00:00Z", 60))).await.unwrap();
        assert!(booking_event::Entity::delete_many().exec(db).await.is_err());
        let off = StudioCancel { note: "", by_client: false };
        cancel_as_studio(&shop.services, &house(&shop), made.id, off).await.unwrap();
        assert!(booking::Entity::delete_by_id(made.id).exec(db).await.is_err());
        let back = booking::ActiveModel { id: Set(made.id), state: Set(BookingState::Confirmed), ..Default::default() };
        assert!(back.update(db).await.is_err());
        let event = booking_event::Entity::find_by_id((made.id, 1)).one(db).await.unwrap().unwrap();
        let other = booking_event::ActiveModel { note: Set(Some("x".into())), ..event.into_active_model() };
        assert!(other.update(db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_the_terms_and_lets_what_is_over_occupy_nothing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (room, db) = (room(&shop, "Room A", terms()).await, &world.db);
        let made = book(&shop, &house(&shop), &booked(&room, minutes("2026-12-03T13:00:00Z", 60))).await.unwrap();
        let same = || booking::ActiveModel { id: Set(made.id), ..Default::default() };
        for (changed, why) in [
            (
                booking::ActiveModel { state: Set(BookingState::Cancelled), ..same() },
                "it has its quarters of an hour yet",
            ),
            (booking::ActiveModel { free_hours: Set(0), ..same() }, "its terms are those of when it was made"),
            (booking::ActiveModel { deposit_minor: Set(1), ..same() }, "nor is more asked ahead than was told"),
            (
                booking::ActiveModel { free_until: Set(made.ends_at), ..same() },
                "what has begun is not cancelled for nothing",
            ),
        ] {
            assert!(changed.update(db).await.is_err(), "{why}");
        }
        let noted = booking::ActiveModel { notes: Set("Bring the tapes".into()), ..same() };
        assert!(noted.update(db).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_studio_that_is_booked_is_not_closed_and_one_that_is_closed_is_not_booked() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (services, system) = (&shop.services, house(&shop));
        let room = room(&shop, "Room A", terms()).await;
        let ahead = book(&shop, &system, &booked(&room, minutes("2026-12-03T13:00:00Z", 60))).await.unwrap();
        let tx = services.begin().await.unwrap();
        let new = NewFeed { room: None, party: None, shows_names: false };
        let feed = create_feed(&tx, &system, shop.studio, new).await.unwrap();
        services.commit(tx).await.unwrap();
        let close = async || {
            let tx = services.begin().await.unwrap();
            close_studio_of(&tx, &system, "nova", "moving on").await?;
            services.commit(tx).await.unwrap();
            Ok::<_, IdentityError>(())
        };
        match close().await {
            Err(IdentityError::InTheWay(standing)) => assert_eq!(standing, [InTheWay::Bookings(1)]),
            other => panic!("{other:?}"),
        }
        let off = StudioCancel { note: "", by_client: false };
        cancel_as_studio(services, &system, ahead.id, off).await.unwrap();
        close().await.unwrap();

        let held = hold(&shop, &wish(&room, "2026-12-03T13:00:00Z", 60)).await;
        assert!(matches!(held, Err(BookingError::Denied(Denied::Closed))), "{held:?}");
        let token = services.links.token(Purpose::Calendar, feed.id, None);
        let read = find_feed_by_link(&world.db, &services.links, &token, services.env.now()).await;
        assert!(matches!(read, Err(BookingError::Denied(Denied::Closed))), "{read:?}");
    })
    .await;
}
