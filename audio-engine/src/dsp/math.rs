//! Elementary functions built from basic arithmetic alone: the platform's own differ in their last bits from one system
//! to the next, and renders must not. Whatever reaches a sample, a level that is searched for among it, is computed by these.

use std::f64::consts::{LN_2, LN_10, LOG2_10, LOG10_2, LOG10_E};

/// The upper 40 bits of log10(2): times a whole number below 2^13 they leave nothing to round.
const LOG10_2_HIGH: f64 = 0.301_029_995_663_157;
/// What those lack.
const LOG10_2_LOW: f64 = 8.241_712_586_023_572e-13;
/// One over n!, from n = 0 on: the series of the exponential.
const SERIES: [f64; 16] = [
    1.0,
    1.0,
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
    1.0 / 87_178_291_200.0,
    1.0 / 1_307_674_368_000.0,
];

/// Sine of `x` turns (2π · x radians); error below 1e-9 of full scale.
pub(crate) fn sin_turns(x: f64) -> f64 {
    // Fold into [-0.25, 0.25] turns, then a Taylor polynomial in odd powers.
    let x = x - floor(x + 0.5);
    let x = if x > 0.25 {
        0.5 - x
    } else if x < -0.25 {
        -0.5 - x
    } else {
        x
    };
    let t = x * std::f64::consts::TAU;
    let s = t * t;
    t * (1.0
        + s * (-1.0 / 6.0
            + s * (1.0 / 120.0
                + s * (-1.0 / 5_040.0 + s * (1.0 / 362_880.0 + s * (-1.0 / 39_916_800.0 + s / 6_227_020_800.0))))))
}

/// Cosine of `x` turns.
pub(crate) fn cos_turns(x: f64) -> f64 {
    sin_turns(x + 0.25)
}

/// Two to the power of `x`, for -1000 < x < 1000, to the last two bits.
pub(crate) fn exp2(x: f64) -> f64 {
    let x = x.clamp(-1000.0, 1000.0);
    let whole = floor(x + 0.5);
    exp_near_zero((x - whole) * LN_2) * power_of_two(whole)
}

/// Ten to the power of `x`, for -300 < x < 300, to the last two bits.
pub(crate) fn pow10(x: f64) -> f64 {
    let x = x.clamp(-300.0, 300.0);
    // 10^x = 2^n · 10^(x - n · log10 2); the product is taken in two parts, so that nothing is lost where x is large.
    let whole = floor(x * LOG2_10 + 0.5);
    exp_near_zero(((x - whole * LOG10_2_HIGH) - whole * LOG10_2_LOW) * LN_10) * power_of_two(whole)
}

/// e to the power of `t`, for |t| of at most half of ln 2, where sixteen terms are enough.
fn exp_near_zero(t: f64) -> f64 {
    SERIES.iter().rev().fold(0.0, |sum, factor| sum * t + factor)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "callers stay within ±1000")]
fn power_of_two(whole: f64) -> f64 {
    f64::from_bits(((whole as i64 + 1023) as u64) << 52)
}

/// Logarithm to base ten, to the last four bits; as the platform's own at zero, below it and beyond all numbers. It is
/// `exponent · log10 2 + ln(mantissa) · log10 e`, by the series of atanh: ln m = 2 · atanh((m - 1) / (m + 1)).
pub(crate) fn log10(x: f64) -> f64 {
    /// The bits of the square root of one half: mantissas lie between it and its double.
    const ROOT_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
    const ODD: [f64; 11] = [23.0, 21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0];
    const SUBNORMAL: f64 = 18_014_398_509_481_984.0;
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.is_infinite() {
        return x;
    }
    // Numbers without a leading one are raised by 2^54 first.
    let (x, raised) = if x < f64::MIN_POSITIVE { (x * SUBNORMAL, 54.0) } else { (x, 0.0) };
    let bits = x.to_bits();
    let exponent = bits.wrapping_sub(ROOT_HALF).cast_signed() >> 52;
    let mantissa = f64::from_bits(bits.wrapping_sub((exponent << 52).cast_unsigned()));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let q = s * s;
    // Terms from q^11 / 23 down: |s| is at most 0.172.
    let rest: f64 = ODD.iter().fold(0.0, |sum, odd| (sum + 1.0 / odd) * q);
    #[expect(clippy::cast_precision_loss, reason = "an exponent")]
    let whole = exponent as f64 - raised;
    whole * LOG10_2 + (2.0 * s + 2.0 * s * rest) * LOG10_E
}

/// Decibels to a linear amplitude factor.
pub(crate) fn db_to_gain(db: f64) -> f64 {
    pow10(db / 20.0)
}

/// A linear amplitude to decibels.
pub(crate) fn gain_to_db(gain: f64) -> f64 {
    20.0 * log10(gain)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "phases and exponents stay far below 2^52"
)]
fn floor(x: f64) -> f64 {
    let whole = x as i64 as f64;
    if whole > x { whole - 1.0 } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;

    #[test]
    fn agree_with_the_platform() {
        for i in -4000..4000 {
            let x = f64::from(i) * 0.00371;
            assert!((sin_turns(x) - (x * std::f64::consts::TAU).sin()).abs() < 1e-8, "sin {x}");
            assert!((exp2(x) / x.exp2() - 1.0).abs() < 1e-15, "exp2 {x}");
        }
        assert!((db_to_gain(-6.0) - 0.501_187_233_627_272_2).abs() < 1e-15);
        let exact = [exp2(0.0), pow10(0.0), db_to_gain(0.0), exp2(-3.0), gain_to_db(1.0)];
        let wanted = [1.0, 1.0, 1.0, 0.125, 0.0_f64];
        assert_eq!(exact.map(f64::to_bits), wanted.map(f64::to_bits));
    }

    #[test]
    fn logarithms_end_as_the_platform_s() {
        for x in [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let (ours, theirs) = (log10(x), x.log10());
            assert!(ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(), "{x}: {ours}");
        }
        for x in [f64::MIN_POSITIVE / 1024.0, 5e-324, f64::MIN_POSITIVE, f64::MAX] {
            assert!((log10(x) / x.log10() - 1.0).abs() < 1e-15, "{x}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        /// Of every magnitude, and near one, where a logarithm is small.
        #[test]
        fn logarithms_are_the_platform_s_to_the_last_bits(exponent in -300.0..300.0_f64, near in -0.4..0.5_f64) {
            for x in [10_f64.powf(exponent), 1.0 + near, 1.0 + near * 1e-4, 1.0 + near * 1e-9] {
                let (ours, theirs) = (log10(x), x.log10());
                prop_assert!((ours - theirs).abs() <= 5.0 * f64::EPSILON * theirs.abs(), "{x}: {ours} {theirs}");
            }
        }

        #[test]
        fn powers_are_the_platform_s_to_the_last_bits(x in -290.0..290.0_f64) {
            let (ours, theirs) = (pow10(x), 10_f64.powf(x));
            prop_assert!((ours / theirs - 1.0).abs() <= 3.0 * f64::EPSILON, "10^{x}: {ours} {theirs}");
            let (ours, theirs) = (exp2(x), x.exp2());
            prop_assert!((ours / theirs - 1.0).abs() <= 3.0 * f64::EPSILON, "2^{x}: {ours} {theirs}");
        }

        #[test]
        fn decibels_come_back(db in -150.0..60.0_f64) {
            prop_assert!((gain_to_db(db_to_gain(db)) - db).abs() < 1e-13);
        }
    }

    /// What leads to samples asks no function of the platform's: one that did would give other bytes elsewhere, which no
    /// golden table of one system can show.
    #[test]
    fn no_platform_function_leads_to_a_sample() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files: Vec<_> = ["measure.rs", "compose"].iter().map(|name| source.join(name)).collect();
        files.extend(["dsp", "measure", "render", "decode", "tag"].map(|name| source.join(name)));
        let mut looked_at = 0;
        while let Some(path) = files.pop() {
            if path.is_dir() {
                files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let within = path.strip_prefix(&source).unwrap();
            let is_test = within.iter().any(|part| part == "tests" || part == "tests.rs" || part == "formats.rs");
            if is_test || path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            looked_at += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for function in
                ["log10", "log2", "ln", "ln_1p", "powf", "exp", "exp2", "sin", "cos", "tan", "sin_cos", "tanh"]
            {
                let call = format!(".{function}(");
                assert!(!code.contains(&call), "{} calls {call}…)", path.display());
            }
        }
        assert!(looked_at > 50, "{looked_at} files");
    }
}
