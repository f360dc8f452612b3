//! What the standard does not take of a single value, and of what refers to another; of shares and roles, see [`rules`](super::rules).

use std::{collections::HashSet, str::FromStr};

use super::{
    Agreement, Chain, Collection, Publisher, Recording, Registration, Shares, Societies, WORLD, Work, Writer,
    line::{Characters, folded},
    rules,
};
use crate::{
    fault::Fault,
    identifiers::{IdentifierError, IpiBaseNumber, IpiNameNumber, Isrc, Iswc},
};

/// The groups of countries, and the world.
const GROUPS: std::ops::RangeInclusive<u16> = 2100..=WORLD;
/// What a field of hours, minutes and seconds holds.
const MAX_DURATION_S: u32 = 100 * 3600;
/// What fields of counts and numbers hold.
const MAX_WORKS: usize = 99_999_999;

/// Every fault of a file.
pub(super) fn faults(registration: &Registration) -> Vec<Fault> {
    let mut check = Check { registration, faults: Vec::new() };
    check.sender();
    for (index, publisher) in registration.publishers.iter().enumerate() {
        check.publisher(&format!("publishers[{index}]"), publisher);
    }
    if registration.works.is_empty() || registration.works.len() > MAX_WORKS {
        check.fault(
            "works",
            "there is none, or there are too many",
            "register at least one work, in files of thousands",
        );
    }
    let mut ids = HashSet::new();
    for (index, work) in registration.works.iter().enumerate() {
        let path = format!("works[{index}]");
        check.work(&path, work);
        if !ids.insert(&work.id) {
            check.fault(&format!("{path}.id"), "another work of the file has it", "give each work a number of its own");
        }
        check.faults.extend(rules::faults(&path, work));
    }
    check.faults
}

struct Check<'a> {
    registration: &'a Registration,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, field: &str, problem: &str, remedy: &str) {
        self.faults.push(Fault::new(field, problem, remedy));
    }

    fn sender(&mut self) {
        let Registration { sender, software, .. } = self.registration;
        self.name("sender.name", &sender.name, 45);
        self.identifier::<IpiNameNumber>("sender.ipi_name_number", Some(sender.ipi_name_number.as_str()));
        self.optional("software", &software.0, 30, Characters::Title);
        self.optional("software", &software.1, 30, Characters::Title);
    }

    fn publisher(&mut self, path: &str, publisher: &Publisher) {
        self.name(&format!("{path}.id"), &publisher.id, 9);
        self.name(&format!("{path}.name"), &publisher.name, 45);
        self.party(path, publisher.ipi_name_number.as_deref(), publisher.ipi_base_number.as_deref());
        self.societies(path, publisher.societies);
    }

    fn work(&mut self, path: &str, work: &Work) {
        self.name(&format!("{path}.id"), &work.id, 14);
        self.title(&format!("{path}.title"), &work.title);
        self.identifier::<Iswc>(&format!("{path}.iswc"), work.iswc.as_deref());
        self.duration(&format!("{path}.duration_s"), work.duration_s);
        if let Some(original) = &work.modified_from {
            self.title(&format!("{path}.modified_from.title"), &original.title);
            self.identifier::<Iswc>(&format!("{path}.modified_from.iswc"), original.iswc.as_deref());
        }
        for (index, other) in work.other_titles.iter().enumerate() {
            self.title(&format!("{path}.other_titles[{index}].title"), &other.title);
        }
        for (index, chain) in work.chains.iter().enumerate() {
            self.chain(&format!("{path}.chains[{index}]"), chain);
        }
        for (index, writer) in work.writers.iter().enumerate() {
            self.writer(&format!("{path}.writers[{index}]"), work, writer);
        }
        for (index, performer) in work.performers.iter().enumerate() {
            let path = format!("{path}.performers[{index}]");
            self.name(&format!("{path}.last_name"), &performer.last_name, 45);
            self.optional(&format!("{path}.first_name"), &performer.first_name, 30, Characters::Name);
        }
        for (index, recording) in work.recordings.iter().enumerate() {
            self.recording(&format!("{path}.recordings[{index}]"), recording);
        }
        if let Some(library) = &work.library {
            self.required(&format!("{path}.library.name"), &library.name, 60, Characters::Title);
            self.name(&format!("{path}.library.album"), &library.album, 15);
        }
        for (index, reference) in work.references.iter().enumerate() {
            let path = format!("{path}.references[{index}]");
            self.name(&format!("{path}.identifier"), &reference.identifier, 14);
            self.society(&format!("{path}.society"), Some(reference.society));
        }
    }

    fn chain(&mut self, path: &str, chain: &Chain) {
        if chain.links.is_empty() || chain.links.len() > 99 {
            self.fault(
                &format!("{path}.links"),
                "there is none, or there are too many",
                "begin with the original publisher",
            );
        }
        let publishers = &self.registration.publishers;
        for (index, link) in chain.links.iter().enumerate() {
            let path = format!("{path}.links[{index}]");
            let known = link.publisher.and_then(|index| publishers.get(index));
            if link.publisher.is_some() && known.is_none() {
                self.fault(
                    &format!("{path}.publisher"),
                    "it is not in the list",
                    "give the position of one that is there",
                );
            }
            if chain.is_controlled && link.publisher.is_none() {
                self.fault(
                    &format!("{path}.publisher"),
                    "nobody is named",
                    "name the publishers of the chains that you control",
                );
            }
            if link.role.is_first() != (index == 0) {
                let remedy = "begin with the original publisher, and go on with administrators and sub-publishers";
                self.fault(&format!("{path}.role"), "it does not stand at its place in the chain", remedy);
            }
            let is_performed = link.shares.performing_ppm > 0;
            if chain.is_controlled && is_performed && known.is_some_and(|known| known.societies.performing.is_none()) {
                let remedy = "say which society the publisher is a member of for performing rights";
                self.fault(&format!("{path}.publisher"), "it owns performing rights, and no society is named", remedy);
            }
            self.shares(&format!("{path}.shares"), link.shares);
            self.collections(&path, &link.collections);
            self.agreement(&path, link.agreement.as_ref());
        }
    }

    fn writer(&mut self, path: &str, work: &Work, writer: &Writer) {
        self.party(path, writer.ipi_name_number.as_deref(), writer.ipi_base_number.as_deref());
        self.societies(path, writer.societies);
        self.shares(&format!("{path}.shares"), writer.shares);
        self.collections(path, &writer.collections);
        self.optional(&format!("{path}.first_name"), &writer.first_name, 30, Characters::Name);
        if writer.is_controlled {
            self.name(&format!("{path}.id"), &writer.id, 9);
            self.name(&format!("{path}.last_name"), &writer.last_name, 45);
            if writer.ipi_name_number.is_none() {
                let remedy = "ask the writer, whose society has given it";
                self.fault(&format!("{path}.ipi_name_number"), "a writer whom you control must have one", remedy);
            }
            if writer.societies.performing.is_none() {
                let remedy = "say which society they are a member of, or 99 for none";
                self.fault(&format!("{path}.societies.performing"), "a writer whom you control must have one", remedy);
            }
            if writer.publishers.is_empty() && work.chains.iter().any(|chain| chain.is_controlled) {
                let remedy = "say which chain publishes them, or that you do not control them";
                self.fault(&format!("{path}.publishers"), "nobody publishes a writer whom you control", remedy);
            }
        } else {
            self.optional(&format!("{path}.id"), &writer.id, 9, Characters::Name);
            self.optional(&format!("{path}.last_name"), &writer.last_name, 45, Characters::Name);
            if !writer.publishers.is_empty() {
                let remedy = "leave the publishers out, for others tell of them";
                self.fault(
                    &format!("{path}.publishers"),
                    "somebody publishes a writer whom you do not control",
                    remedy,
                );
            }
        }
        for (index, publishing) in writer.publishers.iter().enumerate() {
            let path = format!("{path}.publishers[{index}]");
            if !work.chains.get(publishing.chain).is_some_and(|chain| chain.is_controlled) {
                let remedy = "give the position of a chain that you control";
                self.fault(&format!("{path}.chain"), "it is not in the list, or you do not control it", remedy);
            }
            self.agreement(&path, publishing.agreement.as_ref());
        }
    }

    fn recording(&mut self, path: &str, recording: &Recording) {
        self.identifier::<Isrc>(&format!("{path}.isrc"), recording.isrc.as_deref());
        self.duration(&format!("{path}.duration_s"), recording.duration_s);
        self.optional(&format!("{path}.id"), &recording.id, 14, Characters::Name);
        for (field, text) in [
            ("title", &recording.title),
            ("version_title", &recording.version_title),
            ("display_artist", &recording.display_artist),
            ("label", &recording.label),
        ] {
            self.optional(&format!("{path}.{field}"), text, 60, Characters::Title);
        }
    }

    fn party(&mut self, path: &str, name_number: Option<&str>, base_number: Option<&str>) {
        self.identifier::<IpiNameNumber>(&format!("{path}.ipi_name_number"), name_number);
        self.identifier::<IpiBaseNumber>(&format!("{path}.ipi_base_number"), base_number);
    }

    fn agreement(&mut self, path: &str, agreement: Option<&Agreement>) {
        let Some(Agreement { number, society_number, .. }) = agreement else { return };
        for (field, text) in [("number", number), ("society_number", society_number)] {
            let text = text.as_deref().unwrap_or_default();
            self.optional(&format!("{path}.agreement.{field}"), text, 14, Characters::Name);
        }
    }

    fn collections(&mut self, path: &str, collections: &[Collection]) {
        for (index, Collection { territory, shares, .. }) in collections.iter().enumerate() {
            let path = format!("{path}.collections[{index}]");
            if !((1..1000).contains(territory) || GROUPS.contains(territory)) {
                let remedy = "write a country as its number of ISO 3166-1, such as 276, and the world as 2136";
                self.fault(&format!("{path}.territory"), "it is no number of a territory", remedy);
            }
            self.shares(&format!("{path}.shares"), *shares);
        }
    }

    fn shares(&mut self, field: &str, shares: Shares) {
        let Shares { performing_ppm, mechanical_ppm, synchronisation_ppm } = shares;
        if performing_ppm.max(mechanical_ppm).max(synchronisation_ppm) > 1_000_000 {
            self.fault(field, "one is more than 100 %", "correct it");
        }
    }

    fn societies(&mut self, path: &str, societies: Societies) {
        self.society(&format!("{path}.societies.performing"), societies.performing);
        self.society(&format!("{path}.societies.mechanical"), societies.mechanical);
        self.society(&format!("{path}.societies.synchronisation"), societies.synchronisation);
    }

    fn society(&mut self, field: &str, society: Option<u16>) {
        if society.is_some_and(|society| !(1..1000).contains(&society)) {
            self.fault(field, "it is no number of a society", "write CISAC's number of it, such as 10 for ASCAP");
        }
    }

    fn duration(&mut self, field: &str, seconds: Option<u32>) {
        if seconds.is_some_and(|seconds| seconds >= MAX_DURATION_S) {
            self.fault(field, "it is 100 hours or more", "write seconds");
        }
    }

    fn identifier<T: FromStr<Err = IdentifierError>>(&mut self, field: &str, text: Option<&str>) {
        self.faults.extend(Fault::of_identifier::<T>(field, text));
    }

    fn title(&mut self, field: &str, text: &str) {
        self.required(field, text, 60, Characters::Title);
    }

    fn name(&mut self, field: &str, text: &str, width: usize) {
        self.required(field, text, width, Characters::Name);
    }

    fn required(&mut self, field: &str, text: &str, width: usize, characters: Characters) {
        // A text of accents alone is none.
        if folded(text, characters).is_ok_and(|folded| folded.is_empty()) {
            self.fault(field, "it is empty", "the file must say it");
        }
        self.optional(field, text, width, characters);
    }

    fn optional(&mut self, field: &str, text: &str, width: usize, characters: Characters) {
        match folded(text, characters) {
            Ok(folded) if folded.len() > width => {
                self.fault(field, &format!("it is longer than {width} characters"), "shorten it");
            }
            Ok(_) => {}
            Err(c) => {
                let remedy = "write it in Latin letters, without the character";
                self.fault(field, &format!("the standard has no {c:?} here"), remedy);
            }
        }
    }
}
