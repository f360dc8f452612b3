//! What the database refuses whatever the program believes.

use domain::{
    booking::{
        commands::{StudioCancel, cancel_as_studio},
        entity::{BookingState, booking, booking_event, room_slice},
    },
    money::Currency,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{book, booked, house, minutes, room, terms};
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
