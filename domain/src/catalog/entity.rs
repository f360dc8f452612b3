//! Tables of the catalogue.

mod values;

pub use values::{
    AssetKind, AssetState, BeatState, Finding, Findings, Fingerprint, LabelKind, PartTags, Sample, SampleClearance,
    Samples, Severity, StemFindings, StemSetFindings, Verdict,
};

pub mod work {
    //! Compositions.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{StudioId, WorkId},
    };

    /// A composition; alternates (a remix, another tempo, an instrumental) are beats of one work.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "works")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: WorkId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its title.
        pub title: String,
        /// ISWC in its plain form, `T0345246801`, when known.
        pub iswc: Option<String>,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod recording {
    //! Recordings of works.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{RecordingId, StudioId, WorkId},
    };

    /// A recording.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recordings")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RecordingId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What it records.
        pub work_id: WorkId,
        /// Its title.
        pub title: String,
        /// ISRC in its plain form, `AA6Q72000047`, when known; unique in the studio.
        pub isrc: Option<String>,
        /// When it was entered.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod asset {
    //! Stored files with their facts.
    use sea_orm::entity::prelude::*;

    use super::{AssetKind, AssetState};
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, StudioId},
    };

    /// A stored file. Several assets may share one content (and its bytes in the store).
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assets")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AssetId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What it is for.
        pub kind: AssetKind,
        /// Whether it has been looked through.
        pub state: AssetState,
        /// Why it was refused, a sentence for a person; only in state `refused`.
        pub refusal: Option<String>,
        /// The content's address in the store.
        pub sha256: Sha256,
        /// Length in bytes.
        pub bytes: i64,
        /// Media type by content, such as `audio/wav`.
        pub media_type: String,
        /// The name it was uploaded under, or was given when rendered.
        pub file_name: String,
        /// Length of the sound in milliseconds, once looked through.
        pub duration_ms: Option<i64>,
        /// Sampling rate in hertz.
        pub sample_rate_hz: Option<i32>,
        /// Channels.
        pub channels: Option<i32>,
        /// Bits per sample, where the format has such a thing.
        pub bits_per_sample: Option<i32>,
        /// The engine's measurement as JSON, once measured; opaque here.
        pub measurement: Option<Json>,
        /// When it was stored.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod beat {
    //! Beats.
    use sea_orm::entity::prelude::*;

    use super::{BeatState, Samples};
    use crate::{
        env::Instant,
        ids::{AssetId, BeatId, RecordingId, StudioId, WorkId},
    };

    /// A beat: a recording of a work, offered for licensing.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "beats")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BeatId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its work; all beats of one work are one family.
        pub work_id: WorkId,
        /// Its recording.
        pub recording_id: RecordingId,
        /// Where it stands.
        pub state: BeatState,
        /// Its title.
        pub title: String,
        /// Its word in addresses, unique in the studio, such as `night-drive`.
        pub slug: String,
        /// A few sentences about it.
        pub description: String,
        /// Tempo in thousandths of a beat per minute.
        pub bpm_milli: Option<i32>,
        /// Key, such as `A minor`, `F# major`.
        pub musical_key: Option<String>,
        /// The untagged mix.
        pub source_asset_id: Option<AssetId>,
        /// The cover picture.
        pub artwork_asset_id: Option<AssetId>,
        /// The tagged preview, once rendered from the present source.
        pub preview_asset_id: Option<AssetId>,
        /// The waveform data, once rendered from the present source.
        pub waveform_asset_id: Option<AssetId>,
        /// What it holds of others' music, as the studio declares it.
        #[sea_orm(column_type = "JsonBinary")]
        pub samples: Samples,
        /// When it was last put on the storefront.
        pub published_at: Option<Instant>,
        /// When it was entered.
        pub created_at: Instant,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod beat_label {
    //! Moods and tags.
    use sea_orm::entity::prelude::*;

    use super::LabelKind;
    use crate::ids::BeatId;

    /// A mood or tag on a beat.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "beat_labels")]
    pub struct Model {
        /// The beat.
        #[sea_orm(primary_key, auto_increment = false)]
        pub beat_id: BeatId,
        /// Mood or tag.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: LabelKind,
        /// The word or words, trimmed and lower-case.
        #[sea_orm(primary_key, auto_increment = false)]
        pub label: String,
    }

    crate::plain_entity!();
}

pub mod stem {
    //! Stems of a beat.
    use sea_orm::entity::prelude::*;

    use crate::ids::{AssetId, BeatId};

    /// One stem, in the order of the set.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stems")]
    pub struct Model {
        /// The beat.
        #[sea_orm(primary_key, auto_increment = false)]
        pub beat_id: BeatId,
        /// Place in the set, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// The file.
        pub asset_id: AssetId,
        /// Its name, such as `Drums`; unique in the set.
        pub name: String,
    }

    crate::plain_entity!();
}

pub mod collaborator {
    //! Who made a beat, and what part of its income is theirs.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{BeatId, PartyId},
        share::Share,
    };

    /// A party's part in a beat. The shares of one beat total the whole.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "collaborators")]
    pub struct Model {
        /// The beat.
        #[sea_orm(primary_key, auto_increment = false)]
        pub beat_id: BeatId,
        /// Who.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Place in the credits, from 0; also breaks ties when a cent is left over.
        pub position: i32,
        /// What they did, such as `producer`, `writer`, `engineer`.
        pub role: String,
        /// Their part.
        pub share: Share,
    }

    crate::plain_entity!();
}

pub mod upload {
    //! Uploads in progress.
    use sea_orm::entity::prelude::*;

    use super::{AssetKind, PartTags};
    use crate::{
        env::Instant,
        ids::{AssetId, StudioId, UploadId},
    };

    /// A resumable upload; its bytes lie in the upload folder until it is whole, or in parts in the store.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "uploads")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: UploadId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What the file is for.
        pub kind: AssetKind,
        /// Its name.
        pub file_name: String,
        /// The media type that the client declared.
        pub media_type: Option<String>,
        /// Its length in bytes, as declared.
        pub length_bytes: i64,
        /// How many bytes have arrived and are on disk, or in the store.
        pub offset_bytes: i64,
        /// The asset it became, once whole.
        pub asset_id: Option<AssetId>,
        /// When it began.
        pub created_at: Instant,
        /// When it is given up.
        pub expires_at: Instant,
        /// The name by which the store knows its parts, once they are sent straight there; none if its bytes lie in the upload folder.
        pub multipart: Option<String>,
        /// The store's tags of the parts that have arrived there, in their order.
        #[sea_orm(column_type = "JsonBinary")]
        pub part_tags: PartTags,
    }

    crate::plain_entity!();
}

pub mod analysis {
    //! What a file of music is like.
    use sea_orm::entity::prelude::*;

    use super::{Findings, Fingerprint, Verdict};
    use crate::{
        env::Instant,
        ids::{AssetId, StudioId},
    };

    /// What was heard in a file of music.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "analyses")]
    pub struct Model {
        /// The file.
        #[sea_orm(primary_key, auto_increment = false)]
        pub asset_id: AssetId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The engine that listened.
        pub engine_version: String,
        /// Tempo in thousandths of a beat per minute; none if no pulse was found.
        pub bpm_milli: Option<i32>,
        /// How sure that is, in parts per million.
        pub bpm_confidence_ppm: Option<i32>,
        /// The next best reading of the tempo, often half or double, as `bpm_milli`.
        pub alternative_bpm_milli: Option<i32>,
        /// Key in canonical form; none if no pitch was found.
        pub musical_key: Option<String>,
        /// How sure that is, in parts per million.
        pub key_confidence_ppm: Option<i32>,
        /// How far the tuning is from A = 440 Hz, in cents, -50 to 50.
        pub tuning_cents: Option<i32>,
        /// What the findings add up to.
        pub verdict: Verdict,
        /// What was found.
        #[sea_orm(column_type = "JsonBinary")]
        pub findings: Findings,
        /// The fingerprint.
        #[sea_orm(column_type = "JsonBinary")]
        pub fingerprint: Fingerprint,
        /// When it was heard.
        pub analysed_at: Instant,
    }

    crate::plain_entity!();
}

pub mod likeness {
    //! Files that sound alike.
    use sea_orm::entity::prelude::*;

    use crate::ids::AssetId;

    /// Two files of one studio that sound alike; each pair stands once.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "likenesses")]
    pub struct Model {
        /// The file with the smaller id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub asset_id: AssetId,
        /// The other.
        #[sea_orm(primary_key, auto_increment = false)]
        pub other_id: AssetId,
        /// How much of the shorter is found in the other, in parts per million.
        pub similarity_ppm: i32,
    }

    crate::plain_entity!();
}

pub mod stem_check {
    //! The intake check of stem sets.
    use sea_orm::entity::prelude::*;

    use super::{StemSetFindings, Verdict};
    use crate::{env::Instant, ids::BeatId};

    /// What was found in a beat's present stems.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stem_checks")]
    pub struct Model {
        /// The beat.
        #[sea_orm(primary_key, auto_increment = false)]
        pub beat_id: BeatId,
        /// What the findings add up to.
        pub verdict: Verdict,
        /// What was found in each stem.
        #[sea_orm(column_type = "JsonBinary")]
        pub stems: StemSetFindings,
        /// When they were checked.
        pub checked_at: Instant,
    }

    crate::plain_entity!();
}

pub mod archive_member {
    //! What was in archives.
    use sea_orm::entity::prelude::*;

    use crate::ids::AssetId;

    /// A stem that came in an archive.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "archive_members")]
    pub struct Model {
        /// The archive.
        #[sea_orm(primary_key, auto_increment = false)]
        pub archive_id: AssetId,
        /// Place in the archive's order of names, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// The stem.
        pub asset_id: AssetId,
    }

    crate::plain_entity!();
}
