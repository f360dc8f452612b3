//! Asks the gateway, and asks again.
//!
//! async-stripe can retry by itself, but then under a key of its own that is gone with the process: here every attempt carries the key that
//! the caller has stored.

use std::time::Duration;

use bytes::Bytes;
use domain::ports::gateway::IdempotencyKey;
use serde_json::Value;
use stripe::RequestStrategy;
use stripe_client_core::{CustomizedStripeRequest, RequestBuilder, StripeClient};

use super::{StripeGateway, failure::Failure};

/// From what age of a key on, in hours, what it may have made is looked up before anything is sent. Gateways forget keys after 24 hours; the
/// hour before is for clocks that differ, and looking up too early does no harm.
const KEY_HOURS: i64 = 23;

/// How many objects a page of a list has: the most that the gateway gives.
pub(super) const PAGE: i64 = 100;

/// How many pages of a list are read.
const PAGES: usize = 100;

/// How long the gateway is waited for, and how often it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long one attempt may take, from the connection to the last byte. One that takes longer is not followed by another: whoever asked
    /// comes back later.
    pub attempt: Duration,
    /// How many attempts there are in all, at least one.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles for each further one.
    pub first_wait: Duration,
    /// How long whatever the port is asked for may take in all, with every question and attempt that it takes. What is broken off so may have been done, and
    /// is found by its key the next time. Less than a request of the API may take, so that whoever asked hears from us what has failed.
    pub in_all: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(10),
            attempts: 3,
            first_wait: Duration::from_millis(250),
            in_all: Duration::from_secs(12),
        }
    }
}

/// async-stripe's client with failures of ours, which tell an error that cannot be read from an answer that cannot be.
#[derive(Clone)]
pub(super) struct Connection(pub(super) stripe::Client);

impl StripeClient for Connection {
    type Err = Failure;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, Failure> {
        Ok(self.0.execute(request).await?)
    }
}

impl StripeGateway {
    /// Asks, and asks again with the same key if the answer may be better then. Reading needs no key.
    pub(super) async fn ask(&self, request: RequestBuilder, key: Option<&IdempotencyKey>) -> Result<Value, Failure> {
        let strategy = match key {
            None => RequestStrategy::Once,
            Some(key) => RequestStrategy::Idempotent(
                stripe::IdempotencyKey::new(&key.value).map_err(|fault| Failure::Request(fault.to_string()))?,
            ),
        };
        let request = in_order(request);
        let mut wait = self.patience.first_wait;
        let mut attempt = 1;
        loop {
            match self.ask_once(copy(&request), strategy.clone()).await {
                Err(failed) if failed.may_pass_at_once() && attempt < self.patience.attempts => {
                    tracing::warn!(error = &failed as &dyn std::error::Error, attempt, "asking the gateway again");
                    tokio::time::sleep(wait).await;
                    (attempt, wait) = (attempt + 1, wait * 2);
                }
                outcome => return outcome,
            }
        }
    }

    async fn ask_once(&self, request: RequestBuilder, strategy: RequestStrategy) -> Result<Value, Failure> {
        let request = request.customize::<miniserde::json::Value>();
        let request = request.request_strategy(strategy).timeout(self.patience.attempt);
        let answer = request.send(&self.connection).await?;
        serde_json::from_str(&miniserde::json::to_string(&answer)).map_err(|_| Failure::Shape("body"))
    }

    /// Reads one object; none if the gateway does not know it.
    pub(super) async fn find(&self, request: RequestBuilder) -> Result<Option<Value>, Failure> {
        match self.ask(request, None).await {
            Ok(object) => Ok(Some(object)),
            Err(failed) if failed.is_missing() => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// Reads a list to its end, oldest first. `page` asks for the page behind an id.
    pub(super) async fn list(
        &self,
        page: impl Fn(Option<String>) -> RequestBuilder + Send + Sync,
    ) -> Result<Vec<Value>, Failure> {
        let (mut found, mut behind): (Vec<Value>, Option<String>) = (Vec::new(), None);
        for _ in 0..PAGES {
            let (objects, next) = read_page(self.ask(page(behind), None).await?)?;
            found.extend(objects);
            behind = next;
            if behind.is_none() {
                found.reverse();
                return Ok(found);
            }
        }
        Err(Failure::Request(format!("the list has more than {PAGES} pages")))
    }

    /// Whether the gateway may have forgotten a key.
    pub(super) fn is_old(&self, key: &IdempotencyKey) -> bool {
        self.env.now().signed_duration_since(key.since) >= chrono::Duration::hours(KEY_HOURS)
    }
}

/// A page's objects, newest first, and the id behind which the next one begins.
pub(super) fn read_page(mut page: Value) -> Result<(Vec<Value>, Option<String>), Failure> {
    let more = page["has_more"].as_bool().unwrap_or(false);
    let Some(Value::Array(objects)) = page.get_mut("data").map(Value::take) else { return Err(Failure::Shape("data")) };
    let next = match objects.last() {
        Some(last) if more => Some(super::answers::text(last, "id")?),
        _ => None,
    };
    Ok((objects, next))
}

/// A request's fields in an order that is always the same. Metadata come out of a hash map, and a gateway that compares the bytes of requests
/// with one key would take the second for another.
fn in_order(mut request: RequestBuilder) -> RequestBuilder {
    request.body = request.body.map(|body| {
        let mut fields: Vec<&str> = body.split('&').collect();
        fields.sort_unstable();
        fields.join("&")
    });
    request
}

fn copy(request: &RequestBuilder) -> RequestBuilder {
    RequestBuilder {
        query: request.query.clone(),
        body: request.body.clone(),
        path: request.path.clone(),
        method: request.method,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stripe_client_core::StripeMethod;

    use super::*;

    #[test]
    fn the_same_fields_are_the_same_request() {
        let of = |body: &str| {
            let request = RequestBuilder::new(StripeMethod::Post, "/refunds");
            in_order(RequestBuilder { body: Some(body.to_owned()), ..request }).body
        };
        assert_eq!(of("metadata[b]=2&amount=5&metadata[a]=1"), of("metadata[a]=1&metadata[b]=2&amount=5"));
        assert_eq!(of("").as_deref(), Some(""));
    }

    #[test]
    fn a_page_says_where_the_next_one_begins() {
        let (objects, next) = read_page(json!({ "data": [{ "id": "b" }, { "id": "a" }], "has_more": true })).unwrap();
        assert_eq!((objects.len(), next.as_deref()), (2, Some("a")));
        let (objects, next) = read_page(json!({ "data": [{ "id": "b" }], "has_more": false })).unwrap();
        assert_eq!((objects.len(), next), (1, None));
        assert_eq!(read_page(json!({ "data": [], "has_more": true })).unwrap(), (vec![], None));
        assert!(matches!(read_page(json!({ "data": {} })), Err(Failure::Shape("data"))));
        assert!(matches!(read_page(json!({ "data": [{}], "has_more": true })), Err(Failure::Shape("id"))));
    }
}
