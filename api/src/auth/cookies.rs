//! The browser's cookies: not readable by scripts, not sent along from other sites but for a followed link, and over TLS alone where the
//! installation has it. There their names say what browsers hold them to (RFC 6265bis): `__Host-` binds one to this very host, and `__Secure-`, for what
//! belongs to a path of it, to TLS.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use domain::{env::Instant, services::Services};

/// Which of the cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Carries the access token.
    Access,
    /// Carries the refresh token.
    Refresh,
    /// Says which language a visitor has chosen.
    Language,
    /// Carries a cart's secret, at its shop's path.
    Cart,
    /// Carries the secret of a signer's session, at their pages.
    Signing,
}

fn is_secure(public_url: &str) -> bool {
    public_url.starts_with("https://")
}

/// The cookie's name under a public address.
pub(crate) fn name(kind: Kind, public_url: &str) -> &'static str {
    match (kind, is_secure(public_url)) {
        (Kind::Access, true) => "__Host-ll_access",
        (Kind::Access, false) => "ll_access",
        (Kind::Refresh, true) => "__Host-ll_refresh",
        (Kind::Refresh, false) => "ll_refresh",
        (Kind::Language, true) => "__Host-language",
        (Kind::Language, false) => "language",
        (Kind::Cart, true) => "__Secure-cart",
        (Kind::Cart, false) => "cart",
        (Kind::Signing, true) => "__Secure-ll_signing",
        (Kind::Signing, false) => "ll_signing",
    }
}

/// What a browser has sent in the cookie.
pub(crate) fn find(kind: Kind, public_url: &str, request: &HttpRequest) -> Option<String> {
    request.cookie(name(kind, public_url)).map(|cookie| cookie.value().to_owned())
}

/// The cookie for a path and whatever lies below it.
pub(crate) fn build(kind: Kind, public_url: &str, value: String, path: String, life: Duration) -> Cookie<'static> {
    // A signer has followed a link already when theirs is set.
    let same_site = if kind == Kind::Signing { SameSite::Strict } else { SameSite::Lax };
    Cookie::build(name(kind, public_url), value)
        .path(path)
        .http_only(true)
        .same_site(same_site)
        .secure(is_secure(public_url))
        .max_age(life)
        .finish()
}

/// A `Set-Cookie` that keeps a token until it expires.
pub(crate) fn keep(kind: Kind, services: &Services, token: &str, expires_at: Instant) -> String {
    let life = (expires_at - services.env.now()).num_seconds();
    build(kind, &services.public_url, token.to_owned(), "/".to_owned(), Duration::seconds(life)).to_string()
}

/// A `Set-Cookie` that forgets a token.
pub(crate) fn forget(kind: Kind, services: &Services) -> String {
    build(kind, &services.public_url, String::new(), "/".to_owned(), Duration::ZERO).to_string()
}
