//! Tables of rosters and alerts.

use crate::text_enum;

text_enum! {
    /// What somebody is told to look at.
    pub enum AlertKind {
        /// A recording earns and has no executed split.
        NoSplit = "no_split",
        /// A share has never arrived.
        ShareMissing = "share_missing",
        /// A format has changed.
        FormatDrift = "format_drift",
        /// A statement has no rate into a currency of the studio's accounts.
        NoRate = "no_rate",
        /// A contract ends soon.
        ContractEnds = "contract_ends",
    }
}

pub mod grant {
    //! Who has a studio on their roster.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{RosterGrantId, StudioId, UserId},
    };

    /// A studio's leave for a user to have it on their roster.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "roster_grants")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RosterGrantId,
        /// The studio.
        pub studio_id: StudioId,
        /// The manager.
        pub user_id: UserId,
        /// When.
        pub granted_at: Instant,
        /// By whom.
        pub granted_by: Option<UserId>,
        /// When it was revoked.
        pub revoked_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod alert {
    //! Alerts.
    use sea_orm::entity::prelude::*;

    use super::AlertKind;
    use crate::{
        env::Instant,
        ids::{RoyaltyAlertId, StudioId},
    };

    /// Something that wants looking at. Of the same thing one is open at a time.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_alerts")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RoyaltyAlertId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What it is.
        pub kind: AlertKind,
        /// What it is about, by its id.
        pub subject: String,
        /// What is told of it.
        pub facts: Json,
        /// When it was raised.
        pub raised_at: Instant,
        /// When the studio was told.
        pub mailed_at: Option<Instant>,
        /// When it was over.
        pub settled_at: Option<Instant>,
    }

    crate::plain_entity!();
}
