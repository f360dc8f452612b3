//! Tables of projects and songs.

mod budget;
mod planning;
mod preproduction;
mod work;

pub use budget::{BudgetCategory, RateKind, cost, line};
pub use planning::{EventKind, PersonRole, event, linked_agreement, person, plan};
pub use preproduction::{CandidateState, Vote, candidate, reference, section, vote};
pub use project::{ProjectKind, ProjectState};
pub use work::{Stage, stage, task};

pub mod project {
    //! The work for a client, or the studio's own.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ClientId, ProjectId, StudioId},
        text_enum,
    };

    text_enum! {
        /// What kind of producing it is: it decides which stages, roles and defaults appear.
        pub enum ProjectKind {
            /// Beats, made to be licensed.
            Beats = "beats",
            /// Records of others, made in the studio.
            Record = "record",
            /// Others' work, financed and overseen.
            Executive = "executive",
            /// The producer's own records.
            Artist = "artist",
            /// Electronic music and DJ tools.
            Electronic = "electronic",
        }
    }

    text_enum! {
        /// Where a project stands.
        pub enum ProjectState {
            /// It is being talked about; nothing has begun.
            Planned = "planned",
            /// Work goes on.
            Active = "active",
            /// The masters were delivered.
            Delivered = "delivered",
            /// It was called off.
            Cancelled = "cancelled",
        }
    }

    /// A project.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "projects")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProjectId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// For whom; none for the studio's own.
        pub client_id: Option<ClientId>,
        /// What kind of producing it is.
        pub kind: ProjectKind,
        /// Where it stands.
        pub state: ProjectState,
        /// What it is called.
        pub title: String,
        /// When it was opened.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod song {
    //! What is made.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ProjectId, RecordingId, SongId, StudioId, WorkId},
    };

    /// A song of a project: a work and its recording as they come to be.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "songs")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SongId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// Its place in the project, from 1.
        pub position: i32,
        /// What it is called.
        pub title: String,
        /// The work.
        pub work_id: WorkId,
        /// Its recording.
        pub recording_id: RecordingId,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}
