//! Contracts with real-looking data, for tests and for the example.

use chrono::{NaiveDate, TimeZone, Utc};
use documents::Language;
use documents::format::last_day;
use documents::licence::{
    Acceptance, AtCap, Beat, Caps, ContentId, DeliveredFile, EarlierLease, EarlierLeases, FileContent, LicenceContract,
    LicenceTerms, Licensee, Licensor, MasterOwnership, Price, Producer, Sale, Sample, SampleClearance, Stage, Term,
    Tier, Writer,
};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a literal date of the calendar")
}

fn file(name: &str, format: &str, bytes: u64, seed: &str) -> DeliveredFile {
    let sha256 = documents::world::sha256_hex(seed.as_bytes());
    DeliveredFile { name: name.to_owned(), format: format.to_owned(), content: Some(FileContent { bytes, sha256 }) }
}

fn files(tier: Tier) -> Vec<DeliveredFile> {
    let mp3 = file("Noc nad Wisłą.mp3", "MP3, 320 kbit/s", 7_340_032, "mp3");
    let wav = file("Noc nad Wisłą.wav", "WAV, 24 bit, 44.1 kHz", 50_803_244, "wav");
    let stem = |name: &str| file(&format!("Stems/{name}.wav"), "WAV, 24 bit, 44.1 kHz", 50_803_244, name);
    let stems = ["Drums", "Bass", "Keys", "Strings", "Vocal chops"].map(stem);
    match tier {
        Tier::Mp3Lease => vec![mp3],
        Tier::WavLease => vec![mp3, wav],
        Tier::Trackout | Tier::Unlimited | Tier::Exclusive => [vec![mp3, wav], stems.to_vec()].concat(),
    }
}

fn caps(tier: Tier) -> Caps {
    let caps = |streams, copies, videos, radio, shows| Caps {
        streams: Some(streams),
        copies: Some(copies),
        videos: Some(videos),
        radio_stations: Some(radio),
        paid_performances: shows,
    };
    match tier {
        Tier::Mp3Lease => caps(10_000, 2_000, 1, 2, Some(0)),
        Tier::WavLease => caps(100_000, 3_000, 1, 2, Some(10)),
        Tier::Trackout => caps(500_000, 10_000, 2, 5, None),
        Tier::Unlimited | Tier::Exclusive => Caps::default(),
    }
}

/// The terms that a studio offers for a tier.
pub(crate) fn terms(tier: Tier) -> LicenceTerms {
    let (tier_name, minor_units, term) = match tier {
        Tier::Mp3Lease => ("MP3 lease", 2_999, Term::Months(36)),
        Tier::WavLease => ("WAV lease", 4_999, Term::Months(36)),
        Tier::Trackout => ("Trackout lease", 12_500, Term::Months(120)),
        Tier::Unlimited => ("Unlimited lease", 24_900, Term::Perpetual),
        Tier::Exclusive => ("Exclusive licence", 129_900, Term::Perpetual),
    };
    let exclusive = tier.is_exclusive();
    LicenceTerms {
        language: Language::En,
        tier,
        tier_name: tier_name.to_owned(),
        licensor: Licensor {
            studio_name: "Studio Żółta Łódź".to_owned(),
            producers: vec![
                Producer {
                    legal_name: "Łucja Wiśniewska-Błażejczyk".to_owned(),
                    professional_name: Some("Noctua".to_owned()),
                },
                Producer { legal_name: "José Ñandú García".to_owned(), professional_name: None },
            ],
            address: Some("ul. Piotrkowska 104, 90-926 Łódź, Poland".to_owned()),
            email: "licences@zoltalodz.example".to_owned(),
        },
        beat: Beat {
            title: "Noc nad Wisłą".to_owned(),
            work_title: Some("Noc nad Wisłą (instrumental)".to_owned()),
            isrc: Some("PL-A12-26-00042".to_owned()),
            iswc: Some("T-345.246.800-1".to_owned()),
            bpm_milli: Some(140_000),
            key: Some("A minor".to_owned()),
            audio_sha256: documents::world::sha256_hex(b"Noc nad Wisla"),
        },
        files: files(tier),
        price: Price { minor_units, currency: "EUR".to_owned(), decimals: 2 },
        caps: caps(tier),
        at_cap: if tier == Tier::Mp3Lease { AtCap::Terminate } else { AtCap::Upgrade },
        term,
        publishing_kept_ppm: 500_000,
        writers: vec![
            Writer {
                name: "Łucja Wiśniewska-Błażejczyk".to_owned(),
                role: "composer".to_owned(),
                ipi: Some("00412345678".to_owned()),
                pro: Some("ZAiKS".to_owned()),
                share_ppm: 666_667,
            },
            Writer {
                name: "José Ñandú García".to_owned(),
                role: "arranger".to_owned(),
                ipi: None,
                pro: None,
                share_ppm: 333_333,
            },
        ],
        master_ownership: MasterOwnership::Licensor,
        credit_line: "Prod. by Noctua".to_owned(),
        content_id: if exclusive { ContentId::AllowedExceptEarlierLicensees } else { ContentId::NotAllowed },
        samples: if tier == Tier::Trackout { declared_samples() } else { Vec::new() },
        earlier_leases: exclusive.then(earlier_leases),
        replaces: None,
        governing_law: "Poland".to_owned(),
    }
}

fn declared_samples() -> Vec<Sample> {
    let sample =
        |title: &str, source: &str, clearance| Sample { title: title.to_owned(), source: source.to_owned(), clearance };
    vec![
        sample("Dusty Rhodes loop 12", "Prime Loops library", SampleClearance::RoyaltyFree),
        sample("Tęsknota", "Zespół Kalina, 1974", SampleClearance::Cleared),
        sample("Blue in Oslo", "Kari Nes Trio, 1961", SampleClearance::ClearedForLeases),
        sample("Crowd at Wembley", "found recording", SampleClearance::NotCleared),
    ]
}

fn earlier_leases() -> EarlierLeases {
    EarlierLeases {
        count: 3,
        listed: vec![
            EarlierLease {
                reference: "LL-2025-000917".to_owned(),
                tier_name: "MP3 lease".to_owned(),
                granted_on: day(2025, 4, 2),
                expires_on: Some(day(2028, 4, 2)),
            },
            EarlierLease {
                reference: "LL-2026-000071".to_owned(),
                tier_name: "Unlimited lease".to_owned(),
                granted_on: day(2026, 1, 30),
                expires_on: None,
            },
        ],
    }
}

/// An offer, readable before paying.
pub(crate) fn offer(tier: Tier) -> LicenceContract {
    LicenceContract { terms: terms(tier), stage: Stage::Offered }
}

/// A contract that a buyer accepted.
pub(crate) fn sold(tier: Tier) -> LicenceContract {
    let terms = terms(tier);
    let contract_date = day(2026, 11, 23);
    let expires_on = match terms.term {
        Term::Perpetual => None,
        Term::Months(months) => last_day(contract_date, months),
    };
    let name = "Grzegorz Brzęczyszczykiewicz".to_owned();
    let stage = Stage::Sold(Box::new(Sale {
        reference: "LL-2026-001742".to_owned(),
        contract_date,
        expires_on,
        licensee: Licensee { name: name.clone(), email: "grzegorz@example.org".to_owned() },
        acceptance: Acceptance {
            accepted_by: name,
            accepted_at: Utc.with_ymd_and_hms(2026, 11, 23, 6, 16, 20).single().expect("a literal instant"),
            order_reference: "LL-2026-001742".to_owned(),
        },
    }));
    LicenceContract { terms, stage }
}
