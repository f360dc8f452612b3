//! A period is reckoned, approved and posted over the API, and whoever has its files reckons it again.

use chrono::Duration;
use domain::{ids::StudioId, royalties::rules::replay};
use serde_json::{Value, json};

use crate::support::{World, on_each_database};

/// What a mutation of royalties has answered: what it made, and the codes and fields of what it refused.
async fn mutate(world: &World, token: &str, field: &str, document: &str, variables: Value) -> (Value, Vec<Value>) {
    let answer = world.ask(Some(token), document, variables).await;
    let payload = answer["data"][field].clone();
    assert!(payload.is_object(), "{answer}");
    let errors = payload["userErrors"].as_array().unwrap().clone();
    (payload, errors)
}

async fn file(world: &World, token: &str, run: &str, name: &str) -> Vec<u8> {
    let url = format!("{}/royalty-runs/{run}/{name}.json", world.base);
    let response = world.http.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.bytes().await.unwrap().to_vec()
}

const RECKON: &str = "mutation($studio: ID!, $through: NaiveDate!) {
    reckonRoyalties(input: { studio: $studio, currency: \"EUR\", through: $through, idempotencyKey: \"q3\" }) {
        run { id number state inputsSha256 payees { partyName } left { sums { reason } unrated { fileName } } } userErrors { code field }
    }
}";

/// The party that the studio itself is.
async fn own_party(world: &World, token: &str, studio: StudioId) -> Value {
    let parties = "query($studio: ID!) { parties(studio: $studio) { nodes { id } } }";
    let answer = world.ask(Some(token), parties, json!({ "studio": studio.to_string() })).await;
    answer["data"]["parties"]["nodes"][0]["id"].clone()
}

const CHARGE: &str = "mutation($studio: ID!, $party: ID!) { recordRoyaltyCharge(input: { studio: $studio, kind: COST,
    on: \"2026-01-01\", amount: { minor: 100, currency: \"EUR\" }, party: $party }) { charge { id } userErrors { code } } }";

const REVERSE: &str = "mutation($charge: ID!) { reverseRoyaltyCharge(charge: $charge, reason: \"Mistyped\") {
    charge { amount { minor } reversesId } userErrors { code } } }";

#[tokio::test]
async fn a_period_is_reckoned_posted_and_replayed() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Owner").await;
        let (_, token) = world.token(owner).await;
        let today = world.services.env.now().date_naive();
        let through = |days| json!({ "studio": studio.to_string(), "through": today + Duration::days(days) });

        for days in [0, 1] {
            let (_, refused) = mutate(world, &token, "reckonRoyalties", RECKON, through(days)).await;
            assert_eq!((&refused[0]["code"], &refused[0]["field"]), (&json!("BAD_PERIOD"), &json!("through")));
        }
        let (_, empty) = mutate(world, &token, "reckonRoyalties", RECKON, through(-1)).await;
        assert_eq!(empty[0]["code"], "NOTHING_TO_RECKON");
        let charged = json!({ "studio": studio.to_string(), "party": own_party(world, &token, studio).await });
        let (charge, _) = mutate(world, &token, "recordRoyaltyCharge", CHARGE, charged.clone()).await;
        let mistyped = json!({ "charge": charge["charge"]["id"] });
        for _ in 0..2 {
            let (back, _) = mutate(world, &token, "reverseRoyaltyCharge", REVERSE, mistyped.clone()).await;
            let told = &back["charge"];
            assert_eq!(
                (&told["amount"]["minor"], &told["reversesId"]),
                (&json!(-100), &charge["charge"]["id"]),
                "{back}"
            );
        }
        mutate(world, &token, "recordRoyaltyCharge", CHARGE, charged).await;
        let (made, _) = mutate(world, &token, "reckonRoyalties", RECKON, through(-1)).await;
        let (again, _) = mutate(world, &token, "reckonRoyalties", RECKON, through(-1)).await;
        assert_eq!((&made["run"]["state"], &made), (&json!("DRAFT"), &again));
        let run = made["run"]["id"].as_str().unwrap().to_owned();

        let post = "mutation($run: ID!) { postRoyaltyRun(id: $run) { run { state } userErrors { code } } }";
        let (_, early) = mutate(world, &token, "postRoyaltyRun", post, json!({ "run": run })).await;
        assert_eq!(early[0]["code"], "RUN_NOT_NOW");
        let approve = "mutation($run: ID!) { approveRoyaltyRun(id: $run) { run { state } userErrors { code } } }";
        mutate(world, &token, "approveRoyaltyRun", approve, json!({ "run": run })).await;
        let (posted, _) = mutate(world, &token, "postRoyaltyRun", post, json!({ "run": run })).await;
        assert_eq!(posted["run"]["state"], "POSTED");

        let inputs = file(world, &token, &run, "inputs").await;
        assert_eq!(replay(&inputs).unwrap().canonical(), file(world, &token, &run, "outcome").await);
    })
    .await;
}

#[tokio::test]
async fn terms_and_charges_that_cannot_be_name_the_field() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Owner").await;
        let (_, token) = world.token(owner).await;
        let save = "mutation($studio: ID!, $content: JSON!) { saveRoyaltyRule(input: { studio: $studio, rule: \"tax\",
            title: \"Tax\", effectiveOn: \"2026-01-01\", content: $content }) {
            rule { number content } userErrors { code field } } }";
        let with = |content: Value| json!({ "studio": studio.to_string(), "content": content });
        let unknown = with(json!({ "tax": {} }));
        let (_, refused) = mutate(world, &token, "saveRoyaltyRule", save, unknown).await;
        assert_eq!(refused[0]["field"], "input.content");
        let tax = json!({ "withholding": { "countries": { "FR": 150_000 }, "otherwise": 300_000 } });
        let (saved, _) = mutate(world, &token, "saveRoyaltyRule", save, with(tax.clone())).await;
        assert_eq!(saved["rule"], json!({ "number": 1, "content": tax }));

        let charge = "mutation($studio: ID!, $kind: RoyaltyChargeKind!) { recordRoyaltyCharge(input: { studio: $studio,
            kind: $kind, on: \"2026-01-01\", amount: { minor: 100, currency: \"EUR\" }, subject: \"ean_1\" }) {
            charge { id } userErrors { code field } } }";
        for (kind, field) in [("SHARED", "input.subject"), ("COST", "input.party")] {
            let variables = json!({ "studio": studio.to_string(), "kind": kind });
            let (_, refused) = mutate(world, &token, "recordRoyaltyCharge", charge, variables).await;
            assert_eq!(refused[0]["field"], field);
        }
    })
    .await;
}
