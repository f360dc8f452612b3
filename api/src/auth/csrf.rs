//! Whether a request comes from our own pages; one that changes something has to. A browser sends cookies along whoever made it send the request, so a
//! request without an `Authorization` header must show where it comes from: by a header that no form can send, by `Sec-Fetch-Site`, or by `Origin`.

use actix_web::http::{
    Method,
    header::{self, HeaderMap},
};

/// The header that lets a request pass: a browser asks us before it sends it for another site, and we do not allow it.
pub const HEADER: &str = "x-ledgerline-csrf";

/// Whether the request may go on. `has_cookies` is whether it carries a sign-in of ours.
pub(crate) fn may_pass(method: &Method, headers: &HeaderMap, has_cookies: bool, public_url: &str) -> bool {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let upgrades = headers.contains_key(header::UPGRADE);
    if (reads && !upgrades) || headers.contains_key(header::AUTHORIZATION) || headers.contains_key(HEADER) {
        return true;
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        Some(origin) => is_ours(origin, text("host"), public_url),
        None => !has_cookies,
    }
}

/// Whether a page of ours has led to what is asked for, as far as the browser says: by `Sec-Fetch-Site`, or else by `Referer`. An address that was typed, or
/// followed from elsewhere, was not.
pub(crate) fn is_led_by_us(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text("referer").is_some_and(|from| is_ours(from, text("host"), public_url)),
    }
}

/// Whether an origin, or the address of a page, is at the public address, or at the very host that was asked.
fn is_ours(origin: &str, host: Option<&str>, public_url: &str) -> bool {
    let Ok(origin) = url::Url::parse(origin) else { return false };
    let Some(authority) = origin.host_str() else { return false };
    let authority = origin.port().map_or_else(|| authority.to_owned(), |port| format!("{authority}:{port}"));
    let public = url::Url::parse(public_url).is_ok_and(|public| public.origin() == origin.origin());
    public || host == Some(authority.as_str())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn passes(method: &Method, headers: &[(&'static str, &'static str)], has_cookies: bool) -> bool {
        may_pass(method, &map(headers), has_cookies, "https://beats.example")
    }

    fn map(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn our_own_pages_pass_and_others_do_not() {
        let post = &Method::POST;
        assert!(passes(post, &[("sec-fetch-site", "same-origin")], true));
        assert!(!passes(post, &[("sec-fetch-site", "same-site")], true));
        assert!(!passes(post, &[("sec-fetch-site", "cross-site"), ("origin", "https://beats.example")], true));
        assert!(passes(post, &[("origin", "https://beats.example")], true));
        assert!(passes(post, &[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true));
        for origin in ["null", "https://beats.example.evil", "http://beats.example", "https://evil.example"] {
            assert!(!passes(post, &[("origin", origin), ("host", "beats.example:443")], true), "{origin}");
            assert!(!passes(post, &[("origin", origin), ("host", "beats.example:443")], false), "{origin}");
        }
    }

    #[test]
    fn what_says_nothing_passes_only_without_a_sign_in() {
        assert!(passes(&Method::POST, &[], false));
        assert!(!passes(&Method::POST, &[], true));
        assert!(!passes(&Method::DELETE, &[], true));
        assert!(passes(&Method::POST, &[(HEADER, "1")], true));
        assert!(passes(&Method::POST, &[("authorization", "Bearer x")], true));
        assert!(passes(&Method::GET, &[("sec-fetch-site", "cross-site")], true));
    }

    #[test]
    fn only_our_own_pages_lead() {
        let led = |headers: &[(&'static str, &'static str)]| is_led_by_us(&map(headers), "https://beats.example");
        assert!(led(&[("sec-fetch-site", "same-origin")]));
        assert!(led(&[("referer", "https://beats.example/s/nova/night-drive")]));
        assert!(led(&[("referer", "http://127.0.0.1:8080/s/nova"), ("host", "127.0.0.1:8080")]));
        for site in ["none", "same-site", "cross-site"] {
            assert!(!led(&[("sec-fetch-site", site), ("referer", "https://beats.example/")]), "{site}");
        }
        assert!(!led(&[("referer", "https://evil.example/?https://beats.example")]));
        assert!(!led(&[]));
    }

    #[test]
    fn a_websocket_is_no_mere_reading() {
        assert!(!passes(&Method::GET, &[("upgrade", "websocket"), ("origin", "https://evil.example")], true));
        assert!(passes(&Method::GET, &[("upgrade", "websocket"), ("origin", "https://beats.example")], true));
    }
}
