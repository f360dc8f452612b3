//! What lies in `deploy`, held against the program: a variable, a command or a measurement that it has not is found here, not on somebody's machine.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use clap::Parser;
use serde_json::Value;

use crate::{
    Cli,
    config::{self, Config, PREFIX},
    secret_files,
};

const FILES: [&str; 7] = [
    "deploy/Dockerfile",
    "deploy/docker-compose.yml",
    "deploy/example.env",
    "deploy/systemd/ledgerline-api.service",
    "deploy/systemd/ledgerline-worker@.service",
    "docs/communications.md",
    "docs/from-laptop-to-platform.md",
];

fn text(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)).unwrap()
}

/// The words of a text that begin like this.
fn words<'t>(text: &'t str, beginning: &str) -> BTreeSet<&'t str> {
    let word = |(at, _): (usize, &str)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    };
    text.match_indices(beginning).map(word).collect()
}

fn parses<'w>(words: impl IntoIterator<Item = &'w str>) -> bool {
    Cli::try_parse_from(std::iter::once("ledgerline").chain(words)).is_ok()
}

#[test]
fn every_variable_is_a_setting() {
    let Value::Object(known) = serde_json::to_value(Config::default()).unwrap() else { panic!("a table") };
    for file in FILES {
        for variable in words(&text(file), PREFIX) {
            let name = &variable[PREFIX.len()..];
            let is_known = known.contains_key(&name.to_lowercase()) || secret_files::names_one(name);
            assert!(is_known, "{file}: {variable}");
        }
    }
    assert!(words(&text(FILES[1]), PREFIX).len() > 8, "the settings were found");
}

/// What stands for `${NAME:-default}` and `${NAME:?message}`.
fn filled_in(value: &str) -> String {
    let mut filled = value.to_owned();
    while let Some((before, rest)) = filled.split_once("${") {
        let (inside, after) = rest.split_once('}').unwrap();
        let default = inside.split_once(":-").map_or("0123456789", |(_, default)| default);
        filled = format!("{before}{default}{after}");
    }
    filled
}

#[test]
fn the_settings_of_the_composition_hold() {
    let mut settings = serde_json::to_value(Config::default()).unwrap();
    let mut set = BTreeMap::new();
    for line in text("deploy/docker-compose.yml").lines() {
        let Some((key, value)) = line.trim().strip_prefix(PREFIX).and_then(|line| line.split_once(": ")) else {
            continue;
        };
        let value = filled_in(value.trim_matches('"'));
        // As the environment's are read: what looks like a truth or a number is one.
        let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
        set.insert(key.to_lowercase(), value);
    }
    assert!(set.contains_key("s3_bucket") && set.contains_key("database_url"), "{set:?}");
    for (key, value) in set {
        settings[key] = value;
    }
    let config: Config = serde_json::from_value(settings).unwrap();
    config::check(&config).unwrap();
    crate::smtp_url::read(config.smtp_url.as_deref().unwrap()).unwrap();
    assert!(config.s3().is_some() && config.trust_forwarded_headers && !config.graphiql);
}

#[test]
fn every_command_exists() {
    let compose = text("deploy/docker-compose.yml");
    let commands = compose.lines().filter_map(|line| line.trim().strip_prefix("command: [")?.strip_suffix(']'));
    let mut seen = 0;
    // The store's image has a program of its own.
    for command in commands.filter(|command| !command.starts_with("posix")) {
        assert!(parses(command.split(", ")), "{command}");
        seen += 1;
    }
    assert!(seen >= 3);
    for unit in ["deploy/systemd/ledgerline-api.service", "deploy/systemd/ledgerline-worker@.service"] {
        let unit = text(unit);
        let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/ledgerline ")).unwrap();
        assert!(parses(start.split(' ')), "{start}");
    }
    let image = text("deploy/Dockerfile");
    assert!(image.contains(r#"CMD ["/usr/local/bin/ledgerline", "health"]"#) && parses(["health"]));
    assert!(image.contains(r#"CMD ["serve"]"#) && parses(["serve"]));
}

#[test]
fn the_image_has_the_sheets_that_the_pages_are_built_with() {
    let (sheet, image) = (text("web/src/styles/base.css"), text("deploy/Dockerfile"));
    let taken: Vec<&str> = sheet.split('"').filter_map(|part| part.strip_prefix("../../../")).collect();
    assert!(!taken.is_empty());
    for file in taken {
        assert!(image.contains(file), "{file} is not copied for the pages");
    }
}

#[test]
fn every_measurement_of_the_dashboard_is_taken() {
    let taken = api::metrics::Metrics::default().text();
    let dashboard = text("deploy/grafana.json");
    assert!(serde_json::from_str::<Value>(&dashboard).unwrap()["panels"].is_array());
    let asked = words(&dashboard, "ledgerline_");
    assert!(!asked.is_empty());
    for name in asked {
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(taken.contains(&format!("# TYPE {family} ")), "{name}");
    }
}
