use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.freeDownloads",
        document: "query($studio: ID!) { freeDownloads(studio: $studio) { nodes { beatId } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.mailingConsents",
        document: "query($studio: ID!) { mailingConsents(studio: $studio, standing: true) { nodes { email } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setFreeDownload",
        document: "mutation($beat: ID!) { setFreeDownload(input: { beat: $beat, free: true }) { free userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
