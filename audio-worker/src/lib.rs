//! The audio worker: looks uploads through, renders tagged previews with waveforms, and bounces masters, all by one engine.
//!
//! **May depend on** `domain`, `adapters` and `audio-engine`; not on `api` or `back-office`. It reads and writes rows through the domain alone,
//! and bytes through [`domain::ports::FileStore`]. Work on sound happens in files of this process's own scratch folder, on blocking threads.
//!
//! **To add a job:** a variant of [`Job`] in the audio queue, a module here, an arm in [`AudioWorker::handle`]. Whatever is rendered goes through
//! [`render`], which claims it under its key, so that nothing is rendered twice.

mod inspect;
mod masters;
mod preview;
mod render;
mod scratch;

use std::{path::Path, time::Duration};

use adapters::jobs::{Attempt, JobError, JobHandler};
use async_trait::async_trait;
use domain::{actor::Actor, catalog::CatalogError, outbox::Job, report::Explain, services::Services};
use scratch::Scratch;

/// Does the jobs of the audio queue.
#[derive(Debug)]
pub struct AudioWorker {
    services: Services,
    scratch: Scratch,
}

impl AudioWorker {
    /// A worker that keeps its working files below `scratch_dir`, which it makes if need be. What processes that are gone have left there is
    /// removed.
    ///
    /// # Errors
    /// If the folder cannot be made or locked.
    pub fn new(services: Services, scratch_dir: &Path) -> std::io::Result<Self> {
        let scratch = Scratch::open(scratch_dir, &hex::encode(services.env.random::<8>()))?;
        Ok(Self { services, scratch })
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
            Job::RenderPreview { beat } => self.render_preview(*beat, attempt).await,
            Job::BounceMasters { beat } => self.bounce_masters(*beat, attempt).await,
            other => Err(JobError::lasting(format!("the audio worker does not do this: {other:?}"))),
        }
    }

    fn time_limit(&self, job: &Job) -> Duration {
        match job {
            Job::InspectAsset { .. } => Duration::from_mins(10),
            _ => Duration::from_mins(30),
        }
    }
}

/// The catalogue's refusals of a job's own writes stay; what broke beneath may pass.
fn catalog(cause: CatalogError) -> JobError {
    if cause.explain().kind == domain::report::Kind::Internal {
        JobError::passing_from(cause)
    } else {
        JobError::lasting_from(cause)
    }
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
