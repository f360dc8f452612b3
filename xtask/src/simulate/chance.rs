//! Chance that comes again with its seed.

/// `SplitMix64`.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From nought to below one.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what the number holds")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A time between two that come independently of each other, so long on average.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A number from nought to one less than this, which is not nought.
    pub(super) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.draw() % most as u64).expect("less than a number of its kind")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_numbers_again_and_they_are_spread_as_they_should_be() {
        let draws = |seed| {
            let mut chance = Chance::new(seed);
            (0..8).map(|_| chance.draw()).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        // The first that the generator's authors give for a seed of nought.
        assert_eq!(draws(0)[0], 0xe220_a839_7b1d_cdaf);

        let mut chance = Chance::new(1);
        let many = 100_000;
        let (mut units, mut waits) = (0.0, 0.0);
        for _ in 0..many {
            let unit = chance.unit();
            assert!((0.0..1.0).contains(&unit));
            units += unit;
            waits += chance.exponential(3.0);
            assert!(chance.below(3) < 3);
        }
        assert!((units / f64::from(many) - 0.5).abs() < 0.01);
        assert!((waits / f64::from(many) - 3.0).abs() < 0.06);
    }
}
