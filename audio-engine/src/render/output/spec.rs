//! The files that a document asks for: name, format, rate and tags.

use super::Format;
use crate::render::RenderError;
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
    pub date: Option<String>,
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

/// A name as disks see it that do not tell upper from lower case.
pub(in crate::render) fn fold_name(name: &str) -> String {
    name.to_lowercase()
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
    Ok(())
}
