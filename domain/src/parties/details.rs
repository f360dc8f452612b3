//! What is accepted of what is known of a party beside the books. Pure.

use std::collections::BTreeSet;

use url::Url;

use super::{
    PartyError,
    records::{ContactKind, LinkKind},
    rules::{filled, ipi},
};
use crate::{
    catalog::rules::texts,
    email::EmailAddress,
    licensing::rules::channel_url,
    pricing::Country,
    visible::{has_visible, is_steering},
};

/// The most further contacts of a party.
pub const MAX_CONTACTS: usize = 20;
/// The most links of a party.
pub const MAX_LINKS: usize = 20;
/// The longest note, in characters.
pub const MAX_NOTE_CHARS: usize = texts::MAX_DESCRIPTION_CHARS;
/// The longest tax number, in characters.
pub const MAX_TAX_CHARS: usize = 40;

/// A further way to reach a party.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Contact {
    /// By what.
    pub kind: ContactKind,
    /// The number, address or name.
    pub value: String,
    /// What it is for.
    pub label: Option<String>,
}

/// A link, its kind as it was said or as its host tells.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Link {
    /// Where it leads; none: as its host tells.
    pub kind: Option<LinkKind>,
    /// The address.
    pub url: String,
}

/// A postal address, as typed or as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PostalAddress {
    /// Street and number.
    pub street: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// State, province or county.
    pub region: Option<String>,
    /// The postal code.
    pub postcode: Option<String>,
    /// The country's two letters.
    pub country: Option<String>,
}

/// A text of one line that may be empty: blanks made single, at most `max` characters, none that steers.
pub fn line(field: &'static str, text: Option<String>, max: usize) -> Result<Option<String>, PartyError> {
    let Some(text) = filled(text) else { return Ok(None) };
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = has_visible(&tidy) && tidy.chars().count() <= max && !tidy.chars().any(is_steering);
    if fits { Ok(Some(tidy)) } else { Err(PartyError::Text { field, max }) }
}

/// Some lines that may be empty: as [`line`], line breaks kept.
fn lines(field: &'static str, text: Option<String>, max: usize) -> Result<Option<String>, PartyError> {
    let Some(text) = filled(text) else { return Ok(None) };
    let tidy: Vec<String> = text
        .lines()
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|part| !part.is_empty())
        .collect();
    let tidy = tidy.join("\n");
    let steers = tidy.chars().any(|c| is_steering(c) && c != '\n');
    let fits = has_visible(&tidy) && tidy.chars().count() <= max && !steers;
    if fits { Ok(Some(tidy)) } else { Err(PartyError::Text { field, max }) }
}

/// A country by its two letters, in either case: none if it is left empty.
pub fn country(field: &'static str, text: Option<String>) -> Result<Option<Country>, PartyError> {
    let Some(text) = filled(text) else { return Ok(None) };
    text.trim().to_uppercase().parse().map(Some).map_err(|_| PartyError::Country { field })
}

/// A postal address with its country.
pub fn address(given: PostalAddress) -> Result<(PostalAddress, Option<Country>), PartyError> {
    let country = country("address.country", given.country)?;
    let address = PostalAddress {
        street: lines("address.street", given.street, 300)?,
        city: line("address.city", given.city, 100)?,
        region: line("address.region", given.region, 100)?,
        postcode: line("address.postcode", given.postcode, 20)?,
        country: country.map(|country| country.code().to_owned()),
    };
    Ok((address, country))
}

/// Who publishes a party's works, with the publisher's IPI name number, which no party has without a publisher.
pub fn publisher(name: Option<String>, number: Option<String>) -> Result<(Option<String>, Option<String>), PartyError> {
    let name = line("publisher", name, super::rules::MAX_NAME_CHARS)?;
    let number = ipi(number).map_err(|error| match error {
        PartyError::Identifier { problem, .. } => PartyError::Identifier { field: "publisherIpi", problem },
        other => other,
    })?;
    if number.is_some() && name.is_none() {
        return Err(PartyError::NoPublisher);
    }
    Ok((name, number))
}

/// Further contacts, in their order, none of them twice.
pub fn contacts(given: Vec<Contact>) -> Result<Vec<Contact>, PartyError> {
    if given.len() > MAX_CONTACTS {
        return Err(PartyError::TooMany { field: "contacts", max: MAX_CONTACTS });
    }
    let (mut seen, mut accepted) = (BTreeSet::new(), Vec::with_capacity(given.len()));
    for (place, contact) in given.into_iter().enumerate() {
        let refuse = |problem| PartyError::Contact { place, problem };
        let label = line("contacts", contact.label, 60).map_err(|_| refuse("a label has at most 60 characters"))?;
        let value = match contact.kind {
            ContactKind::Phone => phone(&contact.value).ok_or_else(|| refuse("this is not a telephone number"))?,
            ContactKind::Email => {
                let parsed = contact.value.parse::<EmailAddress>();
                parsed.map_err(|_| refuse("this is not an e-mail address"))?.to_string()
            }
            ContactKind::Messenger => line("contacts", Some(contact.value), 254)
                .ok()
                .flatten()
                .ok_or_else(|| refuse("a name in a messenger has 1 to 254 characters"))?,
        };
        if seen.insert((contact.kind, value.clone())) {
            accepted.push(Contact { kind: contact.kind, value, label });
        }
    }
    Ok(accepted)
}

/// A telephone number as people write it: 4 to 20 digits, and the signs between them.
fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let begins = tidy.starts_with(|c: char| c.is_ascii_digit() || "+(*#".contains(c));
    let digits = tidy.chars().filter(char::is_ascii_digit).count();
    let signs = tidy.chars().all(|c| c.is_ascii_digit() || " +()-./#*,;=ext".contains(c));
    (begins && (4..=20).contains(&digits) && signs && tidy.len() <= 60).then_some(tidy)
}

/// Links, in their order, none of them twice, each with its kind.
pub fn links(given: Vec<Link>) -> Result<Vec<(LinkKind, String)>, PartyError> {
    if given.len() > MAX_LINKS {
        return Err(PartyError::TooMany { field: "links", max: MAX_LINKS });
    }
    let (mut seen, mut accepted) = (BTreeSet::new(), Vec::with_capacity(given.len()));
    for (place, given) in given.into_iter().enumerate() {
        let (kind, url) = link(&given).map_err(|problem| PartyError::Link { place, problem })?;
        if seen.insert(url.clone()) {
            accepted.push((kind, url));
        }
    }
    Ok(accepted)
}

/// A link in its normal form; an address without a scheme is taken as one on the web.
fn link(given: &Link) -> Result<(LinkKind, String), &'static str> {
    let text = given.url.trim();
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = channel_url(&text)
        .map_err(|_| "this is not a web address that begins with https://, of at most 300 characters")?;
    let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let told = kind_of(&host);
    let kind = given.kind.or(told).unwrap_or(LinkKind::Website);
    let fits = matches!(kind, LinkKind::Website | LinkKind::Other) || Some(kind) == told;
    if fits { Ok((kind, url)) } else { Err("this address is not on that service") }
}

/// The service that a host belongs to.
fn kind_of(host: &str) -> Option<LinkKind> {
    const HOSTS: [(&str, LinkKind); 10] = [
        ("spotify.com", LinkKind::Spotify),
        ("music.apple.com", LinkKind::AppleMusic),
        ("youtube.com", LinkKind::Youtube),
        ("youtu.be", LinkKind::Youtube),
        ("soundcloud.com", LinkKind::Soundcloud),
        ("bandcamp.com", LinkKind::Bandcamp),
        ("instagram.com", LinkKind::Instagram),
        ("tiktok.com", LinkKind::Tiktok),
        ("facebook.com", LinkKind::Facebook),
        ("fb.com", LinkKind::Facebook),
    ];
    let is_on = |service: &str| host == service || host.strip_suffix(service).is_some_and(|rest| rest.ends_with('.'));
    HOSTS.iter().find(|(service, _)| is_on(service)).map(|(_, kind)| *kind)
}

/// Tags, tidied as labels of beats are.
pub fn tags(given: &[String]) -> Result<Vec<String>, PartyError> {
    texts::labels(given).map_err(PartyError::Tags)
}

/// A note: trimmed, line breaks kept, 1 to [`MAX_NOTE_CHARS`] characters.
pub fn note(text: &str) -> Result<String, PartyError> {
    texts::description(text).filter(|words| has_visible(words)).ok_or(PartyError::NoteWords)
}

/// A tax number: capital letters, digits and the signs between them, as its country writes it.
pub fn tax_id(text: &str) -> Result<String, PartyError> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
    let has_digit = tidy.chars().any(|c| c.is_ascii_digit());
    let signs = tidy.chars().all(|c| c.is_ascii_alphanumeric() || " .-/".contains(c));
    if has_digit && signs && tidy.len() <= MAX_TAX_CHARS { Ok(tidy) } else { Err(PartyError::TaxId) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(kind: ContactKind, value: &str) -> Contact {
        Contact { kind, value: value.to_owned(), label: None }
    }

    fn link_to(kind: Option<LinkKind>, url: &str) -> Link {
        Link { kind, url: url.to_owned() }
    }

    #[test]
    fn contacts_are_tidied_or_refused_by_place() {
        let given = vec![
            contact(ContactKind::Phone, " +49 (30)  123-456 "),
            contact(ContactKind::Phone, "tel:+1-555-555-5555;ext=102"),
            contact(ContactKind::Phone, "+49 (30) 123-456"),
            contact(ContactKind::Email, "Ada@Example.COM"),
            contact(ContactKind::Messenger, "@ada"),
        ];
        let accepted: Vec<String> = contacts(given).unwrap().into_iter().map(|contact| contact.value).collect();
        assert_eq!(accepted, ["+49 (30) 123-456", "+1-555-555-5555;ext=102", "Ada@example.com", "@ada"]);
        for wrong in [
            contact(ContactKind::Phone, "call me"),
            contact(ContactKind::Phone, "12"),
            contact(ContactKind::Phone, "=1234+5678"),
            contact(ContactKind::Email, "nobody"),
            contact(ContactKind::Messenger, "\u{202e}ada"),
        ] {
            let refused = contacts(vec![contact(ContactKind::Messenger, "x"), wrong.clone()]);
            assert!(matches!(refused, Err(PartyError::Contact { place: 1, .. })), "{wrong:?}");
        }
        let many = (0..21).map(|n| contact(ContactKind::Messenger, &n.to_string())).collect();
        assert!(matches!(contacts(many), Err(PartyError::TooMany { field: "contacts", .. })));
    }

    #[test]
    fn links_know_where_they_lead() {
        let given = vec![
            link_to(None, "open.spotify.com/artist/1"),
            link_to(None, "https://ada.bandcamp.com"),
            link_to(None, "https://ada.example/"),
            link_to(Some(LinkKind::Youtube), "https://www.youtube.com/@ada"),
            link_to(Some(LinkKind::Other), "https://www.youtube.com/@ada"),
        ];
        let kinds: Vec<LinkKind> = links(given).unwrap().into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [LinkKind::Spotify, LinkKind::Bandcamp, LinkKind::Website, LinkKind::Youtube]);
        for wrong in [
            link_to(None, "javascript:alert(1)"),
            link_to(None, "http://ada.example/"),
            link_to(None, "https://user:secret@ada.example/"),
            link_to(Some(LinkKind::Spotify), "https://notspotify.com/ada"),
            link_to(Some(LinkKind::Spotify), "https://spotify.com.evil.example/ada"),
        ] {
            assert!(matches!(links(vec![wrong.clone()]), Err(PartyError::Link { place: 0, .. })), "{wrong:?}");
        }
    }

    #[test]
    fn addresses_countries_and_tax_numbers() {
        let given = PostalAddress {
            street: Some(" 12  St. James's Square \n Flat 3 ".into()),
            country: Some("gb".into()),
            ..PostalAddress::default()
        };
        let (kept, country) = address(given).unwrap();
        assert_eq!(kept.street.as_deref(), Some("12 St. James's Square\nFlat 3"));
        assert_eq!(country.map(Country::code), Some("GB"));
        let nowhere = PostalAddress { country: Some("XX".into()), ..PostalAddress::default() };
        assert!(matches!(address(nowhere), Err(PartyError::Country { field: "address.country" })));
        assert_eq!(tax_id(" de 123 456 789 ").unwrap(), "DE 123 456 789");
        for wrong in ["", "unknown", "=1+1", "DE123456789\u{202e}", "1".repeat(41).as_str()] {
            assert!(matches!(tax_id(wrong), Err(PartyError::TaxId)), "{wrong:?}");
        }
        assert!(matches!(publisher(None, Some("00045620792".into())), Err(PartyError::NoPublisher)));
        assert!(matches!(note(" \u{200b} "), Err(PartyError::NoteWords)));
    }
}
