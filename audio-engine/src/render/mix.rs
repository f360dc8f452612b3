//! The sum of the inputs, as a stream at one rate and channel count.

use super::{Bounce, RenderError, Workspace};
use crate::decode::Decoder;
use crate::dsp::{Planar, Resampler, db_to_gain, frames};

/// Reads all inputs in step and sums them in the document's order.
pub(super) struct MixReader {
    inputs: Vec<InputReader>,
    sample_rate_hz: u32,
    channels: usize,
}

struct InputReader {
    decoder: Decoder,
    gain: f32,
    resampler: Option<Resampler>,
    /// Decoded and not yet summed.
    ready: Planar,
    block: Planar,
    ended: bool,
}

impl MixReader {
    pub(super) fn open(bounce: &Bounce, workspace: &Workspace) -> Result<Self, RenderError> {
        let mut decoders = Vec::with_capacity(bounce.inputs.len());
        for input in &bounce.inputs {
            let decoder = workspace.decoder(&input.source)?;
            decoders.push((decoder, input));
        }
        let first_rate = decoders.first().map_or(48_000, |(decoder, _)| decoder.spec().sample_rate_hz);
        let sample_rate_hz = bounce.sample_rate_hz.unwrap_or(first_rate);
        let mono = decoders.iter().all(|(decoder, _)| decoder.spec().channels == 1);
        let channels = if mono { 1 } else { 2 };
        let inputs = decoders
            .into_iter()
            .map(|(decoder, input)| {
                InputReader::new(decoder, narrow(db_to_gain(input.gain_db)), sample_rate_hz, channels)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { inputs, sample_rate_hz, channels })
    }

    pub(super) fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// The length as the inputs state it, at the mix's rate.
    pub(super) fn stated_frames(&self) -> Option<u64> {
        let length = |input: &InputReader| {
            let spec = input.decoder.spec();
            let rate = u64::from(spec.sample_rate_hz);
            spec.frames.map(|n| (n * u64::from(self.sample_rate_hz)).div_ceil(rate))
        };
        self.inputs.iter().map(length).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// Fills `block` with up to `n` frames; nothing at the end.
    pub(super) fn next(&mut self, n: usize, block: &mut Planar) -> Result<(), RenderError> {
        for input in &mut self.inputs {
            input.fill(n)?;
        }
        let len = self.inputs.iter().map(|input| frames(&input.ready).min(n)).max().unwrap_or(0);
        block.resize_with(self.channels, Vec::new);
        for (c, channel) in block.iter_mut().enumerate() {
            channel.clear();
            channel.resize(len, 0.0);
            for input in &mut self.inputs {
                let ready = &mut input.ready[c];
                let have = ready.len().min(len);
                for (sum, x) in channel.iter_mut().zip(ready.drain(..have)) {
                    *sum += x * input.gain;
                }
            }
        }
        Ok(())
    }
}

impl InputReader {
    fn new(decoder: Decoder, gain: f32, sample_rate_hz: u32, channels: usize) -> Result<Self, RenderError> {
        let from = decoder.spec().sample_rate_hz;
        let resampler =
            if from == sample_rate_hz { None } else { Some(Resampler::new(from, sample_rate_hz, channels)?) };
        let empty = vec![Vec::new(); channels];
        Ok(Self { decoder, gain, resampler, ready: empty.clone(), block: empty, ended: false })
    }

    fn fill(&mut self, n: usize) -> Result<(), RenderError> {
        while !self.ended && frames(&self.ready) < n {
            if let Some(decoded) = self.decoder.next_block()? {
                lay_out(decoded, &mut self.block);
                if let Some(resampler) = &mut self.resampler {
                    resampler.process(&mut self.block)?;
                }
            } else {
                self.ended = true;
                match &mut self.resampler {
                    Some(resampler) => resampler.flush(&mut self.block)?,
                    None => self.block.iter_mut().for_each(Vec::clear),
                }
            }
            for (ready, channel) in self.ready.iter_mut().zip(&self.block) {
                ready.extend_from_slice(channel);
            }
        }
        Ok(())
    }
}

/// Lays a decoded block out as mono or stereo. More than two channels are mixed down with the coefficients of
/// ITU-R BS.775: centre and surrounds at -3 dB, no LFE.
pub(super) fn lay_out(decoded: &[Vec<f32>], block: &mut Planar) {
    const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;
    let stereo = block.len() == 2;
    for (side, channel) in block.iter_mut().enumerate() {
        channel.clear();
        channel.extend_from_slice(if decoded.len() == 1 { &decoded[0] } else { &decoded[side] });
        if !stereo || decoded.len() <= 2 {
            continue;
        }
        let (centre, surrounds): (Option<usize>, &[usize]) = match decoded.len() {
            3 => (Some(2), &[]),
            4 => (None, &[2, 3]),
            5 => (Some(2), &[3, 4]),
            6 => (Some(2), &[4, 5]),
            7 => (Some(2), &[5, 6]),
            _ => (Some(2), &[4, 5, 6, 7]),
        };
        let mine = surrounds.iter().enumerate().filter(|(i, _)| i % 2 == side).map(|(_, c)| *c);
        for other in centre.into_iter().chain(mine) {
            for (x, y) in channel.iter_mut().zip(&decoded[other]) {
                *x += y * HALF_POWER;
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the samples' precision")]
fn narrow(x: f64) -> f32 {
    x as f32
}
