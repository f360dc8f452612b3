use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.buyerOffer",
        document: "query($offer: ID!) { buyerOffer(id: $offer) { state steps { act } } }",
        expected: "- 0 + + x x x + x -",
    },
    Row {
        field: "Query.buyerOffers",
        document: "query($studio: ID!) { buyerOffers(studio: $studio, state: OPEN) { nodes { amount { minor } } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.offerSettings",
        document: "query($studio: ID!) { offerSettings(studio: $studio) { minimum { minor } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setOffers",
        document: r#"mutation($studio: ID!) { setOffers(input: { studio: $studio, tier: WAV, takesOffers: true, minimum: { minor: 3000, currency: "EUR" } }) { setting { answerDays } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.makeOffer",
        document: r#"mutation($studio: ID!, $beat: ID!) { makeOffer(input: { studio: $studio, beat: $beat, tier: WAV, email: "eve@example.com", amount: { minor: 3500, currency: "EUR" } }) { answeredBy userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.counterOffer",
        document: r#"mutation($offer: ID!) { counterOffer(input: { offer: $offer, amount: { minor: 2500, currency: "EUR" } }) { offer { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.acceptOffer",
        document: "mutation($offer: ID!) { acceptOffer(input: { offer: $offer }) { offer { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.declineOffer",
        document: "mutation($offer: ID!) { declineOffer(input: { offer: $offer }) { offer { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
