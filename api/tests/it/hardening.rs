//! What no feature asks for and `docs/asvs.md` promises all the same: what answers are, where they lead, what is not served, and what the log says of who comes in.

use std::{
    io::{self, Write},
    sync::Mutex,
};

use api::ApiConfig;
use domain::{actor::Role, identity::entity::user};
use reqwest::{Method, StatusCode, redirect::Policy};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{PASSWORD, on_each_database, with_config};

const SIGN_IN: &str = "mutation($email: String!, $password: String!) {
    signIn(input: { email: $email, password: $password, transport: ANSWER }) {
        session { me { signIns { edges { node { ip } } } } } userErrors { code } } }";

#[tokio::test]
async fn every_answer_says_what_it_is_and_in_which_characters() {
    on_each_database(async |world| {
        for (path, accept, expected) in [
            ("/", "text/html", "text/html; charset=utf-8"),
            ("/nowhere", "text/html", "text/html; charset=utf-8"),
            ("/nowhere", "*/*", "application/problem+json"),
            ("/health", "*/*", "application/json"),
            ("/metrics", "*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ] {
            let request = world.http.get(format!("{}{path}", world.base)).header("accept", accept);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.headers()["content-type"], expected, "{path} for {accept}");
        }
        let answer = world.post("{ version }", json!({})).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.headers()["cache-control"], "no-store");
    })
    .await;
}

#[tokio::test]
async fn whoever_chooses_a_language_is_led_to_no_other_host() {
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    on_each_database(async |world| {
        let base = &world.base;
        for (site, from, expected) in [
            ("same-origin", format!("{base}/s/nova?q=night"), "/s/nova?q=night"),
            ("same-origin", format!("{base}//evil.example/s"), "/evil.example/s"),
            ("same-origin", "https://evil.example/s".to_owned(), "/s"),
            ("none", "https://evil.example/s".to_owned(), "/"),
        ] {
            let chosen = http.post(format!("{base}/language/de")).header("sec-fetch-site", site);
            let answer = chosen.header("referer", &from).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{from}");
            assert_eq!(answer.headers()["location"], expected, "{from}");
        }
    })
    .await;
}

#[tokio::test]
async fn callers_name_their_own_address_only_where_a_proxy_is_trusted() {
    for (is_trusted, seen) in [(false, "127.0.0.1"), (true, "203.0.113.9")] {
        let config = ApiConfig { trust_forwarded_headers: is_trusted, ..ApiConfig::default() };
        with_config(config, "http://127.0.0.1", async |world| {
            world.sign_up("Ada").await;
            let variables = json!({ "email": "ada@example.com", "password": PASSWORD });
            let request = world.post(SIGN_IN, variables).header("x-forwarded-for", "203.0.113.9");
            let body: Value = request.send().await.unwrap().json().await.unwrap();
            assert_eq!(body["data"]["signIn"]["session"]["me"]["signIns"]["edges"][0]["node"]["ip"], seen, "{body}");
        })
        .await;
    }
}

#[tokio::test]
async fn no_folder_is_listed_and_nothing_lies_beside_the_program() {
    on_each_database(async |world| {
        for path in ["/assets", "/assets/", "/media/", "/.git/config", "/.env", "/assets/..%2f..%2fCargo.toml"] {
            let answer = world.http.get(format!("{}{path}", world.base)).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/", "/health", "/graphql", "/nowhere"] {
            let request = world.http.request(Method::TRACE, format!("{}{path}", world.base));
            let answer = request.header("x-of-the-caller", "told to nobody").send().await.unwrap();
            assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
            assert!(!answer.text().await.unwrap().contains("told to nobody"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_installation_has_no_account() {
    on_each_database(async |world| {
        assert!(user::Entity::find().all(&world.services.db).await.unwrap().is_empty());
        assert_eq!(world.studios().await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_said_twice_or_was_not_asked_for_is_refused() {
    on_each_database(async |world| {
        let form = world.http.post(format!("{}/account/forgotten", world.base)).header("sec-fetch-site", "same-origin");
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        let twice = form.body("email=ada%40example.com&email=eve%40example.com").send().await.unwrap();
        assert!(twice.status().is_client_error(), "{}", twice.status());
        let json = world.http.post(format!("{}/graphql", world.base)).header("content-type", "application/json");
        let twice = json.body(r#"{"query":"{ version }","query":"{ __typename }"}"#).send().await.unwrap();
        assert_eq!(twice.status(), StatusCode::BAD_REQUEST);
        let more = r#"mutation {
            signIn(input: { email: "ada@example.com", password: "x", transport: ANSWER, isOwner: true }) {
                userErrors { code } } }"#;
        let answer = world.ask(None, more, json!({})).await;
        assert!(answer["errors"][0].is_object() && answer["data"].is_null(), "{answer}");
    })
    .await;
}

/// What this process has logged.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_who_came_in_who_was_refused_and_what_was_away() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_ansi(false).with_writer(|| Log).init();
    on_each_database(async |world| {
        LOG.lock().unwrap().clear();
        let (_, studio) = world.sign_up("Hedwig").await;
        let viewer = world.add_member(studio, Role::Viewer, "ben").await;
        let (_, token) = world.token(viewer).await;
        for password in ["not at all hers", PASSWORD] {
            world.ask(None, SIGN_IN, json!({ "email": "hedwig@example.com", "password": password })).await;
        }
        let orders = "query($studio: ID!) { orders(studio: $studio) { edges { node { id } } } }";
        world.ask(Some(&token), orders, json!({ "studio": studio })).await;
        world.ask(Some("nonsense"), "{ version }", json!({})).await;
        let foreign = world.post("mutation { signOut { signedOut } }", json!({}));
        let foreign = foreign.header("origin", "https://evil.example").send().await.unwrap();
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
        world.services.db.clone().close().await.unwrap();
        world.ask(None, "{ storefront(slug: \"nobody\") { name } }", json!({})).await;

        let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = log.lines().collect();
        for (said, what) in [
            ("a request was refused", "WRONG_CREDENTIALS"),
            ("somebody has signed in", "sign_in=signin_"),
            ("a request was refused", "FORBIDDEN"),
            ("a credential was refused", "BAD_TOKEN"),
            ("a request of another site was refused", "CROSS_SITE"),
            ("a request found something away", "UNAVAILABLE"),
        ] {
            assert!(lines.iter().any(|line| line.contains(said) && line.contains(what)), "{said}, {what}: {log}");
        }
        for secret in ["hedwig@example.com", "not at all hers", PASSWORD, &token] {
            assert!(!log.contains(secret), "{secret}: {log}");
        }
    })
    .await;
}
