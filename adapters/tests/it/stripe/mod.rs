//! The client of Stripe against the sandbox's server, and against gateways that fail, over real connections on the loopback address.

mod failing;

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{App, HttpServer};
use adapters::{
    sandbox::{SandboxConfig, SandboxKeys, SandboxServer},
    stripe::{Patience, StripeGateway, is_live_key},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    env::{Env, SystemEntropy, testing::ManualClock},
    links::LinkKey,
    money::{Currency, Money},
    ports::gateway::{
        AccountRequest, Capture, Checkout, CheckoutRequest, CheckoutState, DisputeEvidence, DisputeStanding,
        GatewayError, GatewayPayment, IdempotencyKey, PaymentGateway, PaymentStanding, RefundStanding, TransferRequest,
    },
};

/// Little enough for a test that waits it out, and enough for any answer on the loopback address.
const PATIENCE: Patience = Patience {
    attempt: Duration::from_secs(10),
    attempts: 3,
    first_wait: Duration::from_millis(1),
    in_all: Duration::from_secs(30),
};

const GOOD: &str = "4242 4242 4242 4242";
const DISPUTED: &str = "4000 0000 0000 0259";

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn keys() -> SandboxKeys {
    SandboxKeys::derive(&LinkKey::new([7; 32]))
}

fn driven() -> (Env, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(DateTime::<Utc>::from_timestamp(1_795_000_000, 0).unwrap()));
    (Env::new(clock.clone(), Arc::new(SystemEntropy)), clock)
}

/// A client of whatever listens at an address.
fn client(url: &str, env: &Env) -> StripeGateway {
    StripeGateway::sandbox(url, &keys(), env.clone()).unwrap().with_patience(PATIENCE)
}

/// A running sandbox and the shop's side of it.
struct World {
    gateway: StripeGateway,
    clock: Arc<ManualClock>,
    env: Env,
    url: String,
    http: reqwest::Client,
    server: actix_web::dev::ServerHandle,
    _folder: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (env, clock) = driven();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = SandboxConfig {
            database_url: format!("sqlite:{}", folder.path().join("sandbox.db").display()),
            public_url: url.clone(),
            webhook_url: format!("{url}/nowhere"),
            keys: keys(),
            first_retry_ms: 1,
        };
        let sandbox = SandboxServer::open(config, env.clone()).await.unwrap();
        let server = HttpServer::new(move || App::new().configure(|app| sandbox.configure(app)))
            .workers(2)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        let handle = server.handle();
        tokio::spawn(server);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { gateway: client(&url, &env), clock, env, url, http, server: handle, _folder: folder }
    }

    fn key(&self, value: &str) -> IdempotencyKey {
        IdempotencyKey { value: value.to_owned(), since: self.env.now() }
    }

    fn request(&self, key: &str, minor: i64, capture: Capture) -> CheckoutRequest {
        CheckoutRequest {
            order: self.env.id(),
            reference: "LL-7K3M9Q2X".into(),
            lines: vec![("Noc nad Wisłą 🌙 — WAV lease".into(), euro(minor))],
            total: euro(minor),
            capture,
            buyer_email: "grzegorz@example.org".parse().unwrap(),
            success_url: "http://shop.example/orders/1?return=1".into(),
            cancel_url: "http://shop.example/cart".into(),
            expires_at: self.env.now() + TimeDelta::hours(1),
            key: self.key(key),
        }
    }

    async fn open(&self, minor: i64, capture: Capture) -> Checkout {
        let id: domain::ids::OrderId = self.env.id();
        self.gateway.open_checkout(&self.request(&format!("checkout:{id}"), minor, capture)).await.unwrap()
    }

    async fn pay(&self, checkout: &Checkout, card: &str) {
        let form = [("card", card), ("outcome", "pay")];
        let answer = self.http.post(&checkout.pay_url).form(&form).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 303, "{}", answer.text().await.unwrap());
    }

    /// A checkout that was paid with a card.
    async fn paid(&self, minor: i64, capture: Capture, card: &str) -> (Checkout, GatewayPayment) {
        let checkout = self.open(minor, capture).await;
        self.pay(&checkout, card).await;
        match self.gateway.find_checkout(&checkout.id).await.unwrap() {
            Some(CheckoutState::Completed(payment)) => (checkout, payment),
            other => panic!("{other:?}"),
        }
    }

    async fn find(&self, payment: &str) -> GatewayPayment {
        self.gateway.find_payment(payment).await.unwrap().unwrap()
    }

    fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    async fn stop(self) {
        self.server.stop(false).await;
    }
}

fn refused(outcome: Result<impl std::fmt::Debug, GatewayError>) -> String {
    match outcome {
        Err(GatewayError::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_checkout_is_open_then_paid_with_fee_and_order() {
    let world = World::start().await;
    let request = world.request("checkout:1", 4_999, Capture::AtOnce);
    let checkout = world.gateway.open_checkout(&request).await.unwrap();
    assert_eq!(world.gateway.open_checkout(&request).await.unwrap(), checkout, "the same key, the same checkout");
    let other = CheckoutRequest { reference: "LL-OTHER".into(), ..request.clone() };
    let conflict = world.gateway.open_checkout(&other).await.unwrap_err();
    assert!(matches!(conflict, GatewayError::Lasting { .. }), "{conflict:?}");
    assert_eq!(world.gateway.find_checkout(&checkout.id).await.unwrap(), Some(CheckoutState::Open));

    world.pay(&checkout, GOOD).await;
    let Some(CheckoutState::Completed(payment)) = world.gateway.find_checkout(&checkout.id).await.unwrap() else {
        panic!("it is paid")
    };
    assert_eq!((payment.order, payment.standing), (Some(request.order), PaymentStanding::Captured));
    assert_eq!((payment.amount, payment.captured, payment.fee), (euro(4_999), euro(4_999), euro(95)));
    assert!(payment.refunds.is_empty() && payment.disputes.is_empty());
    assert_eq!(world.find(&payment.id).await, payment);
    // What was paid stays so.
    let closed = world.gateway.close_checkout(&checkout.id).await.unwrap();
    assert_eq!(closed, Some(CheckoutState::Completed(payment)));
    world.stop().await;
}

#[actix_web::test]
async fn a_checkout_ends_by_time_or_by_us_and_one_of_nothing_is_free() {
    let world = World::start().await;
    let (late, closed) = (world.open(4_999, Capture::AtOnce).await, world.open(4_999, Capture::AtOnce).await);
    assert_eq!(world.gateway.close_checkout(&closed.id).await.unwrap(), Some(CheckoutState::Expired));
    assert_eq!(world.gateway.close_checkout(&closed.id).await.unwrap(), Some(CheckoutState::Expired));
    world.advance(TimeDelta::hours(2));
    assert_eq!(world.gateway.find_checkout(&late.id).await.unwrap(), Some(CheckoutState::Expired));

    let free = world.open(0, Capture::AtOnce).await;
    world.pay(&free, "").await;
    assert_eq!(world.gateway.find_checkout(&free.id).await.unwrap(), Some(CheckoutState::Free));

    for unknown in ["cs_test_nope", "../refunds", ""] {
        assert_eq!(world.gateway.find_checkout(unknown).await.unwrap(), None, "{unknown}");
        assert_eq!(world.gateway.close_checkout(unknown).await.unwrap(), None, "{unknown}");
        assert_eq!(world.gateway.find_payment(unknown).await.unwrap(), None, "{unknown}");
        assert_eq!(world.gateway.find_transfer(unknown).await.unwrap(), None, "{unknown}");
        assert_eq!(world.gateway.find_account(unknown).await.unwrap(), None, "{unknown}");
    }
    let lines_do_not_add_up = CheckoutRequest { total: euro(1), ..world.request("checkout:1", 4_999, Capture::AtOnce) };
    let fault = world.gateway.open_checkout(&lines_do_not_add_up).await.unwrap_err();
    assert!(matches!(fault, GatewayError::Lasting { .. }), "{fault:?}");
    world.stop().await;
}

#[actix_web::test]
async fn what_cannot_be_collected_is_refused_by_its_name() {
    let world = World::start().await;
    for (minor, currency, name) in [
        (49, "EUR", "amount_too_small"),
        (49, "JPY", "amount_too_small"),
        (12_345, "BHD", "invalid_charge_amount"),
        (i64::MAX, "ISK", "amount_too_large"),
    ] {
        let price = Money::new(minor, currency.parse().unwrap());
        let request = CheckoutRequest {
            lines: vec![("Night Bus".into(), price)],
            total: price,
            ..world.request(&format!("checkout:{currency}"), minor, Capture::AtOnce)
        };
        assert_eq!(refused(world.gateway.open_checkout(&request).await), name, "{currency}");
    }
    let request = world.request("checkout:whole", 100, Capture::AtOnce);
    let price = Money::new(12_340, "BHD".parse().unwrap());
    let whole = CheckoutRequest { lines: vec![("Night Bus".into(), price)], total: price, ..request };
    world.gateway.open_checkout(&whole).await.unwrap();
    world.stop().await;
}

#[actix_web::test]
async fn what_is_held_is_captured_once_or_let_go() {
    let world = World::start().await;
    let (_, held) = world.paid(10_000, Capture::Later, GOOD).await;
    let PaymentStanding::Authorised { capture_before } = held.standing else { panic!("{held:?}") };
    assert!(capture_before > world.env.now() + TimeDelta::days(1));
    assert_eq!((held.captured, held.fee), (euro(0), euro(0)));

    let key = world.key("capture:1");
    let captured = world.gateway.capture(&held.id, &key).await.unwrap();
    assert_eq!((captured.standing, captured.captured), (PaymentStanding::Captured, euro(10_000)));
    assert_eq!(captured.fee, euro(165));
    assert_eq!(world.gateway.capture(&held.id, &key).await.unwrap(), captured);
    assert_eq!(world.gateway.capture(&held.id, &world.key("capture:2")).await.unwrap(), captured, "captured already");
    refused(world.gateway.cancel(&held.id, &world.key("cancel:1")).await);

    let (_, held) = world.paid(10_000, Capture::Later, GOOD).await;
    let key = world.key("cancel:2");
    let cancelled = world.gateway.cancel(&held.id, &key).await.unwrap();
    assert_eq!((cancelled.standing, cancelled.captured), (PaymentStanding::Cancelled, euro(0)));
    assert_eq!(world.gateway.cancel(&held.id, &key).await.unwrap(), cancelled);
    refused(world.gateway.capture(&held.id, &world.key("capture:3")).await);
    assert_eq!(refused(world.gateway.capture("pi_unknown", &world.key("capture:4")).await), "resource_missing");
    world.stop().await;
}

#[actix_web::test]
async fn what_is_held_and_let_go_is_no_refund() {
    let world = World::start().await;
    let (_, held) = world.paid(5_000, Capture::Later, GOOD).await;
    let url = format!("{}/sandbox/v1/payment_intents/{}/capture", world.url, held.id);
    let capture = world.http.post(url).bearer_auth(keys().secret_key()).form(&[("amount_to_capture", "3000")]);
    assert_eq!(capture.send().await.unwrap().status().as_u16(), 200);
    let known = world.find(&held.id).await;
    assert_eq!((known.amount, known.captured), (euro(5_000), euro(3_000)));
    assert!(known.refunds.is_empty(), "{known:?}");
    let all = world.gateway.refund(&held.id, euro(3_000), &world.key("refund:1")).await.unwrap();
    assert_eq!(world.find(&held.id).await.refunds, [all]);
    world.stop().await;
}

#[actix_web::test]
async fn parts_are_given_back_once_a_key_and_never_more_than_is_left() {
    let world = World::start().await;
    let (_, payment) = world.paid(4_999, Capture::AtOnce, GOOD).await;
    let key = world.key("refund:1");
    let first = world.gateway.refund(&payment.id, euro(1_000), &key).await.unwrap();
    assert_eq!((first.amount, first.key.as_deref()), (euro(1_000), Some("refund:1")));
    assert_eq!(world.gateway.refund(&payment.id, euro(1_000), &key).await.unwrap().id, first.id);
    let conflict = world.gateway.refund(&payment.id, euro(999), &key).await.unwrap_err();
    assert!(matches!(conflict, GatewayError::Lasting { .. }), "{conflict:?}");
    refused(world.gateway.refund(&payment.id, euro(4_000), &world.key("refund:2")).await);
    let yen = Money::new(100, Currency::JPY);
    let mismatch = world.gateway.refund(&payment.id, yen, &world.key("refund:3")).await.unwrap_err();
    assert!(matches!(mismatch, GatewayError::Lasting { .. }), "{mismatch:?}");
    let last = world.gateway.refund(&payment.id, euro(3_999), &world.key("refund:4")).await.unwrap();

    let known = world.find(&payment.id).await;
    assert_eq!(known.captured, euro(4_999), "what was collected stays collected");
    let refunds: Vec<_> =
        known.refunds.iter().map(|refund| (refund.id.as_str(), refund.amount, refund.standing)).collect();
    let succeeded = RefundStanding::Succeeded;
    assert_eq!(refunds, [(first.id.as_str(), euro(1_000), succeeded), (last.id.as_str(), euro(3_999), succeeded)]);
    world.stop().await;
}

#[actix_web::test]
async fn a_dispute_is_opened_answered_and_won_or_lost() {
    let world = World::start().await;
    for (statement, standing) in
        [("winning_evidence", DisputeStanding::Won), ("losing_evidence", DisputeStanding::Lost)]
    {
        let (_, payment) = world.paid(4_999, Capture::AtOnce, DISPUTED).await;
        let [dispute] = payment.disputes.as_slice() else { panic!("{payment:?}") };
        assert_eq!((dispute.standing, dispute.amount), (DisputeStanding::NeedsResponse, euro(4_999)));
        assert!(dispute.fee.minor > 0 && dispute.evidence_by.is_some(), "{dispute:?}");
        let evidence = DisputeEvidence {
            customer_name: "Grzegorz Brzęczyszczykiewicz".into(),
            customer_email: "grzegorz@example.org".parse().unwrap(),
            customer_ip: None,
            product_description: "A licence for a beat".into(),
            access_log: "2026-11-18 12:00 UTC 192.0.2.1 WAV".repeat(1_000),
            statement: statement.into(),
        };
        let key = world.key(&format!("dispute:{}", dispute.id));
        let answered = world.gateway.answer_dispute(&dispute.id, &evidence, &key).await.unwrap();
        assert_eq!(answered.id, dispute.id);
        let known = world.find(&payment.id).await;
        assert_eq!((known.disputes[0].standing, known.disputes[0].evidence_by), (standing, None));
        // Old enough to be looked up: banks take evidence once.
        world.advance(TimeDelta::hours(25));
        assert_eq!(world.gateway.answer_dispute(&dispute.id, &evidence, &key).await.unwrap().standing, standing);
    }
    world.stop().await;
}

#[actix_web::test]
async fn an_inquiry_that_is_closed_is_over_and_has_cost_nothing() {
    let world = World::start().await;
    let (_, payment) = world.paid(4_999, Capture::AtOnce, GOOD).await;
    let control = async |action: &str, form: &[(&str, &str)]| {
        let request = world.http.post(format!("{}/sandbox/control/{action}", world.url)).form(form);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 303, "{action}");
    };
    control("dispute", &[("payment", &payment.id), ("inquiry", "true")]).await;
    let asked = world.find(&payment.id).await.disputes.remove(0);
    assert_eq!((asked.standing, asked.fee), (DisputeStanding::Inquiry, euro(0)));
    assert!(asked.evidence_by.is_some(), "{asked:?}");
    control("close-dispute", &[("dispute", &asked.id), ("outcome", "won")]).await;
    let closed = world.find(&payment.id).await.disputes.remove(0);
    assert_eq!((closed.standing, closed.fee, closed.evidence_by), (DisputeStanding::Won, euro(0), None));
    world.stop().await;
}

fn account(world: &World) -> AccountRequest {
    AccountRequest {
        studio: world.env.id(),
        party: world.env.id(),
        email: "ada@example.org".parse().unwrap(),
        country: "PL".into(),
        key: world.key("account:1"),
    }
}

#[actix_web::test]
async fn a_payee_is_made_known_paid_and_paid_less() {
    let world = World::start().await;
    let request = account(&world);
    let new = world.gateway.create_account(&request).await.unwrap();
    assert!(!new.can_receive && !new.missing.is_empty(), "{new:?}");
    assert_eq!(world.gateway.create_account(&request).await.unwrap().id, new.id);
    let back = "http://shop.example/payouts";
    let link = world.gateway.onboarding_link(&new.id, back, back).await.unwrap();
    let told = world.http.post(&link).form(&[("outcome", "complete")]).send().await.unwrap();
    assert_eq!(told.status().as_u16(), 303);
    let known = world.gateway.find_account(&new.id).await.unwrap().unwrap();
    assert!(known.can_receive && known.missing.is_empty(), "{known:?}");

    let (_, payment) = world.paid(10_000, Capture::AtOnce, GOOD).await;
    let request = TransferRequest {
        account: new.id.clone(),
        amount: euro(3_000),
        source_payment: Some(payment.id),
        group: "LL-7K3M9Q2X".into(),
        key: world.key("payout:1"),
    };
    let sent = world.gateway.transfer(&request).await.unwrap();
    assert_eq!((sent.account.as_str(), sent.amount, sent.reversed), (new.id.as_str(), euro(3_000), euro(0)));
    assert_eq!(world.gateway.transfer(&request).await.unwrap(), sent);
    assert_eq!(world.gateway.list_transfers("LL-7K3M9Q2X").await.unwrap(), std::slice::from_ref(&sent));
    assert!(world.gateway.list_transfers("LL-OTHER").await.unwrap().is_empty());
    let key = world.key("reversal:1");
    let less = world.gateway.reverse_transfer(&sent.id, euro(1_200), &key).await.unwrap();
    assert_eq!((less.amount, less.reversed), (euro(3_000), euro(1_200)));
    assert_eq!(world.gateway.reverse_transfer(&sent.id, euro(1_200), &key).await.unwrap(), less);
    assert_eq!(world.gateway.find_transfer(&sent.id).await.unwrap(), Some(less));
    refused(world.gateway.reverse_transfer(&sent.id, euro(2_000), &world.key("reversal:2")).await);
    let yen = Money::new(100, Currency::JPY);
    assert!(world.gateway.reverse_transfer(&sent.id, yen, &world.key("reversal:3")).await.is_err());
    world.stop().await;
}

#[actix_web::test]
async fn what_a_key_made_is_looked_up_once_the_gateway_may_have_forgotten_it() {
    let world = World::start().await;
    let (_, payment) = world.paid(10_000, Capture::AtOnce, GOOD).await;
    let (_, held) = world.paid(10_000, Capture::Later, GOOD).await;
    let payee = account(&world);
    let made = world.gateway.create_account(&payee).await.unwrap();
    let link = world.gateway.onboarding_link(&made.id, "http://shop.example/", "http://shop.example/").await.unwrap();
    world.http.post(&link).form(&[("outcome", "complete")]).send().await.unwrap();
    let transfer = TransferRequest {
        account: made.id.clone(),
        amount: euro(3_000),
        source_payment: Some(payment.id.clone()),
        group: "LL-7K3M9Q2X".into(),
        key: world.key("payout:1"),
    };
    let sent = world.gateway.transfer(&transfer).await.unwrap();
    let (refund, reversal, capture) = (world.key("refund:1"), world.key("reversal:1"), world.key("capture:1"));
    let given = world.gateway.refund(&payment.id, euro(1_000), &refund).await.unwrap();
    let less = world.gateway.reverse_transfer(&sent.id, euro(500), &reversal).await.unwrap();
    let captured = world.gateway.capture(&held.id, &capture).await.unwrap();

    // The gateway keeps keys for 24 hours: sent again, each of these would be done again.
    world.advance(TimeDelta::days(3));
    assert_eq!(world.gateway.refund(&payment.id, euro(1_000), &refund).await.unwrap().id, given.id);
    assert_eq!(world.gateway.transfer(&transfer).await.unwrap().id, sent.id);
    assert_eq!(world.gateway.reverse_transfer(&sent.id, euro(500), &reversal).await.unwrap(), less);
    assert_eq!(world.gateway.create_account(&payee).await.unwrap().id, made.id);
    assert_eq!(world.gateway.capture(&held.id, &capture).await.unwrap(), captured);
    assert_eq!(world.find(&payment.id).await.refunds.len(), 1);

    // What was never made is made, however old its key.
    let old = IdempotencyKey { value: "refund:2".into(), since: world.env.now() - TimeDelta::days(9) };
    world.gateway.refund(&payment.id, euro(1_000), &old).await.unwrap();
    assert_eq!(world.find(&payment.id).await.refunds.len(), 2);
    world.stop().await;
}

#[actix_web::test]
async fn every_event_is_listed_page_by_page_newest_first() {
    let world = World::start().await;
    world.open(100, Capture::AtOnce).await;
    let earlier = world.env.now();
    world.advance(TimeDelta::minutes(1));
    let since = world.env.now();
    let mut orders = Vec::new();
    for count in 0..60 {
        let request = world.request(&format!("checkout:{count}"), 100, Capture::AtOnce);
        let checkout = world.gateway.open_checkout(&request).await.unwrap();
        world.pay(&checkout, GOOD).await;
        orders.push((request.order, checkout.id));
        world.advance(TimeDelta::seconds(1));
    }
    let (mut events, mut page, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let read = world.gateway.events(since, page.as_deref()).await.unwrap();
        assert!(read.events.len() <= 100);
        events.extend(read.events);
        pages += 1;
        page = read.next;
        if page.is_none() {
            break;
        }
    }
    assert!(pages > 1, "{} events", events.len());
    assert!(events.is_sorted_by(|newer, older| newer.at >= older.at) && earlier < events.last().unwrap().at);
    let mut ids: Vec<_> = events.iter().map(|event| event.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "none twice");
    let completed = events.iter().rev().filter(|event| event.kind == "checkout.session.completed");
    let completed: Vec<_> = completed.map(|event| (event.order.unwrap(), event.checkout.clone().unwrap())).collect();
    assert_eq!(completed, orders);
    world.stop().await;
}

#[actix_web::test]
async fn async_stripe_reads_the_sandboxs_answers_strictly() {
    let world = World::start().await;
    let (checkout, payment) = world.paid(4_999, Capture::AtOnce, DISPUTED).await;
    let url = format!("{}/sandbox/", world.url);
    let client = ::stripe::ClientBuilder::new(keys().secret_key()).url(url).build().unwrap();
    let expand = ["payment_intent.latest_charge.balance_transaction".to_owned()];
    let session = stripe_checkout::checkout_session::RetrieveCheckoutSession::new(checkout.id.as_str()).expand(expand);
    session.send(&client).await.unwrap();
    stripe_core::payment_intent::RetrievePaymentIntent::new(payment.id.as_str()).send(&client).await.unwrap();
    let disputes = stripe_core::dispute::ListDispute::new().payment_intent(payment.id.as_str());
    assert_eq!(disputes.send(&client).await.unwrap().data.len(), 1);
    let (_, payment) = world.paid(4_999, Capture::AtOnce, GOOD).await;
    world.gateway.refund(&payment.id, euro(1), &world.key("refund:1")).await.unwrap();
    let refunds = stripe_core::refund::ListRefund::new().payment_intent(payment.id.as_str());
    assert_eq!(refunds.send(&client).await.unwrap().data.len(), 1);
    let account = world.gateway.create_account(&account(&world)).await.unwrap();
    stripe_connect::account::RetrieveAccount::new(account.id.as_str()).send(&client).await.unwrap();
    stripe_core::event::ListEvent::new().limit(100).send(&client).await.unwrap();
    world.stop().await;
}

#[test]
fn live_keys_are_told_from_others() {
    assert!(is_live_key("sk_live_1") && is_live_key("rk_live_1"));
    assert!(!is_live_key("sk_test_1") && !is_live_key(keys().secret_key()) && !is_live_key(""));
    let (env, _) = driven();
    for (key, name) in
        [("sk_live_1", "stripe"), ("rk_live_1", "stripe"), ("sk_test_1", "stripe_test"), ("rk_test_1", "stripe_test")]
    {
        assert_eq!(StripeGateway::live(key, Vec::new(), env.clone()).unwrap().name(), name, "{key}");
    }
    assert_eq!(client("http://127.0.0.1:9", &env).name(), "sandbox");
}
