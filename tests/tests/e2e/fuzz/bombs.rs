//! Requests that are short to say and long to answer.

use std::time::Duration;

use serde_json::json;

/// How long it may take to refuse one, in a debug build on a busy machine.
pub(super) const AT_ONCE: Duration = Duration::from_secs(3);

/// More bytes than this nobody may send who is not signed in.
pub(super) const LONG: usize = 256 << 10;

/// A request that must be refused.
pub(super) struct Bomb {
    pub(super) name: &'static str,
    pub(super) body: String,
    /// Whether the studio's owner sends it, who may send more.
    pub(super) is_owners: bool,
}

fn bomb(name: &'static str, document: &str) -> Bomb {
    Bomb { name, body: json!({ "query": document }).to_string(), is_owners: false }
}

/// All of them, those that would end the server last.
pub(super) fn all() -> Vec<Bomb> {
    let types = nested("name", "type { ofType { ", "} }", 8);
    let aliases = (0..1_000).map(|number| format!("a{number}: version")).collect::<Vec<_>>().join(" ");
    let operations = vec![json!({ "query": "{ version }" }); 100];
    // A hundred times a hundred times a hundred.
    let lists = "{ works(studio: \"none\", first: 100) { nodes { beats(first: 100) { nodes { work { beats(first: 100) { nodes { id } } } } } } } }";
    vec![
        bomb("levels of fields", &format!("{{ __schema {{ types {{ fields {{ {types} }} }} }} }}")),
        bomb("aliases", &format!("{{ {aliases} }}")),
        Bomb { name: "a batch", body: json!(operations).to_string(), is_owners: false },
        bomb("lists within lists", lists),
        bomb("directives", &format!("{{ version {} }}", "@include(if: true) ".repeat(1_000))),
        bomb("fragments in a circle", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
        Bomb { name: "a long body", body: body_of(LONG), is_owners: false },
        Bomb { name: "a long body of a member", body: body_of(8 * LONG), is_owners: true },
        Bomb {
            name: "levels of JSON",
            body: format!(r#"{{"query":"{{ version }}","variables":{{"a":{}}}}}"#, nested("1", "[", "]", 50_000)),
            is_owners: false,
        },
        bomb("fragments that double", &doubling(30)),
        bomb("levels of values", &format!("{{ version(a: {}) }}", nested("1", "[", "]", 50_000))),
        bomb("levels of braces", &nested("version", "{ a ", "}", 40_000)),
    ]
}

fn nested(inner: &str, open: &str, close: &str, levels: usize) -> String {
    format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
}

/// A body of so many bytes.
fn body_of(bytes: usize) -> String {
    json!({ "query": format!("{{ version }} # {}", "x".repeat(bytes)) }).to_string()
}

/// Fragments each of which asks for the next one twice.
fn doubling(levels: usize) -> String {
    let fragments = (0..levels)
        .map(|level| format!("fragment f{level} on Query {{ ...f{0} ...f{0} }}", level + 1))
        .collect::<Vec<_>>()
        .join(" ");
    format!("{{ ...f0 }} {fragments} fragment f{levels} on Query {{ version }}")
}
