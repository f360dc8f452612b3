//! What the standard does not take.

use std::{collections::HashSet, str::FromStr};

use super::{Artist, Contributor, Deal, File, Messenger, NewRelease, Owned, Release, Territories, Track};
use crate::{
    ddex::is_language_tag,
    fault::Fault,
    identifiers::{Dpid, Ean, IdentifierError, IpiNameNumber, Ipn, Isni, Isrc, Iswc, plain},
    places::is_country,
};

/// Every fault of a message.
pub(super) fn faults(message: &NewRelease) -> Vec<Fault> {
    let mut check = Check { message, faults: Vec::new() };
    check.header();
    check.parties();
    check.release(&message.release);
    if message.tracks.is_empty() {
        check.fault("tracks", "there is none", "a release has at least one recording");
    }
    let mut codes = HashSet::new();
    for (index, track) in message.tracks.iter().enumerate() {
        let path = format!("tracks[{index}]");
        check.track(&path, track);
        if !codes.insert(plain::<Isrc>(&track.isrc)) {
            check.fault(&format!("{path}.isrc"), "another track has it", "give each recording a code of its own");
        }
    }
    if let Some(cover) = &message.cover {
        check.said("cover.id", &cover.id);
        check.file("cover.file", cover.file.as_ref());
    }
    for (index, deal) in message.deals.iter().enumerate() {
        check.deal(&format!("deals[{index}]"), deal);
    }
    check.faults
}

struct Check<'a> {
    message: &'a NewRelease,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, field: &str, problem: &str, remedy: &str) {
        self.faults.push(Fault::new(field, problem, remedy));
    }

    fn header(&mut self) {
        let NewRelease { header, language, namespace, .. } = self.message;
        self.said("header.message_id", &header.message_id);
        self.said("namespace", namespace);
        self.messenger("header.sender", &header.sender);
        for (index, recipient) in header.recipients.iter().enumerate() {
            self.messenger(&format!("header.recipients[{index}]"), recipient);
        }
        if header.recipients.is_empty() {
            self.fault("header.recipients", "there is none", "name whom the message goes to");
        }
        if !is_language_tag(language) {
            self.fault("language", "it is not the tag of a language", "write it as en or pt-BR");
        }
    }

    fn messenger(&mut self, path: &str, messenger: &Messenger) {
        self.said(&format!("{path}.name"), &messenger.name);
        if let Err(problem) = messenger.dpid.parse::<Dpid>() {
            self.fault(&format!("{path}.dpid"), &problem.to_string(), "ask DDEX for one, which is free");
        }
    }

    fn parties(&mut self) {
        for (index, party) in self.message.parties.iter().enumerate() {
            let path = format!("parties[{index}]");
            self.said(&format!("{path}.id"), &party.id);
            self.said(&format!("{path}.name"), &party.name);
            self.identifier::<Isni>(&format!("{path}.isni"), party.isni.as_deref());
            self.identifier::<Dpid>(&format!("{path}.dpid"), party.dpid.as_deref());
            self.identifier::<IpiNameNumber>(&format!("{path}.ipi_name_number"), party.ipi_name_number.as_deref());
            self.identifier::<Ipn>(&format!("{path}.ipn"), party.ipn.as_deref());
        }
    }

    fn release(&mut self, release: &Release) {
        self.said("release.id", &release.id);
        self.said("release.title", &release.title);
        self.said("release.artist_name", &release.artist_name);
        self.said("release.genre", &release.genre);
        if let Err(problem) = release.ean.parse::<Ean>() {
            self.fault("release.ean", &problem.to_string(), "ask the distributor or GS1 for one");
        }
        self.artists("release.artists", &release.artists);
        self.known("release.label", release.label);
        self.owned("release.recordings_owned", &release.recordings_owned);
        self.owned("release.artwork_owned", &release.artwork_owned);
        if release.first_released_on.zip(release.released_on).is_some_and(|(first, this)| first > this) {
            self.fault("release.first_released_on", "it is after the release", "exchange the dates");
        }
    }

    fn track(&mut self, path: &str, track: &Track) {
        self.said(&format!("{path}.id"), &track.id);
        self.said(&format!("{path}.title"), &track.title);
        self.said(&format!("{path}.artist_name"), &track.artist_name);
        if let Err(problem) = track.isrc.parse::<Isrc>() {
            self.fault(&format!("{path}.isrc"), &problem.to_string(), "give the recording an ISRC first");
        }
        self.identifier::<Iswc>(&format!("{path}.iswc"), track.iswc.as_deref());
        if track.duration_ms == 0 {
            self.fault(&format!("{path}.duration_ms"), "it is nothing", "say how long the recording is");
        }
        if track.language.as_ref().is_some_and(|language| !is_language_tag(language)) {
            self.fault(&format!("{path}.language"), "it is not the tag of a language", "write it as en or pt-BR");
        }
        self.artists(&format!("{path}.artists"), &track.artists);
        for (index, Contributor { party, roles }) in track.contributors.iter().enumerate() {
            let path = format!("{path}.contributors[{index}]");
            self.known(&format!("{path}.party"), *party);
            if roles.is_empty() {
                self.fault(&format!("{path}.roles"), "there is none", "say what they did");
            }
        }
        self.owned(&format!("{path}.owned"), &track.owned);
        self.file(&format!("{path}.file"), track.file.as_ref().map(|audio| &audio.file));
    }

    fn deal(&mut self, path: &str, deal: &Deal) {
        if let Territories::Only(codes) | Territories::Except(codes) = &deal.territories
            && (codes.is_empty() || codes.iter().any(|code| !is_country(code)))
        {
            let remedy = "write two capital letters for each country, such as GB";
            self.fault(&format!("{path}.territories"), "there is none, or one is no code of ISO 3166-1", remedy);
        }
        if deal.end.is_some_and(|end| end <= deal.start) {
            self.fault(&format!("{path}.end"), "it is not after the start", "correct it, or leave it out");
        }
        if deal.models.is_empty() {
            self.fault(&format!("{path}.models"), "there is none", "say how listeners pay");
        }
        if deal.uses.is_empty() {
            self.fault(&format!("{path}.uses"), "there is none", "say what listeners may do");
        }
    }

    fn artists(&mut self, field: &str, artists: &[Artist]) {
        if !artists.iter().any(|artist| !artist.is_featured) {
            self.fault(field, "there is none but guests", "name whose it is");
        }
        for (index, artist) in artists.iter().enumerate() {
            self.known(&format!("{field}[{index}].party"), artist.party);
        }
    }

    fn owned(&mut self, path: &str, owned: &Owned) {
        self.said(&format!("{path}.owner"), &owned.owner);
        if !(1877..=9999).contains(&owned.year) {
            self.fault(&format!("{path}.year"), "nothing was recorded then", "write the year of the first release");
        }
    }

    fn file(&mut self, path: &str, file: Option<&File>) {
        let Some(File { uri, sha256 }) = file else { return };
        self.said(&format!("{path}.uri"), uri);
        let is_sum = |sum: &String| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit());
        if sha256.as_ref().is_some_and(|sum| !is_sum(sum)) {
            self.fault(&format!("{path}.sha256"), "it is not 64 hexadecimal digits", "correct it, or leave it out");
        }
    }

    fn identifier<T: FromStr<Err = IdentifierError>>(&mut self, field: &str, text: Option<&str>) {
        self.faults.extend(Fault::of_identifier::<T>(field, text));
    }

    /// A text that must be there.
    fn said(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.fault(field, "it is empty", "the message must say it");
        }
    }

    /// A position in the list of parties.
    fn known(&mut self, field: &str, party: usize) {
        if party >= self.message.parties.len() {
            let problem = format!("there is no number {party} in the list");
            self.fault(field, &problem, "give the position of one that is there");
        }
    }
}
