//! What projects cost.

use crate::text_enum;

text_enum! {
    /// What money is spent on.
    pub enum BudgetCategory {
        /// Rooms.
        Studio = "studio",
        /// Producers.
        Producer = "producer",
        /// Musicians and singers.
        Musician = "musician",
        /// Recording engineers.
        Engineer = "engineer",
        /// Mixing.
        Mixing = "mixing",
        /// Mastering.
        Mastering = "mastering",
        /// Instruments and equipment.
        Equipment = "equipment",
        /// Samples and their clearance.
        Samples = "samples",
        /// Travel and lodging.
        Travel = "travel",
        /// Pictures.
        Artwork = "artwork",
        /// Promotion.
        Promotion = "promotion",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// What a rate is paid for.
    pub enum RateKind {
        /// All of it at once.
        Flat = "flat",
        /// An hour.
        Hour = "hour",
        /// A day.
        Day = "day",
        /// A song.
        Song = "song",
    }
}

pub mod line {
    //! Lines of budgets.
    use sea_orm::entity::prelude::*;

    use super::{BudgetCategory, RateKind};
    use crate::{
        env::Instant,
        ids::{BudgetLineId, PartyId, ProjectId, StudioId},
    };

    /// What is to be spent on one thing, in the currency of the project's plan.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "budget_lines")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BudgetLineId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// On what sort of thing.
        pub category: BudgetCategory,
        /// On what.
        pub title: String,
        /// Who is hired for it.
        pub hire_id: Option<PartyId>,
        /// What the rate is paid for.
        pub rate_kind: RateKind,
        /// The rate in minor units.
        pub rate_minor: i64,
        /// How many of them, in thousandths; 1000 if it is flat.
        pub quantity_milli: i32,
        /// Whether it is recouped from the artist's income.
        pub recoupable: bool,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod cost {
    //! What lines have cost; append-only.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ApiKeyId, BudgetCostId, BudgetLineId, ProjectId, StudioId, UserId},
    };

    /// What a line has cost. One that another corrects counts no more.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "budget_costs")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BudgetCostId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// The line.
        pub line_id: BudgetLineId,
        /// How much, in minor units; nothing for what was recorded by mistake and is corrected.
        pub amount_minor: i64,
        /// On which day.
        pub incurred_on: Date,
        /// What for.
        pub note: String,
        /// The cost in whose place it stands.
        pub corrects_id: Option<BudgetCostId>,
        /// The key of the request; the same key records once.
        pub request_key: Option<String>,
        /// The member who recorded it.
        pub user_id: Option<UserId>,
        /// The program that recorded it.
        pub api_key_id: Option<ApiKeyId>,
        /// When.
        pub recorded_at: Instant,
    }

    crate::plain_entity!();
}
