//! Mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use domain::ports::{Mail, Mailer, PortError};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

use super::Sender;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte, usually on port 465.
    Tls,
    /// TLS after STARTTLS, which must be offered; usually on port 587.
    StartTls,
    /// None: for a relay on the same machine.
    None,
}

/// The server that takes the mail.
#[derive(Clone)]
pub struct SmtpConfig {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// User and password, if it wants them.
    pub credentials: Option<(String, String)>,
}

impl std::fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// Sends mail over SMTP, keeping connections open between mails.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
}

impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpMailer").field("from", &self.sender.from).finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// A mailer for a server; nothing is connected yet.
    pub fn new(config: SmtpConfig, sender: Sender) -> Result<Self, PortError> {
        let tls = || {
            TlsParameters::new(config.host.clone()).map_err(|cause| PortError::lasting("preparing TLS for SMTP", cause))
        };
        let security = match config.security {
            SmtpSecurity::Tls => Tls::Wrapper(tls()?),
            SmtpSecurity::StartTls => Tls::Required(tls()?),
            SmtpSecurity::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(security)
            .timeout(Some(Duration::from_secs(30)));
        if let Some((user, password)) = config.credentials {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), sender })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), PortError> {
        let message = self.sender.message(mail, self.sender.env.now())?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(cause) => {
                // 5xx stays what it is; a refused connection, a timeout or a 4xx may pass.
                let lasting = cause.is_permanent() || cause.is_client();
                Err(PortError { what: "sending a mail", transient: !lasting, source: Box::new(cause) })
            }
        }
    }
}
