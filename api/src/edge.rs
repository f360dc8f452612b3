//! What accompanies every request: its id, a span for the log, the security headers of its answer, its place in the metrics.

use std::{sync::Arc, time::Instant};

use actix_web::{
    Error, HttpMessage, HttpRequest, Route,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    guard,
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::{self, Data},
};
use domain::{
    reach::{Reach, reach},
    services::Services,
};
use tracing::{Instrument, field::Empty};

use crate::{errors::Problem, hosts, state::ApiState};

/// A route of what is looked at: whoever asks with `HEAD` whether it is there, as mail programs, previews and monitors do, is answered as with
/// `GET`; the server sends no body then.
pub(crate) fn look() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// Whether a proxy has passed a request on, and says so.
pub(crate) fn was_passed_on(request: &HttpRequest) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| request.headers().contains_key(*name))
}

/// Whether a request comes from this machine or a network of its own, and from nobody whom a proxy stands before: what watches over the program is told to
/// nobody else.
pub(crate) fn is_from_inside(request: &HttpRequest) -> bool {
    let is_near = request.peer_addr().is_some_and(|peer| reach(peer.ip()) == Reach::Private);
    is_near && !was_passed_on(request)
}

/// The id of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// Scripts, styles and frames from nowhere but here, nothing inline. A page that needs more, or may be framed, sets its own policy, which stays.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// For installations that are reached over TLS: for a year no browser comes by another way, nor to what lies below this host.
const OVER_TLS: (&str, &str) = ("strict-transport-security", "max-age=31536000; includeSubDomains");

/// The same at a studio's own domain: what lies below that is not ours.
const OVER_TLS_AT_HOME: (&str, &str) = ("strict-transport-security", "max-age=31536000");

pub(crate) async fn accompany<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let began = Instant::now();
    let state = request.app_data::<Data<ApiState>>().cloned();
    let id: Arc<str> = match &state {
        Some(state) => hex::encode(state.services.env.random::<12>()).into(),
        None => Arc::from("unnamed"),
    };
    request.extensions_mut().insert(RequestId(id.clone()));
    let led = match &state {
        Some(state) => hosts::lead(&mut request, state).await,
        None => Ok(()),
    };
    let is_at_home = request.extensions().get::<Services>().is_some();
    let method = request.method().clone();
    // The pattern, never the path: many a path is the key to what it leads to.
    let route = request.match_pattern();
    let route_or_none = route.as_deref().unwrap_or("none");
    let span = tracing::info_span!("request", id = %id, %method, route = route_or_none, status = Empty);
    let mut response = match led {
        Ok(()) => next.call(request).instrument(span.clone()).await?.map_into_left_body(),
        Err(error) => request.error_response(span.in_scope(|| Problem::from(error))).map_into_right_body(),
    };
    let took = began.elapsed();
    let over_tls = state.as_ref().is_some_and(|state| state.services.public_url.starts_with("https://"));
    let over_tls = over_tls.then_some(if is_at_home { OVER_TLS_AT_HOME } else { OVER_TLS });
    add_headers(response.headers_mut(), &id, over_tls);
    if let Some(store) = state.as_ref().and_then(|state| state.services.files.presigned_origin()) {
        let_fetch(response.headers_mut(), store);
    }
    if let Some(state) = state {
        state.metrics.request(&method, route.as_deref(), response.status(), took);
    }
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, took_ms = took.as_millis(), "answered"));
    // After the line, which would say it twice: it is for traces.
    span.record("status", status);
    Ok(response)
}

fn add_headers(headers: &mut HeaderMap, id: &str, over_tls: Option<(&'static str, &'static str)>) {
    // A page whose policy lets any site frame it says so in the older header by leaving that out.
    let policy = headers.get("content-security-policy").and_then(|policy| policy.to_str().ok()).unwrap_or_default();
    let is_framed = policy.contains("frame-ancestors *");
    for (name, value) in HEADERS.into_iter().chain(over_tls) {
        let is_left_out = is_framed && name == "x-frame-options";
        if !headers.contains_key(name) && !is_left_out {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

/// Lets a page's scripts fetch from another origin, too, where the page runs any: a download that is checked may be led to the store, and so may an upload.
fn let_fetch(headers: &mut HeaderMap, origin: &str) {
    let policy = headers.get("content-security-policy").and_then(|policy| policy.to_str().ok()).unwrap_or_default();
    if !policy.contains("script-src 'self'") {
        return;
    }
    if let Ok(value) = HeaderValue::try_from(format!("{policy}; connect-src 'self' {origin}")) {
        headers.insert(HeaderName::from_static("content-security-policy"), value);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Mutex, PoisonError},
    };

    use actix_web::{
        App, HttpResponse,
        http::header::{HeaderMap, HeaderName, HeaderValue},
        middleware::from_fn,
        test, web,
    };

    use super::{CONTENT_SECURITY_POLICY, accompany, is_from_inside, let_fetch};

    static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

    struct Log;

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            LOG.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[actix_web::test]
    async fn a_page_with_scripts_alone_may_fetch_from_the_store() {
        for (policy, may) in [(CONTENT_SECURITY_POLICY, true), ("default-src 'none'; style-src 'self'", false)] {
            let mut headers = HeaderMap::new();
            let name = HeaderName::from_static("content-security-policy");
            headers.insert(name.clone(), HeaderValue::from_static(policy));
            let_fetch(&mut headers, "https://s3.example");
            let sent = headers.get(name).unwrap().to_str().unwrap();
            assert!(sent.starts_with(policy), "{sent}");
            assert_eq!(sent.ends_with("; connect-src 'self' https://s3.example"), may, "{sent}");
        }
    }

    #[actix_web::test]
    async fn the_inside_is_this_machine_and_its_network() {
        let from = |peer: &str| test::TestRequest::get().peer_addr(peer.parse().unwrap());
        for near in ["127.0.0.1:4711", "10.1.2.3:4711", "[::1]:4711", "[fd00::1]:4711", "[::ffff:172.18.0.5]:4711"] {
            assert!(is_from_inside(&from(near).to_http_request()), "{near}");
            for header in ["forwarded", "x-forwarded-for", "x-real-ip"] {
                let passed_on = from(near).insert_header((header, "10.1.2.3"));
                assert!(!is_from_inside(&passed_on.to_http_request()), "{near}: {header}");
            }
        }
        for far in ["8.8.8.8:4711", "[2606:4700:4700::1111]:4711", "169.254.1.1:4711"] {
            assert!(!is_from_inside(&from(far).to_http_request()), "{far}");
        }
        assert!(!is_from_inside(&test::TestRequest::get().to_http_request()), "from nowhere that is known");
    }

    #[actix_web::test]
    async fn the_log_names_the_route_and_never_the_token_in_a_path() {
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let app = App::new()
            .wrap(from_fn(accompany))
            .route("/agreement/{token}", web::get().to(|| async { HttpResponse::Ok().finish() }));
        let app = test::init_service(app).await;
        for path in ["/agreement/agreement.signer_1.0.00ff", "/nowhere/agreement.signer_1.0.00ff"] {
            test::call_service(&app, test::TestRequest::get().uri(path).to_request()).await;
        }
        let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
        assert!(log.contains("/agreement/{token}") && log.contains("route=\"none\""), "{log}");
        assert!(!log.contains("signer_1"), "{log}");
    }
}
