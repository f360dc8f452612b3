//! Where the schema takes ids, found by introspection, so that none is forgotten.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// An argument of a field, or a field of an input object.
pub(super) struct Argument {
    pub(super) name: String,
    /// Its type as a document writes it, such as `[ID!]!`.
    pub(super) written: String,
    /// The type that has a name in it.
    base: String,
    is_list: bool,
}

/// The way from a field's arguments down to an id.
pub(super) type Way<'a> = Vec<&'a Argument>;

/// What fields and input objects take.
pub(super) struct Schema {
    /// By `Type.field`.
    fields: BTreeMap<String, Vec<Argument>>,
    inputs: BTreeMap<String, Vec<Argument>>,
}

const INTROSPECTION: &str = "query { __schema { types { name inputFields { ...argument }
    fields(includeDeprecated: true) { name args { ...argument } } } } }
fragment argument on __InputValue { name type { ...of ofType { ...of ofType { ...of ofType { ...of } } } } }
fragment of on __Type { kind name }";

impl Schema {
    pub(super) async fn read() -> Self {
        let answer = serde_json::to_value(api::graphql_schema().execute(INTROSPECTION).await).unwrap();
        let (mut fields, mut inputs) = (BTreeMap::new(), BTreeMap::new());
        for of in answer["data"]["__schema"]["types"].as_array().unwrap_or_else(|| panic!("{answer}")) {
            let name = of["name"].as_str().unwrap();
            for field in of["fields"].as_array().into_iter().flatten() {
                fields.insert(format!("{name}.{}", field["name"].as_str().unwrap()), arguments(&field["args"]));
            }
            inputs.insert(name.to_owned(), arguments(&of["inputFields"]));
        }
        Self { fields, inputs }
    }

    /// What a field takes, by `Type.field`.
    pub(super) fn arguments(&self, field: &str) -> &[Argument] {
        &self.fields[field]
    }

    /// Whether a field takes an argument of that name.
    pub(super) fn takes(&self, field: &str, argument: &str) -> bool {
        self.arguments(field).iter().any(|known| known.name == argument)
    }

    /// Every way to an id among a field's arguments.
    pub(super) fn ways(&self, field: &str) -> Vec<Way<'_>> {
        self.ways_of(self.arguments(field))
    }

    fn ways_of<'a>(&'a self, arguments: &'a [Argument]) -> Vec<Way<'a>> {
        let mut found = Vec::new();
        for argument in arguments {
            if argument.base == "ID" {
                found.push(vec![argument]);
            } else if let Some(within) = self.inputs.get(&argument.base) {
                found.extend(self.ways_of(within).into_iter().map(|way| [vec![argument], way].concat()));
            }
        }
        found
    }

    /// The fields that take an id: those of the roots, or all others.
    pub(super) fn with_ids(&self, of_roots: bool) -> Vec<&str> {
        let is_root = |field: &str| ["Query.", "Mutation.", "Subscription."].iter().any(|root| field.starts_with(root));
        let fields = self.fields.keys().map(String::as_str);
        fields.filter(|field| is_root(field) == of_roots && !self.ways(field).is_empty()).collect()
    }
}

fn arguments(of: &Value) -> Vec<Argument> {
    of.as_array().into_iter().flatten().map(argument).collect()
}

fn argument(of: &Value) -> Argument {
    let (mut at, mut is_list) = (&of["type"], false);
    while at["ofType"].is_object() {
        is_list |= at["kind"] == "LIST";
        at = &at["ofType"];
    }
    Argument {
        name: of["name"].as_str().unwrap().to_owned(),
        written: written(&of["type"]),
        base: at["name"].as_str().unwrap().to_owned(),
        is_list,
    }
}

fn written(kind: &Value) -> String {
    match kind["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&kind["ofType"])),
        Some("LIST") => format!("[{}]", written(&kind["ofType"])),
        _ => kind["name"].as_str().unwrap().to_owned(),
    }
}

/// The names of a way, with dots between them.
pub(super) fn named(way: &[&Argument]) -> String {
    way.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(".")
}

/// What stands at the end of a way; of a list, at the end of its first item.
pub(super) fn found<'a>(arguments: &'a Value, way: &[&Argument]) -> &'a Value {
    way.iter().fold(arguments, |at, step| {
        let at = &at[step.name.as_str()];
        if step.is_list { &at[0] } else { at }
    })
}

/// Puts an id at the end of a way, and what else is asked for on it.
pub(super) fn put(at: &mut Value, way: &[&Argument], id: &str) {
    let Some((step, rest)) = way.split_first() else {
        *at = json!(id);
        return;
    };
    let mut at = &mut at[step.name.as_str()];
    if step.is_list {
        if at.get(0).is_none() {
            *at = json!([null]);
        }
        at = &mut at[0];
    }
    if at.is_null() && !rest.is_empty() {
        *at = beside_an_id(&step.base);
    }
    put(at, rest, id);
}

/// What an input object takes beside an id, where it cannot be left out.
fn beside_an_id(input: &str) -> Value {
    match input {
        "BookingPersonInput" => json!({ "role": "engineer" }),
        "CollaboratorInput" => json!({ "role": "producer", "sharePpm": 1_000_000 }),
        _ => json!({}),
    }
}
