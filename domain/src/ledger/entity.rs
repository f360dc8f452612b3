//! Tables of the ledger.

use crate::text_enum;

text_enum! {
    /// What an account stands for. Debits are positive, credits negative.
    pub enum AccountKind {
        /// What the gateway holds for the studio.
        GatewayClearing = "gateway_clearing",
        /// What the gateway has charged.
        GatewayFees = "gateway_fees",
        /// What has been sold.
        Sales = "sales",
        /// What has been shared out of sales.
        SplitsExpense = "splits_expense",
        /// What is owed to a party.
        Payable = "payable",
        /// What has been collected and is to be given back to its buyer.
        RefundsDue = "refunds_due",
        /// What has been sold of works whose split is unsigned; owed to their makers, in shares still to be signed.
        SplitsParked = "splits_parked",
    }
}

pub mod account {
    //! Accounts.
    use sea_orm::entity::prelude::*;

    use super::AccountKind;
    use crate::{
        env::Instant,
        ids::{AccountId, PartyId, StudioId},
        money::Currency,
    };

    /// An account; one per studio, kind, party and currency.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AccountId,
        /// Whose books.
        pub studio_id: StudioId,
        /// What it stands for.
        pub kind: AccountKind,
        /// To whom, for a payable.
        pub party_id: Option<PartyId>,
        /// Its currency.
        pub currency: Currency,
        /// When it was opened.
        pub opened_at: Instant,
    }

    crate::plain_entity!();
}

pub mod journal {
    //! Journals.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{JournalId, OrderId, StudioId},
    };

    /// A journal: it closes its entries, which stand before it in the same transaction. One per source, external id and kind.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "journals")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: JournalId,
        /// Whose books.
        pub studio_id: StudioId,
        /// What happened, such as `sale`, `refund`.
        pub kind: String,
        /// Where it comes from, such as the gateway's name.
        pub source: String,
        /// The source's id for it, such as the payment's.
        pub external_id: String,
        /// The order behind it.
        pub order_id: Option<OrderId>,
        /// The one reference.
        pub reference: String,
        /// A sentence for a person.
        pub memo: String,
        /// When it was posted.
        pub posted_at: Instant,
    }

    crate::plain_entity!();
}

pub mod entry {
    //! Entries.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{AccountId, EntryId, JournalId},
        money::Currency,
    };

    /// An entry of a journal.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "entries")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EntryId,
        /// The journal.
        pub journal_id: JournalId,
        /// The account.
        pub account_id: AccountId,
        /// Minor units, debit positive, credit negative, never zero.
        pub amount_minor: i64,
        /// Their currency, the account's.
        pub currency: Currency,
    }

    crate::plain_entity!();
}
