//! `GET /metrics`: counters in the Prometheus text format, of this process alone.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode},
    web::{Data, ServiceConfig},
};
use domain::replica::Replica;

use crate::{
    edge::{is_from_inside, look},
    errors::Problem,
    replica::{self, Read},
    state::ApiState,
};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/metrics", look().to(metrics));
}

/// Upper bounds of the histogram of durations, in milliseconds.
const BOUNDS_MS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

#[derive(Debug, Default)]
struct Histogram {
    // One for each bound, and one for what is slower than all.
    counts: [u64; BOUNDS_MS.len() + 1],
    sum: Duration,
}

/// The counters of this process.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, String, u16), Histogram>>,
    graphql_errors: Mutex<BTreeMap<String, u64>>,
    reads: Mutex<BTreeMap<Read, u64>>,
}

impl Metrics {
    /// Counts an answered request. The route is its pattern, so that the number of series is bounded by the program's routes.
    pub(crate) fn request(&self, method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
        let known =
            [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];
        let method = if known.contains(method) { method.as_str() } else { "OTHER" };
        let key = (method.to_owned(), route.unwrap_or("none").to_owned(), status.as_u16());
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram = requests.entry(key).or_default();
        let bucket =
            BOUNDS_MS.iter().position(|bound| took <= Duration::from_millis(*bound)).unwrap_or(BOUNDS_MS.len());
        histogram.counts[bucket] += 1;
        histogram.sum += took;
    }

    /// Counts an error of a GraphQL answer by its code.
    pub(crate) fn graphql_error(&self, code: &str) {
        let mut errors = self.graphql_errors.lock().unwrap_or_else(PoisonError::into_inner);
        *errors.entry(code.to_owned()).or_default() += 1;
    }

    /// Counts a page that a replica could have given.
    pub(crate) fn read(&self, read: Read) {
        *self.reads.lock().unwrap_or_else(PoisonError::into_inner).entry(read).or_default() += 1;
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "# HELP ledgerline_http_request_duration_seconds Time from a request to its answer's head.\n\
             # TYPE ledgerline_http_request_duration_seconds histogram\n",
        );
        for ((method, route, status), histogram) in &*self.requests.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = format!("method=\"{method}\",route=\"{}\",status=\"{status}\"", escape(route));
            let name = "ledgerline_http_request_duration_seconds";
            let mut total = 0;
            for (index, count) in histogram.counts.iter().enumerate() {
                total += count;
                let bound = BOUNDS_MS
                    .get(index)
                    .map_or("+Inf".to_owned(), |ms| Duration::from_millis(*ms).as_secs_f64().to_string());
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {total}");
            }
            let _ = writeln!(text, "{name}_sum{{{labels}}} {}", histogram.sum.as_secs_f64());
            let _ = writeln!(text, "{name}_count{{{labels}}} {total}");
        }
        text.push_str("# HELP ledgerline_graphql_errors_total Errors in GraphQL answers by code.\n# TYPE ledgerline_graphql_errors_total counter\n");
        for (code, count) in &*self.graphql_errors.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = writeln!(text, "ledgerline_graphql_errors_total{{code=\"{}\"}} {count}", escape(code));
        }
        text.push_str("# HELP ledgerline_replica_reads_total Pages that a replica could give, by who was asked.\n# TYPE ledgerline_replica_reads_total counter\n");
        let reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        for read in Read::ALL {
            let count = reads.get(&read).copied().unwrap_or_default();
            let _ = writeln!(text, "ledgerline_replica_reads_total{{asked=\"{}\"}} {count}", read.word());
        }
        text
    }
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// The counters of this process in the Prometheus text format.
#[utoipa::path(
    get, path = "/metrics", tag = "operation",
    responses(
        (status = 200, description = "Prometheus text format 0.0.4", body = String, content_type = "text/plain"),
        (status = 404, description = "Whoever asks comes from outside", body = crate::errors::ProblemBody),
    ),
)]
pub async fn metrics(request: HttpRequest, state: Data<ApiState>) -> Result<HttpResponse, Problem> {
    if !is_from_inside(&request) {
        return Err(Problem::not_found());
    }
    let of_replica = request.app_data::<Data<Replica>>().map_or_else(String::new, |replica| replica::text(replica));
    Ok(HttpResponse::Ok()
        .insert_header(("Content-Type", "text/plain; version=0.0.4; charset=utf-8"))
        .body(state.metrics.text() + &of_replica))
}
