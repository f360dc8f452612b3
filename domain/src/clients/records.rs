//! Tables of how clients move, and of lists of people that are taken in.

use crate::text_enum;

text_enum! {
    /// In which form a list of people comes.
    pub enum ImportFormat {
        /// A table, as spreadsheets and address books write it.
        Csv = "csv",
        /// Cards, as address books write them.
        Vcard = "vcard",
    }
}

text_enum! {
    /// Where a list stands that is taken in.
    pub enum ImportState {
        /// It was read; nothing is entered.
        Staged = "staged",
        /// It is being entered.
        Entering = "entering",
        /// All of it is entered that can be.
        Entered = "entered",
    }
}

text_enum! {
    /// What becomes, or became, of a line of a list.
    pub enum LineOutcome {
        /// Somebody new is entered.
        Enter = "enter",
        /// Something is added to somebody who is known.
        Update = "update",
        /// All of it is known.
        Same = "same",
        /// It is refused.
        Refuse = "refuse",
    }
}

pub mod stage_move {
    //! How clients move from stage to stage.
    use sea_orm::entity::prelude::*;

    use crate::{
        clients::entity::ClientStage,
        env::Instant,
        ids::{ClientId, ClientMoveId, StudioId, UserId},
    };

    /// A move of a client. It stands as it was made; its words alone can be erased.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_stage_moves")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ClientMoveId,
        /// Whose client it is.
        pub studio_id: StudioId,
        /// The client.
        pub client_id: ClientId,
        /// From where; none for who was just entered.
        pub from_stage: Option<ClientStage>,
        /// To where.
        pub to_stage: ClientStage,
        /// When.
        pub moved_at: Instant,
        /// By whom; none for the program itself and for keys.
        pub moved_by: Option<UserId>,
        /// Why, in words; empty if nothing was said.
        pub words: String,
    }

    crate::plain_entity!();
}

pub mod setting {
    //! After which silence clients are dormant.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::StudioId};

    /// A studio that lets silent clients be moved to dormant.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_settings")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// After how many days without a sign of life.
        pub dormant_after_days: i32,
        /// Since when the studio has it so.
        pub since: Instant,
    }

    crate::plain_entity!();
}

pub mod sign {
    //! When clients were last seen to have given a sign of life.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ClientId, StudioId},
    };

    /// The last sign of life of a client when it was last looked for: there may be a later one, never an earlier.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_signs")]
    pub struct Model {
        /// The client.
        #[sea_orm(primary_key, auto_increment = false)]
        pub client_id: ClientId,
        /// Whose client it is.
        pub studio_id: StudioId,
        /// When it was given.
        pub seen_at: Instant,
    }

    crate::plain_entity!();
}

pub mod import {
    //! Lists that are taken in.
    use sea_orm::entity::prelude::*;

    use super::{ImportFormat, ImportState};
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{ClientImportId, StudioId, UserId},
    };

    /// A list of people that was sent. Until it is entered the same list is not read twice.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_imports")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ClientImportId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its form.
        pub format: ImportFormat,
        /// SHA-256 of the file.
        pub sha256: Sha256,
        /// Where it stands.
        pub state: ImportState,
        /// When it was sent.
        pub created_at: Instant,
        /// By whom.
        pub created_by: Option<UserId>,
        /// When all of it was entered.
        pub ended_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod import_line {
    //! Their lines.
    use sea_orm::entity::prelude::*;

    use super::LineOutcome;
    use crate::{
        clients::people::PersonFacts,
        env::Instant,
        ids::{ClientImportId, PartyId, StudioId},
    };

    /// A line or card of a list: before it is entered what would become of it, then what did.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_import_lines")]
    pub struct Model {
        /// The list.
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: ClientImportId,
        /// The line of the file on which it begins, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What becomes of it.
        pub outcome: LineOutcome,
        /// Whom it names, as far as that can be told.
        pub name: String,
        /// What it says; none once it is entered, and of what is refused.
        pub facts: Option<PersonFacts>,
        /// Why it is refused, with the remedy.
        pub problem: Option<String>,
        /// Who was found, or entered.
        pub party_id: Option<PartyId>,
        /// The address it names first, as an account's key: by which it is erased.
        pub email_key: Option<String>,
        /// When it was entered.
        pub done_at: Option<Instant>,
    }

    crate::plain_entity!();
}
