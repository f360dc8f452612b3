//! The JSON Schema of agreements, and the check of a document against it: all that is missing, unknown or of the wrong kind at once,
//! each with its path. A deserialiser stops at the first fault, and knows no path within a tagged variant.

use std::borrow::Cow;
use std::sync::OnceLock;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use super::model::{
    Agreement, CollaborationTerms, ComposerTerms, MixMasterTerms, ProducerTerms, SplitSheet, Template, Terms,
    WorkForHireTerms,
};
use crate::error::{DocumentError, FieldError};
use crate::faults::Faults;

/// A calendar date, for fields that hold one.
pub(super) struct Date;

impl JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

/// Each template's own schema with the tag added: a reference beside the tag would refuse the tag as unknown.
impl JsonSchema for Terms {
    fn schema_name() -> Cow<'static, str> {
        "Terms".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let variants: Vec<Value> = Template::ALL
            .into_iter()
            .map(|template| {
                let schema = match template {
                    Template::SplitSheet => SplitSheet::json_schema(generator),
                    Template::Producer => ProducerTerms::json_schema(generator),
                    Template::MixMaster => MixMasterTerms::json_schema(generator),
                    Template::WorkForHire => WorkForHireTerms::json_schema(generator),
                    Template::Collaboration => CollaborationTerms::json_schema(generator),
                    Template::ComposerForHire => ComposerTerms::json_schema(generator),
                };
                let mut schema = schema.to_value();
                schema["properties"]["template"] = serde_json::json!({ "type": "string", "const": template.code() });
                if let Some(required) = schema["required"].as_array_mut() {
                    required.insert(0, "template".into());
                }
                schema
            })
            .collect();
        json_schema!({ "description": "What is agreed, by template.", "oneOf": variants })
    }
}

fn root() -> &'static Value {
    static ROOT: OnceLock<Value> = OnceLock::new();
    ROOT.get_or_init(|| schemars::schema_for!(Agreement).to_value())
}

/// The JSON Schema of agreements, as text.
pub fn schema() -> String {
    serde_json::to_string_pretty(root()).expect("a schema is plain JSON")
}

/// Checks the form of a document.
pub(super) fn check(document: &Value) -> Result<(), DocumentError> {
    let mut faults = Faults::default();
    Checker { faults: &mut faults }.value(root(), document, "");
    faults.done()
}

/// Checks the form of edits of clauses that stand by themselves.
pub(super) fn check_edits(edits: &Value) -> Result<(), DocumentError> {
    let mut faults = Faults::default();
    Checker { faults: &mut faults }.value(&root()["$defs"]["ClauseEdits"], edits, "clauses");
    faults.done()
}

/// A fault of the document as a whole, such as text that is no JSON.
pub(super) fn not_read(path: &str, problem: String) -> DocumentError {
    let field = if path.is_empty() || path == "." { "document" } else { path };
    DocumentError::Invalid(vec![FieldError {
        code: "json",
        field: field.to_owned(),
        problem,
        remedy: "give a JSON document as the schema of agreements describes it".to_owned(),
    }])
}

struct Checker<'a> {
    faults: &'a mut Faults,
}

impl Checker<'_> {
    fn value(&mut self, schema: &'static Value, value: &Value, path: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.trim_start_matches("#/$defs/");
            return self.value(&root()["$defs"][name], value, path);
        }
        if let Some(variants) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            return self.variants(variants, value, path);
        }
        let Some(kind) = kinds(schema).into_iter().find(|kind| is_kind(kind, value)) else {
            if !kinds(schema).is_empty() {
                let remedy = format!("give {}", kinds(schema).join(" or "));
                self.faults.add_as("type", shown(path), format!("is {}", kind_of(value)), remedy);
            }
            return;
        };
        match kind {
            "object" => self.object(schema, value, path),
            "array" => self.array(schema, value, path),
            "string" => self.string(schema, value, path),
            "integer" => self.integer(schema, value, path),
            _ => {}
        }
    }

    /// One of several: by the tag if objects are told apart by one, else the first that fits.
    fn variants(&mut self, variants: &'static [Value], value: &Value, path: &str) {
        if let Some(tag) = variants.iter().find_map(tag_of) {
            let given = value[tag].as_str();
            let chosen = variants.iter().find(|variant| variant["properties"][tag]["const"].as_str() == given);
            return match chosen {
                Some(variant) if given.is_some() => self.value(variant, value, path),
                _ => {
                    let known: Vec<&str> =
                        variants.iter().filter_map(|variant| variant["properties"][tag]["const"].as_str()).collect();
                    let problem = given.map_or_else(|| "is missing".to_owned(), |given| format!("is ‘{}’", cut(given)));
                    let remedy = format!("give one of {}", known.join(", "));
                    self.faults.add_as("choice", join(path, tag), problem, remedy);
                }
            };
        }
        let known: Vec<&str> = variants.iter().flat_map(constants).collect();
        if !known.is_empty() {
            return self.choice(&known, value, path);
        }
        if value.is_null() && variants.iter().any(|variant| variant["type"] == "null") {
            return;
        }
        if let Some(variant) = variants.iter().find(|variant| variant["type"] != "null") {
            self.value(variant, value, path);
        }
    }

    fn choice(&mut self, known: &[&str], value: &Value, path: &str) {
        if !value.as_str().is_some_and(|given| known.contains(&given)) {
            let given = value.as_str().map_or_else(|| kind_of(value).to_owned(), |given| format!("‘{}’", cut(given)));
            let remedy = format!("give one of {}", known.join(", "));
            self.faults.add_as("choice", shown(path), format!("is {given}"), remedy);
        }
    }

    fn object(&mut self, schema: &'static Value, value: &Value, path: &str) {
        let Some(fields) = value.as_object() else { return };
        let properties = &schema["properties"];
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(required) {
                self.faults.add_as("missing", join(path, required), "is missing", "give the value");
            }
        }
        for (name, field) in fields {
            if let Some(known) = properties.get(name) {
                self.value(known, field, &join(path, name));
            } else if schema["additionalProperties"].is_object() {
                self.value(&schema["additionalProperties"], field, &join(path, name));
            } else {
                let remedy = "leave it out, or look for a misspelling";
                self.faults.add_as("unknown_field", join(path, &cut(name)), "is no field of an agreement", remedy);
            }
        }
    }

    fn array(&mut self, schema: &'static Value, value: &Value, path: &str) {
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let (least, most) = (schema["minItems"].as_u64().unwrap_or(0), schema["maxItems"].as_u64().unwrap_or(u64::MAX));
        let len = items.len() as u64;
        if len < least {
            let code = if len == 0 { "empty" } else { "too_few" };
            self.faults.add_as(code, shown(path), format!("has {len} entries"), format!("list at least {least}"));
        }
        if len > most {
            let remedy = format!("list at most {most}");
            return self.faults.add_as("too_many", shown(path), format!("has {len} entries"), remedy);
        }
        for (index, item) in items.iter().enumerate() {
            self.value(&schema["items"], item, &format!("{path}[{index}]"));
        }
    }

    fn string(&mut self, schema: &'static Value, value: &Value, path: &str) {
        let text = value.as_str().unwrap_or_default();
        let known: Vec<&str> = constants(schema).collect();
        if !known.is_empty() {
            self.choice(&known, value, path);
        } else if schema["format"] == "date" && !is_date(text) {
            let problem = format!("is ‘{}’, which is no date", cut(text));
            self.faults.add_as("form", shown(path), problem, "give year, month and day such as 2026-11-28");
        }
    }

    fn integer(&mut self, schema: &'static Value, value: &Value, path: &str) {
        let Some(number) = value.as_u64() else {
            return self.faults.add_as("range", shown(path), format!("is {value}"), "give a whole number from 0");
        };
        let (least, most) = (schema["minimum"].as_u64().unwrap_or(0), schema["maximum"].as_u64().unwrap_or(u64::MAX));
        if !(least..=most).contains(&number) {
            let remedy =
                if most == u64::MAX { format!("give at least {least}") } else { format!("give {least} to {most}") };
            self.faults.add_as("range", shown(path), format!("is {number}"), remedy);
        }
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ if schema["enum"].is_array() || schema["const"].is_string() => vec!["string"],
        _ => Vec::new(),
    }
}

fn is_kind(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The field that tells a tagged object's variants apart.
fn tag_of(variant: &'static Value) -> Option<&'static str> {
    let properties = variant["properties"].as_object()?;
    properties.iter().find(|(_, schema)| schema["const"].is_string()).map(|(name, _)| name.as_str())
}

/// The words that a schema of an enumeration allows.
fn constants(schema: &Value) -> impl Iterator<Item = &str> {
    let listed = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    listed.chain(schema["const"].as_str())
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "document" } else { path }
}

/// The first characters of what was given, for messages.
fn cut(text: &str) -> String {
    const MOST: usize = 40;
    let plain: String = text.chars().filter(|c| !c.is_control()).take(MOST).collect();
    if text.chars().count() > MOST { format!("{plain}…") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every schema within the document's.
    fn walk(schema: &'static Value, visit: &mut impl FnMut(&'static Value)) {
        visit(schema);
        match schema {
            Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
            Value::Object(fields) => fields.values().for_each(|field| walk(field, visit)),
            _ => {}
        }
    }

    #[test]
    fn the_checker_knows_every_word_that_the_schema_uses() {
        const KNOWN: &[&str] = &[
            "$ref",
            "$defs",
            "$schema",
            "title",
            "description",
            "default",
            "format",
            "type",
            "enum",
            "const",
            "oneOf",
            "anyOf",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "minimum",
            "maximum",
        ];
        walk(root(), &mut |schema| {
            let Some(fields) = schema.as_object() else { return };
            // The names under `properties` and `$defs` are the document's own.
            let is_schema = fields.contains_key("type") || fields.contains_key("$ref") || fields.contains_key("oneOf");
            if is_schema && !fields.get("type").is_some_and(Value::is_object) {
                for word in fields.keys() {
                    assert!(KNOWN.contains(&word.as_str()), "{word} in {schema}");
                }
            }
        });
    }

    #[test]
    fn objects_are_closed() {
        walk(root(), &mut |schema| {
            if schema["type"] == "object" && schema["properties"].is_object() {
                assert_eq!(schema["additionalProperties"], Value::Bool(false), "{schema}");
            }
        });
    }
}
