//! Batches of the catalogue. They are asked for ids that stand in rows which the caller has been shown.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    catalog::{
        self, AlikeBeat, Credit,
        entity::{analysis, asset, beat_label, recording, stem, stem_check, work},
    },
    ids::{AssetId, BeatId, RecordingId, WorkId},
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// Loads moods and tags of a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LabelsOfBeat(pub(super) BeatId);

/// Loads the credits of a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CreditsOfBeat(pub(super) BeatId);

/// Loads the stems of a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StemsOfBeat(pub(super) BeatId);

/// Loads what was found in the stems of a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CheckOfStems(pub(super) BeatId);

/// Loads what was heard in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AnalysisOf(pub(super) AssetId);

/// Loads the beats that sound like a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AlikeTo(pub(super) AssetId);

/// Loads the stems that came in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct UnpackedFrom(pub(super) AssetId);

impl Loader<LabelsOfBeat> for CallerLoader {
    type Value = Vec<beat_label::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[LabelsOfBeat]) -> Result<HashMap<LabelsOfBeat, Self::Value>, Failure> {
        let beats: Vec<BeatId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::list_labels_of_beats(&self.caller.services.db, &beats).await?;
        Ok(found.into_iter().map(|(beat, rows)| (LabelsOfBeat(beat), rows)).collect())
    }
}

impl Loader<CreditsOfBeat> for CallerLoader {
    type Value = Vec<Credit>;
    type Error = Failure;

    async fn load(&self, keys: &[CreditsOfBeat]) -> Result<HashMap<CreditsOfBeat, Self::Value>, Failure> {
        let beats: Vec<BeatId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::list_credits_of_beats(&self.caller.services.db, &beats).await?;
        Ok(found.into_iter().map(|(beat, rows)| (CreditsOfBeat(beat), rows)).collect())
    }
}

impl Loader<StemsOfBeat> for CallerLoader {
    type Value = Vec<stem::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[StemsOfBeat]) -> Result<HashMap<StemsOfBeat, Self::Value>, Failure> {
        let beats: Vec<BeatId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::list_stems_of_beats(&self.caller.services.db, &beats).await?;
        Ok(found.into_iter().map(|(beat, rows)| (StemsOfBeat(beat), rows)).collect())
    }
}

impl Loader<AssetId> for CallerLoader {
    type Value = asset::Model;
    type Error = Failure;

    async fn load(&self, keys: &[AssetId]) -> Result<HashMap<AssetId, Self::Value>, Failure> {
        Ok(catalog::find_assets_by_ids(&self.caller.services.db, keys).await?)
    }
}

impl Loader<WorkId> for CallerLoader {
    type Value = work::Model;
    type Error = Failure;

    async fn load(&self, keys: &[WorkId]) -> Result<HashMap<WorkId, Self::Value>, Failure> {
        Ok(catalog::find_works_by_ids(&self.caller.services.db, keys).await?)
    }
}

impl Loader<RecordingId> for CallerLoader {
    type Value = recording::Model;
    type Error = Failure;

    async fn load(&self, keys: &[RecordingId]) -> Result<HashMap<RecordingId, Self::Value>, Failure> {
        Ok(catalog::find_recordings_by_ids(&self.caller.services.db, keys).await?)
    }
}

impl Loader<CheckOfStems> for CallerLoader {
    type Value = stem_check::Model;
    type Error = Failure;

    async fn load(&self, keys: &[CheckOfStems]) -> Result<HashMap<CheckOfStems, Self::Value>, Failure> {
        let beats: Vec<BeatId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::find_stem_checks(&self.caller.services.db, &beats).await?;
        Ok(found.into_iter().map(|(beat, row)| (CheckOfStems(beat), row)).collect())
    }
}

impl Loader<AnalysisOf> for CallerLoader {
    type Value = analysis::Model;
    type Error = Failure;

    async fn load(&self, keys: &[AnalysisOf]) -> Result<HashMap<AnalysisOf, Self::Value>, Failure> {
        let files: Vec<AssetId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::find_analyses(&self.caller.services.db, &files).await?;
        Ok(found.into_iter().map(|(file, row)| (AnalysisOf(file), row)).collect())
    }
}

impl Loader<AlikeTo> for CallerLoader {
    type Value = Vec<AlikeBeat>;
    type Error = Failure;

    async fn load(&self, keys: &[AlikeTo]) -> Result<HashMap<AlikeTo, Self::Value>, Failure> {
        let files: Vec<AssetId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::list_alike(&self.caller.services.db, &files).await?;
        Ok(found.into_iter().map(|(file, beats)| (AlikeTo(file), beats)).collect())
    }
}

impl Loader<UnpackedFrom> for CallerLoader {
    type Value = Vec<AssetId>;
    type Error = Failure;

    async fn load(&self, keys: &[UnpackedFrom]) -> Result<HashMap<UnpackedFrom, Self::Value>, Failure> {
        let archives: Vec<AssetId> = keys.iter().map(|key| key.0).collect();
        let found = catalog::list_unpacked(&self.caller.services.db, &archives).await?;
        Ok(found.into_iter().map(|(archive, stems)| (UnpackedFrom(archive), stems)).collect())
    }
}
