//! Tables of what is known of parties beside what the books need. It stands apart, so that it can be erased while contracts and accounts stay.

use crate::text_enum;

text_enum! {
    /// How somebody is reached beside their address for mail.
    pub enum ContactKind {
        /// By telephone.
        Phone = "phone",
        /// Under a further e-mail address.
        Email = "email",
        /// In a messenger.
        Messenger = "messenger",
    }
}

text_enum! {
    /// Where a link leads.
    pub enum LinkKind {
        /// A site of their own.
        Website = "website",
        /// Spotify.
        Spotify = "spotify",
        /// Apple Music.
        AppleMusic = "apple_music",
        /// `YouTube`.
        Youtube = "youtube",
        /// `SoundCloud`.
        Soundcloud = "soundcloud",
        /// Bandcamp.
        Bandcamp = "bandcamp",
        /// Instagram.
        Instagram = "instagram",
        /// `TikTok`.
        Tiktok = "tiktok",
        /// Facebook.
        Facebook = "facebook",
        /// Somewhere else.
        Other = "other",
    }
}

text_enum! {
    /// By what a party is found.
    pub enum KeyKind {
        /// Its name, folded.
        Name = "name",
        /// An address for mail, in lower case.
        Email = "email",
        /// Its IPI name number.
        Ipi = "ipi",
        /// Its ISNI.
        Isni = "isni",
        /// A word of its names or addresses, folded.
        Word = "word",
    }
}

pub mod successor {
    //! Who was merged into whom.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PartyId, StudioId, UserId},
    };

    /// A party that was merged into another. Its row stays, for what has been signed and booked names it; whoever asks for it is led on. A successor has no
    /// successor itself.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_successors")]
    pub struct Model {
        /// The party that was merged.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The party that took its place.
        pub successor_id: PartyId,
        /// The one reference, such as `PM-7K3M9Q2X`; the journals that moved what was owed carry it.
        pub reference: String,
        /// When.
        pub merged_at: Instant,
        /// By whom.
        pub merged_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod erasure {
    //! Who was erased.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PartyId, StudioId, UserId},
        parties::ErasureReport,
    };

    /// That a party was erased, and what of it was kept; nothing of what was erased. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_erasures")]
    pub struct Model {
        /// The party.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// When.
        pub erased_at: Instant,
        /// By whom.
        pub erased_by: Option<UserId>,
        /// What was erased and what was kept, by classes of data.
        pub report: ErasureReport,
    }

    crate::plain_entity!();
}

pub mod detail {
    //! Where parties are at home.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PartyId, StudioId},
        pricing::Country,
    };

    /// Who looks after a party's rights, and its postal address.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_details")]
    pub struct Model {
        /// The party.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its performing rights organisation, such as `GEMA`.
        pub pro: Option<String>,
        /// Its publisher.
        pub publisher: Option<String>,
        /// The publisher's IPI name number.
        pub publisher_ipi: Option<String>,
        /// Street and number; line breaks stand in it.
        pub street: Option<String>,
        /// The town.
        pub city: Option<String>,
        /// State, province or county.
        pub region: Option<String>,
        /// The postal code.
        pub postcode: Option<String>,
        /// The country.
        pub country: Option<Country>,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod tax {
    //! Under which numbers parties are taxed.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PartyId, StudioId, UserId},
        pricing::Country,
    };

    /// A party's tax number. For those alone who pay and invoice.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_taxes")]
    pub struct Model {
        /// The party.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The number, as its country writes it.
        pub tax_id: String,
        /// The country that gave it.
        pub country: Country,
        /// When it was set.
        pub set_at: Instant,
        /// By whom.
        pub set_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod contact {
    //! How parties are reached besides.
    use sea_orm::entity::prelude::*;

    use super::ContactKind;
    use crate::ids::{PartyId, StudioId};

    /// A further way to reach a party.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_contacts")]
    pub struct Model {
        /// The party.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// By what.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: ContactKind,
        /// The number, address or name.
        #[sea_orm(primary_key, auto_increment = false)]
        pub value: String,
        /// What it is for, such as `management`.
        pub label: Option<String>,
        /// Its place among the party's, from 0.
        pub position: i32,
    }

    crate::plain_entity!();
}

pub mod link {
    //! Where parties are found on the web.
    use sea_orm::entity::prelude::*;

    use super::LinkKind;
    use crate::ids::{PartyId, StudioId};

    /// A link to a party's own page somewhere.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_links")]
    pub struct Model {
        /// The party.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The address, in its normal form.
        #[sea_orm(primary_key, auto_increment = false)]
        pub url: String,
        /// Where it leads.
        pub kind: LinkKind,
        /// Its place among the party's, from 0.
        pub position: i32,
    }

    crate::plain_entity!();
}

pub mod tag {
    //! Under which words a studio keeps its parties.
    use sea_orm::entity::prelude::*;

    use crate::ids::{PartyId, StudioId};

    /// A tag of a party.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_tags")]
    pub struct Model {
        /// The party.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The tag, in lower case.
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag: String,
    }

    crate::plain_entity!();
}

pub mod note {
    //! What was written down of parties.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PartyId, PartyNoteId, StudioId, UserId},
    };

    /// A note on a party. Whoever wrote it may change it, nobody else.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_notes")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PartyNoteId,
        /// The party.
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What was written.
        pub words: String,
        /// By whom; none for the program itself and for keys.
        pub written_by: Option<UserId>,
        /// When.
        pub written_at: Instant,
        /// When it was last changed.
        pub edited_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod key {
    //! By what parties are found.
    use sea_orm::entity::prelude::*;

    use super::KeyKind;
    use crate::ids::{PartyId, StudioId};

    /// A key of a party: of a name, an address or a number in the form by which two are compared, or a word to be searched for.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_keys")]
    pub struct Model {
        /// The party.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Of what.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: KeyKind,
        /// The key, compared byte by byte.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
    }

    crate::plain_entity!();
}
