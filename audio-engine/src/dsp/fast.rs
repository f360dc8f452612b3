//! Logarithm and exponential of `f32`s from basic arithmetic without branches: loops over them become vector code, and
//! their results do not depend on the platform.

/// The logarithm to base two of a positive, normal number; error below 2e-7 plus rounding.
#[inline(always)]
pub(crate) fn log2(x: f32) -> f32 {
    // The mantissa is brought into 0.707..1.414, where the series of atanh converges fast.
    let bits = x.to_bits();
    let exponent = bits.wrapping_sub(0x3F35_04F3).cast_signed() >> 23;
    let mantissa = f32::from_bits(bits.wrapping_sub((exponent << 23).cast_unsigned()));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let q = s * s;
    let series = s * (2.0 + q * (2.0 / 3.0 + q * (2.0 / 5.0 + q * (2.0 / 7.0))));
    #[expect(clippy::cast_precision_loss, reason = "an exponent")]
    let whole = exponent as f32;
    whole + series * std::f32::consts::LOG2_E
}

/// Two to the power of a number in -126..126; relative error below 3e-7.
#[inline(always)]
pub(crate) fn exp2(x: f32) -> f32 {
    // Adding 1.5 · 2^23 rounds to a whole number, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let rounded = x.clamp(-126.0, 126.0) + ROUND;
    let t = (x.clamp(-126.0, 126.0) - (rounded - ROUND)) * std::f32::consts::LN_2;
    let power = 1.0 + t * (1.0 + t * (1.0 / 2.0 + t * (1.0 / 6.0 + t * (1.0 / 24.0 + t * (1.0 / 120.0 + t / 720.0)))));
    let exponent = rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    power * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_the_platform() {
        let mut x = 1.3e-38_f32;
        while x < 1e30 {
            assert!(
                (f64::from(log2(x)) - f64::from(x).log2()).abs() < 1e-6 * f64::from(x).log2().abs().max(1.0),
                "{x}"
            );
            x *= 1.0173;
        }
        for i in -12_000_i16..12_000 {
            let x = f32::from(i) * 0.01;
            assert!((f64::from(exp2(x)) / f64::from(x).exp2() - 1.0).abs() < 5e-7, "{x}");
        }
        assert_eq!((exp2(0.0).to_bits(), log2(1.0).to_bits()), (1.0_f32.to_bits(), 0));
    }
}
