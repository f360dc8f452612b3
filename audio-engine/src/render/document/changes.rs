//! What one document changes of another, in sentences for people.
//!
//! Both are compared as their JSON, in which every default is spelt out, so that a new processor or a new number is told of without a line here.

use super::Mix;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// More changes to the clips of one track than these are counted, not told one by one.
const MOST_OF_CLIPS: usize = 8;

/// The units that names of numbers end in.
const UNITS: [(&str, &str); 6] =
    [("_dbtp", " dBTP"), ("_db", " dB"), ("_hz", " Hz"), ("_ms", " ms"), ("_bpm", " BPM"), ("_s", " s")];

impl Mix {
    /// What another document changes of this one, a sentence each, such as `Drums: fader +1.5 dB (-3 → -1.5 dB)`; none if they are the same mix.
    ///
    /// Tracks and buses are told apart by their names, processors by their kind, clips by their source, and which of that kind they are. Voice tags and
    /// outputs are no part of a mix, and neither is the order of its tracks.
    pub fn changes_to(&self, after: &Self) -> Vec<String> {
        let value = |mix: &Self| serde_json::to_value(mix).expect("a document is plain data");
        let (before, after) = (value(self), value(after));
        let mut told = Vec::new();
        for field in ["sample_rate_hz", "tempo_bpm", "beats_per_bar", "key", "tail_s"] {
            compare("", field, &before[field], &after[field], &mut told);
        }
        let mut told: Vec<String> = told.into_iter().map(|change| format!("Mix: {change}")).collect();
        for (kind, what) in [("tracks", "track"), ("buses", "bus")] {
            nodes(what, &before[kind], &after[kind], &mut told);
        }
        let mut master = Vec::new();
        strip(&before["master"], &after["master"], &mut master);
        told.extend(master.into_iter().map(|change| format!("Master: {change}")));
        automation(&before, &after, &mut told);
        told
    }
}

/// Tracks or buses, by their names.
fn nodes(what: &str, before: &Value, after: &Value, told: &mut Vec<String>) {
    let named = |nodes: &Value| -> Vec<(String, Value)> {
        list(nodes).iter().map(|node| (text(&node["name"]), node.clone())).collect()
    };
    let (before, after) = (named(before), named(after));
    for (name, node) in &after {
        let Some((_, was)) = before.iter().find(|(known, _)| known == name) else {
            told.push(format!("{name}: this {what} was added"));
            continue;
        };
        let mut changes = Vec::new();
        clips(&was["clips"], &node["clips"], &mut changes);
        compare("", "output", &was["output"], &node["output"], &mut changes);
        strip(&was["strip"], &node["strip"], &mut changes);
        told.extend(changes.into_iter().map(|change| format!("{name}: {change}")));
    }
    let gone = before.iter().filter(|(name, _)| !after.iter().any(|(known, _)| known == name));
    told.extend(gone.map(|(name, _)| format!("{name}: this {what} was removed")));
}

fn clips(before: &Value, after: &Value, told: &mut Vec<String>) {
    let of_source = |clip: &Value| format!("`{}`", text(&clip["source"]));
    let (before, after) = (numbered(before, of_source), numbered(after, of_source));
    let mut changes = Vec::new();
    for (name, clip) in &after {
        match before.get(name) {
            Some(was) => fields(&format!("clip {name}"), was, clip, &mut changes),
            None => changes.push(format!("plays {name} at {}", say("position", &clip["position"]))),
        }
    }
    changes.extend(before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("plays {name} no more")));
    if changes.len() > MOST_OF_CLIPS {
        changes = vec![format!("{} changes to its clips", changes.len())];
    }
    told.append(&mut changes);
}

/// A channel strip, or the master, which has processors and numbers likewise.
fn strip(before: &Value, after: &Value, told: &mut Vec<String>) {
    for field in names(before, after) {
        let (was, is) = (&before[&field], &after[&field]);
        match (field.as_str(), is) {
            _ if was == is => {}
            ("mute", Value::Bool(true)) => told.push("muted".to_owned()),
            ("mute", _) => told.push("heard again".to_owned()),
            ("invert_polarity", Value::Bool(true)) => told.push("polarity turned upside down".to_owned()),
            ("invert_polarity", _) => told.push("polarity turned back".to_owned()),
            ("processors", _) => processors(was, is, told),
            ("sends", _) => sends(was, is, told),
            _ => compare("", &field, was, is, told),
        }
    }
}

/// What a processor is, such as `compressor`.
fn kind(processor: &Value) -> String {
    words(processor.as_object().and_then(|it| it.keys().next()).map_or("", String::as_str))
}

fn processors(before: &Value, after: &Value, told: &mut Vec<String>) {
    let inner =
        |processor: &Value| processor.as_object().and_then(|it| it.values().next()).cloned().unwrap_or_default();
    let order = |processors: &Value| list(processors).iter().map(kind).collect::<Vec<_>>();
    let (was_order, is_order) = (order(before), order(after));
    let (before, after) = (numbered(before, kind), numbered(after, kind));
    for (name, processor) in &after {
        match before.get(name) {
            Some(was) => fields(name, &inner(was), &inner(processor), told),
            None => told.push(format!("{name} added")),
        }
    }
    told.extend(before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("{name} removed")));
    if before.keys().eq(after.keys()) && was_order != is_order {
        told.push(format!("processors reordered: {}", is_order.join(", ")));
    }
}

fn sends(before: &Value, after: &Value, told: &mut Vec<String>) {
    let to = |send: &Value| text(&send["to"]);
    let (before, after) = (numbered(before, to), numbered(after, to));
    for (name, send) in &after {
        match before.get(name) {
            Some(was) => fields(&format!("send to {name}"), was, send, told),
            None => told.push(format!("send to {name} added at {}", say("level_db", &send["level_db"]))),
        }
    }
    told.extend(before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("send to {name} removed")));
}

/// Lanes, by the numbers that they move: these are named by the tracks' names, so that a track that moves up changes nothing.
fn automation(before: &Value, after: &Value, told: &mut Vec<String>) {
    let lanes = |document: &Value| -> BTreeMap<String, Value> {
        let lanes = list(&document["automation"]).iter();
        lanes.map(|lane| (moved(document, &text(&lane["parameter"])), lane["points"].clone())).collect()
    };
    let (before, after) = (lanes(before), lanes(after));
    for (name, points) in &after {
        match before.get(name) {
            None => told.push(format!("{name} is automated")),
            Some(was) if was != points => {
                told.push(format!("{name}: its automation changed ({} points)", list(points).len()));
            }
            Some(_) => {}
        }
    }
    told.extend(
        before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("{name} is automated no more")),
    );
}

/// What a lane's parameter is called, such as `Drums: compressor threshold` for `tracks[0].strip.processors[1].compressor.threshold_db`.
fn moved(document: &Value, parameter: &str) -> String {
    let mut steps = parameter.split('.');
    let first = steps.next().unwrap_or_default();
    let (node, strip) = match placed(first) {
        Some((nodes, place)) => {
            let node = document[nodes].get(place).unwrap_or(&Value::Null);
            (text(&node["name"]), &node["strip"])
        }
        None => ("Master".to_owned(), &document["master"]),
    };
    let (mut told, mut which) = (Vec::new(), String::new());
    for step in steps.filter(|step| *step != "strip") {
        match placed(step) {
            // The next step is its kind.
            Some(("processors", place)) => which = nth_of_its_kind(list(&strip["processors"]), place),
            Some((list, place)) => told.push(format!("{} {}", one_of(list), place.saturating_add(1))),
            None => told.push(format!("{}{}", words(split_unit(step).0), std::mem::take(&mut which))),
        }
    }
    format!("{node}: {}", told.join(" "))
}

/// A list and a place in it, of a step such as `processors[1]`.
fn placed(step: &str) -> Option<(&str, usize)> {
    let (list, place) = step.strip_suffix(']')?.split_once('[')?;
    Some((list, place.parse().unwrap_or(usize::MAX)))
}

/// What stands behind the kind of a processor, as [`numbered`] names it: nothing for the first of its kind, ` 2` for the second.
fn nth_of_its_kind(processors: &[Value], place: usize) -> String {
    let own = processors.get(place).map(kind);
    let before = processors.iter().take(place).filter(|other| Some(kind(other)) == own).count();
    if before == 0 { String::new() } else { format!(" {}", before + 1) }
}

/// The fields of two objects, one by one.
fn fields(label: &str, before: &Value, after: &Value, told: &mut Vec<String>) {
    for field in names(before, after) {
        compare(label, &field, &before[&field], &after[&field], told);
    }
}

fn compare(label: &str, field: &str, before: &Value, after: &Value, told: &mut Vec<String>) {
    if before == after {
        return;
    }
    let (name, unit) = split_unit(field);
    let name = if label.is_empty() { words(name) } else { format!("{label} {}", words(name)) };
    match (before, after) {
        (Value::Number(was), Value::Number(is)) => {
            let (was, is) = (was.as_f64().unwrap_or_default(), is.as_f64().unwrap_or_default());
            let by = if unit == " dB" {
                format!("{}{} dB (", if is > was { "+" } else { "" }, number(is - was))
            } else {
                String::new()
            };
            let end = if by.is_empty() { "" } else { ")" };
            told.push(format!("{name} {by}{} → {}{unit}{end}", number(was), number(is)));
        }
        (Value::Bool(_), Value::Bool(is)) => told.push(format!("{name} {}", if *is { "on" } else { "off" })),
        (Value::Array(was), Value::Array(is)) if was.iter().chain(is).all(Value::is_object) => {
            for place in 0..was.len().max(is.len()) {
                let one = format!("{} {}", name.trim_end_matches('s'), place.saturating_add(1));
                match (was.get(place), is.get(place)) {
                    (Some(was), Some(is)) => fields(&one, was, is, told),
                    (None, Some(is)) => told.push(format!("{one} added ({})", say(field, is))),
                    _ => told.push(format!("{one} removed")),
                }
            }
        }
        (Value::Object(was), Value::Object(is)) if was.len() > 1 && is.len() > 1 => fields(&name, before, after, told),
        (Value::Null, is) => told.push(format!("{name} is {} now", say(field, is))),
        (was, Value::Null) => told.push(format!("{name} is {} no more", say(field, was))),
        (was, is) => told.push(format!("{name} {} → {}", say(field, was), say(field, is))),
    }
}

/// A value as people read it.
fn say(field: &str, value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(is_on) => if *is_on { "on" } else { "off" }.to_owned(),
        Value::Number(value) => format!("{}{}", number(value.as_f64().unwrap_or_default()), split_unit(field).1),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(|value| say(field, value)).collect::<Vec<_>>().join(", "),
        Value::Object(fields) if fields.len() == 1 => {
            let told = fields.iter().map(|(unit, value)| match unit.as_str() {
                "seconds" => format!("{} s", say("", value)),
                "beats" => format!("beat {}", say("", value)),
                other => format!("{} {}", words(other), say("", value)),
            });
            told.collect()
        }
        Value::Object(fields) => {
            // In the order of their names, whatever order a map keeps.
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            let told =
                sorted.into_iter().map(|(name, value)| format!("{} {}", words(split_unit(name).0), say(name, value)));
            told.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A name of a number without its unit, and the unit.
fn split_unit(field: &str) -> (&str, &'static str) {
    let found = UNITS.iter().find_map(|(ending, unit)| Some((field.strip_suffix(ending)?, *unit)));
    found.unwrap_or((field, ""))
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// One of a list of such a name.
fn one_of(list: &str) -> String {
    words(list.trim_end_matches('s'))
}

/// A number with three decimals at the most.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The names of the fields of two objects, each once.
fn names(before: &Value, after: &Value) -> BTreeSet<String> {
    let names = [before, after].into_iter().filter_map(Value::as_object).flat_map(|fields| fields.keys());
    names.cloned().collect()
}

/// The items of a list by what they are called, the second of a name with a 2 behind it, and so on.
fn numbered(items: &Value, name: impl Fn(&Value) -> String) -> BTreeMap<String, Value> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut named = BTreeMap::new();
    for item in list(items) {
        let name = name(item);
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        let name = if *count == 1 { name } else { format!("{name} {count}") };
        named.insert(name, item.clone());
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn mix(edit: impl FnOnce(&mut Value)) -> Mix {
        let mut document = json!({
            "version": 2,
            "tempo_bpm": 140,
            "tracks": [
                { "name": "Drums", "clips": [{ "source": "drums.wav" }], "strip": { "fader_db": -3, "processors": [
                    { "equaliser": { "bands": [{ "frequency_hz": 80, "gain_db": -3 }, { "frequency_hz": 3000, "gain_db": 2 }] } },
                    { "compressor": {} },
                ] } },
                { "name": "Bass", "clips": [{ "source": "bass.wav", "position": { "beats": 4 } }], "strip": { "sends": [{ "to": "Room" }] } },
            ],
            "buses": [{ "name": "Room", "strip": { "processors": [{ "reverb": {} }] } }],
            "outputs": [{ "file": "mix.wav", "format": "wav24" }],
        });
        edit(&mut document);
        Mix::from_json(&document.to_string()).unwrap()
    }

    /// What an edit of the document above is told as.
    fn told(edit: impl FnOnce(&mut Value)) -> Vec<String> {
        mix(|_| {}).changes_to(&mix(edit))
    }

    #[test]
    fn the_same_mix_is_no_change() {
        assert_eq!(told(|_| {}), Vec::<String>::new());
        assert_eq!(
            told(|mix| mix["tracks"][0]["strip"]["mute"] = json!(false)),
            Vec::<String>::new(),
            "a default said"
        );
        assert_eq!(
            told(|mix| mix["outputs"][0] = json!({ "file": "mix.flac", "format": "flac" })),
            Vec::<String>::new(),
            "a file, not a mix"
        );
        let swapped = told(|mix| mix["tracks"].as_array_mut().unwrap().swap(0, 1));
        assert_eq!(swapped, Vec::<String>::new(), "the order of tracks is not heard");
    }

    #[test]
    fn faders_bands_and_thresholds_are_told_in_their_units() {
        assert_eq!(
            told(|mix| mix["tracks"][0]["strip"]["fader_db"] = json!(-1.5)),
            ["Drums: fader +1.5 dB (-3 → -1.5 dB)"]
        );
        assert_eq!(
            told(|mix| raw_eq(mix)["bands"][1]["gain_db"] = json!(0.5)),
            ["Drums: equaliser band 2 gain -1.5 dB (2 → 0.5 dB)"]
        );
        assert_eq!(
            told(|mix| raw_eq(mix)["bands"][0]["frequency_hz"] = json!(95)),
            ["Drums: equaliser band 1 frequency 80 → 95 Hz"]
        );
        assert_eq!(
            told(|mix| raw_eq(mix)["bands"]
                .as_array_mut()
                .unwrap()
                .push(json!({ "shape": "high_shelf", "gain_db": 1 }))),
            ["Drums: equaliser band 3 added (frequency 1000 Hz, gain 1 dB, q 0.707, shape high_shelf)"]
        );
        let squeezed =
            |mix: &mut Value| mix["tracks"][0]["strip"]["processors"][1] = json!({ "compressor": { "ratio": 4 } });
        assert_eq!(told(squeezed), ["Drums: compressor ratio 3 → 4"]);
        assert_eq!(told(|mix| mix["tempo_bpm"] = json!(142)), ["Mix: tempo 140 → 142 BPM"]);
        assert_eq!(told(|mix| mix["master"] = json!({ "target": "spotify" })), ["Master: target custom -14 → spotify"]);
        assert_eq!(
            told(|mix| mix["tracks"][1]["strip"]["pan"] = json!({ "position": 0.3 })),
            ["Bass: pan is law -3_db, position 0.3 now"]
        );
    }

    fn raw_eq(mix: &mut Value) -> &mut Value {
        &mut mix["tracks"][0]["strip"]["processors"][0]["equaliser"]
    }

    #[test]
    fn what_comes_and_goes_is_named() {
        let added = json!({ "name": "Vox", "clips": [{ "source": "vox.wav" }] });
        assert_eq!(told(|mix| mix["tracks"].as_array_mut().unwrap().push(added)), ["Vox: this track was added"]);
        assert_eq!(
            told(|mix| drop(mix["tracks"].as_array_mut().unwrap().remove(0))),
            ["Drums: this track was removed"]
        );
        assert_eq!(told(|mix| mix["tracks"][1]["strip"]["sends"] = json!([])), ["Bass: send to Room removed"]);
        let gated = |mix: &mut Value| {
            mix["tracks"][0]["strip"]["processors"].as_array_mut().unwrap().push(json!({ "compressor": {} }));
        };
        assert_eq!(told(gated), ["Drums: compressor 2 added"]);
        let turned = |mix: &mut Value| mix["tracks"][0]["strip"]["processors"].as_array_mut().unwrap().swap(0, 1);
        assert_eq!(told(turned), ["Drums: processors reordered: compressor, equaliser"]);
        assert_eq!(told(|mix| mix["tracks"][1]["strip"]["mute"] = json!(true)), ["Bass: muted"]);
        assert_eq!(told(|mix| mix["tracks"][1]["output"] = json!("Room")), ["Bass: output is Room now"]);
    }

    #[test]
    fn clips_are_told_by_their_source_and_many_are_counted() {
        let moved = |mix: &mut Value| mix["tracks"][1]["clips"][0]["position"] = json!({ "beats": 8 });
        assert_eq!(told(moved), ["Bass: clip `bass.wav` position beat 4 → beat 8"]);
        let fill = json!({ "source": "fill.wav", "position": { "seconds": 12.5 } });
        assert_eq!(
            told(|mix| mix["tracks"][0]["clips"].as_array_mut().unwrap().push(fill)),
            ["Drums: plays `fill.wav` at 12.5 s"]
        );
        let hits: Vec<Value> =
            (0..20).map(|place| json!({ "source": "hit.wav", "position": { "seconds": place } })).collect();
        assert_eq!(
            told(|mix| mix["tracks"][0]["clips"].as_array_mut().unwrap().extend(hits)),
            ["Drums: 20 changes to its clips"]
        );
    }

    #[test]
    fn automation_is_told_by_what_it_moves() {
        let lane = |parameter: &str, to: f64| {
            json!({ "parameter": parameter, "points": [
            { "at": { "seconds": 0 }, "value": -20 }, { "at": { "seconds": 4 }, "value": to } ] })
        };
        let parameter = "tracks[0].strip.processors[1].compressor.threshold_db";
        let first = mix(|mix| mix["automation"] = json!([lane(parameter, -10.0)]));
        assert_eq!(mix(|_| {}).changes_to(&first), ["Drums: compressor threshold is automated"]);
        let second = mix(|mix| mix["automation"] = json!([lane(parameter, -12.0)]));
        assert_eq!(first.changes_to(&second), ["Drums: compressor threshold: its automation changed (2 points)"]);
        let upside_down = mix(|mix| {
            mix["tracks"].as_array_mut().unwrap().swap(0, 1);
            mix["automation"] = json!([lane(&parameter.replace("tracks[0]", "tracks[1]"), -10.0)]);
        });
        assert_eq!(first.changes_to(&upside_down), Vec::<String>::new(), "the track stands elsewhere, and is the same");
        assert_eq!(first.changes_to(&mix(|_| {})), ["Drums: compressor threshold is automated no more"]);

        // Of two of a kind each has its own.
        let doubled = |lanes: Value| {
            mix(|mix| {
                let chain = mix["tracks"][0]["strip"]["processors"].as_array_mut().unwrap();
                chain.push(json!({ "compressor": {} }));
                mix["automation"] = lanes;
            })
        };
        let second = parameter.replace("processors[1]", "processors[2]");
        let both = doubled(json!([lane(parameter, -10.0), lane(&second, -12.0)]));
        assert_eq!(
            doubled(json!([])).changes_to(&both),
            ["Drums: compressor 2 threshold is automated", "Drums: compressor threshold is automated"]
        );
    }
}
