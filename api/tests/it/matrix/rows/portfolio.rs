use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.portfolio",
        document: "query($studio: ID!) { portfolio(studio: $studio) { headline links { name url } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.portfolioEntries",
        document: "query($studio: ID!) { portfolioEntries(studio: $studio) { nodes { title roles links { url } credits { names } } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.portfolioSuggestions",
        document: "query($studio: ID!) { portfolioSuggestions(studio: $studio) { nodes { title artist roles credits { names } } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.updatePortfolio",
        document: r#"mutation($studio: ID!) { updatePortfolio(input: { studio: $studio, headline: "Soul, after dark", isPublic: true }) { portfolio { isPublic } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.addPortfolioEntry",
        document: r#"mutation($studio: ID!) { addPortfolioEntry(input: { studio: $studio, title: "Older", artist: "The Tides", roles: [PRODUCER] }) { entry { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.updatePortfolioEntry",
        document: r#"mutation($portfolioEntry: ID!) { updatePortfolioEntry(input: { entry: $portfolioEntry, releasedOn: "2020-02-29", isPublic: true }) { entry { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.movePortfolioEntry",
        document: "mutation($portfolioEntry: ID!) { movePortfolioEntry(entry: $portfolioEntry, place: 1) { entry { position } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.removePortfolioEntry",
        document: "mutation($studio: ID!, $portfolioEntry: ID!) { removePortfolioEntry(studio: $studio, entry: $portfolioEntry) { entry { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
