//! XML as it comes: parsed within limits, and read attribute by attribute with the place of each refusal.

use std::str::FromStr;

use roxmltree::{Document, Error, Node, ParsingOptions};

use crate::dawproject::{DawprojectError, Place, model::Word};

/// Elements may lie in each other this deep; the deepest that workstations write have some twelve levels.
const MAX_DEPTH: usize = 64;
/// Tags of one file, those that close included.
const MAX_TAGS: usize = 1_000_000;
/// Attributes of one file.
const MAX_ATTRIBUTES: usize = 2_000_000;
/// Attributes of one element: each is held against those before it.
const MAX_ATTRIBUTES_OF_ONE: usize = 512;
/// Namespaces that are declared; the format has none of its own.
const MAX_NAMESPACES: usize = 16;
/// Times in seconds or beats are no further from 0: more than a month.
const MAX_TIME: f64 = 10_000_000.0;
/// Numbers of parameters are no further from 0.
const MAX_AMOUNT: f64 = 1e12;
/// So much of a value is quoted in a refusal.
const QUOTED_CHARS: usize = 60;

/// Parses a file. Neither memory nor time may grow faster than the text, so what makes them is counted first.
pub(super) fn parse<'t>(file: &'static str, text: &'t str) -> Result<Document<'t>, DawprojectError> {
    check_shape(file, text)?;
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        Error::DtdDetected => DawprojectError::DocumentType { file },
        other => DawprojectError::Xml { file, reason: other.to_string() },
    })?;
    for node in document.descendants().filter(Node::is_element) {
        if node.ancestors().take(MAX_DEPTH + 2).count() > MAX_DEPTH + 1 {
            let place = Element { node, file }.place();
            return Err(DawprojectError::TooDeep { place, what: "elements", most: MAX_DEPTH });
        }
    }
    Ok(document)
}

/// Refuses what would cost the parser more than its length: between two `<` lies one tag at the most.
fn check_shape(file: &'static str, text: &str) -> Result<(), DawprojectError> {
    let too_many = |what, most| Err(DawprojectError::TooComplex { file, what, most });
    let (mut tags, mut attributes, mut of_one) = (0, 0, 0);
    for byte in text.bytes() {
        match byte {
            b'<' => {
                tags += 1;
                of_one = 0;
            }
            b'=' => {
                attributes += 1;
                of_one += 1;
            }
            _ => continue,
        }
        if tags > MAX_TAGS {
            return too_many("tags", MAX_TAGS);
        }
        if attributes > MAX_ATTRIBUTES {
            return too_many("attributes", MAX_ATTRIBUTES);
        }
        if of_one > MAX_ATTRIBUTES_OF_ONE {
            return too_many("attributes of one element", MAX_ATTRIBUTES_OF_ONE);
        }
    }
    if text.matches("xmlns").nth(MAX_NAMESPACES).is_some() {
        return too_many("namespaces", MAX_NAMESPACES);
    }
    Ok(())
}

/// An element, and the file that it is in.
#[derive(Clone, Copy)]
pub(super) struct Element<'d, 't: 'd> {
    node: Node<'d, 't>,
    file: &'static str,
}

impl<'d, 't: 'd> Element<'d, 't> {
    /// The root of a file, which must have that name.
    pub(super) fn root(
        file: &'static str,
        document: &'d Document<'t>,
        expected: &'static str,
    ) -> Result<Self, DawprojectError> {
        let root = Self { node: document.root_element(), file };
        if root.name() == expected {
            return Ok(root);
        }
        Err(DawprojectError::Root { file, expected, found: quoted(root.name()) })
    }

    pub(super) fn name(self) -> &'d str {
        self.node.tag_name().name()
    }

    /// Looks the line up, which takes long: for refusals alone.
    pub(super) fn place(self) -> Place {
        Place { file: self.file, line: self.node.document().text_pos_at(self.node.range().start).row }
    }

    /// The elements in it.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        let file = self.file;
        self.node.children().filter(Node::is_element).map(move |node| Self { node, file })
    }

    /// The first element of that name in it.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.name() == name)
    }

    /// The text in it, unless there is none.
    pub(super) fn inner_text(self) -> Option<String> {
        self.node.text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// An attribute as it is.
    pub(super) fn text(self, attribute: &str) -> Option<String> {
        self.node.attribute(attribute).map(str::to_owned)
    }

    /// An attribute that means something; one that is empty says nothing, nor does `null`, which some write for it.
    fn value(self, attribute: &str) -> Option<&'d str> {
        self.node.attribute(attribute).map(str::trim).filter(|text| !text.is_empty() && *text != "null")
    }

    fn read<T>(
        self,
        attribute: &'static str,
        accepted: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, DawprojectError> {
        let Some(text) = self.value(attribute) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| DawprojectError::Value {
            place: self.place(),
            element: quoted(self.name()),
            attribute,
            found: quoted(text),
            accepted,
        })
    }

    /// A time, in seconds or beats.
    pub(super) fn time(self, attribute: &'static str) -> Result<Option<f64>, DawprojectError> {
        self.read(attribute, "a number between -10000000 and 10000000", |text| {
            text.parse().ok().filter(|time: &f64| time.abs() <= MAX_TIME)
        })
    }

    /// A length of time.
    pub(super) fn length(self, attribute: &'static str) -> Result<Option<f64>, DawprojectError> {
        self.read(attribute, "a number from 0 to 10000000", |text| {
            text.parse().ok().filter(|length: &f64| (0.0..=MAX_TIME).contains(length))
        })
    }

    /// A parameter's number, which may be infinite, as the level of silence is.
    pub(super) fn amount(self, attribute: &'static str) -> Result<Option<f64>, DawprojectError> {
        self.read(attribute, "a number between -1e12 and 1e12, or inf or -inf", |text| {
            text.parse().ok().filter(|amount: &f64| amount.abs() <= MAX_AMOUNT || amount.is_infinite())
        })
    }

    /// A whole number that its type has room for.
    pub(super) fn whole<T: FromStr>(self, attribute: &'static str) -> Result<Option<T>, DawprojectError> {
        self.read(attribute, "a whole number of a sensible size", |text| text.parse().ok())
    }

    /// A whole number above 0.
    pub(super) fn count(self, attribute: &'static str) -> Result<Option<u32>, DawprojectError> {
        self.read(attribute, "a whole number from 1 to 100000000", |text| {
            text.parse().ok().filter(|count: &u32| (1..=100_000_000).contains(count))
        })
    }

    /// A part of a time signature.
    pub(super) fn beats(self, attribute: &'static str) -> Result<u16, DawprojectError> {
        let beats = self.read(attribute, "a whole number from 1 to 256", |text| {
            text.parse().ok().filter(|beats: &u16| (1..=256).contains(beats))
        })?;
        self.need(beats, attribute)
    }

    /// A truth value.
    pub(super) fn flag(self, attribute: &'static str) -> Result<Option<bool>, DawprojectError> {
        self.read(attribute, "true or false", |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    /// A word out of a list.
    pub(super) fn word<W: Word>(self, attribute: &'static str) -> Result<Option<W>, DawprojectError> {
        self.read(attribute, W::ACCEPTED, W::parse)
    }

    /// Words out of a list, with spaces between them.
    pub(super) fn words<W: Word>(self, attribute: &'static str) -> Result<Vec<W>, DawprojectError> {
        let words = self.read(attribute, W::ACCEPTED, |text| text.split_whitespace().map(W::parse).collect())?;
        Ok(words.unwrap_or_default())
    }

    /// What must be there.
    pub(super) fn need<T>(self, found: Option<T>, missing: &'static str) -> Result<T, DawprojectError> {
        found.ok_or_else(|| DawprojectError::Lacking { place: self.place(), element: quoted(self.name()), missing })
    }
}

/// So much of a text as a refusal shows.
fn quoted(text: &str) -> String {
    text.chars().take(QUOTED_CHARS).collect()
}
