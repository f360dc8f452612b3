//! The signature of a webhook: `t=<unix seconds>,v1=<HMAC-SHA256 over "t.body">`, as Stripe signs.

use domain::{env::Instant, ports::gateway::EventError};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "Stripe-Signature";

/// How far a signature's time may be from ours, in seconds, either way.
pub const TOLERANCE_S: i64 = 300;

fn mac(secret: &str, at: &str, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(at.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

/// The header's value for a body signed at an instant.
pub fn sign(secret: &str, body: &[u8], at: Instant) -> String {
    let at = at.timestamp().to_string();
    format!("t={at},v1={}", hex::encode(mac(secret, &at, body)))
}

/// Checks a header against the raw body: any one `v1` that fits is enough (secrets are rotated), compared in constant time, and the time
/// must be within [`TOLERANCE_S`].
pub fn verify(secret: &str, header: Option<&str>, body: &[u8], now: Instant) -> Result<(), EventError> {
    let header = header.ok_or(EventError::BadSignature)?;
    let (mut at, mut given) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => at = Some(value),
            Some(("v1", value)) => given.extend(hex::decode(value)),
            _ => {}
        }
    }
    let at = at.ok_or(EventError::BadSignature)?;
    let expected = mac(secret, at, body);
    // Folded rather than short-circuited, so that the time taken says nothing about which one fitted.
    let good = given.iter().fold(subtle::Choice::from(0), |good, one| good | one.ct_eq(&expected));
    if !bool::from(good) {
        return Err(EventError::BadSignature);
    }
    let at: i64 = at.parse().map_err(|_| EventError::BadSignature)?;
    if now.timestamp().saturating_sub(at).saturating_abs() > TOLERANCE_S {
        return Err(EventError::Stale);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;

    #[test]
    fn only_a_fresh_signature_over_the_same_bytes_is_good() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let header = sign("whsec_a", b"{}", now);
        let check = |header: Option<&str>, body: &[u8], now| verify("whsec_a", header, body, now);
        assert_eq!(check(Some(&header), b"{}", now), Ok(()));
        assert_eq!(check(Some(&header), b"{} ", now), Err(EventError::BadSignature));
        assert_eq!(check(None, b"{}", now), Err(EventError::BadSignature));
        for broken in ["", "t=,v1=", "v1=00", "t=1", "t=1,v1=zz", "t=9999999999999999999999,v1=00", ",,,=", "💥"] {
            assert_eq!(check(Some(broken), b"{}", now), Err(EventError::BadSignature), "{broken}");
        }
        assert_eq!(verify("whsec_b", Some(&header), b"{}", now), Err(EventError::BadSignature));
        let seconds = |count| Duration::seconds(count);
        assert_eq!(check(Some(&header), b"{}", now + seconds(300)), Ok(()));
        assert_eq!(check(Some(&header), b"{}", now - seconds(300)), Ok(()));
        assert_eq!(check(Some(&header), b"{}", now + seconds(301)), Err(EventError::Stale));
        assert_eq!(check(Some(&header), b"{}", now - seconds(301)), Err(EventError::Stale));
    }

    #[test]
    fn while_a_secret_is_rotated_either_signature_will_do() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let old = sign("whsec_old", b"x", now);
        let new = sign("whsec_new", b"x", now);
        let both = format!("{old},{},v0=ignored", new.split_once(',').unwrap().1);
        for secret in ["whsec_old", "whsec_new"] {
            assert_eq!(verify(secret, Some(&both), b"x", now), Ok(()));
        }
        assert_eq!(verify("whsec_other", Some(&both), b"x", now), Err(EventError::BadSignature));
    }
}
