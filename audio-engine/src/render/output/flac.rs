//! FLAC with dither, as a stream of frames.

use super::metadata::Tags;
use super::quantised::Quantised;
use super::{Encoder, encoder_error};
use crate::measure::Measurement;
use crate::render::{Dither, RenderError};
use flac_codec::encode::{FlacChannelWriter, Options};
use flac_codec::metadata::{Picture, PictureType};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// Streams a FLAC file and measures what was written.
pub(super) struct FlacSink {
    writer: FlacChannelWriter<BufWriter<File>>,
    samples: Quantised,
}

impl FlacSink {
    pub(super) fn create(
        path: &Path,
        bits: u16,
        rate: u32,
        channels: usize,
        dither: Dither,
        tags: &Tags,
    ) -> Result<Self, RenderError> {
        // No seek table: its size depends on a length that is not known yet. Players find their way by frame headers.
        let mut options = Options::default().no_padding().no_seektable();
        for (field, text) in &tags.comments {
            options = options.tag(field, text);
        }
        if let Some(cover) = &tags.cover {
            options = options.picture(Picture {
                picture_type: PictureType::FrontCover,
                media_type: cover.media_type.to_owned(),
                description: String::new(),
                width: cover.width,
                height: cover.height,
                color_depth: 24,
                colors_used: None,
                data: cover.bytes.clone(),
            });
        }
        let count = u8::try_from(channels).unwrap_or(u8::MAX);
        let out = BufWriter::new(File::create(path)?);
        let writer = FlacChannelWriter::new(out, options, rate, u32::from(bits), count, None).map_err(encoder_error)?;
        Ok(Self { writer, samples: Quantised::new(bits, rate, channels, dither) })
    }
}

impl Encoder for FlacSink {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        self.samples.take(block);
        self.writer.write(&self.samples.integers).map_err(encoder_error)
    }

    fn finish(self: Box<Self>) -> Result<Option<Measurement>, RenderError> {
        self.writer.finalize().map_err(encoder_error)?;
        Ok(Some(self.samples.finish()))
    }
}
