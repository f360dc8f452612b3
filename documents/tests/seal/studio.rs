//! A studio with everything it seals with, made from a seed, and documents at each level.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use documents::{
    EmbeddedFile, Relationship, Typesetter,
    seal::{
        Authority, Period, SealFacts, Sealer, Subject, TimestampRequest, ValidationData, add_timestamp,
        add_validation_data, answer_timestamp_request, prepare_archive_timestamp, request_timestamp, seal,
    },
    world::Metadata,
};
use sha2::{Digest, Sha256};

/// What was agreed, for machines.
pub(crate) const AGREEMENT: &str = r#"{"song":"Noc nad Wisłą","shares_ppm":{"Łucja":666667,"José":333333}}"#;

/// Bytes that anybody can foretell: fit for tests alone.
pub(crate) struct Foretold(pub(crate) u64);

impl Foretold {
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            self.0 += 1;
            let digest = Sha256::digest(self.0.to_be_bytes());
            piece.copy_from_slice(&digest[..piece.len()]);
        }
    }

    pub(crate) fn next(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// A day of 2026, at noon.
pub(crate) fn day(month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, 12, 0, 0).unwrap()
}

/// When the documents are sealed.
pub(crate) fn sealed_at() -> DateTime<Utc> {
    day(11, 23)
}

/// Years from the first of January 2026 on.
pub(crate) fn years(count: i64) -> Period {
    Period { from: day(1, 1), until: day(1, 1) + TimeDelta::days(365 * count) }
}

/// The keys of a studio and of a timestamp authority that is none of its own.
pub(crate) struct Studio {
    pub(crate) root: Authority,
    pub(crate) sealer: Sealer,
    pub(crate) stamp_root: Authority,
    pub(crate) timestamper: Sealer,
}

/// The documents of one studio, from unsealed to B-LTA.
pub(crate) struct Levels {
    pub(crate) unsealed: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) stamped: Vec<u8>,
    pub(crate) lasting: Vec<u8>,
    pub(crate) archived: Vec<u8>,
}

impl Studio {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Foretold(seed << 32);
        let mut random = |bytes: &mut [u8]| random.fill(bytes);
        let subject = |common_name| Subject { organization: "Studio Żółta Łódź", common_name };
        let root = Authority::create(subject("Seal root"), years(20), &mut random).unwrap();
        let sealer = root.issue_sealer(subject("Seal 2026"), years(3), None, &mut random).unwrap();
        let stamps = |common_name| Subject { organization: "Time & Co", common_name };
        let stamp_root = Authority::create(stamps("Time root"), years(20), &mut random).unwrap();
        let timestamper = stamp_root.issue_timestamper(stamps("Time 1"), years(10), None, &mut random).unwrap();
        Self { root, sealer, stamp_root, timestamper }
    }

    /// Answers a request some minutes after sealing.
    pub(crate) fn answer(&self, request: &TimestampRequest, minutes: i64) -> Vec<u8> {
        let at = sealed_at() + TimeDelta::minutes(minutes);
        answer_timestamp_request(request.bytes(), &self.timestamper, 7, at).unwrap()
    }

    pub(crate) fn facts() -> SealFacts<'static> {
        SealFacts {
            at: sealed_at(),
            reason: "Signed by all parties — Łukasz, Ñandú",
            location: Some("Łódź"),
            name: Some("Studio Żółta Łódź"),
        }
    }

    pub(crate) fn seal(&self, pdf: &[u8]) -> Vec<u8> {
        seal(pdf, &self.sealer, &Self::facts()).unwrap()
    }

    pub(crate) fn stamp(&self, sealed: &[u8]) -> Vec<u8> {
        let request = request_timestamp(sealed, |bytes| Foretold(1).fill(bytes)).unwrap();
        add_timestamp(sealed, &request, &self.answer(&request, 1)).unwrap()
    }

    pub(crate) fn validation_data(&self) -> ValidationData {
        let month = Period { from: sealed_at() + TimeDelta::minutes(5), until: sealed_at() + TimeDelta::days(30) };
        let lists = [&self.root, &self.stamp_root].map(|root| root.revocation_list(1, month, &[]).unwrap());
        ValidationData { certificates: Vec::new(), revocation_lists: lists.to_vec() }
    }

    pub(crate) fn keep(&self, stamped: &[u8]) -> Vec<u8> {
        add_validation_data(stamped, &self.validation_data()).unwrap()
    }

    pub(crate) fn archive(&self, lasting: &[u8]) -> Vec<u8> {
        let archive = prepare_archive_timestamp(lasting, |bytes| Foretold(2).fill(bytes)).unwrap();
        let answer = self.answer(archive.request(), 10);
        archive.complete(&answer).unwrap()
    }

    pub(crate) fn levels(&self, unsealed: Vec<u8>) -> Levels {
        let sealed = self.seal(&unsealed);
        let stamped = self.stamp(&sealed);
        let lasting = self.keep(&stamped);
        let archived = self.archive(&lasting);
        Levels { unsealed, sealed, stamped, lasting, archived }
    }
}

/// A document of two pages with two files in it.
pub(crate) fn document(title: &str) -> Vec<u8> {
    let file = |name, bytes: &'static str| EmbeddedFile {
        name,
        media_type: "application/json",
        relationship: Relationship::Data,
        description: "For machines",
        bytes: bytes.as_bytes(),
    };
    let template = "#let d = json(\"/data.json\")\n#set document(title: d.title, date: auto)\n#set text(font: \"Libertinus \
                    Serif\")\n= #d.title\nBoth sign.\n#link(\"https://example.org\")[A link.]\n#pagebreak()\nThe second page.";
    let metadata = Metadata { ident: title, created_at: sealed_at() };
    let files = [file("agreement.json", AGREEMENT), file("evidence.json", r#"{"events":[]}"#)];
    Typesetter::bundled().render_with(template, &serde_json::json!({ "title": title }), &metadata, &files).unwrap()
}

/// The studio that most tests are about, and its documents.
pub(crate) static STUDIO: LazyLock<Studio> = LazyLock::new(|| Studio::new(1));

/// Its split sheet.
pub(crate) static LEVELS: LazyLock<Levels> = LazyLock::new(|| STUDIO.levels(document("Split sheet")));
