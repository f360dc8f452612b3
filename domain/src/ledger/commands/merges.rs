//! What becomes of the accounts of a party that is merged into another, and how a party stands in the books.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};

use super::{Event, Posting, post};
use crate::{
    actor::Ctx,
    ids::{PartyId, StudioId},
    ledger::{
        LedgerError,
        entity::{AccountKind, JournalKind, account},
        queries::balance_minor,
        rules::{AccountRef, Leg},
    },
    money::{Currency, Money},
    report::StoreError,
    store::Tx,
};

/// Where the ledger knows mergers from: with the id of the party that was merged and the currency, it names the journal.
const SOURCE: &str = "parties";

/// How a party stands in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartyStanding {
    /// What is owed to it.
    pub(crate) owed: Money,
    /// What is owed to it unless a dispute is lost.
    pub(crate) suspended: Money,
    /// What it owes.
    pub(crate) due: Money,
}

#[derive(FromQueryResult)]
struct KindSum {
    kind: AccountKind,
    currency: Currency,
    sum_minor: i64,
}

/// Holds all accounts of parties alone until the end of the transaction, in the order of their ids.
pub(crate) async fn hold_accounts(tx: &Tx, parties: &[PartyId]) -> Result<(), StoreError> {
    account::Entity::find()
        .filter(account::Column::PartyId.is_in(parties.iter().copied()))
        .order_by_asc(account::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(())
}

/// How a party stands in each currency in which it has an account, in the order of the currencies' codes. Who decides by it what is moved holds the accounts by
/// [`hold_accounts`].
pub(crate) async fn standing_of_party(tx: &Tx, party: PartyId) -> Result<Vec<PartyStanding>, LedgerError> {
    let rows = account::Entity::find()
        .select_only()
        .columns([account::Column::Kind, account::Column::Currency])
        .column_as(balance_minor(), "sum_minor")
        .filter(account::Column::PartyId.eq(party))
        .into_model::<KindSum>()
        .all(tx)
        .await?;
    let mut standings: BTreeMap<&str, PartyStanding> = BTreeMap::new();
    for KindSum { kind, currency, sum_minor } in rows {
        let nothing = Money::zero(currency);
        let none = PartyStanding { owed: nothing, suspended: nothing, due: nothing };
        let standing = standings.entry(currency.code()).or_insert(none);
        let credit = || sum_minor.checked_neg().ok_or(LedgerError::TooLarge);
        match kind {
            AccountKind::Payable => standing.owed.minor = credit()?,
            AccountKind::Suspended => standing.suspended.minor = credit()?,
            AccountKind::Receivable => standing.due.minor = sum_minor,
            _ => {}
        }
    }
    Ok(standings.into_values().collect())
}

/// Books what a party was owed, or owed, as the other's that it is merged into: a journal for each currency. What the other owes is settled by it first.
/// Who calls this holds both by [`hold_accounts`], has seen that nothing is suspended, and writes down the merger behind it.
pub(crate) async fn book_merge(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    (from, into): (PartyId, PartyId),
    reference: &str,
    standings: &[PartyStanding],
) -> Result<(), LedgerError> {
    for standing in standings {
        let (owed_minor, due_minor) = (standing.owed.minor, standing.due.minor);
        let net_minor = owed_minor.checked_sub(due_minor).ok_or(LedgerError::TooLarge)?;
        let legs: Vec<Leg> = [
            (AccountRef::payable(from), owed_minor),
            (AccountRef::receivable(from), -due_minor),
            (AccountRef::payable(into), -net_minor),
        ]
        .into_iter()
        .filter(|(_, amount_minor)| *amount_minor != 0)
        .map(|(account, amount_minor)| Leg { account, amount_minor })
        .collect();
        if legs.is_empty() {
            continue;
        }
        let currency = standing.owed.currency;
        let event = Event {
            studio,
            source: SOURCE,
            external_id: &format!("{from}:{}", currency.code()),
            order: None,
            reference,
            memo: "A party was merged into another, which has its balance",
            currency,
            occurred_at: None,
        };
        post(tx, ctx, &Posting::plain(event, JournalKind::PartyMerge, legs)).await?;
    }
    Ok(())
}
