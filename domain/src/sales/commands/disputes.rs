//! Disputes: what a buyer's bank takes back until it has decided, booked from what the gateway says of it, and the studio's answer.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{owed, refunds, settlement::require_gateway, upgrades};
use crate::{
    actor::{Actor, Ctx},
    ids::{DisputeId, JournalId, StudioId},
    ledger::{
        LedgerError,
        commands::{Event, end_due_dispute, lose_dispute, open_dispute, open_due_dispute, win_dispute},
        entity::{JournalKind, journal},
        queries::find_income,
        rules::JournalFault,
    },
    outbox::{self, Job},
    policy::{self, Action},
    ports::{DisputeEvidence, GatewayDispute, GatewayError, IdempotencyKey},
    sales::{
        SalesError,
        entity::{DisputeState, dispute, payment},
        evidence,
        rules::{
            MAX_STATEMENT_CHARS,
            money_back::{dispute_learned, dispute_state, holds_money, is_decided},
        },
    },
    services::Services,
    splits,
    store::Tx,
    visible::undirected,
};

/// Books what the gateway says of a dispute, as far as it is not booked yet, and has the studio told of a new one. Who calls this holds the
/// payment.
pub(super) async fn take_in(
    tx: &Tx,
    ctx: &Ctx,
    payment: &payment::Model,
    told: &GatewayDispute,
) -> Result<(), SalesError> {
    let known = dispute::Entity::find()
        .filter(dispute::Column::Gateway.eq(payment.gateway.as_str()))
        .filter(dispute::Column::GatewayDispute.eq(told.id.as_str()))
        .one(tx)
        .await?;
    let was_decided = known.as_ref().is_some_and(|known| is_decided(known.state));
    let known = match known {
        Some(known) if known.payment_id == payment.id => known,
        Some(_) => return Err(SalesError::PaymentElsewhere { payment: told.id.clone() }),
        None => learn(tx, ctx, payment, told).await?,
    };
    let told_state = dispute_state(told.standing);
    if is_decided(known.state) && is_decided(told_state) && told_state != known.state {
        // What is booked stays as it was decided first: the proof tells until somebody has looked.
        tracing::error!(dispute = told.id, known = %known.state, told = %told_state, "a decision was reversed");
    }
    let mut row =
        dispute::Model { state: dispute_learned(known.state, told.standing), evidence_by: told.evidence_by, ..known };
    if let Some(income) = find_income(tx, &payment.gateway, &payment.gateway_payment).await? {
        book(tx, ctx, payment, &income, told, &mut row).await?;
    } else {
        // The gateway has taken what is in no journal: the proof tells until somebody has looked.
        tracing::error!(dispute = told.id, "what is disputed was never booked, and neither is the dispute");
    }
    // What was learned alone: the studio's answer is not the gateway's to change.
    let learned = dispute::ActiveModel {
        id: Set(row.id),
        state: Set(row.state),
        fee_minor: Set(row.fee_minor),
        evidence_by: Set(row.evidence_by),
        told_state: Set(Some(told_state)),
        told_fee_minor: Set(Some(told.fee.minor)),
        opened_journal: Set(row.opened_journal),
        closed_journal: Set(row.closed_journal),
        ..Default::default()
    };
    let stands = learned.update(tx).await?;
    if !was_decided && is_decided(stands.state) {
        outbox::put(tx, ctx, Some(stands.studio_id), &Job::MailDecided { dispute: stands.id }).await?;
        if stands.state == DisputeState::Lost {
            upgrades::tell_ended(tx, ctx, payment.order_id).await?;
        }
    }
    Ok(())
}

/// Writes a dispute down at its first coming.
async fn learn(
    tx: &Tx,
    ctx: &Ctx,
    payment: &payment::Model,
    told: &GatewayDispute,
) -> Result<dispute::Model, SalesError> {
    let row = dispute::Model {
        id: ctx.env.id(),
        studio_id: payment.studio_id,
        payment_id: payment.id,
        gateway: payment.gateway.clone(),
        gateway_dispute: told.id.clone(),
        state: dispute_state(told.standing),
        amount_minor: told.amount.minor,
        fee_minor: 0,
        currency: told.amount.currency,
        reason: told.reason.clone(),
        evidence_by: told.evidence_by,
        learned_at: ctx.env.now(),
        statement: None,
        answered_by: None,
        answer_requested_at: None,
        answered_at: None,
        told_state: None,
        told_fee_minor: None,
        evidence: None,
        opened_journal: None,
        closed_journal: None,
    };
    row.clone().into_active_model().insert(tx).await?;
    if !is_decided(row.state) {
        outbox::put(tx, ctx, Some(row.studio_id), &Job::MailDispute { dispute: row.id }).await?;
    }
    Ok(row)
}

/// Books a dispute's opening and its end. One that was over before it was heard of is booked with both; an inquiry that cost nothing with neither.
async fn book(
    tx: &Tx,
    ctx: &Ctx,
    payment: &payment::Model,
    income: &journal::Model,
    told: &GatewayDispute,
    row: &mut dispute::Model,
) -> Result<(), SalesError> {
    let memo = format!("Disputed ({}): {}", row.reason, income.memo);
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
    let has_moved =
        holds_money(row.state) || row.state == DisputeState::Lost || (is_decided(row.state) && told.fee.minor != 0);
    if row.opened_journal.is_none() && has_moved {
        let (amount_minor, fee_minor) = (told.amount.minor, told.fee.minor);
        let booked = if income.kind == JournalKind::Sale {
            open_dispute(tx, ctx, event, income.id, amount_minor, fee_minor).await
        } else {
            // Of no sale, so that nobody's share is suspended: what is owed back is with the buyer's bank meanwhile.
            let remaining_minor = owed::rest_owed(tx, payment, Some(row.id)).await?;
            if amount_minor > remaining_minor {
                Err(JournalFault::BeyondSale { amount_minor, remaining_minor }.into())
            } else {
                open_due_dispute(tx, ctx, event, income.id, amount_minor, fee_minor).await
            }
        };
        match booked {
            Ok(opened) => (row.opened_journal, row.fee_minor) = (Some(opened.id), told.fee.minor),
            Err(LedgerError::Fault(fault @ JournalFault::BeyondSale { .. })) => {
                // The gateway has taken more than the books say remains: the proof tells until somebody has looked.
                tracing::error!(dispute = told.id, %fault, "a dispute cannot be booked");
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
    if let (Some(opened), None, true) = (row.opened_journal, row.closed_journal, is_decided(row.state)) {
        let closed = close(tx, ctx, event, income, opened, (&*row, told)).await?;
        (row.closed_journal, row.fee_minor) = (Some(closed), told.fee.minor);
    }
    Ok(())
}

/// Books a dispute's end, with what the gateway has taken since its opening, or given back.
async fn close(
    tx: &Tx,
    ctx: &Ctx,
    event: Event<'_>,
    income: &journal::Model,
    opened: JournalId,
    (row, told): (&dispute::Model, &GatewayDispute),
) -> Result<JournalId, SalesError> {
    let fee_minor = told.fee.minor.saturating_sub(row.fee_minor);
    if income.kind != JournalKind::Sale {
        let is_won = row.state == DisputeState::Won;
        return Ok(end_due_dispute(tx, ctx, event, opened, is_won, fee_minor).await?.id);
    }
    if row.state == DisputeState::Won {
        return Ok(win_dispute(tx, ctx, event, opened, fee_minor).await?.id);
    }
    let lost = lose_dispute(tx, ctx, event, opened, fee_minor).await?;
    splits::take_back(tx, ctx, income, &lost).await?;
    Ok(lost.id)
}

/// Answers a dispute, once and for all: the statement is kept, and the job written that sends it with the evidence.
///
/// # Errors
/// If the actor may not, it was answered before, or it takes no answer any more.
pub async fn answer_dispute(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    id: DisputeId,
    statement: &str,
) -> Result<dispute::Model, SalesError> {
    policy::require(&ctx.actor, Action::ManageSales, studio)?;
    let found = dispute::Entity::find_by_id(id).filter(dispute::Column::StudioId.eq(studio)).one(tx).await?;
    let payment = found.ok_or(SalesError::NoDispute)?.payment_id;
    // Who books what the gateway says of the dispute holds the payment too: so the row is as it stands when it is answered.
    refunds::lock_payment(tx, payment).await?.ok_or(SalesError::NoPayment)?;
    let row = dispute::Entity::find_by_id(id).one(tx).await?.ok_or(SalesError::NoDispute)?;
    let statement = undirected(statement.trim());
    if !(1..=MAX_STATEMENT_CHARS).contains(&statement.chars().count()) {
        return Err(SalesError::Statement);
    }
    if row.answer_requested_at.is_some() {
        return Err(SalesError::DisputeAnswered);
    }
    if !matches!(row.state, DisputeState::Inquiry | DisputeState::NeedsResponse) {
        return Err(SalesError::DisputeClosed(row.state));
    }
    let answered = dispute::ActiveModel {
        statement: Set(Some(statement)),
        answered_by: Set(ctx.actor.user()),
        answer_requested_at: Set(Some(ctx.env.now())),
        ..row.into_active_model()
    };
    let answered = answered.update(tx).await?;
    outbox::put(tx, ctx, Some(studio), &Job::AnswerDispute { dispute: id }).await?;
    Ok(answered)
}

/// Sends a studio's answer with the evidence to the gateway; what the job `answer_dispute` does. Sent already, it does nothing.
pub async fn send_answer(services: &Services, id: DisputeId) -> Result<(), SalesError> {
    let row = dispute::Entity::find_by_id(id).one(&services.db).await?.ok_or(SalesError::NoDispute)?;
    let (Some(since), None) = (row.answer_requested_at, row.answered_at) else { return Ok(()) };
    require_gateway(services, &row.gateway)?;
    let answer = evidence_of(services, &row).await?;
    let key = IdempotencyKey { value: format!("answer:{id}"), since };
    let told =
        services.gateway.answer_dispute(&row.gateway_dispute, &answer, &key).await.map_err(SalesError::Gateway)?;
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    let payment = refunds::lock_payment(&tx, row.payment_id).await?.ok_or(SalesError::NoPayment)?;
    take_in(&tx, &ctx, &payment, &told).await?;
    let sent = dispute::ActiveModel { id: Set(id), answered_at: Set(Some(ctx.env.now())), ..Default::default() };
    sent.update(&tx).await?;
    services.commit(tx).await?;
    Ok(())
}

/// The evidence of an answer, gathered at the first attempt and kept: under one key the gateway is asked for one thing, whatever was downloaded or sealed
/// since.
async fn evidence_of(services: &Services, row: &dispute::Model) -> Result<DisputeEvidence, SalesError> {
    let odd = |error: serde_json::Error| {
        SalesError::Gateway(GatewayError::Lasting { what: "reading the evidence that is kept", source: error.into() })
    };
    if row.evidence.is_none() {
        let pack = evidence::gather(&services.db, row).await?;
        let answer = pack.answer(row.statement.as_deref().unwrap_or_default());
        let text = serde_json::to_string(&answer).map_err(odd)?;
        // Of two attempts at once the first counts.
        dispute::Entity::update_many()
            .set(dispute::ActiveModel { evidence: Set(Some(text)), ..Default::default() })
            .filter(dispute::Column::Id.eq(row.id))
            .filter(dispute::Column::Evidence.is_null())
            .exec(&services.db)
            .await?;
    }
    let kept = dispute::Entity::find_by_id(row.id).one(&services.db).await?.and_then(|row| row.evidence);
    serde_json::from_str(&kept.ok_or(SalesError::NoDispute)?).map_err(odd)
}
