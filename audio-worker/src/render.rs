//! Rendering a document once: claimed under its key, run on a blocking thread, reported, stored.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use adapters::jobs::{Attempt, JobError};
use audio_engine::{
    decode::DecodeError,
    render::{Format, Mix, OutputReceipt, Progress, Receipt, RenderError, Workspace, render, render_key},
    waveform::{Waveform, WaveformError, WaveformOptions},
};
use domain::{
    catalog::{
        Facts, RenderedFile, Sha256, add_rendered_asset,
        entity::{AssetKind, asset},
        find_assets_by_ids,
    },
    delivery::{
        entity::{RenderOutputs, RenderPurpose},
        renders::{self, Claim},
    },
    ids::{AssetId, BeatId, StudioId},
    ports::Stored,
    stages::Stage,
    store::Tx,
};
use tokio_util::sync::CancellationToken;

use crate::{AudioWorker, blocking, milliseconds, refused};

/// How often progress is written while a render runs; also its sign of life.
const REPORT_EVERY: Duration = Duration::from_millis(250);

/// How often a render that another job makes is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The name of the source in documents that have one alone.
pub(crate) const SOURCE: &str = "source";

/// What is to be rendered.
pub(crate) struct Order {
    /// The beat that asks for it; none for what is none.
    pub(crate) beat: Option<BeatId>,
    /// Whose the files are.
    pub(crate) studio: StudioId,
    /// What it is rendered from, as [`RenderOutputs`] has it.
    pub(crate) source: AssetId,
    /// What the tags of what is made say; none for what carries none.
    pub(crate) tags: Option<Sha256>,
    pub(crate) purpose: RenderPurpose,
    pub(crate) mix: Mix,
    /// The stored file behind each name in the document.
    pub(crate) sources: BTreeMap<String, asset::Model>,
    /// What each output becomes, in the document's order: its kind and the name it is kept under.
    pub(crate) outputs: Vec<(AssetKind, String)>,
    /// The name that the source's waveform is kept under; none if it is not to be drawn.
    pub(crate) waveform: Option<String>,
}

/// What the engine made, still in the scratch folder.
struct Made {
    receipt: Receipt,
    waveform: Option<Vec<u8>>,
}

impl AudioWorker {
    /// Renders a document, unless it has been rendered before; either way gives files that belong to the studio that asks. Waits while another job
    /// renders the same. The files come with the transaction that wrote them, still open, so that the caller records them in it.
    pub(crate) async fn render_once(&self, order: Order, attempt: &Attempt) -> Result<(Tx, RenderOutputs), JobError> {
        let hashes = order.sources.iter().map(|(name, file)| (name.clone(), file.sha256.to_string())).collect();
        let key = render_key(&order.mix, &hashes).map_err(JobError::lasting_from)?;
        let done = match self.claim(&order, &key, attempt).await? {
            Some(made_before) => {
                let tx = self.services.begin().await?;
                let outputs = self.adopt(&tx, &order, made_before).await?;
                Ok((tx, outputs))
            }
            None => self.make(&order, &key, attempt).await,
        };
        match done {
            Ok((tx, outputs)) => {
                if let Some(beat) = order.beat {
                    renders::credit_render(&tx, &key, beat, &outputs).await?;
                }
                Ok((tx, outputs))
            }
            Err(failure) => {
                let is_over = matches!(failure, JobError::Lasting { .. }) || attempt.is_last;
                if is_over && !matches!(failure, JobError::Interrupted) {
                    let tx = self.services.begin().await?;
                    renders::fail_render(&tx, &self.ctx(), &key, attempt.id, &failure.to_string()).await?;
                    self.services.commit(tx).await?;
                }
                Err(failure)
            }
        }
    }

    /// Claims the render; gives the files if it has been made before.
    async fn claim(&self, order: &Order, key: &str, attempt: &Attempt) -> Result<Option<RenderOutputs>, JobError> {
        loop {
            let tx = self.services.begin().await?;
            let claim = renders::claim_render(&tx, &self.ctx(), key, order.beat, order.purpose, attempt.id).await?;
            self.services.commit(tx).await?;
            match claim {
                Claim::Already(outputs) => return Ok(Some(outputs)),
                Claim::Mine => return Ok(None),
                Claim::Busy => tokio::select! {
                    () = attempt.stop.cancelled() => return Err(JobError::Interrupted),
                    () = tokio::time::sleep(LOOK_AGAIN) => {}
                },
            }
        }
    }

    async fn make(&self, order: &Order, key: &str, attempt: &Attempt) -> Result<(Tx, RenderOutputs), JobError> {
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let mut workspace = Workspace { stem_cache: self.stem_cache.clone(), ..Workspace::new(folder.path()) };
        for (index, (name, file)) in order.sources.iter().enumerate() {
            let path = folder.path().join(format!("in-{index}"));
            self.fetch(&file.sha256, &path).await?;
            workspace = workspace.with_source(name, path);
        }
        let made = self.run_engine(order, workspace, key, attempt).await?;
        let mut stored = Vec::with_capacity(made.receipt.outputs.len());
        for output in &made.receipt.outputs {
            stored.push(self.services.files.put_file(&output.path).await?);
        }
        let waveform = match made.waveform {
            Some(bytes) => Some(self.services.files.put_bytes(bytes.into()).await?),
            None => None,
        };
        self.services.env.reach_of(Stage::RenderStored, order.purpose.word());
        self.record(order, key, &made.receipt, stored, waveform).await
    }

    /// Runs the engine with its progress written as it goes.
    async fn run_engine(
        &self,
        order: &Order,
        workspace: Workspace,
        key: &str,
        attempt: &Attempt,
    ) -> Result<Made, JobError> {
        // Cancelled as well when this future is dropped, so that no thread renders for nobody.
        let cancel = attempt.stop.child_token();
        let _cancel_when_dropped = cancel.clone().drop_guard();
        let done_ppm = Arc::new(AtomicU32::new(0));
        let report = Report { done_ppm: Arc::clone(&done_ppm), cancel: cancel.clone() };
        let (mix, draw) = (order.mix.clone(), order.waveform.is_some());
        let rendering = blocking(move || make_files(&mix, &workspace, draw, report));
        tokio::pin!(rendering);
        let mut ticks = tokio::time::interval(REPORT_EVERY);
        let made = loop {
            tokio::select! {
                made = &mut rendering => break made?,
                _ = ticks.tick() => {
                    let ppm = done_ppm.load(Ordering::Relaxed);
                    let ours = renders::record_progress(&self.services.db, &self.ctx(), key, attempt.id, ppm).await?;
                    if !ours {
                        cancel.cancel();
                    }
                }
            }
        };
        made.map_err(|failure| failed(failure, attempt.stop.is_cancelled()))
    }

    /// Writes the files' rows and ends the render. If another job has ended it meanwhile, its files stand.
    async fn record(
        &self,
        order: &Order,
        key: &str,
        receipt: &Receipt,
        stored: Vec<Stored>,
        waveform: Option<Stored>,
    ) -> Result<(Tx, RenderOutputs), JobError> {
        let (ctx, studio) = (self.ctx(), order.studio);
        let tx = self.services.begin().await?;
        let mut outputs = RenderOutputs {
            source: order.source,
            tags: order.tags.clone(),
            wav: None,
            mp3: None,
            preview: None,
            waveform: None,
            receipt: public_receipt(receipt),
        };
        for ((output, stored), (kind, file_name)) in receipt.outputs.iter().zip(stored).zip(&order.outputs) {
            let file = RenderedFile {
                kind: *kind,
                file_name: file_name.clone(),
                media_type: output.format.media_type().to_owned(),
                stored,
                facts: Some(facts(output)),
            };
            let id = Some(add_rendered_asset(&tx, &ctx, studio, file).await.map_err(refused)?.id);
            match (kind, output.format.extension()) {
                (AssetKind::Preview, _) => outputs.preview = id,
                (_, "mp3") => outputs.mp3 = id,
                _ => outputs.wav = id,
            }
        }
        if let (Some(stored), Some(file_name)) = (waveform, order.waveform.clone()) {
            let media_type = "application/octet-stream".to_owned();
            let file = RenderedFile { kind: AssetKind::Waveform, file_name, media_type, stored, facts: None };
            outputs.waveform = Some(add_rendered_asset(&tx, &ctx, studio, file).await.map_err(refused)?.id);
        }
        let standing = renders::finish_render(&tx, &ctx, key, outputs.clone()).await?;
        if standing == outputs {
            return Ok((tx, outputs));
        }
        tx.rollback().await?;
        let tx = self.services.begin().await?;
        let outputs = self.adopt(&tx, order, standing).await?;
        Ok((tx, outputs))
    }

    /// Makes files of an earlier render this studio's own, if they are another's; their bytes are shared.
    async fn adopt(&self, tx: &Tx, order: &Order, made: RenderOutputs) -> Result<RenderOutputs, JobError> {
        let ids: Vec<AssetId> = [made.wav, made.mp3, made.preview, made.waveform].into_iter().flatten().collect();
        let files = find_assets_by_ids(tx, &ids).await?;
        let mut own = RenderOutputs { source: order.source, tags: order.tags.clone(), ..made };
        for slot in [&mut own.wav, &mut own.mp3, &mut own.preview, &mut own.waveform] {
            let Some(file) = slot.and_then(|id| files.get(&id)) else { continue };
            if file.studio_id != order.studio {
                *slot = Some(self.copy_row(tx, order.studio, file).await?);
            }
        }
        Ok(own)
    }

    async fn copy_row(&self, tx: &Tx, studio: StudioId, file: &asset::Model) -> Result<AssetId, JobError> {
        let stored = Stored { sha256: file.sha256.clone(), bytes: u64::try_from(file.bytes).unwrap_or(0) };
        let facts =
            file.duration_ms.zip(file.sample_rate_hz).zip(file.channels).map(|((duration_ms, rate), channels)| Facts {
                duration_ms,
                sample_rate_hz: rate,
                channels,
                bits_per_sample: file.bits_per_sample,
                measurement: file.measurement.clone(),
            });
        let copy = RenderedFile {
            kind: file.kind,
            file_name: file.file_name.clone(),
            media_type: file.media_type.clone(),
            stored,
            facts,
        };
        Ok(add_rendered_asset(tx, &self.ctx(), studio, copy).await.map_err(refused)?.id)
    }
}

/// What a render's failure is to its job: what may pass is tried again, and what stays names the file that it is about.
pub(crate) fn failed(failure: RenderError, is_stopping: bool) -> JobError {
    match failure {
        RenderError::Cancelled if is_stopping => JobError::Interrupted,
        RenderError::Cancelled => JobError::passing("another job took the render over"),
        RenderError::Io(cause) => JobError::passing_from(cause),
        RenderError::Decode { cause: cause @ (DecodeError::Io(_) | DecodeError::Missing), .. } => {
            JobError::passing_from(cause)
        }
        RenderError::Decode { name, cause } => {
            JobError::Lasting { what: format!("the {name} cannot be decoded: {cause}"), source: Some(cause.into()) }
        }
        other => JobError::lasting_from(other),
    }
}

/// What the engine's thread and the worker share.
struct Report {
    done_ppm: Arc<AtomicU32>,
    cancel: CancellationToken,
}

impl Progress for Report {
    fn report(&mut self, done_ppm: u32) {
        self.done_ppm.store(done_ppm, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

fn make_files(mix: &Mix, workspace: &Workspace, draw: bool, mut report: Report) -> Result<Made, RenderError> {
    let waveform = if draw {
        let source: &PathBuf =
            workspace.sources.get(SOURCE).ok_or_else(|| RenderError::MissingSource { name: SOURCE.to_owned() })?;
        let drawn = Waveform::of_unless(source, WaveformOptions::default(), &|| report.is_cancelled());
        let drawn = drawn.map_err(|cause| match cause {
            WaveformError::Cancelled => RenderError::Cancelled,
            WaveformError::Decode(cause) => RenderError::Decode { name: SOURCE.to_owned(), cause },
            WaveformError::Io(cause) => RenderError::Io(cause),
            WaveformError::Format => RenderError::Io(std::io::ErrorKind::InvalidData.into()),
        })?;
        Some(drawn.to_bytes())
    } else {
        None
    };
    let receipt = render(mix, workspace, &mut report)?;
    Ok(Made { receipt, waveform })
}

fn facts(output: &OutputReceipt) -> Facts {
    Facts {
        duration_ms: milliseconds(output.measured.duration_s),
        sample_rate_hz: i32::try_from(output.measured.sample_rate_hz).unwrap_or(i32::MAX),
        channels: i32::try_from(output.measured.channels).unwrap_or(i32::MAX),
        bits_per_sample: bits(output.format),
        measurement: serde_json::to_value(&output.measured).ok(),
    }
}

/// The bits of a sample, where the format has such a thing.
const fn bits(format: Format) -> Option<i32> {
    match format {
        Format::Wav16 | Format::Flac16 => Some(16),
        Format::Wav24 | Format::Flac24 => Some(24),
        Format::Wav32Float => Some(32),
        _ => None,
    }
}

/// The receipt without the places on this machine where files lay for a moment.
fn public_receipt(receipt: &Receipt) -> serde_json::Value {
    let mut receipt = receipt.clone();
    for output in &mut receipt.outputs {
        output.path = PathBuf::from(&output.file);
    }
    serde_json::to_value(receipt).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use audio_engine::render::TagNode;

    use super::*;

    #[test]
    fn a_failure_that_stays_says_which_file_it_is_about() {
        let cause = || DecodeError::UnsupportedCodec { codec: "A-law".to_owned() };
        let failure = failed(RenderError::Decode { name: "tag".to_owned(), cause: cause() }, false);
        assert!(matches!(failure, JobError::Lasting { .. }));
        assert!(failure.to_string().contains("the tag ") && failure.to_string().contains(&cause().to_string()));
        assert!(matches!(failed(RenderError::Cancelled, true), JobError::Interrupted));
        assert!(matches!(failed(RenderError::Cancelled, false), JobError::Passing { .. }));
    }

    #[test]
    fn a_cancelled_job_draws_nothing() {
        let folder = tempfile::tempdir().unwrap();
        // It would be missed if anybody looked.
        let workspace = Workspace::new(folder.path()).with_source(SOURCE, folder.path().join("gone.wav"));
        let cancel = CancellationToken::new();
        let draw = |cancel: &CancellationToken| {
            let report = Report { done_ppm: Arc::default(), cancel: cancel.clone() };
            make_files(&Mix::preview(SOURCE, "p.mp3", TagNode::default()), &workspace, true, report).map(drop)
        };
        assert!(matches!(draw(&cancel), Err(RenderError::Decode { .. })));
        cancel.cancel();
        assert!(matches!(draw(&cancel), Err(RenderError::Cancelled)));
    }
}
