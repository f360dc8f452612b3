//! Waveforms as bars, and those as an SVG path: drawn from the peaks that the audio worker stored in the BBC's `audiowaveform` format, version 2 with 8 bits.

use std::fmt::Write;

use domain::{catalog::Sha256, ports::FileStore};
use futures::TryStreamExt;

/// Bars of a drawing.
const BARS: usize = 120;
/// The largest file that is drawn, in bytes: five hours at the default resolution.
const MAX_BYTES: usize = 6 * 1024 * 1024;
/// Bytes of the header.
const HEADER: usize = 24;

/// How high each bar of a drawing is, the loudest 255; none if the file is not what it should be.
fn bars(file: &[u8]) -> Option<Vec<u8>> {
    let word = |place: usize| Some(u32::from_le_bytes(file.get(place * 4..place * 4 + 4)?.try_into().ok()?));
    let (version, flags, channels) = (word(0)?, word(1)?, word(5)?);
    let data = file.get(HEADER..)?;
    if version != 2 || flags & 1 == 0 || channels == 0 || data.len() < 2 {
        return None;
    }
    let peak = |pair: &[u8]| pair.iter().map(|byte| u32::from(byte.cast_signed().unsigned_abs())).max().unwrap_or(0);
    let pairs = data.len() / 2;
    let peaks: Vec<u32> = (0..BARS)
        .map(|bar| {
            let (from, to) = (bar * pairs / BARS, ((bar + 1) * pairs / BARS).max(bar * pairs / BARS + 1));
            data[from * 2..(to * 2).min(data.len())].chunks_exact(2).map(peak).max().unwrap_or(0)
        })
        .collect();
    // Drawn against the loudest bar, so that a quiet beat is no flat line.
    let loudest = peaks.iter().copied().max().unwrap_or(0).max(1);
    Some(peaks.into_iter().map(|peak| u8::try_from(peak * 255 / loudest).unwrap_or(u8::MAX)).collect())
}

/// A path of bars in a box of 480 × 100 units, mirrored about its middle; empty if there are none.
pub(super) fn path(bars: &[u8]) -> String {
    let mut out = String::with_capacity(bars.len() * 24);
    for (place, bar) in bars.iter().enumerate() {
        let half = (u32::from(*bar) * 48 / 255).max(1);
        let _ = write!(out, "M{} {}v{}", place * 4 + 2, 50 - half, half * 2);
    }
    out
}

/// The bars of a stored waveform; none if it is not there or cannot be read, which a page can do without.
pub(super) async fn heard(files: &dyn FileStore, sha256: &Sha256) -> Option<Vec<u8>> {
    let mut stream = files.read(sha256, None).await.ok().flatten()?;
    let mut bytes = Vec::new();
    while let Some(piece) = stream.try_next().await.ok()? {
        if bytes.len() + piece.len() > MAX_BYTES {
            return None;
        }
        bytes.extend_from_slice(&piece);
    }
    bars(&bytes)
}

/// The path of a stored waveform; none where there are no bars.
pub(super) async fn drawn(files: &dyn FileStore, sha256: &Sha256) -> Option<String> {
    heard(files, sha256).await.map(|bars| path(&bars))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(pairs: &[(i8, i8)]) -> Vec<u8> {
        let length = u32::try_from(pairs.len()).unwrap();
        let words = [2_u32, 1, 44_100, 256, length, 1];
        let data = pairs.iter().flat_map(|(low, high)| [low.cast_unsigned(), high.cast_unsigned()]);
        words.iter().flat_map(|word| word.to_le_bytes()).chain(data).collect()
    }

    #[test]
    fn a_path_follows_the_peaks() {
        let ramp: Vec<(i8, i8)> = (0..240).map(|place| (0, i8::try_from(place / 2).unwrap())).collect();
        let drawn = path(&bars(&file(&ramp)).unwrap());
        assert_eq!(drawn.matches('M').count(), BARS);
        assert!(drawn.starts_with("M2 49v2") && drawn.ends_with("M478 2v96"), "{drawn}");
        assert!(bars(&file(&[(-128, 127)])).is_some(), "shorter than the drawing");
        assert!(bars(&file(&[(0, 0); 500])).is_some(), "silence");
    }

    #[test]
    fn what_is_no_waveform_is_not_drawn() {
        let mut wrong_version = file(&[(0, 1)]);
        wrong_version[0] = 1;
        for bytes in [&b""[..], b"RIFF", &wrong_version, &file(&[])] {
            assert_eq!(bars(bytes), None);
        }
    }
}
