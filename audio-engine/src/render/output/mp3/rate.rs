//! The quantiser: the finest step that fits the bits, and what bits are left to the bands that need them most.

use super::huffman::{BitWriter, Division, Spectrum};
use super::layout::Layout;
use crate::dsp::{exp2, narrow};
use rusty_mp3::encode::quantize::{MAX_LEVEL, requant_magnitude};
use rusty_mp3::frame::{GRANULE_LINES, GranuleSideInfo};
use std::sync::LazyLock;

/// Gains that stand for no change: steps are 2^((gain - 210) / 4).
const UNITY_GAIN: i32 = 210;
/// The largest level that the tables can escape to.
const LARGEST_LEVEL: u32 = 8191;
/// Where levels saturate: above the largest, so that it shows.
const SATURATED: f32 = 8206.0;
/// What is taken off before rounding, for levels are likelier small (ISO/IEC 11172-3, C.1.5.4.4.1).
const BIAS: f32 = 0.0946;
/// Adding 2^23 leaves a number's whole part, rounded, in the low bits.
const ROUND: f32 = 8_388_608.0;
/// A scalefactor refines its band by half an octave of amplitude, as two steps of gain do.
const GAINS_PER_SCALEFACTOR: i32 = 2;
/// Lowest effective gain: the largest scalefactor at gain 0.
const LOWEST_GAIN: i32 = -15 * GAINS_PER_SCALEFACTOR;
/// The best division of pairs saves one part in this many at most, nearly always.
const BEST_SAVES: u32 = 32;
/// How many bands may be found too dear before the refinement ends.
const MOST_REFUSALS: usize = 3;
/// How many steps the refinement may take.
const MOST_REFINEMENTS: usize = 24;

/// Powers that the quantiser needs by table.
struct Powers {
    /// By effective gain: the factor on |x|^(3/4).
    quantise: Vec<f32>,
    /// By effective gain: the step.
    step: Vec<f32>,
    /// By level: level^(4/3).
    level: Vec<f32>,
}

static POWERS: LazyLock<Powers> = LazyLock::new(|| {
    let by_gain =
        |octaves: f64| (LOWEST_GAIN..256).map(|gain| narrow(exp2(octaves * f64::from(gain - UNITY_GAIN)))).collect();
    Powers {
        quantise: by_gain(-3.0 / 16.0),
        step: by_gain(1.0 / 4.0),
        level: (0..=MAX_LEVEL).map(|level| narrow(requant_magnitude(level))).collect(),
    }
});

fn by_gain(table: &[f32], gain: i32) -> f32 {
    usize::try_from(gain - LOWEST_GAIN).ok().and_then(|index| table.get(index)).copied().unwrap_or(0.0)
}

/// The level that stands for a magnitude to the power of 3/4, by the factor of its gain.
fn quantised(powered: f32, factor: f32) -> u32 {
    let x = powered * factor - BIAS;
    let x = if x < SATURATED { x } else { SATURATED };
    (x + ROUND).to_bits().wrapping_sub(ROUND.to_bits())
}

/// One granule of one channel, to be coded.
pub(super) struct Granule<'a> {
    pub(super) layout: &'a Layout,
    /// The lines in the order of the bitstream.
    pub(super) lines: &'a [f32; GRANULE_LINES],
    /// The noise that each scaled band hides.
    pub(super) thresholds: &'a [f32],
    /// The bits that it may take.
    pub(super) budget: u32,
    /// Where the search for the gain begins.
    pub(super) hint: u8,
}

/// A granule of one channel, coded.
pub(super) struct Coded {
    spectrum: Spectrum,
    division: Division,
    scalefactors: [u8; Layout::MAX_BANDS],
    compress: u16,
    /// The gain that was found.
    pub(super) gain: u8,
}

impl Coded {
    /// Writes scalefactors and lines; gives the side information.
    pub(super) fn write(&self, granule: &Granule<'_>, writer: &mut BitWriter) -> GranuleSideInfo {
        let start = writer.bits();
        for band in 0..granule.layout.scaled() {
            let bits = granule.layout.scalefactor_bits(self.compress, band);
            writer.write(u64::from(self.scalefactors[band]), bits);
        }
        self.spectrum.write(granule.layout, &self.division, granule.lines, writer);
        GranuleSideInfo {
            part2_3_length: u16::try_from(writer.bits() - start).unwrap_or(0),
            global_gain: self.gain,
            scalefac_compress: self.compress,
            ..self.spectrum.side(granule.layout, &self.division)
        }
    }
}

/// The search for the best code within the budget.
struct Search<'a> {
    granule: &'a Granule<'a>,
    powers: &'static Powers,
    magnitudes: [f32; GRANULE_LINES],
    /// The magnitudes to the power of 3/4.
    powered: [f32; GRANULE_LINES],
    /// The largest of them.
    loudest: f32,
}

/// Codes a granule.
pub(super) fn code(granule: &Granule<'_>) -> Coded {
    let magnitudes = granule.lines.map(f32::abs);
    let powered = magnitudes.map(|x| (x * x.sqrt()).sqrt());
    // By their bits, of which those of what is no number are the largest: no step is coarse enough for that.
    let loudest = f32::from_bits(powered.iter().fold(0, |most, x| most.max(x.to_bits())));
    Search { granule, powers: &POWERS, magnitudes, powered, loudest }.run()
}

impl Search<'_> {
    fn run(&self) -> Coded {
        let (spectrum, division, gain) = self.rate();
        let mut coded = Coded {
            spectrum,
            division,
            scalefactors: [0; Layout::MAX_BANDS],
            compress: 0,
            gain: u8::try_from(gain).unwrap_or(u8::MAX),
        };
        if coded.division.bits() > 0 {
            self.refine(&mut coded);
        }
        coded
    }

    /// The finest gain that fits, near the hint: by steps that double, then by halves.
    fn rate(&self) -> (Spectrum, Division, i32) {
        if self.magnitudes.iter().all(|x| *x == 0.0) {
            // Silence, of which no finer step makes more.
            return (Spectrum::new(), Division::default(), i32::from(self.granule.hint));
        }
        let mut spectra = [Spectrum::new(), Spectrum::new()];
        let [mut spectrum, mut best] = spectra.each_mut();
        let mut found: Option<(Division, i32)> = None;
        // `low` is too fine, `high` fits.
        let (mut low, mut high) = (-1, 256);
        let (mut gain, mut stride) = (i32::from(self.granule.hint), 1);
        while high - low > 1 {
            if let Some(division) = self.fit(gain, spectrum) {
                std::mem::swap(&mut spectrum, &mut best);
                found = Some((division, gain));
                high = gain;
            } else {
                low = gain;
            }
            gain = if high > 255 {
                (low + stride).min(255)
            } else if low < 0 {
                (high - stride).max(0)
            } else {
                low + (high - low) / 2
            };
            stride *= 2;
            if low == 255 {
                break;
            }
        }
        match found {
            Some((division, gain)) => (best.clone(), division, gain),
            // Louder than the coarsest step can hold: such input is not audio.
            None => (Spectrum::new(), Division::default(), UNITY_GAIN),
        }
    }

    /// Quantises with one step for all bands; the division if it fits the budget.
    fn fit(&self, gain: i32, spectrum: &mut Spectrum) -> Option<Division> {
        if quantised(self.loudest, by_gain(&self.powers.quantise, gain)) > LARGEST_LEVEL {
            return None;
        }
        self.quantise(gain, 0..GRANULE_LINES, spectrum);
        let Granule { layout, budget, .. } = self.granule;
        spectrum.count(layout);
        let even = spectrum.divided_evenly(layout);
        // The best division takes some percent less: worth the search where it may decide.
        let division = if even.bits() > *budget && even.bits() - even.bits() / BEST_SAVES <= *budget {
            spectrum.divided_best(layout)
        } else {
            even
        };
        (division.bits() <= *budget).then_some(division)
    }

    fn quantise(&self, gain: i32, lines: std::ops::Range<usize>, spectrum: &mut Spectrum) {
        let factor = by_gain(&self.powers.quantise, gain);
        for (level, powered) in spectrum.levels[lines.clone()].iter_mut().zip(&self.powered[lines]) {
            *level = quantised(*powered, factor);
        }
    }

    /// The energy of what quantising changes in those lines.
    fn noise(&self, gain: i32, lines: std::ops::Range<usize>, spectrum: &Spectrum) -> f32 {
        let step = by_gain(&self.powers.step, gain);
        let mut sums = [0.0; 2];
        let levels = spectrum.levels[lines.clone()].chunks_exact(2);
        for (levels, magnitudes) in levels.zip(self.magnitudes[lines].chunks_exact(2)) {
            for ((sum, level), magnitude) in sums.iter_mut().zip(levels).zip(magnitudes) {
                let error = magnitude - self.powers.level[*level as usize] * step;
                *sum += error * error;
            }
        }
        sums[0] + sums[1]
    }

    /// Spends the bits that a step of gain could not: refines the band whose noise is least hidden while the budget
    /// holds. No band gets coarser by it.
    fn refine(&self, coded: &mut Coded) {
        let Granule { layout, thresholds, budget, .. } = self.granule;
        let base = i32::from(coded.gain);
        let lines = |band: usize| layout.edges[band]..layout.edges[band + 1];
        coded.division = coded.spectrum.divided_best(layout);
        let mut audible = [0.0_f32; Layout::MAX_BANDS];
        for (band, threshold) in thresholds.iter().enumerate() {
            audible[band] = self.noise(base, lines(band), &coded.spectrum) / threshold.max(f32::MIN_POSITIVE);
        }
        let mut refusals = 0;
        for _ in 0..MOST_REFINEMENTS {
            let mut worst = (0, 0.0);
            for (band, audible) in audible[..layout.scaled()].iter().enumerate() {
                if *audible > worst.1 {
                    worst = (band, *audible);
                }
            }
            let (band, audibility) = worst;
            if audibility <= 0.0 {
                break;
            }
            let before = coded.scalefactors[band];
            if before == layout.largest_scalefactor(band) {
                audible[band] = 0.0;
                continue;
            }
            let gain = base - GAINS_PER_SCALEFACTOR * i32::from(before + 1);
            let kept = (coded.division, coded.compress);
            coded.scalefactors[band] += 1;
            let (compress, scalefactor_bits) = layout.compress(&coded.scalefactors);
            self.quantise(gain, lines(band), &mut coded.spectrum);
            let largest = coded.spectrum.levels[lines(band)].iter().max().copied().unwrap_or(0);
            let limit = budget.saturating_sub(scalefactor_bits);
            let mut fits = false;
            if largest <= LARGEST_LEVEL {
                let mut division = coded.spectrum.recount(layout, band, &coded.division);
                if division.bits() > limit && refusals == 0 {
                    division = coded.spectrum.divided_best(layout);
                }
                fits = division.bits() <= limit;
                (coded.division, coded.compress) = (division, compress);
            }
            if fits {
                audible[band] =
                    self.noise(gain, lines(band), &coded.spectrum) / thresholds[band].max(f32::MIN_POSITIVE);
            } else {
                coded.compress = kept.1;
                coded.scalefactors[band] = before;
                self.quantise(gain + GAINS_PER_SCALEFACTOR, lines(band), &mut coded.spectrum);
                coded.division = coded.spectrum.recount(layout, band, &kept.0);
                audible[band] = 0.0;
                refusals += 1;
                if refusals == MOST_REFUSALS {
                    break;
                }
            }
        }
    }
}
