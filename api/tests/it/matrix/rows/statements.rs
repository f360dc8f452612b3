use domain::{
    catalog::{Sha256, entity::asset},
    ids::{AssetId, StatementImportId},
    royalties::entity::import,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::Row;
use crate::{matrix::fixture::Fixture, support::World};

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.statement",
        document: "query($statement: ID!) { statement(id: $statement) { state lines problems { code } totals { amount } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Query.statements",
        document: "query($studio: ID!) { statements(studio: $studio, state: WAITING) { nodes { id fileName } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.suspense",
        document: "query($studio: ID!) { suspense(studio: $studio) { nodes { reason lines suggestions { subject } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.statementFormats",
        document: "query($studio: ID!) { statementFormats(studio: $studio) { format number } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.statementLines",
        document: "query($statement: ID!) { statementLines(statement: $statement, item: 0) { nodes { raw net } } }",
        expected: "- ? + + x x x + x -",
    },
    // A beat's source: whoever may take statements in hears that it is none.
    Row {
        field: "Mutation.importStatement",
        document: "mutation($studio: ID!, $asset: ID!) { importStatement(input: { studio: $studio, assetId: $asset }) { statement { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    // One that was not read: whoever may accept hears that there is nothing to.
    Row {
        field: "Mutation.acceptStatement",
        document: "mutation($statement: ID!) { acceptStatement(id: $statement) { statement { state } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setStatementRate",
        document: r#"mutation($statement: ID!) { setStatementRate(input: { statement: $statement, currency: "USD", accountCurrency: "EUR", of: "1", to: "0.92", source: STUDIO }) { total { amount } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.recordStatementReceipt",
        document: r#"mutation($statement: ID!) { recordStatementReceipt(input: { statement: $statement, currency: "USD", amount: { minor: 9200, currency: "EUR" }, on: "2026-10-01" }) { total { amount } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.correctStatementReceipt",
        document: r#"mutation($statement: ID!) { correctStatementReceipt(input: { statement: $statement, currency: "USD", amount: { minor: 9300, currency: "EUR" }, on: "2026-10-01", reason: "Mistyped" }) { total { amount receipts { number reason } } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.matchStatementItem",
        document: "mutation($statement: ID!, $work: String!) { matchStatementItem(input: { statement: $statement, item: 0, subject: $work }) { item { number } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.cancelStatement",
        document: "mutation($statement: ID!) { cancelStatement(id: $statement) { statement { state } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.teachStatementFormat",
        document: r#"mutation($studio: ID!) { teachStatementFormat(input: { studio: $studio, description: { id: "own", name: "Own", currency: "EUR", columns: [{ heading: "Song", field: "title" }, { heading: "Euro", field: "amount" }] } }) { format { number } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.rematchStatements",
        document: "mutation($studio: ID!) { rematchStatements(studio: $studio) { matched userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];

/// A statement that waits to be read.
pub(crate) async fn stated(fixture: &mut Fixture, world: &World) {
    let (db, env) = (&world.services.db, &world.services.env);
    let (id, asset): (StatementImportId, AssetId) = (env.id(), fixture.text("asset").parse().unwrap());
    let file = asset::Entity::find_by_id(asset).one(db).await.unwrap().unwrap();
    let row = import::Model {
        file_name: "2026-Q3.tsv".into(),
        sha256: Sha256::of(b"a statement"),
        ..import::Model::waiting(id, file, env.now())
    };
    row.into_active_model().insert(db).await.unwrap();
    fixture.set("statement", id.to_string());
}
