//! Traces: each request to a server, and each attempt at a job, as a span that is sent to a collector of OpenTelemetry, by OTLP over HTTP.
//!
//! What a span says is taken from the fields that the log has of the same span, and from nothing else; lines of the log are not sent. A trace bears the id of
//! the request that it begins with, so that it is found by `X-Request-Id`, and what that request has put into the outbox stands below it, whichever process
//! works it off, and however often.
//!
//! Nobody waits for a collector: spans go into a queue of fixed length, from which a thread of OpenTelemetry's sends them, and what finds no room there, or
//! nobody to take it, is lost.

use std::{
    cell::Cell,
    error::Error,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use domain::env::Env;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector as Tcp},
    rt::TokioExecutor,
};
use opentelemetry::{
    Context, KeyValue,
    trace::{
        Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
        TraceState, Tracer, TracerProvider,
    },
};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{IdGenerator, Sampler, SdkTracer, SdkTracerProvider, Span},
};
use tokio::runtime::Handle;
use tracing::{Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

/// Where a collector takes traces, below its address.
const PATH: &str = "/v1/traces";

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a collector may take over one request, and for how long a batch that it puts off is tried again: no try begins later, so that it takes twice as long
/// at the most.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long what is left may take at the end.
const GRACE: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes.
const MOST_ANSWER: usize = 65_536;

/// The span of a request, and the room that makes it.
const REQUEST: (&str, &str) = ("api", "request");
/// The span of an attempt at a job, and the room that makes it.
const ATTEMPT: (&str, &str) = ("adapters", "attempt");

/// The methods that OpenTelemetry knows. Callers may make up others, which are not repeated.
const METHODS: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/// The collector cannot be spoken to as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("traces cannot be sent")]
pub struct TracesError(#[source] ExporterBuildError);

/// What makes traces and sends them.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Makes what sends traces to a collector, of a process that runs this command. What it is to be shown, such as a token, is taken from
    /// `OTEL_EXPORTER_OTLP_HEADERS`; the size and the rhythm of batches from OpenTelemetry's other variables.
    pub fn start(collector: &str, command: &'static str, env: Env, runtime: Handle) -> Result<Self, TracesError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(runtime))
            .with_endpoint(format!("{}{PATH}", collector.trim_end_matches('/')))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .build()
            .map_err(TracesError)?;
        let process = [
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", hex::encode(env.random::<16>())),
            KeyValue::new("ledgerline.command", command),
        ];
        let resource = Resource::builder().with_service_name("ledgerline").with_attributes(process).build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_id_generator(Ids(env))
            // Which of them are kept is for the collector to say, which sees whole traces.
            .with_sampler(Sampler::AlwaysOn)
            .with_batch_exporter(exporter)
            .build();
        Ok(Self { provider })
    }

    /// What takes the spans, beside the log. It sees requests and attempts from `info` on, whatever the log shows.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(Namer(self.provider.tracer("ledgerline")))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // A span is made as it ends, when all of its fields are known.
            .with_context_activation(false)
            .with_filter(filter_fn(is_told).with_max_level_hint(LevelFilter::INFO))
    }

    /// Sends what is left, for as long as [`GRACE`] lasts.
    pub async fn end(self) {
        // It waits for a thread, as a thread does.
        let ended = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(GRACE)).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(error = &error as &dyn Error, "the last traces may not have been sent");
        }
    }
}

/// Whether something is a span that is sent.
fn is_told(metadata: &Metadata<'_>) -> bool {
    let room = metadata.target().split("::").next().unwrap_or_default();
    metadata.is_span() && [REQUEST, ATTEMPT].contains(&(room, metadata.name()))
}

/// What carries the batches: the HTTP client and the TLS that the store's requests go by. The thread that sends batches is none of the runtime's, and such
/// clients work nowhere else: so each request is a task of the runtime, for which that thread waits.
#[derive(Debug)]
struct Collector {
    client: Client<HttpsConnector<Tcp>, Full<Bytes>>,
    runtime: Handle,
    /// Whether it did not take the last batch, which the log says once.
    is_away: AtomicBool,
}

impl Collector {
    fn new(runtime: Handle) -> Self {
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let schemes = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http();
        let client = Client::builder(TokioExecutor::new()).build(schemes.enable_http1().wrap_connector(tcp));
        Self { client, runtime, is_away: AtomicBool::new(false) }
    }

    /// Says that batches are lost, or arrive again.
    fn tell(&self, outcome: &Result<Response<Bytes>, HttpError>) {
        let is_taken = matches!(outcome, Ok(answer) if answer.status().is_success());
        if self.is_away.swap(!is_taken, Ordering::Relaxed) != is_taken {
            return;
        }
        match outcome {
            Ok(_) if is_taken => tracing::info!("the collector takes traces again"),
            Ok(answer) => {
                tracing::warn!(status = answer.status().as_u16(), "the collector takes no traces; they are lost");
            }
            Err(error) => {
                let error: &(dyn Error + 'static) = &**error;
                tracing::warn!(error, "the collector takes no traces; they are lost");
            }
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (client, request) = (self.client.clone(), request.map(Full::new));
        let asked = async move {
            let (head, body) = client.request(request).await?.into_parts();
            let body = Limited::new(body, MOST_ANSWER).collect().await?.to_bytes();
            Ok::<_, HttpError>(Response::from_parts(head, body))
        };
        // The clock that it goes by is the runtime's, too.
        let asked = self.runtime.spawn(async move { tokio::time::timeout(PATIENCE, asked).await });
        // It is cancelled only when the runtime itself ends.
        let outcome = asked.await?.unwrap_or_else(|late| Err(late.into()));
        self.tell(&outcome);
        outcome
    }
}

/// Where a request's span stands: its trace bears the request's id, with zeros before it, and it the end of the same. So whoever knows the id knows both, and a
/// job's row need keep no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    trace: TraceId,
    span: SpanId,
}

impl Place {
    /// The place of a request with this id; none if it is no id of ours.
    fn of(request: &str) -> Option<Self> {
        let id: [u8; 12] = hex::decode(request).ok()?.try_into().ok()?;
        let (mut trace, mut span) = ([0; 16], [0; 8]);
        trace[4..].copy_from_slice(&id);
        span.copy_from_slice(&id[4..]);
        let place = Self { trace: TraceId::from_bytes(trace), span: SpanId::from_bytes(span) };
        (place.span != SpanId::INVALID).then_some(place)
    }

    /// What stands below it.
    fn below(self) -> Context {
        let span = SpanContext::new(self.trace, self.span, TraceFlags::SAMPLED, true, TraceState::default());
        Context::new().with_remote_span_context(span)
    }
}

thread_local! {
    /// The place of the span that is being made on this thread, if it is a request's.
    static PLACE: Cell<Option<Place>> = const { Cell::new(None) };
}

/// Ids of spans, and of traces that no request has begun.
#[derive(Debug)]
struct Ids(Env);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        PLACE.get().map_or_else(|| TraceId::from_bytes(self.0.random()), |place| place.trace)
    }

    fn new_span_id(&self) -> SpanId {
        PLACE.get().map_or_else(|| SpanId::from_bytes(self.0.random()), |place| place.span)
    }
}

/// Says of a span, in OpenTelemetry's words, what its fields say in ours.
struct Namer(SdkTracer);

impl Tracer for Namer {
    type Span = Span;

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> Span {
        let fields = Fields(builder.attributes.take().unwrap_or_default());
        if builder.name == REQUEST.1 {
            let told = fields.request();
            PLACE.set(fields.text("id").and_then(|id| Place::of(&id)));
            let span = told.made(&self.0, builder, parent);
            PLACE.set(None);
            span
        } else {
            let above = fields.text("request").and_then(|id| Place::of(&id)).map(Place::below);
            fields.attempt().made(&self.0, builder, above.as_ref().unwrap_or(parent))
        }
    }
}

/// What is said of a span.
struct Told {
    name: String,
    kind: SpanKind,
    attributes: Vec<KeyValue>,
    has_failed: bool,
}

impl Told {
    fn made(self, tracer: &SdkTracer, builder: SpanBuilder, parent: &Context) -> Span {
        let builder = SpanBuilder {
            name: self.name.into(),
            span_kind: Some(self.kind),
            attributes: Some(self.attributes),
            ..builder
        };
        let mut span = tracer.build_with_context(builder, parent);
        if self.has_failed {
            span.set_status(Status::error(""));
        }
        span
    }
}

/// The fields of a span, as the log has them.
struct Fields(Vec<KeyValue>);

impl Fields {
    /// The last that was said of a field.
    fn text(&self, name: &str) -> Option<String> {
        let found = self.0.iter().rev().find(|field| field.key.as_str() == name)?;
        Some(found.value.as_str().into_owned())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    /// By the conventions for servers of HTTP.
    fn request(&self) -> Told {
        let asked = self.text("method").unwrap_or_default();
        let method = METHODS.into_iter().find(|method| *method == asked);
        let route = self.text("route").filter(|route| route != "none");
        let status = self.number("status");
        let has_failed = status.is_some_and(|status| status >= 500);
        let word = method.unwrap_or("HTTP");
        let name = route.as_ref().map_or_else(|| word.to_owned(), |route| format!("{word} {route}"));

        let mut attributes = vec![KeyValue::new("http.request.method", method.unwrap_or("_OTHER"))];
        attributes.extend(route.map(|route| KeyValue::new("http.route", route)));
        attributes.extend(status.map(|status| KeyValue::new("http.response.status_code", status)));
        attributes.extend(status.filter(|_| has_failed).map(|status| KeyValue::new("error.type", status.to_string())));
        attributes.extend(self.text("id").map(|id| KeyValue::new("ledgerline.request.id", id)));
        Told { name, kind: SpanKind::Server, attributes, has_failed }
    }

    fn attempt(&self) -> Told {
        let kind = self.text("kind").unwrap_or_default();
        let name = format!("job {kind}");
        let outcome = self.text("outcome");
        let failure = outcome.clone().filter(|outcome| matches!(outcome.as_str(), "failed" | "given_up"));
        let has_failed = failure.is_some();

        let mut attributes = vec![KeyValue::new("ledgerline.job.kind", kind)];
        attributes.extend(self.text("job").map(|id| KeyValue::new("ledgerline.job.id", id)));
        attributes.extend(self.number("number").map(|number| KeyValue::new("ledgerline.job.attempt", number)));
        attributes.extend(outcome.map(|outcome| KeyValue::new("ledgerline.job.outcome", outcome)));
        attributes.extend(failure.map(|failure| KeyValue::new("error.type", failure)));
        attributes.extend(self.text("request").map(|id| KeyValue::new("ledgerline.request.id", id)));
        Told { name, kind: SpanKind::Consumer, attributes, has_failed }
    }
}
