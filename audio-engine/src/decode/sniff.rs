//! Which container a file is, by its first bytes.

use super::{Container, DecodeError};
use std::io::{Read, Seek, SeekFrom};

/// Leading bytes that are searched for the first frame of a raw MPEG or ADTS stream.
const MAX_LEADING_JUNK: usize = 64 * 1024;

/// Decides the container, leaving the reader at the start.
pub(super) fn sniff<R: Read + Seek>(reader: &mut R) -> Result<Container, DecodeError> {
    let mut offset = 0;
    // ID3v2 tags precede MP3, AAC and sometimes FLAC and AIFF; there may be several.
    for _ in 0..8 {
        let head = read_at(reader, offset, 10)?;
        match id3v2_len(&head) {
            Some(len) => offset += len,
            None => break,
        }
    }
    let head = read_at(reader, offset, MAX_LEADING_JUNK)?;
    reader.seek(SeekFrom::Start(0)).map_err(DecodeError::Io)?;
    if head.is_empty() && offset == 0 {
        return Err(DecodeError::Empty);
    }
    by_magic(&head)
}

fn by_magic(head: &[u8]) -> Result<Container, DecodeError> {
    let is = |at: usize, magic: &[u8]| head.get(at..at + magic.len()) == Some(magic);
    let unsupported = |codec: &str| Err(DecodeError::UnsupportedCodec { codec: codec.to_owned() });
    if (is(0, b"RIFF") || is(0, b"RF64") || is(0, b"BW64")) && is(8, b"WAVE") {
        Ok(Container::Wav)
    } else if is(0, b"FORM") && (is(8, b"AIFF") || is(8, b"AIFC")) {
        Ok(Container::Aiff)
    } else if is(0, b"fLaC") {
        Ok(Container::Flac)
    } else if is(0, b"OggS") {
        Ok(Container::Ogg)
    } else if is(4, b"ftyp") {
        Ok(Container::M4a)
    } else if is(0, b"caff") {
        Ok(Container::Caf)
    } else if is(0, b"riff") {
        unsupported("Wave64")
    } else if is(0, b"wvpk") {
        unsupported("WavPack")
    } else if is(0, b"MAC ") {
        unsupported("Monkey's Audio")
    } else if is(0, b"MPCK") || is(0, b"MP+") {
        unsupported("Musepack")
    } else if is(0, &[0x30, 0x26, 0xB2, 0x75]) {
        unsupported("WMA")
    } else if is(0, &[0x1A, 0x45, 0xDF, 0xA3]) {
        unsupported("Matroska/WebM")
    } else if is(0, b"DSD ") || is(0, b"FRM8") {
        unsupported("DSD")
    } else {
        raw_stream(head).ok_or(DecodeError::NotAudio)
    }
}

/// Looks for two consecutive frames of a raw stream: one header alone is found in almost any data.
fn raw_stream(head: &[u8]) -> Option<Container> {
    let known_other =
        [&b"PK"[..], b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"%PDF", b"\x7FELF", b"Rar!", b"7z\xBC", b"MThd"];
    if known_other.iter().any(|magic| head.starts_with(magic)) {
        return None;
    }
    (0..head.len().saturating_sub(8)).filter(|&at| head[at] == 0xFF).find_map(|at| {
        let frame = &head[at..];
        let next = |len: usize| frame.get(len..).filter(|rest| rest.len() >= 4);
        if let Some(len) = mpeg_frame_len(frame) {
            // A file of a single frame has no second one to compare with.
            match next(len) {
                Some(rest) => {
                    (mpeg_frame_len(rest).is_some() && rest[1] & 0xFE == frame[1] & 0xFE).then_some(Container::Mp3)
                }
                None => (at == 0).then_some(Container::Mp3),
            }
        } else {
            let len = adts_frame_len(frame)?;
            match next(len) {
                Some(rest) => (rest[0] == 0xFF && rest[1] & 0xF6 == 0xF0).then_some(Container::Adts),
                None => (at == 0).then_some(Container::Adts),
            }
        }
    })
}

/// Bytes of the MPEG layer I to III frame that starts here (ISO 11172-3, 2.4.1.3), or `None` if no header does.
fn mpeg_frame_len(b: &[u8]) -> Option<usize> {
    const V1_L3: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const V2_L3: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    if b.len() < 4 || b[0] != 0xFF || b[1] & 0xE0 != 0xE0 {
        return None;
    }
    let version = (b[1] >> 3) & 3;
    let layer_3 = (b[1] >> 1) & 3 == 1;
    let (kbps, rate) = (usize::from(b[2] >> 4), usize::from((b[2] >> 2) & 3));
    if !layer_3 || version == 1 || kbps == 0 || kbps == 15 || rate == 3 {
        return None;
    }
    let base = [44_100, 48_000, 32_000][rate];
    let (bitrate, rate, coefficient) = match version {
        3 => (V1_L3[kbps], base, 144),
        2 => (V2_L3[kbps], base / 2, 72),
        _ => (V2_L3[kbps], base / 4, 72),
    };
    Some(coefficient * bitrate * 1000 / rate + usize::from((b[2] >> 1) & 1))
}

/// Bytes of the ADTS frame that starts here (ISO 13818-7, 6.2), or `None`.
fn adts_frame_len(b: &[u8]) -> Option<usize> {
    if b.len() < 7 || b[0] != 0xFF || b[1] & 0xF6 != 0xF0 || (b[2] >> 2) & 0x0F > 12 {
        return None;
    }
    let len = (usize::from(b[3] & 3) << 11) | (usize::from(b[4]) << 3) | usize::from(b[5] >> 5);
    (len > 7).then_some(len)
}

fn id3v2_len(head: &[u8]) -> Option<u64> {
    if head.len() < 10 || &head[..3] != b"ID3" || head[6..10].iter().any(|b| b & 0x80 != 0) {
        return None;
    }
    let size = head[6..10].iter().fold(0_u64, |n, b| (n << 7) | u64::from(*b));
    let footer = if head[5] & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer)
}

/// Reads up to `len` bytes at `offset`; fewer at the end of the file, and none beyond what a file can have.
pub(super) fn read_at<R: Read + Seek>(reader: &mut R, offset: u64, len: usize) -> Result<Vec<u8>, DecodeError> {
    if i64::try_from(offset).is_err() {
        return Ok(Vec::new());
    }
    reader.seek(SeekFrom::Start(offset)).map_err(DecodeError::Io)?;
    let mut bytes = Vec::with_capacity(len);
    reader.take(len as u64).read_to_end(&mut bytes).map_err(DecodeError::Io)?;
    Ok(bytes)
}

/// True for the WAV files whose sizes stand in a chunk of their own.
pub(super) fn is_rf64<R: Read + Seek>(reader: &mut R) -> Result<bool, DecodeError> {
    let head = read_at(reader, 0, 4)?;
    reader.seek(SeekFrom::Start(0)).map_err(DecodeError::Io)?;
    Ok(head == b"RF64" || head == b"BW64")
}

/// True if an Ogg file ends inside a page, which is how a cut one differs from one that was merely never closed.
pub(super) fn ogg_ends_inside_page<R: Read + Seek>(reader: &mut R) -> Result<bool, DecodeError> {
    const LARGEST_PAGE: u64 = 65_307;
    let end = reader.seek(SeekFrom::End(0)).map_err(DecodeError::Io)?;
    let tail = read_at(reader, end.saturating_sub(2 * LARGEST_PAGE), 2 * 65_307)?;
    reader.seek(SeekFrom::Start(0)).map_err(DecodeError::Io)?;
    let Some(page) = tail.windows(5).rposition(|w| w == b"OggS\0") else { return Ok(false) };
    let page = &tail[page..];
    let Some(&segments) = page.get(26) else { return Ok(true) };
    let Some(table) = page.get(27..27 + usize::from(segments)) else { return Ok(true) };
    let body: usize = table.iter().map(|b| usize::from(*b)).sum();
    Ok(page.len() < 27 + usize::from(segments) + body)
}
