//! Reference match: the mix takes on the spectrum, the width and the level of another recording.
//!
//! Both are split into mid and side and looked at in pieces; the loud pieces of each give an average power spectrum. The
//! ratio of the two, smoothed over a third of an octave, becomes a linear-phase filter for mid and one for side. The
//! level is corrected by what the filters do to the mix's own spectrum, so that no further pass is needed. Memory is
//! bounded by one spectrum for every fifteen seconds.

use super::graph::clip::Reader;
use super::progress::Tracker;
use super::{RenderError, Workspace};
use crate::dsp::{Convolver, Planar, cos_turns, db_to_gain, frames, index, narrow};
use realfft::num_complex::Complex64;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Length of a spectrum's window and of the filters, in frames.
const WINDOW: usize = 4096;
const BINS: usize = WINDOW / 2 + 1;
/// Pieces are this long, in seconds.
const PIECE_S: usize = 15;
/// No frequency is raised or lowered by more than this, in dB.
const MOST_DB: f64 = 20.0;
/// Half the width of the smoothing, as a ratio of frequencies: a sixth of an octave.
const SMOOTHING: f64 = 1.122_462_048_309_373;
/// Beyond this part of the reference's own rate there is nothing to match.
const USED_BAND: f64 = 0.45;
/// Frames that are read at a time.
const BLOCK: usize = 4096;

/// Gathers the average power spectra of mid and side over the loud pieces of a stream.
pub(super) struct Analyser {
    transform: Arc<dyn RealToComplex<f64>>,
    shape: Vec<f64>,
    /// Mid and side, not yet transformed.
    waiting: [Vec<f64>; 2],
    piece: Piece,
    pieces: Vec<Piece>,
    windows_per_piece: usize,
}

/// Sums over the windows of one piece.
#[derive(Clone, Default)]
struct Piece {
    power: [Vec<f32>; 2],
    windows: usize,
}

impl Piece {
    fn level(&self) -> f64 {
        let sum: f64 = self.power.iter().flatten().map(|power| f64::from(*power)).sum();
        sum / index(self.windows.max(1))
    }
}

/// Average power by bin, for mid and side.
pub(super) struct Spectrum([Vec<f64>; 2]);

impl Analyser {
    pub(super) fn new(rate: u32) -> Self {
        let hann = |i| 0.5 - 0.5 * cos_turns(index(i) / index(WINDOW));
        Self {
            transform: RealFftPlanner::new().plan_fft_forward(WINDOW),
            shape: (0..WINDOW).map(hann).collect(),
            waiting: [Vec::new(), Vec::new()],
            piece: Piece::default(),
            pieces: Vec::new(),
            windows_per_piece: (rate as usize * PIECE_S / (WINDOW / 2)).max(1),
        }
    }

    pub(super) fn add(&mut self, block: &[Vec<f32>]) {
        let [left, right] = block else { return };
        let pairs = || left.iter().zip(right).map(|(l, r)| (f64::from(*l), f64::from(*r)));
        self.waiting[0].extend(pairs().map(|(l, r)| 0.5 * (l + r)));
        self.waiting[1].extend(pairs().map(|(l, r)| 0.5 * (l - r)));
        while self.waiting[0].len() >= WINDOW {
            self.take_window();
            for waiting in &mut self.waiting {
                waiting.drain(..WINDOW / 2);
            }
        }
    }

    fn take_window(&mut self) {
        let mut spectrum = vec![Complex64::default(); BINS];
        for (waiting, power) in self.waiting.iter().zip(&mut self.piece.power) {
            let mut window: Vec<f64> = waiting[..WINDOW].iter().zip(&self.shape).map(|(x, shape)| x * shape).collect();
            self.transform.process(&mut window, &mut spectrum).expect("buffers of the planned lengths");
            power.resize(BINS, 0.0);
            for (power, bin) in power.iter_mut().zip(&spectrum) {
                *power += narrow(bin.norm_sqr());
            }
        }
        self.piece.windows += 1;
        if self.piece.windows == self.windows_per_piece {
            self.pieces.push(std::mem::take(&mut self.piece));
        }
    }

    /// The average over the pieces that are at least as loud as the average; nothing for silence or less than a window.
    pub(super) fn finish(mut self) -> Option<Spectrum> {
        if self.piece.windows > 0 {
            self.pieces.push(std::mem::take(&mut self.piece));
        }
        let mean = self.pieces.iter().map(Piece::level).sum::<f64>() / index(self.pieces.len().max(1));
        if mean <= 0.0 {
            return None;
        }
        let loud: Vec<&Piece> = self.pieces.iter().filter(|piece| piece.level() >= mean * 0.999_999).collect();
        let windows: usize = loud.iter().map(|piece| piece.windows).sum();
        let average = |side: usize| {
            let bin = |k: usize| loud.iter().map(|piece| f64::from(piece.power[side][k])).sum::<f64>();
            (0..BINS).map(|k| bin(k) / index(windows)).collect()
        };
        Some(Spectrum([average(0), average(1)]))
    }
}

/// The filters of mid and side.
pub(super) struct Matcher {
    sides: [Convolver; 2],
    /// Frames that come out before the first that belongs to the mix.
    latency: usize,
    work: [Vec<f32>; 2],
}

impl Matcher {
    /// The filters that make a mix of that spectrum sound like the reference.
    pub(super) fn new(
        mix: &Spectrum,
        name: &str,
        workspace: &Workspace,
        rate: u32,
        tracker: &Tracker<'_>,
    ) -> Result<Option<Self>, RenderError> {
        let mut reader = Reader::open(workspace, name, 0.0, rate)?;
        let mut analyser = Analyser::new(rate);
        loop {
            tracker.check()?;
            let ready = reader.fill(BLOCK)?;
            if frames(ready) == 0 {
                break;
            }
            analyser.add(ready);
            ready.iter_mut().for_each(Vec::clear);
        }
        let Some(reference) = analyser.finish() else { return Ok(None) };
        let own_hz = f64::from(workspace.decoder(name)?.spec().sample_rate_hz);
        let highest = whole_bin(USED_BAND * own_hz.min(f64::from(rate)) / f64::from(rate) * index(WINDOW));
        let gains = gains(mix, &reference, highest);
        let sides = gains.map(|gains| Convolver::new(&linear_phase(&gains)));
        Ok(Some(Self { latency: sides[0].latency() + WINDOW / 2 - 1, sides, work: [Vec::new(), Vec::new()] }))
    }

    pub(super) fn latency(&self) -> usize {
        self.latency
    }

    /// Filters in place; what comes out is late.
    pub(super) fn process(&mut self, block: &mut Planar) {
        let [left, right] = block.as_mut_slice() else { return };
        for work in &mut self.work {
            work.clear();
        }
        self.work[0].extend(left.iter().zip(right.iter()).map(|(l, r)| 0.5 * (l + r)));
        self.work[1].extend(left.iter().zip(right.iter()).map(|(l, r)| 0.5 * (l - r)));
        for (side, work) in self.sides.iter_mut().zip(&mut self.work) {
            side.process(work);
        }
        for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let (mid, side) = (self.work[0][i], self.work[1][i]);
            (*left, *right) = (mid + side, mid - side);
        }
    }
}

/// The amplitude that each bin of mid and side is multiplied with, the level of the whole included.
fn gains(mix: &Spectrum, reference: &Spectrum, highest: usize) -> [Vec<f64>; 2] {
    // Far below the loudest bin there is only noise, whose ratio would mean nothing.
    let floor = |spectrum: &Spectrum| spectrum.0.iter().flatten().fold(0.0, |m: f64, x| m.max(*x)) * 1e-10;
    let (mix_floor, reference_floor) = (floor(mix), floor(reference));
    let total = |spectrum: &Spectrum| spectrum.0.iter().flatten().sum::<f64>();
    let level = total(reference) / total(mix);
    let mut gains = [0, 1].map(|side| {
        let ratio = |k: usize| {
            let k = k.min(highest);
            (reference.0[side][k] + reference_floor) / (mix.0[side][k] + mix_floor) / level
        };
        smooth(&(0..BINS).map(|k| ratio(k).log10() * 10.0).collect::<Vec<_>>())
            .into_iter()
            .map(|db| db_to_gain(db.clamp(-MOST_DB, MOST_DB)))
            .collect::<Vec<f64>>()
    });
    let filtered: f64 = mix.0.iter().zip(&gains).flat_map(|(p, g)| p.iter().zip(g)).map(|(p, g)| p * g * g).sum();
    let correction = (total(reference) / filtered).sqrt();
    gains.iter_mut().flatten().for_each(|gain| *gain *= correction);
    gains
}

/// Averages over a third of an octave around each bin.
fn smooth(values: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for value in values {
        sums.push(sums[sums.len() - 1] + value);
    }
    let average = |k: usize| {
        let from = whole_bin(index(k) / SMOOTHING);
        let to = (whole_bin(index(k) * SMOOTHING) + 1).min(values.len()).max(from + 1);
        (sums[to] - sums[from]) / index(to - from)
    };
    (0..values.len()).map(average).collect()
}

/// A symmetric filter with those gains, under a Hann window.
fn linear_phase(gains: &[f64]) -> Vec<f32> {
    let mut spectrum: Vec<Complex64> = gains.iter().map(|gain| Complex64::new(*gain, 0.0)).collect();
    let mut response = vec![0.0; WINDOW];
    let inverse = RealFftPlanner::new().plan_fft_inverse(WINDOW);
    inverse.process(&mut spectrum, &mut response).expect("buffers of the planned lengths");
    let middle = WINDOW / 2 - 1;
    let tap = |n: usize| {
        let at = (n + WINDOW - middle) % WINDOW;
        let shape = 0.5 - 0.5 * cos_turns(index(n + 1) / index(WINDOW));
        narrow(response[at] * shape / index(WINDOW))
    };
    (0..=2 * middle).map(tap).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a bin of a spectrum")]
fn whole_bin(x: f64) -> usize {
    (x as usize).min(BINS - 1)
}
