//! Sending events. An attempt is written down before it is made, so that of two workers one makes it, and once more when it is known how it went; in between
//! nothing is held. A worker that dies in between leaves a delivery that is due again.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::LockType,
};
use serde_json::json;

use crate::{
    actor::{Actor, Ctx},
    acts::{self, NewAct, entity::Act},
    env::Instant,
    identity::queries::require_open,
    ids::{StudioId, WebhookDeliveryId, WebhookId},
    links::LinkKey,
    outbox::{self, Job},
    policy::{Action, require},
    ports::{WebhookAnswer, WebhookFault, WebhookMessage, WebhookReply},
    report::StoreError,
    sealing::{self, Use},
    services::Services,
    store::Tx,
    webhooks::{
        WebhookError,
        entity::{DeliveryState, EventKind, OffBecause, attempt, delivery, event, webhook},
        events,
        queries::find_webhook,
        rules::{
            self, KEPT_DAYS, MAX_FAILING_DAYS,
            signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign_all},
        },
    },
};

/// How long an attempt that nobody has ended is waited for: longer than one takes.
const LEASE_S: i64 = 60;

/// How many deliveries the chore puts jobs for in one go.
const BATCH: u64 = 200;

/// What is signed under a secret that this installation cannot read.
const UNREADABLE: &str = "the webhook's secret was sealed under another installation's key; rotate it";

/// An attempt that is to be made.
struct Begun {
    row: delivery::Model,
    kind: EventKind,
    at: Instant,
    /// None if it cannot be signed.
    message: Option<WebhookMessage>,
}

/// Sends a delivery if it is due, and writes down how that went; what the job `deliver_webhook` does. That it was not taken is no error of this.
///
/// # Errors
/// If the database fails.
pub async fn deliver(services: &Services, id: WebhookDeliveryId) -> Result<(), StoreError> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    let begun = begin(&tx, &ctx, &services.links, id).await?;
    services.commit(tx).await?;
    let Some(begun) = begun else { return Ok(()) };
    let reply = match &begun.message {
        Some(message) => services.webhooks.post(message).await,
        None => WebhookReply { took_ms: 0, outcome: Err(WebhookFault(UNREADABLE.to_owned())) },
    };
    let tx = services.begin().await?;
    settle(&tx, &ctx, &begun, reply).await?;
    services.commit(tx).await
}

/// Begins an attempt; none if there is nothing to send now.
async fn begin(tx: &Tx, ctx: &Ctx, links: &LinkKey, id: WebhookDeliveryId) -> Result<Option<Begun>, StoreError> {
    let (now, found) = (ctx.env.now(), delivery::Entity::find_by_id(id).lock_exclusive().one(tx).await?);
    let Some(found) = found.filter(|row| rules::is_due(row, now)) else { return Ok(None) };
    let webhook = webhook::Entity::find_by_id(found.webhook_id).one(tx).await?;
    let event = event::Entity::find_by_id(found.event_id).one(tx).await?;
    let (Some(webhook), Some(event)) = (webhook, event) else { return Ok(None) };
    if webhook.off_at.is_some() || require_open(tx, webhook.studio_id).await?.is_err() {
        end(tx, found, DeliveryState::Dead, now).await?;
        return Ok(None);
    }
    let (tries, attempts) = (found.tries.saturating_add(1), found.attempts.saturating_add(1));
    let mut row = found.into_active_model();
    row.tries = Set(tries);
    row.attempts = Set(attempts);
    row.due_at = Set(Some(now + Duration::seconds(LEASE_S)));
    let row = row.update(tx).await?;
    let message = message(links, &webhook, &event, now);
    Ok(Some(Begun { row, kind: event.kind, at: now, message }))
}

/// An event as it is sent to a webhook; none if a secret that counts cannot be read.
fn message(links: &LinkKey, webhook: &webhook::Model, event: &event::Model, now: Instant) -> Option<WebhookMessage> {
    let before = webhook.sealed_secret_before.as_ref().filter(|_| webhook.secret_before_until > Some(now));
    let sealed = std::iter::once(&webhook.sealed_secret).chain(before);
    let open = |sealed: &String| sealing::open(links, (Use::Webhook, webhook.id), sealed);
    let secrets: Vec<Vec<u8>> = sealed.map(open).collect::<Option<_>>()?;
    let (id, timestamp) = (event.id.to_string(), now.timestamp());
    let signature = sign_all(&secrets, &id, timestamp, &event.body);
    let headers = vec![(ID_HEADER, id), (TIMESTAMP_HEADER, timestamp.to_string()), (SIGNATURE_HEADER, signature)];
    Some(WebhookMessage { url: webhook.url.clone(), headers, body: event.body.clone() })
}

/// Writes down how an attempt went, and when the next is made. What was removed meanwhile stays so.
async fn settle(tx: &Tx, ctx: &Ctx, begun: &Begun, reply: WebhookReply) -> Result<(), StoreError> {
    let lock = LockType::NoKeyUpdate;
    let webhook = webhook::Entity::find_by_id(begun.row.webhook_id).lock(lock).one(tx).await?;
    let found = delivery::Entity::find_by_id(begun.row.id).lock_exclusive().one(tx).await?;
    let (Some(webhook), Some(found)) = (webhook, found) else { return Ok(()) };
    let is_taken = reply.outcome.as_ref().is_ok_and(|answer| rules::is_taken(answer.status));
    attempt_row(begun, reply).insert(tx).await?;
    let now = ctx.env.now();
    if is_taken {
        if webhook.failing_since.is_some() {
            let mut row = webhook.into_active_model();
            row.failing_since = Set(None);
            row.update(tx).await?;
        }
        return end(tx, found, DeliveryState::Delivered, now).await;
    }
    let wait = rules::wait_after(begun.kind, found.tries);
    if begun.kind != EventKind::Test {
        count_failure(tx, ctx, webhook, wait.is_none()).await?;
    }
    // It was asked for again, or another attempt was begun: what comes next is that one's.
    let is_latest = (found.tries, found.attempts) == (begun.row.tries, begun.row.attempts);
    if found.state != DeliveryState::Waiting || !is_latest {
        return Ok(());
    }
    let Some(wait) = wait else {
        return end(tx, found, DeliveryState::Dead, now).await;
    };
    let mut row = found.into_active_model();
    row.due_at = Set(Some(now + wait));
    row.update(tx).await?;
    Ok(())
}

fn attempt_row(begun: &Begun, reply: WebhookReply) -> attempt::ActiveModel {
    let (status, answer, fault) = match reply.outcome {
        Ok(WebhookAnswer { status, body }) => (Some(i32::from(status)), Some(rules::beginning(&body)), None),
        Err(WebhookFault(fault)) => (None, None, Some(rules::beginning(fault.as_bytes()))),
    };
    attempt::ActiveModel {
        delivery_id: Set(begun.row.id),
        number: Set(begun.row.attempts),
        at: Set(begun.at),
        took_ms: Set(reply.took_ms),
        status: Set(status),
        answer: Set(answer),
        fault: Set(fault),
    }
}

/// Counts from when nothing has arrived at a webhook. If an event is given up after so many days, it is turned off, and its studio is told; the first attempt
/// after a quiet time turns nothing off.
async fn count_failure(tx: &Tx, ctx: &Ctx, webhook: webhook::Model, is_given_up: bool) -> Result<(), StoreError> {
    if webhook.off_at.is_some() {
        return Ok(());
    }
    let (id, studio, now) = (webhook.id, webhook.studio_id, ctx.env.now());
    let since = webhook.failing_since;
    let mut row = webhook.into_active_model();
    if is_given_up && since.is_some_and(|since| now - since >= Duration::days(MAX_FAILING_DAYS)) {
        row.off_at = Set(Some(now));
        row.off_because = Set(Some(OffBecause::Failing));
        outbox::put(tx, ctx, Some(studio), &Job::MailWebhookOff { webhook: id }).await?;
        let switched = NewAct::of(Act::WebhookSwitched).on(id).set("on", Some(true), Some(false));
        acts::record(tx, ctx, studio, switched).await?;
        tracing::warn!(%studio, webhook = %id, "a webhook at which nothing arrives was turned off");
    } else if since.is_none() {
        row.failing_since = Set(Some(now));
    } else {
        return Ok(());
    }
    row.update(tx).await?;
    Ok(())
}

async fn end(tx: &Tx, found: delivery::Model, state: DeliveryState, now: Instant) -> Result<(), StoreError> {
    let mut row = found.into_active_model();
    row.state = Set(state);
    row.due_at = Set(None);
    row.settled_at = Set(Some(now));
    row.update(tx).await?;
    Ok(())
}

/// Sends an event to a webhook that says that nothing has happened, once: to see whether it arrives.
pub async fn send_test(tx: &Tx, ctx: &Ctx, studio: StudioId, id: WebhookId) -> Result<delivery::Model, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let webhook = find_webhook(tx, ctx, studio, id).await?;
    if webhook.off_at.is_some() {
        return Err(WebhookError::Off);
    }
    let told = (EventKind::Test, json!({ "webhook": id }));
    let sent = events::send(tx, ctx, studio, told, &[webhook]).await?;
    sent.into_iter().next().ok_or(WebhookError::NoDelivery)
}

/// Sends a delivery again, however it stands: the same text under the same number, with all its attempts anew.
pub async fn send_again(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    id: WebhookDeliveryId,
) -> Result<delivery::Model, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let own = delivery::Entity::find_by_id(id).filter(delivery::Column::StudioId.eq(studio));
    let found = own.lock_exclusive().one(tx).await?.ok_or(WebhookError::NoDelivery)?;
    if find_webhook(tx, ctx, studio, found.webhook_id).await?.off_at.is_some() {
        return Err(WebhookError::Off);
    }
    let mut row = found.into_active_model();
    row.state = Set(DeliveryState::Waiting);
    row.tries = Set(0);
    row.due_at = Set(Some(ctx.env.now()));
    row.settled_at = Set(None);
    let row = row.update(tx).await?;
    outbox::put(tx, ctx, Some(studio), &Job::DeliverWebhook { delivery: id }).await?;
    Ok(row)
}

/// Puts the jobs of deliveries that are due, and says how many. One whose job is open already needs no other.
///
/// # Errors
/// If the database fails.
pub async fn tend(services: &Services) -> Result<usize, StoreError> {
    let ctx = services.ctx(Actor::System);
    let now = ctx.env.now();
    let is_due = Condition::any()
        .add(delivery::Column::DueAt.lte(now))
        .add(delivery::Column::DueAt.gt(now + rules::longest_wait()));
    let due = delivery::Entity::find()
        .filter(is_due)
        .order_by_asc(delivery::Column::DueAt)
        .order_by_asc(delivery::Column::Id)
        .limit(BATCH)
        .all(&services.db)
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let tx = services.begin().await?;
    let mut put = 0;
    for row in due {
        let job = Job::DeliverWebhook { delivery: row.id };
        if outbox::queries::find_open(&tx, row.studio_id, &job).await?.is_none() {
            outbox::put(&tx, &ctx, Some(row.studio_id), &job).await?;
            put += 1;
        }
    }
    services.commit(tx).await?;
    Ok(put)
}

/// Forgets what was delivered or given up long ago, and says how many deliveries those were.
///
/// # Errors
/// If the database fails.
pub async fn forget(tx: &Tx, ctx: &Ctx) -> Result<u64, StoreError> {
    let before = ctx.env.now() - Duration::days(KEPT_DAYS);
    let old = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .filter(delivery::Column::SettledAt.lt(before))
        .into_query();
    attempt::Entity::delete_many().filter(attempt::Column::DeliveryId.in_subquery(old)).exec(tx).await?;
    let gone = delivery::Entity::delete_many().filter(delivery::Column::SettledAt.lt(before)).exec(tx).await?;
    let wanted = delivery::Entity::find().select_only().column(delivery::Column::EventId).into_query();
    event::Entity::delete_many()
        .filter(event::Column::CreatedAt.lt(before))
        .filter(event::Column::Id.not_in_subquery(wanted))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected)
}
