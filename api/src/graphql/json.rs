//! Objects that are sent as JSON: what is wrong with one is told by the path of its field, in plain words. What each may say, with examples, stands in
//! `openapi/json-inputs.md`, which `jsonInputExamples` gives, too; tests read every example of it.

use std::sync::LazyLock;

use async_graphql::{Enum, Json, Object, SimpleObject};
use domain::report::{Kind, Report};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::errors::Failure;

/// The committed reference.
const REFERENCE: &str = include_str!("../../../openapi/json-inputs.md");

/// An input that is JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum JsonInput {
    /// `saveRoyaltyRule.content`.
    RoyaltyRule,
    /// `saveSplitTerms.reserve`.
    RoyaltyReserve,
    /// `teachStatementFormat.description`.
    StatementFormat,
    /// `saveWorkRegistration.facts`.
    WorkRegistration,
    /// `saveRelease.facts`.
    Release,
}

impl JsonInput {
    /// As the reference heads its section.
    const fn heading(self) -> &'static str {
        match self {
            Self::RoyaltyRule => "`saveRoyaltyRule.content`",
            Self::RoyaltyReserve => "`saveSplitTerms.reserve`",
            Self::StatementFormat => "`teachStatementFormat.description`",
            Self::WorkRegistration => "`saveWorkRegistration.facts`",
            Self::Release => "`saveRelease.facts`",
        }
    }
}

/// A valid example of an input.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct JsonInputExample {
    /// What it is an example of.
    pub title: String,
    /// The example; ids in it are made up.
    pub example: Json<Value>,
}

/// Queries about inputs that are JSON.
#[derive(Debug, Default)]
pub struct JsonInputsQuery;

#[Object]
impl JsonInputsQuery {
    /// What an input that is JSON may say: its fields, in Markdown.
    async fn json_input_reference(&self, input: JsonInput) -> String {
        section(input).unwrap_or_default().to_owned()
    }

    /// Valid examples of an input that is JSON, of each kind at least one.
    async fn json_input_examples(&self, input: JsonInput) -> Vec<JsonInputExample> {
        examples(input).into_iter().map(|(title, example)| JsonInputExample { title, example: Json(example) }).collect()
    }
}

/// The section of the reference about an input.
fn section(input: JsonInput) -> Option<&'static str> {
    static SECTIONS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
        let sections = REFERENCE.split("\n## ").skip(1);
        sections.filter_map(|section| section.split_once('\n')).map(|(head, rest)| (head.trim(), rest.trim())).collect()
    });
    SECTIONS.iter().find(|(heading, _)| *heading == input.heading()).map(|(_, text)| *text)
}

/// The examples of the reference of an input, each with its heading.
fn examples(input: JsonInput) -> Vec<(String, Value)> {
    let parts = section(input).unwrap_or_default().split("### ").skip(1);
    let example = |part: &str| {
        let (title, rest) = part.split_once('\n')?;
        let (_, block) = rest.split_once("```json\n")?;
        let (text, _) = block.split_once("```")?;
        Some((title.trim().to_owned(), serde_json::from_str(text).ok()?))
    };
    parts.filter_map(example).collect()
}

/// Reads an object that was sent as JSON, or refuses it by the path of the field that cannot be read, below that of the input.
pub(super) fn read<T: DeserializeOwned>(value: Value, field: &str, code: &'static str) -> Result<T, Failure> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { field.to_owned() } else { format!("{field}.{path}") };
        let path = path.replace('[', ".").replace(']', "");
        let said = in_words(&error.inner().to_string(), &path);
        let remedy = "look at `jsonInputReference` and `jsonInputExamples`, which say what it may be";
        Failure::new(Report::new(Kind::Invalid, code, format!("{path}: {said}")).field(path).remedy(remedy))
    })
}

/// What a reader of JSON says, as a person says it.
fn in_words(said: &str, path: &str) -> String {
    let quoted = |prefix: &str| said.strip_prefix(prefix)?.split('`').nth(1).map(str::to_owned);
    let choice = || said.split_once(", expected ").map_or("", |(_, choice)| choice).replace('`', "");
    if let Some(name) = quoted("unknown field") {
        let known = choice();
        let known = known.trim_start_matches("one of ");
        return format!("there is no field {name}; there are: {known}");
    }
    if let Some(name) = quoted("missing field") {
        return format!("the field {name} is missing");
    }
    if let Some(name) = quoted("unknown variant") {
        let known = choice();
        return format!("{name} is none of these: {}", known.trim_start_matches("one of "));
    }
    for kind in ["invalid type: ", "invalid value: ", "invalid length "] {
        let Some((found, expected)) = said.strip_prefix(kind).and_then(|rest| rest.split_once(", expected ")) else {
            continue;
        };
        let found = if kind == "invalid length " { format!("{found} things") } else { found_in_words(found) };
        return format!("this is {found}, and has to be {}", expected_in_words(expected, path));
    }
    said.to_owned()
}

fn found_in_words(found: &str) -> String {
    let value = found.split('`').nth(1);
    match found {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "null" | "unit value" => "null".to_owned(),
        other => value.map_or_else(|| other.trim_start_matches("string ").to_owned(), str::to_owned),
    }
}

/// What is expected; shares are told apart from other numbers by the names of their fields.
fn expected_in_words(expected: &str, path: &str) -> String {
    let is_share =
        ["share", "ppm", "treaty", "otherwise", "countries", "reserve.rate"].iter().any(|part| path.contains(part));
    let words = match expected {
        "a tuple of size 2" if path.contains("tracks") => {
            "the id of a recording and its weight, such as [\"rec_…\", 1]"
        }
        "a tuple of size 2" | "tuple of 2 elements" | "an array of length 2" => {
            "two whole numbers, such as [3, 100] for three hundredths"
        }
        "u8" | "u16" | "u32" | "u64" | "i32" | "i64" if is_share => {
            "a whole number of millionths, such as 300000 for 30 %"
        }
        "u8" | "u16" | "u32" | "u64" => "a whole number, zero or more",
        "i32" | "i64" => "a whole number",
        "a boolean" => "true or false",
        "a string" | "string" => "text in quotation marks; exact amounts such as \"0.25\" are, too",
        "a sequence" => "a list",
        "a map" => "an object",
        "string or map" | "map with a single key" => "one word, or an object with one field that names its kind",
        other if other.starts_with("struct ") || other.starts_with("enum ") => {
            "an object with the fields of the reference"
        }
        other if other.contains("date") => "a day such as \"2026-12-31\"",
        other => return other.to_owned(),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::{
        registrations::facts::{ReleaseFacts, WorkFacts},
        royalties::rules::{Reserve, Rule, RuleBook, RuleId, Version},
    };
    use interchange::statements::Description;
    use serde_json::json;

    use super::*;

    fn refused<T: DeserializeOwned + std::fmt::Debug>(value: Value) -> (String, String) {
        let failure = read::<T>(value, "input.content", "BAD").unwrap_err();
        (failure.report().field.clone().unwrap(), failure.report().message.clone())
    }

    fn version(rule: Rule, number: usize) -> Version {
        let id = match &rule {
            Rule::Split(split) => format!("split:{}", split.subject),
            _ => format!("rule {number}"),
        };
        let effective_on = "2026-01-01".parse().unwrap();
        Version { id: RuleId(id), number: 1, effective_on, document_sha256: None, rule }
    }

    #[test]
    fn every_example_of_a_rule_can_be_reckoned_with_and_every_kind_has_one() {
        let all = examples(JsonInput::RoyaltyRule);
        let rules: Vec<Rule> = all.iter().map(|(_, value)| read(value.clone(), "content", "BAD").unwrap()).collect();
        let kinds: BTreeSet<String> =
            all.iter().flat_map(|(_, value)| value.as_object().unwrap().keys().cloned()).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["album", "contract", "payee", "split", "withholding"]);
        let split = rules.iter().find(|rule| matches!(rule, Rule::Split(_))).unwrap();
        for (number, (rule, (title, _))) in rules.iter().zip(&all).enumerate() {
            let mut versions = vec![version(rule.clone(), number)];
            if rule != split {
                versions.push(version(split.clone(), 0));
            }
            assert!(RuleBook::new(versions).is_ok(), "{title}");
        }
    }

    #[test]
    fn every_other_example_is_taken() {
        for (title, value) in examples(JsonInput::StatementFormat) {
            let description: Description = read(value, "description", "BAD").unwrap();
            assert_eq!(description.check(), Ok(()), "{title}");
        }
        for (_, value) in examples(JsonInput::RoyaltyReserve) {
            read::<Reserve>(value, "reserve", "BAD").unwrap();
        }
        for (_, value) in examples(JsonInput::WorkRegistration) {
            read::<WorkFacts>(value, "facts", "BAD").unwrap();
        }
        for (_, value) in examples(JsonInput::Release) {
            read::<ReleaseFacts>(value, "facts", "BAD").unwrap();
        }
        for input in [
            JsonInput::RoyaltyRule,
            JsonInput::RoyaltyReserve,
            JsonInput::StatementFormat,
            JsonInput::WorkRegistration,
            JsonInput::Release,
        ] {
            // Each block of the reference is one that can be read.
            let blocks = section(input).unwrap().matches("```json\n").count();
            assert!(blocks > 0 && examples(input).len() == blocks, "{input:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_path_in_plain_words() {
        let contract = |rate: Value| {
            let (payer, payee) = (format!("party_{:032}", 1), format!("party_{:032}", 2));
            json!({ "contract": { "payer": payer, "payee": payee, "covers": "everything",
                "rates": [{ "base": "net_receipts", "rate": rate }] } })
        };
        let (field, message) = refused::<Rule>(contract(json!(0.3)));
        assert_eq!(field, "input.content.contract.rates.0.rate");
        assert!(
            message.ends_with("this is 0.3, and has to be two whole numbers, such as [3, 100] for three hundredths"),
            "{message}"
        );
        let (field, message) = refused::<Rule>(json!({ "withholding": { "countries": {}, "otherwise": 0.3 } }));
        assert_eq!(field, "input.content.withholding.otherwise");
        assert!(message.ends_with("has to be a whole number of millionths, such as 300000 for 30 %"), "{message}");
        let payee = format!("party_{:032}", 1);
        let (field, message) = refused::<Rule>(json!({ "payee": { "payee": payee, "hold": "audit" } }));
        assert_eq!(field, "input.content.payee.hold");
        assert!(
            message.ends_with("this is \"audit\", and has to be an object with the fields of the reference"),
            "{message}"
        );
        let (_, message) = refused::<Rule>(json!({ "tax": {} }));
        assert!(message.contains("tax is none of these: split, album, contract, payee, withholding"), "{message}");
        let (field, message) = refused::<WorkFacts>(json!({ "writer": [] }));
        assert_eq!(field, "input.content.writer");
        assert!(message.contains("there is no field writer; there are: code, category"), "{message}");
    }
}
