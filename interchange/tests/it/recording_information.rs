//! Recording Information Notifications: the whole of one, byte for byte; what is refused; and the schema's own opinion.

use std::path::Path;

use chrono::NaiveDate;
use interchange::rin::{
    Component, Contributor, Equipment, EquipmentKind, Header, Messenger, Notification, Party, Project, Recording, Role,
    Sample, Session, SessionKind, Venue, Version, Work, WorkContributor, WorkRole, write,
};
use proptest::prelude::*;

use crate::judge::{asked, python};

/// Validates a file against the schema beside it: with the addresses of its parts replaced by the files in its folder, and a stand-in for that of
/// signatures, which no message of ours has.
const PROGRAM: &str = r#"
import os, re, sys, tempfile
from lxml import etree
schema, message = os.environ["LEDGERLINE_TEST_RIN_SCHEMA"], sys.argv[1]
with tempfile.TemporaryDirectory() as folder:
    for name in os.listdir(schema):
        if name.endswith(".xsd"):
            text = open(os.path.join(schema, name), encoding="utf-8").read()
            text = re.sub(r'schemaLocation="[^"]*/([^"/]+)"', r'schemaLocation="\1"', text)
            open(os.path.join(folder, name), "w", encoding="utf-8").write(text)
    signatures = os.path.join(folder, "xmldsig-core-schema.xsd")
    if not os.path.exists(signatures):
        types = "".join('<xs:complexType name="%s"/>' % name for name in ("SignedInfoType", "SignatureValueType", "X509IssuerSerialType"))
        open(signatures, "w").write('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
            'targetNamespace="http://www.w3.org/2000/09/xmldsig#">%s</xs:schema>' % types)
    validator = etree.XMLSchema(etree.parse(os.path.join(folder, "recording-information-notification.xsd")))
    validator.validate(etree.parse(message))
    for error in validator.error_log:
        print(error.line, error.message)
"#;

fn person(id: &str, name: &str) -> Party {
    Party { id: id.to_owned(), name: name.to_owned(), ..Party::default() }
}

fn did(party: usize, roles: Vec<Role>) -> Contributor {
    Contributor { party, roles, ..Contributor::default() }
}

fn equipment(id: &str, kind: EquipmentKind, name: &str) -> Equipment {
    Equipment {
        id: id.to_owned(),
        kind,
        name: name.to_owned(),
        manufacturer: None,
        model: None,
        serial_number: None,
        comment: None,
    }
}

fn recording() -> Recording {
    Recording {
        id: "rec_1".to_owned(),
        title: "Night Drive".to_owned(),
        artist_name: "Ada feat. Bob".to_owned(),
        artists: vec![0, 1],
        isrc: Some("AA-6Q7-20-00047".into()),
        language: Some("en".into()),
        key: Some("F minor".into()),
        meter: Some("4/4".into()),
        tempo: Some("120".into()),
        duration_ms: Some(205_500),
        genre: Some("House".into()),
        comment: Some("Take 3".into()),
        works: vec![0],
        contributors: vec![
            Contributor {
                instruments: vec!["electric guitar".to_owned(), "808".to_owned()],
                equipment: vec![1],
                is_credited: Some(true),
                ..did(0, vec![Role::LeadVocalist, Role::StudioProducer])
            },
            Contributor { is_featured: Some(true), ..did(1, vec![Role::Other("Beat \"boxer\"".to_owned())]) },
        ],
        projects: vec![0],
        sessions: vec![0],
        components: vec![0],
        samples: Some(vec![Sample {
            isrc: None,
            title: Some("Amen".into()),
            artist_name: Some("The Winstons".into()),
            note: Some("cleared".into()),
        }]),
        created_on: NaiveDate::from_ymd_opt(2026, 3, 24),
        territory: Some("GB".into()),
        mastered_on: None,
    }
}

fn session() -> Session {
    Session {
        id: "ses_1".to_owned(),
        kind: SessionKind::Vocal,
        start: "2026-03-24T09:00:00Z".parse().ok(),
        end: "2026-03-24T11:30:00Z".parse().ok(),
        venue: Some(Venue {
            name: Some("Nova".into()),
            address: Some("1 Long Road, London".into()),
            territory: Some("GB".into()),
            room: Some("A".into()),
        }),
        is_union: Some(false),
        bit_depth: Some(24),
        sample_rate_hz: Some(44_100),
        comment: Some("Warm".into()),
        contributors: vec![
            Contributor { equipment: vec![0], ..did(0, vec![Role::LeadVocalist]) },
            did(1, vec![Role::RecordingEngineer, Role::VocalProducer]),
        ],
        projects: vec![0],
        equipment: vec![0, 1],
        recordings: vec![0],
        components: vec![0],
    }
}

fn notification() -> Notification {
    Notification {
        header: Header {
            message_id: "rin_1".to_owned(),
            thread_id: None,
            program: ("Ledgerline".to_owned(), "0.1.0".to_owned()),
            sender: Messenger { dpid: "PA-DPIDA-2013020802-I".to_owned(), name: "Nova Studio".to_owned() },
            recipients: vec![Messenger {
                dpid: "PADPIDA2007040502I".to_owned(),
                name: "Night Drive Records".to_owned(),
            }],
            created_at: "2026-03-24T12:00:00Z".parse().unwrap(),
            is_test: true,
        },
        language: "en".to_owned(),
        namespace: "ledgerline:nova".to_owned(),
        comments: vec!["One <session> & its record".to_owned()],
        parties: vec![
            Party {
                legal_name: Some("Augusta Ada King".into()),
                isni: Some("0000 0001 2146 438X".into()),
                ipi_name_number: Some("00045620792".into()),
                ..person("par_1", "Ada")
            },
            person("par_2", "Bob"),
            Party { is_organization: true, ..person("par_3", "Nova Studio") },
        ],
        works: vec![Work {
            id: "wrk_1".to_owned(),
            title: "Night Drive".to_owned(),
            iswc: Some("T-034.524.680-1".into()),
            created_on: NaiveDate::from_ymd_opt(2026, 3, 20),
            comment: None,
            contributors: vec![
                WorkContributor { party: 0, roles: vec![WorkRole::ComposerLyricist], share_ppm: Some(666_667) },
                WorkContributor {
                    party: 1,
                    roles: vec![WorkRole::Composer, WorkRole::Other("Topliner".to_owned())],
                    share_ppm: Some(250_000),
                },
            ],
        }],
        recordings: vec![recording()],
        components: vec![Component {
            id: "cmp_1".to_owned(),
            number: "3".to_owned(),
            title: "Lead vocal, take 3".to_owned(),
            artist_name: "Ada".to_owned(),
            contributors: vec![did(0, vec![Role::LeadVocalist])],
            equipment: vec![0],
            ..Component::default()
        }],
        projects: vec![Project {
            id: "prj_1".to_owned(),
            name: "Night Drive EP".to_owned(),
            artist_name: Some("Ada".into()),
            genre: Some("House".into()),
            contributors: vec![did(1, vec![Role::ExecutiveProducer, Role::CoProducer])],
            ..Project::default()
        }],
        sessions: vec![session()],
        equipment: vec![
            Equipment {
                manufacturer: Some("Neumann".into()),
                model: Some("U 87 Ai".into()),
                serial_number: Some("1234".into()),
                ..equipment("eqp_1", EquipmentKind::Microphone, "U 87")
            },
            equipment("eqp_2", EquipmentKind::MusicalInstrument, "Strat"),
        ],
    }
}

#[test]
fn a_session_is_written_byte_for_byte() {
    assert_eq!(write(&notification(), Version::V21).unwrap(), include_str!("../data/session.rin.xml"));
    let older = write(&notification(), Version::V20).unwrap();
    let expected = include_str!("../data/session.rin.xml").replace("rin/21", "rin/20");
    assert_eq!(older, expected);
}

#[test]
fn lists_without_anything_are_left_out() {
    let message = Notification {
        comments: Vec::new(),
        parties: Vec::new(),
        works: Vec::new(),
        recordings: Vec::new(),
        components: Vec::new(),
        projects: Vec::new(),
        sessions: Vec::new(),
        equipment: Vec::new(),
        ..notification()
    };
    let xml = write(&message, Version::V21).unwrap();
    assert!(!xml.contains("List"));
    assert!(xml.ends_with("  </MessageHeader>\n</rin:RecordingInformationNotification>\n"));
    // Without samples is not the same as nothing known of samples.
    let mut message = notification();
    message.recordings[0].samples = Some(Vec::new());
    message.recordings[0].duration_ms = Some(3_600_000);
    let xml = write(&message, Version::V21).unwrap();
    assert!(xml.contains("<ContainsSamples>false</ContainsSamples>") && xml.contains("<Duration>PT1H0S</Duration>"));
    message.recordings[0].samples = None;
    assert!(!write(&message, Version::V21).unwrap().contains("Sample"));
}

#[test]
fn what_the_standard_does_not_take_is_named() {
    let mut bad = notification();
    bad.header.sender.dpid = "PADPIDA2013020802J".to_owned();
    bad.header.recipients.clear();
    bad.header.message_id = " ".to_owned();
    bad.language = "English".to_owned();
    bad.namespace = String::new();
    bad.parties[0].isni = Some("0000 0001 2144 643".into());
    bad.parties[0].ipi_name_number = Some("45620792".into());
    bad.parties[1].name = String::new();
    bad.works[0].iswc = Some("034524680".into());
    bad.works[0].contributors[1].share_ppm = Some(333_334);
    bad.works[0].contributors[0].party = 3;
    bad.recordings[0].isrc = Some("AA6Q7200004".into());
    bad.recordings[0].works.clear();
    bad.recordings[0].language = Some("eng".into());
    bad.recordings[0].territory = Some("uk".into());
    bad.recordings[0].sessions = vec![0, 1];
    bad.recordings[0].contributors[0].roles.clear();
    bad.recordings[0].samples = Some(vec![Sample::default(), Sample { isrc: Some("x".into()), ..Sample::default() }]);
    bad.components[0].title = String::new();
    bad.projects[0].contributors[0].party = 9;
    bad.sessions[0].end = "2026-03-24T08:59:59Z".parse().ok();
    bad.sessions[0].equipment = vec![2];
    bad.equipment[1].name = String::new();
    let faults = write(&bad, Version::V21).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let expected = [
        "header.message_id",
        "namespace",
        "header.sender.dpid",
        "header.recipients",
        "language",
        "parties[0].isni",
        "parties[0].ipi_name_number",
        "parties[1].name",
        "works[0].iswc",
        "works[0].contributors[0].party",
        "works[0].contributors",
        "recordings[0].isrc",
        "recordings[0].works",
        "recordings[0].language",
        "recordings[0].territory",
        "recordings[0].sessions",
        "recordings[0].contributors[0].roles",
        "recordings[0].samples[0].title",
        "recordings[0].samples[1].isrc",
        "components[0].title",
        "projects[0].contributors[0].party",
        "sessions[0].end",
        "sessions[0].equipment",
        "equipment[1].name",
    ];
    assert_eq!(fields, expected);
    assert_eq!(
        faults[10].to_string(),
        "works[0].contributors: their shares are more than 100 % together; correct the shares"
    );
}

/// `LEDGERLINE_TEST_RIN_SCHEMA` names a folder with `recording-information-notification.xsd` of 2.0 or 2.1 and `allowed-value-sets.xsd`.
#[test]
fn the_schema_takes_what_is_written() {
    let Some(schema) = std::env::var_os("LEDGERLINE_TEST_RIN_SCHEMA") else {
        eprintln!("SKIPPED: LEDGERLINE_TEST_RIN_SCHEMA names no schema of DDEX, which needs a licence of theirs");
        return;
    };
    let Some(python) = python("lxml") else { return };
    let xsd = std::fs::read_to_string(Path::new(&schema).join("recording-information-notification.xsd")).unwrap();
    let version =
        if xsd.contains("targetNamespace=\"http://ddex.net/xml/rin/20\"") { Version::V20 } else { Version::V21 };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("message.xml");
    let mut bare = notification();
    bare.recordings[0].samples = Some(Vec::new());
    bare.sessions[0].venue = None;
    bare.equipment.clear();
    bare.sessions[0].equipment.clear();
    bare.components[0].equipment.clear();
    bare.recordings[0].contributors[0].equipment.clear();
    bare.sessions[0].contributors[0].equipment.clear();
    for message in [notification(), bare] {
        std::fs::write(&file, write(&message, version).unwrap()).unwrap();
        assert_eq!(asked(&python, PROGRAM, &file), "");
    }
    // It does judge: what stands in another order is not taken.
    let swapped = write(&notification(), version).unwrap().replace("SessionType>", "Sessiontype>");
    std::fs::write(&file, swapped).unwrap();
    assert_ne!(asked(&python, PROGRAM, &file), "");
}

proptest! {
    #[test]
    fn any_text_is_well_formed(title in "\\PC{0,30}x", comment in any::<String>()) {
        let mut message = notification();
        message.works[0].title.clone_from(&title);
        message.comments = vec![comment];
        let xml = write(&message, Version::V21).unwrap();
        let mut reader = quick_xml::Reader::from_str(&xml);
        let mut depth = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(_) => depth += 1,
                quick_xml::events::Event::End(_) => depth -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        prop_assert_eq!(depth, 0);
    }
}
