//! What a broadcast WAV file says about itself: `bext` (EBU Tech 3285) and `iXML`.

use super::sniff::read_at;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::Path;

/// Chunks that are looked at.
const MAX_CHUNKS: usize = 1000;
/// The most that is read of one chunk, in bytes.
const MAX_CHUNK_BYTES: u64 = 64 * 1024;
/// A loudness field that says nothing.
const UNKNOWN: i16 = 0x7FFF;

/// The broadcast chunks of a WAV file. All of it is the file's claim.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Broadcast {
    /// Version of the `bext` chunk; loudness came with 2.
    pub version: u16,
    /// What is heard.
    pub description: String,
    /// Who made the file.
    pub originator: String,
    /// The originator's reference.
    pub reference: String,
    /// Date of origination, `YYYY-MM-DD`.
    pub date: String,
    /// The first sample's place on a timeline, in samples since midnight.
    pub time_reference: u64,
    /// Integrated loudness in LUFS.
    pub integrated_lufs: Option<f64>,
    /// Loudness range in LU.
    pub loudness_range_lu: Option<f64>,
    /// Highest true peak in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Highest momentary loudness in LUFS.
    pub momentary_max_lufs: Option<f64>,
    /// Highest short-term loudness in LUFS.
    pub short_term_max_lufs: Option<f64>,
    /// How the sound was coded on its way, a line for each step.
    pub coding_history: String,
    /// The `iXML` document as it stands.
    pub ixml: Option<String>,
}

/// Reads the broadcast chunks; none if the file is no WAV, or has no `bext` chunk.
pub fn read_broadcast(path: &Path) -> Option<Broadcast> {
    let mut file = File::open(path).ok()?;
    let head = read_at(&mut file, 0, 12).ok()?;
    let is_wave = [&b"RIFF"[..], b"RF64", b"BW64"].contains(&head.get(..4)?) && head.get(8..12)? == b"WAVE";
    if !is_wave {
        return None;
    }
    let (mut at, mut data_bytes) = (12_u64, None);
    let (mut found, mut ixml) = (None, None);
    for _ in 0..MAX_CHUNKS {
        let head = read_at(&mut file, at, 36).ok()?;
        let (Some(kind), Some(size)) = (head.get(..4), head.get(4..8)) else { break };
        let stated = u32::from_le_bytes(size.try_into().ok()?);
        let size = if kind == b"data" && stated == u32::MAX { data_bytes? } else { u64::from(stated) };
        let mut body = || {
            let len = usize::try_from(size.min(MAX_CHUNK_BYTES)).ok()?;
            read_at(&mut file, at + 8, len).ok()
        };
        match kind {
            b"ds64" => data_bytes = Some(u64::from_le_bytes(head.get(16..24)?.try_into().ok()?)),
            b"bext" => found = parse(&body()?),
            b"iXML" => ixml = Some(String::from_utf8_lossy(&body()?).into_owned()),
            _ => (),
        }
        at = at.checked_add(size)?.checked_add(8 + size % 2)?;
    }
    found.map(|broadcast| Broadcast { ixml, ..broadcast })
}

fn parse(body: &[u8]) -> Option<Broadcast> {
    let text = |range: std::ops::Range<usize>| {
        let field = body.get(range)?;
        let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
        Some(String::from_utf8_lossy(&field[..end]).into_owned())
    };
    let version = u16::from_le_bytes([*body.get(346)?, *body.get(347)?]);
    let level = |i: usize| {
        let at = 412 + 2 * i;
        let value = i16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]);
        (version >= 2 && value != UNKNOWN).then(|| f64::from(value) / 100.0)
    };
    Some(Broadcast {
        version,
        description: text(0..256)?,
        originator: text(256..288)?,
        reference: text(288..320)?,
        date: text(320..330)?,
        time_reference: u64::from_le_bytes(body.get(338..346)?.try_into().ok()?),
        integrated_lufs: level(0),
        loudness_range_lu: level(1),
        true_peak_dbtp: level(2),
        momentary_max_lufs: level(3),
        short_term_max_lufs: level(4),
        coding_history: text(602..body.len()).unwrap_or_default(),
        ixml: None,
    })
}
