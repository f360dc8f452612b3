use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.deliverables",
        document: "query($order: ID!) { deliverables(orderId: $order) { id } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.deliverablesByToken",
        document: "query($orderToken: String!) { deliverablesByToken(token: $orderToken) { id } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Query.downloads",
        document: "query($licence: ID!) { downloads(licenceId: $licence) { nodes { id } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.renders",
        document: "query($beat: ID!) { renders(beatId: $beat) { __typename } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Subscription.renderProgress",
        document: "subscription($beat: ID!) { renderProgress(beatId: $beat) { __typename } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Subscription.orderProgress",
        document: "subscription($orderToken: String!) { orderProgress(token: $orderToken) { __typename } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Subscription.studioChanged",
        document: "subscription($studio: ID!) { studioChanged(studio: $studio) }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Query.deadLetters",
        document: "query($studio: ID!) { deadLetters(studioId: $studio) { nodes { id } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.openJobs",
        document: "query($studio: ID!) { openJobs(studioId: $studio) { nodes { id } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.cancelJob",
        document: "mutation($studio: ID!, $openJob: ID!) { cancelJob(input: { studioId: $studio, jobId: $openJob }) { job { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.retryJob",
        document: "mutation($studio: ID!, $deadJob: ID!) { retryJob(input: { studioId: $studio, jobId: $deadJob }) { job { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
