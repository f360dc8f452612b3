//! Operations that fit the schema, made by chance of what introspection says of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::values::{Pool, scalar};
use crate::chance::Chance;

/// How many levels of fields an operation has at most; the program allows some more.
const DEEPEST: usize = 7;

/// What asks for the schema.
pub(super) const INTROSPECTION: &str = "query { __schema { types { name kind enumValues(includeDeprecated: true) { name }
    possibleTypes { name } inputFields { ...argument } fields(includeDeprecated: true) { name args { ...argument } type { ...of } } } } }
fragment argument on __InputValue { name type { ...of } }
fragment of on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The types of the schema by name.
pub(super) struct Schema(BTreeMap<String, Value>);

impl Schema {
    /// What introspection has answered.
    pub(super) fn of(answer: &Value) -> Self {
        let types = list(&answer["data"]["__schema"]["types"]);
        Self(types.iter().map(|kind| (text(&kind["name"]).to_owned(), kind.clone())).collect())
    }

    /// What stands in a type's list of that name.
    fn list(&self, kind: &str, of: &str) -> &[Value] {
        list(&self.0[kind][of])
    }

    fn kind(&self, name: &str) -> &str {
        text(&self.0[name]["kind"])
    }

    fn is_leaf(&self, field: &Value) -> bool {
        ["SCALAR", "ENUM"].contains(&self.kind(base(&field["type"])))
    }
}

fn list(of: &Value) -> &[Value] {
    of.as_array().map_or(&[][..], Vec::as_slice)
}

fn text(of: &Value) -> &str {
    of.as_str().unwrap_or_default()
}

/// The type that has a name within a type.
fn base(of: &Value) -> &str {
    let mut at = of;
    while at["ofType"].is_object() {
        at = &at["ofType"];
    }
    text(&at["name"])
}

fn written(of: &Value) -> String {
    match text(&of["kind"]) {
        "NON_NULL" => format!("{}!", written(&of["ofType"])),
        "LIST" => format!("[{}]", written(&of["ofType"])),
        _ => text(&of["name"]).to_owned(),
    }
}

/// A query or mutation.
pub(super) struct Operation {
    document: String,
    variables: Map<String, Value>,
}

impl Operation {
    /// The body of its request.
    pub(super) fn body(&self) -> String {
        json!({ "query": self.document, "variables": self.variables }).to_string()
    }
}

/// Makes an operation of one field or two.
pub(super) fn make(schema: &Schema, chance: &mut Chance, pool: &Pool) -> Operation {
    let root = if chance.below(2) == 0 { "Query" } else { "Mutation" };
    let depth = 1 + chance.below(DEEPEST);
    let mut maker = Maker { schema, chance, pool, declared: Vec::new(), variables: Map::new() };
    let fields = maker.some(schema.list(root, "fields"), 2);
    let fields: Vec<String> = fields.into_iter().map(|field| maker.field(field, depth)).collect();
    let declared = if maker.declared.is_empty() { String::new() } else { format!("({})", maker.declared.join(", ")) };
    let document = format!("{}{declared} {{ {} }}", root.to_lowercase(), fields.join(" "));
    Operation { document, variables: maker.variables }
}

/// An operation in the making.
struct Maker<'a> {
    schema: &'a Schema,
    chance: &'a mut Chance,
    pool: &'a Pool,
    /// Its variables as they are declared, and what they are.
    declared: Vec<String>,
    variables: Map<String, Value>,
}

impl Maker<'_> {
    /// From one to so many of these, none twice.
    fn some<'b, T>(&mut self, all: &'b [T], most: usize) -> Vec<&'b T> {
        if all.is_empty() {
            return Vec::new();
        }
        let count = 1 + self.chance.below(most);
        let places: BTreeSet<usize> = (0..count).map(|_| self.chance.below(all.len())).collect();
        places.into_iter().map(|place| &all[place]).collect()
    }

    /// A field with arguments, and what is asked of it.
    fn field(&mut self, of: &Value, depth: usize) -> String {
        let mut given = Vec::new();
        for argument in list(&of["args"]) {
            if let Some(value) = self.argument(argument) {
                let variable = format!("v{}", self.variables.len());
                self.declared.push(format!("${variable}: {}", written(&argument["type"])));
                given.push(format!("{}: ${variable}", text(&argument["name"])));
                self.variables.insert(variable, value);
            }
        }
        let given = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
        format!("{}{given}{}", text(&of["name"]), self.selection(base(&of["type"]), depth))
    }

    /// What is asked of a type, with its braces; nothing of a scalar.
    fn selection(&mut self, of: &str, depth: usize) -> String {
        match self.schema.kind(of) {
            "OBJECT" => {
                let schema = self.schema;
                let fields = schema.list(of, "fields").iter();
                let fields: Vec<&Value> = fields.filter(|field| depth > 1 || schema.is_leaf(field)).collect();
                let chosen = self.some(&fields, 5);
                let asked: Vec<String> =
                    chosen.into_iter().map(|field| self.field(field, depth.saturating_sub(1))).collect();
                format!(" {{ __typename {} }}", asked.join(" "))
            }
            "UNION" | "INTERFACE" => {
                let schema = self.schema;
                let asked: Vec<String> = schema
                    .list(of, "possibleTypes")
                    .iter()
                    .map(|kind| text(&kind["name"]))
                    .map(|kind| format!("... on {kind}{}", self.selection(kind, depth)))
                    .collect();
                format!(" {{ __typename {} }}", asked.join(" "))
            }
            _ => String::new(),
        }
    }

    /// A value for an argument; none if it is left out.
    fn argument(&mut self, of: &Value) -> Option<Value> {
        let is_required = text(&of["type"]["kind"]) == "NON_NULL";
        match self.chance.below(20) {
            0..=8 if !is_required => None,
            9 if !is_required => Some(Value::Null),
            _ => Some(self.value(text(&of["name"]), &of["type"])),
        }
    }

    fn value(&mut self, name: &str, of: &Value) -> Value {
        match text(&of["kind"]) {
            "NON_NULL" => self.value(name, &of["ofType"]),
            "LIST" => {
                let count = if self.chance.below(30) == 0 { 200 } else { self.chance.below(4) };
                (0..count).map(|_| self.value(name, &of["ofType"])).collect()
            }
            "ENUM" => {
                let schema = self.schema;
                self.chance.of(schema.list(text(&of["name"]), "enumValues"))["name"].clone()
            }
            "INPUT_OBJECT" => {
                let schema = self.schema;
                let mut fields = Map::new();
                for field in schema.list(text(&of["name"]), "inputFields") {
                    if let Some(value) = self.argument(field) {
                        fields.insert(text(&field["name"]).to_owned(), value);
                    }
                }
                Value::Object(fields)
            }
            _ => scalar(self.chance, self.pool, text(&of["name"]), name),
        }
    }
}
