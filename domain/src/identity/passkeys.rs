//! Passkeys (Web Authentication, level 3), as the relying party sees them: what a browser is asked for, and whether its answer holds.
//!
//! A passkey here is found by its device alone, without a name typed, and its device looks who sits there before each use (a fingerprint, a face, a PIN):
//! it is something that somebody has and something that they are or know, so that nothing else is asked for beside it. Which make of device it is is
//! neither asked nor kept.
//!
//! What is begun goes into the database in the form of `webauthn_rp`, which lets nobody give it a challenge or a time: those two are its own, the system's
//! randomness and clock. When a ceremony is over is decided by the injected clock all the same; the crate's own limit stands behind it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::{Host, Url};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
    bin::{Decode as _, Encode as _},
    request::{
        AsciiDomain, PublicKeyCredentialDescriptor, RpId,
        auth::AuthenticationVerificationOptions,
        register::{CredProtect, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle16},
    },
    response::{
        AuthTransports, AuthenticatorAttachment, Backup, CredentialId,
        auth::error::AuthCeremonyErr,
        register::{DynamicState, StaticState, error::RegCeremonyErr},
    },
};

use super::{
    IdentityError,
    entity::{PasskeyBackup, passkey, user},
};
use crate::{
    ids::{TypedId, UserId},
    reach,
    report::StoreError,
};

/// As what browsers show whose passkey it is.
const NAME: &str = "Ledgerline";

/// For whom passkeys are: the host of the pages, to which browsers tie them, and where those who use them must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    id: RpId,
    origin: String,
}

impl RelyingParty {
    /// Of the platform's own address. Browsers tie passkeys to names alone: where the pages are at this machine's own address, its name is taken.
    pub fn of(platform_url: &str) -> Result<Self, IdentityError> {
        let mut url = Url::parse(platform_url).map_err(|_| IdentityError::NoPasskeysHere)?;
        if reach::names_this_machine(&url) {
            url.set_host(Some("localhost")).map_err(|_| IdentityError::NoPasskeysHere)?;
        }
        let Some(Host::Domain(host)) = url.host() else { return Err(IdentityError::NoPasskeysHere) };
        let id = AsciiDomain::try_from(host.to_owned()).map_err(|_| IdentityError::NoPasskeysHere)?;
        Ok(Self { id: RpId::Domain(id), origin: url.origin().ascii_serialization() })
    }

    /// The host to which they are tied.
    pub fn id(&self) -> &str {
        self.id.as_ref()
    }

    /// Where those who use them must be, as browsers say it.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// What a ceremony begins with.
#[derive(Debug)]
pub(super) struct Begun {
    /// What the answer is held against.
    pub(super) state: String,
    /// What the browser is asked for, as its own JSON.
    pub(super) options: Value,
}

/// A passkey as its device has made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    /// By which devices know it.
    pub(super) credential_id: String,
    /// Its public key.
    pub(super) public_key: String,
    /// How its device is reached.
    pub(super) transports: i32,
    /// How often it has signed.
    pub(super) sign_count: i64,
    /// Where it is kept.
    pub(super) backup: PasskeyBackup,
}

/// What has changed of a passkey since it was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    /// How often it has signed.
    pub(super) sign_count: i64,
    /// Where it is kept.
    pub(super) backup: PasskeyBackup,
}

/// What makes a passkey for a person, on a device that has none of theirs yet.
pub(super) fn begin_adding(
    rp: &RelyingParty,
    person: &user::Model,
    known: &[passkey::Model],
) -> Result<Begun, IdentityError> {
    let handle = handle_of(person.id);
    let known = known.iter().map(descriptor_of).collect::<Result<Vec<_>, IdentityError>>()?;
    let user = PublicKeyCredentialUserEntity::from(&handle);
    let mut options = PublicKeyCredentialCreationOptions::passkey(&rp.id, user, known);
    // Many devices keep passkeys well and do not know this extension, and would be shut out: who sits there is asked for above.
    options.extensions.cred_protect = CredProtect::None;
    let (server, client) = options.start_ceremony().map_err(broken)?;
    let mut options = serde_json::to_value(&client).map_err(broken)?;
    // The crate takes names of its own alphabet alone; these are shown to nobody but the person.
    options["rp"]["name"] = json!(NAME);
    options["user"]["name"] = json!(person.email.as_str());
    options["user"]["displayName"] = json!(person.name);
    Ok(Begun { state: URL_SAFE_NO_PAD.encode(server.encode().map_err(broken)?), options })
}

/// The passkey that a device has made, if its answer holds.
pub(super) fn added(rp: &RelyingParty, state: &str, answer: &Value) -> Result<Made, IdentityError> {
    let state = URL_SAFE_NO_PAD.decode(state).map_err(broken)?;
    let state = RegistrationServerState::<16>::decode(state.as_slice()).map_err(broken)?;
    let answer = serde_json::to_vec(answer).map_err(broken)?;
    let answer = Registration::from_json_relaxed(&answer).map_err(|_| unreadable())?;
    let options = RegistrationVerificationOptions::<String, String> {
        allowed_origins: std::slice::from_ref(&rp.origin),
        // Some browsers tell more of a passkey than they were asked for.
        error_on_unsolicited_extensions: false,
        ..RegistrationVerificationOptions::default()
    };
    let made = state.verify(&rp.id, &answer, &options).map_err(|cause| match cause {
        RegCeremonyErr::CollectedClientData(_)
        | RegCeremonyErr::CollectedClientDataRelaxed(_)
        | RegCeremonyErr::AttestationObject(_) => unreadable(),
        cause => refused(cause),
    })?;
    let (Ok(public_key), Ok(transports)) = (made.static_state().encode(), made.transports().encode());
    let DynamicState { sign_count, backup, .. } = made.dynamic_state();
    Ok(Made {
        credential_id: URL_SAFE_NO_PAD.encode(made.id()),
        public_key: URL_SAFE_NO_PAD.encode(public_key),
        transports: i32::from(transports),
        sign_count: i64::from(sign_count),
        backup: kept_as(backup),
    })
}

/// What has somebody use a passkey, whichever of theirs.
pub(super) fn begin_using(rp: &RelyingParty) -> Result<Begun, IdentityError> {
    let (server, client) = DiscoverableCredentialRequestOptions::passkey(&rp.id).start_ceremony().map_err(broken)?;
    let options = serde_json::to_value(&client).map_err(broken)?;
    Ok(Begun { state: URL_SAFE_NO_PAD.encode(server.encode().map_err(broken)?), options })
}

/// By which devices know the passkey that an answer is of, which is not looked at yet.
pub(super) fn named(answer: &Value) -> Result<String, IdentityError> {
    let id = answer.get("id").and_then(Value::as_str).ok_or(IdentityError::PasskeyRefused)?;
    // In one spelling, for it is looked up.
    let id = URL_SAFE_NO_PAD.decode(id).map_err(|_| unreadable())?;
    Ok(URL_SAFE_NO_PAD.encode(id))
}

/// What has changed of a passkey, if the answer holds and is of this one.
pub(super) fn used(
    rp: &RelyingParty,
    state: &str,
    answer: &Value,
    row: &passkey::Model,
) -> Result<Used, IdentityError> {
    let state = URL_SAFE_NO_PAD.decode(state).map_err(broken)?;
    let state = DiscoverableAuthenticationServerState::decode(state.as_slice()).map_err(broken)?;
    let answer = serde_json::to_vec(answer).map_err(broken)?;
    let answer = DiscoverableAuthentication16::from_json_relaxed(&answer).map_err(|_| unreadable())?;
    let (id, handle) = (URL_SAFE_NO_PAD.decode(&row.credential_id).map_err(broken)?, handle_of(row.user_id));
    let public_key = URL_SAFE_NO_PAD.decode(&row.public_key).map_err(broken)?;
    let kept = DynamicState {
        user_verified: true,
        backup: backup_of(row.backup),
        sign_count: u32::try_from(row.sign_count).map_err(broken)?,
        authenticator_attachment: AuthenticatorAttachment::None,
    };
    let id = CredentialId::<&[u8]>::decode(id.as_slice()).map_err(broken)?;
    let public_key = StaticState::decode(public_key.as_slice()).map_err(broken)?;
    let mut credential = AuthenticatedCredential::new(id, &handle, public_key, kept).map_err(broken)?;
    let options = AuthenticationVerificationOptions::<String, String> {
        allowed_origins: std::slice::from_ref(&rp.origin),
        error_on_unsolicited_extensions: false,
        ..AuthenticationVerificationOptions::default()
    };
    state.verify(&rp.id, &answer, &mut credential, &options).map_err(|cause| match cause {
        AuthCeremonyErr::CollectedClientData(_)
        | AuthCeremonyErr::CollectedClientDataRelaxed(_)
        | AuthCeremonyErr::AuthenticatorData(_) => unreadable(),
        cause => refused(cause),
    })?;
    let DynamicState { sign_count, backup, .. } = credential.dynamic_state();
    Ok(Used { sign_count: i64::from(sign_count), backup: kept_as(backup) })
}

/// By what a device knows whose a passkey is: the account's id, which says nothing of the person.
fn handle_of(user: UserId) -> UserHandle16 {
    let Ok(handle) = UserHandle16::decode(user.uuid().into_bytes());
    handle
}

/// By what a device tells that it has a passkey already.
fn descriptor_of(row: &passkey::Model) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>, IdentityError> {
    let id = URL_SAFE_NO_PAD.decode(&row.credential_id).map_err(broken)?;
    let transports = u8::try_from(row.transports).map_err(broken)?;
    Ok(PublicKeyCredentialDescriptor {
        id: CredentialId::<Vec<u8>>::decode(id).map_err(broken)?,
        transports: AuthTransports::decode(transports).map_err(broken)?,
    })
}

const fn kept_as(backup: Backup) -> PasskeyBackup {
    match backup {
        Backup::NotEligible => PasskeyBackup::NotEligible,
        Backup::Eligible => PasskeyBackup::Eligible,
        Backup::Exists => PasskeyBackup::Exists,
    }
}

const fn backup_of(kept: PasskeyBackup) -> Backup {
    match kept {
        PasskeyBackup::NotEligible => Backup::NotEligible,
        PasskeyBackup::Eligible => Backup::Eligible,
        PasskeyBackup::Exists => Backup::Exists,
    }
}

/// An answer that does not hold; why is for the log.
fn refused(cause: impl std::fmt::Display) -> IdentityError {
    tracing::info!(%cause, "a passkey was refused");
    IdentityError::PasskeyRefused
}

/// An answer that cannot be read. What says why would quote it, and the log holds nothing that somebody has written.
fn unreadable() -> IdentityError {
    refused("it cannot be read")
}

/// What we have kept or made ourselves cannot be used.
fn broken(cause: impl std::fmt::Display) -> IdentityError {
    StoreError::from(sea_orm::DbErr::Custom(format!("a passkey: {cause}"))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_the_name_that_the_pages_are_at() {
        for (url, id, origin) in [
            ("https://beats.example", "beats.example", "https://beats.example"),
            ("https://Beats.Example:8443", "beats.example", "https://beats.example:8443"),
            ("http://127.0.0.1:8080", "localhost", "http://localhost:8080"),
            ("http://[::1]:8080", "localhost", "http://localhost:8080"),
            ("http://[::ffff:127.0.0.1]:8080", "localhost", "http://localhost:8080"),
            ("http://localhost", "localhost", "http://localhost"),
        ] {
            let party = RelyingParty::of(url).unwrap();
            assert_eq!((party.id(), party.origin()), (id, origin), "{url}");
        }
        for url in ["http://192.0.2.7:8080", "https://[2001:db8::1]", "nowhere"] {
            assert!(matches!(RelyingParty::of(url), Err(IdentityError::NoPasskeysHere)), "{url}");
        }
    }

    #[test]
    fn a_passkey_is_looked_up_by_one_spelling() {
        assert_eq!(named(&json!({ "id": "AQID" })).unwrap(), "AQID");
        for answer in [json!({ "id": "AQ==" }), json!({ "id": "AR" }), json!({ "id": 1 }), json!(null)] {
            assert!(matches!(named(&answer), Err(IdentityError::PasskeyRefused)), "{answer}");
        }
    }
}
