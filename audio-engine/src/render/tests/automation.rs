//! The numbers of a document: what the schema says of each is what is held, and each that may move moves something.

use super::paths::{mixed, write_float};
use super::*;
use crate::dsp::{Noise, cos_turns, narrow, sin_turns};
use crate::render::document::parameters::{Number, Parameters, Visitor};
use serde_json::Value;
use std::collections::BTreeSet;

const HZ: u32 = 48_000;

/// Each processor, set so that every number of it matters.
const PROCESSORS: [&str; 13] = [
    r#"{"high_pass":{}}"#,
    r#"{"low_pass":{"frequency_hz":3000}}"#,
    r#"{"equaliser":{"bands":[{"gain_db":6}]}}"#,
    r#"{"gate":{}}"#,
    r#"{"compressor":{}}"#,
    r#"{"de_esser":{}}"#,
    r#"{"saturation":{}}"#,
    r#"{"delay":{}}"#,
    r#"{"reverb":{}}"#,
    r#"{"convolution":{"source":"response"}}"#,
    r#"{"multiband":{"crossovers_hz":[200,3000],"bands":[{},{},{}]}}"#,
    r#"{"width":{}}"#,
    r#"{"clipper":{}}"#,
];

/// Hits twice a second that fade into silence, of lows, highs and noise that differs from left to right; a little beyond
/// full scale at their beginning.
fn sources() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let (hits, response) = (folder.path().join("hits.wav"), folder.path().join("response.wav"));
    let mut noise = Noise::new(3);
    let hit = |i: u32| {
        let t = f64::from(i) / f64::from(HZ);
        let envelope = 1.5 * (-25.0 * (t % 0.5)).exp();
        let common = 0.3 * cos_turns(1_000.0 * t) + 0.2 * cos_turns(7_000.0 * t);
        [1.0, 0.5].map(|low| {
            let own = 0.45 * low * sin_turns(110.0 * t) + 0.25 * noise.bipolar();
            narrow(envelope * (common + own))
        })
    };
    write_float(&hits, (0..2 * HZ).map(hit));
    write_float(&response, (0..600_u32).map(|i| [0.5 * narrow((-f64::from(i) / 100.0).exp()); 2]));
    let workspace = Workspace::new(folder.path()).with_source("hits", hits).with_source("response", response);
    (folder, workspace)
}

/// A document around those processors, without outputs and automation.
fn around(processors: &str) -> String {
    format!(
        r#""tempo_bpm":120,"tracks":[{{"name":"a","clips":[{{"source":"hits"}}],"strip":{{"processors":[{processors}],
        "pan":{{"position":0.2}},"sends":[{{"to":"b","level_db":-6}}]}}}}],"buses":[{{"name":"b"}}]"#
    )
}

/// Every number of a document: its path, its range, and whether it may move.
fn numbers(mix: &Mix) -> Vec<(String, (f64, f64), bool)> {
    let mut found = Vec::new();
    let mut remember = |number: Number<'_>| found.push((number.path.to_owned(), number.range, number.automatable));
    mix.clone().visit(&mut Visitor::new("", &mut remember));
    found
}

fn document(fields: &str) -> Mix {
    let text = format!(r#"{{"version":2,{fields},"outputs":[{{"file":"o.wav","format":"wav24"}}]}}"#);
    Mix::from_json(&text).unwrap()
}

/// What a field's schema may be: itself, what it refers to, and each form that it may take.
fn forms<'a>(schema: &'a Value, node: &'a Value) -> Vec<&'a Value> {
    let mut all = vec![node];
    if let Some(reference) = node["$ref"].as_str() {
        all.extend(forms(schema, schema.pointer(reference.trim_start_matches('#')).unwrap()));
    }
    for kind in ["anyOf", "oneOf", "allOf"] {
        for form in node[kind].as_array().into_iter().flatten() {
            all.extend(forms(schema, form));
        }
    }
    all
}

/// The schema of the field at that path.
fn described<'a>(schema: &'a Value, path: &str) -> &'a Value {
    let mut node = schema;
    for step in path.split('.') {
        let (name, index) = step.split_once('[').map_or((step, None), |(name, index)| (name, Some(index)));
        let named = forms(schema, node).into_iter().find_map(|form| form["properties"].get(name));
        node = named.unwrap_or_else(|| panic!("{path}: the schema has no {name}"));
        if index.is_some() {
            let items = forms(schema, node).into_iter().find_map(|form| form.get("items"));
            node = items.unwrap_or_else(|| panic!("{path}: {name} is no list"));
        }
    }
    node
}

#[test]
fn the_schema_says_of_every_number_what_is_held() {
    let schema: Value = serde_json::from_str(&mix_schema()).unwrap();
    let mix = document(&format!(
        r#"{},"master":{{"ceiling_dbtp":-2,"target":{{"custom":-12}},"processors":[{}]}},
        "tags":[{{"level_lu":-3,"tempo_bpm":90}}]"#,
        around(&PROCESSORS.join(",")),
        PROCESSORS[0]
    ));
    let numbers = numbers(&mix);
    assert!(numbers.len() > 80, "{} numbers", numbers.len());
    for (path, (low, high), automatable) in numbers {
        let node = described(&schema, &path);
        let range = (node["minimum"].as_f64(), node["maximum"].as_f64());
        assert_eq!(range, (Some(low), Some(high)), "{path}");
        assert_eq!(node["x-automatable"] == Value::Bool(true), automatable, "{path}");
    }
    let length = |path: &str| {
        let node = described(&schema, path);
        ["minItems", "maxItems", "minLength", "maxLength"].map(|limit| node[limit].as_u64())
    };
    let name = [None, None, Some(1), Some(200)];
    assert_eq!((length("tracks[0].name"), length("buses[0].name")), (name, name));
    assert_eq!(length("tracks[0].clips"), [None, Some(4096), None, None]);
    assert_eq!(length("tracks[0].strip.processors[0].equaliser.bands"), [Some(1), Some(16), None, None]);
    assert_eq!(described(&schema, "tracks[0].clips[0].position.seconds")["maximum"].as_f64(), Some(14_400.0));
}

#[test]
fn every_number_that_may_move_moves_something() {
    let (_folder, workspace) = sources();
    let mut seen = BTreeSet::new();
    for processor in PROCESSORS {
        let fields = around(processor);
        for (path, (low, high), automatable) in numbers(&document(&fields)) {
            if !automatable || !seen.insert(path.clone()) {
                continue;
            }
            let with = |points: &str| {
                let lane = format!(r#""automation":[{{"parameter":"{path}","points":[{points}]}}]"#);
                mixed(&format!("{fields},{lane}"), &workspace)
            };
            let point = |seconds: f64, value: f64| format!(r#"{{"at":{{"seconds":{seconds}}},"value":{value}}}"#);
            let moving = with(&format!("{},{}", point(0.2, low), point(1.8, high)));
            let differs = |held: f64| {
                let held = with(&point(0.0, held));
                let pairs = held.iter().flatten().zip(moving.iter().flatten());
                pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) > 1e-6
            };
            assert!(differs(low) || differs(high), "{path} from {low} to {high} changes nothing");
        }
    }
    assert!(seen.len() > 60, "{} numbers", seen.len());
}
