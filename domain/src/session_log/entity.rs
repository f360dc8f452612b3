//! Tables of the session log.

mod entries;
mod roles;

pub use entries::{comp_take, credit, edit, gear, sample, take};
pub use roles::SessionRole;

use crate::text_enum;

text_enum! {
    /// What a session is for.
    pub enum SessionKind {
        /// Writing the song.
        Writing = "writing",
        /// Recording the basic tracks.
        Tracking = "tracking",
        /// Recording on top of them.
        Overdub = "overdub",
        /// Recording vocals.
        Vocal = "vocal",
        /// Programming beats and instruments.
        Programming = "programming",
        /// Editing.
        Editing = "editing",
        /// Mixing.
        Mixing = "mixing",
        /// Mastering.
        Mastering = "mastering",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// What of a log was edited.
    pub enum LogEntry {
        /// The session itself.
        Session = "session",
        /// What somebody did.
        Credit = "credit",
        /// A take.
        Take = "take",
        /// Equipment.
        Gear = "gear",
        /// A sample.
        Sample = "sample",
    }
}

text_enum! {
    /// How it was edited.
    pub enum LogAct {
        /// It was not there before.
        Added = "added",
        /// It was otherwise before.
        Changed = "changed",
        /// It is not there any more.
        Removed = "removed",
    }
}

pub mod session {
    //! Sessions.
    use sea_orm::entity::prelude::*;

    use super::SessionKind;
    use crate::{
        env::Instant,
        ids::{BookingId, ProjectId, RoomId, SessionId, StudioId},
    };

    /// A session as it was logged. The database refuses to delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
    #[sea_orm(table_name = "studio_sessions")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The booking that it was held in; of one booking there is one log.
        pub booking_id: Option<BookingId>,
        /// The room, if it was one of the studio's.
        pub room_id: Option<RoomId>,
        /// The project that it was for.
        pub project_id: Option<ProjectId>,
        /// What it was for.
        pub kind: SessionKind,
        /// What it is called.
        pub title: String,
        /// Where it was, if elsewhere.
        pub venue: Option<String>,
        /// When it began.
        pub started_at: Instant,
        /// When it ended; none while it lasts.
        pub ended_at: Option<Instant>,
        /// Bits of a sample: 16, 24 or 32.
        pub bit_depth: Option<i32>,
        /// Samples of a second, in hertz.
        pub sample_rate_hz: Option<i32>,
        /// What else is to be said.
        pub notes: String,
        /// How many edits it has.
        #[serde(skip)]
        pub edits: i32,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}
