//! What is accepted as a party.

use super::{PartyError, entity::PartyKind};
use crate::{
    email::EmailAddress,
    identifiers::{IpiNameNumber, Isni},
    visible::{has_visible, is_steering},
};

/// What a document says of a party besides its name and address.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PartyFacts {
    /// Person or company.
    pub kind: Option<PartyKind>,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// IPI name number.
    pub ipi: Option<String>,
    /// ISNI.
    pub isni: Option<String>,
}

impl PartyFacts {
    /// The same as the books hold it; what they would not accept is left out.
    #[must_use]
    pub fn accepted(&self) -> Self {
        Self {
            kind: self.kind,
            legal_name: legal_name(self.legal_name.clone()).unwrap_or_default(),
            ipi: ipi(self.ipi.clone()).unwrap_or_default(),
            isni: isni(self.isni.clone()).unwrap_or_default(),
        }
    }
}

/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 200;

/// A name for `field`: trimmed, runs of blanks made one, 1 to [`MAX_NAME_CHARS`] characters, none of them a control character, and
/// something to be seen.
pub fn name(field: &'static str, text: &str) -> Result<String, PartyError> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !has_visible(&tidy) || tidy.chars().count() > MAX_NAME_CHARS || tidy.chars().any(is_steering) {
        return Err(PartyError::Name { field });
    }
    Ok(tidy)
}

/// A legal name: none if it is left empty.
pub fn legal_name(text: Option<String>) -> Result<Option<String>, PartyError> {
    filled(text).map(|text| name("legalName", &text)).transpose()
}

/// An e-mail address: none if it is left empty.
pub fn email(text: Option<String>) -> Result<Option<EmailAddress>, PartyError> {
    filled(text).map(|text| text.parse()).transpose().map_err(PartyError::Email)
}

/// An IPI name number in plain form: none if it is left empty.
pub fn ipi(text: Option<String>) -> Result<Option<String>, PartyError> {
    let checked = filled(text).map(|text| text.parse::<IpiNameNumber>()).transpose();
    Ok(checked.map_err(|problem| PartyError::Identifier { field: "ipi", problem })?.map(String::from))
}

/// An ISNI in plain form: none if it is left empty.
pub fn isni(text: Option<String>) -> Result<Option<String>, PartyError> {
    let checked = filled(text).map(|text| text.parse::<Isni>()).transpose();
    Ok(checked.map_err(|problem| PartyError::Identifier { field: "isni", problem })?.map(String::from))
}

/// A text that says something; none if it is left empty.
pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied_or_refused() {
        assert_eq!(name("name", "  Ada \t Lovelace ").unwrap(), "Ada Lovelace");
        for text in ["", " \n ", "a\u{0}b", "\u{200b}", "x".repeat(201).as_str()] {
            assert!(matches!(name("name", text), Err(PartyError::Name { field: "name" })), "{text:?}");
        }
    }

    #[test]
    fn empty_means_none_and_wrong_names_its_field() {
        assert_eq!(ipi(Some("  ".into())).unwrap(), None);
        assert_eq!(isni(Some("0000 0001 2146 438x".into())).unwrap().as_deref(), Some("000000012146438X"));
        assert!(matches!(ipi(Some("1".into())), Err(PartyError::Identifier { field: "ipi", .. })));
        assert!(matches!(email(Some("nobody".into())), Err(PartyError::Email(_))));
    }
}
