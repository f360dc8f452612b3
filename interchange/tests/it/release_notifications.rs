//! Release notifications: the whole of one, byte for byte; what is refused; and the schema's own opinion.

use std::path::Path;

use chrono::NaiveDate;
use interchange::ern::{
    Artist, Audio, CommercialModel, Contributor, Cover, Deal, File, Header, Messenger, NewRelease, Owned, Party,
    Release, ReleaseKind, Role, Territories, Track, Use, Warning, write,
};
use proptest::prelude::*;

use crate::judge::{asked, python};

/// Validates a file against the schema of 4.3 and its allowed values.
const PROGRAM: &str = r#"
import os, re, sys, tempfile
from lxml import etree
schema, message = os.environ["LEDGERLINE_TEST_ERN_SCHEMA"], sys.argv[1]
with tempfile.TemporaryDirectory() as folder:
    for name in os.listdir(schema):
        if name.endswith(".xsd"):
            text = open(os.path.join(schema, name), encoding="utf-8").read()
            text = re.sub(r'schemaLocation="[^"]*/([^"/]+)"', r'schemaLocation="\1"', text)
            open(os.path.join(folder, name), "w", encoding="utf-8").write(text)
    validator = etree.XMLSchema(etree.parse(os.path.join(folder, "release-notification.xsd")))
    validator.validate(etree.parse(message))
    for error in validator.error_log:
        print(error.line, error.message)
"#;

fn party(id: &str, name: &str) -> Party {
    Party { id: id.to_owned(), name: name.to_owned(), ..Party::default() }
}

fn owned(year: u16, owner: &str) -> Owned {
    Owned { year, owner: owner.to_owned() }
}

fn file(uri: &str) -> File {
    File { uri: uri.to_owned(), sha256: Some("0123456789abcdef".repeat(4)) }
}

fn track(number: usize, isrc: &str) -> Track {
    Track {
        id: format!("rec_{number}"),
        isrc: isrc.to_owned(),
        title: format!("Night Drive {number}"),
        artist_name: "Ada".to_owned(),
        artists: vec![Artist { party: 0, is_featured: false }],
        duration_ms: 205_500,
        owned: owned(2026, "Nova Records"),
        ..Track::default()
    }
}

fn deal(territories: Territories, models: &[CommercialModel], uses: &[Use]) -> Deal {
    Deal {
        territories,
        start: "2026-03-24T00:00:00Z".parse().unwrap(),
        end: None,
        models: models.to_vec(),
        uses: uses.to_vec(),
        is_for_tracks: true,
        is_pre_order: false,
    }
}

fn message() -> NewRelease {
    let tracks = vec![
        Track {
            version_title: Some("Radio Edit".into()),
            artist_name: "Ada feat. Bob".to_owned(),
            artists: vec![Artist { party: 0, is_featured: false }, Artist { party: 1, is_featured: true }],
            contributors: vec![
                Contributor { party: 1, roles: vec![Role::StudioProducer, Role::Other("Beat \"boxer\"".to_owned())] },
                Contributor { party: 0, roles: vec![Role::LeadVocalist] },
            ],
            iswc: Some("T-034.524.680-1".into()),
            warning: Warning::Explicit,
            language: Some("en".into()),
            file: Some(Audio {
                file: file("resources/A1.flac"),
                sample_rate_hz: Some(44_100),
                bit_depth: Some(24),
                channels: Some(2),
            }),
            ..track(1, "AA-6Q7-20-00047")
        },
        track(2, "AA6Q72000048"),
    ];
    NewRelease {
        header: Header {
            message_id: "ern_1".to_owned(),
            thread_id: Some("rel_1".into()),
            sender: Messenger { dpid: "PA-DPIDA-2013020802-I".to_owned(), name: "Nova Studio".to_owned() },
            recipients: vec![Messenger {
                dpid: "PADPIDA2007040502I".to_owned(),
                name: "Night & Drive Distribution".to_owned(),
            }],
            created_at: "2026-03-20T12:00:00Z".parse().unwrap(),
            is_test: true,
        },
        language: "en".to_owned(),
        namespace: "ledgerline:nova".to_owned(),
        parties: vec![
            Party {
                isni: Some("0000 0001 2146 438X".into()),
                ipi_name_number: Some("045620792".into()),
                ..party("par_1", "Ada")
            },
            Party { ipn: Some("00012345".into()), ..party("par_2", "Bob") },
            Party { dpid: Some("PADPIDA2013020802I".into()), ..party("par_3", "Nova Records") },
        ],
        tracks,
        cover: Some(Cover { id: "img_1".to_owned(), file: Some(file("resources/A3.jpg")), size: Some((3000, 3000)) }),
        release: Release {
            id: "rel_1".to_owned(),
            kind: ReleaseKind::Ep,
            ean: "UPC 036000291452".to_owned(),
            catalogue_number: Some("NVA-7".into()),
            title: "Night <Drive>".to_owned(),
            artist_name: "Ada".to_owned(),
            artists: vec![Artist { party: 0, is_featured: false }],
            label: 2,
            recordings_owned: owned(2026, "Nova Records"),
            artwork_owned: owned(2025, "Nova Studio"),
            genre: "House".to_owned(),
            sub_genre: Some("Deep House".into()),
            released_on: NaiveDate::from_ymd_opt(2026, 3, 24),
            first_released_on: NaiveDate::from_ymd_opt(2025, 12, 1),
            warning: Warning::Explicit,
            ..Release::default()
        },
        deals: vec![
            deal(
                Territories::World,
                &[CommercialModel::Subscription, CommercialModel::Advertisement],
                &[Use::OnDemandStream, Use::NonInteractiveStream, Use::ConditionalDownload],
            ),
            Deal {
                end: "2027-03-24T00:00:00Z".parse().ok(),
                ..deal(
                    Territories::Except(vec!["JP".to_owned(), "US".to_owned()]),
                    &[CommercialModel::PayAsYouGo],
                    &[Use::PermanentDownload],
                )
            },
            Deal {
                is_for_tracks: false,
                is_pre_order: true,
                ..deal(Territories::Only(vec!["GB".to_owned()]), &[CommercialModel::Free], &[Use::PermanentDownload])
            },
        ],
    }
}

/// As little as there may be.
fn bare() -> NewRelease {
    NewRelease {
        tracks: vec![track(1, "AA6Q72000047")],
        cover: None,
        deals: Vec::new(),
        release: Release {
            kind: ReleaseKind::Single,
            catalogue_number: None,
            sub_genre: None,
            released_on: None,
            first_released_on: None,
            version_title: Some("Deluxe".into()),
            ..message().release
        },
        ..message()
    }
}

#[test]
fn a_release_is_written_byte_for_byte() {
    assert_eq!(write(&message()).unwrap(), include_str!("../data/release.ern.xml"));
}

#[test]
fn what_is_not_there_is_left_out() {
    let xml = write(&bare()).unwrap();
    for absent in
        ["<Image>", "LinkedReleaseResourceReference", "DealList", "TechnicalDetails", "Contributor", "CatalogNumber"]
    {
        assert!(!xml.contains(absent), "{absent}");
    }
    assert!(
        xml.contains("Night &lt;Drive&gt; (Deluxe)</DisplayTitleText>") && xml.contains("<SubTitle>Deluxe</SubTitle>")
    );
    assert!(xml.contains("<ReleaseType>Single</ReleaseType>") && xml.contains("<ICPN>036000291452</ICPN>"));
    // Deals of the release alone say nothing of its tracks.
    let mut alone = message();
    alone.deals.remove(0);
    alone.deals.remove(0);
    let xml = write(&alone).unwrap();
    assert_eq!(xml.matches("<ReleaseDeal>").count(), 1);
    assert!(xml.contains("<DealReleaseReference>R0</DealReleaseReference>"));
}

#[test]
fn what_the_standard_does_not_take_is_named() {
    let mut bad = message();
    bad.header.sender.dpid = "PADPIDA2013020802J".to_owned();
    bad.header.recipients.clear();
    bad.header.message_id = " ".to_owned();
    bad.language = "English".to_owned();
    bad.namespace = String::new();
    bad.parties[0].isni = Some("0000 0001 2146 4380".into());
    bad.parties[1].ipn = Some("1".into());
    bad.parties[1].name = String::new();
    bad.parties[2].dpid = Some("x".into());
    bad.release.ean = "036000291453".to_owned();
    bad.release.genre = String::new();
    bad.release.label = 3;
    bad.release.artists[0].is_featured = true;
    bad.release.artwork_owned.year = 26;
    bad.release.first_released_on = NaiveDate::from_ymd_opt(2026, 3, 25);
    bad.tracks[0].iswc = Some("T".into());
    bad.tracks[0].contributors[0].roles.clear();
    bad.tracks[0].contributors[1].party = 9;
    bad.tracks[0].language = Some("deutsch".into());
    bad.tracks[0].file =
        Some(Audio { file: File { uri: String::new(), sha256: Some("x".into()) }, ..Audio::default() });
    bad.tracks[1].isrc = "aa6q72000047".to_owned();
    bad.tracks[1].duration_ms = 0;
    bad.tracks[1].artists.clear();
    bad.tracks[1].owned.owner = String::new();
    bad.cover = Some(Cover::default());
    bad.deals[0].models.clear();
    bad.deals[0].uses.clear();
    bad.deals[1].territories = Territories::Except(vec!["uk".to_owned()]);
    bad.deals[1].end = Some(bad.deals[1].start);
    bad.deals[2].territories = Territories::Only(Vec::new());
    let faults = write(&bad).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let expected = [
        "header.message_id",
        "namespace",
        "header.sender.dpid",
        "header.recipients",
        "language",
        "parties[0].isni",
        "parties[1].name",
        "parties[1].ipn",
        "parties[2].dpid",
        "release.genre",
        "release.ean",
        "release.artists",
        "release.label",
        "release.artwork_owned.year",
        "release.first_released_on",
        "tracks[0].iswc",
        "tracks[0].language",
        "tracks[0].contributors[0].roles",
        "tracks[0].contributors[1].party",
        "tracks[0].file.uri",
        "tracks[0].file.sha256",
        "tracks[1].duration_ms",
        "tracks[1].artists",
        "tracks[1].owned.owner",
        "tracks[1].isrc",
        "cover.id",
        "deals[0].models",
        "deals[0].uses",
        "deals[1].territories",
        "deals[1].end",
        "deals[2].territories",
    ];
    assert_eq!(fields, expected);
    assert_eq!(
        faults[10].to_string(),
        "release.ean: \"036000291453\" is not a valid EAN or UPC: by its other digits it would end in 2, so one of them is mistyped; ask the \
         distributor or GS1 for one"
    );
    let none = NewRelease { tracks: Vec::new(), ..message() };
    assert_eq!(write(&none).unwrap_err()[0].field, "tracks");
}

/// `LEDGERLINE_TEST_ERN_SCHEMA` names a folder with `release-notification.xsd` of 4.3 and `allowed-value-sets.xsd`.
#[test]
fn the_schema_takes_what_is_written() {
    if std::env::var_os("LEDGERLINE_TEST_ERN_SCHEMA").is_none() {
        eprintln!("SKIPPED: LEDGERLINE_TEST_ERN_SCHEMA names no schema of DDEX, which needs a licence of theirs");
        return;
    }
    let Some(python) = python("lxml") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("message.xml");
    let judged = |path: &Path, xml: String| {
        std::fs::write(path, xml).unwrap();
        asked(&python, PROGRAM, path)
    };
    for kind in [ReleaseKind::Album, ReleaseKind::Ep, ReleaseKind::Single] {
        let mut whole = message();
        whole.release.kind = kind;
        assert_eq!(judged(&path, write(&whole).unwrap()), "");
    }
    for warning in [Warning::Explicit, Warning::Edited, Warning::NotExplicit, Warning::Unknown] {
        let mut least = bare();
        least.release.warning = warning;
        assert_eq!(judged(&path, write(&least).unwrap()), "");
    }
    // It does judge: what stands under another name, or is no allowed value, is not taken.
    let whole = write(&message()).unwrap();
    assert_ne!(judged(&path, whole.replace("ReleaseType>", "Releasetype>")), "");
    assert_ne!(judged(&path, whole.replace("MainArtist", "Mainartist")), "");
}

proptest! {
    #[test]
    fn any_text_is_well_formed(title in "\\PC{0,30}x", genre in "\\PC{0,30}x") {
        let mut message = message();
        message.release.title.clone_from(&title);
        message.release.genre = genre;
        message.tracks[0].title = title;
        let xml = write(&message).unwrap();
        prop_assert!(roxmltree::Document::parse(&xml).is_ok());
    }
}
