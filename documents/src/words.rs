//! What all documents are written of: clauses, facts, and a voice that says sentences with a document's values.

use serde::{Deserialize, Serialize};

use crate::error::DocumentError;
use crate::texts::Texts;

/// One clause, as it is read, shown and filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Stable name, for links and for later amendments: `parties`, `grant` ….
    pub id: String,
    /// Position in this contract, from 1.
    pub number: u16,
    /// Heading without its number.
    pub heading: String,
    /// Paragraphs and lists in reading order.
    pub body: Vec<Block>,
    /// The clause in plain words; explains, does not bind.
    pub summary: String,
}

/// A piece of a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: String,
    },
    /// The points of a list.
    Points {
        /// Each point's words.
        items: Vec<String>,
    },
    /// A table: shares, and who holds them.
    Table {
        /// The columns' headings.
        head: Vec<String>,
        /// Rows of as many cells.
        rows: Vec<Vec<String>>,
    },
}

impl Clause {
    /// Every sentence of the body in reading order.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        self.body
            .iter()
            .flat_map(|block| match block {
                Block::Paragraph { text } => vec![text],
                Block::Points { items } => items.iter().collect(),
                Block::Table { head, rows } => head.iter().chain(rows.iter().flatten()).collect(),
            })
            .map(String::as_str)
    }

    /// The clause as lines of plain text; `plain_heading` labels its summary.
    pub(crate) fn lines(&self, plain_heading: &str) -> Vec<String> {
        let mut lines = vec![format!("{}. {}", self.number, self.heading)];
        lines.push(format!("[{plain_heading}: {}]", self.summary));
        lines.extend(self.body.iter().flat_map(|block| match block {
            Block::Paragraph { text } => vec![text.clone()],
            Block::Points { items } => items.iter().map(|item| format!("• {item}")).collect(),
            Block::Table { head, rows } => std::iter::once(head).chain(rows).map(|row| row.join(" | ")).collect(),
        }));
        lines
    }
}

/// A label with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
}

impl Fact {
    pub(crate) fn line(&self) -> String {
        format!("{}: {}", self.label, self.value)
    }
}

/// The texts of one language, with the values that their sentences name.
pub(crate) struct Voice {
    texts: &'static Texts,
    values: Vec<(&'static str, String)>,
}

impl Voice {
    pub(crate) const fn new(texts: &'static Texts) -> Self {
        Self { texts, values: Vec::new() }
    }

    /// The same values with other sentences.
    pub(crate) fn saying(self, texts: &'static Texts) -> Self {
        Self { texts, ..self }
    }

    pub(crate) fn add(&mut self, values: impl IntoIterator<Item = (&'static str, String)>) {
        self.values.extend(values);
    }

    /// A sentence with the document's values.
    pub(crate) fn say(&self, key: &str) -> Result<String, DocumentError> {
        self.say_with(key, &[])
    }

    /// A sentence with values of its own, which come before the document's. They are printed as given: see [`clean`].
    pub(crate) fn say_with(&self, key: &str, own: &[(&str, &str)]) -> Result<String, DocumentError> {
        let shared = self.values.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = own.iter().copied().chain(shared).collect();
        self.texts.say(key, &all)
    }

    /// A value by name, for the parts of the document that are no sentences.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// `A`, `A and B`, `A, B and C`.
    pub(crate) fn list(&self, mut items: Vec<String>) -> Result<String, DocumentError> {
        let last = items.pop().unwrap_or_default();
        if items.is_empty() {
            return Ok(last);
        }
        let separator = format!("{} ", self.say("list.separator")?);
        self.say_with("list.and", &[("first", &items.join(&separator)), ("last", &last)])
    }

    /// Begins a clause, whose heading is the sentence `<id>.heading`.
    pub(crate) fn clause(&self, id: &'static str, summary: &'static str) -> Draft<'_> {
        Draft { voice: self, finished: Finished { id, summary, body: Vec::new() } }
    }
}

/// A value on one line: runs of white space and line breaks become one space, and the characters that steer writing direction
/// are taken out, for they are invisible and could make a name read as another. Spaces that do not break stay.
pub(crate) fn clean(value: &str) -> String {
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}');
    let steers =
        |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words: Vec<_> = value.split(breaks).filter(|word| !word.is_empty()).collect();
    words.join(" ").replace(steers, "")
}

/// A clause being written.
pub(crate) struct Draft<'a> {
    voice: &'a Voice,
    finished: Finished,
}

/// A clause that has its body, before it has its number.
pub(crate) struct Finished {
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) body: Vec<Block>,
}

impl Draft<'_> {
    pub(crate) fn says(self, key: &str) -> Result<Self, DocumentError> {
        let text = self.voice.say(key)?;
        Ok(self.paragraph(text))
    }

    pub(crate) fn says_with(self, key: &str, own: &[(&str, &str)]) -> Result<Self, DocumentError> {
        let text = self.voice.say_with(key, own)?;
        Ok(self.paragraph(text))
    }

    pub(crate) fn says_if(self, condition: bool, key: &str) -> Result<Self, DocumentError> {
        if condition { self.says(key) } else { Ok(self) }
    }

    pub(crate) fn paragraph(mut self, text: String) -> Self {
        self.finished.body.push(Block::Paragraph { text });
        self
    }

    pub(crate) fn points(mut self, items: Vec<String>) -> Self {
        if !items.is_empty() {
            self.finished.body.push(Block::Points { items });
        }
        self
    }

    pub(crate) fn lists(self, keys: &[&str]) -> Result<Self, DocumentError> {
        let items = keys.iter().map(|key| self.voice.say(key)).collect::<Result<_, _>>()?;
        Ok(self.points(items))
    }

    pub(crate) fn table(mut self, head: &[&str], rows: Vec<Vec<String>>) -> Result<Self, DocumentError> {
        if !rows.is_empty() {
            let head = head.iter().map(|key| self.voice.say(key)).collect::<Result<_, _>>()?;
            self.finished.body.push(Block::Table { head, rows });
        }
        Ok(self)
    }

    pub(crate) fn done(self) -> Finished {
        self.finished
    }
}

impl Finished {
    pub(crate) fn finish(self, voice: &Voice, number: u16) -> Result<Clause, DocumentError> {
        Ok(Clause {
            id: self.id.to_owned(),
            number,
            heading: voice.say(&format!("{}.heading", self.id))?,
            body: self.body,
            summary: voice.say(self.summary)?,
        })
    }
}

/// A copy of a value with every string in it replaced.
pub(crate) fn map_strings<T>(value: &T, change: &impl Fn(&str) -> String) -> Result<T, DocumentError>
where
    T: Serialize + serde::de::DeserializeOwned,
{
    let mut json = serde_json::to_value(value)?;
    change_strings(&mut json, change);
    Ok(serde_json::from_value(json)?)
}

fn change_strings(json: &mut serde_json::Value, change: &impl Fn(&str) -> String) {
    match json {
        serde_json::Value::String(text) => *text = change(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| change_strings(item, change)),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(|field| change_strings(field, change)),
        _ => {}
    }
}
