//! Tables of portfolios.

use crate::text_enum;

text_enum! {
    /// Where released work is listened to.
    pub enum Service {
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
        /// Tidal.
        Tidal = "tidal",
        /// Deezer.
        Deezer = "deezer",
    }
}

impl Service {
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spotify => "Spotify",
            Self::AppleMusic => "Apple Music",
            Self::Youtube => "YouTube",
            Self::Soundcloud => "SoundCloud",
            Self::Bandcamp => "Bandcamp",
            Self::Tidal => "TIDAL",
            Self::Deezer => "Deezer",
        }
    }
}

pub mod profile {
    //! What a studio says of itself.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::StudioId};

    /// A studio's portfolio. Texts are empty where nothing was said.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolios")]
    pub struct Model {
        /// Whose it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// One line about the studio.
        pub headline: String,
        /// A few sentences about it.
        pub about: String,
        /// Whether its page shows the studio's address for mail.
        pub shows_email: bool,
        /// Whether it has a page.
        pub is_public: bool,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod profile_link {
    //! Where else a studio is found.
    use sea_orm::entity::prelude::*;

    use crate::ids::StudioId;

    /// A link of a portfolio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolio_links")]
    pub struct Model {
        /// Whose it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// Its place, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// The address.
        pub url: String,
    }

    crate::plain_entity!();
}

pub mod entry {
    //! Works in portfolios.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PortfolioEntryId, SongId, StudioId},
    };

    /// A work in a studio's portfolio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolio_entries")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PortfolioEntryId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The song of one of its projects; none for work that was done elsewhere.
        pub song_id: Option<SongId>,
        /// Its place in the portfolio, from 1.
        pub position: i32,
        /// What it is called.
        pub title: String,
        /// Whose release it is, in words.
        pub artist: String,
        /// When it was released, or will be.
        pub released_on: Option<Date>,
        /// Whether it is shown, from its release on.
        pub is_public: bool,
        /// Whether those who made it are named there.
        pub shows_credits: bool,
        /// When it was entered.
        pub created_at: Instant,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod entry_role {
    //! What the studio did.
    use sea_orm::entity::prelude::*;

    use crate::{ids::PortfolioEntryId, session_log::entity::SessionRole};

    /// What the studio did on a work.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolio_entry_roles")]
    pub struct Model {
        /// The entry.
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: PortfolioEntryId,
        /// As what.
        #[sea_orm(primary_key, auto_increment = false)]
        pub role: SessionRole,
    }

    crate::plain_entity!();
}

pub mod entry_link {
    //! Where works are listened to.
    use sea_orm::entity::prelude::*;

    use super::Service;
    use crate::ids::PortfolioEntryId;

    /// Where a work is listened to; once a service.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolio_entry_links")]
    pub struct Model {
        /// The entry.
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: PortfolioEntryId,
        /// The service.
        #[sea_orm(primary_key, auto_increment = false)]
        pub service: Service,
        /// The address.
        pub url: String,
    }

    crate::plain_entity!();
}
