//! Balances and journals.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{
    LedgerError,
    entity::{account, entry, journal},
};
use crate::{
    actor::Ctx,
    ids::{AccountId, JournalId, OrderId, StudioId},
    money::{Currency, Money},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// An account and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The account.
    pub account: account::Model,
    /// The fold of its entries: debit positive, credit negative.
    pub balance: Money,
}

#[derive(FromQueryResult)]
struct AccountSum {
    account_id: AccountId,
    sum_minor: i64,
}

#[derive(FromQueryResult)]
struct CurrencySum {
    currency: Currency,
    sum_minor: i64,
}

/// The sum of the amounts, brought back to 64 bits where a database sums into a wider type.
fn sum() -> Expr {
    Expr::col((entry::Entity, entry::Column::AmountMinor)).sum().cast_as("bigint")
}

/// The balances of all accounts of a studio's books, in the order of kind, currency and opening.
pub async fn list_balances(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<Balance>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let mut accounts = account::Entity::find().filter(account::Column::StudioId.eq(studio)).all(db).await?;
    accounts.sort_by_key(|account| (account.kind, account.currency.code(), account.id));
    let sums: HashMap<AccountId, i64> = entry::Entity::find()
        .select_only()
        .column(entry::Column::AccountId)
        .column_as(sum(), "sum_minor")
        .filter(entry::Column::AccountId.is_in(accounts.iter().map(|account| account.id)))
        .group_by(entry::Column::AccountId)
        .into_model::<AccountSum>()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.account_id, row.sum_minor))
        .collect();
    Ok(accounts
        .into_iter()
        .map(|account| {
            let minor = sums.get(&account.id).copied().unwrap_or(0);
            Balance { balance: Money::new(minor, account.currency), account }
        })
        .collect())
}

/// What all entries of a studio's books sum to, in each currency: zero, always.
pub async fn trial_balance(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<Money>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let own =
        account::Entity::find().select_only().column(account::Column::Id).filter(account::Column::StudioId.eq(studio));
    let query =
        entry::Entity::find().filter(entry::Column::AccountId.in_subquery(sea_orm::QueryTrait::into_query(own)));
    Ok(sums_by_currency(db, query).await?)
}

/// What all entries of all books sum to, in each currency: zero, always. For the program itself, such as its `doctor`.
pub async fn trial_balance_of_all(db: &Db) -> Result<Vec<Money>, StoreError> {
    sums_by_currency(db, entry::Entity::find()).await
}

async fn sums_by_currency(db: &Db, query: sea_orm::Select<entry::Entity>) -> Result<Vec<Money>, StoreError> {
    let mut sums: Vec<Money> = query
        .select_only()
        .column(entry::Column::Currency)
        .column_as(sum(), "sum_minor")
        .group_by(entry::Column::Currency)
        .into_model::<CurrencySum>()
        .all(db)
        .await?
        .into_iter()
        .map(|row| Money::new(row.sum_minor, row.currency))
        .collect();
    sums.sort_by_key(|sum| sum.currency.code());
    Ok(sums)
}

/// The studio's journals, newest first.
pub async fn list_journals(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<JournalId>,
) -> Result<Page<journal::Model>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let query = journal::Entity::find().filter(journal::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, journal::Column::Id, page).await?)
}

/// The journals behind one order of the studio, oldest first.
pub async fn journals_of_order(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    order: OrderId,
) -> Result<Vec<journal::Model>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    Ok(journal::Entity::find()
        .filter(journal::Column::StudioId.eq(studio))
        .filter(journal::Column::OrderId.eq(order))
        .order_by_asc(journal::Column::Id)
        .all(db)
        .await?)
}

/// One entry and the account that it moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryOfAccount {
    /// The entry.
    pub entry: entry::Model,
    /// Its account.
    pub account: account::Model,
}

/// The entries of journals, by journal, debits first. For who may see the journals: it asks nothing itself.
pub async fn entries_of_journals(
    db: &impl ConnectionTrait,
    journals: &[JournalId],
) -> Result<HashMap<JournalId, Vec<EntryOfAccount>>, StoreError> {
    let entries = entry::Entity::find()
        .filter(entry::Column::JournalId.is_in(journals.iter().copied()))
        .order_by_asc(entry::Column::Id)
        .all(db)
        .await?;
    let accounts: HashMap<_, _> = account::Entity::find()
        .filter(account::Column::Id.is_in(entries.iter().map(|entry| entry.account_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let mut by_journal: HashMap<JournalId, Vec<EntryOfAccount>> = HashMap::new();
    for entry in entries {
        if let Some(account) = accounts.get(&entry.account_id).cloned() {
            by_journal.entry(entry.journal_id).or_default().push(EntryOfAccount { entry, account });
        }
    }
    for rows in by_journal.values_mut() {
        rows.sort_by_key(|row| (row.entry.amount_minor < 0, row.account.kind, row.account.party_id));
    }
    Ok(by_journal)
}
