//! `docs/cryptography.md` is the inventory of cryptography: whatever computes a digest, a MAC, a signature or a cipher, or speaks TLS, is named there, and what is
//! named there is.

use std::{collections::BTreeSet, fs};

use tests::{places_in, root, shipped};

/// The crates by which that is done, as sources name them.
const BY: [&str; 11] = [
    "TlsParameters",
    "argon2::",
    "hmac::",
    "hyper_rustls::",
    "jsonwebtoken::",
    "p256::",
    "p384::",
    "ring::",
    "sha1::",
    "sha2::",
    "webauthn_rp::",
];

/// Whether a source names a crate, and no longer word that ends like it.
fn names(source: &str, by: &str) -> bool {
    source.match_indices(by).any(|(at, _)| !source[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

#[test]
fn the_inventory_of_cryptography_is_what_the_code_does() {
    let document = fs::read_to_string(root().join("docs/cryptography.md")).expect("the inventory");
    let (told, shipped) = (places_in(&document), shipped());
    let found: BTreeSet<&str> = shipped
        .iter()
        .filter(|(_, source)| BY.iter().any(|by| names(source, by)))
        .map(|(place, _)| place.as_str())
        .collect();
    assert!(found.len() > 20, "sources are found");
    let untold: Vec<_> = found.difference(&told).collect();
    assert!(untold.is_empty(), "sources that docs/cryptography.md does not name: {untold:#?}");
    let gone: Vec<_> = told.iter().filter(|place| !shipped.contains_key(**place)).collect();
    assert!(gone.is_empty(), "docs/cryptography.md names sources that are not there: {gone:#?}");
}
