use proptest::prelude::*;

use super::{
    line::{Characters, folded},
    *,
};

fn shares(performing_ppm: u32, mechanical_ppm: u32, synchronisation_ppm: u32) -> Shares {
    Shares { performing_ppm, mechanical_ppm, synchronisation_ppm }
}

fn world(shares: Shares) -> Collection {
    Collection { territory: WORLD, is_excluded: false, shares }
}

fn publisher(id: &str, name: &str, ipi: &str) -> Publisher {
    Publisher {
        id: id.to_owned(),
        name: name.to_owned(),
        ipi_name_number: Some(ipi.into()),
        societies: Societies { performing: Some(52), mechanical: Some(44), synchronisation: None },
        ..Publisher::default()
    }
}

fn link(publisher: usize, role: PublisherRole, shares: Shares, collections: Vec<Collection>) -> Link {
    Link { publisher: Some(publisher), role, shares, collections, agreement: None }
}

/// A work by a writer whom a publisher has, who has a sub-publisher in Germany, and by another.
fn registration() -> Registration {
    let owned = shares(250_000, 500_000, 500_000);
    let nothing = shares(0, 0, 0);
    let agreement = Agreement {
        number: Some("N1".into()),
        society_number: Some("S1".into()),
        kind: Some(AgreementKind::OriginalGeneral),
    };
    let mut sub_publisher =
        link(1, PublisherRole::SubPublisher, nothing, vec![Collection { territory: 276, ..world(owned) }]);
    sub_publisher.agreement = Some(Agreement { kind: Some(AgreementKind::SubPublishingGeneral), ..agreement.clone() });
    let original = link(
        0,
        PublisherRole::Original,
        owned,
        vec![world(owned), Collection { territory: 276, is_excluded: true, shares: nothing }],
    );
    let work = Work {
        id: "NVA000001".to_owned(),
        title: "Nächte – Café".to_owned(),
        iswc: Some("T-034.524.680-1".into()),
        duration_s: Some(3725),
        category: Category::Popular,
        other_titles: vec![OtherTitle { title: "Night Drive".to_owned(), kind: TitleKind::Translated }],
        chains: vec![Chain { is_controlled: true, links: vec![original, sub_publisher] }],
        writers: vec![
            Writer {
                id: "W1".to_owned(),
                last_name: "King".to_owned(),
                first_name: "Zoë".to_owned(),
                ipi_name_number: Some("045620792".into()),
                societies: Societies { performing: Some(52), ..Societies::default() },
                shares: shares(250_000, 0, 0),
                collections: vec![world(shares(250_000, 0, 0))],
                is_controlled: true,
                publishers: vec![Publishing { chain: 0, agreement: Some(agreement) }],
                ..Writer::default()
            },
            Writer { last_name: "Stone".to_owned(), shares: shares(500_000, 500_000, 500_000), ..Writer::default() },
        ],
        ..Work::default()
    };
    Registration {
        version: Version::V22,
        kind: Kind::New,
        sender: Sender {
            kind: SenderKind::Publisher,
            name: "Nova Music".to_owned(),
            ipi_name_number: "00045620792".to_owned(),
        },
        created_at: "2026-03-24T12:30:00Z".parse().unwrap(),
        software: ("Ledgerline".to_owned(), "0.1.0".to_owned()),
        publishers: vec![publisher("P1", "Nova Music", "00045620792"), publisher("P2", "Nacht Verlag", "00045620792")],
        works: vec![work],
    }
}

#[test]
fn a_chain_with_territories_is_written_field_by_field() {
    let written = write(&registration()).unwrap();
    let records: Vec<&str> = written.split("\r\n").collect();
    let kinds: Vec<&str> = records.iter().map(|record| record.get(..3).unwrap_or_default()).collect();
    let expected =
        ["HDR", "GRH", "NWR", "SPU", "SPT", "SPT", "SPU", "SPT", "SWR", "SWT", "PWR", "OWR", "ALT", "GRT", "TRL", ""];
    assert_eq!(kinds, expected);
    assert_eq!(records[0].len(), 167);
    assert_eq!(
        &records[0][..101],
        "HDRPB045620792NOVA MUSIC                                   01.102026032412300020260324               "
    );
    assert!(records[0][101..].starts_with("2.2002LEDGERLINE   "));
    // Title, number, ISWC, category, duration, recorded, version.
    let work = records[2];
    assert_eq!((work.len(), &work[19..33], &work[81..106]), (260, "NACHTE - CAFE ", "NVA000001     T0345246801"));
    assert_eq!(&work[126..145], "POP010205U      ORI");
    // The chain's number, the identifier, and what is owned.
    let original = records[3];
    assert_eq!((original.len(), &original[19..24], &original[76..78]), (183, "01P1 ", "E "));
    assert_eq!(&original[112..139], "0520250004405000   05000 N ");
    assert_eq!(&records[4][19..], "P1             025000500005000I2136N001");
    assert_eq!(&records[5][19..], "P1             000000000000000E0276N002");
    let sub_publisher = records[6];
    assert_eq!((&sub_publisher[19..24], &sub_publisher[76..78]), ("01P2 ", "SE"));
    assert_eq!((&sub_publisher[98..101], &sub_publisher[166..169], &sub_publisher[180..182]), ("N1 ", "S1 ", "PG"));
    assert_eq!(&records[7][19..], "P2             025000500005000I0276N001");
    let writer = records[8];
    assert_eq!((writer.len(), &writer[28..33], &writer[73..77], &writer[103..106]), (180, "KING ", "ZOE ", " CA"));
    assert_eq!(&writer[115..150], "0004562079205202500   00000   00000");
    assert_eq!((records[10].len(), &records[10][73..112]), (112, "N1            S1            W1       01"));
    assert!(records[11].starts_with("OWR0000000000000009         STONE"));
    assert_eq!(records[12][79..].trim_end(), "TT");
    assert_eq!((records[13], records[14]), ("GRT000010000000100000013   0000000000", "TRL000010000000100000015"));
    assert_eq!(file_name(Version::V22, 2026, 7, "NVA", "052"), "CW260007NVA_052.V22");
}

#[test]
fn an_older_version_says_less() {
    let mut older = registration();
    older.version = Version::V21;
    older.kind = Kind::Revised;
    older.works[0].references = vec![Reference { society: 52, identifier: "1".to_owned() }];
    let ipi = (0..100)
        .map(|check| format!("123456789{check:02}"))
        .find(|ipi| ipi.parse::<crate::identifiers::IpiNameNumber>().is_ok());
    older.sender.ipi_name_number = ipi.unwrap();
    let written = write(&older).unwrap();
    let records: Vec<&str> = written.split("\r\n").collect();
    assert!(
        records[0].starts_with("HDR123456789") && records[0][14..].starts_with("NOVA MUSIC") && records[0].len() == 101
    );
    assert_eq!(records[1], "GRHREV0000102.100000000000  ");
    assert!(records[2].starts_with("REV0000000000000000") && !written.contains("XRF"));
    assert_eq!(records[10].len(), 110);
}

/// What is wrong with a registration that was changed.
fn faults(change: impl FnOnce(&mut Registration)) -> Vec<String> {
    let mut changed = registration();
    change(&mut changed);
    write(&changed).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn shares_that_the_standard_does_not_take_are_named() {
    assert_eq!(
        faults(|it| it.works[0].writers[1].shares = shares(499_300, 500_000, 500_000)),
        [
            "works[0].writers: writers and publishers own 99.93 % of the performing right; make their shares 100 % together"
        ]
    );
    // Six hundredths of a percent are nothing.
    let mut near = registration();
    near.works[0].writers[1].shares = shares(499_400, 500_600, 500_000);
    assert!(write(&near).is_ok());
    // A right of which nobody owns anything is left to others.
    let none = shares(0, 0, 0);
    let mut none_at_all = registration();
    none_at_all.works[0].writers[1].shares = shares(500_000, 500_000, 0);
    none_at_all.works[0].chains[0].links[0].shares.synchronisation_ppm = 0;
    assert!(write(&none_at_all).is_ok());
    assert_eq!(
        faults(|it| {
            it.works[0].chains[0].links[0].shares = shares(750_000, 500_000, 500_000);
            it.works[0].writers[1].shares = shares(0, 500_000, 500_000);
        }),
        [
            "works[0].chains: publishers own 75.00 % of the performing right; leave them no more than 50.00 %",
            "works[0].writers: they own 25.00 % of the performing right; leave them at least half of it, or nothing",
        ]
    );
    assert_eq!(
        faults(|it| it.works[0].writers[0].collections = vec![world(shares(760_000, 0, 0))]),
        [
            "works[0].collections: 101.00 % of the performing right are collected in territory 276; let those who collect it have no more than \
             100 % together",
            "works[0].collections: 101.00 % of the performing right are collected in the world; let those who collect it have no more than 100 % \
             together",
        ]
    );
    // Where the original publisher is taken out, its share is not counted.
    let mut apart = registration();
    apart.works[0].writers[0].collections =
        vec![world(none), Collection { territory: 276, ..world(shares(750_000, 0, 0)) }];
    assert!(write(&apart).is_ok());
}

#[test]
fn roles_that_the_standard_does_not_take_are_named() {
    assert_eq!(
        faults(|it| it.works[0].writers[1].role = WriterRole::Arranger),
        ["works[0].writers: somebody has modified an original; say what the work was made of, or correct the role"]
    );
    assert_eq!(
        faults(|it| it.works[0].modified_from = Some(Original { title: "Old".to_owned(), iswc: None })),
        [
            "works[0].writers: nobody has modified the work; name who arranged, adapted or translated it, or call it an original"
        ]
    );
    assert_eq!(
        faults(|it| it.works[0].writers.iter_mut().for_each(|writer| writer.role = WriterRole::Participant)),
        [
            "works[0].writers: none of them is a composer or an author; name at least one who wrote the music or the text"
        ]
    );
    assert_eq!(
        faults(|it| {
            it.works[0].chains[0].is_controlled = false;
            it.works[0].writers[0].is_controlled = false;
            it.works[0].writers[0].publishers.clear();
        }),
        [
            "works[0].writers: you control none of them, and no publisher either; leave the work out, or say whom you control"
        ]
    );
}

#[test]
fn each_value_that_cannot_be_written_is_named() {
    let mut bad = registration();
    bad.sender.name = " ".to_owned();
    bad.sender.ipi_name_number = "1".to_owned();
    bad.publishers[0].id = "P000000001".to_owned();
    bad.publishers[0].ipi_base_number = Some("I-001068130-7".into());
    bad.publishers[1].societies.performing = Some(1000);
    let mut second = bad.works[0].clone();
    let work = &mut bad.works[0];
    work.title = "夜".to_owned();
    work.iswc = Some("T-034.524.680-2".into());
    work.duration_s = Some(360_000);
    work.other_titles[0].title = "x".repeat(61);
    work.chains[0].links[1].publisher = Some(2);
    work.chains[0].links[1].role = PublisherRole::Original;
    work.chains[0].links[1].collections[0].territory = 2137;
    work.writers[0].ipi_name_number = None;
    work.writers[0].societies.performing = None;
    work.writers[0].publishers[0].chain = 1;
    work.performers = vec![Performer::default()];
    work.recordings = vec![Recording { isrc: Some("AA6Q7200004".into()), ..Recording::default() }];
    work.references = vec![Reference { society: 0, identifier: "1".to_owned() }];
    second.writers[0].publishers.clear();
    bad.works.push(second);
    let faults = write(&bad).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let expected = [
        "sender.name",
        "sender.ipi_name_number",
        "publishers[0].id",
        "publishers[0].ipi_base_number",
        "publishers[1].societies.performing",
        "works[0].title",
        "works[0].iswc",
        "works[0].duration_s",
        "works[0].other_titles[0].title",
        "works[0].chains[0].links[1].publisher",
        "works[0].chains[0].links[1].role",
        "works[0].chains[0].links[1].collections[0].territory",
        "works[0].writers[0].ipi_name_number",
        "works[0].writers[0].societies.performing",
        "works[0].writers[0].publishers[0].chain",
        "works[0].performers[0].last_name",
        "works[0].recordings[0].isrc",
        "works[0].references[0].society",
        "works[1].writers[0].publishers",
        "works[1].id",
    ];
    assert_eq!(fields, expected);
    assert_eq!(
        faults[5].to_string(),
        "works[0].title: the standard has no '夜' here; write it in Latin letters, without the character"
    );
    let empty = Registration { works: Vec::new(), ..registration() };
    assert_eq!(write(&empty).unwrap_err().len(), 1);
}

#[test]
fn letters_lose_their_accents_and_nothing_else() {
    for (given, expected) in [
        ("Zoë O’Brien", "ZOE O'BRIEN"),
        ("Straße", "STRASSE"),
        ("Ærøskøbing", "AEROSKOBING"),
        ("Łódź — 2", "LODZ - 2"),
        ("", ""),
    ] {
        assert_eq!(folded(given, Characters::Name).as_deref(), Ok(expected), "{given}");
    }
    assert_eq!(folded("a, b", Characters::Title).as_deref(), Ok("A, B"));
    assert_eq!(folded("a, b", Characters::Name), Err(','));
    assert_eq!(folded("夜", Characters::Title), Err('夜'));
}

/// An answer of a society, its parts told by their lines.
fn answers(lines: &[&str]) -> Result<Acknowledgements, Fault> {
    read_acknowledgements(lines.join("\r\n").as_bytes())
}

const HEADER: &str = "HDRSO000000021BMI                                          01.102026032407153220260324";

fn acknowledgement(status: &str) -> String {
    format!(
        "ACK000000000000000020260323091051000010000000{}NWR{:<60}{:<20}{:<20}20260323{status}",
        3, "Night", "NVA1", "77"
    )
}

#[test]
fn answers_are_read_with_their_remarks() {
    let remark = format!("MSG0000000000000001R00000004SWRR147{:<150}", "The writer is unknown");
    let work = format!("NWR0000000000000002{:<62}{:<14}{:<154}N", "NIGHT", "NVA1", "T0345246801");
    let notice = format!("ISW0000000000000000{:<62}{:<14}T0345246801", "NIGHT", "NVA1");
    let lines = [
        HEADER,
        "GRHACK0000102.100020260324",
        &acknowledgement("AC"),
        &remark,
        &work,
        "GRT000010000000100000005",
        "GRHISW0000202.100020260324",
        &notice,
        "GRT000020000000100000003",
        "TRL000020000000200000010",
    ];
    let read = answers(&lines).unwrap();
    assert_eq!(
        (read.sender.as_str(), read.society, read.created_on.to_string().as_str()),
        ("BMI", Some(21), "2026-03-24")
    );
    assert!(read.faults.is_empty(), "{:?}", read.faults);
    let answer = &read.answers[0];
    assert_eq!((answer.group, answer.transaction, answer.kind), (1, 3, Kind::New));
    assert_eq!(answer.sent_at.map(|at| at.to_string()).as_deref(), Some("2026-03-23 09:10:51"));
    assert_eq!((answer.work_id.as_str(), answer.society_work_id.as_deref()), ("NVA1", Some("77")));
    assert_eq!((answer.status, answer.iswc.as_deref()), (Status::AcceptedWithChanges, Some("T0345246801")));
    let expected = Message {
        level: Some(Level::Record),
        record: 4,
        record_kind: "SWR".to_owned(),
        rule: "147".to_owned(),
        text: "The writer is unknown".to_owned(),
    };
    assert_eq!(answer.messages, [expected]);
    let notice = &read.notices[0];
    assert_eq!((notice.work_id.as_str(), notice.iswc.as_str()), ("NVA1", "T0345246801"));
}

#[test]
fn what_cannot_be_read_of_answers_is_told_and_the_rest_is_read() {
    let (good, unknown) = (acknowledgement("AS"), acknowledgement("ZZ"));
    let remark = format!("MSG0000000000000001R00000004SWRR147{:<150}", "Not of the one before");
    let agreement = good.replacen("NWR", "AGR", 1);
    let read = answers(&[HEADER, "GRHACK0000102.100020260324", &good, &unknown, &remark, &agreement]).unwrap();
    assert_eq!(read.answers.len(), 1);
    assert!(read.answers[0].messages.is_empty());
    let told: Vec<String> = read.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 4: its status is none of the standard's; ask the society what it means",
            "line 6: it answers to something else than a work; ask the society what it means",
            "TRL: the file does not have its end; ask the society for the whole file",
        ]
    );
    let short = answers(&[HEADER, "GRHACK0000102.100020260324", &good, "TRL000010000000100000009"]).unwrap();
    assert_eq!(
        short.faults[0].to_string(),
        "line 4: the file has 4 lines, and its end tells another number; ask the society whether it is the whole file"
    );
    for lines in [&[][..], &["ISRC,Title"], &["HDRSO000000021BMI"]] {
        assert!(answers(lines).is_err(), "{lines:?}");
    }
}

proptest! {
    #[test]
    fn every_record_has_the_length_of_its_kind(title in "\\PC{1,60}", name in "\\PC{1,45}") {
        let mut changed = registration();
        changed.works[0].title = title;
        changed.works[0].writers[1].last_name = name;
        if let Ok(written) = write(&changed) {
            prop_assert!(written.is_ascii());
            for record in written.lines() {
                let length = match &record[..3] {
                    "NWR" => 260,
                    "SPU" => 183,
                    "SPT" => 58,
                    "SWR" | "OWR" => 180,
                    "SWT" => 52,
                    "PWR" => 112,
                    _ => record.len(),
                };
                prop_assert_eq!(record.len(), length, "{}", record);
            }
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_acknowledgements(&bytes);
        let _ = read_acknowledgements(&[HEADER.as_bytes(), b"\nACK", &bytes].concat());
    }
}
