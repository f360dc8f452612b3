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

/// Longer blocks than this make the encoder slow.
const BLOCK_FRAMES: usize = 4096;

/// Streams an Ogg Vorbis file.
pub(super) struct VorbisSink {
    encoder: VorbisEncoder<BufWriter<File>>,
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
        let channels = u8::try_from(channels).ok().and_then(NonZeroU8::new).ok_or_else(refuse)?;
        let out = BufWriter::new(File::create(path)?);
        // The serial number tells streams of one file apart; a fixed one keeps equal renders equal.
        let mut builder = VorbisEncoderBuilder::new_with_serial(rate, channels, out, 1);
        builder.bitrate_management_strategy(VorbisBitrateManagementStrategy::QualityVbr { target_quality: quality });
        for (field, text) in tags.ogg_comments() {
            builder.comment_tag(field, text).map_err(encoder_error)?;
        }
        Ok(Self { encoder: builder.build().map_err(encoder_error)? })
    }
}

impl Encoder for VorbisSink {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        let len = block[0].len();
        for at in (0..len).step_by(BLOCK_FRAMES) {
            let end = (at + BLOCK_FRAMES).min(len);
            let part: Vec<&[f32]> = block.iter().map(|channel| &channel[at..end]).collect();
            self.encoder.encode_audio_block(&part).map_err(encoder_error)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Option<Measurement>, RenderError> {
        let out = self.encoder.finish().map_err(encoder_error)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(None)
    }
}
