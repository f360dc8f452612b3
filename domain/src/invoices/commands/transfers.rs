//! Transfers to the studio's own bank account, as it records them. A record is never changed: what was wrong, or has bounced, is taken back by a counter entry.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{close_pages, issuing, lock_invoice, look_at, own_invoice, paying};
use crate::{
    actor::Ctx,
    identity::commands::hold_open,
    ids::{InvoiceId, InvoiceTransferId, JournalId},
    invoices::{
        InvoiceError,
        entity::{InvoiceNotice, TransferKind, invoice, transfer},
        queries,
        rules::{
            Fault,
            lines::{MAX_UNIT_MINOR, tax_within},
            texts,
        },
    },
    ledger::{
        LedgerError,
        commands::{Event, book_transfer},
        entity::JournalKind,
        rules::service::Transferred,
    },
    masters,
    money::Money,
    policy::{self, Action},
    store::{self, Tx},
};

/// Where the ledger knows transfers from: with the transfer's id it names the journal.
const SOURCE: &str = "invoices";

/// A transfer as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordTransfer {
    /// How much.
    pub amount: Money,
    /// The day on which it came or left.
    pub happened_on: NaiveDate,
    /// What the studio says of it; may be empty.
    pub note: String,
    /// The same key records once.
    pub key: Option<String>,
}

/// A transfer, checked.
struct Checked {
    note: String,
    key: Option<String>,
    /// What was recorded under the key already.
    standing: Option<transfer::Model>,
}

/// Records what a client has paid of an invoice by bank transfer. What is beyond the invoice is owed back.
///
/// # Errors
/// If the actor may not, it is nothing, in another currency, or of a day to come.
pub async fn record_transfer(
    tx: &Tx,
    ctx: &Ctx,
    id: InvoiceId,
    given: &RecordTransfer,
) -> Result<transfer::Model, InvoiceError> {
    let invoice = own_invoice(tx, ctx, id, Action::ManageSales).await?;
    hold_open(tx, invoice.studio_id).await??;
    let checked = check(tx, ctx, &invoice, given).await?;
    if let Some(standing) = checked.standing {
        let is_same = standing.kind == TransferKind::Received && standing.amount() == given.amount;
        let is_said = standing.happened_on == given.happened_on && standing.note == checked.note;
        return (is_same && is_said).then_some(standing).ok_or(InvoiceError::KeyTaken);
    }
    let standing = queries::standing(tx, &invoice).await?;
    let applied_minor = given.amount.minor.min(standing.open_minor());
    let moved = Transferred {
        applied_minor,
        tax_minor: paying::tax_of_payment(tx, &invoice, applied_minor).await?,
        excess_minor: given.amount.minor - applied_minor,
    };
    let row = write(tx, ctx, &invoice, (TransferKind::Received, moved), given, (checked.note, checked.key)).await?;
    issuing::tell(tx, ctx, &invoice, InvoiceNotice::Received).await?;
    Ok(row)
}

/// Records what the studio has sent back of an invoice by bank transfer: what came beyond it first, then what was paid of it, which is owed again unless it was
/// credited.
///
/// # Errors
/// As [`record_transfer`]; and if it is more than has come by transfer.
pub async fn record_return(
    tx: &Tx,
    ctx: &Ctx,
    id: InvoiceId,
    given: &RecordTransfer,
) -> Result<transfer::Model, InvoiceError> {
    let invoice = own_invoice(tx, ctx, id, Action::ManageSales).await?;
    let checked = check(tx, ctx, &invoice, given).await?;
    let minor = given.amount.minor;
    if let Some(standing) = checked.standing {
        let is_same = standing.kind == TransferKind::Returned && standing.amount().minor == -minor;
        let is_said = standing.happened_on == given.happened_on && standing.note == checked.note;
        return (is_same && is_said).then_some(standing).ok_or(InvoiceError::KeyTaken);
    }
    let came = came_of(tx, id).await?;
    let rest = invoice.money(came.applied_minor.saturating_add(came.excess_minor));
    if minor > rest.minor {
        return Err(InvoiceError::BeyondTransfers { asked: given.amount, rest });
    }
    let excess_minor = minor.min(came.excess_minor);
    let applied_minor = minor - excess_minor;
    // As much of the tax as it is of what has come.
    let tax_minor = tax_within(applied_minor, came.applied_minor, came.tax_minor);
    let moved = Transferred { applied_minor, tax_minor, excess_minor }.reversed().map_err(LedgerError::from)?;
    let row = write(tx, ctx, &invoice, (TransferKind::Returned, moved), given, (checked.note, checked.key)).await?;
    issuing::tell(tx, ctx, &invoice, InvoiceNotice::TakenBack).await?;
    Ok(row)
}

/// Takes back what was recorded by mistake, or has bounced, by a counter entry. What it paid is owed again.
///
/// # Errors
/// If the actor may not, it was taken back already, or what it had brought was sent back since.
pub async fn reverse_transfer(
    tx: &Tx,
    ctx: &Ctx,
    id: InvoiceTransferId,
    reason: &str,
) -> Result<transfer::Model, InvoiceError> {
    let found = transfer::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageSales, found, |row| row.studio_id)?;
    let wrong = found.ok_or(InvoiceError::NoTransfer)?;
    let note = texts::filled_block("reason", reason, texts::MAX_NOTE_CHARS)?;
    // Whoever takes back holds the invoice: of two the later sees what the earlier did.
    let invoice = lock_invoice(tx, wrong.invoice_id).await?.ok_or(InvoiceError::NoInvoice)?;
    let taken = transfer::Entity::find().filter(transfer::Column::ReversesId.eq(id)).one(tx).await?;
    if taken.is_some() || wrong.kind == TransferKind::Reversed {
        return Err(InvoiceError::Reversed);
    }
    let moved = wrong.moved().reversed().map_err(LedgerError::from)?;
    let came = came_of(tx, wrong.invoice_id).await?;
    if came.applied_minor.saturating_add(moved.applied_minor) < 0
        || came.excess_minor.saturating_add(moved.excess_minor) < 0
    {
        return Err(InvoiceError::SentBack);
    }
    let amount = wrong.amount();
    let given = RecordTransfer { amount, happened_on: ctx.env.now().date_naive(), note: String::new(), key: None };
    let of = Some((id, wrong.journal_id));
    let row = write_of(tx, ctx, &invoice, (TransferKind::Reversed, moved), &given, (note, None), of).await?;
    let what = if amount.minor > 0 { InvoiceNotice::TakenBack } else { InvoiceNotice::Received };
    issuing::tell(tx, ctx, &invoice, what).await?;
    Ok(row)
}

/// What has come by transfer for an invoice, less what was sent or taken back.
async fn came_of(tx: &Tx, id: InvoiceId) -> Result<Transferred, InvoiceError> {
    let rows = transfer::Entity::find().filter(transfer::Column::InvoiceId.eq(id)).all(tx).await?;
    let sum = |of: fn(&transfer::Model) -> i64| rows.iter().map(of).fold(0, i64::saturating_add);
    Ok(Transferred {
        applied_minor: sum(|row| row.applied_minor),
        tax_minor: sum(|row| row.tax_minor),
        excess_minor: sum(|row| row.excess_minor),
    })
}

async fn check(tx: &Tx, ctx: &Ctx, invoice: &invoice::Model, given: &RecordTransfer) -> Result<Checked, InvoiceError> {
    if given.amount.currency != invoice.currency {
        return Err(InvoiceError::OtherCurrency { given: given.amount.currency, own: invoice.currency });
    }
    if !(1..=MAX_UNIT_MINOR).contains(&given.amount.minor) {
        return Err(Fault::Amount.into());
    }
    if given.happened_on > ctx.env.now().date_naive() {
        return Err(Fault::Day.into());
    }
    texts::day("happenedOn", given.happened_on)?;
    let note = texts::block("note", &given.note, texts::MAX_NOTE_CHARS)?;
    let key = texts::key(given.key.as_deref())?;
    let standing = match &key {
        Some(key) => {
            let known = transfer::Entity::find()
                .filter(transfer::Column::StudioId.eq(invoice.studio_id))
                .filter(transfer::Column::RequestKey.eq(key.as_str()))
                .one(tx)
                .await?;
            if known.as_ref().is_some_and(|row| row.invoice_id != invoice.id) {
                return Err(InvoiceError::KeyTaken);
            }
            known
        }
        None => None,
    };
    Ok(Checked { note, key, standing })
}

async fn write(
    tx: &Tx,
    ctx: &Ctx,
    invoice: &invoice::Model,
    moved: (TransferKind, Transferred),
    given: &RecordTransfer,
    said: (String, Option<String>),
) -> Result<transfer::Model, InvoiceError> {
    write_of(tx, ctx, invoice, moved, given, said, None).await
}

/// Books a transfer and writes it down; pay pages that ask too much by now are closed.
async fn write_of(
    tx: &Tx,
    ctx: &Ctx,
    invoice: &invoice::Model,
    (kind, moved): (TransferKind, Transferred),
    given: &RecordTransfer,
    (note, request_key): (String, Option<String>),
    of: Option<(InvoiceTransferId, JournalId)>,
) -> Result<transfer::Model, InvoiceError> {
    let id: InvoiceTransferId = ctx.env.id();
    let (booked_as, said) = match kind {
        TransferKind::Received => (JournalKind::Transfer, "Paid by bank transfer"),
        TransferKind::Returned => (JournalKind::TransferReturned, "Sent back by bank transfer"),
        TransferKind::Reversed => (JournalKind::TransferReversed, "Taken back: a bank transfer"),
    };
    let (memo, external_id) = (format!("{said}: {}", invoice.reference), id.to_string());
    let event = Event {
        studio: invoice.studio_id,
        source: SOURCE,
        external_id: &external_id,
        order: None,
        reference: &invoice.reference,
        memo: &memo,
        currency: invoice.currency,
        occurred_at: None,
    };
    let journal = book_transfer(tx, ctx, event, booked_as, moved, of.map(|(_, journal)| journal)).await?;
    let row = transfer::Model {
        id,
        studio_id: invoice.studio_id,
        invoice_id: invoice.id,
        kind,
        applied_minor: moved.applied_minor,
        tax_minor: moved.tax_minor,
        excess_minor: moved.excess_minor,
        currency: invoice.currency,
        happened_on: given.happened_on,
        note,
        request_key,
        reverses_id: of.map(|(reversed, _)| reversed),
        journal_id: journal.id,
        recorded_by: ctx.actor.user(),
        recorded_at: ctx.env.now(),
    };
    // The key may have been used for another invoice since it was looked for, which holds that one alone.
    if !store::insert_new(tx, row.clone().into_active_model()).await? {
        return Err(InvoiceError::KeyTaken);
    }
    let standing = queries::standing(tx, invoice).await?;
    close_pages(tx, ctx, invoice.id, standing.open_minor()).await?;
    look_at(tx, invoice.id, ctx.env.now()).await?;
    masters::commands::money_moved(tx, ctx, invoice.studio_id, invoice.project_id).await?;
    Ok(row)
}
