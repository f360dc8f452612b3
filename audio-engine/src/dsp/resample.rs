//! Sample rate conversion in a stream, aligned and of exact length.

use super::{Planar, frames};
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
    pub(crate) fn process(&mut self, block: &mut Planar) -> Result<(), rubato::ResampleError> {
        self.taken += frames(block) as u64;
        for (waiting, channel) in self.waiting.iter_mut().zip(block.iter_mut()) {
            waiting.extend(channel.iter().map(|x| f64::from(*x)));
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
    pub(crate) fn flush(&mut self, block: &mut Planar) -> Result<(), rubato::ResampleError> {
        for channel in block.iter_mut() {
            channel.clear();
        }
        let total = (self.taken * self.ratio.0).div_ceil(self.ratio.1);
        while self.given < total {
            self.convert(Some(self.waiting[0].len()), block)?;
        }
        let excess = usize::try_from(self.given - total).unwrap_or(0);
        let keep = frames(block).saturating_sub(excess);
        for channel in block.iter_mut() {
            channel.truncate(keep);
        }
        Ok(())
    }

    fn convert(&mut self, partial: Option<usize>, block: &mut Planar) -> Result<(), rubato::ResampleError> {
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
            channel.extend(output[drop..made].iter().map(|x| narrow(*x)));
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

#[expect(clippy::cast_possible_truncation, reason = "the samples' precision")]
fn narrow(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::sin_turns;

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

    #[test]
    fn block_size_does_not_matter() {
        let input: Vec<f32> = (0..30_000).map(|i| narrow(sin_turns(f64::from(i) * 0.0123))).collect();
        let whole = convert(44_100, 48_000, &input, 30_000);
        assert_eq!(whole, convert(44_100, 48_000, &input, 64));
        assert_eq!(whole, convert(44_100, 48_000, &input, 4096));
    }
}
