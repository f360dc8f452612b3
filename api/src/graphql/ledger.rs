//! The ledger: accounts with their balances, journals with their entries.

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
    sales::proof,
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    loaders::CallerLoader,
    scalars::{Id, Int64, Money},
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
}

/// An account of the studio's books.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Account {
    /// The id.
    pub id: Id<AccountId>,
    /// What it stands for.
    pub kind: AccountKind,
    /// To whom, for a payable.
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
    /// The name of the party, for a payable.
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
    /// What happened, such as `sale`, `refund`.
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
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    #[graphql(skip)]
    key: JournalId,
}

impl From<journal::Model> for Journal {
    fn from(row: journal::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind,
            source: row.source,
            external_id: row.external_id,
            order_id: row.order_id.map(Id::from),
            reference: row.reference,
            memo: row.memo,
            posted_at: row.posted_at,
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

/// In which way the money is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::sales::proof::DriftKind")]
pub enum DriftKind {
    /// A journal's entries do not sum to zero.
    JournalUnbalanced,
    /// A sale or a refund is booked of a payment that is not there.
    JournalUnpaid,
    /// A payment is in no journal.
    PaymentUnbooked,
    /// A refunded payment is in no journal of a refund.
    RefundUnbooked,
    /// An order is granted, and no payment of its total is kept.
    OrderUnpaid,
    /// A line of a granted order has no licence.
    LineUnlicensed,
    /// A licence belongs to an order that was not granted.
    LicenceUngranted,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Drift {
    /// In which way.
    pub kind: DriftKind,
    /// Of what: the reference of an order, licence or journal, or the gateway's id of a payment.
    pub reference: String,
    /// What is wrong, a sentence that the reference goes before.
    pub said: String,
    /// Since when, at the latest.
    pub since: DateTime<Utc>,
}

/// What was looked at to prove the books, and what of it is wrong.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Proof {
    /// Whether nothing is wrong.
    pub holds: bool,
    /// How many orders there are.
    pub orders: Int64,
    /// How many payments.
    pub payments: Int64,
    /// How many licences.
    pub licences: Int64,
    /// How many journals.
    pub journals: Int64,
    /// What all entries sum to, in each currency: zero.
    pub sums: Vec<Money>,
    /// What is wrong, oldest first: at most a hundred of each kind.
    pub drifts: Vec<Drift>,
}

impl From<proof::Proof> for Proof {
    fn from(proof: proof::Proof) -> Self {
        let number = |count: u64| Int64(count.cast_signed());
        let drift = |drift: proof::Drift| Drift {
            kind: drift.kind.into(),
            reference: drift.reference,
            said: drift.kind.said().to_owned(),
            since: drift.since,
        };
        Self {
            holds: proof.holds(),
            orders: number(proof.orders),
            payments: number(proof.payments),
            licences: number(proof.licences),
            journals: number(proof.journals),
            sums: proof.sums.into_iter().map(Money::from).collect(),
            drifts: proof.drifts.into_iter().map(drift).collect(),
        }
    }
}

/// Queries about the ledger.
#[derive(Debug, Default)]
pub struct LedgerQuery;

#[Object]
impl LedgerQuery {
    /// The balances of all accounts of a studio's books.
    async fn balances(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<Balance>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_balances(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        let balance = |row: queries::Balance| Balance { account: row.account.into(), balance: row.balance.into() };
        Ok(rows.into_iter().map(balance).collect())
    }

    /// What all entries of a studio's books sum to, in each currency: zero, always.
    async fn trial_balance(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<Money>, Failure> {
        let caller = caller(ctx)?;
        let sums = queries::trial_balance(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(sums.into_iter().map(Money::from).collect())
    }

    /// The proof of a studio's books, read from the tables alone: every journal sums to zero, every payment is booked, every granted order is
    /// paid and licensed. `ledgerline proof` proves those of all studios.
    #[graphql(complexity = 50)]
    async fn proof(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Proof, Failure> {
        let caller = caller(ctx)?;
        let proof = proof::prove(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(Proof::from(proof))
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
