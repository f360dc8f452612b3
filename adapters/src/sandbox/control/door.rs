//! Who may decide what happens next: it can undo what was sold, and shows who bought.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderValue, WWW_AUTHENTICATE},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::reach::names_this_machine;
use url::Url;

use crate::sandbox::{api, form::Form, server::Inner, store::Refusal};

/// Whoever has the secret key; and anybody, where the sandbox is reached from its own machine alone.
pub(super) fn is_open(inner: &Inner, request: &HttpRequest, form: &Form) -> bool {
    let is_local =
        is_here(&inner.config.public_url) && is_here(&format!("http://{}", request.connection_info().host()));
    is_local
        || given_keys(api::authorization(request)).iter().any(|given| api::is_key(inner, given))
        || form.text("key").is_some_and(|given| api::is_key(inner, given))
}

/// Asks for the key, so that a browser asks whoever sits before it.
pub(super) fn closed() -> HttpResponse {
    let mut response = api::refuse(Refusal::unauthorized().into());
    let ask = HeaderValue::from_static(r#"Basic realm="Sandbox: the secret key is the user or the password""#);
    response.headers_mut().insert(WWW_AUTHENTICATE, ask);
    response
}

/// Whether an address names the machine itself.
fn is_here(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| names_this_machine(&url))
}

/// What may be the key: a bearer token, or user and password. Stripe takes the key for the user.
fn given_keys(authorization: &str) -> Vec<String> {
    if let Some(token) = authorization.strip_prefix("Bearer ") {
        return vec![token.to_owned()];
    }
    let encoded = authorization.strip_prefix("Basic ").unwrap_or_default();
    let decoded = BASE64_STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let words = decoded.iter().flat_map(|pair| pair.splitn(2, ':'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_machine_itself_is_here() {
        assert!(is_here("http://127.0.0.1:8080"));
        for elsewhere in ["https://beats.example", "", "://"] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_key_is_a_token_a_user_or_a_password() {
        assert_eq!(given_keys("Bearer sk_1"), ["sk_1"]);
        let basic = |pair: &str| given_keys(&format!("Basic {}", BASE64_STANDARD.encode(pair)));
        assert_eq!(basic("sk_1:"), ["sk_1"]);
        assert_eq!(basic("me:sk_1"), ["me", "sk_1"]);
        for none in ["", "sk_1", "Digest sk_1", "Basic ?"] {
            assert!(given_keys(none).is_empty(), "{none}");
        }
    }
}
