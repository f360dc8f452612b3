//! What is known already of who made a song, and which of them are the studio itself.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::rules::{self, MAX_LINE_CHARS, is_shown, role_name};
use crate::{
    actor::Role,
    identity::entity::{member, studio, user},
    ids::{PartyId, ProjectId, SongId, StudioId, UserId},
    parties::{self, entity as party},
    production::{
        entity::{person, song},
        queries::people_of_song,
    },
    report::StoreError,
    session_log::{
        entity::SessionRole,
        queries::{SongCredit, credits_of_songs},
    },
};

/// What a party did on a song.
pub(super) struct Credited {
    party: party::Model,
    role: SessionRole,
    instrument: Option<String>,
}

/// Those who did something on a song, by role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditLine {
    /// As what.
    pub role: SessionRole,
    /// Who, by name, each with their instruments in brackets.
    pub names: Vec<String>,
}

impl CreditLine {
    /// What the role is called.
    pub fn role_name(&self) -> String {
        role_name(self.role)
    }
}

/// Who made songs, by role and then by name: as the session log says, or, of a song of which nothing was logged, its project. Those who were erased are not
/// named.
pub(super) async fn credited(
    db: &impl ConnectionTrait,
    songs: &[SongId],
) -> Result<HashMap<SongId, Vec<Credited>>, StoreError> {
    let mut found: HashMap<SongId, Vec<Credited>> = HashMap::new();
    for (song, credits) in credits_of_songs(db, songs).await? {
        let of_log =
            |credit: SongCredit| Credited { party: credit.party, role: credit.role, instrument: credit.instrument };
        found.insert(song, credits.into_iter().filter(|credit| is_shown(credit.role)).map(of_log).collect());
    }
    found.retain(|_, credits| !credits.is_empty());
    let others: Vec<SongId> = songs.iter().copied().filter(|song| !found.contains_key(song)).collect();
    found.extend(of_projects(db, &others).await?);
    let named: BTreeSet<PartyId> = found.values().flatten().map(|credit| credit.party.id).collect();
    let named: Vec<PartyId> = named.into_iter().collect();
    let erased = parties::erasures_of(db, &named).await?;
    for credits in found.values_mut() {
        credits.retain(|credit| !erased.contains_key(&credit.party.id));
    }
    Ok(found)
}

/// Who made songs by what their projects say of them.
async fn of_projects(
    db: &impl ConnectionTrait,
    songs: &[SongId],
) -> Result<HashMap<SongId, Vec<Credited>>, StoreError> {
    if songs.is_empty() {
        return Ok(HashMap::new());
    }
    let songs = song::Entity::find().filter(song::Column::Id.is_in(songs.iter().copied())).all(db).await?;
    let projects: BTreeSet<ProjectId> = songs.iter().map(|song| song.project_id).collect();
    let rows = person::Entity::find()
        .filter(person::Column::ProjectId.is_in(projects))
        .order_by_asc(person::Column::CreatedAt)
        .order_by_asc(person::Column::Id)
        .all(db)
        .await?;
    // What a successor had as well was not moved when it was merged: it still refers to who was merged.
    let successors = parties::successors_of(db, rows.iter().map(|row| row.party_id)).await?;
    let present = |row: &person::Model| successors.get(&row.party_id).copied().unwrap_or(row.party_id);
    let named: BTreeSet<PartyId> = rows.iter().map(&present).collect();
    let rows_of_parties = party::Entity::find().filter(party::Column::Id.is_in(named)).all(db).await?;
    let named: HashMap<PartyId, party::Model> = rows_of_parties.into_iter().map(|row| (row.id, row)).collect();
    let mut people: HashMap<ProjectId, Vec<person::Model>> = HashMap::new();
    for row in rows {
        people.entry(row.project_id).or_default().push(row);
    }
    let made = |song: &song::Model| {
        let of_project = people.get(&song.project_id).map_or(&[][..], Vec::as_slice);
        let credit = |row: &person::Model| {
            let (party, role) = (named.get(&present(row))?.clone(), rules::role_of(row.role)?);
            Some(Credited { party, role, instrument: None })
        };
        let mut credits: Vec<Credited> = people_of_song(of_project, song.id).into_iter().filter_map(credit).collect();
        credits.sort_by_cached_key(|credit| (credit.role, credit.party.name.to_lowercase(), credit.party.id));
        credits.dedup_by_key(|credit| (credit.role, credit.party.id));
        (song.id, credits)
    };
    Ok(songs.iter().map(made).collect())
}

/// The same as lines: a name once a role, with all that was played.
pub(super) fn lines(credits: &[Credited]) -> Vec<CreditLine> {
    let mut by_role: BTreeMap<SessionRole, Vec<(&party::Model, Vec<&str>)>> = BTreeMap::new();
    for credit in credits {
        let of_role = by_role.entry(credit.role).or_default();
        let known = of_role.iter().position(|(party, _)| party.id == credit.party.id);
        let place = known.unwrap_or_else(|| {
            of_role.push((&credit.party, Vec::new()));
            of_role.len() - 1
        });
        of_role[place].1.extend(credit.instrument.as_deref());
    }
    let name = |(party, instruments): (&party::Model, Vec<&str>)| match instruments.as_slice() {
        [] => party.name.clone(),
        played => format!("{} ({})", party.name, played.join(", ")),
    };
    let line = |(role, names): (SessionRole, Vec<_>)| CreditLine { role, names: names.into_iter().map(name).collect() };
    by_role.into_iter().map(line).collect()
}

/// Whose release a song is, in words: its artists, and whom they feature; none if none is known.
pub(super) fn artist(credits: &[Credited]) -> Option<String> {
    let named = |role: SessionRole| -> String {
        let mut of_role: Vec<&party::Model> =
            credits.iter().filter(|credit| credit.role == role).map(|credit| &credit.party).collect();
        // Who plays two instruments stands there twice.
        of_role.dedup_by_key(|party| party.id);
        of_role.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (artists, featured) = (named(SessionRole::Artist), named(SessionRole::FeaturedArtist));
    let words = match (artists.as_str(), featured.as_str()) {
        ("", _) => return None,
        (artists, "") => artists.to_owned(),
        (artists, featured) => format!("{artists} feat. {featured}"),
    };
    Some(words).filter(|words| words.chars().count() <= MAX_LINE_CHARS)
}

/// By what a studio knows its own people among those whom it credits.
pub(super) struct Own {
    party: Option<PartyId>,
    emails: HashSet<String>,
    names: HashSet<String>,
}

impl Own {
    /// The studio itself, whose party is its first, and those who work in it.
    pub(super) async fn of(db: &impl ConnectionTrait, studio_id: StudioId) -> Result<Self, StoreError> {
        let members = member::Entity::find()
            .filter(member::Column::StudioId.eq(studio_id))
            .filter(member::Column::Role.is_in([Role::Owner, Role::Manager, Role::Engineer]))
            .all(db)
            .await?;
        let members: Vec<UserId> = members.into_iter().map(|row| row.user_id).collect();
        let people = user::Entity::find().filter(user::Column::Id.is_in(members)).all(db).await?;
        let studio = studio::Entity::find_by_id(studio_id).one(db).await?;
        let first = party::Entity::find()
            .filter(party::Column::StudioId.eq(studio_id))
            .order_by_asc(party::Column::Id)
            .one(db)
            .await?;
        let party = match first {
            Some(first) => Some(parties::present(db, first.id).await?),
            None => None,
        };
        let mut own = Self { party, emails: HashSet::new(), names: HashSet::new() };
        for person in people {
            own.emails.insert(person.email_key);
            own.names.insert(parties::folded(&person.name));
        }
        if let Some(studio) = studio {
            own.emails.insert(studio.contact_email.account_key());
            own.names.insert(parties::folded(&studio.name));
        }
        Ok(own)
    }

    fn has(&self, party: &party::Model) -> bool {
        let by_email = party.email.as_ref().is_some_and(|email| self.emails.contains(&email.account_key()));
        self.party == Some(party.id) || by_email || self.names.contains(&parties::folded(&party.name))
    }

    /// What the studio did on a song.
    pub(super) fn roles(&self, credits: &[Credited]) -> BTreeSet<SessionRole> {
        credits.iter().filter(|credit| self.has(&credit.party)).map(|credit| credit.role).collect()
    }
}
