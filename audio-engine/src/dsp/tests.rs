//! Every processor against what theory says of it.

use super::*;
use crate::render::{
    Band, BandShape, Clipper, Compressor, Convolution, Cut, DeEsser, Delay, Equaliser, Gate, Multiband, MultibandBand,
    Reverb, Saturation, Slope, Time, Width,
};
use proptest::prelude::*;
use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2, TAU};

const RATE: f64 = 48_000.0;

fn make(parameters: &Processor) -> Box<dyn Process> {
    make_with(parameters, &[])
}

fn make_with(parameters: &Processor, response: &[Vec<f32>]) -> Box<dyn Process> {
    processor(parameters, &Surroundings { rate: RATE, tempo_bpm: Some(120.0), response })
}

/// Runs both channels through, in blocks.
fn run(process: &mut dyn Process, input: [&[f32]; 2], block: usize) -> [Vec<f32>; 2] {
    let [mut left, mut right] = input.map(<[f32]>::to_vec);
    for (left, right) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
        process.process([left, right], None);
    }
    [left, right]
}

fn left_of(parameters: &Processor, input: &[f32]) -> Vec<f32> {
    let [left, _] = run(make(parameters).as_mut(), [input, input], 4096);
    left
}

fn impulse(len: usize) -> Vec<f32> {
    let mut x = vec![0.0; len];
    x[0] = 1.0;
    x
}

fn tone(hz: f64, level: f64, len: usize) -> Vec<f32> {
    (0..len).map(|i| narrow(level * (TAU * hz * index(i) / RATE).sin())).collect()
}

/// The level of one frequency in a response, in dB.
fn level_db(response: &[f32], hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (i, x) in response.iter().enumerate() {
        let phase = TAU * hz * index(i) / RATE;
        re += f64::from(*x) * phase.cos();
        im -= f64::from(*x) * phase.sin();
    }
    20.0 * re.hypot(im).log10()
}

fn peak(x: &[f32]) -> f64 {
    f64::from(x.iter().fold(0.0_f32, |m, x| m.max(x.abs())))
}

fn db(x: f64) -> f64 {
    20.0 * x.log10()
}

/// The analogue frequency, relative to the corner, that the bilinear transform maps to `hz`.
fn warped(hz: f64, corner_hz: f64) -> f64 {
    (PI * hz / RATE).tan() / (PI * corner_hz / RATE).tan()
}

#[test]
fn what_a_filter_says_of_itself_is_what_it_does() {
    let band = |shape| Band { shape, frequency_hz: 1_000.0, gain_db: 6.0, q: 2.0 };
    let bands = [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf].map(band).to_vec();
    let cut = |slope| Cut { frequency_hz: 300.0, slope };
    for filter in [
        Processor::Equaliser(Equaliser { bands }),
        Processor::HighPass(cut(Slope::Db6)),
        Processor::HighPass(cut(Slope::Db48)),
        Processor::LowPass(cut(Slope::Db12)),
    ] {
        let response = left_of(&filter, &impulse(48_000));
        for hz in [200.0, 400.0, 1_000.0, 3_000.0, 15_000.0] {
            let (said, done) = (response_db(&filter, hz, RATE).unwrap(), level_db(&response, hz));
            assert!((said - done).abs() < 0.01, "{filter:?} at {hz} Hz: {said} dB, {done} dB");
        }
    }
    assert!(response_db(&Processor::Compressor(Compressor::default()), 1_000.0, RATE).is_none());
}

#[test]
fn cuts_are_butterworth() {
    for (slope, order) in [(Slope::Db6, 1), (Slope::Db12, 2), (Slope::Db24, 4), (Slope::Db48, 8)] {
        for corner in [40.0, 1_000.0, 12_000.0] {
            let cut = Cut { frequency_hz: corner, slope };
            let (low, high) = (Processor::LowPass(cut.clone()), Processor::HighPass(cut));
            let (low, high) = (left_of(&low, &impulse(48_000)), left_of(&high, &impulse(48_000)));
            for hz in [20.0, 90.0, 700.0, 3_000.0, 15_000.0] {
                let w = warped(hz, corner);
                let expected = |w: f64| -10.0 * (1.0 + w.powi(2 * order)).log10();
                for (response, expected) in [(&low, expected(w)), (&high, expected(1.0 / w))] {
                    if expected > -90.0 {
                        let got = level_db(response, hz);
                        assert!((got - expected).abs() < 0.02, "{slope:?} {corner} {hz}: {got} for {expected}");
                    }
                }
            }
        }
    }
}

/// The analogue prototypes of the cookbook.
fn prototype_db(band: &Band, hz: f64) -> f64 {
    let a = 10_f64.powf(band.gain_db / 40.0);
    let w = warped(hz, band.frequency_hz);
    let (re, im) = (1.0 - w * w, w);
    let ratio = |n: (f64, f64), d: (f64, f64)| n.0.hypot(n.1) / d.0.hypot(d.1);
    let root = a.sqrt() / band.q;
    db(match band.shape {
        BandShape::Bell => ratio((re, im * a / band.q), (re, im / a / band.q)),
        BandShape::LowShelf => a * ratio((a - w * w, im * root), (1.0 - a * w * w, im * root)),
        BandShape::HighShelf => a * ratio((1.0 - a * w * w, im * root), (a - w * w, im * root)),
        BandShape::Notch => ratio((re, 0.0), (re, im / band.q)),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn bands_follow_the_cookbook(
        corner in 30.0..16_000.0_f64,
        gain_db in -20.0..20.0_f64,
        q in 0.3..8.0_f64,
        hz in 20.0..20_000.0_f64,
        shape in 0..4_usize,
    ) {
        let shape = [BandShape::Bell, BandShape::LowShelf, BandShape::HighShelf, BandShape::Notch][shape];
        let band = Band { frequency_hz: corner, gain_db, q, shape };
        let expected = prototype_db(&band, hz);
        prop_assume!(expected > -60.0);
        let got = level_db(&left_of(&Processor::Equaliser(Equaliser { bands: vec![band] }), &impulse(48_000)), hz);
        prop_assert!((got - expected).abs() < 0.05, "{got} for {expected}");
    }
}

#[test]
fn bands_in_series_multiply_and_channels_stay_apart() {
    let bands: Vec<Band> = (0..6)
        .map(|i| Band { frequency_hz: 100.0 * 2_f64.powi(i), gain_db: 3.0, q: 1.0, shape: BandShape::Bell })
        .collect();
    let mut equaliser = make(&Processor::Equaliser(Equaliser { bands: bands.clone() }));
    let silence = vec![0.0; 48_000];
    let [left, right] = run(equaliser.as_mut(), [&impulse(48_000), &silence], 4096);
    let expected: f64 = bands.iter().map(|band| prototype_db(band, 500.0)).sum();
    assert!((level_db(&left, 500.0) - expected).abs() < 0.02);
    assert_eq!(peak(&right).to_bits(), 0.0_f64.to_bits());
}

#[test]
fn widths_are_mid_and_side() {
    let run_width = |width: f64, mono_below_hz: f64, left: &[f32], right: &[f32]| {
        run(make(&Processor::Width(Width { width, mono_below_hz })).as_mut(), [left, right], 4096)
    };
    let (a, b) = (tone(1_000.0, 0.3, 4_800), tone(1_700.0, 0.2, 4_800));
    let [left, right] = run_width(0.0, 0.0, &a, &b);
    assert_eq!(left, right);
    let [left, _] = run_width(1.0, 0.0, &a, &b);
    assert!(left.iter().zip(&a).all(|(x, y)| (x - y).abs() < 1e-7));
    // Bass on one side only becomes equal on both; highs stay.
    let mono = |hz: f64| {
        let [left, right] = run_width(1.0, 150.0, &tone(hz, 0.5, 48_000), &vec![0.0; 48_000]);
        (peak(&left[40_000..]), peak(&right[40_000..]))
    };
    let (left, right) = mono(30.0);
    assert!((left - 0.25).abs() < 0.002 && (right - 0.25).abs() < 0.002, "{left} {right}");
    let (left, right) = mono(3_000.0);
    assert!((left - 0.5).abs() < 0.005 && right < 0.005, "{left} {right}");
}

#[test]
fn saturation_is_its_curve_and_is_late_as_it_says() {
    let saturation = Saturation { drive_db: 12.0, output_db: 0.0, mix: 1.0 };
    let mut process = make(&Processor::Saturation(saturation.clone()));
    let late = process.latency();
    // Slow enough that the filters are flat: the curve sample by sample.
    let input = tone(50.0, 0.4, 9_600);
    let [left, _] = run(process.as_mut(), [&input, &input], 4096);
    let drive = 10_f64.powf(12.0 / 20.0);
    for i in (1_000..9_000).step_by(77) {
        let x = (f64::from(input[i]) * drive / 1.5).clamp(-1.0, 1.0);
        let expected = (1.5 * x - 0.5 * x.powi(3)) / drive;
        assert!((f64::from(left[i + late]) - expected).abs() < 2e-3, "{i}: {} for {expected}", left[i + late]);
    }
    // Small signals and the dry part are aligned.
    let quiet = tone(3_000.0, 0.001, 9_600);
    let half = left_of(&Processor::Saturation(Saturation { mix: 0.5, ..saturation }), &quiet);
    assert!((peak(&half[1_000..]) / 0.001 - 1.0).abs() < 0.01, "{}", peak(&half[1_000..]));
}

#[test]
fn saturation_folds_little_back() {
    let out = left_of(
        &Processor::Saturation(Saturation { drive_db: 12.0, ..Saturation::default() }),
        &tone(9_000.0, 0.5, 48_000),
    );
    // The fifth harmonic, 45 kHz, would fold to 3 kHz.
    let part = &out[..48_000];
    assert!(
        level_db(part, 3_000.0) - level_db(part, 9_000.0) < -70.0,
        "{}",
        level_db(part, 3_000.0) - level_db(part, 9_000.0)
    );
}

#[test]
fn clippers_hold_their_ceiling() {
    let clipper = Processor::Clipper(Clipper { ceiling_db: -6.0, knee_db: 3.0, drive_db: 0.0 });
    let ceiling = 10_f64.powf(-6.0 / 20.0);
    let loud = left_of(&clipper, &tone(50.0, 1.0, 9_600));
    // Above the ceiling lies the ripple of the filter alone.
    assert!((peak(&loud[500..]) / ceiling - 1.0).abs() < 0.05, "{}", peak(&loud));
    let quiet = left_of(&clipper, &tone(50.0, 0.3, 9_600));
    assert!((peak(&quiet[500..]) - 0.3).abs() < 1e-3, "{}", peak(&quiet));
}

#[test]
fn convolution_is_the_direct_sum() {
    let mut noise = Noise::new(3);
    for (len, block) in [(1, 64), (300, 256), (5_000, 1024)] {
        let mut random = |n: usize| -> Vec<f32> { (0..n).map(|_| narrow(noise.bipolar())).collect() };
        let (response, input) = (random(len), random(9_000));
        let settings = Convolution { gain_db: 0.0, mix: 1.0, source: "r".into() };
        let mut process = make_with(&Processor::Convolution(settings), &[response.clone(), response.clone()]);
        let late = process.latency();
        let [left, _] = run(process.as_mut(), [&input, &input], block);
        for n in (0..9_000 - late).step_by(173) {
            let direct: f64 = (0..=n.min(len - 1)).map(|k| f64::from(response[k]) * f64::from(input[n - k])).sum();
            assert!((f64::from(left[n + late]) - direct).abs() < 1e-4 * index(len).sqrt().max(1.0), "{len} {n}");
        }
    }
}

#[test]
fn echoes_come_in_time() {
    let delay = Delay {
        time: Time::Beats(0.25),
        feedback: 0.5,
        mix: 0.5,
        low_pass_hz: 22_000.0,
        high_pass_hz: 10.0,
        ping_pong: false,
    };
    // An eighth of a second at 120 beats per minute.
    let out = left_of(&Processor::Delay(delay.clone()), &impulse(24_000));
    assert!((f64::from(out[0]) - 0.5).abs() < 1e-6);
    assert!(out[1..6_000].iter().all(|x| x.abs() < 1e-6));
    let (first, second) = (peak(&out[6_000..6_100]), peak(&out[12_000..12_100]));
    assert!(first > 0.3 && (second / first - 0.5).abs() < 0.1, "{first} {second}");
    let mut ping_pong = make(&Processor::Delay(Delay { ping_pong: true, ..delay }));
    let [left, right] = run(ping_pong.as_mut(), [&impulse(24_000), &impulse(24_000)], 256);
    assert!(peak(&left[6_000..6_100]) > 0.3 && peak(&right[6_000..6_100]) < 1e-6);
    assert!(peak(&right[12_000..12_100]) > 0.3 && peak(&left[12_000..12_100]) < 0.2);
}

#[test]
fn reverbs_decay_in_their_time() {
    for decay_s in [0.8, 2.5] {
        let reverb = Reverb { decay_s, damping_hz: 22_000.0, mix: 1.0, size: 1.0, pre_delay_ms: 20.0 };
        let out = left_of(&Processor::Reverb(reverb), &impulse(144_000));
        assert!(out[..960].iter().all(|x| x.abs() < 1e-6), "nothing before the pre-delay");
        // The highs decay faster even with the highest damping frequency.
        let out = left_of(&Processor::LowPass(Cut { frequency_hz: 1_000.0, slope: Slope::Db24 }), &out);
        let energy =
            |from: usize| 10.0 * out[from..from + 9_600].iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().log10();
        let (early, late) = (energy(12_000), energy(12_000 + 24_000));
        let measured = 60.0 * 0.5 / (early - late);
        assert!((measured / decay_s - 1.0).abs() < 0.15, "{measured} for {decay_s}");
    }
}

/// One of every processor, busy.
fn all() -> Vec<Processor> {
    vec![
        Processor::HighPass(Cut::default()),
        Processor::Equaliser(Equaliser { bands: vec![Band { gain_db: 6.0, ..Band::default() }; 5] }),
        Processor::Gate(Gate { threshold_db: -12.0, look_ahead_ms: 1.3, ..Gate::default() }),
        Processor::Compressor(Compressor { look_ahead_ms: 2.0, ..Compressor::default() }),
        Processor::DeEsser(DeEsser::default()),
        Processor::Saturation(Saturation::default()),
        Processor::Delay(Delay { time: Time::Seconds(0.0101), ..Delay::default() }),
        Processor::Reverb(Reverb::default()),
        Processor::Convolution(Convolution { gain_db: 0.0, mix: 0.5, source: "r".into() }),
        Processor::Multiband(Multiband {
            crossovers_hz: vec![200.0, 2_000.0],
            bands: vec![MultibandBand::default(); 3],
        }),
        Processor::Width(Width { width: 1.4, mono_below_hz: 120.0 }),
        Processor::Clipper(Clipper { drive_db: 12.0, ..Clipper::default() }),
    ]
}

#[test]
fn block_size_does_not_matter() {
    let mut noise = Noise::new(5);
    let response: Vec<f32> = (0..3_000).map(|i| narrow(noise.bipolar() * (-index(i) / 500.0).exp())).collect();
    let input: Vec<f32> = (0..9_000).map(|i| narrow(noise.bipolar() * (index(i) / 700.0).sin())).collect();
    let other: Vec<f32> = input.iter().rev().copied().collect();
    for parameters in all() {
        let run =
            |block| run(make_with(&parameters, std::slice::from_ref(&response)).as_mut(), [&input, &other], block);
        let whole = run(9_000);
        for block in [64, 256, 1024, 4096] {
            assert_eq!(whole, run(block), "{parameters:?} in blocks of {block}");
        }
    }
}

mod dynamics;
