//! Opus in Ogg (RFC 7845).

use super::metadata::Tags;
use super::ogg::OggWriter;
use super::{Encoder, encoder_error};
use crate::measure::Measurement;
use crate::render::RenderError;
use ropus::{Application, Bitrate, Channels};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// Opus runs at this rate whatever it is given.
const RATE_HZ: u32 = 48_000;
/// Frames of one packet: 20 ms.
const FRAME: usize = 960;
/// Frames that the encoder looks ahead, which players drop (6.5 ms).
const PRE_SKIP: u16 = 312;
/// Packets of one page: a second.
const PAGE_PACKETS: u64 = 50;
/// No packet of 20 ms is longer.
const MAX_PACKET_BYTES: usize = 4000;

/// Streams an Ogg Opus file.
pub(super) struct OpusSink {
    out: OggWriter<BufWriter<File>>,
    encoder: ropus::Encoder,
    channels: usize,
    /// Interleaved and not yet a whole packet.
    waiting: Vec<f32>,
    packet: Vec<u8>,
    packets: u64,
    frames: u64,
}

impl OpusSink {
    pub(super) fn create(path: &Path, kbps: u32, channels: usize, tags: &Tags) -> Result<Self, RenderError> {
        let count = if channels == 1 { Channels::Mono } else { Channels::Stereo };
        let encoder = ropus::Encoder::builder(RATE_HZ, count, Application::Audio)
            .bitrate(Bitrate::Bits(kbps * 1000))
            .complexity(10)
            .vbr(true)
            .build()
            .map_err(encoder_error)?;
        let mut out = OggWriter::new(BufWriter::new(File::create(path)?), 1);
        out.packet(&head(channels), 0)?;
        out.end_page()?;
        out.packet(&tags.opus_tags(), 0)?;
        out.end_page()?;
        let packet = vec![0; MAX_PACKET_BYTES];
        Ok(Self { out, encoder, channels, waiting: Vec::new(), packet, packets: 0, frames: 0 })
    }

    fn encode_waiting(&mut self) -> Result<(), RenderError> {
        let len = FRAME * self.channels;
        let mut at = 0;
        while self.waiting.len() - at >= len {
            let frame = &self.waiting[at..at + len];
            at += len;
            let bytes = self.encoder.encode_float(frame, &mut self.packet).map_err(encoder_error)?;
            if self.packets > 0 && self.packets.is_multiple_of(PAGE_PACKETS) {
                self.out.end_page()?;
            }
            self.packets += 1;
            // The last packet's position tells where the audio ends within it.
            let end = u64::from(PRE_SKIP) + self.frames;
            self.out.packet(&self.packet[..bytes], (self.packets * FRAME as u64).min(end))?;
        }
        self.waiting.drain(..at);
        Ok(())
    }
}

fn head(channels: usize) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.push(u8::try_from(channels).unwrap_or(2));
    head.extend_from_slice(&PRE_SKIP.to_le_bytes());
    head.extend_from_slice(&RATE_HZ.to_le_bytes());
    // No output gain; mapping family 0, which is mono or stereo.
    head.extend_from_slice(&[0, 0, 0]);
    head
}

impl Encoder for OpusSink {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        let len = block[0].len();
        self.frames += len as u64;
        self.waiting.reserve(len * self.channels);
        for i in 0..len {
            self.waiting.extend(block.iter().map(|channel| channel[i]));
        }
        self.encode_waiting()
    }

    fn finish(mut self: Box<Self>) -> Result<Option<Measurement>, RenderError> {
        // Silence behind the end until the look-ahead has given everything out.
        let needed = (self.frames + u64::from(PRE_SKIP)).div_ceil(FRAME as u64);
        let missing = usize::try_from(needed - self.packets).unwrap_or(0) * FRAME * self.channels;
        self.waiting.resize(missing, 0.0);
        self.encode_waiting()?;
        let out = self.out.finish()?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(None)
    }
}
