//! An authenticator in software, with the browser around it: it makes passkeys and signs with them as real ones do, and wrongly where a test has it do so.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Somebody is there.
const USER_PRESENT: u8 = 0x01;
/// They were looked at.
const USER_VERIFIED: u8 = 0x04;
/// What it makes may be copied to other devices.
const BACKUP_ELIGIBLE: u8 = 0x08;
/// And has been.
const BACKED_UP: u8 = 0x10;
/// A fresh passkey is told of.
const ATTESTED: u8 = 0x40;

/// A device with one passkey, and the page that it is used on.
#[derive(Debug, Clone)]
pub struct Authenticator {
    /// Where the page is, as the browser tells it.
    pub origin: String,
    /// How often it has signed; it counts on with each, unless it counts nothing.
    pub sign_count: u32,
    /// Whether it counts.
    pub counts: bool,
    /// Whether it looks who sits there.
    pub verifies: bool,
    /// Whether what it makes is kept elsewhere too: may be, and is.
    pub backup: (bool, bool),
    id: [u8; 16],
    key: SigningKey,
    user: String,
}

impl Authenticator {
    /// A device, told from others by a seed, on a page at an origin.
    pub fn new(seed: u8, origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            sign_count: 0,
            counts: true,
            verifies: true,
            backup: (false, false),
            id: [seed; 16],
            key: SigningKey::from_slice(&[seed.max(1); 32]).expect("a small number is a key of the curve"),
            user: String::new(),
        }
    }

    /// The same device on a page elsewhere.
    #[must_use]
    pub fn at(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    /// The same device, which lets anybody use it.
    #[must_use]
    pub fn careless(&self) -> Self {
        Self { verifies: false, ..self.clone() }
    }

    /// What `navigator.credentials.create` gives for options of the server.
    pub fn create(&mut self, options: &Value) -> Value {
        self.user = text(&options["user"]["id"]);
        let client = self.client_data("webauthn.create", &options["challenge"]);
        let data = self.data(&text(&options["rp"]["id"]), ATTESTED, &self.attested());
        // CBOR: a map of three, of the format, its empty statement, and the data.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("what is told of one key fits into a byte of length"));
        object.extend(data);
        self.answer(json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "transports": ["internal"],
        }))
    }

    /// What `navigator.credentials.get` gives for options of the server.
    pub fn get(&mut self, options: &Value) -> Value {
        if self.counts {
            self.sign_count += 1;
        }
        let client = self.client_data("webauthn.get", &options["challenge"]);
        let data = self.data(&text(&options["rpId"]), 0, &[]);
        let signed = [data.as_slice(), Sha256::digest(&client).as_slice()].concat();
        let signature: Signature = self.key.sign(&signed);
        self.answer(json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(signature.to_der().as_bytes()),
            "userHandle": self.user,
        }))
    }

    fn answer(&self, response: Value) -> Value {
        let id = URL_SAFE_NO_PAD.encode(self.id);
        let mut answer = json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
        });
        answer["response"] = response;
        answer
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let (challenge, origin) = (text(challenge), &self.origin);
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#).into_bytes()
    }

    /// What the authenticator says of itself and of who sits there.
    fn data(&self, rp: &str, more: u8, attested: &[u8]) -> Vec<u8> {
        let mut flags = USER_PRESENT | more;
        for (is_so, flag) in
            [(self.verifies, USER_VERIFIED), (self.backup.0, BACKUP_ELIGIBLE), (self.backup.1, BACKED_UP)]
        {
            flags |= if is_so { flag } else { 0 };
        }
        [Sha256::digest(rp).as_slice(), &[flags], &self.sign_count.to_be_bytes(), attested].concat()
    }

    /// The fresh passkey: no make of device, its id, and its public key as COSE writes it.
    fn attested(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        // A byte that says so, and two coordinates.
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let head = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice();
        let (make, length, then) = ([0_u8; 16], [0, 16_u8], b"\x22\x58\x20");
        [make.as_slice(), &length, &self.id, head, x, then, y].concat()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
