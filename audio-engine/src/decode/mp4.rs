//! What the MPEG-4 reader does not tell: the edit list (encoder delay and length) and how large samples claim to be.

use super::DecodeError;
use super::sniff::read_at;
use std::io::{Read, Seek, SeekFrom};

/// A sample (codec packet) may claim no more than this; real audio packets are below 64 KiB.
const MAX_SAMPLE_BYTES: u32 = 1024 * 1024;
/// Movie headers of an hour of audio stay below 4 MiB.
const MAX_MOOV_BYTES: u64 = 64 * 1024 * 1024;

/// A run of a fragment may claim no more samples; this many packets last 25 minutes. The reader believes the claim, and walks all of it.
const MAX_RUN_SAMPLES: u32 = 65_536;
/// Boxes of an hour in fragments of a second are some thousands.
const MAX_BOXES: usize = 100_000;

/// How the first audio track is to be trimmed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    /// Frames to drop at the start, in the track's own time scale.
    pub(super) skip: u64,
    /// Frames to keep after that.
    pub(super) keep: Option<u64>,
}

/// Reads the edit of the first audio track, leaving the reader at the start.
pub(super) fn read_edit<R: Read + Seek>(reader: &mut R) -> Result<Edit, DecodeError> {
    check_fragments(reader)?;
    let moov = find_moov(reader)?;
    reader.seek(SeekFrom::Start(0)).map_err(DecodeError::Io)?;
    let Some(moov) = moov else {
        return Err(DecodeError::Truncated { expected_frames: None, found_frames: 0 });
    };
    let movie_scale = child(&moov, *b"mvhd").and_then(timescale);
    for trak in children(&moov).filter(|(kind, _)| kind == b"trak").map(|(_, body)| body) {
        let Some(mdia) = child(trak, *b"mdia") else { continue };
        let is_audio = child(mdia, *b"hdlr").and_then(|b| b.get(8..12)) == Some(b"soun");
        if !is_audio {
            continue;
        }
        let stsz = child(mdia, *b"minf").and_then(|b| child(b, *b"stbl")).and_then(|b| child(b, *b"stsz"));
        if stsz.is_some_and(|b| largest_sample(b) > MAX_SAMPLE_BYTES) {
            return Err(DecodeError::Corrupt { reason: "an audio packet claims more than 1 MiB".to_owned() });
        }
        let media_scale = child(mdia, *b"mdhd").and_then(timescale);
        let elst = child(trak, *b"edts").and_then(|b| child(b, *b"elst"));
        return Ok(match (elst, movie_scale, media_scale) {
            (Some(elst), Some(movie), Some(track)) if movie > 0 => {
                edit(elst, movie, track, child(mdia, *b"mdhd").and_then(duration))
            }
            _ => Edit::default(),
        });
    }
    Ok(Edit::default())
}

/// A box of the file's top level.
struct TopBox {
    kind: [u8; 4],
    /// Where its body begins.
    body: u64,
    /// How long its body claims to be; zero for one that ends with the file.
    body_len: u64,
    /// Where the next one begins; none behind one that ends with the file.
    next: Option<u64>,
}

/// The box at an offset; none behind the last.
fn box_at<R: Read + Seek>(reader: &mut R, offset: u64) -> Result<Option<TopBox>, DecodeError> {
    let head = read_at(reader, offset, 16)?;
    let (Some(size), Some(kind)) = (be32(&head, 0), head.get(4..8).and_then(|kind| kind.try_into().ok())) else {
        return Ok(None);
    };
    let (header, size) = match size {
        1 => (16, u64::from(be32(&head, 8).unwrap_or(0)) << 32 | u64::from(be32(&head, 12).unwrap_or(0))),
        n => (8, u64::from(n)),
    };
    let next = (size >= header).then(|| offset.saturating_add(size));
    Ok(Some(TopBox { kind, body: offset + header, body_len: size.saturating_sub(header), next }))
}

/// A box's body, of [`MAX_MOOV_BYTES`] at most; a lying size reads only what the file holds.
fn body_of<R: Read + Seek>(reader: &mut R, found: &TopBox) -> Result<Vec<u8>, DecodeError> {
    reader.seek(SeekFrom::Start(found.body)).map_err(DecodeError::Io)?;
    let mut bytes = Vec::new();
    reader.take(found.body_len.min(MAX_MOOV_BYTES)).read_to_end(&mut bytes).map_err(DecodeError::Io)?;
    Ok(bytes)
}

fn find_moov<R: Read + Seek>(reader: &mut R) -> Result<Option<Vec<u8>>, DecodeError> {
    let mut offset = Some(0);
    for _ in 0..256 {
        let Some(at) = offset else { return Ok(None) };
        let Some(found) = box_at(reader, at)? else { return Ok(None) };
        if &found.kind == b"moov" {
            return body_of(reader, &found).map(Some);
        }
        offset = found.next;
    }
    Ok(None)
}

/// Refuses fragments (ISO 14496-12, 8.8) that claim more than there can be.
fn check_fragments<R: Read + Seek>(reader: &mut R) -> Result<(), DecodeError> {
    let corrupt = |reason: &str| DecodeError::Corrupt { reason: reason.to_owned() };
    let mut offset = Some(0);
    for _ in 0..MAX_BOXES {
        let Some(at) = offset else { return Ok(()) };
        let Some(found) = box_at(reader, at)? else { return Ok(()) };
        if &found.kind == b"moof" {
            let body = body_of(reader, &found)?;
            let fragments = children(&body).filter(|(kind, _)| kind == b"traf");
            let mut runs = fragments.flat_map(|(_, traf)| children(traf)).filter(|(kind, _)| kind == b"trun");
            if runs.any(|(_, run)| be32(run, 4).is_some_and(|samples| samples > MAX_RUN_SAMPLES)) {
                return Err(corrupt("a fragment claims more packets than any audio has"));
            }
        }
        offset = found.next;
    }
    Err(corrupt("it is cut into more pieces than any audio is"))
}

/// The first edit that shows media; ISO 14496-12, 8.6.6.
fn edit(elst: &[u8], movie_scale: u32, media_scale: u32, media_len: Option<u64>) -> Edit {
    let wide = elst.first() == Some(&1);
    let Some(count) = be32(elst, 4) else { return Edit::default() };
    let stride = if wide { 20 } else { 12 };
    for entry in elst[8..].chunks_exact(stride).take(count.min(64) as usize) {
        let (duration, media_time) = if wide {
            (be64(entry, 0), be64(entry, 8))
        } else {
            (be32(entry, 0).map(u64::from), be32(entry, 4).map(u64::from))
        };
        let empty = if wide { u64::MAX } else { u64::from(u32::MAX) };
        if let (Some(duration), Some(media_time)) = (duration, media_time)
            && media_time != empty
        {
            let keep = u128::from(duration) * u128::from(media_scale) / u128::from(movie_scale);
            let keep = u64::try_from(keep).ok().filter(|n| *n > 0);
            if movie_scale >= media_scale {
                return Edit { skip: media_time, keep };
            }
            // A movie clock coarser than the sample clock rounds the length; where the media's own length is the same
            // but for the rounding, that one is exact.
            let tick = u64::from(media_scale.div_ceil(movie_scale));
            let exact = media_len.and_then(|len| len.checked_sub(media_time));
            let agrees = |exact: &u64| keep.is_some_and(|keep| keep.abs_diff(*exact) <= tick);
            return Edit { skip: media_time, keep: exact.filter(agrees) };
        }
    }
    Edit::default()
}

fn largest_sample(stsz: &[u8]) -> u32 {
    match be32(stsz, 4) {
        Some(0) => stsz.get(12..).unwrap_or_default().chunks_exact(4).filter_map(|b| be32(b, 0)).max().unwrap_or(0),
        Some(fixed) => fixed,
        None => 0,
    }
}

fn timescale(header: &[u8]) -> Option<u32> {
    be32(header, if header.first() == Some(&1) { 20 } else { 12 })
}

/// True if an `AudioSpecificConfig` announces spectral band replication or parametric stereo (ISO 14496-3, 1.6.2.1):
/// of such a stream the decoder knows the lower half alone, which must not pass for the whole.
pub(super) fn is_high_efficiency(config: &[u8]) -> bool {
    // Object types 5 and 29 at the front, or behind the usual two bytes: 11 bits 0x2B7, then type 5 and a set flag.
    let front = config.first().map(|b| b >> 3);
    let behind = matches!(config.get(2..5), Some([0x56, b, c]) if b >> 5 == 7 && b & 0x1F == 5 && c & 0x80 != 0);
    matches!(front, Some(5 | 29)) || behind
}

/// A media header's length, in its own time scale.
fn duration(header: &[u8]) -> Option<u64> {
    if header.first() == Some(&1) { be64(header, 24) } else { be32(header, 16).map(u64::from) }
}

fn child(body: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    children(body).find(|(k, _)| *k == kind).map(|(_, body)| body)
}

fn children(mut body: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        // A box of size 0 ends with what holds it, and so does one that claims more than that.
        let size = be32(body, 0).map(|size| size as usize).filter(|size| *size > 0).unwrap_or(body.len());
        let kind: [u8; 4] = body.get(4..8)?.try_into().ok()?;
        let (inner, rest) = body.split_at(size.clamp(8, body.len()));
        body = rest;
        let inner = &inner[8..];
        Some((kind, inner))
    })
}

fn be32(b: &[u8], at: usize) -> Option<u32> {
    b.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

fn be64(b: &[u8], at: usize) -> Option<u64> {
    b.get(at..at + 8)?.try_into().ok().map(u64::from_be_bytes)
}
