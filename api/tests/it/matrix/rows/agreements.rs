use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.agreement",
        document: "query($agreement: ID!) { agreement(id: $agreement) { id document signers { name } evidence { intact } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.agreements",
        document: "query($studio: ID!) { agreements(studio: $studio) { nodes { id } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.agreementTemplates",
        document: "query($studio: ID!) { agreementTemplates(studio: $studio) { template clauses { id } edits } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.splitSheetDraft",
        document: "query($beat: ID!) { splitSheetDraft(beat: $beat) }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.agreementDraft",
        document: "query($agreement: ID!) { agreementDraft(agreement: $agreement) }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.draftAgreement",
        document: "mutation($studio: ID!, $document: JSON!) { draftAgreement(input: { studio: $studio, document: $document }) { agreement { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setClauseDefaults",
        document: r#"mutation($studio: ID!) { setClauseDefaults(input: { studio: $studio, template: PRODUCER, edits: { off: ["disputes"] } }) { template { edits } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.editAgreement",
        document: "mutation($agreement: ID!, $document: JSON!) { editAgreement(input: { agreement: $agreement, version: 0, document: $document }) { agreement { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.sendAgreement",
        document: "mutation($agreement: ID!) { sendAgreement(input: { agreement: $agreement }) { agreement { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.remindSigners",
        document: "mutation($agreement: ID!) { remindSigners(agreement: $agreement) { reminded userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.acceptCounter",
        document: "mutation($agreement: ID!) { acceptCounter(input: { agreement: $agreement, counterVersion: 9 }) { agreement { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.refuseCounter",
        document: "mutation($agreement: ID!) { refuseCounter(input: { agreement: $agreement, counterVersion: 9 }) { agreement { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.recordPaperSignature",
        document: r#"mutation($agreement: ID!, $signer: ID!) { recordPaperSignature(input: { agreement: $agreement, signer: $signer, version: 1, signedOn: "2026-11-23" }) { agreement { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.amendAgreement",
        document: "mutation($agreement: ID!, $document: JSON!) { amendAgreement(input: { agreement: $agreement, document: $document }) { agreement { id } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.voidAgreement",
        document: r#"mutation($agreement: ID!) { voidAgreement(input: { agreement: $agreement, reason: "Not needed any more." }) { agreement { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
];
