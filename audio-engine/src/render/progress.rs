//! How far a render is, and the way to stop it.

use super::RenderError;

/// Takes reports of a running render and may cancel it.
pub trait Progress {
    /// `done_ppm` rises from 0 to 1 000 000 and never falls.
    fn report(&mut self, done_ppm: u32);

    /// Asked once per block; true ends the render with [`RenderError::Cancelled`] and removes what it wrote.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Ignores reports and never cancels.
impl Progress for () {
    fn report(&mut self, _done_ppm: u32) {}
}

/// Asked between blocks of work that belongs to no pass; a failure ends the render.
pub(super) type Check<'a> = &'a dyn Fn() -> Result<(), RenderError>;

/// Ends the render if the caller has cancelled.
pub(super) fn stop_if_cancelled(progress: &dyn Progress) -> Result<(), RenderError> {
    if progress.is_cancelled() { Err(RenderError::Cancelled) } else { Ok(()) }
}

/// Divides what is left among passes whose number is not known beforehand.
pub(super) struct Tracker<'a> {
    progress: &'a mut dyn Progress,
    from: f64,
    to: f64,
    total: u64,
}

impl<'a> Tracker<'a> {
    pub(super) fn new(progress: &'a mut dyn Progress, stated_frames: Option<u64>) -> Self {
        Self { progress, from: 0.0, to: 0.0, total: stated_frames.unwrap_or(u64::MAX).max(1) }
    }

    pub(super) fn know_total(&mut self, frames: u64) {
        self.total = frames.max(1);
    }

    /// The next pass takes that part of what is left.
    pub(super) fn begin_pass(&mut self, part_of_rest: f64) {
        self.from = self.to;
        self.to = self.from + (1.0 - self.from) * part_of_rest;
    }

    /// Ends the render if the caller has cancelled.
    pub(super) fn check(&self) -> Result<(), RenderError> {
        stop_if_cancelled(&*self.progress)
    }

    pub(super) fn at(&mut self, frame: u64) -> Result<(), RenderError> {
        self.check()?;
        let part = (ratio(frame, self.total)).min(1.0);
        self.progress.report(ppm(self.from + (self.to - self.from) * part));
        Ok(())
    }

    pub(super) fn done(&mut self) {
        self.progress.report(1_000_000);
    }
}

#[expect(clippy::cast_precision_loss, reason = "progress needs no exactness")]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1")]
fn ppm(part: f64) -> u32 {
    (part * 1e6) as u32
}
