//! MP3 at constant and variable bit rates, in bounded memory.
//!
//! `rusty_mp3` was chosen over LAME for its licence (Apache-2.0 against LGPL) and because it needs no C compiler. Its
//! transforms, tables and tag are used; the masking model ([`psycho`]), the search for the finest step that fits
//! ([`rate`]), the counting of bits ([`huffman`]) and the streaming reservoir ([`frame`]) are our own: twice as
//! fast, in bounded memory, and free of environment variables that would change the bytes.

mod frame;
mod huffman;
mod layout;
mod psycho;
mod rate;
#[cfg(test)]
mod tests;

pub(super) use frame::BitRate;

use super::metadata::Tags;
use super::{Encoder, encoder_error};
use crate::measure::Measurement;
use crate::render::RenderError;
use frame::{FRAME, FrameEncoder};
use rusty_mp3::encode::lametag::{self, ENCODER_DELAY, TagInfo, TagStats};
use rusty_mp3::header::FrameHeader;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

/// Streams an MP3 file.
pub(super) struct Mp3Sink {
    out: BufWriter<File>,
    encoder: FrameEncoder,
    variable: bool,
    /// Samples of each channel that do not make a frame yet.
    waiting: Vec<Vec<f32>>,
    stats: TagStats,
    tag_header: FrameHeader,
    tag_at: u64,
    frames: u64,
}

impl Mp3Sink {
    pub(super) fn create(
        path: &Path,
        mode: BitRate,
        rate: u32,
        channels: usize,
        tags: &Tags,
    ) -> Result<Self, RenderError> {
        let count = u16::try_from(channels).unwrap_or(u16::MAX);
        let (kbps, variable) = match mode {
            BitRate::Constant(kbps) => (kbps, false),
            BitRate::Variable(_) => (128, true),
        };
        let header = rusty_mp3::encoder_header(rate, count, kbps).map_err(encoder_error)?;
        let tag_header = lametag::tag_header(&header);
        let stats = TagStats::new(tag_header.frame_size());
        let mut out = BufWriter::new(File::create(path)?);
        out.write_all(&tags.id3v2)?;
        // The encoder's own frame with delay and length comes first; it is completed at the end.
        let info = TagInfo { vbr: variable, delay: ENCODER_DELAY, padding: 0 };
        out.write_all(&lametag::tag_frame(&tag_header, &stats, &info))?;
        Ok(Self {
            out,
            encoder: FrameEncoder::new(&header, mode),
            variable,
            waiting: vec![Vec::new(); channels],
            stats,
            tag_header,
            tag_at: tags.id3v2.len() as u64,
            frames: 0,
        })
    }

    fn encode_waiting(&mut self) -> Result<(), RenderError> {
        let mut at = 0;
        while self.waiting[0].len() - at >= FRAME {
            let frame: Vec<&[f32]> = self.waiting.iter().map(|channel| &channel[at..at + FRAME]).collect();
            self.encoder.encode(&frame);
            at += FRAME;
            self.write_frames()?;
        }
        for channel in &mut self.waiting {
            channel.drain(..at);
        }
        Ok(())
    }

    fn write_frames(&mut self) -> Result<(), RenderError> {
        while let Some(frame) = self.encoder.next_frame() {
            self.stats.add_frame(&frame);
            self.out.write_all(&frame)?;
        }
        Ok(())
    }
}

impl Encoder for Mp3Sink {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        self.frames += block[0].len() as u64;
        for (waiting, channel) in self.waiting.iter_mut().zip(block) {
            waiting.extend_from_slice(channel);
        }
        self.encode_waiting()
    }

    /// Encodes the tail and completes the first frame, from which players learn what to trim.
    fn finish(mut self: Box<Self>) -> Result<Option<Measurement>, RenderError> {
        let total = lametag::frames_for(self.frames, ENCODER_DELAY, FRAME) * FRAME as u64;
        let missing = usize::try_from(total - self.frames).unwrap_or(0);
        for channel in &mut self.waiting {
            channel.resize(channel.len() + missing, 0.0);
        }
        self.encode_waiting()?;
        self.encoder.close();
        self.write_frames()?;
        let padding = usize::try_from(lametag::padding_for(self.frames, ENCODER_DELAY, FRAME)).unwrap_or(0);
        let info = TagInfo { vbr: self.variable, delay: ENCODER_DELAY, padding };
        let tag = lametag::tag_frame(&self.tag_header, &self.stats, &info);
        self.out.seek(SeekFrom::Start(self.tag_at))?;
        self.out.write_all(&tag)?;
        self.out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(None)
    }
}
