//! The authorization matrix: every root field of the schema, every connection of an object, and every REST edge for members has a row that says who may.
//!
//! To cover a new field, add a row to the file of its aggregate under `rows/` (or a new file there, named in [`rows`]). A row is the field, a
//! document, and one sign for each actor in the order of [`ACTORS`]: `+` passes the guard, `0` is answered with nothing (null), `-` must sign in first, `?` is told that
//! there is no such thing, `x` is told that it may not. The document's variables are taken by name from the fixture; to add one, name it in the file of its
//! aggregate under `fixture/`, or write a function beside the rows that [`Fixture::new`] calls. Rows run in order, actors from left to right, on one fixture.
//!
//! [`crossing`] calls the same rows with another studio's ids in each place that takes one, and holds the answers against those of ids that are nowhere.

mod crossing;
pub(crate) mod fixture;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use api::{Caller, caller::Credential, graphql};
use async_graphql::Request;
use domain::actor::Actor;
use fixture::Fixture;
use futures::StreamExt;
use reqwest::StatusCode;
use rows::Row;
use serde_json::{Value, json};

use crate::support::{World, on_each_database};

/// The columns: nobody, the owner of another studio, each role of this one, a key of it with every scope and one with none, and somebody who has come
/// in to sign another of its agreements: to the API nobody.
pub(crate) const ACTORS: [&str; 10] =
    ["anonymous", "stranger", "owner", "manager", "engineer", "collaborator", "viewer", "key", "bare key", "signer"];

/// What an answer means for the guard.
fn sign(answer: &Value) -> char {
    let codes: Vec<&str> = answer["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| error["extensions"]["code"].as_str().unwrap_or("none"))
        .collect();
    match codes.as_slice() {
        codes if codes.contains(&"UNAUTHENTICATED") => '-',
        codes if codes.contains(&"FORBIDDEN") => 'x',
        codes if codes.contains(&"NOT_FOUND") => '?',
        // A document that does not fit the schema, or something broken, proves nothing.
        codes if codes.iter().any(|code| ["BAD_REQUEST", "INTERNAL", "BAD_ID", "none"].contains(code)) => '!',
        [] if answer["data"].as_object().is_some_and(|data| data.values().all(Value::is_null)) => '0',
        _ => '+',
    }
}

fn nobody(world: &World) -> Caller {
    Caller {
        services: world.services.clone(),
        ctx: world.services.ctx(Actor::Anonymous),
        credential: Credential::None,
        sign_in: None,
        refresh_cookie: None,
        request_id: "matrix".into(),
        ip: "".into(),
        user_agent: "".into(),
    }
}

async fn run(world: &World, fixture: &Fixture, row: &Row, actor: usize) -> Value {
    ask(world, fixture, actor, row.document, fixture.variables_of(row.document)).await
}

/// The answer to a document for the caller of a column; of a subscription, the first.
async fn ask(world: &World, fixture: &Fixture, actor: usize, document: &str, variables: Value) -> Value {
    if !document.starts_with("subscription") {
        if let Some(cookie) = fixture.cookie(actor) {
            // As a browser sends it along from our own pages.
            let request = world.post(document, variables).header("cookie", cookie);
            return request.header("sec-fetch-site", "same-origin").send().await.unwrap().json().await.unwrap();
        }
        return world.ask(fixture.token(world, actor).await.as_deref(), document, variables).await;
    }
    let caller =
        Caller { ctx: world.services.ctx(fixture.actor(actor)), credential: Credential::Bearer, ..nobody(world) };
    let request = Request::new(document).variables(async_graphql::Variables::from_json(variables));
    let mut stream = world.state.schema.execute_stream(graphql::attend(request, &world.state, caller));
    // Whoever is refused hears of it at once; whoever is not may wait for the first event.
    match tokio::time::timeout(std::time::Duration::from_secs(2), stream.next()).await {
        Ok(Some(response)) => serde_json::to_value(response).unwrap(),
        Ok(None) | Err(_) => json!({ "data": { "waiting": true } }),
    }
}

#[tokio::test]
async fn everyone_may_exactly_what_the_matrix_says() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let mut wrong = Vec::new();
        for row in rows::all() {
            let expected: Vec<char> = row.expected.chars().filter(|c| !c.is_whitespace()).collect();
            assert_eq!(expected.len(), ACTORS.len(), "{} needs a sign for each of {ACTORS:?}", row.field);
            for (actor, expected) in expected.into_iter().enumerate() {
                let answer = run(world, &fixture, row, actor).await;
                if sign(&answer) != expected {
                    wrong.push(format!("{} as {}: expected {expected}, got {answer}", row.field, ACTORS[actor]));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// What the status of a REST edge means for the guard.
fn sign_of(status: StatusCode) -> char {
    match status {
        StatusCode::UNAUTHORIZED => '-',
        StatusCode::FORBIDDEN => 'x',
        StatusCode::NOT_FOUND => '?',
        status if status.is_success() => '+',
        _ => '!',
    }
}

#[tokio::test]
async fn the_rest_edges_hold_to_the_same_roles() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let mut wrong = Vec::new();
        for edge in rows::EDGES {
            let url = format!("{}{}", world.base, fixture.path_of(edge.path));
            let expected: Vec<char> = edge.expected.chars().filter(|c| !c.is_whitespace()).collect();
            assert_eq!(expected.len(), ACTORS.len(), "{} needs a sign for each of {ACTORS:?}", edge.path);
            for (actor, expected) in expected.into_iter().enumerate() {
                let request = world.http.get(&url);
                let request = match fixture.token(world, actor).await {
                    Some(token) => request.bearer_auth(token),
                    None => request.header("cookie", fixture.cookie(actor).unwrap_or_default()),
                };
                let answered = sign_of(request.send().await.unwrap().status());
                if answered != expected {
                    wrong.push(format!("{} as {}: expected {expected}, got {answered}", edge.path, ACTORS[actor]));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[test]
fn every_described_edge_for_members_has_a_row() {
    let document: Value = serde_json::from_str(&api::openapi_json()).unwrap();
    // Of these a row would prove nothing: anybody may, a token in the address decides, or what is sent does.
    let others = [
        "/d/",
        "/agreement/",
        "/calendars/",
        "/orders/",
        "/health",
        "/masters/",
        "/metrics",
        "/graphql",
        "/media/",
        "/uploads",
        "/webhooks/",
    ];
    let paths = document["paths"].as_object().unwrap().keys();
    let missing: Vec<&String> = paths
        .filter(|path| !others.iter().any(|other| path.starts_with(other)))
        .filter(|path| !rows::EDGES.iter().any(|edge| edge.path == path.as_str()))
        .collect();
    assert!(missing.is_empty(), "these edges need a row in the authorization matrix: {missing:#?}");
}

/// The answer to a document for somebody who signs, executed as no request can have it: their sessions open pages alone.
async fn run_as(world: &World, actor: Actor, document: &str, variables: Value) -> Value {
    let caller = Caller { ctx: world.services.ctx(actor), credential: Credential::Cookie, ..nobody(world) };
    let request = Request::new(document).variables(async_graphql::Variables::from_json(variables));
    serde_json::to_value(graphql::execute(request, &world.state, caller).await).unwrap()
}

#[tokio::test]
async fn whoever_signs_is_nobody_to_the_api() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let signer = fixture.signer(world).await;
        let mut wrong = Vec::new();
        for row in rows::all().filter(|row| row.field.starts_with("Query.") && row.expected.starts_with('-')) {
            let answer = run_as(world, signer.clone(), row.document, fixture.variables_of(row.document)).await;
            if sign(&answer) != '-' {
                wrong.push(format!("{} as a signer: {answer}", row.field));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

const INTROSPECTION: &str =
    "{ __schema { types { name kind fields(includeDeprecated: true) { name type { name ofType { name } } } } } }";

#[tokio::test]
async fn every_field_that_guards_has_a_row() {
    let schema = api::graphql_schema();
    let answer = serde_json::to_value(schema.execute(INTROSPECTION).await).unwrap();
    let mut fields: BTreeMap<String, bool> = BTreeMap::new();
    for kind in answer["data"]["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        if kind["kind"] != "OBJECT" || name.starts_with("__") {
            continue;
        }
        let is_root = ["Query", "Mutation", "Subscription"].contains(&name);
        for field in kind["fields"].as_array().into_iter().flatten() {
            let type_name = field["type"]["name"].as_str().or(field["type"]["ofType"]["name"].as_str()).unwrap_or("");
            let must = is_root || type_name.ends_with("Connection");
            fields.insert(format!("{name}.{}", field["name"].as_str().unwrap()), must);
        }
    }
    let rows: BTreeSet<&str> = rows::all().map(|row| row.field).collect();
    let missing: Vec<&String> =
        fields.iter().filter(|(name, must)| **must && !rows.contains(name.as_str())).map(|(name, _)| name).collect();
    assert!(missing.is_empty(), "these fields need a row in the authorization matrix: {missing:#?}");
    let gone: Vec<&&str> = rows.iter().filter(|name| !fields.contains_key(**name)).collect();
    assert!(gone.is_empty(), "these rows are of no field: {gone:#?}");
}

#[test]
fn the_signs_tell_refusals_apart() {
    let coded = |code: &str| json!({ "errors": [{ "extensions": { "code": code } }] });
    assert_eq!(sign(&coded("UNAUTHENTICATED")), '-');
    assert_eq!(sign(&coded("NOT_FOUND")), '?');
    assert_eq!(sign(&coded("FORBIDDEN")), 'x');
    assert_eq!(sign(&coded("INTERNAL")), '!');
    assert_eq!(sign(&json!({ "data": { "studio": {} } })), '+');
    assert_eq!(sign(&json!({ "data": { "beat": null } })), '0');
    assert_eq!(sign(&json!({ "errors": [{}] })), '!');
}
