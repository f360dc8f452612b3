//! Samples on their way into an integer file: dithered once, and measured as they were written.

use crate::dsp::Quantiser;
use crate::measure::{Measurement, Meter};
use crate::render::Dither;

/// Quantises a stream and measures what a decoder will give back.
pub(super) struct Quantised {
    quantisers: Vec<Quantiser>,
    /// The last block as integers, planar.
    pub(super) integers: Vec<Vec<i32>>,
    restored: Vec<Vec<f32>>,
    meter: Meter,
}

impl Quantised {
    pub(super) fn new(bits: u16, rate: u32, channels: usize, dither: Dither) -> Self {
        let quantiser = |channel| Quantiser::new(bits, dither.seed, channel).shaped(dither.noise_shaping && bits == 16);
        Self {
            quantisers: (0..channels as u64).map(quantiser).collect(),
            integers: vec![Vec::new(); channels],
            restored: vec![Vec::new(); channels],
            meter: Meter::new(channels, rate),
        }
    }

    pub(super) fn take(&mut self, block: &[Vec<f32>]) {
        for (c, quantiser) in self.quantisers.iter_mut().enumerate() {
            let (integers, restored) = (&mut self.integers[c], &mut self.restored[c]);
            integers.clear();
            integers.extend(block[c].iter().map(|x| quantiser.quantise(*x)));
            restored.clear();
            restored.extend(integers.iter().map(|n| quantiser.restore(*n)));
        }
        self.meter.add(&self.restored);
    }

    pub(super) fn finish(self) -> Measurement {
        self.meter.finish()
    }
}
