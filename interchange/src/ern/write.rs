//! Messages that were checked, written element by element in the schema's order.

use super::{
    Artist, Audio, CommercialModel, Cover, Deal, File, Header, Messenger, NewRelease, Owned, Party, Release,
    ReleaseKind, Territories, Track, Use, Warning,
};
use crate::{
    ddex::{VALUES, anchor, day, duration, instant},
    identifiers::{Dpid, Ean, IpiNameNumber, Ipn, Isni, Isrc, Iswc, plain},
    xml::Xml,
};

/// The anchor of the release; those of its tracks are numbered from 1.
const RELEASE: &str = "R0";
/// What is said everywhere, and if nothing else is said.
const EVERYWHERE: [(&str, &str); 2] = [("ApplicableTerritoryCode", "Worldwide"), ("IsDefault", "true")];

pub(super) fn message(message: &NewRelease) -> String {
    let mut writer = Writer { xml: Xml::new(), message };
    let root = [
        ("xmlns:ern", "http://ddex.net/xml/ern/43"),
        ("ReleaseProfileVersionId", "Audio"),
        ("AvsVersionId", VALUES),
        ("LanguageAndScriptCode", message.language.as_str()),
    ];
    writer.xml.open("ern:NewReleaseMessage", &root);
    writer.header(&message.header);
    writer.xml.open("PartyList", &[]);
    for (index, party) in message.parties.iter().enumerate() {
        writer.party(party, index);
    }
    writer.xml.close();
    writer.xml.open("ResourceList", &[]);
    for (index, track) in message.tracks.iter().enumerate() {
        writer.sound_recording(track, index);
    }
    if let Some(cover) = &message.cover {
        writer.image(cover, message.tracks.len());
    }
    writer.xml.close();
    writer.xml.open("ReleaseList", &[]);
    writer.release(&message.release);
    for (index, track) in message.tracks.iter().enumerate() {
        writer.track_release(track, index);
    }
    writer.xml.close();
    writer.deals();
    writer.xml.finish()
}

struct Writer<'a> {
    xml: Xml,
    message: &'a NewRelease,
}

impl Writer<'_> {
    fn header(&mut self, header: &Header) {
        self.xml.open("MessageHeader", &[]);
        self.xml.maybe("MessageThreadId", header.thread_id.as_deref());
        self.xml.text("MessageId", &[], &header.message_id);
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
        self.xml.text("PartyReference", &[], &anchor('P', index));
        self.xml.open("PartyName", &[]);
        self.xml.text("FullName", &[], &party.name);
        self.xml.close();
        self.xml.open("PartyId", &[]);
        self.xml.maybe("ISNI", party.isni.as_deref().map(plain::<Isni>).as_deref());
        self.xml.maybe("DPID", party.dpid.as_deref().map(plain::<Dpid>).as_deref());
        self.xml.maybe("IpiNameNumber", party.ipi_name_number.as_deref().map(plain::<IpiNameNumber>).as_deref());
        self.xml.maybe("IPN", party.ipn.as_deref().map(plain::<Ipn>).as_deref());
        self.own_id(&party.id);
        self.xml.close();
        self.xml.close();
    }

    fn sound_recording(&mut self, track: &Track, index: usize) {
        self.xml.open("SoundRecording", &[]);
        self.xml.text("ResourceReference", &[], &anchor('A', index));
        self.xml.text("Type", &[], "MusicalWorkSoundRecording");
        self.xml.open("SoundRecordingEdition", &[]);
        self.xml.open("ResourceId", &[]);
        self.xml.text("ISRC", &[], &plain::<Isrc>(&track.isrc));
        self.own_id(&track.id);
        self.xml.close();
        self.owned(["PLine", "PLineCompany", "PLineText"], "(P)", &track.owned);
        if let Some(audio) = &track.file {
            self.audio(audio, index);
        }
        self.xml.close();
        if let Some(iswc) = &track.iswc {
            self.xml.open("WorkId", &[]);
            self.xml.text("ISWC", &[], &plain::<Iswc>(iswc));
            self.xml.close();
        }
        self.titles(&track.title, track.version_title.as_deref());
        self.artists(&track.artist_name, &track.artists);
        for (number, contributor) in (1_u32..).zip(&track.contributors) {
            self.xml.open("Contributor", &[("SequenceNumber", &number.to_string())]);
            self.xml.text("ContributorPartyReference", &[], &anchor('P', contributor.party));
            for role in &contributor.roles {
                match role.value() {
                    (value, None) => self.xml.text("Role", &[], value),
                    (value, Some(own)) => {
                        let own = [("Namespace", self.message.namespace.as_str()), ("UserDefinedValue", own)];
                        self.xml.text("Role", &own, value);
                    }
                }
            }
            self.xml.close();
        }
        self.xml.text("Duration", &[], &duration(track.duration_ms));
        self.warning(track.warning);
        self.xml.maybe("LanguageOfPerformance", track.language.as_deref());
        self.xml.close();
    }

    fn audio(&mut self, audio: &Audio, index: usize) {
        self.xml.open("TechnicalDetails", &[]);
        self.xml.text("TechnicalResourceDetailsReference", &[], &anchor('T', index));
        self.xml.open("DeliveryFile", &[]);
        self.xml.text("Type", &[], "AudioFile");
        self.xml.maybe("NumberOfChannels", audio.channels.map(|channels| channels.to_string()).as_deref());
        self.xml.maybe("SamplingRate", audio.sample_rate_hz.map(|rate| rate.to_string()).as_deref());
        self.xml.maybe("BitsPerSample", audio.bit_depth.map(|bits| bits.to_string()).as_deref());
        self.file(&audio.file);
        self.xml.close();
        self.xml.close();
    }

    fn file(&mut self, file: &File) {
        self.xml.open("File", &[]);
        self.xml.text("URI", &[], &file.uri);
        if let Some(sha256) = &file.sha256 {
            self.xml.open("HashSum", &[]);
            self.xml.text("Algorithm", &[], "SHA-256");
            self.xml.text("DataType", &[], "HexBinary");
            self.xml.text("HashSumValue", &[], sha256);
            self.xml.close();
        }
        self.xml.close();
    }

    fn image(&mut self, cover: &Cover, index: usize) {
        self.xml.open("Image", &[]);
        self.xml.text("ResourceReference", &[], &anchor('A', index));
        self.xml.text("Type", &[], "FrontCoverImage");
        self.xml.open("ResourceId", &[]);
        self.own_id(&cover.id);
        self.xml.close();
        if cover.file.is_some() || cover.size.is_some() {
            self.xml.open("TechnicalDetails", &[]);
            self.xml.text("TechnicalResourceDetailsReference", &[], &anchor('T', index));
            if let Some((height, width)) = cover.size {
                self.xml.text("ImageHeight", &[], &height.to_string());
                self.xml.text("ImageWidth", &[], &width.to_string());
            }
            if let Some(file) = &cover.file {
                self.file(file);
            }
            self.xml.close();
        }
        self.xml.close();
    }

    fn release(&mut self, release: &Release) {
        self.xml.open("Release", &[]);
        self.xml.text("ReleaseReference", &[], RELEASE);
        let kind = match release.kind {
            ReleaseKind::Album => "Album",
            ReleaseKind::Ep => "EP",
            ReleaseKind::Single => "Single",
        };
        self.xml.text("ReleaseType", &[], kind);
        self.xml.open("ReleaseId", &[]);
        self.xml.text("ICPN", &[], &icpn(&release.ean));
        if let Some(number) = &release.catalogue_number {
            self.xml.text("CatalogNumber", &[("Namespace", self.message.namespace.as_str())], number);
        }
        self.own_id(&release.id);
        self.xml.close();
        self.titles(&release.title, release.version_title.as_deref());
        self.artists(&release.artist_name, &release.artists);
        self.label();
        self.owned(["PLine", "PLineCompany", "PLineText"], "(P)", &release.recordings_owned);
        self.owned(["CLine", "CLineCompany", "CLineText"], "(C)", &release.artwork_owned);
        self.xml.text("Duration", &[], &duration(self.message.tracks.iter().map(|track| track.duration_ms).sum()));
        self.genre();
        for (name, date) in [("ReleaseDate", release.released_on), ("OriginalReleaseDate", release.first_released_on)] {
            self.xml.maybe(name, date.map(day).as_deref());
        }
        self.warning(release.warning);
        self.xml.open("ResourceGroup", &[]);
        for index in 0..self.message.tracks.len() {
            self.xml.open("ResourceGroupContentItem", &[]);
            self.xml.text("SequenceNumber", &[], &(index + 1).to_string());
            self.xml.text("ReleaseResourceReference", &[], &anchor('A', index));
            self.xml.close();
        }
        self.cover();
        self.xml.close();
        self.xml.close();
    }

    fn track_release(&mut self, track: &Track, index: usize) {
        self.xml.open("TrackRelease", &[]);
        self.xml.text("ReleaseReference", &[], &anchor('R', index));
        self.xml.open("ReleaseId", &[]);
        self.own_id(&track.id);
        self.xml.close();
        self.titles(&track.title, track.version_title.as_deref());
        self.xml.text("ReleaseResourceReference", &[], &anchor('A', index));
        self.cover();
        self.label();
        self.genre();
        self.xml.close();
    }

    /// The deals of the release, and, of those that are for its tracks as well, again of each.
    fn deals(&mut self) {
        let message = self.message;
        if message.deals.is_empty() {
            return;
        }
        self.xml.open("DealList", &[]);
        self.release_deal(&[RELEASE.to_owned()], message.deals.iter());
        let mut of_tracks = message.deals.iter().filter(|deal| deal.is_for_tracks).peekable();
        if of_tracks.peek().is_some() {
            let tracks: Vec<String> = (0..message.tracks.len()).map(|index| anchor('R', index)).collect();
            self.release_deal(&tracks, of_tracks);
        }
        self.xml.close();
    }

    fn release_deal<'d>(&mut self, releases: &[String], deals: impl Iterator<Item = &'d Deal>) {
        self.xml.open("ReleaseDeal", &[]);
        for release in releases {
            self.xml.text("DealReleaseReference", &[], release);
        }
        for deal in deals {
            self.deal(deal);
        }
        self.xml.close();
    }

    fn deal(&mut self, deal: &Deal) {
        self.xml.open("Deal", &[]);
        self.xml.open("DealTerms", &[]);
        let world = ["Worldwide".to_owned()];
        let (name, codes) = match &deal.territories {
            Territories::World => ("TerritoryCode", world.as_slice()),
            Territories::Only(codes) => ("TerritoryCode", codes.as_slice()),
            Territories::Except(codes) => ("ExcludedTerritoryCode", codes.as_slice()),
        };
        for code in codes {
            self.xml.text(name, &[], code);
        }
        self.xml.open("ValidityPeriod", &[]);
        self.xml.text("StartDateTime", &[], &instant(deal.start));
        self.xml.maybe("EndDateTime", deal.end.map(instant).as_deref());
        self.xml.close();
        for model in &deal.models {
            let value = match model {
                CommercialModel::Advertisement => "AdvertisementSupportedModel",
                CommercialModel::Free => "FreeOfChargeModel",
                CommercialModel::PayAsYouGo => "PayAsYouGoModel",
                CommercialModel::Subscription => "SubscriptionModel",
            };
            self.xml.text("CommercialModelType", &[], value);
        }
        for one in &deal.uses {
            let value = match one {
                Use::ConditionalDownload => "ConditionalDownload",
                Use::NonInteractiveStream => "NonInteractiveStream",
                Use::OnDemandStream => "OnDemandStream",
                Use::PermanentDownload => "PermanentDownload",
            };
            self.xml.text("UseType", &[], value);
        }
        self.xml.maybe("IsPreOrderDeal", deal.is_pre_order.then_some("true"));
        self.xml.close();
        self.xml.close();
    }

    fn titles(&mut self, title: &str, version: Option<&str>) {
        let whole = version.map_or_else(|| title.to_owned(), |version| format!("{title} ({version})"));
        self.xml.text("DisplayTitleText", &EVERYWHERE, &whole);
        self.xml.open("DisplayTitle", &EVERYWHERE);
        self.xml.text("TitleText", &[], title);
        self.xml.maybe("SubTitle", version);
        self.xml.close();
    }

    fn artists(&mut self, name: &str, artists: &[Artist]) {
        self.xml.text("DisplayArtistName", &EVERYWHERE, name);
        for (number, artist) in (1_u32..).zip(artists) {
            self.xml.open("DisplayArtist", &[("SequenceNumber", &number.to_string())]);
            self.xml.text("ArtistPartyReference", &[], &anchor('P', artist.party));
            let role = if artist.is_featured { "FeaturedArtist" } else { "MainArtist" };
            self.xml.text("DisplayArtistRole", &[], role);
            self.xml.close();
        }
    }

    fn owned(&mut self, [line, company, text]: [&'static str; 3], sign: &str, owned: &Owned) {
        self.xml.open(line, &[]);
        self.xml.text("Year", &[], &format!("{:04}", owned.year));
        self.xml.text(company, &[], &owned.owner);
        self.xml.text(text, &[], &format!("{sign} {:04} {}", owned.year, owned.owner));
        self.xml.close();
    }

    fn label(&mut self) {
        self.xml.text("ReleaseLabelReference", &[], &anchor('P', self.message.release.label));
    }

    fn genre(&mut self) {
        let Release { genre, sub_genre, .. } = &self.message.release;
        self.xml.open("Genre", &EVERYWHERE);
        self.xml.text("GenreText", &[], genre);
        self.xml.maybe("SubGenre", sub_genre.as_deref());
        self.xml.close();
    }

    fn cover(&mut self) {
        if self.message.cover.is_some() {
            let image = anchor('A', self.message.tracks.len());
            self.xml.text("LinkedReleaseResourceReference", &[("LinkDescription", "CoverArt")], &image);
        }
    }

    fn warning(&mut self, warning: Warning) {
        let value = match warning {
            Warning::Explicit => "Explicit",
            Warning::Edited => "ExplicitContentEdited",
            Warning::NotExplicit => "NotExplicit",
            Warning::Unknown => "Unknown",
        };
        self.xml.text("ParentalWarningType", &EVERYWHERE, value);
    }

    fn own_id(&mut self, id: &str) {
        self.xml.text("ProprietaryId", &[("Namespace", self.message.namespace.as_str())], id);
    }
}

/// The code on the product: a UPC as its 12 digits, an EAN as its 13.
fn icpn(ean: &str) -> String {
    ean.parse::<Ean>().map_or_else(|_| ean.to_owned(), |ean| ean.printed().to_owned())
}
