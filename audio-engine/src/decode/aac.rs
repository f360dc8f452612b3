//! Spectral band replication that no header announces: in ADTS always, in an MPEG-4 file at the encoder's pleasure. The
//! decoder skips it and gives the lower half of the sound alone, which must not pass for the whole.

use super::DecodeError;
use symphonia::core::codecs::audio::AudioCodecParameters;
use syom::{DecodeOptions, Decoder};

/// Packets that are looked at: half a second at the lowest rate. Encoders write it into every one.
const PACKETS: u32 = 8;
/// An `AudioSpecificConfig`'s sampling frequencies, in Hz, by index (ISO 14496-3, table 1.18).
const RATES_HZ: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Looks at a stream's first packets with a decoder that knows the whole of AAC.
pub(super) struct Replication {
    /// None once enough was seen, or what was seen cannot be followed.
    decoder: Option<Decoder>,
    packets: u32,
}

impl Replication {
    /// For a stream of AAC in low complexity; its header says nothing of replication.
    pub(super) fn of(params: &AudioCodecParameters) -> Self {
        let config = params.extra_data.as_deref().map(<[u8]>::to_vec).or_else(|| plain_config(params).map(Vec::from));
        let decoder = config.and_then(|config| Decoder::from_asc(&config, DecodeOptions::audio()).ok());
        Self { decoder, packets: 0 }
    }

    /// # Errors
    /// If the packet carries it, by the name of the format that has it.
    pub(super) fn refuse(&mut self, packet: &[u8]) -> Result<(), DecodeError> {
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        let mut found = false;
        let outcome = decoder.decode_au(packet, |frame| {
            found |= frame.meta.output_rate > frame.meta.core_rate;
            Ok(())
        });
        self.packets += 1;
        if outcome.is_err() || self.packets == PACKETS {
            self.decoder = None;
        }
        if found { Err(DecodeError::UnsupportedCodec { codec: "HE-AAC".to_owned() }) } else { Ok(()) }
    }
}

/// What ADTS headers say, as an `AudioSpecificConfig` (ISO 14496-3, 1.6.2.1).
fn plain_config(params: &AudioCodecParameters) -> Option<[u8; 2]> {
    const LOW_COMPLEXITY: u16 = 2;
    let rate = RATES_HZ.iter().position(|rate| Some(*rate) == params.sample_rate)?;
    let channels = params.channels.as_ref()?.count();
    let bits = LOW_COMPLEXITY << 11 | u16::try_from(rate).ok()? << 7 | u16::try_from(channels).ok()? << 3;
    Some(bits.to_be_bytes())
}
