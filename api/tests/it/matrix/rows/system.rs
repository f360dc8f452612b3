use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] =
    &[Row { field: "Query.version", document: "{ version }", expected: "+ + + + + + + + + +" }];
