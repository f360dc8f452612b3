use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare
pub(super) const ROWS: &[Row] =
    &[Row { field: "Query.version", document: "{ version }", expected: "+ + + + + + + + +" }];
