//! What follows a level, alone and in bands: static curves, time constants, crossovers.

use super::*;

/// Gain of a compressor for a steady square wave, whose peak never moves.
fn steady_gain_db(parameters: &Processor, level_db: f64) -> f64 {
    let level = narrow(10_f64.powf(level_db / 20.0));
    let out = left_of(parameters, &vec![level; 96_000]);
    db(f64::from(out[95_000] / level))
}

#[test]
fn compressors_have_their_static_curve() {
    for (threshold_db, ratio, knee_db) in [(-20.0, 3.0, 0.0), (-30.0, 10.0, 12.0), (-12.0, 1.5, 6.0)] {
        let compressor = Compressor {
            threshold_db,
            ratio,
            knee_db,
            attack_ms: 1.0,
            release_ms: 50.0,
            make_up_db: 2.0,
            ..Compressor::default()
        };
        for level in [-60.0, -33.0, -30.0, -26.0, -20.0, -14.0, -12.0, -9.0, 0.0] {
            let curve = static_curve_db(level, threshold_db, ratio, knee_db);
            let got = steady_gain_db(&Processor::Compressor(compressor.clone()), level);
            assert!(
                (got - curve - 2.0).abs() < 0.002,
                "{threshold_db} {ratio} {knee_db} {level}: {got} for {curve} + 2"
            );
        }
    }
}

#[test]
fn compressors_keep_their_time_constants() {
    let compressor = Compressor {
        threshold_db: -40.0,
        ratio: 100.0,
        knee_db: 0.0,
        attack_ms: 20.0,
        release_ms: 200.0,
        ..Compressor::default()
    };
    // Below the threshold, a second far above, and below again.
    let quiet = 0.001_f32;
    let input: Vec<f32> = (0..144_000).map(|i| if (48_000..96_000).contains(&i) { 1.0 } else { quiet }).collect();
    let out = left_of(&Processor::Compressor(compressor), &input);
    let gain_db = |i: usize| db(f64::from(out[i] / input[i]));
    let full = gain_db(95_990);
    assert!((full + 40.0 * 0.99).abs() < 0.01, "{full}");
    // One time constant leaves 1/e of the way.
    let rest = (-1.0_f64).exp();
    assert!((gain_db(48_000 + 960) / full - (1.0 - rest)).abs() < 0.01, "{}", gain_db(48_960) / full);
    assert!((gain_db(96_000 + 9_600) / full - rest).abs() < 0.01, "{}", gain_db(105_600) / full);
}

#[test]
fn side_chain_and_mix_of_a_compressor() {
    let settings = Compressor { threshold_db: -20.0, ratio: 4.0, knee_db: 0.0, mix: 0.5, ..Compressor::default() };
    let mut compressor = make(&Processor::Compressor(settings));
    let (mut left, mut right) = (vec![0.001_f32; 48_000], vec![0.001_f32; 48_000]);
    let key = vec![1.0_f32; 48_000];
    compressor.process([&mut left, &mut right], Some([&key, &key]));
    let expected = 0.5 + 0.5 * 10_f64.powf(-15.0 / 20.0);
    assert!((f64::from(left[47_000]) / 0.001 - expected).abs() < 1e-4);
}

#[test]
fn look_ahead_is_its_latency() {
    let mut compressor =
        make(&Processor::Compressor(Compressor { look_ahead_ms: 5.0, ratio: 1.0, ..Compressor::default() }));
    assert_eq!(compressor.latency(), 240);
    let [left, _] = run(compressor.as_mut(), [&impulse(1_024), &impulse(1_024)], 64);
    assert_eq!(left.iter().position(|x| *x != 0.0), Some(240));
}

#[test]
fn gates_open_hold_and_close() {
    let gate = Gate {
        threshold_db: -20.0,
        hysteresis_db: 6.0,
        range_db: 40.0,
        attack_ms: 1.0,
        hold_ms: 100.0,
        release_ms: 20.0,
        ..Gate::default()
    };
    // Loud, then between closing and opening, then quiet.
    let level = |i: usize| match i {
        48_000..96_000 => 0.5,
        96_000..120_000 => 0.07,
        _ => 0.01_f32,
    };
    let input: Vec<f32> = (0..192_000).map(level).collect();
    let out = left_of(&Processor::Gate(gate), &input);
    let gain_db = |i: usize| db(f64::from(out[i] / input[i]));
    assert!((gain_db(47_000) + 40.0).abs() < 0.01, "closed");
    assert!(gain_db(49_000).abs() < 0.01, "open");
    assert!(gain_db(119_000).abs() < 0.01, "hysteresis keeps it open");
    assert!(gain_db(120_000 + 4_700).abs() < 0.01, "held");
    let after = gain_db(120_000 + 4_800 + 960);
    assert!((after / -40.0 - (1.0 - (-1.0_f64).exp())).abs() < 0.02, "{after}");
    assert!((gain_db(191_000) + 40.0).abs() < 0.1);
}

#[test]
fn bands_of_a_multiband_sum_flat() {
    let idle = MultibandBand { ratio: 1.0, ..MultibandBand::default() };
    let multiband = Multiband { crossovers_hz: vec![120.0, 900.0, 5_000.0], bands: vec![idle; 4] };
    let response = left_of(&Processor::Multiband(multiband), &impulse(48_000));
    for hz in [20.0, 60.0, 120.0, 400.0, 900.0, 2_000.0, 5_000.0, 12_000.0, 20_000.0] {
        assert!(level_db(&response, hz).abs() < 0.01, "{hz}: {}", level_db(&response, hz));
    }
}

#[test]
fn a_multiband_turns_down_its_band_alone() {
    let idle = MultibandBand { ratio: 1.0, ..MultibandBand::default() };
    let busy = MultibandBand { threshold_db: -40.0, ratio: 100.0, knee_db: 0.0, ..MultibandBand::default() };
    let multiband = Processor::Multiband(Multiband { crossovers_hz: vec![500.0], bands: vec![busy, idle] });
    let after = |hz: f64| db(peak(&left_of(&multiband, &tone(hz, 0.5, 48_000))[40_000..]) / 0.5);
    assert!(after(60.0) < -30.0, "{}", after(60.0));
    assert!(after(7_919.0).abs() < 0.05, "{}", after(7_919.0));
}

/// The gain in dB, at a steady level, of a compressor with a knee.
fn static_curve_db(level_db: f64, threshold_db: f64, ratio: f64, knee_db: f64) -> f64 {
    let over = level_db - threshold_db;
    let slope = 1.0 / ratio - 1.0;
    if 2.0 * over <= -knee_db {
        0.0
    } else if 2.0 * over < knee_db {
        slope * (over + knee_db / 2.0).powi(2) / (2.0 * knee_db)
    } else {
        slope * over
    }
}

/// A quarter of the rate: four samples are a period, so that a peak detector sees no ripple.
fn level_quarter(level: impl Fn(usize) -> f64, len: usize) -> Vec<f32> {
    (0..len).map(|i| narrow(if i % 4 < 2 { level(i) } else { -level(i) })).collect()
}

/// A signal's level at that frame, in dB: two neighbours are the legs of a quarter of the rate, whatever its phase.
fn quarter_db(signal: &[f32], at: usize) -> f64 {
    db(f64::from(signal[at]).hypot(f64::from(signal[at + 1])) / SQRT_2)
}

#[test]
fn bands_and_de_essers_have_their_static_curves() {
    let band =
        MultibandBand { threshold_db: -24.0, ratio: 3.0, knee_db: 8.0, attack_ms: 1.0, release_ms: 20.0, gain_db: 1.5 };
    let idle = MultibandBand { ratio: 1.0, ..MultibandBand::default() };
    let multiband = |bands| Processor::Multiband(Multiband { crossovers_hz: vec![800.0], bands });
    let unmoved = multiband(vec![idle.clone(); 2]);
    let (low, high) = (multiband(vec![band.clone(), idle.clone()]), multiband(vec![idle, band]));
    let de_esser = |ratio| {
        let times = DeEsser { attack_ms: 1.0, release_ms: 20.0, ..DeEsser::default() };
        Processor::DeEsser(DeEsser { frequency_hz: 800.0, threshold_db: -24.0, ratio, ..times })
    };
    for level in [-60.0, -29.0, -26.0, -24.0, -21.0, -18.0, -6.0, 0.0] {
        let got = steady_gain_db(&low, level);
        let curve = static_curve_db(level, -24.0, 3.0, 8.0) + 1.5;
        assert!((got - curve).abs() < 0.005, "the low band at {level}: {got} for {curve}");
        // So far above the crossover the low band holds nothing; what the high band holds is what comes out unmoved.
        let steady = level_quarter(|_| 10_f64.powf(level / 20.0), 48_000);
        for (name, idle, busy, knee_db, gain_db) in
            [("the high band", &unmoved, &high, 8.0, 1.5), ("the de-esser", &de_esser(1.0), &de_esser(3.0), 6.0, 0.0)]
        {
            let (idle, busy) = (left_of(idle, &steady), left_of(busy, &steady));
            let curve = static_curve_db(db(peak(&idle[47_000..])), -24.0, 3.0, knee_db) + gain_db;
            let got = db(peak(&busy[47_000..]) / peak(&idle[47_000..]));
            assert!((got - curve).abs() < 0.005, "{name} at {level}: {got} for {curve}");
        }
    }
}

#[test]
fn bands_and_de_essers_keep_their_time_constants() {
    let (attack_ms, release_ms) = (20.0, 200.0);
    let band = MultibandBand {
        threshold_db: -40.0,
        ratio: 100.0,
        knee_db: 0.0,
        attack_ms,
        release_ms,
        ..MultibandBand::default()
    };
    let idle = MultibandBand { ratio: 1.0, ..MultibandBand::default() };
    let multiband = Multiband { crossovers_hz: vec![800.0], bands: vec![idle, band] };
    let de_esser = DeEsser { frequency_hz: 1_000.0, threshold_db: -40.0, ratio: 100.0, attack_ms, release_ms };
    let level = |i: usize| if (48_000..96_000).contains(&i) { 1.0 } else { 0.001 };
    let input = level_quarter(level, 144_000);
    for processor in [Processor::Multiband(multiband), Processor::DeEsser(de_esser)] {
        let out = left_of(&processor, &input);
        let gain_db = |i: usize| quarter_db(&out, i) - db(level(i));
        let full = gain_db(95_900);
        let rest = (-1.0_f64).exp();
        let (attacked, released) = (gain_db(48_000 + 960) / full, gain_db(96_000 + 9_600) / full);
        assert!((attacked - (1.0 - rest)).abs() < 0.01, "{processor:?}: {attacked}");
        assert!((released - rest).abs() < 0.01, "{processor:?}: {released}");
    }
}

#[test]
fn de_essers_leave_the_lows() {
    let de_esser = Processor::DeEsser(DeEsser { threshold_db: -40.0, ratio: 100.0, ..DeEsser::default() });
    let after = |hz: f64| db(peak(&left_of(&de_esser, &tone(hz, 0.5, 48_000))[40_000..]) / 0.5);
    assert!(after(300.0).abs() < 0.05, "{}", after(300.0));
    assert!(after(12_000.0) < -25.0, "{}", after(12_000.0));
    let quiet = left_of(&de_esser, &impulse(48_000).iter().map(|x| x * 1e-3).collect::<Vec<_>>());
    for hz in [100.0, 5_500.0, 15_000.0] {
        assert!((level_db(&quiet, hz) + 60.0).abs() < 0.01, "{hz}");
    }
}

#[test]
fn a_crossover_sums_to_its_allpass() {
    let mut split = bands::Crossover::new(&[800.0], RATE);
    let (mut left, mut right) = (impulse(8_192), impulse(8_192));
    let mut low = Vec::new();
    split.split([&mut left, &mut right], &mut low);
    let (mut expected, mut other) = (impulse(8_192), impulse(8_192));
    biquad::Cascade::new([biquad::Section::all_pass(800.0, FRAC_1_SQRT_2, RATE)]).process([&mut expected, &mut other]);
    for i in 0..8_192 {
        assert!((left[i] + low[0][0][i] - expected[i]).abs() < 1e-6, "{i}");
    }
    assert!(
        (level_db(&low[0][0], 800.0) + db(SQRT_2 * SQRT_2)).abs() < 0.01,
        "each side is 6 dB down at the crossover"
    );
}
