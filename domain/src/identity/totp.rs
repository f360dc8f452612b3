//! Codes that change with time (RFC 6238): HMAC-SHA-1, steps of 30 seconds, six digits, as every authenticator makes them. And the recovery codes
//! that stand in for a lost authenticator.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use crate::{
    email::EmailAddress,
    env::{Env, Instant},
};

/// How many bytes a secret has: as many as the hash gives (RFC 4226, 4).
pub const SECRET_BYTES: usize = 20;
/// How long a step is, in seconds.
pub const STEP_SECONDS: i64 = 30;
/// How many recovery codes are given out.
pub const RECOVERY_CODES: usize = 10;

const ISSUER: &str = "Ledgerline";

/// The code of a step.
pub fn code_at(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 0x0f);
    let word = u32::from_be_bytes([digest[at] & 0x7f, digest[at + 1], digest[at + 2], digest[at + 3]]);
    format!("{:06}", word % 1_000_000)
}

/// The step that an instant is in.
pub fn step_of(now: Instant) -> i64 {
    now.timestamp().div_euclid(STEP_SECONDS)
}

/// Which step a code is of, looked for in the present one, the one before and the one after, for clocks differ. Steps up to `last_step` are spent: a
/// code that somebody has looked at over a shoulder opens nothing.
pub fn matching_step(secret: &[u8], code: &str, now: Instant, last_step: i64) -> Option<i64> {
    let code = plain(code);
    let present = step_of(now);
    (present - 1..=present + 1)
        .filter(|step| *step > last_step)
        .find(|step| bool::from(code_at(secret, *step).as_bytes().ct_eq(code.as_bytes())))
}

/// A code as typed, without what groups it.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// What an authenticator takes in, by hand or as a picture.
pub fn uri(email: &EmailAddress, secret: &[u8]) -> String {
    let account: String = url::form_urlencoded::byte_serialize(email.as_str().as_bytes()).collect();
    // What the form encoding writes for a space is a plus sign to an authenticator.
    let account = account.replace('+', "%20");
    format!("otpauth://totp/{ISSUER}:{account}?secret={}&issuer={ISSUER}", base32(secret))
}

/// Bytes in base 32 (RFC 4648) without padding, as authenticators take a secret.
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut block = [0; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        for digit in 0..(chunk.len() * 8).div_ceil(5) {
            let index = usize::try_from((bits >> (35 - 5 * digit)) & 31).unwrap_or_default();
            text.push(char::from(ALPHABET[index]));
        }
    }
    text
}

/// A fresh recovery code of 120 bits, in groups of four: so many that its fingerprint needs no salt and no slow hash (ASVS 5.0, 6.5.2).
pub fn recovery_code(env: &Env) -> String {
    let digits: Vec<char> = base32(&env.random::<15>()).chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// What is kept of a recovery code, however it is typed.
pub fn recovery_fingerprint(code: &str) -> String {
    crate::env::fingerprint(&plain(code))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::env::testing;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, of whose eight digits authenticators show the last six.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(SECRET, step_of(DateTime::from_timestamp(seconds, 0).unwrap())), code);
        }
    }

    #[test]
    fn a_code_is_good_a_step_around_and_once() {
        let (env, clock) = testing::env(3);
        let step = step_of(env.now());
        let code = code_at(SECRET, step);
        let typed = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(matching_step(SECRET, &typed, env.now(), 0), Some(step));
        assert_eq!(matching_step(SECRET, &code, env.now(), step), None, "it is spent");
        assert_eq!(matching_step(SECRET, &code_at(SECRET, step + 1), env.now(), step), Some(step + 1));
        clock.advance(chrono::Duration::seconds(STEP_SECONDS));
        assert_eq!(matching_step(SECRET, &code, env.now(), 0), Some(step));
        clock.advance(chrono::Duration::seconds(STEP_SECONDS));
        assert_eq!(matching_step(SECRET, &code, env.now(), 0), None, "it is two steps old");
        assert_eq!(matching_step(SECRET, "", env.now(), 0), None);
    }

    #[test]
    fn secrets_are_written_as_authenticators_read_them() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        let email: EmailAddress = "ada+beats@example.com".parse().unwrap();
        assert_eq!(
            uri(&email, SECRET),
            "otpauth://totp/Ledgerline:ada%2Bbeats%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ledgerline"
        );
    }

    #[test]
    fn recovery_codes_are_known_however_they_are_typed() {
        let (env, _) = testing::env(9);
        let (one, two) = (recovery_code(&env), recovery_code(&env));
        assert_ne!(one, two);
        assert_eq!((one.len(), one.matches('-').count()), (29, 5));
        assert_eq!(recovery_fingerprint(&one), recovery_fingerprint(&one.to_lowercase().replace('-', " ")));
        assert_ne!(recovery_fingerprint(&one), recovery_fingerprint(&two));
    }
}
