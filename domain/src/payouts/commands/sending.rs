//! Sending payouts by the gateway, each attempt under a key of its own.
//!
//! An attempt that was refused has moved no money, and no answer to its key will say otherwise: it is booked back, and the next attempt has another key. An attempt
//! whose answer was lost is asked for again under the same key. At one moment one worker asks for a payout, for of two who ask under the same key
//! one may be refused what the other is granted.

use chrono::Duration;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{
    attempt_id, lock_payout,
    requests::{arrive, book_back},
    require_gateway,
};
use crate::{
    actor::Actor,
    ids::PayoutId,
    ledger::commands::Undone,
    money::Money,
    payouts::{
        PayoutError,
        entity::{PayoutMethod, PayoutState, payout},
    },
    ports::{GatewayError, IdempotencyKey, Transfer, TransferRequest},
    services::Services,
};

/// For how long whoever asks the gateway has the payout to itself, in minutes: longer than any answer is waited for.
const ASKING_MIN: i64 = 3;

/// Sends a payout to the gateway, or asks what became of one that was sent; what the job `follow_payout` does. One that the gateway refuses is booked back
/// and waits for its next attempt.
///
/// # Errors
/// If the gateway does not answer, or another worker asks at this moment: asked again, it goes on.
pub async fn follow_payout(services: &Services, id: PayoutId) -> Result<(), PayoutError> {
    let row = payout::Entity::find_by_id(id).one(&services.db).await?.ok_or(PayoutError::NoPayout)?;
    if row.method != PayoutMethod::Gateway {
        return Ok(());
    }
    match row.state {
        PayoutState::Sending => send(services, id).await,
        PayoutState::Paid => look_after(services, &row).await,
        PayoutState::Exported | PayoutState::Failed | PayoutState::Cancelled | PayoutState::Returned => Ok(()),
    }
}

async fn send(services: &Services, id: PayoutId) -> Result<(), PayoutError> {
    let Some((attempt, request)) = take_up(services, id).await? else { return Ok(()) };
    let answer = ask(services, id, attempt, &request).await;
    let (ctx, tx) = (services.ctx(Actor::System), services.begin().await?);
    let row = lock_payout(&tx, id).await?.ok_or(PayoutError::NoPayout)?;
    let is_own = row.state == PayoutState::Sending && row.attempt == attempt;
    let outcome = match answer {
        Ok(sent) if is_own => {
            arrive(&tx, &ctx, row, sent.id).await?;
            Ok(())
        }
        Ok(sent) => {
            // Nobody else should have gone on with it; the proof tells until it is booked by another attempt, which sends nothing.
            tracing::error!(payout = %id, transfer = sent.id, "a payout was sent that is not booked");
            if row.gateway_transfer.is_none() {
                let gateway_transfer = Set(Some(sent.id));
                payout::ActiveModel { gateway_transfer, ..row.into_active_model() }.update(&tx).await?;
            }
            Ok(())
        }
        // Whoever has gone on with it knows more.
        Err(_) if !is_own => Ok(()),
        Err(GatewayError::Refused { code, message, .. }) => {
            tracing::warn!(payout = %id, attempt, code, said = message, "the gateway refuses a payout");
            book_back(&tx, &ctx, row, Undone::Failed, format!("{message} ({code})")).await?;
            Ok(())
        }
        Err(error) => {
            let failure = Set(Some(error.to_string()));
            let changed = payout::ActiveModel { failure, tried_at: Set(None), ..row.into_active_model() };
            changed.update(&tx).await?;
            Err(PayoutError::Gateway(error))
        }
    };
    services.commit(tx).await?;
    outcome
}

/// Has the gateway send it, unless an earlier attempt was sent after all. [`GatewayError::Refused`] says that it will not send this one: what else is refused on
/// the way says nothing of it.
async fn ask(
    services: &Services,
    id: PayoutId,
    attempt: i32,
    request: &TransferRequest,
) -> Result<Transfer, GatewayError> {
    if attempt > 1 {
        let known = services.gateway.list_transfers(&request.group).await.map_err(as_lasting)?;
        let of_payout = format!("payout:{id}:");
        let is_sent = |sent: &Transfer| {
            sent.key.as_deref().is_some_and(|key| key.starts_with(&of_payout))
                && sent.reversed.minor < sent.amount.minor
        };
        if let Some(sent) = known.into_iter().find(is_sent) {
            return Ok(sent);
        }
    }
    services.gateway.transfer(request).await
}

/// A refusal of a look-up: no answer to what is asked for.
fn as_lasting(error: GatewayError) -> GatewayError {
    match error {
        GatewayError::Refused { what, .. } => GatewayError::Lasting { what, source: Box::new(error) },
        error => error,
    }
}

/// Takes a payout for oneself and says what is asked for; none if there is nothing to send any more, or if it is known to have been sent by an earlier attempt.
async fn take_up(services: &Services, id: PayoutId) -> Result<Option<(i32, TransferRequest)>, PayoutError> {
    let (tx, now) = (services.begin().await?, services.env.now());
    let row = lock_payout(&tx, id).await?.ok_or(PayoutError::NoPayout)?;
    let (PayoutState::Sending, Some(gateway), Some(account)) = (row.state, &row.gateway, &row.gateway_account) else {
        return Ok(None);
    };
    require_gateway(services, gateway)?;
    if row.tried_at.is_some_and(|at| at > now - Duration::minutes(ASKING_MIN)) {
        return Err(PayoutError::Busy);
    }
    if let Some(transfer) = row.gateway_transfer.clone() {
        arrive(&tx, &services.ctx(Actor::System), row, transfer).await?;
        services.commit(tx).await?;
        return Ok(None);
    }
    let request = TransferRequest {
        account: account.clone(),
        amount: Money::new(row.amount_minor, row.currency),
        source_payment: None,
        group: row.reference.clone(),
        key: IdempotencyKey { value: format!("payout:{}", attempt_id(row.id, row.attempt)), since: row.attempt_at },
    };
    let attempt = row.attempt;
    payout::ActiveModel { tried_at: Set(Some(now)), ..row.into_active_model() }.update(&tx).await?;
    services.commit(tx).await?;
    Ok(Some((attempt, request)))
}

/// Asks what became of a payout that was sent. One that came back whole is owed again; of one that came back in part the proof tells, for nobody but a person at
/// the gateway takes parts of transfers back.
async fn look_after(services: &Services, row: &payout::Model) -> Result<(), PayoutError> {
    let (Some(gateway), Some(transfer)) = (&row.gateway, &row.gateway_transfer) else { return Ok(()) };
    require_gateway(services, gateway)?;
    let found = services.gateway.find_transfer(transfer).await.map_err(PayoutError::Gateway)?;
    let (ctx, tx) = (services.ctx(Actor::System), services.begin().await?);
    let held = lock_payout(&tx, row.id).await?.ok_or(PayoutError::NoPayout)?;
    let reversed_minor = if let Some(Transfer { reversed, .. }) = &found {
        reversed.minor.clamp(held.reversed_minor, held.amount_minor)
    } else {
        tracing::warn!(payout = %row.id, transfer, "the gateway does not know this transfer");
        held.reversed_minor
    };
    let seen = payout::ActiveModel {
        reversed_minor: Set(reversed_minor),
        checked_at: Set(Some(services.env.now())),
        ..held.into_active_model()
    };
    let held = seen.update(&tx).await?;
    if held.state == PayoutState::Paid && held.reversed_minor >= held.amount_minor {
        let reason = "it was taken back at the payment service".to_owned();
        book_back(&tx, &ctx, held, Undone::Returned, reason).await?;
    }
    services.commit(tx).await?;
    Ok(())
}
