//! The files that a document asks for: name, format, rate and tags.

use super::Format;
use crate::render::RenderError;
use crate::render::document::parameters::{in_range, refuse};
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
    /// The file's rate in Hz, 8000 to 192000; by default the mix's, or the nearest that the format permits. Opus has 48000 alone,
    /// other lossy formats 32000, 44100 and 48000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 8_000, max = 192_000))]
    pub sample_rate_hz: Option<u32>,
    /// Tags written into the file.
    #[serde(default)]
    pub metadata: Metadata,
    /// Whether the document's voice tags are laid over it; by default if it has any. Without them it is a master.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tagged: Option<bool>,
}

impl Output {
    /// A file at the natural rate of its format, without tags of its own.
    pub fn new(file: impl Into<String>, format: Format) -> Self {
        Self { file: file.into(), format, sample_rate_hz: None, metadata: Metadata::default(), tagged: None }
    }

    /// Whether tags are laid over it, if the document has any.
    pub(in crate::render) fn takes_tags(&self) -> bool {
        self.tagged.unwrap_or(true)
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
    /// Date of origination, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub date: Option<String>,
    /// Comment, such as the licence's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// ISRC, with or without its hyphens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Z]{2}-?[A-Z0-9]{3}-?[0-9]{2}-?[0-9]{5}$"))]
    pub isrc: Option<String>,
    /// Tempo in beats per minute, 20 to 400.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 20.0, max = 400.0))]
    pub bpm: Option<f64>,
    /// Key, such as `Am` or `F# minor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-G][#b♯♭]?( ?(m|min|minor|maj|major))?$"))]
    pub key: Option<String>,
    /// The name of a source in the workspace with the cover, JPEG or PNG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artwork: Option<String>,
}

/// A name as disks see it that do not tell upper from lower case.
pub(in crate::render) fn fold_name(name: &str) -> String {
    name.to_lowercase()
}

/// Checks a file's name, rate and tags.
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
    if let Some((_, extension)) = name.rsplit_once('.') {
        let means = |format: &Format| format.extension().eq_ignore_ascii_case(extension);
        if !means(&output.format) && Format::ALL.iter().any(means) {
            let reason = format!("{} files end in `.{}`", output.format, output.format.extension());
            return Err(RenderError::Document { path: format!("{at}.file"), reason });
        }
    }
    if let Some(rate) = output.sample_rate_hz
        && !output.format.permits_rate(rate)
    {
        let reason = format!("{} has {}", output.format, output.format.permitted_rates());
        return Err(RenderError::Document { path: format!("{at}.sample_rate_hz"), reason });
    }
    check_metadata(&format!("{at}.metadata"), &output.metadata)
}

fn check_metadata(at: &str, metadata: &Metadata) -> Result<(), RenderError> {
    let texts = [
        ("title", &metadata.title),
        ("artist", &metadata.artist),
        ("album", &metadata.album),
        ("comment", &metadata.comment),
    ];
    for (field, text) in texts {
        let breaks = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if text.as_ref().is_some_and(|text| text.contains(breaks)) {
            return refuse(format!("{at}.{field}"), "control characters are not accepted: tags end at some of them");
        }
    }
    if metadata.date.as_ref().is_some_and(|date| !is_date(date)) {
        return refuse(format!("{at}.date"), "a date is written YYYY-MM-DD, such as 2026-03-01");
    }
    if metadata.isrc.as_ref().is_some_and(|isrc| !is_isrc(isrc)) {
        let reason = "an ISRC has two letters, three letters or digits, and seven digits, such as USRC17607839";
        return refuse(format!("{at}.isrc"), reason);
    }
    if let Some(bpm) = metadata.bpm {
        in_range(&format!("{at}.bpm"), bpm, 20.0, 400.0)?;
    }
    check_key(&format!("{at}.key"), metadata.key.as_deref())
}

/// Checks a musical key, if there is one.
pub(in crate::render) fn check_key(at: &str, key: Option<&str>) -> Result<(), RenderError> {
    if key.is_none_or(is_key) { Ok(()) } else { refuse(at, "a key is written such as Am, F#m, Bb or C# minor") }
}

fn is_key(key: &str) -> bool {
    let Some(rest) = key.strip_prefix(|c: char| ('A'..='G').contains(&c)) else { return false };
    let rest = rest.strip_prefix(['#', 'b', '♯', '♭']).unwrap_or(rest);
    let mode = rest.strip_prefix(' ').unwrap_or(rest);
    rest.is_empty() || ["m", "min", "minor", "maj", "major"].contains(&mode)
}

fn is_date(date: &str) -> bool {
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |text: &str, digits: usize| {
        let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| plain)
    };
    let months = number(month, 2).is_some_and(|month| (1..=12).contains(&month));
    number(year, 4).is_some() && months && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
}

fn is_isrc(isrc: &str) -> bool {
    let parts: Vec<&str> = isrc.split('-').collect();
    let plain = parts.concat();
    let bytes = plain.as_bytes();
    bytes.len() == 12
        && (parts.len() == 1 || parts.iter().map(|part| part.len()).eq([2, 3, 2, 5]))
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..5].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && bytes[5..].iter().all(u8::is_ascii_digit)
}
