//! Tables of masters.

use crate::text_enum;

text_enum! {
    /// What a master is made for: a loudness, a true peak and a format.
    pub enum MasterProfile {
        /// Streaming: WAV of 24 bits at -14 LUFS.
        Streaming = "streaming",
        /// Apple Music: WAV of 24 bits at -16 LUFS.
        Apple = "apple",
        /// Clubs: WAV of 24 bits at -8 LUFS.
        Club = "club",
        /// Compact disc: WAV of 16 bits and 44.1 kHz at -9 LUFS.
        Cd = "cd",
        /// Broadcast: WAV of 24 bits and 48 kHz at -23 LUFS, as EBU R 128 has it.
        Broadcast = "broadcast",
        /// FLAC of 24 bits at -14 LUFS.
        Flac = "flac",
        /// MP3 of 320 kbit/s at -14 LUFS.
        Mp3 = "mp3",
    }
}

text_enum! {
    /// What became of a master.
    pub enum MasterState {
        /// The worker has not made it yet.
        Waiting = "waiting",
        /// It was made and measured.
        Ready = "ready",
        /// It cannot be made; `refusal` says why.
        Refused = "refused",
    }
}

text_enum! {
    /// What the client was told of a delivery.
    pub enum MasterStepKind {
        /// It is theirs.
        Delivered = "delivered",
        /// It is theirs no more, for what was paid for it is gone.
        Recalled = "recalled",
    }
}

text_enum! {
    /// What a mail about masters tells.
    pub enum MasterNotice {
        /// They are delivered.
        Delivered = "delivered",
        /// They are recalled.
        Recalled = "recalled",
        /// Where they are, as the studio asked for it to be told.
        Link = "link",
    }
}

text_enum! {
    /// Whom a mail about masters goes to.
    pub enum MasterReader {
        /// Whoever they are for.
        Client = "client",
        /// The studio.
        Studio = "studio",
    }
}

pub mod plan {
    //! Projects of which masters are planned or were ordered.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ProjectId, StudioId},
    };

    /// A project of which masters are planned or were ordered. Whoever orders or delivers holds this row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "master_plans")]
    pub struct Model {
        /// The project.
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: ProjectId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// When what it owes was last held against what was delivered.
        pub looked_at: Instant,
    }

    crate::plain_entity!();
}

pub mod choice {
    //! The profiles that projects want.
    use sea_orm::entity::prelude::*;

    use super::MasterProfile;
    use crate::ids::ProjectId;

    /// A profile to which each approved mix of a project is mastered by itself.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "master_choices")]
    pub struct Model {
        /// The project.
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: ProjectId,
        /// The profile.
        #[sea_orm(primary_key, auto_increment = false)]
        pub profile: MasterProfile,
    }

    crate::plain_entity!();
}

pub mod delivery {
    //! The masters of approved mixes.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{MasterDeliveryId, MixVersionId, ProjectId, ReviewRoundId, SongId, StudioId, UserId},
    };

    /// The masters of a song's approved version; one of an approval. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "master_deliveries")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MasterDeliveryId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The project.
        pub project_id: ProjectId,
        /// The song.
        pub song_id: SongId,
        /// The version that was approved.
        pub version_id: MixVersionId,
        /// The round that approved it.
        pub round_id: ReviewRoundId,
        /// Who of the studio ordered it; none if it came by itself, or a program did.
        pub ordered_by: Option<UserId>,
        /// When.
        pub ordered_at: Instant,
    }

    crate::plain_entity!();
}

pub mod master {
    //! Masters.
    use sea_orm::entity::prelude::*;

    use super::{MasterProfile, MasterState};
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, MasterDeliveryId, MasterId, StudioId},
        masters::qc::Report,
    };

    /// A master of one profile. It is settled once: the database refuses to change what is.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "masters")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MasterId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What it belongs to.
        pub delivery_id: MasterDeliveryId,
        /// What it is made for.
        pub profile: MasterProfile,
        /// Its number among those of its profile, from 1: the last that is ready is the one that counts.
        pub number: i32,
        /// What became of it.
        pub state: MasterState,
        /// Why it cannot be made, a sentence for a person.
        pub refusal: Option<String>,
        /// The file.
        pub asset_id: Option<AssetId>,
        /// What its tags say, as [`crate::masters::qc::Tags::sha256`] has it.
        pub tags_sha256: Option<Sha256>,
        /// What was measured of it.
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub qc: Option<Report>,
        /// When it was ordered.
        pub ordered_at: Instant,
        /// When it was settled.
        pub settled_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod step {
    //! What clients were told of deliveries.
    use sea_orm::entity::prelude::*;

    use super::MasterStepKind;
    use crate::{
        env::Instant,
        ids::{MasterDeliveryId, MasterNoticeId, StudioId},
    };

    /// A delivery was delivered, or recalled. They take turns, and the database refuses to change or delete one.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "master_steps")]
    pub struct Model {
        /// The delivery.
        #[sea_orm(primary_key, auto_increment = false)]
        pub delivery_id: MasterDeliveryId,
        /// Its number, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What it was.
        pub kind: MasterStepKind,
        /// What was told of it, with the steps of the same moment.
        pub notice_id: MasterNoticeId,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}

pub mod download {
    //! The log of downloads; append-only.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{DownloadId, MasterId, StudioId},
    };

    /// A client has fetched a master, or a part of it. Where a bucket gives its files out itself it is the handing out of the address: whether it was fetched there, or how often, is not known here.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "master_downloads")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DownloadId,
        /// Whose the file is.
        pub studio_id: StudioId,
        /// The master.
        pub master_id: MasterId,
        /// From where.
        pub ip: String,
        /// With what.
        pub user_agent: String,
        /// The first byte; none if it was the whole file.
        pub range_start: Option<i64>,
        /// The byte after the last, as `range_start`.
        pub range_end: Option<i64>,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}
