//! Tagged previews and waveforms.

use std::collections::BTreeMap;

use adapters::jobs::{Attempt, JobError};
use audio_engine::render::{Mix, TagNode};
use domain::{
    catalog::{entity::AssetKind, record_preview},
    delivery::{
        entity::RenderPurpose,
        inputs::{RenderInputs, find_render_inputs},
    },
    ids::BeatId,
};

use crate::{
    AudioWorker, refused,
    render::{Order, SOURCE},
};

/// The name of the studio's own tag in documents.
const TAG: &str = "tag";

impl AudioWorker {
    /// Renders a beat's preview and waveform from its present source. A beat without a source that is ready has nothing to render: the source's own
    /// inspection asks again.
    pub(crate) async fn render_preview(&self, beat: BeatId, attempt: &Attempt) -> Result<(), JobError> {
        let Some(inputs) = find_render_inputs(&self.services.db, beat).await? else { return Ok(()) };
        let (tx, made) = self.render_once(order(&inputs), attempt).await?;
        let (Some(preview), Some(waveform)) = (made.preview, made.waveform) else {
            return Err(JobError::lasting("the render made no preview"));
        };
        record_preview(&tx, &self.ctx(), beat, inputs.source.id, preview, waveform).await.map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(())
    }
}

fn order(inputs: &RenderInputs) -> Order {
    let tempo_bpm = inputs.beat.bpm_milli.map(|milli| f64::from(milli) / 1000.0);
    let tag = TagNode { source: inputs.tag.as_ref().map(|_| TAG.to_owned()), tempo_bpm, ..TagNode::default() };
    let mut sources = BTreeMap::from([(SOURCE.to_owned(), inputs.source.clone())]);
    sources.extend(inputs.tag.clone().map(|tag| (TAG.to_owned(), tag)));
    Order {
        beat: Some(inputs.beat.id),
        studio: inputs.beat.studio_id,
        source: inputs.source.id,
        // It carries none of the beat's.
        tags: None,
        purpose: RenderPurpose::Preview,
        mix: Mix::preview(SOURCE, "preview.mp3", tag),
        sources,
        outputs: vec![(AssetKind::Preview, format!("{} (preview).mp3", inputs.beat.slug))],
        waveform: Some(format!("{}.dat", inputs.beat.slug)),
    }
}
