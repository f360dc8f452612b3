//! `docs/communications.md` says whom the program talks to: each setting that names an address, each source that opens a connection and each request to Stripe is
//! named there, and what is named there is.

use std::{collections::BTreeSet, fs};

use tests::{places_in, quoted, root, shipped};

/// By what a source speaks to another machine.
const CONNECTIONS: [&str; 9] = [
    "::ClientBuilder::new(",
    "AsyncSmtpTransport",
    "Client::builder(",
    "Connector.connect(",
    "Database::connect(",
    "PgListener::connect",
    "TcpStream::connect(",
    "UdpSocket",
    "reqwest::get(",
];

/// What begins the names of async-stripe's requests.
const VERBS: [&str; 7] = ["Cancel", "Capture", "Create", "Expire", "List", "Retrieve", "Update"];

/// The requests that the gateway's client sends, by their names in async-stripe.
const REQUESTS: [(&str, &str); 21] = [
    ("CancelPaymentIntent", "POST /v1/payment_intents/{id}/cancel"),
    ("CapturePaymentIntent", "POST /v1/payment_intents/{id}/capture"),
    ("CreateAccount", "POST /v1/accounts"),
    ("CreateAccountLink", "POST /v1/account_links"),
    ("CreateCheckoutSession", "POST /v1/checkout/sessions"),
    ("CreateIdTransferReversal", "POST /v1/transfers/{id}/reversals"),
    ("CreateRefund", "POST /v1/refunds"),
    ("CreateTransfer", "POST /v1/transfers"),
    ("ExpireCheckoutSession", "POST /v1/checkout/sessions/{id}/expire"),
    ("ListAccount", "GET /v1/accounts"),
    ("ListDispute", "GET /v1/disputes"),
    ("ListEvent", "GET /v1/events"),
    ("ListIdTransferReversal", "GET /v1/transfers/{id}/reversals"),
    ("ListRefund", "GET /v1/refunds"),
    ("ListTransfer", "GET /v1/transfers"),
    ("RetrieveAccount", "GET /v1/accounts/{id}"),
    ("RetrieveCheckoutSession", "GET /v1/checkout/sessions/{id}"),
    ("RetrieveDispute", "GET /v1/disputes/{id}"),
    ("RetrievePaymentIntent", "GET /v1/payment_intents/{id}"),
    ("RetrieveTransfer", "GET /v1/transfers/{id}"),
    ("UpdateDispute", "POST /v1/disputes/{id}"),
];

fn document() -> String {
    fs::read_to_string(root().join("docs/communications.md")).expect("the page")
}

/// The settings with what is said of each, as the configuration has them.
fn settings() -> Vec<(String, String)> {
    let source = fs::read_to_string(root().join("cli/src/config.rs")).expect("the configuration");
    let (_, fields) = source.split_once("pub(crate) struct Config {").expect("the settings");
    let (fields, _) = fields.split_once("\n}").expect("their end");
    let (mut found, mut said) = (Vec::new(), String::new());
    for line in fields.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            said.push_str(words);
        } else if let Some((name, _)) = line.strip_prefix("pub(crate) ").and_then(|field| field.split_once(':')) {
            found.push((name.to_owned(), std::mem::take(&mut said)));
        }
    }
    found
}

#[test]
fn each_setting_that_names_an_address_is_told_of() {
    let document = document();
    let names_address = |name: &str, said: &str| {
        let said = said.to_lowercase();
        name.ends_with("_url")
            || name.ends_with("_endpoint")
            || said.contains("address")
            || said.contains("host and port")
    };
    let settings = settings();
    let named: Vec<&String> =
        settings.iter().filter(|(name, said)| names_address(name, said)).map(|(name, _)| name).collect();
    assert!(named.len() > 8, "settings are found: {named:?}");
    let told: BTreeSet<&str> = quoted(&document).collect();
    let variable = |name: &&&String| format!("LEDGERLINE_{}", name.to_uppercase());
    let untold: Vec<_> = named.iter().filter(|name| !told.contains(variable(name).as_str())).collect();
    assert!(untold.is_empty(), "settings that docs/communications.md does not name: {untold:#?}");
}

#[test]
fn each_source_that_opens_a_connection_is_told_of() {
    let (document, shipped) = (document(), shipped());
    let connects = |source: &str| CONNECTIONS.iter().any(|way| source.contains(way));
    let found: BTreeSet<&str> =
        shipped.iter().filter(|(_, source)| connects(source)).map(|(place, _)| place.as_str()).collect();
    assert_eq!(places_in(&document), found);
}

#[test]
fn each_request_to_stripe_is_told_of_with_its_right() {
    let (document, shipped) = (document(), shipped());
    let client = shipped.iter().filter(|(place, _)| place.starts_with("adapters/src/stripe/"));
    let mut made = BTreeSet::new();
    for (_, source) in client {
        for (at, _) in source.match_indices("::new(") {
            let name = source[..at].rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            if VERBS.iter().any(|verb| name.starts_with(verb)) {
                made.insert(name);
            }
        }
    }
    for (name, _) in REQUESTS {
        assert!(made.contains(name), "{name} is sent no more");
    }
    // What a request is made of bears its name in front.
    let is_known = |name: &str| REQUESTS.iter().any(|(request, _)| name.starts_with(request));
    let unknown: Vec<_> = made.iter().filter(|name| !is_known(name)).collect();
    assert!(unknown.is_empty(), "requests without a right: {unknown:#?}");
    let told = quoted(&document).filter(|word| word.starts_with("GET /v1/") || word.starts_with("POST /v1/"));
    let sent = REQUESTS.iter().map(|(_, request)| *request);
    assert_eq!(told.collect::<BTreeSet<&str>>(), sent.collect::<BTreeSet<&str>>());
}
