//! Listening to music: tempo, key, faults, and what else sounds like it.

use std::collections::BTreeMap;

use adapters::jobs::{Attempt, JobError};
use audio_engine::{
    ENGINE_VERSION,
    features::{Features, Fingerprint},
};
use domain::{
    catalog::{
        Heard,
        entity::{self, AssetState, asset},
        find_asset, list_fingerprints, record_analysis, record_likenesses,
        rules::music::Key,
    },
    ids::AssetId,
};

use crate::{
    AudioWorker, blocking, findings,
    inspect::Unheard,
    limits,
    listener::{Listened, Task},
    refused,
};

/// From this similarity on, two files are most likely one recording ([`Fingerprint::similarity`]).
const ALIKE: f64 = 0.6;

/// How many fingerprints are held in memory at a time: a few megabytes.
const PAGE: u64 = 200;

impl AudioWorker {
    /// Listens to a ready file and records what was heard, then compares it with the studio's other files. The comparison reads what is committed, after
    /// its own hearing is: of two files that are heard at the same moment, at least the later finds the earlier.
    pub(crate) async fn analyse_asset(&self, id: AssetId, attempt: &Attempt) -> Result<(), JobError> {
        let ctx = self.ctx();
        let found = find_asset(&self.services.db, &ctx, id).await.map_err(refused)?;
        let Some(asset) = found.filter(|asset| asset.state == AssetState::Ready) else { return Ok(()) };
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let path = folder.path().join("music");
        self.fetch(&asset.sha256, &path).await?;
        let listened: Listened = match self.listen(Task::Listen { file: path }, limits::FILE, attempt).await {
            Ok(listened) => listened,
            // It was looked through before and found whole: the refusal is of no use to the file, but people should see it.
            Err(Unheard::Refused(why)) => return Err(JobError::lasting(why)),
            Err(Unheard::Job(failure)) => return Err(failure),
        };
        let fingerprint = listened.fingerprint.clone();
        let tx = self.services.begin().await?;
        record_analysis(&tx, &ctx, id, heard(listened)).await.map_err(refused)?;
        self.services.commit(tx).await?;
        let compared = self.compare(&asset, fingerprint).await?;
        let tx = self.services.begin().await?;
        record_likenesses(&tx, &ctx, id, &compared).await.map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(())
    }

    /// The studio's other files, each with how much it has in common with this one, in parts per million; none where they do not sound alike.
    async fn compare(
        &self,
        asset: &asset::Model,
        fingerprint: Fingerprint,
    ) -> Result<BTreeMap<AssetId, Option<i32>>, JobError> {
        let (mut compared, mut after) = (BTreeMap::new(), None);
        loop {
            let page = list_fingerprints(&self.services.db, asset.studio_id, asset.id, after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(compared) };
            after = Some(*last);
            let own = fingerprint.clone();
            let found = blocking(move || {
                let compared = page.into_iter().map(|(id, other)| (id, own.similarity(&Fingerprint(other.0))));
                compared.map(|(id, part)| (id, (part >= ALIKE).then(|| ppm(part)))).collect::<Vec<_>>()
            });
            compared.extend(found.await?);
        }
    }
}

fn heard(Listened { features: Features { tempo, key }, fingerprint, verdict, findings: found }: Listened) -> Heard {
    Heard {
        engine_version: ENGINE_VERSION.to_owned(),
        tempo: tempo.map(|tempo| (thousandths(tempo.bpm), ppm(tempo.confidence))),
        alternative_bpm_milli: tempo.and_then(|tempo| tempo.alternative_bpm).map(thousandths),
        tuning_cents: key.as_ref().map(|key| whole(key.tuning_cents)),
        key: key.and_then(|key| Some((Key::parse(&key.name)?.to_string(), ppm(key.confidence)))),
        verdict: findings::verdict(verdict),
        findings: findings::of(found),
        fingerprint: entity::Fingerprint(fingerprint.0),
    }
}

fn ppm(part: f64) -> i32 {
    whole(part.clamp(0.0, 1.0) * 1e6)
}

pub(crate) fn thousandths(value: f64) -> i32 {
    whole(value * 1000.0)
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, and the values are small")]
fn whole(value: f64) -> i32 {
    value.round() as i32
}
