//! Tables of delivery.

use crate::{catalog::Sha256, ids::AssetId, text_enum};

text_enum! {
    /// What is delivered.
    pub enum DeliverableKind {
        /// The licence contract, PDF.
        Contract = "contract",
        /// The 320 kbps MP3.
        Mp3 = "mp3",
        /// The 24-bit WAV master.
        Wav = "wav",
        /// The stems, zipped as they are sent.
        Stems = "stems",
    }
}

text_enum! {
    /// What a render is for.
    pub enum RenderPurpose {
        /// To be listened to: a beat's tagged preview with its waveform, or a mix at the level of its review.
        Preview = "preview",
        /// Full quality: a beat's masters for delivery, WAV and MP3, a mix that is bounced, or a master of one.
        Masters = "masters",
    }
}

/// What a render made, each file an asset.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct RenderOutputs {
    /// The beat's source that it was rendered from; of a mix, the first of its files by name.
    pub source: AssetId,
    /// What its tags say, as [`super::inputs::RenderInputs::tags_sha256`] has it, or of a mix's master [`crate::masters::qc::Tags::sha256`]; none for what
    /// carries no tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Sha256>,
    /// The lossless master: WAV of 24 bits, or what a mix's profile wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wav: Option<AssetId>,
    /// The 320 kbps MP3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mp3: Option<AssetId>,
    /// The preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<AssetId>,
    /// The waveform's data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waveform: Option<AssetId>,
    /// The engine's receipt; opaque here.
    pub receipt: serde_json::Value,
}

text_enum! {
    /// Where a render stands.
    pub enum RenderState {
        /// A worker is on it.
        Running = "running",
        /// Its outputs are in the store.
        Done = "done",
        /// It cannot be made; `failure` says why.
        Failed = "failed",
    }
}

pub mod deliverable {
    //! Files owed.
    use sea_orm::entity::prelude::*;

    use super::DeliverableKind;
    use crate::{
        env::Instant,
        ids::{AssetId, DeliverableId, LicenceId, OrderId, StudioId},
    };

    /// A file owed to a licensee. Stems have no asset of their own: the archive is made as it is sent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "deliverables")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DeliverableId,
        /// The seller.
        pub studio_id: StudioId,
        /// The order.
        pub order_id: OrderId,
        /// The licence; one deliverable of a kind for each.
        pub licence_id: LicenceId,
        /// What it is.
        pub kind: DeliverableKind,
        /// The name under which it is downloaded.
        pub file_name: String,
        /// The stored file, once there is one.
        pub asset_id: Option<AssetId>,
        /// When it came to be owed.
        pub created_at: Instant,
        /// When it could first be downloaded.
        pub ready_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod render {
    //! Renders.
    use sea_orm::entity::prelude::*;

    use super::{RenderOutputs, RenderPurpose, RenderState};
    use crate::{env::Instant, ids::JobId};

    /// A render, a pure function of its key: SHA-256 over document, inputs, engine version and formats. The same key is rendered once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "renders")]
    pub struct Model {
        /// The key, 64 hexadecimal digits.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        /// What it is for.
        pub purpose: RenderPurpose,
        /// Where it stands.
        pub state: RenderState,
        /// How much is done, in parts per million.
        pub progress_ppm: i32,
        /// What it made, once done: files of the studio that asked first.
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub outputs: Option<RenderOutputs>,
        /// Why it failed, a sentence for a person.
        pub failure: Option<String>,
        /// The job that renders it, or last did.
        pub claimed_by: JobId,
        /// That job's last sign of life.
        pub beat_at: Instant,
        /// When it was done or failed.
        pub finished_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod render_beat {
    //! The beats that asked for a render.
    use sea_orm::entity::prelude::*;

    use super::RenderOutputs;
    use crate::{env::Instant, ids::BeatId};

    /// A beat that asked for a render. Beats with the very same audio share one, each with files of its own studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "render_beats")]
    pub struct Model {
        /// The render.
        #[sea_orm(primary_key, auto_increment = false)]
        pub render_key: String,
        /// The beat.
        #[sea_orm(primary_key, auto_increment = false)]
        pub beat_id: BeatId,
        /// The render's files as the beat's studio owns them; once it has them.
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub outputs: Option<RenderOutputs>,
        /// When the beat last asked for it.
        pub requested_at: Instant,
    }

    crate::plain_entity!();
}

pub mod download {
    //! The log of downloads.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{DeliverableId, DownloadId, LicenceId, StudioId},
    };

    /// One download; the database refuses to change or delete it. Where a bucket gives its files out itself it is the handing out of the address: whether it was fetched there, or how often, is not known here.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "downloads")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DownloadId,
        /// The seller.
        pub studio_id: StudioId,
        /// The licence it was under.
        pub licence_id: LicenceId,
        /// What was downloaded.
        pub deliverable_id: DeliverableId,
        /// From where.
        pub ip: String,
        /// With what.
        pub user_agent: String,
        /// First byte, if only a part was asked for.
        pub range_start: Option<i64>,
        /// The byte behind the last, if only a part was asked for.
        pub range_end: Option<i64>,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}
