//! A session for others: DDEX's Recording Information Notification of who did what on which recording of which song, with takes, equipment and samples.

use std::collections::{BTreeSet, HashMap};

pub use interchange::rin::Version;
use interchange::rin::{
    self, Component, Contributor, Equipment, EquipmentKind, Header, Messenger, Notification, Party, Project, Recording,
    Sample, Session, SessionKind as Kind, Venue, Work, WorkContributor,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    SessionLogError,
    commands::TakeView,
    entity::{SessionKind, SessionRole, credit, gear, sample, session},
    queries::{self, SongCredit, song_credits},
};
use crate::{
    actor::Ctx,
    booking::entity::{equipment, room},
    catalog::entity::{SampleClearance, recording, work},
    clients::entity as client,
    identity::entity::studio,
    ids::{EquipmentId, PartyId, ProjectId, SessionId, SongId},
    parties::{entity as party, entity::PartyKind},
    production::entity::{project, song},
    report::StoreError,
    services::Services,
};

/// A notification as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RinFile {
    /// Its name.
    pub file_name: String,
    /// Its text.
    pub text: String,
}

/// All that is told of a session.
struct Told {
    studio: studio::Model,
    session: session::Model,
    room: Option<room::Model>,
    credits: Vec<credit::Model>,
    takes: Vec<TakeView>,
    gear: Vec<gear::Model>,
    samples: Vec<sample::Model>,
    pieces: HashMap<EquipmentId, equipment::Model>,
    parties: Vec<party::Model>,
    songs: Vec<ToldSong>,
    projects: Vec<(project::Model, Option<String>)>,
}

/// A song of a session.
struct ToldSong {
    song: song::Model,
    work: work::Model,
    recording: recording::Model,
    /// How its artists are shown together.
    artist_name: String,
}

/// Writes the notification of a session, for who sees the studio's; from the holder of a DDEX party identifier, and addressed to the same, who passes it on.
///
/// # Errors
/// If there is no such session, or the identifier is none.
pub async fn notification(
    services: &Services,
    ctx: &Ctx,
    id: SessionId,
    (dpid, version): (&str, Version),
) -> Result<RinFile, SessionLogError> {
    let db = &services.db;
    let session = queries::find_session(db, ctx, id).await?;
    let session = session.ok_or(SessionLogError::NotFound { what: "session", field: "session" })?;
    let told = read(db, session).await?;
    let sender = Messenger { dpid: dpid.to_owned(), name: told.studio.name.clone() };
    let now = services.env.now();
    let header = Header {
        // Not the number of edits: names, titles and the version of the standard change without one.
        message_id: format!("{id}-{}", now.timestamp_millis()),
        thread_id: Some(id.to_string()),
        program: ("Ledgerline".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        sender: sender.clone(),
        recipients: vec![sender],
        created_at: now,
        is_test: false,
    };
    let text = rin::write(&message(&told, header), version).map_err(|faults| {
        let of_dpid = faults.iter().find(|fault| fault.field.ends_with("dpid"));
        match of_dpid {
            Some(fault) => SessionLogError::Dpid(fault.problem.clone()),
            None => SessionLogError::Unwritten(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
        }
    })?;
    Ok(RinFile { file_name: format!("{id}.rin.xml"), text })
}

/// Reads all that is told of a session.
async fn read(db: &impl ConnectionTrait, session: session::Model) -> Result<Told, SessionLogError> {
    let id = session.id;
    let studio = studio::Entity::find_by_id(session.studio_id).one(db).await?;
    let studio = studio.ok_or(SessionLogError::NotFound { what: "studio", field: "session" })?;
    let mut credits = queries::credits_of_sessions(db, &[id]).await?.remove(&id).unwrap_or_default();
    credits.retain(|credit| credit.role.is_credited());
    let takes = queries::takes_of_sessions(db, &[id]).await?.remove(&id).unwrap_or_default();
    let gear = queries::gear_of_sessions(db, &[id]).await?.remove(&id).unwrap_or_default();
    let samples = queries::samples_of_sessions(db, &[id]).await?.remove(&id).unwrap_or_default();
    let room = match session.room_id {
        Some(room) => room::Entity::find_by_id(room).one(db).await?,
        None => None,
    };
    let pieces = equipment::Entity::find()
        .filter(equipment::Column::Id.is_in(gear.iter().filter_map(|gear| gear.equipment_id)))
        .all(db)
        .await?;
    let of_credits = credits.iter().filter_map(|credit| credit.song_id);
    let of_samples = samples.iter().filter_map(|sample| sample.song_id);
    let ids: BTreeSet<SongId> =
        takes.iter().map(|view| view.take.song_id).chain(of_credits).chain(of_samples).collect();
    let rows = song::Entity::find().filter(song::Column::Id.is_in(ids)).order_by_asc(song::Column::Id).all(db).await?;
    let projects = read_projects(db, &session, &rows).await?;
    let mut songs = Vec::with_capacity(rows.len());
    let mut people: BTreeSet<PartyId> = credits.iter().map(|credit| credit.party_id).collect();
    for song in rows {
        let (work, recording) = (
            work::Entity::find_by_id(song.work_id).one(db).await?,
            recording::Entity::find_by_id(song.recording_id).one(db).await?,
        );
        let (Some(work), Some(recording)) = (work, recording) else { continue };
        let client = projects.iter().find(|(project, _)| project.id == song.project_id);
        let client = client.and_then(|(_, client)| client.as_deref()).unwrap_or(&studio.name);
        let credited = song_credits(db, song.id).await?;
        let artist_name = artists(&credited).unwrap_or_else(|| client.to_owned());
        people.extend(credited.iter().filter(|credit| is_artist(credit.role)).map(|credit| credit.party.id));
        songs.push(ToldSong { song, work, recording, artist_name });
    }
    let parties =
        party::Entity::find().filter(party::Column::Id.is_in(people)).order_by_asc(party::Column::Id).all(db).await?;
    let pieces = pieces.into_iter().map(|piece| (piece.id, piece)).collect();
    Ok(Told { studio, session, room, credits, takes, gear, samples, pieces, parties, songs, projects })
}

/// The projects of a session and of its songs, each with its client's name.
async fn read_projects(
    db: &impl ConnectionTrait,
    session: &session::Model,
    songs: &[song::Model],
) -> Result<Vec<(project::Model, Option<String>)>, StoreError> {
    let ids: BTreeSet<ProjectId> = songs.iter().map(|song| song.project_id).chain(session.project_id).collect();
    let rows = project::Entity::find()
        .filter(project::Column::Id.is_in(ids))
        .order_by_asc(project::Column::Id)
        .all(db)
        .await?;
    let mut projects = Vec::with_capacity(rows.len());
    for row in rows {
        let client = match row.client_id {
            Some(id) => client::Entity::find_by_id(id).one(db).await?,
            None => None,
        };
        let of_client = match client {
            Some(client) => party::Entity::find_by_id(client.party_id).one(db).await?,
            None => None,
        };
        projects.push((row, of_client.map(|party| party.name)));
    }
    Ok(projects)
}

const fn is_artist(role: SessionRole) -> bool {
    matches!(role, SessionRole::Artist | SessionRole::FeaturedArtist)
}

/// How the artists of a song are shown together: `Ada & Bob feat. Eve`; none if none was logged.
fn artists(credits: &[SongCredit]) -> Option<String> {
    let of = |role: SessionRole| -> Vec<&str> {
        credits.iter().filter(|credit| credit.role == role).map(|credit| credit.party.name.as_str()).collect()
    };
    let (mut main, mut featured) = (of(SessionRole::Artist), of(SessionRole::FeaturedArtist));
    main.dedup();
    featured.dedup();
    match (main.as_slice(), featured.as_slice()) {
        ([], []) => None,
        (main, []) => Some(main.join(" & ")),
        ([], featured) => Some(featured.join(" & ")),
        (main, featured) => Some(format!("{} feat. {}", main.join(" & "), featured.join(" & "))),
    }
}

/// The message of all that is told.
fn message(told: &Told, header: Header) -> Notification {
    let session = &told.session;
    let project_of = |id: ProjectId| told.projects.iter().position(|(project, _)| project.id == id);
    let all = |count: usize| (0..count).collect::<Vec<_>>();
    let of_session = Session {
        id: session.id.to_string(),
        kind: kind(session.kind),
        start: Some(session.started_at),
        end: session.ended_at,
        venue: Some(venue(told)),
        is_union: None,
        bit_depth: session.bit_depth.and_then(|bits| u16::try_from(bits).ok()),
        sample_rate_hz: session.sample_rate_hz.and_then(|rate| u32::try_from(rate).ok()),
        comment: Some(session.notes.clone()).filter(|notes| !notes.is_empty()),
        contributors: contributors(told, |_| true),
        projects: all(told.projects.len()),
        equipment: all(told.gear.len()),
        recordings: all(told.songs.len()),
        components: all(told.takes.len()),
    };
    Notification {
        namespace: header.sender.dpid.replace('-', ""),
        header,
        language: "en".to_owned(),
        comments: vec![session.title.clone()],
        parties: told.parties.iter().map(party_of).collect(),
        works: told.songs.iter().map(|song| work_of(told, song)).collect(),
        recordings: told
            .songs
            .iter()
            .enumerate()
            .map(|(place, song)| recording_of(told, (place, song), project_of(song.song.project_id)))
            .collect(),
        components: told.takes.iter().map(|view| component(told, view)).collect(),
        projects: told.projects.iter().map(project_of_client).collect(),
        sessions: vec![of_session],
        equipment: told.gear.iter().map(|gear| equipment_of(told, gear)).collect(),
    }
}

const fn kind(kind: SessionKind) -> Kind {
    match kind {
        SessionKind::Writing => Kind::PreProduction,
        SessionKind::Tracking => Kind::Tracking,
        SessionKind::Overdub => Kind::Overdub,
        SessionKind::Vocal => Kind::Vocal,
        SessionKind::Programming => Kind::Production,
        SessionKind::Editing => Kind::Editing,
        SessionKind::Mixing => Kind::Mixing,
        SessionKind::Mastering => Kind::Mastering,
        SessionKind::Other => Kind::Recording,
    }
}

/// Where it was: where the log says, or at the studio's room.
fn venue(told: &Told) -> Venue {
    match &told.session.venue {
        Some(venue) => Venue { name: Some(venue.clone()), ..Venue::default() },
        None => Venue {
            name: Some(told.studio.name.clone()),
            address: told.room.as_ref().and_then(|room| room.address.clone()),
            territory: None,
            room: told.room.as_ref().map(|room| room.name.clone()),
        },
    }
}

fn party_of(party: &party::Model) -> Party {
    Party {
        id: party.id.to_string(),
        name: party.name.clone(),
        legal_name: party.legal_name.clone(),
        is_organization: party.kind == PartyKind::Company,
        isni: party.isni.clone(),
        ipi_name_number: party.ipi.clone(),
        ipn: None,
    }
}

/// Whether a credit is of a song: its own, or one for all songs of the session.
fn is_of(credit: &credit::Model, song: SongId) -> bool {
    credit.song_id.is_none_or(|of| of == song)
}

fn work_of(told: &Told, song: &ToldSong) -> Work {
    let mut contributors: Vec<WorkContributor> = Vec::new();
    for credit in told.credits.iter().filter(|credit| is_of(credit, song.song.id)) {
        let (Some(role), Some(party)) = (credit.role.on_work(), place_of(told, credit.party_id)) else { continue };
        match contributors.iter_mut().find(|known| known.party == party) {
            Some(known) if known.roles.contains(&role) => {}
            Some(known) => known.roles.push(role),
            None => contributors.push(WorkContributor { party, roles: vec![role], share_ppm: None }),
        }
    }
    Work {
        id: song.work.id.to_string(),
        title: song.work.title.clone(),
        iswc: song.work.iswc.clone(),
        created_on: None,
        comment: None,
        contributors,
    }
}

fn place_of(told: &Told, party: PartyId) -> Option<usize> {
    told.parties.iter().position(|known| known.id == party)
}

/// Who did what of those credits that are asked for, each party once.
fn contributors(told: &Told, is_asked: impl Fn(&credit::Model) -> bool) -> Vec<Contributor> {
    let mut contributors: Vec<Contributor> = Vec::new();
    for credit in told.credits.iter().filter(|credit| is_asked(credit)) {
        let Some(party) = place_of(told, credit.party_id) else { continue };
        let at = contributors.iter().position(|known| known.party == party).unwrap_or_else(|| {
            contributors.push(Contributor { party, ..Contributor::default() });
            contributors.len() - 1
        });
        let Some(known) = contributors.get_mut(at) else { continue };
        let role = credit.role.on_recording(credit.note.as_deref());
        if !known.roles.contains(&role) {
            known.roles.push(role);
        }
        if let Some(instrument) = credit.instrument.as_ref().filter(|name| !known.instruments.contains(name)) {
            known.instruments.push(instrument.clone());
        }
        if credit.role == SessionRole::FeaturedArtist {
            known.is_featured = Some(true);
        }
    }
    contributors
}

fn recording_of(told: &Told, (place, song): (usize, &ToldSong), project: Option<usize>) -> Recording {
    let id = song.song.id;
    let samples = told.samples.iter().filter(|sample| sample.song_id.is_none_or(|of| of == id)).map(|sample| Sample {
        isrc: None,
        title: Some(sample.title.clone()),
        artist_name: None,
        note: Some(format!("{}; {}", sample.source, clearance(sample.clearance))),
    });
    let samples: Vec<Sample> = samples.collect();
    let artists: BTreeSet<usize> = told
        .credits
        .iter()
        .filter(|credit| is_artist(credit.role) && is_of(credit, id))
        .filter_map(|credit| place_of(told, credit.party_id))
        .collect();
    let takes = told.takes.iter().enumerate().filter(|(_, view)| view.take.song_id == id).map(|(take, _)| take);
    Recording {
        id: song.recording.id.to_string(),
        title: song.recording.title.clone(),
        artist_name: song.artist_name.clone(),
        artists: artists.into_iter().collect(),
        isrc: song.recording.isrc.clone(),
        works: vec![place],
        // Writers stand at the work.
        contributors: contributors(told, |credit| is_of(credit, id) && credit.role.on_work().is_none()),
        projects: project.into_iter().collect(),
        sessions: vec![0],
        components: takes.collect(),
        // Of what nobody has logged nothing is known.
        samples: Some(samples).filter(|samples| !samples.is_empty()),
        ..Recording::default()
    }
}

const fn clearance(clearance: SampleClearance) -> &'static str {
    match clearance {
        SampleClearance::Cleared => "cleared",
        SampleClearance::ClearedForLeases => "cleared for licences that are not exclusive",
        SampleClearance::RoyaltyFree => "royalty-free",
        SampleClearance::NotCleared => "not cleared",
    }
}

fn component(told: &Told, view: &TakeView) -> Component {
    let TakeView { take, comp_of } = view;
    let song = told.songs.iter().find(|song| song.song.id == take.song_id);
    let numbers = comp_of.iter().map(|source| {
        let known = told.takes.iter().find(|other| other.take.id == *source);
        known.map_or_else(|| source.to_string(), |other| other.take.number.to_string())
    });
    let comp = take.is_comp.then(|| format!("Comp of {}", numbers.collect::<Vec<_>>().join(", ")));
    let rating = take.rating.map(|rating| format!("Rated {rating} of 5"));
    let notes = Some(take.notes.clone()).filter(|notes| !notes.is_empty());
    let said: Vec<String> = [comp, rating, notes].into_iter().flatten().collect();
    Component {
        id: take.id.to_string(),
        number: take.number.to_string(),
        title: take.part.clone(),
        artist_name: song.map_or_else(|| told.studio.name.clone(), |song| song.artist_name.clone()),
        comment: Some(said.join(". ")).filter(|said| !said.is_empty()),
        contributors: Vec::new(),
        equipment: Vec::new(),
        created_on: take.recorded_at.map(|at| at.date_naive()),
    }
}

fn project_of_client((project, client): &(project::Model, Option<String>)) -> Project {
    Project {
        id: project.id.to_string(),
        name: project.title.clone(),
        artist_name: client.clone(),
        created_on: Some(project.created_at.date_naive()),
        ..Project::default()
    }
}

fn equipment_of(told: &Told, gear: &gear::Model) -> Equipment {
    let piece = gear.equipment_id.and_then(|id| told.pieces.get(&id));
    Equipment {
        id: gear.id.to_string(),
        kind: kind_of(piece.map_or("", |piece| &piece.category), &gear.name),
        name: gear.name.clone(),
        manufacturer: None,
        model: None,
        serial_number: piece.and_then(|piece| piece.serial.clone()),
        comment: gear.used_for.clone(),
    }
}

/// What kind of thing something is, by its category and then by its name, which are free text.
fn kind_of(category: &str, name: &str) -> EquipmentKind {
    const SIGNS: [(&str, EquipmentKind); 18] = [
        ("preamp", EquipmentKind::SignalProcessor),
        ("microphone", EquipmentKind::Microphone),
        ("speaker", EquipmentKind::Loudspeaker),
        ("monitor", EquipmentKind::Loudspeaker),
        ("computer", EquipmentKind::Computer),
        ("plug", EquipmentKind::Software),
        ("software", EquipmentKind::Software),
        ("recorder", EquipmentKind::Recorder),
        ("tape", EquipmentKind::Recorder),
        ("guitar", EquipmentKind::MusicalInstrument),
        ("piano", EquipmentKind::MusicalInstrument),
        ("drum", EquipmentKind::MusicalInstrument),
        ("bass", EquipmentKind::MusicalInstrument),
        ("synth", EquipmentKind::MusicalInstrument),
        ("sampler", EquipmentKind::MusicalInstrument),
        ("keyboard", EquipmentKind::MusicalInstrument),
        ("organ", EquipmentKind::MusicalInstrument),
        ("instrument", EquipmentKind::MusicalInstrument),
    ];
    let of = |text: &str| {
        let text = text.to_lowercase();
        SIGNS.iter().find(|(sign, _)| text.contains(sign)).map(|(_, kind)| *kind)
    };
    of(category).or_else(|| of(name)).unwrap_or(EquipmentKind::SignalProcessor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_what_its_category_says_and_else_its_name() {
        assert_eq!(kind_of("Microphone", "U 87"), EquipmentKind::Microphone);
        assert_eq!(kind_of("", "Fender Jazz Bass"), EquipmentKind::MusicalInstrument);
        assert_eq!(kind_of("", "Microphone preamplifier"), EquipmentKind::SignalProcessor);
        assert_eq!(kind_of("", "LA-2A"), EquipmentKind::SignalProcessor);
    }
}
