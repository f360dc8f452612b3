//! Waveforms for the eye: the smallest and largest sample of every pixel, kept in the BBC's `audiowaveform` format.

use crate::decode::{DecodeError, Decoder};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Pixels per second that are aimed at when nothing else is asked for: 256 samples at 44.1 kHz.
const PIXELS_PER_SECOND: f64 = 44_100.0 / 256.0;
const HEADER_BYTES: usize = 24;
/// Bit 0 of the flags: samples have 8 bits.
const FLAG_8_BIT: u32 = 1;

/// Why a waveform could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum WaveformError {
    /// The audio could not be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The waveform file could not be written or read.
    #[error("the waveform file could not be written or read")]
    Io(#[from] std::io::Error),
    /// Whoever asked for it wants it no more.
    #[error("the drawing was cancelled")]
    Cancelled,
    /// Not an 8-bit version 2 file.
    #[error("this is not an 8-bit waveform of version 2")]
    Format,
}

/// How a waveform is drawn from the audio.
#[derive(Debug, Clone, Copy, Default)]
pub struct WaveformOptions {
    /// Samples per pixel; the default gives about 172 pixels per second at any rate.
    pub samples_per_pixel: Option<u32>,
    /// Keep the channels apart instead of their mean.
    pub split_channels: bool,
}

/// A waveform in memory: about 1.2 MB for an hour at the default resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waveform {
    /// Sample rate of the audio in Hz.
    pub sample_rate_hz: u32,
    /// Samples per pixel.
    pub samples_per_pixel: u32,
    /// Channels kept apart; 1 for the mean.
    pub channels: usize,
    /// Smallest and largest value of each pixel, channels interleaved.
    pub pixels: Vec<(i8, i8)>,
}

impl Waveform {
    /// Decodes a file and draws it.
    ///
    /// # Errors
    /// What is wrong with the audio.
    pub fn of(path: &Path, options: WaveformOptions) -> Result<Self, WaveformError> {
        Self::of_unless(path, options, &|| false)
    }

    /// Decodes a file and draws it, unless it is cancelled, which is asked before every block.
    ///
    /// # Errors
    /// What is wrong with the audio, or [`WaveformError::Cancelled`].
    pub fn of_unless(
        path: &Path,
        options: WaveformOptions,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Self, WaveformError> {
        let go_on = || if is_cancelled() { Err(WaveformError::Cancelled) } else { Ok(()) };
        go_on()?;
        let mut decoder = Decoder::open(path)?;
        let mut builder = WaveformBuilder::new(decoder.spec().sample_rate_hz, decoder.spec().channels, options);
        while let Some(block) = decoder.next_block()? {
            go_on()?;
            builder.add(block);
        }
        Ok(builder.finish())
    }

    /// Writes the `.dat` file, version 2, 8 bits; a file of the same name is replaced at once.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), WaveformError> {
        let partial = path.with_extension("dat.part");
        let mut out = BufWriter::new(File::create(&partial)?);
        out.write_all(&self.to_bytes())?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(partial, path)?;
        Ok(())
    }

    /// The `.dat` file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.pixels.len() / self.channels).unwrap_or(u32::MAX);
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.pixels.len() * 2);
        for word in [2, FLAG_8_BIT, self.sample_rate_hz, self.samples_per_pixel, length] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&u32::try_from(self.channels).unwrap_or(1).to_le_bytes());
        bytes.extend(self.pixels.iter().flat_map(|(low, high)| [low.cast_unsigned(), high.cast_unsigned()]));
        bytes
    }

    /// Reads a `.dat` file back.
    ///
    /// # Errors
    /// If it is not an 8-bit file of version 2, or is cut short.
    pub fn read(path: &Path) -> Result<Self, WaveformError> {
        let mut file = BufReader::new(File::open(path)?);
        let stated = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        // An hour of eight channels at one pixel per sample would be larger, but nobody draws that.
        if stated > 64 * 1024 * 1024 {
            return Err(WaveformError::Format);
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Self::from_bytes(&bytes)
    }

    /// Reads a `.dat` file's bytes back.
    ///
    /// # Errors
    /// As [`Waveform::read`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WaveformError> {
        let word = |i: usize| -> Option<u32> { bytes.get(i * 4..i * 4 + 4)?.try_into().ok().map(u32::from_le_bytes) };
        let words: Option<Vec<u32>> = (0..6).map(word).collect();
        let Some(&[version, flags, sample_rate_hz, samples_per_pixel, length, channels]) = words.as_deref() else {
            return Err(WaveformError::Format);
        };
        let count = u64::from(length) * u64::from(channels) * 2;
        let data = &bytes[HEADER_BYTES..];
        if version != 2 || flags & FLAG_8_BIT == 0 || channels == 0 || data.len() as u64 != count {
            return Err(WaveformError::Format);
        }
        let pixels = data.chunks_exact(2).map(|p| (p[0].cast_signed(), p[1].cast_signed())).collect();
        Ok(Self { sample_rate_hz, samples_per_pixel, channels: channels as usize, pixels })
    }

    /// The waveform as `n` pairs of smallest and largest value, -1 to 1, over all channels: for drawing in a page.
    pub fn peaks(&self, n: usize) -> Vec<(f32, f32)> {
        let frames = self.pixels.len() / self.channels;
        (0..n)
            .map(|i| {
                let (from, to) = (i * frames / n.max(1), (i + 1) * frames / n.max(1));
                let to = to.max(from + 1).min(frames);
                let slice = self.pixels.get(from * self.channels..to * self.channels).unwrap_or_default();
                let low = slice.iter().map(|p| p.0).min().unwrap_or(0);
                let high = slice.iter().map(|p| p.1).max().unwrap_or(0);
                (f32::from(low) / 128.0, f32::from(high) / 127.0)
            })
            .collect()
    }
}

/// Draws a waveform from a stream.
pub struct WaveformBuilder {
    waveform: Waveform,
    inputs: usize,
    low: Vec<f32>,
    high: Vec<f32>,
    filled: u32,
}

impl WaveformBuilder {
    /// A builder for a stream of `channels` channels.
    pub fn new(sample_rate_hz: u32, channels: usize, options: WaveformOptions) -> Self {
        let kept = if options.split_channels { channels } else { 1 };
        let samples_per_pixel = options.samples_per_pixel.unwrap_or_else(|| default_scale(sample_rate_hz)).max(1);
        Self {
            waveform: Waveform { sample_rate_hz, samples_per_pixel, channels: kept, pixels: Vec::new() },
            inputs: channels,
            low: vec![f32::MAX; kept],
            high: vec![f32::MIN; kept],
            filled: 0,
        }
    }

    /// Adds a block of planar samples.
    pub fn add(&mut self, block: &[Vec<f32>]) {
        let share = 1.0 / narrow(self.inputs);
        for i in 0..block.first().map_or(0, Vec::len) {
            for kept in 0..self.waveform.channels {
                let x = if self.waveform.channels == 1 {
                    block.iter().map(|channel| channel[i]).sum::<f32>() * share
                } else {
                    block[kept][i]
                };
                self.low[kept] = self.low[kept].min(x);
                self.high[kept] = self.high[kept].max(x);
            }
            self.filled += 1;
            if self.filled == self.waveform.samples_per_pixel {
                self.end_pixel();
            }
        }
    }

    /// The waveform; a last pixel that is only partly filled counts.
    pub fn finish(mut self) -> Waveform {
        if self.filled > 0 {
            self.end_pixel();
        }
        self.waveform
    }

    fn end_pixel(&mut self) {
        for (low, high) in self.low.iter_mut().zip(&mut self.high) {
            self.waveform.pixels.push((byte(*low), byte(*high)));
            (*low, *high) = (f32::MAX, f32::MIN);
        }
        self.filled = 0;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the byte's range")]
fn byte(x: f32) -> i8 {
    (x * 128.0).clamp(-128.0, 127.0) as i8
}

#[expect(clippy::cast_precision_loss, reason = "at most eight channels")]
fn narrow(n: usize) -> f32 {
    n as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "46 to 1115")]
fn default_scale(sample_rate_hz: u32) -> u32 {
    (f64::from(sample_rate_hz) / PIXELS_PER_SECOND).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Waveform {
        let mut builder = WaveformBuilder::new(44_100, 2, WaveformOptions::default());
        let left: Vec<f32> = (0..10_000_u16).map(|i| f32::from(i) / 10_000.0).collect();
        for part in left.chunks(333) {
            builder.add(&[part.to_vec(), part.to_vec()]);
        }
        builder.finish()
    }

    #[test]
    fn file_has_the_published_layout() {
        let waveform = ramp();
        let bytes = waveform.to_bytes();
        assert_eq!(&bytes[..8], &[2, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(&bytes[8..12], &44_100_u32.to_le_bytes());
        assert_eq!(&bytes[12..16], &256_u32.to_le_bytes());
        assert_eq!(&bytes[16..20], &40_u32.to_le_bytes());
        assert_eq!(&bytes[20..24], &1_u32.to_le_bytes());
        assert_eq!(bytes.len(), 24 + 80);
        assert_eq!(Waveform::from_bytes(&bytes).unwrap(), waveform);
        assert!(Waveform::from_bytes(&bytes[..50]).is_err());
    }

    #[test]
    fn a_cancelled_drawing_stops_at_the_next_block() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        crate::testing::write_wav(&path, 48_000, &crate::testing::material(48_000, 2, 10 * 48_000));
        let whole = std::cell::Cell::new(0);
        let count = |most: u32| {
            whole.set(0);
            let drawn = Waveform::of_unless(&path, WaveformOptions::default(), &|| {
                whole.set(whole.get() + 1);
                whole.get() > most
            });
            (drawn, whole.get())
        };
        let (drawn, asked) = count(u32::MAX);
        assert_eq!(drawn.unwrap(), Waveform::of(&path, WaveformOptions::default()).unwrap());
        assert!(asked > 4, "{asked}");
        let (drawn, asked) = count(3);
        assert!(matches!(drawn, Err(WaveformError::Cancelled)) && asked == 4, "{asked}");
    }

    #[test]
    fn peaks_follow_the_signal() {
        let peaks = ramp().peaks(10);
        assert_eq!(peaks.len(), 10);
        assert!((peaks[9].1 - 1.0).abs() < 0.02 && peaks[0].1 < 0.12, "{peaks:?}");
        assert_eq!(ramp().peaks(0), []);
    }
}
