//! Forms are taken from our own pages alone.

use actix_web::{HttpRequest, http::header};
use url::Url;

use super::errors::PageError;

/// Lets a form pass that a browser says it sent from one of our own pages: `Sec-Fetch-Site` where the browser sends it, else `Origin`, else
/// `Referer`. Browsers send at least one of them with every form; what has none of them is refused.
pub(super) fn same_origin(request: &HttpRequest, public_url: &str) -> Result<(), PageError> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let own_host = header(header::HOST.as_str()).map(str::to_lowercase);
    let is_ours = |sender: &str| {
        let Ok(sender) = Url::parse(sender) else { return false };
        let host = sender.host_str().map(|host| sender.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")));
        let published = Url::parse(public_url).is_ok_and(|published| published.origin() == sender.origin());
        published || (host.is_some() && host == own_host)
    };
    let good = match (header("sec-fetch-site"), header("origin").or_else(|| header("referer"))) {
        (Some(site), None) => site == "same-origin",
        (Some(site), Some(sender)) => site == "same-origin" && is_ours(sender),
        (None, Some(sender)) => is_ours(sender),
        (None, None) => false,
    };
    if good { Ok(()) } else { Err(PageError::foreign_form()) }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_our_own_pages_send_forms() {
        let check = |headers: &[(&str, &str)]| {
            let mut request = TestRequest::post().insert_header(("Host", "127.0.0.1:8080"));
            for (name, value) in headers {
                request = request.insert_header((*name, *value));
            }
            same_origin(&request.to_http_request(), "https://shop.example").is_ok()
        };
        assert!(check(&[("Origin", "https://shop.example")]));
        assert!(check(&[("Origin", "http://127.0.0.1:8080"), ("Sec-Fetch-Site", "same-origin")]));
        assert!(check(&[("Referer", "https://shop.example/s/nova")]));
        assert!(check(&[("Sec-Fetch-Site", "same-origin")]));
        for refused in [
            &[][..],
            &[("Origin", "null")],
            &[("Origin", "https://evil.example")],
            &[("Origin", "https://shop.example.evil.example")],
            &[("Origin", "http://shop.example")],
            &[("Origin", "https://shop.example"), ("Sec-Fetch-Site", "cross-site")],
            &[("Origin", "https://shop.example"), ("Sec-Fetch-Site", "same-site")],
            &[("Sec-Fetch-Site", "none")],
            &[("Referer", "https://evil.example/https://shop.example")],
        ] {
            assert!(!check(refused), "{refused:?}");
        }
    }
}
