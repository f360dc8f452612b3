//! From `f32` to integers: triangular dither of two steps' width, added once and last, from a seeded generator. The error
//! may be fed back through a filter, which moves its noise to where the ear hears it least.

/// The three-tap filter of Wannamaker ("Psychoacoustically optimal noise shaping", 1992), after the F-weighting: the error
/// loses 12 dB at low frequencies and more around 4 kHz, and gains above 10 kHz; that holds at 44.1 kHz, and moves up with the rate.
const SHAPE: [f64; 3] = [1.623, -0.982, 0.109];
/// An error that clipping has caused is not fed back beyond this, in steps.
const LARGEST_ERROR: f64 = 2.0;

/// A small deterministic generator (`SplitMix64`; Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in 0..1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in -1..1.
    pub(crate) fn bipolar(&mut self) -> f64 {
        self.unit() * 2.0 - 1.0
    }

    /// Triangular in -1..1, from the two halves of one number.
    #[expect(clippy::cast_precision_loss, reason = "32 bits fit")]
    fn triangular(&mut self) -> f64 {
        let bits = self.next_u64();
        ((bits >> 32) as f64 - (bits & 0xFFFF_FFFF) as f64) * (1.0 / 4_294_967_296.0)
    }
}

/// Quantises one channel to signed integers.
pub(crate) struct Quantiser {
    noise: Noise,
    scale: f64,
    largest: i32,
    /// The last errors in steps, the newest first, if they are fed back.
    errors: Option<[f64; 3]>,
}

impl Quantiser {
    /// `bits` is 8 to 24; channels of one file take different `stream` numbers.
    pub(crate) fn new(bits: u16, seed: u64, stream: u64) -> Self {
        let largest = (1_i32 << (bits - 1)) - 1;
        Self {
            noise: Noise::new(seed ^ stream.wrapping_mul(0xA076_1D64_78BD_642F)),
            scale: f64::from(largest) + 1.0,
            largest,
            errors: None,
        }
    }

    /// With noise shaping, or without.
    pub(crate) fn shaped(self, shaped: bool) -> Self {
        Self { errors: shaped.then_some([0.0; 3]), ..self }
    }

    /// Dithers, rounds and clips one sample.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the format's range")]
    pub(crate) fn quantise(&mut self, x: f32) -> i32 {
        let wanted = match &self.errors {
            None => f64::from(x) * self.scale,
            Some(e) => f64::from(x) * self.scale - (SHAPE[0] * e[0] + SHAPE[1] * e[1] + SHAPE[2] * e[2]),
        };
        let dithered = wanted + self.noise.triangular();
        let bounded = dithered.clamp(-self.scale, f64::from(self.largest));
        // Rounds half up by truncating a positive number: there is no rounding instruction on the baseline.
        let rounded = (bounded + self.scale + 0.5) as i32 - self.largest - 1;
        if let Some([first, second, third]) = &mut self.errors {
            let error = (f64::from(rounded) - wanted).clamp(-LARGEST_ERROR, LARGEST_ERROR);
            (*third, *second, *first) = (*second, *first, error);
        }
        rounded
    }

    /// The sample that a player will see.
    #[expect(clippy::cast_possible_truncation, reason = "24 bits fit an f32 exactly")]
    pub(crate) fn restore(&self, quantised: i32) -> f32 {
        (f64::from(quantised) / self.scale) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dither_is_triangular_and_unbiased() {
        let mut quantiser = Quantiser::new(16, 1, 0);
        let n = 200_000;
        // A quarter of a step above 100.
        let x = 100.25 / 32_768.0;
        let values: Vec<f64> = (0..n).map(|_| f64::from(quantiser.quantise(x))).collect();
        let mean = values.iter().sum::<f64>() / f64::from(n);
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!((mean - 100.25).abs() < 0.01, "{mean}");
        // Triangular dither (1/6) plus rounding (1/12) is a quarter of a step squared, whatever the signal.
        assert!((variance - 0.25).abs() < 0.01, "{variance}");
    }

    #[test]
    fn shaped_noise_has_the_filters_spectrum() {
        // Power of the error around a frequency, over many short transforms.
        let power = |shaped: bool, hz: f64| {
            let mut quantiser = Quantiser::new(16, 1, 0).shaped(shaped);
            let mut sum = 0.0;
            for _ in 0..400 {
                let (mut re, mut im) = (0.0, 0.0);
                for i in 0..500 {
                    // Under a Hann window, or the loud highs would leak into the quiet middle.
                    let window = 1.0 - (std::f64::consts::TAU * f64::from(i) / 500.0).cos();
                    let error = window * f64::from(quantiser.quantise(0.0));
                    let phase = std::f64::consts::TAU * hz / 44_100.0 * f64::from(i);
                    re += error * phase.cos();
                    im += error * phase.sin();
                }
                sum += re * re + im * im;
            }
            sum
        };
        for hz in [300.0, 3_500.0, 8_000.0, 18_000.0] {
            let phase = std::f64::consts::TAU * hz / 44_100.0;
            let (mut re, mut im) = (1.0, 0.0);
            for (tap, age) in SHAPE.iter().zip([1.0, 2.0, 3.0]) {
                re -= tap * (phase * age).cos();
                im += tap * (phase * age).sin();
            }
            let expected = 10.0 * (re * re + im * im).log10();
            let got = 10.0 * (power(true, hz) / power(false, hz)).log10();
            assert!((got - expected).abs() < 1.0, "{hz}: {got} for {expected}");
        }
    }

    #[test]
    fn clips_at_the_range() {
        let mut quantiser = Quantiser::new(16, 1, 0);
        assert_eq!(quantiser.quantise(2.0), 32_767);
        assert_eq!(quantiser.quantise(-2.0), -32_768);
    }
}
