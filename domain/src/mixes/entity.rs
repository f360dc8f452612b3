//! Tables of mixes.

mod handoffs;

pub use handoffs::{
    DawSessionKind, Fidelity, FidelityEffect, FidelityEntry, FidelityLedger, HandoffState, InventoryMedia,
    InventoryPlugin, InventoryTrack, PackComment, PackFacts, PackSection, ProjectMarker, SessionInventory, daw_session,
    pack,
};

use crate::text_enum;

text_enum! {
    /// What a version of a mix is made of.
    pub enum MixKind {
        /// A file, as it was uploaded.
        File = "file",
        /// A mix document, which is bounced here.
        Document = "document",
    }
}

text_enum! {
    /// Whether a version can be heard.
    pub enum MixState {
        /// The worker has not looked yet.
        Waiting = "waiting",
        /// It can be heard.
        Ready = "ready",
        /// It cannot be heard; `refusal` says why.
        Refused = "refused",
    }
}

pub mod document {
    //! Mix documents by their content.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::StudioId};

    /// A mix document, once in a studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mix_documents")]
    pub struct Model {
        /// Whose it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// SHA-256 of the body, 64 hexadecimal digits.
        #[sea_orm(primary_key, auto_increment = false)]
        pub sha256: String,
        /// The document, JSON.
        pub body: String,
        /// When it was first kept.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod version {
    //! Versions of mixes.
    use sea_orm::entity::prelude::*;

    use super::MixKind;
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, MixVersionId, SongId, StudioId, UserId},
    };

    /// A version of a song's mix. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mix_versions")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MixVersionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The song.
        pub song_id: SongId,
        /// Its number in the song, from 1.
        pub number: i32,
        /// What it is made of.
        pub kind: MixKind,
        /// The uploaded file, of a version that is one.
        pub file_asset_id: Option<AssetId>,
        /// The document, of a version that has one.
        pub document_sha256: Option<Sha256>,
        /// What is new in it, in the maker's words.
        pub note: Option<String>,
        /// Who of the studio made it; none if a program did.
        pub made_by: Option<UserId>,
        /// When.
        pub made_at: Instant,
    }

    crate::plain_entity!();
}

pub mod source {
    //! The files behind the names in documents.
    use sea_orm::entity::prelude::*;

    use crate::ids::{AssetId, MixVersionId};

    /// A file that a version's document names.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mix_sources")]
    pub struct Model {
        /// The version.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version_id: MixVersionId,
        /// The name in the document.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// The file.
        pub asset_id: AssetId,
    }

    crate::plain_entity!();
}

pub mod sound {
    //! What versions sound like.
    use sea_orm::entity::prelude::*;

    use super::MixState;
    use crate::{
        env::Instant,
        ids::{AssetId, MixVersionId, StudioId},
    };

    /// What a version sounds like. It is settled once: the database refuses to change what is.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mix_sounds")]
    pub struct Model {
        /// The version.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version_id: MixVersionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Whether it can be heard.
        pub state: MixState,
        /// Why it cannot, a sentence for a person.
        pub refusal: Option<String>,
        /// Its audio at full quality: the uploaded file, or the bounce.
        pub audio_asset_id: Option<AssetId>,
        /// Its waveform's data.
        pub waveform_asset_id: Option<AssetId>,
        /// Its integrated loudness in thousandths of LUFS.
        pub loudness_mlufs: Option<i32>,
        /// Its true peak in thousandths of dBTP.
        pub true_peak_mdbtp: Option<i32>,
        /// Its length in milliseconds.
        pub duration_ms: Option<i64>,
        /// When it was settled.
        pub settled_at: Option<Instant>,
    }

    crate::plain_entity!();
}
