//! People as address books know them: what is taken of a contact. Nothing that a list says is lost: what has no place of its own becomes a note.

use interchange::contact::{self, Labelled};

use super::entity::ClientStage;
use crate::{
    parties::{
        PartyError,
        details::{self, Contact, Link, MAX_CONTACTS, MAX_LINKS, MAX_NOTE_CHARS, PostalAddress},
        entity::PartyKind,
        records::{ContactKind, LinkKind},
        rules,
    },
    pricing::Country,
    report::Explain,
};

/// What a line of a list says of a person or company, each value as it is accepted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct PersonFacts {
    /// Person or company.
    pub kind: PartyKind,
    /// The name used in print.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// IPI name number.
    pub ipi: Option<String>,
    /// ISNI.
    pub isni: Option<String>,
    /// Its performing rights organisation.
    pub pro: Option<String>,
    /// Its publisher.
    pub publisher: Option<String>,
    /// The publisher's IPI name number.
    pub publisher_ipi: Option<String>,
    /// Its postal address.
    pub address: PostalAddress,
    /// Further ways to reach it.
    pub contacts: Vec<Contact>,
    /// Where it is found.
    pub links: Vec<(LinkKind, String)>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What else was said.
    pub notes: Vec<String>,
    /// What somebody should look at before it is entered: what was not taken as it is, and with whom it shares an address.
    #[serde(default)]
    pub notices: Vec<String>,
    /// How far it has come as a client.
    pub stage: Option<ClientStage>,
}

/// Headings of what no address book has a field for, as they are written and, without case and signs, read.
pub const HEADINGS: [&str; 8] = ["Legal Name", "Kind", "Stage", "IPI", "ISNI", "PRO", "Publisher", "Publisher IPI"];

/// A heading without case, signs, and the `X-` of a card's own properties.
fn heading(name: &str) -> String {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-")) { plain[1..].to_owned() } else { plain }
}

/// What was said beside what has a place, gathered for a note.
#[derive(Default)]
pub(super) struct Rest(Vec<String>);

impl Rest {
    pub(super) fn add(&mut self, what: &str, said: &str) {
        if !said.trim().is_empty() {
            self.0.push(format!("{what}: {}", said.trim()));
        }
    }
}

/// What of a contact is taken.
///
/// # Errors
/// A sentence that says why nobody can be made of it, and what to do about it.
pub fn facts_of(contact: &contact::Contact) -> Result<PersonFacts, String> {
    refuse_formulas(contact)?;
    let mut rest = Rest::default();
    let mut said = Said::of(contact, &mut rest);
    let (kind, name, legal_name) = names_of(contact, &mut said, &mut rest)?;
    let refused = |error: &dyn Explain| sentence(&error.explain());
    let ipi = rules::ipi(said.ipi).map_err(|error| refused(&error))?;
    let isni = rules::isni(said.isni).map_err(|error| refused(&error))?;
    let (publisher, publisher_ipi) =
        details::publisher(said.publisher, said.publisher_ipi).map_err(|error| refused(&error))?;
    let pro = details::line("pro", said.pro, 100).map_err(|error| refused(&error))?;
    let (email, contacts, notices) = reached_by(contact, said.messengers, &mut rest);
    let (address, links) = (address_of(contact, &mut rest), links_of(contact, &mut rest));
    let tags = details::tags(&contact.categories).unwrap_or_else(|_| {
        rest.add("Groups", &contact.categories.join(", "));
        Vec::new()
    });
    Ok(PersonFacts {
        kind,
        name,
        legal_name,
        email,
        ipi,
        isni,
        pro,
        publisher,
        publisher_ipi,
        address,
        contacts,
        links,
        tags,
        notes: notes(&contact.notes, &rest),
        notices,
        stage: said.stage,
    })
}

/// A refusal as one sentence.
fn sentence(report: &crate::report::Report) -> String {
    match &report.remedy {
        Some(remedy) => format!("{}; {remedy}", report.message),
        None => report.message.clone(),
    }
}

/// Refuses what a spreadsheet would compute: somebody's name is no formula. Notes are not looked at, for they begin as people like, nor are telephone
/// numbers.
fn refuse_formulas(contact: &contact::Contact) -> Result<(), String> {
    let name = &contact.name;
    let texts = [&name.full, &name.given, &name.family, &name.additional, &name.prefix, &name.suffix]
        .into_iter()
        .chain([&contact.nickname, &contact.organisation, &contact.department, &contact.title])
        .chain(&contact.categories)
        .chain(contact.extras.iter().map(|extra| &extra.value));
    match texts.into_iter().find(|text| is_formula(text)) {
        Some(formula) => {
            let shown: String = formula.chars().take(40).collect();
            Err(format!("the cell {shown:?} is a formula; write what it comes to, as text"))
        }
        None => Ok(()),
    }
}

fn is_formula(text: &str) -> bool {
    match text.chars().next() {
        Some('=') => text.chars().count() > 1,
        Some('+' | '-' | '@') => text.contains(['(', '|', '!']) && text.contains(char::is_alphabetic),
        _ => false,
    }
}

/// What a contact says under names of its own that are known here.
#[derive(Default)]
struct Said {
    kind: Option<PartyKind>,
    legal_name: Option<String>,
    stage: Option<ClientStage>,
    ipi: Option<String>,
    isni: Option<String>,
    pro: Option<String>,
    publisher: Option<String>,
    publisher_ipi: Option<String>,
    messengers: Vec<String>,
}

impl Said {
    fn of(contact: &contact::Contact, rest: &mut Rest) -> Self {
        let mut said = Self::default();
        for extra in &contact.extras {
            let value = || Some(extra.value.trim().to_owned());
            let word = extra.value.trim().to_lowercase();
            match heading(&extra.name).as_str() {
                "legalname" => said.legal_name = value(),
                "ipi" | "ipinamenumber" | "ipinumber" | "cae" | "caeipi" => said.ipi = value(),
                "isni" => said.isni = value(),
                "pro" | "cmo" | "society" | "performingrightsorganisation" | "performingrightsorganization" => {
                    said.pro = value();
                }
                "publisher" => said.publisher = value(),
                "publisheripi" => said.publisher_ipi = value(),
                "impp" | "messenger" | "chat" => said.messengers.extend(value()),
                "kind" if word == "company" || word == "org" => said.kind = Some(PartyKind::Company),
                "kind" if word == "person" || word == "individual" => said.kind = Some(PartyKind::Person),
                "stage" | "clientstage" if stage(&word).is_some() => said.stage = stage(&word),
                _ => rest.add(&extra.name, &extra.value),
            }
        }
        said
    }
}

fn stage(word: &str) -> Option<ClientStage> {
    <ClientStage as sea_orm::Iterable>::iter().find(|stage| stage.word() == word)
}

/// Who it is: a company where no person is named; an artist is called as they call themselves, and their own name is the legal one.
fn names_of(
    contact: &contact::Contact,
    said: &mut Said,
    rest: &mut Rest,
) -> Result<(PartyKind, String, Option<String>), String> {
    let (person, company) = (contact.name.full.trim(), contact.organisation.trim());
    let nickname = contact.nickname.trim();
    let names_company = person.is_empty() && nickname.is_empty() && !company.is_empty();
    let kind = said.kind.unwrap_or(if names_company { PartyKind::Company } else { PartyKind::Person });
    let own = if kind == PartyKind::Company && !company.is_empty() { company } else { person };
    let shown = [nickname, own, contact.display_name()].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let legal_name = said.legal_name.take().or_else(|| (own != shown).then(|| own.to_owned()));
    for (what, name) in [("Contact person", person), ("Organisation", company)] {
        // Of the two one is the party; the other belongs to it.
        if name != own && name != shown {
            rest.add(what, name);
        }
    }
    rest.add("Department", &contact.department);
    rest.add("Title", &contact.title);
    let refused = |error: PartyError| sentence(&error.explain());
    let name = rules::name("name", shown).map_err(refused)?;
    let legal_name = rules::legal_name(legal_name).map_err(refused)?.filter(|legal| *legal != name);
    Ok((kind, name, legal_name))
}

/// Where mail goes, how else they are reached, and what is said of addresses that are none.
fn reached_by(
    contact: &contact::Contact,
    messengers: Vec<String>,
    rest: &mut Rest,
) -> (Option<String>, Vec<Contact>, Vec<String>) {
    let mut email = None;
    let mut contacts: Vec<Contact> = Vec::new();
    let mut notices = Vec::new();
    let mut add = |kind: ContactKind, given: &Labelled, what: &str| {
        let wanted = Contact { kind, value: given.value.clone(), label: given.label.clone() };
        match details::contacts(vec![wanted]) {
            Ok(accepted) if kind == ContactKind::Email && email.is_none() => {
                email = accepted.into_iter().next().map(|contact| contact.value);
            }
            Ok(accepted) if contacts.len() < MAX_CONTACTS => contacts.extend(accepted),
            Err(_) if kind == ContactKind::Email => {
                let shown: String = given.value.chars().take(40).collect();
                notices.push(format!("{what}: '{shown}' is not a mail address; write it as name@example.com"));
                rest.add(what, &given.value);
            }
            _ => rest.add(what, &given.value),
        }
    };
    for mail in &contact.mails {
        add(ContactKind::Email, mail, "E-mail");
    }
    for phone in &contact.phones {
        add(ContactKind::Phone, phone, "Telephone");
    }
    for value in messengers {
        add(ContactKind::Messenger, &Labelled { label: None, value }, "Messenger");
    }
    (email, contacts, notices)
}

/// The first of the addresses; the others are for the note.
fn address_of(contact: &contact::Contact, rest: &mut Rest) -> PostalAddress {
    let mut taken = None;
    for given in contact.addresses.iter().filter(|address| !address.is_empty()) {
        let whole = [&given.street, &given.postal_code, &given.locality, &given.region, &given.country];
        let whole: Vec<&str> = whole.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let country = country_of(&given.country);
        let wanted = PostalAddress {
            street: Some(given.street.clone()),
            city: Some(given.locality.clone()),
            region: Some(given.region.clone()),
            postcode: Some(given.postal_code.clone()),
            country: country.map(|country| country.code().to_owned()),
        };
        match details::address(wanted) {
            Ok((address, _)) if taken.is_none() => {
                if country.is_none() {
                    rest.add("Country", &given.country);
                }
                taken = Some(address);
            }
            _ => rest.add("Address", &whole.join(", ")),
        }
    }
    taken.unwrap_or_default()
}

/// A country by its two letters, its English name, or another name that address books know it by.
fn country_of(text: &str) -> Option<Country> {
    let text = text.trim();
    let plain = text.replace('.', "").to_lowercase();
    let plain = plain.strip_prefix("the ").unwrap_or(&plain);
    let alias = ALIASES.iter().find(|(_, names)| names.contains(&plain)).map(|(code, _)| *code);
    let is_so = |name: &str| text.eq_ignore_ascii_case(name) || plain.eq_ignore_ascii_case(name);
    Country::all().find(|country| alias == Some(country.code()) || is_so(country.code()) || is_so(country.name()))
}

/// Further names of countries as they are often written, without dots, in small letters.
const ALIASES: [(&str, &[&str]); 27] = [
    ("AE", &["uae", "united arab emirates"]),
    ("AT", &["österreich"]),
    ("BA", &["bosnia and herzegovina"]),
    ("BE", &["belgique", "belgië"]),
    ("BR", &["brasil"]),
    ("CH", &["schweiz", "suisse", "svizzera"]),
    ("CI", &["ivory coast"]),
    ("CZ", &["czechia", "česko"]),
    ("DE", &["deutschland", "federal republic of germany"]),
    ("DK", &["danmark"]),
    ("ES", &["españa"]),
    ("FI", &["suomi"]),
    ("GB", &["uk", "great britain", "britain", "england", "scotland", "wales", "northern ireland"]),
    ("IE", &["republic of ireland", "éire"]),
    ("IT", &["italia"]),
    ("JP", &["日本"]),
    ("KR", &["korea", "republic of korea"]),
    ("MX", &["méxico"]),
    ("NL", &["holland", "nederland"]),
    ("NO", &["norge"]),
    ("PL", &["polska"]),
    ("RU", &["russian federation"]),
    ("SE", &["sverige"]),
    ("TR", &["türkiye"]),
    ("TT", &["trinidad and tobago"]),
    ("US", &["usa", "united states of america", "america"]),
    ("VN", &["viet nam"]),
];

fn links_of(contact: &contact::Contact, rest: &mut Rest) -> Vec<(LinkKind, String)> {
    let mut links: Vec<(LinkKind, String)> = Vec::new();
    for given in &contact.urls {
        // Address books still hold addresses from before pages were encrypted.
        let url = given.value.strip_prefix("http://").map_or(given.value.clone(), |rest| format!("https://{rest}"));
        match details::links(vec![Link { kind: None, url }]) {
            Ok(accepted) if links.len() < MAX_LINKS => {
                let new: Vec<_> =
                    accepted.into_iter().filter(|(_, url)| links.iter().all(|(_, known)| known != url)).collect();
                links.extend(new);
            }
            _ => rest.add("Link", &given.value),
        }
    }
    links
}

/// What was said in words, in pieces as long as a note may be.
pub(super) fn notes(words: &str, rest: &Rest) -> Vec<String> {
    let all = [words.trim().to_owned(), rest.0.join("\n")].into_iter().filter(|part| !part.is_empty());
    let chars: Vec<char> = all.collect::<Vec<_>>().join("\n\n").chars().collect();
    chars.chunks(MAX_NOTE_CHARS).filter_map(|piece| details::note(&piece.iter().collect::<String>()).ok()).collect()
}

#[cfg(test)]
mod tests {
    use interchange::contact::{Address, Extra};

    use super::*;

    fn contact(full: &str, nickname: &str, organisation: &str) -> contact::Contact {
        contact::Contact {
            name: contact::Name { full: full.to_owned(), ..contact::Name::default() },
            nickname: nickname.to_owned(),
            organisation: organisation.to_owned(),
            ..contact::Contact::default()
        }
    }

    fn extra(name: &str, value: &str) -> Extra {
        Extra { name: name.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn who_it_is_follows_from_what_is_named() {
        let named = |contact: &contact::Contact| {
            let facts = facts_of(contact).unwrap();
            (facts.kind, facts.name, facts.legal_name)
        };
        let (person, company) = (PartyKind::Person, PartyKind::Company);
        assert_eq!(named(&contact("Ada Lovelace", "", "")), (person, "Ada Lovelace".into(), None));
        let artist = named(&contact("Łucja Nowak", "DJ Łucja", "Night Drive Records"));
        assert_eq!(artist, (person, "DJ Łucja".into(), Some("Łucja Nowak".into())));
        assert_eq!(named(&contact("", "", "Night Drive Records")), (company, "Night Drive Records".into(), None));
        let mut label = contact("Ada Lovelace", "", "Night Drive Records");
        label.extras = vec![extra("Kind", "Company"), extra("Legal name", "Night Drive Records Ltd")];
        let expected = (company, "Night Drive Records".into(), Some("Night Drive Records Ltd".into()));
        assert_eq!(named(&label), expected);
        assert_eq!(facts_of(&label).unwrap().notes, ["Contact person: Ada Lovelace"]);
        let long = facts_of(&contact(&"x".repeat(201), "", "")).unwrap_err();
        assert!(long.contains("200 characters"), "{long}");
    }

    #[test]
    fn what_has_no_place_becomes_a_note() {
        let mut given = contact("Ada Lovelace", "", "");
        given.notes = "Met in Kraków".into();
        given.extras = vec![extra("Birthday", "1815-12-10"), extra("X-IPI", "045620792"), extra("Stage", "talking")];
        given.mails =
            ["Ada@Example.com", "mgmt@label.example"].map(|mail| Labelled { label: None, value: mail.into() }).into();
        given.phones = vec![Labelled { label: Some("cell".into()), value: "+49 30 1234".into() }];
        given.urls =
            ["http://ada.example/", "https://10.0.0.1/"].map(|url| Labelled { label: None, value: url.into() }).into();
        given.addresses = vec![
            Address { street: "1 St. James's Sq".into(), country: "germany".into(), ..Address::default() },
            Address { locality: "Atlantis".into(), country: "Atlantis".into(), ..Address::default() },
        ];
        let facts = facts_of(&given).unwrap();
        assert_eq!(facts.email.as_deref(), Some("Ada@example.com"));
        assert_eq!((facts.ipi.as_deref(), facts.stage), (Some("00045620792"), Some(ClientStage::Talking)));
        assert_eq!(facts.contacts.len(), 2, "an address for mail and a number");
        assert_eq!(facts.links, [(LinkKind::Website, "https://ada.example/".to_owned())]);
        assert_eq!(facts.address.country.as_deref(), Some("DE"));
        let rest = "Birthday: 1815-12-10\nAddress: Atlantis, Atlantis\nLink: https://10.0.0.1/";
        assert_eq!(facts.notes, [format!("Met in Kraków\n\n{rest}")]);
    }

    #[test]
    fn countries_are_known_by_their_usual_names() {
        for (said, code) in [
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("the United States", "US"),
            ("United Kingdom", "GB"),
            ("UK", "GB"),
            ("Scotland", "GB"),
            ("germany", "DE"),
            ("de", "DE"),
            ("ÖSTERREICH", "AT"),
            ("Réunion", "RE"),
        ] {
            assert_eq!(country_of(said).map(Country::code), Some(code), "{said}");
        }
        assert_eq!((country_of("Atlantis"), country_of("")), (None, None));
    }

    #[test]
    fn an_address_that_is_none_is_told() {
        let mut wrong = contact("Ada Lovelace", "", "");
        wrong.mails = ["a@b@c", "ada@example.com"].map(|mail| Labelled { label: None, value: mail.into() }).into();
        let facts = facts_of(&wrong).unwrap();
        assert_eq!(facts.email.as_deref(), Some("ada@example.com"));
        assert_eq!((facts.notices.len(), facts.notes.as_slice()), (1, &["E-mail: a@b@c".to_owned()][..]));
    }

    #[test]
    fn formulas_and_wrong_numbers_are_refused_with_a_remedy() {
        for name in ["=HYPERLINK(\"https://evil.example\")", "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)"] {
            let refused = facts_of(&contact(name, "", "")).unwrap_err();
            assert!(refused.contains("is a formula"), "{refused}");
        }
        for name in ["=", "+44", "-ii-", "@nobody", "A = B"] {
            assert!(facts_of(&contact(name, "", "")).is_ok(), "{name}");
        }
        let mut wrong = contact("Ada Lovelace", "", "");
        wrong.extras = vec![extra("IPI", "045620793")];
        let refused = facts_of(&wrong).unwrap_err();
        assert!(refused.contains("mistyped") && refused.contains("correct it"), "{refused}");
    }
}
