//! Money that came for nothing sold and is owed back: how much of it still is, and what is given back of it when the buyer's bank was faster.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::{refunds, sync};
use crate::{
    actor::Ctx,
    ids::{DisputeId, PaymentId},
    ledger::{entity::JournalKind, queries::find_income},
    report::StoreError,
    sales::{
        SalesError,
        entity::{DisputeState, PaymentState, RefundState, dispute, payment, refund},
        rules::money_back::holds_money,
    },
    store::Tx,
};

/// What is given back of a payment when the buyer's bank has taken a part of it.
const REST: &str = "what the bank had not taken back by itself";

/// Why a refund is not made any more.
const TAKEN_BACK: &str = "the buyer's bank has taken the money back in a dispute";

/// Whether a payment came for nothing sold, and is owed back.
pub(super) async fn is_owed_back(tx: &Tx, payment: &payment::Model) -> Result<bool, StoreError> {
    let income = find_income(tx, &payment.gateway, &payment.gateway_payment).await?;
    Ok(income.is_some_and(|income| income.kind == JournalKind::RefundDue))
}

/// What is still to be given back of what came for nothing sold, in minor units: what is neither given back nor with the buyer's bank by a dispute,
/// beside one if that is named.
pub(super) async fn rest_owed(tx: &Tx, payment: &payment::Model, beside: Option<DisputeId>) -> Result<i64, StoreError> {
    let disputes = disputes_of(tx, payment.id).await?;
    let taken = disputes.iter().filter(|row| holds_money(row.state) || row.state == DisputeState::Lost);
    let taken = taken.filter(|row| Some(row.id) != beside);
    let taken_minor = taken.map(|row| row.amount_minor).fold(0, i64::saturating_add);
    let given_back_minor = sync::given_back(tx, payment.id).await?;
    Ok(payment.amount_minor.saturating_sub(given_back_minor).saturating_sub(taken_minor))
}

/// What of a payment the buyer's bank has taken back for good, as far as it is booked, in minor units.
pub(super) async fn lost(tx: &Tx, payment: PaymentId) -> Result<i64, StoreError> {
    let disputes = disputes_of(tx, payment).await?;
    let lost = disputes.iter().filter(|row| row.state == DisputeState::Lost && row.closed_journal.is_some());
    Ok(lost.map(|row| row.amount_minor).fold(0, i64::saturating_add))
}

/// Asks for what is still owed back in place of what was asked for, if the buyer's bank has taken a part of that. Who calls this holds the payment, and
/// has booked all that the gateway knows of it: what has no name there yet was not made. While a dispute is undecided, what was asked for waits.
pub(super) async fn ask_for_rest(tx: &Tx, ctx: &Ctx, payment: &payment::Model) -> Result<(), SalesError> {
    let disputes = disputes_of(tx, payment.id).await?;
    let is_lost = disputes.iter().any(|row| row.state == DisputeState::Lost);
    if !is_lost || disputes.iter().any(|row| holds_money(row.state)) || !is_owed_back(tx, payment).await? {
        return Ok(());
    }
    let waiting = refund::Entity::find()
        .filter(refund::Column::PaymentId.eq(payment.id))
        .filter(refund::Column::State.eq(RefundState::Requested))
        .filter(refund::Column::GatewayRefund.is_null())
        .all(tx)
        .await?;
    let asked_minor = waiting.iter().map(|row| row.amount_minor).fold(0, i64::saturating_add);
    let rest_minor = rest_owed(tx, payment, None).await?;
    if asked_minor <= rest_minor {
        return Ok(());
    }
    for row in waiting {
        let failed = refund::ActiveModel {
            state: Set(RefundState::Failed),
            failure: Set(Some(TAKEN_BACK.to_owned())),
            ..row.into_active_model()
        };
        failed.update(tx).await?;
    }
    if rest_minor > 0 {
        refunds::ask(tx, ctx, payment, rest_minor, REST, None).await?;
    }
    Ok(())
}

/// Whether a payment is owed back and a dispute over it is undecided: gateways give back nothing of it until then.
pub(super) async fn waits_for_dispute(db: &impl ConnectionTrait, payment: &payment::Model) -> Result<bool, StoreError> {
    let disputes = disputes_of(db, payment.id).await?;
    Ok(payment.state == PaymentState::Refunding && disputes.iter().any(|row| holds_money(row.state)))
}

async fn disputes_of(db: &impl ConnectionTrait, payment: PaymentId) -> Result<Vec<dispute::Model>, StoreError> {
    Ok(dispute::Entity::find().filter(dispute::Column::PaymentId.eq(payment)).all(db).await?)
}
