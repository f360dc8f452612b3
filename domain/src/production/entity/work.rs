//! Stages and their tasks.

use crate::text_enum;

text_enum! {
    /// The six stages, in their order.
    pub enum Stage {
        /// Ideas, songs and the brief.
        Ideation = "ideation",
        /// Form, tempo and key.
        Arrangement = "arrangement",
        /// Takes.
        Recording = "recording",
        /// Comps, timing and tuning.
        Editing = "editing",
        /// The mix.
        Mixing = "mixing",
        /// The master.
        Mastering = "mastering",
    }
}

pub mod stage {
    //! Stages of projects and songs.
    use sea_orm::entity::prelude::*;

    use super::Stage;
    use crate::{
        env::Instant,
        ids::{ProjectId, ProjectStageId, SongId, StudioId},
    };

    /// A stage of a song, or of the project as a whole.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "project_stages")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProjectStageId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// The song; none for a stage of the whole project.
        pub song_id: Option<SongId>,
        /// Which.
        pub stage: Stage,
        /// When it is to be closed.
        pub due_on: Option<Date>,
        /// When it was closed; none while it is open.
        pub closed_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod task {
    //! Tasks.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PartyId, ProjectId, ProjectStageId, ProjectTaskId, StudioId, UserId},
    };

    /// A task of a stage.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "project_tasks")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProjectTaskId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// The stage.
        pub stage_id: ProjectStageId,
        /// Its place in the stage, from 1; there may be gaps.
        pub position: i32,
        /// What is to be done.
        pub title: String,
        /// Whether its stage cannot be closed before it is done.
        pub is_gate: bool,
        /// The member who does it; a task has one owner at the most.
        pub owner_user_id: Option<UserId>,
        /// The party who does it.
        pub owner_party_id: Option<PartyId>,
        /// When it is to be done; it is late the day after.
        pub due_on: Option<Date>,
        /// When it was done; none while it is open.
        pub done_at: Option<Instant>,
        /// The member who said so; none if a program did.
        pub done_by: Option<UserId>,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}
