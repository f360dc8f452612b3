//! What a line of a list adds to what is known of a party, and a party as a line of a list.

use interchange::contact::{self, Labelled};

use super::{
    entity::ClientStage,
    people::{PersonFacts, Rest, notes},
};
use crate::{
    email::EmailAddress,
    identifiers::Isni,
    parties::{
        Profile,
        details::{self, Contact, MAX_CONTACTS, MAX_LINKS, PostalAddress},
        entity::{self as parties, PartyKind},
        records::{ContactKind, LinkKind},
    },
};

/// What a line adds to a party that is known, and nothing that stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Additions {
    /// The legal name, if none stood.
    pub legal_name: Option<String>,
    /// The address for mail, if none stood.
    pub email: Option<String>,
    /// The IPI name number, if none stood.
    pub ipi: Option<String>,
    /// The ISNI, if none stood.
    pub isni: Option<String>,
    /// The organisation, if none stood.
    pub pro: Option<String>,
    /// The publisher with its number, if none stood.
    pub publisher: Option<(String, Option<String>)>,
    /// The postal address, if none stood.
    pub address: Option<PostalAddress>,
    /// Ways to reach it that did not stand.
    pub contacts: Vec<Contact>,
    /// Links that did not stand.
    pub links: Vec<(LinkKind, String)>,
    /// Tags that did not stand.
    pub tags: Vec<String>,
    /// Notes that did not stand.
    pub notes: Vec<String>,
    /// Whether it becomes a client by it.
    pub becomes_client: bool,
}

impl Additions {
    /// Whether all was known.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A party as it is known while a list is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The party.
    pub party: parties::Model,
    /// What else is known of it.
    pub profile: Profile,
    /// The notes on it.
    pub notes: Vec<String>,
    /// Whether it is a client.
    pub is_client: bool,
}

/// What a line adds to a party. What differs from what stands is told in a note, so that somebody can decide.
pub fn additions(facts: &PersonFacts, known: &Known) -> Additions {
    let Known { party, profile, .. } = known;
    let (mut added, mut rest) = (Additions::default(), Rest::default());
    let mut fill = |what: &str, stands: Option<&str>, said: Option<&String>| -> Option<String> {
        match (stands, said) {
            (None, Some(said)) => Some(said.clone()),
            (Some(stands), Some(said)) if stands != said => {
                rest.add(what, said);
                None
            }
            _ => None,
        }
    };
    if party.legal_name.as_ref() != Some(&facts.name) {
        fill("Name", Some(party.name.as_str()), Some(&facts.name));
    }
    added.legal_name = fill("Legal name", party.legal_name.as_deref(), facts.legal_name.as_ref());
    added.ipi = fill("IPI", party.ipi.as_deref(), facts.ipi.as_ref());
    added.isni = fill("ISNI", party.isni.as_deref(), facts.isni.as_ref());
    let stands = profile.details.as_ref();
    added.pro = fill("PRO", stands.and_then(|row| row.pro.as_deref()), facts.pro.as_ref());
    let publisher = stands.and_then(|row| row.publisher.as_deref());
    added.publisher =
        fill("Publisher", publisher, facts.publisher.as_ref()).map(|name| (name, facts.publisher_ipi.clone()));
    let own = address_in(profile);
    if facts.address != PostalAddress::default() && facts.address != own {
        if own == PostalAddress::default() {
            added.address = Some(facts.address.clone());
        } else {
            rest.add("Address", &in_one_line(&facts.address));
        }
    }
    add_contacts(facts, known, &mut added, &mut rest);
    for (kind, url) in &facts.links {
        if profile.links.iter().any(|link| link.url == *url) {
            continue;
        }
        if profile.links.len() + added.links.len() < MAX_LINKS {
            added.links.push((*kind, url.clone()));
        } else {
            rest.add("Link", url);
        }
    }
    let mut tags: Vec<String> = profile.tags.clone();
    tags.extend(facts.tags.iter().filter(|tag| !profile.tags.contains(tag)).cloned());
    match details::tags(&tags) {
        Ok(_) => added.tags = tags.split_off(profile.tags.len()),
        Err(_) => rest.add("Groups", &facts.tags.join(", ")),
    }
    let said = facts.notes.iter().cloned().chain(notes("", &rest));
    added.notes = said.filter(|words| !is_noted(words, &known.notes)).collect();
    added.becomes_client = !known.is_client;
    added
}

/// Whether all paragraphs of a note stand in others already, as of a list that was written from them.
fn is_noted(words: &str, notes: &[String]) -> bool {
    words.split("\n\n").all(|part| notes.iter().any(|note| note.contains(part.trim())))
}

/// An address for mail that is not the first stands among the contacts.
fn add_contacts(facts: &PersonFacts, known: &Known, added: &mut Additions, rest: &mut Rest) {
    let Known { party, profile, .. } = known;
    let key = |email: &str| email.to_lowercase();
    let mut wanted = facts.contacts.clone();
    let own = party.email.as_ref().map(EmailAddress::account_key);
    match (&own, &facts.email) {
        (None, Some(email)) => added.email = Some(email.clone()),
        (Some(own), Some(email)) if *own != key(email) => {
            wanted.insert(0, Contact { kind: ContactKind::Email, value: email.clone(), label: None });
        }
        _ => {}
    }
    let first = own.or_else(|| added.email.as_deref().map(key));
    for contact in wanted {
        let is_first = contact.kind == ContactKind::Email && first.as_ref() == Some(&key(&contact.value));
        let stands =
            profile.contacts.iter().any(|row| row.kind == contact.kind && key(&row.value) == key(&contact.value));
        if is_first || stands {
            continue;
        }
        if profile.contacts.len() + added.contacts.len() < MAX_CONTACTS {
            added.contacts.push(contact);
        } else {
            rest.add("Contact", &contact.value);
        }
    }
}

fn address_in(profile: &Profile) -> PostalAddress {
    profile.details.as_ref().map_or_else(PostalAddress::default, |row| PostalAddress {
        street: row.street.clone(),
        city: row.city.clone(),
        region: row.region.clone(),
        postcode: row.postcode.clone(),
        country: row.country.map(|country| country.code().to_owned()),
    })
}

fn in_one_line(address: &PostalAddress) -> String {
    let parts = [&address.street, &address.postcode, &address.city, &address.region, &address.country];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn labelled(value: &str, label: Option<&String>) -> Labelled {
    Labelled { label: label.cloned(), value: value.to_owned() }
}

/// A party as address books know it, and what they have no field for, in the order of [`HEADINGS`].
pub fn contact_of(known: &Known, stage: ClientStage) -> (contact::Contact, [String; 8]) {
    let Known { party, profile, notes, .. } = known;
    let of_kind = |kind: ContactKind| {
        profile.contacts.iter().filter(move |row| row.kind == kind).map(|row| labelled(&row.value, row.label.as_ref()))
    };
    let mut contact = contact::Contact {
        mails: party
            .email
            .iter()
            .map(|email| labelled(email.as_str(), None))
            .chain(of_kind(ContactKind::Email))
            .collect(),
        phones: of_kind(ContactKind::Phone).collect(),
        urls: profile.links.iter().map(|link| labelled(&link.url, None)).collect(),
        categories: profile.tags.clone(),
        notes: notes.join("\n\n"),
        ..contact::Contact::default()
    };
    let is_company = party.kind == PartyKind::Company;
    match (&party.legal_name, is_company) {
        (_, true) => contact.organisation.clone_from(&party.name),
        (Some(legal_name), false) => {
            contact.name.full.clone_from(legal_name);
            contact.nickname.clone_from(&party.name);
        }
        (None, false) => contact.name.full.clone_from(&party.name),
    }
    let address = address_in(profile);
    if address != PostalAddress::default() {
        contact.addresses.push(contact::Address {
            label: None,
            street: address.street.unwrap_or_default(),
            locality: address.city.unwrap_or_default(),
            region: address.region.unwrap_or_default(),
            postal_code: address.postcode.unwrap_or_default(),
            country: address.country.unwrap_or_default(),
        });
    }
    let detail = profile.details.as_ref();
    let isni =
        party.isni.as_ref().map(|isni| isni.parse::<Isni>().map_or_else(|_| isni.clone(), |isni| isni.printed()));
    let further = [
        party.legal_name.clone().filter(|_| is_company),
        Some(party.kind.word().to_owned()),
        Some(stage.word().to_owned()),
        party.ipi.clone(),
        isni,
        detail.and_then(|row| row.pro.clone()),
        detail.and_then(|row| row.publisher.clone()),
        detail.and_then(|row| row.publisher_ipi.clone()),
    ];
    (contact, further.map(Option::unwrap_or_default))
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{
        clients::people::facts_of,
        env::testing,
        ids::{PartyId, StudioId},
    };

    fn known(name: &str, email: Option<&str>) -> Known {
        let party = parties::Model {
            id: PartyId(Uuid::from_u128(1)),
            studio_id: StudioId(Uuid::nil()),
            kind: PartyKind::Person,
            name: name.to_owned(),
            legal_name: None,
            email: email.map(|email| email.parse().unwrap()),
            ipi: Some("00045620792".to_owned()),
            isni: None,
            created_at: testing::env(1).0.now(),
        };
        Known { party, profile: Profile::default(), notes: vec!["Met in Kraków".to_owned()], is_client: true }
    }

    #[test]
    fn what_is_known_is_added_to_and_what_differs_is_noted() {
        let before = known("Ada", Some("ada@example.com"));
        let (same, further) = contact_of(&before, ClientStage::Lead);
        assert_eq!(further, ["", "person", "lead", "00045620792", "", "", "", ""]);
        assert!(additions(&facts_of(&same).unwrap(), &before).is_nothing(), "a list that was written from it");
        let mut more = same.clone();
        more.mails = ["ADA@example.com", "second@example.com"].map(|mail| labelled(mail, None)).into();
        more.name.full = "Augusta Ada".to_owned();
        more.categories = vec!["Vocals".to_owned()];
        let added = additions(&facts_of(&more).unwrap(), &before);
        assert_eq!(
            added.contacts.iter().map(|contact| contact.value.as_str()).collect::<Vec<_>>(),
            ["second@example.com"]
        );
        assert_eq!(
            (added.tags.as_slice(), added.notes.as_slice()),
            (&["vocals".to_owned()][..], &["Name: Augusta Ada".to_owned()][..])
        );
        assert_eq!((added.email, added.becomes_client), (None, false));
    }
}
