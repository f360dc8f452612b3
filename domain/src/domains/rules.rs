//! What can be a studio's own domain, and what proves that it is.

use chrono::Duration;
use url::{Host, Url};

/// How many domains a studio may claim at a time.
pub const MAX_CLAIMS: u64 = 10;

/// How often the record of a proved domain is looked for again.
pub const LOOK_EVERY: Duration = Duration::hours(6);

/// How many looks in a row may miss it: those of seven days.
pub const MOST_MISSED: i32 = 28;

/// The label that a record stands under, before the name.
const RECORD_LABEL: &str = "_ledgerline";

/// The longest name, in characters: with the record's label before it, it is still a name.
const MAX_HOST_CHARS: usize = 240;

/// Why a text is no domain that a studio can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostFault {
    /// It is no name of a host.
    #[error("this is not a domain, such as beats.example.com")]
    Form,
    /// It is an address of a machine.
    #[error("this is the address of a machine, not a domain")]
    Address,
    /// It is the platform's own, or lies below it.
    #[error("this domain is the platform's own")]
    Ours,
}

/// A domain as typed in the one form that it is kept in: lower case, and letters outside of ASCII as Punycode. Neither scheme, port nor path are part of it.
pub fn host(text: &str, public_url: &str) -> Result<String, HostFault> {
    let text = text.trim();
    let host = match Host::parse(text.strip_suffix('.').unwrap_or(text)) {
        Ok(Host::Domain(host)) => host,
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) => return Err(HostFault::Address),
        Err(_) => return Err(HostFault::Form),
    };
    if host.len() > MAX_HOST_CHARS || !is_name(&host) {
        return Err(HostFault::Form);
    }
    if is_platforms(&host, public_url) { Err(HostFault::Ours) } else { Ok(host) }
}

/// Whether a host, in lower case, has a name that could be a studio's: more than one label, and no address of a machine.
pub fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // The last label of an address is a number, and that of a name is none.
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(is_label) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The host of an address.
pub fn host_of(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// The name that a domain's record leads to, which is that of the platform; none where the platform is reached by the address of a machine or by a name
/// that this machine alone knows: no record can lead there.
pub fn target(public_url: &str) -> Option<String> {
    host_of(public_url).filter(|host| is_name(host) && !host.ends_with(".localhost"))
}

/// A domain in its own letters, where it is kept in others: Punycode is what records are set by, and nobody reads it.
pub fn in_letters(host: &str) -> Option<String> {
    let letters = url::quirks::domain_to_unicode(host);
    (!letters.is_empty() && letters != host).then_some(letters)
}

/// Whether a host is the platform's own, or lies below it.
pub fn is_platforms(host: &str, public_url: &str) -> bool {
    let is_below = |own: &str| host.strip_suffix(own).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    host_of(public_url).is_some_and(|own| is_below(&own))
}

/// The address of a host that is reached as the platform is: by its scheme and its port. Without a slash at the end.
pub fn address_at(public_url: &str, host: &str) -> String {
    let moved = Url::parse(public_url).ok().and_then(|mut url| url.set_host(Some(host)).ok().map(|()| url));
    moved.map_or_else(|| format!("https://{host}"), |url| url.as_str().trim_end_matches('/').to_owned())
}

/// The name of the record that proves whose a host is.
pub fn record_name(host: &str) -> String {
    format!("{RECORD_LABEL}.{host}")
}

/// How many looks in a row have missed a record after one more. That nobody answered says nothing of the record, and counts neither way.
pub fn missed_after(missed: i32, texts: Option<&[String]>, token: &str) -> i32 {
    match texts {
        Some(texts) if is_proved(texts, token) => 0,
        Some(_) => missed.saturating_add(1),
        None => missed,
    }
}

/// Whether one of these records is the one that was asked for.
pub fn is_proved(texts: &[String], token: &str) -> bool {
    texts.iter().any(|text| text.trim() == token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLATFORM: &str = "https://ledgerline.example";

    #[test]
    fn a_domain_has_one_form() {
        let long = format!("{}.example", "a".repeat(63));
        for (typed, kept) in [
            ("beats.example.com", Ok("beats.example.com")),
            (" Beats.Example.COM. ", Ok("beats.example.com")),
            ("nova.music", Ok("nova.music")),
            ("bücher.example", Ok("xn--bcher-kva.example")),
            ("XN--BCHER-KVA.example", Ok("xn--bcher-kva.example")),
            ("ＮＯＶＡ.example", Ok("nova.example")),
            (long.as_str(), Ok(long.as_str())),
            ("notledgerline.example", Ok("notledgerline.example")),
            ("", Err(HostFault::Form)),
            ("localhost", Err(HostFault::Form)),
            ("beats.example.com:8080", Err(HostFault::Form)),
            ("https://beats.example.com", Err(HostFault::Form)),
            ("beats.example.com/cart", Err(HostFault::Form)),
            ("ada@beats.example.com", Err(HostFault::Form)),
            ("beats..example", Err(HostFault::Form)),
            ("-beats.example", Err(HostFault::Form)),
            ("my_beats.example", Err(HostFault::Form)),
            ("*.example.com", Err(HostFault::Form)),
            ("beats example.com", Err(HostFault::Form)),
            ("192.0.2.7", Err(HostFault::Address)),
            ("0x7f.1", Err(HostFault::Address)),
            ("[2001:db8::7]", Err(HostFault::Address)),
            ("ledgerline.example", Err(HostFault::Ours)),
            ("Nova.Ledgerline.example", Err(HostFault::Ours)),
        ] {
            assert_eq!(host(typed, PLATFORM), kept.map(str::to_owned), "{typed}");
        }
        assert_eq!(host(&format!("{}.example", "a".repeat(64)), PLATFORM), Err(HostFault::Form));
        assert_eq!(host(&"a.".repeat(125), PLATFORM), Err(HostFault::Form));
    }

    #[test]
    fn machines_have_no_names() {
        for host in ["127.0.0.1", "[::1]", "localhost", "api-1", ""] {
            assert!(!is_name(host), "{host}");
        }
        assert!(is_name("nova.localhost") && is_name("beats.example.com"));
    }

    #[test]
    fn it_is_reached_as_the_platform_is() {
        assert_eq!(address_at(PLATFORM, "nova.music"), "https://nova.music");
        assert_eq!(address_at("http://127.0.0.1:8080", "nova.music"), "http://nova.music:8080");
    }

    #[test]
    fn records_lead_to_names_alone() {
        assert_eq!(target(PLATFORM).as_deref(), Some("ledgerline.example"));
        assert_eq!(target("https://beats.example.com:8443").as_deref(), Some("beats.example.com"));
        for address in ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:8080", "https://192.0.2.7"] {
            assert_eq!(target(address), None, "{address}");
        }
        assert_eq!(target("http://ledgerline.localhost:8080"), None);
    }

    #[test]
    fn domains_of_other_letters_are_read_in_them() {
        assert_eq!(in_letters("xn--bcher-kva.example").as_deref(), Some("bücher.example"));
        assert_eq!(in_letters("beats.example.com"), None);
    }

    #[test]
    fn only_the_very_token_proves() {
        let texts = |text: &str| ["v=spf1 -all".to_owned(), text.to_owned()];
        assert_eq!(record_name("nova.music"), "_ledgerline.nova.music");
        assert!(is_proved(&texts("c0ffee"), "c0ffee") && is_proved(&texts(" c0ffee "), "c0ffee"));
        assert!(!is_proved(&texts("c0ffee0"), "c0ffee") && !is_proved(&[], "c0ffee"));
    }

    #[test]
    fn looks_in_a_row_are_counted_and_silence_is_none() {
        let (there, gone) = (["c0ffee".to_owned()], ["v=spf1 -all".to_owned()]);
        for (missed, texts, after) in [
            (0, Some(&gone[..]), 1),
            (7, Some(&gone[..]), 8),
            (7, Some(&[][..]), 8),
            (7, Some(&there[..]), 0),
            (7, None, 7),
            (i32::MAX, Some(&gone[..]), i32::MAX),
        ] {
            assert_eq!(missed_after(missed, texts, "c0ffee"), after);
        }
        assert_eq!(LOOK_EVERY * MOST_MISSED, Duration::days(7));
    }
}
