//! What has changed between two agreements, field by field, said so that a signer understands it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::model::{Agreement, Terms};
use crate::error::DocumentError;
use crate::format;
use crate::texts::Language;
use crate::words::clean;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where, in words: `Terms · Composition · Writers · Ana · Share`.
    pub label: String,
    /// Path of the field in the later document; in the earlier one if it is gone.
    pub path: String,
    /// What stood there; `None` if it is new.
    pub before: Option<String>,
    /// What stands there; `None` if it is gone.
    pub after: Option<String>,
}

/// The differences from one agreement to another, in the order of the fields' names; none if they say the same.
///
/// # Errors
/// None in practice: the model is plain data.
pub fn diff(before: &Agreement, after: &Agreement) -> Result<Vec<Change>, DocumentError> {
    let [old, new] = [serde_json::to_value(before)?, serde_json::to_value(after)?];
    let language = after.language;
    let mut differ = Differ {
        before: Printer { agreement: before, language },
        after: Printer { agreement: after, language },
        changes: Vec::new(),
    };
    differ.both("", &mut Vec::new(), "", &old, &new);
    Ok(differ.changes)
}

/// An entry of a list and its place.
type Entry<'v> = (usize, &'v Value);

struct Differ<'a> {
    before: Printer<'a>,
    after: Printer<'a>,
    changes: Vec<Change>,
}

impl Differ<'_> {
    fn both(&mut self, path: &str, labels: &mut Vec<String>, field: &str, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) if !is_amount(old) || !is_amount(new) => {
                self.objects(path, labels, old, new);
            }
            (Value::Array(old), Value::Array(new)) => self.arrays(path, labels, field, old, new),
            _ => {
                let (was, is) = (self.before.print(field, old), self.after.print(field, new));
                if was != is {
                    self.push(path, labels, Some(was), Some(is));
                } else if field == "work" && old != new {
                    let other = self.after.say("field.work.other");
                    self.push(path, labels, Some(was), other);
                }
            }
        }
    }

    fn objects(&mut self, path: &str, labels: &mut Vec<String>, old: &Map<String, Value>, new: &Map<String, Value>) {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            labels.push(self.after.field(name));
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => self.both(&inner, labels, name, old, new),
                (Some(old), None) => self.one(&inner, labels, name, old, true),
                (None, Some(new)) => self.one(&inner, labels, name, new, false),
                (None, None) => {}
            }
            labels.pop();
        }
    }

    /// Entries are matched by whom or what they name, so that one that was taken out does not change all behind it.
    fn arrays(&mut self, path: &str, labels: &mut Vec<String>, field: &str, old: &[Value], new: &[Value]) {
        let mut unmatched: Vec<Entry<'_>> = new.iter().enumerate().collect();
        let mut pairs: Vec<(usize, &Value, Option<Entry<'_>>)> = Vec::new();
        for (index, item) in old.iter().enumerate() {
            let name = self.before.name_of(item);
            let place = unmatched.iter().position(|(_, other)| self.after.name_of(other) == name);
            pairs.push((index, item, place.map(|place| unmatched.remove(place))));
        }
        // What is left over on both sides may have been renamed, if it stands in the same place.
        for (index, _, pair) in pairs.iter_mut().filter(|(_, item, pair)| pair.is_none() && item.is_object()) {
            if let Some(place) = unmatched.iter().position(|(other, _)| other == index) {
                *pair = Some(unmatched.remove(place));
            }
        }
        for (index, item, pair) in pairs {
            let name = self.before.name_of(item);
            labels.push(name);
            match pair {
                Some((place, other)) => self.both(&format!("{path}[{place}]"), labels, field, item, other),
                None => self.one(&format!("{path}[{index}]"), labels, field, item, true),
            }
            labels.pop();
        }
        for (index, item) in unmatched {
            labels.push(self.after.name_of(item));
            self.one(&format!("{path}[{index}]"), labels, field, item, false);
            labels.pop();
        }
    }

    fn one(&mut self, path: &str, labels: &[String], field: &str, value: &Value, gone: bool) {
        let printer = if gone { &self.before } else { &self.after };
        let said = printer.print(field, value);
        // What is left out and what is empty are the same.
        if !said.is_empty() {
            let (was, is) = if gone { (Some(said), None) } else { (None, Some(said)) };
            self.push(path, labels, was, is);
        }
    }

    fn push(&mut self, path: &str, labels: &[String], before: Option<String>, after: Option<String>) {
        let label = labels.iter().filter(|label| !label.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        self.changes.push(Change { label, path: path.to_owned(), before, after });
    }
}

/// Prints the values of one of the documents.
struct Printer<'a> {
    agreement: &'a Agreement,
    language: Language,
}

impl Printer<'_> {
    /// A sentence, if there is one under this key.
    fn say(&self, key: &str) -> Option<String> {
        self.language.agreement_texts().say(key, &[]).ok()
    }

    fn field(&self, name: &str) -> String {
        self.say(&format!("field.{name}")).unwrap_or_else(|| name.replace('_', " "))
    }

    fn party(&self, index: u64) -> String {
        let party = usize::try_from(index).ok().and_then(|index| self.agreement.parties.get(index));
        party.map(|party| clean(&party.name)).unwrap_or_default()
    }

    /// Whom or what an entry of a list names.
    fn name_of(&self, item: &Value) -> String {
        if let Some(index) = item["party"].as_u64() {
            return self.party(index);
        }
        let name = ["name", "title", "id"].into_iter().find_map(|field| item[field].as_str());
        match (name, item) {
            (Some(name), _) => clean(name),
            (None, Value::String(text)) => clean(text),
            _ => String::new(),
        }
    }

    fn print(&self, field: &str, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::Bool(yes) => self.say(if *yes { "answer.yes" } else { "answer.no" }).unwrap_or_default(),
            Value::Number(number) => self.number(field, number.as_u64().unwrap_or_default()),
            Value::String(text) => self.string(field, text),
            Value::Array(items) => items.iter().map(|item| self.print(field, item)).collect::<Vec<_>>().join("; "),
            Value::Object(fields) => self.object(fields),
        }
    }

    fn number(&self, field: &str, number: u64) -> String {
        if field == "party" {
            return self.party(number);
        }
        let small = u32::try_from(number).unwrap_or(u32::MAX);
        if field.ends_with("_ppm") {
            format::percent(small, self.language)
        } else if field == "hundredths" {
            let percent = format::percent(small.saturating_mul(100), self.language);
            percent.trim_end_matches('%').to_owned()
        } else {
            format::number(number, self.language)
        }
    }

    fn string(&self, field: &str, text: &str) -> String {
        let spelled = match field {
            "role" => ["role", "writer", "publisher"].iter().find_map(|kind| self.say(&format!("{kind}.{text}"))),
            "base" => self.say(&format!("base.{text}")),
            "work" => Some(self.work()),
            "template" => self.say(&format!("kind.{text}")),
            "dated" | "written_on" | "effective_on" | "deliver_on" | "starts_on" => {
                text.parse().ok().map(|day| format::date(day, self.language))
            }
            _ => None,
        };
        spelled.unwrap_or_else(|| clean(text))
    }

    /// The work that an agreement is of, as people call it.
    fn work(&self) -> String {
        clean(match &self.agreement.terms {
            Terms::SplitSheet(sheet) => &sheet.composition.title,
            _ => &self.agreement.title,
        })
    }

    fn object(&self, fields: &Map<String, Value>) -> String {
        if is_amount(fields) {
            let number = |name: &str| fields.get(name).and_then(Value::as_u64).unwrap_or_default();
            let currency = fields.get("currency").and_then(Value::as_str).unwrap_or_default();
            let decimals = u8::try_from(number("decimals")).unwrap_or_default();
            return format::money(number("minor_units"), currency, decimals, self.language);
        }
        let printed = fields.iter().filter_map(|(name, value)| {
            let said = self.print(name, value);
            (!said.is_empty()).then(|| format!("{}: {said}", self.field(name)))
        });
        printed.collect::<Vec<_>>().join(", ")
    }
}

fn is_amount(fields: &Map<String, Value>) -> bool {
    fields.contains_key("minor_units")
}
