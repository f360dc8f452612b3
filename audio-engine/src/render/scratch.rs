//! The mix before its last steps, kept in a file for the passes that need it again: `f32`, left and right in turn.

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
    writer: Option<BufWriter<File>>,
    bytes: Vec<u8>,
}

impl Scratch {
    /// A new file in that folder.
    pub(super) fn create(folder: &Path, name: &str) -> Result<Self, RenderError> {
        let path = folder.join(format!(".{name}.scratch.part"));
        let writer = BufWriter::with_capacity(BUFFER_BYTES, File::create(&path)?);
        Ok(Self { path, writer: Some(writer), bytes: Vec::new() })
    }

    pub(super) fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        let (Some(writer), [left, right]) = (&mut self.writer, block) else { return Ok(()) };
        self.bytes.clear();
        self.bytes.resize(left.len() * FRAME_BYTES, 0);
        for ((frame, left), right) in self.bytes.chunks_exact_mut(FRAME_BYTES).zip(left).zip(right) {
            frame[..4].copy_from_slice(&left.to_le_bytes());
            frame[4..].copy_from_slice(&right.to_le_bytes());
        }
        writer.write_all(&self.bytes)?;
        Ok(())
    }

    /// Ends writing.
    pub(super) fn finish(&mut self) -> Result<(), RenderError> {
        if let Some(mut writer) = self.writer.take() {
            writer.flush()?;
        }
        Ok(())
    }

    /// Reads from the start; blocks have that many frames, the last one fewer.
    pub(super) fn read(&self, block_frames: usize) -> Result<ScratchReader, RenderError> {
        let file = BufReader::with_capacity(BUFFER_BYTES, File::open(&self.path)?);
        Ok(ScratchReader { file, bytes: vec![0; block_frames * FRAME_BYTES] })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is overwritten by the next render.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Reads a scratch file.
pub(super) struct ScratchReader {
    file: BufReader<File>,
    bytes: Vec<u8>,
}

impl ScratchReader {
    /// The next block; false at the end.
    pub(super) fn next(&mut self, block: &mut Planar) -> Result<bool, RenderError> {
        let mut len = 0;
        while len < self.bytes.len() {
            match self.file.read(&mut self.bytes[len..])? {
                0 => break,
                n => len += n,
            }
        }
        let frames = self.bytes[..len].chunks_exact(FRAME_BYTES);
        block.resize_with(2, Vec::new);
        let n = frames.len();
        for (side, channel) in block.iter_mut().enumerate() {
            channel.clear();
            let sample = |frame: &[u8]| {
                let at = side * 4;
                f32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]])
            };
            channel.extend(frames.clone().map(sample));
        }
        Ok(n > 0)
    }
}
