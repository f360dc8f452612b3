use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.payeeBalances",
        document: "query($studio: ID!) { payeeBalances(studio: $studio) { partyName payable { minor } waitsFor hold { reason } underWay { reference } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.payouts",
        document: "query($studio: ID!) { payouts(studio: $studio) { nodes { state failure partyName } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.payout",
        document: "query($payout: ID!) { payout(id: $payout) { reference amount { minor } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Query.payoutTerms",
        document: "query($studio: ID!) { payoutTerms(studio: $studio) { holdDays minimums { minimum { minor } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.payoutBatches",
        document: "query($studio: ID!) { payoutBatches(studio: $studio) { nodes { file payouts { reference } } } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Query.payeeRoutes",
        document: "query($studio: ID!) { payeeRoutes(studio: $studio) { account { state } bank { account } } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Query.payeeBankChanges",
        document: "query($studio: ID!) { payeeBankChanges(studio: $studio) { nodes { maskedAccount setByName partyName } } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.invitePayee",
        document: r#"mutation($studio: ID!, $party: ID!) { invitePayee(input: { studio: $studio, party: $party, country: "DE" }) { account { state } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.resetPayee",
        document: r#"mutation($studio: ID!, $party: ID!) { resetPayee(input: { studio: $studio, party: $party, country: "DE" }) { account { state } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.setPayeeBank",
        document: r#"mutation($studio: ID!, $party: ID!) { setPayeeBank(input: { studio: $studio, party: $party, scheme: SEPA, holder: "Ada", account: "DE89370400440532013000" }) { bank { account } userErrors { code } } }"#,
        expected: "- ? + x x x x x x -",
    },
    Row {
        field: "Mutation.setPayoutTerms",
        document: "mutation($studio: ID!) { setPayoutTerms(input: { studio: $studio, holdDays: 14 }) { terms { holdDays } userErrors { code } } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.requestPayout",
        document: r#"mutation($studio: ID!, $party: ID!) { requestPayout(input: { studio: $studio, party: $party, currency: "EUR" }) { payout { id } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.recordPayout",
        document: r#"mutation($studio: ID!, $party: ID!) { recordPayout(input: { studio: $studio, party: $party, amount: { minor: 1, currency: "EUR" } }) { payout { id } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.retryPayout",
        document: "mutation($payout: ID!) { retryPayout(id: $payout) { payout { id } userErrors { code } } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.cancelPayout",
        document: "mutation($payout: ID!) { cancelPayout(id: $payout) { payout { id } userErrors { code } } }",
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.endPayout",
        document: r#"mutation($payout: ID!) { endPayout(id: $payout, reason: " ") { payout { id } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.returnPayout",
        document: r#"mutation($payout: ID!) { returnPayout(id: $payout, reason: " ") { payout { id } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
    Row {
        field: "Mutation.exportPayouts",
        document: r#"mutation($studio: ID!) { exportPayouts(input: { studio: $studio, executeOn: "2026-11-24", sepa: { name: "Owner", iban: "DE89370400440532013000" } }) { batch { file } userErrors { code } } }"#,
        expected: "- ? + + x x x x x -",
    },
];
