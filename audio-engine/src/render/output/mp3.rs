//! MP3 at constant and variable bit rates, in bounded memory.
//!
//! `rusty_mp3` was chosen over LAME for its licence (Apache-2.0 against LGPL) and because it needs no C compiler. Its
//! stream encoder keeps a whole file until the end, so its frame encoder is driven here, and the bit reservoir is closed
//! every [`SEGMENT_FRAMES`].

use super::metadata::Tags;
use super::{Encoder, encoder_error};
use crate::measure::Measurement;
use crate::render::RenderError;
use rusty_mp3::Mp3Encode;
use rusty_mp3::encode::lametag::{self, ENCODER_DELAY, TagInfo, TagStats};
use rusty_mp3::header::FrameHeader;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

/// Frames between two closings of the bit reservoir: 27 s at 44.1 kHz.
const SEGMENT_FRAMES: usize = 1024;
/// How strongly a frame's demand moves its budget; the encoder's own tuned value.
const RESERVOIR_GAIN: f32 = 0.2;
/// Above this rate every frame stands alone: there is nothing left to gain from a reservoir.
const MAX_RESERVOIR_KBPS: u32 = 256;

/// How the bit rate is ruled.
#[derive(Debug, Clone, Copy)]
pub(super) enum BitRate {
    /// The same for every frame, in kbit/s.
    Constant(u32),
    /// As each frame needs, around that average in kbit/s.
    Variable(f32),
}

/// Streams an MP3 file.
pub(super) struct Mp3Sink {
    out: BufWriter<File>,
    encoder: Mp3Encode,
    header: FrameHeader,
    reservoir: bool,
    /// The average rate to aim at, in kbit/s, if the rate may vary.
    variable: Option<f32>,
    waiting: Vec<Vec<f32>>,
    banked: usize,
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
            BitRate::Constant(kbps) => (kbps, None),
            BitRate::Variable(target) => (128, Some(target)),
        };
        let header = rusty_mp3::encoder_header(rate, count, kbps).map_err(encoder_error)?;
        let tag_header = lametag::tag_header(&header);
        let stats = TagStats::new(tag_header.frame_size());
        let mut out = BufWriter::new(File::create(path)?);
        out.write_all(&tags.id3v2)?;
        // The encoder's own frame with delay and length comes first; it is completed at the end.
        let info = TagInfo { vbr: variable.is_some(), delay: ENCODER_DELAY, padding: 0 };
        out.write_all(&lametag::tag_frame(&tag_header, &stats, &info))?;
        Ok(Self {
            out,
            encoder: Mp3Encode::new(),
            header,
            reservoir: variable.is_none() && kbps <= MAX_RESERVOIR_KBPS,
            variable,
            waiting: vec![Vec::new(); channels],
            banked: 0,
            stats,
            tag_header,
            tag_at: tags.id3v2.len() as u64,
            frames: 0,
        })
    }

    fn encode_waiting(&mut self) -> Result<(), RenderError> {
        let len = self.header.version.samples_per_frame();
        let mut at = 0;
        while self.waiting[0].len() - at >= len {
            let frame: Vec<&[f32]> = self.waiting.iter().map(|channel| &channel[at..at + len]).collect();
            at += len;
            if self.reservoir {
                self.encoder.encode_frame_reservoir(&self.header, &frame, RESERVOIR_GAIN);
                self.banked += 1;
                if self.banked == SEGMENT_FRAMES {
                    self.close_segment()?;
                }
            } else {
                let encoded = self.encoder.encode_frame(&self.header, &frame, self.variable).map_err(encoder_error)?;
                self.stats.add_frame(&encoded);
                self.out.write_all(&encoded)?;
            }
        }
        for channel in &mut self.waiting {
            channel.drain(..at);
        }
        Ok(())
    }

    fn close_segment(&mut self) -> Result<(), RenderError> {
        self.banked = 0;
        let stream = self.encoder.finish_reservoir();
        for frame in stream.chunks(self.header.frame_size()) {
            self.stats.add_frame(frame);
        }
        self.out.write_all(&stream)?;
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
        let len = self.header.version.samples_per_frame();
        let total = lametag::frames_for(self.frames, ENCODER_DELAY, len) * len as u64;
        let missing = usize::try_from(total - self.frames).unwrap_or(0);
        for channel in &mut self.waiting {
            channel.resize(channel.len() + missing, 0.0);
        }
        self.encode_waiting()?;
        if self.reservoir {
            self.close_segment()?;
        }
        let padding = usize::try_from(lametag::padding_for(self.frames, ENCODER_DELAY, len)).unwrap_or(0);
        let info = TagInfo { vbr: self.variable.is_some(), delay: ENCODER_DELAY, padding };
        let tag = lametag::tag_frame(&self.tag_header, &self.stats, &info);
        self.out.seek(SeekFrom::Start(self.tag_at))?;
        self.out.write_all(&tag)?;
        self.out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(None)
    }
}
