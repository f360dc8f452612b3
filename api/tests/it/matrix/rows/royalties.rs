use domain::{
    actor::Actor,
    money::{Currency, Money},
    royalties::{
        commands::{
            runs::{Reckon, reckon},
            terms::{NewCharge, save_charge},
        },
        rules::{AccountKey, ChargedTo, Group},
    },
};

use super::{super::fixture::Fixture, Row};
use crate::support::World;

/// A draft of a run of one charge.
pub(crate) async fn reckoned(fixture: &mut Fixture, world: &World) {
    let services = &world.services;
    let work = fixture.text("work").to_owned();
    fixture.set("ofSplit", work);
    let through = services.env.now().date_naive() - chrono::Duration::days(1);
    let payee = fixture.text("party").parse().unwrap();
    let charge = NewCharge {
        on: through,
        amount: Money::new(1, Currency::JPY),
        to: ChargedTo::Cost { account: AccountKey { payee, group: Group::shares() } },
        note: String::new(),
        request_key: None,
    };
    let tx = services.begin().await.unwrap();
    let charged = save_charge(&tx, &services.ctx(Actor::System), fixture.studio(), charge).await.unwrap();
    tx.commit().await.unwrap();
    fixture.set("royaltyCharge", charged.id.to_string());
    let new = Reckon { currency: Currency::JPY, through, request_key: None };
    let run = reckon(services, &services.ctx(Actor::System), fixture.studio(), new).await.unwrap();
    fixture.set("royaltyRun", run.id.to_string());
    fixture.set("royaltyStatement", format!("simport_{:032}", 0));
    fixture.set("royaltyThrough", through.to_string());
}

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.royaltyRules",
        document: "query($studio: ID!) { royaltyRules(studio: $studio) { rule number kind content } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.royaltyCharges",
        document: "query($studio: ID!) { royaltyCharges(studio: $studio) { nodes { kind amount { minor } partyName } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.royaltyRuns",
        document: "query($studio: ID!) { royaltyRuns(studio: $studio) { nodes { state payees { partyName } accounts { group } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.royaltyRun",
        document: "query($royaltyRun: ID!) { royaltyRun(id: $royaltyRun) { number received due { minor } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Query.explainRoyalty",
        document: "query($royaltyRun: ID!, $royaltyStatement: ID!) { explainRoyalty(run: $royaltyRun, statement: $royaltyStatement, line: 0) { parts { amount } } }",
        expected: "- 0 0 0 x x x 0 x -",
    },
    Row {
        field: "Mutation.saveRoyaltyRule",
        document: r#"mutation($studio: ID!) { saveRoyaltyRule(input: { studio: $studio, rule: "tax", title: "Tax", effectiveOn: "2026-01-01", content: { withholding: { countries: {}, otherwise: 0 } } }) { rule { number } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.recordRoyaltyCharge",
        document: r#"mutation($studio: ID!, $party: ID!) { recordRoyaltyCharge(input: { studio: $studio, kind: ADVANCE, on: "2026-01-01", amount: { minor: 0, currency: "EUR" }, party: $party }) { charge { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.reverseRoyaltyCharge",
        document: r#"mutation($royaltyCharge: ID!) { reverseRoyaltyCharge(charge: $royaltyCharge, reason: " ") { charge { id reversesId } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.saveSplitTerms",
        document: r#"mutation($studio: ID!, $ofSplit: String!) { saveSplitTerms(input: { studio: $studio, subject: $ofSplit, title: "Terms", losses: FLEXIBLE }) { rule { rule } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.reckonRoyalties",
        document: r#"mutation($studio: ID!, $royaltyThrough: NaiveDate!) { reckonRoyalties(input: { studio: $studio, currency: "JPY", through: $royaltyThrough }) { run { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.approveRoyaltyRun",
        document: "mutation($royaltyRun: ID!) { approveRoyaltyRun(id: $royaltyRun) { run { state } userErrors { code } } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.postRoyaltyRun",
        document: "mutation($royaltyRun: ID!) { postRoyaltyRun(id: $royaltyRun) { run { state } userErrors { code } } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.discardRoyaltyRun",
        document: "mutation($royaltyRun: ID!) { discardRoyaltyRun(id: $royaltyRun) { run { state } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
