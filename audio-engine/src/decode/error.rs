//! Why a file is refused.

use super::{MAX_CHANNELS, SAMPLE_RATES_HZ};

/// Why a file is refused; each variant names the breach and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The file could not be opened or read.
    #[error("the file could not be read")]
    Io(#[source] std::io::Error),
    /// There is no file of that name.
    #[error("there is no such file")]
    Missing,
    /// A folder where a file should be.
    #[error("this is a folder; name a file in it")]
    Folder,
    /// More bytes than the limit.
    #[error("the file has {bytes} bytes; the limit is {limit}: split it or use FLAC")]
    TooLarge {
        /// The file's size.
        bytes: u64,
        /// The largest size that is accepted.
        limit: u64,
    },
    /// Longer than the limit.
    #[error("the audio is longer than {} minutes: split it", limit_s / 60)]
    TooLong {
        /// The longest duration that is accepted, in seconds.
        limit_s: u64,
    },
    /// No channels, or more than 8.
    #[error("the audio has {channels} channels; 1 to {MAX_CHANNELS} are accepted")]
    Channels {
        /// The number found.
        channels: usize,
    },
    /// More channels than are decoded of that codec.
    #[error("{codec} is decoded with up to {most} channels, and this has {channels}: convert it to WAV or FLAC")]
    CodecChannels {
        /// The codec's name.
        codec: String,
        /// The number found.
        channels: usize,
        /// The most that are decoded.
        most: usize,
    },
    /// Below 8 kHz or above 192 kHz.
    #[error(
        "the sample rate is {sample_rate_hz} Hz; {} to {} Hz are accepted",
        SAMPLE_RATES_HZ.start(),
        SAMPLE_RATES_HZ.end()
    )]
    SampleRate {
        /// The rate found.
        sample_rate_hz: u32,
    },
    /// No bytes, or no frame of audio.
    #[error("the file holds no audio")]
    Empty,
    /// The file ends before its stated length.
    #[error("the file is truncated after {found_frames} frames{}: copy it again, from one that is whole", expected(*.expected_frames))]
    Truncated {
        /// Frames that the file states, where it does.
        expected_frames: Option<u64>,
        /// Frames that were there.
        found_frames: u64,
    },
    /// Not an audio file of an accepted kind.
    #[error("this is not an audio file; WAV, AIFF, FLAC, MP3, AAC/M4A, Ogg Vorbis, Opus, ALAC and CAF are accepted")]
    NotAudio,
    /// An audio file whose codec is not decoded.
    #[error("audio in {codec} is not accepted: convert it to WAV, FLAC or MP3")]
    UnsupportedCodec {
        /// The codec's or format's name.
        codec: String,
    },
    /// Recognised, but the stream inside is malformed.
    #[error("the file is damaged ({reason}): export it again")]
    Corrupt {
        /// What was malformed.
        reason: String,
    },
}

fn expected(frames: Option<u64>) -> String {
    frames.map(|n| format!(" of {n}")).unwrap_or_default()
}
