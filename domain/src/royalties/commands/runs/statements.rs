//! Booking what statements say is due, and what of it reached the bank.

use chrono::NaiveTime;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, sea_query::LockType,
};

use super::gather::{converted, rate_of};
use crate::{
    actor::{Actor, Ctx},
    env::Instant,
    ids::{JournalId, StatementImportId},
    ledger::{
        LedgerError,
        commands::{Event, Posting, post},
        entity::JournalKind,
        rules::{Leg, royalty},
    },
    money::Currency,
    royalties::{
        RoyaltyError,
        commands::terms::{SOURCE, hold_studio},
        entity::{ImportState, import, receipt, total},
        queries::imports::totals_of,
    },
    services::Services,
    store::Tx,
};

/// Books what a statement says is due in each currency that has a rate, and what of it reached the bank; each once, however often it is asked. A statement that
/// was not read to its end books nothing.
pub async fn post_statement(services: &Services, id: StatementImportId) -> Result<(), RoyaltyError> {
    let ctx = services.ctx(Actor::System);
    let Some(known) = import::Entity::find_by_id(id).one(&services.db).await? else { return Ok(()) };
    let tx = services.begin().await?;
    hold_studio(&tx, known.studio_id).await?;
    let held = import::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    let Some(held) = held.filter(|row| row.state == ImportState::Ready) else { return Ok(()) };
    for row in totals_of(&tx, &[id]).await? {
        let row = book_due(&tx, &ctx, &held, row).await?;
        book_receipt(&tx, &ctx, &held, row).await?;
    }
    services.commit(tx).await?;
    Ok(())
}

/// Books what a statement says is due in a currency, rounded down. Who calls this holds the studio.
pub(super) async fn book_due(
    tx: &Tx,
    ctx: &Ctx,
    of: &import::Model,
    row: total::Model,
) -> Result<total::Model, RoyaltyError> {
    let (Some(currency), Some(rate), None) = (row.account_currency, rate_of(&row), row.posted_minor) else {
        return Ok(row);
    };
    let (posted_minor, _) = converted(row.amount, rate)?.floor_minor(currency)?;
    let legs = royalty::statement_due(posted_minor).map_err(LedgerError::from)?;
    let memo = format!("{} of the statement {}", row.currency, of.file_name);
    let entry = Entry { kind: JournalKind::StatementDue, legs, memo, at: None };
    let journal_id = book(tx, ctx, of, (&row, currency), entry).await?;
    let mut changed = row.into_active_model();
    changed.posted_minor = Set(Some(posted_minor));
    changed.journal_id = Set(journal_id);
    Ok(changed.update(tx).await?)
}

/// Books what of it reached the bank.
async fn book_receipt(tx: &Tx, ctx: &Ctx, of: &import::Model, row: total::Model) -> Result<(), RoyaltyError> {
    let (Some(currency), Some(posted_minor), Some(bank_minor), None) =
        (row.account_currency, row.posted_minor, row.bank_minor, row.receipt_journal_id)
    else {
        return Ok(());
    };
    let legs = royalty::statement_receipt(posted_minor, bank_minor).map_err(LedgerError::from)?;
    let memo = format!("Received for the statement {}", of.file_name);
    let at = row.bank_on.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let entry = Entry { kind: JournalKind::StatementReceipt, legs, memo, at };
    if let Some(journal) = book(tx, ctx, of, (&row, currency), entry).await? {
        let mut changed = row.into_active_model();
        changed.receipt_journal_id = Set(Some(journal));
        changed.update(tx).await?;
    }
    Ok(())
}

/// What is booked of a statement.
struct Entry {
    kind: JournalKind,
    legs: Vec<Leg>,
    memo: String,
    at: Option<Instant>,
}

/// Posts a journal of a statement, unless there is nothing to post.
async fn book(
    tx: &Tx,
    ctx: &Ctx,
    of: &import::Model,
    (row, currency): (&total::Model, Currency),
    entry: Entry,
) -> Result<Option<JournalId>, RoyaltyError> {
    if entry.legs.is_empty() {
        return Ok(None);
    }
    let recorded = receipt::Entity::find()
        .filter(receipt::Column::ImportId.eq(of.id))
        .filter(receipt::Column::Currency.eq(row.currency))
        .count(tx)
        .await?;
    // What is booked anew after a correction is called after that.
    let (reference, mut external_id) = (of.id.to_string(), format!("{}:{}", of.id, row.currency));
    if recorded > 1 {
        external_id = format!("{external_id}:{recorded}");
    }
    let event = Event {
        studio: of.studio_id,
        source: SOURCE,
        external_id: &external_id,
        order: None,
        reference: &reference,
        memo: &entry.memo,
        currency,
        occurred_at: entry.at,
    };
    Ok(Some(post(tx, ctx, &Posting::plain(event, entry.kind, entry.legs)).await?.id))
}
