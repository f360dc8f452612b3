//! Secrets that must be read again, at rest: AES-256-GCM under a key derived from the installation's, one for each use. Whoever gets hold of the database
//! without that key reads none; whose it is is bound in, so that a sealed secret opens in no other's row. Before what was sealed stands the id of the
//! installation's secret that did; what is older than these ids is without. **To add a use:** a word of `Use`, and its column in `resealing`.

mod resealing;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

pub use self::resealing::{Resealed, Sealed, count_sealed, reseal, reseal_second_factors};
use crate::{
    env::Env,
    ids::TypedId,
    links::LinkKey,
    secrets::{Secret, SecretId},
};

/// What a secret is for; sealed for one use it opens for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// An account's second factor.
    SecondFactor,
    /// What is sent to a webhook is signed with it.
    Webhook,
}

impl Use {
    /// Under which its key is derived.
    const fn purpose(self) -> &'static str {
        match self {
            Self::SecondFactor => "second factors",
            Self::Webhook => "webhooks",
        }
    }
}

fn key(secret: &Secret, of: Use) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, &secret.derive(of.purpose()));
    LessSafeKey::new(key.expect("a derived key has the 32 bytes of AES-256"))
}

/// What is sealed under a secret begins with it.
fn beginning(id: SecretId) -> String {
    format!("{id}.")
}

/// Seals a secret for whose it is: by which of the installation's; the nonce and what it became, in hexadecimal.
pub(crate) fn seal(env: &Env, links: &LinkKey, (of, owner): (Use, impl TypedId), secret: &[u8]) -> String {
    let (by, nonce) = (links.sealing(), env.random::<NONCE_LEN>());
    let mut sealed = secret.to_vec();
    let owner = owner.uuid();
    key(&by, of)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(owner.as_bytes().as_slice()),
            &mut sealed,
        )
        .expect("a secret is shorter than the 64 GiB that one nonce seals");
    format!("{}{}", beginning(by.id()), hex::encode([nonce.as_slice(), &sealed].concat()))
}

/// The secret, if it was sealed for this use and this owner under one of this installation's.
pub(crate) fn open(links: &LinkKey, (of, owner): (Use, impl TypedId), sealed: &str) -> Option<Vec<u8>> {
    let (id, sealed) = sealed.split_once('.').map_or((None, sealed), |(id, sealed)| (Some(id), sealed));
    let by = links.named(id)?;
    let bytes = hex::decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut opened = sealed.to_vec();
    let owner = owner.uuid();
    let secret = key(&by, of).open_in_place(nonce, Aad::from(owner.as_bytes().as_slice()), &mut opened).ok()?;
    Some(secret.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{env::testing, ids::UserId, secrets::Secrets};

    #[test]
    fn a_sealed_secret_opens_for_its_owner_and_use_under_its_key_alone() {
        let (env, _) = testing::env(5);
        let (ada, bob): (UserId, UserId) = (env.id(), env.id());
        let (adas, bobs) = ((Use::SecondFactor, ada), (Use::SecondFactor, bob));
        let links = LinkKey::new([1; 32]);
        let sealed = seal(&env, &links, adas, b"a secret");
        assert_ne!(sealed, seal(&env, &links, adas, b"a secret"), "each has its own nonce");
        assert!(!sealed.contains(&hex::encode("a secret")));
        assert_eq!(open(&links, adas, &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert_eq!(open(&links, bobs, &sealed), None);
        assert_eq!(open(&links, (Use::Webhook, ada), &sealed), None);
        assert_eq!(open(&LinkKey::new([2; 32]), adas, &sealed), None);
        let (id, sealed) = sealed.split_once('.').unwrap();
        for (index, byte) in hex::decode(sealed).unwrap().into_iter().enumerate() {
            let mut changed = hex::decode(sealed).unwrap();
            changed[index] = byte ^ 1;
            assert_eq!(open(&links, adas, &format!("{id}.{}", hex::encode(changed))), None, "byte {index}");
        }
        // What is older than the ids is without one.
        assert_eq!(open(&links, adas, sealed).as_deref(), Some(b"a secret".as_slice()));
        for wrong in ["00", "", &format!("{id}."), &format!("00000000.{sealed}"), &format!("x.{sealed}")] {
            assert_eq!(open(&links, adas, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_an_earlier_secret_has_sealed_is_read_and_the_later_one_seals() {
        let (env, _) = testing::env(6);
        let ada = (Use::SecondFactor, env.id::<UserId>());
        let (first, second) = (Secret::new([1; 32], None), Secret::make(&env));
        let sealed = seal(&env, &LinkKey::of(Secrets::of(first)), ada, b"a secret");
        let both = LinkKey::of(Secrets::of(first).followed_by(second));
        assert_eq!(open(&both, ada, &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert!(seal(&env, &both, ada, b"a secret").starts_with(&beginning(second.id())));
        assert_eq!(open(&LinkKey::of(Secrets::of(second)), ada, &sealed), None);
    }
}
