//! A statement from its upload to its lines, as a manager goes about it.

use domain::{actor::Role, ids::StatementImportId, royalties::commands::imports::read_import};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{World, on_each_database};

const HEADER: &str = "Date Inserted\tReporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSource Type\tCountry of Sale\tSongwriter Royalties Withheld (USD)\tEarnings (USD)\tRecoup (USD)\n";
const ROW: &str = "2026-10-05\t2026-10-01\t2026-07\tSpotify\tNova\tNight Drive\tQZAB12600001\t\t10\t100\tStreaming\tUS\t0\t1.500000000001\t0\n";

const IMPORT: &str = "mutation($studio: ID!, $asset: ID!) {
    importStatement(input: { studio: $studio, assetId: $asset }) { statement { id state } isKnown userErrors { code } } }";
const LOOK: &str = "query($studio: ID!, $statement: ID!) {
    statement(id: $statement) { state format lines problems { code } drift { nearest changes } totals { currency amount rateTo } }
    statementLines(statement: $statement, item: 0, first: 1) { pageInfo { hasNextPage } nodes { raw line net channel territory } }
    suspense(studio: $studio) { nodes { reason lines net { amount currency } item { number title } suggestions { subject likeness } } } }";
const MATCH: &str = "mutation($statement: ID!, $subject: String!) {
    matchStatementItem(input: { statement: $statement, item: 0, subject: $subject }) { item { workId matchedBy } userErrors { field code } } }";
const RATE: &str = "mutation($statement: ID!, $to: String!) {
    setStatementRate(input: { statement: $statement, currency: \"USD\", accountCurrency: \"EUR\", of: \"1\", to: $to, source: STUDIO }) {
        total { rateTo rateSource } userErrors { field code remedy } } }";

async fn uploaded(world: &World, token: &str, studio: &str, text: &str) -> Value {
    let url = format!("{}/uploads/single?studio={studio}&kind=statement&name=earnings.tsv", world.base);
    let sent = world.http.post(url).bearer_auth(token).header("Content-Type", "text/tab-separated-values");
    let answer: Value = sent.body(text.to_owned()).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["state"], "ready", "{answer}");
    answer["assetId"].clone()
}

#[tokio::test]
async fn a_statement_is_taken_in_read_and_looked_at() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Owner").await;
        let (token, studio) = (world.token(owner).await.1, studio.to_string());
        let asset = uploaded(world, &token, &studio, &format!("{HEADER}{ROW}{ROW}")).await;
        let variables = json!({ "studio": studio, "asset": asset });
        let taken = world.ask(Some(&token), IMPORT, variables.clone()).await["data"]["importStatement"].clone();
        assert_eq!((&taken["statement"]["state"], &taken["isKnown"]), (&json!("WAITING"), &json!(false)), "{taken}");
        let again = world.ask(Some(&token), IMPORT, variables).await["data"]["importStatement"].clone();
        assert_eq!((&again["statement"]["id"], &again["isKnown"]), (&taken["statement"]["id"], &json!(true)));
        let id: StatementImportId = taken["statement"]["id"].as_str().unwrap().parse().unwrap();
        read_import(&world.services, id).await.unwrap();

        let variables = json!({ "studio": studio, "statement": id.to_string() });
        let seen = world.ask(Some(&token), LOOK, variables.clone()).await["data"].clone();
        assert_eq!(seen["statement"]["state"], "READY", "{seen}");
        assert_eq!(
            seen["statement"]["totals"],
            json!([{ "currency": "USD", "amount": "3.000000000002", "rateTo": null }])
        );
        let lines = &seen["statementLines"];
        assert_eq!(lines["pageInfo"]["hasNextPage"], true);
        assert_eq!(lines["nodes"][0]["raw"], ROW.trim_end());
        assert_eq!((&lines["nodes"][0]["channel"], &lines["nodes"][0]["line"]), (&json!("stream"), &json!(2)));
        let waiting = &seen["suspense"]["nodes"];
        assert_eq!((&waiting[0]["reason"], &waiting[0]["lines"]), (&json!("UNMATCHED"), &json!(2)));

        let of = |subject: &str| json!({ "statement": id.to_string(), "subject": subject });
        let wrong = world.ask(Some(&token), MATCH, of("beat_1")).await;
        assert_eq!(wrong["data"]["matchStatementItem"]["userErrors"][0]["code"], "BAD_SUBJECT", "{wrong}");
        let rate = |to: &str| json!({ "statement": id.to_string(), "to": to });
        let wrong = world.ask(Some(&token), RATE, rate("0,92")).await;
        assert_eq!(wrong["data"]["setStatementRate"]["userErrors"][0]["field"], "input.to", "{wrong}");
        let rated = world.ask(Some(&token), RATE, rate("0.92")).await;
        assert_eq!(rated["data"]["setStatementRate"]["total"], json!({ "rateTo": "0.92", "rateSource": "STUDIO" }));
    })
    .await;
}

#[tokio::test]
async fn a_drift_is_shown_as_what_has_changed() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Owner").await;
        let (token, studio) = (world.token(owner).await.1, studio.to_string());
        let drifted = format!("{}{ROW}", HEADER.replace("Quantity", "Units"));
        let asset = uploaded(world, &token, &studio, &drifted).await;
        let taken = world.ask(Some(&token), IMPORT, json!({ "studio": studio, "asset": asset })).await;
        let id: StatementImportId =
            taken["data"]["importStatement"]["statement"]["id"].as_str().unwrap().parse().unwrap();
        read_import(&world.services, id).await.unwrap();
        let variables = json!({ "studio": studio, "statement": id.to_string() });
        let seen = world.ask(Some(&token), LOOK, variables).await["data"].clone();
        assert_eq!(seen["statement"]["state"], "QUARANTINED", "{seen}");
        let drift = json!({ "nearest": "DistroKid", "changes": ["column 9 is \"Units\" instead of \"Quantity\""] });
        assert_eq!(seen["statement"]["drift"], drift);

        let url = format!("{}/statements/{id}/format", world.base);
        let page = async |token: &str| world.http.get(&url).bearer_auth(token).send().await.unwrap();
        let text = page(&token).await.text().await.unwrap();
        assert!(text.contains("nearly that of DistroKid") && text.contains(">Units</label>"), "{text}");
        let stranger = world.sign_up("Stranger").await.0;
        assert_eq!(page(&world.token(stranger).await.1).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(world.http.get(&url).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        let chosen =
            "name=Ours&column.1=period&column.2=sold&column.5=title&column.6=isrc&column.8=quantity&column.13=amount";
        let teach = async |more: &str| {
            let sent = world.http.post(&url).bearer_auth(&token).body(format!("{chosen}{more}"));
            sent.header("Content-Type", "application/x-www-form-urlencoded").send().await.unwrap()
        };
        let twice = teach("&column.12=amount").await;
        assert_eq!(twice.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(twice.text().await.unwrap().contains("another column means the same"));
        let taught = teach("&currency=USD").await.status();
        assert!(taught.is_success() || taught.is_redirection(), "{taught}");
        read_import(&world.services, id).await.unwrap();
        let variables = json!({ "studio": studio, "statement": id.to_string() });
        let seen = world.ask(Some(&token), LOOK, variables).await["data"].clone();
        assert_eq!(
            (&seen["statement"]["state"], &seen["statement"]["format"]),
            (&json!("READY"), &json!("ours")),
            "{seen}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_statement_says_is_not_everybodys_business_in_the_studio() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Owner").await;
        let token = world.token(owner).await.1;
        let asset = uploaded(world, &token, &studio.to_string(), &format!("{HEADER}{ROW}")).await;
        let engineer = world.add_member(studio, Role::Engineer, "engineer").await;
        let others = world.token(engineer).await.1;
        let assets = "query($studio: ID!) { assets(studio: $studio) { nodes { id } } }";
        let url = format!("{}/media/{}", world.base, asset.as_str().unwrap());
        for (token, status, count) in [(&token, StatusCode::OK, 1), (&others, StatusCode::FORBIDDEN, 0)] {
            let file = world.http.get(&url).bearer_auth(token).send().await.unwrap();
            assert_eq!(file.status(), status);
            let seen = world.ask(Some(token), assets, json!({ "studio": studio.to_string() })).await;
            assert_eq!(seen["data"]["assets"]["nodes"].as_array().unwrap().len(), count, "{seen}");
        }
        let kind = format!("{}/uploads/single?studio={studio}&kind=statement&name=earnings.tsv", world.base);
        let sent = world.http.post(kind).bearer_auth(&others).body(format!("{HEADER}{ROW}")).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::FORBIDDEN);
    })
    .await;
}
