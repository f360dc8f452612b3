//! A release as a notification tells of it: made of the catalogue, the session log, the parties and the facts that are kept with the release.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveTime};
use interchange::{
    ern::{Artist, Contributor, Deal, Header, Messenger, NewRelease, Owned, Party, Release, ReleaseKind, Role, Track},
    fault::Fault,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    RegistrationError,
    entity::{self, release, settings, track},
    facts::{ArtistFacts, DealFacts, ReleaseFacts, TrackFacts},
    recordings::{self, Known},
    rules,
};
use crate::{
    catalog::{
        Sha256,
        entity::{recording, work},
    },
    env::Instant,
    identity::entity::studio,
    ids::{PartyId, RecordingId, ReleaseId, ReleaseMessageId, WorkId},
    parties::{entity as party, successors_of},
    session_log::queries::credits_of_songs,
    splits,
};

/// A release with all that is known of it.
pub(super) struct Told {
    release: release::Model,
    facts: ReleaseFacts,
    sender: Messenger,
    tracks: Vec<(Known, Option<work::Model>)>,
    /// Who did what on which recording.
    credits: HashMap<RecordingId, BTreeMap<PartyId, Vec<Role>>>,
    parties: HashMap<PartyId, party::Model>,
}

/// Reads all that is told of a release.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    release: release::Model,
    at: Instant,
) -> Result<Told, RegistrationError> {
    let settings = settings::Entity::find_by_id(release.studio_id).one(db).await?;
    let studio = studio::Entity::find_by_id(release.studio_id).one(db).await?;
    let facts: ReleaseFacts = serde_json::from_value(release.facts.clone())?;
    let tracks = tracks(db, release.id).await?;
    let mut credits = credits(db, &tracks).await?;
    for (known, work) in &tracks {
        let Some(work) = work.as_ref().filter(|_| !credits.contains_key(&known.recording.id)) else { continue };
        // Of what nobody has logged those are known who have signed that they wrote it.
        let Some(rule) = splits::rule_at(db, work.id, at).await? else { continue };
        let writers = rule.composition.into_iter().map(|(party, _)| (party, vec![songwriter()]));
        credits.insert(known.recording.id, writers.collect());
    }
    let artists = facts.artists.iter().chain(facts.tracks.iter().flat_map(|track| &track.artists));
    let ids: BTreeSet<PartyId> = artists
        .filter_map(|artist| artist.party)
        .chain(credits.values().flat_map(|roles| roles.keys().copied()))
        .collect();
    let successors = successors_of(db, ids.iter().copied()).await?;
    let present = |id: PartyId| successors.get(&id).copied().unwrap_or(id);
    let rows = party::Entity::find()
        .filter(party::Column::StudioId.eq(release.studio_id))
        .filter(party::Column::Id.is_in(ids.iter().copied().map(present)))
        .all(db)
        .await?;
    let rows: HashMap<PartyId, party::Model> = rows.into_iter().map(|party| (party.id, party)).collect();
    // Who was merged since is named as who took their place.
    let parties = ids.into_iter().filter_map(|id| Some((id, rows.get(&present(id))?.clone()))).collect();
    let name = settings.as_ref().and_then(|settings| settings.sender_name.clone()).or(studio.map(|studio| studio.name));
    let sender = Messenger {
        dpid: settings.and_then(|settings| settings.dpid).unwrap_or_default(),
        name: name.unwrap_or_default(),
    };
    Ok(Told { release, facts, sender, tracks, credits, parties })
}

/// The recordings on a release with their works, in its order.
async fn tracks(
    db: &impl ConnectionTrait,
    release: ReleaseId,
) -> Result<Vec<(Known, Option<work::Model>)>, RegistrationError> {
    let rows = track::Entity::find()
        .filter(track::Column::ReleaseId.eq(release))
        .order_by_asc(track::Column::Position)
        .all(db)
        .await?;
    let found = recording::Entity::find()
        .filter(recording::Column::Id.is_in(rows.iter().map(|row| row.recording_id)))
        .all(db)
        .await?;
    let mut found: HashMap<RecordingId, recording::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    let ordered = rows.iter().filter_map(|row| found.remove(&row.recording_id)).collect();
    let known = recordings::known(db, ordered).await?;
    let works = work::Entity::find()
        .filter(work::Column::Id.is_in(known.iter().map(|known| known.recording.work_id)))
        .all(db)
        .await?;
    let works: HashMap<WorkId, work::Model> = works.into_iter().map(|work| (work.id, work)).collect();
    let with_work = |known: Known| {
        let work = works.get(&known.recording.work_id).cloned();
        (known, work)
    };
    Ok(known.into_iter().map(with_work).collect())
}

/// Who did what on recordings, as the session log says.
async fn credits(
    db: &impl ConnectionTrait,
    tracks: &[(Known, Option<work::Model>)],
) -> Result<HashMap<RecordingId, BTreeMap<PartyId, Vec<Role>>>, RegistrationError> {
    let ids: Vec<RecordingId> = tracks.iter().map(|(known, _)| known.recording.id).collect();
    let songs = recordings::songs(db, &ids).await?;
    let of_songs = credits_of_songs(db, &songs.keys().copied().collect::<Vec<_>>()).await?;
    let mut credits: HashMap<RecordingId, BTreeMap<PartyId, Vec<Role>>> = HashMap::new();
    for (song, lines) in of_songs {
        let Some(recording) = songs.get(&song) else { continue };
        for line in lines {
            let role = line.role.on_recording(line.note.as_deref());
            let roles = credits.entry(*recording).or_default().entry(line.party.id).or_default();
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
    }
    Ok(credits)
}

fn songwriter() -> Role {
    Role::Other("Songwriter".to_owned())
}

/// The message of all that is told; or what of it is missing.
pub(super) fn message(told: &Told, id: ReleaseMessageId, at: Instant) -> Result<NewRelease, Vec<Fault>> {
    let Told { release, facts, sender, .. } = told;
    if facts.deals.is_empty() != facts.is_taken_down {
        let (problem, remedy) = if facts.is_taken_down {
            ("a release that is to be taken down has deals", "take the deals out, or let it stand")
        } else {
            ("nobody has said where, when and how it may be offered", "add a deal, or say that it is to be taken down")
        };
        let (problem, remedy) = (problem.to_owned(), remedy.to_owned());
        return Err(vec![Fault { field: "facts.deals".to_owned(), problem, remedy }]);
    }
    let mut parties = Parties { told, list: Vec::new(), places: HashMap::new() };
    let label = parties.by_name(&release.label);
    let artists = parties.artists(&facts.artists);
    let tracks = told.tracks.iter().enumerate().map(|(place, (known, work))| {
        let facts = told.facts.tracks.get(place).cloned().unwrap_or_default();
        parties.track(known, work.as_ref(), facts)
    });
    let tracks = tracks.collect();
    let header = Header {
        message_id: id.to_string(),
        thread_id: Some(release.id.to_string()),
        sender: sender.clone(),
        recipients: facts.recipients.clone(),
        created_at: at,
        is_test: facts.is_test,
    };
    Ok(NewRelease {
        header,
        language: facts.language.clone().unwrap_or_else(|| "en".to_owned()),
        namespace: sender.dpid.clone(),
        parties: parties.list,
        tracks,
        cover: None,
        release: Release {
            id: release.id.to_string(),
            kind: match release.kind {
                entity::ReleaseKind::Single => ReleaseKind::Single,
                entity::ReleaseKind::Ep => ReleaseKind::Ep,
                entity::ReleaseKind::Album => ReleaseKind::Album,
            },
            ean: release.ean.clone().unwrap_or_default(),
            catalogue_number: release.catalogue_number.clone(),
            title: release.title.clone(),
            version_title: facts.version_title.clone(),
            artist_name: release.artist.clone(),
            artists,
            label,
            recordings_owned: facts.recordings_owned.clone().unwrap_or_else(|| owned(release)),
            artwork_owned: facts.artwork_owned.clone().unwrap_or_else(|| owned(release)),
            genre: facts.genre.clone(),
            sub_genre: facts.sub_genre.clone(),
            released_on: release.released_on,
            first_released_on: facts.first_released_on,
            warning: facts.warning,
        },
        deals: facts.deals.iter().map(deal).collect(),
    })
}

/// Says of each fault of a message where what it is about is entered: the message has places of its own.
pub(super) fn entered(faults: Vec<Fault>, parties: &[Party]) -> Vec<Fault> {
    faults.into_iter().map(|fault| Fault { field: input_of(&fault.field), ..named(fault, parties) }).collect()
}

/// Of a fault about one of the parties, whom it is about.
fn named(fault: Fault, parties: &[Party]) -> Fault {
    let party = match rules::steps(&fault.field)[..] {
        ["parties", place, ..] => place.parse::<usize>().ok().and_then(|place| parties.get(place)),
        _ => None,
    };
    match party {
        Some(party) => Fault { problem: format!("{}: {}", party.name, fault.problem), ..fault },
        None => fault,
    }
}

fn input_of(field: &str) -> String {
    let steps = rules::steps(field);
    let facts = |rest: &[&str]| format!("facts.{}", rest.join("."));
    match steps[..] {
        ["header", "recipients", ..] => facts(&steps[1..]),
        ["header", "sender", "dpid"] | ["namespace"] => "settings.dpid".to_owned(),
        ["header", "sender", ..] => "settings.senderName".to_owned(),
        ["parties", _, "ipi_name_number"] => "party.ipi".to_owned(),
        ["parties", _, rest] => format!("party.{rest}"),
        ["release", "artist_name"] => "artist".to_owned(),
        ["release", rest @ ("ean" | "title" | "label")] => rest.to_owned(),
        ["release", ..] | ["language"] => facts(if steps[0] == "release" { &steps[1..] } else { &steps[..] }),
        ["tracks", place, rest @ ("id" | "isrc" | "iswc" | "title")] => format!("tracks.{place}.recording.{rest}"),
        ["tracks", place, "contributors", ..] => format!("tracks.{place}.recording.credits"),
        ["deals", place, "start"] => format!("facts.deals.{place}.starts_on"),
        ["deals", place, "end"] => format!("facts.deals.{place}.ends_on"),
        ["tracks" | "deals", _, ..] => facts(&steps[..]),
        _ => field.to_owned(),
    }
}

/// The label's, from the year of the release.
fn owned(release: &release::Model) -> Owned {
    let year = release.released_on.and_then(|date| u16::try_from(date.year()).ok());
    Owned { year: year.unwrap_or_default(), owner: release.label.clone() }
}

fn deal(facts: &DealFacts) -> Deal {
    Deal {
        territories: facts.territories.clone(),
        start: facts.starts_on.and_time(NaiveTime::MIN).and_utc(),
        end: facts.ends_on.map(|date| date.and_time(NaiveTime::MIN).and_utc()),
        models: facts.models.clone(),
        uses: facts.uses.clone(),
        is_for_tracks: facts.is_for_tracks,
        is_pre_order: facts.is_pre_order,
    }
}

/// The parties of a message, each once.
struct Parties<'a> {
    told: &'a Told,
    list: Vec<Party>,
    places: HashMap<String, usize>,
}

impl Parties<'_> {
    fn place(&mut self, party: Party) -> usize {
        if let Some(place) = self.places.get(&party.id) {
            return *place;
        }
        self.places.insert(party.id.clone(), self.list.len());
        self.list.push(party);
        self.list.len() - 1
    }

    /// Somebody of whom nothing but the name is known.
    fn by_name(&mut self, name: &str) -> usize {
        let id = format!("name_{}", &Sha256::of(name.as_bytes()).as_str()[..32]);
        self.place(Party { id, name: name.to_owned(), ..Party::default() })
    }

    fn by_id(&mut self, id: PartyId, name: Option<&str>) -> Option<usize> {
        let told = self.told;
        let found = told.parties.get(&id)?;
        Some(self.place(Party {
            id: found.id.to_string(),
            name: name.unwrap_or(&found.name).to_owned(),
            isni: found.isni.clone(),
            ipi_name_number: found.ipi.clone(),
            ..Party::default()
        }))
    }

    /// The artists that are said; one of the name that the release shows, if none are.
    fn artists(&mut self, artists: &[ArtistFacts]) -> Vec<Artist> {
        let told = self.told;
        if artists.is_empty() {
            return vec![Artist { party: self.by_name(&told.release.artist), is_featured: false }];
        }
        let placed = artists.iter().map(|artist| {
            let known = artist.party.and_then(|id| self.by_id(id, artist.name.as_deref()));
            let party = known.unwrap_or_else(|| self.by_name(artist.name.as_deref().unwrap_or_default()));
            Artist { party, is_featured: artist.is_featured }
        });
        placed.collect()
    }

    fn track(&mut self, known: &Known, work: Option<&work::Model>, facts: TrackFacts) -> Track {
        let told = self.told;
        let (release, of_release) = (&told.release, &told.facts);
        let artists = if facts.artists.is_empty() { &of_release.artists } else { &facts.artists };
        let artists = self.artists(artists);
        let credits = told.credits.get(&known.recording.id);
        let contributors = credits
            .into_iter()
            .flatten()
            .filter_map(|(party, roles)| Some(Contributor { party: self.by_id(*party, None)?, roles: roles.clone() }));
        let contributors = contributors.collect();
        Track {
            id: known.recording.id.to_string(),
            isrc: known.recording.isrc.clone().unwrap_or_default(),
            title: known.recording.title.clone(),
            version_title: facts.version_title,
            artist_name: facts.artist_name.unwrap_or_else(|| release.artist.clone()),
            artists,
            contributors,
            iswc: work.and_then(|work| work.iswc.clone()),
            duration_ms: facts.duration_ms.or(known.duration_ms).unwrap_or_default(),
            owned: facts.owned.or_else(|| of_release.recordings_owned.clone()).unwrap_or_else(|| owned(release)),
            warning: facts.warning.unwrap_or(of_release.warning),
            language: facts.language,
            file: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_what_is_entered() {
        for (field, input) in [
            ("header.recipients", "facts.recipients"),
            ("header.recipients[0].dpid", "facts.recipients.0.dpid"),
            ("header.sender.dpid", "settings.dpid"),
            ("tracks[0].duration_ms", "facts.tracks.0.duration_ms"),
            ("tracks[1].isrc", "tracks.1.recording.isrc"),
            ("tracks", "tracks"),
            ("release.ean", "ean"),
            ("release.artwork_owned.year", "facts.artwork_owned.year"),
            ("language", "facts.language"),
            ("deals[2].end", "facts.deals.2.ends_on"),
            ("facts.deals", "facts.deals"),
        ] {
            assert_eq!(input_of(field), input);
        }
        let party = Party { name: "Ada".to_owned(), ..Party::default() };
        let fault = Fault { field: "parties[0].isni".into(), problem: "wrong".into(), remedy: String::new() };
        let told = entered(vec![fault], &[party]).remove(0);
        assert_eq!((told.field.as_str(), told.problem.as_str()), ("party.isni", "Ada: wrong"));
    }
}
