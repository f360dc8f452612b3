use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row { field: "Query.version", document: "{ version }", expected: "+ + + + + + + + + +" },
    Row {
        field: "Query.jsonInputReference",
        document: "{ jsonInputReference(input: ROYALTY_RULE) }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Query.jsonInputExamples",
        document: "{ jsonInputExamples(input: RELEASE) { title example } }",
        expected: "+ + + + + + + + + +",
    },
];
