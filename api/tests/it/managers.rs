//! Rosters in GraphQL: who is on one, and at once who is not any more.

use domain::actor::Role;
use serde_json::{Value, json};

use crate::support::{World, on_each_database};

const ROSTER: &str = "{ roster { studioId name currency openAlerts } }";
const INCOME: &str = r#"query($first: Int) { royaltyIncome(by: MONTH, from: "2026-01-01", through: "2026-12-31", first: $first) { key } }"#;

async fn ask(world: &World, user: domain::ids::UserId, document: &str, variables: Value) -> Value {
    let token = world.token(user).await.1;
    world.ask(Some(&token), document, variables).await
}

#[tokio::test]
async fn what_an_owner_grants_and_takes_back_holds_with_the_next_request() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let mia = world.add_member(studio, Role::Manager, "mia").await;
        let named = json!({ "studio": studio.to_string(), "user": mia.to_string() });
        let on_roster = json!([{ "studioId": studio.to_string(), "name": "Nova Studio", "currency": "EUR", "openAlerts": 0 }]);
        let roster = async || ask(world, mia, ROSTER, json!({})).await["data"]["roster"].clone();
        let change = async |document: &str| {
            let answer = ask(world, owner, document, named.clone()).await;
            assert!(answer["errors"].is_null(), "{answer}");
        };
        let grant = "mutation($studio: ID!, $user: ID!) { grantRoster(studio: $studio, user: $user) { grant { userId } userErrors { code } } }";
        let revoke = "mutation($studio: ID!, $user: ID!) { revokeRoster(studio: $studio, user: $user) { userId userErrors { code } } }";
        let remove = "mutation($studio: ID!, $user: ID!) { removeMember(studio: $studio, user: $user) { userId userErrors { code } } }";
        assert_eq!(roster().await, json!([]));
        change(grant).await;
        assert_eq!(roster().await, on_roster);
        change(revoke).await;
        assert_eq!(roster().await, json!([]));
        change(grant).await;
        change(remove).await;
        assert_eq!(roster().await, json!([]), "whoever has left sees nothing");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        for first in [0, -1, 501] {
            let answer = ask(world, owner, INCOME, json!({ "first": first })).await;
            let refused = &answer["errors"][0]["extensions"];
            assert_eq!((&refused["code"], &refused["field"]), (&json!("BAD_PAGE"), &json!("first")), "{answer}");
        }
        let limit = "mutation($studio: ID!, $user: ID!, $limit: MoneyInput!) { setApprovalLimit(studio: $studio, user: $user, limit: $limit) {
            limit { limit { formatted } } userErrors { code field } } }";
        let set = async |minor: i64| {
            let limited = json!({ "minor": minor, "currency": "EUR" });
            let variables = json!({ "studio": studio.to_string(), "user": owner.to_string(), "limit": limited });
            ask(world, owner, limit, variables).await["data"]["setApprovalLimit"].clone()
        };
        assert_eq!(set(-1).await["userErrors"], json!([{ "code": "BAD_LIMIT", "field": "limit" }]));
        assert_eq!(set(50_000).await["limit"]["limit"]["formatted"], json!("EUR 500.00"));
    })
    .await;
}
