//! Countries, by the two letters of ISO 3166-1: where a buyer is taxed.

use std::fmt;

use interchange::places::{COUNTRIES, Place, by_code, place};

/// A country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Country(usize);

/// The text names no country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the ISO 3166-1 code of a country, two capital letters")]
pub struct CountryError(String);

impl Country {
    /// Every country, in the order of the codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..COUNTRIES.len()).map(Self)
    }

    /// The country that a text names, by its code or name or by what statements call it; none if that is another place, several, or nothing that is known.
    pub fn named(text: &str) -> Option<Self> {
        match place(text) {
            Place::Country(at) => Some(Self(at)),
            Place::Region | Place::Unknown => None,
        }
    }

    /// The two letters, such as `DE`.
    pub fn code(self) -> &'static str {
        COUNTRIES[self.0].0
    }

    /// The name in English, such as `Germany`.
    pub fn name(self) -> &'static str {
        COUNTRIES[self.0].1
    }

    /// What VAT identification numbers of a member state of the European Union begin with; none of any other country.
    pub fn vat_prefix(self) -> Option<&'static str> {
        match self.code() {
            // Greece writes its own name.
            "GR" => Some("EL"),
            code => UNION.contains(&code).then_some(code),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for Country {
    type Err = CountryError;
    fn from_str(code: &str) -> Result<Self, CountryError> {
        by_code(code).map(Self).ok_or_else(|| CountryError(code.chars().take(16).collect()))
    }
}

impl serde::Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

// As part of a primary key, as the typed ids do it.
impl sea_orm::TryFromU64 for Country {
    fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
        Err(sea_orm::DbErr::ConvertFromU64("Country"))
    }
}

/// The member states of the European Union, by their codes.
const UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_is_found_by_its_code_and_nothing_else_is() {
        for country in Country::all() {
            assert_eq!(country.code().parse(), Ok(country));
        }
        assert_eq!("DE".parse::<Country>().map(Country::name), Ok("Germany"));
        for wrong in ["", "D", "de", "XX", "DEU", "D\0"] {
            assert!(wrong.parse::<Country>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_number_begins_with_its_member_state() {
        let prefix = |code: &str| code.parse::<Country>().unwrap().vat_prefix();
        assert_eq!((prefix("FR"), prefix("GR"), prefix("GB"), prefix("CH")), (Some("FR"), Some("EL"), None, None));
        assert_eq!(Country::all().filter_map(Country::vat_prefix).count(), 27);
    }
}
