//! What many bookings of one answer ask for, loaded in one query each.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use domain::{
    booking::{
        commands::paid_deposits,
        entity::{booking, booking_event, equipment, exception, room},
        queries,
    },
    ids::{BookingId, BookingSeriesId, OrderId, PartyId, RoomId},
    money::Money,
    parties::{self, entity as party},
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

impl Loader<RoomId> for CallerLoader {
    type Value = room::Model;
    type Error = Failure;

    async fn load(&self, keys: &[RoomId]) -> Result<HashMap<RoomId, Self::Value>, Failure> {
        Ok(queries::rooms_by_ids(&self.caller.services.db, keys).await?)
    }
}

/// Loads a party that stands in a row which the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct PartyNamed(pub(in crate::graphql) PartyId);

impl Loader<PartyNamed> for CallerLoader {
    type Value = party::Model;
    type Error = Failure;

    async fn load(&self, keys: &[PartyNamed]) -> Result<HashMap<PartyNamed, Self::Value>, Failure> {
        let ids: Vec<PartyId> = keys.iter().map(|key| key.0).collect();
        let found = parties::find_parties_by_ids(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, row)| (PartyNamed(id), row)).collect())
    }
}

/// Loads the exceptional days of a room from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ExceptionsOf(pub(super) RoomId, pub(super) NaiveDate);

impl Loader<ExceptionsOf> for CallerLoader {
    type Value = Vec<exception::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[ExceptionsOf]) -> Result<HashMap<ExceptionsOf, Self::Value>, Failure> {
        let rooms: Vec<RoomId> = keys.iter().map(|key| key.0).collect();
        let Some(from) = keys.iter().map(|key| key.1).min() else { return Ok(HashMap::new()) };
        let found = queries::exceptions_of_room(&self.caller.services.db, &rooms, from).await?;
        let of = |key: &ExceptionsOf| {
            let rows = found.get(&key.0).into_iter().flatten();
            (*key, rows.filter(|row| key.1 <= row.on_date).cloned().collect())
        };
        Ok(keys.iter().map(of).collect())
    }
}

/// Loads what became of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct EventsOf(pub(super) BookingId);

impl Loader<EventsOf> for CallerLoader {
    type Value = Vec<booking_event::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[EventsOf]) -> Result<HashMap<EventsOf, Self::Value>, Failure> {
        let ids: Vec<BookingId> = keys.iter().map(|key| key.0).collect();
        let found = queries::events_of_bookings(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (EventsOf(id), rows)).collect())
    }
}

/// Loads the equipment of a booking, with what it costs in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct EquipmentOf(pub(super) BookingId);

impl Loader<EquipmentOf> for CallerLoader {
    type Value = Vec<(equipment::Model, i64)>;
    type Error = Failure;

    async fn load(&self, keys: &[EquipmentOf]) -> Result<HashMap<EquipmentOf, Self::Value>, Failure> {
        let ids: Vec<BookingId> = keys.iter().map(|key| key.0).collect();
        let found = queries::equipment_of_bookings(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (EquipmentOf(id), rows)).collect())
    }
}

/// Loads who is asked to come to a booking, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PeopleOf(pub(super) BookingId);

impl Loader<PeopleOf> for CallerLoader {
    type Value = Vec<(party::Model, String)>;
    type Error = Failure;

    async fn load(&self, keys: &[PeopleOf]) -> Result<HashMap<PeopleOf, Self::Value>, Failure> {
        let ids: Vec<BookingId> = keys.iter().map(|key| key.0).collect();
        let found = queries::people_of_bookings(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (PeopleOf(id), rows)).collect())
    }
}

/// Loads the orders of a booking's deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct DepositsOf(pub(super) BookingId);

impl Loader<DepositsOf> for CallerLoader {
    type Value = Vec<OrderId>;
    type Error = Failure;

    async fn load(&self, keys: &[DepositsOf]) -> Result<HashMap<DepositsOf, Self::Value>, Failure> {
        let ids: Vec<BookingId> = keys.iter().map(|key| key.0).collect();
        let found = queries::deposits_of_bookings(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (DepositsOf(id), rows)).collect())
    }
}

/// Loads what is left of the deposit that was paid for a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PaidOf(pub(super) BookingId);

impl Loader<PaidOf> for CallerLoader {
    type Value = Money;
    type Error = Failure;

    async fn load(&self, keys: &[PaidOf]) -> Result<HashMap<PaidOf, Self::Value>, Failure> {
        let ids: Vec<BookingId> = keys.iter().map(|key| key.0).collect();
        let found = paid_deposits(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, (_, paid))| (PaidOf(id), paid)).collect())
    }
}

/// Loads the bookings of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct BookingsOf(pub(super) BookingSeriesId);

impl Loader<BookingsOf> for CallerLoader {
    type Value = Vec<booking::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[BookingsOf]) -> Result<HashMap<BookingsOf, Self::Value>, Failure> {
        let ids: Vec<BookingSeriesId> = keys.iter().map(|key| key.0).collect();
        let found = queries::bookings_of_series(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (BookingsOf(id), rows)).collect())
    }
}
