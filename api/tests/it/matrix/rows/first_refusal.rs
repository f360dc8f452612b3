use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.firstRefusal",
        document: "query($studio: ID!) { firstRefusal(studio: $studio) { on } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.firstRefusalWindows",
        document: "query($studio: ID!) { firstRefusalWindows(studio: $studio) { nodes { endsAt } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setFirstRefusal",
        document: "mutation($studio: ID!) { setFirstRefusal(input: { studio: $studio, on: true }) { on userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
