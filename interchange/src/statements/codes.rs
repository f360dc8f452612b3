//! Codes as statements write them, in one plain form of a fixed size, so that millions are read without a place of their own in memory.
//!
//! Only the form is looked at: check digits are the business of whoever matches them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Declares a code of so many ASCII characters, which only `read` makes.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// The plain form.
            pub fn as_str(&self) -> &str {
                str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::read(&text).ok_or_else(|| de::Error::custom(format!("{text:?} is no {}", stringify!($name))))
            }
        }
    };
}

code! {
    /// The code of a recording, `AA6Q72000047`.
    Isrc, 12
}

code! {
    /// The code of a work, `T0345246801`.
    Iswc, 11
}

code! {
    /// The code of a currency, `USD`, as ISO 4217 forms it. Whether there is such a currency is not known here.
    Currency, 3
}

/// The number on a release, a UPC or EAN of 8 to 14 digits; zeros in front of it change nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upc(u64);

impl Isrc {
    /// Reads a code in upper or lower case, with or without its name, spaces and hyphens.
    pub fn read(text: &str) -> Option<Self> {
        if let Ok(plain) = <[u8; 12]>::try_from(text.as_bytes())
            && let Some(code) = Self::of(plain)
        {
            return Some(code);
        }
        let (characters, length) = squeezed::<16>(text)?;
        match length {
            12 => Self::of(*characters.first_chunk()?),
            16 if characters.starts_with(b"ISRC") => Self::of(*characters.last_chunk()?),
            _ => None,
        }
    }

    fn of(mut code: [u8; 12]) -> Option<Self> {
        code.make_ascii_uppercase();
        let fine = code[..2].iter().all(u8::is_ascii_uppercase)
            && code[2..5].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && code[5..].iter().all(u8::is_ascii_digit);
        fine.then_some(Self(code))
    }
}

impl Iswc {
    /// Reads a code in upper or lower case, with or without its name, spaces, hyphens and dots.
    pub fn read(text: &str) -> Option<Self> {
        let (characters, length) = squeezed::<15>(text)?;
        let code: [u8; 11] = match length {
            11 => *characters.first_chunk()?,
            15 if characters.starts_with(b"ISWC") => *characters.last_chunk()?,
            _ => return None,
        };
        let fine = code[0] == b'T' && code[1..].iter().all(u8::is_ascii_digit);
        fine.then_some(Self(code))
    }
}

impl Currency {
    /// Reads three letters in upper or lower case.
    pub fn read(text: &str) -> Option<Self> {
        let mut code = <[u8; 3]>::try_from(text.trim().as_bytes()).ok()?;
        code.make_ascii_uppercase();
        code.iter().all(u8::is_ascii_uppercase).then_some(Self(code))
    }
}

impl Upc {
    /// Reads 8 to 14 digits, with or without spaces and hyphens, or the apostrophe that keeps a spreadsheet from making a number of them.
    pub fn read(text: &str) -> Option<Self> {
        let (mut number, mut digits) = (0_u64, 0);
        for byte in text.trim().trim_start_matches('\'').bytes() {
            match byte {
                b'0'..=b'9' if digits < 14 => {
                    number = number * 10 + u64::from(byte - b'0');
                    digits += 1;
                }
                b' ' | b'-' => {}
                _ => return None,
            }
        }
        (digits >= 8 && number > 0).then_some(Self(number))
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// As an EAN-13; a longer one with all its digits.
impl fmt::Display for Upc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

impl fmt::Debug for Upc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Upc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The letters, in upper case, and digits of a code, and how many there are; what people put between them is dropped. Nothing if there are more than fit,
/// or others.
fn squeezed<const N: usize>(text: &str) -> Option<([u8; N], usize)> {
    let (mut characters, mut length) = ([0; N], 0);
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            *characters.get_mut(length)? = u8::try_from(c).ok()?.to_ascii_uppercase();
            length += 1;
        } else if !c.is_whitespace() && !matches!(c, '-' | '.' | ':' | '\'' | '\u{2010}'..='\u{2015}') {
            return None;
        }
    }
    Some((characters, length))
}
