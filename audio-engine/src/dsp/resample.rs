//! Sample rate conversion in a stream, aligned and of exact length.
//!
//! The conversion runs in double precision and adds less than -180 dBFS of anything. A mix is a stream of `f32`, whose
//! own rounding lies 25 bits below each sample: that is what is left of it there.

use crate::render::RenderError;
use audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Indexing, Resampler as _, WindowFunction};

/// Frames of the filter at the input's rate, at least: longer filters are steeper.
const FILTER_FRAMES: u32 = 2048;

/// Converts a stream from one rate to another in double precision.
pub(crate) struct Resampler {
    inner: Fft<f64>,
    waiting: Vec<Vec<f64>>,
    output: Vec<Vec<f64>>,
    /// Frames of the filter's delay that are still to be dropped.
    delay: usize,
    taken: u64,
    given: u64,
    ratio: (u64, u64),
}

impl Resampler {
    /// # Errors
    /// If the two rates have no usable ratio.
    pub(crate) fn new(from_hz: u32, to_hz: u32, channels: usize) -> Result<Self, rubato::ResamplerConstructionError> {
        // An even number of the smallest common blocks: the delay is half a filter, and must be whole frames.
        let smallest = from_hz / gcd(from_hz, to_hz).max(1);
        let blocks = FILTER_FRAMES.div_ceil(smallest.max(1)).next_multiple_of(2);
        let inner = Fft::new_custom(
            from_hz as usize,
            to_hz as usize,
            (blocks * smallest) as usize,
            1,
            channels,
            WindowFunction::BlackmanHarris2,
            FixedSync::Input,
        )?;
        Ok(Self {
            waiting: vec![Vec::new(); channels],
            output: vec![vec![0.0; inner.output_frames_max()]; channels],
            delay: inner.output_delay(),
            inner,
            taken: 0,
            given: 0,
            ratio: (u64::from(to_hz), u64::from(from_hz)),
        })
    }

    /// Converts a block in place; what comes out may be shorter or longer than the ratio, [`Resampler::flush`] ends it.
    ///
    /// # Errors
    /// As the conversion.
    pub(crate) fn process<S: Sample>(&mut self, block: &mut [Vec<S>]) -> Result<(), rubato::ResampleError> {
        self.taken += block.first().map_or(0, Vec::len) as u64;
        for (waiting, channel) in self.waiting.iter_mut().zip(block.iter_mut()) {
            waiting.extend(channel.iter().map(|x| (*x).into()));
            channel.clear();
        }
        while self.waiting[0].len() >= self.inner.input_frames_next() {
            self.convert(None, block)?;
        }
        Ok(())
    }

    /// The frames that are still inside, so that the whole has the input's length times the ratio, rounded up.
    ///
    /// # Errors
    /// As the conversion.
    pub(crate) fn flush<S: Sample>(&mut self, block: &mut [Vec<S>]) -> Result<(), rubato::ResampleError> {
        for channel in block.iter_mut() {
            channel.clear();
        }
        let total = (self.taken * self.ratio.0).div_ceil(self.ratio.1);
        while self.given < total {
            self.convert(Some(self.waiting[0].len()), block)?;
        }
        let excess = usize::try_from(self.given - total).unwrap_or(0);
        let keep = block.first().map_or(0, Vec::len).saturating_sub(excess);
        for channel in block.iter_mut() {
            channel.truncate(keep);
        }
        Ok(())
    }

    fn convert<S: Sample>(
        &mut self,
        partial: Option<usize>,
        block: &mut [Vec<S>],
    ) -> Result<(), rubato::ResampleError> {
        let needed = self.inner.input_frames_next();
        if partial.is_some() {
            for channel in &mut self.waiting {
                channel.resize(needed, 0.0);
            }
        }
        let channels = self.waiting.len();
        let capacity = self.output[0].len();
        let input =
            SequentialSliceOfVecs::new(&self.waiting, channels, needed).expect("every channel holds the frames");
        let mut output =
            SequentialSliceOfVecs::new_mut(&mut self.output, channels, capacity).expect("allocated at that length");
        let (used, made) = self.inner.process_into_buffer(&input, &mut output, Some(&Indexing::new()))?;
        let drop = self.delay.min(made);
        self.delay -= drop;
        self.given += (made - drop) as u64;
        for (channel, output) in block.iter_mut().zip(&self.output) {
            channel.extend(output[drop..made].iter().map(|x| S::rounded(*x)));
        }
        for channel in &mut self.waiting {
            channel.drain(..used);
        }
        Ok(())
    }
}

const fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// What a stream consists of.
pub(crate) trait Sample: Copy + Into<f64> {
    /// The nearest there is.
    fn rounded(x: f64) -> Self;
}

impl Sample for f32 {
    fn rounded(x: f64) -> Self {
        super::narrow(x)
    }
}

impl Sample for f64 {
    fn rounded(x: f64) -> Self {
        x
    }
}

/// Converts a whole signal, a vector per channel, from one rate in Hz to another as the engine does, without rounding
/// what comes out to the samples of a mix. It has the input's length times the ratio, rounded up.
///
/// # Errors
/// If the two rates have no usable ratio.
pub fn resample(signal: &[Vec<f64>], from_hz: u32, to_hz: u32) -> Result<Vec<Vec<f64>>, RenderError> {
    const BLOCK_FRAMES: usize = 4096;
    let mut resampler = Resampler::new(from_hz, to_hz, signal.len())?;
    let mut converted = vec![Vec::new(); signal.len()];
    let mut block = converted.clone();
    let mut keep = |block: &[Vec<f64>]| converted.iter_mut().zip(block).for_each(|(all, part)| all.extend(part));
    for at in (0..signal.first().map_or(0, Vec::len)).step_by(BLOCK_FRAMES) {
        for (block, channel) in block.iter_mut().zip(signal) {
            block.clear();
            block.extend(channel.iter().skip(at).take(BLOCK_FRAMES));
        }
        resampler.process(&mut block)?;
        keep(&block);
    }
    resampler.flush(&mut block)?;
    keep(&block);
    Ok(converted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{index, narrow, sin_turns};
    use std::f64::consts::TAU;

    fn convert(from: u32, to: u32, input: &[f32], block: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(from, to, 1).unwrap();
        let mut out = Vec::new();
        let mut buffer = vec![Vec::new()];
        for chunk in input.chunks(block) {
            buffer[0].clear();
            buffer[0].extend_from_slice(chunk);
            resampler.process(&mut buffer).unwrap();
            out.extend_from_slice(&buffer[0]);
        }
        resampler.flush(&mut buffer).unwrap();
        out.extend_from_slice(&buffer[0]);
        out
    }

    #[test]
    fn keeps_phase_length_and_level() {
        for (from, to) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (96_000, 44_100),
            (22_050, 48_000),
            (192_000, 44_100),
            (44_100, 44_101),
        ] {
            let tone = |rate: u32, n: u32| -> Vec<f32> {
                (0..n).map(|i| narrow(0.5 * sin_turns(997.0 * f64::from(i) / f64::from(rate)))).collect()
            };
            let output = convert(from, to, &tone(from, from), 1000);
            let expected = tone(to, to);
            assert_eq!(output.len(), expected.len(), "{from} to {to}");
            let middle = 5_000..output.len() - 5_000;
            let error =
                output[middle.clone()].iter().zip(&expected[middle]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(error < 1e-6, "{from} to {to}: {error}");
        }
    }

    /// What is left of a signal but for a tone of that many turns a frame, in dBFS of a full sine; the ends are left out.
    fn all_but_the_tone_dbfs(signal: &[f64], turns: f64) -> f64 {
        let middle = signal.len() / 4..signal.len() * 3 / 4;
        let basis = |i: usize| (TAU * (turns * index(i)).fract()).sin_cos();
        // The normal equations of the sine that fits best.
        let mut sums = [0.0; 5];
        for i in middle.clone() {
            let (sin, cos) = basis(i);
            let products = [sin * sin, sin * cos, cos * cos, sin * signal[i], cos * signal[i]];
            sums.iter_mut().zip(products).for_each(|(sum, product)| *sum += product);
        }
        let [ss, sc, cc, sx, cx] = sums;
        let determinant = ss * cc - sc * sc;
        let (a, b) = ((sx * cc - cx * sc) / determinant, (cx * ss - sx * sc) / determinant);
        let rest = |i: usize| {
            let (sin, cos) = basis(i);
            (signal[i] - a * sin - b * cos).powi(2)
        };
        10.0 * (2.0 * middle.clone().map(rest).sum::<f64>() / index(middle.len())).log10()
    }

    #[test]
    fn adds_nothing_above_180_db_below_full_scale() {
        const RATES_HZ: [u32; 3] = [44_100, 48_000, 96_000];
        let tone = |hz: f64, rate: u32| -> Vec<f64> {
            (0..rate).map(|i| (TAU * (hz / f64::from(rate) * f64::from(i)).fract()).sin()).collect()
        };
        for from in RATES_HZ {
            for to in RATES_HZ.into_iter().filter(|to| *to != from) {
                let highest = 0.5 * f64::from(from.min(to));
                for hz in [997.0, 10_007.0, 0.9 * highest] {
                    let converted = resample(&[tone(hz, from)], from, to).unwrap();
                    let rest = all_but_the_tone_dbfs(&converted[0], hz / f64::from(to));
                    assert!(rest < -180.0, "{hz} Hz from {from} to {to} Hz: {rest:.1} dBFS");
                }
                if to < from {
                    // Halfway between what the lower rate holds and what the higher one does: nothing may come back.
                    let converted = resample(&[tone(0.5 * highest + 0.25 * f64::from(from), from)], from, to).unwrap();
                    let middle = &converted[0][converted[0].len() / 4..converted[0].len() * 3 / 4];
                    let alias = 20.0 * middle.iter().fold(0.0_f64, |m, x| m.max(x.abs())).log10();
                    assert!(alias < -180.0, "alias from {from} to {to} Hz: {alias:.1} dBFS");
                }
            }
        }
    }

    #[test]
    fn block_size_does_not_matter() {
        let input: Vec<f32> = (0..30_000).map(|i| narrow(sin_turns(f64::from(i) * 0.0123))).collect();
        let whole = convert(44_100, 48_000, &input, 30_000);
        assert_eq!(whole, convert(44_100, 48_000, &input, 64));
        assert_eq!(whole, convert(44_100, 48_000, &input, 4096));
    }
}
