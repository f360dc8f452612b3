//! Opus for the stream decoder: mono and stereo, at 48 kHz whatever was recorded (RFC 6716, RFC 7845).
//!
//! Two decoders run side by side, for no single one will do: `opus-rs` is within half a step of 16 bits of libopus, but a
//! rare packet comes out wrong; `ropus` is a bit-exact port of libopus' fixed-point decoder, which is 73 dB below full
//! scale away from the floating-point one. Where they disagree, the second is right. (`opus-decoder` is right as well
//! but needs half of real time, and `mousiki` is not.)
//!
//! Both cut what lies beyond full scale, as a decoder to integers does.

use crate::dsp::{db_to_gain, narrow};
use opus_rs::OpusDecoder as Precise;
use ropus::{Channels, DecodeMode, Decoder as Reference};
use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, GenericAudioBufferRef, layouts,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, FinalizeResult};
use symphonia::core::codecs::registry::{RegisterableAudioDecoder, SupportedAudioCodec};
use symphonia::core::errors::{Result, decode_error, unsupported_error};
use symphonia::core::packet::PacketRef;

const RATE_HZ: u32 = 48_000;
/// The longest packet: 120 ms.
const MAX_FRAMES: usize = 5760;
/// Rounding sets the decoders no further apart than this; a packet gone wrong does.
const SAME: f32 = 0.0004;

/// Decodes Opus packets.
pub(super) struct OpusDecoder {
    params: AudioCodecParameters,
    precise: Precise,
    reference: Reference,
    channels: usize,
    gain: f32,
    interleaved: Vec<f32>,
    checked: Vec<f32>,
    block: AudioBuffer<f32>,
}

impl OpusDecoder {
    fn open(params: &AudioCodecParameters) -> Result<Self> {
        let head = params.extra_data.as_deref().unwrap_or_default();
        let (channels, layout) = match (head.get(9), head.get(18)) {
            (Some(1), Some(0)) => (1, layouts::CHANNEL_LAYOUT_MONO),
            (Some(2), Some(0)) => (2, layouts::CHANNEL_LAYOUT_STEREO),
            _ => return unsupported_error("Opus with more than two channels"),
        };
        let gain_q8 = i16::from_le_bytes([head[16], head[17]]);
        let (precise, reference) = start(channels)?;
        Ok(Self {
            params: params.clone(),
            precise,
            reference,
            channels,
            gain: narrow(db_to_gain(f64::from(gain_q8) / 256.0)),
            interleaved: vec![0.0; MAX_FRAMES * channels],
            checked: vec![0.0; MAX_FRAMES * channels],
            block: AudioBuffer::new(AudioSpec::new(RATE_HZ, layout), MAX_FRAMES),
        })
    }

    /// Decodes a packet and returns its frames; the better of two outputs lies in `interleaved`.
    fn decode_twice(&mut self, packet: &[u8]) -> Option<usize> {
        let frames = self.reference.decode_float(packet, &mut self.checked, DecodeMode::Normal).ok()?;
        let precise = self.precise.decode(packet, MAX_FRAMES, &mut self.interleaved);
        let len = frames * self.channels;
        let pairs = self.interleaved[..len].iter().zip(&self.checked[..len]);
        // Beyond full scale the fixed-point decoder clips, which is no disagreement.
        let same = |(a, b): (&f32, &f32)| (a.clamp(-1.0, 1.0) - b).abs() < SAME;
        if precise != Ok(frames) || !{ pairs }.all(same) {
            self.interleaved[..len].copy_from_slice(&self.checked[..len]);
        }
        Some(frames)
    }
}

fn start(channels: usize) -> Result<(Precise, Reference)> {
    let count = if channels == 1 { Channels::Mono } else { Channels::Stereo };
    let rate = i32::try_from(RATE_HZ).unwrap_or(0);
    match (Precise::new(rate, channels), Reference::new(RATE_HZ, count)) {
        (Ok(precise), Ok(reference)) => Ok((precise, reference)),
        _ => unsupported_error("Opus"),
    }
}

impl AudioDecoder for OpusDecoder {
    fn reset(&mut self) {
        if let Ok((precise, reference)) = start(self.channels) {
            (self.precise, self.reference) = (precise, reference);
        }
    }

    fn codec_info(&self) -> &CodecInfo {
        &Self::supported_codecs()[0].info
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.block.clear();
        let Some(frames) = self.decode_twice(packet.data) else {
            return decode_error("opus: malformed packet");
        };
        self.block.render_silence(Some(frames));
        for (c, plane) in self.block.iter_planes_mut().enumerate() {
            let samples = self.interleaved.iter().skip(c).step_by(self.channels);
            for (to, from) in plane.iter_mut().zip(samples) {
                *to = from * self.gain;
            }
        }
        self.block.trim(0, usize::try_from(packet.trim_end.get()).unwrap_or(0));
        Ok(self.block.as_generic_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.block.as_generic_audio_buffer_ref()
    }
}

impl RegisterableAudioDecoder for OpusDecoder {
    fn try_registry_new(params: &AudioCodecParameters, _: &AudioDecoderOptions) -> Result<Box<dyn AudioDecoder>> {
        Ok(Box::new(Self::open(params)?))
    }

    fn supported_codecs() -> &'static [SupportedAudioCodec] {
        const INFO: CodecInfo = CodecInfo { short_name: "opus", long_name: "Opus", profiles: &[] };
        &[SupportedAudioCodec { id: CODEC_ID_OPUS, info: INFO }]
    }
}
