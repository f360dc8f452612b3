//! Sends events to the webhook as their schedule says, again and again until it answers 2xx, and does what time brings: checkouts that
//! close, debits that arrive.

use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::header::CONTENT_TYPE;

use super::{
    server::Inner,
    signature::{SIGNATURE_HEADER, sign},
    store::{Failure, event},
};

/// How many events are sent at the same time, so that one slow answer does not hold up the rest.
const AT_ONCE: usize = 16;

/// How long the webhook may take to answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How long the sender rests after its own database failed.
const REST: Duration = Duration::from_secs(5);

pub(super) fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    // The webhook's address is our own: no proxy from the surroundings may see it, and a redirect is not an answer.
    reqwest::Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

/// Runs until dropped.
pub(super) async fn run(inner: &Inner) {
    loop {
        match round(inner).await {
            Ok(None) => inner.wake.notified().await,
            Ok(Some(wait)) => {
                tokio::select! {
                    () = inner.wake.notified() => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
            Err(Failure::Broken(cause)) => {
                tracing::error!(error = &cause as &dyn std::error::Error, "the sandbox gateway cannot read its events");
                tokio::time::sleep(REST).await;
            }
            Err(Failure::Refused(_)) => tokio::time::sleep(REST).await,
        }
    }
}

/// Sends what is due; then says how long there is nothing to do (none: until something happens).
async fn round(inner: &Inner) -> Result<Option<Duration>, Failure> {
    let store = &inner.store;
    let tx = store.begin().await?;
    store.tick(&tx).await?;
    tx.commit().await?;
    let due = store.due_events(256).await?;
    let outcomes: Vec<Result<(), Failure>> =
        stream::iter(due).map(|event| send(inner, event)).buffer_unordered(AT_ONCE).collect().await;
    outcomes.into_iter().collect::<Result<(), Failure>>()?;
    let tx = store.begin().await?;
    let next_ms = [store.next_attempt(&tx).await?, store.next_tick(&tx).await?.map(|at| at.saturating_mul(1000))];
    tx.commit().await?;
    let now_ms = store.now().timestamp_millis();
    let wait_ms = next_ms.into_iter().flatten().min().map(|at| u64::try_from(at - now_ms).unwrap_or(0));
    Ok(wait_ms.map(Duration::from_millis))
}

async fn send(inner: &Inner, event: event::Model) -> Result<(), Failure> {
    let store = &inner.store;
    let (number, attempt) = (u64::try_from(event.number).unwrap_or(0), u32::try_from(event.attempts).unwrap_or(0));
    let fate = store.settings().schedule.attempt(number, attempt);
    let taken = if fate.lost {
        tracing::info!(event = event.id, attempt, "an event is lost on its way, as its schedule says");
        false
    } else {
        post(inner, &event).await
    };
    store.attempted(event, taken, fate.again_after_ms, i64::from(inner.config.first_retry_ms)).await
}

/// Whether the webhook takes the event.
async fn post(inner: &Inner, event: &event::Model) -> bool {
    // Signed at the real time, however far the sandbox's clock is ahead: the receiver compares it with its own.
    let signature = sign(inner.config.keys.webhook_secret(), event.body.as_bytes(), inner.store.env.now());
    let request = inner
        .http
        .post(&inner.config.webhook_url)
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header(SIGNATURE_HEADER, signature)
        .body(event.body.clone());
    match request.send().await {
        Ok(response) if response.status().is_success() => true,
        Ok(response) => {
            tracing::warn!(event = event.id, status = response.status().as_u16(), "the webhook refused an event");
            false
        }
        Err(cause) => {
            tracing::warn!(event = event.id, error = &cause as &dyn std::error::Error, "the webhook did not answer");
            false
        }
    }
}
