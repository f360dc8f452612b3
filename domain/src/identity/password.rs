//! Passwords: argon2id with 19 MiB, two passes and one lane, the first choice of the OWASP Password Storage Cheat Sheet.
//!
//! Hashing and checking take tens of milliseconds of a core: call them from a blocking thread, never inside a transaction.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};

use crate::env::Env;

/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// A hash of nobody's password under the same cost, checked where an address has no account, so that both take equally long. Its salt and
/// digest are zeros: nothing hashes to it.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password's hash in PHC form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub(super) String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(COST.0, COST.1, COST.2, None).expect("the cost is within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password with a fresh salt. Slow on purpose.
pub fn hash(env: &Env, password: &str) -> PasswordHash {
    let salt = env.random::<16>();
    let hash: phc::PasswordHash = argon2id()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("argon2 hashes any password of at most 4 GiB with a salt of 16 bytes");
    PasswordHash(hash.to_string())
}

/// Whether the password is the one behind the hash; without a hash, false after the same time. Slow on purpose.
pub fn verify(stored: Option<&str>, password: &str) -> bool {
    let Ok(hash) = phc::PasswordHash::new(stored.unwrap_or(NOBODYS)) else {
        return false;
    };
    argon2id().verify_password(password.as_bytes(), &hash).is_ok() && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let (env, _) = testing::env(5);
        let (one, two) = (hash(&env, "correct horse battery"), hash(&env, "correct horse battery"));
        assert_ne!(one, two, "each has its own salt");
        assert!(one.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.0);
        assert!(verify(Some(&one.0), "correct horse battery"));
        assert!(!verify(Some(&one.0), "correct horse batterz"));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        assert!(!verify(None, ""));
        let nobody = phc::PasswordHash::new(NOBODYS).unwrap();
        let (env, _) = testing::env(5);
        let somebody = hash(&env, "x").0;
        let somebody = phc::PasswordHash::new(&somebody).unwrap();
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.hash.unwrap().len(), somebody.hash.unwrap().len());
        assert_eq!(nobody.salt.unwrap().len(), somebody.salt.unwrap().len());
    }
}
