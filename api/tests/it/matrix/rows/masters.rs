use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.masterPlan",
        document: "query($reviewProject: ID!) { masterPlan(project: $reviewProject) { profiles } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.masterDelivery",
        document: "query($masterDelivery: ID!) { masterDelivery(id: $masterDelivery) { state superseded url masters { profile state qc } steps { kind } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.masterDeliveries",
        document: "query($reviewProject: ID!, $approvedSong: ID!) { masterDeliveries(project: $reviewProject, song: $approvedSong) { nodes { id } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.setMasterPlan",
        document: "mutation($reviewProject: ID!) { setMasterPlan(input: { project: $reviewProject, profiles: [] }) { plan { profiles } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.orderMasters",
        document: "mutation($approvedSong: ID!) { orderMasters(input: { song: $approvedSong, profiles: [FLAC] }) { delivery { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.sendMasters",
        document: "mutation($reviewProject: ID!) { sendMasters(input: { project: $reviewProject }) { recipient { email } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
];
