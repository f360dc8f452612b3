//! Secrets that must be read again, at rest: AES-256-GCM under a key derived from the installation's, one for each use. Whoever gets hold of the database
//! without that key reads none; whose it is is bound in, so that a sealed secret opens in no other's row.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{env::Env, ids::TypedId, links::LinkKey};

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

fn key(links: &LinkKey, of: Use) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, &links.derive(of.purpose()));
    LessSafeKey::new(key.expect("a derived key has the 32 bytes of AES-256"))
}

/// Seals a secret for whose it is: the nonce and what it became, in hexadecimal.
pub(crate) fn seal(env: &Env, links: &LinkKey, (of, owner): (Use, impl TypedId), secret: &[u8]) -> String {
    let nonce = env.random::<NONCE_LEN>();
    let mut sealed = secret.to_vec();
    key(links, of)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(owner.uuid().as_bytes().as_slice()),
            &mut sealed,
        )
        .expect("a secret is shorter than the 64 GiB that one nonce seals");
    hex::encode([nonce.as_slice(), &sealed].concat())
}

/// The secret, if it was sealed for this use and this owner under this installation's key.
pub(crate) fn open(links: &LinkKey, (of, owner): (Use, impl TypedId), sealed: &str) -> Option<Vec<u8>> {
    let bytes = hex::decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut opened = sealed.to_vec();
    let owner = owner.uuid();
    let secret = key(links, of).open_in_place(nonce, Aad::from(owner.as_bytes().as_slice()), &mut opened).ok()?;
    Some(secret.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{env::testing, ids::UserId};

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
        for (index, byte) in hex::decode(&sealed).unwrap().into_iter().enumerate() {
            let mut changed = hex::decode(&sealed).unwrap();
            changed[index] = byte ^ 1;
            assert_eq!(open(&links, adas, &hex::encode(changed)), None, "byte {index}");
        }
        assert_eq!(open(&links, adas, "00"), None);
    }
}
