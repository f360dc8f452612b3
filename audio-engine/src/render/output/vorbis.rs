//! Vorbis in Ogg.

use super::metadata::Tags;
use super::{Encoder, encoder_error};
use crate::measure::Measurement;
use crate::render::RenderError;
use std::fs::File;
use std::io::BufWriter;
use std::num::{NonZeroU8, NonZeroU32};
use std::path::Path;
use vorbis_rs::{VorbisBitrateManagementStrategy, VorbisEncoder, VorbisEncoderBuilder};

/// The encoder is fed so many at a time: where it changes its own blocks depends on how far it can look ahead, and
/// longer ones make it slow.
const BLOCK_FRAMES: usize = 4096;

/// Streams an Ogg Vorbis file.
pub(super) struct VorbisSink {
    encoder: VorbisEncoder<BufWriter<File>>,
    /// Not yet a whole block.
    waiting: Vec<Vec<f32>>,
}

impl VorbisSink {
    /// `quality` is 0 to 1, a tenth of what encoders call `-q`.
    pub(super) fn create(
        path: &Path,
        quality: f32,
        rate: u32,
        channels: usize,
        tags: &Tags,
    ) -> Result<Self, RenderError> {
        let refuse = || RenderError::Encoder { reason: "a rate and channels are needed".to_owned() };
        let rate = NonZeroU32::new(rate).ok_or_else(refuse)?;
        let waiting = vec![Vec::new(); channels];
        let channels = u8::try_from(channels).ok().and_then(NonZeroU8::new).ok_or_else(refuse)?;
        let out = BufWriter::new(File::create(path)?);
        // The serial number tells streams of one file apart; a fixed one keeps equal renders equal.
        let mut builder = VorbisEncoderBuilder::new_with_serial(rate, channels, out, 1);
        builder.bitrate_management_strategy(VorbisBitrateManagementStrategy::QualityVbr { target_quality: quality });
        for (field, text) in tags.ogg_comments() {
            builder.comment_tag(field, text).map_err(encoder_error)?;
        }
        Ok(Self { encoder: builder.build().map_err(encoder_error)?, waiting })
    }
}

impl Encoder for VorbisSink {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        for (waiting, channel) in self.waiting.iter_mut().zip(block) {
            waiting.extend_from_slice(channel);
        }
        let whole = self.waiting[0].len() / BLOCK_FRAMES * BLOCK_FRAMES;
        for at in (0..whole).step_by(BLOCK_FRAMES) {
            let part: Vec<&[f32]> = self.waiting.iter().map(|channel| &channel[at..at + BLOCK_FRAMES]).collect();
            self.encoder.encode_audio_block(&part).map_err(encoder_error)?;
        }
        for waiting in &mut self.waiting {
            waiting.drain(..whole);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Option<Measurement>, RenderError> {
        // An empty block would end the stream, and the encoder's own end would end it again.
        if !self.waiting[0].is_empty() {
            self.encoder.encode_audio_block(&self.waiting).map_err(encoder_error)?;
        }
        let out = self.encoder.finish().map_err(encoder_error)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(None)
    }
}
