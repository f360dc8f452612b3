//! Sales, and what becomes of them: releases of what was parked, refunds, disputes.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType};

use super::{Event, Posting, post, post::standing};
use crate::{
    actor::Ctx,
    ids::{JournalId, OrderLineId, PartyId},
    ledger::{
        LedgerError,
        entity::{AccountKind, JournalKind, account, entry, journal},
        queries::{parts_of_journal, parts_of_sale},
        rules::{
            self, Holder, JournalFault, Moved, Position, SaleLine,
            dispute::{dispute_lost, dispute_opened, dispute_won},
            parts::remaining,
            refund::{refund_failed_journal, refund_journal},
        },
    },
    money::Currency,
    share::Share,
    store::Tx,
};

/// Books a sale with its parts; nothing of a sale for nothing. The fee is what the gateway has kept, in minor units.
pub async fn book_sale(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    total_minor: i64,
    fee_minor: i64,
    lines: &[SaleLine],
) -> Result<Option<journal::Model>, LedgerError> {
    let Moved { legs, parts } = rules::sale_journal(total_minor, fee_minor, lines)?;
    if legs.is_empty() {
        return Ok(None);
    }
    let posting = Posting { parts, ..Posting::plain(event, JournalKind::Sale, legs) };
    Ok(Some(post(tx, ctx, &posting).await?))
}

/// Books what the gateway has collected for a service, with its parts. The fee is what the gateway has kept, the tax what is the state's, in minor units.
pub async fn book_service(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    total_minor: i64,
    fee_minor: i64,
    tax_minor: i64,
) -> Result<journal::Model, LedgerError> {
    let Moved { legs, parts } = rules::service::service_journal(total_minor, fee_minor, tax_minor)?;
    let posting = Posting { parts, ..Posting::plain(event, JournalKind::Sale, legs) };
    post(tx, ctx, &posting).await
}

/// Books a transfer to the studio's own bank account, or from it, under its kind; of one that is taken back, the journal that it undoes.
pub async fn book_transfer(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    kind: JournalKind,
    moved: rules::service::Transferred,
    of: Option<JournalId>,
) -> Result<journal::Model, LedgerError> {
    let legs = rules::service::transfer_journal(moved)?;
    post(tx, ctx, &Posting { of, ..Posting::plain(event, kind, legs) }).await
}

/// Gives what remains parked of a line to those who have signed, by shares that are the whole; nothing if none remains. Who calls this holds the sale
/// by [`lock_sale`].
pub async fn book_release(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    sale: JournalId,
    line: OrderLineId,
    shares: &[(PartyId, Share)],
) -> Result<Option<journal::Model>, LedgerError> {
    let kind = JournalKind::SplitRelease;
    let positions = hold_sale(tx, &event, sale).await?;
    if let Some(standing) = standing(tx, &event, kind).await? {
        return Ok(Some(standing));
    }
    let parked = positions.iter().find(|at| at.line == Some(line) && at.holder == Holder::Parked);
    let Some(parked) = parked.filter(|at| (at.live_minor, at.suspended_minor) != (0, 0)) else { return Ok(None) };
    let moved = rules::release_journal(parked, shares)?;
    Ok(Some(post_moved(tx, ctx, event, kind, (sale, None), moved).await?))
}

/// Books that so much of a sale was given back, in minor units. The fee is what the gateway keeps for it, below zero what it gives back of an earlier one.
/// More than remains of the sale is refused, as is what is disputed.
pub async fn book_refund(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    sale: JournalId,
    amount_minor: i64,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    take_of_sale(tx, ctx, event, JournalKind::Refund, sale, |left| refund_journal(left, amount_minor, fee_minor)).await
}

/// Books that a refund of a sale, named by its journal, has failed: each part has again what the refund had taken of it.
pub async fn book_refund_failed(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    refund: JournalId,
) -> Result<journal::Model, LedgerError> {
    let made = journal::Entity::find_by_id(refund).one(tx).await?;
    let made = made.filter(|row| row.kind == JournalKind::Refund && row.studio_id == event.studio);
    let sale = made.and_then(|row| row.of_id).ok_or(LedgerError::NoJournal)?;
    hold_sale(tx, &event, sale).await?;
    if let Some(standing) = standing(tx, &event, JournalKind::RefundFailed).await? {
        return Ok(standing);
    }
    let taken = parts_of_journal(tx, refund).await?;
    // What costs no fee has no entry of one.
    let fee_minor = match amount_in(tx, refund, AccountKind::GatewayFees).await {
        Err(LedgerError::NoJournal) => 0,
        fee_minor => fee_minor?,
    };
    let moved = refund_failed_journal(&taken, fee_minor)?;
    post_moved(tx, ctx, event, JournalKind::RefundFailed, (sale, Some(refund)), moved).await
}

/// Books that a dispute was opened over so much of a sale: the gateway has taken that and its fee, and the shares in it are suspended.
pub async fn open_dispute(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    sale: JournalId,
    amount_minor: i64,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    take_of_sale(tx, ctx, event, JournalKind::DisputeOpened, sale, |left| dispute_opened(left, amount_minor, fee_minor))
        .await
}

/// Books what takes of a sale, once, by what a rule makes of the parts that are left.
async fn take_of_sale(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    kind: JournalKind,
    sale: JournalId,
    rule: impl FnOnce(&[Position]) -> Result<Moved, JournalFault>,
) -> Result<journal::Model, LedgerError> {
    let left = hold_sale(tx, &event, sale).await?;
    if let Some(standing) = standing(tx, &event, kind).await? {
        return Ok(standing);
    }
    post_moved(tx, ctx, event, kind, (sale, Some(sale)), rule(&left)?).await
}

/// Books that a dispute, named by the journal of its opening, was won: what was suspended is owed again. The fee is what the gateway takes now, below zero
/// what it gives back.
pub async fn win_dispute(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    opened: JournalId,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    end_dispute(tx, ctx, event, opened, JournalKind::DisputeWon, fee_minor).await
}

/// Books that a dispute was lost: what was suspended is taken back. The fee is what the gateway takes for that beside what it took for its opening.
pub async fn lose_dispute(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    opened: JournalId,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    end_dispute(tx, ctx, event, opened, JournalKind::DisputeLost, fee_minor).await
}

async fn end_dispute(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    opened: JournalId,
    kind: JournalKind,
    fee_minor: i64,
) -> Result<journal::Model, LedgerError> {
    let opening = journal::Entity::find_by_id(opened).one(tx).await?;
    let opening = opening.filter(|row| row.kind == JournalKind::DisputeOpened && row.studio_id == event.studio);
    let sale = opening.and_then(|row| row.of_id).ok_or(LedgerError::NoJournal)?;
    // Held by the sale, so that of two ends the later sees the earlier.
    let positions = hold_sale(tx, &event, sale).await?;
    if let Some(standing) = standing(tx, &event, kind).await? {
        return Ok(standing);
    }
    let ended = journal::Entity::find()
        .filter(journal::Column::OfId.eq(opened))
        .filter(journal::Column::Kind.is_in([JournalKind::DisputeWon, JournalKind::DisputeLost]))
        .one(tx)
        .await?;
    if ended.is_some() {
        return Err(LedgerError::EndedAlready);
    }
    let amount_minor = amount_in(tx, opened, AccountKind::Disputed).await?;
    let moved = if kind == JournalKind::DisputeWon {
        dispute_won(&positions, amount_minor, fee_minor)?
    } else {
        dispute_lost(&positions, amount_minor, fee_minor)?
    };
    post_moved(tx, ctx, event, kind, (sale, Some(opened)), moved).await
}

/// What a journal has put into the account of a kind, in minor units.
pub(super) async fn amount_in(tx: &Tx, journal: JournalId, kind: AccountKind) -> Result<i64, LedgerError> {
    let ids = account::Entity::find().select_only().column(account::Column::Id).filter(account::Column::Kind.eq(kind));
    let found = entry::Entity::find()
        .filter(entry::Column::JournalId.eq(journal))
        .filter(entry::Column::AccountId.in_subquery(sea_orm::QueryTrait::into_query(ids)))
        .one(tx)
        .await?;
    Ok(found.ok_or(LedgerError::NoJournal)?.amount_minor)
}

async fn post_moved(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    kind: JournalKind,
    (sale, of): (JournalId, Option<JournalId>),
    Moved { legs, parts }: Moved,
) -> Result<journal::Model, LedgerError> {
    post(tx, ctx, &Posting { event, kind, of, legs, sale: Some(sale), parts }).await
}

/// [`lock_sale`] for an event, which has to be of the sale's books and currency. Whether the event is booked already is asked behind this: of two who
/// were told the same the later finds what the earlier has booked, and not that nothing remains.
async fn hold_sale(tx: &Tx, event: &Event<'_>, sale: JournalId) -> Result<Vec<Position>, LedgerError> {
    let positions = lock_sale(tx, sale).await?;
    let of_sale = entry::Entity::find().filter(entry::Column::JournalId.eq(sale)).one(tx).await?;
    let of_sale = of_sale.ok_or(LedgerError::NoJournal)?;
    let account = account::Entity::find_by_id(of_sale.account_id).one(tx).await?;
    account.filter(|account| account.studio_id == event.studio).ok_or(LedgerError::NoJournal)?;
    require_currency(event, of_sale.currency)?;
    Ok(positions)
}

/// Refuses an event in another currency than what it is about.
pub(super) fn require_currency(event: &Event<'_>, booked: Currency) -> Result<(), LedgerError> {
    let told = event.currency;
    if told == booked { Ok(()) } else { Err(LedgerError::OtherCurrency { told, booked }) }
}

/// What remains of a sale's parts, the sale held until the end of the transaction: of two who take of it the later sees what the earlier took.
pub async fn lock_sale(tx: &Tx, sale: JournalId) -> Result<Vec<Position>, LedgerError> {
    let held = journal::Entity::find_by_id(sale).lock(LockType::NoKeyUpdate).one(tx).await?;
    held.filter(|row| row.kind == JournalKind::Sale).ok_or(LedgerError::NoJournal)?;
    Ok(remaining(&parts_of_sale(tx, sale).await?)?)
}
