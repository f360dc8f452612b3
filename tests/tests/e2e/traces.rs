//! Traces of the running program, as a collector gets them that listens on the loopback address.

use std::{
    net::TcpListener,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, http::StatusCode, web};
use cli::client::until;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind},
};
use prost::Message;
use serde_json::json;

use crate::{
    postgres::{self, drop_database, made},
    program::{Server, Worker, free_port},
    request,
    shop::base,
};

/// How long something may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long the program may take to end: requests are finished, and traces sent, each for a while.
const END: Duration = Duration::from_secs(30);

const EMAIL: &str = "nobody.elses@traces.example";
const PASSWORD: &str = "a sentence that no span repeats";
const NAME: &str = "Ottoline Tracewell";
const SECRET: &str = "order.0123456789abcdef.ffeeddccbbaa";

/// A collector: what it answers, and what it was sent.
struct Collector {
    answers: StatusCode,
    taken: Mutex<Vec<web::Bytes>>,
}

/// A span, with the attributes of the process that has sent it.
struct Sent {
    process: Vec<KeyValue>,
    span: Span,
}

async fn take(collector: web::Data<Collector>, body: web::Bytes) -> HttpResponse {
    collector.taken.lock().expect("nobody broke off").push(body);
    HttpResponse::build(collector.answers).finish()
}

impl Collector {
    /// Starts one that answers with this status; gives its address.
    fn start(answers: StatusCode) -> (Arc<Self>, String) {
        let collector = web::Data::new(Self { answers, taken: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = collector.clone();
        let app = move || {
            App::new()
                .app_data(shared.clone())
                .app_data(web::PayloadConfig::new(1 << 22))
                .route("/v1/traces", web::post().to(take))
        };
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).expect("it listens").run();
        tokio::spawn(server);
        (collector.into_inner(), address)
    }

    fn batches(&self) -> Vec<web::Bytes> {
        self.taken.lock().expect("nobody broke off").clone()
    }

    fn spans(&self) -> Vec<Sent> {
        let mut spans = Vec::new();
        for batch in self.batches() {
            let batch = ExportTraceServiceRequest::decode(batch).expect("a batch of traces");
            for resource in batch.resource_spans {
                let process = resource.resource.expect("a process").attributes;
                let of_it = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
                spans.extend(of_it.map(|span| Sent { process: process.clone(), span }));
            }
        }
        spans
    }
}

fn value(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{key}: {other:?}"),
    }
}

/// Signs somebody up, who is written a mail; gives the request's id.
async fn sign_up(base: &str) -> String {
    let query = "mutation($input: SignUpInput!) { signUp(input: $input) { userErrors { message } } }";
    let input = json!({ "name": NAME, "email": EMAIL, "password": PASSWORD, "studioName": "Traced" });
    let answer = request::graphql(base, "", query, json!({ "input": input })).await.expect("an answer");
    assert_eq!(answer.json().expect("JSON")["data"]["signUp"]["userErrors"], json!([]));
    answer.headers("x-request-id").concat()
}

fn log(data: &Path) -> String {
    std::fs::read_to_string(data.join("server.log")).expect("a log")
}

/// Tells the server to end, and waits until it has.
async fn ended(server: &mut Server) {
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(told.expect("kill runs").success());
    let status = server.died(END).await.expect("it ends in time");
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_and_its_job_stand_in_one_trace_and_say_nothing_of_anybody() {
    followed(&[]).await;
    let Some(server) = postgres::server() else { return };
    let url = made(&server, "traces").await;
    followed(&[("LEDGERLINE_DATABASE_URL", url.as_str())]).await;
    drop_database(&server, "traces").await;
}

/// A server answers, and a worker beside it writes the mail.
async fn followed(settings: &[(&str, &str)]) {
    let (collector, address) = Collector::start(StatusCode::OK);
    let data = tempfile::tempdir().expect("a data folder");
    let port = free_port();
    let base = &base(port);
    let traced = [("LEDGERLINE_OTLP_ENDPOINT", address.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    let settings = [settings, &traced].concat();
    let _server = Server::start_without_worker(data.path(), port, &settings);
    let _worker = Worker::start(data.path(), &settings);

    let id = sign_up(base).await;
    let query = "mutation($input: SignInInput!) { signIn(input: $input) { session { tokens { accessToken } } } }";
    let input = json!({ "email": EMAIL, "password": PASSWORD, "transport": "ANSWER" });
    let answer = request::graphql(base, "", query, json!({ "input": input })).await.expect("an answer");
    let answer = answer.json().expect("JSON");
    let token = answer["data"]["signIn"]["session"]["tokens"]["accessToken"].as_str().expect("a token").to_owned();
    let bearer = format!("Bearer {token}");
    // A caller's own trace is none of ours.
    let strange = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{strange}-00f067aa0ba902b7-01");
    let headers = [("Authorization", bearer.as_str()), ("traceparent", parent.as_str())];
    let looked = request::send("GET", &format!("{base}/orders/{SECRET}"), &headers, b"").await.expect("an answer");
    let last = looked.headers("x-request-id").concat();

    let of_request =
        |sent: &Sent, id: &str| value(&sent.span.attributes, "ledgerline.request.id").as_deref() == Some(id);
    let spans = until("the spans of both requests and of the job", PATIENCE, async || {
        let spans = collector.spans();
        let is_there =
            |id: &str, kind: SpanKind| spans.iter().any(|sent| sent.span.kind == kind as i32 && of_request(sent, id));
        let all =
            is_there(&id, SpanKind::Server) && is_there(&id, SpanKind::Consumer) && is_there(&last, SpanKind::Server);
        Ok(all.then_some(spans))
    });
    let spans = spans.await.expect("they are sent");

    let find = |id: &str, kind: SpanKind| {
        let found = spans.iter().find(|sent| sent.span.kind == kind as i32 && of_request(sent, id));
        found.expect("it was there")
    };
    let (asked, mailed, looked) =
        (find(&id, SpanKind::Server), find(&id, SpanKind::Consumer), find(&last, SpanKind::Server));
    for (sent, command) in [(asked, "serve"), (mailed, "worker")] {
        assert_eq!(value(&sent.process, "service.name").as_deref(), Some("ledgerline"));
        assert_eq!(value(&sent.process, "service.version").as_deref(), Some(env!("CARGO_PKG_VERSION")));
        assert_eq!(value(&sent.process, "ledgerline.command").as_deref(), Some(command));
    }
    let said = |sent: &Sent, key: &str| value(&sent.span.attributes, key).unwrap_or_default();
    assert_eq!(asked.span.name, "POST /graphql");
    assert_eq!(said(asked, "http.request.method"), "POST");
    assert_eq!(said(asked, "http.route"), "/graphql");
    assert_eq!(said(asked, "http.response.status_code"), "200");
    assert_eq!(mailed.span.name, "job mail_token");
    assert_eq!(said(mailed, "ledgerline.job.kind"), "mail_token");
    assert_eq!(said(mailed, "ledgerline.job.attempt"), "1");
    assert_eq!(said(mailed, "ledgerline.job.outcome"), "done");
    assert_eq!(hexadecimal(&asked.span.trace_id), format!("00000000{id}"), "it is found by the request's id");
    assert_eq!(
        (&mailed.span.trace_id, &mailed.span.parent_span_id),
        (&asked.span.trace_id, &asked.span.span_id),
        "the job stands below the request, in another process"
    );
    assert_eq!(hexadecimal(&looked.span.trace_id), format!("00000000{last}"));
    assert!(looked.span.parent_span_id.is_empty() && looked.span.links.is_empty());

    for batch in collector.batches() {
        for secret in [EMAIL, PASSWORD, NAME, SECRET, token.as_str(), "traces.example", strange] {
            assert!(!batch.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret} was sent");
        }
    }
    for Sent { span, .. } in &spans {
        assert!(span.events.is_empty(), "lines of the log stay there: {span:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_is_sent_at_the_end() {
    let (collector, address) = Collector::start(StatusCode::OK);
    let data = tempfile::tempdir().expect("a data folder");
    let port = free_port();
    // An hour between batches.
    let settings = [("LEDGERLINE_OTLP_ENDPOINT", address.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "3600000")];
    let mut server = Server::start(data.path(), port, &settings);
    let answer = request::send("GET", &format!("{}/health", base(port)), &[], b"").await.expect("an answer");
    assert_eq!((answer.status, collector.batches().len()), (200, 0));
    ended(&mut server).await;
    let names: Vec<String> = collector.spans().into_iter().map(|sent| sent.span.name).collect();
    assert!(names.iter().any(|name| name == "GET /health"), "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_hinders_nothing_and_is_told_of_once() {
    let (refusing, address) = Collector::start(StatusCode::BAD_REQUEST);
    // Nobody listens there.
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    for (endpoint, refusing) in [(address, Some(refusing)), (nowhere, None)] {
        let data = tempfile::tempdir().expect("a data folder");
        let port = free_port();
        let settings = [("LEDGERLINE_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
        let mut server = Server::start(data.path(), port, &settings);
        sign_up(&base(port)).await;
        let told = until("batches that are lost", PATIENCE, async || {
            let answer = request::send("GET", &format!("{}/health", base(port)), &[], b"").await?;
            assert_eq!(answer.status, 200);
            let are_many = refusing.as_ref().is_none_or(|collector| collector.batches().len() > 3);
            Ok((are_many && log(data.path()).contains("the collector takes no traces")).then_some(()))
        });
        told.await.expect("the log tells");
        ended(&mut server).await;
        assert_eq!(log(data.path()).matches("the collector takes no traces").count(), 1, "{}", log(data.path()));
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text takes all");
        text
    })
}
