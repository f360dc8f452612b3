//! E-mail addresses as this program accepts them.

use std::fmt;

use crate::visible::is_steering;

/// An address: trimmed, its domain lower-cased, of plausible form. Whether it exists is proved by a mail alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, sea_orm::DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct EmailAddress(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not an e-mail address: one @, something before it, a domain with a dot behind it, 254 characters at most"
)]
pub struct EmailError;

impl EmailAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which two spellings of one mailbox are held to be the same account: all lower case.
    pub fn account_key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The form by which addresses are held to lead to one mailbox: as [`account_key`](Self::account_key), without what most providers let anybody add behind a
    /// `+`. For counting alone, as a provider may tell the two apart.
    pub fn mailbox_key(&self) -> String {
        let key = self.account_key();
        let Some((local, host)) = key.rsplit_once('@') else { return key };
        match local.split_once('+') {
            Some((plain, _)) if !plain.is_empty() => format!("{plain}@{host}"),
            _ => key,
        }
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = EmailError;
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(EmailError)?;
        let host = host.to_lowercase();
        let plain = |part: &str| {
            !part.is_empty()
                && !part.chars().any(|c| c.is_whitespace() || is_steering(c) || "<>()[],;:\\\"@".contains(c))
        };
        let labels_ok =
            host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if text.len() > 254 || local.len() > 64 || !plain(local) || !plain(&host) || !host.contains('.') || !labels_ok {
            return Err(EmailError);
        }
        Ok(Self(format!("{local}@{host}")))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_to_an_address_leads_to_the_same_mailbox() {
        for (address, key) in [
            ("Hog+1@Example.com", "hog@example.com"),
            ("hog+a+b@example.com", "hog@example.com"),
            ("hog@example.com", "hog@example.com"),
            ("+hog@example.com", "+hog@example.com"),
        ] {
            assert_eq!(address.parse::<EmailAddress>().unwrap().mailbox_key(), key);
        }
    }

    #[test]
    fn addresses_are_tidied_or_refused() {
        assert_eq!(" Ada@Example.COM ".parse::<EmailAddress>().unwrap().as_str(), "Ada@example.com");
        for text in [
            "",
            "@",
            "a@",
            "@b.c",
            "a b@c.de",
            "a@b",
            "a@b..c",
            "a@-b.c",
            "a@b.c\r\nBcc: x@y.z",
            "a@@b.c",
            "a,b@c.de",
            "\u{202e}a@b.cd",
        ] {
            assert_eq!(text.parse::<EmailAddress>(), Err(EmailError), "{text:?}");
        }
    }
}
