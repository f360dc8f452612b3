//! What can be made to happen at the sandbox gateway, what it keeps across versions, and what Stripe's own client says of it.

use std::{process::Command, sync::Arc, time::Duration};

use adapters::sandbox::verify;
use domain::env::SystemClock;
use serde_json::Value;

use crate::sandbox_world::{GOOD, PATIENCE, World};

#[actix_web::test]
async fn the_interface_fails_and_hangs_as_often_as_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    world.control("faults", &[("fail", "1"), ("lose", "1"), ("hang", "1"), ("hang_ms", "50")]).await;
    let create = [("country", "DE")];
    let began = std::time::Instant::now();
    assert_eq!(world.try_post("accounts", &create).await.0, 200, "it hangs, and answers in the end");
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!(world.try_post("accounts", &create).await.0, 500, "nothing was done");
    assert_eq!(world.try_post("accounts", &create).await.0, 500, "it was done all the same");
    assert_eq!(world.get("accounts").await["data"].as_array().unwrap().len(), 2);
    world.stop().await;
}

#[actix_web::test]
async fn webhooks_travel_as_their_schedule_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::start(folder.path()).await;
    world.control("schedule", &[("seed", "1"), ("duplicate", "1000")]).await;
    world.start_sender();
    world.paid("5000", GOOD, &[]).await;
    let mut seen: Vec<String> = Vec::new();
    // The first, and its repeats as the clock is driven on: five attempts at the most.
    for _ in 0..5 {
        let (signature, body) = world.hook_as_time_goes_on().await;
        let now = world.env.now();
        assert_eq!(
            verify(world.keys.webhook_secret(), Some(&signature), &body, now),
            Ok(()),
            "signed at the real time"
        );
        let event: Value = serde_json::from_slice(&body).unwrap();
        seen.push(event["id"].as_str().unwrap().to_owned());
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "one event, again and again: {seen:?}");

    world.control("schedule", &[("drop", "1000")]).await;
    world.paid("5000", GOOD, &[]).await;
    let state = world.http.get(format!("{}/sandbox/control", world.url)).header("Accept", "application/json");
    let state: Value = state.send().await.unwrap().json().await.unwrap();
    assert_eq!(state["events"][0]["next_attempt_at_ms"], Value::Null, "only the list knows of it: {state}");
    let messages = &state["messages"];
    assert!(messages["taken"] == 1 && messages["events"].as_i64() > Some(1), "{messages}");
    assert!(messages["attempts"].as_i64() >= Some(4), "{messages}");
    world.stop().await;
}

#[actix_web::test]
async fn the_control_page_works_without_a_program() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let of_order = [("payment_intent_data[metadata][reference]", "LL-7K3M9Q2X")];
    let payment = world.paid("5000", GOOD, &of_order).await;
    let page = async || {
        let response = world.http.get(format!("{}/sandbox/control", world.url)).send().await.unwrap();
        assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        response.text().await.unwrap()
    };
    let shown = page().await;
    for what in [payment.as_str(), "LL-7K3M9Q2X", "EUR 50.00", "collected"] {
        assert!(shown.contains(what), "{what}: {shown}");
    }
    let disputed = world.submit("/control/dispute", &[("payment", &payment)]).await;
    assert_eq!(disputed, (303, "/sandbox/control".into()));
    assert!(page().await.contains("needs response"));
    let state = world.http.get(format!("{}/sandbox/control", world.url)).header("Accept", "application/json");
    let state: Value = state.send().await.unwrap().json().await.unwrap();
    for (list, status) in [("payments", "disputed"), ("disputes", "needs_response")] {
        let first = &state[list][0];
        assert_eq!((first["order"].as_str(), first["amount"].as_str()), (Some("LL-7K3M9Q2X"), Some("EUR 50.00")));
        assert_eq!(first["status"], status, "{list}");
    }
    let (status, location) = world.submit("/control/dispute", &[("payment", &payment)]).await;
    assert!(status == 303 && location.contains("problem="), "{location}");
    let foreign = world.http.post(format!("{}/sandbox/control/transfers", world.url)).form(&[("fail", "true")]);
    assert_eq!(foreign.header("Sec-Fetch-Site", "cross-site").send().await.unwrap().status(), 400);
    world.stop().await;
}

#[actix_web::test]
async fn whoever_reaches_it_from_elsewhere_needs_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start_with(folder.path(), Arc::new(SystemClock), Some("https://beats.example")).await;
    let page = format!("{}/sandbox/control", world.url);
    let look = || world.http.get(&page);
    let act = || world.http.post(format!("{page}/transfers"));
    let (fail, key) = ([("fail", "true")], world.keys.secret_key());
    for stranger in [
        look(),
        look().header("Accept", "application/json"),
        look().query(&[("key", key)]),
        look().bearer_auth("sk_sandbox_x"),
        act().form(&fail),
        act().form(&[("fail", "true"), ("key", "")]),
        act().form(&fail).basic_auth("me", Some("guess")),
        act().form(&fail).header("Sec-Fetch-Site", "same-origin"),
    ] {
        let answer = stranger.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{answer:?}");
        assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic "));
        assert!(!answer.text().await.unwrap().contains("settings"));
    }
    let state = look().header("Accept", "application/json").bearer_auth(key).send().await.unwrap();
    let state: Value = state.json().await.unwrap();
    assert_eq!(state["settings"]["transfers_fail"], false, "nothing was done: {state}");
    assert_eq!(look().basic_auth(key, Some("")).send().await.unwrap().status().as_u16(), 200);
    assert_eq!(act().form(&fail).basic_auth("me", Some(key)).send().await.unwrap().status().as_u16(), 303);
    assert_eq!(act().form(&[("fail", "false"), ("key", key)]).send().await.unwrap().status().as_u16(), 303);
    // With a browser's kept password, a page beside ours presses nothing either.
    let beside = act().form(&fail).basic_auth("me", Some(key)).header("Sec-Fetch-Site", "same-site");
    assert_eq!(beside.send().await.unwrap().status().as_u16(), 400);
    world.stop().await;
}

#[actix_web::test]
async fn a_name_that_only_leads_to_this_machine_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let look = || world.http.get(format!("{}/sandbox/control", world.url));
    assert_eq!(look().send().await.unwrap().status().as_u16(), 200);
    assert_eq!(look().header("Host", "rebound.example").send().await.unwrap().status().as_u16(), 401);
    world.stop().await;
}

/// Tables as the first version made them, with one payment, half of it given back.
const OLD: &str = "
CREATE TABLE checkout_sessions (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, payment_status TEXT NOT NULL, currency TEXT NOT NULL, amount_total INTEGER NOT NULL,
    line_items TEXT NOT NULL, metadata TEXT NOT NULL, intent_metadata TEXT NOT NULL, client_reference_id TEXT, customer_email TEXT,
    success_url TEXT NOT NULL, cancel_url TEXT, expires_at INTEGER NOT NULL, payment_intent TEXT, created INTEGER NOT NULL);
CREATE TABLE payment_intents (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL, metadata TEXT NOT NULL,
    latest_charge TEXT, last_decline TEXT, created INTEGER NOT NULL);
CREATE TABLE charges (
    id TEXT PRIMARY KEY, payment_intent TEXT NOT NULL UNIQUE REFERENCES payment_intents (id), amount INTEGER NOT NULL,
    amount_refunded INTEGER NOT NULL CHECK (amount_refunded BETWEEN 0 AND amount), currency TEXT NOT NULL, fee INTEGER NOT NULL,
    balance_transaction TEXT NOT NULL, card_last4 TEXT NOT NULL, metadata TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE refunds (
    id TEXT PRIMARY KEY, charge TEXT NOT NULL REFERENCES charges (id), payment_intent TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE events (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL, attempts INTEGER NOT NULL,
    next_attempt_at_ms INTEGER, delivered_at INTEGER);
CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL);
INSERT INTO checkout_sessions VALUES ('cs_test_1', 'complete', 'paid', 'eur', 4999, '[]', '{}', '{}', NULL, NULL,
    'https://shop.example/', NULL, 1795000000, 'pi_1', 1794990000);
INSERT INTO payment_intents VALUES ('pi_1', 'succeeded', 4999, 'eur', '{}', 'ch_1', NULL, 1794990000);
INSERT INTO charges VALUES ('ch_1', 'pi_1', 4999, 2000, 'eur', 95, 'txn_1', '4242', '{}', 1794990000);
INSERT INTO refunds VALUES ('re_1', 'ch_1', 'pi_1', 2000, 'eur', 1794990000);
INSERT INTO events VALUES ('evt_1', 'charge.refunded', '{\"id\":\"evt_1\",\"object\":\"event\"}', 1794990000, 0, NULL, NULL);
";

#[actix_web::test]
async fn a_file_of_the_first_version_loses_nothing() {
    use sea_orm::ConnectionTrait;

    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("sandbox.db").display());
    let old = domain::store::connect(&url, 1).await.unwrap();
    old.execute_unprepared(OLD).await.unwrap();
    old.close().await.unwrap();
    for _ in 0..2 {
        let world = World::start(folder.path()).await;
        let paid = world.intent("pi_1").await;
        assert_eq!((paid["status"].as_str(), paid["amount_received"].as_i64()), (Some("succeeded"), Some(4_999)));
        let charge = &paid["latest_charge"];
        assert_eq!((charge["captured"].as_bool(), charge["amount_captured"].as_i64()), (Some(true), Some(4_999)));
        assert_eq!(charge["balance_transaction"]["net"], 4_904);
        let refunds = world.get("refunds?payment_intent=pi_1&expand[]=data.balance_transaction").await;
        assert_eq!(refunds["data"][0]["balance_transaction"]["net"], -2_000);
        assert_eq!(world.get("checkout/sessions/cs_test_1").await["payment_status"], "paid");
        assert_eq!(world.get("events").await["data"].as_array().unwrap().len(), 1);
        world.stop().await;
    }
}

#[actix_web::test]
async fn a_shop_whose_clock_stays_behind_still_sells() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start(folder.path()).await;
    let in_an_hour = (1_795_000_000 + 3_600).to_string();
    world.control("clock", &[("advance_s", "172800")]).await;
    let session = world.checkout("5000", "eur", &[("expires_at", in_an_hour.as_str())]).await;
    assert_eq!(session["expires_at"], 1_795_000_000 + 172_800 + 3_600);
    let (status, _) = world.pay(&session, &[("card", GOOD)]).await;
    assert_eq!(status, 303);
    world.stop().await;
}

/// Stripe's own client for Python drives the sandbox; `LEDGERLINE_TEST_PYTHON` names a Python that has it (`pip install stripe`), else
/// `python3` is asked, and where it has not, the test says so.
#[actix_web::test]
async fn stripes_own_python_client_is_content() {
    let python = std::env::var("LEDGERLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import stripe"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: {python} has no stripe, its opinion was not asked");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // That client compares signatures with the wall clock.
    let mut world = World::start_at(folder.path(), Arc::new(SystemClock)).await;
    world.start_sender();
    world.paid("5000", GOOD, &[]).await;
    let (signature, body) = tokio::time::timeout(PATIENCE, world.hooks.recv()).await.expect("a webhook").unwrap();
    let hook = folder.path().join("hook.json");
    std::fs::write(&hook, &body).unwrap();
    let mut command = Command::new(&python);
    command
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/stripe_client.py"))
        .arg(format!("{}/sandbox", world.url))
        .arg(&hook)
        .env("SANDBOX_KEY", world.keys.secret_key())
        .env("SANDBOX_WEBHOOK_SECRET", world.keys.webhook_secret())
        .env("SANDBOX_SIGNATURE", signature)
        .env("NO_PROXY", "127.0.0.1");
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.trim_end().ends_with("content"), "{said}");
    world.stop().await;
}
