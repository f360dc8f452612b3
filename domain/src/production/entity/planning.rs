//! What a project is planned to be, who takes part, and what became of it.

use crate::text_enum;

text_enum! {
    /// What somebody does in a project or song.
    pub enum PersonRole {
        /// Produces.
        Producer = "producer",
        /// Finances and oversees.
        ExecutiveProducer = "executive_producer",
        /// The artist whose record it is.
        Artist = "artist",
        /// An artist who is featured.
        FeaturedArtist = "featured_artist",
        /// Wrote music or words.
        Writer = "writer",
        /// Plays or sings.
        Performer = "performer",
        /// Records.
        Engineer = "engineer",
        /// Mixes.
        Mixer = "mixer",
        /// Masters.
        MasteringEngineer = "mastering_engineer",
        /// Looks after artist and repertoire.
        ArtistsAndRepertoire = "a_and_r",
        /// The label.
        Label = "label",
        /// Manages the artist.
        Manager = "manager",
    }
}

text_enum! {
    /// What became of a project.
    pub enum EventKind {
        /// It was opened.
        Opened = "opened",
        /// Its title, client, brief, decider or dates were changed.
        Changed = "changed",
        /// Work began.
        Activated = "activated",
        /// It was delivered.
        Delivered = "delivered",
        /// It was called off.
        Cancelled = "cancelled",
        /// It was taken up again.
        Reopened = "reopened",
        /// It began although its agreement was not signed; the detail is the reason.
        GateOverridden = "gate_overridden",
        /// An agreement was named whose signatures it waits for.
        AgreementLinked = "agreement_linked",
        /// It waits for an agreement no more.
        AgreementUnlinked = "agreement_unlinked",
        /// A song was added.
        SongAdded = "song_added",
        /// A song was taken out.
        SongRemoved = "song_removed",
        /// A stage was closed.
        StageClosed = "stage_closed",
        /// Stages were opened again.
        StageReopened = "stage_reopened",
    }
}

pub mod plan {
    //! Plans of projects.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PartyId, ProjectId, StudioId},
        money::Currency,
    };

    /// A project's brief, decider and dates. Texts are empty where nothing was said.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "project_plans")]
    pub struct Model {
        /// The project.
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: ProjectId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What its budget is reckoned in.
        pub currency: Currency,
        /// Whose word decides.
        pub decider_id: Option<PartyId>,
        /// What is to be reached.
        pub goals: String,
        /// In which genre.
        pub genre: String,
        /// What it shall be like, in words.
        pub reference_notes: String,
        /// What is to be delivered.
        pub deliverables: String,
        /// When work begins.
        pub starts_on: Option<Date>,
        /// When it is to be delivered; it is late the day after.
        pub due_on: Option<Date>,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod event {
    //! The history of projects; append-only.
    use sea_orm::entity::prelude::*;

    use super::EventKind;
    use crate::{
        env::Instant,
        ids::{ApiKeyId, ProjectEventId, ProjectId, StudioId, UserId},
    };

    /// An entry of a project's history.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "project_events")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProjectEventId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// What was done.
        pub kind: EventKind,
        /// To what, or why.
        pub detail: Option<String>,
        /// The member who did it.
        pub user_id: Option<UserId>,
        /// The program that did it.
        pub api_key_id: Option<ApiKeyId>,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}

pub mod linked_agreement {
    //! The agreements that projects wait for.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{AgreementId, ProjectId, StudioId},
    };

    /// An agreement whose signatures a project waits for before it starts.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "project_agreements")]
    pub struct Model {
        /// The project.
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: ProjectId,
        /// The agreement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub agreement_id: AgreementId,
        /// Whose they are.
        pub studio_id: StudioId,
        /// Since when.
        pub linked_at: Instant,
    }

    crate::plain_entity!();
}

pub mod person {
    //! The people of projects and songs.
    use sea_orm::entity::prelude::*;

    use super::PersonRole;
    use crate::{
        env::Instant,
        ids::{PartyId, ProjectId, ProjectPersonId, SongId, StudioId},
    };

    /// What a party does in a project, or in one song of it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "project_people")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProjectPersonId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// The song; none for all of them.
        pub song_id: Option<SongId>,
        /// Who.
        pub party_id: PartyId,
        /// As what.
        pub role: PersonRole,
        /// What exactly, such as an instrument; empty if nothing was said.
        pub detail: String,
        /// When they were entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}
