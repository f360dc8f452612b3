//! Tables of domains.

pub mod claim {
    //! Claims.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{DomainId, StudioId},
    };

    /// A domain that a studio claims, or has proved to be its own.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "domains")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DomainId,
        /// Whose claim it is.
        pub studio_id: StudioId,
        /// The name, as [`host`](crate::domains::rules::host) writes it.
        pub host: String,
        /// What the record must say.
        pub token: String,
        /// When it was claimed.
        pub created_at: Instant,
        /// When it was proved; none while it is a mere claim.
        pub verified_at: Option<Instant>,
        /// When the record was last looked for, once it was proved.
        pub looked_at: Option<Instant>,
        /// How many looks in a row have not found it since.
        pub missed: i32,
    }

    crate::plain_entity!();
}
