//! Loudness and peaks: ITU-R BS.1770-5, EBU Tech 3341 (momentary, short-term, integrated) and Tech 3342 (range).

use crate::decode::{DecodeError, Decoder, frames_to_seconds};
use crate::dsp::{PEAK_DELAY, PeakFinder, gain_to_db};
use crate::signal::{SignalFacts, SignalMeter};
use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::path::Path;

/// Sub-blocks of 10 ms in the momentary window of 400 ms.
const MOMENTARY_HOPS: usize = 40;
/// Sub-blocks of 10 ms in the short-term window of 3 s.
const SHORT_TERM_HOPS: usize = 300;
/// Below this a level is silence and has no figure (the absolute gate is at -70).
const SILENCE_LUFS: f64 = -120.0;

/// What was measured. Silence has no level: such fields are `null`, never minus infinity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Integrated loudness in LUFS.
    pub integrated_lufs: Option<f64>,
    /// Loudness range in LU.
    pub loudness_range_lu: Option<f64>,
    /// True peak in dBTP, the highest of all channels.
    pub true_peak_dbtp: Option<f64>,
    /// Sample peak in dBFS, the highest of all channels.
    pub sample_peak_dbfs: Option<f64>,
    /// Highest momentary loudness in LUFS, looked at every 10 ms.
    pub momentary_max_lufs: Option<f64>,
    /// Highest short-term loudness in LUFS, looked at every 10 ms.
    pub short_term_max_lufs: Option<f64>,
    /// Peak to loudness ratio: true peak less integrated loudness, in LU (AES TD1008).
    #[serde(default)]
    pub plr_lu: Option<f64>,
    /// The smallest peak to short-term loudness ratio of any 3 s, in LU, by sample peaks: how dense the densest part is.
    #[serde(default)]
    pub psr_min_lu: Option<f64>,
    /// What has no meaning for so short a signal, as against silence, which has no level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undefined: Vec<Undefined>,
    /// Duration in seconds.
    pub duration_s: f64,
    /// Sample rate in Hz.
    pub sample_rate_hz: u32,
    /// Number of channels.
    pub channels: usize,
}

/// A figure that a signal is too short for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undefined {
    /// Momentary and integrated loudness look at 400 ms.
    MomentaryAndIntegrated,
    /// Short-term loudness and loudness range look at 3 s.
    ShortTermAndRange,
}

/// Everything that is measured of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Loudness and peaks.
    #[serde(flatten)]
    pub measurement: Measurement,
    /// Clipping, silence, phase and the like.
    #[serde(flatten)]
    pub signal: SignalFacts,
}

/// Measures everything in one pass over a file.
///
/// # Errors
/// The [`DecodeError`] that names what is wrong with the file.
pub fn analyse(path: &Path) -> Result<Analysis, DecodeError> {
    let mut decoder = Decoder::open(path)?;
    let (rate, channels) = (decoder.spec().sample_rate_hz, decoder.spec().channels);
    let (mut meter, mut signal) = (Meter::new(channels, rate), SignalMeter::new(channels, rate));
    while let Some(block) = decoder.next_block()? {
        meter.add(block);
        signal.add(block);
    }
    Ok(Analysis { measurement: meter.finish(), signal: signal.finish() })
}

/// Measures a file's loudness and peaks.
///
/// # Errors
/// The [`DecodeError`] that names what is wrong with the file.
pub fn measure(path: &Path) -> Result<Measurement, DecodeError> {
    let mut decoder = Decoder::open(path)?;
    let (rate, channels) = (decoder.spec().sample_rate_hz, decoder.spec().channels);
    let mut meter = Meter::new(channels, rate);
    while let Some(block) = decoder.next_block()? {
        meter.add(block);
    }
    Ok(meter.finish())
}

/// A meter for a stream; the result does not depend on how the stream is cut into blocks.
pub struct Meter {
    inner: EbuR128,
    rate: u32,
    channels: usize,
    frames: u64,
    /// Ten milliseconds being gathered, planar.
    hop: Vec<Vec<f32>>,
    hops: u64,
    energies: VecDeque<f64>,
    /// Sample peaks of the same hops.
    peaks: VecDeque<f32>,
    psr_min: Option<f64>,
    momentary: Option<f64>,
    short_term: Option<f64>,
    /// One per channel, the limiter's own: what limits and what verifies see the same peaks.
    finders: Vec<PeakFinder>,
    true_peak: f32,
}

impl Meter {
    /// A meter for 1 to 8 channels at 8 to 192 kHz, which is what [`Decoder`] lets pass.
    ///
    /// # Panics
    /// Outside those limits.
    pub fn new(channels: usize, sample_rate_hz: u32) -> Self {
        let mode = Mode::I | Mode::LRA | Mode::M | Mode::S | Mode::SAMPLE_PEAK;
        Self::with_mode(channels, sample_rate_hz, mode)
    }

    fn with_mode(channels: usize, sample_rate_hz: u32, mode: Mode) -> Self {
        let full = mode.contains(Mode::S);
        let count = u32::try_from(channels).unwrap_or(0);
        let inner = EbuR128::new(count, sample_rate_hz, mode).expect("the decoder's limits are within the meter's");
        Self {
            inner,
            rate: sample_rate_hz,
            channels,
            frames: 0,
            hop: vec![Vec::new(); channels],
            hops: 0,
            energies: VecDeque::with_capacity(SHORT_TERM_HOPS),
            peaks: VecDeque::with_capacity(SHORT_TERM_HOPS),
            psr_min: None,
            momentary: None,
            short_term: None,
            finders: if full { (0..channels).map(|_| PeakFinder::new()).collect() } else { Vec::new() },
            true_peak: 0.0,
        }
    }

    /// Adds a block of planar samples.
    pub fn add(&mut self, block: &[Vec<f32>]) {
        let n = block.first().map_or(0, Vec::len);
        self.frames += n as u64;
        let mut at = 0;
        while at < n {
            let want = self.hop_len() - self.hop[0].len();
            let take = want.min(n - at);
            for (hop, channel) in self.hop.iter_mut().zip(block) {
                hop.extend_from_slice(&channel[at..at + take]);
            }
            at += take;
            if take == want {
                self.end_hop();
            }
        }
    }

    /// The hop's length in frames; rates that are no multiple of 100 alternate, so that hops never drift.
    fn hop_len(&self) -> usize {
        let edge = |hop: u64| hop * u64::from(self.rate) / 100;
        usize::try_from(edge(self.hops + 1) - edge(self.hops)).unwrap_or(1)
    }

    fn end_hop(&mut self) {
        let peak = self.hop.iter().flatten().fold(0.0_f32, |m, x| m.max(x.abs()));
        self.push_hop();
        self.hops += 1;
        if !self.inner.mode().contains(Mode::S) {
            return;
        }
        // The energy of the last 10 ms alone; windows are sums of these, which makes polling cheap.
        let level = self.inner.loudness_window(10).unwrap_or(f64::NEG_INFINITY);
        let energy = if level.is_finite() { 10_f64.powf((level + 0.691) / 10.0) } else { 0.0 };
        if self.energies.len() == SHORT_TERM_HOPS {
            self.energies.pop_front();
            self.peaks.pop_front();
        }
        self.peaks.push_back(peak);
        self.energies.push_back(energy);
        let have = self.energies.len();
        if have >= MOMENTARY_HOPS {
            let sum: f64 = self.energies.range(have - MOMENTARY_HOPS..).sum();
            self.momentary = louder(self.momentary, sum, MOMENTARY_HOPS);
        }
        if have == SHORT_TERM_HOPS {
            let sum: f64 = self.energies.iter().sum();
            self.short_term = louder(self.short_term, sum, SHORT_TERM_HOPS);
            self.note_density(sum);
        }
    }

    /// Peak to loudness of the last 3 s; what the gate leaves out has no density.
    fn note_density(&mut self, energy_sum: f64) {
        let Some(loudness) = louder(None, energy_sum, SHORT_TERM_HOPS).filter(|l| *l > -70.0) else { return };
        let peak = self.peaks.iter().fold(0.0_f32, |m, x| m.max(*x));
        let ratio = gain_to_db(f64::from(peak)) - loudness;
        self.psr_min = Some(self.psr_min.map_or(ratio, |m| m.min(ratio)));
    }

    fn push_hop(&mut self) {
        if self.hop[0].is_empty() {
            return;
        }
        {
            let planes: Vec<&[f32]> = self.hop.iter().map(Vec::as_slice).collect();
            self.inner.add_frames_planar_f32(&planes).expect("as many planes as channels, of equal length");
        }
        for (finder, channel) in self.finders.iter_mut().zip(&self.hop) {
            self.true_peak = finder.highest(channel, self.true_peak);
        }
        for channel in &mut self.hop {
            channel.clear();
        }
    }

    /// The figures for everything that was added.
    pub fn finish(mut self) -> Measurement {
        self.push_hop();
        let highest = (0..self.inner.channels()).filter_map(|c| self.inner.sample_peak(c).ok()).fold(0.0, f64::max);
        let sample_peak_dbfs = (highest > 0.0).then(|| gain_to_db(highest));
        for finder in &mut self.finders {
            self.true_peak = finder.highest(&[0.0; PEAK_DELAY], self.true_peak);
        }
        let true_peak_dbtp = (self.true_peak > 0.0).then(|| gain_to_db(f64::from(self.true_peak)));
        let whole = |hops: usize| self.hops >= hops as u64;
        let windows =
            [(MOMENTARY_HOPS, Undefined::MomentaryAndIntegrated), (SHORT_TERM_HOPS, Undefined::ShortTermAndRange)];
        let integrated_lufs = self.inner.loudness_global().ok().filter(|l| *l > SILENCE_LUFS);
        Measurement {
            integrated_lufs,
            loudness_range_lu: self.inner.loudness_range().ok().filter(|_| whole(SHORT_TERM_HOPS)),
            plr_lu: true_peak_dbtp.zip(integrated_lufs).map(|(peak, loudness)| peak - loudness),
            psr_min_lu: self.psr_min,
            undefined: windows.into_iter().filter(|(hops, _)| !whole(*hops)).map(|(_, what)| what).collect(),
            true_peak_dbtp,
            sample_peak_dbfs,
            momentary_max_lufs: self.momentary,
            short_term_max_lufs: self.short_term,
            duration_s: frames_to_seconds(self.frames, self.rate),
            sample_rate_hz: self.rate,
            channels: self.channels,
        }
    }
}

/// A meter of integrated loudness alone, for the passes that search a gain.
pub(crate) struct LoudnessMeter(Meter);

impl LoudnessMeter {
    pub(crate) fn new(channels: usize, sample_rate_hz: u32) -> Self {
        Self(Meter::with_mode(channels, sample_rate_hz, Mode::I))
    }

    pub(crate) fn add(&mut self, block: &[Vec<f32>]) {
        self.0.add(block);
    }

    pub(crate) fn integrated_lufs(mut self) -> Option<f64> {
        self.0.push_hop();
        self.0.inner.loudness_global().ok().filter(|l| *l > SILENCE_LUFS)
    }
}

#[expect(clippy::cast_precision_loss, reason = "40 or 300")]
fn louder(so_far: Option<f64>, energy_sum: f64, hops: usize) -> Option<f64> {
    let level = 10.0 * (energy_sum / hops as f64).log10() - 0.691;
    if level > SILENCE_LUFS { Some(so_far.map_or(level, |l| l.max(level))) } else { so_far }
}

#[cfg(test)]
mod tests;
