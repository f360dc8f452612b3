//! What the standard does not take.

use std::str::FromStr;

use super::{Contributor, Messenger, Notification, Recording, Sample, Session};
use crate::{
    ddex::is_language_tag,
    fault::Fault,
    identifiers::{Dpid, IdentifierError, IpiNameNumber, Ipn, Isni, Isrc, Iswc},
    places::{is_country, is_language},
};

/// Every fault of a message.
pub(super) fn faults(message: &Notification) -> Vec<Fault> {
    let mut check = Check { message, faults: Vec::new() };
    check.header();
    check.parties_and_works();
    for (index, recording) in message.recordings.iter().enumerate() {
        check.recording(&format!("recordings[{index}]"), recording);
    }
    for (index, component) in message.components.iter().enumerate() {
        let path = format!("components[{index}]");
        check.said(&path, &[("id", &component.id), ("number", &component.number), ("title", &component.title)]);
        check.said(&path, &[("artist_name", &component.artist_name)]);
        check.contributors(&path, &component.contributors);
        check.known(&path, "equipment", &component.equipment, message.equipment.len());
    }
    for (index, project) in message.projects.iter().enumerate() {
        let path = format!("projects[{index}]");
        check.said(&path, &[("id", &project.id), ("name", &project.name)]);
        check.contributors(&path, &project.contributors);
    }
    for (index, session) in message.sessions.iter().enumerate() {
        check.session(&format!("sessions[{index}]"), session);
    }
    for (index, equipment) in message.equipment.iter().enumerate() {
        check.said(&format!("equipment[{index}]"), &[("id", &equipment.id), ("name", &equipment.name)]);
    }
    check.faults
}

struct Check<'a> {
    message: &'a Notification,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, path: &str, field: &str, problem: &str, remedy: &str) {
        let field = if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
        self.faults.push(Fault::new(field, problem, remedy));
    }

    fn header(&mut self) {
        let header = &self.message.header;
        self.said("header", &[("message_id", &header.message_id)]);
        self.said("", &[("namespace", &self.message.namespace)]);
        self.messenger("header.sender", &header.sender);
        for (index, recipient) in header.recipients.iter().enumerate() {
            self.messenger(&format!("header.recipients[{index}]"), recipient);
        }
        if header.recipients.is_empty() {
            self.fault("header", "recipients", "there is none", "name whom the message goes to, or its sender again");
        }
        if !is_language_tag(&self.message.language) {
            self.fault("", "language", "it is not the tag of a language", "write it as en or pt-BR");
        }
    }

    fn messenger(&mut self, path: &str, messenger: &Messenger) {
        self.said(path, &[("name", &messenger.name)]);
        if let Err(problem) = messenger.dpid.parse::<Dpid>() {
            self.fault(path, "dpid", &problem.to_string(), "ask DDEX for one, which is free");
        }
    }

    fn parties_and_works(&mut self) {
        for (index, party) in self.message.parties.iter().enumerate() {
            let path = format!("parties[{index}]");
            self.said(&path, &[("id", &party.id), ("name", &party.name)]);
            self.identifier::<Isni>(&path, "isni", party.isni.as_deref());
            self.identifier::<IpiNameNumber>(&path, "ipi_name_number", party.ipi_name_number.as_deref());
            self.identifier::<Ipn>(&path, "ipn", party.ipn.as_deref());
        }
        for (index, work) in self.message.works.iter().enumerate() {
            let path = format!("works[{index}]");
            self.said(&path, &[("id", &work.id), ("title", &work.title)]);
            self.identifier::<Iswc>(&path, "iswc", work.iswc.as_deref());
            for (number, contributor) in work.contributors.iter().enumerate() {
                let path = format!("{path}.contributors[{number}]");
                self.known(&path, "party", &[contributor.party], self.message.parties.len());
            }
            let total: u64 = work.contributors.iter().filter_map(|one| one.share_ppm).map(u64::from).sum();
            if total > 1_000_000 {
                self.fault(&path, "contributors", "their shares are more than 100 % together", "correct the shares");
            }
        }
    }

    fn recording(&mut self, path: &str, recording: &Recording) {
        let message = self.message;
        self.said(path, &[("id", &recording.id), ("title", &recording.title), ("artist_name", &recording.artist_name)]);
        self.identifier::<Isrc>(path, "isrc", recording.isrc.as_deref());
        if recording.works.is_empty() {
            self.fault(path, "works", "there is none", "say of which work it is a recording");
        }
        if recording.language.as_ref().is_some_and(|code| !is_language(code)) {
            self.fault(path, "language", "it is not a code of ISO 639-1", "write two small letters, such as en");
        }
        self.territory(path, recording.territory.as_deref());
        self.known(path, "artists", &recording.artists, message.parties.len());
        self.known(path, "works", &recording.works, message.works.len());
        self.known(path, "projects", &recording.projects, message.projects.len());
        self.known(path, "sessions", &recording.sessions, message.sessions.len());
        self.known(path, "components", &recording.components, message.components.len());
        self.contributors(path, &recording.contributors);
        for (index, sample) in recording.samples.iter().flatten().enumerate() {
            let path = format!("{path}.samples[{index}]");
            self.identifier::<Isrc>(&path, "isrc", sample.isrc.as_deref());
            if *sample == Sample::default() {
                self.fault(&path, "title", "nothing is said of the sample", "name at least what it was taken from");
            }
        }
    }

    fn session(&mut self, path: &str, session: &Session) {
        let message = self.message;
        self.said(path, &[("id", &session.id)]);
        if session.end.zip(session.start).is_some_and(|(end, start)| end < start) {
            self.fault(path, "end", "it is before the start", "exchange them");
        }
        self.territory(path, session.venue.as_ref().and_then(|venue| venue.territory.as_deref()));
        self.contributors(path, &session.contributors);
        self.known(path, "projects", &session.projects, message.projects.len());
        self.known(path, "equipment", &session.equipment, message.equipment.len());
        self.known(path, "recordings", &session.recordings, message.recordings.len());
        self.known(path, "components", &session.components, message.components.len());
    }

    fn contributors(&mut self, path: &str, contributors: &[Contributor]) {
        for (index, contributor) in contributors.iter().enumerate() {
            let path = format!("{path}.contributors[{index}]");
            self.known(&path, "party", &[contributor.party], self.message.parties.len());
            self.known(&path, "equipment", &contributor.equipment, self.message.equipment.len());
            if contributor.roles.is_empty() {
                self.fault(&path, "roles", "there is none", "say what they did");
            }
        }
    }

    fn identifier<T: FromStr<Err = IdentifierError>>(&mut self, path: &str, field: &str, text: Option<&str>) {
        self.faults.extend(Fault::of_identifier::<T>(format!("{path}.{field}"), text));
    }

    fn territory(&mut self, path: &str, territory: Option<&str>) {
        if territory.is_some_and(|code| !is_country(code)) {
            self.fault(
                path,
                "territory",
                "it is not a code of ISO 3166-1",
                "write its two capital letters, such as GB",
            );
        }
    }

    /// Texts that must be there.
    fn said(&mut self, path: &str, texts: &[(&str, &String)]) {
        for (field, text) in texts {
            if text.trim().is_empty() {
                self.fault(path, field, "it is empty", "the message must say it");
            }
        }
    }

    /// Positions in a list of so many.
    fn known(&mut self, path: &str, field: &str, indexes: &[usize], count: usize) {
        if let Some(index) = indexes.iter().find(|index| **index >= count) {
            self.fault(
                path,
                field,
                &format!("there is no number {index} in the list"),
                "give the position of one that is there",
            );
        }
    }
}
