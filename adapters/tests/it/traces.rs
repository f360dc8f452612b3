//! Traces, as a collector on the loopback address gets them, one that refuses them, and one that never answers.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use adapters::traces::Traces;
use domain::env::Env;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind, status::StatusCode as SpanStatus},
};
use prost::Message;
use tokio::runtime::Handle;
use tracing::{field::Empty, info_span, subscriber::with_default};
use tracing_subscriber::{layer::SubscriberExt, registry};

const REQUEST: &str = "00112233445566778899aabb";

/// What it has been sent. Traces are sent at the end, or once there are many: no test waits for the next batch.
struct Collector {
    answers: StatusCode,
    taken: Mutex<Vec<(String, web::Bytes)>>,
}

async fn take(collector: web::Data<Collector>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let kind = request.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    collector.taken.lock().unwrap().push((kind, body));
    HttpResponse::build(collector.answers).finish()
}

impl Collector {
    /// Starts one that answers with this status; gives its address.
    fn start(answers: StatusCode) -> (Arc<Self>, String) {
        let collector = web::Data::new(Self { answers, taken: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = collector.clone();
        let app = move || {
            App::new()
                .app_data(shared.clone())
                .app_data(web::PayloadConfig::new(1 << 22))
                .route("/otlp/v1/traces", web::post().to(take))
        };
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
        tokio::spawn(server);
        (collector.into_inner(), format!("{address}/otlp/"))
    }

    fn spans(&self) -> Vec<Span> {
        let taken = self.taken.lock().unwrap();
        let batches = taken.iter().map(|(kind, body)| {
            assert_eq!(kind, "application/x-protobuf");
            ExportTraceServiceRequest::decode(body.clone()).unwrap()
        });
        let resources = batches.flat_map(|batch| batch.resource_spans);
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

fn start(address: &str) -> Traces {
    Traces::start(address, "serve", Env::system(), Handle::current()).unwrap()
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{key}: {other:?}"),
    }
}

fn is_error(span: &Span) -> bool {
    span.status.as_ref().is_some_and(|status| status.code == SpanStatus::Error as i32)
}

/// A request as servers have it in their log.
fn answer(id: &str, method: &str, route: &str, status: u16) {
    let span = info_span!(target: "api::edge", "request", id, method, route, status = Empty);
    span.in_scope(|| tracing::info!(target: "api::edge", secret = "hunter2", "answered"));
    span.record("status", status);
}

/// An attempt as workers have it in theirs.
fn attempt(request: Option<&str>, number: u32, outcome: &str) {
    let span = info_span!(
        target: "adapters::jobs::attempt",
        "attempt",
        job = "job_1",
        kind = "mail_token",
        number,
        request,
        outcome = Empty
    );
    span.record("outcome", outcome);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_are_named_as_open_telemetry_names_them_and_say_what_failed() {
    let (collector, address) = Collector::start(StatusCode::OK);
    let traces = start(&address);
    with_default(registry().with(traces.layer()), || {
        answer(REQUEST, "POST", "/graphql", 200);
        answer("ffeeddccbbaa998877665544", "BREW", "none", 503);
        attempt(Some(REQUEST), 1, "failed");
        attempt(Some(REQUEST), 2, "done");
        attempt(None, 1, "given_up");
        attempt(Some("unnamed"), 1, "done");
        // Others of the same name, and what nobody has asked for.
        drop(info_span!(target: "async_graphql::graphql", "request", source = "{ me { id } }"));
        drop(info_span!(target: "api::edge", "query"));
    });
    traces.end().await;

    let spans = collector.spans();
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    let job = "job mail_token";
    assert_eq!(names, ["POST /graphql", "HTTP", job, job, job, job]);
    let [request, odd, failed, done, buried, unnamed] = &spans[..] else { panic!("six spans") };

    let said = |span: &Span, key: &str| text(&span.attributes, key);
    assert_eq!((request.kind, is_error(request)), (SpanKind::Server as i32, false));
    assert_eq!(said(request, "http.request.method").as_deref(), Some("POST"));
    assert_eq!(said(request, "http.route").as_deref(), Some("/graphql"));
    assert_eq!(said(request, "http.response.status_code").as_deref(), Some("200"));
    assert_eq!(said(request, "ledgerline.request.id").as_deref(), Some(REQUEST));
    assert_eq!((said(request, "error.type"), request.events.len()), (None, 0));
    assert_eq!(said(odd, "http.request.method").as_deref(), Some("_OTHER"), "no word of a stranger's");
    assert_eq!((said(odd, "http.route"), said(odd, "error.type").as_deref()), (None, Some("503")));
    assert!(is_error(odd));

    // The request's id is its trace's, and what it has caused stands below it.
    assert_eq!(request.trace_id, [[0_u8; 4].as_slice(), bytes(REQUEST).as_slice()].concat());
    assert_eq!(request.parent_span_id, Vec::<u8>::new());
    for attempt in [failed, done] {
        assert_eq!((&attempt.trace_id, &attempt.parent_span_id), (&request.trace_id, &request.span_id));
        assert_eq!(attempt.kind, SpanKind::Consumer as i32);
        assert_eq!(said(attempt, "ledgerline.job.id").as_deref(), Some("job_1"));
        assert_eq!(said(attempt, "ledgerline.job.kind").as_deref(), Some("mail_token"));
    }
    assert_eq!((is_error(failed), is_error(done), is_error(buried)), (true, false, true));
    assert_eq!(said(failed, "error.type").as_deref(), Some("failed"));
    assert_eq!(said(done, "ledgerline.job.attempt").as_deref(), Some("2"));
    for alone in [odd, buried, unnamed] {
        assert_eq!(alone.parent_span_id, Vec::<u8>::new());
        assert_eq!(spans.iter().filter(|span| span.trace_id == alone.trace_id).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_refuses_or_never_answers_holds_nobody_up() {
    let (refusing, address) = Collector::start(StatusCode::BAD_REQUEST);
    let traces = start(&address);
    // More than the queue holds, by far: what finds no room is lost, and nobody waits.
    let begun = Instant::now();
    with_default(registry().with(traces.layer()), || {
        for _ in 0..20_000 {
            answer(REQUEST, "GET", "/", 200);
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    traces.end().await;
    assert!(!refusing.taken.lock().unwrap().is_empty());

    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let traces = start(&format!("http://{}", silent.local_addr().unwrap()));
    with_default(registry().with(traces.layer()), || answer(REQUEST, "GET", "/", 200));
    let begun = Instant::now();
    traces.end().await;
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    silent.set_nonblocking(true).unwrap();
    silent.accept().expect("it was asked");
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal).unwrap()
}
