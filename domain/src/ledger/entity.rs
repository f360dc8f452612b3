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
        /// What the gateway has taken for disputes that are open: it comes back if they are won.
        Disputed = "disputed",
        /// What is owed to a party, or will be to makers who have not signed, unless a dispute is lost.
        Suspended = "suspended",
        /// What a party owes, because what it was paid was taken back later.
        Receivable = "receivable",
        /// What the studio has paid from its own bank account, and was paid into it.
        Bank = "bank",
        /// What has been collected for the state.
        TaxDue = "tax_due",
        /// What services have brought in: what clients were invoiced for and have paid.
        Services = "services",
        /// What statements say is received, and has not reached the bank.
        RoyaltiesDue = "royalties_due",
        /// What was received of statements and was not given out by a run: it waits for a run, or for somebody to say whose it is.
        RoyaltySuspense = "royalty_suspense",
        /// What is held back of royalties.
        RoyaltyReserves = "royalty_reserves",
        /// What was advanced to payees or spent for them, and what they have gone below nothing: it is recouped of later royalties.
        RoyaltyRecoupable = "royalty_recoupable",
        /// What is left over of minor units, and what reached the bank beyond or below what is accounted for.
        RoyaltyDifferences = "royalty_differences",
    }
}

text_enum! {
    /// What a journal books.
    pub enum JournalKind {
        /// A sale.
        Sale = "sale",
        /// Money that came for nothing sold, and is due back.
        RefundDue = "refund_due",
        /// Money given back.
        Refund = "refund",
        /// A refund that could not be given back: the money is there again.
        RefundFailed = "refund_failed",
        /// What was parked, given to those who have signed.
        SplitRelease = "split_release",
        /// A dispute was opened.
        DisputeOpened = "dispute_opened",
        /// It was won.
        DisputeWon = "dispute_won",
        /// It was lost.
        DisputeLost = "dispute_lost",
        /// A payee was paid through the gateway.
        Payout = "payout",
        /// A payee was paid by hand.
        PayoutByHand = "payout_by_hand",
        /// A payout did not reach its payee.
        PayoutFailed = "payout_failed",
        /// A payout reached its payee's bank and came back.
        PayoutReturned = "payout_returned",
        /// A party was merged into another: what it was owed is owed to the other.
        PartyMerge = "party_merge",
        /// A client has paid an invoice by bank transfer.
        Transfer = "transfer",
        /// Of such a transfer something was sent back.
        TransferReturned = "transfer_returned",
        /// A transfer, or what was sent back of one, was recorded by mistake, or has bounced.
        TransferReversed = "transfer_reversed",
        /// A statement was taken in: what it says is due.
        StatementDue = "statement_due",
        /// What a statement says reached the bank.
        StatementReceipt = "statement_receipt",
        /// Something was charged against royalties.
        RoyaltyCharge = "royalty_charge",
        /// A run of royalties was posted.
        RoyaltyRun = "royalty_run",
    }
}

text_enum! {
    /// Whose a part of a sale is; see [`crate::ledger::rules::Holder`].
    pub enum PartHolder {
        /// A party's.
        Party = "party",
        /// Its makers', still to be signed.
        Parked = "parked",
        /// The state's.
        Tax = "tax",
        /// The studio's own.
        Studio = "studio",
        /// The studio's own, of a service.
        Service = "service",
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

    /// An account; one per studio, kind, party and currency. It has no balance of its own, so that nobody waits for another who posts to it.
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
        /// Whose, for a payable, a receivable and what is suspended of a party's.
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

    use super::JournalKind;
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
        /// What it books.
        pub kind: JournalKind,
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
        /// When it was posted: the date that it is booked under.
        pub posted_at: Instant,
        /// The journal that it undoes or carries on: of a refund and a dispute the sale, of a dispute's end its opening, of what came back the payout.
        pub of_id: Option<JournalId>,
        /// When it happened, where that was earlier than it was posted.
        pub occurred_at: Option<Instant>,
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
        /// Its number, given by the database in the order of writing: up to which a balance is folded.
        pub seq: i64,
    }

    crate::plain_entity!();
}

pub mod journal_part {
    //! Parts of sales.
    use sea_orm::entity::prelude::*;

    use super::PartHolder;
    use crate::{
        ids::{JournalId, OrderLineId, PartyId},
        share::Share,
    };

    /// What a journal does to a part of a sale. Append-only, closed by its journal as entries are.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal_parts")]
    pub struct Model {
        /// The journal.
        #[sea_orm(primary_key, auto_increment = false)]
        pub journal_id: JournalId,
        /// Place among the journal's parts, from 0; where lines were not told apart yet, anything that rises.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// The journal of the sale.
        pub sale_id: JournalId,
        /// The line of the order; none where a sale was booked before lines were told apart.
        pub order_line_id: Option<OrderLineId>,
        /// Whose.
        pub holder: PartHolder,
        /// Which party's.
        pub party_id: Option<PartyId>,
        /// What is added to what its holder has of the sale, in minor units; below zero what is taken.
        pub live_minor: i64,
        /// What is added to what is suspended of it, in minor units.
        pub suspended_minor: i64,
        /// By which share of the line.
        pub share: Option<Share>,
        /// Whether one of its cents is one that the division left over.
        pub holds_cent: bool,
    }

    crate::plain_entity!();
}

pub mod account_fold {
    //! Folded balances.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::AccountId};

    /// What an account's entries come to up to a number: its balance is this and the entries behind it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account_folds")]
    pub struct Model {
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        /// The number of the last entry, of whatever account, up to which all is in it.
        pub through_seq: i64,
        /// Minor units: debit positive, credit negative.
        pub balance_minor: i64,
        /// When it was folded.
        pub folded_at: Instant,
    }

    crate::plain_entity!();
}

pub mod period {
    //! Closed periods.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{PeriodId, StudioId, UserId},
    };

    /// A closed period: no journal is dated into it any more. Append-only; periods follow each other without a gap.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_periods")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PeriodId,
        /// Whose books.
        pub studio_id: StudioId,
        /// Its number among the studio's periods, from 1.
        pub number: i32,
        /// When it begins; none of the first, which has all that was before.
        pub starts_at: Option<Instant>,
        /// When it ends: the first instant that is not of it any more.
        pub ends_at: Instant,
        /// When it was closed.
        pub closed_at: Instant,
        /// By whom; none if the program itself did.
        pub closed_by: Option<UserId>,
        /// Why, a sentence.
        pub reason: String,
        /// How many journals it holds.
        pub journals: i64,
        /// The hash of what it holds; see [`crate::ledger::rules::period::PeriodHash`].
        pub sha256: Sha256,
    }

    crate::plain_entity!();
}

pub mod period_balance {
    //! Balances at the end of closed periods.
    use sea_orm::entity::prelude::*;

    use crate::ids::{AccountId, PeriodId};

    /// What an account came to at the end of a period. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "period_balances")]
    pub struct Model {
        /// The period.
        #[sea_orm(primary_key, auto_increment = false)]
        pub period_id: PeriodId,
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        /// Minor units: debit positive, credit negative.
        pub balance_minor: i64,
    }

    crate::plain_entity!();
}
