//! WAV with dither, tags behind the samples.

use super::metadata::Tags;
use crate::dsp::Quantiser;
use crate::measure::{Measurement, Meter};
use crate::render::RenderError;
use hound::{SampleFormat, WavSpec, WavWriter};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Streams a WAV file and measures what was written.
pub(in crate::render) struct WavSink {
    path: PathBuf,
    writer: WavWriter<BufWriter<File>>,
    quantisers: Vec<Quantiser>,
    written: Vec<Vec<f32>>,
    meter: Meter,
    tags: Tags,
}

impl WavSink {
    pub(super) fn create(
        path: &Path,
        bits: u16,
        rate: u32,
        channels: usize,
        seed: u64,
        tags: Tags,
    ) -> Result<Self, RenderError> {
        let spec = WavSpec {
            channels: u16::try_from(channels).unwrap_or(u16::MAX),
            sample_rate: rate,
            bits_per_sample: bits,
            sample_format: SampleFormat::Int,
        };
        Ok(Self {
            path: path.to_owned(),
            writer: WavWriter::create(path, spec)?,
            quantisers: (0..channels as u64).map(|c| Quantiser::new(bits, seed, c)).collect(),
            written: vec![Vec::new(); channels],
            meter: Meter::new(channels, rate),
            tags,
        })
    }

    pub(super) fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        self.written.iter_mut().for_each(Vec::clear);
        for i in 0..block[0].len() {
            for ((channel, quantiser), written) in block.iter().zip(&mut self.quantisers).zip(&mut self.written) {
                let sample = quantiser.quantise(channel[i]);
                self.writer.write_sample(sample)?;
                written.push(quantiser.restore(sample));
            }
        }
        self.meter.add(&self.written);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Measurement, RenderError> {
        self.writer.finalize()?;
        let mut file = File::options().read(true).write(true).open(&self.path)?;
        let mut end = file.seek(SeekFrom::End(0))?;
        // Chunks start on even bytes.
        if end % 2 == 1 {
            file.write_all(&[0])?;
        }
        file.write_all(&self.tags.riff_info)?;
        if !self.tags.id3v2.is_empty() {
            let len = u32::try_from(self.tags.id3v2.len()).unwrap_or(u32::MAX);
            file.write_all(b"id3 ")?;
            file.write_all(&len.to_le_bytes())?;
            file.write_all(&self.tags.id3v2)?;
            if len % 2 == 1 {
                file.write_all(&[0])?;
            }
        }
        end = file.stream_position()?;
        let riff = u32::try_from(end - 8).map_err(|_| RenderError::Wav(hound::Error::Unsupported))?;
        file.seek(SeekFrom::Start(4))?;
        file.write_all(&riff.to_le_bytes())?;
        file.sync_all()?;
        Ok(self.meter.finish())
    }
}
