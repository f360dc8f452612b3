//! Whoever operates the program signs people out and closes accounts and studios, while it serves.

use std::{path::Path, process::Output};

use cli::client::Producer;
use serde_json::json;

use crate::{
    backup::told,
    postgres::{self, drop_database, made},
    program::{self, Server, free_port},
    request,
    shop::base,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_signs_everybody_out_and_closes_an_account() {
    signed_out_and_closed(&[]).await;
    let Some(server) = postgres::server() else { return };
    let url = made(&server, "accounts").await;
    signed_out_and_closed(&[("LEDGERLINE_DATABASE_URL", url.as_str())]).await;
    drop_database(&server, "accounts").await;
}

async fn signed_out_and_closed(settings: &[(&str, &str)]) {
    let data = tempfile::tempdir().expect("a data folder");
    let port = free_port();
    let base = &base(port);
    let _server = Server::start(data.path(), port, settings);
    let owner = Producer::LOGIN.email;
    let mut producer = Producer::new(base).expect("a producer");
    producer.sign_up("A Small Shop", "EUR").await.expect("a studio opens");
    let accounts = |what: &[&str]| run(data.path(), settings, "accounts", what);

    let cookies = request::sign_in(base).await.expect("the owner signs in");
    assert!(is_in(base, &cookies).await);
    refused(&accounts(&["sessions", "end", "eve@example.com"]), "there is no account under eve@example.com");
    assert!(is_in(base, &cookies).await);
    let ended = told(&accounts(&["sessions", "end", owner]));
    assert!(ended["email"] == owner && ended["ended"].as_u64() >= Some(1), "{ended}");
    assert!(!is_in(base, &cookies).await, "at once, though the token is good for minutes");

    let cookies = request::sign_in(base).await.expect("the owner signs in again");
    let all = told(&accounts(&["sessions", "end", "--all"]));
    assert_eq!(all, json!({ "email": null, "ended": 1 }));
    assert!(!is_in(base, &cookies).await);

    let said = "this account is the only owner of A Small Shop; name another account with --new-owner";
    refused(&accounts(&["close", owner]), said);
    let heir = json!({ "name": "An Heir", "email": "heir@example.com", "password": "a sentence of theirs", "studioName": "Heirs" });
    let query = "mutation($input: SignUpInput!) { signUp(input: $input) { userErrors { message } } }";
    let answer = request::graphql(base, "", query, json!({ "input": heir })).await.expect("an answer");
    assert_eq!(answer.json().expect("JSON")["data"]["signUp"]["userErrors"], json!([]));
    let closed = told(&accounts(&["close", owner, "--new-owner", "heir@example.com"]));
    assert_eq!(closed, json!({ "email": owner, "owner": "heir@example.com" }));
    assert!(request::sign_in(base).await.is_err(), "nobody has this address any more");
    refused(&accounts(&["close", owner]), "there is no account under");

    let studios = |what: &[&str]| run(data.path(), settings, "studios", what);
    let (slug, why) = ("a-small-shop", ["--reason", "nobody runs it"]);
    refused(&studios(&["close", "nowhere", why[0], why[1]]), "there is no studio under nowhere");
    let closed = told(&studios(&["close", slug, why[0], why[1]]));
    assert_eq!(closed, json!({ "studio": slug, "name": "A Small Shop" }));
    refused(&studios(&["close", slug, why[0], why[1]]), "this studio is closed");
    refused(&studios(&["reopen", "nowhere"]), "there is no studio under nowhere");
    assert_eq!(told(&studios(&["reopen", slug])), closed);
    assert_eq!(told(&studios(&["close", slug, why[0], why[1]])), closed, "it was open");

    assert_eq!(told(&studios(&["close", "heirs", why[0], why[1]]))["name"], "Heirs");
    told(&accounts(&["close", "heir@example.com"]));
    refused(&studios(&["reopen", slug]), "nobody owns A Small Shop any more; name an account with --new-owner");
    refused(&studios(&["reopen", slug, "--new-owner", owner]), "there is no account under");
}

/// Whether somebody is signed in who holds these cookies.
async fn is_in(base: &str, cookies: &str) -> bool {
    let answer = request::graphql(base, cookies, "{ me { id } }", json!({})).await.expect("an answer");
    answer.json().expect("JSON")["data"]["me"]["id"].is_string()
}

fn run(data: &Path, settings: &[(&str, &str)], command: &str, what: &[&str]) -> Output {
    let mut program = program::command();
    program.arg(command).args(what).args(["--json", "--data"]).arg(data).envs(settings.iter().copied());
    program.output().expect("it starts")
}

fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(why), "{said}");
}
