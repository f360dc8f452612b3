//! Looking an upload through.

use std::path::Path;

use adapters::jobs::{Attempt, JobError};
use audio_engine::{
    decode::{self, DecodeError},
    measure,
};
use domain::{
    catalog::{
        Facts,
        entity::{AssetKind, AssetState},
        find_asset, record_inspection,
    },
    delivery,
    ids::AssetId,
};

use crate::{AudioWorker, blocking, catalog};

impl AudioWorker {
    /// Decodes and measures the whole file, and records its facts or why it is refused.
    pub(crate) async fn inspect_asset(&self, id: AssetId, attempt: &Attempt) -> Result<(), JobError> {
        let ctx = self.ctx();
        let Some(asset) = find_asset(&self.services.db, &ctx, id).await.map_err(catalog)? else { return Ok(()) };
        if asset.state != AssetState::Checking {
            return Ok(());
        }
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let path = folder.path().join("upload");
        self.fetch(&asset.sha256, &path).await?;
        let outcome = tokio::select! {
            found = blocking(move || look_through(&path)) => found?,
            () = attempt.stop.cancelled() => return Err(JobError::Interrupted),
        };
        let outcome = match outcome {
            Ok(facts) => Ok(facts),
            Err(DecodeError::Io(cause)) => return Err(JobError::passing_from(cause)),
            Err(refused) => Err(refused.to_string()),
        };
        let tx = self.services.begin().await?;
        let asset = record_inspection(&tx, &ctx, id, outcome).await.map_err(catalog)?;
        if asset.kind == AssetKind::Stem && asset.state == AssetState::Ready {
            for beat in delivery::queries::list_beats_with_stem(&tx, id).await? {
                delivery::commands::record_stems(&tx, &ctx, beat).await?;
            }
        }
        self.services.commit(tx).await?;
        Ok(())
    }

    /// Copies a stored file into the scratch folder.
    pub(crate) async fn fetch(&self, sha256: &domain::catalog::Sha256, to: &Path) -> Result<(), JobError> {
        if self.services.files.fetch(sha256, to).await? {
            return Ok(());
        }
        Err(JobError::lasting("the stored file is gone; restore it from a backup or upload it again"))
    }
}

fn look_through(path: &Path) -> Result<Facts, DecodeError> {
    let facts = decode::inspect(path)?;
    let measured = measure::measure(path)?;
    let milliseconds = facts.frames.saturating_mul(1000) / u64::from(facts.spec.sample_rate_hz.max(1));
    Ok(Facts {
        duration_ms: i64::try_from(milliseconds).unwrap_or(i64::MAX),
        sample_rate_hz: i32::try_from(facts.spec.sample_rate_hz).unwrap_or(i32::MAX),
        channels: i32::try_from(facts.spec.channels).unwrap_or(i32::MAX),
        bits_per_sample: facts.spec.bits_per_sample.and_then(|bits| i32::try_from(bits).ok()),
        measurement: serde_json::to_value(measured).ok(),
    })
}
