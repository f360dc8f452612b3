//! The two secrets that server and client share.

use domain::links::LinkKey;

/// The secret key of the HTTP interface and the secret that webhooks are signed with, both derived from the installation's secret, so
/// that there is nothing to configure and nothing to leak from a file.
#[derive(Clone)]
pub struct SandboxKeys {
    /// Authorises calls: `sk_sandbox_` and 64 hexadecimal digits.
    pub(super) secret_key: String,
    /// Signs webhooks: `whsec_sandbox_` and 64 hexadecimal digits.
    pub(super) webhook_secret: String,
}

impl std::fmt::Debug for SandboxKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SandboxKeys(…)")
    }
}

impl SandboxKeys {
    /// The keys of an installation: of its oldest secret, for server and client are not started at the same moment.
    pub fn derive(installation: &LinkKey) -> Self {
        let secret = installation.oldest();
        Self {
            secret_key: format!("sk_sandbox_{}", hex::encode(secret.derive("sandbox gateway: secret key"))),
            webhook_secret: format!("whsec_sandbox_{}", hex::encode(secret.derive("sandbox gateway: webhooks"))),
        }
    }

    /// The key that calls are authorised with, for another client of the sandbox.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The secret that webhooks are signed with, for another receiver of them.
    pub fn webhook_secret(&self) -> &str {
        &self.webhook_secret
    }
}
