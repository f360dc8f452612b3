//! Tables of registrations.

use crate::text_enum;

text_enum! {
    /// What a release is.
    pub enum ReleaseKind {
        /// A single.
        Single = "single",
        /// An EP.
        Ep = "ep",
        /// An album.
        Album = "album",
    }
}

pub mod settings {
    //! How a studio registers.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::StudioId};

    /// Under which names and codes a studio registers.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "registration_settings")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The name in registrations.
        pub sender_name: Option<String>,
        /// The IPI name number.
        pub sender_ipi: Option<String>,
        /// The code in the names of files.
        pub sender_code: Option<String>,
        /// The society's CISAC number.
        pub society: Option<i32>,
        /// The DDEX party id, without hyphens.
        pub dpid: Option<String>,
        /// The five characters that its ISRCs begin with.
        pub isrc_prefix: Option<String>,
        /// When they were last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod counter {
    //! How many ISRCs were given out.
    use sea_orm::entity::prelude::*;

    use crate::ids::StudioId;

    /// The ISRCs of a prefix and year. Who gives one out holds its row first.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "isrc_counters")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The prefix.
        #[sea_orm(primary_key, auto_increment = false)]
        pub prefix: String,
        /// The last two digits of the year.
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        /// The first number that is given out here.
        pub first_number: i32,
        /// The last that was.
        pub last_number: i32,
    }

    crate::plain_entity!();
}

pub mod assignment {
    //! ISRCs that were given out.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{RecordingId, StudioId, UserId},
    };

    /// An ISRC that was given out. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "isrc_assignments")]
    pub struct Model {
        /// The code in its plain form.
        #[sea_orm(primary_key, auto_increment = false)]
        pub isrc: String,
        /// The studio.
        pub studio_id: StudioId,
        /// The prefix.
        pub prefix: String,
        /// The last two digits of the year.
        pub year: i32,
        /// The number.
        pub number: i32,
        /// The recording.
        pub recording_id: RecordingId,
        /// When.
        pub assigned_at: Instant,
        /// By whom.
        pub assigned_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod release {
    //! Releases.
    use sea_orm::entity::prelude::*;

    use super::ReleaseKind;
    use crate::{
        env::Instant,
        ids::{ReleaseId, StudioId},
    };

    /// A release.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "releases")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReleaseId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The EAN of 13 digits, once it has one.
        pub ean: Option<String>,
        /// What it is.
        pub kind: ReleaseKind,
        /// The title.
        pub title: String,
        /// The artist, in words.
        pub artist: String,
        /// The label.
        pub label: String,
        /// The label's own number.
        pub catalogue_number: Option<String>,
        /// When it was released, or will be.
        pub released_on: Option<Date>,
        /// What a notification says of it beyond that.
        pub facts: Json,
        /// When it was entered.
        pub created_at: Instant,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod track {
    //! Tracks.
    use sea_orm::entity::prelude::*;

    use crate::ids::{RecordingId, ReleaseId, StudioId};

    /// A track of a release.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "release_tracks")]
    pub struct Model {
        /// The release.
        #[sea_orm(primary_key, auto_increment = false)]
        pub release_id: ReleaseId,
        /// Its place, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The recording.
        pub recording_id: RecordingId,
        /// Its weight when the release's income is spread.
        pub weight: i32,
    }

    crate::plain_entity!();
}

pub mod release_party {
    //! Whom releases name.
    use sea_orm::entity::prelude::*;

    use crate::ids::{PartyId, ReleaseId, StudioId};

    /// A party that a release's facts name.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "release_parties")]
    pub struct Model {
        /// The release.
        #[sea_orm(primary_key, auto_increment = false)]
        pub release_id: ReleaseId,
        /// Who.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose they are.
        pub studio_id: StudioId,
    }

    crate::plain_entity!();
}

pub mod message {
    //! Notifications of releases.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, ReleaseId, ReleaseMessageId, StudioId, UserId},
    };

    /// A notification of a release. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "release_messages")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReleaseMessageId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The release.
        pub release_id: ReleaseId,
        /// Its number among the release's, from 1.
        pub number: i32,
        /// The file.
        pub asset_id: AssetId,
        /// Its hash.
        pub sha256: Sha256,
        /// When.
        pub made_at: Instant,
        /// By whom.
        pub made_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod work_registration {
    //! Works as they are registered.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{StudioId, WorkId},
    };

    /// What a registration says of a work.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "work_registrations")]
    pub struct Model {
        /// The work.
        #[sea_orm(primary_key, auto_increment = false)]
        pub work_id: WorkId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The studio's own code, by which societies answer.
        pub code: String,
        /// Roles, publishers, chains and territories.
        pub facts: Json,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod work_party {
    //! Whom registrations of works name.
    use sea_orm::entity::prelude::*;

    use crate::ids::{PartyId, StudioId, WorkId};

    /// A party that the facts of a work's registration name.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "work_registration_parties")]
    pub struct Model {
        /// The work.
        #[sea_orm(primary_key, auto_increment = false)]
        pub work_id: WorkId,
        /// Who.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose they are.
        pub studio_id: StudioId,
    }

    crate::plain_entity!();
}

pub mod cwr_file {
    //! Files for societies.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, CwrFileId, StudioId, UserId},
    };

    /// A file of registrations. Append-only; numbered by year without a gap.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cwr_files")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CwrFileId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The year.
        pub year: i32,
        /// Its number in it, from 1.
        pub number: i32,
        /// Of which version of CWR: `2.1` or `2.2`.
        pub version: String,
        /// Whom it is for.
        pub recipient: String,
        /// What it is called.
        pub file_name: String,
        /// The file.
        pub asset_id: AssetId,
        /// Its hash.
        pub sha256: Sha256,
        /// By which it is made once.
        pub request_key: Option<String>,
        /// When.
        pub made_at: Instant,
        /// By whom.
        pub made_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod cwr_file_work {
    //! Works in files for societies.
    use sea_orm::entity::prelude::*;

    use crate::ids::{CwrFileId, StudioId, WorkId};

    /// A work in such a file. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cwr_file_works")]
    pub struct Model {
        /// The file.
        #[sea_orm(primary_key, auto_increment = false)]
        pub file_id: CwrFileId,
        /// Its transaction, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The work.
        pub work_id: WorkId,
        /// The studio's own code then.
        pub code: String,
    }

    crate::plain_entity!();
}

pub mod acknowledgement {
    //! What societies answered.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{CwrAcknowledgementId, CwrFileId, StudioId, UserId, WorkId},
    };

    /// What a society has answered to a work's registration. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cwr_acknowledgements")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CwrAcknowledgementId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The hash of the file that says so.
        pub sha256: Sha256,
        /// Its place in that, from 0.
        pub position: i32,
        /// The society's CISAC number.
        pub society: i32,
        /// The studio's own code, as it is in the file.
        pub code: String,
        /// The work, if the code is known.
        pub work_id: Option<WorkId>,
        /// The file that it answers, if that is known.
        pub file_id: Option<CwrFileId>,
        /// The status, two letters.
        pub status: String,
        /// What the society calls the work.
        pub society_code: Option<String>,
        /// What else it says.
        pub messages: Json,
        /// When it was taken in.
        pub received_at: Instant,
        /// By whom.
        pub received_by: Option<UserId>,
    }

    crate::plain_entity!();
}
