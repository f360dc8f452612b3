//! An `ID3v2.4` tag. Written here because the tag library keeps its frames in an order that changes from run to run,
//! and equal renders must be equal bytes.

use super::metadata::{Cover, set, whole_bpm};
use crate::render::Metadata;

/// Text in UTF-8.
const UTF8: u8 = 3;
/// The picture of a front cover.
const FRONT_COVER: u8 = 3;

/// The tag, or nothing if there is nothing to say.
pub(super) fn encode(metadata: &Metadata, cover: Option<&Cover>) -> Vec<u8> {
    let mut frames = Vec::new();
    for (id, text) in [
        (*b"TIT2", set(metadata.title.as_ref())),
        (*b"TPE1", set(metadata.artist.as_ref())),
        (*b"TALB", set(metadata.album.as_ref())),
        (*b"TDRC", set(metadata.date.as_ref())),
        (*b"TSRC", set(metadata.isrc.as_ref())),
        (*b"TBPM", whole_bpm(metadata)),
        (*b"TKEY", set(metadata.key.as_ref())),
    ] {
        if let Some(text) = text {
            push(&mut frames, id, &[&[UTF8][..], text.as_bytes()].concat());
        }
    }
    if let Some(comment) = set(metadata.comment.as_ref()) {
        // No language and no description.
        push(&mut frames, *b"COMM", &[&[UTF8][..], b"XXX\0", comment.as_bytes()].concat());
    }
    if let Some(cover) = cover {
        let head = [&[UTF8][..], cover.media_type.as_bytes(), &[0, FRONT_COVER, 0]].concat();
        push(&mut frames, *b"APIC", &[&head[..], &cover.bytes].concat());
    }
    if frames.is_empty() {
        return frames;
    }
    [&b"ID3\x04\0\0"[..], &synchsafe(frames.len()), &frames].concat()
}

fn push(frames: &mut Vec<u8>, id: [u8; 4], body: &[u8]) {
    frames.extend_from_slice(&id);
    frames.extend_from_slice(&synchsafe(body.len()));
    frames.extend_from_slice(&[0, 0]);
    frames.extend_from_slice(body);
}

/// Seven bits a byte, so that no size looks like the start of a frame of sound.
fn synchsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| u8::try_from((size >> shift) & 0x7F).unwrap_or(0))
}
