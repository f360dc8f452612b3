//! What is wrong with a signal, apart from its loudness: clipping, silence, offset, phase, balance, bandwidth.

mod bandwidth;

use crate::decode::frames_to_seconds;
use crate::dsp::gain_to_db;
use bandwidth::Spectrum;
use serde::{Deserialize, Serialize};

/// Samples at or above this are at full scale: 0.01 dB below it, where 16-bit converters stop.
const FULL_SCALE: f32 = 0.998_85;
/// Samples in a row at full scale that make a clipped run; fewer are ordinary peaks.
const CLIPPED_RUN: u64 = 3;
/// Below this a sample is silent: -60 dBFS.
const SILENT: f32 = 0.001;
/// Seconds of one window, in which correlation and noise are looked at.
const WINDOW_S: f64 = 0.4;

/// Facts about a signal. A level that does not exist is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalFacts {
    /// Correlation of left and right over all, -1 to 1; one channel, or silence, has none.
    pub correlation: Option<f64>,
    /// The lowest correlation of any 400 ms louder than -50 dBFS.
    pub correlation_min: Option<f64>,
    /// The largest mean of a channel, as a part of full scale.
    pub dc_offset: f64,
    /// Runs of three or more samples in a row at full scale.
    pub clipped_runs: u64,
    /// The longest such run, in samples.
    pub clipped_longest: u64,
    /// Silence below -60 dBFS at the start, in seconds.
    pub silence_start_s: f64,
    /// Silence below -60 dBFS at the end, in seconds.
    pub silence_end_s: f64,
    /// Level of the left channel less the right one's, in dB; one channel, or a silent side, has none.
    pub imbalance_db: Option<f64>,
    /// Channels in which there is nothing at all, counted from 0.
    pub silent_channels: Vec<usize>,
    /// Whether both channels hold the same samples.
    pub dual_mono: bool,
    /// The level of the quietest 400 ms that are not digital silence, in dBFS (RMS).
    pub noise_floor_dbfs: Option<f64>,
    /// Where the spectrum ends, in Hz; `null` if it reaches the top, or fades out by itself.
    pub cutoff_hz: Option<f64>,
}

/// Gathers the facts of a stream; but for the rounding of sums, the result does not depend on how it is cut into blocks.
pub struct SignalMeter {
    rate: u32,
    channels: Vec<Channel>,
    frames: u64,
    first_sound: Option<u64>,
    last_sound: u64,
    /// Sum of left times right.
    cross: f64,
    different: bool,
    window: Window,
    correlation_min: Option<f64>,
    noise_floor: Option<f64>,
    spectrum: Spectrum,
}

#[derive(Default, Clone)]
struct Channel {
    sum: f64,
    energy: f64,
    run: u64,
    runs: u64,
    longest: u64,
}

/// Sums over the current 400 ms.
#[derive(Default)]
struct Window {
    len: u64,
    energy: [f64; 2],
    cross: f64,
}

impl SignalMeter {
    /// A meter for that many channels at that rate in Hz.
    pub fn new(channels: usize, sample_rate_hz: u32) -> Self {
        Self {
            rate: sample_rate_hz,
            channels: vec![Channel::default(); channels],
            frames: 0,
            first_sound: None,
            last_sound: 0,
            cross: 0.0,
            different: false,
            window: Window::default(),
            correlation_min: None,
            noise_floor: None,
            spectrum: Spectrum::new(sample_rate_hz),
        }
    }

    /// Adds a block of planar samples.
    pub fn add(&mut self, block: &[Vec<f32>]) {
        let len = block.first().map_or(0, Vec::len);
        self.find_sound(block, len);
        for (state, channel) in self.channels.iter_mut().zip(block) {
            state.add(channel);
        }
        self.spectrum.add(block);
        let window = window_frames(self.rate);
        let mut at = 0;
        while at < len {
            let room = usize::try_from(window - self.window.len).unwrap_or(usize::MAX);
            let end = len.min(at.saturating_add(room));
            self.add_to_window(block, at, end);
            if self.window.len == window {
                self.end_window();
            }
            at = end;
        }
        self.frames += len as u64;
    }

    fn find_sound(&mut self, block: &[Vec<f32>], len: usize) {
        let loud = |x: &f32| x.abs() >= SILENT;
        if self.first_sound.is_none() {
            let first = block.iter().filter_map(|channel| channel.iter().position(loud)).min();
            self.first_sound = first.map(|i| self.frames + i as u64);
        }
        let last = block.iter().filter_map(|channel| channel[..len].iter().rposition(loud)).max();
        if let Some(i) = last {
            self.last_sound = self.frames + i as u64 + 1;
        }
    }

    fn add_to_window(&mut self, block: &[Vec<f32>], from: usize, to: usize) {
        let left = &block[0][from..to];
        let right = block.get(1).map_or(left, |right| &right[from..to]);
        let (l, r, cross) = products(left, right);
        self.different |= left != right;
        self.cross += cross;
        self.window.cross += cross;
        self.window.energy[0] += l;
        self.window.energy[1] += r;
        self.window.len += (to - from) as u64;
    }

    fn end_window(&mut self) {
        let Window { len, energy: [l, r], cross } = std::mem::take(&mut self.window);
        let power = (l + r) / (2.0 * float(len));
        if power > 1e-5 && self.channels.len() == 2 && l > 0.0 && r > 0.0 {
            let correlation = cross / (l * r).sqrt();
            self.correlation_min = Some(self.correlation_min.map_or(correlation, |m| m.min(correlation)));
        }
        if power > 0.0 {
            self.noise_floor = Some(self.noise_floor.map_or(power, |m| m.min(power)));
        }
    }

    /// The facts of everything that was added.
    pub fn finish(mut self) -> SignalFacts {
        for channel in &mut self.channels {
            channel.end_run();
        }
        let frames = self.frames.max(1);
        let stereo = self.channels.len() == 2;
        let energy = |i: usize| self.channels.get(i).map_or(0.0, |c| c.energy);
        let both = stereo && energy(0) > 0.0 && energy(1) > 0.0;
        let silent = self.channels.iter().enumerate().filter(|(_, c)| c.energy <= 0.0);
        SignalFacts {
            correlation: both.then(|| self.cross / (energy(0) * energy(1)).sqrt()),
            correlation_min: self.correlation_min,
            dc_offset: self.channels.iter().map(|c| (c.sum / float(frames)).abs()).fold(0.0, f64::max),
            clipped_runs: self.channels.iter().map(|c| c.runs).sum(),
            clipped_longest: self.channels.iter().map(|c| c.longest).max().unwrap_or(0),
            silence_start_s: frames_to_seconds(self.first_sound.unwrap_or(self.frames), self.rate),
            silence_end_s: frames_to_seconds(self.frames - self.last_sound, self.rate),
            imbalance_db: both.then(|| 10.0 * (energy(0) / energy(1)).log10()),
            silent_channels: silent.map(|(i, _)| i).collect(),
            dual_mono: stereo && !self.different && energy(0) > 0.0,
            noise_floor_dbfs: self.noise_floor.map(|power| gain_to_db(power.sqrt())),
            cutoff_hz: self.spectrum.cutoff_hz(),
        }
    }
}

impl Channel {
    fn add(&mut self, samples: &[f32]) {
        let mut loudest = 0.0_f32;
        let (mut sum, mut energy) = ([0.0_f64; 4], [0.0_f64; 4]);
        let chunks = samples.chunks_exact(4);
        for x in chunks.remainder() {
            sum[0] += f64::from(*x);
            energy[0] += f64::from(*x) * f64::from(*x);
            loudest = loudest.max(x.abs());
        }
        for four in chunks {
            for i in 0..4 {
                let x = f64::from(four[i]);
                sum[i] += x;
                energy[i] += x * x;
                loudest = loudest.max(four[i].abs());
            }
        }
        self.sum += sum.iter().sum::<f64>();
        self.energy += energy.iter().sum::<f64>();
        // Runs are counted one by one only where there can be any.
        if loudest < FULL_SCALE {
            self.end_run();
            return;
        }
        for x in samples {
            if x.abs() >= FULL_SCALE {
                self.run += 1;
            } else {
                self.end_run();
            }
        }
    }

    fn end_run(&mut self) {
        if self.run >= CLIPPED_RUN {
            self.runs += 1;
            self.longest = self.longest.max(self.run);
        }
        self.run = 0;
    }
}

/// The energies of two signals and their product, in four lanes that become vector code.
fn products(left: &[f32], right: &[f32]) -> (f64, f64, f64) {
    let mut sums = [[0.0_f64; 4]; 3];
    let (l, r) = (left.chunks_exact(4), right.chunks_exact(4));
    for (l, r) in l.remainder().iter().zip(r.remainder()) {
        let (l, r) = (f64::from(*l), f64::from(*r));
        sums[0][0] += l * l;
        sums[1][0] += r * r;
        sums[2][0] += l * r;
    }
    for (l, r) in l.zip(r) {
        for i in 0..4 {
            let (l, r) = (f64::from(l[i]), f64::from(r[i]));
            sums[0][i] += l * l;
            sums[1][i] += r * r;
            sums[2][i] += l * r;
        }
    }
    (sums[0].iter().sum(), sums[1].iter().sum(), sums[2].iter().sum())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 76800 frames")]
fn window_frames(rate: u32) -> u64 {
    (f64::from(rate) * WINDOW_S) as u64
}

#[expect(clippy::cast_precision_loss, reason = "frames of a day fit")]
fn float(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests;
