//! From B-B to B-LTA, and what is refused on the way.

use chrono::{DateTime, TimeDelta, Utc};
use documents::seal::{
    FindingKind, Level, Options, Period, Revoked, SealError, SignatureKind, StatedTime, Subject, TimestampError,
    ValidationData, Verdict, add_timestamp, add_validation_data, answer_timestamp_request, attachments,
    missing_revocations, prepare_archive_timestamp, request_timestamp, seal, verify,
};
use proptest::prelude::*;

use crate::studio::{AGREEMENT, Foretold, LEVELS, STUDIO, Studio, day, document, sealed_at, years};

fn trusting() -> Options {
    let options = Options::default().trusting(&STUDIO.root.certificate_pem().unwrap()).unwrap();
    options.trusting_timestamps(&STUDIO.stamp_root.certificate_pem().unwrap()).unwrap()
}

#[test]
fn each_level_is_reached_and_nothing_is_held_against_it() {
    let levels = [
        (&LEVELS.sealed, Level::BB),
        (&LEVELS.stamped, Level::BT),
        (&LEVELS.lasting, Level::BLT),
        (&LEVELS.archived, Level::BLTA),
    ];
    for (file, level) in levels {
        let report = verify(file, &trusting().at_least(level).at(day(11, 24)));
        assert_eq!(report.verdict, Verdict::Valid, "{level:?}: {:#?}", report.findings);
        assert_eq!(report.level, Some(level));
        let kinds: Vec<FindingKind> = report.findings.iter().map(|finding| finding.kind).collect();
        let expected: &[FindingKind] = if level == Level::BB { &[FindingKind::TimeOnlyClaimed] } else { &[] };
        assert_eq!(kinds, expected);

        let alone = verify(file, &Options::default());
        assert_eq!(alone.verdict, Verdict::Intact, "{level:?}: {:#?}", alone.findings);
        assert_eq!(alone.level, Some(level));
    }
}

/// A list of the studio's root in which its sealing certificate is revoked.
fn list_with_the_sealer(at: DateTime<Utc>) -> Vec<u8> {
    let month = Period { from: sealed_at(), until: sealed_at() + TimeDelta::days(30) };
    let revoked = Revoked { serial: STUDIO.sealer.serial().to_vec(), at };
    STUDIO.root.revocation_list(2, month, &[revoked]).unwrap()
}

#[test]
fn a_timestamp_that_leads_to_no_given_root_proves_no_time() {
    let roots = || Options::default().trusting(&STUDIO.root.certificate_pem().unwrap()).unwrap();
    for file in [&LEVELS.stamped, &LEVELS.lasting, &LEVELS.archived] {
        let report = verify(file, &roots());
        assert_eq!((report.verdict, report.level), (Verdict::Valid, Some(Level::BB)), "{:#?}", report.findings);
        let kinds: Vec<FindingKind> = report.findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [FindingKind::TimeOnlyClaimed]);
        let seal = report.seal().unwrap();
        assert_eq!(seal.time, Some(StatedTime::Claimed { at: sealed_at() }));
        assert_eq!(seal.timestamp.as_ref().unwrap().trusted, Some(false));
        assert!(verify(file, &roots().at_least(Level::BT)).found(FindingKind::LevelTooLow));
    }
    // One list of roots may hold both.
    let both = roots().trusting(&STUDIO.stamp_root.certificate_pem().unwrap()).unwrap();
    assert_eq!(verify(&LEVELS.archived, &both).level, Some(Level::BLTA));

    // Whoever stole the key years later runs an authority of their own, whose clock is slow.
    let thief = Studio::new(99);
    let mut data = thief.validation_data();
    data.revocation_lists.push(list_with_the_sealer(day(12, 1)));
    let backdated = thief.archive(&add_validation_data(&thief.stamp(&LEVELS.sealed), &data).unwrap());
    let report = verify(&backdated, &roots().at(years(3).until + TimeDelta::days(1)));
    assert_eq!((report.verdict, report.level), (Verdict::Refused, Some(Level::BB)));
    for kind in [FindingKind::CertificateRevoked, FindingKind::CertificateExpired, FindingKind::TimeOnlyClaimed] {
        assert!(report.found(kind), "{kind:?}: {:#?}", report.findings);
    }
}

#[test]
fn a_report_says_who_what_and_when() {
    let report = verify(&LEVELS.archived, &trusting());
    let seal = report.seal().unwrap();
    assert_eq!(seal.field, "Seal");
    assert_eq!(seal.reason.as_deref(), Some("Signed by all parties — Łukasz, Ñandú"));
    assert_eq!(seal.location.as_deref(), Some("Łódź"));
    assert_eq!(seal.doc_mdp, Some(2));
    assert_eq!(seal.time, Some(StatedTime::Timestamp { at: sealed_at() + TimeDelta::minutes(1) }));
    assert_eq!(seal.certificates[0].sha256, STUDIO.sealer.sha256());
    assert_eq!(seal.certificates[1].sha256, STUDIO.root.sha256());
    assert!(seal.certificates[0].subject.contains("Seal 2026"));
    assert!(seal.holds && seal.chain_complete && !seal.covers_whole_file);
    assert_eq!(seal.covers_bytes, LEVELS.stamped.len() as u64);

    let last = report.signatures.last().unwrap();
    assert_eq!(last.kind, SignatureKind::DocumentTimestamp);
    assert!(last.holds && last.covers_whole_file);
    assert_eq!(last.trusted, Some(true));

    assert_eq!(report.sha256, documents::world::sha256_hex(&LEVELS.archived));
    assert_eq!(report.revisions, 4);
    let names: Vec<&str> = report.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["agreement.json", "evidence.json"]);
    assert_eq!(report.attachments[0].sha256, documents::world::sha256_hex(AGREEMENT.as_bytes()));
    assert_eq!(attachments(&LEVELS.archived).unwrap()[0].bytes, AGREEMENT.as_bytes());
}

#[test]
fn a_seal_covers_the_whole_file_and_changes_nothing_before_it() {
    let report = verify(&LEVELS.sealed, &Options::default());
    assert!(report.seal().unwrap().covers_whole_file);
    assert!(LEVELS.sealed.starts_with(&LEVELS.unsealed));
    assert!(LEVELS.lasting.starts_with(&LEVELS.stamped));
    assert!(LEVELS.archived.starts_with(&LEVELS.lasting));
    assert_eq!(LEVELS.sealed.len(), LEVELS.stamped.len());
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    assert_eq!(STUDIO.seal(&LEVELS.unsealed), LEVELS.sealed);
}

#[test]
fn a_seal_is_renewed_by_a_second_archive_timestamp() {
    let longer = STUDIO.keep(&LEVELS.archived);
    assert_eq!(verify(&longer, &trusting()).level, Some(Level::BLTA));
    let renewed = STUDIO.archive(&longer);
    let report = verify(&renewed, &trusting());
    assert_eq!((report.verdict, report.level), (Verdict::Valid, Some(Level::BLTA)), "{:#?}", report.findings);
    assert_eq!(report.signatures.len(), 3);
    assert!(report.signatures.iter().all(|signature| signature.holds));
}

#[test]
fn what_is_missing_for_the_long_run_is_told() {
    let missing = missing_revocations(&LEVELS.stamped).unwrap();
    let mut subjects: Vec<&str> = missing.iter().map(|missing| missing.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(subjects.len(), 2, "{missing:?}");
    assert!(subjects[0].contains("Seal 2026") && subjects[1].contains("Time 1"));
    assert!(missing.iter().all(|missing| !missing.issuer_missing && missing.crl_urls.is_empty()));
    assert!(missing_revocations(&LEVELS.lasting).unwrap().is_empty());

    let mut random = Foretold(77);
    let subject = Subject { organization: "Studio", common_name: "Seal with a list" };
    let url = "http://studio.example/seal.crl";
    let sealer = STUDIO.root.issue_sealer(subject, years(1), Some(url), |bytes| random.fill(bytes)).unwrap();
    let file = seal(&LEVELS.unsealed, &sealer, &Studio::facts()).unwrap();
    assert_eq!(missing_revocations(&file).unwrap()[0].crl_urls, [url]);
}

#[test]
fn half_of_the_validation_data_is_not_b_lt() {
    let mut data = STUDIO.validation_data();
    data.revocation_lists.pop();
    let half = add_validation_data(&LEVELS.stamped, &data).unwrap();
    assert_eq!(verify(&half, &trusting()).level, Some(Level::BT));
    let report = verify(&half, &trusting().at_least(Level::BLT));
    assert!(report.verdict == Verdict::Refused && report.found(FindingKind::LevelTooLow));
    let whole = add_validation_data(&half, &STUDIO.validation_data()).unwrap();
    assert_eq!(verify(&whole, &trusting()).level, Some(Level::BLT));
}

#[test]
fn a_revoked_certificate_is_named() {
    let list = |at| ValidationData { certificates: Vec::new(), revocation_lists: vec![list_with_the_sealer(at)] };
    let before = add_validation_data(&LEVELS.stamped, &list(day(11, 1))).unwrap();
    assert!(verify(&before, &trusting()).found(FindingKind::CertificateRevoked));
    // A timestamp proves that the seal is older than the revocation; a claim does not.
    let after = list(day(12, 1));
    let proven = add_validation_data(&LEVELS.stamped, &after).unwrap();
    assert_eq!(verify(&proven, &trusting()).verdict, Verdict::Valid);
    let claimed = add_validation_data(&LEVELS.sealed, &after).unwrap();
    assert!(verify(&claimed, &trusting()).found(FindingKind::CertificateRevoked));
}

#[test]
fn a_certificate_that_expired_since_matters_only_without_timestamp() {
    let late = years(3).until + TimeDelta::days(1);
    let claimed = verify(&LEVELS.sealed, &trusting().at(late));
    assert!(claimed.found(FindingKind::CertificateExpired));
    assert!(!verify(&LEVELS.stamped, &trusting().at(late)).found(FindingKind::CertificateExpired));
}

#[test]
fn a_certificate_that_was_not_valid_or_not_for_documents_is_refused() {
    let facts = documents::seal::SealFacts { at: day(1, 1) - TimeDelta::days(1), ..Studio::facts() };
    let early = seal(&LEVELS.unsealed, &STUDIO.sealer, &facts).unwrap();
    assert!(verify(&early, &trusting()).found(FindingKind::CertificateNotValid));
    let stamper = seal(&LEVELS.unsealed, &STUDIO.timestamper, &Studio::facts()).unwrap();
    assert!(verify(&stamper, &Options::default()).found(FindingKind::CertificatePurpose));
}

#[test]
fn steps_out_of_order_are_refused_by_name() {
    let random = |bytes: &mut [u8]| Foretold(3).fill(bytes);
    assert!(matches!(seal(&LEVELS.sealed, &STUDIO.sealer, &Studio::facts()), Err(SealError::AlreadySealed)));
    assert!(matches!(request_timestamp(&LEVELS.unsealed, random), Err(SealError::NotSealed)));
    assert!(matches!(request_timestamp(&LEVELS.stamped, random), Err(SealError::AlreadyTimestamped)));
    let kept = STUDIO.keep(&LEVELS.sealed);
    assert!(matches!(request_timestamp(&kept, random), Err(SealError::RevisionsFollow)));
    assert!(matches!(prepare_archive_timestamp(&LEVELS.unsealed, random), Err(SealError::NotSealed)));
    assert!(matches!(add_validation_data(&LEVELS.unsealed, &ValidationData::default()), Err(SealError::NotSealed)));
    let list = ValidationData { revocation_lists: vec![b"no list".to_vec()], ..ValidationData::default() };
    assert!(matches!(add_validation_data(&LEVELS.sealed, &list), Err(SealError::RevocationList)));
    let certificate = ValidationData { certificates: vec![b"none".to_vec()], ..ValidationData::default() };
    assert!(matches!(add_validation_data(&LEVELS.sealed, &certificate), Err(SealError::Certificate(_))));
    assert!(matches!(seal(b"no PDF", &STUDIO.sealer, &Studio::facts()), Err(SealError::Pdf(_))));
}

#[test]
fn an_answer_to_something_else_is_refused() {
    let ask = |seed| request_timestamp(&LEVELS.sealed, |bytes| Foretold(seed).fill(bytes)).unwrap();
    let (request, again) = (ask(10), ask(20));
    let refused = |response: &[u8]| match add_timestamp(&LEVELS.sealed, &request, response) {
        Err(SealError::Timestamp(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&STUDIO.answer(&again, 1)), TimestampError::OtherRequest);
    let other = STUDIO.seal(&document("Another"));
    let others = request_timestamp(&other, |bytes| Foretold(10).fill(bytes)).unwrap();
    assert_eq!(refused(&STUDIO.answer(&others, 1)), TimestampError::OtherBytes);
    // The right answer to the request, but put into another document.
    let misplaced = add_timestamp(&other, &request, &STUDIO.answer(&request, 1));
    assert!(matches!(misplaced, Err(SealError::Timestamp(TimestampError::OtherBytes))));
    assert_eq!(refused(b"<html>"), TimestampError::Unreadable);
    let by_sealer = answer_timestamp_request(request.bytes(), &STUDIO.sealer, 1, sealed_at()).unwrap();
    assert_eq!(refused(&by_sealer), TimestampError::Purpose);
    let late = answer_timestamp_request(request.bytes(), &STUDIO.timestamper, 1, years(11).until).unwrap();
    assert_eq!(refused(&late), TimestampError::Expired);
    let mut broken = STUDIO.answer(&request, 1);
    let last = broken.len() - 1;
    broken[last] ^= 1;
    assert!(matches!(refused(&broken), TimestampError::Cms(_)));
    // A request for SHA-1 is answered with a refusal, which is told.
    let sha1 = hex::decode("30290201013021300906052b0e03021a05000414da39a3ee5e6b4b0d3255bfef95601890afd80709020109");
    let sha1 = sha1.unwrap();
    let refusal = answer_timestamp_request(&sha1, &STUDIO.timestamper, 1, sealed_at()).unwrap();
    assert!(matches!(refused(&refusal), TimestampError::Refused(why) if why.contains("SHA-2")));
    assert!(answer_timestamp_request(b"nothing", &STUDIO.timestamper, 1, sealed_at()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_can_be_the_reason(reason in "\\PC{0,80}", seconds in 0..31_000_000_i64) {
        let at = day(1, 2) + TimeDelta::seconds(seconds);
        let facts = documents::seal::SealFacts { at, reason: &reason, location: None, name: None };
        let sealed = seal(&LEVELS.unsealed, &STUDIO.sealer, &facts).unwrap();
        let report = verify(&sealed, &trusting());
        prop_assert_eq!(report.verdict, Verdict::Valid);
        let seal = report.seal().unwrap();
        prop_assert_eq!(seal.reason.as_deref(), Some(reason.as_str()));
        prop_assert_eq!(seal.time, Some(StatedTime::Claimed { at }));
    }
}
