//! Passkeys from outside: added under a name, used in the place of a password, and removed.

use api::ApiConfig;
use chrono::Duration;
use domain::identity::testing::Authenticator;
use serde_json::{Value, json};

use crate::support::{World, on_each_database, with_config};

/// Browsers tie passkeys to names, and this machine's is that.
const ORIGIN: &str = "http://localhost";

const CEREMONY: &str = "{ ceremony { id options expiresAt } userErrors { field code } }";
const ADD: &str = "mutation($ceremony: ID!, $name: String!, $credential: JSON!) {
    addPasskey(ceremony: $ceremony, name: $name, credential: $credential) {
        passkey { id name createdAt lastUsedAt isBackedUp } userErrors { field code } } }";
const SIGN_IN: &str = "mutation($ceremony: ID!, $credential: JSON!) {
    signInWithPasskey(input: { ceremony: $ceremony, credential: $credential, transport: ANSWER }) {
        session { me { name passkeys { name lastUsedAt } } tokens { accessToken } } userErrors { field code } } }";
const STEP_UP: &str = "mutation($ceremony: ID!, $credential: JSON!) {
    stepUpWithPasskey(ceremony: $ceremony, credential: $credential) { provedUntil userErrors { field code } } }";
const REMOVE: &str = "mutation($id: ID!) { removePasskey(id: $id) { passkey { name } userErrors { code } } }";
const GUARDED: &str = "mutation($studio: ID!) { createApiKey(studio: $studio, name: \"shop\", scopes: [CATALOG_READ]) { userErrors { code } } }";

/// What one of the mutations that begin something has begun.
async fn begin(world: &World, token: Option<&str>, mutation: &str) -> Value {
    let answer = world.ask(token, &format!("mutation {{ {mutation} {CEREMONY} }}"), json!({})).await;
    assert_eq!(answer["data"][mutation]["userErrors"], json!([]), "{answer}");
    answer["data"][mutation]["ceremony"].clone()
}

/// Adds the device's passkey under a name; gives the payload.
async fn add(world: &World, token: &str, name: &str, device: &mut Authenticator) -> Value {
    let begun = begin(world, Some(token), "beginPasskey").await;
    let credential = device.create(&begun["options"]);
    let variables = json!({ "ceremony": begun["id"], "name": name, "credential": credential });
    world.ask(Some(token), ADD, variables).await["data"]["addPasskey"].clone()
}

/// Signs in with the device; gives the payload.
async fn sign_in(world: &World, device: &mut Authenticator) -> Value {
    let begun = begin(world, None, "beginPasskeySignIn").await;
    let variables = json!({ "ceremony": begun["id"], "credential": device.get(&begun["options"]) });
    world.ask(None, SIGN_IN, variables).await["data"]["signInWithPasskey"].clone()
}

#[tokio::test]
async fn a_passkey_is_added_used_and_removed() {
    on_each_database(async |world| {
        let (owner, _) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let mut device = Authenticator::new(1, ORIGIN);
        let nameless = add(world, &token, " ", &mut device).await;
        assert_eq!(nameless["userErrors"], json!([{ "field": "name", "code": "BAD_TEXT" }]));
        let added = add(world, &token, "Telephone", &mut device).await;
        assert_eq!((&added["userErrors"], &added["passkey"]["name"]), (&json!([]), &json!("Telephone")));
        assert_eq!((&added["passkey"]["lastUsedAt"], &added["passkey"]["isBackedUp"]), (&Value::Null, &json!(false)));
        let again = add(world, &token, "Telephone", &mut device).await;
        assert_eq!(again["userErrors"], json!([{ "field": "credential", "code": "PASSKEY_IS_KNOWN" }]));

        let signed_in = sign_in(world, &mut device).await;
        assert_eq!(signed_in["userErrors"], json!([]), "{signed_in}");
        let me = &signed_in["session"]["me"];
        assert_eq!((&me["name"], &me["passkeys"][0]["name"]), (&json!("Nova"), &json!("Telephone")));
        assert!(me["passkeys"][0]["lastUsedAt"].is_string(), "{me}");
        let own = signed_in["session"]["tokens"]["accessToken"].as_str().unwrap();
        assert_eq!(world.ask(Some(own), "{ me { name } }", json!({})).await["data"]["me"]["name"], "Nova");

        let elsewhere = sign_in(world, &mut device.at("http://localhost.example")).await;
        assert_eq!(elsewhere["userErrors"], json!([{ "field": "credential", "code": "PASSKEY_REFUSED" }]));
        let removed = world.ask(Some(&token), REMOVE, json!({ "id": added["passkey"]["id"] })).await;
        assert_eq!(removed["data"]["removePasskey"]["passkey"]["name"], "Telephone", "{removed}");
        let gone = sign_in(world, &mut device).await;
        assert_eq!(gone["userErrors"], json!([{ "field": "credential", "code": "UNKNOWN_PASSKEY" }]));
        let left = world.ask(Some(&token), "{ me { passkeys { name } } }", json!({})).await;
        assert_eq!(left["data"]["me"]["passkeys"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_ceremony_that_comes_twice_or_late_is_over() {
    on_each_database(async |world| {
        let (owner, _) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let mut device = Authenticator::new(1, ORIGIN);
        add(world, &token, "Telephone", &mut device).await;
        let over = json!([{ "field": "ceremony", "code": "CEREMONY_OVER" }]);
        let begun = begin(world, None, "beginPasskeySignIn").await;
        let variables = json!({ "ceremony": begun["id"], "credential": device.get(&begun["options"]) });
        let first = world.ask(None, SIGN_IN, variables.clone()).await;
        assert_eq!(first["data"]["signInWithPasskey"]["userErrors"], json!([]));
        let second = world.ask(None, SIGN_IN, variables).await;
        assert_eq!(second["data"]["signInWithPasskey"]["userErrors"], over);
        let begun = begin(world, None, "beginPasskeySignIn").await;
        world.clock.advance(Duration::minutes(5));
        let variables = json!({ "ceremony": begun["id"], "credential": device.get(&begun["options"]) });
        let late = world.ask(None, SIGN_IN, variables).await;
        assert_eq!(late["data"]["signInWithPasskey"]["userErrors"], over);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_proves_instead_of_the_password() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let (mut device, mut anothers) = (Authenticator::new(1, ORIGIN), Authenticator::new(2, ORIGIN));
        add(world, &token, "Telephone", &mut device).await;
        let (other, _) = world.sign_up("Orson").await;
        add(world, &world.token(other).await.1, "Key", &mut anothers).await;
        world.clock.advance(Duration::minutes(10));
        let guarded = async || world.ask(Some(&token), GUARDED, json!({ "studio": studio.to_string() })).await;
        assert_eq!(guarded().await["errors"][0]["extensions"]["code"], "STEP_UP_REQUIRED");
        let step_up = async |device: &mut Authenticator| {
            let begun = begin(world, Some(&token), "beginPasskeyProof").await;
            let variables = json!({ "ceremony": begun["id"], "credential": device.get(&begun["options"]) });
            world.ask(Some(&token), STEP_UP, variables).await["data"]["stepUpWithPasskey"].clone()
        };
        let refused = step_up(&mut anothers).await;
        assert_eq!(refused["userErrors"], json!([{ "field": "credential", "code": "UNKNOWN_PASSKEY" }]));
        assert_eq!(guarded().await["errors"][0]["extensions"]["code"], "STEP_UP_REQUIRED");
        let proved = step_up(&mut device).await;
        assert_eq!(proved["userErrors"], json!([]), "{proved}");
        assert_eq!(guarded().await.get("errors"), None);
    })
    .await;
}

#[tokio::test]
async fn where_the_pages_have_no_name_there_are_no_passkeys() {
    with_config(ApiConfig::default(), "http://192.0.2.7:8080", async |world| {
        let refused = world.ask(None, &format!("mutation {{ beginPasskeySignIn {CEREMONY} }}"), json!({})).await;
        let refused = &refused["data"]["beginPasskeySignIn"]["userErrors"];
        assert_eq!(refused, &json!([{ "field": null, "code": "NO_PASSKEYS_HERE" }]));
    })
    .await;
}
