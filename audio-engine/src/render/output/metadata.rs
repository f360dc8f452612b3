//! Tags and artwork in the form that each container wants.

use super::super::{Metadata, RenderError, Workspace};
use lofty::config::WriteOptions;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};
use std::io::Read;

/// Covers larger than this are refused, in bytes.
const MAX_ARTWORK_BYTES: u64 = 16 * 1024 * 1024;

/// The tags of one file, encoded.
pub(super) struct Tags {
    /// An `ID3v2` tag, or nothing.
    pub(super) id3v2: Vec<u8>,
    /// A RIFF `LIST INFO` chunk, or nothing.
    pub(super) riff_info: Vec<u8>,
}

impl Tags {
    pub(super) fn build(metadata: &Metadata, workspace: &Workspace) -> Result<Self, RenderError> {
        let mut id3v2 = fill(metadata, TagType::Id3v2);
        if let Some(name) = &metadata.artwork {
            id3v2.push_picture(read_artwork(name, workspace)?);
        }
        Ok(Self { id3v2: dump(&id3v2)?, riff_info: dump(&fill(metadata, TagType::RiffInfo))? })
    }
}

fn fill(metadata: &Metadata, kind: TagType) -> Tag {
    let mut tag = Tag::new(kind);
    let set = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    if let Some(title) = set(&metadata.title) {
        tag.set_title(title);
    }
    if let Some(artist) = set(&metadata.artist) {
        tag.set_artist(artist);
    }
    if let Some(album) = set(&metadata.album) {
        tag.set_album(album);
    }
    if let Some(comment) = set(&metadata.comment) {
        tag.set_comment(comment);
    }
    for (key, text) in [(ItemKey::Isrc, set(&metadata.isrc)), (ItemKey::InitialKey, set(&metadata.key))] {
        if let Some(text) = text {
            tag.insert_text(key, text);
        }
    }
    if let Some(bpm) = metadata.bpm.filter(|bpm| bpm.is_finite()) {
        tag.insert_text(ItemKey::IntegerBpm, format!("{bpm:.0}"));
    }
    tag
}

fn dump(tag: &Tag) -> Result<Vec<u8>, RenderError> {
    if tag.is_empty() {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    tag.dump_to(&mut bytes, WriteOptions::new().preferred_padding(0))
        .map_err(|e| RenderError::Metadata { reason: e.to_string() })?;
    Ok(bytes)
}

fn read_artwork(name: &str, workspace: &Workspace) -> Result<Picture, RenderError> {
    let refuse = |reason: &str| RenderError::Metadata { reason: reason.to_owned() };
    let mut bytes = Vec::new();
    std::fs::File::open(workspace.path(name)?)?.take(MAX_ARTWORK_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_ARTWORK_BYTES {
        return Err(refuse("the artwork is larger than 16 MiB"));
    }
    let mime = if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        MimeType::Jpeg
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        MimeType::Png
    } else {
        return Err(refuse("the artwork is neither JPEG nor PNG"));
    };
    Ok(Picture::unchecked(bytes).pic_type(PictureType::CoverFront).mime_type(mime).build())
}
