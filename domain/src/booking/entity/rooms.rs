//! Rooms, their exceptional days, and equipment.

pub mod room {
    //! What is booked.
    use sea_orm::entity::prelude::*;

    use crate::{
        booking::rules::{WeekHours, Zone},
        env::Instant,
        ids::{RoomId, StudioId},
        money::{Currency, Money},
        share::Share,
    };

    /// A room of a studio, with its rates, hours and terms.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rooms")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RoomId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its word in addresses, unique in the studio.
        pub slug: String,
        /// Its name.
        pub name: String,
        /// A few sentences about it.
        pub description: String,
        /// Where it is, as clients find it.
        pub address: Option<String>,
        /// Whether clients book it on its public page.
        pub is_public: bool,
        /// Where its clocks stand.
        pub time_zone: Zone,
        /// When it is open, week by week.
        #[sea_orm(column_type = "JsonBinary")]
        pub hours: WeekHours,
        /// What it costs in.
        pub currency: Currency,
        /// What an hour costs, in minor units; none if it is not rented by the hour.
        pub hour_rate_minor: Option<i64>,
        /// What a day costs, in minor units; none if it is not rented by the day.
        pub day_rate_minor: Option<i64>,
        /// Every how many minutes a client's session can begin, counted from the opening.
        pub step_minutes: i32,
        /// The shortest session, in minutes.
        pub min_minutes: i32,
        /// The longest session, in minutes.
        pub max_minutes: i32,
        /// For how many minutes before a booking nothing else is booked.
        pub buffer_before_minutes: i32,
        /// For how many minutes after a booking nothing else is booked.
        pub buffer_after_minutes: i32,
        /// How many minutes ahead a client books at the latest.
        pub notice_minutes: i32,
        /// How many days ahead a client books at the earliest.
        pub horizon_days: i32,
        /// For how many minutes a client's time is kept until they have paid or confirmed.
        pub hold_minutes: i32,
        /// Which part of the price is paid ahead.
        pub deposit_share: Share,
        /// Until how many hours before its start a client cancels for nothing.
        pub free_cancel_hours: i32,
        /// Which part of the deposit is kept of a client who cancels later, or does not come.
        pub kept_share: Share,
        /// When it was given up; none while it is booked.
        pub archived_at: Option<Instant>,
        /// When it was entered.
        pub created_at: Instant,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    impl Model {
        /// What an hour costs.
        pub fn hour_rate(&self) -> Option<Money> {
            self.hour_rate_minor.map(|minor| Money::new(minor, self.currency))
        }

        /// What a day costs.
        pub fn day_rate(&self) -> Option<Money> {
            self.day_rate_minor.map(|minor| Money::new(minor, self.currency))
        }
    }

    crate::plain_entity!();
}

pub mod exception {
    //! Days with other hours.
    use sea_orm::entity::prelude::*;

    use crate::{booking::rules::DayHours, ids::RoomId};

    /// A day on which a room has other hours than the week says; none at all on a day on which it is closed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_exceptions")]
    pub struct Model {
        /// The room.
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: RoomId,
        /// The day, where the room is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub on_date: Date,
        /// Its hours.
        #[sea_orm(column_type = "JsonBinary")]
        pub hours: DayHours,
        /// Why.
        pub note: Option<String>,
    }

    crate::plain_entity!();
}

pub mod equipment {
    //! What is used in rooms.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{EquipmentId, RoomId, StudioId},
        money::{Currency, Money},
    };

    /// A piece of equipment of a studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "equipment")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EquipmentId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The room that it stays in; none if it is carried about.
        pub room_id: Option<RoomId>,
        /// Its name.
        pub name: String,
        /// What sort of thing it is, such as `microphone`.
        pub category: String,
        /// Its maker's number.
        pub serial: Option<String>,
        /// Whether clients book it on the public page.
        pub is_public: bool,
        /// What it costs in.
        pub currency: Currency,
        /// What an hour costs, in minor units.
        pub hour_rate_minor: Option<i64>,
        /// What a day costs, in minor units.
        pub day_rate_minor: Option<i64>,
        /// When it was given up; none while it is booked.
        pub archived_at: Option<Instant>,
        /// When it was entered.
        pub created_at: Instant,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    impl Model {
        /// What an hour costs.
        pub fn hour_rate(&self) -> Option<Money> {
            self.hour_rate_minor.map(|minor| Money::new(minor, self.currency))
        }

        /// What a day costs.
        pub fn day_rate(&self) -> Option<Money> {
            self.day_rate_minor.map(|minor| Money::new(minor, self.currency))
        }
    }

    crate::plain_entity!();
}
