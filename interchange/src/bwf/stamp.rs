//! A finished broadcast WAV file changed in place.

use std::io::{self, Read, Seek, SeekFrom, Write};

use chrono::NaiveDateTime;

use super::{Cue, Loudness, bext, cues};
use crate::fault::Fault;

/// Chunks that are looked at.
const MAX_CHUNKS: usize = 1000;
/// Bytes of a `bext` chunk that is read.
const MIN_BEXT: u64 = bext::FIXED_BYTES as u64;
const MAX_BEXT: u64 = 1 << 20;

/// What to change. What is not given stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    /// As [`super::Bext::description`].
    pub description: Option<String>,
    /// As [`super::Bext::originator`].
    pub originator: Option<String>,
    /// As [`super::Bext::originator_reference`].
    pub originator_reference: Option<String>,
    /// As [`super::Bext::origination`].
    pub origination: Option<NaiveDateTime>,
    /// As [`super::Bext::time_reference`].
    pub time_reference: Option<u64>,
    /// As [`super::Bext::loudness`].
    pub loudness: Option<Loudness>,
    /// Markers to add; a file that has some already is refused.
    pub markers: Vec<Cue>,
}

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum BwfError {
    /// What was to be written does not fit.
    #[error("the file cannot be stamped: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))]
    Invalid(Vec<Fault>),
    /// The file is no WAV.
    #[error("the file is not WAV; render it as WAV first")]
    NotWav,
    /// The file has no `bext` chunk.
    #[error("the WAV file has no bext chunk; render it as broadcast WAV")]
    NoBext,
    /// The file has markers.
    #[error("the WAV file has markers already; render it anew")]
    HasMarkers,
    /// A chunk reaches beyond the file's end, or there are too many.
    #[error("the WAV file is damaged at byte {at}; render it anew")]
    Damaged {
        /// Where, from 0.
        at: u64,
    },
    /// The markers would make it larger than its header can say.
    #[error("the WAV file is too large for markers; render it as RF64")]
    TooLarge,
    /// The file could not be read or written.
    #[error("the file could not be read or written")]
    Io(#[from] io::Error),
}

/// Changes a broadcast WAV file, RIFF or RF64. Everything is checked before the first byte is written.
///
/// # Errors
///
/// A file that is no broadcast WAV, is damaged, or cannot say what it was told to.
pub fn stamp(file: &mut (impl Read + Write + Seek), stamp: &Stamp) -> Result<(), BwfError> {
    let mut added = cues(&stamp.markers).map_err(BwfError::Invalid)?;
    let chunks = Chunks::of(file)?;
    let (bext_at, bext_bytes) = chunks.bext.ok_or(BwfError::NoBext)?;
    if chunks.has_markers && !added.is_empty() {
        return Err(BwfError::HasMarkers);
    }
    // Chunks start on even bytes.
    if chunks.end % 2 == 1 && !added.is_empty() {
        added.insert(0, 0);
    }
    let mut body = vec![0; usize::try_from(bext_bytes).map_err(|_| BwfError::Damaged { at: bext_at })?];
    file.seek(SeekFrom::Start(bext_at))?;
    file.read_exact(&mut body)?;
    change(&mut body, stamp)?;
    let size = chunks.end + added.len() as u64 - 8;
    let size_bytes = match (chunks.ds64, u32::try_from(size)) {
        (Some(_), _) => size.to_le_bytes().to_vec(),
        (None, Ok(size)) => size.to_le_bytes().to_vec(),
        (None, Err(_)) => return Err(BwfError::TooLarge),
    };

    file.seek(SeekFrom::Start(bext_at))?;
    file.write_all(&body)?;
    if !added.is_empty() {
        file.seek(SeekFrom::Start(chunks.end))?;
        file.write_all(&added)?;
        file.seek(SeekFrom::Start(chunks.ds64.unwrap_or(4)))?;
        file.write_all(&size_bytes)?;
    }
    file.flush()?;
    Ok(())
}

fn change(body: &mut [u8], stamp: &Stamp) -> Result<(), BwfError> {
    let mut faults = Vec::new();
    if let Some(text) = &stamp.description {
        faults.extend(bext::put_description(body, text).err());
    }
    if let Some(text) = &stamp.originator {
        faults.extend(bext::put_originator(body, text).err());
    }
    if let Some(text) = &stamp.originator_reference {
        faults.extend(bext::put_reference(body, text).err());
    }
    if let Some(at) = stamp.origination {
        bext::put_origination(body, at);
    }
    if let Some(samples) = stamp.time_reference {
        bext::put_time_reference(body, samples);
    }
    if let Some(loudness) = &stamp.loudness {
        bext::put_loudness(body, loudness);
    }
    if faults.is_empty() { Ok(()) } else { Err(BwfError::Invalid(faults)) }
}

/// Where the chunks are that matter.
struct Chunks {
    /// Body and bytes of `bext`.
    bext: Option<(u64, u64)>,
    /// Where the 64-bit size of an RF64 file stands.
    ds64: Option<u64>,
    has_markers: bool,
    /// The end of the last chunk, which is the file's.
    end: u64,
}

impl Chunks {
    fn of(file: &mut (impl Read + Seek)) -> Result<Self, BwfError> {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut head = [0; 12];
        if length < 12 {
            return Err(BwfError::NotWav);
        }
        file.read_exact(&mut head)?;
        let is_large = &head[..4] == b"RF64" || &head[..4] == b"BW64";
        if !(is_large || &head[..4] == b"RIFF") || &head[8..] != b"WAVE" {
            return Err(BwfError::NotWav);
        }
        let mut chunks = Self { bext: None, ds64: None, has_markers: false, end: 12 };
        let mut data_bytes = None;
        for _ in 0..MAX_CHUNKS {
            let at = chunks.end;
            if at == length {
                return if is_large && chunks.ds64.is_none() { Err(BwfError::Damaged { at: 12 }) } else { Ok(chunks) };
            }
            if length - at < 8 {
                return Err(BwfError::Damaged { at });
            }
            let mut head = [0; 8];
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(&mut head)?;
            let kind = &head[..4];
            let stated = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            let size = match data_bytes {
                Some(bytes) if kind == b"data" && stated == u32::MAX => bytes,
                _ => u64::from(stated),
            };
            let end = at.checked_add(8).and_then(|at| at.checked_add(size)).filter(|end| *end <= length);
            let end = end.ok_or(BwfError::Damaged { at })?;
            match kind {
                b"ds64" if is_large && size >= 16 => {
                    // The file's size, and that of its data.
                    let mut sizes = [[0; 8]; 2];
                    file.read_exact(sizes.as_flattened_mut())?;
                    (chunks.ds64, data_bytes) = (Some(at + 8), Some(u64::from_le_bytes(sizes[1])));
                }
                b"bext" if (MIN_BEXT..=MAX_BEXT).contains(&size) => chunks.bext = Some((at + 8, size)),
                b"cue " => chunks.has_markers = true,
                _ => {}
            }
            // A chunk of odd length has a byte more, which some writers forget at the file's end.
            chunks.end = if size % 2 == 1 && end < length { end + 1 } else { end };
        }
        Err(BwfError::Damaged { at: chunks.end })
    }
}
