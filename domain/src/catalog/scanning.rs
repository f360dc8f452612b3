//! What is handed in is looked through for malware before it is stored, wherever it comes in.

use std::path::Path;

use super::rules::files::{self, FileRefusal};
use crate::{
    ports::{PortError, Scanned},
    services::Services,
};

/// Why the scanner refuses a file that is handed in under a name; none if it does not, or if there is no scanner.
///
/// # Errors
/// If it does not answer, which is no refusal: the file can be handed in again.
pub async fn scan(services: &Services, name: &str, file: &Path) -> Result<Option<FileRefusal>, PortError> {
    let Some(scanner) = &services.scanner else { return Ok(None) };
    let name = match files::file_name(name) {
        Ok(name) => name,
        Err(refusal) => return Ok(Some(refusal)),
    };
    Ok(match scanner.scan(file).await? {
        Scanned::Clean => None,
        Scanned::Infected(malware) => {
            tracing::warn!(malware, "an infected file was refused");
            Some(FileRefusal::Infected { name, malware })
        }
        Scanned::TooLong => Some(FileRefusal::TooLongToScan { name }),
    })
}
