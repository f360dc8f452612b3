//! Files to samples: opens a file by its content, checks it against the limits, and streams blocks of planar `f32`.
//!
//! The format is decided by what the file holds, never by its name. Hostile input ends in a [`DecodeError`], never in a
//! panic: the entries catch unwinding from the codecs as well.
//!
//! What goes beyond full scale stays as it is, in floating-point files and in lossy ones; Opus alone is cut there, by its
//! decoders.
//!
//! Lossless files are decoded bit by bit, lossy ones to within -90 dBFS of what ffmpeg and libopus give. Opus in packets of 2.5 or 60 ms is not:
//! where its first decoder fails, a second in fixed point stands in, and the difference is held to -66 dBFS alone.

mod aac;
mod broadcast;
mod error;
mod guard;
mod mp4;
mod opus;
mod pcm;
mod rf64;
mod sniff;
mod source;
mod stream;
mod tags;

pub use broadcast::{Broadcast, read_broadcast};
pub use error::DecodeError;
pub use guard::hush_codecs;
pub use stream::Decoder;
pub use tags::EmbeddedTags;

use serde::{Deserialize, Serialize};
use std::path::Path;

/// How large and how long a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, in bytes.
    pub bytes: u64,
    /// The longest audio, in seconds.
    pub seconds: u64,
}

impl Limits {
    /// What [`inspect`] lets in: 2 GiB and 60 minutes.
    pub const UPLOAD: Self = Self { bytes: MAX_BYTES, seconds: MAX_SECONDS };
    /// What the engine itself works on, its own renders among it: 64 GiB and 12 hours. Memory depends on neither.
    pub const ENGINE: Self = Self { bytes: 64 << 30, seconds: 12 * 60 * 60 };
}

/// The largest file that is accepted as an upload, in bytes (2 GiB).
pub const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// The longest audio that is accepted as an upload, in seconds (60 minutes).
pub const MAX_SECONDS: u64 = 60 * 60;
/// The most channels that are accepted.
pub const MAX_CHANNELS: usize = 8;
/// The sample rates that are accepted, in Hz, both ends included.
pub const SAMPLE_RATES_HZ: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// The container that a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// RIFF WAVE, RF64 and BW64.
    Wav,
    /// AIFF or AIFF-C.
    Aiff,
    /// Native FLAC.
    Flac,
    /// MPEG audio.
    Mp3,
    /// AAC in ADTS frames.
    Adts,
    /// MPEG-4 (`.m4a`, `.mp4`).
    M4a,
    /// Ogg.
    Ogg,
    /// Apple Core Audio Format.
    Caf,
}

impl Container {
    /// The usual file name extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Aiff => "aiff",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
            Self::Adts => "aac",
            Self::M4a => "m4a",
            Self::Ogg => "ogg",
            Self::Caf => "caf",
        }
    }

    /// The media type as registered, for `Content-Type`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Aiff => "audio/aiff",
            Self::Flac => "audio/flac",
            Self::Mp3 => "audio/mpeg",
            Self::Adts => "audio/aac",
            Self::M4a => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::Caf => "audio/x-caf",
        }
    }
}

/// What a file says about itself before it is decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioSpec {
    /// The container.
    pub format: Container,
    /// The codec's short name, such as `pcm_s24le`, `flac`, `mp3`, `aac`, `vorbis`, `opus`.
    pub codec: String,
    /// Sample rate in Hz.
    pub sample_rate_hz: u32,
    /// Number of channels, 1 to 8.
    pub channels: usize,
    /// Bits per sample for linear codecs; lossy codecs have none.
    pub bits_per_sample: Option<u32>,
    /// Length in frames as the file states it; streams without a stated length have none.
    pub frames: Option<u64>,
}

/// What decoding the whole of a file established.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AudioFacts {
    /// What the file says about itself, with `frames` replaced by the number that was decoded.
    pub spec: AudioSpec,
    /// Frames that were decoded, encoder delay and padding trimmed where the file tells them.
    pub frames: u64,
    /// Duration in seconds: frames over sample rate.
    pub duration_s: f64,
    /// Packets of a lossy stream that could not be decoded and were replaced by silence; never more than 1 %.
    pub damaged_packets: u64,
    /// Tags found in the file.
    pub tags: EmbeddedTags,
}

/// What the tags inside a file say, without decoding it; none for a file without tags, or that is no audio at all.
pub fn read_tags(path: &Path) -> EmbeddedTags {
    tags::read(path)
}

/// Decodes the whole file within [`Limits::UPLOAD`] and returns the facts, so that truncated and damaged files are found.
///
/// # Errors
/// The [`DecodeError`] that names what is wrong with the file.
pub fn inspect(path: &Path) -> Result<AudioFacts, DecodeError> {
    let mut decoder = Decoder::open_within(path, Limits::UPLOAD)?;
    let mut frames = 0_u64;
    while let Some(block) = decoder.next_block()? {
        frames += block[0].len() as u64;
    }
    let mut spec = decoder.spec().clone();
    spec.frames = Some(frames);
    Ok(AudioFacts {
        duration_s: frames_to_seconds(frames, spec.sample_rate_hz),
        damaged_packets: decoder.damaged_packets(),
        tags: tags::read(path),
        frames,
        spec,
    })
}

#[expect(clippy::cast_precision_loss, reason = "an hour at 192 kHz is below 2^30 frames")]
pub(crate) fn frames_to_seconds(frames: u64, sample_rate_hz: u32) -> f64 {
    frames as f64 / f64::from(sample_rate_hz)
}

#[cfg(test)]
mod formats;
#[cfg(test)]
mod tests;
