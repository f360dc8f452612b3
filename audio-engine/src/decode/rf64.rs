//! RF64 and BW64: WAV files whose sizes stand in a `ds64` chunk (EBU Tech 3306, ITU-R BS.2088).
//!
//! The decoder below knows RIFF alone. It is shown the same file with the header of a RIFF stream of unknown length,
//! which ends where the samples do.

use super::DecodeError;
use super::sniff::read_at;
use std::io::{Read, Seek, SeekFrom};

/// Chunks before the samples; real files have a dozen.
const MAX_CHUNKS: usize = 1000;

/// What an RF64 file has to be shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct View {
    /// Where the samples start.
    data_at: u64,
    /// Where they end, or the file if it is cut.
    pub(super) end: u64,
    /// Frames that the file states.
    pub(super) frames: u64,
}

impl View {
    /// Finds the samples, leaving the reader at the start.
    pub(super) fn find<R: Read + Seek>(reader: &mut R, len: u64) -> Result<Self, DecodeError> {
        let corrupt = |reason: &str| DecodeError::Corrupt { reason: reason.to_owned() };
        let (mut at, mut sizes, mut frame_bytes) = (12_u64, None, 0_u64);
        for _ in 0..MAX_CHUNKS {
            let head = read_at(reader, at, 36)?;
            let (Some(kind), Some(size)) = (head.get(..4), le32(&head, 4)) else { break };
            match kind {
                b"ds64" => sizes = le64(&head, 16),
                b"fmt " => frame_bytes = head.get(20..22).map_or(0, |b| u64::from(u16::from_le_bytes([b[0], b[1]]))),
                b"data" => {
                    let stated = if size == u32::MAX { sizes } else { Some(u64::from(size)) };
                    let (Some(bytes), 1..) = (stated, frame_bytes) else {
                        return Err(corrupt("an RF64 file without sizes"));
                    };
                    let data_at = at + 8;
                    let end = data_at.saturating_add(bytes).min(len);
                    reader.seek(SeekFrom::Start(0)).map_err(DecodeError::Io)?;
                    return Ok(Self { data_at, end, frames: bytes / frame_bytes });
                }
                _ => (),
            }
            at = at.saturating_add(8 + u64::from(size) + u64::from(size % 2));
        }
        Err(corrupt("an RF64 file without samples"))
    }

    /// Overwrites what was read from `at` with the header of a RIFF stream of unknown length.
    pub(super) fn patch(&self, at: u64, bytes: &mut [u8]) {
        for (start, patch) in [(0, &b"RIFF\xFF\xFF\xFF\xFF"[..]), (self.data_at - 4, b"\xFF\xFF\xFF\xFF")] {
            for (i, byte) in patch.iter().enumerate() {
                let place = (start + i as u64).checked_sub(at).and_then(|n| usize::try_from(n).ok());
                if let Some(to) = place.and_then(|n| bytes.get_mut(n)) {
                    *to = *byte;
                }
            }
        }
    }
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}
