//! Broadcast WAV: dithered integers or floats, loudness in the header, RF64 when large (EBU Tech 3285 and 3306).
//!
//! ```text
//! RIFF · JUNK (becomes ds64) · fmt · fact (floats) · bext · iXML · data … · LIST INFO · id3
//! ```

use super::metadata::Tags;
use super::quantised::Quantised;
use super::{Encoder, broadcast};
use crate::measure::{Measurement, Meter};
use crate::render::{Dither, Metadata, RenderError};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes of a `ds64` body: three 64-bit sizes and an empty table.
const DS64_BYTES: u32 = 28;
/// Where the `JUNK` chunk that can become `ds64` lies.
const DS64_AT: u64 = 12;
/// Larger than this, a file's sizes do not fit their fields.
const MAX_RIFF_BYTES: u64 = u32::MAX as u64;

/// What becomes of the samples, and who measures them.
pub(super) enum Samples {
    Integers { quantised: Box<Quantised>, bits: u16 },
    Floats { meter: Box<Meter> },
}

impl Samples {
    pub(super) fn integers(bits: u16, rate: u32, channels: usize, dither: Dither) -> Self {
        Self::Integers { quantised: Box::new(Quantised::new(bits, rate, channels, dither)), bits }
    }

    pub(super) fn floats(rate: u32, channels: usize) -> Self {
        Self::Floats { meter: Box::new(Meter::new(channels, rate)) }
    }

    fn bits(&self) -> u16 {
        match self {
            Self::Integers { bits, .. } => *bits,
            Self::Floats { .. } => 32,
        }
    }

    /// Appends a block to `bytes`, interleaved.
    fn lay_out(&mut self, block: &[Vec<f32>], bytes: &mut Vec<u8>) {
        match self {
            Self::Integers { quantised, bits } => {
                quantised.take(block);
                let width = usize::from(*bits / 8);
                for i in 0..block[0].len() {
                    for channel in &quantised.integers {
                        bytes.extend_from_slice(&channel[i].to_le_bytes()[..width]);
                    }
                }
            }
            Self::Floats { meter } => {
                meter.add(block);
                for i in 0..block[0].len() {
                    for channel in block {
                        bytes.extend_from_slice(&channel[i].to_le_bytes());
                    }
                }
            }
        }
    }

    fn finish(self) -> Measurement {
        match self {
            Self::Integers { quantised, .. } => quantised.finish(),
            Self::Floats { meter } => meter.finish(),
        }
    }
}

/// Streams a WAV file and measures what was written.
pub(super) struct WavSink {
    out: BufWriter<File>,
    samples: Samples,
    bytes: Vec<u8>,
    frame_bytes: u64,
    fact_at: u64,
    bext_at: u64,
    data_at: u64,
    data_bytes: u64,
    tail: Vec<u8>,
    largest_riff: u64,
}

impl WavSink {
    pub(super) fn create(
        path: &Path,
        samples: Samples,
        rate: u32,
        channels: usize,
        tags: Tags,
        metadata: &Metadata,
    ) -> Result<Self, RenderError> {
        let bits = samples.bits();
        let frame_bytes = channels as u64 * u64::from(bits / 8);
        let mut head = b"RIFF\0\0\0\0WAVE".to_vec();
        push_chunk(&mut head, *b"JUNK", &[0; DS64_BYTES as usize]);
        push_chunk(&mut head, *b"fmt ", &format(&samples, rate, channels));
        let fact_at = head.len() as u64 + 8;
        if matches!(samples, Samples::Floats { .. }) {
            push_chunk(&mut head, *b"fact", &[0; 4]);
        }
        let bext_at = head.len() as u64 + 8;
        push_chunk(&mut head, *b"bext", &broadcast::bext(metadata, rate, bits, channels));
        push_chunk(&mut head, *b"iXML", &broadcast::ixml(metadata, rate, bits, channels));
        head.extend_from_slice(b"data\0\0\0\0");
        let mut tail = tags.riff_info;
        if !tags.id3v2.is_empty() {
            push_chunk(&mut tail, *b"id3 ", &tags.id3v2);
        }
        let mut out = BufWriter::new(File::create(path)?);
        out.write_all(&head)?;
        Ok(Self {
            out,
            samples,
            bytes: Vec::new(),
            frame_bytes,
            fact_at,
            bext_at,
            data_at: head.len() as u64,
            data_bytes: 0,
            tail,
            largest_riff: MAX_RIFF_BYTES,
        })
    }

    /// Lets a test see RF64 without writing 4 GiB.
    #[cfg(test)]
    pub(super) fn with_largest_riff(mut self, bytes: u64) -> Self {
        self.largest_riff = bytes;
        self
    }

    /// Writes the sizes: as RIFF has them, or in a `ds64` chunk if they do not fit.
    fn write_sizes(&mut self, end: u64) -> std::io::Result<()> {
        let riff = end - 8;
        let large = riff > self.largest_riff;
        let short = |size: u64| if large { u32::MAX } else { u32::try_from(size).unwrap_or(u32::MAX) };
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(if large { b"RF64" } else { b"RIFF" })?;
        self.out.write_all(&short(riff).to_le_bytes())?;
        let frames = self.data_bytes / self.frame_bytes;
        if matches!(self.samples, Samples::Floats { .. }) {
            self.out.seek(SeekFrom::Start(self.fact_at))?;
            self.out.write_all(&short(frames).to_le_bytes())?;
        }
        if large {
            let mut chunk = b"ds64".to_vec();
            chunk.extend_from_slice(&DS64_BYTES.to_le_bytes());
            for size in [riff, self.data_bytes, frames] {
                chunk.extend_from_slice(&size.to_le_bytes());
            }
            self.out.seek(SeekFrom::Start(DS64_AT))?;
            self.out.write_all(&chunk)?;
        }
        self.out.seek(SeekFrom::Start(self.data_at - 4))?;
        self.out.write_all(&short(self.data_bytes).to_le_bytes())
    }
}

impl Encoder for WavSink {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        self.bytes.clear();
        self.samples.lay_out(block, &mut self.bytes);
        self.data_bytes += self.bytes.len() as u64;
        Ok(self.out.write_all(&self.bytes)?)
    }

    fn finish(self: Box<Self>) -> Result<Option<Measurement>, RenderError> {
        let mut this = *self;
        // Chunks start on even bytes.
        if this.data_bytes % 2 == 1 {
            this.out.write_all(&[0])?;
        }
        this.out.write_all(&this.tail)?;
        let end = this.out.stream_position()?;
        this.write_sizes(end)?;
        let measured = this.samples.finish();
        this.out.seek(SeekFrom::Start(this.bext_at + broadcast::LOUDNESS_AT as u64))?;
        this.out.write_all(&broadcast::loudness(Some(&measured)))?;
        this.out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(Some(measured))
    }
}

/// A `fmt ` body: integer PCM is format 1, IEEE floats are 3 and need a length of extension, which is none.
fn format(samples: &Samples, rate: u32, channels: usize) -> Vec<u8> {
    let bits = samples.bits();
    let count = u16::try_from(channels).unwrap_or(u16::MAX);
    let frame = count * (bits / 8);
    let float = matches!(samples, Samples::Floats { .. });
    let mut body = Vec::with_capacity(18);
    body.extend_from_slice(&(if float { 3_u16 } else { 1 }).to_le_bytes());
    body.extend_from_slice(&count.to_le_bytes());
    body.extend_from_slice(&rate.to_le_bytes());
    body.extend_from_slice(&(rate * u32::from(frame)).to_le_bytes());
    body.extend_from_slice(&frame.to_le_bytes());
    body.extend_from_slice(&bits.to_le_bytes());
    if float {
        body.extend_from_slice(&[0, 0]);
    }
    body
}

fn push_chunk(to: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    to.extend_from_slice(&kind);
    to.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    to.extend_from_slice(body);
    if body.len() % 2 == 1 {
        to.push(0);
    }
}
