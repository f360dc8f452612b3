//! Secrets that must be read again, at rest: AES-256-GCM under a key derived from the installation's. Whoever gets hold of the database without that key
//! reads none; the account is bound in, so that a sealed secret opens in no other's row.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{
    env::Env,
    ids::{TypedId, UserId},
    links::LinkKey,
};

fn key(links: &LinkKey) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, &links.derive("second factors"));
    LessSafeKey::new(key.expect("a derived key has the 32 bytes of AES-256"))
}

/// Seals a secret: the nonce and what it became, in hexadecimal.
pub(super) fn seal(env: &Env, links: &LinkKey, user: UserId, secret: &[u8]) -> String {
    let nonce = env.random::<NONCE_LEN>();
    let mut sealed = secret.to_vec();
    key(links)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(user.uuid().as_bytes().as_slice()),
            &mut sealed,
        )
        .expect("a secret is shorter than the 64 GiB that one nonce seals");
    hex::encode([nonce.as_slice(), &sealed].concat())
}

/// The secret, if it was sealed for this account under this installation's key.
pub(super) fn open(links: &LinkKey, user: UserId, sealed: &str) -> Option<Vec<u8>> {
    let bytes = hex::decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut opened = sealed.to_vec();
    let secret = key(links).open_in_place(nonce, Aad::from(user.uuid().as_bytes().as_slice()), &mut opened).ok()?;
    Some(secret.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing;

    #[test]
    fn a_sealed_secret_opens_for_its_account_under_its_key_alone() {
        let (env, _) = testing::env(5);
        let (ada, bob): (UserId, UserId) = (env.id(), env.id());
        let links = LinkKey::new([1; 32]);
        let sealed = seal(&env, &links, ada, b"a secret");
        assert_ne!(sealed, seal(&env, &links, ada, b"a secret"), "each has its own nonce");
        assert!(!sealed.contains(&hex::encode("a secret")));
        assert_eq!(open(&links, ada, &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert_eq!(open(&links, bob, &sealed), None);
        assert_eq!(open(&LinkKey::new([2; 32]), ada, &sealed), None);
        for (index, byte) in hex::decode(&sealed).unwrap().into_iter().enumerate() {
            let mut changed = hex::decode(&sealed).unwrap();
            changed[index] = byte ^ 1;
            assert_eq!(open(&links, ada, &hex::encode(changed)), None, "byte {index}");
        }
        assert_eq!(open(&links, ada, "00"), None);
    }
}
