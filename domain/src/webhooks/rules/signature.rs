//! Signatures, as Standard Webhooks has them: whoever has the secret knows that a message is the studio's, whole, and from when it is.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How many bytes a secret has.
pub const SECRET_BYTES: usize = 32;

/// What a secret begins with, as it is shown.
const SECRET_PREFIX: &str = "whsec_";

/// What a signature begins with: its version, by a shared secret.
const VERSION: &str = "v1";

/// The header that numbers a message: the same each time that it is sent.
pub const ID_HEADER: &str = "webhook-id";
/// The header that says when it was sent, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header of the signatures.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// A secret as it is shown.
pub fn shown(secret: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(secret))
}

/// The signature of a message by one secret.
pub fn sign(secret: &[u8], id: &str, timestamp: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    format!("{VERSION},{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The signatures of a message by each secret that counts: a receiver that knows one of them knows the message.
pub fn sign_all(secrets: &[Vec<u8>], id: &str, timestamp: i64, body: &str) -> String {
    let signatures: Vec<String> = secrets.iter().map(|secret| sign(secret, id, timestamp, body)).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the libraries of Standard Webhooks are tested with; made anew by `openssl dgst -sha256 -mac HMAC`.
    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        let signed = sign(&secret, id, 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(shown(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        for other in [
            sign(&secret, "msg_other", 1_614_265_330, body),
            sign(&secret, id, 1_614_265_331, body),
            sign(&secret, id, 1_614_265_330, "{}"),
            sign(&secret[1..], id, 1_614_265_330, body),
        ] {
            assert_ne!(signed, other);
        }
    }

    #[test]
    fn each_secret_that_counts_signs() {
        let secrets = [vec![1; SECRET_BYTES], vec![2; SECRET_BYTES]];
        let both = sign_all(&secrets, "event_1", 7, "{}");
        let each: Vec<String> = secrets.iter().map(|secret| sign(secret, "event_1", 7, "{}")).collect();
        assert_eq!(both.split(' ').collect::<Vec<_>>(), each);
    }
}
