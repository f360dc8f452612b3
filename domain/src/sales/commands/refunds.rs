//! Giving money back: asked for here, sent by a job, and booked by the gateway's own id for it, so that a refund is booked once, whoever made it and however
//! often it is told.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::LockType,
};

use super::{owed, settlement::require_gateway, sync, upgrades};
use crate::{
    actor::{Actor, Ctx},
    env::Instant,
    ids::{OrderId, PaymentId, RefundId, StudioId, TypedId},
    ledger::{
        LedgerError,
        commands::{Event, book_due_returned, book_refund, book_refund_failed, lock_sale, post_reversal},
        entity::{JournalKind, journal},
        queries::find_income,
        rules::{JournalFault, parts::totals},
    },
    masters,
    money::Money,
    outbox::{self, Job},
    policy::{self, Action},
    ports::{GatewayError, GatewayRefund, IdempotencyKey},
    report::StoreError,
    sales::{
        SalesError,
        entity::{DisputeState, PaymentState, RefundState, dispute, order, payment, refund},
        queries,
        rules::{
            MAX_KEY_CHARS, Silence,
            money_back::{check_amount, check_reason, holds_money, refund_learned},
        },
    },
    services::Services,
    splits,
    store::Tx,
    webhooks::events,
};

/// After how many hours a refund that was refused is sent again by itself.
const REFUSED_HOURS: i64 = 24;

/// The most refunds that are sent again in one go.
const SWEPT: u64 = 50;

/// Why a refund was made that was not asked for here.
const MADE_ELSEWHERE: &str = "made at the payment service";

/// Why a refund has failed that the gateway had accepted.
const FAILED_LATER: &str = "the payment service had accepted it, and the money came back";

/// What is asked to be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskRefund<'a> {
    /// How much; none for all that remains.
    pub amount: Option<Money>,
    /// Why, 1 to [`MAX_REASON_CHARS`](crate::sales::rules::MAX_REASON_CHARS) characters.
    pub reason: &'a str,
    /// The same key asks once.
    pub key: Option<&'a str>,
}

/// Asks for money of a payment to be given back; the job that sends it is written with it. Asked again under the same key, it returns what stands.
///
/// # Errors
/// If the actor may not, the payment is disputed, an upgrade that it is credited to would end with it, or more is asked for than remains of it: what was
/// collected less what went or goes back and what the bank has taken.
pub async fn request_refund(
    tx: &Tx,
    ctx: &Ctx,
    payment: PaymentId,
    asked: AskRefund<'_>,
) -> Result<refund::Model, SalesError> {
    let found = lock_payment(tx, payment).await?;
    let found = policy::visible(&ctx.actor, Action::ManageSales, found, |row| row.studio_id)?;
    let payment = found.ok_or(SalesError::NoPayment)?;
    let reason = check_reason(asked.reason)?;
    if let Some(key) = asked.key {
        if !(1..=MAX_KEY_CHARS).contains(&key.chars().count()) {
            return Err(SalesError::RequestKey);
        }
        if let Some(standing) = of_key(tx, payment.studio_id, key).await? {
            let same = standing.payment_id == payment.id
                && asked.amount.is_none_or(|amount| amount == Money::new(standing.amount_minor, standing.currency));
            return same.then_some(standing).ok_or(SalesError::KeyTaken);
        }
    }
    // What is to be given back can be asked for anew, once what was asked for has failed.
    if !matches!(payment.state, PaymentState::Captured | PaymentState::Refunding) {
        return Err(SalesError::NotRefundable(payment.state));
    }
    require_undisputed(tx, &payment).await?;
    let rest = rest_of(tx, &payment).await?;
    let amount = check_amount(asked.amount, rest)?;
    if payment.state == PaymentState::Captured && amount == rest {
        upgrades::require_uncredited(tx, payment.order_id).await?;
    }
    ask(tx, ctx, &payment, amount.minor, &reason, asked.key).await
}

/// As [`request_refund`], of an order's payment: the one of which something is kept; if nothing is, the one that is to be given back.
///
/// # Errors
/// As there; and if nothing was paid for the order, or several payments are kept.
pub async fn request_order_refund(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    order: OrderId,
    asked: AskRefund<'_>,
) -> Result<refund::Model, SalesError> {
    policy::require(&ctx.actor, Action::ManageSales, studio)?;
    let known = order::Entity::find_by_id(order).filter(order::Column::StudioId.eq(studio)).one(tx).await?;
    let known = known.ok_or(SalesError::NoOrder)?;
    let payments = payment::Entity::find()
        .filter(payment::Column::OrderId.eq(known.id))
        .order_by_asc(payment::Column::Id)
        .all(tx)
        .await?;
    // Asked for again, it may be given back wholly by now.
    if let Some(key) = asked.key
        && let Some(standing) = of_key(tx, studio, key).await?
        && payments.iter().any(|payment| payment.id == standing.payment_id)
    {
        return request_refund(tx, ctx, standing.payment_id, asked).await;
    }
    let in_state = |state: PaymentState| -> Vec<PaymentId> {
        payments.iter().filter(|row| row.state == state).map(|row| row.id).collect()
    };
    let mut kept = in_state(PaymentState::Captured);
    if kept.is_empty() {
        kept = in_state(PaymentState::Refunding);
    }
    match kept.as_slice() {
        [] => Err(SalesError::NothingPaid),
        [payment] => request_refund(tx, ctx, *payment, asked).await,
        _ => Err(SalesError::SeveralPayments),
    }
}

/// Writes down that so much of a payment shall be given back, with its job. Who calls this holds the payment, and has seen that so much remains.
pub(super) async fn ask(
    tx: &Tx,
    ctx: &Ctx,
    payment: &payment::Model,
    amount_minor: i64,
    reason: &str,
    key: Option<&str>,
) -> Result<refund::Model, SalesError> {
    let row = refund::Model {
        requested_by: ctx.actor.user(),
        request_key: key.map(str::to_owned),
        ..new_refund(ctx, payment, amount_minor, reason)
    };
    row.clone().into_active_model().insert(tx).await?;
    outbox::put(tx, ctx, Some(payment.studio_id), &Job::RefundPayment { refund: row.id }).await?;
    Ok(row)
}

fn new_refund(ctx: &Ctx, payment: &payment::Model, amount_minor: i64, reason: &str) -> refund::Model {
    refund::Model {
        id: ctx.env.id(),
        studio_id: payment.studio_id,
        payment_id: payment.id,
        gateway: payment.gateway.clone(),
        gateway_refund: None,
        state: RefundState::Requested,
        amount_minor,
        currency: payment.currency,
        reason: reason.to_owned(),
        request_key: None,
        requested_by: None,
        requested_at: ctx.env.now(),
        failure: None,
        refusals: 0,
        refused_at: None,
        journal_id: None,
        undone_journal: None,
    }
}

/// A payment, held until the end of the transaction: of two who take of it the later sees what the earlier took.
pub(super) async fn lock_payment(tx: &Tx, id: PaymentId) -> Result<Option<payment::Model>, StoreError> {
    Ok(payment::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

async fn of_key(tx: &Tx, studio: StudioId, key: &str) -> Result<Option<refund::Model>, StoreError> {
    Ok(refund::Entity::find()
        .filter(refund::Column::StudioId.eq(studio))
        .filter(refund::Column::RequestKey.eq(key))
        .one(tx)
        .await?)
}

/// Refuses while a dispute is undecided: gateways give back nothing of such a payment, not even what is beyond the dispute.
async fn require_undisputed(tx: &Tx, payment: &payment::Model) -> Result<(), SalesError> {
    let disputes = dispute::Entity::find().filter(dispute::Column::PaymentId.eq(payment.id)).all(tx).await?;
    match disputes.iter().find(|row| holds_money(row.state)) {
        Some(open) => Err(SalesError::RefundDisputed { dispute: open.id }),
        None => Ok(()),
    }
}

/// What can still be given back of a payment: what the ledger says remains of its sale, or of what came for nothing sold, less what is asked for and not
/// booked yet.
async fn rest_of(tx: &Tx, payment: &payment::Model) -> Result<Money, SalesError> {
    let remaining_minor = match find_income(tx, &payment.gateway, &payment.gateway_payment).await? {
        Some(sale) if sale.kind == JournalKind::Sale => {
            totals(&lock_sale(tx, sale.id).await?).map_err(LedgerError::from)?.0
        }
        Some(_) => owed::rest_owed(tx, payment, None).await?,
        None => 0,
    };
    let asked_minor = queries::unbooked_minor(tx, payment.id).await?;
    Ok(Money::new(remaining_minor.saturating_sub(asked_minor), payment.currency))
}

/// Sends refunds again that were asked for before an instant and are not with the gateway yet, for the job that was to send them is lost; a few at a time.
/// One whose payment was looked at a moment ago waits, and for a day one that was refused. Returns how many were tried.
pub(super) async fn sweep_refunds(
    services: &Services,
    asked_before: Instant,
    seen_before: Instant,
) -> Result<usize, SalesError> {
    let waiting = payment::Entity::find().select_only().column(payment::Column::Id).filter(
        Condition::any().add(payment::Column::CheckedAt.is_null()).add(payment::Column::CheckedAt.lt(seen_before)),
    );
    // Of what is disputed gateways give back nothing.
    let disputed = dispute::Entity::find()
        .select_only()
        .column(dispute::Column::PaymentId)
        .filter(dispute::Column::State.is_in([DisputeState::NeedsResponse, DisputeState::UnderReview]));
    let unsent = refund::Entity::find()
        .filter(refund::Column::Gateway.eq(services.gateway.name()))
        .filter(refund::Column::State.eq(RefundState::Requested))
        .filter(refund::Column::GatewayRefund.is_null())
        .filter(refund::Column::RequestedAt.lt(asked_before))
        .filter(refund::Column::PaymentId.in_subquery(waiting.into_query()))
        .filter(refund::Column::PaymentId.not_in_subquery(disputed.into_query()))
        .filter(
            Condition::any()
                .add(refund::Column::RefusedAt.is_null())
                .add(refund::Column::RefusedAt.lt(services.env.now() - Duration::hours(REFUSED_HOURS))),
        )
        .order_by_asc(refund::Column::RequestedAt)
        .order_by_asc(refund::Column::Id)
        .limit(SWEPT)
        .all(&services.db)
        .await?;
    let mut silence = Silence::default();
    for (number, refund) in (1..).zip(&unsent) {
        let sent = refund_payment(services, refund.id).await;
        if let Err(error) = &sent {
            let error = error as &dyn std::error::Error;
            tracing::warn!(refund = %refund.id, error, "a refund could not be sent again");
        }
        if silence.is_kept(&sent) {
            return Ok(number);
        }
    }
    Ok(unsent.len())
}

/// Sends a refund to the gateway and books it; what the job `refund_payment` does. Done already, it does nothing. One that the gateway refuses has failed,
/// unless the money was never ours to keep: then the job is given up where the studio sees it, and can be tried again; or, if it is disputed, the refund
/// waits until that is decided, and the reconciler sends it.
pub async fn refund_payment(services: &Services, id: RefundId) -> Result<(), SalesError> {
    let refund = refund::Entity::find_by_id(id).one(&services.db).await?.ok_or(SalesError::NoRefund)?;
    let payment = payment::Entity::find_by_id(refund.payment_id).one(&services.db).await?;
    let payment = payment.ok_or(SalesError::NoPayment)?;
    if refund.state != RefundState::Requested {
        return Ok(());
    }
    require_gateway(services, &payment.gateway)?;
    if refund.gateway_refund.is_some() {
        return sync::sync_payment(services, payment.id).await;
    }
    if owed::waits_for_dispute(&services.db, &payment).await? {
        return Ok(());
    }
    if refund.refusals > 0 {
        // Under another key than before: so what those before may have made after all is looked for first.
        sync::sync_payment(services, payment.id).await?;
        let known = refund::Entity::find_by_id(id).one(&services.db).await?.ok_or(SalesError::NoRefund)?;
        if known.state != RefundState::Requested || known.gateway_refund.is_some() {
            return Ok(());
        }
    }
    let (amount, key) = (Money::new(refund.amount_minor, refund.currency), gateway_key(&refund));
    match services.gateway.refund(&payment.gateway_payment, amount, &key).await {
        Ok(made) => {
            let ctx = services.ctx(Actor::System);
            let tx = services.begin().await?;
            let payment = lock_payment(&tx, payment.id).await?.ok_or(SalesError::NoPayment)?;
            // By our own key, whatever the gateway says of it: the answer is to this very refund.
            let made = GatewayRefund { key: Some(key.value), ..made };
            take_in(&tx, &ctx, &payment, &made).await?;
            sync::settle_state(&tx, &payment).await?;
            masters::commands::money_moved_by(&tx, &ctx, payment.order_id).await?;
            services.commit(tx).await?;
            Ok(())
        }
        Err(refused @ GatewayError::Refused { .. }) => refused_by_gateway(services, &payment, &refund, refused).await,
        Err(error) => Err(SalesError::Gateway(error)),
    }
}

/// The key under which the gateway is asked for a refund now: another after each refusal, for under the same one it would only say the same again.
fn gateway_key(refund: &refund::Model) -> IdempotencyKey {
    let first = first_key(refund);
    match refund.refusals {
        0 => IdempotencyKey { value: first, since: refund.requested_at },
        refusals => IdempotencyKey {
            value: format!("{first}:{refusals}"),
            since: refund.refused_at.unwrap_or(refund.requested_at),
        },
    }
}

/// The key under which it was asked for first. One of before refunds had rows has its payment's number, and was asked for by that.
fn first_key(refund: &refund::Model) -> String {
    if refund.id.uuid() == refund.payment_id.uuid() {
        format!("refund:{}", refund.payment_id)
    } else {
        format!("refund:{}", refund.id)
    }
}

/// Whether the gateway was ever asked for a refund under a key.
fn is_key_of(refund: &refund::Model, key: &str) -> bool {
    let behind = key.strip_prefix(&first_key(refund));
    behind.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// Acts on a refusal: somebody may have given the money back at the gateway meanwhile. The studio is told of it, of what is asked for again the first time.
async fn refused_by_gateway(
    services: &Services,
    payment: &payment::Model,
    tried: &refund::Model,
    refused: GatewayError,
) -> Result<(), SalesError> {
    let (ctx, id) = (services.ctx(Actor::System), tried.id);
    sync::sync_payment(services, payment.id).await?;
    let tx = services.begin().await?;
    let payment = lock_payment(&tx, payment.id).await?.ok_or(SalesError::NoPayment)?;
    let refund = refund::Entity::find_by_id(id).one(&tx).await?.ok_or(SalesError::NoRefund)?;
    if refund.state != RefundState::Requested || refund.gateway_refund.is_some() {
        return Ok(());
    }
    if owed::waits_for_dispute(&tx, &payment).await? {
        return Ok(());
    }
    tracing::warn!(%id, error = &refused as &dyn std::error::Error, "the gateway gives nothing back");
    let is_owed_back = payment.state == PaymentState::Refunding;
    if !is_owed_back || refund.refusals == 0 {
        let job = Job::MailRefundRefused { refund: id };
        outbox::put(&tx, &ctx, Some(payment.studio_id), &job).await?;
    }
    let refusals = refund.refusals.max(tried.refusals.saturating_add(1));
    let mut row = refund::ActiveModel {
        failure: Set(Some(refused.to_string())),
        refusals: Set(refusals),
        refused_at: Set(Some(ctx.env.now())),
        ..refund.into_active_model()
    };
    if !is_owed_back {
        row.state = Set(RefundState::Failed);
    }
    row.update(&tx).await?;
    services.commit(tx).await?;
    if is_owed_back { Err(SalesError::Gateway(refused)) } else { Ok(()) }
}

/// Books what the gateway says of a refund, if it is not booked yet. Who calls this holds the payment.
pub(super) async fn take_in(
    tx: &Tx,
    ctx: &Ctx,
    payment: &payment::Model,
    told: &GatewayRefund,
) -> Result<(), SalesError> {
    let known = known_as(tx, payment, told).await?;
    let is_new = known.is_none();
    let known = known.unwrap_or_else(|| new_refund(ctx, payment, told.amount.minor, MADE_ELSEWHERE));
    let (before, failure) = (known.state, known.failure.clone());
    let mut row = refund::Model {
        gateway_refund: Some(told.id.clone()),
        state: refund_learned(known.state, told.standing),
        ..known
    };
    row.failure = match row.state {
        RefundState::Succeeded => None,
        RefundState::Failed => failure.or_else(|| Some(FAILED_LATER.to_owned())),
        RefundState::Requested => failure,
    };
    if is_new {
        row.clone().into_active_model().insert(tx).await?;
    }
    if let Some(income) = find_income(tx, &payment.gateway, &payment.gateway_payment).await? {
        book(tx, ctx, payment, &income, told, &mut row).await?;
        if row.state == RefundState::Succeeded && income.kind == JournalKind::Sale {
            follow_parked(tx, ctx, &income, &row).await?;
        }
    }
    // What was learned alone.
    let learned = refund::ActiveModel {
        id: Set(row.id),
        gateway_refund: Set(row.gateway_refund),
        state: Set(row.state),
        failure: Set(row.failure),
        journal_id: Set(row.journal_id),
        undone_journal: Set(row.undone_journal),
        ..Default::default()
    };
    let learned = learned.update(tx).await?;
    let told_of = match row.state {
        state if state == before => None,
        RefundState::Requested => None,
        RefundState::Succeeded => Some(Job::MailRefunded { refund: row.id }),
        RefundState::Failed => Some(Job::MailRefundRefused { refund: row.id }),
    };
    if matches!(told_of, Some(Job::MailRefunded { .. })) {
        upgrades::tell_ended(tx, ctx, payment.order_id).await?;
        events::order_refunded(tx, ctx, payment.order_id, &learned).await?;
    }
    if let Some(job) = told_of {
        outbox::put(tx, ctx, Some(payment.studio_id), &job).await?;
        if row.state == RefundState::Failed && owed::is_owed_back(tx, payment).await? {
            ask_later(tx, ctx, payment, &row.reason).await?;
        }
    }
    Ok(())
}

/// Asks again for what is owed back when a refund of it has failed: it is as if the gateway had refused it just now, so that it is sent in a day, and not at
/// once time and again. Who calls this holds the payment.
async fn ask_later(tx: &Tx, ctx: &Ctx, payment: &payment::Model, reason: &str) -> Result<(), SalesError> {
    let rest = rest_of(tx, payment).await?;
    if rest.minor > 0 {
        let row = refund::Model {
            failure: Some(FAILED_LATER.to_owned()),
            refusals: 1,
            refused_at: Some(ctx.env.now()),
            ..new_refund(ctx, payment, rest.minor, reason)
        };
        row.into_active_model().insert(tx).await?;
    }
    Ok(())
}

/// The refund that the gateway tells of, as it is known here: by the gateway's id, by the key that we sent, or as one of before refunds had rows.
async fn known_as(
    tx: &Tx,
    payment: &payment::Model,
    told: &GatewayRefund,
) -> Result<Option<refund::Model>, StoreError> {
    let rows = refund::Entity::find().filter(refund::Column::PaymentId.eq(payment.id)).all(tx).await?;
    let by_id = rows.iter().find(|row| row.gateway_refund.as_deref() == Some(told.id.as_str()));
    let unnamed = || rows.iter().filter(|row| row.gateway_refund.is_none());
    let by_key = || unnamed().find(|row| told.key.as_ref().is_some_and(|key| is_key_of(row, key)));
    let of_before = || {
        let whole = |row: &&refund::Model| row.id.uuid() == payment.id.uuid() && row.amount_minor == told.amount.minor;
        unnamed().find(whole)
    };
    Ok(by_id.or_else(by_key).or_else(of_before).cloned())
}

/// Books a refund, or that it has failed after it was booked. What cannot be booked now, for it is disputed, is booked when the dispute is over.
async fn book(
    tx: &Tx,
    ctx: &Ctx,
    payment: &payment::Model,
    income: &journal::Model,
    told: &GatewayRefund,
    row: &mut refund::Model,
) -> Result<(), SalesError> {
    let memo = match row.state {
        RefundState::Failed => format!("Could not be given back: {}", income.memo),
        RefundState::Requested | RefundState::Succeeded => format!("Given back ({}): {}", row.reason, income.memo),
    };
    let event = Event {
        studio: payment.studio_id,
        source: &payment.gateway,
        external_id: &told.id,
        order: Some(payment.order_id),
        reference: &income.reference,
        memo: &memo,
        currency: told.amount.currency,
        occurred_at: None,
    };
    let is_sale = income.kind == JournalKind::Sale;
    match (row.state, row.journal_id) {
        (RefundState::Failed, Some(made)) if row.undone_journal.is_none() => {
            let undone = if is_sale {
                book_refund_failed(tx, ctx, event, made).await?
            } else {
                let made = journal::Entity::find_by_id(made).one(tx).await?.ok_or(LedgerError::NoJournal)?;
                post_reversal(tx, ctx, &made, JournalKind::RefundFailed, &memo).await?
            };
            row.undone_journal = Some(undone.id);
        }
        (RefundState::Requested | RefundState::Succeeded, None) => {
            let (amount_minor, fee_minor) = (told.amount.minor, told.fee.minor);
            let owed_minor = owed::rest_owed(tx, payment, None).await?;
            let booked = if is_sale {
                book_refund(tx, ctx, event, income.id, amount_minor, fee_minor).await
            } else if amount_minor > owed_minor {
                Err(JournalFault::BeyondSale { amount_minor, remaining_minor: owed_minor }.into())
            } else {
                book_due_returned(tx, ctx, event, income.id, amount_minor, fee_minor).await
            };
            match booked {
                Ok(journal) => row.journal_id = Some(journal.id),
                Err(LedgerError::Fault(fault @ JournalFault::BeyondSale { .. })) => {
                    // If no dispute holds it, the gateway has given back more than the books say remains: the proof tells until somebody has looked.
                    tracing::warn!(refund = told.id, %fault, "a refund waits to be booked");
                }
                Err(error) => return Err(error.into()),
            }
        }
        _ => {}
    }
    Ok(())
}

/// Follows a refund that has arrived: what was parked of the sale and is gone is not given out any more. Not before, for a refund can fail.
async fn follow_parked(tx: &Tx, ctx: &Ctx, sale: &journal::Model, row: &refund::Model) -> Result<(), SalesError> {
    let Some(journal) = row.journal_id else { return Ok(()) };
    if let Some(journal) = journal::Entity::find_by_id(journal).one(tx).await? {
        splits::take_back(tx, ctx, sale, &journal).await?;
    }
    Ok(())
}
