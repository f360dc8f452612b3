//! Messages that were checked, written element by element in the schema's order.

use chrono::NaiveDate;

use super::{
    Component, Contributor, Equipment, Header, Messenger, Notification, Party, Project, Recording, Sample, Session,
    Version, Work,
    roles::{USER_DEFINED, instrument},
};
use crate::{
    ddex::{VALUES, anchor, day, decimal, duration, instant, truth},
    identifiers::{Dpid, IpiNameNumber, Ipn, Isni, Isrc, Iswc, plain},
    xml::Xml,
};

pub(super) fn message(notification: &Notification, version: Version) -> String {
    let (namespace, schema) = match version {
        Version::V20 => ("http://ddex.net/xml/rin/20", "rin/20"),
        Version::V21 => ("http://ddex.net/xml/rin/21", "rin/21"),
    };
    let mut writer = Writer { xml: Xml::new(), namespace: &notification.namespace };
    let root = [
        ("xmlns:rin", namespace),
        ("SchemaVersionId", schema),
        ("AvsVersionId", VALUES),
        ("LanguageAndScriptCode", notification.language.as_str()),
    ];
    writer.xml.open("rin:RecordingInformationNotification", &root);
    writer.header(&notification.header);
    for comment in &notification.comments {
        writer.xml.text("Comment", &[], comment);
    }
    writer.list("PartyList", &notification.parties, Writer::party);
    writer.list("MusicalWorkList", &notification.works, Writer::work);
    writer.list("ResourceList", &notification.recordings, Writer::recording);
    writer.list("RecordingComponentList", &notification.components, Writer::component);
    writer.list("ProjectList", &notification.projects, Writer::project);
    writer.list("SessionList", &notification.sessions, Writer::session);
    writer.list("EquipmentList", &notification.equipment, Writer::equipment);
    writer.xml.finish()
}

struct Writer<'a> {
    xml: Xml,
    namespace: &'a str,
}

impl Writer<'_> {
    /// A list, if there is anything in it.
    fn list<T>(&mut self, name: &'static str, items: &[T], item: fn(&mut Self, &T, usize)) {
        if items.is_empty() {
            return;
        }
        self.xml.open(name, &[]);
        for (index, one) in items.iter().enumerate() {
            item(self, one, index);
        }
        self.xml.close();
    }

    fn header(&mut self, header: &Header) {
        self.xml.open("MessageHeader", &[]);
        self.xml.maybe("MessageThreadId", header.thread_id.as_deref());
        self.xml.text("MessageId", &[], &header.message_id);
        self.xml.text("RinProcessor", &[], &header.program.0);
        self.xml.text("RinProcessorVersionid", &[], &header.program.1);
        self.messenger("MessageSender", &header.sender);
        for recipient in &header.recipients {
            self.messenger("MessageRecipient", recipient);
        }
        self.xml.text("MessageCreatedDateTime", &[], &instant(header.created_at));
        let control = if header.is_test { "TestMessage" } else { "LiveMessage" };
        self.xml.text("MessageControlType", &[], control);
        self.xml.close();
    }

    fn messenger(&mut self, name: &'static str, messenger: &Messenger) {
        self.xml.open(name, &[]);
        self.xml.text("PartyId", &[], &plain::<Dpid>(&messenger.dpid));
        self.xml.open("PartyName", &[]);
        self.xml.text("FullName", &[], &messenger.name);
        self.xml.close();
        self.xml.close();
    }

    fn party(&mut self, party: &Party, index: usize) {
        self.xml.open("Party", &[]);
        self.xml.open("PartyId", &[]);
        self.xml.maybe("ISNI", party.isni.as_deref().map(plain::<Isni>).as_deref());
        self.xml.maybe("IpiNameNumber", party.ipi_name_number.as_deref().map(plain::<IpiNameNumber>).as_deref());
        self.xml.maybe("IPN", party.ipn.as_deref().map(plain::<Ipn>).as_deref());
        self.own_id(&party.id);
        self.xml.close();
        self.xml.text("PartyReference", &[], &anchor('P', index));
        self.party_name(&party.name, &[]);
        if let Some(legal) = &party.legal_name {
            self.party_name(legal, &[("IsLegalName", "true")]);
        }
        self.xml.text("IsOrganization", &[], truth(party.is_organization));
        self.xml.close();
    }

    fn party_name(&mut self, name: &str, attributes: &[(&'static str, &str)]) {
        self.xml.open("PartyName", attributes);
        self.xml.text("FullName", &[], name);
        self.xml.close();
    }

    fn work(&mut self, work: &Work, index: usize) {
        self.xml.open("MusicalWork", &[]);
        self.xml.open("MusicalWorkId", &[]);
        self.xml.maybe("ISWC", work.iswc.as_deref().map(plain::<Iswc>).as_deref());
        self.own_id(&work.id);
        self.xml.close();
        self.xml.text("MusicalWorkReference", &[], &anchor('W', index));
        self.title(&work.title);
        self.date("CreationDate", work.created_on);
        self.xml.maybe("Comment", work.comment.as_deref());
        for (number, contributor) in (1..).zip(&work.contributors) {
            self.xml.open("Contributor", &[("SequenceNumber", &number_text(number))]);
            self.xml.text("MusicalWorkContributorReference", &[], &anchor('P', contributor.party));
            for role in &contributor.roles {
                self.value("Role", role.value());
            }
            self.xml.maybe("RightSharePercentage", contributor.share_ppm.map(|ppm| decimal(ppm, 4)).as_deref());
            self.xml.close();
        }
        self.xml.close();
    }

    fn recording(&mut self, recording: &Recording, index: usize) {
        self.xml.open("SoundRecording", &[]);
        self.xml.text("Type", &[], "MusicalWorkSoundRecording");
        self.xml.text("DisplayArtistName", &[("IsDefault", "true")], &recording.artist_name);
        for (number, artist) in (1..).zip(&recording.artists) {
            self.xml.open("DisplayArtist", &[("SequenceNumber", &number_text(number))]);
            self.xml.text("PartyReference", &[], &anchor('P', *artist));
            self.xml.text("ArtisticRole", &[], "Artist");
            self.xml.close();
        }
        self.xml.open("SoundRecordingId", &[]);
        self.xml.maybe("ISRC", recording.isrc.as_deref().map(plain::<Isrc>).as_deref());
        self.own_id(&recording.id);
        self.xml.close();
        self.xml.text("ResourceReference", &[], &anchor('A', index));
        self.title(&recording.title);
        self.xml.maybe("LanguageOfPerformance", recording.language.as_deref());
        self.xml.maybe("KeySignature", recording.key.as_deref());
        self.xml.maybe("TimeSignature", recording.meter.as_deref());
        self.xml.maybe("Tempo", recording.tempo.as_deref());
        self.xml.maybe("Duration", recording.duration_ms.map(duration).as_deref());
        self.genre(recording.genre.as_deref());
        self.xml.maybe("Comment", recording.comment.as_deref());
        self.references("SoundRecordingMusicalWorkReference", 'W', &recording.works);
        self.contributors("ContributorPartyReference", &recording.contributors);
        self.references("SoundRecordingProjectReference", 'J', &recording.projects);
        self.references("SoundRecordingSessionReference", 'O', &recording.sessions);
        self.references("SoundRecordingRecordingComponentReference", 'K', &recording.components);
        match recording.samples.as_deref() {
            None => {}
            Some([]) => self.xml.text("ContainsSamples", &[], "false"),
            Some(samples) => samples.iter().for_each(|sample| self.sample(sample)),
        }
        self.date("CreationDate", recording.created_on);
        self.xml.maybe("TerritoryOfFixation", recording.territory.as_deref());
        self.date("MasteredDate", recording.mastered_on);
        self.xml.close();
    }

    fn sample(&mut self, sample: &Sample) {
        self.xml.open("SampledSoundRecording", &[]);
        self.xml.maybe("ISRC", sample.isrc.as_deref().map(plain::<Isrc>).as_deref());
        if let Some(title) = &sample.title {
            self.title(title);
        }
        self.xml.maybe("DisplayArtistName", sample.artist_name.as_deref());
        self.xml.maybe("AdditionalInformation", sample.note.as_deref());
        self.xml.close();
    }

    fn component(&mut self, component: &Component, index: usize) {
        self.xml.open("RecordingComponent", &[]);
        self.xml.open("RecordingComponentId", &[]);
        self.own_id(&component.id);
        self.xml.close();
        self.xml.text("RecordingComponentReference", &[], &anchor('K', index));
        self.xml.text("SequenceNumber", &[], &component.number);
        self.xml.text("Title", &[], &component.title);
        self.xml.text("DisplayArtistName", &[("IsDefault", "true")], &component.artist_name);
        self.xml.maybe("Comment", component.comment.as_deref());
        self.contributors("RecordingComponentContributorReference", &component.contributors);
        self.references("RecordingComponentEquipmentReference", 'I', &component.equipment);
        self.date("CreationDate", component.created_on);
        self.xml.close();
    }

    fn project(&mut self, project: &Project, index: usize) {
        self.xml.open("Project", &[]);
        self.xml.open("ProjectId", &[]);
        self.own_id(&project.id);
        self.xml.close();
        self.xml.text("ProjectReference", &[], &anchor('J', index));
        self.xml.maybe("ProjectArtist", project.artist_name.as_deref());
        self.xml.text("ProjectName", &[], &project.name);
        self.genre(project.genre.as_deref());
        self.date("CreationDate", project.created_on);
        self.xml.maybe("Comment", project.comment.as_deref());
        // Here somebody has one role: whoever had several is named several times.
        let roles = project.contributors.iter().flat_map(|one| one.roles.iter().map(move |role| (one, role)));
        for (number, (contributor, role)) in (1..).zip(roles) {
            self.xml.open("Contributor", &[("SequenceNumber", &number_text(number))]);
            self.xml.text("ProjectContributorReference", &[], &anchor('P', contributor.party));
            self.value("Role", role.value());
            self.flags(contributor);
            self.xml.close();
        }
        self.xml.close();
    }

    fn session(&mut self, session: &Session, index: usize) {
        self.xml.open("Session", &[]);
        self.xml.open("SessionId", &[]);
        self.own_id(&session.id);
        self.xml.close();
        self.xml.text("SessionReference", &[], &anchor('O', index));
        self.xml.text("SessionType", &[], session.kind.value());
        self.xml.maybe("StartDateTime", session.start.map(instant).as_deref());
        self.xml.maybe("EndDateTime", session.end.map(instant).as_deref());
        if let Some(venue) = &session.venue {
            self.xml.open("Venue", &[]);
            self.xml.maybe("VenueName", venue.name.as_deref());
            self.xml.maybe("VenueAddress", venue.address.as_deref());
            self.xml.maybe("TerritoryCode", venue.territory.as_deref());
            self.xml.maybe("VenueRoom", venue.room.as_deref());
            self.xml.close();
        }
        self.xml.maybe("IsUnionSession", session.is_union.map(truth));
        self.xml.maybe("BitDepth", session.bit_depth.map(|bits| bits.to_string()).as_deref());
        // In kilohertz.
        self.xml.maybe("SamplingRate", session.sample_rate_hz.map(|rate| decimal(rate, 3)).as_deref());
        self.xml.maybe("Comment", session.comment.as_deref());
        self.contributors("SessionContributorReference", &session.contributors);
        self.references("SessionProjectReference", 'J', &session.projects);
        self.references("SessionEquipmentReference", 'I', &session.equipment);
        self.references("SessionSoundRecordingReference", 'A', &session.recordings);
        self.references("SessionRecordingComponentReference", 'K', &session.components);
        self.xml.close();
    }

    fn equipment(&mut self, equipment: &Equipment, index: usize) {
        self.xml.open("Equipment", &[]);
        self.xml.open("EquipmentId", &[]);
        self.own_id(&equipment.id);
        self.xml.close();
        self.xml.text("EquipmentReference", &[], &anchor('I', index));
        self.xml.text("EquipmentType", &[], equipment.kind.value());
        self.xml.text("EquipmentName", &[], &equipment.name);
        // DDEX has no lists of makers and models: each is the sender's own value.
        for (name, own) in [("ManufacturerName", &equipment.manufacturer), ("ModelName", &equipment.model)] {
            if let Some(own) = own {
                self.value(name, (USER_DEFINED, Some(own.as_str())));
            }
        }
        self.xml.maybe("SerialNumber", equipment.serial_number.as_deref());
        self.xml.maybe("Comment", equipment.comment.as_deref());
        self.xml.close();
    }

    fn contributors(&mut self, reference: &'static str, contributors: &[Contributor]) {
        for (number, contributor) in (1..).zip(contributors) {
            self.xml.open("Contributor", &[("SequenceNumber", &number_text(number))]);
            self.xml.text(reference, &[], &anchor('P', contributor.party));
            for role in &contributor.roles {
                self.value("Role", role.value());
            }
            for name in &contributor.instruments {
                self.value("InstrumentType", instrument(name));
            }
            self.references("ContributorEquipmentReference", 'I', &contributor.equipment);
            self.flags(contributor);
            self.xml.close();
        }
    }

    fn flags(&mut self, contributor: &Contributor) {
        self.xml.maybe("HasMadeFeaturedContribution", contributor.is_featured.map(truth));
        self.xml.maybe("IsCreditedArtist", contributor.is_credited.map(truth));
    }

    fn references(&mut self, name: &'static str, kind: char, indexes: &[usize]) {
        for index in indexes {
            self.xml.text(name, &[], &anchor(kind, *index));
        }
    }

    fn own_id(&mut self, id: &str) {
        self.xml.text("ProprietaryId", &[("Namespace", self.namespace)], id);
    }

    /// An allowed value, and what the sender says if it is none.
    fn value(&mut self, name: &'static str, (value, own): (&str, Option<&str>)) {
        match own {
            Some(own) => self.xml.text(name, &[("Namespace", self.namespace), ("UserDefinedValue", own)], value),
            None => self.xml.text(name, &[], value),
        }
    }

    fn title(&mut self, title: &str) {
        self.xml.open("Title", &[]);
        self.xml.text("TitleText", &[], title);
        self.xml.close();
    }

    fn genre(&mut self, genre: Option<&str>) {
        if let Some(genre) = genre {
            self.xml.open("Genre", &[]);
            self.xml.text("GenreText", &[], genre);
            self.xml.close();
        }
    }

    fn date(&mut self, name: &'static str, date: Option<NaiveDate>) {
        self.xml.maybe(name, date.map(day).as_deref());
    }
}

fn number_text(number: u32) -> String {
    number.to_string()
}
