//! Files that were checked, written record by record in the standard's order.

use super::{
    Agreement, AgreementKind, Chain, Collection, Library, Link, OtherTitle, Performer, Publisher, Recording,
    Registration, Shares, Societies, Version, Work, Writer, line::Line,
};
use crate::identifiers::{IpiBaseNumber, IpiNameNumber, Isrc, Iswc, plain};

pub(super) fn file(registration: &Registration) -> String {
    let mut file = File { registration, out: String::new(), records: 0, transaction: 0, record: 0 };
    file.header();
    for (transaction, work) in (0..).zip(&registration.works) {
        file.transaction = transaction;
        file.record = 0;
        file.work(work);
    }
    file.trailers();
    file.out
}

struct File<'a> {
    registration: &'a Registration,
    out: String,
    /// Lines so far.
    records: u64,
    /// The number of the transaction, from 0.
    transaction: u64,
    /// The number of the next record in the transaction, from 0.
    record: u64,
}

impl File<'_> {
    fn push(&mut self, line: Line) {
        self.out.push_str(&line.finish());
        self.out.push_str("\r\n");
        self.records += 1;
    }

    /// A record of the transaction, with its numbers in front.
    fn record(&mut self, kind: &str, fields: impl FnOnce(Line) -> Line) {
        let line = Line::new(kind).number(self.transaction, 8).number(self.record, 8);
        self.push(fields(line));
        self.record += 1;
    }

    fn header(&mut self) {
        let Registration { version, kind, sender, created_at, software, .. } = self.registration;
        let ipi = plain::<IpiNameNumber>(&sender.ipi_name_number);
        // A number of more than nine digits takes the place of the sender's kind.
        let line = match ipi.strip_prefix("00") {
            Some(short) => Line::new("HDR").code(sender.kind.code(), 2).digits(short, 9),
            None => Line::new("HDR").digits(&ipi, 11),
        };
        let line = line
            .name(&sender.name, 45)
            .code("01.10", 5)
            .date(Some(created_at.date_naive()))
            .code(&created_at.format("%H%M%S").to_string(), 6)
            .date(Some(created_at.date_naive()))
            .blank(15);
        let line = match version {
            Version::V21 => line,
            Version::V22 => line.code("2.2002", 6).title(&software.0, 30).title(&software.1, 30),
        };
        let group =
            Line::new("GRH").code(kind.code(), 3).number(1, 5).code(version.group_version(), 5).zeros(10).blank(2);
        self.push(line);
        self.push(group);
    }

    fn trailers(&mut self) {
        let transactions = self.registration.works.len() as u64;
        // Of the group without the file's header, but with this line; then of all, with both trailers.
        let group = Line::new("GRT").number(1, 5).number(transactions, 8).number(self.records, 8).blank(3).zeros(10);
        self.push(group);
        let file = Line::new("TRL").number(1, 5).number(transactions, 8).number(self.records + 1, 8);
        self.push(file);
    }

    fn work(&mut self, work: &Work) {
        let kind = self.registration.kind.code();
        self.record(kind, |line| registered(line, work));
        // The sender's own chains first.
        let chains: Vec<usize> = by_control(&work.chains, |chain| chain.is_controlled);
        for (number, chain) in (1..).zip(&chains) {
            self.chain(number, &work.chains[*chain]);
        }
        for writer in by_control(&work.writers, |writer| writer.is_controlled) {
            self.writer(work, &work.writers[writer], &chains);
        }
        self.titles(work);
        if let Some(original) = &work.modified_from {
            let iswc = original.iswc.as_deref().map(plain::<Iswc>).unwrap_or_default();
            // The language, two writers, the source and the sender's own number are left out.
            self.record("VER", |line| line.title(&original.title, 60).code(&iswc, 11).blank(274));
        }
        for Performer { last_name, first_name } in &work.performers {
            self.record("PER", |line| line.name(last_name, 45).name(first_name, 30).blank(24));
        }
        for recording in work.recordings.iter().filter(|recording| recording.is_told()) {
            let version = self.registration.version;
            self.record("REC", |line| recorded(line, recording, version));
        }
        if let Some(library) = &work.library {
            let version = self.registration.version;
            self.record("ORN", |line| origin(line, library, version));
        }
        if self.registration.version == Version::V22 {
            for reference in &work.references {
                self.record("XRF", |line| {
                    line.society(Some(reference.society)).name(&reference.identifier, 14).code("WY", 2)
                });
            }
        }
    }

    fn chain(&mut self, number: u64, chain: &Chain) {
        let (publisher_record, territory_record) = if chain.is_controlled { ("SPU", "SPT") } else { ("OPU", "OPT") };
        let registration = self.registration;
        for link in &chain.links {
            let publisher = link.publisher.and_then(|index| registration.publishers.get(index));
            self.record(publisher_record, |line| published(line, number, link, publisher));
            let id = publisher.map(|publisher| publisher.id.as_str()).unwrap_or_default();
            for (sequence, collection) in (1..).zip(&link.collections) {
                // After the identifier, publishers have six blanks that writers have not.
                self.record(territory_record, |line| collected(line.name(id, 9).blank(6), sequence, collection));
            }
        }
    }

    fn writer(&mut self, work: &Work, writer: &Writer, chains: &[usize]) {
        let (writer_record, territory_record) = if writer.is_controlled { ("SWR", "SWT") } else { ("OWR", "OWT") };
        self.record(writer_record, |line| written(line, writer));
        for (sequence, collection) in (1..).zip(&writer.collections) {
            self.record(territory_record, |line| collected(line.name(&writer.id, 9), sequence, collection));
        }
        let Registration { version, publishers, .. } = self.registration;
        for publishing in &writer.publishers {
            let first = work.chains.get(publishing.chain).and_then(|chain| chain.links.first()?.publisher);
            let publisher = first.and_then(|index| publishers.get(index)).cloned().unwrap_or_default();
            let number = (1..).zip(chains).find(|(_, chain)| **chain == publishing.chain).map(|(number, _)| number);
            let (own, society, _) = numbers(publishing.agreement.as_ref());
            self.record("PWR", |line| {
                let line = line.name(&publisher.id, 9).name(&publisher.name, 45).name(own, 14).name(society, 14);
                let line = line.name(&writer.id, 9);
                if *version == Version::V22 { line.number(number.unwrap_or_default(), 2) } else { line }
            });
        }
    }

    fn titles(&mut self, work: &Work) {
        for OtherTitle { title, kind } in work.other_titles.iter().filter(|other| other.title != work.title) {
            self.record("ALT", |line| line.title(title, 60).code(kind.code(), 2).blank(2));
        }
    }
}

impl Recording {
    /// Whether anything is said that a record of 2.1 has a place for.
    fn is_told(&self) -> bool {
        self.released_on.is_some() || self.duration_s.is_some() || self.isrc.is_some()
    }
}

/// The places of those that the sender controls, then of the others.
fn by_control<T>(items: &[T], is_controlled: fn(&T) -> bool) -> Vec<usize> {
    let mut places: Vec<usize> = (0..items.len()).collect();
    places.sort_by_key(|place| !is_controlled(&items[*place]));
    places
}

/// The sender's number of an agreement, a society's, and its kind.
fn numbers(agreement: Option<&Agreement>) -> (&str, &str, &'static str) {
    let Some(Agreement { number, society_number, kind }) = agreement else { return ("", "", "") };
    (
        number.as_deref().unwrap_or_default(),
        society_number.as_deref().unwrap_or_default(),
        kind.map(AgreementKind::code).unwrap_or_default(),
    )
}

fn registered(line: Line, work: &Work) -> Line {
    let iswc = work.iswc.as_deref().map(plain::<Iswc>).unwrap_or_default();
    let line = line
        .title(&work.title, 60)
        // The language.
        .blank(2)
        .name(&work.id, 14)
        .code(&iswc, 11)
        // The date and number of a copyright.
        .zeros(8)
        .blank(12)
        .code(work.category.code(), 3)
        .duration(work.duration_s)
        .code(if work.recordings.is_empty() { "U" } else { "Y" }, 1)
        // How text and music belong together, and the kind of a composite work.
        .blank(6);
    // The kind of version, of excerpt, of the music's arrangement and of the lyrics' adaptation.
    let line = match work.modified_from {
        None => line.code("ORI", 12),
        Some(_) => line.code("MOD", 6).code("UNS", 3).code("UNS", 3),
    };
    line
        // The contact's name and identifier, and the kind of work.
        .blank(42)
        // Grand rights, the number of components, the date of a printed edition.
        .code("N", 1)
        .zeros(11)
        // The exceptional clause, the opus and the catalogue.
        .blank(51)
        // The priority.
        .code("N", 1)
}

fn published(line: Line, chain: u64, link: &Link, publisher: Option<&Publisher>) -> Line {
    let id = publisher.map(|publisher| publisher.id.as_str()).unwrap_or_default();
    let name = publisher.map(|publisher| publisher.name.as_str()).unwrap_or_default();
    let (own, society, kind) = numbers(link.agreement.as_ref());
    let line = line
        .number(chain, 2)
        .name(id, 9)
        .name(name, 45)
        // Whether the publisher is unknown.
        .code(if publisher.is_some() { "" } else { "Y" }, 1)
        .code(link.role.code(), 2)
        // The tax number.
        .zeros(9)
        .digits(&name_number(publisher.and_then(|publisher| publisher.ipi_name_number.as_deref())), 11)
        .name(own, 14);
    owned(line, publisher.map(|publisher| publisher.societies).unwrap_or_default(), link.shares)
        // Special agreements, the right to refuse a first recording, and a filler.
        .code(" N ", 3)
        .code(&base_number(publisher.and_then(|publisher| publisher.ipi_base_number.as_deref())), 13)
        // The society's code of the agreement.
        .blank(14)
        .name(society, 14)
        .code(kind, 2)
        // The licence in the United States.
        .blank(1)
}

fn written(line: Line, writer: &Writer) -> Line {
    let line = line
        .name(&writer.id, 9)
        .name(&writer.last_name, 45)
        .name(&writer.first_name, 30)
        // Whether the writer is unknown.
        .code(if !writer.is_controlled && writer.last_name.trim().is_empty() { "Y" } else { "" }, 1)
        .code(writer.role.code(), 2)
        // The tax number.
        .zeros(9)
        .digits(&name_number(writer.ipi_name_number.as_deref()), 11);
    owned(line, writer.societies, writer.shares)
        // Rights that go back, the right to refuse a first recording, work for hire, and a filler.
        .code(if writer.is_controlled { " N" } else { "" }, 4)
        .code(&base_number(writer.ipi_base_number.as_deref()), 13)
        // The personal number, and the licence in the United States.
        .blank(13)
}

/// The societies and the shares of the three rights.
fn owned(line: Line, societies: Societies, shares: Shares) -> Line {
    line.society(societies.performing)
        .share(shares.performing_ppm)
        .society(societies.mechanical)
        .share(shares.mechanical_ppm)
        .society(societies.synchronisation)
        .share(shares.synchronisation_ppm)
}

fn collected(line: Line, sequence: u64, collection: &Collection) -> Line {
    let shares = collection.shares;
    line.share(shares.performing_ppm)
        .share(shares.mechanical_ppm)
        .share(shares.synchronisation_ppm)
        .code(if collection.is_excluded { "E" } else { "I" }, 1)
        .number(u64::from(collection.territory), 4)
        // Whether the shares change in a sub-publication.
        .code("N", 1)
        .number(sequence, 3)
}

fn recorded(line: Line, recording: &Recording, version: Version) -> Line {
    let isrc = recording.isrc.as_deref().map(plain::<Isrc>).unwrap_or_default();
    let line = line
        .date(recording.released_on)
        .blank(60)
        .duration(recording.duration_s)
        .blank(5)
        // The first album: its title, label, catalogue number and EAN.
        .blank(151)
        .code(&isrc, 12)
        // The format, the technique and the medium.
        .blank(5);
    match version {
        Version::V21 => line,
        Version::V22 => line
            .title(&recording.title, 60)
            .title(&recording.version_title, 60)
            .title(&recording.display_artist, 60)
            .title(&recording.label, 60)
            // Whether the ISRC is valid.
            .code(if isrc.is_empty() { "" } else { "Y" }, 20)
            .name(&recording.id, 14),
    }
}

fn origin(line: Line, library: &Library, version: Version) -> Line {
    let line = line
        .code("LIB", 3)
        // The production's title.
        .blank(60)
        .name(&library.album, 15)
        // The cut on the album.
        .zeros(4)
        .title(&library.name, 60)
        // The production's identifiers and its episode.
        .blank(118)
        // The year of production.
        .zeros(4);
    // Identifiers of audiovisual works.
    line.blank(if version == Version::V21 { 18 } else { 86 })
}

fn name_number(ipi: Option<&str>) -> String {
    ipi.map(plain::<IpiNameNumber>).unwrap_or_default()
}

fn base_number(ipi: Option<&str>) -> String {
    ipi.and_then(|ipi| ipi.parse::<IpiBaseNumber>().ok()).map(|ipi| ipi.printed()).unwrap_or_default()
}
