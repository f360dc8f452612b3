//! Exact decimals of a fixed scale: amounts are never rounded on their way in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The decimal places that are kept: statements have up to 12, and some that a program has computed a few more.
pub const PLACES: u32 = 18;
/// Digits before the decimal mark at the most: what is beyond is no amount of any currency, and the sum of many must have room.
const MAX_WHOLE: u32 = 15;
/// 10¹⁸.
const ONE: i128 = 10_i128.pow(PLACES);
/// The powers of ten that bring a number of so many places to the scale.
const POWERS: [i64; 19] = powers();

const fn powers() -> [i64; 19] {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
}

/// An exact number of 18 decimal places, positive or negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i128);

/// What a file writes between the whole and the rest of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// `1,234.56`.
    Point,
    /// `1.234,56`.
    Comma,
}

/// Why a text is not taken for a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// It is something else.
    #[error("it is no number")]
    NotANumber,
    /// Its thousands are not in threes, or it has the mark of other countries.
    #[error("its marks are not those of the file, or its thousands are not in threes")]
    Marks,
    /// It has one mark, which is not the file's decimal mark, before three digits: `1,234` may be a thousand or one and a bit.
    #[error("it may be more than a thousand, or a little more than one")]
    Ambiguous,
    /// It has more places than are kept.
    #[error("it has more than {PLACES} decimal places")]
    TooFine,
    /// It is larger than any amount.
    #[error("it has more than {MAX_WHOLE} digits before the decimal mark")]
    TooLarge,
}

impl Mark {
    const fn own(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    const fn other(self) -> char {
        match self {
            Self::Point => ',',
            Self::Comma => '.',
        }
    }

    /// The mark that a number has, if it cannot be taken for that of thousands.
    pub(super) fn told_by(text: &str) -> Option<Self> {
        let is_told = |mark: Self| {
            let (whole, rest) = text.split_once(mark.own())?;
            let whole = whole.trim_start_matches(['-', '(', '+']);
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let single = !rest.contains(['.', ',']) && digits > 0;
            let fine = whole.contains(mark.other())
                || digits != 3
                || whole.len() > 3
                || whole.is_empty()
                || whole.starts_with('0');
            (single && fine).then_some(mark)
        };
        is_told(Self::Point).or_else(|| is_told(Self::Comma))
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Point => b'.',
            Self::Comma => b',',
        }
    }
}

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many units of 10⁻¹⁸.
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// How many units of 10⁻¹⁸ it has.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// The sum, unless it is out of range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, unless it is out of range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Whether it lies within half a unit of the last of so many places.
    pub(super) fn is_rounding(self, places: u32) -> bool {
        let unit = ONE / 10_i128.pow(places.min(PLACES));
        self.0.unsigned_abs().saturating_mul(2) <= unit.unsigned_abs()
    }

    /// Reads an amount as statements write them: `-0.000123`, `1,234.56`, `(12.30)`, `12.30-`, `1.5E-05`; with a comma for its mark, `1.234,56`.
    /// What could be read in two ways is not read.
    ///
    /// # Errors
    /// Why it is no amount.
    pub fn read(text: &str, mark: Mark) -> Result<Self, NumberError> {
        plain(text.as_bytes(), mark.byte()).map_or_else(|| careful(text, mark, false), Ok)
    }

    /// Reads how many there were: as [`Decimal::read`], but of a number of pieces `1,234` is more than a thousand.
    ///
    /// # Errors
    /// Why it is no number.
    pub fn read_count(text: &str, mark: Mark) -> Result<Self, NumberError> {
        plain(text.as_bytes(), mark.byte()).map_or_else(|| careful(text, mark, true), Ok)
    }

    /// The places that a number is written with.
    pub(super) fn places_of(text: &str, mark: Mark) -> u32 {
        let places =
            text.rsplit_once(mark.own()).map_or(0, |(_, rest)| rest.matches(|c: char| c.is_ascii_digit()).count());
        u32::try_from(places).unwrap_or(PLACES)
    }
}

/// What nearly every cell is: a sign, up to 19 digits, and the decimal mark among them. Anything else is for [`careful`].
fn plain(text: &[u8], mark: u8) -> Option<Decimal> {
    let (negative, rest) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    if rest.is_empty() || rest.len() > 19 {
        return None;
    }
    let (mut value, mut point) = (0_u64, None);
    for (at, byte) in rest.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value * 10 + u64::from(digit);
        } else if *byte == mark && point.is_none() && rest.len() > 1 {
            point = Some(at);
        } else {
            return None;
        }
    }
    let places = point.map_or(0, |at| rest.len() - 1 - at);
    if rest.len() - usize::from(point.is_some()) - places > MAX_WHOLE as usize {
        return None;
    }
    let power = POWERS.get((PLACES as usize).checked_sub(places)?)?;
    let units = i128::from(value) * i128::from(*power);
    Some(Decimal(if negative { -units } else { units }))
}

/// Everything that a number may look like.
fn careful(text: &str, mark: Mark, count: bool) -> Result<Decimal, NumberError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NumberError::Empty);
    }
    let (negative, text) = sign(text)?;
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (text, exponent.parse::<i32>().map_err(|_| NumberError::NotANumber)?),
        None => (text, 0),
    };
    let (whole, fraction) = text.split_once(mark.own()).unwrap_or((text, ""));
    let has_mark = text.contains(mark.own());
    let whole = ungrouped(whole, mark, has_mark, count)?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        let marks = fraction.chars().all(|c| c.is_ascii_digit() || c == mark.own() || c == mark.other());
        return Err(if marks { NumberError::Marks } else { NumberError::NotANumber });
    }
    if whole.is_empty() && fraction.is_empty() {
        return Err(NumberError::NotANumber);
    }
    let units = scaled(whole.trim_start_matches('0'), fraction.trim_end_matches('0'), exponent)?;
    Ok(Decimal(if negative { -units } else { units }))
}

/// Whether it is negative, by one of the ways to say so, and the rest.
fn sign(text: &str) -> Result<(bool, &str), NumberError> {
    let minus = ['-', '\u{2212}'];
    let (negative, rest) = if let Some(rest) = text.strip_prefix('(') {
        (true, rest.strip_suffix(')').ok_or(NumberError::NotANumber)?)
    } else if let Some(rest) = text.strip_prefix(minus).or_else(|| text.strip_suffix(minus)) {
        (true, rest)
    } else {
        (false, text.strip_prefix('+').unwrap_or(text))
    };
    let rest = rest.trim();
    // `(-5)` and `--5` say it twice, and nobody knows what they mean.
    if rest.starts_with(['-', '+', '(', '\u{2212}']) { Err(NumberError::NotANumber) } else { Ok((negative, rest)) }
}

/// The digits before the decimal mark, without what stands between their thousands.
fn ungrouped(whole: &str, mark: Mark, has_mark: bool, count: bool) -> Result<String, NumberError> {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if is_digits(whole) {
        return Ok(whole.to_owned());
    }
    let between = |c: char| c == mark.other() || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}');
    let Some(separator) = whole.chars().find(|c| between(*c)) else { return Err(NumberError::NotANumber) };
    let groups: Vec<&str> = whole.split(separator).collect();
    if !groups.iter().all(|group| is_digits(group)) {
        return Err(NumberError::NotANumber);
    }
    let first = groups[0];
    let in_threes = groups[1..].iter().all(|group| group.len() == 3);
    if !in_threes || first.is_empty() || first.len() > 3 || first.starts_with('0') {
        return Err(NumberError::Marks);
    }
    if separator == mark.other() && groups.len() == 2 && !has_mark && !count {
        return Err(NumberError::Ambiguous);
    }
    Ok(groups.concat())
}

/// Digits before and behind the mark, with an exponent of ten, in units of the scale.
fn scaled(whole: &str, fraction: &str, exponent: i32) -> Result<i128, NumberError> {
    let mut value = 0_i128;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let next = value.checked_mul(10).and_then(|value| value.checked_add(i128::from(byte - b'0')));
        value = next.ok_or(if whole.len() > fraction.len() { NumberError::TooLarge } else { NumberError::TooFine })?;
    }
    if value == 0 {
        return Ok(0);
    }
    let places = i32::try_from(fraction.len()).map_err(|_| NumberError::TooFine)?;
    let kept = i32::try_from(PLACES).unwrap_or(i32::MAX);
    let shift = kept.saturating_sub(places).saturating_add(exponent);
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    let units = if shift >= 0 {
        power.and_then(|power| value.checked_mul(power)).ok_or(NumberError::TooLarge)?
    } else {
        let power = power.filter(|power| value % power == 0).ok_or(NumberError::TooFine)?;
        value / power
    };
    if units.unsigned_abs() >= ONE.unsigned_abs() * 10_u128.pow(MAX_WHOLE) {
        Err(NumberError::TooLarge)
    } else {
        Ok(units)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, one) = (self.0.unsigned_abs(), ONE.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (units / one, units % one);
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{rest:018}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Decimal {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        Self::read(text, Mark::Point)
    }
}

/// As its digits, for a number of JSON would be rounded by its readers.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
