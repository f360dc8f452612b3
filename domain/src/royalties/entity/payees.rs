//! Tables of what payees are told.

use crate::text_enum;

text_enum! {
    /// Where a dispute of a line stands.
    pub enum LineDisputeState {
        /// The studio has not answered.
        Open = "open",
        /// The studio agrees.
        Accepted = "accepted",
        /// The studio does not.
        Declined = "declined",
    }
}

pub mod payee_statement {
    //! Statements of payees.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{AssetId, PartyId, PayeeStatementId, RoyaltyRunId, StudioId},
    };

    /// What a payee is told of a run. Its documents are made by a job.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payee_statements")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PayeeStatementId,
        /// Whose books.
        pub studio_id: StudioId,
        /// The run.
        pub run_id: RoyaltyRunId,
        /// The payee.
        pub party_id: PartyId,
        /// The one reference.
        pub reference: String,
        /// The document, once it is typeset.
        pub pdf_asset_id: Option<AssetId>,
        /// The table, once it is made.
        pub csv_asset_id: Option<AssetId>,
        /// When it was issued.
        pub issued_at: Instant,
        /// When it was mailed first.
        pub mailed_at: Option<Instant>,
        /// When the payee has first opened it.
        pub seen_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod portal_link {
    //! Links to the portal.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{PartyId, PortalLinkId, StudioId},
    };

    /// A payee's link to their statements. One stands at a time.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portal_links")]
    pub struct Model {
        /// The id: the subject of the signed link.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PortalLinkId,
        /// Whose books.
        pub studio_id: StudioId,
        /// The payee.
        pub party_id: PartyId,
        /// When it was made.
        pub created_at: Instant,
        /// When it was revoked.
        pub revoked_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod direction {
    //! Letters of direction.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, LetterOfDirectionId, PartyId, StudioId, UserId},
    };

    /// A letter of direction, as it was made of a version of a contract. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "letters_of_direction")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: LetterOfDirectionId,
        /// Whose books.
        pub studio_id: StudioId,
        /// The contract.
        pub rule: String,
        /// Its version.
        pub rule_number: i32,
        /// Whose royalties they are.
        pub payer_id: PartyId,
        /// Who is to be paid of them.
        pub payee_id: PartyId,
        /// The hash of the document.
        pub sha256: Sha256,
        /// The document.
        pub asset_id: AssetId,
        /// When it was made.
        pub made_at: Instant,
        /// By whom.
        pub made_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod line_dispute {
    //! Disputes of lines.
    use sea_orm::entity::prelude::*;

    use super::LineDisputeState;
    use crate::{
        env::Instant,
        ids::{LineDisputeId, PayeeStatementId, StatementImportId, StudioId, UserId},
    };

    /// What a payee says to a line of a statement, and what the studio answers.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "line_disputes")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: LineDisputeId,
        /// Whose books.
        pub studio_id: StudioId,
        /// The payee's statement.
        pub statement_id: PayeeStatementId,
        /// The file.
        pub import_id: StatementImportId,
        /// Where the line begins in it.
        pub line_offset: i64,
        /// How long it is.
        pub line_bytes: i64,
        /// Which line it is, from 1.
        pub line_number: i64,
        /// Where it stands.
        pub state: LineDisputeState,
        /// What the payee says.
        pub words: String,
        /// What the studio answers.
        pub answer: Option<String>,
        /// When.
        pub opened_at: Instant,
        /// When it was answered.
        pub answered_at: Option<Instant>,
        /// By whom.
        pub answered_by: Option<UserId>,
    }

    crate::plain_entity!();
}
