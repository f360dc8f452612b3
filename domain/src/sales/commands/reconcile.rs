//! The reconciler: reads for itself what messages were to tell. With every message lost it reaches the same state as with all of them.

use std::collections::BTreeSet;

use chrono::Duration;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{NullOrdering, OnConflict, Order},
};

use super::{claims, events, refunds, sync};
use crate::{
    env::Instant,
    ids::PaymentId,
    report::StoreError,
    sales::{
        SalesError,
        entity::{DisputeState, PaymentState, RefundState, dispute, gateway_read, payment, refund},
        rules::Silence,
    },
    services::Services,
    store::Db,
};

/// How far back the list of events is read again: an event can appear in it later than it happened.
const OVERLAP_MIN: i64 = 15;

/// How far back it is read at first: gateways keep 30 days.
const AT_FIRST_DAYS: i64 = 29;

/// The most pages that are read in one go.
const MAX_PAGES: usize = 100;

/// For how long a payment is looked at by itself, without anything being open.
const LOOKED_AT_DAYS: i64 = 30;

/// How often such a payment is looked at.
const QUIET_HOURS: i64 = 24;

/// How often one is looked at of which something is open.
const OPEN_MIN: i64 = 5;

/// How many payments are looked at in one go.
const PAYMENTS: u64 = 50;

/// From what age on a claim whose licence does not stand is compared with the gateway.
const CLAIM_MIN: i64 = 5;

/// From what age on a refund that is not with the gateway is sent again: until then its job tries.
const REFUND_MIN: i64 = 10;

/// What reconciling came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Events that had not been heard of.
    pub events: usize,
    /// Payments that were asked for.
    pub payments: usize,
    /// Claims that were compared.
    pub claims: usize,
    /// Refunds that were sent again.
    pub refunds: usize,
}

/// Reads the gateway's events since the last time, asks what became of payments of which something is open, and of others now and then, compares claims
/// whose licence does not stand, and sends refunds again that never reached the gateway. What fails is tried again the next time.
///
/// # Errors
/// If the database or the gateway's list of events fails.
pub async fn reconcile(services: &Services) -> Result<Reconciled, SalesError> {
    let now = services.env.now();
    let claims = claims::sweep_claims(services, now - Duration::minutes(CLAIM_MIN)).await?;
    // Before payments are looked at, for a look puts off the next one.
    let unseen_since = now - Duration::minutes(OPEN_MIN);
    let refunds = refunds::sweep_refunds(services, now - Duration::minutes(REFUND_MIN), unseen_since).await?;
    let due = due_payments(&services.db, services.gateway.name(), now).await?;
    let (mut payments, mut silence) = (0, Silence::default());
    for payment in due {
        let looked = sync::sync_payment(services, payment).await;
        // Whatever came of it: what fails time and again shall not stand before all others.
        mark_looked_at(&services.db, payment, now).await?;
        payments += 1;
        if let Err(error) = &looked {
            tracing::warn!(%payment, error = error as &dyn std::error::Error, "a payment could not be looked at");
        }
        if silence.is_kept(&looked) {
            break;
        }
    }
    let events = read_events(services).await?;
    Ok(Reconciled { events, payments, claims, refunds })
}

/// Takes in every event since the last reading that has not come by itself; returns how many those were.
async fn read_events(services: &Services) -> Result<usize, SalesError> {
    let (gateway, begun_at) = (services.gateway.name(), services.env.now());
    let last = gateway_read::Entity::find_by_id(gateway).one(&services.db).await?;
    let since = match last {
        Some(last) => last.read_to - Duration::minutes(OVERLAP_MIN),
        None => begun_at - Duration::days(AT_FIRST_DAYS),
    };
    let (mut found, mut page) = (Vec::new(), None::<String>);
    for _ in 0..MAX_PAGES {
        let read = services.gateway.events(since, page.as_deref()).await.map_err(SalesError::Gateway)?;
        found.extend(read.events);
        page = read.next;
        if page.is_none() {
            break;
        }
    }
    if page.is_some() {
        // The list begins with the newest: what the oldest tell, the rounds over orders and payments have to find.
        tracing::warn!(%since, "the gateway's list of events is longer than can be read in one go");
    }
    // Oldest first, as they would have come.
    found.reverse();
    let (mut new, mut failed, mut silence) = (0, None, Silence::default());
    // Several events tell of one payment: what fails for it is tried once a round, and counts once.
    let mut unanswered: BTreeSet<&str> = BTreeSet::new();
    for event in &found {
        let payment = event.payment.as_deref();
        if payment.is_some_and(|payment| unanswered.contains(payment)) {
            continue;
        }
        let received = events::receive(services, event, false).await;
        let is_over = silence.is_kept(&received);
        match received {
            Ok(received) => new += usize::from(received.first),
            Err(error) => {
                // One that fails does not keep the later ones waiting; the list is read from the same instant again.
                tracing::warn!(event = event.id, error = &error as &dyn std::error::Error, "an event waits");
                unanswered.extend(payment);
                failed = Some(error);
            }
        }
        if is_over {
            break;
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    remember(services, gateway, begun_at).await?;
    Ok(new)
}

async fn remember(services: &Services, gateway: &str, read_to: Instant) -> Result<(), SalesError> {
    let row = gateway_read::ActiveModel { gateway: Set(gateway.to_owned()), read_to: Set(read_to) };
    let latest =
        OnConflict::column(gateway_read::Column::Gateway).update_column(gateway_read::Column::ReadTo).to_owned();
    gateway_read::Entity::insert(row).on_conflict(latest).exec_without_returning(&services.db).await?;
    Ok(())
}

async fn mark_looked_at(db: &Db, payment: PaymentId, at: Instant) -> Result<(), StoreError> {
    payment::Entity::update_many()
        .set(payment::ActiveModel { checked_at: Set(Some(at)), ..Default::default() })
        .filter(payment::Column::Id.eq(payment))
        .exec(db)
        .await?;
    Ok(())
}

/// The payments that are due to be looked at: those that never were first, then the longest unseen.
async fn due_payments(db: &Db, gateway: &str, now: Instant) -> Result<Vec<PaymentId>, StoreError> {
    let refunds = refund::Entity::find()
        .select_only()
        .column(refund::Column::PaymentId)
        .filter(refund::Column::State.eq(RefundState::Requested));
    let disputes = dispute::Entity::find()
        .select_only()
        .column(dispute::Column::PaymentId)
        .filter(dispute::Column::State.is_not_in([DisputeState::Won, DisputeState::Lost]));
    let unseen = |since: Instant| {
        Condition::any().add(payment::Column::CheckedAt.is_null()).add(payment::Column::CheckedAt.lt(since))
    };
    let open = Condition::all()
        .add(
            Condition::any()
                .add(payment::Column::Id.in_subquery(refunds.into_query()))
                .add(payment::Column::Id.in_subquery(disputes.into_query()))
                .add(payment::Column::State.is_in([PaymentState::Authorised, PaymentState::Refunding])),
        )
        .add(unseen(now - Duration::minutes(OPEN_MIN)));
    let quiet = Condition::all()
        .add(payment::Column::ReceivedAt.gt(now - Duration::days(LOOKED_AT_DAYS)))
        .add(payment::Column::ReceivedAt.lt(now - Duration::minutes(OPEN_MIN)))
        .add(unseen(now - Duration::hours(QUIET_HOURS)));
    let rows = payment::Entity::find()
        .filter(payment::Column::Gateway.eq(gateway))
        .filter(payment::Column::State.ne(PaymentState::Cancelled))
        .filter(Condition::any().add(open).add(quiet))
        // Said, for the two databases differ in where they put what is null.
        .order_by_with_nulls(payment::Column::CheckedAt, Order::Asc, NullOrdering::First)
        .order_by_asc(payment::Column::Id)
        .limit(PAYMENTS)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
