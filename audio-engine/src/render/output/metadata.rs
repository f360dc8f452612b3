//! Tags and artwork in the form that each container wants.

use super::super::{Metadata, RenderError, Workspace};
use super::Coding;
use super::ascii::in_ascii;
use base64::Engine as _;
use lofty::config::WriteOptions;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};
use std::io::Read;

/// Covers larger than this are refused, in bytes.
const MAX_ARTWORK_BYTES: u64 = 16 * 1024 * 1024;
/// Who wrote the file, where a container asks.
pub(super) const VENDOR: &str = "Ledgerline";

/// The tags of one file, in the forms that its container has; the others are empty, for a cover may be large.
#[derive(Default)]
pub(super) struct Tags {
    /// An `ID3v2` tag, for MP3 and WAV.
    pub(super) id3v2: Vec<u8>,
    /// A RIFF `LIST INFO` chunk, for WAV.
    pub(super) riff_info: Vec<u8>,
    /// The `ilst` box of an MPEG-4 file.
    pub(super) ilst: Vec<u8>,
    /// Fields of a Vorbis comment, for FLAC, Vorbis and Opus.
    pub(super) comments: Vec<(&'static str, String)>,
    /// The cover, beside the comments.
    pub(super) cover: Option<Cover>,
}

/// A front cover.
pub(super) struct Cover {
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: &'static str,
    /// In pixels; 0 if unknown.
    pub(super) width: u32,
    /// In pixels; 0 if unknown.
    pub(super) height: u32,
}

impl Tags {
    pub(super) fn build(metadata: &Metadata, workspace: &Workspace, coding: Coding) -> Result<Self, RenderError> {
        let cover = metadata.artwork.as_deref().map(|name| Cover::read(name, workspace)).transpose()?;
        let id3v2 = || super::id3::encode(metadata, cover.as_ref());
        Ok(match coding {
            Coding::Wav { .. } | Coding::WavFloat => {
                Self { id3v2: id3v2(), riff_info: dump(&fill(metadata, TagType::RiffInfo))?, ..Self::default() }
            }
            Coding::Mp3 { .. } | Coding::Mp3Vbr { .. } => Self { id3v2: id3v2(), ..Self::default() },
            Coding::Aac { .. } => {
                let mut ilst = fill(metadata, TagType::Mp4Ilst);
                if let Some(cover) = &cover {
                    ilst.push_picture(cover.picture());
                }
                Self { ilst: dump(&ilst)?, ..Self::default() }
            }
            Coding::Flac { .. } | Coding::Opus { .. } | Coding::Vorbis { .. } => {
                Self { comments: comments(metadata), cover, ..Self::default() }
            }
        })
    }

    /// The fields with the cover among them, as Ogg streams carry it.
    pub(super) fn ogg_comments(&self) -> Vec<(&'static str, String)> {
        let picture = self.cover.as_ref().map(|cover| {
            let text = base64::engine::general_purpose::STANDARD.encode(cover.flac_block());
            ("METADATA_BLOCK_PICTURE", text)
        });
        self.comments.iter().cloned().chain(picture).collect()
    }

    /// The second packet of an Opus stream (RFC 7845, 5.2).
    pub(super) fn opus_tags(&self) -> Vec<u8> {
        let fields = self.ogg_comments();
        let mut packet = b"OpusTags".to_vec();
        let mut text = |text: &str| {
            packet.extend_from_slice(&u32::try_from(text.len()).unwrap_or(0).to_le_bytes());
            packet.extend_from_slice(text.as_bytes());
        };
        text(VENDOR);
        let lines: Vec<String> = fields.iter().map(|(field, value)| format!("{field}={value}")).collect();
        packet.extend_from_slice(&u32::try_from(lines.len()).unwrap_or(0).to_le_bytes());
        for line in lines {
            packet.extend_from_slice(&u32::try_from(line.len()).unwrap_or(0).to_le_bytes());
            packet.extend_from_slice(line.as_bytes());
        }
        packet
    }
}

/// A text that says something.
pub(super) fn set(text: Option<&String>) -> Option<String> {
    text.map(|t| t.trim()).filter(|t| !t.is_empty()).map(str::to_owned)
}

fn fill(metadata: &Metadata, kind: TagType) -> Tag {
    let mut tag = Tag::new(kind);
    // RIFF does not say how a text is encoded; what is not ASCII stands in the file's id3 chunk and in its iXML.
    let set =
        |text: Option<&String>| set(text).map(|text| if kind == TagType::RiffInfo { in_ascii(&text) } else { text });
    if let Some(title) = set(metadata.title.as_ref()) {
        tag.set_title(title);
    }
    if let Some(artist) = set(metadata.artist.as_ref()) {
        tag.set_artist(artist);
    }
    if let Some(album) = set(metadata.album.as_ref()) {
        tag.set_album(album);
    }
    if let Some(comment) = set(metadata.comment.as_ref()) {
        tag.set_comment(comment);
    }
    let texts = [
        (ItemKey::Isrc, &metadata.isrc),
        (ItemKey::InitialKey, &metadata.key),
        (ItemKey::RecordingDate, &metadata.date),
    ];
    for (key, text) in texts {
        if let Some(text) = set(text.as_ref()) {
            tag.insert_text(key, text);
        }
    }
    if let Some(bpm) = whole_bpm(metadata) {
        tag.insert_text(ItemKey::IntegerBpm, bpm);
    }
    tag
}

fn comments(metadata: &Metadata) -> Vec<(&'static str, String)> {
    [
        ("TITLE", set(metadata.title.as_ref())),
        ("ARTIST", set(metadata.artist.as_ref())),
        ("ALBUM", set(metadata.album.as_ref())),
        ("DATE", set(metadata.date.as_ref())),
        ("COMMENT", set(metadata.comment.as_ref())),
        ("ISRC", set(metadata.isrc.as_ref())),
        ("BPM", whole_bpm(metadata)),
        ("INITIALKEY", set(metadata.key.as_ref())),
    ]
    .into_iter()
    .filter_map(|(field, text)| Some((field, text?)))
    .collect()
}

pub(super) fn whole_bpm(metadata: &Metadata) -> Option<String> {
    metadata.bpm.filter(|bpm| bpm.is_finite()).map(|bpm| format!("{bpm:.0}"))
}

/// Refuses a cover that cannot be written, by the field that names it; `at` is the output's path in the document.
pub(in crate::render) fn check_artwork(
    at: &str,
    metadata: &Metadata,
    workspace: &Workspace,
) -> Result<(), RenderError> {
    let Some(name) = metadata.artwork.as_deref() else { return Ok(()) };
    match Cover::read(name, workspace) {
        Ok(_) => Ok(()),
        Err(RenderError::Metadata { reason }) => {
            Err(RenderError::Document { path: format!("{at}.metadata.artwork"), reason })
        }
        Err(error) => Err(error.named(name)),
    }
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

impl Cover {
    fn read(name: &str, workspace: &Workspace) -> Result<Self, RenderError> {
        let refuse = |reason: &str| RenderError::Metadata { reason: format!("the artwork {name} {reason}") };
        let mut bytes = Vec::new();
        std::fs::File::open(workspace.path(name)?)?.take(MAX_ARTWORK_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_ARTWORK_BYTES {
            return Err(refuse("is larger than 16 MiB: save it smaller"));
        }
        let (media_type, size) = if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            ("image/jpeg", jpeg_size(&bytes))
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            ("image/png", png_size(&bytes))
        } else {
            return Err(refuse("is neither JPEG nor PNG: save it as one of them"));
        };
        let (width, height) = size.unwrap_or((0, 0));
        Ok(Self { bytes, media_type, width, height })
    }

    fn picture(&self) -> Picture {
        let mime = if self.media_type == "image/png" { MimeType::Png } else { MimeType::Jpeg };
        Picture::unchecked(self.bytes.clone()).pic_type(PictureType::CoverFront).mime_type(mime).build()
    }

    /// A FLAC picture block's body (RFC 9639, 8.8).
    fn flac_block(&self) -> Vec<u8> {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
        let mut block = number(3).to_vec();
        block.extend_from_slice(&number(self.media_type.len()));
        block.extend_from_slice(self.media_type.as_bytes());
        block.extend_from_slice(&number(0));
        for value in [self.width, self.height, 24, 0] {
            block.extend_from_slice(&value.to_be_bytes());
        }
        block.extend_from_slice(&number(self.bytes.len()));
        block.extend_from_slice(&self.bytes);
        block
    }
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let at = |i: usize| Some(u32::from_be_bytes(bytes.get(i..i + 4)?.try_into().ok()?));
    Some((at(16)?, at(20)?))
}

/// The size from the first frame header, which lies behind segments of stated lengths.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let word = |i: usize| Some(u32::from(u16::from_be_bytes(bytes.get(i..i + 2)?.try_into().ok()?)));
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1)?;
        if (0xC0..=0xCF).contains(&marker) && ![0xC4, 0xC8, 0xCC].contains(&marker) {
            return Some((word(at + 7)?, word(at + 5)?));
        }
        at += 2 + word(at + 2)? as usize;
    }
}
