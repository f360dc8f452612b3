//! Recording: what was collected becomes a payment, a journal and licences in one transaction, or goes back.

use std::collections::BTreeSet;

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    claims, refunds,
    settlement::{Settled, TAKEN, close, lock_order},
    upgrades,
};
use crate::{
    actor::Ctx,
    booking::{self, entity::deposit},
    catalog, delivery,
    env::Instant,
    ids::{OrderId, WorkId},
    invoices::{self, entity::invoice},
    ledger::{
        self,
        commands::{Event, Posting, book_sale as book_in_ledger, book_service, post},
        entity::JournalKind,
        rules::{self as journals, Division, SaleLine},
    },
    licensing::entity::licence,
    money::Money,
    offers::commands as offers,
    outbox::{self, Job},
    ports::GatewayPayment,
    pricing::queries::{LineFacts, facts_of_lines},
    sales::{
        SalesError,
        entity::{OrderState, PaymentState, cart_line, order, order_line, payment},
        queries,
    },
    splits::{self, rules::LineRule},
    stages::Stage,
    store::{self, Tx},
    webhooks::events,
};

/// Records what the gateway has collected for an order and grants what it bought, or sends the money back; while somebody else holds a claim that is not
/// paid yet, neither. Called again with the same
/// payment, it does nothing; a payment that was held before, or given up, is collected now.
///
/// # Errors
/// If the payment belongs to another order, or what the gateway says of it does not add up.
pub async fn record_payment(tx: &Tx, ctx: &Ctx, id: OrderId, payment: &GatewayPayment) -> Result<Settled, SalesError> {
    let order = lock_order(tx, id).await?;
    let known = find_own_payment(tx, &order, payment).await?;
    if known.as_ref().is_some_and(|known| known.state >= PaymentState::Captured) {
        return Ok(Settled::Already(order.state));
    }
    check_receipt(payment)?;
    if let Some(reason) = refusal(&order, payment.captured) {
        return refuse(tx, ctx, order, known, payment, reason).await;
    }
    if let Some(reason) = upgrades::refusal(tx, order.id).await? {
        return refuse(tx, ctx, order, known, payment, reason).await;
    }
    if let Some(reason) = booking::commands::refusal(tx, order.id).await? {
        return refuse(tx, ctx, order, known, payment, reason).await;
    }
    if let Some(reason) = invoices::commands::refusal(tx, &order).await? {
        return refuse(tx, ctx, order, known, payment, reason).await;
    }
    let lines = queries::lines_of_order(tx, order.id).await?;
    if !claims::claim(tx, ctx, &order, &lines).await? {
        if !claims::is_sold(tx, order.id, &lines).await? {
            // Whoever holds the claim may not come to pay for it: until that is decided the order waits, and is asked about again.
            return Ok(Settled::Queued);
        }
        return refuse(tx, ctx, order, known, payment, TAKEN).await;
    }
    let row = keep_payment(tx, ctx, &order, known, payment, PaymentState::Captured).await?;
    let deposit = booking::commands::find_deposit(tx, order.id).await?;
    let invoice = invoices::queries::invoice_of_order(tx, order.id).await?;
    match (deposit, invoice) {
        (Some(deposit), _) => book_deposit(tx, ctx, &order, &deposit, payment).await?,
        (None, Some(invoice)) => book_invoice(tx, ctx, &order, &invoice, payment).await?,
        (None, None) => book_sale(tx, ctx, &order, &lines, payment, row.received_at).await?,
    }
    grant(tx, ctx, order, &lines).await?;
    ctx.env.reach(Stage::PaymentRecorded);
    Ok(Settled::Granted)
}

/// Why what was paid, or is held, cannot be for this order; none if it can.
pub(super) fn refusal(order: &order::Model, paid: Money) -> Option<&'static str> {
    match order.state {
        OrderState::Paid | OrderState::Delivered => Some("it had been paid already"),
        OrderState::Expired => Some("it had been closed before the payment came"),
        OrderState::Refunded => Some("its money goes back already"),
        OrderState::AwaitingPayment if paid != Money::new(order.total_minor, order.currency) => {
            Some("what was paid is not what was ordered")
        }
        OrderState::AwaitingPayment => None,
    }
}

fn check_receipt(payment: &GatewayPayment) -> Result<(), SalesError> {
    let GatewayPayment { id, captured, fee, .. } = payment;
    let sound = captured.currency == fee.currency && 0 <= fee.minor && fee.minor <= captured.minor;
    let odd = || SalesError::OddReceipt { payment: id.clone(), amount: *captured, fee: *fee };
    sound.then_some(()).ok_or_else(odd)
}

/// What is known of an order's payment. One that is another order's, as we have it or as it says itself, is refused.
pub(super) async fn find_own_payment(
    tx: &Tx,
    order: &order::Model,
    payment: &GatewayPayment,
) -> Result<Option<payment::Model>, SalesError> {
    let known = queries::payment_of_gateway(tx, &order.gateway, &payment.id).await?;
    let is_elsewhere = known.as_ref().is_some_and(|known| known.order_id != order.id)
        || payment.order.is_some_and(|named| named != order.id);
    if is_elsewhere { Err(SalesError::PaymentElsewhere { payment: payment.id.clone() }) } else { Ok(known) }
}

/// A row for a payment of an order, of nothing yet.
pub(super) fn new_payment(
    ctx: &Ctx,
    order: &order::Model,
    gateway_payment: &str,
    state: PaymentState,
) -> payment::Model {
    payment::Model {
        id: ctx.env.id(),
        studio_id: order.studio_id,
        order_id: order.id,
        gateway: order.gateway.clone(),
        gateway_payment: gateway_payment.to_owned(),
        state,
        amount_minor: 0,
        fee_minor: 0,
        currency: order.currency,
        received_at: ctx.env.now(),
        capture_before: None,
        checked_at: None,
    }
}

/// Writes down what was collected: a new payment, or one that was held before.
async fn keep_payment(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    known: Option<payment::Model>,
    payment: &GatewayPayment,
    state: PaymentState,
) -> Result<payment::Model, SalesError> {
    let is_new = known.is_none();
    let base = known.unwrap_or_else(|| new_payment(ctx, order, &payment.id, state));
    let row = payment::Model {
        state,
        amount_minor: payment.captured.minor,
        fee_minor: payment.fee.minor,
        currency: payment.captured.currency,
        received_at: ctx.env.now(),
        capture_before: None,
        checked_at: None,
        ..base
    };
    if !is_new {
        let changed = row.clone().into_active_model().reset_all();
        return Ok(payment::ActiveModel { id: Set(row.id), ..changed }.update(tx).await?);
    }
    if store::insert_new(tx, row.clone().into_active_model()).await? {
        Ok(row)
    } else {
        Err(SalesError::PaymentElsewhere { payment: payment.id.clone() })
    }
}

/// Books a sale: each line is divided by what was signed for its work when the payment came, and the journal names the document. What nobody has
/// signed for is parked, even if the studio has stopped selling such since the order was placed: the buyer has paid for what was on sale.
async fn book_sale(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    lines: &[order_line::Model],
    payment: &GatewayPayment,
    at: Instant,
) -> Result<(), SalesError> {
    let rules = splits::line_rules(tx, lines.iter().map(|line| (line.work_id, line.beat_id)), at).await?;
    let facts = facts_of_lines(tx, &lines.iter().map(|line| line.id).collect::<Vec<_>>()).await?;
    let sold: Vec<SaleLine> = lines
        .iter()
        .zip(&rules)
        .map(|(line, rule)| SaleLine {
            line: Some(line.id),
            price_minor: line.price_minor,
            tax_minor: facts.get(&line.id).map_or(0, LineFacts::tax_minor),
            division: division(rule),
        })
        .collect();
    let (total_minor, fee_minor) = (payment.captured.minor, payment.fee.minor);
    let nets = journals::nets(fee_minor, &sold).map_err(ledger::LedgerError::from)?;
    let what = lines.iter().zip(&rules).map(|(line, rule)| sold_line(line, rule));
    let memo = format!("Sale of {}", what.collect::<Vec<_>>().join(", "));
    let event = event(order, payment, &memo);
    let Some(sale) = book_in_ledger(tx, ctx, event, total_minor, fee_minor, &sold).await? else { return Ok(()) };
    let divided: Vec<_> = lines.iter().zip(&rules).zip(nets).map(|((line, rule), net)| (line, rule, net)).collect();
    splits::record_sale(tx, &sale, order, &divided, at).await?;
    Ok(())
}

/// Books the deposit of a booking: it is the studio's alone.
async fn book_deposit(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    deposit: &deposit::Model,
    payment: &GatewayPayment,
) -> Result<(), SalesError> {
    let (total_minor, fee_minor) = (payment.captured.minor, payment.fee.minor);
    let division = Division::Shared(Vec::new());
    let whole = SaleLine { line: None, price_minor: total_minor, tax_minor: 0, division };
    book_in_ledger(tx, ctx, event(order, payment, &deposit.title), total_minor, fee_minor, &[whole]).await?;
    Ok(())
}

/// Books what pays an invoice, or a part of it: income of a service, and the tax within as much of the invoice.
async fn book_invoice(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    invoice: &invoice::Model,
    payment: &GatewayPayment,
) -> Result<(), SalesError> {
    let (total_minor, fee_minor) = (payment.captured.minor, payment.fee.minor);
    let tax_minor = invoices::commands::tax_of_payment(tx, invoice, total_minor).await?;
    let memo = format!("Payment of the invoice {}", invoice.reference);
    book_service(tx, ctx, event(order, payment, &memo), total_minor, fee_minor, tax_minor).await?;
    Ok(())
}

fn division(rule: &LineRule) -> Division {
    match rule {
        LineRule::Signed(rule) => Division::Shared(rule.master.clone()),
        LineRule::Credits(shares) => Division::Shared(shares.clone()),
        LineRule::Unsigned => Division::Parked,
    }
}

/// A line as the journal's memo names it, with the document by which it was divided.
fn sold_line(line: &order_line::Model, rule: &LineRule) -> String {
    let (title, tier) = (&line.beat_title, &line.terms.tier_name);
    match rule {
        LineRule::Signed(rule) => {
            format!("{title} ({tier}; split by the signed document {})", rule.version.document_sha256)
        }
        LineRule::Credits(_) => format!("{title} ({tier})"),
        LineRule::Unsigned => format!("{title} ({tier}; parked until its split is signed)"),
    }
}

/// What has happened, as the ledger names it: the payment by the gateway's id.
fn event<'a>(order: &'a order::Model, payment: &'a GatewayPayment, memo: &'a str) -> Event<'a> {
    Event {
        studio: order.studio_id,
        source: &order.gateway,
        external_id: &payment.id,
        order: Some(order.id),
        reference: &order.reference,
        memo,
        currency: payment.captured.currency,
        occurred_at: None,
    }
}

/// Grants: the order is paid, each line becomes a licence, its files are owed, works sold exclusively leave the storefront and the offers for
/// them end, and what was bought leaves the cart. The booking whose deposit it pays stands; of that, and of an invoice that it pays, mails of their own tell.
pub(super) async fn grant(
    tx: &Tx,
    ctx: &Ctx,
    order: order::Model,
    lines: &[order_line::Model],
) -> Result<order::Model, SalesError> {
    let paid = order::ActiveModel {
        state: Set(OrderState::Paid),
        paid_at: Set(Some(ctx.env.now())),
        ..order.into_active_model()
    };
    let order = paid.update(tx).await?;
    events::order_paid(tx, ctx, &order).await?;
    if booking::commands::confirm_paid(tx, ctx, order.id).await? {
        return Ok(order);
    }
    outbox::put(tx, ctx, Some(order.studio_id), &Job::MailSale { order: order.id }).await?;
    if invoices::commands::mark_paid(tx, ctx, &order).await? {
        return Ok(order);
    }
    for line in lines {
        let licence = licence::Model {
            id: ctx.env.id(),
            studio_id: order.studio_id,
            order_id: order.id,
            order_line_id: line.id,
            beat_id: line.beat_id,
            work_id: line.work_id,
            reference: format!("{}-{}", order.reference, line.position),
            licensee_name: order.buyer_name.clone(),
            licensee_email: order.buyer_email.clone(),
            exclusive: line.terms.is_exclusive(),
            terms: line.terms.clone(),
            price_minor: line.price_minor,
            currency: order.currency,
            granted_at: ctx.env.now(),
        };
        licence.clone().into_active_model().insert(tx).await?;
        events::licence_granted(tx, ctx, &licence).await?;
        delivery::commands::owe(tx, ctx, &order, &licence).await?;
        upgrades::record(tx, ctx, &order, &licence).await?;
        if licence.exclusive {
            catalog::withdraw_work(tx, ctx, licence.work_id).await?;
        }
    }
    offers::mark_bought(tx, ctx, order.id).await?;
    let sold: BTreeSet<WorkId> =
        lines.iter().filter(|line| line.terms.is_exclusive()).map(|line| line.work_id).collect();
    if !sold.is_empty() {
        // Not before: had the money not come, whoever was about to buy still could.
        claims::close_rivals(tx, ctx, &order, &sold).await?;
        offers::withdraw_family(tx, ctx, &sold).await?;
    }
    if let Some(cart) = order.cart_id {
        cart_line::Entity::delete_many()
            .filter(cart_line::Column::CartId.eq(cart))
            .filter(cart_line::Column::BeatId.is_in(lines.iter().map(|line| line.beat_id)))
            .exec(tx)
            .await?;
    }
    Ok(order)
}

/// Sends a payment back: it is booked as due, the jobs that refund it and tell the buyer are put, and an order that was waiting for it, or
/// had expired, ends refunded. An order that stands paid stays so: a second charge takes nothing from it.
async fn refuse(
    tx: &Tx,
    ctx: &Ctx,
    order: order::Model,
    known: Option<payment::Model>,
    payment: &GatewayPayment,
    reason: &str,
) -> Result<Settled, SalesError> {
    let is_something = payment.captured.minor > 0;
    let state = if is_something { PaymentState::Refunding } else { PaymentState::Refunded };
    let row = keep_payment(tx, ctx, &order, known, payment, state).await?;
    // What is nothing is neither booked nor given back.
    if is_something {
        let legs = journals::refund_due_journal(payment.captured.minor, payment.fee.minor)
            .map_err(ledger::LedgerError::from)?;
        let memo = format!("Paid for {}, to be given back: {reason}", order.reference);
        post(tx, ctx, &Posting::plain(event(&order, payment, &memo), JournalKind::RefundDue, legs)).await?;
        refunds::ask(tx, ctx, &row, payment.captured.minor, reason, None).await?;
    }
    if matches!(order.state, OrderState::AwaitingPayment | OrderState::Expired) {
        outbox::put(tx, ctx, Some(order.studio_id), &Job::MailRefund { order: order.id }).await?;
        close(tx, order, OrderState::Refunded, reason).await?;
    }
    Ok(Settled::Refunding)
}
