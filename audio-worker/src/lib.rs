//! The audio worker: looks uploads through, listens to music and stems, renders tagged previews with waveforms, and bounces masters, those of
//! approved mixes to the profiles that were ordered, all by one engine.
//!
//! **May depend on** `domain`, `adapters`, `audio-engine` and `interchange`; not on `api` or `back-office`. It reads and writes rows through the domain alone,
//! and bytes through [`domain::ports::FileStore`]. Work on sound happens in files of this process's own scratch folder: what strangers sent is first
//! opened by a [`listener`] in a process of its own, what it found whole is rendered on blocking threads. Projects of other workstations become mix
//! documents, and the other way, in [`dawproject`], which knows no job: `daw_sessions` has a listener call it, `handoff` packs what it writes.
//!
//! **To add a job:** a variant of [`Job`] in the audio queue, a module here, an arm in [`AudioWorker::handle`], its limits in `limits`. Whatever is rendered goes through
//! [`render`], which claims it under its key, so that nothing is rendered twice.

mod analyse;
mod daw_sessions;
pub mod dawproject;
mod deliveries;
mod findings;
mod handoff;
mod inspect;
mod limits;
pub mod listener;
mod masters;
mod mixes;
mod preview;
mod render;
mod scratch;
mod stems;
mod unpack;

use std::{path::Path, time::Duration};

use adapters::jobs::{Attempt, JobError, JobHandler};
use async_trait::async_trait;
pub use audio_engine::render::StemCache;
use domain::{actor::Actor, outbox::Job, report::Explain, services::Services};
use listener::Ear;
use scratch::Scratch;

/// Does the jobs of the audio queue.
#[derive(Debug)]
pub struct AudioWorker {
    services: Services,
    scratch: Scratch,
    ear: Ear,
    stem_cache: Option<StemCache>,
}

impl AudioWorker {
    /// A worker that listens by `ear`, keeps its working files below `scratch_dir`, which it makes if need be, and keeps the tracks of mixes from render to
    /// render, if it is given a place for them. What processes that are gone have left in the scratch folder is removed.
    ///
    /// # Errors
    /// If a folder cannot be made or locked.
    pub fn new(
        services: Services,
        scratch_dir: &Path,
        ear: Ear,
        stem_cache: Option<StemCache>,
    ) -> std::io::Result<Self> {
        let scratch = Scratch::open(scratch_dir, &hex::encode(services.env.random::<8>()))?;
        if let Some(cache) = &stem_cache {
            std::fs::create_dir_all(&cache.folder)?;
        }
        Ok(Self { services, scratch, ear, stem_cache })
    }

    fn ctx(&self) -> domain::actor::Ctx {
        self.services.ctx(Actor::System)
    }
}

#[async_trait]
impl JobHandler for AudioWorker {
    async fn handle(&self, attempt: &Attempt) -> Result<(), JobError> {
        match &attempt.job {
            Job::InspectAsset { asset } => self.inspect_asset(*asset, attempt).await,
            Job::UnpackStems { asset } => self.unpack_stems(*asset, attempt).await,
            Job::AnalyseAsset { asset } => self.analyse_asset(*asset, attempt).await,
            Job::CheckStems { beat } => self.check_stems(*beat, attempt).await,
            Job::RenderPreview { beat } => self.render_preview(*beat, attempt).await,
            Job::BounceMasters { beat } => self.bounce_masters(*beat, attempt).await,
            Job::BounceMix { version } => self.bounce_mix(*version, attempt).await,
            Job::LevelMix { version } => self.level_mix(*version, attempt).await,
            Job::PackMix { pack } => self.pack_mix(*pack, attempt).await,
            Job::OpenDawSession { session } => self.open_daw_session(*session, attempt).await,
            Job::RenderMaster { master } => self.render_master(*master, attempt).await,
            other => Err(JobError::lasting(format!("the audio worker does not do this: {other:?}"))),
        }
    }

    fn time_limit(&self, job: &Job) -> Duration {
        limits::time_limit(job)
    }
}

/// The domain's refusals of a job's own writes stay; what broke beneath may pass.
fn refused(cause: impl Explain) -> JobError {
    if cause.explain().kind.is_ours() { JobError::passing_from(cause) } else { JobError::lasting_from(cause) }
}

/// Runs work on a blocking thread; a panic there is a failure that stays.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|cause| JobError::Lasting {
        what: "the audio engine broke; the program's log says how".to_owned(),
        source: Some(cause.into()),
    })
}

#[expect(clippy::cast_possible_truncation, reason = "an hour has 3.6 million milliseconds")]
fn milliseconds(duration_s: f64) -> i64 {
    (duration_s * 1000.0).round() as i64
}
