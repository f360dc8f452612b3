//! A root field as a row of the matrix calls it, taken apart, so that other ids can stand in its arguments.

use std::convert::Infallible;

use async_graphql::{
    Name, Value as Const,
    parser::{parse_query, types::Selection},
};
use serde_json::{Map, Value};

use super::schema::{Argument, Schema, found};

/// A call of a root field.
pub(super) struct Call {
    /// `Type.field`.
    pub(super) field: String,
    /// What is asked of what it gives, with its braces; nothing of a scalar.
    pub(super) selection: &'static str,
    /// Its arguments; `$name` stands for a variable of that name.
    marked: Value,
}

impl Call {
    pub(super) fn of(document: &'static str) -> Self {
        let parsed = parse_query(document).unwrap();
        let (_, operation) = parsed.operations.iter().next().unwrap();
        let Selection::Field(root) = &operation.node.selection_set.node.items[0].node else { panic!("{document}") };
        let kind = match document.split(['(', ' ', '{']).next() {
            Some("mutation") => "Mutation",
            Some("subscription") => "Subscription",
            _ => "Query",
        };
        let mut marked = Map::new();
        for (name, value) in &root.node.arguments {
            let mark = |variable: Name| Ok::<_, Infallible>(Const::String(format!("${variable}")));
            let value = value.node.clone().into_const_with(mark).unwrap();
            marked.insert(name.node.to_string(), value.into_json().unwrap());
        }
        Self {
            field: format!("{kind}.{}", root.node.name.node),
            selection: selection(document),
            marked: Value::Object(marked),
        }
    }

    /// The name of the field alone.
    pub(super) fn name(&self) -> &str {
        self.field.split_once('.').unwrap().1
    }

    /// The arguments, with what is said for each variable.
    pub(super) fn filled(&self, said: impl Fn(&str) -> Value) -> Value {
        filled(&self.marked, &said)
    }

    /// Which variable the row has at the end of a way.
    pub(super) fn variable(&self, way: &[&Argument]) -> Option<&str> {
        found(&self.marked, way).as_str()?.strip_prefix('$')
    }

    /// A document that asks the field for something, with each of these arguments as a variable of its own name.
    pub(super) fn document(&self, schema: &Schema, arguments: &Value, selection: &str) -> String {
        let given = schema.arguments(&self.field).iter().filter(|known| arguments.get(known.name.as_str()).is_some());
        let (declared, used): (Vec<String>, Vec<String>) =
            given.map(|of| (format!("${}: {}", of.name, of.written), format!("{0}: ${0}", of.name))).unzip();
        let (kind, name) = self.field.split_once('.').unwrap();
        let (declared, used) = (declared.join(", "), used.join(", "));
        format!("{}({declared}) {{ {name}({used}) {selection} }}", kind.to_lowercase())
    }
}

fn filled(marked: &Value, said: &impl Fn(&str) -> Value) -> Value {
    match marked {
        Value::String(text) => text.strip_prefix('$').map_or_else(|| marked.clone(), said),
        Value::Array(items) => items.iter().map(|item| filled(item, said)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), filled(value, said))).collect())
        }
        other => other.clone(),
    }
}

/// What follows the root field's arguments.
fn selection(document: &str) -> &str {
    let body = &document[document.find('{').unwrap() + 1..document.rfind('}').unwrap()];
    let (mut depth, mut in_text) = (0, false);
    for (at, letter) in body.char_indices() {
        match letter {
            '"' => in_text = !in_text,
            '(' if !in_text => depth += 1,
            ')' if !in_text => depth -= 1,
            '{' if !in_text && depth == 0 => return &body[at..],
            _ => {}
        }
    }
    ""
}

#[test]
fn a_row_is_taken_apart_and_put_together_again() {
    let call =
        Call::of(r#"mutation($a: ID!) { addIt(input: { a: $a, words: "(}" }) { it { id } userErrors { code } } }"#);
    assert_eq!((call.field.as_str(), call.name()), ("Mutation.addIt", "addIt"));
    assert_eq!(call.selection.trim(), "{ it { id } userErrors { code } }");
    let arguments = call.filled(|name| Value::String(format!("the {name}")));
    assert_eq!(arguments, serde_json::json!({ "input": { "a": "the a", "words": "(}" } }));
    assert_eq!(selection("query($a: ID!) { scalar(a: $a) }"), "");
}
