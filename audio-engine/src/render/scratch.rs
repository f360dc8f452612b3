//! Signals kept in files of `f32`, left and right in turn: the mix before its last steps, for the passes that need it
//! again, and what the cache keeps of tracks.

use super::RenderError;
use crate::dsp::Planar;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

const BUFFER_BYTES: usize = 256 * 1024;
const FRAME_BYTES: usize = 8;

/// A scratch file; it goes when it is dropped.
pub(super) struct Scratch {
    path: PathBuf,
    writer: FrameWriter,
}

impl Scratch {
    /// A new file in that folder.
    pub(super) fn create(folder: &Path, name: &str) -> Result<Self, RenderError> {
        let path = folder.join(format!("{name}.scratch"));
        let writer = FrameWriter::new(File::create(&path)?);
        Ok(Self { path, writer })
    }

    pub(super) fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        self.writer.write(block)
    }

    /// Ends writing.
    pub(super) fn finish(&mut self) -> Result<(), RenderError> {
        self.writer.finish().map(drop)
    }

    /// Reads from the start.
    pub(super) fn read(&self) -> Result<FrameReader, RenderError> {
        Ok(FrameReader::new(File::open(&self.path)?))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed goes with its folder.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Writes frames from where a file stands.
pub(super) struct FrameWriter {
    file: BufWriter<File>,
    bytes: Vec<u8>,
}

impl FrameWriter {
    pub(super) fn new(file: File) -> Self {
        Self { file: BufWriter::with_capacity(BUFFER_BYTES, file), bytes: Vec::new() }
    }

    pub(super) fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        let [left, right] = block else { return Ok(()) };
        self.bytes.clear();
        self.bytes.resize(left.len() * FRAME_BYTES, 0);
        for ((frame, left), right) in self.bytes.chunks_exact_mut(FRAME_BYTES).zip(left).zip(right) {
            frame[..4].copy_from_slice(&left.to_le_bytes());
            frame[4..].copy_from_slice(&right.to_le_bytes());
        }
        self.file.write_all(&self.bytes)?;
        Ok(())
    }

    /// The file with everything in it.
    pub(super) fn finish(&mut self) -> Result<&mut File, RenderError> {
        self.file.flush()?;
        Ok(self.file.get_mut())
    }
}

/// Reads frames from where a file stands.
pub(super) struct FrameReader {
    file: BufReader<File>,
    bytes: Vec<u8>,
}

impl FrameReader {
    pub(super) fn new(file: File) -> Self {
        Self { file: BufReader::with_capacity(BUFFER_BYTES, file), bytes: Vec::new() }
    }

    /// The next frames, fewer at the end; false if there are none.
    pub(super) fn next(&mut self, block: &mut Planar, frames: usize) -> Result<bool, RenderError> {
        self.bytes.resize(frames * FRAME_BYTES, 0);
        let mut len = 0;
        while len < self.bytes.len() {
            match self.file.read(&mut self.bytes[len..])? {
                0 => break,
                n => len += n,
            }
        }
        let frames = self.bytes[..len].chunks_exact(FRAME_BYTES);
        block.resize_with(2, Vec::new);
        for (side, channel) in block.iter_mut().enumerate() {
            channel.clear();
            let sample = |frame: &[u8]| {
                let at = side * 4;
                f32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]])
            };
            channel.extend(frames.clone().map(sample));
        }
        Ok(frames.len() > 0)
    }
}
