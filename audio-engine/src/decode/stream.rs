//! The decoder proper: packets in, blocks of planar samples out.

use super::aac::Replication;
use super::opus::OpusDecoder;
use super::pcm::Pcm;
use super::source::Source;
use super::{AudioSpec, Container, DecodeError, Limits, MAX_CHANNELS, SAMPLE_RATES_HZ, guard, mp4, rf64, sniff};
use crate::dsp::vectorised;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::LazyLock;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known as codec};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

/// Samples beyond this magnitude (+60 dBFS) can only come from damaged floating-point data.
const MAX_MAGNITUDE: f32 = 1000.0;
/// Packets without a single frame in a row before a stream counts as endless.
const MAX_IDLE_PACKETS: u32 = 100_000;

/// The library's own decoders, and Opus.
static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<OpusDecoder>();
    codecs
});

/// Streams an audio file as blocks of planar `f32`, full scale at ±1, in bounded memory.
pub struct Decoder {
    format: Box<dyn FormatReader>,
    codec: Box<dyn AudioDecoder>,
    /// Takes the codec's place where the samples merely lie there.
    pcm: Option<Pcm>,
    /// Of AAC alone.
    replication: Option<Replication>,
    track_id: u32,
    spec: AudioSpec,
    /// The length that the file promises, if it is exact.
    promised: Option<u64>,
    limits: Limits,
    skip: u64,
    keep: Option<u64>,
    cut: bool,
    block: Vec<Vec<f32>>,
    frames: u64,
    packets: u64,
    damaged: u64,
    /// The first block was decoded while opening and waits to be handed out.
    pending: bool,
    done: bool,
}

impl Decoder {
    /// Opens a file.
    ///
    /// # Errors
    /// The [`DecodeError`] that names what is wrong with the file.
    pub fn open(path: &Path) -> Result<Self, DecodeError> {
        Self::open_within(path, Limits::ENGINE)
    }

    /// Opens a file that must keep narrower limits.
    ///
    /// # Errors
    /// As [`Decoder::open`].
    pub fn open_within(path: &Path, limits: Limits) -> Result<Self, DecodeError> {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(DecodeError::Folder),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(DecodeError::Missing),
            _ => {}
        }
        let file = File::open(path).map_err(DecodeError::Io)?;
        guarded(|| Self::try_open(file, limits))
    }

    /// Opens any seekable source, such as `Cursor<Vec<u8>>`.
    ///
    /// # Errors
    /// As [`Decoder::open`].
    pub fn from_reader<R: Read + Seek + Send + Sync + 'static>(reader: R) -> Result<Self, DecodeError> {
        guarded(|| Self::try_open(reader, Limits::ENGINE))
    }

    fn try_open<R: Read + Seek + Send + Sync + 'static>(mut reader: R, limits: Limits) -> Result<Self, DecodeError> {
        let len = reader.seek(SeekFrom::End(0)).map_err(DecodeError::Io)?;
        if len == 0 {
            return Err(DecodeError::Empty);
        }
        if len > limits.bytes {
            return Err(DecodeError::TooLarge { bytes: len, limit: limits.bytes });
        }
        let container = sniff::sniff(&mut reader)?;
        let view = if sniff::is_rf64(&mut reader)? { Some(rf64::View::find(&mut reader, len)?) } else { None };
        let mut edit = if container == Container::M4a { mp4::read_edit(&mut reader)? } else { mp4::Edit::default() };
        let cut = container == Container::Ogg && sniff::ogg_ends_inside_page(&mut reader)?;
        let source = Source::new(reader, len, view);
        let source = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let mut hint = Hint::new();
        hint.with_extension(container.extension());
        let format = symphonia::default::get_probe()
            .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| open_error(error, cut))?;
        let track = format.default_track(TrackType::Audio).ok_or(DecodeError::Empty)?;
        let params = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or(DecodeError::Empty)?;
        // Without an encoder's own header the length of raw frames is a guess from their size, and must not trim anything.
        let guessed = container == Container::Adts || container == Container::Mp3 && track.delay.is_none();
        if params.codec == codec::CODEC_ID_OPUS {
            edit.skip = u64::from(track.delay.unwrap_or(0));
        }
        if params.codec == codec::CODEC_ID_AAC && params.extra_data.as_deref().is_some_and(mp4::is_high_efficiency) {
            return Err(DecodeError::UnsupportedCodec { codec: "HE-AAC".to_owned() });
        }
        // Telephone codecs decode in some containers and not in others; none belongs here.
        if [codec::CODEC_ID_PCM_ALAW, codec::CODEC_ID_PCM_MULAW].contains(&params.codec) {
            return Err(DecodeError::UnsupportedCodec { codec: codec_name(params) });
        }
        check_codec_channels(params)?;
        let decoder =
            CODECS.make_audio_decoder(params, &AudioDecoderOptions::default().gapless(!guessed)).map_err(|error| {
                match error {
                    Symphonia::Unsupported(_) => DecodeError::UnsupportedCodec { codec: codec_name(params) },
                    other => open_error(other, cut),
                }
            })?;
        let stated = view.map(|view| view.frames).or(track.num_frames.filter(|_| !guessed));
        let promised = match (edit.keep, stated) {
            (Some(keep), Some(stated)) => Some(keep.min(stated.saturating_sub(edit.skip))),
            (None, Some(stated)) => Some(stated.saturating_sub(edit.skip)),
            _ => None,
        };
        let pcm = Pcm::of(params);
        let replication = (params.codec == codec::CODEC_ID_AAC).then(|| Replication::of(params));
        let mut opened = Self {
            track_id: track.id,
            spec: AudioSpec {
                format: container,
                codec: codec_name(params),
                sample_rate_hz: params.sample_rate.unwrap_or(0),
                channels: params.channels.as_ref().map_or(0, symphonia::core::audio::Channels::count),
                bits_per_sample: params.bits_per_sample.filter(|_| !is_lossy(params)),
                frames: promised,
            },
            format,
            codec: decoder,
            pcm,
            replication,
            promised,
            limits,
            skip: edit.skip,
            keep: edit.keep,
            cut,
            block: Vec::new(),
            frames: 0,
            packets: 0,
            damaged: 0,
            pending: false,
            done: false,
        };
        opened.learn_from_first_packet()?;
        Ok(opened)
    }

    /// Some containers leave rate or channels to the codec's own headers: decode until the first block tells.
    fn learn_from_first_packet(&mut self) -> Result<(), DecodeError> {
        if self.spec.sample_rate_hz != 0 {
            check_rate(self.spec.sample_rate_hz)?;
        }
        if self.spec.channels != 0 {
            check_channels(self.spec.channels)?;
        }
        self.check_length(self.promised.unwrap_or(0))?;
        let lossless = self.spec.bits_per_sample.is_some();
        if !lossless || self.spec.sample_rate_hz == 0 || self.spec.channels == 0 {
            // What the decoder gives wins: AAC headers may state half the rate or a different layout.
            self.pending = self.decode_packet()?;
            self.done = !self.pending;
        }
        check_rate(self.spec.sample_rate_hz)?;
        check_channels(self.spec.channels)
    }

    /// What the file says about itself.
    pub fn spec(&self) -> &AudioSpec {
        &self.spec
    }

    /// Packets of a lossy stream that were replaced by silence so far.
    pub fn damaged_packets(&self) -> u64 {
        self.damaged
    }

    /// The next block: one slice per channel, all of the same length, at least one frame; `None` at the end.
    ///
    /// # Errors
    /// The [`DecodeError`] that names what is wrong with the stream.
    pub fn next_block(&mut self) -> Result<Option<&[Vec<f32>]>, DecodeError> {
        let found = guarded(|| self.advance())?;
        Ok(found.then_some(self.block.as_slice()))
    }

    fn advance(&mut self) -> Result<bool, DecodeError> {
        loop {
            let pending = std::mem::take(&mut self.pending);
            if !pending && (self.done || !self.decode_packet()?) {
                self.done = true;
                return self.finish().map(|()| false);
            }
            self.trim();
            let frames = self.block.first().map_or(0, Vec::len) as u64;
            if frames > 0 {
                self.frames += frames;
                self.check_length(self.frames)?;
                return Ok(true);
            }
        }
    }

    /// Decodes one packet into `block`; false at the end of the stream.
    fn decode_packet(&mut self) -> Result<bool, DecodeError> {
        for _ in 0..MAX_IDLE_PACKETS {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(false),
                // Another stream begins behind the first. What it holds must not be missed without a word.
                Err(Symphonia::ResetRequired) => {
                    return Err(DecodeError::UnsupportedCodec { codec: "several streams in a chain".to_owned() });
                }
                Err(Symphonia::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => return Err(stream_error(error)),
            };
            if packet.track_id != self.track_id {
                continue;
            }
            self.packets += 1;
            if let Some(replication) = &mut self.replication {
                replication.refuse(&packet.data)?;
            }
            if let Some(pcm) = self.pcm {
                pcm.unpack(&packet.data, &mut self.block);
            } else if self.decode_coded(&packet)? {
                self.replace_by_silence(packet.dur.get())?;
            }
            if !self.block.iter().all(|channel| is_sound(channel)) {
                return Err(corrupt("samples that are not numbers"));
            }
            if self.block.first().is_some_and(|c| !c.is_empty()) {
                return Ok(true);
            }
        }
        Err(corrupt("packets without audio"))
    }

    /// Decodes a packet into `block`; true if it is damaged.
    fn decode_coded(&mut self, packet: &Packet) -> Result<bool, DecodeError> {
        match self.codec.decode(packet) {
            Ok(audio) => {
                let (rate, channels) = (audio.spec().rate(), audio.spec().channels().count());
                if audio.frames() > 0 {
                    let same = rate == self.spec.sample_rate_hz && channels == self.spec.channels;
                    if self.frames > 0 && !same {
                        return Err(corrupt("the sample rate or channel count changes within the stream"));
                    }
                    check_rate(rate)?;
                    check_channels(channels)?;
                    self.spec.sample_rate_hz = rate;
                    self.spec.channels = channels;
                }
                audio.copy_to_vecs_planar(&mut self.block);
                Ok(false)
            }
            Err(Symphonia::DecodeError(reason)) => {
                if self.spec.bits_per_sample.is_some() {
                    return Err(corrupt(reason));
                }
                Ok(true)
            }
            Err(Symphonia::IoError(_)) => Ok(true),
            Err(error) => Err(stream_error(error)),
        }
    }

    fn replace_by_silence(&mut self, frames: u64) -> Result<(), DecodeError> {
        self.damaged += 1;
        if self.damaged > 3 + self.packets / 100 {
            return Err(corrupt("too many packets cannot be decoded"));
        }
        let frames = usize::try_from(frames.min(8192)).unwrap_or(0);
        self.block.resize_with(self.spec.channels.clamp(1, MAX_CHANNELS), Vec::new);
        for channel in &mut self.block {
            channel.clear();
            channel.resize(frames, 0.0);
        }
        Ok(())
    }

    /// Applies the container's edit: drops the encoder's delay and what lies behind the stated end.
    fn trim(&mut self) {
        let len = self.block.first().map_or(0, Vec::len) as u64;
        let drop = self.skip.min(len);
        self.skip -= drop;
        let room = self.keep.map_or(u64::MAX, |keep| keep.saturating_sub(self.frames));
        let end = len.min(drop.saturating_add(room));
        for channel in &mut self.block {
            channel.truncate(usize::try_from(end).unwrap_or(0));
            channel.drain(..usize::try_from(drop).unwrap_or(0));
        }
    }

    fn check_length(&self, frames: u64) -> Result<(), DecodeError> {
        if frames > self.limits.seconds * u64::from(self.spec.sample_rate_hz.max(*SAMPLE_RATES_HZ.start())) {
            return Err(DecodeError::TooLong { limit_s: self.limits.seconds });
        }
        Ok(())
    }

    /// At the end: was there anything, and all of it?
    fn finish(&self) -> Result<(), DecodeError> {
        let truncated = DecodeError::Truncated { expected_frames: self.promised, found_frames: self.frames };
        // The others state lengths that may count a few codec frames of padding.
        let exact = matches!(self.spec.format, Container::Wav | Container::Aiff | Container::Flac);
        let slack = if exact { 0 } else { 4 * 2048 };
        if self.promised.is_some_and(|promised| self.frames + slack < promised) || self.cut {
            return Err(truncated);
        }
        if self.frames == 0 {
            return Err(DecodeError::Empty);
        }
        Ok(())
    }
}

/// True if every sample is a number within bounds; what is no number compares as false.
fn is_sound(samples: &[f32]) -> bool {
    vectorised(
        #[inline(always)]
        || samples.chunks(256).all(|chunk| chunk.iter().fold(true, |sound, x| sound & (x.abs() <= MAX_MAGNITUDE))),
    )
}

/// Runs a codec, turning a panic inside it into an error.
fn guarded<T>(work: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    guard::guarded(work).unwrap_or_else(|| Err(corrupt("the decoder gave up")))
}

fn check_rate(sample_rate_hz: u32) -> Result<(), DecodeError> {
    if SAMPLE_RATES_HZ.contains(&sample_rate_hz) { Ok(()) } else { Err(DecodeError::SampleRate { sample_rate_hz }) }
}

fn check_channels(channels: usize) -> Result<(), DecodeError> {
    if (1..=MAX_CHANNELS).contains(&channels) { Ok(()) } else { Err(DecodeError::Channels { channels }) }
}

/// Refuses what the decoders do not know, by its channels.
fn check_codec_channels(params: &AudioCodecParameters) -> Result<(), DecodeError> {
    let most = match params.codec {
        codec::CODEC_ID_AAC | codec::CODEC_ID_OPUS => 2,
        // The decoder gives something else for a stream with an LFE channel, which those of six and more have.
        codec::CODEC_ID_VORBIS => 5,
        _ => MAX_CHANNELS,
    };
    let channels = params.channels.as_ref().map_or(0, symphonia::core::audio::Channels::count);
    if channels <= most {
        return Ok(());
    }
    Err(if most == MAX_CHANNELS {
        DecodeError::Channels { channels }
    } else {
        DecodeError::CodecChannels { codec: codec_name(params), channels, most }
    })
}

fn corrupt(reason: &str) -> DecodeError {
    DecodeError::Corrupt { reason: reason.to_owned() }
}

fn open_error(error: Symphonia, cut: bool) -> DecodeError {
    match error {
        Symphonia::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => {
            DecodeError::Truncated { expected_frames: None, found_frames: 0 }
        }
        _ if cut => DecodeError::Truncated { expected_frames: None, found_frames: 0 },
        other => stream_error(other),
    }
}

fn stream_error(error: Symphonia) -> DecodeError {
    match error {
        Symphonia::IoError(error) => DecodeError::Io(error),
        Symphonia::Unsupported(feature) => DecodeError::UnsupportedCodec { codec: feature.to_owned() },
        Symphonia::DecodeError(reason) | Symphonia::LimitError(reason) => corrupt(reason),
        _ => corrupt("the stream cannot be followed"),
    }
}

fn is_lossy(params: &AudioCodecParameters) -> bool {
    [
        codec::CODEC_ID_MP1,
        codec::CODEC_ID_MP2,
        codec::CODEC_ID_MP3,
        codec::CODEC_ID_AAC,
        codec::CODEC_ID_VORBIS,
        codec::CODEC_ID_OPUS,
    ]
    .contains(&params.codec)
}

fn codec_name(params: &AudioCodecParameters) -> String {
    match params.codec {
        codec::CODEC_ID_PCM_ALAW => return "A-law".to_owned(),
        codec::CODEC_ID_PCM_MULAW => return "µ-law".to_owned(),
        _ => (),
    }
    if let Some(known) = CODECS.get_audio_decoder(params.codec) {
        return known.codec.info.short_name.to_owned();
    }
    let named = [
        (codec::CODEC_ID_SPEEX, "Speex"),
        (codec::CODEC_ID_AC3, "AC-3"),
        (codec::CODEC_ID_ADPCM_MS, "Microsoft ADPCM"),
        (codec::CODEC_ID_ADPCM_IMA_WAV, "IMA ADPCM"),
        (codec::CODEC_ID_MP1, "MPEG layer I"),
        (codec::CODEC_ID_MP2, "MPEG layer II"),
    ];
    let found = named.iter().find(|(id, _)| *id == params.codec);
    found.map_or_else(|| "an unknown codec".to_owned(), |(_, name)| (*name).to_owned())
}
