//! An acoustic fingerprint (Chromaprint's second algorithm): equal recordings have it in common, whatever their format.

use crate::decode::{DecodeError, Decoder};
use rusty_chromaprint::{Configuration, Fingerprinter, match_fingerprints};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// No more than this is heard, in seconds: what makes a piece itself comes early, and memory stays small.
const MAX_S: u64 = 600;
/// The mean of differing bits, of 32, of parts that are counted as common.
const MAX_DIFFERENT_BITS: f64 = 10.0;

/// A fingerprint: a number for each eighth of a second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint(pub Vec<u32>);

impl Fingerprint {
    /// How much of the shorter one is found in the other, weighted by how well it agrees: 0 to 1. Above 0.6 they are
    /// most likely one recording; different ones stay below 0.3.
    pub fn similarity(&self, other: &Self) -> f64 {
        let config = Configuration::preset_test2();
        let shorter = self.0.len().min(other.0.len());
        if shorter == 0 {
            return 0.0;
        }
        let Ok(segments) = match_fingerprints(&self.0, &other.0, &config) else { return 0.0 };
        let common = segments.iter().filter(|segment| segment.score < MAX_DIFFERENT_BITS).map(|segment| {
            let agreement = 1.0 - segment.score / 16.0;
            float(segment.items_count) * agreement
        });
        (common.sum::<f64>() / float(shorter)).clamp(0.0, 1.0)
    }
}

/// Takes the fingerprint of a file's first ten minutes.
///
/// # Errors
/// The [`DecodeError`] of the file.
pub fn fingerprint(path: &Path) -> Result<Fingerprint, DecodeError> {
    let mut decoder = Decoder::open(path)?;
    let (rate, channels) = (decoder.spec().sample_rate_hz, decoder.spec().channels);
    let mut printer = Fingerprinter::new(&Configuration::preset_test2());
    let failed = |_| DecodeError::SampleRate { sample_rate_hz: rate };
    printer.start(rate, 1).map_err(failed)?;
    let (mut samples, mut frames) = (Vec::new(), 0);
    while let Some(block) = decoder.next_block()? {
        samples.clear();
        let scale = 1.0 / narrow(channels);
        samples.extend((0..block[0].len()).map(|i| integer(block.iter().map(|c| c[i]).sum::<f32>() * scale)));
        printer.consume(&samples);
        frames += samples.len() as u64;
        if frames > MAX_S * u64::from(rate) {
            break;
        }
    }
    printer.finish();
    Ok(Fingerprint(printer.fingerprint().to_vec()))
}

#[expect(clippy::cast_possible_truncation, reason = "clamped by the conversion")]
fn integer(x: f32) -> i16 {
    (x * 32_767.0) as i16
}

#[expect(clippy::cast_precision_loss, reason = "at most 8 channels")]
fn narrow(n: usize) -> f32 {
    n as f32
}

#[expect(clippy::cast_precision_loss, reason = "counts of items")]
fn float(n: usize) -> f64 {
    n as f64
}
