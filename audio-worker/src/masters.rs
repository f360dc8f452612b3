//! Masters for delivery: WAV and MP3 in one pass.

use std::collections::BTreeMap;

use adapters::jobs::{Attempt, JobError};
use audio_engine::render::{Format, Metadata, Mix, Output};
use domain::{
    catalog::entity::AssetKind,
    delivery::{
        commands::record_masters,
        entity::RenderPurpose,
        inputs::{RenderInputs, find_render_inputs},
    },
    ids::BeatId,
};

use crate::{
    AudioWorker,
    render::{Order, SOURCE},
};

/// The name of the cover in documents.
const ARTWORK: &str = "artwork";

/// The largest cover that is put into delivered files, in bytes; the engine refuses larger ones. The catalogue takes none in that could not be
/// put in, so that what is left out is what it took in under an earlier rule.
const MAX_ARTWORK_BYTES: i64 = 16 * 1024 * 1024;

impl AudioWorker {
    /// Bounces a beat's masters from its present source, and makes ready what waits for them.
    pub(crate) async fn bounce_masters(&self, beat: BeatId, attempt: &Attempt) -> Result<(), JobError> {
        let Some(inputs) = find_render_inputs(&self.services.db, beat).await? else {
            return Err(JobError::passing("the beat has no source that is ready"));
        };
        let (tx, made) = self.render_once(order(&inputs), attempt).await?;
        record_masters(&tx, &self.ctx(), beat, &made).await?;
        self.services.commit(tx).await?;
        Ok(())
    }
}

fn order(inputs: &RenderInputs) -> Order {
    let cover = inputs.artwork.clone().filter(|cover| {
        cover.bytes <= MAX_ARTWORK_BYTES && matches!(cover.media_type.as_str(), "image/jpeg" | "image/png")
    });
    let metadata = Metadata {
        title: Some(inputs.beat.title.clone()),
        isrc: inputs.isrc.clone(),
        bpm: inputs.beat.bpm_milli.map(|milli| f64::from(milli) / 1000.0),
        key: inputs.beat.musical_key.clone(),
        artwork: cover.as_ref().map(|_| ARTWORK.to_owned()),
        artist: Some(inputs.studio_name.clone()),
        ..Metadata::default()
    };
    let output = |file: &str, format| Output { metadata: metadata.clone(), ..Output::new(file, format) };
    let mut sources = BTreeMap::from([(SOURCE.to_owned(), inputs.source.clone())]);
    sources.extend(cover.map(|cover| (ARTWORK.to_owned(), cover)));
    let files = vec![output("master.wav", Format::Wav24), output("master.mp3", Format::Mp3Kbps320)];
    Order {
        beat: Some(inputs.beat.id),
        studio: inputs.beat.studio_id,
        source: inputs.source.id,
        tags: Some(inputs.tags_sha256()),
        purpose: RenderPurpose::Masters,
        mix: Mix::master(SOURCE, files),
        sources,
        outputs: vec![
            (AssetKind::Master, format!("{}.wav", inputs.beat.slug)),
            (AssetKind::Master, format!("{}.mp3", inputs.beat.slug)),
        ],
        waveform: None,
    }
}

#[cfg(test)]
mod tests {
    use domain::catalog::rules::files;

    use super::*;

    #[test]
    fn no_cover_is_taken_in_that_masters_cannot_carry() {
        assert!(i64::try_from(files::MAX_ARTWORK_BYTES).unwrap() <= MAX_ARTWORK_BYTES);
    }
}
