//! A small composer: beats with stems, made by the program itself, so that a demonstration needs no audio file.
//!
//! [`compose`] writes a score from a seed (harmony, bass, drums, melody), [`Composition::write`] plays it through a few
//! subtractive and FM voices into one 24-bit WAV per stem, and their exact sum as the mix. The same seed gives the same
//! bytes. A new style is a row in `score`, a new instrument a variant of `voices::Patch`.

mod score;
mod voices;

pub use score::Style;

use crate::dsp::{Noise, Quantiser};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::path::{Path, PathBuf};
use voices::{Part, Player};

/// Frames that are played at a time.
const BLOCK: usize = 2048;
/// What is left to ring after the last bar, in seconds.
const TAIL_S: f64 = 2.0;

/// A composed beat, not yet played.
#[derive(Debug, Clone)]
pub struct Composition {
    /// A title that suits it.
    pub title_hint: String,
    /// Tempo in beats per minute.
    pub bpm: f64,
    /// Key, such as `F#m` or `Eb`.
    pub key: String,
    /// The style it was composed in.
    pub style: Style,
    parts: Vec<Part>,
    seconds: f64,
}

/// Where a played composition was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposedFiles {
    /// The sum of all stems.
    pub mix: PathBuf,
    /// Name and file of every stem, in order.
    pub stems: Vec<(String, PathBuf)>,
}

/// Composes a beat: the same seed and style give the same beat.
pub fn compose(seed: u64, style: Style) -> Composition {
    let mut chance = Noise::new(seed.wrapping_mul(0x9E37_79B9).wrapping_add(style as u64));
    let plan = score::plan(style, &mut chance);
    Composition {
        title_hint: plan.title,
        bpm: plan.bpm,
        key: plan.key,
        style,
        seconds: plan.seconds + TAIL_S,
        parts: plan.parts,
    }
}

impl Composition {
    /// The names of the stems, in the order they are written.
    pub fn stem_names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.name)
    }

    /// Length in seconds, the ringing tail included.
    pub fn duration_s(&self) -> f64 {
        self.seconds
    }

    /// Plays every stem into `folder` as 24-bit stereo WAV: `<name>.wav` each, and `<base>.wav` for the mix.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, folder: &Path, base: &str, sample_rate_hz: u32) -> Result<ComposedFiles, hound::Error> {
        let spec =
            WavSpec { channels: 2, sample_rate: sample_rate_hz, bits_per_sample: 24, sample_format: SampleFormat::Int };
        let mix_path = folder.join(format!("{base}.wav"));
        let mut mix = WavWriter::create(&mix_path, spec)?;
        let mut stems = Vec::with_capacity(self.parts.len());
        let mut files = Vec::with_capacity(self.parts.len());
        for (part, stream) in self.parts.iter().zip(0_u64..) {
            let path = folder.join(format!("{}.wav", part.name));
            let quantisers = [0, 1].map(|side| Quantiser::new(24, 1, stream * 2 + side));
            stems.push((Player::new(part, sample_rate_hz), WavWriter::create(&path, spec)?, quantisers));
            files.push((part.name.to_owned(), path));
        }
        let mut left = frames(self.seconds * f64::from(sample_rate_hz));
        let mut block = [vec![0.0_f32; BLOCK], vec![0.0_f32; BLOCK]];
        let mut sum = vec![0_i32; BLOCK * 2];
        while left > 0 {
            let n = left.min(BLOCK);
            sum.fill(0);
            for (player, writer, quantisers) in &mut stems {
                player.play(&mut block, n);
                for i in 0..n {
                    for side in 0..2 {
                        let sample = quantisers[side].quantise(block[side][i]);
                        writer.write_sample(sample)?;
                        // Summed as integers, so that mix and stems agree to the last bit.
                        sum[i * 2 + side] += sample;
                    }
                }
            }
            for sample in &sum[..n * 2] {
                mix.write_sample((*sample).clamp(-8_388_608, 8_388_607))?;
            }
            left -= n;
        }
        for (_, writer, _) in stems {
            writer.finalize()?;
        }
        mix.finalize()?;
        Ok(ComposedFiles { mix: mix_path, stems: files })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a minute at most")]
fn frames(n: f64) -> usize {
    n as usize
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "24-bit samples")]
mod tests {
    use super::*;
    use crate::decode::Decoder;
    use crate::measure::measure;

    fn samples(path: &Path) -> Vec<i64> {
        let mut decoder = Decoder::open(path).unwrap();
        let mut all = Vec::new();
        while let Some(block) = decoder.next_block().unwrap() {
            all.extend(block[0].iter().map(|x| (f64::from(*x) * 8_388_608.0).round() as i64));
        }
        all
    }

    #[test]
    fn mix_is_the_sum_of_its_stems() {
        let folder = tempfile::tempdir().unwrap();
        for style in Style::ALL {
            let beat = compose(3, style);
            let files = beat.write(folder.path(), "mix", 22_050).unwrap();
            let mix = samples(&files.mix);
            let mut sum = vec![0; mix.len()];
            for (_, path) in &files.stems {
                for (sum, x) in sum.iter_mut().zip(samples(path)) {
                    *sum += x;
                }
            }
            assert_eq!(mix, sum, "{style:?}");
            let m = measure(&files.mix).unwrap();
            let loudness = m.integrated_lufs.unwrap();
            assert!((-26.0..-10.0).contains(&loudness), "{style:?}: {loudness} LUFS");
            assert!(m.sample_peak_dbfs.unwrap() < -0.3, "{style:?} does not clip: {:?}", m.sample_peak_dbfs);
            assert!((18.0..45.0).contains(&m.duration_s), "{style:?}: {} s", m.duration_s);
            assert!(files.stems.len() >= 4);
        }
    }

    #[test]
    fn no_style_clips_for_any_of_many_seeds() {
        let folder = tempfile::tempdir().unwrap();
        for seed in 0..4 {
            for style in Style::ALL {
                let files = compose(seed * 77, style).write(folder.path(), "mix", 11_025).unwrap();
                let peak = measure(&files.mix).unwrap().sample_peak_dbfs.unwrap();
                assert!(peak < -0.1, "{style:?} {seed}: {peak}");
            }
        }
    }

    #[test]
    fn seeds_decide() {
        let folder = tempfile::tempdir().unwrap();
        let play = |seed| {
            let files = compose(seed, Style::Trap).write(folder.path(), "mix", 22_050).unwrap();
            std::fs::read(files.mix).unwrap()
        };
        assert_eq!(play(1), play(1));
        assert_ne!(play(1), play(2));
    }
}
