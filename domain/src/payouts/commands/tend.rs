//! Looking after payouts: what failed is tried again when its time has come, what a lost job was to send is sent, and the gateway is asked what no message has
//! told.

use chrono::Duration;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{NullOrdering, Order},
};

use super::{
    follow_payout, hold, lock_payout, lock_studio,
    payees::sync_payee,
    requests::{give_up, is_of_present_account, put_off, try_again},
    require_at_gateway, terms_of,
};
use crate::{
    actor::Actor,
    ids::{PayeeId, PayoutId},
    money::Money,
    payouts::{
        PayoutError,
        entity::{PayeeState, PayoutMethod, PayoutState, payee, payout},
        queries::held_sales,
        rules,
    },
    sales::rules::Silence,
    services::Services,
};

/// From what age on an attempt that is not answered is asked for again: until then its job tries.
const SENDING_MIN: i64 = 10;

/// For how long payouts are looked at that have arrived, in days.
const LOOKED_AT_DAYS: i64 = 30;

/// How often such payouts, and accounts that are ready, are looked at, in hours.
const QUIET_HOURS: i64 = 24;

/// How often accounts are looked at that are not ready, in minutes.
const OPEN_MIN: i64 = 10;

/// How many of each are looked at in one go.
const AT_ONCE: u64 = 50;

/// What looking after payouts came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tended {
    /// Failed payouts that are tried again.
    pub retried: usize,
    /// Failed payouts that are not owed any more, and given up.
    pub given_up: usize,
    /// Payouts that were asked for again, or looked at.
    pub followed: usize,
    /// Accounts that were looked at.
    pub payees: usize,
}

/// Tries failed payouts again that are due, asks for those again whose job is lost, and looks at what has arrived and at payees' accounts. What fails is tried the
/// next time.
///
/// # Errors
/// If the database fails.
pub async fn tend(services: &Services) -> Result<Tended, PayoutError> {
    let mut tended = Tended::default();
    for id in due(services).await? {
        match retry_due(services, id).await {
            Ok(Due::Retried) => tended.retried += 1,
            Ok(Due::GivenUp) => tended.given_up += 1,
            Ok(Due::Waits) => {}
            Err(error) => {
                tracing::warn!(payout = %id, error = &error as &dyn std::error::Error, "a payout could not be retried");
            }
        }
    }
    let mut silence = Silence::default();
    for id in unseen_payouts(services).await? {
        let followed = follow_payout(services, id).await;
        // Whatever came of it: what fails time and again shall not stand before all others.
        let seen = payout::ActiveModel { checked_at: Set(Some(services.env.now())), ..Default::default() };
        payout::Entity::update_many().set(seen).filter(payout::Column::Id.eq(id)).exec(&services.db).await?;
        tended.followed += 1;
        if is_over(&mut silence, &followed, || format!("payout {id}")) {
            return Ok(tended);
        }
    }
    for id in unseen_payees(services).await? {
        let looked = sync_payee(services, id).await;
        let seen = payee::ActiveModel { checked_at: Set(Some(services.env.now())), ..Default::default() };
        payee::Entity::update_many().set(seen).filter(payee::Column::Id.eq(id)).exec(&services.db).await?;
        tended.payees += 1;
        if is_over(&mut silence, &looked, || format!("payee {id}")) {
            return Ok(tended);
        }
    }
    Ok(tended)
}

/// Whether the gateway is silent, and what is left waits for the next round.
fn is_over(silence: &mut Silence, outcome: &Result<(), PayoutError>, what: impl FnOnce() -> String) -> bool {
    if let Err(error) = outcome {
        let what = what();
        tracing::warn!(what, error = error as &dyn std::error::Error, "the gateway could not be asked");
    }
    silence.note(outcome.as_ref().is_err_and(PayoutError::is_silence))
}

/// What became of a failed payout whose time had come.
enum Due {
    Retried,
    GivenUp,
    Waits,
}

/// Failed payouts whose time has come, the longest waiting first.
async fn due(services: &Services) -> Result<Vec<PayoutId>, PayoutError> {
    let rows = payout::Entity::find()
        .filter(payout::Column::Gateway.eq(services.gateway.name()))
        .filter(payout::Column::State.eq(PayoutState::Failed))
        .filter(payout::Column::RetryAt.lte(services.env.now()))
        .order_by_asc(payout::Column::RetryAt)
        .order_by_asc(payout::Column::Id)
        .limit(AT_ONCE)
        .all(&services.db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

async fn retry_due(services: &Services, id: PayoutId) -> Result<Due, PayoutError> {
    let (ctx, tx) = (services.ctx(Actor::System), services.begin().await?);
    let row = lock_payout(&tx, id).await?.ok_or(PayoutError::NoPayout)?;
    let is_due = row.state == PayoutState::Failed && row.retry_at.is_some_and(|at| at <= services.env.now());
    if !is_due {
        return Ok(Due::Waits);
    }
    lock_studio(&tx, row.studio_id).await?;
    let withheld = held_sales(&tx, &ctx, services.gateway.name(), row.studio_id).await?;
    let standing = hold(&tx, row.studio_id, row.party_id, row.currency, &withheld).await?;
    let amount = Money::new(row.amount_minor, row.currency);
    let terms = terms_of(&tx, &ctx, row.studio_id, row.party_id, row.currency).await?;
    let is_sent = row.gateway_transfer.is_some();
    let later = services.env.now() + rules::wait_for_money();
    let done = if is_sent && standing.owed_minor < amount.minor {
        let owed = Money::new(standing.owed_minor, row.currency);
        put_off(&tx, row, later, format!("it was sent, and {owed} are owed")).await?;
        Due::Waits
    } else if is_sent {
        // Booked once more, and not sent again.
        try_again(&tx, &ctx, row).await?;
        Due::Retried
    } else if standing.owed_minor < amount.minor {
        // Paid by hand meanwhile, or given back to the buyers: a payout of another amount is to be asked for.
        give_up(&tx, row, Some("so much is not owed any more")).await?;
        Due::GivenUp
    } else if !is_of_present_account(&tx, &row).await? {
        give_up(&tx, row, Some("the payee has another account by now")).await?;
        Due::GivenUp
    } else if let Err(held) = rules::check_hold(standing, &terms) {
        put_off(&tx, row, later, held.to_string()).await?;
        Due::Waits
    } else if standing.payable_minor() < amount.minor {
        let held = Money::new(standing.held_minor(), row.currency);
        put_off(&tx, row, later, format!("{held} of what is owed are held back")).await?;
        Due::Waits
    } else {
        match require_at_gateway(&tx, row.studio_id, amount).await {
            Ok(()) => {
                try_again(&tx, &ctx, row).await?;
                Due::Retried
            }
            Err(error @ PayoutError::BeyondGateway { .. }) => {
                put_off(&tx, row, later, error.to_string()).await?;
                Due::Waits
            }
            Err(error) => return Err(error),
        }
    };
    services.commit(tx).await?;
    Ok(done)
}

/// Payouts that were sent to the gateway and are not answered, and those that have arrived and were not looked at for a while.
async fn unseen_payouts(services: &Services) -> Result<Vec<PayoutId>, PayoutError> {
    let now = services.env.now();
    let lately = now - Duration::minutes(SENDING_MIN);
    let unanswered = Condition::all()
        .add(payout::Column::State.eq(PayoutState::Sending))
        .add(payout::Column::AttemptAt.lt(lately))
        .add(Condition::any().add(payout::Column::CheckedAt.is_null()).add(payout::Column::CheckedAt.lt(lately)));
    let arrived = Condition::all()
        .add(payout::Column::State.eq(PayoutState::Paid))
        .add(payout::Column::PaidAt.gt(now - Duration::days(LOOKED_AT_DAYS)))
        .add(payout::Column::CheckedAt.lt(now - Duration::hours(QUIET_HOURS)));
    let rows = payout::Entity::find()
        .filter(payout::Column::Gateway.eq(services.gateway.name()))
        .filter(payout::Column::Method.eq(PayoutMethod::Gateway))
        .filter(Condition::any().add(unanswered).add(arrived))
        .order_by_with_nulls(payout::Column::CheckedAt, Order::Asc, NullOrdering::First)
        .order_by_asc(payout::Column::Id)
        .limit(AT_ONCE)
        .all(&services.db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

async fn unseen_payees(services: &Services) -> Result<Vec<PayeeId>, PayoutError> {
    let now = services.env.now();
    let unready = Condition::all()
        .add(payee::Column::State.eq(PayeeState::Incomplete))
        .add(payee::Column::CheckedAt.lt(now - Duration::minutes(OPEN_MIN)));
    let ready = Condition::all()
        .add(payee::Column::State.eq(PayeeState::Ready))
        .add(payee::Column::CheckedAt.lt(now - Duration::hours(QUIET_HOURS)));
    let rows = payee::Entity::find()
        .filter(payee::Column::Gateway.eq(services.gateway.name()))
        .filter(Condition::any().add(unready).add(ready))
        .order_by_asc(payee::Column::CheckedAt)
        .order_by_asc(payee::Column::Id)
        .limit(AT_ONCE)
        .all(&services.db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
