//! The studio's own authority, its keys in store, and keys of others.

use chrono::TimeDelta;
use documents::seal::{Authority, Options, Period, SealError, Sealer, Subject, Verdict, seal, verify};

use crate::studio::{Foretold, LEVELS, STUDIO, Studio, day, years};

const SUBJECT: Subject<'static> = Subject { organization: "Studio, Inc. + Söhne", common_name: "CN=Seal \"1\"" };

#[test]
fn keys_come_back_from_the_store_as_they_were() {
    let root = Authority::from_pem(&STUDIO.root.to_pem().unwrap()).unwrap();
    assert_eq!(root.sha256(), STUDIO.root.sha256());
    assert_eq!(root.valid_until(), years(20).until);
    let sealer = Sealer::from_pem(&STUDIO.sealer.to_pem().unwrap()).unwrap();
    assert_eq!(sealer.valid_until(), years(3).until);
    assert_eq!(seal(&LEVELS.unsealed, &sealer, &Studio::facts()).unwrap(), LEVELS.sealed);
    assert!(sealer.subject().contains("Seal 2026"));
    // What is stored is never shown by accident.
    assert!(!format!("{sealer:?}{root:?}").contains("PRIVATE"));
}

#[test]
fn a_stored_authority_goes_on_issuing() {
    let root = Authority::from_pem(&STUDIO.root.to_pem().unwrap()).unwrap();
    let sealer = root.issue_sealer(SUBJECT, years(2), None, |bytes| Foretold(500).fill(bytes)).unwrap();
    let file = seal(&LEVELS.unsealed, &sealer, &Studio::facts()).unwrap();
    let options = Options::default().trusting(&STUDIO.root.certificate_pem().unwrap()).unwrap();
    let report = verify(&file, &options);
    assert_eq!(report.verdict, Verdict::Valid, "{:#?}", report.findings);
    assert_ne!(sealer.serial(), STUDIO.sealer.serial());
}

#[test]
fn an_operators_own_key_is_taken_with_its_chain() {
    let stored = STUDIO.sealer.to_pem().unwrap();
    let (key, _) = stored.split_at(stored.find("-----BEGIN CERTIFICATE").unwrap());
    let chain = STUDIO.sealer.chain_pem().unwrap();
    let sealer = Sealer::from_key_and_chain(key, &format!("\n{chain}\n\n")).unwrap();
    assert_eq!(sealer.sha256(), STUDIO.sealer.sha256());

    // The older form of a key, as OpenSSL writes it.
    let other = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_sec1_pem(der::pem::LineEnding::LF).unwrap();
    let refused = |key: &str, chain: &str| Sealer::from_key_and_chain(key, chain).unwrap_err();
    assert!(matches!(refused(&other, &chain), SealError::Key("it is not the key of the certificate")));
    assert!(matches!(refused("no key", &chain), SealError::Key(_)));
    assert!(matches!(refused(key, ""), SealError::Certificate(_)));
    assert!(matches!(refused(key, "  \n "), SealError::Certificate(_)));
    assert!(matches!(
        refused(key, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
        SealError::Certificate(_)
    ));
    let foreign = format!("{}{}", &chain[..chain.find("-----END").unwrap()], "-----END CERTIFICATE-----\n");
    let foreign = format!("{foreign}{}", Studio::new(2).root.certificate_pem().unwrap());
    assert!(matches!(refused(key, &foreign), SealError::Certificate(why) if why.contains("not issued")));
    let stamps = STUDIO.timestamper.to_pem().unwrap();
    let (key, chain) = stamps.split_at(stamps.find("-----BEGIN CERTIFICATE").unwrap());
    assert!(matches!(refused(key, chain), SealError::Certificate(why) if why.contains("may not sign")));
    assert!(matches!(Authority::from_pem(&stored), Err(SealError::Certificate(_))));
    assert!(matches!(Sealer::from_pem(&other), Err(SealError::Key(_))));
}

#[test]
fn impossible_periods_are_refused() {
    let random = |bytes: &mut [u8]| Foretold(9).fill(bytes);
    let turned = Period { from: day(2, 1), until: day(1, 1) };
    assert!(matches!(Authority::create(SUBJECT, turned, random), Err(SealError::Validity { .. })));
    let before = Period { from: day(1, 1) - TimeDelta::days(365 * 80), until: day(1, 1) };
    assert!(matches!(Authority::create(SUBJECT, before, random), Err(SealError::Validity { .. })));
    let longer = STUDIO.root.issue_sealer(SUBJECT, years(21), None, random);
    assert!(matches!(longer, Err(SealError::OutlivesAuthority { .. })));
    // Beyond 2049 the certificate says its time in another form.
    let far = Authority::create(SUBJECT, years(40), random).unwrap();
    assert_eq!(Authority::from_pem(&far.to_pem().unwrap()).unwrap().valid_until(), years(40).until);
}
