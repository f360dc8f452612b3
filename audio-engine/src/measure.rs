//! Loudness and peaks: ITU-R BS.1770-5, EBU Tech 3341 (momentary, short-term, integrated) and Tech 3342 (range).

mod loudness;

use crate::decode::{DecodeError, Decoder, frames_to_seconds};
use crate::dsp::{PEAK_DELAY, PeakFinder, gain_to_db, loudest};
use crate::signal::{SignalFacts, SignalMeter};
pub(crate) use loudness::LoudnessCourse;
use loudness::{HOPS_PER_S, Loudness, MOMENTARY_HOPS, SHORT_TERM_HOPS, lufs};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::path::Path;

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
    loudness: Loudness,
    rate: u32,
    channels: usize,
    frames: u64,
    /// Ten milliseconds being gathered, planar.
    hop: Vec<Vec<f32>>,
    hops: u64,
    /// Sample peaks of the last 3 s, by hop.
    peaks: VecDeque<f32>,
    psr_min: Option<f64>,
    /// The highest energies of the windows.
    momentary: f64,
    short_term: f64,
    /// One per channel, the limiter's own: what limits and what verifies see the same peaks. None where only the
    /// loudness is asked for.
    finders: Vec<PeakFinder>,
    true_peak: f32,
    sample_peak: f32,
}

impl Meter {
    /// A meter for 1 to 8 channels at 8 to 192 kHz, which is what [`Decoder`] lets pass.
    pub fn new(channels: usize, sample_rate_hz: u32) -> Self {
        let finders = (0..channels).map(|_| PeakFinder::new()).collect();
        Self { finders, ..Self::of_loudness(channels, sample_rate_hz) }
    }

    fn of_loudness(channels: usize, sample_rate_hz: u32) -> Self {
        Self {
            loudness: Loudness::new(channels, sample_rate_hz),
            rate: sample_rate_hz,
            channels,
            frames: 0,
            hop: vec![Vec::new(); channels],
            hops: 0,
            peaks: VecDeque::with_capacity(SHORT_TERM_HOPS),
            psr_min: None,
            momentary: 0.0,
            short_term: 0.0,
            finders: Vec::new(),
            true_peak: 0.0,
            sample_peak: 0.0,
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
        let edge = |hop: u64| hop * u64::from(self.rate) / HOPS_PER_S;
        usize::try_from(edge(self.hops + 1) - edge(self.hops)).unwrap_or(1)
    }

    fn end_hop(&mut self) {
        self.loudness.add(&self.hop);
        self.hops += 1;
        if !self.finders.is_empty() {
            let peak = self.find_peaks();
            self.look_at_windows(peak);
        }
        self.hop.iter_mut().for_each(Vec::clear);
    }

    /// The sample peak of the hop; the highest ones so far are kept.
    fn find_peaks(&mut self) -> f32 {
        let peak = self.hop.iter().map(|channel| loudest(channel)).fold(0.0, f32::max);
        self.sample_peak = self.sample_peak.max(peak);
        for (finder, channel) in self.finders.iter_mut().zip(&self.hop) {
            self.true_peak = finder.highest(channel, self.true_peak);
        }
        peak
    }

    fn look_at_windows(&mut self, peak: f32) {
        if self.peaks.len() == SHORT_TERM_HOPS {
            self.peaks.pop_front();
        }
        self.peaks.push_back(peak);
        if let Some(energy) = self.loudness.energy(MOMENTARY_HOPS) {
            self.momentary = self.momentary.max(energy);
        }
        if let Some(energy) = self.loudness.energy(SHORT_TERM_HOPS) {
            self.short_term = self.short_term.max(energy);
            self.note_density(energy);
        }
    }

    /// Peak to loudness of the last 3 s; what the gate leaves out has no density.
    fn note_density(&mut self, energy: f64) {
        let Some(loudness) = level(energy).filter(|level| *level > -70.0) else { return };
        let (earlier, later) = self.peaks.as_slices();
        let peak = loudest(earlier).max(loudest(later));
        let ratio = gain_to_db(f64::from(peak)) - loudness;
        self.psr_min = Some(self.psr_min.map_or(ratio, |m| m.min(ratio)));
    }

    /// How loud everything that was added was, moment by moment.
    pub(crate) fn course(&self) -> LoudnessCourse {
        self.loudness.course()
    }

    /// The figures for everything that was added.
    pub fn finish(mut self) -> Measurement {
        self.find_peaks();
        for finder in &mut self.finders {
            self.true_peak = finder.highest(&[0.0; PEAK_DELAY], self.true_peak);
        }
        let decibels = |peak: f32| (peak > 0.0).then(|| gain_to_db(f64::from(peak)));
        let true_peak_dbtp = decibels(self.true_peak);
        let whole = |hops: usize| self.hops >= hops as u64;
        let windows =
            [(MOMENTARY_HOPS, Undefined::MomentaryAndIntegrated), (SHORT_TERM_HOPS, Undefined::ShortTermAndRange)];
        let integrated_lufs = self.loudness.integrated_lufs();
        Measurement {
            integrated_lufs,
            loudness_range_lu: whole(SHORT_TERM_HOPS).then(|| self.loudness.range_lu()),
            plr_lu: true_peak_dbtp.zip(integrated_lufs).map(|(peak, loudness)| peak - loudness),
            psr_min_lu: self.psr_min,
            undefined: windows.into_iter().filter(|(hops, _)| !whole(*hops)).map(|(_, what)| what).collect(),
            true_peak_dbtp,
            sample_peak_dbfs: decibels(self.sample_peak),
            momentary_max_lufs: level(self.momentary),
            short_term_max_lufs: level(self.short_term),
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
        Self(Meter::of_loudness(channels, sample_rate_hz))
    }

    pub(crate) fn add(&mut self, block: &[Vec<f32>]) {
        self.0.add(block);
    }

    pub(crate) fn integrated_lufs(&self) -> Option<f64> {
        self.0.loudness.integrated_lufs()
    }
}

/// The loudness of an energy, unless it is silence.
fn level(energy: f64) -> Option<f64> {
    Some(lufs(energy)).filter(|level| *level > SILENCE_LUFS)
}

#[cfg(test)]
mod tests;
