//! The installation's secrets: one seals and signs, the earlier ones are kept so that what they have sealed and signed is still read. Each has an id that
//! follows from it, and whatever it seals or signs says that id: nothing is tried with one after the other.
//!
//! They are written one after another, with commas or line breaks between them: 64 hexadecimal digits each, and behind them when it was made, where that is
//! known. The first seals and signs. Of what says no id, for it is older than the ids are, the secret is the one that was made first.

use std::{
    fmt::{Debug, Display, Formatter},
    str::FromStr,
};

use chrono::{DateTime, SecondsFormat};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::env::{Env, Instant};

/// What a secret is known by: the beginning of a MAC under it, which tells nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretId([u8; 4]);

impl Display for SecretId {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Debug for SecretId {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        Display::fmt(self, f)
    }
}

impl FromStr for SecretId {
    type Err = SecretFault;

    fn from_str(text: &str) -> Result<Self, SecretFault> {
        let bytes = hex::decode(text).map_err(|_| SecretFault::Id)?;
        bytes.try_into().map(Self).map_err(|_| SecretFault::Id)
    }
}

/// What is wrong with secrets as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretFault {
    /// Not what a secret looks like.
    #[error(
        "a secret is 64 hexadecimal digits, and behind them when it was made, such as 2026-12-08T09:30:00Z, or nothing"
    )]
    Secret,
    /// Not what an id looks like.
    #[error("the id of a secret is 8 hexadecimal digits")]
    Id,
    /// None at all.
    #[error("there is no secret")]
    Empty,
}

/// One secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    bytes: [u8; 32],
    id: SecretId,
    made_at: Option<Instant>,
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Secret {
    /// A secret of 32 bytes.
    pub fn new(bytes: [u8; 32], made_at: Option<Instant>) -> Self {
        let [a, b, c, d, ..] = mac(&bytes, "ledgerline secret id v1\n", "");
        Self { bytes, id: SecretId([a, b, c, d]), made_at }
    }

    /// A new one, made now.
    pub fn make(env: &Env) -> Self {
        Self::new(env.random(), Some(env.now()))
    }

    /// Its id.
    pub const fn id(&self) -> SecretId {
        self.id
    }

    /// When it was made; unknown of the first one of an installation.
    pub const fn made_at(&self) -> Option<Instant> {
        self.made_at
    }

    /// A key derived for a use, so that one secret serves several without their MACs ever meeting.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        mac(&self.bytes, "ledgerline derived key v1\n", purpose)
    }

    /// The MAC of a link.
    pub(crate) fn mac_of_link(&self, body: &str) -> [u8; 32] {
        mac(&self.bytes, "ledgerline link v1\n", body)
    }

    /// The secret as it is written: for the place where it is kept, and nowhere else.
    pub fn text(&self) -> String {
        let digits = hex::encode(self.bytes);
        match self.made_at {
            Some(at) => format!("{digits} {}", at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            None => digits,
        }
    }
}

impl FromStr for Secret {
    type Err = SecretFault;

    fn from_str(text: &str) -> Result<Self, SecretFault> {
        let (digits, made_at) = match text.trim().split_once(' ') {
            Some((digits, at)) => (digits, Some(at.trim())),
            None => (text.trim(), None),
        };
        let bytes = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(SecretFault::Secret)?;
        let made_at = made_at.map(DateTime::parse_from_rfc3339).transpose().map_err(|_| SecretFault::Secret)?;
        Ok(Self::new(bytes, made_at.map(|at| at.to_utc())))
    }
}

fn mac(key: &[u8; 32], label: &str, text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(label.as_bytes());
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// All secrets of an installation; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    current: Secret,
    earlier: Vec<Secret>,
}

impl Secrets {
    /// A single one.
    pub const fn of(secret: Secret) -> Self {
        Self { current: secret, earlier: Vec::new() }
    }

    /// The one that seals and signs.
    pub const fn current(&self) -> Secret {
        self.current
    }

    /// The one that was made first. Of those whose day nobody knows it is the last that is written.
    pub fn oldest(&self) -> Secret {
        self.all().rev().min_by_key(Secret::made_at).unwrap_or(self.current)
    }

    /// All of them, in the order in which they are written.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = Secret> {
        std::iter::once(self.current).chain(self.earlier.iter().copied())
    }

    /// The one of that id.
    pub fn find(&self, id: SecretId) -> Option<Secret> {
        self.all().find(|secret| secret.id == id)
    }

    /// The same with a new one, which seals and signs from now on.
    #[must_use]
    pub fn followed_by(&self, secret: Secret) -> Self {
        Self { current: secret, earlier: self.all().collect() }
    }

    /// The same without one of the earlier ones.
    #[must_use]
    pub fn without(&self, id: SecretId) -> Self {
        let earlier = self.earlier.iter().copied().filter(|secret| secret.id != id).collect();
        Self { earlier, ..self.clone() }
    }

    /// The secrets as they are written, one a line: for the place where they are kept, and nowhere else.
    pub fn text(&self) -> String {
        self.all().map(|secret| secret.text() + "\n").collect()
    }
}

impl FromStr for Secrets {
    type Err = SecretFault;

    fn from_str(text: &str) -> Result<Self, SecretFault> {
        let mut written = text.split([',', '\n']).map(str::trim).filter(|text| !text.is_empty());
        let mut secrets = Self::of(written.next().ok_or(SecretFault::Empty)?.parse()?);
        for text in written {
            let secret: Secret = text.parse()?;
            if secrets.find(secret.id).is_none() {
                secrets.earlier.push(secret);
            }
        }
        Ok(secrets)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::env::testing;

    #[test]
    fn secrets_are_read_as_they_are_written_whatever_stands_between_them() {
        let (env, clock) = testing::env(3);
        let first = Secret::new([7; 32], None);
        let alone: Secrets = format!("{}\n", "07".repeat(32)).parse().unwrap();
        assert_eq!((alone.clone(), alone.text()), (Secrets::of(first), format!("{}\n", "07".repeat(32))));
        let second = Secret::make(&env);
        clock.advance(Duration::days(1));
        let all = alone.followed_by(second).followed_by(Secret::make(&env));
        assert_eq!(all.text().parse::<Secrets>(), Ok(all.clone()));
        assert_eq!(all.text().trim().replace('\n', ", ").parse::<Secrets>(), Ok(all.clone()));
        assert_eq!((all.oldest(), all.find(second.id())), (first, Some(second)));
        assert_eq!(all.without(first.id()).oldest(), second);
        for wrong in ["", "\n", "07", &"0g".repeat(32), &format!("{} yesterday", "07".repeat(32))] {
            assert!(wrong.parse::<Secrets>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_oldest_is_the_one_without_a_day_or_else_the_last() {
        let (a, b) = (Secret::new([1; 32], None), Secret::new([2; 32], None));
        let later = Secret::make(&testing::env(4).0);
        assert_eq!(Secrets::of(b).followed_by(a).oldest(), b);
        // Where it is only read for now, before it seals and signs.
        let announced: Secrets = format!("{}, {}", a.text(), later.text()).parse().unwrap();
        assert_eq!((announced.current(), announced.oldest()), (a, a));
    }

    #[test]
    fn neither_its_id_nor_what_is_logged_of_it_tells_a_secret() {
        let secret = Secret::new([7; 32], None);
        assert_ne!(secret.id(), Secret::new([8; 32], None).id());
        assert_eq!(secret.id().to_string().parse::<SecretId>(), Ok(secret.id()));
        assert!(!format!("{:?}", Secrets::of(secret)).contains("0707"));
        assert!(["", "12", "123456789", "x2345678"].iter().all(|text| text.parse::<SecretId>().is_err()));
    }
}
