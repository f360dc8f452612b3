//! Money that came for nothing sold, and is due back: what is given back of it, and disputes over it. How much of it is left is for who calls this to see.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType};

use super::{
    Event, Posting, post,
    sales::{amount_in, require_currency},
};
use crate::{
    actor::Ctx,
    ids::JournalId,
    ledger::{
        LedgerError,
        entity::{AccountKind, JournalKind, entry, journal},
        rules::{
            dispute::{due_dispute_lost, due_dispute_opened, due_dispute_won},
            due_returned_journal,
        },
    },
    store::Tx,
};

/// Books that so much was given back of what had come for nothing sold, which its journal names. The fee is what the gateway takes for it, below zero
/// what it gives back of an earlier one.
pub async fn book_due_returned(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    due: JournalId,
    amount_minor: i64,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    hold_due(tx, &event, due).await?;
    let legs = due_returned_journal(amount_minor, fee_minor)?;
    post(tx, ctx, &Posting { of: Some(due), ..Posting::plain(event, JournalKind::Refund, legs) }).await
}

/// Books that a dispute was opened over so much of what is due back: the gateway has taken that and its fee, and it is due back still.
pub async fn open_due_dispute(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    due: JournalId,
    amount_minor: i64,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    hold_due(tx, &event, due).await?;
    let legs = due_dispute_opened(amount_minor, fee_minor)?;
    post(tx, ctx, &Posting { of: Some(due), ..Posting::plain(event, JournalKind::DisputeOpened, legs) }).await
}

/// Books how such a dispute, named by the journal of its opening, was decided, once. The fee is what the gateway takes now, below zero what it gives back.
pub async fn end_due_dispute(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    opened: JournalId,
    is_won: bool,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    let opening = journal::Entity::find_by_id(opened).one(tx).await?;
    let opening = opening.filter(|row| row.kind == JournalKind::DisputeOpened && row.studio_id == event.studio);
    let due = opening.and_then(|row| row.of_id).ok_or(LedgerError::NoJournal)?;
    hold_due(tx, &event, due).await?;
    let amount_minor = amount_in(tx, opened, AccountKind::Disputed).await?;
    let (kind, legs) = if is_won {
        (JournalKind::DisputeWon, due_dispute_won(amount_minor, fee_minor)?)
    } else {
        (JournalKind::DisputeLost, due_dispute_lost(amount_minor, fee_minor)?)
    };
    post(tx, ctx, &Posting { of: Some(opened), ..Posting::plain(event, kind, legs) }).await
}

/// Holds the journal by which something is due back until the end of the transaction, and refuses an event of other books or in another currency.
async fn hold_due(tx: &Tx, event: &Event<'_>, due: JournalId) -> Result<(), LedgerError> {
    let held = journal::Entity::find_by_id(due).lock(LockType::NoKeyUpdate).one(tx).await?;
    let is_due = |row: &journal::Model| row.kind == JournalKind::RefundDue && row.studio_id == event.studio;
    held.filter(is_due).ok_or(LedgerError::NoJournal)?;
    let of_due = entry::Entity::find().filter(entry::Column::JournalId.eq(due)).one(tx).await?;
    require_currency(event, of_due.ok_or(LedgerError::NoJournal)?.currency)
}
