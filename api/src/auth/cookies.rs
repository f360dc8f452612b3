//! The browser's cookies: not readable by scripts, not sent along from other sites but for a followed link, and over TLS alone where the
//! installation has it; then their names bind them to this very host (RFC 6265bis, `__Host-`).

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use domain::{env::Instant, services::Services};

/// Which of the two cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Carries the access token.
    Access,
    /// Carries the refresh token.
    Refresh,
}

fn is_secure(services: &Services) -> bool {
    services.public_url.starts_with("https://")
}

/// The cookie's name.
pub(crate) fn name(kind: Kind, services: &Services) -> &'static str {
    match (kind, is_secure(services)) {
        (Kind::Access, true) => "__Host-ll_access",
        (Kind::Refresh, true) => "__Host-ll_refresh",
        (Kind::Access, false) => "ll_access",
        (Kind::Refresh, false) => "ll_refresh",
    }
}

fn build(kind: Kind, services: &Services, value: String, life: Duration) -> String {
    Cookie::build(name(kind, services), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_secure(services))
        .max_age(life)
        .finish()
        .to_string()
}

/// A `Set-Cookie` that keeps a token until it expires.
pub(crate) fn keep(kind: Kind, services: &Services, token: &str, expires_at: Instant) -> String {
    let life = (expires_at - services.env.now()).num_seconds();
    build(kind, services, token.to_owned(), Duration::seconds(life))
}

/// A `Set-Cookie` that forgets a token.
pub(crate) fn forget(kind: Kind, services: &Services) -> String {
    build(kind, services, String::new(), Duration::ZERO)
}
