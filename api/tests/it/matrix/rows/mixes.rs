use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.mixVersion",
        document: "query($mixVersion: ID!) { mixVersion(id: $mixVersion) { number sound { state } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.mixVersions",
        document: "query($reviewSong: ID!) { mixVersions(song: $reviewSong) { nodes { number } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.mixDocument",
        document: "query($mixBounce: ID!) { mixDocument(version: $mixBounce) }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.mixChanges",
        document: "query($mixBounce: ID!) { mixChanges(from: $mixBounce, to: $mixBounce) }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.addMixFile",
        document: "mutation($reviewSong: ID!, $mixFile: ID!) { addMixFile(input: { song: $reviewSong, file: $mixFile }) { version { number } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.addMixDocument",
        document: r#"mutation($reviewSong: ID!, $mixStem: ID!, $mixJson: JSON!) { addMixDocument(input: { song: $reviewSong, document: $mixJson, sources: [{ name: "drums.wav", asset: $mixStem }] }) { version { number } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.packMix",
        document: "mutation($mixBounce: ID!) { packMix(input: { version: $mixBounce }) { pack { id state } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.openDawSession",
        document: "mutation($freshSong: ID!, $dawFile: ID!) { openDawSession(input: { song: $freshSong, file: $dawFile }) { session { id state } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.dawSession",
        document: "query($dawSession: ID!) { dawSession(id: $dawSession) { state kind fidelity { exact } inventory { program } version { number } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.dawSessions",
        document: "query($reviewSong: ID!) { dawSessions(song: $reviewSong) { nodes { state } } }",
        expected: "- ? + + + x x + x -",
    },
];
