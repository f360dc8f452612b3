//! What statements say is due, as it is booked.

use adapters::jobs::JobError;
use domain::{ids::StatementImportId, royalties::commands::runs};

use crate::{BackOffice, refused};

impl BackOffice {
    /// Books what a statement says is due, and what of it reached the bank.
    pub(crate) async fn post_statement(&self, import: StatementImportId) -> Result<(), JobError> {
        runs::post_statement(&self.services, import).await.map_err(refused)
    }
}
