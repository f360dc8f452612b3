//! Balances.

use std::collections::{BTreeMap, HashMap};

use chrono::Duration;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    actor::Ctx,
    env::Instant,
    ids::{AccountId, PartyId, PeriodId, StudioId},
    ledger::{
        LedgerError,
        entity::{AccountKind, account, entry, journal, period, period_balance},
    },
    money::{Currency, Money},
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
struct PartySum {
    party_id: PartyId,
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

/// What a row of `accounts` comes to: what was folded of it, and the entries behind that. One expression, so that both are of one moment.
pub(in crate::ledger) fn balance_minor() -> Expr {
    Expr::cust(
        "CAST(COALESCE((SELECT balance_minor FROM account_folds WHERE account_id = accounts.id), 0)
              + COALESCE((SELECT SUM(amount_minor) FROM entries WHERE account_id = accounts.id AND seq >
                          COALESCE((SELECT through_seq FROM account_folds WHERE account_id = accounts.id), 0)), 0) AS bigint)",
    )
}

/// The balances of all accounts of a studio's books, in the order of kind, currency and opening: at an instant, what was booked then included; without
/// one, now.
pub async fn list_balances(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    at: Option<Instant>,
) -> Result<Vec<Balance>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let mut accounts = account::Entity::find().filter(account::Column::StudioId.eq(studio)).all(db).await?;
    accounts.sort_by_key(|account| (account.kind, account.currency.code(), account.id));
    let sums = match at {
        None => present_sums(db, studio).await?,
        Some(at) => {
            accounts.retain(|account| account.opened_at <= at);
            // Instants are of whole microseconds; nothing comes behind the last one.
            let behind = at.checked_add_signed(Duration::microseconds(1)).unwrap_or(at);
            sums_before(db, studio, behind).await?
        }
    };
    Ok(accounts
        .into_iter()
        .map(|account| {
            let minor = sums.get(&account.id).copied().unwrap_or(0);
            Balance { balance: Money::new(minor, account.currency), account }
        })
        .collect())
}

/// What an account of the studio's own comes to now, in minor units, debit positive; nothing if it is not opened. For the program itself.
pub async fn find_own_balance(
    db: &impl ConnectionTrait,
    studio: StudioId,
    kind: AccountKind,
    currency: Currency,
) -> Result<i64, StoreError> {
    let row = account::Entity::find()
        .select_only()
        .column_as(account::Column::Id, "account_id")
        .column_as(balance_minor(), "sum_minor")
        .filter(account::Column::StudioId.eq(studio))
        .filter(account::Column::Kind.eq(kind))
        .filter(account::Column::PartyId.is_null())
        .filter(account::Column::Currency.eq(currency))
        .into_model::<AccountSum>()
        .one(db)
        .await?;
    Ok(row.map_or(0, |row| row.sum_minor))
}

/// What is owed to each payee of a studio in a currency now, in minor units. For the program itself.
pub async fn find_owed(
    db: &impl ConnectionTrait,
    studio: StudioId,
    currency: Currency,
) -> Result<HashMap<PartyId, i64>, LedgerError> {
    let rows = account::Entity::find()
        .select_only()
        .column(account::Column::PartyId)
        .column_as(balance_minor(), "sum_minor")
        .filter(account::Column::StudioId.eq(studio))
        .filter(account::Column::Kind.eq(AccountKind::Payable))
        .filter(account::Column::Currency.eq(currency))
        .into_model::<PartySum>()
        .all(db)
        .await?;
    let owed =
        |row: PartySum| row.sum_minor.checked_neg().map(|minor| (row.party_id, minor)).ok_or(LedgerError::TooLarge);
    rows.into_iter().map(owed).collect()
}

/// What a studio has of others' money now, one sum a currency: of payees but the `own`, of makers who have not signed, of whoever royalties are of that no run
/// has given out, of buyers to whom it goes back. For the program itself.
pub async fn list_debts(
    db: &impl ConnectionTrait,
    studio: StudioId,
    own: &[PartyId],
) -> Result<Vec<Money>, StoreError> {
    let others = [
        AccountKind::Payable,
        AccountKind::Suspended,
        AccountKind::SplitsParked,
        AccountKind::RoyaltyReserves,
        AccountKind::RoyaltySuspense,
        AccountKind::RefundsDue,
    ];
    // What is suspended of theirs may have to go back to a buyer.
    let is_of_others = Condition::any()
        .add(account::Column::Kind.ne(AccountKind::Payable))
        .add(account::Column::PartyId.is_not_in(own.iter().copied()));
    let rows = account::Entity::find()
        .select_only()
        .column(account::Column::Currency)
        .column_as(balance_minor(), "sum_minor")
        .filter(account::Column::StudioId.eq(studio))
        .filter(account::Column::Kind.is_in(others))
        .filter(is_of_others)
        .into_model::<CurrencySum>()
        .all(db)
        .await?;
    // Credits are negative. What one account has too much settles nothing of another's.
    let mut debts: BTreeMap<&str, Money> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.sum_minor < 0) {
        let debt = debts.entry(row.currency.code()).or_insert(Money::zero(row.currency));
        debt.minor = debt.minor.saturating_sub(row.sum_minor);
    }
    Ok(debts.into_values().collect())
}

async fn present_sums(db: &Db, studio: StudioId) -> Result<HashMap<AccountId, i64>, StoreError> {
    let rows = account::Entity::find()
        .select_only()
        .column_as(account::Column::Id, "account_id")
        .column_as(balance_minor(), "sum_minor")
        .filter(account::Column::StudioId.eq(studio))
        .into_model::<AccountSum>()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.account_id, row.sum_minor)).collect())
}

/// What the accounts of a studio's books came to before an instant, by the dates of the journals: the balances of the last period that was closed by then,
/// and what was booked since.
pub(in crate::ledger) async fn sums_before(
    db: &impl ConnectionTrait,
    studio: StudioId,
    before: Instant,
) -> Result<HashMap<AccountId, i64>, LedgerError> {
    let closed = period::Entity::find()
        .filter(period::Column::StudioId.eq(studio))
        .filter(period::Column::EndsAt.lte(before))
        .order_by_desc(period::Column::EndsAt)
        .one(db)
        .await?;
    sums_from(db, studio, closed.map(|closed| (closed.id, closed.ends_at)), before).await
}

/// The same from a closed period on, named with its end; from the beginning, if from none.
pub(super) async fn sums_from(
    db: &impl ConnectionTrait,
    studio: StudioId,
    closed: Option<(PeriodId, Instant)>,
    before: Instant,
) -> Result<HashMap<AccountId, i64>, LedgerError> {
    let mut sums: HashMap<AccountId, i64> = HashMap::new();
    if let Some((closed, _)) = closed {
        let rows = period_balance::Entity::find().filter(period_balance::Column::PeriodId.eq(closed)).all(db).await?;
        sums.extend(rows.into_iter().map(|row| (row.account_id, row.balance_minor)));
    }
    let dated = journal::Entity::find()
        .select_only()
        .column(journal::Column::Id)
        .filter(journal::Column::StudioId.eq(studio))
        .filter(journal::Column::PostedAt.lt(before))
        .apply_if(closed, |query, (_, ends_at)| query.filter(journal::Column::PostedAt.gte(ends_at)));
    let since = entry::Entity::find()
        .select_only()
        .column(entry::Column::AccountId)
        .column_as(sum(), "sum_minor")
        .filter(entry::Column::JournalId.in_subquery(dated.into_query()))
        .group_by(entry::Column::AccountId)
        .into_model::<AccountSum>()
        .all(db)
        .await?;
    for AccountSum { account_id, sum_minor } in since {
        let standing = sums.entry(account_id).or_insert(0);
        *standing = standing.checked_add(sum_minor).ok_or(LedgerError::TooLarge)?;
    }
    Ok(sums)
}

/// What the debits and the credits of all accounts come to in one currency: the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// The balances of accounts that stand in debit.
    pub debits: Money,
    /// Those of accounts that stand in credit, without their sign.
    pub credits: Money,
}

/// All balances of a studio's books at one moment, and what both sides come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    /// The accounts that come to something.
    pub balances: Vec<Balance>,
    /// One for each currency.
    pub totals: Vec<Totals>,
}

/// The trial balance of a studio's books at an instant; without one, now.
pub async fn trial_balance_at(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    at: Option<Instant>,
) -> Result<TrialBalance, LedgerError> {
    let mut balances = list_balances(db, ctx, studio, at).await?;
    balances.retain(|row| row.balance.minor != 0);
    let mut totals: BTreeMap<&str, Totals> = BTreeMap::new();
    for Balance { balance, .. } in &balances {
        let nothing = Money::zero(balance.currency);
        let sides = totals.entry(balance.currency.code()).or_insert(Totals { debits: nothing, credits: nothing });
        let side = if balance.minor > 0 { &mut sides.debits } else { &mut sides.credits };
        let magnitude = balance.minor.checked_abs().ok_or(LedgerError::TooLarge)?;
        side.minor = side.minor.checked_add(magnitude).ok_or(LedgerError::TooLarge)?;
    }
    Ok(TrialBalance { balances, totals: totals.into_values().collect() })
}

/// How a payee stands in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payee {
    /// Who.
    pub party: PartyId,
    /// What can be paid to them.
    pub owed: Money,
    /// What is suspended while disputes are open.
    pub suspended: Money,
    /// What they owe, because what they were paid was taken back; what they earn settles it first.
    pub due: Money,
}

/// How the payees of a studio stand, by party and currency; without an instant, now.
pub async fn list_payees(db: &Db, ctx: &Ctx, studio: StudioId, at: Option<Instant>) -> Result<Vec<Payee>, LedgerError> {
    let mut payees: BTreeMap<(PartyId, &str), Payee> = BTreeMap::new();
    for Balance { account, balance } in list_balances(db, ctx, studio, at).await? {
        let Some(party) = account.party_id else { continue };
        let nothing = Money::zero(account.currency);
        let payee = payees.entry((party, account.currency.code())).or_insert(Payee {
            party,
            owed: nothing,
            suspended: nothing,
            due: nothing,
        });
        let credit = || balance.negated().map_err(|_| LedgerError::TooLarge);
        match account.kind {
            AccountKind::Payable => payee.owed = credit()?,
            AccountKind::Suspended => payee.suspended = credit()?,
            AccountKind::Receivable => payee.due = balance,
            _ => {}
        }
    }
    Ok(payees.into_values().collect())
}

/// What all entries of a studio's books sum to, in each currency: zero, always.
pub async fn trial_balance(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<Money>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let own =
        account::Entity::find().select_only().column(account::Column::Id).filter(account::Column::StudioId.eq(studio));
    let query = entry::Entity::find().filter(entry::Column::AccountId.in_subquery(own.into_query()));
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
