//! Settlement: the one way in which a payment becomes licences, called from webhook, return page and reconciler alike.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    TransactionTrait, sea_query::LockType,
};

use crate::{
    actor::{Actor, Ctx},
    catalog::{self, entity::work},
    delivery,
    env::Instant,
    ids::{OrderId, WorkId},
    ledger::{
        self,
        commands::{Event, Posting, book_sale as book_in_ledger, post},
        entity::JournalKind,
        rules::{self as journals, Division, SaleLine},
    },
    licensing::entity::{exclusive_claim, licence},
    money::Money,
    outbox::{self, Job},
    ports::{CheckoutState, Receipt},
    report::StoreError,
    sales::{
        SalesError,
        entity::{OrderState, PaymentState, cart_line, order, order_line, payment},
        queries, rules,
    },
    services::Services,
    splits::{self, rules::LineRule},
    store::{self, Tx},
};

/// What settling came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Not paid yet.
    Waiting,
    /// Paid, and now granted.
    Granted,
    /// Paid, but it cannot be granted: the money goes back.
    Refunding,
    /// Closed unpaid.
    Expired,
    /// It stood so before; nothing was done.
    Already(OrderState),
}

/// Asks the gateway how the order's checkout stands, and acts on it. However often and from wherever it is called, at the same moment too, a
/// payment grants once.
pub async fn settle_order(services: &Services, id: OrderId) -> Result<Settled, SalesError> {
    let order = queries::order(&services.db, id).await?.ok_or(SalesError::NoOrder)?;
    if order.state != OrderState::AwaitingPayment {
        return Ok(Settled::Already(order.state));
    }
    let Some(checkout) = &order.checkout_id else {
        // Never opened: nobody can pay it once the time to open it is over.
        let over = services.env.now() >= rules::opening_ends_at(order.placed_at);
        return if over { expire_order(services, id).await } else { Ok(Settled::Waiting) };
    };
    let present = services.gateway.name();
    if order.gateway != present {
        return Err(SalesError::OtherGateway { order: order.gateway, present });
    }
    match services.gateway.find_checkout(checkout).await.map_err(SalesError::Gateway)? {
        None | Some(CheckoutState::Open) => Ok(Settled::Waiting),
        Some(CheckoutState::Expired) => expire_order(services, id).await,
        Some(CheckoutState::Paid(receipt)) => {
            let tx = services.begin().await?;
            let settled = record_payment(&tx, &services.ctx(Actor::System), id, &receipt).await?;
            services.commit(tx).await?;
            Ok(settled)
        }
    }
}

/// Closes an unpaid order; one that is not awaiting payment stays as it is.
pub async fn expire_order(services: &Services, id: OrderId) -> Result<Settled, SalesError> {
    let tx = services.begin().await?;
    let order = lock_order(&tx, id).await?;
    if order.state != OrderState::AwaitingPayment {
        return Ok(Settled::Already(order.state));
    }
    close(&tx, order, OrderState::Expired, "it was not paid in time").await?;
    services.commit(tx).await?;
    Ok(Settled::Expired)
}

/// Records what the gateway has collected for an order and grants what it bought, or sends the money back. Called again with the same
/// payment, it does nothing.
pub async fn record_payment(tx: &Tx, ctx: &Ctx, id: OrderId, receipt: &Receipt) -> Result<Settled, SalesError> {
    let order = lock_order(tx, id).await?;
    if let Some(standing) = find_payment(tx, &order.gateway, &receipt.payment).await? {
        let own = standing.order_id == order.id;
        let elsewhere = || SalesError::PaymentElsewhere { payment: receipt.payment.clone() };
        return own.then_some(Settled::Already(order.state)).ok_or_else(elsewhere);
    }
    check_receipt(receipt)?;
    let refusal = match order.state {
        OrderState::Paid | OrderState::Delivered => Some("it had been paid already"),
        OrderState::Expired => Some("it had been closed before the payment came"),
        OrderState::Refunded => Some("its money goes back already"),
        OrderState::AwaitingPayment if receipt.amount != Money::new(order.total_minor, order.currency) => {
            Some("what was paid is not what was ordered")
        }
        OrderState::AwaitingPayment => None,
    };
    if let Some(reason) = refusal {
        return refuse(tx, ctx, order, receipt, reason).await;
    }
    let lines = queries::lines_of_order(tx, order.id).await?;
    if !claim(tx, ctx, &order, &lines).await? {
        return refuse(tx, ctx, order, receipt, "the beat had just been sold exclusively to somebody else").await;
    }
    let payment = insert_payment(tx, ctx, &order, receipt, PaymentState::Captured).await?;
    book_sale(tx, ctx, &order, &lines, receipt, payment.received_at).await?;
    grant(tx, ctx, order, &lines).await?;
    Ok(Settled::Granted)
}

/// Grants an order that costs nothing; if its beat was sold exclusively a moment ago, the order is closed.
pub(super) async fn settle_free(tx: &Tx, ctx: &Ctx, order: order::Model) -> Result<order::Model, SalesError> {
    let lines = queries::lines_of_order(tx, order.id).await?;
    if claim(tx, ctx, &order, &lines).await? {
        grant(tx, ctx, order, &lines).await
    } else {
        close(tx, order, OrderState::Expired, "the beat had just been sold exclusively to somebody else").await
    }
}

/// The order, held until the end of the transaction.
pub(super) async fn lock_order(tx: &Tx, id: OrderId) -> Result<order::Model, SalesError> {
    queries::lock_order(tx, id).await?.ok_or(SalesError::NoOrder)
}

fn check_receipt(receipt: &Receipt) -> Result<(), SalesError> {
    let Receipt { payment, amount, fee } = receipt;
    let sound = amount.currency == fee.currency && 0 <= fee.minor && fee.minor <= amount.minor;
    let odd = || SalesError::OddReceipt { payment: payment.clone(), amount: *amount, fee: *fee };
    sound.then_some(()).ok_or_else(odd)
}

async fn find_payment(tx: &Tx, gateway: &str, payment: &str) -> Result<Option<payment::Model>, StoreError> {
    Ok(payment::Entity::find()
        .filter(payment::Column::Gateway.eq(gateway))
        .filter(payment::Column::GatewayPayment.eq(payment))
        .one(tx)
        .await?)
}

/// Locks works one by one in the order of their ids, so orders for the same works queue up and never wait in a circle: a lease (`false`) with
/// a lock that other leases share, an exclusive (`true`) alone. So an exclusive sees every lease sold before it, and none can slip in beside it.
pub(super) async fn lock_works(
    tx: &Tx,
    lines: impl Iterator<Item = (WorkId, bool)>,
) -> Result<BTreeMap<WorkId, bool>, StoreError> {
    let mut works: BTreeMap<WorkId, bool> = BTreeMap::new();
    for (work, exclusive) in lines {
        *works.entry(work).or_default() |= exclusive;
    }
    for (work, exclusive) in &works {
        let lock = if *exclusive { LockType::NoKeyUpdate } else { LockType::Share };
        work::Entity::find_by_id(*work).lock(lock).one(tx).await?;
    }
    Ok(works)
}

/// Makes sure that every work of the order can still be granted, and claims those bought exclusively; false if somebody else has one of them.
/// The claim's primary key decides even if the locks should fail.
async fn claim(tx: &Tx, ctx: &Ctx, order: &order::Model, lines: &[order_line::Model]) -> Result<bool, SalesError> {
    let works = lock_works(tx, lines.iter().map(|line| (line.work_id, line.terms.is_exclusive()))).await?;
    let taken = exclusive_claim::Entity::find()
        .filter(exclusive_claim::Column::WorkId.is_in(works.keys().copied()))
        .one(tx)
        .await?;
    if taken.is_some() {
        return Ok(false);
    }
    let savepoint = tx.begin().await?;
    for work in works.into_iter().filter_map(|(work, exclusive)| exclusive.then_some(work)) {
        let row = exclusive_claim::ActiveModel {
            work_id: Set(work),
            order_id: Set(order.id),
            claimed_at: Set(ctx.env.now()),
        };
        if !store::insert_new(&savepoint, row).await? {
            savepoint.rollback().await?;
            return Ok(false);
        }
    }
    savepoint.commit().await?;
    Ok(true)
}

async fn insert_payment(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    receipt: &Receipt,
    state: PaymentState,
) -> Result<payment::Model, SalesError> {
    let row = payment::Model {
        id: ctx.env.id(),
        studio_id: order.studio_id,
        order_id: order.id,
        gateway: order.gateway.clone(),
        gateway_payment: receipt.payment.clone(),
        state,
        amount_minor: receipt.amount.minor,
        fee_minor: receipt.fee.minor,
        currency: receipt.amount.currency,
        received_at: ctx.env.now(),
    };
    if store::insert_new(tx, row.clone().into_active_model()).await? {
        Ok(row)
    } else {
        Err(SalesError::PaymentElsewhere { payment: receipt.payment.clone() })
    }
}

/// Books a sale: each line is divided by what was signed for its work when the payment came, and the journal names the document. What nobody has
/// signed for is parked, even if the studio has stopped selling such since the order was placed: the buyer has paid for what was on sale.
async fn book_sale(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    lines: &[order_line::Model],
    receipt: &Receipt,
    at: Instant,
) -> Result<(), SalesError> {
    let rules = splits::line_rules(tx, lines.iter().map(|line| (line.work_id, line.beat_id)), at).await?;
    let sold: Vec<SaleLine> = lines
        .iter()
        .zip(&rules)
        .map(|(line, rule)| SaleLine {
            line: Some(line.id),
            price_minor: line.price_minor,
            tax_minor: 0,
            division: division(rule),
        })
        .collect();
    let (total_minor, fee_minor) = (receipt.amount.minor, receipt.fee.minor);
    let nets = journals::nets(fee_minor, &sold).map_err(ledger::LedgerError::from)?;
    let what = lines.iter().zip(&rules).map(|(line, rule)| sold_line(line, rule));
    let memo = format!("Sale of {}", what.collect::<Vec<_>>().join(", "));
    let event = event(order, receipt, &memo);
    let Some(sale) = book_in_ledger(tx, ctx, event, total_minor, fee_minor, &sold).await? else { return Ok(()) };
    let divided: Vec<_> = lines.iter().zip(&rules).zip(nets).map(|((line, rule), net)| (line, rule, net)).collect();
    splits::record_sale(tx, &sale, order, &divided, at).await?;
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
fn event<'a>(order: &'a order::Model, receipt: &'a Receipt, memo: &'a str) -> Event<'a> {
    Event {
        studio: order.studio_id,
        source: &order.gateway,
        external_id: &receipt.payment,
        order: Some(order.id),
        reference: &order.reference,
        memo,
        currency: receipt.amount.currency,
        occurred_at: None,
    }
}

/// Grants: the order is paid, each line becomes a licence, its files are owed, works sold exclusively leave the storefront, and what was
/// bought leaves the cart.
async fn grant(
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
        delivery::commands::owe(tx, ctx, &order, &licence).await?;
        if licence.exclusive {
            catalog::withdraw_work(tx, ctx, licence.work_id).await?;
        }
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
    receipt: &Receipt,
    reason: &str,
) -> Result<Settled, SalesError> {
    let payment = insert_payment(tx, ctx, &order, receipt, PaymentState::Refunding).await?;
    let legs =
        journals::refund_due_journal(receipt.amount.minor, receipt.fee.minor).map_err(ledger::LedgerError::from)?;
    let memo = format!("Paid for {}, to be given back: {reason}", order.reference);
    // What is nothing is not booked.
    if !legs.is_empty() {
        post(tx, ctx, &Posting::plain(event(&order, receipt, &memo), JournalKind::RefundDue, legs)).await?;
    }
    outbox::put(tx, ctx, Some(order.studio_id), &Job::RefundPayment { payment: payment.id }).await?;
    if matches!(order.state, OrderState::AwaitingPayment | OrderState::Expired) {
        outbox::put(tx, ctx, Some(order.studio_id), &Job::MailRefund { order: order.id }).await?;
        close(tx, order, OrderState::Refunded, reason).await?;
    }
    Ok(Settled::Refunding)
}

async fn close(tx: &Tx, order: order::Model, state: OrderState, reason: &str) -> Result<order::Model, SalesError> {
    let row = order::ActiveModel {
        state: Set(state),
        closed_reason: Set(Some(reason.to_owned())),
        ..order.into_active_model()
    };
    Ok(row.update(tx).await?)
}
