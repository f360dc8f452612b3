//! Payouts, and those that come back.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Event, Posting, accounts, post, post::standing, sales::require_currency};
use crate::{
    actor::Ctx,
    ids::{JournalId, PartyId},
    ledger::{
        LedgerError,
        entity::{AccountKind, JournalKind, account, entry, journal},
        rules::{
            AccountRef,
            payout::{PaidFrom, payout, payout_undone},
        },
    },
    parties,
    store::Tx,
};

/// Why a payout is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// It did not reach its payee.
    Failed,
    /// It did, and came back.
    Returned,
}

/// What is owed to a payee, in minor units, their account held until the end of the transaction: who decides by it what is paid sees what others have
/// paid. Who holds several holds them in the order of their accounts' ids.
pub async fn hold_owed(tx: &Tx, event: &Event<'_>, party: PartyId) -> Result<i64, LedgerError> {
    Ok(accounts::hold_payee(tx, event, party).await?.owed_minor)
}

/// Opens the studio's bank account in the books, if it is not. Whoever books what several payees are paid by hand opens it before holding any of them: of two
/// who open the same account the later waits for the earlier, who must not wait for a payee that the later holds.
pub async fn open_bank(tx: &Tx, ctx: &Ctx, event: &Event<'_>) -> Result<(), LedgerError> {
    let bank = BTreeSet::from([AccountRef::own(AccountKind::Bank)]);
    accounts::open(tx, ctx, event, &bank).await?;
    Ok(())
}

/// Books a payout of no more than is owed: through the gateway, or by hand. What is suspended or due is not owed.
pub async fn book_payout(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    party: PartyId,
    amount_minor: i64,
    from: PaidFrom,
) -> Result<journal::Model, LedgerError> {
    let kind = match from {
        PaidFrom::Gateway { .. } => JournalKind::Payout,
        PaidFrom::Bank => JournalKind::PayoutByHand,
    };
    let payee = parties::entity::Entity::find_by_id(party).one(tx).await?;
    payee.filter(|payee| payee.studio_id == event.studio).ok_or(LedgerError::NoParty)?;
    let owed_minor = accounts::hold_payee(tx, &event, party).await?.owed_minor;
    // Behind the hold: of two who pay the same the later finds what the earlier has booked, and not that nothing is owed.
    if let Some(standing) = standing(tx, &event, kind).await? {
        return Ok(standing);
    }
    let legs = payout(party, amount_minor, owed_minor, from)?;
    post(tx, ctx, &Posting::plain(event, kind, legs)).await
}

/// Books that a payout, named by its journal, has failed or come back, whole: it is owed again. The fee is what the gateway takes for that, below zero
/// what it gives back; of a payout by hand there is none.
pub async fn book_payout_undone(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    made: JournalId,
    why: Undone,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    let kind = match why {
        Undone::Failed => JournalKind::PayoutFailed,
        Undone::Returned => JournalKind::PayoutReturned,
    };
    if let Some(standing) = standing(tx, &event, kind).await? {
        return Ok(standing);
    }
    let row = journal::Entity::find_by_id(made).one(tx).await?.filter(|row| row.studio_id == event.studio);
    let from = match row.ok_or(LedgerError::NoJournal)?.kind {
        JournalKind::Payout => PaidFrom::Gateway { fee_minor },
        JournalKind::PayoutByHand => PaidFrom::Bank,
        _ => return Err(LedgerError::NoJournal),
    };
    let (party, amount_minor) = paid_to(tx, &event, made).await?;
    let legs = payout_undone(party, amount_minor, from)?;
    post(tx, ctx, &Posting { of: Some(made), ..Posting::plain(event, kind, legs) }).await
}

/// Whom a payout has paid, and how much.
async fn paid_to(tx: &Tx, event: &Event<'_>, made: JournalId) -> Result<(PartyId, i64), LedgerError> {
    let entries = entry::Entity::find().filter(entry::Column::JournalId.eq(made)).all(tx).await?;
    let payee = account::Entity::find()
        .filter(account::Column::Id.is_in(entries.iter().map(|entry| entry.account_id)))
        .filter(account::Column::Kind.eq(AccountKind::Payable))
        .one(tx)
        .await?
        .ok_or(LedgerError::NoJournal)?;
    require_currency(event, payee.currency)?;
    let paid = entries.iter().find(|entry| entry.account_id == payee.id);
    payee.party_id.zip(paid.map(|entry| entry.amount_minor)).ok_or(LedgerError::NoJournal)
}
