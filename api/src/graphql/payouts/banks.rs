//! Where payees are paid by the studio's bank, and the history of that.

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{PartyId, PayeeBankChangeId, StudioId, UserId},
    payouts::{
        entity::payee_bank,
        queries::{self, BankChange},
    },
};

use crate::graphql::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    ledger::PartyName,
    loader,
    scalars::Id,
};

/// How a bank is told to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::payouts::entity::BankScheme")]
pub enum BankScheme {
    /// Euros within SEPA, by pain.001.
    Sepa,
    /// Dollars within the United States, by a NACHA file.
    Ach,
}

/// A payee's bank account.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PayeeBank {
    /// How the bank is told.
    pub scheme: BankScheme,
    /// Whose account it is.
    pub holder: String,
    /// The IBAN, or the account's number.
    pub account: String,
    /// The BIC, if it is known, or the bank's routing number.
    pub bank: Option<String>,
    /// Whether it is a savings account.
    pub savings: bool,
}

impl From<payee_bank::Model> for PayeeBank {
    fn from(row: payee_bank::Model) -> Self {
        Self {
            scheme: row.scheme.into(),
            holder: row.holder,
            account: row.account,
            bank: row.bank,
            savings: row.savings,
        }
    }
}

/// What a payee's bank details were changed to, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct PayeeBankChange {
    /// The id.
    pub id: Id<PayeeBankChangeId>,
    /// Whose they are.
    pub party_id: Id<PartyId>,
    /// How the bank is told.
    pub scheme: BankScheme,
    /// Whose account it is.
    pub holder: String,
    /// The account, masked: of an IBAN the country, and the last four characters, such as `DE…3000`.
    pub masked_account: String,
    /// The BIC, if it is known, or the bank's routing number.
    pub bank: Option<String>,
    /// Whether it is a savings account.
    pub savings: bool,
    /// When they were set.
    pub set_at: DateTime<Utc>,
    /// By whom; absent if it was the program itself.
    pub set_by: Option<Id<UserId>>,
    /// Their name.
    pub set_by_name: Option<String>,
    #[graphql(skip)]
    party: PartyId,
}

impl From<BankChange> for PayeeBankChange {
    fn from(BankChange { change, set_by }: BankChange) -> Self {
        Self {
            id: change.id.into(),
            party_id: change.party_id.into(),
            scheme: change.scheme.into(),
            holder: change.holder,
            masked_account: change.masked_account,
            bank: change.bank,
            savings: change.savings,
            set_at: change.set_at,
            set_by: change.set_by.map(Id::from),
            set_by_name: set_by,
            party: change.party_id,
        }
    }
}

#[ComplexObject]
impl PayeeBankChange {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// Queries about payees' bank details.
#[derive(Debug, Default)]
pub struct PayeeBanksQuery;

#[Object]
impl PayeeBanksQuery {
    /// The history of the bank details of a studio's payees, newest first; of one payee alone, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn payee_bank_changes(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        party: Option<Id<PartyId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<PayeeBankChange>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let (studio, party) = (studio.named("studio")?, party.map(|party| party.named("party")).transpose()?);
        let rows = queries::list_bank_changes(&caller.services.db, &caller.ctx, studio, party, request).await?;
        Ok(connection(rows, |row| row.change.id, PayeeBankChange::from))
    }
}
