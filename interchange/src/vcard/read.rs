//! Cards read: tolerant of spelling, strict about what would become somebody else's data.

use std::collections::HashMap;

use crate::{
    contact::{
        self, Address, Contact, Import, Imported, Labelled, MAX_CHARACTERS, MAX_VALUES, ReadError, Rejected, Room,
    },
    content_line::{split, unescape, unfold},
    fault::Fault,
};

/// Values that are bytes in disguise.
const BINARY: [&str; 4] = ["PHOTO", "LOGO", "SOUND", "KEY"];
/// What a card says about itself.
const ENVELOPE: [&str; 7] = ["BEGIN", "END", "VERSION", "PRODID", "REV", "SOURCE", "X-ABLABEL"];

/// Reads a file of any number of cards.
///
/// # Errors
///
/// A file that is too large, holds too many cards or values, is no text, or holds no card at all.
pub fn read(bytes: &[u8]) -> Result<Import, ReadError> {
    let text = contact::text(bytes, "vCard 3.0 or 4.0")?;
    let mut import = Import::default();
    let mut room = Room::WHOLE;
    let mut open: Option<Vec<(u64, String)>> = None;
    let mut cards = 0;
    for (number, line) in unfold(&text) {
        let is = |what: &str| line.trim_end().eq_ignore_ascii_case(what);
        if is("BEGIN:VCARD") {
            cards += 1;
            if let Some(lines) = open.replace(vec![(number, line)]) {
                refuse(unended(&lines), &mut import, &mut room)?;
            }
        } else if let Some(lines) = &mut open {
            let ends = is("END:VCARD");
            lines.push((number, line));
            if ends {
                take(lines, &mut import, &mut room)?;
                open = None;
            }
        } else {
            let fault =
                Fault::new("BEGIN", "the line stands outside of a card", "put it between BEGIN:VCARD and END:VCARD");
            refuse(Rejected { line: number, fault, source: vec![line] }, &mut import, &mut room)?;
        }
    }
    if let Some(lines) = open {
        refuse(unended(&lines), &mut import, &mut room)?;
    }
    if cards == 0 {
        return Err(ReadError::Empty { expected: "card", remedy: "a card begins with the line BEGIN:VCARD" });
    }
    Ok(import)
}

fn unended(lines: &[(u64, String)]) -> Rejected {
    reject(lines, Fault::new("END", "the card has no end", "close it with the line END:VCARD"))
}

fn reject(lines: &[(u64, String)], fault: Fault) -> Rejected {
    let line = lines.first().map_or(0, |(number, _)| *number);
    Rejected { line, fault, source: lines.iter().take(MAX_VALUES).map(|(_, line)| line.clone()).collect() }
}

fn refuse(rejected: Rejected, import: &mut Import, room: &mut Room) -> Result<(), ReadError> {
    room.take(rejected.source.len())?;
    import.rejected.push(rejected);
    Ok(())
}

/// Puts a whole card where it belongs.
fn take(lines: &[(u64, String)], import: &mut Import, room: &mut Room) -> Result<(), ReadError> {
    match card(lines, room.values) {
        Ok((contact, notices)) => {
            room.take(contact.values() + notices.len())?;
            let line = lines.first().map_or(0, |(number, _)| *number);
            import.contacts.push(Imported { line, contact, notices });
            Ok(())
        }
        Err(fault) => refuse(reject(lines, fault), import, room),
    }
}

/// A card's contact, and what of it was not taken; or why there is none. A card that says more than there is room for is not read to its end.
fn card(lines: &[(u64, String)], room: usize) -> Result<(Contact, Vec<Fault>), Fault> {
    if lines.len() > MAX_VALUES {
        let problem = format!("the card has {} lines, more than the {MAX_VALUES} allowed", lines.len());
        return Err(Fault::new("BEGIN", problem, "leave out what is not needed"));
    }
    let properties: Vec<Result<Property<'_>, &str>> = lines.iter().map(|(_, line)| Property::parse(line)).collect();
    let parsed = || properties.iter().filter_map(|property| property.as_ref().ok());
    if let Some(version) = parsed().find(|property| property.name == "VERSION")
        && !matches!(version.value.trim(), "3.0" | "4.0")
    {
        let problem = format!("the card is of version {}", contact::short(version.value.trim()));
        return Err(Fault::new("VERSION", problem, "export it again as vCard 3.0 or 4.0"));
    }
    if let Some(property) = parsed().find(|property| property.is_encoded("QUOTED-PRINTABLE")) {
        return Err(Fault::new(&property.name, "the value is quoted-printable", "export it again as vCard 3.0 or 4.0"));
    }
    if let Some(long) =
        parsed().find(|property| !property.is_binary() && property.value.chars().count() > MAX_CHARACTERS)
    {
        return Err(Fault::new(
            &long.name,
            format!("the value has more than {MAX_CHARACTERS} characters"),
            "shorten it",
        ));
    }
    let labels: HashMap<String, String> = parsed()
        .filter(|property| property.name == "X-ABLABEL")
        .filter_map(|property| Some((property.group.clone()?, clean(&unescape(property.value)))))
        .collect();

    let mut contact = Contact::default();
    let mut notices = Vec::new();
    for property in &properties {
        match property {
            Ok(property) => {
                if let Err(notice) = property.put(&mut contact, &labels) {
                    notices.push(notice);
                }
            }
            Err(line) => {
                contact.add_extra("", line);
                notices.push(Fault::new(
                    "",
                    format!("'{}' has no colon", contact::short(line)),
                    "write it as NAME:value",
                ));
            }
        }
        if contact.values() + notices.len() > room {
            return Ok((contact, notices));
        }
    }
    if parsed().any(Property::is_company) && contact.name.full == contact.organisation {
        // Every card has a name, so that of a company is there twice.
        contact.name.full.clear();
    }
    contact.complete();
    if contact.display_name().is_empty() { Err(contact::nobody()) } else { Ok((contact, notices)) }
}

/// One content line in its parts.
struct Property<'a> {
    /// In upper case.
    group: Option<String>,
    /// In upper case.
    name: String,
    /// Names in upper case, values without quotation marks.
    parameters: Vec<(String, &'a str)>,
    value: &'a str,
}

impl<'a> Property<'a> {
    /// The parts of a line, or the line if it has none.
    fn parse(line: &'a str) -> Result<Self, &'a str> {
        let Some((head, value)) = split_once_unquoted(line, ':') else { return Err(line) };
        let (first, mut rest) = match split_once_unquoted(head, ';') {
            Some((first, rest)) => (first, Some(rest)),
            None => (head, None),
        };
        let mut parameters = Vec::new();
        while let Some(parameter) = rest {
            let (this, next) = match split_once_unquoted(parameter, ';') {
                Some((this, next)) => (this, Some(next)),
                None => (parameter, None),
            };
            // Older programs write the type alone.
            let (name, said) = this.split_once('=').unwrap_or(("TYPE", this));
            parameters.push((name.trim().to_ascii_uppercase(), said.trim().trim_matches('"')));
            rest = next;
        }
        let (group, name) = match first.split_once('.') {
            Some((group, name)) => (Some(group.to_ascii_uppercase()), name),
            None => (None, first),
        };
        Ok(Self { group, name: name.trim().to_ascii_uppercase(), parameters, value })
    }

    fn types(&self) -> impl Iterator<Item = String> {
        let named = self.parameters.iter().filter(|(name, _)| name == "TYPE");
        named.flat_map(|(_, values)| values.split(',')).map(|one| one.trim().trim_matches('"').to_lowercase())
    }

    fn is_encoded(&self, encoding: &str) -> bool {
        self.parameters
            .iter()
            .any(|(name, value)| matches!(name.as_str(), "ENCODING" | "TYPE") && value.eq_ignore_ascii_case(encoding))
    }

    fn is_binary(&self) -> bool {
        BINARY.contains(&self.name.as_str()) || self.is_encoded("B") || self.is_encoded("BASE64")
    }

    fn is_company(&self) -> bool {
        self.name == "KIND" && self.value.trim().eq_ignore_ascii_case("org")
    }

    fn is_preferred(&self) -> bool {
        self.types().any(|one| one == "pref")
            || self.parameters.iter().any(|(name, value)| name == "PREF" && *value == "1")
    }

    /// What its owner calls it, else the type that says most.
    fn label(&self, labels: &HashMap<String, String>) -> Option<String> {
        let own = self.group.as_ref().and_then(|group| labels.get(group)).and_then(|own| contact::label(own));
        let types = || self.types().filter_map(|one| contact::label(&one));
        own.or_else(|| types().find(|one| one == "fax" || one == "cell")).or_else(|| types().next())
    }

    /// The text of the value's part, apart by semicolons; a list within it in one line.
    fn component(parts: &[&str], index: usize) -> String {
        let items = parts.get(index).map(|part| split(part, ',')).unwrap_or_default();
        let items: Vec<String> =
            items.into_iter().map(|item| clean(&unescape(item))).filter(|item| !item.is_empty()).collect();
        items.join(", ")
    }

    /// Puts the value into the contact.
    fn put(&self, contact: &mut Contact, labels: &HashMap<String, String>) -> Result<(), Fault> {
        let text = || clean(&unescape(self.value));
        let parts = || split(self.value, ';');
        if self.is_binary() || ENVELOPE.contains(&self.name.as_str()) || self.value.trim_matches([' ', ';']).is_empty()
        {
            return Ok(());
        }
        match self.name.as_str() {
            "FN" if contact.name.full.is_empty() => contact.name.full = text(),
            "N" => {
                let parts = parts();
                let said: [String; 5] = std::array::from_fn(|index| Self::component(&parts, index));
                let name = &mut contact.name;
                let fields =
                    [&mut name.family, &mut name.given, &mut name.additional, &mut name.prefix, &mut name.suffix];
                if fields.iter().all(|field| field.is_empty()) {
                    fields.into_iter().zip(said).for_each(|(field, said)| *field = said);
                } else if fields.iter().zip(&said).any(|(field, said)| **field != *said) {
                    contact.add_extra("N", &text());
                }
            }
            "NICKNAME" => {
                contact.put_once(|contact| &mut contact.nickname, "NICKNAME", &Self::component(&[self.value], 0));
            }
            "ORG" => {
                let parts = parts();
                let mut units =
                    (0..parts.len()).map(|index| Self::component(&parts, index)).filter(|unit| !unit.is_empty());
                let said = (units.next().unwrap_or_default(), units.collect::<Vec<_>>().join(", "));
                let known = (&mut contact.organisation, &mut contact.department);
                if known.0.is_empty() && known.1.is_empty() {
                    (*known.0, *known.1) = said;
                } else if (&*known.0, &*known.1) != (&said.0, &said.1) {
                    contact.add_extra("ORG", &text());
                }
            }
            "TITLE" => contact.put_once(|contact| &mut contact.title, "TITLE", &text()),
            "EMAIL" => {
                let value = text();
                let value = value.strip_prefix("mailto:").unwrap_or(&value);
                contact.add_mail("EMAIL", self.label(labels), value)?;
                self.prefer(&mut contact.mails, value);
            }
            "TEL" => {
                let value = text();
                let value = value.strip_prefix("tel:").unwrap_or(&value);
                contact.add_phone("TEL", self.label(labels), value)?;
                self.prefer(&mut contact.phones, value);
            }
            "URL" => {
                // An address, not a text: only what 3.0 escapes is undone.
                let value = clean(&self.value.replace("\\:", ":").replace("\\,", ",").replace("\\;", ";"));
                contact.add_url("URL", self.label(labels), &value)?;
                self.prefer(&mut contact.urls, &value);
            }
            "ADR" => {
                let parts = parts();
                let at = |index| Self::component(&parts, index);
                let mut address = Address { label: self.label(labels), ..Address::default() };
                for line in [at(0), at(1), at(2)] {
                    address.add_street(&line);
                }
                (address.locality, address.region, address.postal_code, address.country) = (at(3), at(4), at(5), at(6));
                if !address.is_empty() {
                    contact.addresses.push(address);
                }
            }
            "NOTE" => contact.add_note(&text()),
            "BDAY" => contact.add_extra("BDAY", &self.birthday(text())),
            "CATEGORIES" => {
                for category in split(self.value, ',') {
                    contact.add_category("CATEGORIES", &clean(&unescape(category)));
                }
            }
            other => contact.add_extra(other, &text()),
        }
        Ok(())
    }

    /// A date, without the year that Apple writes where none is known.
    fn birthday(&self, date: String) -> String {
        let no_year = self.parameters.iter().find(|(name, _)| name == "X-APPLE-OMIT-YEAR");
        match no_year.and_then(|(_, year)| date.strip_prefix(*year)) {
            Some(day) => format!("--{}", day.trim_start_matches('-')),
            None => date,
        }
    }

    /// Moves what this line has said to the front, if it is what the owner prefers.
    fn prefer(&self, list: &mut Vec<Labelled>, value: &str) {
        if self.is_preferred()
            && let Some(at) = list.iter().position(|labelled| labelled.value == value)
        {
            let preferred = list.remove(at);
            list.insert(0, preferred);
        }
    }
}

/// Divides at the first separator outside of quotation marks.
fn split_once_unquoted(text: &str, separator: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = text.find(|c: char| {
        quoted ^= c == '"';
        c == separator && !quoted
    })?;
    Some((&text[..at], &text[at + separator.len_utf8()..]))
}

/// Without control characters and blanks around it.
fn clean(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    plain.trim().to_owned()
}
