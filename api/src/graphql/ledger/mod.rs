//! The ledger: accounts with their balances, journals with their entries. Beside it, one file each: the [`proof`], closed [`periods`], and why an
//! entry is what it is ([`explain`]).

pub mod explain;
pub mod periods;
pub mod proof;

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, EntryId, JournalId, OrderId, PartyId, StudioId},
    ledger::{
        entity::{account, journal},
        queries::{self, EntryOfAccount},
    },
    money::Money as DomainMoney,
    parties,
    sales::proof as domain_proof,
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    loaders::CallerLoader,
    scalars::{Id, Money},
    splits::{BasesOfJournal, JournalBasis},
};

/// What an account stands for. Debits are positive, credits negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ledger::entity::AccountKind")]
pub enum AccountKind {
    /// What the gateway holds for the studio.
    GatewayClearing,
    /// What the gateway has charged.
    GatewayFees,
    /// What has been sold.
    Sales,
    /// What has been shared out of sales.
    SplitsExpense,
    /// What is owed to a party.
    Payable,
    /// What has been collected and is to be given back to its buyer.
    RefundsDue,
    /// What has been sold of works whose split is unsigned; owed to their makers, in shares still to be signed.
    SplitsParked,
    /// What the gateway has taken for disputes that are open: it comes back if they are won.
    Disputed,
    /// What is owed to a party, or will be to makers who have not signed, unless a dispute is lost.
    Suspended,
    /// What a party owes, because what it was paid was taken back later.
    Receivable,
    /// What the studio has paid from its own bank account, and was paid into it.
    Bank,
    /// What has been collected for the state.
    TaxDue,
    /// What services have brought in.
    Services,
    /// What royalty statements say is received, and has not reached the bank.
    RoyaltiesDue,
    /// What was received of royalty statements and was not given out by a run yet.
    RoyaltySuspense,
    /// What is held back of royalties.
    RoyaltyReserves,
    /// What was advanced to payees or spent for them, to be recouped of later royalties.
    RoyaltyRecoupable,
    /// What is left over of minor units, and what reached the bank beyond or below what is accounted for.
    RoyaltyDifferences,
}

/// An account of the studio's books.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Account {
    /// The id.
    pub id: Id<AccountId>,
    /// What it stands for.
    pub kind: AccountKind,
    /// Whose, for a payable, a receivable and what is suspended of a party's.
    pub party_id: Option<Id<PartyId>>,
    /// ISO 4217 code.
    pub currency: String,
    #[graphql(skip)]
    party: Option<PartyId>,
}

impl From<account::Model> for Account {
    fn from(row: account::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            party_id: row.party_id.map(Id::from),
            currency: row.currency.code().to_owned(),
            party: row.party_id,
        }
    }
}

#[ComplexObject]
impl Account {
    /// The name of the party, where it is of one.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        match self.party {
            Some(party) => loader(ctx)?.load_one(PartyName(party)).await,
            None => Ok(None),
        }
    }
}

/// Loads the name of a party that stands in a row which the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartyName(pub PartyId);

impl Loader<PartyName> for CallerLoader {
    type Value = String;
    type Error = Failure;

    async fn load(&self, keys: &[PartyName]) -> Result<HashMap<PartyName, String>, Failure> {
        let ids: Vec<PartyId> = keys.iter().map(|key| key.0).collect();
        let found = parties::find_parties_by_ids(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, party)| (PartyName(id), party.name)).collect())
    }
}

/// An account and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Balance {
    /// The account.
    pub account: Account,
    /// The sum of its entries: debit positive, credit negative.
    pub balance: Money,
}

impl From<queries::Balance> for Balance {
    fn from(row: queries::Balance) -> Self {
        Self { account: row.account.into(), balance: row.balance.into() }
    }
}

/// What the debits and the credits of all accounts come to in one currency.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct TrialBalanceTotals {
    /// The balances of accounts that stand in debit.
    pub debits: Money,
    /// Those of accounts that stand in credit, without their sign.
    pub credits: Money,
}

/// All balances of a studio's books at one moment.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct TrialBalance {
    /// The accounts that come to something.
    pub balances: Vec<Balance>,
    /// What both sides come to, one for each currency.
    pub totals: Vec<TrialBalanceTotals>,
}

impl From<queries::TrialBalance> for TrialBalance {
    fn from(found: queries::TrialBalance) -> Self {
        let totals =
            |sides: queries::Totals| TrialBalanceTotals { debits: sides.debits.into(), credits: sides.credits.into() };
        Self {
            balances: found.balances.into_iter().map(Balance::from).collect(),
            totals: found.totals.into_iter().map(totals).collect(),
        }
    }
}

/// How a payee stands in one currency.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Payee {
    /// Who.
    pub party_id: Id<PartyId>,
    /// What can be paid to them.
    pub owed: Money,
    /// What is suspended while disputes are open.
    pub suspended: Money,
    /// What they owe, because what they were paid was taken back; what they earn settles it first.
    pub due: Money,
    #[graphql(skip)]
    party: PartyId,
}

impl From<queries::Payee> for Payee {
    fn from(row: queries::Payee) -> Self {
        Self {
            party_id: row.party.into(),
            owed: row.owed.into(),
            suspended: row.suspended.into(),
            due: row.due.into(),
            party: row.party,
        }
    }
}

#[ComplexObject]
impl Payee {
    /// Their name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// An entry of a journal.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Entry {
    /// The id.
    pub id: Id<EntryId>,
    /// The account.
    pub account: Account,
    /// Debit positive, credit negative, never zero.
    pub amount: Money,
}

impl From<EntryOfAccount> for Entry {
    fn from(EntryOfAccount { entry, account }: EntryOfAccount) -> Self {
        Self {
            id: entry.id.into(),
            account: account.into(),
            amount: DomainMoney::new(entry.amount_minor, entry.currency).into(),
        }
    }
}

/// A journal: two or more entries that sum to zero in each currency.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Journal {
    /// The id.
    pub id: Id<JournalId>,
    /// What it books: `sale`, `refund_due`, `refund`, `refund_failed`, `split_release`, `dispute_opened`, `dispute_won`, `dispute_lost`, `payout`,
    /// `payout_by_hand`, `payout_failed`, `payout_returned` or `party_merge`.
    pub kind: String,
    /// Where it comes from, such as the gateway's name.
    pub source: String,
    /// The source's id for it, such as the payment's.
    pub external_id: String,
    /// The order behind it.
    pub order_id: Option<Id<OrderId>>,
    /// The one reference.
    pub reference: String,
    /// A sentence for a person.
    pub memo: String,
    /// When it was posted: the date that it is booked under.
    pub posted_at: DateTime<Utc>,
    /// The journal that it undoes or carries on: of a refund and a dispute the sale, of a dispute's end its opening, of what came back the payout.
    pub of_id: Option<Id<JournalId>>,
    /// When it happened, where that was earlier than it was posted.
    pub occurred_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: JournalId,
}

impl From<journal::Model> for Journal {
    fn from(row: journal::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.word().to_owned(),
            source: row.source,
            external_id: row.external_id,
            order_id: row.order_id.map(Id::from),
            reference: row.reference,
            memo: row.memo,
            posted_at: row.posted_at,
            of_id: row.of_id.map(Id::from),
            occurred_at: row.occurred_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl Journal {
    /// Its entries, debits first.
    async fn entries(&self, ctx: &Context<'_>) -> Result<Vec<Entry>, Failure> {
        let rows = loader(ctx)?.load_one(EntriesOfJournal(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Entry::from).collect())
    }

    /// The signed documents by which it divides, one for each line of the order that has one.
    async fn bases(&self, ctx: &Context<'_>) -> Result<Vec<JournalBasis>, Failure> {
        let bases = loader(ctx)?.load_one(BasesOfJournal(self.key)).await?.unwrap_or_default();
        Ok(bases.into_iter().map(JournalBasis::from).collect())
    }
}

/// Loads the entries of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntriesOfJournal(pub JournalId);

impl Loader<EntriesOfJournal> for CallerLoader {
    type Value = Vec<EntryOfAccount>;
    type Error = Failure;

    async fn load(&self, keys: &[EntriesOfJournal]) -> Result<HashMap<EntriesOfJournal, Self::Value>, Failure> {
        let journals: Vec<JournalId> = keys.iter().map(|key| key.0).collect();
        let found = queries::entries_of_journals(&self.caller.services.db, &journals).await?;
        Ok(found.into_iter().map(|(journal, rows)| (EntriesOfJournal(journal), rows)).collect())
    }
}

/// Queries about the ledger.
#[derive(Debug, Default)]
pub struct LedgerQuery;

#[Object]
impl LedgerQuery {
    /// The balances of all accounts of a studio's books: at an instant, what was booked then included; without one, now.
    async fn balances(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        at: Option<DateTime<Utc>>,
    ) -> Result<Vec<Balance>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_balances(&caller.services.db, &caller.ctx, studio.named("studio")?, at).await?;
        Ok(rows.into_iter().map(Balance::from).collect())
    }

    /// All balances that are not nothing, and what both sides come to: the same. At an instant, or without one, now.
    async fn trial_balance_at(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        at: Option<DateTime<Utc>>,
    ) -> Result<TrialBalance, Failure> {
        let caller = caller(ctx)?;
        let found = queries::trial_balance_at(&caller.services.db, &caller.ctx, studio.named("studio")?, at).await?;
        Ok(TrialBalance::from(found))
    }

    /// How the payees of a studio stand in each currency: what is owed to them, suspended, or due from them. At an instant, or without one, now.
    async fn payees(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        at: Option<DateTime<Utc>>,
    ) -> Result<Vec<Payee>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_payees(&caller.services.db, &caller.ctx, studio.named("studio")?, at).await?;
        Ok(rows.into_iter().map(Payee::from).collect())
    }

    /// What all entries of a studio's books sum to, in each currency: zero, always.
    async fn trial_balance(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<Money>, Failure> {
        let caller = caller(ctx)?;
        let sums = queries::trial_balance(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(sums.into_iter().map(Money::from).collect())
    }

    /// The proof of a studio's books, read from the tables alone: every journal sums to zero, every payment is booked, every granted order is
    /// paid and licensed, folded balances are what their entries come to, closed periods are as they were closed. `ledgerline proof` proves those of all
    /// studios.
    #[graphql(complexity = 50)]
    async fn proof(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<proof::Proof, Failure> {
        let caller = caller(ctx)?;
        let proof = domain_proof::prove(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(proof::Proof::from(proof))
    }

    /// The studio's journals, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn journals(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Journal>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let studio = studio.named("studio")?;
        let rows = queries::list_journals(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, Journal::from))
    }

    /// The journals behind one order of the studio, oldest first.
    async fn journals_of_order(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        order: Id<OrderId>,
    ) -> Result<Vec<Journal>, Failure> {
        let caller = caller(ctx)?;
        let (studio, order) = (studio.named("studio")?, order.named("order")?);
        let rows = queries::journals_of_order(&caller.services.db, &caller.ctx, studio, order).await?;
        Ok(rows.into_iter().map(Journal::from).collect())
    }
}
