//! Tables of seals.

use crate::text_enum;

text_enum! {
    /// What kind of document is sealed.
    pub enum SealedKind {
        /// A licence's contract.
        Licence = "licence",
        /// An agreement or split sheet.
        Agreement = "agreement",
    }
}

text_enum! {
    /// The level of `PAdES` that a seal reaches, lowest first.
    pub enum SealLevel {
        /// A seal; its time is only claimed.
        BB = "B-B",
        /// With a timestamp.
        BT = "B-T",
        /// With all certificates and revocation lists that prove it.
        BLT = "B-LT",
        /// With a timestamp over all of that.
        BLTA = "B-LTA",
    }
}

pub mod seal {
    //! Sealed documents.
    use sea_orm::entity::prelude::*;

    use super::{SealLevel, SealedKind};
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, SealId, StudioId},
    };

    /// A sealed document, as its newest revision is.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "seals")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SealId,
        /// The studio that sealed.
        pub studio_id: StudioId,
        /// What it is.
        pub kind: SealedKind,
        /// The document's reference, under which anybody may ask for it.
        pub reference: String,
        /// How far its seal has been raised.
        pub level: SealLevel,
        /// The newest revision's file.
        pub asset_id: AssetId,
        /// The newest revision's number, from 1.
        pub revision: i32,
        /// What keeps the seal from a higher level, a sentence: its timestamp is pending.
        pub waits_for: Option<String>,
        /// How often in a row nothing came of raising it.
        pub attempts: i32,
        /// When it is looked at again; never if none.
        pub due_at: Option<Instant>,
        /// SHA-256 of the template that it was typeset from; with the data and the engine, the unsealed file can be made again byte for byte.
        pub template_sha256: Sha256,
        /// The typesetter's version.
        pub engine_version: String,
        /// When it was sealed, by our clock.
        pub sealed_at: Instant,
        /// When its newest revision was made.
        pub raised_at: Instant,
    }

    crate::plain_entity!();
}

pub mod revision {
    //! Revisions of sealed documents.
    use sea_orm::entity::prelude::*;

    use super::SealLevel;
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, SealId},
    };

    /// One revision of a sealed document; the database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "seal_revisions")]
    pub struct Model {
        /// The document.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seal_id: SealId,
        /// Its number, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub revision: i32,
        /// The file.
        pub asset_id: AssetId,
        /// Its address.
        pub sha256: Sha256,
        /// The level that it reaches.
        pub level: SealLevel,
        /// When it was made.
        pub at: Instant,
    }

    crate::plain_entity!();
}
