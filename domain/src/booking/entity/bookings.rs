//! Bookings, what they occupy, and the calendars of them.

pub mod series {
    //! Bookings that recur.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{BookingSeriesId, RoomId, StudioId, UserId},
    };

    /// Bookings that were made together, each a booking of its own. The database refuses to change it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booking_series")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BookingSeriesId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The room.
        pub room_id: RoomId,
        /// Every how many weeks.
        pub every_weeks: i32,
        /// How many were made.
        pub occurrences: i32,
        /// Who made them; none if a program did.
        pub created_by: Option<UserId>,
        /// When.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod booking {
    //! Bookings.
    use sea_orm::entity::prelude::*;

    use super::super::{BookingKind, BookingState};
    use crate::{
        email::EmailAddress,
        env::Instant,
        ids::{BookingId, BookingSeriesId, PartyId, ProjectId, RoomId, StudioId, UserId},
        money::{Currency, Money},
        share::Share,
    };

    /// A booking of a room, with the terms as they were when it was made.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bookings")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BookingId,
        /// Whose room it is.
        pub studio_id: StudioId,
        /// The room.
        pub room_id: RoomId,
        /// The series that it is of.
        pub series_id: Option<BookingSeriesId>,
        /// What it is for.
        pub kind: BookingKind,
        /// Where it stands.
        pub state: BookingState,
        /// What it is called in calendars.
        pub title: String,
        /// When it begins.
        pub starts_at: Instant,
        /// When it ends.
        pub ends_at: Instant,
        /// Who has booked.
        pub client_name: Option<String>,
        /// Where they are reached.
        pub client_email: Option<EmailAddress>,
        /// Who they are in the books; of a client who has booked on the public page from the moment it is confirmed.
        pub party_id: Option<PartyId>,
        /// The project that it is for.
        pub project_id: Option<ProjectId>,
        /// What was said with it.
        pub notes: String,
        /// What it costs, equipment and all, in minor units.
        pub price_minor: i64,
        /// What of that is paid ahead.
        pub deposit_minor: i64,
        /// Their currency.
        pub currency: Currency,
        /// Until how many hours before its start the client cancels for nothing.
        pub free_hours: i32,
        /// Until when that is; later, if the studio has moved it to an earlier time.
        pub free_until: Instant,
        /// Which part of the deposit is kept after that.
        pub kept_share: Share,
        /// Until when its time is kept; none unless it is held.
        pub held_until: Option<Instant>,
        /// How often its time, or who is asked to come, has changed: calendars take the later of two versions.
        pub sequence: i32,
        /// How many events it has.
        pub events: i32,
        /// The network address that it was booked from on the public page.
        pub client_ip: Option<String>,
        /// The browser that it was booked with there.
        pub client_user_agent: Option<String>,
        /// The member who made it.
        pub created_by: Option<UserId>,
        /// When it was made.
        pub created_at: Instant,
        /// When it was last changed.
        pub updated_at: Instant,
        /// What is kept of the deposit, in minor units, once it was cancelled or nobody came.
        pub kept_minor: Option<i64>,
    }

    impl Model {
        /// What it costs.
        pub const fn price(&self) -> Money {
            Money::new(self.price_minor, self.currency)
        }

        /// What of that is paid ahead.
        pub const fn deposit(&self) -> Money {
            Money::new(self.deposit_minor, self.currency)
        }

        /// Whether it occupies its room.
        pub const fn stands(&self) -> bool {
            matches!(self.state, BookingState::Held | BookingState::Confirmed)
        }
    }

    crate::plain_entity!();
}

pub mod booking_equipment {
    //! Equipment that was booked along.
    use sea_orm::entity::prelude::*;

    use crate::ids::{BookingId, EquipmentId};

    /// That a piece of equipment was booked along.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booking_equipment")]
    pub struct Model {
        /// The booking.
        #[sea_orm(primary_key, auto_increment = false)]
        pub booking_id: BookingId,
        /// The piece.
        #[sea_orm(primary_key, auto_increment = false)]
        pub equipment_id: EquipmentId,
        /// What it costs, in minor units of the booking's currency; within the booking's price.
        pub price_minor: i64,
    }

    crate::plain_entity!();
}

pub mod booking_person {
    //! Who is asked to come.
    use sea_orm::entity::prelude::*;

    use crate::ids::{BookingId, PartyId};

    /// That somebody is asked to come, such as the engineer.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booking_people")]
    pub struct Model {
        /// The booking.
        #[sea_orm(primary_key, auto_increment = false)]
        pub booking_id: BookingId,
        /// Who.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// As what.
        pub role: String,
    }

    crate::plain_entity!();
}

pub mod deposit {
    //! Orders that pay a deposit.
    use sea_orm::entity::prelude::*;

    use crate::ids::{BookingId, OrderId};

    /// That an order, which has no lines, pays the deposit of a booking. Of one that was not paid in time another follows. The database refuses to change it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booking_deposits")]
    pub struct Model {
        /// The order.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: OrderId,
        /// The booking.
        pub booking_id: BookingId,
        /// What is paid for, as the client reads it at the gateway.
        pub title: String,
    }

    crate::plain_entity!();
}

pub mod booking_event {
    //! What became of bookings.
    use sea_orm::entity::prelude::*;

    use super::super::{BookingAct, BookingSide};
    use crate::{
        env::Instant,
        ids::{BookingId, RoomId, UserId},
    };

    /// Something that was done with a booking. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booking_events")]
    pub struct Model {
        /// The booking.
        #[sea_orm(primary_key, auto_increment = false)]
        pub booking_id: BookingId,
        /// Its place, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i32,
        /// What was done.
        pub act: BookingAct,
        /// Who did it.
        pub side: BookingSide,
        /// The studio's member who did it.
        pub user_id: Option<UserId>,
        /// The room since then.
        pub room_id: RoomId,
        /// When it begins since then.
        pub starts_at: Instant,
        /// When it ends since then.
        pub ends_at: Instant,
        /// What was said with it.
        pub note: Option<String>,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}

pub mod room_slice {
    //! When rooms are occupied.
    use sea_orm::entity::prelude::*;

    use crate::ids::{BookingId, RoomId};

    /// That a booking occupies a room for a quarter of an hour, buffers included. The primary key lets one booking alone have it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_slices")]
    pub struct Model {
        /// The room.
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: RoomId,
        /// The quarter of an hour, numbered from the beginning of 1970 in UTC.
        #[sea_orm(primary_key, auto_increment = false)]
        pub slice: i64,
        /// The booking.
        pub booking_id: BookingId,
    }

    crate::plain_entity!();
}

pub mod equipment_slice {
    //! When equipment is occupied.
    use sea_orm::entity::prelude::*;

    use crate::ids::{BookingId, EquipmentId};

    /// That a booking occupies a piece of equipment for a quarter of an hour; as a room's.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "equipment_slices")]
    pub struct Model {
        /// The piece.
        #[sea_orm(primary_key, auto_increment = false)]
        pub equipment_id: EquipmentId,
        /// The quarter of an hour, numbered from the beginning of 1970 in UTC.
        #[sea_orm(primary_key, auto_increment = false)]
        pub slice: i64,
        /// The booking.
        pub booking_id: BookingId,
    }

    crate::plain_entity!();
}

pub mod feed {
    //! Calendars that others subscribe to.
    use sea_orm::entity::prelude::*;

    use super::super::FeedScope;
    use crate::{
        env::Instant,
        ids::{CalendarFeedId, PartyId, RoomId, StudioId, UserId},
    };

    /// A calendar of bookings, read by whoever holds its link until it is revoked.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "calendar_feeds")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CalendarFeedId,
        /// Whose bookings it holds.
        pub studio_id: StudioId,
        /// Which of them.
        pub scope: FeedScope,
        /// The room, of a room's.
        pub room_id: Option<RoomId>,
        /// The party, of a person's.
        pub party_id: Option<PartyId>,
        /// Whether it says who has booked and what they said, or only that a room is taken.
        pub shows_names: bool,
        /// Who made it.
        pub created_by: Option<UserId>,
        /// When.
        pub created_at: Instant,
        /// When it was revoked; none while it is read.
        pub revoked_at: Option<Instant>,
    }

    crate::plain_entity!();
}
