//! Royalty statements are read.

use std::time::Duration;

use adapters::jobs::{Attempt, JobError};
use domain::{ids::StatementImportId, royalties::commands::imports::read_import};

use crate::{BackOffice, refused};

/// How long the reading of a statement may take: of the largest that is taken in, a few minutes at a leisurely pace.
pub(crate) const READING: Duration = Duration::from_hours(1);

impl BackOffice {
    /// Reads a statement to its end. A worker that stops leaves it, and the next begins anew.
    pub(crate) async fn import_statement(&self, id: StatementImportId, attempt: &Attempt) -> Result<(), JobError> {
        let state = tokio::select! {
            read = read_import(&self.services, id) => read.map_err(refused)?,
            () = attempt.stop.cancelled() => return Err(JobError::Interrupted),
        };
        tracing::info!(import = %id, %state, "a statement was read");
        Ok(())
    }
}
