//! A commission from lead to masters that are paid and delivered, as the demo walks it, judged by what it leaves.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use domain::catalog::Sha256;
use serde_json::Value;

use crate::{judges, program};

const ARTIST: &str = "Mara Lindqvist";
const PRODUCER: &str = "Nova Reyes";
const BASSIST: &str = "Jonas Weber";

#[test]
fn a_commission_is_walked_from_lead_to_paid_and_delivered_masters() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = program::command()
        .args(["demo", "--studio", "--once", "--json", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .output()
        .expect("the demo runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let facts: Value = serde_json::from_slice(&output.stdout).expect("the facts are JSON");
    assert_eq!(facts["ok"], true, "{log}");
    assert_eq!(facts["ledger"]["trial_balance_minor"], 0);

    let walked = &facts["commission"];
    assert_eq!((&walked["state"], &walked["client"]["stage"]), (&"DELIVERED".into(), &"DELIVERED".into()), "{walked}");
    // A stem that breaks off says so, and what was made of the whole ones says what it changes.
    assert!(text(&walked["stem_refused"]).contains("truncated"), "{walked}");
    assert_eq!(walked["rounds"], serde_json::json!(["REVISION", "APPROVED"]));
    let changes = walked["mixes"][1]["changes"].to_string();
    assert!(changes.contains("lead") && changes.contains("drums"), "{changes}");
    let markers = std::fs::read_to_string(path(&walked["markers"])).expect("the markers");
    assert!(markers.contains("Mara Lindqvist: The lead could come up here."), "{markers}");

    judge_papers(&facts);
    judge_calendar(&path(&walked["calendar"]), list(&walked["bookings"]));
    judge_credits(walked);
    assert!(!text(&walked["masters_refused"]).is_empty());
    judge_masters(list(&walked["masters"]));
    let report = std::fs::read_to_string(path(&walked["quality_report"])).expect("the quality report");
    assert_eq!(report.matches("Integrated loudness").count(), 3, "{report}");
    let portfolio = std::fs::read_to_string(path(&walked["portfolio"])).expect("the portfolio's page");
    for said in ["Night Bus", ARTIST, "Producer", "Mixing engineer", BASSIST] {
        assert!(portfolio.contains(said), "{said}: {portfolio}");
    }

    let proved = program::command().args(["proof", "--json", "--data"]).arg(folder.path()).output();
    let proved = proved.expect("the proof runs");
    assert!(proved.status.success(), "{}", String::from_utf8_lossy(&proved.stdout));
}

/// The signed agreements verify, and both invoices are paid and name their numbers.
fn judge_papers(facts: &Value) {
    let kinds: Vec<String> = list(&facts["contracts"]).iter().map(|contract| text(&contract["kind"])).collect();
    assert_eq!(kinds, ["mix_master", "split_sheet"]);
    for contract in list(&facts["contracts"]) {
        let verified = program::command()
            .arg("verify")
            .args([text(&contract["pdf"]), "--json".to_owned(), "--trust".to_owned(), text(&facts["seal_ca_pem"])])
            .output()
            .expect("it starts");
        let said: Value = serde_json::from_slice(&verified.stdout).expect("the verdict is JSON");
        assert!(verified.status.success() && said["verdict"] == "valid", "{said}");
        if contract["kind"] == "split_sheet" && judges::has("pdftotext") {
            let sheet = judges::pdf_text(&path(&contract["pdf"]));
            assert!(sheet.contains(BASSIST), "who was logged took part: {sheet}");
        }
    }
    let invoices = list(&facts["commission"]["invoices"]);
    assert_eq!(invoices.len(), 2, "deposit and balance");
    for invoice in invoices {
        assert_eq!(invoice["state"], "PAID");
        let file = path(&invoice["pdf"]);
        assert!(std::fs::read(&file).expect("the invoice").starts_with(b"%PDF-1."));
        if judges::has("pdftotext") {
            assert!(judges::pdf_text(&file).contains(&text(&invoice["reference"])), "{invoice}");
        }
    }
}

/// The calendar is well-formed, and holds both sessions when they are.
fn judge_calendar(file: &Path, bookings: &[Value]) {
    let events = events(&std::fs::read_to_string(file).expect("the calendar"));
    assert_eq!((events.len(), bookings.len()), (2, 2));
    let mut begins: Vec<String> = events.iter().map(|event| event["DTSTART"].clone()).collect();
    let mut booked: Vec<String> = bookings.iter().map(|booking| in_calendars(&text(&booking["starts_at"]))).collect();
    begins.sort();
    booked.sort();
    assert_eq!(begins, booked);
    assert_ne!(begins[0], begins[1]);
    assert!(events.iter().all(|event| event["SUMMARY"].contains("Night Bus")), "{events:?}");
    for booking in bookings {
        assert_eq!(booking["state"], "CONFIRMED");
    }
}

/// An instant as calendars write it.
fn in_calendars(instant: &str) -> String {
    let instant: DateTime<Utc> = instant.parse().expect("an instant");
    instant.format("%Y%m%dT%H%M%SZ").to_string()
}

/// The events of a calendar by their properties, without parameters; every part that begins must end, each line must have a name.
fn events(calendar: &str) -> Vec<BTreeMap<String, String>> {
    let unfolded = calendar.replace("\r\n ", "").replace("\r\n\t", "");
    let (mut open, mut events) = (Vec::new(), Vec::new());
    for line in unfolded.split_terminator("\r\n") {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no property: {line}"));
        match name {
            "BEGIN" => {
                open.push(value);
                if value == "VEVENT" {
                    events.push(BTreeMap::new());
                }
            }
            "END" => assert_eq!(open.pop(), Some(value), "what began last ends first"),
            _ => {
                if let (Some(&"VEVENT"), Some(event)) = (open.last(), events.last_mut()) {
                    let name = name.split(';').next().expect("a first part");
                    event.insert(name.to_owned(), value.to_owned());
                }
            }
        }
    }
    assert!(open.is_empty() && calendar.starts_with("BEGIN:VCALENDAR\r\n"), "{calendar}");
    events
}

/// Who was logged stands in the credits, and in the recording information as a parser finds it.
fn judge_credits(walked: &Value) {
    let names: Vec<String> = list(&walked["credits"]).iter().map(|credit| text(&credit["name"])).collect();
    for name in [ARTIST, PRODUCER, BASSIST] {
        assert!(names.iter().any(|known| known == name), "{name} in {names:?}");
    }
    let file = path(&walked["rin"]);
    let rin = std::fs::read_to_string(&file).expect("the recording information");
    assert!(rin.starts_with("<?xml") && rin.contains("RecordingInformationNotification"), "{rin}");
    if let Some(texts) = judges::xml_texts(&file) {
        for said in [ARTIST, PRODUCER, BASSIST, "Night Bus", "Neumann U 87", "Nova Sound"] {
            assert!(texts.iter().any(|text| text == said), "{said} in {texts:?}");
        }
    }
}

/// Each master is what was told of it, and what other programs take it for.
fn judge_masters(masters: &[Value]) {
    let profiles: Vec<String> = masters.iter().map(|master| text(&master["profile"])).collect();
    assert_eq!(profiles.len(), 3);
    for (profile, codec) in [("STREAMING", "pcm_s24le"), ("CD", "pcm_s16le"), ("MP3", "mp3")] {
        let place = profiles.iter().position(|known| known == profile);
        let master = &masters[place.unwrap_or_else(|| panic!("{profile} in {profiles:?}"))];
        let file = path(&master["path"]);
        let content = std::fs::read(&file).expect("the master");
        assert!(profile == "CD" || master["passed"] == true, "{profile}: the loud one may fall short, these may not");
        assert_eq!(Sha256::of(&content).to_string(), text(&master["sha256"]), "{profile}");
        if judges::has("ffprobe") {
            let probed = judges::ffprobe(&file);
            assert_eq!(probed["streams"][0]["codec_name"], codec, "{probed}");
            let tags = probed["format"]["tags"].to_string();
            assert!(tags.contains("Night Bus"), "{tags}");
            assert!(codec != "mp3" || tags.contains("AA6Q72000047"), "{tags}");
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("a list, not {value}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("text, not {value}")).to_owned()
}

fn path(value: &Value) -> PathBuf {
    PathBuf::from(text(value))
}
