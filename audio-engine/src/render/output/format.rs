//! What a file is written as: the formats by name, and what each permits.
//!
//! | Names | Encoder | Chosen because |
//! |---|---|---|
//! | `wav16` `wav24` `wav32f` | our own | bext v2, iXML and RF64 in one writer; no crate has all three as a stream |
//! | `flac` `flac16` | `flac-codec` | pure Rust, MIT/Apache, within 0.4 % of libFLAC's size; passes `flac -t` |
//! | `mp3-…` | `rusty_mp3`'s transforms, our own coder | pure Rust, Apache-2.0; LAME is LGPL. Its coder is slower and codes worse |
//! | `m4a-256` | `syom` | the only pure Rust AAC-LC encoder that streams and keeps its bit rate; MIT |
//! | `opus-128` | `ropus` | pure Rust, BSD, bit-exact to libopus in fixed point, so equal on every machine; libopus needs cmake |
//! | `vorbis-q6` | `vorbis_rs` | aoTuV's encoder, BSD; C, but built by `cc` alone. No Rust encoder comes near it. Its bytes depend on the processor |

use crate::render::level::LOSSLESS_HEADROOM_DB;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// What a file is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Format {
    /// WAV, 16 bits, dithered.
    #[serde(rename = "wav16")]
    Wav16,
    /// WAV, 24 bits, dithered.
    #[serde(rename = "wav24")]
    Wav24,
    /// WAV, 32-bit floating point: the samples as they are.
    #[serde(rename = "wav32f")]
    Wav32Float,
    /// FLAC, 24 bits, dithered.
    #[serde(rename = "flac")]
    Flac24,
    /// FLAC, 16 bits, dithered.
    #[serde(rename = "flac16")]
    Flac16,
    /// MP3 at a constant 128 kbit/s.
    #[serde(rename = "mp3-128")]
    Mp3Kbps128,
    /// MP3 at a constant 192 kbit/s.
    #[serde(rename = "mp3-192")]
    Mp3Kbps192,
    /// MP3 at a constant 320 kbit/s.
    #[serde(rename = "mp3-320")]
    Mp3Kbps320,
    /// MP3 at a variable bit rate around 245 kbit/s.
    #[serde(rename = "mp3-v0")]
    Mp3V0,
    /// MP3 at a variable bit rate around 190 kbit/s.
    #[serde(rename = "mp3-v2")]
    Mp3V2,
    /// AAC-LC in an MPEG-4 file at 256 kbit/s.
    #[serde(rename = "m4a-256")]
    M4aKbps256,
    /// Opus in Ogg around 128 kbit/s.
    #[serde(rename = "opus-128")]
    OpusKbps128,
    /// Vorbis in Ogg at quality 6, around 192 kbit/s.
    #[serde(rename = "vorbis-q6")]
    VorbisQ6,
}

/// How the samples are coded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::render) enum Coding {
    Wav { bits: u16 },
    WavFloat,
    Flac { bits: u16 },
    Mp3 { kbps: u32 },
    Mp3Vbr { target_kbps: f32 },
    Aac { kbps: u32 },
    Opus { kbps: u32 },
    Vorbis { quality: f32 },
}

impl Format {
    /// Every format, the lossless ones first.
    pub const ALL: [Self; 13] = [
        Self::Wav16,
        Self::Wav24,
        Self::Wav32Float,
        Self::Flac24,
        Self::Flac16,
        Self::Mp3Kbps128,
        Self::Mp3Kbps192,
        Self::Mp3Kbps320,
        Self::Mp3V0,
        Self::Mp3V2,
        Self::M4aKbps256,
        Self::OpusKbps128,
        Self::VorbisQ6,
    ];

    /// Its name in documents and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wav16 => "wav16",
            Self::Wav24 => "wav24",
            Self::Wav32Float => "wav32f",
            Self::Flac24 => "flac",
            Self::Flac16 => "flac16",
            Self::Mp3Kbps128 => "mp3-128",
            Self::Mp3Kbps192 => "mp3-192",
            Self::Mp3Kbps320 => "mp3-320",
            Self::Mp3V0 => "mp3-v0",
            Self::Mp3V2 => "mp3-v2",
            Self::M4aKbps256 => "m4a-256",
            Self::OpusKbps128 => "opus-128",
            Self::VorbisQ6 => "vorbis-q6",
        }
    }

    pub(in crate::render) const fn coding(self) -> Coding {
        match self {
            Self::Wav16 => Coding::Wav { bits: 16 },
            Self::Wav24 => Coding::Wav { bits: 24 },
            Self::Wav32Float => Coding::WavFloat,
            Self::Flac16 => Coding::Flac { bits: 16 },
            Self::Flac24 => Coding::Flac { bits: 24 },
            Self::Mp3Kbps128 => Coding::Mp3 { kbps: 128 },
            Self::Mp3Kbps192 => Coding::Mp3 { kbps: 192 },
            Self::Mp3Kbps320 => Coding::Mp3 { kbps: 320 },
            Self::Mp3V0 => Coding::Mp3Vbr { target_kbps: 245.0 },
            Self::Mp3V2 => Coding::Mp3Vbr { target_kbps: 190.0 },
            Self::M4aKbps256 => Coding::Aac { kbps: 256 },
            Self::OpusKbps128 => Coding::Opus { kbps: 128 },
            Self::VorbisQ6 => Coding::Vorbis { quality: 0.6 },
        }
    }

    /// The file name extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self.coding() {
            Coding::Wav { .. } | Coding::WavFloat => "wav",
            Coding::Flac { .. } => "flac",
            Coding::Mp3 { .. } | Coding::Mp3Vbr { .. } => "mp3",
            Coding::Aac { .. } => "m4a",
            Coding::Opus { .. } => "opus",
            Coding::Vorbis { .. } => "ogg",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self.coding() {
            Coding::Wav { .. } | Coding::WavFloat => "audio/wav",
            Coding::Flac { .. } => "audio/flac",
            Coding::Mp3 { .. } | Coding::Mp3Vbr { .. } => "audio/mpeg",
            Coding::Aac { .. } => "audio/mp4",
            Coding::Opus { .. } | Coding::Vorbis { .. } => "audio/ogg",
        }
    }

    /// Whether a decoder gives back the very samples that were encoded.
    pub const fn is_lossless(self) -> bool {
        matches!(self.coding(), Coding::Wav { .. } | Coding::WavFloat | Coding::Flac { .. })
    }

    /// Whether a file of this format may have that rate, in Hz.
    pub const fn permits_rate(self, rate_hz: u32) -> bool {
        const LOSSLESS: RangeInclusive<u32> = 8_000..=192_000;
        match self.coding() {
            Coding::Opus { .. } => rate_hz == 48_000,
            _ if self.is_lossless() => *LOSSLESS.start() <= rate_hz && rate_hz <= *LOSSLESS.end(),
            _ => matches!(rate_hz, 32_000 | 44_100 | 48_000),
        }
    }

    /// The permitted rates in words.
    pub(super) const fn permitted_rates(self) -> &'static str {
        match self.coding() {
            Coding::Opus { .. } => "48000 Hz alone",
            _ if self.is_lossless() => "8000 to 192000 Hz",
            _ => "32000, 44100 and 48000 Hz",
        }
    }

    /// The rate that is used for a mix at `mix_hz` if the document asks for none.
    pub(in crate::render) const fn natural_rate_hz(self, mix_hz: u32) -> u32 {
        if self.permits_rate(mix_hz) {
            mix_hz
        } else if self.permits_rate(44_100) && mix_hz.is_multiple_of(11_025) {
            44_100
        } else {
            48_000
        }
    }

    /// How far below the ceiling the limiter starts, in dB: lossy coding moves peaks, and a file that exceeds the ceiling
    /// after decoding is written again.
    ///
    /// Chosen so that the first file holds on nearly all music, and measured on five composed beats of different styles
    /// (seed 5 of [`crate::compose`], 22 to 38 s of each) at -14 and at -9 LUFS under -1 dBTP. Of those ten, at once held:
    ///
    /// | | at 0.5 dB (128k: 0.8) | at 1.0 dB (128k, Opus: 1.5) |
    /// |---|---|---|
    /// | MP3 128k | 4 | 8 |
    /// | MP3 192k, V2 | 6, 6 | 9, 9 |
    /// | MP3 320k | 9 | – |
    /// | MP3 V0 | 9 | 10 |
    /// | AAC 256k | 7 | 9 |
    /// | Opus 128k | 4 | 6 |
    /// | Vorbis q6 | 6 | 9 |
    pub(in crate::render) const fn headroom_db(self) -> f64 {
        match self.coding() {
            Coding::Wav { .. } | Coding::WavFloat | Coding::Flac { .. } => LOSSLESS_HEADROOM_DB,
            Coding::Mp3 { kbps: 320 } => 0.5,
            Coding::Mp3Vbr { target_kbps } if target_kbps > 200.0 => 0.6,
            Coding::Mp3 { kbps: 192 } | Coding::Mp3Vbr { .. } | Coding::Aac { .. } | Coding::Vorbis { .. } => 1.0,
            Coding::Mp3 { .. } | Coding::Opus { .. } => 1.5,
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// A format's name is not known; the message lists those that are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no format; there are {}", Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat {
    /// What was asked for.
    pub name: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name.trim()));
        found.ok_or_else(|| UnknownFormat { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_documents_and_the_command_lines() {
        for format in Format::ALL {
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
            assert_eq!(format.name().parse(), Ok(format));
            assert!(format.permits_rate(format.natural_rate_hz(96_000)), "{format}");
        }
        let refusal = "mp4".parse::<Format>().unwrap_err().to_string();
        assert!(refusal.contains("`mp4` is no format") && refusal.contains("m4a-256"), "{refusal}");
    }

    #[test]
    fn a_rate_that_a_format_lacks_becomes_the_nearest_relative() {
        assert_eq!(Format::Mp3Kbps320.natural_rate_hz(88_200), 44_100);
        assert_eq!(Format::Mp3Kbps320.natural_rate_hz(96_000), 48_000);
        assert_eq!(Format::OpusKbps128.natural_rate_hz(44_100), 48_000);
        assert_eq!(Format::Flac24.natural_rate_hz(96_000), 96_000);
    }
}
