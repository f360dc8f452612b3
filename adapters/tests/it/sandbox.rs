//! The sandbox gateway's server over HTTP, and the receiver of its webhooks. What the client makes of it is tested in `stripe`.

use std::{
    net::TcpListener,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use adapters::{
    sandbox::{SIGNATURE_HEADER, SandboxConfig, SandboxKeys, SandboxServer},
    stripe::StripeGateway,
};
use chrono::{DateTime, Utc};
use domain::{
    env::{Env, SystemEntropy, testing::ManualClock},
    links::LinkKey,
    money::{Currency, Money},
    ports::gateway::{
        Capture, CheckoutRequest, CheckoutState, EventError, GatewayPayment, IdempotencyKey, PaymentGateway,
    },
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// How long a test waits for something that must come.
const PATIENCE: Duration = Duration::from_secs(20);

struct Hook {
    signature: Option<String>,
    body: Vec<u8>,
}

struct Receiver {
    refusals_left: AtomicU32,
    taken: mpsc::UnboundedSender<Hook>,
}

async fn take(receiver: web::Data<Receiver>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let left = &receiver.refusals_left;
    if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        return HttpResponse::InternalServerError().finish();
    }
    let signature = request.headers().get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    receiver.taken.send(Hook { signature, body: body.to_vec() }).unwrap();
    HttpResponse::Ok().finish()
}

/// A running sandbox and the shop's side of it.
struct World {
    gateway: StripeGateway,
    keys: SandboxKeys,
    clock: Arc<ManualClock>,
    env: Env,
    url: String,
    hooks: mpsc::UnboundedReceiver<Hook>,
    receiver: web::Data<Receiver>,
    server: actix_web::dev::ServerHandle,
    sender: Option<JoinHandle<()>>,
    stop_sender: Option<oneshot::Sender<()>>,
    sandbox: SandboxServer,
}

impl World {
    async fn start(folder: &Path) -> Self {
        let clock = Arc::new(ManualClock::at(DateTime::<Utc>::from_timestamp(1_795_000_000, 0).unwrap()));
        Self::start_at(folder, clock).await
    }

    async fn start_at(folder: &Path, clock: Arc<ManualClock>) -> Self {
        let env = Env::new(clock.clone(), Arc::new(SystemEntropy));
        let keys = SandboxKeys::derive(&LinkKey::new([7; 32]));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = SandboxConfig {
            database_url: format!("sqlite:{}", folder.join("sandbox.db").display()),
            public_url: url.clone(),
            webhook_url: format!("{url}/hook"),
            keys: keys.clone(),
            first_retry_ms: 1,
        };
        let sandbox = SandboxServer::open(config, env.clone()).await.unwrap();
        let (taken, hooks) = mpsc::unbounded_channel();
        let receiver = web::Data::new(Receiver { refusals_left: AtomicU32::new(0), taken });
        let (app_sandbox, app_receiver) = (sandbox.clone(), receiver.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(app_receiver.clone())
                .configure(|app| app_sandbox.configure(app))
                .route("/hook", web::post().to(take))
        })
        .workers(2)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        let gateway = StripeGateway::sandbox(&url, &keys, env.clone()).unwrap();
        let (sender, stop_sender) = (None, None);
        Self { gateway, keys, clock, env, url, hooks, receiver, server: handle, sender, stop_sender, sandbox }
    }

    fn start_sender(&mut self) {
        let (stop, stopped) = oneshot::channel::<()>();
        let sandbox = self.sandbox.clone();
        self.stop_sender = Some(stop);
        self.sender = Some(tokio::spawn(async move { sandbox.run_sender(async { drop(stopped.await) }).await }));
    }

    async fn stop(self) -> Arc<ManualClock> {
        drop(self.stop_sender);
        if let Some(sender) = self.sender {
            sender.await.unwrap();
        }
        self.server.stop(false).await;
        self.clock
    }

    fn request(&self, key: &str, minor: i64) -> CheckoutRequest {
        let price = Money::new(minor, Currency::EUR);
        CheckoutRequest {
            order: self.env.id(),
            reference: "LL-7K3M9Q2X".into(),
            lines: vec![("Noc nad Wisłą 🌙 — WAV lease".into(), price)],
            total: price,
            capture: Capture::AtOnce,
            buyer_email: "grzegorz@example.org".parse().unwrap(),
            success_url: "http://shop.example/orders/1?return=1".into(),
            cancel_url: "http://shop.example/cart".into(),
            expires_at: self.env.now() + chrono::Duration::hours(1),
            key: self.key(key),
        }
    }

    fn key(&self, value: &str) -> IdempotencyKey {
        IdempotencyKey { value: value.into(), since: self.env.now() }
    }

    /// A checkout's payment.
    async fn payment(&self, checkout: &str) -> GatewayPayment {
        match self.gateway.find_checkout(checkout).await.unwrap() {
            Some(CheckoutState::Completed(payment)) => payment,
            other => panic!("{other:?}"),
        }
    }

    async fn hook(&mut self) -> Hook {
        tokio::time::timeout(PATIENCE, self.hooks.recv()).await.expect("a webhook comes").unwrap()
    }

    /// Posts the pay page's form; answers status, location and body.
    async fn submit(&self, pay_url: &str, form: &[(&str, &str)]) -> (u16, Option<String>, String) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let response = client.post(pay_url).form(form).send().await.unwrap();
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), location, response.text().await.unwrap())
    }

    async fn api(&self, request: reqwest::RequestBuilder) -> (u16, serde_json::Value, bool) {
        let response = request.bearer_auth(self.keys.secret_key()).send().await.unwrap();
        let replayed = response.headers().contains_key("idempotent-replayed");
        (response.status().as_u16(), response.json().await.unwrap(), replayed)
    }
}

const GOOD: [(&str, &str); 2] = [("card", "4242 4242 4242 4242"), ("outcome", "pay")];
const DECLINED: [(&str, &str); 2] = [("card", "4000 0000 0000 0002"), ("outcome", "pay")];

#[actix_web::test]
async fn a_payment_arrives_as_a_signed_event_and_as_a_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::start(folder.path()).await;
    world.start_sender();
    let request = world.request("checkout:1", 4_999);
    let checkout = world.gateway.open_checkout(&request).await.unwrap();
    assert_eq!(world.gateway.find_checkout(&checkout.id).await.unwrap(), Some(CheckoutState::Open));

    let page = reqwest::get(&checkout.pay_url).await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    let text = page.text().await.unwrap();
    assert!(
        text.contains("Noc nad Wisłą 🌙") && text.contains("EUR 49.99") && text.contains("No real money"),
        "{text}"
    );

    let (status, _, text) = world.submit(&checkout.pay_url, &DECLINED).await;
    assert_eq!(status, 402);
    assert!(text.contains("declined"), "{text}");
    assert_eq!(world.gateway.find_checkout(&checkout.id).await.unwrap(), Some(CheckoutState::Open));

    // Two clicks at once, and a third afterwards.
    let (first, second) = tokio::join!(world.submit(&checkout.pay_url, &GOOD), world.submit(&checkout.pay_url, &GOOD));
    let third = world.submit(&checkout.pay_url, &GOOD).await;
    for (status, location, _) in [first, second, third] {
        assert_eq!((status, location.as_deref()), (303, Some(request.success_url.as_str())));
    }
    let payment = world.payment(&checkout.id).await;
    let euro = |minor| Money::new(minor, Currency::EUR);
    assert_eq!((payment.captured, payment.fee), (euro(4_999), euro(95)));

    let hook = world.hook().await;
    let event = world.gateway.read_event(hook.signature.as_deref(), &hook.body, world.env.now()).unwrap();
    assert_eq!((event.kind.as_str(), event.order), ("checkout.session.completed", Some(request.order)));
    assert_eq!(event.checkout.as_deref(), Some(checkout.id.as_str()));
    assert!(world.hooks.try_recv().is_err(), "one payment, one event");

    let bad = world.gateway.read_event(hook.signature.as_deref(), &hook.body[1..], world.env.now());
    assert_eq!(bad, Err(EventError::BadSignature));
    let stale = world.env.now() + chrono::Duration::seconds(301);
    assert_eq!(world.gateway.read_event(hook.signature.as_deref(), &hook.body, stale), Err(EventError::Stale));
    world.stop().await;
}

#[actix_web::test]
async fn a_refused_event_is_sent_again_until_it_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::start(folder.path()).await;
    world.receiver.refusals_left.store(2, Ordering::SeqCst);
    let checkout = world.gateway.open_checkout(&world.request("checkout:1", 100)).await.unwrap();
    world.submit(&checkout.pay_url, &GOOD).await;
    world.start_sender();
    // The clock stands still, so each wait ends only when it is moved on: a little at a time, until the event is taken.
    let moved_on = async {
        loop {
            world.clock.advance(chrono::Duration::milliseconds(10));
            world.gateway.find_checkout(&checkout.id).await.unwrap();
            if let Ok(hook) = world.hooks.try_recv() {
                return hook;
            }
        }
    };
    let hook = tokio::time::timeout(Duration::from_secs(20), moved_on).await.expect("a webhook comes");
    assert_eq!(world.receiver.refusals_left.load(Ordering::SeqCst), 0);
    assert!(world.gateway.read_event(hook.signature.as_deref(), &hook.body, world.env.now()).is_ok());
    world.stop().await;
}

#[actix_web::test]
async fn the_same_key_opens_one_checkout_and_refunds_once() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let request = world.request("checkout:1", 4_999);
    let checkout = world.gateway.open_checkout(&request).await.unwrap();
    assert_eq!(world.gateway.open_checkout(&request).await.unwrap(), checkout);
    let changed = CheckoutRequest { reference: "LL-OTHER".into(), ..request.clone() };
    let refused = world.gateway.open_checkout(&changed).await.unwrap_err();
    assert!(!refused.is_transient(), "{refused:?}");

    world.submit(&checkout.pay_url, &GOOD).await;
    let payment = world.payment(&checkout.id).await.id;
    let http = reqwest::Client::new();
    let refunds = format!("{}/sandbox/v1/refunds", world.url);
    let refund = |amount: &str, key: &str| {
        let form = [("payment_intent", payment.clone()), ("amount", amount.to_owned())];
        http.post(&refunds).header("Idempotency-Key", key).form(&form)
    };
    let (status, first, _) = world.api(refund("1000", "a")).await;
    assert_eq!((status, first["amount"].as_i64()), (200, Some(1_000)));
    let (_, again, replayed) = world.api(refund("1000", "a")).await;
    assert!(replayed && again == first);
    let (status, too_much, _) = world.api(refund("4000", "b")).await;
    assert_eq!((status, too_much["error"]["param"].as_str()), (400, Some("amount")));
    let rest = Money::new(3_999, Currency::EUR);
    world.gateway.refund(&payment, rest, &world.key("refund:1")).await.unwrap();
    world.gateway.refund(&payment, rest, &world.key("refund:1")).await.unwrap();
    let nothing_left = world.gateway.refund(&payment, rest, &world.key("refund:2")).await.unwrap_err();
    assert!(!nothing_left.is_transient());

    let intent = format!("{}/sandbox/v1/payment_intents/{payment}", world.url);
    let expanded = format!("{intent}?expand[]=latest_charge.balance_transaction");
    let (_, expanded, _) = world.api(http.get(expanded)).await;
    let charge = &expanded["latest_charge"];
    assert_eq!(charge["amount_refunded"].as_i64(), Some(4_999));
    assert_eq!(charge["balance_transaction"]["fee"].as_i64(), Some(95));
    assert_eq!(charge["balance_transaction"]["net"].as_i64(), Some(4_904));
    assert_eq!(expanded["metadata"]["order"], request.order.to_string());
    let (_, plain, _) = world.api(http.get(intent)).await;
    assert!(plain["latest_charge"].as_str().unwrap().starts_with("ch_"));
    world.stop().await;
}

#[actix_web::test]
async fn a_restart_loses_neither_payment_nor_event_nor_key() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let request = world.request("checkout:1", 4_999);
    let checkout = world.gateway.open_checkout(&request).await.unwrap();
    world.submit(&checkout.pay_url, &GOOD).await;
    // Nothing was sent: its sender never ran.
    let clock = world.stop().await;

    let mut world = World::start_at(folder.path(), clock).await;
    world.start_sender();
    let hook = world.hook().await;
    let event = world.gateway.read_event(hook.signature.as_deref(), &hook.body, world.env.now()).unwrap();
    assert_eq!(event.order, Some(request.order));
    assert_eq!(world.gateway.open_checkout(&request).await.unwrap().id, checkout.id);
    assert_eq!(world.payment(&checkout.id).await.order, Some(request.order));
    world.stop().await;
}

#[actix_web::test]
async fn a_checkout_closes_when_its_time_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::start(folder.path()).await;
    let request = world.request("checkout:1", 4_999);
    let checkout = world.gateway.open_checkout(&request).await.unwrap();
    let (status, location, _) = world.submit(&checkout.pay_url, &[("outcome", "cancel")]).await;
    assert_eq!((status, location.as_deref()), (303, Some(request.cancel_url.as_str())));
    world.clock.advance(chrono::Duration::hours(1));
    let (status, _, text) = world.submit(&checkout.pay_url, &GOOD).await;
    assert_eq!(status, 410);
    assert!(text.contains("expired") && text.contains(&request.cancel_url), "{text}");
    assert_eq!(world.gateway.find_checkout(&checkout.id).await.unwrap(), Some(CheckoutState::Expired));
    world.start_sender();
    let hook = world.hook().await;
    let event = world.gateway.read_event(hook.signature.as_deref(), &hook.body, world.env.now()).unwrap();
    assert_eq!(event.kind, "checkout.session.expired");
    world.stop().await;
}

#[actix_web::test]
async fn bad_requests_are_refused_in_stripes_words() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let http = reqwest::Client::new();
    let sessions = format!("{}/sandbox/v1/checkout/sessions", world.url);
    let nobody = http.post(&sessions).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let live = http.get(format!("{sessions}/cs_test_1")).bearer_auth("sk_live_1").send().await.unwrap();
    assert_eq!(live.status(), 401);

    let good = [
        ("mode", "payment"),
        ("success_url", "https://shop.example/"),
        ("line_items[0][quantity]", "2"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "500"),
        ("line_items[0][price_data][product_data][name]", "<b>Beat</b>"),
    ];
    let (status, session, _) = world.api(http.post(&sessions).form(&good)).await;
    assert_eq!(
        (status, session["amount_total"].as_i64(), session["livemode"].as_bool()),
        (200, Some(1_000), Some(false))
    );
    let page = reqwest::get(session["url"].as_str().unwrap()).await.unwrap().text().await.unwrap();
    assert!(!page.contains("<b>Beat"), "{page}");
    for (field, value) in [
        ("mode", "subscription"),
        ("success_url", "javascript:alert(1)"),
        ("line_items[0][quantity]", "0"),
        ("line_items[0][price_data][currency]", "xau"),
        ("line_items[0][price_data][unit_amount]", "99999999999999999999"),
        ("line_items[0][price_data][unit_amount]", "-1"),
        ("line_items[0][price_data][unit_amount]", "99999999"),
        ("expires_at", "1"),
    ] {
        let form: Vec<_> = good.iter().filter(|(name, _)| *name != field).chain([&(field, value)]).copied().collect();
        let (status, body, _) = world.api(http.post(&sessions).form(&form)).await;
        assert_eq!((status, body["error"]["type"].as_str()), (400, Some("invalid_request_error")), "{field}={value}");
    }
    let (status, body, _) = world.api(http.get(format!("{sessions}/cs_test_nope"))).await;
    assert_eq!((status, body["error"]["code"].as_str()), (404, Some("resource_missing")));
    assert_eq!(world.gateway.find_checkout("cs_test_nope").await.unwrap(), None);
    assert_eq!(world.gateway.find_checkout("../refunds").await.unwrap(), None);
    let (status, _, text) = world.submit(&format!("{}/sandbox/pay/cs_test_nope", world.url), &GOOD).await;
    assert_eq!(status, 404);
    assert!(text.contains("no such checkout"), "{text}");
    let euro = Money::new(100, Currency::EUR);
    let unknown = world.gateway.refund("pi_unknown", euro, &world.key("refund:1")).await.unwrap_err();
    assert!(!unknown.is_transient());
    world.stop().await;
}
