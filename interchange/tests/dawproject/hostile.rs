//! Hostile archives and hostile XML, each with the name that it is refused by.

use std::io::{Cursor, Write};

use interchange::dawproject::{Archive, DawprojectError, Document, Limits, read_project, write_project};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::builder::{archive, lanes, patched, record, send, whole};

fn open(bytes: Vec<u8>) -> Result<Document, DawprojectError> {
    open_within(bytes, Limits::DEFAULT)
}

fn open_within(bytes: Vec<u8>, limits: Limits) -> Result<Document, DawprojectError> {
    Archive::open_within(Cursor::new(bytes), limits)?.read()
}

/// A good project with one more entry.
fn beside(name: &str, bytes: &[u8]) -> Vec<u8> {
    archive(&[("project.xml", write_project(&whole()).as_bytes()), (name, bytes)])
}

#[test]
fn names_that_lead_out_of_the_archive_are_refused() {
    for name in ["../evil.wav", "/tmp/evil.wav", "C:/evil/a.wav", "a/../../b.wa", "a//b/c/d.wav", "..\\evil.wav"] {
        let plain = "x".repeat(name.len());
        let bytes = patched(&beside(&plain, b"x"), plain.as_bytes(), name.as_bytes());
        let refused = open(bytes).unwrap_err();
        assert!(matches!(refused, DawprojectError::EntryName { .. }), "{name}: {refused}");
    }
}

#[test]
fn doubles_and_links_and_secrets_are_refused() {
    let two = archive(&[("audio/a.wav", b"one"), ("audio/b.wav", b"two"), ("project.xml", b"<Project/>")]);
    let doubled = open(patched(&two, b"audio/b.wav", b"audio/a.wav")).unwrap_err();
    assert!(matches!(doubled, DawprojectError::DuplicateEntry { .. }), "{doubled}");
    let doubled = open(patched(&two, b"audio/b.wav", b"audio\\a.wav")).unwrap_err();
    assert!(matches!(doubled, DawprojectError::DuplicateEntry { .. }), "{doubled}");

    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("project.xml", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"<Project/>").unwrap();
    writer.add_symlink("audio/a.wav", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let linked = open(writer.finish().unwrap().into_inner()).unwrap_err();
    assert!(matches!(linked, DawprojectError::Symlink { .. }), "{linked}");

    let mut secret = beside("audio/a.wav", b"sound");
    let at = record(&secret, "audio/a.wav");
    secret[at + 8] |= 1;
    let refused = open(secret).unwrap_err();
    assert!(matches!(refused, DawprojectError::Encrypted { .. } | DawprojectError::Packing(_)), "{refused}");
}

#[test]
fn bombs_are_refused_by_what_they_say_and_by_what_comes_out() {
    let bomb = beside("audio/silence.wav", &vec![0; 8 << 20]);
    let limits = Limits { free_bytes: 1 << 20, ratio: 10, ..Limits::DEFAULT };
    let refused = open_within(bomb.clone(), limits).unwrap_err();
    assert!(matches!(refused, DawprojectError::Bomb { .. }), "{refused}");
    let refused = open_within(bomb.clone(), Limits { entry_bytes: 1 << 20, ..Limits::DEFAULT }).unwrap_err();
    assert!(matches!(refused, DawprojectError::TooLarge { .. }), "{refused}");

    // It says that it has a hundred bytes.
    let mut liar = bomb;
    let at = record(&liar, "audio/silence.wav");
    liar[at + 24..at + 28].copy_from_slice(&100_u32.to_le_bytes());
    let mut archive = Archive::open(Cursor::new(liar)).unwrap();
    let mut out = Vec::new();
    let refused = archive.copy("audio/silence.wav", &mut out).unwrap_err();
    assert!(matches!(refused, DawprojectError::LongerThanDeclared { .. } | DawprojectError::Damaged(_)), "{refused}");
    assert!(out.len() < 1 << 20, "{} bytes came out", out.len());
}

#[test]
fn gigabytes_in_a_small_archive_are_refused_before_any_of_them_comes_out() {
    let names = ["audio/0.wav", "audio/1.wav", "audio/2.wav"];
    let project = write_project(&whole());
    let mut entries = vec![("project.xml", project.as_bytes())];
    entries.extend(names.map(|name| (name, b"silence".as_slice())));
    let mut bomb = archive(&entries);
    // Each says that it has 4 GB, which a file may have; together they have twelve.
    for name in names {
        let at = record(&bomb, name);
        bomb[at + 24..at + 28].copy_from_slice(&4_000_000_000_u32.to_le_bytes());
    }
    let refused = open(bomb).unwrap_err();
    assert!(matches!(refused, DawprojectError::Bomb { .. }), "{refused}");
}

#[test]
fn what_comes_out_of_all_entries_together_is_counted() {
    let bytes = beside("audio/a.wav", &vec![7; 500_000]);
    let most = 500_010 + write_project(&whole()).len() as u64;
    let limits = Limits { free_bytes: 0, ratio: 1_000, total_bytes: most, ..Limits::DEFAULT };
    let mut archive = Archive::open_within(Cursor::new(bytes), limits).unwrap();
    archive.copy("audio/a.wav", &mut Vec::new()).unwrap();
    let refused = archive.copy("audio/a.wav", &mut Vec::new()).unwrap_err();
    assert!(matches!(refused, DawprojectError::Bomb { .. }), "{refused}");
}

#[test]
fn entries_that_share_their_bytes_and_too_many_of_them_are_refused() {
    let mut bytes = archive(&[("audio/a.wav", &[1; 90]), ("audio/b.wav", &[2; 90]), ("project.xml", b"<Project/>")]);
    let at = record(&bytes, "audio/b.wav");
    bytes[at + 42..at + 46].copy_from_slice(&0_u32.to_le_bytes());
    let refused = open(bytes).unwrap_err();
    assert!(matches!(refused, DawprojectError::Overlap | DawprojectError::Damaged(_)), "{refused}");

    let names: Vec<String> = (0..20).map(|i| format!("audio/{i}.wav")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    let refused = open_within(archive(&entries), Limits { entries: 10, ..Limits::DEFAULT }).unwrap_err();
    assert!(matches!(refused, DawprojectError::TooManyEntries { most: 10 }), "{refused}");
}

#[test]
fn what_is_no_project_is_refused() {
    assert!(matches!(open(archive(&[("readme.txt", b"hello")])), Err(DawprojectError::NoProject)));
    for bytes in [Vec::new(), b"hello".to_vec(), vec![0; 4096], b"PK\x05\x06".to_vec()] {
        assert!(matches!(open(bytes), Err(DawprojectError::Damaged(_))));
    }
    let whole = beside("audio/a.wav", &[9; 5000]);
    assert!(matches!(open(whole[..whole.len() - 40].to_vec()), Err(DawprojectError::Damaged(_))));
    let mut archive = Archive::open(Cursor::new(whole)).unwrap();
    let missing = archive.copy("audio/b.wav", &mut Vec::new()).unwrap_err();
    assert!(matches!(&missing, DawprojectError::Missing { name } if name == "audio/b.wav"), "{missing}");
    let latin = archive_of_project(b"<Project version=\"\xe4\"/>");
    assert!(matches!(open(latin), Err(DawprojectError::Encoding { .. })));
    let large = vec![b' '; 40 << 20];
    assert!(matches!(open(archive_of_project(&large)), Err(DawprojectError::TooLarge { .. })));
}

fn archive_of_project(xml: &[u8]) -> Vec<u8> {
    archive(&[("project.xml", xml)])
}

fn refused(xml: &str) -> DawprojectError {
    read_project(xml).expect_err("it is refused")
}

#[test]
fn xml_that_is_none_or_does_more_than_say_is_refused() {
    for xml in ["", "hello", "<Project>", "<Project></Projekt>", "<Project a='1' a='2'/>", "<Project>&lol;</Project>"] {
        assert!(matches!(refused(xml), DawprojectError::Xml { .. }), "{xml}: {}", refused(xml));
    }
    let laughs = "<!DOCTYPE Project [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><Project>&b;</Project>";
    assert!(matches!(refused(laughs), DawprojectError::DocumentType { .. }));
    let outside = "<!DOCTYPE Project SYSTEM \"file:///etc/passwd\"><Project/>";
    assert!(matches!(refused(outside), DawprojectError::DocumentType { .. }));
    assert!(matches!(refused("<MetaData/>"), DawprojectError::Root { .. }));
}

#[test]
fn xml_that_costs_more_than_its_length_is_refused() {
    let deep = lanes(&("<Lanes>".repeat(200) + &"</Lanes>".repeat(200)));
    assert!(matches!(refused(&deep), DawprojectError::TooDeep { .. }), "{}", refused(&deep));
    let attributes = (0..600).map(|i| format!(" a{i}=\"\"")).collect::<Vec<_>>().concat();
    assert!(matches!(refused(&format!("<Project{attributes}/>")), DawprojectError::TooComplex { .. }));
    let namespaces = (0..30).map(|i| format!("<a xmlns:n{i}=\"urn:{i}\"/>")).collect::<Vec<_>>().concat();
    assert!(matches!(refused(&lanes(&namespaces)), DawprojectError::TooComplex { .. }));
    assert!(matches!(refused(&lanes(&"<a/>".repeat(1_100_000))), DawprojectError::TooComplex { .. }));
}

#[test]
fn numbers_that_are_none_are_refused_by_line_and_attribute() {
    let clip = |attributes: &str| lanes(&format!("\n<Clips><Clip {attributes}/></Clips>"));
    for (attributes, at_fault) in [
        ("time=\"NaN\"", "time"),
        ("time=\"inf\"", "time"),
        ("time=\"1e300\"", "time"),
        ("time=\"four\"", "time"),
        ("time=\"0\" duration=\"-1\"", "duration"),
        ("time=\"0\" duration=\"NaN\"", "duration"),
        ("time=\"0\" loopEnd=\"99999999999\"", "loopEnd"),
        ("time=\"0\" enable=\"perhaps\"", "enable"),
        ("time=\"0\" contentTimeUnit=\"frames\"", "contentTimeUnit"),
    ] {
        match refused(&clip(attributes)) {
            DawprojectError::Value { place, attribute, .. } => {
                assert_eq!((attribute, place.line), (at_fault, 2), "{attributes}");
            }
            other => panic!("{attributes}: {other}"),
        }
    }
    assert!(matches!(refused(&clip("duration=\"1\"")), DawprojectError::Lacking { missing: "time", .. }));
    for (inner, at_fault) in [
        ("<Points><RealPoint time=\"0\" value=\"NaN\"/></Points>", "value"),
        ("<Points><BoolPoint time=\"0\" value=\"2\"/></Points>", "value"),
        ("<Points unit=\"bananas\"/>", "unit"),
        ("<Audio channels=\"0\"><File path=\"a\"/></Audio>", "channels"),
        ("<Audio sampleRate=\"-44100\"><File path=\"a\"/></Audio>", "sampleRate"),
        ("<Notes><Note time=\"0\" duration=\"-1\" key=\"60\"/></Notes>", "duration"),
        ("<Notes><Note time=\"0\" duration=\"1\" key=\"99999999999\"/></Notes>", "key"),
    ] {
        let said = refused(&lanes(inner));
        assert!(matches!(&said, DawprojectError::Value { attribute, .. } if *attribute == at_fault), "{inner}: {said}");
    }
    let lacking = refused(&lanes("<Audio channels=\"1\"/>"));
    assert!(matches!(lacking, DawprojectError::Lacking { missing: "File", .. }), "{lacking}");
    assert!(
        read_project(&lanes("<Clips><Clip time=\"0\" playStart=\"-2.5\" name=\"\" fadeInTime=\"-0.1\"/></Clips>"))
            .is_ok()
    );
}

#[test]
fn ids_that_two_have_and_circles_are_refused() {
    let doubled = refused(&lanes("<Lanes id=\"a\"/><Lanes id=\"a\"/>"));
    assert!(matches!(&doubled, DawprojectError::DuplicateId { id, .. } if id == "a"), "{doubled}");
    let itself = refused(&lanes("<Clips id=\"a\"><Clip time=\"0\" reference=\"a\"/></Clips>"));
    assert!(matches!(&itself, DawprojectError::ReferenceCycle { id } if id == "a"), "{itself}");
    let round = "<Clips id=\"a\"><Clip time=\"0\" reference=\"b\"/></Clips><Lanes id=\"b\"><Clips><Clip time=\"0\" reference=\"a\"/></Clips></Lanes>";
    assert!(matches!(refused(&lanes(round)), DawprojectError::ReferenceCycle { .. }));
    let link = |i| format!("<Clips id=\"c{i}\"><Clip time=\"0\" reference=\"c{}\"/></Clips>", i + 1);
    let chain = (0..40).map(link).collect::<Vec<_>>().concat();
    assert!(matches!(refused(&lanes(&chain)), DawprojectError::TooComplex { .. }));
    // A clip that is linked to nothing, or to one that another plays too, leads nowhere.
    let tree = "<Clips id=\"a\"><Clip time=\"0\" reference=\"b\"/><Clip time=\"4\" reference=\"b\"/><Clip time=\"8\" reference=\"gone\"/></Clips><Clips id=\"b\"/>";
    assert!(read_project(&lanes(tree)).is_ok());
}

#[test]
fn signals_that_come_back_to_themselves_are_refused_unless_nothing_of_them_is_heard() {
    let with = |change: fn(&mut interchange::dawproject::Channel)| {
        let mut project = whole();
        let room = project.structure.iter_mut().find_map(|member| match member {
            interchange::dawproject::Member::Track(track) if track.label.id.as_deref() == Some("room") => {
                track.channel.as_mut()
            }
            _ => None,
        });
        change(room.expect("there is a room"));
        read_project(&write_project(&project)).map(drop)
    };
    assert!(with(|_| ()).is_ok(), "it is sent to itself, but not heard");
    assert!(matches!(
        with(|room| room.sends = vec![send("s", "room ch", 0.1, true)]),
        Err(DawprojectError::RoutingCycle { .. })
    ));
    assert!(matches!(
        with(|room| room.sends = vec![send("s", "drums ch", 0.1, true)]),
        Err(DawprojectError::RoutingCycle { .. })
    ));
    assert!(matches!(
        with(|room| room.destination = Some("room ch".to_owned())),
        Err(DawprojectError::RoutingCycle { .. })
    ));
    assert!(with(|room| room.destination = Some("nowhere".to_owned())).is_ok());
}
