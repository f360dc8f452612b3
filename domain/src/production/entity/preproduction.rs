//! Which songs are made, of what form, and what they shall sound like.

use crate::text_enum;

text_enum! {
    /// Where a candidate stands.
    pub enum CandidateState {
        /// It can be voted on.
        Proposed = "proposed",
        /// It has become a song of the project.
        Chosen = "chosen",
        /// It is none of them.
        Dropped = "dropped",
    }
}

text_enum! {
    /// What somebody says of a candidate.
    pub enum Vote {
        /// Make it.
        Yes = "yes",
        /// Leave it.
        No = "no",
    }
}

pub mod candidate {
    //! Songs that may be chosen.
    use sea_orm::entity::prelude::*;

    use super::CandidateState;
    use crate::{
        env::Instant,
        ids::{AssetId, ProjectId, SongCandidateId, SongId, StudioId},
    };

    /// A song that may be chosen for a project.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "song_candidates")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SongCandidateId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// What it is called.
        pub title: String,
        /// What is said of it.
        pub notes: String,
        /// Where a demo can be heard.
        pub url: Option<String>,
        /// A demo.
        pub asset_id: Option<AssetId>,
        /// Where it stands.
        pub state: CandidateState,
        /// The song that it has become.
        pub song_id: Option<SongId>,
        /// When it was proposed.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod vote {
    //! Votes.
    use sea_orm::entity::prelude::*;

    use super::Vote;
    use crate::{
        env::Instant,
        ids::{CandidateVoteId, PartyId, SongCandidateId, StudioId, UserId},
    };

    /// A vote on a candidate: of a member, or of a party. Each has one.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "candidate_votes")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CandidateVoteId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The candidate.
        pub candidate_id: SongCandidateId,
        /// The member.
        pub user_id: Option<UserId>,
        /// The party.
        pub party_id: Option<PartyId>,
        /// What they say.
        pub vote: Vote,
        /// When they last said it.
        pub voted_at: Instant,
    }

    crate::plain_entity!();
}

pub mod section {
    //! Arrangement maps.
    use sea_orm::entity::prelude::*;

    use crate::ids::SongId;

    /// A section of a song; where it begins follows from those before it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "arrangement_sections")]
    pub struct Model {
        /// The song.
        #[sea_orm(primary_key, auto_increment = false)]
        pub song_id: SongId,
        /// Its place, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// What it is called, such as `Verse 1`.
        pub name: String,
        /// How many bars it has.
        pub bars: i32,
        /// Its tempo, in thousandths of a quarter note per minute.
        pub bpm_milli: i32,
        /// How many beats a bar has.
        pub meter_beats: i32,
        /// Which note a beat is: 4 for a quarter.
        pub meter_unit: i32,
        /// Its key in canonical form.
        pub musical_key: Option<String>,
    }

    crate::plain_entity!();
}

pub mod reference {
    //! Reference tracks.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{AssetId, ProjectId, ReferenceTrackId, SongId, StudioId},
    };

    /// What a project or song shall sound like: a file that is measured, or an address.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reference_tracks")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReferenceTrackId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// The song; none for all of them.
        pub song_id: Option<SongId>,
        /// What it is called.
        pub title: String,
        /// What to listen for.
        pub notes: String,
        /// Where it can be heard.
        pub url: Option<String>,
        /// The file.
        pub asset_id: Option<AssetId>,
        /// When it was added.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}
