//! Payouts: what payees can be paid, what was paid to them and how it stands, and where they are paid. What changes them is in [`mutations`].

mod banks;
pub mod mutations;

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{JournalId, PartyId, PayeeId, PayoutBatchId, PayoutId, StudioId},
    money::Money as DomainMoney,
    payouts::{
        entity::{payee, payout, payout_batch, payout_minimum},
        queries,
        rules::Hold,
    },
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    ledger::PartyName,
    loader,
    loaders::CallerLoader,
    scalars::{Id, Money},
};

pub use banks::{BankScheme, PayeeBank, PayeeBankChange, PayeeBanksQuery};
pub use mutations::PayoutsMutation;

/// How a payee is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::payouts::entity::PayoutMethod")]
pub enum PayoutMethod {
    /// By the gateway, to the payee's account there.
    Gateway,
    /// By the studio itself, which records it.
    Manual,
    /// By a SEPA credit transfer of the studio's bank.
    Sepa,
    /// By an ACH credit of the studio's bank.
    Ach,
}

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::payouts::entity::PayoutState")]
pub enum PayoutState {
    /// Booked, and on its way to the gateway.
    Sending,
    /// The gateway has sent it, or the studio has.
    Paid,
    /// It stands in a file for the studio's bank.
    Exported,
    /// The gateway has refused it: it is owed again, and is tried again.
    Failed,
    /// Failed, and not tried any more.
    Cancelled,
    /// It had left, and came back: it is owed again.
    Returned,
}

/// Where a payee's account at the gateway stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::payouts::entity::PayeeState")]
pub enum PayeeState {
    /// The link was mailed; there is no account yet.
    Invited,
    /// There is one, and the gateway has more to ask.
    Incomplete,
    /// Money can be sent to it.
    Ready,
}

/// Money paid to a payee.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Payout {
    /// The id.
    pub id: Id<PayoutId>,
    /// To whom.
    pub party_id: Id<PartyId>,
    /// How.
    pub method: PayoutMethod,
    /// Where it stands.
    pub state: PayoutState,
    /// The reference, which journals, transfers and bank files bear.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// Why the last attempt failed, or why it came back; absent while nothing is wrong.
    pub failure: Option<String>,
    /// When it is tried again by itself.
    pub retry_at: Option<DateTime<Utc>>,
    /// The gateway's id for it, once it was sent.
    pub gateway_transfer: Option<String>,
    /// The file that it stands in.
    pub batch_id: Option<Id<PayoutBatchId>>,
    /// The journal that books it.
    pub journal_id: Id<JournalId>,
    /// The journal that books it back.
    pub undone_journal_id: Option<Id<JournalId>>,
    /// What the studio says of it.
    pub note: String,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it left, or is to leave by the file that it stands in.
    pub paid_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    party: PartyId,
}

impl From<payout::Model> for Payout {
    fn from(row: payout::Model) -> Self {
        Self {
            id: row.id.into(),
            party_id: row.party_id.into(),
            method: row.method.into(),
            state: row.state.into(),
            reference: row.reference,
            amount: DomainMoney::new(row.amount_minor, row.currency).into(),
            attempt: row.attempt,
            failure: row.failure,
            retry_at: row.retry_at,
            gateway_transfer: row.gateway_transfer,
            batch_id: row.batch_id.map(Id::from),
            journal_id: row.journal_id.into(),
            undone_journal_id: row.undone_journal.map(Id::from),
            note: row.note,
            requested_at: row.requested_at,
            paid_at: row.paid_at,
            party: row.party_id,
        }
    }
}

#[ComplexObject]
impl Payout {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// What a payee waits for who is owed something and paid nothing now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::payouts::rules::WaitsFor")]
pub enum PayoutWaitsFor {
    /// Their payouts are held.
    Hold,
    /// All of it is held back, for it was sold lately, is about to be given back, or was tried without real money.
    Sales,
    /// It is less than is paid at the least.
    Minimum,
}

/// What holds a payee's payouts, by their terms of royalties.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayoutHold {
    /// Why.
    pub reason: String,
    /// Through which day; absent until further notice.
    pub through: Option<NaiveDate>,
}

impl From<Hold> for PayoutHold {
    fn from(hold: Hold) -> Self {
        Self { reason: hold.reason, through: hold.through }
    }
}

/// How a payee stands in one currency, and what can be paid to them.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct PayeeBalance {
    /// Who.
    pub party_id: Id<PartyId>,
    /// What is owed to them and not on its way: what can be paid and what is held back.
    pub owed: Money,
    /// What can be paid now, whichever way.
    pub payable: Money,
    /// Why nothing can, if something is owed.
    pub waits_for: Option<PayoutWaitsFor>,
    /// What holds their payouts, if something does.
    pub hold: Option<PayoutHold>,
    /// What is held back: all that is owed while their payouts are held; else what was sold lately, is about to be given back, or was tried without real money.
    pub held: Money,
    /// What is suspended while disputes are open.
    pub suspended: Money,
    /// What they owe, because what they were paid was taken back; they are paid nothing until it is settled.
    pub due: Money,
    /// From which amount on is paid: what the studio's payouts ask for, or the payee's terms of royalties, whichever is more.
    pub minimum: Money,
    /// The payout that the gateway is sending, or that has failed and waits.
    pub under_way: Option<Payout>,
    #[graphql(skip)]
    party: PartyId,
}

impl From<queries::PayeeBalance> for PayeeBalance {
    fn from(row: queries::PayeeBalance) -> Self {
        Self {
            party_id: row.party.into(),
            owed: row.owed.into(),
            payable: row.payable.into(),
            waits_for: row.waits_for.map(PayoutWaitsFor::from),
            hold: row.hold.map(PayoutHold::from),
            held: row.held.into(),
            suspended: row.suspended.into(),
            due: row.due.into(),
            minimum: row.minimum.into(),
            under_way: row.under_way.map(Payout::from),
            party: row.party,
        }
    }
}

#[ComplexObject]
impl PayeeBalance {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// A file for the studio's bank, kept as it was given.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct PayoutBatch {
    /// The id.
    pub id: Id<PayoutBatchId>,
    /// The reference, which the file bears.
    pub reference: String,
    /// How the bank is told.
    pub scheme: BankScheme,
    /// What all payouts in it come to.
    pub total: Money,
    /// When the bank is to pay.
    pub execute_on: NaiveDate,
    /// The file: pain.001 as XML, or NACHA's lines.
    pub file: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    key: PayoutBatchId,
}

impl From<payout_batch::Model> for PayoutBatch {
    fn from(row: payout_batch::Model) -> Self {
        Self {
            id: row.id.into(),
            reference: row.reference,
            scheme: row.scheme.into(),
            total: DomainMoney::new(row.total_minor, row.currency).into(),
            execute_on: row.execute_on,
            file: row.file,
            sha256: row.sha256.to_string(),
            created_at: row.created_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl PayoutBatch {
    /// The payouts that stand in it.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn payouts(&self, ctx: &Context<'_>) -> Result<Vec<Payout>, Failure> {
        let rows = loader(ctx)?.load_one(PayoutsOfBatch(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Payout::from).collect())
    }
}

/// Loads the payouts that stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PayoutsOfBatch(pub PayoutBatchId);

impl Loader<PayoutsOfBatch> for CallerLoader {
    type Value = Vec<payout::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[PayoutsOfBatch]) -> Result<HashMap<PayoutsOfBatch, Self::Value>, Failure> {
        let batches: Vec<PayoutBatchId> = keys.iter().map(|key| key.0).collect();
        let found = queries::payouts_of_batches(&self.caller.services.db, &batches).await?;
        Ok(found.into_iter().map(|(batch, rows)| (PayoutsOfBatch(batch), rows)).collect())
    }
}

/// A payee's account at the gateway.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayeeAccount {
    /// The id.
    pub id: Id<PayeeId>,
    /// Whose it is.
    pub party_id: Id<PartyId>,
    /// Where it stands, as last seen.
    pub state: PayeeState,
    /// What the gateway still has to know, in its words.
    pub missing: Vec<String>,
    /// Their country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Where the link was mailed.
    pub email: String,
    /// When it was last mailed.
    pub invited_at: DateTime<Utc>,
}

impl From<payee::Model> for PayeeAccount {
    fn from(row: payee::Model) -> Self {
        Self {
            id: row.id.into(),
            party_id: row.party_id.into(),
            state: row.state.into(),
            missing: row.missing.lines().map(str::to_owned).collect(),
            country: row.country,
            email: row.email.to_string(),
            invited_at: row.invited_at,
        }
    }
}

/// Where a payee is paid: at the gateway, by the studio's bank, or both.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct PayeeRoute {
    /// Who.
    pub party_id: Id<PartyId>,
    /// Their account at the gateway.
    pub account: Option<PayeeAccount>,
    /// Their bank account.
    pub bank: Option<PayeeBank>,
    #[graphql(skip)]
    party: PartyId,
}

#[ComplexObject]
impl PayeeRoute {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// From which amount on is paid.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayoutMinimum {
    /// To whom; absent for everybody who has none of their own.
    pub party_id: Option<Id<PartyId>>,
    /// The amount.
    pub minimum: Money,
}

impl From<payout_minimum::Model> for PayoutMinimum {
    fn from(row: payout_minimum::Model) -> Self {
        Self { party_id: row.party_id.map(Id::from), minimum: DomainMoney::new(row.minimum_minor, row.currency).into() }
    }
}

/// What holds for the payouts of a studio.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayoutTerms {
    /// For how many days the money of a sale is held back.
    pub hold_days: i32,
    /// From which amounts on is paid; where none is named, from the first cent on.
    pub minimums: Vec<PayoutMinimum>,
}

/// Queries about payouts.
#[derive(Debug, Default)]
pub struct PayoutsQuery;

#[Object]
impl PayoutsQuery {
    /// How the payees of a studio stand in each currency: what can be paid to them, what is held back, suspended, due from them, or on its way.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn payee_balances(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<PayeeBalance>, Failure> {
        let caller = caller(ctx)?;
        let (services, studio) = (&caller.services, studio.named("studio")?);
        let gateway = services.gateway.name();
        let rows = queries::list_payee_balances(&services.db, &caller.ctx, gateway, studio).await?;
        Ok(rows.into_iter().map(PayeeBalance::from).collect())
    }

    /// One payout of a studio.
    async fn payout(&self, ctx: &Context<'_>, id: Id<PayoutId>) -> Result<Option<Payout>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_payout(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(Payout::from))
    }

    /// The studio's payouts, newest first; those to one party alone, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn payouts(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        party: Option<Id<PartyId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Payout>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let (studio, party) = (studio.named("studio")?, party.map(|party| party.named("party")).transpose()?);
        let rows = queries::list_payouts(&caller.services.db, &caller.ctx, studio, party, request).await?;
        Ok(connection(rows, |row| row.id, Payout::from))
    }

    /// The studio's files for its bank, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn payout_batches(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<PayoutBatch>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let studio = studio.named("studio")?;
        let rows = queries::list_batches(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, PayoutBatch::from))
    }

    /// Where the studio's payees are paid, as far as it is known.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn payee_routes(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<PayeeRoute>, Failure> {
        let (caller, studio) = (caller(ctx)?, studio.named("studio")?);
        let gateway = caller.services.gateway.name();
        let rows = queries::list_routes(&caller.services.db, &caller.ctx, gateway, studio).await?;
        let route = |row: queries::PayeeRoute| PayeeRoute {
            party_id: row.party.into(),
            account: row.account.map(PayeeAccount::from),
            bank: row.bank.map(PayeeBank::from),
            party: row.party,
        };
        Ok(rows.into_iter().map(route).collect())
    }

    /// For how long a studio's money is held back, and from which amounts on is paid.
    async fn payout_terms(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<PayoutTerms, Failure> {
        let caller = caller(ctx)?;
        let (hold_days, minimums) =
            queries::find_terms(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(PayoutTerms { hold_days, minimums: minimums.into_iter().map(PayoutMinimum::from).collect() })
    }
}
