//! `smtp_url` in parts: `smtp://` asks for STARTTLS, `smtps://` for TLS from the first byte, `smtp+plain://` for none, which is for a relay on the
//! same machine or network alone.

use adapters::mail::{SmtpConfig, SmtpSecurity};
use anyhow::{Context, Result, bail};
use url::Url;

/// Reads the address of a mail server.
pub(crate) fn read(text: &str) -> Result<SmtpConfig> {
    let url =
        Url::parse(text).context("smtp_url is no address; it looks like smtp://user:password@mail.example.com:587")?;
    let (security, port) = match url.scheme() {
        "smtp" => (SmtpSecurity::StartTls, 587),
        "smtps" => (SmtpSecurity::Tls, 465),
        "smtp+plain" => (SmtpSecurity::None, 25),
        other => bail!("smtp_url begins with {other}://; it must be smtp://, smtps:// or smtp+plain://"),
    };
    let host = url.host_str().context("smtp_url names no host")?.to_owned();
    let decode =
        |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
    let credentials = match (url.username(), url.password()) {
        ("", _) => None,
        (_, None) => bail!("smtp_url names a user but no password"),
        (user, Some(password)) => Some((decode(user)?, decode(password)?)),
    };
    Ok(SmtpConfig { host, port: url.port().unwrap_or(port), security, credentials })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides_on_tls_and_port() {
        let read = |text| read(text).unwrap();
        let starttls = read("smtp://ada:p%40ss@mail.example.com");
        assert_eq!((starttls.security, starttls.port), (SmtpSecurity::StartTls, 587));
        assert_eq!(starttls.credentials, Some(("ada".to_owned(), "p@ss".to_owned())));
        assert_eq!(read("smtps://mail.example.com").port, 465);
        assert_eq!(read("smtp+plain://127.0.0.1:2525").port, 2525);
    }

    #[test]
    fn what_is_no_mail_server_is_refused() {
        for text in ["", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://ada@mail.example.com"] {
            assert!(super::read(text).is_err(), "{text}");
        }
    }
}
