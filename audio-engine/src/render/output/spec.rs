//! The files that a document asks for: name, format, rate and tags.

use super::super::RenderError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file to write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The file's name inside the output folder, without separators.
    pub file: String,
    /// The format.
    pub format: Format,
    /// The file's rate in Hz; by default the mix's, or the nearest that the format permits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_rate_hz: Option<u32>,
    /// Tags written into the file.
    #[serde(default)]
    pub metadata: Metadata,
    /// Whether the document's voice tags are laid over it; without them it is a master.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub tagged: bool,
}

const fn yes() -> bool {
    true
}

impl Output {
    /// A file at the natural rate of its format, without tags of its own.
    pub fn new(file: impl Into<String>, format: Format) -> Self {
        Self { file: file.into(), format, sample_rate_hz: None, metadata: Metadata::default(), tagged: true }
    }
}

/// What a file is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Format {
    /// WAV, 16 bits, dithered.
    #[serde(rename = "wav16")]
    Wav16,
    /// WAV, 24 bits, dithered.
    #[serde(rename = "wav24")]
    Wav24,
    /// MP3 at a constant 128 kbit/s.
    #[serde(rename = "mp3-128")]
    Mp3Kbps128,
    /// MP3 at a constant 192 kbit/s.
    #[serde(rename = "mp3-192")]
    Mp3Kbps192,
    /// MP3 at a constant 320 kbit/s.
    #[serde(rename = "mp3-320")]
    Mp3Kbps320,
}

impl Format {
    /// The file name extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Wav16 | Self::Wav24 => "wav",
            Self::Mp3Kbps128 | Self::Mp3Kbps192 | Self::Mp3Kbps320 => "mp3",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Wav16 | Self::Wav24 => "audio/wav",
            Self::Mp3Kbps128 | Self::Mp3Kbps192 | Self::Mp3Kbps320 => "audio/mpeg",
        }
    }

    /// The rate that is used for a mix at `mix_hz` if the document asks for none.
    pub(in crate::render) const fn natural_rate_hz(self, mix_hz: u32) -> u32 {
        match self {
            Self::Wav16 | Self::Wav24 => mix_hz,
            _ => match mix_hz {
                32_000 | 44_100 | 48_000 => mix_hz,
                n if n.is_multiple_of(11_025) => 44_100,
                _ => 48_000,
            },
        }
    }

    /// How far below the ceiling the limiter starts, in dB: lossy coding moves peaks.
    pub(in crate::render) const fn headroom_db(self) -> f64 {
        match self {
            Self::Wav16 | Self::Wav24 => 0.03,
            Self::Mp3Kbps320 => 0.25,
            Self::Mp3Kbps192 => 0.5,
            Self::Mp3Kbps128 => 0.8,
        }
    }
}

/// Tags of a delivered file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Metadata {
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Artist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// Album.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Comment, such as the licence's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// ISRC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isrc: Option<String>,
    /// Tempo in beats per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpm: Option<f64>,
    /// Key, such as `Am`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The name of a source in the workspace with the cover, JPEG or PNG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artwork: Option<String>,
}

/// Checks a file's name and rate.
///
/// # Errors
/// [`RenderError::Document`] with the field at fault.
pub(in crate::render) fn check_output(at: &str, output: &Output) -> Result<(), RenderError> {
    let name = &output.file;
    let plain = !name.is_empty() && name.len() <= 200 && !name.starts_with('.');
    if !plain || name.contains(['/', '\\', '\0', ':']) {
        let reason = "a plain file name is needed, without folders, of at most 200 bytes".to_owned();
        return Err(RenderError::Document { path: format!("{at}.file"), reason });
    }
    if let Some(rate) = output.sample_rate_hz {
        let permitted = match output.format {
            Format::Wav16 | Format::Wav24 => (8_000..=192_000).contains(&rate),
            _ => [32_000, 44_100, 48_000].contains(&rate),
        };
        if !permitted {
            let reason = "MP3 has 32000, 44100 and 48000 Hz; WAV 8000 to 192000".to_owned();
            return Err(RenderError::Document { path: format!("{at}.sample_rate_hz"), reason });
        }
    }
    Ok(())
}
