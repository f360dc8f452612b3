//! `docs/logs.md` says what is logged where: it names what is there, and what is there is named.

use std::{collections::BTreeSet, fs};

use tests::{program, quoted, root, sources, table};

/// Where each line is one of security.
const OF_SECURITY: [&str; 6] = [
    "api/src/auth/",
    "api/src/errors.rs",
    "api/src/graphql/identity/",
    "domain/src/domains/",
    "domain/src/identity/",
    "domain/src/webhooks/commands/settings.rs",
];

const LEVELS: [&str; 5] = ["debug!(", "error!(", "info!(", "info_span!(", "warn!("];

/// A line that is written somewhere: its words, if they stand there as they are, and the names of its fields.
struct Line {
    words: Option<String>,
    fields: Vec<String>,
}

/// The arguments of a call whose bracket has just been opened.
fn arguments(text: &str) -> Vec<String> {
    let (mut all, mut one, mut depth) = (Vec::new(), String::new(), 1_usize);
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if c == ',' && depth == 1 && !quoted {
            all.push(std::mem::take(&mut one));
        } else {
            one.push(c);
        }
    }
    all.push(one);
    all.iter().map(|argument| argument.trim().to_owned()).filter(|argument| !argument.is_empty()).collect()
}

fn lines_of(source: &str) -> Vec<Line> {
    let calls = source.split("tracing::").skip(1);
    let opened = calls.filter_map(|call| {
        let level = LEVELS.iter().find(|level| call.starts_with(**level))?;
        Some((level.contains("span"), arguments(&call[level.len()..])))
    });
    let line = |(is_span, arguments): (bool, Vec<String>)| {
        let words = arguments.iter().find_map(|argument| argument.strip_prefix('"')?.strip_suffix('"'));
        // Behind its words stands what fills them in; a span begins with its name.
        let before = arguments.iter().take_while(|argument| is_span || !argument.starts_with('"'));
        let named = before.filter(|argument| !argument.starts_with('"'));
        let name = |argument: &String| {
            let name = argument.split('=').next().unwrap_or_default().trim();
            name.trim_start_matches(['%', '?']).to_owned()
        };
        let words = words.filter(|words| !is_span && !words.contains('{'));
        Line { words: words.map(str::to_owned), fields: named.map(name).collect() }
    };
    opened.map(line).collect()
}

#[test]
fn the_inventory_of_logs_is_what_the_code_writes() {
    let document = fs::read_to_string(root().join("docs/logs.md")).expect("the inventory");
    let all = program();
    let (mut targets, mut fields, mut of_security) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (place, source) in &all {
        for line in lines_of(source) {
            targets.extend(place.split('/').next().map(|room| room.replace('-', "_")));
            fields.extend(line.fields);
            if OF_SECURITY.iter().any(|part| place.starts_with(part)) {
                of_security.extend(line.words.map(|words| (words, place.clone())));
            }
        }
    }
    assert!(fields.len() > 50 && of_security.len() > 10, "lines are found");
    let first = |heading: &str| -> BTreeSet<String> {
        table(&document, heading)
            .iter()
            .flat_map(|row| quoted(&row[0]).map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    assert_eq!(first("| Target |"), targets);
    assert_eq!(first("| Fields |"), fields);

    let named: BTreeSet<(String, String)> = table(&document, "| Line |")
        .iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), row[2].trim_matches('`').to_owned()))
        .collect();
    for (words, place) in &named {
        let source = all.get(place).unwrap_or_else(|| panic!("{place} is gone"));
        assert!(source.contains(&format!("\"{words}\"")), "{place} does not say “{words}”");
    }
    let untold: Vec<_> = of_security.difference(&named).collect();
    assert!(untold.is_empty(), "lines of security that docs/logs.md does not name: {untold:#?}");
}

#[test]
fn the_records_that_are_named_are_tables() {
    let document = fs::read_to_string(root().join("docs/logs.md")).expect("the inventory");
    let schema = sources(&root().join("migrations/src"));
    let tables: Vec<String> = table(&document, "| Record |")
        .iter()
        .flat_map(|row| quoted(&row[1]).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert!(tables.len() > 15);
    for name in tables {
        let made = format!("CREATE TABLE {name} (");
        assert!(schema.values().any(|step| step.contains(&made)), "there is no table {name}");
    }
}
