//! Shares in integer parts per million, and the one way in which an amount is divided by them.

use std::fmt;

/// The whole: 100 %.
pub const WHOLE_PPM: u32 = 1_000_000;

/// A part of a whole, 0 to 1,000,000 parts per million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
// Stored signed: PostgreSQL has no unsigned integers.
pub struct Share(i32);

impl serde::Serialize for Share {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u32(self.ppm())
    }
}

impl<'de> serde::Deserialize<'de> for Share {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::from_ppm(u32::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// Why shares are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// More than the whole.
    #[error("a share is at most 100 %, this is {0} parts per million")]
    TooLarge(u32),
    /// Together they are not exactly the whole.
    #[error("the shares total {} %, not 100 %", Percent(*total_ppm))]
    NotWhole {
        /// What they total, in parts per million.
        total_ppm: u64,
    },
    /// There is nobody, or nobody with a part.
    #[error("an amount cannot be divided among nobody")]
    Nobody,
}

/// Prints parts per million as a percentage with no trailing zeros.
struct Percent(u64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        if rest == 0 {
            write!(f, "{whole}")
        } else {
            write!(f, "{whole}.{}", format!("{rest:04}").trim_end_matches('0'))
        }
    }
}

impl Share {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const WHOLE: Self = Self(WHOLE_PPM.cast_signed());

    /// A share of so many parts per million.
    pub const fn from_ppm(ppm: u32) -> Result<Self, ShareError> {
        if ppm > WHOLE_PPM { Err(ShareError::TooLarge(ppm)) } else { Ok(Self(ppm.cast_signed())) }
    }

    /// Parts per million.
    pub const fn ppm(self) -> u32 {
        self.0.cast_unsigned()
    }

    /// Whether these shares total exactly the whole; 99.9999 % is not enough.
    pub fn require_whole(shares: &[Self]) -> Result<(), ShareError> {
        let total_ppm = shares.iter().map(|share| u64::from(share.ppm())).sum();
        if total_ppm == u64::from(WHOLE_PPM) { Ok(()) } else { Err(ShareError::NotWhole { total_ppm }) }
    }
}

/// `33.3333`: the exact percentage, without the sign and without trailing zeros.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Percent(u64::from(self.ppm())).fmt(f)
    }
}

/// Divides an amount in proportion to weights by the method of the largest remainder (Hamilton): each part is its exact quota rounded
/// towards zero, and the units left over go one each to the largest remainders. Among equal remainders the earlier weight wins, so the
/// order of the weights must be stable. The parts sum to the amount exactly, have its sign, and differ from their quota by less than one unit.
pub fn allocate(amount: i64, weights: &[u64]) -> Result<Vec<i64>, ShareError> {
    let total: u128 = weights.iter().copied().map(u128::from).sum();
    if total == 0 {
        return Err(ShareError::Nobody);
    }
    let magnitude = u128::from(amount.unsigned_abs());
    let mut parts: Vec<u128> = Vec::with_capacity(weights.len());
    let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    for (index, &weight) in weights.iter().enumerate() {
        let exact = magnitude * u128::from(weight);
        parts.push(exact / total);
        remainders.push((exact % total, index));
    }
    let left_over = magnitude - parts.iter().sum::<u128>();
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let left_over = usize::try_from(left_over).expect("fewer units are left over than there are weights");
    for &(_, index) in &remainders[..left_over] {
        parts[index] += 1;
    }
    let sign = if amount < 0 { -1 } else { 1 };
    Ok(parts
        .into_iter()
        .map(|part| {
            i64::try_from(i128::try_from(part).expect("a part is at most the amount") * sign)
                .expect("a part is at most the amount")
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ties_go_to_the_earlier() {
        assert_eq!(allocate(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
        assert_eq!(allocate(-100, &[1, 1, 1]), Ok(vec![-34, -33, -33]));
        assert_eq!(allocate(2, &[1, 1, 1]), Ok(vec![1, 1, 0]));
    }

    #[test]
    fn nobody_gets_nothing() {
        assert_eq!(allocate(1, &[]), Err(ShareError::Nobody));
        assert_eq!(allocate(1, &[0, 0]), Err(ShareError::Nobody));
    }

    #[test]
    fn almost_the_whole_is_not_the_whole() {
        let shares = [Share::from_ppm(500_000).unwrap(), Share::from_ppm(499_999).unwrap()];
        let error = Share::require_whole(&shares).unwrap_err();
        assert_eq!(error.to_string(), "the shares total 99.9999 %, not 100 %");
        assert_eq!(Share::from_ppm(333_330).unwrap().to_string(), "33.333");
    }

    proptest! {
        #[test]
        fn an_allocation_is_exact_signed_and_close(amount in any::<i64>(), weights in prop::collection::vec(0_u64..=1_000_000, 1..20)) {
            prop_assume!(weights.iter().any(|&weight| weight > 0));
            let parts = allocate(amount, &weights).unwrap();
            let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
            prop_assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), i128::from(amount));
            for (&part, &weight) in parts.iter().zip(&weights) {
                prop_assert!(part == 0 || (part < 0) == (amount < 0));
                prop_assert!((i128::from(part) * total - i128::from(amount) * i128::from(weight)).abs() < total);
                prop_assert!(weight > 0 || part == 0);
            }
        }
    }
}
