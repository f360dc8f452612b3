//! Works are registered as their splits were signed, refused with the writer named, and answered.

use chrono::Duration;
use domain::{
    actor::Actor,
    ids::WorkId,
    parties::{DataClass, preview_erasure},
    registrations::{
        RegistrationError,
        commands::{Answers, export_cwr, save_work_registration, take_acknowledgements},
        entity::{cwr_file, work_registration},
        facts::{PartyFacts, Publishing, WorkFacts},
        queries::list_registered,
    },
};
use interchange::cwr::{Societies, Version};
use sea_orm::ConnectionTrait;

use super::Desk;
use crate::support::on_each_database;

const HEADER: &str = "HDRSO000000021BMI                                          01.102026032407153220260324";

async fn register(desk: &Desk, work: WorkId, facts: WorkFacts) -> Result<work_registration::Model, RegistrationError> {
    let services = &desk.shop.services;
    let tx = services.begin().await?;
    let row = save_work_registration(&tx, &services.ctx(Actor::System), work, facts).await?;
    services.commit(tx).await?;
    Ok(row)
}

async fn export(
    desk: &Desk,
    works: &[WorkId],
    recipient: &str,
    key: Option<&str>,
) -> Result<cwr_file::Model, RegistrationError> {
    let services = &desk.shop.services;
    export_cwr(services, &services.ctx(Actor::System), desk.shop.studio, works, Version::V22, recipient, key).await
}

async fn take(desk: &Desk, file: &str) -> Answers {
    let services = &desk.shop.services;
    let tx = services.begin().await.unwrap();
    let ctx = services.ctx(Actor::System);
    let answers = take_acknowledgements(&tx, &ctx, desk.shop.studio, file.as_bytes()).await.unwrap();
    services.commit(tx).await.unwrap();
    answers
}

/// What stands in a line, from a place on, so long.
fn field(line: &str, place: usize, length: usize) -> &str {
    line[place..place + length].trim()
}

/// A society's file that accepts one code, with an ISWC, and knows another.
fn answers(code: &str, iswc: &str) -> String {
    let answer = |place: u8, code: &str, status: &str| {
        format!(
            "ACK000000000000000020261123120000000010000000{place}NWR{:<60}{code:<20}{:<20}20261124{status}",
            "NIGHT DRIVE", "77"
        )
    };
    let lines = [
        HEADER.to_owned(),
        "GRHACK0000102.100020260324".to_owned(),
        answer(0, code, "AS"),
        format!("NWR0000000000000001{:<62}{code:<14}{iswc:<154}N", "NIGHT DRIVE"),
        answer(1, "UNKNOWN", "RJ"),
        "GRT000010000000200000005".to_owned(),
        "TRL000010000000200000007".to_owned(),
    ];
    lines.join("\r\n")
}

#[tokio::test]
async fn a_work_is_registered_as_it_was_signed() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.introduce().await;
        let (work, _) = desk.song("Night Drive").await;
        let file = export(&desk, &[work], "052", Some("k")).await.unwrap();
        assert_eq!((file.file_name.as_str(), file.number), ("CW260001NVA_052.V22", 1));
        let text = desk.files.text(&file.sha256);
        let lines: Vec<&str> = text.lines().collect();
        let kinds: Vec<&str> = lines.iter().map(|line| &line[..3]).collect();
        let expected = ["HDR", "GRH", "NWR", "SPU", "SPT", "SWR", "SWT", "PWR", "OWR", "REC", "GRT", "TRL"];
        assert_eq!(kinds, expected);
        assert_eq!((field(lines[2], 19, 60), field(lines[2], 81, 14)), ("NIGHT DRIVE", "LL00000001"));
        // 60 % are Nova's: the publisher has half of performing, and all of the mechanical right.
        let spu = lines[3];
        assert_eq!((field(spu, 30, 45), field(spu, 115, 5), field(spu, 123, 5)), ("NOVA PUBLISHING", "03000", "06000"));
        let swr = lines[5];
        assert_eq!((field(swr, 28, 45), field(swr, 126, 3), field(swr, 129, 5)), ("NOVA", "035", "03000"));
        assert_eq!(field(swr, 137, 5), "00000");
        let owr = lines[8];
        assert_eq!((field(owr, 28, 45), field(owr, 129, 5), field(owr, 137, 5)), ("ORSON", "04000", "04000"));

        assert_eq!(export(&desk, &[work], "052", Some("k")).await.unwrap(), file);
        let (other, _) = desk.song("Tides").await;
        let taken = export(&desk, &[other], "052", Some("k")).await.unwrap_err();
        assert!(matches!(taken, RegistrationError::KeyTaken), "{taken}");
        let second = export(&desk, &[other, work], "000", None).await.unwrap();
        assert_eq!((second.file_name.as_str(), second.number), ("CW260002NVA_000.V22", 2));
        let services = &desk.shop.services;
        let registered = list_registered(&services.db, &services.ctx(Actor::System), desk.shop.studio).await.unwrap();
        assert_eq!(registered, [work, other]);
        for change in ["UPDATE cwr_files SET recipient = '010'", "DELETE FROM cwr_file_works"] {
            assert!(services.db.execute_unprepared(change).await.is_err(), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_registered_is_told_all_at_once_with_the_writer() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.introduce().await;
        let (work, _) = desk.song("Night Drive").await;
        desk.number(desk.shop.makers[0], None).await;
        let everything = Publishing { performing_ppm: 1_000_000, ..Publishing::default() };
        register(&desk, work, WorkFacts { publishing: everything, ..WorkFacts::default() }).await.unwrap();
        let refused = export(&desk, &[work], "052", None).await.unwrap_err();
        let RegistrationError::Faults(faults) = &refused else { panic!("{refused}") };
        let told: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.problem)).collect();
        for expected in [
            "works.0.party.ipi: Night Drive (Nova): a writer whom you control must have one",
            "works.0.facts.publishing: Night Drive: publishers own 60.00 % of the performing right",
            "works.0.split: Night Drive (Nova, Orson): they own 40.00 % of the performing right",
        ] {
            assert!(told.iter().any(|told| told == expected), "{expected}: {told:#?}");
        }
        let unsigned = desk.shop.work("Tides").await;
        let refused = export(&desk, &[unsigned, work], "052", None).await.unwrap_err().to_string();
        assert!(refused.contains("works.0.split: Tides: no split of it was signed"), "{refused}");
        assert!(refused.contains("works.1.facts.publishing: Night Drive: publishers own 60.00 %"), "{refused}");
        // What was refused leaves nothing behind: no file, and no code.
        let services = &desk.shop.services;
        let registered = list_registered(&services.db, &services.ctx(Actor::System), desk.shop.studio).await.unwrap();
        assert_eq!(registered, [work]);
        for recipient in ["", "1", "0520", "ä52"] {
            let refused = export(&desk, &[work], recipient, None).await.unwrap_err();
            assert!(matches!(&refused, RegistrationError::Fault(fault) if fault.field == "recipient"), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn facts_say_what_nobody_else_knows_and_codes_are_no_other_works() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.introduce().await;
        let (work, _) = desk.song("Night Drive").await;
        let (other, _) = desk.song("Tides").await;
        let code = |code: &str| WorkFacts { code: Some(code.to_owned()), ..WorkFacts::default() };
        assert_eq!(register(&desk, work, code("nva-1")).await.unwrap().code, "NVA-1");
        let taken = register(&desk, other, code("NVA-1")).await.unwrap_err();
        assert!(matches!(taken, RegistrationError::CodeTaken), "{taken}");
        let long = register(&desk, other, code("A-CODE-TOO-LONG")).await.unwrap_err();
        assert!(matches!(long, RegistrationError::Fault(_)), "{long}");
        // Without a code the one that it has stays.
        let own = PartyFacts {
            party: desk.shop.makers[1],
            role: None,
            last_name: Some("Welles".into()),
            first_name: Some("Orson".into()),
            is_controlled: Some(true),
            ipi_base_number: None,
            societies: Some(Societies { performing: Some(10), ..Societies::default() }),
            agreement: None,
        };
        let facts = WorkFacts { parties: vec![own.clone()], ..WorkFacts::default() };
        assert_eq!(register(&desk, work, facts).await.unwrap().code, "NVA-1");
        let file = export(&desk, &[work], "052", None).await.unwrap();
        let text = desk.files.text(&file.sha256);
        let second = text.lines().filter(|line| line.starts_with("SWR")).nth(1).unwrap();
        assert_eq!((field(second, 28, 45), field(second, 73, 30), field(second, 126, 3)), ("WELLES", "ORSON", "010"));
        // Who is named is credited by that as well: in the split, in the beats' credits and here.
        let report = preview_erasure(&world.db, &world.ctx, desk.shop.makers[1]).await.unwrap();
        let credits = report.lines.iter().find(|line| line.class == DataClass::Credits).unwrap();
        let of_others = preview_erasure(&world.db, &world.ctx, desk.shop.makers[0]).await.unwrap();
        let of_others = of_others.lines.iter().find(|line| line.class == DataClass::Credits).unwrap().rows;
        assert_eq!((credits.erased, credits.rows), (false, of_others + 1));
        let stranger = PartyFacts { party: desk.shop.services.env.id(), ..own };
        let unknown = register(&desk, work, WorkFacts { parties: vec![stranger], ..WorkFacts::default() }).await;
        let unknown = unknown.unwrap_err();
        assert!(matches!(&unknown, RegistrationError::Fault(fault) if fault.field == "facts.parties.0.party"));
    })
    .await;
}

#[tokio::test]
async fn answers_are_taken_once_and_an_unknown_code_is_kept() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.introduce().await;
        let (work, _) = desk.song("Night Drive").await;
        let sent = export(&desk, &[work], "021", None).await.unwrap();
        let file = answers("LL00000001", "T0345246801");
        let Answers { acknowledgements, faults } = take(&desk, &file).await;
        assert!(faults.is_empty(), "{faults:?}");
        let [known, unknown] = acknowledgements.as_slice() else { panic!("{acknowledgements:?}") };
        assert_eq!((known.work_id, known.file_id, known.status.as_str()), (Some(work), Some(sent.id), "AS"));
        assert_eq!((known.society, known.society_code.as_deref()), (21, Some("77")));
        assert_eq!((unknown.work_id, unknown.code.as_str(), unknown.status.as_str()), (None, "UNKNOWN", "RJ"));
        assert_eq!(desk.iswc(work).await.as_deref(), Some("T0345246801"));
        assert_eq!(take(&desk, &file).await.acknowledgements, acknowledgements);

        // The society knows it now, and others do not.
        let revised = export(&desk, &[work], "021", None).await.unwrap();
        let text = desk.files.text(&revised.sha256);
        assert!(text.contains("\nREV") && text.contains("\nXRF"), "{text}");
        let (new, _) = desk.song("Tides").await;
        let mixed = export(&desk, &[work, new], "021", None).await.unwrap_err();
        assert!(matches!(&mixed, RegistrationError::Faults(faults) if faults[0].field == "works.1"), "{mixed}");
        assert!(export(&desk, &[work, new], "052", None).await.is_ok());

        // Another ISWC does not take its place.
        take(&desk, &answers("LL00000001", "T9345246813").replace("20261124AS", "20261125AS")).await;
        assert_eq!(desk.iswc(work).await.as_deref(), Some("T0345246801"));
        let services = &desk.shop.services;
        let tx = services.begin().await.unwrap();
        let none = take_acknowledgements(&tx, &services.ctx(Actor::System), desk.shop.studio, b"ISRC,Title").await;
        assert!(matches!(none, Err(RegistrationError::Fault(_))));
    })
    .await;
}

#[tokio::test]
async fn an_answer_leads_to_the_file_that_it_names_and_to_the_work_that_had_the_code_then() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        desk.introduce().await;
        let ((work, _), (other, _)) = (desk.song("Night Drive").await, desk.song("Tides").await);
        let first = export(&desk, &[work], "021", None).await.unwrap();
        desk.shop.clock.advance(Duration::seconds(1));
        let second = export(&desk, &[work], "052", None).await.unwrap();
        for (work, code) in [(work, "NVA-1"), (other, "LL00000001")] {
            register(&desk, work, WorkFacts { code: Some(code.into()), ..WorkFacts::default() }).await.unwrap();
        }
        let file = answers("LL00000001", "T0345246801");
        for (second_of_day, file_id, of) in
            [("120000", Some(first.id), work), ("120001", Some(second.id), work), ("120002", None, other)]
        {
            let answers = take(&desk, &file.replace("20261123120000", &format!("20261123{second_of_day}"))).await;
            let known = &answers.acknowledgements[0];
            assert_eq!((known.file_id, known.work_id), (file_id, Some(of)), "{second_of_day}");
        }
        assert_eq!((desk.iswc(work).await.as_deref(), desk.iswc(other).await), (Some("T0345246801"), None));

        // What a society calls a work is told whole, or not at all.
        let told = async || {
            desk.shop.clock.advance(Duration::seconds(1));
            let file = export(&desk, &[work], "021", None).await.unwrap();
            desk.files.text(&file.sha256).contains("\nXRF")
        };
        assert!(told().await);
        take(&desk, &answers("NVA-1", "T0345246801").replace(&format!("{:<20}", "77"), "12345678901234567890")).await;
        assert!(!told().await);
    })
    .await;
}
