//! People and companies as address books know them, and what became of a file full of them.

use std::borrow::Cow;

use crate::fault::Fault;

/// One person or company. A text that is empty was not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// What it is called.
    pub name: Name,
    /// What friends say.
    pub nickname: String,
    /// The company that it is, or that it works for.
    pub organisation: String,
    /// A part of that company.
    pub department: String,
    /// What it does there.
    pub title: String,
    /// Addresses for mail, the preferred one first.
    pub mails: Vec<Labelled>,
    /// Telephone numbers as they were written, the preferred one first.
    pub phones: Vec<Labelled>,
    /// Pages, each `http` or `https`, or without a scheme.
    pub urls: Vec<Labelled>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// Notes, several of them apart by an empty line.
    pub notes: String,
    /// Groups that it belongs to.
    pub categories: Vec<String>,
    /// What a file said and no field above takes, under the file's own names. Nothing of it is written out again.
    pub extras: Vec<Extra>,
}

/// A name in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// All of it, as it is shown.
    pub full: String,
    /// `Dr.`
    pub prefix: String,
    /// What comes first in most of the West.
    pub given: String,
    /// Further given names.
    pub additional: String,
    /// The family's name.
    pub family: String,
    /// `Jr.`
    pub suffix: String,
}

/// One of several mail addresses, numbers or pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Which one: `home`, `work`, `cell`, `fax`, or what its owner calls it; in lower case.
    pub label: Option<String>,
    /// The address, number or page.
    pub value: String,
}

/// A postal address. A text that is empty was not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// As [`Labelled::label`].
    pub label: Option<String>,
    /// Street and number, box, floor; lines apart by line breaks.
    pub street: String,
    /// Town.
    pub locality: String,
    /// State, canton, province.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Country, as it was written.
    pub country: String,
}

/// What a file said under a name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// The file's name for it.
    pub name: String,
    /// What it said.
    pub value: String,
}

/// What became of a file: every row or card is in one of the two lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Contacts, in the file's order.
    pub contacts: Vec<Imported>,
    /// What no contact could be made of, in the file's order.
    pub rejected: Vec<Rejected>,
}

/// A contact that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The line that it begins on, from 1.
    pub line: u64,
    /// The contact.
    pub contact: Contact,
    /// Values of it that were not taken; each stands in [`Contact::extras`] as it was.
    pub notices: Vec<Fault>,
}

/// A row or card that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line that it begins on, from 1.
    pub line: u64,
    /// Why.
    pub fault: Fault,
    /// The beginning of what stands there: the cells of a row that say something, or the lines of a card.
    pub source: Vec<String>,
}

/// Why nothing at all was read of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file is too large.
    #[error("the file has {bytes} bytes, more than the {limit} allowed; split it")]
    TooLarge {
        /// Bytes of the file.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The file holds too many contacts, or they say too much.
    #[error("the file holds more than {limit} {what}; split it")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// The file is no text.
    #[error("the file is not text; export the contacts as {expected}")]
    NotText {
        /// The format that was expected.
        expected: &'static str,
    },
    /// The file is text of another kind, or empty.
    #[error("the file holds no {expected}; {remedy}")]
    Empty {
        /// What was looked for.
        expected: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A cell in quotation marks never ends.
    #[error(
        "the quotation mark that opens a cell on line {line} is never closed; close it, or write it twice within the cell"
    )]
    OpenQuote {
        /// The line that the cell begins on, from 1.
        line: u64,
    },
}

/// Bytes of a file of contacts.
pub const MAX_BYTES: usize = 10 << 20;
/// Contacts of one file.
pub const MAX_CONTACTS: usize = 20_000;
/// Values of one list of a contact, lines of one card, or columns of one file.
pub(crate) const MAX_VALUES: usize = 500;
/// Values of all lists of a file's contacts, with what is said of them and of what was rejected.
pub(crate) const MAX_OF_FILE: usize = 200_000;
/// Characters of a single value.
pub(crate) const MAX_CHARACTERS: usize = 20_000;

/// How much more a file may hold.
#[derive(Debug)]
pub(crate) struct Room {
    contacts: usize,
    pub(crate) values: usize,
}

impl Room {
    pub(crate) const WHOLE: Self = Self { contacts: MAX_CONTACTS, values: MAX_OF_FILE };

    /// Makes room for one more contact or rejection that says so many things.
    pub(crate) fn take(&mut self, values: usize) -> Result<(), ReadError> {
        let too_many = |what, limit| ReadError::TooMany { what, limit };
        self.contacts = self.contacts.checked_sub(1).ok_or(too_many("contacts", MAX_CONTACTS))?;
        self.values = self.values.checked_sub(values).ok_or(too_many("values", MAX_OF_FILE))?;
        Ok(())
    }
}

/// The text of a file that is small enough and is text.
pub(crate) fn text<'b>(bytes: &'b [u8], expected: &'static str) -> Result<Cow<'b, str>, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { bytes: bytes.len(), limit: MAX_BYTES });
    }
    let text = crate::text::decode(bytes);
    if text.contains('\0') { Err(ReadError::NotText { expected }) } else { Ok(text) }
}

impl Contact {
    /// What to call it: its name, its company, or how it is reached; empty if there is nothing of these.
    pub fn display_name(&self) -> &str {
        let reached = self.mails.first().or(self.phones.first()).map_or("", |labelled| labelled.value.as_str());
        [&self.name.full, &self.organisation, &self.nickname]
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or(reached, String::as_str)
    }

    /// Makes the whole name of its parts if it was not said.
    pub(crate) fn complete(&mut self) {
        let Name { prefix, given, additional, family, suffix, full } = &mut self.name;
        if full.is_empty() {
            let parts = [&*prefix, &*given, &*additional, &*family, &*suffix];
            let said: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            *full = said.join(" ");
        }
    }

    /// Puts a value into a field that there is one of; another value than the one that stands there is kept beside it, under that name.
    pub(crate) fn put_once(&mut self, field: fn(&mut Self) -> &mut String, name: &str, value: &str) {
        if !value.is_empty() && !fill(field(self), value) {
            self.add_extra(name, value);
        }
    }

    /// How many values stand in its lists.
    pub(crate) fn values(&self) -> usize {
        let Self { mails, phones, urls, addresses, categories, extras, .. } = self;
        mails.len() + phones.len() + urls.len() + addresses.len() + categories.len() + extras.len()
    }

    /// Lists hold each value once; a label that comes later is kept if there was none. A full list takes nothing new.
    fn add(list: &mut Vec<Labelled>, field: &str, label: Option<String>, value: &str) -> Result<(), Fault> {
        let has_room = list.len() < MAX_VALUES;
        match list.iter_mut().find(|known| known.value == value) {
            Some(known) => known.label = known.label.take().or(label),
            None if has_room => list.push(Labelled { label, value: value.to_owned() }),
            None => {
                let problem = format!("'{}' comes after {MAX_VALUES} others", short(value));
                return Err(Fault::new(field, problem, "leave out what is not needed"));
            }
        }
        Ok(())
    }

    pub(crate) fn add_mail(&mut self, field: &str, label: Option<String>, value: &str) -> Result<(), Fault> {
        if is_mail(value) {
            return Self::add(&mut self.mails, field, label, value).inspect_err(|_| self.add_extra(field, value));
        }
        self.add_extra(field, value);
        Err(Fault::new(field, format!("'{}' is not a mail address", short(value)), "write it as name@example.com"))
    }

    pub(crate) fn add_phone(&mut self, field: &str, label: Option<String>, value: &str) -> Result<(), Fault> {
        if value.chars().count() <= 60 && value.chars().filter(char::is_ascii_digit).count() >= 3 {
            return Self::add(&mut self.phones, field, label, value).inspect_err(|_| self.add_extra(field, value));
        }
        self.add_extra(field, value);
        let problem = format!("'{}' is not a telephone number", short(value));
        Err(Fault::new(field, problem, "write at least three digits, with the country's code if you can"))
    }

    pub(crate) fn add_url(&mut self, field: &str, label: Option<String>, value: &str) -> Result<(), Fault> {
        let scheme = value.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let is_page = match scheme {
            Some(scheme) => scheme == "http" || scheme == "https",
            // A colon without slashes is a port, or a scheme that runs something.
            None => value.split(['/', '?', '#']).next().is_some_and(|host| host.contains('.') && !host.contains(':')),
        };
        if is_page && !value.contains(char::is_whitespace) {
            return Self::add(&mut self.urls, field, label, value).inspect_err(|_| self.add_extra(field, value));
        }
        self.add_extra(field, value);
        Err(Fault::new(
            field,
            format!("'{}' is not the address of a page", short(value)),
            "write it as https://example.com",
        ))
    }

    pub(crate) fn add_note(&mut self, note: &str) {
        if !self.notes.is_empty() {
            self.notes.push_str("\n\n");
        }
        self.notes.push_str(note);
    }

    pub(crate) fn add_category(&mut self, field: &str, category: &str) {
        let category = category.trim();
        if category.is_empty() || self.categories.iter().any(|known| known == category) {
            return;
        }
        if self.categories.len() < MAX_VALUES {
            self.categories.push(category.to_owned());
        } else {
            self.add_extra(field, category);
        }
    }

    pub(crate) fn add_extra(&mut self, name: &str, value: &str) {
        self.extras.push(Extra { name: name.to_owned(), value: value.to_owned() });
    }
}

impl Address {
    /// Whether it says anything.
    pub fn is_empty(&self) -> bool {
        [&self.street, &self.locality, &self.region, &self.postal_code, &self.country].into_iter().all(String::is_empty)
    }

    pub(crate) fn add_street(&mut self, line: &str) {
        if !line.is_empty() {
            if !self.street.is_empty() {
                self.street.push('\n');
            }
            self.street.push_str(line);
        }
    }
}

/// Puts a value into a field that there is one of; false if another value stands there.
pub(crate) fn fill(field: &mut String, value: &str) -> bool {
    if field.is_empty() {
        value.clone_into(field);
    }
    field.as_str() == value
}

/// Why nobody can be made of what was said.
pub(crate) fn nobody() -> Fault {
    Fault::new(
        "name",
        "it says neither a name nor a company, mail address or telephone number",
        "write at least one of them",
    )
}

/// A value for a message, cut.
pub(crate) fn short(value: &str) -> String {
    if value.chars().count() <= 60 { value.to_owned() } else { value.chars().take(57).chain("...".chars()).collect() }
}

/// One at sign, something on both sides of it, and nothing that would end the address. Whether it exists, a mail to it tells.
pub(crate) fn is_mail(value: &str) -> bool {
    let strange =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')');
    value.len() <= 254
        && !value.contains(strange)
        && value
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

/// The label that a file gives, in one spelling; nothing if it says nothing.
pub(crate) fn label(text: &str) -> Option<String> {
    // Apple marks its own labels, Google marks the preferred value.
    let text = text.trim().trim_start_matches("_$!<").trim_end_matches(">!$_").trim_start_matches("* ").to_lowercase();
    match text.as_str() {
        "" | "*" | "internet" | "pref" | "voice" | "msg" | "x400" | "dom" | "intl" | "postal" | "parcel" => None,
        "business" | "company" => Some("work".to_owned()),
        "mobile" | "iphone" => Some("cell".to_owned()),
        "work fax" | "home fax" | "business fax" => Some("fax".to_owned()),
        "homepage" => Some("home".to_owned()),
        _ => Some(text.chars().filter(|c| !c.is_control()).take(40).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_none_is_named_and_kept() {
        let mut contact = Contact::default();
        contact.add_mail("EMAIL", None, "ada@example.com").unwrap();
        contact.add_mail("EMAIL", label("WORK"), "ada@example.com").unwrap();
        assert_eq!(contact.mails, [Labelled { label: Some("work".to_owned()), value: "ada@example.com".to_owned() }]);
        for bad in ["ada", "@example.com", "ada@", "a@b@c", "ada@example.com, bob@example.com", "<ada@example.com>"] {
            let fault = contact.add_mail("EMAIL", None, bad).unwrap_err();
            assert_eq!((fault.field.as_str(), contact.extras.last().unwrap().value.as_str()), ("EMAIL", bad));
        }
        contact.add_phone("TEL", None, "+49 30 1234").unwrap();
        assert!(contact.add_phone("TEL", None, "ask me").is_err());
        contact.add_url("URL", None, "example.com/ada").unwrap();
        contact.add_url("URL", None, "HTTPS://example.com:8443/").unwrap();
        for bad in [
            "javascript:alert(1)",
            "example",
            "ftp://example.com",
            "https://a b",
            "javascript://example.com/%0aalert(1)",
        ] {
            assert!(contact.add_url("URL", None, bad).is_err(), "{bad}");
        }
        assert_eq!((contact.phones.len(), contact.urls.len(), contact.mails.len()), (1, 2, 1));
    }

    #[test]
    fn a_full_list_takes_what_it_knows_and_the_rest_is_kept_beside_it() {
        let mut contact = Contact::default();
        for i in 0..MAX_VALUES {
            contact.add_mail("EMAIL", None, &format!("a{i}@example.com")).unwrap();
            contact.add_category("CATEGORIES", &i.to_string());
        }
        contact.add_mail("EMAIL", label("WORK"), "a0@example.com").unwrap();
        let fault = contact.add_mail("EMAIL", None, "late@example.com").unwrap_err();
        assert_eq!(fault.to_string(), "EMAIL: 'late@example.com' comes after 500 others; leave out what is not needed");
        contact.add_category("CATEGORIES", "late");
        assert_eq!((contact.mails.len(), contact.categories.len()), (MAX_VALUES, MAX_VALUES));
        let kept: Vec<&str> = contact.extras.iter().map(|extra| extra.value.as_str()).collect();
        assert_eq!((kept, contact.values()), (vec!["late@example.com", "late"], 2 * MAX_VALUES + 2));
    }

    #[test]
    fn a_contact_is_called_by_what_there_is() {
        let mut contact = Contact::default();
        assert_eq!(contact.display_name(), "");
        contact.add_phone("TEL", None, "555 0100").unwrap();
        assert_eq!(contact.display_name(), "555 0100");
        contact.organisation = "Night Drive Records".to_owned();
        assert_eq!(contact.display_name(), "Night Drive Records");
        contact.name.given = "Ada".to_owned();
        contact.name.family = "Lovelace".to_owned();
        contact.complete();
        assert_eq!(contact.display_name(), "Ada Lovelace");
    }

    #[test]
    fn labels_have_one_spelling() {
        assert_eq!(label("_$!<HomePage>!$_").as_deref(), Some("home"));
        assert_eq!(label("* Work").as_deref(), Some("work"));
        assert_eq!(label("Mobile").as_deref(), Some("cell"));
        assert_eq!(label("Tour manager").as_deref(), Some("tour manager"));
        assert_eq!(label(" INTERNET "), None);
    }
}
