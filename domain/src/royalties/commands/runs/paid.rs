//! What payees were paid since the last run: it is set off against what they are owed, once, and what of it comes back is owed again. What the books do not owe a
//! payee any more, because they owed something themselves, is set off, too.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::gather::Asked;
use crate::{
    ids::{JournalId, PartyId, PayoutId},
    ledger::{entity::journal, queries::find_owed},
    payouts::entity::{PayoutState, payout},
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{charge, run},
        queries::terms::successors,
        rules::{AccountKey, Charge, ChargedTo, Group, State, Successors},
    },
};

/// How many things are named in one question.
const BATCH: usize = 500;
/// Where payouts stand whose money has left.
const OUT: [PayoutState; 3] = [PayoutState::Sending, PayoutState::Exported, PayoutState::Paid];
/// Where they stand when it is owed again.
const BACK: [PayoutState; 3] = [PayoutState::Failed, PayoutState::Cancelled, PayoutState::Returned];

/// What is to be set off against what an account is owed; below zero, a payout that came back and is owed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paid {
    pub(super) name: String,
    /// The payout; none where it was settled against what the payee owed.
    pub(super) payout: Option<PayoutId>,
    pub(super) account: AccountKey,
    pub(super) on: NaiveDate,
    pub(super) minor: i64,
}

/// What each account is owed before what was paid since is set off.
pub(super) fn owed_before(opening: &State, charges: &[Charge]) -> BTreeMap<AccountKey, i64> {
    let mut owed: BTreeMap<AccountKey, i64> =
        opening.accounts.iter().map(|line| (line.account.clone(), line.standing.owed_minor)).collect();
    for charge in charges {
        if let ChargedTo::Payment { account } = &charge.to
            && let Some(owed) = owed.get_mut(account)
        {
            *owed = owed.saturating_sub(charge.amount.minor);
        }
    }
    owed
}

/// What was paid out since the last run was reckoned, the oldest first, set off against what the payee's accounts are owed, in their order. What a payee was paid
/// beyond that is of what else they are owed. What was set off and has come back since is owed again; when it is tried again, it is paid since. `earlier` is how
/// many runs were reckoned before.
pub(super) async fn paid_since(
    db: &impl ConnectionTrait,
    asked: Asked,
    opening: &run::Model,
    owed: &BTreeMap<AccountKey, i64>,
    earlier: u64,
) -> Result<Vec<Paid>, RoyaltyError> {
    let known = payments(asked).select_only().column(charge::Column::PayoutId);
    let left =
        Condition::all().add(payout::Column::State.is_in(OUT)).add(payout::Column::AttemptAt.gt(opening.created_at));
    let came_back =
        Condition::all().add(payout::Column::State.is_in(BACK)).add(payout::Column::Id.in_subquery(known.into_query()));
    let payouts = payout::Entity::find()
        .filter(payout::Column::StudioId.eq(asked.studio))
        .filter(payout::Column::Currency.eq(asked.currency))
        .filter(Condition::any().add(left).add(came_back))
        .order_by_asc(payout::Column::AttemptAt)
        .order_by_asc(payout::Column::Id)
        .all(db)
        .await?;
    let (left, came_back): (Vec<_>, Vec<_>) = payouts.into_iter().partition(|row| OUT.contains(&row.state));
    let successors = successors(db, asked.studio).await?;
    let ids: Vec<PayoutId> = left.iter().chain(&came_back).map(|row| row.id).collect();
    let mut set_off = set_off_of(db, asked, &ids, &successors).await?;
    let (mut owed, mut paid) = (owed.clone(), Vec::new());
    let days = days_of(db, &came_back).await?;
    for row in came_back {
        let on = days.get(&row.id).copied().unwrap_or(asked.through);
        for (account, minor) in set_off.remove(&row.id).unwrap_or_default() {
            if minor > 0 {
                let sum = owed.entry(account.clone()).or_default();
                *sum = sum.saturating_add(minor);
                paid.push(Paid {
                    name: name(&row, "back", &account),
                    payout: Some(row.id),
                    account,
                    on,
                    minor: -minor,
                });
            }
        }
    }
    for row in left {
        if set_off.get(&row.id).is_some_and(|accounts| accounts.values().any(|minor| *minor != 0)) {
            continue;
        }
        let payee = successors.get(&row.party_id).copied().unwrap_or(row.party_id);
        let on = row.paid_at.unwrap_or(row.attempt_at).date_naive();
        let mut rest = row.amount_minor;
        for (account, owed) in owed.iter_mut().filter(|(account, _)| account.payee == payee) {
            let minor = rest.min(*owed);
            if minor > 0 {
                *owed -= minor;
                rest -= minor;
                let account = account.clone();
                paid.push(Paid { name: name(&row, "paid", &account), payout: Some(row.id), account, on, minor });
            }
        }
    }
    paid.extend(settled(db, asked, owed, earlier).await?);
    Ok(paid)
}

/// What accounts are said to be owed beyond what the books owe their payee in all: what the payee had to give back, such as a share of a sale that was refunded, has
/// taken it. Without this it would be due for ever, and could never be paid.
async fn settled(
    db: &impl ConnectionTrait,
    asked: Asked,
    owed: BTreeMap<AccountKey, i64>,
    earlier: u64,
) -> Result<Vec<Paid>, RoyaltyError> {
    let in_books = find_owed(db, asked.studio, asked.currency).await?;
    let mut beyond: BTreeMap<PartyId, i64> = BTreeMap::new();
    for (account, minor) in &owed {
        let booked = in_books.get(&account.payee).copied().unwrap_or(0);
        let sum = beyond.entry(account.payee).or_insert_with(|| booked.saturating_neg());
        *sum = sum.saturating_add(*minor);
    }
    beyond.retain(|_, minor| *minor > 0);
    if beyond.is_empty() {
        return Ok(Vec::new());
    }
    let mut paid = Vec::new();
    for (account, owed) in owed {
        let Some(rest) = beyond.get_mut(&account.payee) else { continue };
        let minor = owed.min(*rest);
        if minor > 0 {
            *rest -= minor;
            // Runs that were thrown away count among the earlier ones: what they have set off stays set off.
            let name = format!("settled:{}:{earlier}:{}:{}", asked.currency, account.payee, account.group.0);
            paid.push(Paid { name, payout: None, account, on: asked.through, minor });
        }
    }
    Ok(paid)
}

/// The charges that are payouts.
fn payments(asked: Asked) -> Select<charge::Entity> {
    charge::Entity::find()
        .filter(charge::Column::StudioId.eq(asked.studio))
        .filter(charge::Column::Currency.eq(asked.currency))
        .filter(charge::Column::PayoutId.is_not_null())
}

/// What a payment is called, in what is reckoned and as the key of its charge: an attempt of a payout is set off against an account once, and comes back once.
fn name(payout: &payout::Model, what: &str, account: &AccountKey) -> String {
    format!("{}:{}:{what}:{}", payout.id, payout.attempt, account.group.0)
}

/// What of payouts is set off against accounts, less what of it is owed again.
async fn set_off_of(
    db: &impl ConnectionTrait,
    asked: Asked,
    payouts: &[PayoutId],
    successors: &Successors,
) -> Result<HashMap<PayoutId, BTreeMap<AccountKey, i64>>, StoreError> {
    let mut set_off: HashMap<PayoutId, BTreeMap<AccountKey, i64>> = HashMap::new();
    for some in payouts.chunks(BATCH) {
        let rows = payments(asked).filter(charge::Column::PayoutId.is_in(some.iter().copied())).all(db).await?;
        for row in rows {
            let (Some(payout), Some(party), Some(group)) = (row.payout_id, row.party_id, row.account_group) else {
                continue;
            };
            let payee = successors.get(&party).copied().unwrap_or(party);
            let account = AccountKey { payee, group: Group(group) };
            let sum = set_off.entry(payout).or_default().entry(account).or_default();
            *sum = sum.saturating_add(row.amount_minor);
        }
    }
    Ok(set_off)
}

/// On which days payouts came back.
async fn days_of(
    db: &impl ConnectionTrait,
    payouts: &[payout::Model],
) -> Result<HashMap<PayoutId, NaiveDate>, StoreError> {
    let undone: HashMap<JournalId, PayoutId> =
        payouts.iter().filter_map(|row| Some((row.undone_journal?, row.id))).collect();
    let ids: Vec<JournalId> = undone.keys().copied().collect();
    let mut days = HashMap::with_capacity(ids.len());
    for some in ids.chunks(BATCH) {
        let rows = journal::Entity::find().filter(journal::Column::Id.is_in(some.iter().copied())).all(db).await?;
        days.extend(rows.into_iter().filter_map(|row| Some((*undone.get(&row.id)?, row.posted_at.date_naive()))));
    }
    Ok(days)
}
