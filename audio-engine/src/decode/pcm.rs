//! Linear PCM, unpacked in one pass: most of what the engine reads, and what measuring a WAV file spends its time on.

use symphonia::core::codecs::audio::{AudioCodecParameters, well_known as codec};

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
            Sample::Int24 => lay_out(bytes, block, |[a, b, c]: [u8; 3]| {
                // The top three bytes of 32 bits, whose value an f32 holds exactly.
                to_float(i32::from_le_bytes([0, a, b, c])) / 2_147_483_648.0
            }),
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

#[expect(clippy::cast_precision_loss, reason = "24 significant bits fit")]
fn to_float(n: i32) -> f32 {
    n as f32
}
