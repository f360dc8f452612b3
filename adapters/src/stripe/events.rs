//! Events, as they are listed and as they are posted to us; both are read alike.
//!
//! async-stripe reads no event of another version of the interface than its own. What is needed of one is little, and the same in all of them.

use domain::{
    env::Instant,
    ports::gateway::{EventError, EventPage, GatewayEvent},
};
use serde_json::Value;
use stripe_client_core::StripeRequest;
use stripe_core::event::ListEvent;
use stripe_types::RangeQueryTs;

use super::{
    StripeGateway, answers,
    call::{PAGE, read_page},
    failure::Failure,
};
use crate::sandbox;

/// The longest id or kind of an event, in bytes.
const WORD_BYTES: usize = 255;

impl StripeGateway {
    pub(super) async fn list_events(&self, since: Instant, page: Option<&str>) -> Result<EventPage, Failure> {
        let request = ListEvent::new().created(RangeQueryTs::gte(since.timestamp())).limit(PAGE);
        let request = match page {
            Some(behind) => request.starting_after(behind),
            None => request,
        };
        let (objects, next) = read_page(self.ask(request.build(), None).await?)?;
        let read = |event: &Value| match read_event(event) {
            Ok(event) => Some(event),
            // What cannot be read is no reason to read nothing behind it.
            Err(fault) => {
                tracing::warn!("an event of the gateway's list was left out: {fault}");
                None
            }
        };
        Ok(EventPage { events: objects.iter().filter_map(read).collect(), next })
    }
}

/// Checks that one of the secrets has signed the raw bytes, and not long ago.
pub(super) fn verify(secrets: &[String], signature: Option<&str>, body: &[u8], now: Instant) -> Result<(), EventError> {
    let mut refused = EventError::BadSignature;
    for secret in secrets {
        match sandbox::verify(secret, signature, body, now) {
            Ok(()) => return Ok(()),
            // Signed by this one, so the others do not matter.
            Err(EventError::Stale) => refused = EventError::Stale,
            Err(_) => {}
        }
    }
    Err(refused)
}

/// Reads an event whose signature is good.
pub(super) fn parse(body: &[u8]) -> Result<GatewayEvent, EventError> {
    let event =
        serde_json::from_slice(body).map_err(|cause| EventError::Malformed(format!("it is not JSON ({cause})")))?;
    read_event(&event)
}

fn read_event(event: &Value) -> Result<GatewayEvent, EventError> {
    let none = |field: &str| EventError::Malformed(format!("it has no `{field}`"));
    let word = |field: &str| {
        let found = event[field].as_str().filter(|text| !text.is_empty() && text.len() <= WORD_BYTES);
        found.map(str::to_owned).ok_or_else(|| none(field))
    };
    let object = &event["data"]["object"];
    let named = |kind: &str| answers::id_of(object, "id").filter(|_| object["object"] == kind);
    Ok(GatewayEvent {
        id: word("id")?,
        kind: word("type")?,
        at: answers::instant(event, "created").ok_or_else(|| none("created"))?,
        order: answers::order(object),
        checkout: named("checkout.session"),
        payment: named("payment_intent").or_else(|| answers::id_of(object, "payment_intent")),
        account: named("account"),
        transfer: named("transfer"),
    })
}

#[cfg(test)]
mod tests {
    use domain::{
        env::testing,
        ids::OrderId,
        links::LinkKey,
        ports::gateway::{EventError, PaymentGateway},
    };
    use serde_json::json;

    use super::*;
    use crate::sandbox::{SandboxKeys, sign};

    #[test]
    fn what_an_event_is_about_is_found_in_every_object() {
        let (env, _) = testing::env(1);
        let order: OrderId = env.id();
        let read = |object: Value| {
            let event = json!({ "id": "evt_1", "type": "x.y", "created": 1_795_000_000, "data": { "object": object } });
            let read = read_event(&event).unwrap();
            assert_eq!(read.at.timestamp(), 1_795_000_000);
            (read.order, read.checkout, read.payment, read.account)
        };
        let id = |text: &str| Some(text.to_owned());
        let metadata = json!({ "order": order.to_string() });
        let session =
            json!({ "object": "checkout.session", "id": "cs_1", "payment_intent": "pi_1", "metadata": metadata });
        assert_eq!(read(session), (Some(order), id("cs_1"), id("pi_1"), None));
        let intent = json!({ "object": "payment_intent", "id": "pi_1", "metadata": metadata });
        assert_eq!(read(intent), (Some(order), None, id("pi_1"), None));
        let refund = json!({ "object": "refund", "id": "re_1", "payment_intent": { "id": "pi_1" }, "metadata": {} });
        assert_eq!(read(refund), (None, None, id("pi_1"), None));
        let transfer = json!({ "object": "transfer", "id": "tr_1", "destination": "acct_1" });
        let event = json!({ "id": "evt_1", "type": "transfer.reversed", "created": 1_795_000_000, "data": { "object": transfer } });
        assert_eq!(read_event(&event).unwrap().transfer, id("tr_1"));
        let dispute = json!({ "object": "dispute", "id": "du_1", "payment_intent": "pi_1" });
        assert_eq!(read(dispute), (None, None, id("pi_1"), None));
        assert_eq!(read(json!({ "object": "account", "id": "acct_1" })), (None, None, None, id("acct_1")));
        assert_eq!(
            read(json!({ "object": "customer", "id": "cus_1", "metadata": { "order": "4711" } })),
            (None, None, None, None)
        );
    }

    #[test]
    fn only_signed_events_are_read_and_strange_ones_are_refused() {
        let keys = SandboxKeys::derive(&LinkKey::new([7; 32]));
        let (env, _) = testing::env(1);
        let gateway = StripeGateway::sandbox("http://127.0.0.1:9", &keys, env.clone()).unwrap();
        let read = |body: &str| {
            let header = sign(keys.webhook_secret(), body.as_bytes(), env.now());
            gateway.read_event(Some(&header), body.as_bytes(), env.now())
        };
        let sparse = read(r#"{"id":"evt_2","type":"a.new.kind","created":1795000000,"new_field":[{}]}"#).unwrap();
        assert_eq!((sparse.kind.as_str(), sparse.order, sparse.checkout), ("a.new.kind", None, None));
        for malformed in [
            "",
            "[]",
            "{}",
            r#"{"id":5,"type":"x"}"#,
            r#"{"id":"","type":"x"}"#,
            r#"{"id":"evt_1","type":"x"}"#,
            "\u{0}",
        ] {
            assert!(matches!(read(malformed), Err(EventError::Malformed(_))), "{malformed:?}");
        }
        assert_eq!(gateway.read_event(None, b"{}", env.now()), Err(EventError::BadSignature));
    }

    #[test]
    fn while_a_secret_is_exchanged_either_will_do() {
        let (env, _) = testing::env(1);
        let secrets = ["whsec_old".to_owned(), "whsec_new".to_owned()];
        let now = env.now();
        for secret in &secrets {
            let header = sign(secret, b"{}", now);
            assert_eq!(verify(&secrets, Some(&header), b"{}", now), Ok(()));
            let late = now + chrono::Duration::seconds(301);
            assert_eq!(verify(&secrets, Some(&header), b"{}", late), Err(EventError::Stale));
        }
        let header = sign("whsec_other", b"{}", now);
        assert_eq!(verify(&secrets, Some(&header), b"{}", now), Err(EventError::BadSignature));
        assert_eq!(verify(&[], Some(&header), b"{}", now), Err(EventError::BadSignature));
    }
}
