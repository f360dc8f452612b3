//! The entries of a session, and their edits.

pub mod credit {
    //! Who did what.
    use sea_orm::entity::prelude::*;

    use super::super::SessionRole;
    use crate::{
        env::Instant,
        ids::{PartyId, SessionCreditId, SessionId, SongId, StudioId},
    };

    /// What somebody did in a session.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
    #[sea_orm(table_name = "session_credits")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionCreditId,
        /// The session.
        pub session_id: SessionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Who.
        pub party_id: PartyId,
        /// On which song; none for all songs of the session.
        pub song_id: Option<SongId>,
        /// As what.
        pub role: SessionRole,
        /// On which instrument.
        pub instrument: Option<String>,
        /// From when, if not from the beginning.
        pub from_at: Option<Instant>,
        /// Until when, if not until the end.
        pub to_at: Option<Instant>,
        /// What else is to be said; of something else than the roles what it was.
        pub note: Option<String>,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod take {
    //! Takes.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{SessionId, SongId, StudioId, TakeId},
    };

    /// A take of a part of a song, or a comp of takes.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
    #[sea_orm(table_name = "session_takes")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: TakeId,
        /// The session.
        pub session_id: SessionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The song.
        pub song_id: SongId,
        /// What of it was recorded, such as `lead vocal`.
        pub part: String,
        /// Its number among the takes of that part in the session, from 1.
        pub number: i32,
        /// When it was recorded.
        pub recorded_at: Option<Instant>,
        /// How good it is, 1 to 5.
        pub rating: Option<i32>,
        /// Whether it is put together of other takes.
        pub is_comp: bool,
        /// What is to be said of it.
        pub notes: String,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod comp_take {
    //! What comps are made of.
    use sea_orm::entity::prelude::*;

    use crate::ids::TakeId;

    /// That a comp has something of a take of the same song.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session_comp_takes")]
    pub struct Model {
        /// The comp.
        #[sea_orm(primary_key, auto_increment = false)]
        pub comp_id: TakeId,
        /// The take.
        #[sea_orm(primary_key, auto_increment = false)]
        pub take_id: TakeId,
    }

    crate::plain_entity!();
}

pub mod gear {
    //! Equipment that was used.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{EquipmentId, SessionGearId, SessionId, StudioId},
    };

    /// Equipment that was used in a session.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
    #[sea_orm(table_name = "session_gear")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionGearId,
        /// The session.
        pub session_id: SessionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The piece, if it is one of the studio's.
        pub equipment_id: Option<EquipmentId>,
        /// What it is called.
        pub name: String,
        /// What it was used for.
        pub used_for: Option<String>,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod sample {
    //! Samples that were used.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::entity::SampleClearance,
        env::Instant,
        ids::{SessionId, SessionSampleId, SongId, StudioId},
    };

    /// A recording or composition of others that was used in a session.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
    #[sea_orm(table_name = "session_samples")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionSampleId,
        /// The session.
        pub session_id: SessionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// In which song; none for all songs of the session.
        pub song_id: Option<SongId>,
        /// What was sampled.
        pub title: String,
        /// Where it is from.
        pub source: String,
        /// By what right.
        pub clearance: SampleClearance,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod edit {
    //! Edits of the log.
    use sea_orm::entity::prelude::*;

    use super::super::{LogAct, LogEntry};
    use crate::{
        env::Instant,
        ids::{SessionId, UserId},
    };

    /// An edit of a session's log. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session_edits")]
    pub struct Model {
        /// The session.
        #[sea_orm(primary_key, auto_increment = false)]
        pub session_id: SessionId,
        /// Its place, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i32,
        /// What was edited.
        pub entry: LogEntry,
        /// The entry's id.
        pub entry_id: Uuid,
        /// How.
        pub act: LogAct,
        /// How it was before; none of what was added.
        pub before: Option<Json>,
        /// How it is since then; none of what was removed.
        pub after: Option<Json>,
        /// The member who did it; none if a program did.
        pub user_id: Option<UserId>,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}
