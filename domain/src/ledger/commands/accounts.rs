//! Finding, opening and holding accounts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};

use super::Event;
use crate::{
    actor::Ctx,
    ids::{AccountId, PartyId},
    ledger::{
        LedgerError,
        entity::{AccountKind, account},
        queries::balance_minor,
        rules::{AccountRef, receivable::Standing},
    },
    report::StoreError,
    store::{self, Tx},
};

/// How payees' accounts are held until the end of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// Not at all.
    Nothing,
    /// Against those who take; others who add go on beside us.
    Shared,
    /// Against everybody who moves them.
    Alone,
}

/// The accounts that stand of those wanted, the payees' among them held. One by one in the order of their ids: two who want the same wait for each
/// other and never in a circle.
pub(super) async fn find(
    tx: &Tx,
    event: &Event<'_>,
    wanted: &BTreeSet<AccountRef>,
    hold: Hold,
    payees: &BTreeSet<AccountRef>,
) -> Result<HashMap<AccountRef, AccountId>, StoreError> {
    let kinds = |of_party: bool| -> BTreeSet<AccountKind> {
        wanted.iter().filter(|account| account.party.is_some() == of_party).map(|account| account.kind).collect()
    };
    let parties: BTreeSet<_> = wanted.iter().filter_map(|account| account.party).collect();
    let own = Condition::all().add(account::Column::PartyId.is_null()).add(account::Column::Kind.is_in(kinds(false)));
    let theirs =
        Condition::all().add(account::Column::PartyId.is_in(parties)).add(account::Column::Kind.is_in(kinds(true)));
    let mut query = account::Entity::find()
        .filter(account::Column::StudioId.eq(event.studio))
        .filter(account::Column::Currency.eq(event.currency))
        .filter(Condition::any().add(own).add(theirs))
        .order_by_asc(account::Column::Id);
    if hold == Hold::Shared && !payees.is_empty() {
        // The studio's own are held along with them, in one go: nobody ever holds those alone.
        query = query.lock(LockType::Share);
    }
    let found: HashMap<AccountRef, AccountId> = query
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (AccountRef { kind: row.kind, party: row.party_id }, row.id))
        .filter(|(account, _)| wanted.contains(account))
        .collect();
    if hold == Hold::Alone {
        let payees = payees.iter().filter_map(|payee| found.get(payee).copied());
        hold_alone(tx, payees).await?;
    }
    Ok(found)
}

async fn hold_alone(tx: &Tx, accounts: impl Iterator<Item = AccountId>) -> Result<(), StoreError> {
    account::Entity::find()
        .filter(account::Column::Id.is_in(accounts))
        .order_by_asc(account::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(())
}

/// Opens accounts, one by one in their own order, the same in every transaction; what stands already is left.
pub(super) async fn open(
    tx: &Tx,
    ctx: &Ctx,
    event: &Event<'_>,
    accounts: &BTreeSet<AccountRef>,
) -> Result<(), StoreError> {
    for account in accounts {
        let row = account::ActiveModel {
            id: Set(ctx.env.id()),
            studio_id: Set(event.studio),
            kind: Set(account.kind),
            party_id: Set(account.party),
            currency: Set(event.currency),
            opened_at: Set(ctx.env.now()),
        };
        store::insert_new(tx, row).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct PartyBalance {
    kind: AccountKind,
    party_id: PartyId,
    sum_minor: Option<i64>,
    successor_id: Option<PartyId>,
}

/// How parties stand whose accounts are moved.
#[derive(Default)]
pub(super) struct Standings {
    /// What payees are owed and owe; of those held shared only what they owe is told.
    pub(super) of_payees: BTreeMap<PartyId, Standing>,
    /// Who was merged, and into whom.
    pub(super) successors: HashMap<PartyId, PartyId>,
}

/// How parties stand whose accounts are held, in one question. Asked after they are held, for what others have written until then counts: whoever
/// merges parties holds their accounts alone, so that nothing is booked beside them.
pub(super) async fn standings(
    tx: &Tx,
    event: &Event<'_>,
    parties: &BTreeSet<PartyId>,
    hold: Hold,
) -> Result<Standings, LedgerError> {
    let told: &[AccountKind] = match hold {
        Hold::Alone => &[AccountKind::Payable, AccountKind::Receivable],
        Hold::Shared | Hold::Nothing => &[AccountKind::Receivable],
    };
    let sum: Expr = Expr::case(account::Column::Kind.is_in(told.iter().copied()), balance_minor()).into();
    let successor = "(SELECT successor_id FROM party_successors WHERE party_successors.party_id = accounts.party_id)";
    let rows = account::Entity::find()
        .select_only()
        .columns([account::Column::Kind, account::Column::PartyId])
        .column_as(sum, "sum_minor")
        .column_as(Expr::cust(successor), "successor_id")
        .filter(account::Column::StudioId.eq(event.studio))
        .filter(account::Column::Currency.eq(event.currency))
        .filter(account::Column::PartyId.is_in(parties.iter().copied()))
        .into_model::<PartyBalance>()
        .all(tx)
        .await?;
    let mut standings = Standings::default();
    for PartyBalance { kind, party_id, sum_minor, successor_id } in rows {
        standings.successors.extend(successor_id.map(|successor| (party_id, successor)));
        let standing = standings.of_payees.entry(party_id).or_default();
        match (kind, sum_minor) {
            (AccountKind::Payable, Some(minor)) => {
                standing.owed_minor = minor.checked_neg().ok_or(LedgerError::TooLarge)?;
            }
            (AccountKind::Receivable, Some(minor)) => standing.due_minor = minor,
            _ => {}
        }
    }
    Ok(standings)
}

/// How one payee stands, held alone until the end of the transaction. Who has no account yet is owed nothing.
pub(super) async fn hold_payee(tx: &Tx, event: &Event<'_>, party: PartyId) -> Result<Standing, LedgerError> {
    let payee: BTreeSet<_> = [AccountRef::payable(party)].into();
    find(tx, event, &payee, Hold::Alone, &payee).await?;
    let mut standings = standings(tx, event, &[party].into(), Hold::Alone).await?;
    Ok(standings.of_payees.remove(&party).unwrap_or_default())
}
