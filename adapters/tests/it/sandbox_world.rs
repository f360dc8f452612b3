//! A running sandbox gateway, and what a test does with it.

use std::{net::TcpListener, path::Path, sync::Arc, time::Duration};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use adapters::sandbox::{SIGNATURE_HEADER, SandboxConfig, SandboxKeys, SandboxServer};
use chrono::{DateTime, Utc};
use domain::{
    env::{Clock, Env, SystemEntropy, testing::ManualClock},
    links::LinkKey,
};
use serde_json::Value;
use tokio::sync::mpsc;

/// How long a test waits for something that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// An event as it came in: signature and body.
pub(crate) type Hook = (String, Vec<u8>);

async fn take(taken: web::Data<mpsc::UnboundedSender<Hook>>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let signature = request.headers().get(SIGNATURE_HEADER).unwrap().to_str().unwrap().to_owned();
    taken.send((signature, body.to_vec())).unwrap();
    HttpResponse::Ok().finish()
}

/// A running sandbox and a plain HTTP client.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) keys: SandboxKeys,
    pub(crate) env: Env,
    pub(crate) http: reqwest::Client,
    pub(crate) hooks: mpsc::UnboundedReceiver<Hook>,
    sandbox: SandboxServer,
    server: actix_web::dev::ServerHandle,
}

impl World {
    pub(crate) async fn start(folder: &Path) -> Self {
        let clock = ManualClock::at(DateTime::<Utc>::from_timestamp(1_795_000_000, 0).unwrap());
        Self::start_at(folder, Arc::new(clock)).await
    }

    pub(crate) async fn start_at(folder: &Path, clock: Arc<dyn Clock>) -> Self {
        Self::start_with(folder, clock, None).await
    }

    /// A sandbox that is reached under another address, as behind a proxy.
    pub(crate) async fn start_with(folder: &Path, clock: Arc<dyn Clock>, public_url: Option<&str>) -> Self {
        let env = Env::new(clock, Arc::new(SystemEntropy));
        let keys = SandboxKeys::derive(&LinkKey::new([7; 32]));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = SandboxConfig {
            database_url: format!("sqlite:{}", folder.join("sandbox.db").display()),
            public_url: public_url.map_or_else(|| url.clone(), str::to_owned),
            webhook_url: format!("{url}/hook"),
            keys: keys.clone(),
            first_retry_ms: 1,
        };
        let sandbox = SandboxServer::open(config, env.clone()).await.unwrap();
        let (taken, hooks) = mpsc::unbounded_channel();
        let mounted = sandbox.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(taken.clone()))
                .configure(|app| mounted.configure(app))
                .route("/hook", web::post().to(take))
        })
        .workers(2)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { url, keys, env, http, hooks, sandbox, server: handle }
    }

    pub(crate) fn start_sender(&self) {
        let sandbox = self.sandbox.clone();
        tokio::spawn(async move { sandbox.run_sender(std::future::pending()).await });
    }

    pub(crate) async fn answer(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = request.bearer_auth(self.keys.secret_key()).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, object) = self.answer(self.http.get(format!("{}/sandbox/v1/{path}", self.url))).await;
        assert_eq!(status, 200, "{path}: {object}");
        object
    }

    pub(crate) async fn try_post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        self.answer(self.http.post(format!("{}/sandbox/v1/{path}", self.url)).form(form)).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let (status, object) = self.try_post(path, form).await;
        assert_eq!(status, 200, "{path} {form:?}: {object}");
        object
    }

    /// The code of a refusal, and its status.
    pub(crate) async fn refused(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        let (status, object) = self.try_post(path, form).await;
        (status, object["error"]["code"].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) async fn control(&self, action: &str, form: &[(&str, &str)]) -> Value {
        let request = self.http.post(format!("{}/sandbox/control/{action}", self.url)).form(form);
        let response = request.header("Accept", "application/json").send().await.unwrap();
        let status = response.status().as_u16();
        let object: Value = response.json().await.unwrap();
        assert_eq!(status, 200, "{action} {form:?}: {object}");
        object
    }

    pub(crate) async fn checkout(&self, amount: &str, currency: &str, more: &[(&str, &str)]) -> Value {
        let mut form = vec![
            ("mode", "payment"),
            ("success_url", "https://shop.example/thanks"),
            ("cancel_url", "https://shop.example/cart"),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", currency),
            ("line_items[0][price_data][unit_amount]", amount),
            ("line_items[0][price_data][product_data][name]", "Night Bus"),
            ("metadata[order]", "order_1"),
            ("payment_intent_data[metadata][order]", "order_1"),
        ];
        form.extend_from_slice(more);
        self.post("checkout/sessions", &form).await
    }

    /// Sends the pay page's form; answers status and where it leads.
    pub(crate) async fn pay(&self, session: &Value, form: &[(&str, &str)]) -> (u16, String) {
        self.submit(&format!("/pay/{}", session["id"].as_str().unwrap()), form).await
    }

    pub(crate) async fn submit(&self, page: &str, form: &[(&str, &str)]) -> (u16, String) {
        let response = self.http.post(format!("{}/sandbox{page}", self.url)).form(form).send().await.unwrap();
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), location.unwrap_or_default())
    }

    /// A payment of euros, paid with a card; answers the payment intent's id.
    pub(crate) async fn paid(&self, amount: &str, card: &str, more: &[(&str, &str)]) -> String {
        let session = self.checkout(amount, "eur", more).await;
        let (status, _) = self.pay(&session, &[("card", card)]).await;
        assert_eq!(status, 303);
        let session = self.get(&format!("checkout/sessions/{}", session["id"].as_str().unwrap())).await;
        session["payment_intent"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn intent(&self, id: &str) -> Value {
        self.get(&format!("payment_intents/{id}?expand[]=latest_charge.balance_transaction")).await
    }

    /// The kinds of all events, oldest first.
    pub(crate) async fn kinds(&self) -> Vec<String> {
        let events = self.get("events?limit=100").await;
        let kinds = events["data"].as_array().unwrap().iter().rev();
        kinds.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn account(&self, state: &str) -> String {
        let account =
            self.post("accounts", &[("type", "express"), ("country", "DE"), ("email", "a@example.org")]).await;
        let id = account["id"].as_str().unwrap().to_owned();
        if state != "new" {
            self.control("account", &[("account", &id), ("state", state)]).await;
        }
        id
    }

    /// The next webhook, with the clock driven on until it comes.
    pub(crate) async fn hook_as_time_goes_on(&mut self) -> Hook {
        let began = std::time::Instant::now();
        while began.elapsed() < PATIENCE {
            if let Ok(hook) = tokio::time::timeout(Duration::from_millis(50), self.hooks.recv()).await {
                return hook.unwrap();
            }
            self.control("clock", &[("advance_s", "60")]).await;
        }
        panic!("no webhook came");
    }

    pub(crate) async fn stop(self) {
        self.server.stop(false).await;
    }
}

/// The card that is paid.
pub(crate) const GOOD: &str = "4242 4242 4242 4242";
/// Held first, and captured later.
pub(crate) const MANUAL: [(&str, &str); 1] = [("payment_intent_data[capture_method]", "manual")];
