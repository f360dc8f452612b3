//! Elementary functions built from basic arithmetic alone: the platform's own differ in their last bits from one system
//! to the next, and renders must not.

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

/// Two to the power of `x`, for -1000 < x < 1000; relative error below 1e-10.
pub(crate) fn exp2(x: f64) -> f64 {
    let x = x.clamp(-1000.0, 1000.0);
    let whole = floor(x + 0.5);
    let t = (x - whole) * std::f64::consts::LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..=11 {
        term *= t / f64::from(n);
        sum += term;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to ±1000 above")]
    let power = f64::from_bits(((whole as i64 + 1023) as u64) << 52);
    sum * power
}

/// Decibels to a linear amplitude factor.
pub(crate) fn db_to_gain(db: f64) -> f64 {
    exp2(db * (std::f64::consts::LOG2_10 / 20.0))
}

/// A linear amplitude to decibels; used for reports alone, never in the signal path.
pub(crate) fn gain_to_db(gain: f64) -> f64 {
    20.0 * gain.log10()
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

    #[test]
    fn agree_with_the_platform() {
        for i in -4000..4000 {
            let x = f64::from(i) * 0.00371;
            assert!((sin_turns(x) - (x * std::f64::consts::TAU).sin()).abs() < 1e-8, "sin {x}");
            assert!((exp2(x) / x.exp2() - 1.0).abs() < 1e-9, "exp2 {x}");
        }
        assert!((db_to_gain(-6.0) - 0.501_187_233_627).abs() < 1e-10);
        assert_eq!(exp2(0.0).to_bits(), 1.0_f64.to_bits());
    }
}
