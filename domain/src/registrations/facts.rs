//! What a registration or a notification says beyond what the studio knows anyway, as it is kept with a work or a release. Percentages are parts per million.

use chrono::NaiveDate;
use interchange::{
    cwr::{
        Agreement, Category, Library, Original, OtherTitle, Performer, PublisherRole, Shares, Societies, WORLD,
        WriterRole,
    },
    ern::{CommercialModel, Messenger, Owned, Territories, Use, Warning},
};

use crate::{ids::PartyId, share::WHOLE_PPM};

/// What a registration says of a work. All of it may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkFacts {
    /// The studio's own code of the work, by which societies answer, of 14 characters at the most; given out if it is left out. It is kept beside the facts.
    #[serde(skip_serializing)]
    pub code: Option<String>,
    /// How it is to be distributed.
    pub category: Category,
    /// How long it is, in seconds.
    pub duration_s: Option<u32>,
    /// What it is a modified version of.
    pub modified_from: Option<Original>,
    /// Its other titles.
    pub other_titles: Vec<OtherTitle>,
    /// Who performs it.
    pub performers: Vec<Performer>,
    /// The library of production music that it is from.
    pub library: Option<Library>,
    /// What is said of those who have a part of the composition.
    pub parties: Vec<PartyFacts>,
    /// What the studio's publisher owns of the shares of those whom it publishes.
    pub publishing: Publishing,
    /// Where the studio's publisher collects; everywhere, if nothing is said.
    pub territories: Vec<Territory>,
    /// Who administers or sub-publishes for the studio's publisher.
    pub chain: Vec<ChainFacts>,
}

impl WorkFacts {
    /// Whom they name, and in which field.
    pub(super) fn named(&self) -> Vec<(String, PartyId)> {
        let of = |(place, facts): (usize, &PartyFacts)| (format!("facts.parties.{place}.party"), facts.party);
        self.parties.iter().enumerate().map(of).collect()
    }
}

/// What a registration says of a party with a part of the composition.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyFacts {
    /// Who.
    pub party: PartyId,
    /// What they wrote; music and text if nothing is said. Of companies nothing is: they publish.
    #[serde(default)]
    pub role: Option<WriterRole>,
    /// Their family name, where the name of the party does not end with it.
    #[serde(default)]
    pub last_name: Option<String>,
    /// Their given names.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Whether the studio's publisher publishes them; if nothing is said, whether the party names it as its publisher.
    #[serde(default)]
    pub is_controlled: Option<bool>,
    /// IPI base number.
    #[serde(default)]
    pub ipi_base_number: Option<String>,
    /// The societies that they are a member of, where the party does not say it or its society is none of those that are known by name.
    #[serde(default)]
    pub societies: Option<Societies>,
    /// By which agreement they are published.
    #[serde(default)]
    pub agreement: Option<Agreement>,
}

/// What a publisher owns of the shares of those whom it publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Publishing {
    /// Of the performing right: half, if nothing is said, which is as much as societies take.
    pub performing_ppm: u32,
    /// Of the mechanical right: all, if nothing is said.
    pub mechanical_ppm: u32,
    /// Of the synchronisation right: all, if nothing is said.
    pub synchronisation_ppm: u32,
}

impl Default for Publishing {
    fn default() -> Self {
        Self { performing_ppm: WHOLE_PPM / 2, mechanical_ppm: WHOLE_PPM, synchronisation_ppm: WHOLE_PPM }
    }
}

/// A territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    /// Its number in CISAC's Territory Information System: 2136 is the world, countries have those of ISO 3166-1.
    pub number: u16,
    /// Whether it is taken out of those before.
    #[serde(default)]
    pub is_excluded: bool,
}

impl Territory {
    /// Everywhere.
    pub const EVERYWHERE: Self = Self { number: WORLD, is_excluded: false };
}

/// Somebody who administers or sub-publishes for the studio's publisher.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainFacts {
    /// The name.
    pub name: String,
    /// IPI name number.
    #[serde(default)]
    pub ipi_name_number: Option<String>,
    /// As what: `administrator` or `sub_publisher`.
    pub role: PublisherRole,
    /// The societies that it is a member of.
    #[serde(default)]
    pub societies: Societies,
    /// Where it collects, by numbers of CISAC's Territory Information System.
    pub territories: Vec<u16>,
    /// How much of what the studio's publisher would collect there.
    pub collects_ppm: u32,
    /// By which agreement.
    #[serde(default)]
    pub agreement: Option<Agreement>,
}

/// What a notification says of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReleaseFacts {
    /// What tells it from others of the title: `Deluxe Edition`.
    pub version_title: Option<String>,
    /// The genre.
    pub genre: String,
    /// What kind of it.
    pub sub_genre: Option<String>,
    /// The language that titles are in; English, if nothing is said.
    pub language: Option<String>,
    /// When it was first released in any form.
    pub first_released_on: Option<NaiveDate>,
    /// Who owns the recordings, since when; the label, from the year of the release, if nothing is said.
    pub recordings_owned: Option<Owned>,
    /// Who owns what is seen of it; likewise.
    pub artwork_owned: Option<Owned>,
    /// What is said of the words.
    pub warning: Warning,
    /// Its artists; one of the name that the release shows, if nothing is said.
    pub artists: Vec<ArtistFacts>,
    /// What is said of its tracks, in their order.
    pub tracks: Vec<TrackFacts>,
    /// To whom it is told.
    pub recipients: Vec<Messenger>,
    /// Where, when and how it may be offered.
    pub deals: Vec<DealFacts>,
    /// Whether it is to be taken down; then there are no deals.
    pub is_taken_down: bool,
    /// Whether notifications of it must not be acted on.
    pub is_test: bool,
}

impl ReleaseFacts {
    /// Whom they name, and in which field.
    pub(super) fn named(&self) -> Vec<(String, PartyId)> {
        let mut named = parties_of("facts.artists", &self.artists);
        for (place, track) in self.tracks.iter().enumerate() {
            named.extend(parties_of(&format!("facts.tracks.{place}.artists"), &track.artists));
        }
        named
    }
}

fn parties_of(path: &str, artists: &[ArtistFacts]) -> Vec<(String, PartyId)> {
    let of = |(place, artist): (usize, &ArtistFacts)| Some((format!("{path}.{place}.party"), artist.party?));
    artists.iter().enumerate().filter_map(of).collect()
}

/// An artist who is shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArtistFacts {
    /// The name to show; left out, that of the party.
    #[serde(default)]
    pub name: Option<String>,
    /// Who it is.
    #[serde(default)]
    pub party: Option<PartyId>,
    /// Whether as a guest.
    #[serde(default)]
    pub is_featured: bool,
}

/// What a notification says of a track.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrackFacts {
    /// What tells it from others of the title: `Radio Edit`.
    pub version_title: Option<String>,
    /// How its artists are shown together; as on the release, if nothing is said.
    pub artist_name: Option<String>,
    /// Its artists; those of the release, if nothing is said.
    pub artists: Vec<ArtistFacts>,
    /// How long it is, in milliseconds, where the studio has no file of it.
    pub duration_ms: Option<u64>,
    /// Who owns it; as on the release, if nothing is said.
    pub owned: Option<Owned>,
    /// What is said of its words; as on the release, if nothing is said.
    pub warning: Option<Warning>,
    /// The language that is sung.
    pub language: Option<String>,
}

/// Where, when and how a release may be offered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DealFacts {
    /// Where: `"world"`, or `{"only": ["GB"]}`, or `{"except": ["GB"]}`.
    pub territories: Territories,
    /// From which day.
    pub starts_on: NaiveDate,
    /// Until which day, that day left out; for good, if nothing is said.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
    /// How listeners pay.
    pub models: Vec<CommercialModel>,
    /// What they may do.
    pub uses: Vec<Use>,
    /// Whether each track may be had on its own as well.
    #[serde(default)]
    pub is_for_tracks: bool,
    /// Whether it may be ordered only, not yet be had.
    #[serde(default)]
    pub is_pre_order: bool,
}

/// A part of shares that are the same in each right.
pub(super) fn part(of_ppm: u32, ppm: Publishing) -> Shares {
    let part = |ppm: u32| {
        let part = u64::from(of_ppm) * u64::from(ppm) / u64::from(WHOLE_PPM);
        u32::try_from(part).unwrap_or(of_ppm)
    };
    Shares {
        performing_ppm: part(ppm.performing_ppm),
        mechanical_ppm: part(ppm.mechanical_ppm),
        synchronisation_ppm: part(ppm.synchronisation_ppm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_as_they_are_written_and_nothing_else_is() {
        let text = r#"{"category":"popular","publishing":{"performing_ppm":250000},"territories":[{"number":276}],
            "chain":[{"name":"Sub","role":"sub_publisher","territories":[840],"collects_ppm":1000000}]}"#;
        let facts: WorkFacts = serde_json::from_str(text).unwrap();
        assert_eq!(facts.publishing.mechanical_ppm, WHOLE_PPM);
        assert_eq!(serde_json::from_value::<WorkFacts>(serde_json::to_value(&facts).unwrap()).unwrap(), facts);
        assert!(serde_json::from_str::<WorkFacts>(r#"{"writer":[]}"#).is_err());
        assert_eq!(ReleaseFacts::default().warning, Warning::Unknown, "nobody has said");
        let deal = r#"{"deals":[{"territories":{"only":["GB"]},"starts_on":"2027-01-01","models":["subscription"],"uses":["on_demand_stream"]}]}"#;
        let facts: ReleaseFacts = serde_json::from_str(deal).unwrap();
        assert_eq!(serde_json::from_value::<ReleaseFacts>(serde_json::to_value(&facts).unwrap()).unwrap(), facts);
    }

    #[test]
    fn a_publisher_has_half_of_performing_and_all_else_unless_it_is_said() {
        let shares = part(333_333, Publishing::default());
        assert_eq!((shares.performing_ppm, shares.mechanical_ppm), (166_666, 333_333));
    }
}
