//! Linear PCM, unpacked in one pass: most of what the engine reads, and what measuring a WAV file spends its time on.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x4, i32x4, u8x16};
use symphonia::core::codecs::audio::{AudioCodecParameters, well_known as codec};

/// The least step of 32 bits; multiplying with it is exact.
const UNIT_32: f32 = 1.0 / 2_147_483_648.0;

/// How a sample lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sample {
    Int16,
    Int24,
    Float32,
}

/// Unpacks interleaved little-endian frames of one or two channels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pcm {
    sample: Sample,
    channels: usize,
}

impl Pcm {
    /// The usual kinds; the others are left to the general decoder.
    pub(super) fn of(params: &AudioCodecParameters) -> Option<Self> {
        let sample = match params.codec {
            codec::CODEC_ID_PCM_S16LE => Sample::Int16,
            codec::CODEC_ID_PCM_S24LE => Sample::Int24,
            codec::CODEC_ID_PCM_F32LE => Sample::Float32,
            _ => return None,
        };
        let channels = params.channels.as_ref()?.count();
        (1..=2).contains(&channels).then_some(Self { sample, channels })
    }

    /// Unpacks whole frames; a rest is none.
    pub(super) fn unpack(self, bytes: &[u8], block: &mut Vec<Vec<f32>>) {
        block.resize_with(self.channels, Vec::new);
        match self.sample {
            Sample::Int16 => lay_out(bytes, block, |b: [u8; 2]| f32::from(i16::from_le_bytes(b)) / 32_768.0),
            Sample::Int24 => match block.as_mut_slice() {
                [left, right] => dispatch!(Level::new(), simd => stereo_24(simd, bytes, left, right)),
                mono => lay_out(bytes, mono, from_24),
            },
            Sample::Float32 => lay_out(bytes, block, f32::from_le_bytes),
        }
    }
}

fn lay_out<const N: usize>(bytes: &[u8], block: &mut [Vec<f32>], value: impl Fn([u8; N]) -> f32) {
    let (samples, _) = bytes.as_chunks::<N>();
    for channel in block.iter_mut() {
        channel.clear();
    }
    match block {
        [mono] => mono.extend(samples.iter().map(|b| value(*b))),
        [left, right] => {
            let (frames, _) = samples.as_chunks::<2>();
            left.extend(frames.iter().map(|[l, _]| value(*l)));
            right.extend(frames.iter().map(|[_, r]| value(*r)));
        }
        _ => (),
    }
}

/// Interleaved stereo of 24 bits, four frames at a time.
#[inline(always)]
fn stereo_24<S: Simd>(simd: S, bytes: &[u8], left: &mut Vec<f32>, right: &mut Vec<f32>) {
    let (samples, _) = bytes.as_chunks::<3>();
    let (frames, _) = samples.as_chunks::<2>();
    left.resize(frames.len(), 0.0);
    right.resize(frames.len(), 0.0);
    let places = u8x16::simd_from(simd, [0, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 9, 10, 11]);
    let four = |at: usize| -> f32x4<S> {
        let samples: i32x4<S> = u8x16::from_slice(simd, &bytes[at..at + 16]).swizzle_dyn(places).bitcast();
        (samples & !0xFF_i32).to_float::<f32x4<S>>() * UNIT_32
    };
    let mut done = 0;
    // The last vector reaches beyond its samples.
    while bytes.len() >= done * 6 + 28 {
        let (l, r) = four(done * 6).deinterleave(four(done * 6 + 12));
        l.store_slice(&mut left[done..done + 4]);
        r.store_slice(&mut right[done..done + 4]);
        done += 4;
    }
    for (i, [l, r]) in frames.iter().enumerate().skip(done) {
        (left[i], right[i]) = (from_24(*l), from_24(*r));
    }
}

/// The top three bytes of 32 bits, whose value an `f32` holds exactly.
fn from_24([a, b, c]: [u8; 3]) -> f32 {
    to_float(i32::from_le_bytes([0, a, b, c])) * UNIT_32
}

#[expect(clippy::cast_precision_loss, reason = "24 significant bits fit")]
fn to_float(n: i32) -> f32 {
    n as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::levels;

    #[test]
    fn four_frames_at_a_time_are_what_each_of_them_is() {
        let bytes: Vec<u8> = (0..143_u8).map(|i| i.wrapping_mul(167)).collect();
        for len in 0..=bytes.len() {
            let samples: Vec<u32> =
                bytes[..len].as_chunks().0.iter().map(|sample| from_24(*sample).to_bits()).collect();
            for level in levels() {
                // Of another length before.
                let (mut left, mut right) = (vec![1.0; 9], vec![1.0; 9]);
                dispatch!(level, simd => stereo_24(simd, &bytes[..len], &mut left, &mut right));
                let interleaved: Vec<u32> =
                    left.iter().zip(&right).flat_map(|(l, r)| [l.to_bits(), r.to_bits()]).collect();
                assert_eq!((left.len(), right.len()), (len / 6, len / 6));
                assert_eq!(interleaved, samples[..len / 6 * 2], "{len} bytes, {level:?}");
            }
        }
    }
}
