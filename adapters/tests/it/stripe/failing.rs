//! Gateways that fail, hang, or are not there.

use std::{
    net::TcpListener,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use adapters::stripe::Patience;
use domain::ports::gateway::{DisputeEvidence, IdempotencyKey, PaymentGateway};

use super::{PATIENCE, client, driven};

/// A gateway that fails so many times and then knows nothing, with all keys that it was shown.
#[derive(Default)]
struct Flaky {
    failures_left: AtomicU32,
    status: u16,
    seen: Mutex<Vec<Option<String>>>,
}

async fn fail(flaky: web::Data<Flaky>, request: HttpRequest) -> HttpResponse {
    let key = request.headers().get("Idempotency-Key").map(|value| value.to_str().unwrap().to_owned());
    flaky.seen.lock().unwrap().push(key);
    let left = &flaky.failures_left;
    if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
        let gone = r#"{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such object"}}"#;
        return HttpResponse::NotFound().content_type("application/json").body(gone);
    }
    let status = actix_web::http::StatusCode::from_u16(flaky.status).unwrap();
    HttpResponse::build(status)
        .content_type("application/json")
        .body(r#"{"error":{"type":"api_error","message":"Try again."}}"#)
}

fn flaky(status: u16, failures: u32) -> (String, web::Data<Flaky>, actix_web::dev::ServerHandle) {
    let state = web::Data::new(Flaky { failures_left: AtomicU32::new(failures), status, ..Flaky::default() });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let shared = state.clone();
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).default_service(web::to(fail)))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    (url, state, handle)
}

#[actix_web::test]
async fn a_gateway_that_fails_is_asked_again_with_the_same_key_and_not_for_ever() {
    let (env, _) = driven();
    let evidence = DisputeEvidence {
        customer_name: "Grzegorz".into(),
        customer_email: "grzegorz@example.org".parse().unwrap(),
        customer_ip: Some("192.0.2.1".into()),
        product_description: "A licence".into(),
        access_log: String::new(),
        statement: String::new(),
    };
    let key = IdempotencyKey { value: "dispute:1".into(), since: env.now() };
    for (status, failures, asked) in [(500, 2, 3), (503, 9, 3), (429, 1, 2), (409, 1, 2), (400, 1, 1)] {
        let (url, state, server) = flaky(status, failures);
        let failed = client(&url, &env).answer_dispute("du_1", &evidence, &key).await.unwrap_err();
        let seen = state.seen.lock().unwrap().clone();
        assert_eq!(seen, vec![Some("dispute:1".to_owned()); asked], "{status}");
        assert_eq!(failed.is_transient(), failures >= 3, "{status}: {failed:?}");
        server.stop(false).await;
    }
    // Found out to be unknown, after one failure.
    let (url, _, server) = flaky(502, 1);
    assert_eq!(client(&url, &env).find_payment("pi_1").await.unwrap(), None);
    server.stop(false).await;
}

#[actix_web::test]
async fn a_gateway_that_hangs_holds_nobody() {
    let (env, _) = driven();
    // Connections are taken by the system, and never answered.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    let soon = Duration::from_millis(200);
    for patience in [Patience { attempt: soon, ..PATIENCE }, Patience { in_all: soon, ..PATIENCE }] {
        let gateway = client(&url, &env).with_patience(patience);
        let asked = gateway.find_payment("pi_1");
        let failed = tokio::time::timeout(Duration::from_secs(5), asked).await.expect("it gives up").unwrap_err();
        assert!(failed.is_transient(), "{failed:?}");
        // Asked once: a gateway that hangs is not asked again at once.
        assert!(listener.accept().is_ok(), "{patience:?}");
        assert!(listener.accept().is_err(), "{patience:?}");
    }
}

#[actix_web::test]
async fn a_gateway_that_is_not_there_is_a_failure_that_may_pass() {
    let (env, _) = driven();
    let failed = client("http://127.0.0.1:9", &env).find_checkout("cs_test_1").await.unwrap_err();
    assert!(failed.is_transient(), "{failed:?}");
}
