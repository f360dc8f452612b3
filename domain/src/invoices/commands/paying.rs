//! Paying an invoice at the gateway, by an order without lines for what is left to pay. It is collected, given back and disputed as every order is; what came
//! of it counts for the invoice each time that is asked how it stands.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{awaiting, close_pages, issuing, lock_invoice, look_at};
use crate::{
    actor::Ctx,
    ids::{InvoiceId, OrderId},
    invoices::{
        InvoiceError,
        content::{InvoiceContent, read},
        entity::{InvoiceKind, InvoiceNotice, invoice, invoice_order, transfer},
        queries,
        rules::lines::tax_within,
    },
    ledger::{LedgerError, queries as ledger, rules::Holder},
    masters,
    money::Money,
    offers::commands::Device,
    report::StoreError,
    sales::{
        self, Settled,
        commands::deposits::{DepositOrder, place_deposit},
        entity::{OrderState, order},
    },
    services::Services,
    store::Tx,
};

/// Opens the page where what is left of an invoice is paid, for whoever holds its link: the one that is open already, or that of another order. None if it
/// has just turned out to be paid.
///
/// # Errors
/// If nothing is left to pay, a payment is under way or disputed, or no payment service collects so little.
pub async fn open_payment(
    services: &Services,
    ctx: &Ctx,
    id: InvoiceId,
    device: &Device,
) -> Result<Option<String>, InvoiceError> {
    // What was paid a moment ago counts, and of what a bank still decides nothing is asked twice.
    if settle_payments(services, id).await? == Some(Settled::Processing) {
        return Err(InvoiceError::Paying);
    }
    let tx = services.begin().await?;
    let invoice = lock_invoice(&tx, id).await?.filter(|row| row.kind == InvoiceKind::Invoice);
    let invoice = invoice.ok_or(InvoiceError::NoInvoice)?;
    let standing = queries::standing(&tx, &invoice).await?;
    if standing.is_settled() {
        return Ok(None);
    }
    if standing.disputed_minor > 0 {
        return Err(InvoiceError::Disputed);
    }
    let open = invoice.money(standing.open_minor());
    let order = match payable(&tx, services, ctx, &invoice, open).await? {
        Some(order) => order,
        None => place(&tx, services, ctx, &invoice, open, device).await?,
    };
    services.commit(tx).await?;
    Ok(Some(sales::open_checkout(services, order).await?))
}

/// Asks what has become of what pays an invoice, for whoever holds its link: they may be back before the gateway's event is here. None if nothing is open to
/// pay it; whatever takes its time comes first.
///
/// # Errors
/// If the gateway does not answer.
pub async fn settle_payments(services: &Services, id: InvoiceId) -> Result<Option<Settled>, InvoiceError> {
    let mut last = None;
    for order in awaiting(&services.db, id).await? {
        let settled = sales::settle_order(services, order.id).await?;
        if last != Some(Settled::Processing) {
            last = Some(settled);
        }
    }
    Ok(last)
}

/// The order by which so much of an invoice can be paid at the gateway at hand. The pages of others that ask for more are closed.
async fn payable(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    invoice: &invoice::Model,
    open: Money,
) -> Result<Option<OrderId>, InvoiceError> {
    let now = ctx.env.now();
    close_pages(tx, ctx, invoice.id, open.minor).await?;
    for order in awaiting(tx, invoice.id).await? {
        let asks_it = order.gateway == services.gateway.name() && order.total_minor == open.minor;
        if asks_it && sales::queries::can_be_paid(tx, &order, now).await? {
            return Ok(Some(order.id));
        }
    }
    Ok(None)
}

async fn place(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    invoice: &invoice::Model,
    open: Money,
    device: &Device,
) -> Result<OrderId, InvoiceError> {
    let content: InvoiceContent = read(&invoice.content)?;
    let order = DepositOrder {
        studio: invoice.studio_id,
        buyer_name: &content.client.name,
        buyer_email: &content.client.email,
        total: open,
        ip: device.ip.clone(),
        user_agent: device.user_agent.clone(),
    };
    let order = place_deposit(tx, ctx, services.gateway.name(), order).await?;
    let row = invoice_order::ActiveModel { order_id: Set(order.id), invoice_id: Set(invoice.id) };
    row.insert(tx).await?;
    Ok(order.id)
}

/// Why what was paid by an order cannot be for its invoice any more; none if it can, or if the order pays none. Who calls this holds the order; the invoice is
/// held from now on.
pub(crate) async fn refusal(tx: &Tx, order: &order::Model) -> Result<Option<&'static str>, StoreError> {
    let Some(row) = invoice_order::Entity::find_by_id(order.id).one(tx).await? else { return Ok(None) };
    let Some(invoice) = lock_invoice(tx, row.invoice_id).await? else { return Ok(None) };
    let standing = queries::standing(tx, &invoice).await?;
    let is_beyond = order.state == OrderState::AwaitingPayment && order.total_minor > standing.open_minor();
    Ok(is_beyond.then_some("the invoice had been paid by other means, or credited, meanwhile"))
}

/// The tax within what is about to be booked of an invoice that is held, and counts for it only then: so that all that was paid of it has the tax that is within as much of the invoice.
pub(crate) async fn tax_of_payment(tx: &Tx, invoice: &invoice::Model, amount_minor: i64) -> Result<i64, LedgerError> {
    let (standing, credited) = (queries::standing(tx, invoice).await?, queries::credited(tx, invoice.id).await?);
    let due_tax = invoice.tax_minor.saturating_sub(credited.tax_minor);
    let after = standing.kept_minor.saturating_add(amount_minor);
    let wanted = tax_within(after, standing.due_minor(), due_tax);
    Ok(wanted.saturating_sub(booked_tax(tx, invoice.id).await?).clamp(0, amount_minor))
}

/// The tax that the books have of what was paid of an invoice, in minor units.
pub(super) async fn booked_tax(db: &impl ConnectionTrait, id: InvoiceId) -> Result<i64, LedgerError> {
    let transfers = transfer::Entity::find().filter(transfer::Column::InvoiceId.eq(id)).all(db).await?;
    let mut booked = transfers.iter().map(|row| row.tax_minor).fold(0, i64::saturating_add);
    let orders = invoice_order::Entity::find().filter(invoice_order::Column::InvoiceId.eq(id)).all(db).await?;
    let orders: Vec<OrderId> = orders.into_iter().map(|row| row.order_id).collect();
    let payments = sales::queries::payments_of_orders(db, &orders).await?;
    for payment in payments.values().flatten() {
        // What came a second time, or for nothing, is no sale.
        let Some(sale) = ledger::find_sale(db, &payment.gateway, &payment.gateway_payment).await? else { continue };
        for part in ledger::remaining_of_sale(db, sale.id).await? {
            if part.holder == Holder::Tax {
                booked = booked.saturating_add(part.live_minor).saturating_add(part.suspended_minor);
            }
        }
    }
    Ok(booked)
}

/// Has told that an order has paid an invoice, or a part of it; of any other order it does nothing, and says so. Who calls this holds the order, and has asked
/// [`refusal`].
pub(crate) async fn mark_paid(tx: &Tx, ctx: &Ctx, order: &order::Model) -> Result<bool, StoreError> {
    let Some(row) = invoice_order::Entity::find_by_id(order.id).one(tx).await? else { return Ok(false) };
    let Some(invoice) = lock_invoice(tx, row.invoice_id).await? else { return Ok(true) };
    let standing = queries::standing(tx, &invoice).await?;
    close_pages(tx, ctx, invoice.id, standing.open_minor()).await?;
    look_at(tx, invoice.id, ctx.env.now()).await?;
    masters::commands::money_moved(tx, ctx, invoice.studio_id, invoice.project_id).await?;
    issuing::tell(tx, ctx, &invoice, InvoiceNotice::Received).await?;
    Ok(true)
}
