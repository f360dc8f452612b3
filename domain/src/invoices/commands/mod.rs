//! What changes quotes and invoices. Locks come in one order: an order, a party, a quote, an invoice, the counter of numbers, the ledger.

mod answering;
mod crediting;
mod issuing;
mod paying;
mod quotes;
mod settings;
mod sides;
mod tend;
mod transfers;

pub use answering::{AcceptQuote, accept_quote, decline_quote};
pub use crediting::{CreditInvoice, credit_invoice};
pub use issuing::{IssueInvoice, issue_invoice, reach_stage};
pub(crate) use paying::{mark_paid, refusal, tax_of_payment};
pub use paying::{open_payment, settle_payments};
pub use quotes::{QuoteDraft, change_quote, create_quote, end_quote, send_quote, set_quote_agreement, withdraw_quote};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LockType,
};
pub use settings::set_settings;
pub use sides::BillTo;
pub use tend::{Tended, tend, tend_quote};
pub(crate) use tend::{agreement_executed, phase_closed};
pub use transfers::{RecordTransfer, record_return, record_transfer, reverse_transfer};

use super::{
    InvoiceError,
    entity::{InvoiceKind, invoice, invoice_order, quote, watch},
};
use crate::{
    actor::Ctx,
    clients::entity as clients,
    env::Instant,
    ids::{InvoiceId, QuoteId, StudioId},
    outbox::{self, Job},
    parties,
    policy::{self, Action},
    report::StoreError,
    sales::entity::{OrderState, order},
    store::Tx,
};

/// A quote, held until the end of the transaction.
async fn lock_quote(tx: &Tx, id: QuoteId) -> Result<Option<quote::Model>, StoreError> {
    Ok(quote::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// The same, if the caller may quote and invoice.
async fn own_quote(tx: &Tx, ctx: &Ctx, id: QuoteId) -> Result<quote::Model, InvoiceError> {
    let found = lock_quote(tx, id).await?;
    let found = policy::visible(&ctx.actor, Action::ManageProduction, found, |row| row.studio_id)?;
    found.ok_or(InvoiceError::NoQuote)
}

/// Holds the party of a quote's client before the quote itself, for who merges parties holds them first. One that was merged or erased is refused.
async fn hold_client(tx: &Tx, ctx: &Ctx, id: QuoteId) -> Result<(), InvoiceError> {
    let found = quote::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageProduction, found, |row| row.studio_id)?;
    let quote = found.ok_or(InvoiceError::NoQuote)?;
    let client = clients::Entity::find_by_id(quote.client_id).one(tx).await?.ok_or(InvoiceError::NoClient)?;
    parties::lock_present(tx, ctx, Action::ManageProduction, client.party_id).await?;
    Ok(())
}

/// An invoice, held until the end of the transaction: of two who pay or credit it the later sees what the earlier did.
async fn lock_invoice(tx: &Tx, id: InvoiceId) -> Result<Option<invoice::Model>, StoreError> {
    Ok(invoice::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// The same, if the caller may do that to it, and it is none that credits another.
async fn own_invoice(tx: &Tx, ctx: &Ctx, id: InvoiceId, action: Action) -> Result<invoice::Model, InvoiceError> {
    let found = lock_invoice(tx, id).await?;
    let found = policy::visible(&ctx.actor, action, found, |row| row.studio_id)?;
    let invoice = found.ok_or(InvoiceError::NoInvoice)?;
    if invoice.kind == InvoiceKind::Invoice { Ok(invoice) } else { Err(InvoiceError::CreditNote) }
}

/// The invoice that was issued under a key.
async fn of_key(tx: &Tx, studio: StudioId, key: &str) -> Result<Option<invoice::Model>, StoreError> {
    Ok(invoice::Entity::find()
        .filter(invoice::Column::StudioId.eq(studio))
        .filter(invoice::Column::RequestKey.eq(key))
        .one(tx)
        .await?)
}

/// The orders by which an invoice is being paid, oldest first.
async fn awaiting(db: &impl ConnectionTrait, id: InvoiceId) -> Result<Vec<order::Model>, StoreError> {
    let rows = invoice_order::Entity::find().filter(invoice_order::Column::InvoiceId.eq(id)).all(db).await?;
    Ok(order::Entity::find()
        .filter(order::Column::Id.is_in(rows.into_iter().map(|row| row.order_id)))
        .filter(order::Column::State.eq(OrderState::AwaitingPayment))
        .order_by_asc(order::Column::Id)
        .all(db)
        .await?)
}

/// Has the pay pages closed that ask more than is left to pay. What is paid there in spite of it goes back.
async fn close_pages(tx: &Tx, ctx: &Ctx, invoice: InvoiceId, open_minor: i64) -> Result<(), StoreError> {
    for order in awaiting(tx, invoice).await? {
        if order.checkout_id.is_some() && order.total_minor > open_minor {
            outbox::put(tx, ctx, Some(order.studio_id), &Job::CloseCheckout { order: order.id }).await?;
        }
    }
    Ok(())
}

/// Has an invoice looked at, at an instant.
async fn look_at(tx: &Tx, invoice: InvoiceId, next_at: Instant) -> Result<(), StoreError> {
    watch::Entity::update_many()
        .set(watch::ActiveModel { next_at: Set(next_at), ..Default::default() })
        .filter(watch::Column::InvoiceId.eq(invoice))
        .exec(tx)
        .await?;
    Ok(())
}
