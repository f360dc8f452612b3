use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.review",
        document: "query($review: ID!) { review(id: $review) { state reviewers { email } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.reviewOfSong",
        document: "query($reviewSong: ID!) { reviewOfSong(song: $reviewSong) { state rounds { number } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.reviews",
        document: "query($studio: ID!) { reviews(studio: $studio, state: OPEN) { nodes { id } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.reviewTerms",
        document: "query($reviewProject: ID!) { reviewTerms(project: $reviewProject) { rounds } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.reviewLevels",
        document: "query($review: ID!) { reviewLevels(review: $review) { gainMdb } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.reviewComments",
        document: "query($review: ID!) { reviewComments(review: $review) { nodes { words replies { words } } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.reviewSteps",
        document: "query($review: ID!) { reviewSteps(review: $review) { nodes { act ip } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.setReviewTerms",
        document: "mutation($reviewProject: ID!) { setReviewTerms(input: { project: $reviewProject, terms: { rounds: 2 } }) { terms { rounds } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.openReview",
        document: "mutation($freshSong: ID!) { openReview(input: { song: $freshSong }) { review { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.changeReviewTerms",
        document: "mutation($review: ID!) { changeReviewTerms(input: { review: $review, terms: { rounds: 4 } }) { review { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.grantExtraRound",
        document: "mutation($review: ID!) { grantExtraRound(input: { review: $review }) { extraRound { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.inviteReviewer",
        document: r#"mutation($review: ID!) { inviteReviewer(input: { review: $review, name: "Eve", email: "eve@example.com" }) { reviewer { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.revokeReviewer",
        document: "mutation($spareReviewer: ID!) { revokeReviewer(input: { reviewer: $spareReviewer }) { reviewer { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.nameDecider",
        document: "mutation($reviewer: ID!) { nameDecider(input: { reviewer: $reviewer }) { reviewer { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.sendForReview",
        document: "mutation($mixDraft: ID!) { sendForReview(input: { version: $mixDraft }) { round { number } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.commentOnMix",
        document: r#"mutation($mixVersion: ID!) { commentOnMix(input: { version: $mixVersion, words: "Thank you" }) { comment { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.resolveComment",
        document: "mutation($reviewComment: ID!) { resolveComment(input: { comment: $reviewComment }) { comment { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
];
