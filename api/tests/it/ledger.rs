//! The books in GraphQL and as files: balances at an instant, payees, closed periods, explanations, exports.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    matrix::fixture::Fixture,
    support::{World, on_each_database},
};

/// The column of the studio's owner.
const OWNER: usize = 2;

async fn ask(world: &World, fixture: &Fixture, document: &str) -> Value {
    let token = fixture.token(world, OWNER).await.unwrap();
    world.ask(Some(&token), document, fixture.variables_of(document)).await
}

#[tokio::test]
async fn the_books_are_told_now_and_at_an_instant_and_an_entry_is_explained() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let query = "query($studio: ID!, $entry: ID!) {
            now: trialBalanceAt(studio: $studio) { balances { account { kind partyName } balance { minor } } totals { debits { minor } credits { minor } } }
            before: trialBalanceAt(studio: $studio, at: \"2026-11-01T00:00:00Z\") { totals { debits { minor } } }
            payees(studio: $studio) { partyName owed { minor } suspended { minor } due { minor } }
            explain(entry: $entry) { reference entry { amount { minor } } journal { kind externalId occurredAt ofId } payment { id } parts { part { holder } } fundedBy { entryId } } }";
        let answer = ask(world, &fixture, query).await;
        let data = &answer["data"];
        // A currency each: the sale and a payout in euros, a cost of royalties in yen.
        let even = |minor: i64| json!({ "debits": { "minor": minor }, "credits": { "minor": minor } });
        assert_eq!(data["now"]["totals"], json!([even(6_000), even(1)]), "{answer}");
        let payable = json!({ "account": { "kind": "PAYABLE", "partyName": "Owner" }, "balance": { "minor": -5000 } });
        assert_eq!(data["now"]["balances"][1], payable);
        assert_eq!(data["before"]["totals"], json!([]));
        let owed = json!([{ "partyName": "Owner", "owed": { "minor": 5000 }, "suspended": { "minor": 0 }, "due": { "minor": 0 } }]);
        assert_eq!(data["payees"], owed);
        let told = json!({
            "reference": "LL-MATRIX", "entry": { "amount": { "minor": -6000 } },
            "journal": { "kind": "sale", "externalId": "pi_matrix", "occurredAt": null, "ofId": null },
            "payment": null, "parts": [], "fundedBy": [],
        });
        assert_eq!(data["explain"], told);
    })
    .await;
}

#[tokio::test]
async fn a_period_is_closed_once_and_says_what_it_held() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        world.clock.advance(chrono::Duration::days(10));
        let close = "mutation($studio: ID!) { closeLedgerPeriod(input: { studio: $studio, endsAt: \"2026-12-01T00:00:00Z\", reason: \" November \" }) {
            period { number startsAt endsAt reason journals closedById sha256 } userErrors { code field } } }";
        let answer = ask(world, &fixture, close).await;
        let period = &answer["data"]["closeLedgerPeriod"]["period"];
        assert_eq!((&period["number"], &period["reason"], &period["journals"]), (&json!(1), &json!("November"), &json!(3)), "{answer}");
        assert!(period["closedById"].as_str().unwrap().starts_with("user_"));
        let again = ask(world, &fixture, close).await;
        let errors = json!([{ "code": "PERIOD_CLOSED", "field": "endsAt" }]);
        assert_eq!(again["data"]["closeLedgerPeriod"]["userErrors"], errors, "{again}");
        let listed = ask(world, &fixture, "query($studio: ID!) { ledgerPeriods(studio: $studio) { nodes { sha256 } } }").await;
        assert_eq!(listed["data"]["ledgerPeriods"]["nodes"], json!([{ "sha256": period["sha256"] }]));
    })
    .await;
}

#[tokio::test]
async fn the_books_come_as_files() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        for (path, media_type, holds) in [
            ("ledger.csv", "text/csv; charset=utf-8; header=present", ",payable,party_"),
            ("ledger.beancount", "text/plain; charset=utf-8", "\n  Assets:Gateway:Clearing  60.00 EUR\n"),
        ] {
            let url = format!("{}{}", world.base, fixture.path_of(&format!("/studios/{{slug}}/{path}")));
            let token = fixture.token(world, OWNER).await.unwrap();
            let looked = world.http.head(&url).bearer_auth(&token).send().await.unwrap();
            assert_eq!((looked.status(), looked.text().await.unwrap().as_str()), (StatusCode::OK, ""));
            let answer = world.http.get(url).bearer_auth(token).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.headers()["content-type"], media_type);
            assert!(answer.headers()["content-disposition"].to_str().unwrap().contains(path));
            let text = answer.text().await.unwrap();
            assert!(text.contains(holds), "{text}");
        }
    })
    .await;
}
