//! The intake check of stem sets.

use adapters::jobs::{Attempt, JobError};
use domain::{
    catalog::{
        entity::{StemFindings, StemSetFindings},
        record_stem_check,
    },
    delivery::{inputs::find_render_inputs, queries::list_stems, rules::stem_file_name},
    ids::BeatId,
};

use crate::{
    AudioWorker, findings,
    inspect::Unheard,
    limits,
    listener::{StemsHeard, Task},
    refused,
};

impl AudioWorker {
    /// Has a beat's stems checked against each other and against its source, and records what was found.
    pub(crate) async fn check_stems(&self, beat: BeatId, attempt: &Attempt) -> Result<(), JobError> {
        let set = list_stems(&self.services.db, beat).await?;
        if set.is_empty() {
            return Ok(());
        }
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let mut stems = Vec::with_capacity(set.len());
        for (stem, file) in &set {
            // Each in a folder of its own: the check looks at the names, which may be alike on disk.
            let place = folder.path().join(stem.position.to_string());
            tokio::fs::create_dir(&place).await.map_err(JobError::passing_from)?;
            let path = place.join(stem_file_name(&stem.name, &file.file_name));
            self.fetch(&file.sha256, &path).await?;
            stems.push(path);
        }
        let source = find_render_inputs(&self.services.db, beat).await?.map(|inputs| inputs.source);
        let mix = match &source {
            Some(source) => {
                let path = folder.path().join("mix");
                self.fetch(&source.sha256, &path).await?;
                Some(path)
            }
            None => None,
        };
        let heard: StemsHeard = match self.listen(Task::CheckStems { stems, mix }, limits::STEMS, attempt).await {
            Ok(heard) => heard,
            Err(Unheard::Refused(why)) => return Err(JobError::lasting(why)),
            Err(Unheard::Job(failure)) => return Err(failure),
        };
        let found = set.into_iter().zip(heard.stems).map(|((stem, _), found)| StemFindings {
            asset: stem.asset_id,
            name: stem.name,
            findings: findings::of(found),
        });
        let found = StemSetFindings(found.collect());
        let tx = self.services.begin().await?;
        let verdict = findings::verdict(heard.verdict);
        record_stem_check(&tx, &self.ctx(), beat, source.map(|source| source.id), verdict, found)
            .await
            .map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(())
    }
}
