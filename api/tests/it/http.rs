//! What accompanies answers, and which requests are taken at all.

use api::ApiConfig;
use serde_json::{Value, json};

use crate::support::{PASSWORD, World, on_each_database, with_config};

const SIGN_IN: &str = "mutation($email: String!, $password: String!, $transport: TokenTransport!) {
    signIn(input: { email: $email, password: $password, transport: $transport }) {
        session { me { name } tokens { accessToken refreshToken } } userErrors { field code message remedy } } }";

async fn sign_in(world: &World, transport: &str) -> reqwest::Response {
    let variables = json!({ "email": "ada@example.com", "password": PASSWORD, "transport": transport });
    world.post(SIGN_IN, variables).send().await.unwrap()
}

fn set_cookies(answer: &reqwest::Response) -> Vec<String> {
    answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// The cookies as a browser sends them back.
fn cookie_header(set: &[String]) -> String {
    set.iter().map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn every_answer_has_its_id_and_the_security_headers() {
    on_each_database(async |world| {
        for path in ["/health", "/nowhere", "/metrics"] {
            let answer = world.http.get(format!("{}{path}", world.base)).send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(header("x-request-id").unwrap().len(), 24, "{path}");
            assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
            assert_eq!(header("referrer-policy").as_deref(), Some("strict-origin-when-cross-origin"));
            let policy = header("content-security-policy").unwrap();
            assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe-inline"), "{policy}");
        }
        let answer = world.post("{ nowhere }", json!({})).send().await.unwrap();
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"], json!({ "code": "BAD_REQUEST", "requestId": id }));
        let cut = world.http.post(format!("{}/graphql", world.base)).header("content-type", "application/json");
        let refused = cut.body("{\"query\":").send().await.unwrap();
        assert_eq!(refused.status(), reqwest::StatusCode::BAD_REQUEST);
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], "BAD_REQUEST");
        let health: Value =
            world.http.get(format!("{}/health", world.base)).send().await.unwrap().json().await.unwrap();
        assert_eq!((&health["status"], &health["database"]), (&json!("ok"), &json!("ok")));
        let metrics = world.http.get(format!("{}/metrics", world.base)).send().await.unwrap().text().await.unwrap();
        assert!(metrics.contains("ledgerline_graphql_errors_total{code=\"BAD_REQUEST\"} 1"), "{metrics}");
        assert!(metrics.contains("route=\"/health\",status=\"200\""), "{metrics}");
    })
    .await;
}

#[tokio::test]
async fn what_watches_over_the_program_is_told_to_nobody_whom_a_proxy_stands_before() {
    on_each_database(async |world| {
        let ask = |path: &str| world.http.get(format!("{}{path}", world.base));
        assert_eq!(ask("/metrics").send().await.unwrap().status(), 200);
        for path in ["/metrics", "/internal/domains?domain=beats.example"] {
            let passed_on = ask(path).header("x-forwarded-for", "10.1.2.3").send().await.unwrap();
            assert_eq!(passed_on.status(), 404, "{path}");
            assert_eq!(passed_on.json::<Value>().await.unwrap()["code"], "NOT_FOUND", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn while_the_database_is_away_everybody_is_told_when_to_come_again() {
    on_each_database(async |world| {
        let (user, _) = world.sign_up("Ada").await;
        let (_, token) = world.token(user).await;
        world.services.db.clone().close().await.unwrap();
        let get = |path: &str| world.http.get(format!("{}{path}", world.base));
        let shop = "{ storefront(slug: \"nobody\") { __typename } }";
        for (what, request) in [
            ("whether it can work", get("/health")),
            ("a page", get("/s/nobody")),
            ("a query", world.post(shop, json!({}))),
            ("somebody who is signed in", world.post("{ me { name } }", json!({})).bearer_auth(token)),
        ] {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), reqwest::StatusCode::SERVICE_UNAVAILABLE, "{what}");
            assert_eq!(answer.headers()["retry-after"], "5", "{what}");
        }
        let body = world.ask(None, shop, json!({})).await;
        let told = &body["errors"][0]["extensions"];
        assert_eq!((&told["code"], &told["retryAfterS"]), (&json!("UNAVAILABLE"), &json!(5)), "{body}");
    })
    .await;
}

const SIGN_IN_AND_LOOK: &str = "mutation($email: String!, $password: String!) {
        signIn(input: { email: $email, password: $password, transport: ANSWER }) {
            session { me { studios { id myRole } signIns { edges { node { id } } } } } } }";

#[tokio::test]
async fn who_signs_in_sees_their_studios_in_the_same_answer() {
    on_each_database(async |world| {
        let (_, studio) = world.sign_up("Ada").await;
        let variables = json!({ "email": "ada@example.com", "password": PASSWORD });
        let body: Value = world.post(SIGN_IN_AND_LOOK, variables).send().await.unwrap().json().await.unwrap();
        let me = &body["data"]["signIn"]["session"]["me"];
        assert_eq!(me["studios"], json!([{ "id": studio, "myRole": "OWNER" }]), "{body}");
        assert!(!me["signIns"]["edges"].as_array().unwrap().is_empty(), "{body}");
    })
    .await;
}

#[tokio::test]
async fn a_browsers_cookies_are_sealed_and_rotate() {
    on_each_database(async |world| {
        world.sign_up("Ada").await;
        let answer = sign_in(world, "COOKIES").await;
        let set = set_cookies(&answer);
        assert_eq!(set.len(), 2);
        for cookie in &set {
            assert!(
                cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/"),
                "{cookie}"
            );
            assert!(!cookie.contains("Secure"), "{cookie}");
        }
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["data"]["signIn"]["session"], json!({ "me": { "name": "Ada" }, "tokens": null }));

        let first = cookie_header(&set);
        let as_browser = |document: &str, cookies: &str| {
            world.post(document, json!({})).header("cookie", cookies).header("sec-fetch-site", "same-origin")
        };
        let me: Value = as_browser("{ me { name } }", &first).send().await.unwrap().json().await.unwrap();
        assert_eq!(me["data"]["me"]["name"], "Ada");

        let refresh = "mutation { refresh { session { me { name } } userErrors { code } } }";
        let renewed = as_browser(refresh, &first).send().await.unwrap();
        let second = cookie_header(&set_cookies(&renewed));
        assert_ne!(first, second);
        // The first refresh token comes again: the sign-in ends, for whoever holds the second too.
        let reused: Value = as_browser(refresh, &first).send().await.unwrap().json().await.unwrap();
        assert_eq!(reused["errors"][0]["extensions"]["code"], "REFRESH_TOKEN_REUSED");
        let dead = as_browser("{ me { name } }", &second).send().await.unwrap();
        assert_eq!(dead.status(), 401);
        assert!(set_cookies(&dead)[0].starts_with("ll_access=; ") && set_cookies(&dead)[0].contains("Max-Age=0"));
        assert_eq!(dead.json::<Value>().await.unwrap()["code"], "SIGN_IN_ENDED");
    })
    .await;
}

#[tokio::test]
async fn over_tls_the_cookies_belong_to_this_host_alone() {
    with_config(ApiConfig::default(), "https://beats.example", async |world| {
        world.sign_up("Ada").await;
        let answer = sign_in(world, "COOKIES").await;
        assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000; includeSubDomains");
        let set = set_cookies(&answer);
        assert!(set[0].starts_with("__Host-ll_access=") && set[1].starts_with("__Host-ll_refresh="), "{set:?}");
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let chosen = http.post(format!("{}/language/de", world.base)).header("origin", "https://beats.example");
        let chosen = set_cookies(&chosen.send().await.unwrap());
        assert!(chosen[0].starts_with("__Host-language=de; "), "{chosen:?}");
        for cookie in set.iter().chain(&chosen) {
            assert!(cookie.contains("; Secure") && cookie.contains("; Path=/;"), "{cookie}");
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
    })
    .await;
}

#[tokio::test]
async fn another_sites_page_can_do_nothing() {
    on_each_database(async |world| {
        world.sign_up("Ada").await;
        let cookies = cookie_header(&set_cookies(&sign_in(world, "COOKIES").await));
        let found = world.studios().await;
        let create = r#"mutation { createStudio(name: "Second") { studioId } }"#;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("x-nothing", "1")]
        {
            let answer =
                world.post(create, json!({})).header("cookie", &cookies).header(name, value).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{name}");
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], "CROSS_SITE");
        }
        // Signing a visitor in to somebody else's account is a change too.
        let variables = json!({ "email": "ada@example.com", "password": PASSWORD, "transport": "COOKIES" });
        let answer = world.post(SIGN_IN, variables).header("origin", "https://evil.example").send().await.unwrap();
        assert_eq!(answer.status(), 403);
        // What a form can send.
        for body_type in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
            let body = json!({ "query": create }).to_string();
            let request = world.http.post(format!("{}/graphql", world.base)).header("cookie", &cookies);
            let request = request.header("sec-fetch-site", "same-origin").header("content-type", body_type);
            assert_eq!(request.body(body).send().await.unwrap().status(), 415, "{body_type}");
        }
        // What a link can send.
        let query = [("query", create)];
        let answer = world.http.get(format!("{}/graphql", world.base)).query(&query).header("cookie", &cookies);
        assert_eq!(answer.send().await.unwrap().status(), 404);
        assert_eq!(world.studios().await, found);
        let ours = world.post(create, json!({})).header("cookie", &cookies).header("x-ledgerline-csrf", "1");
        assert_eq!(ours.send().await.unwrap().status(), 200);
        assert_eq!(world.studios().await, found + 1);
    })
    .await;
}

#[tokio::test]
async fn the_page_to_try_the_api_with_is_there_if_the_operator_says_so() {
    for is_there in [false, true] {
        let config = ApiConfig { graphiql: is_there, ..ApiConfig::default() };
        with_config(config, "http://127.0.0.1", async |world| {
            let query = [("query", "mutation { signOut { signedOut } }")];
            let answer = world.http.get(format!("{}/graphql", world.base)).query(&query).send().await.unwrap();
            assert_eq!(answer.status(), if is_there { 200 } else { 404 });
            let page = answer.text().await.unwrap();
            assert_eq!((page.contains("unpkg.com"), page.contains("signedOut")), (is_there, false), "{page}");
            assert_eq!(world.post("{ __typename }", json!({})).send().await.unwrap().status(), 200);
        })
        .await;
    }
    assert!(!ApiConfig::default().graphiql);
}

#[tokio::test]
async fn a_wrong_token_is_told_and_never_taken_for_nobody() {
    on_each_database(async |world| {
        let (user, _) = world.sign_up("Ada").await;
        let code = async |authorization: String| {
            let answer =
                world.post("{ me { id } }", json!({})).header("authorization", authorization).send().await.unwrap();
            assert_eq!(answer.status(), 401);
            assert_eq!(answer.headers()["www-authenticate"], "Bearer");
            answer.json::<Value>().await.unwrap()["code"].as_str().unwrap().to_owned()
        };
        assert_eq!(code("Bearer nonsense".into()).await, "BAD_TOKEN");
        assert_eq!(code("Bearer ll_nonsense".into()).await, "BAD_API_KEY");
        assert_eq!(code("Basic YTpi".into()).await, "BAD_AUTHORIZATION");
        let token = world.token(user).await.1;
        let me = world.ask(Some(&token), "{ me { name emailVerified } }", json!({})).await;
        assert_eq!(me["data"]["me"], json!({ "name": "Ada", "emailVerified": false }));
        world.clock.advance(chrono::Duration::minutes(15));
        assert_eq!(code(format!("Bearer {token}")).await, "TOKEN_EXPIRED");
        let (_, token) = world.token(user).await;
        world.ask(Some(&token), "mutation { signOut { signedOut } }", json!({})).await;
        assert_eq!(code(format!("Bearer {token}")).await, "SIGN_IN_ENDED");
    })
    .await;
}
