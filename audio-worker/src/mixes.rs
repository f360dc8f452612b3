//! Versions of mixes: bounced from their documents, or taken as they came; measured and drawn; and rendered at the level of their review.

use std::{collections::BTreeMap, error::Error, path::PathBuf};

use adapters::jobs::{Attempt, JobError};
use audio_engine::{
    decode::DecodeError,
    measure::Measurement,
    render::{Format, Mix, Output, RenderError, Target},
    waveform::{Waveform, WaveformError, WaveformOptions},
};
use domain::{
    catalog::{
        RenderedFile, add_rendered_asset,
        entity::{AssetKind, asset},
        find_asset,
    },
    delivery::{entity::RenderPurpose, rules::file_name_part},
    ids::{AssetId, MixVersionId},
    mixes::{
        commands::{Sound, record_sound},
        queries::{Bounce, Material, find_bounce},
    },
    ports::Stored,
    reviews::levels::{Leveled, Leveling, find_leveling, record_level},
};
use serde_json::Value;

use crate::{
    AudioWorker,
    analyse::thousandths,
    blocking, refused,
    render::{Order, SOURCE},
};

/// What a version without a level is refused for.
const SILENT: &str =
    "this is silence, or shorter than half a second, so that it cannot be compared with any other version";

/// A version that can be heard; its waveform lies in the store, and its row is not written.
struct Heard {
    audio: AssetId,
    waveform: Stored,
    loudness_mlufs: i32,
    true_peak_mdbtp: i32,
    duration_ms: i64,
}

/// Why a version is not heard, or not packed.
pub(crate) enum Flaw {
    /// What is found wrong with it, for good.
    Version(String),
    /// What else failed.
    Job(JobError),
}

impl From<JobError> for Flaw {
    fn from(failure: JobError) -> Self {
        Self::Job(failure)
    }
}

impl Flaw {
    /// Of what failed in a render: a source that cannot be decoded, and what of the document cannot be rendered, is found in the version.
    pub(crate) fn of_render(failure: JobError) -> Self {
        match failure {
            JobError::Lasting { what, source: Some(cause) } if is_found(cause.as_ref()) => Self::Version(what),
            other => Self::Job(other),
        }
    }
}

fn is_found(cause: &(dyn Error + Send + Sync + 'static)) -> bool {
    let of_document =
        |flaw: &RenderError| matches!(flaw, RenderError::Document { .. } | RenderError::MissingSource { .. });
    cause.is::<DecodeError>() || cause.downcast_ref::<RenderError>().is_some_and(of_document)
}

impl AudioWorker {
    /// Makes a version heard: bounces its document, unless that was bounced before, or takes its file as it is; measures and draws it. What is found wrong with
    /// the version is told with it; whatever else fails, fails the job.
    pub(crate) async fn bounce_mix(&self, id: MixVersionId, attempt: &Attempt) -> Result<(), JobError> {
        let Some(bounce) = find_bounce(&self.services.db, id).await? else { return Ok(()) };
        let heard = match self.hear(&bounce, attempt).await {
            Ok(heard) => Ok(heard),
            Err(Flaw::Version(why)) => Err(why),
            Err(Flaw::Job(failure)) => return Err(failure),
        };
        let (ctx, studio) = (self.ctx(), bounce.version.studio_id);
        let tx = self.services.begin().await?;
        let outcome = match heard {
            Ok(heard) => {
                let file = RenderedFile {
                    kind: AssetKind::Waveform,
                    file_name: format!("{}.dat", name(&bounce)),
                    media_type: "application/octet-stream".to_owned(),
                    stored: heard.waveform,
                    facts: None,
                };
                Ok(Sound {
                    audio: heard.audio,
                    waveform: add_rendered_asset(&tx, &ctx, studio, file).await.map_err(refused)?.id,
                    loudness_mlufs: heard.loudness_mlufs,
                    true_peak_mdbtp: heard.true_peak_mdbtp,
                    duration_ms: heard.duration_ms,
                })
            }
            Err(why) => Err(why),
        };
        record_sound(&tx, &ctx, id, outcome).await.map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(())
    }

    async fn hear(&self, bounce: &Bounce, attempt: &Attempt) -> Result<Heard, Flaw> {
        let audio = match &bounce.material {
            Material::File(file) => (**file).clone(),
            Material::Document { json, sources } => self.bounce_document(bounce, json, sources, attempt).await?,
        };
        let measured = audio.measurement.clone().and_then(|json| serde_json::from_value::<Measurement>(json).ok());
        let measured =
            measured.ok_or_else(|| Flaw::Version("the file was not measured; upload it again".to_owned()))?;
        let (Some(loudness), Some(peak)) = (measured.integrated_lufs, measured.true_peak_dbtp) else {
            return Err(Flaw::Version(SILENT.to_owned()));
        };
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let path = folder.path().join("mix");
        self.fetch(&audio.sha256, &path).await?;
        let bytes = draw(path, attempt).await?;
        Ok(Heard {
            audio: audio.id,
            waveform: self.services.files.put_bytes(bytes.into()).await.map_err(JobError::from)?,
            loudness_mlufs: thousandths(loudness),
            true_peak_mdbtp: thousandths(peak),
            duration_ms: audio.duration_ms.unwrap_or_default(),
        })
    }

    /// The bounce of a document: one file of full quality, whatever outputs and voice tags the document has.
    async fn bounce_document(
        &self,
        bounce: &Bounce,
        json: &str,
        sources: &BTreeMap<String, asset::Model>,
        attempt: &Attempt,
    ) -> Result<asset::Model, Flaw> {
        let mix = Mix::from_json(json).map_err(|flaw| Flaw::Version(flaw.to_string()))?;
        let first = sources.values().next().ok_or_else(|| Flaw::Version("the document plays no file".to_owned()))?;
        let order = Order {
            beat: None,
            studio: bounce.version.studio_id,
            source: first.id,
            tags: None,
            purpose: RenderPurpose::Masters,
            mix: mix.bounced_as(Output::new("mix.wav", Format::Wav24)),
            sources: sources.clone(),
            outputs: vec![(AssetKind::Master, format!("{}.wav", name(bounce)))],
            waveform: None,
        };
        let (tx, made) = self.render_once(order, attempt).await.map_err(Flaw::of_render)?;
        self.services.commit(tx).await.map_err(JobError::from)?;
        let made = made.wav.ok_or_else(|| JobError::lasting("the bounce made no file"))?;
        let file = find_asset(&self.services.db, &self.ctx(), made).await.map_err(refused)?;
        Ok(file.ok_or_else(|| JobError::passing("the bounce's file is not there yet"))?)
    }

    /// Renders a version at the level at which it is compared with the others of its review. A version that is at its level already needs nothing.
    pub(crate) async fn level_mix(&self, id: MixVersionId, attempt: &Attempt) -> Result<(), JobError> {
        let Some(leveling) = find_leveling(&self.services.db, id).await? else { return Ok(()) };
        let gain_mdb = leveling.gain_mdb;
        let (tx, made) = self.render_once(level_order(leveling), attempt).await?;
        let preview = made.preview.ok_or_else(|| JobError::lasting("the render made no preview"))?;
        let loudness = made.receipt.pointer("/outputs/0/measured/integrated_lufs").and_then(Value::as_f64);
        let loudness_mlufs = loudness.map(thousandths).ok_or_else(|| JobError::lasting(SILENT))?;
        record_level(&tx, &self.ctx(), id, Leveled { gain_mdb, asset: preview, loudness_mlufs }).await?;
        self.services.commit(tx).await?;
        Ok(())
    }
}

/// What a version's files are called, such as `Night Drive mix 3`.
fn name(bounce: &Bounce) -> String {
    format!("{} mix {}", file_name_part(&bounce.title, "Song"), bounce.version.number)
}

/// The version as it is, turned down by the gain of its review and by nothing else: that leaves the limiter nothing to do.
fn level_order(leveling: Leveling) -> Order {
    let Leveling { version, audio, gain_mdb } = leveling;
    let mut mix = Mix::master(SOURCE, vec![Output::new("review.mp3", Format::Mp3Kbps320)]);
    mix.master.target = Target::AsIs;
    for clip in mix.tracks.iter_mut().flat_map(|track| &mut track.clips) {
        clip.gain_db = f64::from(gain_mdb) / 1000.0;
    }
    Order {
        beat: None,
        studio: version.studio_id,
        source: audio.id,
        tags: None,
        purpose: RenderPurpose::Preview,
        mix,
        sources: BTreeMap::from([(SOURCE.to_owned(), audio)]),
        outputs: vec![(AssetKind::Preview, format!("mix {} (review).mp3", version.number))],
        waveform: None,
    }
}

/// Draws a file on a blocking thread, which stops when the job does.
async fn draw(path: PathBuf, attempt: &Attempt) -> Result<Vec<u8>, Flaw> {
    let cancel = attempt.stop.child_token();
    let _cancel_when_dropped = cancel.clone().drop_guard();
    let drawn = blocking(move || Waveform::of_unless(&path, WaveformOptions::default(), &|| cancel.is_cancelled()));
    match drawn.await? {
        Ok(waveform) => Ok(waveform.to_bytes()),
        Err(WaveformError::Cancelled) => Err(JobError::Interrupted.into()),
        Err(WaveformError::Io(cause)) => Err(JobError::passing_from(cause).into()),
        Err(WaveformError::Decode(cause @ (DecodeError::Io(_) | DecodeError::Missing))) => {
            Err(JobError::passing_from(cause).into())
        }
        Err(WaveformError::Decode(flaw)) => Err(Flaw::Version(format!("it cannot be decoded: {flaw}"))),
        Err(failure) => Err(JobError::lasting_from(failure).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_found_in_a_version_refuses_it() {
        let document = RenderError::Document { path: "tracks".to_owned(), reason: "it is empty".to_owned() };
        let decode = JobError::Lasting {
            what: "the drums cannot be decoded".to_owned(),
            source: Some(DecodeError::Folder.into()),
        };
        for failure in [decode, JobError::lasting_from(document)] {
            let what = failure.to_string();
            assert!(matches!(Flaw::of_render(failure), Flaw::Version(why) if why == what), "{what}");
        }
        let of_job = [
            JobError::lasting("the stored file is gone"),
            JobError::lasting_from(RenderError::Cancelled),
            JobError::passing_from(DecodeError::Missing),
            JobError::Interrupted,
        ];
        for failure in of_job {
            let what = failure.to_string();
            assert!(matches!(Flaw::of_render(failure), Flaw::Job(_)), "{what}");
        }
    }
}
