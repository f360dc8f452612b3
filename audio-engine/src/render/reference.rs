//! Reference match: the mix takes on the spectrum, the width and the level of another recording, and keeps its own balance.
//!
//! Both are split into mid and side and looked at in pieces; the loud pieces of each give an average power spectrum. A
//! mix that is off centre has part of its mid in its side: that part is the mix's balance, and no width. It is what
//! projecting side on mid yields, a third of an octave at a time, and only what it leaves, the residual, is compared
//! with the reference's residual. The ratios, smoothed over a third of an octave, become linear-phase filters: one for mid,
//! one for side, and one from mid to side that makes the balance what it was. The level is corrected by what the
//! filters do to the mix's own spectrum, so that no further pass is needed. Memory is bounded by three spectra for every
//! fifteen seconds.

use super::graph::clip::Reader;
use super::progress::Tracker;
use super::{RenderError, Workspace};
use crate::dsp::{Convolver, Planar, cos_turns, db_to_gain, index, log10, narrow};
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
/// Frames that are read at a time, at most.
const BLOCK: usize = 4096;

/// Gathers the average spectra of mid and side over the loud pieces of a stream.
pub(super) struct Analyser {
    transform: Arc<dyn RealToComplex<f64>>,
    shape: Vec<f64>,
    /// Mid and side, not yet transformed.
    waiting: [Vec<f64>; 2],
    /// Mid's and side's spectra of one window.
    window: [Vec<Complex64>; 2],
    piece: Piece,
    pieces: Vec<Piece>,
    windows_per_piece: usize,
}

/// Sums over the windows of one piece.
#[derive(Clone, Default)]
struct Piece {
    /// Power by bin, of mid and of side.
    power: [Vec<f32>; 2],
    /// The real part of the cross-spectrum of mid and side, by bin: a quarter of left's power less right's.
    cross: Vec<f32>,
    windows: usize,
}

impl Piece {
    fn level(&self) -> f64 {
        let sum: f64 = self.power.iter().flatten().map(|power| f64::from(*power)).sum();
        sum / index(self.windows.max(1))
    }
}

/// Averages by bin.
pub(super) struct Spectrum {
    /// Power of mid and of side.
    power: [Vec<f64>; 2],
    /// The real part of their cross-spectrum.
    cross: Vec<f64>,
}

impl Analyser {
    pub(super) fn new(rate: u32) -> Self {
        let hann = |i| 0.5 - 0.5 * cos_turns(index(i) / index(WINDOW));
        Self {
            transform: RealFftPlanner::new().plan_fft_forward(WINDOW),
            shape: (0..WINDOW).map(hann).collect(),
            waiting: [Vec::new(), Vec::new()],
            window: [vec![Complex64::default(); BINS], vec![Complex64::default(); BINS]],
            piece: Piece::default(),
            pieces: Vec::new(),
            windows_per_piece: (rate as usize * PIECE_S / (WINDOW / 2)).max(1),
        }
    }

    pub(super) fn add(&mut self, [left, right]: [&[f32]; 2]) {
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
        for ((waiting, spectrum), power) in self.waiting.iter().zip(&mut self.window).zip(&mut self.piece.power) {
            let mut window: Vec<f64> = waiting[..WINDOW].iter().zip(&self.shape).map(|(x, shape)| x * shape).collect();
            self.transform.process(&mut window, spectrum).expect("buffers of the planned lengths");
            power.resize(BINS, 0.0);
            for (power, bin) in power.iter_mut().zip(spectrum) {
                *power += narrow(bin.norm_sqr());
            }
        }
        let [mid, side] = &self.window;
        self.piece.cross.resize(BINS, 0.0);
        for ((cross, mid), side) in self.piece.cross.iter_mut().zip(mid).zip(side) {
            *cross += narrow(mid.re * side.re + mid.im * side.im);
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
        let average = |of: &dyn Fn(&Piece) -> &[f32]| -> Vec<f64> {
            let bin = |k: usize| loud.iter().map(|piece| f64::from(of(piece)[k])).sum::<f64>();
            (0..BINS).map(|k| bin(k) / index(windows)).collect()
        };
        let power = [average(&|piece| &piece.power[0]), average(&|piece| &piece.power[1])];
        Some(Spectrum { power, cross: average(&|piece| &piece.cross) })
    }
}

/// The filters of mid and side.
pub(super) struct Matcher {
    sides: [Convolver; 2],
    /// From mid to side.
    across: Convolver,
    /// Frames that come out before the first that belongs to the mix.
    latency: usize,
    work: [Vec<f32>; 2],
    /// What mid adds to side.
    crossing: Vec<f32>,
}

impl Matcher {
    /// The filters that make a mix of that spectrum sound like the reference, which is refused if there is nothing to be heard in it.
    pub(super) fn new(
        mix: &Spectrum,
        name: &str,
        workspace: &Workspace,
        rate: u32,
        tracker: &Tracker<'_>,
    ) -> Result<Self, RenderError> {
        let mut reader = Reader::open(workspace, name, 0.0, rate)?;
        let mut analyser = Analyser::new(rate);
        while let Some(block) = reader.next(BLOCK)? {
            tracker.check()?;
            analyser.add(block);
        }
        let Some(reference) = analyser.finish() else {
            let reason =
                format!("`{name}` is silent, or shorter than a tenth of a second: name a recording to sound like");
            return Err(RenderError::Document { path: "master.reference".to_owned(), reason });
        };
        let own_hz = f64::from(workspace.decoder(name)?.spec().sample_rate_hz);
        let highest = whole_bin(USED_BAND * own_hz.min(f64::from(rate)) / f64::from(rate) * index(WINDOW));
        let Gains { sides, across } = Gains::find(mix, &reference, highest);
        let sides = sides.map(|gains| Convolver::new(&linear_phase(&gains)));
        Ok(Self {
            latency: sides[0].latency() + WINDOW / 2 - 1,
            sides,
            across: Convolver::new(&linear_phase(&across)),
            work: [Vec::new(), Vec::new()],
            crossing: Vec::new(),
        })
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
        self.crossing.clone_from(&self.work[0]);
        self.across.process(&mut self.crossing);
        for (side, work) in self.sides.iter_mut().zip(&mut self.work) {
            side.process(work);
        }
        for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let (mid, side) = (self.work[0][i], self.work[1][i] + self.crossing[i]);
            (*left, *right) = (mid + side, mid - side);
        }
    }
}

/// A spectrum without its balance.
struct Picture {
    /// How much of mid is in side, averaged around each bin: 0 for what is centred, 1 for what is in the left channel alone.
    lean: Vec<f64>,
    /// Power of mid, and of what goes with it in side.
    centre: Vec<f64>,
    /// Power of what else is in side.
    residual: Vec<f64>,
}

impl Spectrum {
    fn picture(&self) -> Picture {
        let [mid, side] = &self.power;
        let floor = self.floor();
        let averages = smooth(mid).into_iter().zip(smooth(&self.cross));
        let lean: Vec<f64> = averages.map(|(mid, cross)| cross / (mid + floor)).collect();
        let centre = mid.iter().zip(&lean).map(|(mid, lean)| mid * (1.0 + lean * lean)).collect();
        // Negative by rounding alone.
        let rest = |k: usize| (side[k] - lean[k] * (2.0 * self.cross[k] - lean[k] * mid[k])).max(0.0);
        let residual = (0..BINS).map(rest).collect();
        Picture { lean, centre, residual }
    }

    fn total(&self) -> f64 {
        self.power.iter().flatten().sum()
    }

    /// Far below the loudest bin there is only noise, whose ratio would mean nothing.
    fn floor(&self) -> f64 {
        self.power.iter().flatten().fold(0.0, |m: f64, x| m.max(*x)) * 1e-10
    }
}

/// The amplitude that each bin is multiplied with, the level of the whole included.
struct Gains {
    /// Of mid and of side.
    sides: [Vec<f64>; 2],
    /// Of what mid adds to side, negative where it takes away.
    across: Vec<f64>,
}

impl Gains {
    fn find(mix: &Spectrum, reference: &Spectrum, highest: usize) -> Self {
        let (own, wanted) = (mix.picture(), reference.picture());
        let (mix_floor, reference_floor) = (mix.floor(), reference.floor());
        let level = reference.total() / mix.total();
        let matched = |own: &[f64], wanted: &[f64]| -> Vec<f64> {
            let ratio = |k: usize| {
                let k = k.min(highest);
                (wanted[k] + reference_floor) / (own[k] + mix_floor) / level
            };
            smooth(&(0..BINS).map(|k| log10(ratio(k)) * 10.0).collect::<Vec<_>>())
                .into_iter()
                .map(|db| db_to_gain(db.clamp(-MOST_DB, MOST_DB)))
                .collect()
        };
        let mut sides = [matched(&own.centre, &wanted.centre), matched(&own.residual, &wanted.residual)];
        let [mid_power, side_power] = [0, 1].map(|side| smooth(&mix.power[side]));
        let mut across = Vec::with_capacity(BINS);
        for k in 0..BINS {
            let (lean, mid, side) = (own.lean[k], mid_power[k] + mix_floor, side_power[k]);
            let image = Image { lean, residual: (side / mid - lean * lean).max(0.0) };
            let [mid_gain, side_gain] = [sides[0][k], sides[1][k]];
            let kept = image.widened(side_gain / mid_gain);
            sides[1][k] = mid_gain * kept.side;
            across.push(mid_gain * kept.across);
        }
        let filtered = |k: usize| {
            let [mid_gain, side_gain] = [sides[0][k], sides[1][k]];
            let [mid, side] = [mix.power[0][k], mix.power[1][k]];
            let crossing = across[k] * (across[k] * mid + 2.0 * side_gain * mix.cross[k]);
            mid_gain * mid_gain * mid + side_gain * side_gain * side + crossing
        };
        let correction = (reference.total() / (0..BINS).map(filtered).sum::<f64>()).sqrt();
        sides.iter_mut().flatten().chain(&mut across).for_each(|gain| *gain *= correction);
        Self { sides, across }
    }
}

/// The stereo image of one bin, against its mid.
#[derive(Debug, Clone, Copy)]
struct Image {
    /// How much of mid is in side.
    lean: f64,
    /// Power of what else is in side, where mid's is 1.
    residual: f64,
}

/// What side becomes if mid stays as it is: its own amplitude, and what mid adds.
struct Widened {
    side: f64,
    across: f64,
}

impl Image {
    /// Left's power less right's, over both.
    fn balance(self) -> f64 {
        2.0 * self.lean / (1.0 + self.lean * self.lean + self.residual)
    }

    /// The image with a residual of that many times the amplitude, at the same balance.
    ///
    /// A wider residual fills both channels alike, so the lean grows with it. What is nearly in one channel alone cannot
    /// grow wider and stay there: then the residual gives way.
    fn widened(self, by: f64) -> Widened {
        let balance = self.balance();
        // With a lean of `l` and a residual of `r` the balance is 2l / (1 + l² + r), and the most that any lean
        // gives is 1 / √(1 + r), where l² is 1 + r.
        let most = (1.0 / (balance * balance) - 1.0).max(0.0);
        let wanted = self.residual * by * by;
        let side = if wanted > most { (most / self.residual).sqrt() } else { by };
        let whole = 1.0 + self.residual * side * side;
        let root = (1.0 - balance * balance * whole).max(0.0).sqrt();
        // Each balance has two leans: beyond the greatest one side outweighs mid, and stays so.
        let beyond = self.lean * self.lean > 1.0 + self.residual;
        let lean = if beyond { (1.0 + root) / balance } else { balance * whole / (1.0 + root) };
        Widened { side, across: lean - side * self.lean }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_keeps_its_balance_however_wide_it_becomes() {
        for lean in [-2.5, -1.0, -0.4, 0.0, 1e-9, 0.05, 0.7, 1.0, 3.0] {
            for residual in [0.0, 1e-6, 0.1, 1.0, 8.0] {
                let image = Image { lean, residual };
                for by in [0.1, 0.5, 1.0, 2.0, 10.0] {
                    let Widened { side, across } = image.widened(by);
                    let became = Image { lean: across + side * lean, residual: residual * side * side };
                    let (was, is) = (image.balance(), became.balance());
                    assert!((was - is).abs() < 1e-9, "{image:?} by {by}: {was} became {is}");
                    assert!(side > 0.0 && side <= by || residual.abs() < 1e-12, "{image:?} by {by}: {side}");
                    // As it was, and narrower, it can always be.
                    let reached = (side - by).abs() < 1e-9;
                    assert!(reached || by > 1.0 || residual.abs() < 1e-12, "{image:?} by {by}: {side}");
                    assert!(by.to_bits() != 1.0_f64.to_bits() || across.abs() < 1e-6, "{image:?} untouched: {across}");
                }
            }
        }
    }

    #[test]
    fn a_centred_image_takes_any_width() {
        let Widened { side, across } = Image { lean: 0.0, residual: 0.2 }.widened(10.0);
        assert!((side - 10.0).abs() < 1e-12 && across.abs() < 1e-12, "{side} {across}");
    }
}
