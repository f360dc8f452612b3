//! Agreements behind the domain's port.

use domain::{
    agreements::document::{DocumentChange, DocumentProblem, DocumentStage, Reading},
    ports::{AgreementDocuments, ContractPdf, PortError},
};

/// Reads, shows, compares and typesets agreements.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgreementTypesetter;

fn missing() -> PortError {
    PortError::lasting("preparing an agreement", "the templates of agreements are not there yet")
}

impl AgreementDocuments for AgreementTypesetter {
    fn read(&self, _: &str) -> Result<Reading, Vec<DocumentProblem>> {
        let message = missing().to_string();
        Err(vec![DocumentProblem { path: "terms".to_owned(), code: "NO_TEMPLATES".to_owned(), message }])
    }

    fn html(&self, _: &str) -> Result<String, PortError> {
        Err(missing())
    }

    fn diff(&self, _: &str, _: &str) -> Result<Vec<DocumentChange>, PortError> {
        Err(missing())
    }

    fn typeset(&self, _: &str, _: DocumentStage<'_>) -> Result<ContractPdf, PortError> {
        Err(missing())
    }
}
