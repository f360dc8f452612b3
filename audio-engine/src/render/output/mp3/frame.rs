//! From samples to frames: filter bank and windows by `rusty_mp3`, masking, budgets, and the bit reservoir.

use super::huffman::BitWriter;
use super::layout::Layout;
use super::psycho::{Masking, Model, WINDOW};
use super::rate::{self, Granule};
use rusty_mp3::encode::{antialias, bitstream, filterbank, mdct, psychoacoustic, shortblock, stereo};
use rusty_mp3::frame::{BlockType, ChannelMode, GRANULE_LINES, GranuleSideInfo, SideInfo};
use rusty_mp3::header::FrameHeader;
use rusty_mp3::tables::BITRATE_V1_L3;
use std::collections::VecDeque;
use std::f32::consts::FRAC_1_SQRT_2;

/// Granules of a frame.
const GRANULES: usize = 2;
/// Samples of a frame.
pub(super) const FRAME: usize = GRANULES * GRANULE_LINES;
/// How far back a frame's data may begin, in bytes.
const MAX_BEGIN: usize = 511;
/// The most bits that a granule's length field can tell.
const MAX_GRANULE_BITS: f32 = 4095.0;
/// How strongly a frame's demand moves its budget.
const RESERVOIR_GAIN: f32 = 0.2;
/// The least share of its own bits that a frame gets.
const LEAST_SHARE: f32 = 0.7;
/// How fast the mean demand follows.
const DEMAND_SMOOTHING: f32 = 0.1;
/// Above this rate every frame stands alone: there is nothing left to gain from a reservoir.
const MAX_RESERVOIR_KBPS: u32 = 256;

/// Where the first granule's spectrum begins among the samples heard: centred on its transform, which overlaps with the
/// granule before and lags by the filter bank's 240 samples.
const FIRST_WINDOW: usize = WINDOW - 240 - WINDOW / 2;

/// How the bit rate is ruled.
#[derive(Debug, Clone, Copy)]
pub(in crate::render::output) enum BitRate {
    /// The same for every frame, in kbit/s.
    Constant(u32),
    /// As each frame needs, around that average in kbit/s.
    Variable(f32),
}

/// One channel's memory.
struct Channel {
    fifo: [f32; 512],
    overlap: [f32; GRANULE_LINES],
    /// The last samples before the frame, then the frame.
    heard: [f32; WINDOW + FRAME],
    /// The gain of the granule before.
    gain: u8,
}

/// An encoder of MPEG-1 frames.
pub(super) struct FrameEncoder {
    header: FrameHeader,
    /// The bits of a frame's own main data, by the rate aimed at.
    base_bits: usize,
    variable: bool,
    channels: Vec<Channel>,
    model: Model,
    layouts: [Layout; 3],
    window: BlockType,
    mean_demand: Option<f32>,
    stream: Stream,
}

impl FrameEncoder {
    pub(super) fn new(header: &FrameHeader, mode: BitRate) -> Self {
        let channel =
            || Channel { fifo: [0.0; 512], overlap: [0.0; GRANULE_LINES], heard: [0.0; WINDOW + FRAME], gain: 210 };
        let rate = header.sample_rate;
        let mut aimed = header.clone();
        if let BitRate::Variable(kbps) = mode {
            aimed.bitrate_kbps = smallest_rate(|allowed| f64::from(allowed) >= f64::from(kbps));
        }
        let variable = matches!(mode, BitRate::Variable(_));
        let reservoir = !variable && header.bitrate_kbps <= MAX_RESERVOIR_KBPS;
        Self {
            base_bits: bitstream::region_capacity(&aimed) * 8,
            variable,
            channels: (0..header.channel_mode.channels()).map(|_| channel()).collect(),
            model: Model::new(rate),
            layouts: [Layout::long(rate, false), Layout::long(rate, true), Layout::short(rate)],
            window: BlockType::Long,
            mean_demand: None,
            stream: Stream::new(if reservoir { MAX_BEGIN } else { 0 }),
            header: header.clone(),
        }
    }

    /// Encodes [`FRAME`] samples of each channel. What is complete then comes by [`Self::next_frame`].
    pub(super) fn encode(&mut self, frame: &[&[f32]]) {
        for (channel, samples) in self.channels.iter_mut().zip(frame) {
            channel.heard.copy_within(FRAME.., 0);
            channel.heard[WINDOW..].copy_from_slice(samples);
        }
        let mid_side = frame.len() == 2 && stereo::prefer_mid_side(frame[0], frame[1]);
        let mut header = self.header.clone();
        if frame.len() == 2 {
            header.channel_mode = ChannelMode::JointStereo { ms_stereo: mid_side, intensity_stereo: false };
        }
        let windows = self.choose_windows(frame);
        let lines = self.transform(frame, windows, mid_side);
        let masking = self.listen(mid_side);
        let budget = self.budget(&masking);
        let (side, main) = self.quantise(windows, &lines, &masking, mid_side, budget);
        if self.variable {
            header.bitrate_kbps = smallest_rate(|kbps| {
                bitstream::region_capacity(&FrameHeader { bitrate_kbps: kbps, ..header.clone() }) >= main.len()
            });
        }
        self.stream.push(&header, side, &main);
    }

    /// The next complete frame.
    pub(super) fn next_frame(&mut self) -> Option<Vec<u8>> {
        self.stream.pop()
    }

    /// Completes the frames that wait for more.
    pub(super) fn close(&mut self) {
        self.stream.close();
    }

    /// The window of each granule: short ones at attacks, in any channel.
    fn choose_windows(&mut self, frame: &[&[f32]]) -> [BlockType; GRANULES] {
        let attacks: [bool; GRANULES] = std::array::from_fn(|granule| {
            frame.iter().any(|samples| psychoacoustic::detect_attack(&samples[granule * GRANULE_LINES..]))
        });
        let (windows, last) = shortblock::decide_block_types(self.window, &attacks);
        self.window = last;
        [windows[0], windows[1]]
    }

    /// The lines of each granule and channel in turn.
    fn transform(
        &mut self,
        frame: &[&[f32]],
        windows: [BlockType; GRANULES],
        mid_side: bool,
    ) -> Vec<[f32; GRANULE_LINES]> {
        let mut units = Vec::with_capacity(GRANULES * frame.len());
        for (granule, window) in windows.into_iter().enumerate() {
            let side = GranuleSideInfo {
                window_switching: window != BlockType::Long,
                block_type: window,
                ..GranuleSideInfo::default()
            };
            let first = units.len();
            for (channel, samples) in self.channels.iter_mut().zip(frame) {
                let subbands = filterbank::analyze(&samples[granule * GRANULE_LINES..], &mut channel.fifo);
                let mut lines = mdct::forward(&subbands, window, &mut channel.overlap);
                antialias::expand(&side, &mut lines);
                units.push(lines);
            }
            if let [left, right] = &mut units[first..]
                && mid_side
            {
                // Of the lines rather than the samples: the transforms overlap with the frame before, which may differ.
                for (left, right) in left.iter_mut().zip(right) {
                    (*left, *right) = ((*left + *right) * FRAC_1_SQRT_2, (*left - *right) * FRAC_1_SQRT_2);
                }
            }
            if window == BlockType::Short {
                for lines in &mut units[first..] {
                    *lines = shortblock::reorder_subband_to_bitstream(self.header.sample_rate, lines);
                }
            }
        }
        units
    }

    /// What each granule and channel in turn can hide.
    fn listen(&mut self, mid_side: bool) -> Vec<Masking> {
        let mut heard: Vec<_> = self.channels.iter().map(|channel| channel.heard).collect();
        if let [left, right] = &mut heard[..]
            && mid_side
        {
            for (left, right) in left.iter_mut().zip(right) {
                (*left, *right) = ((*left + *right) * FRAC_1_SQRT_2, (*left - *right) * FRAC_1_SQRT_2);
            }
        }
        let count = heard.len();
        let unit = |index: usize| {
            let start = FIRST_WINDOW + index / count * GRANULE_LINES;
            &heard[index % count][start..start + WINDOW]
        };
        (0..GRANULES * count).step_by(2).flat_map(|index| self.model.listen([unit(index), unit(index + 1)])).collect()
    }

    /// The frame's bits: a frame that asks for more than the mean draws on the reservoir, one that asks for less fills it.
    fn budget(&mut self, masking: &[Masking]) -> usize {
        let demand: f32 = masking.iter().map(|masking| masking.entropy).sum();
        if !demand.is_finite() {
            return self.base_bits;
        }
        let mean = self.mean_demand.unwrap_or(demand);
        self.mean_demand = Some(mean + DEMAND_SMOOTHING * (demand - mean));
        if self.stream.max_begin == 0 {
            return self.base_bits;
        }
        let factor = (1.0 + RESERVOIR_GAIN * (demand / mean - 1.0)).max(LEAST_SHARE);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousand bits")]
        let wanted = (narrow_bits(self.base_bits) * factor) as usize;
        wanted.min(self.base_bits + self.stream.banked() * 8)
    }

    /// How the frame's bits go to its granules and channels: half of them evenly, half by demand. Noise of middle and
    /// side sounds left and right alike, so both are held to one threshold, lest the side take as much as the middle.
    fn shares(&self, masking: &[Masking], mid_side: bool) -> Vec<f32> {
        let mut demands: Vec<f32> = masking.iter().map(|masking| masking.entropy).collect();
        if mid_side {
            for (demands, pair) in demands.chunks_exact_mut(2).zip(masking.chunks_exact(2)) {
                let common = std::array::from_fn(|band| (pair[0].thresholds[band] * pair[1].thresholds[band]).sqrt());
                for (demand, masking) in demands.iter_mut().zip(pair) {
                    *demand = self.model.entropy(&masking.energies, &common);
                }
            }
        }
        let all: f32 = demands.iter().sum();
        let even = narrow_bits(demands.len()).recip();
        demands.iter().map(|demand| 0.5 * (demand / all + even)).collect()
    }

    /// Codes all lines within the budget: side information, and main data of whole bytes.
    fn quantise(
        &mut self,
        windows: [BlockType; GRANULES],
        lines: &[[f32; GRANULE_LINES]],
        masking: &[Masking],
        mid_side: bool,
        budget: usize,
    ) -> (SideInfo, Vec<u8>) {
        let mut side = SideInfo::default();
        let mut writer = BitWriter::default();
        let mut left = narrow_bits(budget);
        let shares = self.shares(masking, mid_side);
        let count = self.channels.len();
        for (index, (lines, masking)) in lines.iter().zip(masking).enumerate() {
            let (window, channel) = (windows[index / count], &mut self.channels[index % count]);
            let layout = match window {
                BlockType::Long => &self.layouts[0],
                BlockType::Start | BlockType::Stop => &self.layouts[1],
                BlockType::Short => &self.layouts[2],
            };
            let least = |bands: &std::ops::Range<usize>| {
                masking.thresholds[bands.clone()].iter().copied().fold(f32::INFINITY, f32::min)
            };
            let thresholds: Vec<f32> = layout.masking.iter().map(least).collect();
            // What one leaves goes to the next.
            let budget = (left / shares[index..].iter().sum::<f32>() * shares[index]).min(MAX_GRANULE_BITS);
            let start = writer.bits();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 4095")]
            let budget = budget as u32;
            let granule = Granule { layout, lines, thresholds: &thresholds, budget, hint: channel.gain };
            let coded = rate::code(&granule);
            channel.gain = coded.gain;
            side.granules[index / count][index % count] =
                GranuleSideInfo { block_type: window, ..coded.write(&granule, &mut writer) };
            left -= narrow_bits(writer.bits() - start);
        }
        (side, writer.finish())
    }
}

/// Some thousand bits as a number.
#[expect(clippy::cast_precision_loss, reason = "far below 2^23")]
fn narrow_bits(bits: usize) -> f32 {
    bits as f32
}

/// The lowest rate of MPEG-1 that serves, in kbit/s; the highest if none does.
fn smallest_rate(serves: impl Fn(u32) -> bool) -> u32 {
    BITRATE_V1_L3[1..15].iter().copied().find(|kbps| serves(*kbps)).unwrap_or(320)
}

/// Frames whose main data flows into the room that earlier ones left: the bit reservoir.
struct Stream {
    /// How far back a frame's data may begin, in bytes.
    max_begin: usize,
    /// Headers with side information that wait for their main data, each with the room for it.
    waiting: VecDeque<(Vec<u8>, usize)>,
    /// Room of all that wait.
    room: usize,
    /// Main data from the first of them on.
    main: Vec<u8>,
}

impl Stream {
    const fn new(max_begin: usize) -> Self {
        Self { max_begin, waiting: VecDeque::new(), room: 0, main: Vec::new() }
    }

    /// Bytes that the next frame may take beyond its own room.
    fn banked(&self) -> usize {
        (self.room - self.main.len()).min(self.max_begin)
    }

    fn push(&mut self, header: &FrameHeader, mut side: SideInfo, main: &[u8]) {
        let begin = self.banked();
        // What lies further back than can be told is stuffed.
        self.main.resize(self.room - begin, 0);
        side.main_data_begin = u16::try_from(begin).unwrap_or(0);
        let mut head = header.to_bytes().to_vec();
        head.extend(bitstream::serialize_side_info(header, &side));
        let room = bitstream::region_capacity(header);
        self.waiting.push_back((head, room));
        self.room += room;
        debug_assert!(main.len() <= begin + room, "{} bytes of main data for {}", main.len(), begin + room);
        self.main.extend_from_slice(main);
    }

    fn pop(&mut self) -> Option<Vec<u8>> {
        let (_, room) = self.waiting.front()?;
        if self.main.len() < *room {
            return None;
        }
        let (mut frame, room) = self.waiting.pop_front()?;
        frame.extend(self.main.drain(..room));
        self.room -= room;
        Some(frame)
    }

    fn close(&mut self) {
        self.main.resize(self.room, 0);
    }
}
