//! Markers within a WAV file: the `cue ` chunk, and their names and lengths in a `LIST` chunk of associated data (RIFF MCI, 1991).

use crate::fault::Fault;

/// A point or a range of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Where it begins, in samples from the file's start.
    pub start: u64,
    /// How many samples a range has; nothing of a point.
    pub length: Option<u64>,
    /// What it is called, in one line.
    pub name: String,
}

/// Both chunks with their headers, to be placed at a file's end; nothing if there are no markers.
///
/// # Errors
///
/// Every marker that lies, or is longer, than 4294967295 samples: the chunk counts with 32 bits.
pub fn cues(markers: &[Cue]) -> Result<Vec<u8>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut narrow = |field: String, samples: u64| {
        u32::try_from(samples).unwrap_or_else(|_| {
            faults.push(Fault::new(field, "it is more than 4294967295 samples", "leave the marker out of the file"));
            0
        })
    };
    let (mut points, mut data) = (Vec::new(), b"adtl".to_vec());
    let mut count = 0_u32;
    for (index, cue) in markers.iter().enumerate() {
        count = count.saturating_add(1);
        let id = count.to_le_bytes();
        let start = narrow(format!("markers[{index}].start"), cue.start).to_le_bytes();
        // Identifier, place in the playing order, chunk, its start, the block's start, and the sample within it.
        for word in [id, start, *b"data", [0; 4], [0; 4], start] {
            points.extend_from_slice(&word);
        }
        let mut label = id.to_vec();
        label.extend(cue.name.split_whitespace().collect::<Vec<_>>().join(" ").bytes().filter(|b| *b != 0));
        label.push(0);
        push_chunk(&mut data, *b"labl", &label);
        if let Some(length) = cue.length {
            let length = narrow(format!("markers[{index}].length"), length).to_le_bytes();
            let mut text = [id, length, *b"rgn "].concat();
            // Country, language, dialect and code page are not told.
            text.extend_from_slice(&[0; 8]);
            push_chunk(&mut data, *b"ltxt", &text);
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut out = Vec::new();
    if count > 0 {
        let mut body = count.to_le_bytes().to_vec();
        body.append(&mut points);
        push_chunk(&mut out, *b"cue ", &body);
        push_chunk(&mut out, *b"LIST", &data);
    }
    Ok(out)
}

/// A chunk, with the byte that brings it to an even length.
fn push_chunk(to: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    to.extend_from_slice(&kind);
    to.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    to.extend_from_slice(body);
    if body.len() % 2 == 1 {
        to.push(0);
    }
}
