//! Terms, charges and runs as the schema has them.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, Json, SimpleObject, dataloader::Loader};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{AgreementId, JournalId, PartyId, PayoutId, RoyaltyChargeId, RoyaltyRunId, StudioId},
    money::{Currency, Money as DomainMoney},
    royalties::{
        entity::{account, charge, payee, rule, run},
        queries::{left, runs},
    },
};
use serde_json::Value;

use super::left::RoyaltyLeft;
use crate::graphql::{
    caller,
    errors::Failure,
    ledger::PartyName,
    loader,
    loaders::CallerLoader,
    scalars::{Id, Int64, Money},
};

/// What a rule of royalties is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::RuleKind")]
pub enum RoyaltyRuleKind {
    /// How losses and reserves of an executed split are treated.
    Split,
    /// Over which tracks a release is spread.
    Album,
    /// What one party pays another.
    Contract,
    /// How a payee is paid.
    Payee,
    /// What is withheld for tax.
    Withholding,
}

/// To whom something is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::ChargeKind")]
pub enum RoyaltyChargeKind {
    /// To the income of a recording or work.
    Shared,
    /// To a payee: a cost of their own.
    Cost,
    /// To a payee: an advance.
    Advance,
    /// To what a payee is owed: a payout that a run has taken into account.
    Payment,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::RunState")]
pub enum RoyaltyRunState {
    /// Reckoned; nothing is posted.
    Draft,
    /// Somebody who may has approved it.
    Approved,
    /// It is in the books.
    Posted,
    /// It was thrown away; what it had taken is free again.
    Discarded,
}

/// Why a payee is not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::WaitsFor")]
pub enum RoyaltyWaitsFor {
    /// There is nothing to pay.
    Nothing,
    /// It is less than is paid at the least.
    Minimum,
    /// It is held.
    Hold,
}

/// A version of a rule of royalties; it never changes.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyRule {
    /// The rule's name, the same in all its versions.
    pub rule: String,
    /// Its number among them, from 1.
    pub number: i32,
    /// What it is about.
    pub kind: RoyaltyRuleKind,
    /// What people call it.
    pub title: String,
    /// From which day of use it holds.
    pub effective_on: NaiveDate,
    /// When a contract ends.
    pub ends_on: Option<NaiveDate>,
    /// What it says.
    pub content: Json<Value>,
    /// SHA-256 of what it says, in hexadecimal.
    pub sha256: String,
    /// SHA-256 of the document that was signed, in hexadecimal.
    pub document_sha256: Option<String>,
    /// The agreement that it comes from.
    pub agreement_id: Option<Id<AgreementId>>,
    /// When it was written.
    pub written_at: DateTime<Utc>,
}

impl RoyaltyRule {
    /// A version as it is shown.
    pub fn of(row: rule::Model) -> Result<Self, Failure> {
        Ok(Self {
            rule: row.rule,
            number: row.number,
            kind: row.kind.into(),
            title: row.title,
            effective_on: row.effective_on,
            ends_on: row.ends_on,
            content: Json(serde_json::from_str(&row.content).map_err(Failure::broken)?),
            sha256: row.sha256.to_string(),
            document_sha256: row.document_sha256.map(|sha256| sha256.to_string()),
            agreement_id: row.agreement_id.map(Id::from),
            written_at: row.written_at,
        })
    }
}

/// What is charged against royalties.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct RoyaltyCharge {
    /// The id.
    pub id: Id<RoyaltyChargeId>,
    /// To whom it is charged.
    pub kind: RoyaltyChargeKind,
    /// Its day.
    pub on: NaiveDate,
    /// How much; below zero, what is taken back of another charge, or what came back of a payment.
    pub amount: Money,
    /// The recording (`rec_…`), work (`work_…`) or release (`ean_…`), if it is shared.
    pub subject: Option<String>,
    /// The payee, unless it is shared.
    pub party_id: Option<Id<PartyId>>,
    /// The payee's cross-collateral group.
    pub group: Option<String>,
    /// Among whose costs an advance is, too.
    pub included_party_id: Option<Id<PartyId>>,
    /// In which group of theirs.
    pub included_group: Option<String>,
    /// The payout that a payment is.
    pub payout_id: Option<Id<PayoutId>>,
    /// The charge that this one takes back.
    pub reverses_id: Option<Id<RoyaltyChargeId>>,
    /// What for, or why it is taken back.
    pub note: String,
    /// The journal that books it.
    pub journal_id: Option<Id<JournalId>>,
    /// The run that has taken it.
    pub run_id: Option<Id<RoyaltyRunId>>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    #[graphql(skip)]
    party: Option<PartyId>,
}

impl From<charge::Model> for RoyaltyCharge {
    fn from(row: charge::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            on: row.on_date,
            amount: DomainMoney::new(row.amount_minor, row.currency).into(),
            subject: row.subject().map(|subject| subject.to_string()),
            party_id: row.party_id.map(Id::from),
            group: row.account_group,
            included_party_id: row.included_party_id.map(Id::from),
            included_group: row.included_group,
            payout_id: row.payout_id.map(Id::from),
            reverses_id: row.reverses_id.map(Id::from),
            note: row.note,
            journal_id: row.journal_id.map(Id::from),
            run_id: row.run_id.map(Id::from),
            recorded_at: row.recorded_at,
            party: row.party_id,
        }
    }
}

#[ComplexObject]
impl RoyaltyCharge {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        match self.party {
            Some(party) => loader(ctx)?.load_one(PartyName(party)).await,
            None => Ok(None),
        }
    }
}

/// A run: what a period in a currency comes to. It is reckoned as a draft, approved, and posted.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct RoyaltyRun {
    /// The id.
    pub id: Id<RoyaltyRunId>,
    /// Its number among the studio's runs in the currency, from 1.
    pub number: i32,
    /// ISO 4217 code of the currency.
    pub currency: String,
    /// The first day of the period.
    pub from_on: NaiveDate,
    /// The last day.
    pub through_on: NaiveDate,
    /// Where it stands.
    pub state: RoyaltyRunState,
    /// How many lines.
    pub lines: Int64,
    /// What they come to, a decimal number of up to 18 decimals.
    pub received: String,
    /// What is left over of a minor unit.
    pub residue: String,
    /// What is to be paid out.
    pub due: Money,
    /// SHA-256 of the rules, in hexadecimal.
    pub rules_sha256: String,
    /// SHA-256 of all that it was reckoned from: `GET /royalty-runs/{run}/inputs.json`, from which `ledgerline royalties replay` reckons it again.
    pub inputs_sha256: String,
    /// SHA-256 of what it comes to: `GET /royalty-runs/{run}/outcome.json`.
    pub outcome_sha256: String,
    /// The journal that posts it.
    pub journal_id: Option<Id<JournalId>>,
    /// When it was reckoned.
    pub created_at: DateTime<Utc>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// When it was posted or discarded.
    pub ended_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: RoyaltyRunId,
    #[graphql(skip)]
    unit: Currency,
    #[graphql(skip)]
    whose: StudioId,
}

impl From<run::Model> for RoyaltyRun {
    fn from(row: run::Model) -> Self {
        Self {
            id: row.id.into(),
            number: row.number,
            currency: row.currency.code().to_owned(),
            from_on: row.from_on,
            through_on: row.through_on,
            state: row.state.into(),
            lines: Int64(row.lines),
            received: row.received.to_string(),
            residue: row.residue.to_string(),
            due: DomainMoney::new(row.due_minor, row.currency).into(),
            rules_sha256: row.rules_sha256.to_string(),
            inputs_sha256: row.inputs_sha256.to_string(),
            outcome_sha256: row.outcome_sha256.to_string(),
            journal_id: row.journal_id.map(Id::from),
            created_at: row.created_at,
            approved_at: row.approved_at,
            ended_at: row.ended_at,
            key: row.id,
            unit: row.currency,
            whose: row.studio_id,
        }
    }
}

#[ComplexObject]
impl RoyaltyRun {
    /// What payees come to, once it is posted.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn payees(&self, ctx: &Context<'_>) -> Result<Vec<RoyaltyPayee>, Failure> {
        let rows = loader(ctx)?.load_one(PayeesOfRun(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(|row| RoyaltyPayee::of(row, self.unit)).collect())
    }

    /// What waits now of what was used through its last day, as nobody has said or signed whose it is, and what has no rate. It keeps nobody from being paid.
    #[graphql(complexity = "20 * child_complexity + 20")]
    async fn left(&self, ctx: &Context<'_>) -> Result<RoyaltyLeft, Failure> {
        let db = &caller(ctx)?.services.db;
        Ok(left::left_of(db, self.whose, self.unit, self.through_on).await?.into())
    }

    /// What payees' accounts come to, once it is posted: one for each cross-collateral group.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<RoyaltyAccount>, Failure> {
        let rows = loader(ctx)?.load_one(AccountsOfRun(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(|row| RoyaltyAccount::of(row, self.unit)).collect())
    }
}

/// Loads what the payees of a run come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PayeesOfRun(pub RoyaltyRunId);

impl Loader<PayeesOfRun> for CallerLoader {
    type Value = Vec<payee::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[PayeesOfRun]) -> Result<HashMap<PayeesOfRun, Self::Value>, Failure> {
        let ids: Vec<RoyaltyRunId> = keys.iter().map(|key| key.0).collect();
        let mut by_run: HashMap<PayeesOfRun, Vec<payee::Model>> = HashMap::new();
        for row in runs::payees_of(&self.caller.services.db, &ids).await? {
            by_run.entry(PayeesOfRun(row.run_id)).or_default().push(row);
        }
        Ok(by_run)
    }
}

/// Loads what the accounts of a run come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountsOfRun(pub RoyaltyRunId);

impl Loader<AccountsOfRun> for CallerLoader {
    type Value = Vec<account::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[AccountsOfRun]) -> Result<HashMap<AccountsOfRun, Self::Value>, Failure> {
        let ids: Vec<RoyaltyRunId> = keys.iter().map(|key| key.0).collect();
        let mut by_run: HashMap<AccountsOfRun, Vec<account::Model>> = HashMap::new();
        for row in runs::accounts_of(&self.caller.services.db, &ids).await? {
            by_run.entry(AccountsOfRun(row.run_id)).or_default().push(row);
        }
        Ok(by_run)
    }
}

/// What a payee comes to in a run.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct RoyaltyPayee {
    /// Who.
    pub party_id: Id<PartyId>,
    /// What all accounts are owed.
    pub balance: Money,
    /// What is paid out of it.
    pub due: Money,
    /// Why nothing is.
    pub waits_for: Option<RoyaltyWaitsFor>,
    /// Why it is held.
    pub reason: Option<String>,
    #[graphql(skip)]
    party: PartyId,
}

impl RoyaltyPayee {
    fn of(row: payee::Model, currency: Currency) -> Self {
        Self {
            party_id: row.party_id.into(),
            balance: DomainMoney::new(row.balance_minor, currency).into(),
            due: DomainMoney::new(row.due_minor, currency).into(),
            waits_for: row.waits_for.map(RoyaltyWaitsFor::from),
            reason: row.reason,
            party: row.party_id,
        }
    }
}

#[ComplexObject]
impl RoyaltyPayee {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// What an account comes to in a run.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct RoyaltyAccount {
    /// Whose.
    pub party_id: Id<PartyId>,
    /// The cross-collateral group.
    pub group: String,
    /// What it was owed; below zero, what it had not made up for.
    pub opening: Money,
    /// What it has earned, a decimal number of up to 18 decimals.
    pub activity: String,
    /// What was held back.
    pub held: Money,
    /// What was released.
    pub released: Money,
    /// What its costs took.
    pub costs: Money,
    /// What was withheld for tax.
    pub tax: Money,
    /// What advances took.
    pub advances: Money,
    /// What it is owed; below zero, what it has to make up for.
    pub closing: Money,
    /// Costs and advances that are open.
    pub unrecouped: Money,
    #[graphql(skip)]
    party: PartyId,
}

impl RoyaltyAccount {
    fn of(row: account::Model, currency: Currency) -> Self {
        let money = |minor| Money::from(DomainMoney::new(minor, currency));
        Self {
            party_id: row.party_id.into(),
            group: row.account_group,
            opening: money(row.opening_minor),
            activity: row.activity.to_string(),
            held: money(row.held_minor),
            released: money(row.released_minor),
            costs: money(row.costs_minor),
            tax: money(row.tax_minor),
            advances: money(row.advances_minor),
            closing: money(row.closing_minor),
            unrecouped: money(row.unrecouped_minor),
            party: row.party_id,
        }
    }
}

#[ComplexObject]
impl RoyaltyAccount {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}
