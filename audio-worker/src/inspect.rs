//! Looking an upload through.

use std::path::Path;

use adapters::jobs::{Attempt, JobError};
use domain::{
    catalog::{
        Facts,
        entity::{AssetKind, AssetState},
        find_asset, record_inspection,
    },
    delivery,
    ids::AssetId,
};

use crate::{
    AudioWorker, limits,
    listener::{EarError, Inspected, Task},
    milliseconds, refused,
};

impl AudioWorker {
    /// Has the whole file decoded and measured, and records its facts or why it is refused.
    pub(crate) async fn inspect_asset(&self, id: AssetId, attempt: &Attempt) -> Result<(), JobError> {
        let ctx = self.ctx();
        let Some(asset) = find_asset(&self.services.db, &ctx, id).await.map_err(refused)? else { return Ok(()) };
        if asset.state != AssetState::Checking {
            return Ok(());
        }
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let path = folder.path().join("upload");
        self.fetch(&asset.sha256, &path).await?;
        let outcome = match self.listen(Task::Inspect { file: path }, limits::FILE, attempt).await {
            Ok(inspected) => Ok(facts(&inspected)),
            Err(Unheard::Refused(why)) => Err(why),
            Err(Unheard::Job(failure)) => return Err(failure),
        };
        let tx = self.services.begin().await?;
        let asset = record_inspection(&tx, &ctx, id, outcome).await.map_err(refused)?;
        if asset.kind == AssetKind::Stem && asset.state == AssetState::Ready {
            for beat in delivery::queries::list_beats_with_stem(&tx, id).await? {
                delivery::commands::record_stems(&tx, &ctx, beat).await?;
            }
        }
        self.services.commit(tx).await?;
        Ok(())
    }

    /// Asks a listener, which is killed when the job stops. One that never answers, as often as it is tried, refuses the file in the end, so that it
    /// does not wait for ever.
    pub(crate) async fn listen<T: serde::de::DeserializeOwned>(
        &self,
        task: Task,
        limits: crate::listener::Limits,
        attempt: &Attempt,
    ) -> Result<T, Unheard> {
        let heard = tokio::select! {
            heard = self.ear.ask(task, limits) => heard,
            () = attempt.stop.cancelled() => return Err(Unheard::Job(JobError::Interrupted)),
        };
        heard.map_err(|error| match error {
            EarError::Refused(why) => Unheard::Refused(why),
            EarError::Unanswered(_) if attempt.is_last => Unheard::Refused(error.to_string()),
            EarError::Unanswered(_) | EarError::Failed(_) => Unheard::Job(JobError::passing_from(error)),
        })
    }

    /// Copies a stored file into the scratch folder.
    pub(crate) async fn fetch(&self, sha256: &domain::catalog::Sha256, to: &Path) -> Result<(), JobError> {
        if self.services.files.fetch(sha256, to).await? {
            return Ok(());
        }
        Err(JobError::lasting("the stored file is gone; restore it from a backup or upload it again"))
    }
}

/// Why a listener found nothing.
pub(crate) enum Unheard {
    /// The file is refused: the sentence says why.
    Refused(String),
    /// The attempt came to nothing.
    Job(JobError),
}

/// What is kept of a file's facts.
pub(crate) fn facts(Inspected { facts, measurement }: &Inspected) -> Facts {
    Facts {
        duration_ms: milliseconds(facts.duration_s),
        sample_rate_hz: i32::try_from(facts.spec.sample_rate_hz).unwrap_or(i32::MAX),
        channels: i32::try_from(facts.spec.channels).unwrap_or(i32::MAX),
        bits_per_sample: facts.spec.bits_per_sample.and_then(|bits| i32::try_from(bits).ok()),
        measurement: serde_json::to_value(measurement).ok(),
    }
}
