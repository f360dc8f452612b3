//! Tables of the splits.

use crate::text_enum;

text_enum! {
    /// Which of a work's two ownerships; each is a whole of its own.
    pub enum Side {
        /// The composition: its writers.
        Composition = "composition",
        /// The master: the owners of the recording.
        Master = "master",
    }
}

pub mod split_version {
    //! Versions of a work's split.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AgreementId, SplitVersionId, StudioId, WorkId},
    };

    /// A split as it was executed. It closes its shares, which stand before it in the same transaction: the database refuses it unless each side
    /// is exactly the whole, and refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "split_versions")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SplitVersionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The work.
        pub work_id: WorkId,
        /// Its number among the work's versions in the order of execution, from 1.
        pub number: i32,
        /// The agreement that was executed; one version an agreement.
        pub agreement_id: AgreementId,
        /// The SHA-256 of the text that was executed.
        pub document_sha256: Sha256,
        /// From when on money follows it.
        pub effective_at: Instant,
        /// When the last signature was given.
        pub executed_at: Instant,
    }

    crate::plain_entity!();
}

pub mod split_share {
    //! Shares of a version.
    use sea_orm::entity::prelude::*;

    use super::Side;
    use crate::{
        ids::{PartyId, SplitVersionId},
        share::Share,
    };

    /// A party's part of one side.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "split_shares")]
    pub struct Model {
        /// The version.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version_id: SplitVersionId,
        /// Which side.
        #[sea_orm(primary_key, auto_increment = false)]
        pub side: Side,
        /// Who.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Place in the document, from 0: who gets a left-over cent first.
        pub position: i32,
        /// Their part.
        pub share: Share,
    }

    crate::plain_entity!();
}

pub mod split_parking {
    //! Money that waits for a signature.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{JournalId, OrderId, OrderLineId, StudioId, WorkId},
        money::Currency,
    };

    /// What a line of an order has brought in while its work's split was unsigned. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "split_parkings")]
    pub struct Model {
        /// The line; parked once.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_line_id: OrderLineId,
        /// Whose books.
        pub studio_id: StudioId,
        /// The work.
        pub work_id: WorkId,
        /// The line's order.
        pub order_id: OrderId,
        /// The journal of the sale, which credits the account of parked money.
        pub journal_id: JournalId,
        /// The line's price less its part of the fee, in minor units, more than nothing.
        pub amount_minor: i64,
        /// Its currency.
        pub currency: Currency,
        /// When it was paid: the moment whose rule divides it.
        pub sold_at: Instant,
    }

    crate::plain_entity!();
}

pub mod split_release {
    //! What became of parked money.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{JournalId, OrderLineId, SplitVersionId},
    };

    /// The end of a parking: its primary key says that there is one. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "split_releases")]
    pub struct Model {
        /// The parked line.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_line_id: OrderLineId,
        /// The version that divided it; none if it went back to its buyer.
        pub version_id: Option<SplitVersionId>,
        /// The journal that took it out of the account of parked money.
        pub journal_id: JournalId,
        /// When.
        pub released_at: Instant,
    }

    crate::plain_entity!();
}

pub mod journal_basis {
    //! By which document a journal divides.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        ids::{AgreementId, JournalId, OrderLineId, SplitVersionId, WorkId},
    };

    /// The signed document by which a journal divides a line of an order. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal_bases")]
    pub struct Model {
        /// The journal.
        #[sea_orm(primary_key, auto_increment = false)]
        pub journal_id: JournalId,
        /// The line.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_line_id: OrderLineId,
        /// Its work.
        pub work_id: WorkId,
        /// The version.
        pub version_id: SplitVersionId,
        /// The agreement that was executed.
        pub agreement_id: AgreementId,
        /// The SHA-256 of the text that was executed.
        pub document_sha256: Sha256,
    }

    crate::plain_entity!();
}
