//! The coder against `rusty_mp3`'s decoder and its own encoder.

use super::frame::{BitRate, FRAME, FrameEncoder};
use super::huffman::{BitWriter, Spectrum};
use super::layout::Layout;
use super::rate::{self, Granule};
use crate::dsp::{Noise, narrow, sin_turns};
use crate::testing::{material, signal_to_noise_db};
use proptest::prelude::*;
use rusty_mp3::decode::{huffman as reader, sideinfo};
use rusty_mp3::encode::bitstream::region_capacity;
use rusty_mp3::encode::lametag::{DECODER_DELAY, ENCODER_DELAY};
use rusty_mp3::frame::{BlockType, GRANULE_LINES, GranuleSideInfo};
use rusty_mp3::header::FrameHeader;
use rusty_mp3::{Mp3Decoder, Mp3Encode, encoder_header};

const RATES: [u32; 3] = [32_000, 44_100, 48_000];

/// A layout with the windows that it is for.
fn layout(rate_hz: u32, kind: usize) -> (Layout, BlockType) {
    match kind {
        0 => (Layout::long(rate_hz, false), BlockType::Long),
        1 => (Layout::long(rate_hz, true), BlockType::Start),
        _ => (Layout::short(rate_hz), BlockType::Short),
    }
}

/// What the decoder reads of a granule, from `start` bits on.
fn read(rate_hz: u32, side: &GranuleSideInfo, start: usize, bytes: &[u8]) -> [i32; GRANULE_LINES] {
    let header = encoder_header(rate_hz, 1, 128).unwrap();
    let mut at = start;
    reader::decode(bytes, &mut at, usize::from(side.part2_3_length), &header, side).0
}

/// Levels as spectra have them: large ones below, ones above, then nothing.
fn levels() -> impl Strategy<Value = Vec<i32>> {
    (0..=288_usize, 0..=288_usize, prop_oneof![Just(1), Just(3), Just(9), Just(15), Just(40), Just(8191)])
        .prop_flat_map(|(large, small, most)| {
            (proptest::collection::vec(-most..=most, large), proptest::collection::vec(-1..=1_i32, small)).prop_map(
                |(mut large, small)| {
                    large.extend(small);
                    large.resize(GRANULE_LINES, 0);
                    large
                },
            )
        })
}

proptest! {
    #[test]
    fn bits_are_counted_as_they_are_written(levels in levels(), rate in 0..3_usize, kind in 0..3_usize) {
        let (layout, window) = layout(RATES[rate], kind);
        let mut spectrum = Spectrum::new();
        let mut lines = [0.0; GRANULE_LINES];
        for ((level, line), value) in spectrum.levels.iter_mut().zip(&mut lines).zip(&levels) {
            (*level, *line) = (value.unsigned_abs(), if *value < 0 { -1.0 } else { 1.0 });
        }
        spectrum.count(&layout);
        let (even, best) = (spectrum.divided_evenly(&layout), spectrum.divided_best(&layout));
        prop_assert!(best.bits() <= even.bits());
        for division in [even, best] {
            let mut writer = BitWriter::default();
            spectrum.write(&layout, &division, &lines, &mut writer);
            prop_assert_eq!(writer.bits(), division.bits() as usize);
            let side = GranuleSideInfo {
                part2_3_length: u16::try_from(writer.bits()).unwrap(),
                block_type: window,
                ..spectrum.side(&layout, &division)
            };
            prop_assert_eq!(read(RATES[rate], &side, 0, &writer.finish()).to_vec(), levels.clone());
        }
    }

    #[test]
    fn a_band_counted_anew_is_as_all_counted_anew(
        levels in levels(), band in 0..36_usize, kind in 0..3_usize, louder in 0..16_u32,
    ) {
        let (layout, _) = layout(44_100, kind);
        let band = band % layout.scaled();
        let mut spectrum = Spectrum::new();
        for (level, value) in spectrum.levels.iter_mut().zip(&levels) {
            *level = value.unsigned_abs();
        }
        spectrum.count(&layout);
        let division = spectrum.divided_best(&layout);
        let before = spectrum.levels;
        for changed in [before.map(|level| level + louder), before] {
            let lines = layout.edges[band]..layout.edges[band + 1];
            spectrum.levels[lines.clone()].copy_from_slice(&changed[lines]);
            let bits = spectrum.recount(&layout, band, &division).bits() as usize;
            let mut writer = BitWriter::default();
            let division = spectrum.recount(&layout, band, &division);
            spectrum.write(&layout, &division, &[1.0; GRANULE_LINES], &mut writer);
            prop_assert_eq!(writer.bits(), bits);
        }
        let mut whole = spectrum.clone();
        whole.count(&layout);
        let best = whole.divided_best(&layout).bits();
        prop_assert_eq!((best, spectrum.divided_best(&layout).bits()), (division.bits(), division.bits()));
    }

    #[test]
    fn a_granule_keeps_its_budget(
        seed in 0..u64::MAX, budget in 0..4096_u32, hint: u8, kind in 0..3_usize, octaves in -20..20_i32,
        decay in 0.97..1.0_f64,
    ) {
        let (layout, window) = layout(44_100, kind);
        let mut noise = Noise::new(seed);
        let mut slope = 2.0_f64.powi(octaves);
        let lines: [f32; GRANULE_LINES] = std::array::from_fn(|_| {
            slope *= decay;
            narrow(slope * noise.bipolar())
        });
        let thresholds: Vec<f32> = (0..layout.scaled()).map(|_| narrow(noise.bipolar().abs())).collect();
        let granule = Granule { layout: &layout, lines: &lines, thresholds: &thresholds, budget, hint };
        let mut writer = BitWriter::default();
        let side = rate::code(&granule).write(&granule, &mut writer);
        prop_assert!(writer.bits() <= budget as usize, "{} of {budget} bits", writer.bits());
        prop_assert_eq!(usize::from(side.part2_3_length), writer.bits());
        // What is told of the lengths of scalefactors leads the decoder to the lines.
        let scalefactors: u32 = (0..layout.scaled()).map(|b| layout.scalefactor_bits(side.scalefac_compress, b)).sum();
        let side = GranuleSideInfo { block_type: window, ..side };
        let told = read(44_100, &side, scalefactors as usize, &writer.finish());
        for (told, line) in told.iter().zip(&lines) {
            prop_assert!(*told == 0 || (*told < 0) == (*line < 0.0));
        }
    }
}

fn encode(header: &FrameHeader, mode: BitRate, signal: &[Vec<f32>]) -> Vec<Vec<u8>> {
    let mut encoder = FrameEncoder::new(header, mode);
    let mut frames = Vec::new();
    for at in (0..signal[0].len() / FRAME).map(|frame| frame * FRAME) {
        encoder.encode(&signal.iter().map(|channel| &channel[at..at + FRAME]).collect::<Vec<_>>());
        frames.extend(std::iter::from_fn(|| encoder.next_frame()));
    }
    encoder.close();
    frames.extend(std::iter::from_fn(|| encoder.next_frame()));
    frames
}

/// Decodes a stream and takes off what coder and decoder delay.
fn decode(stream: &[u8], channels: usize) -> Vec<Vec<f32>> {
    let mut reader = Mp3Decoder::new();
    reader.push(stream);
    reader.flush();
    let mut decoded = vec![Vec::new(); channels];
    while let Ok(frame) = reader.next_frame() {
        for (channel, decoded) in decoded.iter_mut().enumerate() {
            decoded.extend(frame.samples.iter().skip(channel).step_by(channels));
        }
    }
    for channel in &mut decoded {
        channel.drain(..(ENCODER_DELAY + DECODER_DELAY).min(channel.len()));
    }
    decoded
}

/// Cut to what was decoded, then compared.
fn kept_db(signal: &[Vec<f32>], decoded: &[Vec<f32>]) -> f64 {
    let cut: Vec<Vec<f32>> = signal.iter().map(|channel| channel[..decoded[0].len()].to_vec()).collect();
    signal_to_noise_db(&cut, decoded)
}

#[test]
fn streams_are_legal_and_no_worse_than_the_encoder_they_replace() {
    for (rate, channels, kbps) in
        RATES.into_iter().flat_map(|rate| [(rate, 1, 64), (rate, 2, 128), (rate, 2, 192), (rate, 2, 320)])
    {
        let case = format!("{rate} Hz, {channels} channels, {kbps} kbit/s");
        let signal = material(rate, channels, 150 * FRAME);
        let header = encoder_header(rate, u16::try_from(channels).unwrap(), kbps).unwrap();
        let frames = encode(&header, BitRate::Constant(kbps), &signal);
        assert_eq!(frames.len(), 150, "{case}");
        let (mut room, mut borrowed) = (0, false);
        for frame in &frames {
            let told = FrameHeader::parse(frame[..4].try_into().unwrap()).unwrap();
            assert_eq!((told.bitrate_kbps, told.sample_rate, frame.len()), (kbps, rate, header.frame_size()), "{case}");
            let side = sideinfo::parse(&told, &frame[4..]).unwrap();
            let begin = usize::from(side.main_data_begin);
            let bits: usize = side.granules.iter().flatten().map(|unit| usize::from(unit.part2_3_length)).sum();
            assert!(begin <= room && bits.div_ceil(8) <= begin + region_capacity(&told), "{case}");
            room = begin + region_capacity(&told) - bits.div_ceil(8);
            borrowed |= begin > 0;
        }
        assert_eq!(borrowed, kbps < 320, "{case}");
        let mut theirs = Mp3Encode::new();
        let mut stream = Vec::new();
        for at in (0..150).map(|frame| frame * FRAME) {
            let frame: Vec<&[f32]> = signal.iter().map(|channel| &channel[at..at + FRAME]).collect();
            if kbps < 320 {
                theirs.encode_frame_reservoir(&header, &frame, 0.2);
            } else {
                stream.extend(theirs.encode_frame(&header, &frame, None).unwrap());
            }
        }
        stream.extend(theirs.finish_reservoir());
        let ours = kept_db(&signal, &decode(&frames.concat(), channels));
        let theirs = kept_db(&signal, &decode(&stream, channels));
        assert!(ours >= theirs, "{case}: {ours:.2} dB, theirs {theirs:.2} dB");
    }
}

#[test]
fn variable_frames_stand_alone_and_stay_below_their_rate() {
    let signal = material(44_100, 2, 60 * FRAME);
    let header = encoder_header(44_100, 2, 128).unwrap();
    let mut kbps: Vec<u32> = Vec::new();
    for frame in encode(&header, BitRate::Variable(190.0), &signal) {
        let told = FrameHeader::parse(frame[..4].try_into().unwrap()).unwrap();
        assert_eq!(frame.len(), told.frame_size());
        assert_eq!(sideinfo::parse(&told, &frame[4..]).unwrap().main_data_begin, 0);
        kbps.push(told.bitrate_kbps);
    }
    assert!(kbps.iter().all(|kbps| *kbps <= 192) && kbps.contains(&192), "{kbps:?}");
}

#[test]
fn silence_noise_and_what_is_no_audio_make_legal_frames() {
    let header = encoder_header(44_100, 2, 128).unwrap();
    let mut noise = Noise::new(3);
    let mut signal = vec![vec![0.0_f32; 40 * FRAME]; 2];
    for channel in &mut signal {
        for (i, sample) in channel.iter_mut().enumerate().skip(5 * FRAME) {
            *sample = match i / FRAME {
                5..10 => narrow(noise.bipolar()),
                10 => f32::NAN,
                12 => 1e30,
                14 => f32::INFINITY,
                16..20 => 1e-30,
                30.. => narrow(0.3 * sin_turns(f64::from(u32::try_from(i % 100).unwrap()) / 100.0)),
                _ => 0.0,
            };
        }
    }
    let frames = encode(&header, BitRate::Constant(128), &signal);
    assert!(frames.len() == 40 && frames.iter().all(|frame| frame.len() == header.frame_size()));
    let decoded = decode(&frames.concat(), 2);
    let end: Vec<Vec<f32>> = decoded.iter().map(|channel| channel[32 * FRAME..38 * FRAME].to_vec()).collect();
    let wanted: Vec<Vec<f32>> = signal.iter().map(|channel| channel[32 * FRAME..38 * FRAME].to_vec()).collect();
    assert!(signal_to_noise_db(&wanted, &end) > 40.0, "what is no audio leaves no trace");
}
