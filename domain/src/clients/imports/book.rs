//! The people whom a list may mean, as far as they are known: read at once, and then asked line by line.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};

use crate::{
    actor::Ctx,
    clients::{
        entity as clients,
        known::{Additions, Known, additions},
        people::PersonFacts,
        records::LineOutcome,
    },
    email::EmailAddress,
    ids::{PartyId, StudioId},
    parties::{
        self, Profile,
        details::Contact,
        entity as party, folded,
        records::{ContactKind, KeyKind, contact, detail, key, link, note},
    },
    report::StoreError,
    store::Tx,
};

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settled {
    /// Who it is about.
    pub(super) party: PartyId,
    /// Whether they are new.
    pub(super) is_new: bool,
    /// Whether they were known before the list.
    pub(super) was_known: bool,
    /// What it adds to them.
    pub(super) added: Additions,
    /// At which place its contacts and links begin.
    pub(super) places: (i32, i32),
    /// With whom somebody new shares an address.
    pub(super) notice: Option<String>,
}

impl Settled {
    /// In a word.
    pub(super) fn outcome(&self) -> LineOutcome {
        match (self.is_new, self.added.is_nothing()) {
            (true, _) => LineOutcome::Enter,
            (false, false) => LineOutcome::Update,
            (false, true) => LineOutcome::Same,
        }
    }

    /// Who it is about, if they were known before the list.
    pub(super) fn known_party(&self) -> Option<PartyId> {
        self.was_known.then_some(self.party)
    }
}

/// The people whom a list may mean.
pub(super) struct Book {
    studio: StudioId,
    people: Vec<(Known, bool)>,
    places: HashMap<PartyId, usize>,
    by_key: HashMap<(KeyKind, String), BTreeSet<usize>>,
}

impl Book {
    /// A book in which nobody stands.
    pub(super) fn new(studio: StudioId) -> Self {
        Self { studio, people: Vec::new(), places: HashMap::new(), by_key: HashMap::new() }
    }

    /// Reads those who have a key in common with one of these lines; held, if so asked, until the end of the transaction.
    pub(super) async fn load(&mut self, tx: &Tx, lines: &[&PersonFacts], hold: bool) -> Result<(), StoreError> {
        let mut wanted: HashMap<KeyKind, BTreeSet<String>> = HashMap::new();
        for (kind, key) in lines.iter().flat_map(|facts| keys_of(facts)) {
            wanted.entry(kind).or_default().insert(key);
        }
        let mut found: HashMap<PartyId, Vec<(KeyKind, String)>> = HashMap::new();
        for (kind, keys) in wanted {
            let rows = key::Entity::find()
                .filter(key::Column::StudioId.eq(self.studio))
                .filter(key::Column::Kind.eq(kind))
                .filter(key::Column::Key.is_in(keys))
                .all(tx)
                .await?;
            for row in rows {
                found.entry(row.party_id).or_default().push((row.kind, row.key));
            }
        }
        let new: Vec<PartyId> = found.keys().filter(|id| !self.places.contains_key(*id)).copied().collect();
        self.read(tx, &new, hold).await?;
        for (party, keys) in found {
            if let Some(place) = self.places.get(&party).copied() {
                for key in keys {
                    self.by_key.entry(key).or_default().insert(place);
                }
            }
        }
        Ok(())
    }

    async fn read(&mut self, tx: &Tx, ids: &[PartyId], hold: bool) -> Result<(), StoreError> {
        let mut query =
            party::Entity::find().filter(party::Column::Id.is_in(ids.iter().copied())).order_by_asc(party::Column::Id);
        if hold {
            query = query.lock(LockType::NoKeyUpdate);
        }
        let rows = query.all(tx).await?;
        let mut profiles = parties::profiles_of(tx, ids).await?;
        let mut notes: HashMap<PartyId, Vec<String>> = HashMap::new();
        let of_parties = note::Entity::find().filter(note::Column::PartyId.is_in(ids.iter().copied()));
        for row in of_parties.order_by_asc(note::Column::Id).all(tx).await? {
            notes.entry(row.party_id).or_default().push(row.words);
        }
        let clients: BTreeSet<PartyId> = clients::Entity::find()
            .select_only()
            .column(clients::Column::PartyId)
            .filter(clients::Column::PartyId.is_in(ids.iter().copied()))
            .into_tuple::<PartyId>()
            .all(tx)
            .await?
            .into_iter()
            .collect();
        for row in rows {
            let profile = profiles.remove(&row.id).unwrap_or_default();
            // Of who was erased or merged nothing is written down any more, and no line means them.
            if profile.erased_at.is_some() || profile.merged_into.is_some() {
                continue;
            }
            let known = Known {
                profile,
                notes: notes.remove(&row.id).unwrap_or_default(),
                is_client: clients.contains(&row.id),
                party: row,
            };
            self.places.insert(known.party.id, self.people.len());
            self.people.push((known, true));
        }
        Ok(())
    }

    /// What becomes of a line; the book knows it from then on.
    ///
    /// # Errors
    /// A sentence that says why nobody can tell who is meant, and what to do about it.
    pub(super) fn settle(&mut self, ctx: &Ctx, facts: &PersonFacts) -> Result<Settled, String> {
        let place = self.find(facts)?;
        let (place, is_new, notice) = match place {
            Some(place) => (place, false, None),
            None => (self.enter(ctx, facts), true, self.shared(facts)),
        };
        let (known, was_known) = &self.people[place];
        let from = |standing: usize| i32::try_from(standing).unwrap_or(i32::MAX);
        let settled = Settled {
            party: known.party.id,
            is_new,
            was_known: *was_known,
            added: additions(facts, known),
            places: (from(known.profile.contacts.len()), from(known.profile.links.len())),
            notice,
        };
        self.take(ctx, place, facts, &settled.added);
        Ok(settled)
    }

    /// Somebody who stands in the book, with all that the lines so far have added.
    pub(super) fn known(&self, party: PartyId) -> Option<&Known> {
        self.places.get(&party).map(|place| &self.people[*place].0)
    }

    /// Who a line is about: by number, or by address and name; by name alone where one of the two has no address.
    fn find(&self, facts: &PersonFacts) -> Result<Option<usize>, String> {
        let mut meant: BTreeSet<usize> = BTreeSet::new();
        let own = facts.email.as_ref().map(|email| email.to_lowercase());
        for (kind, key) in keys_of(facts).into_iter().filter(|(kind, _)| *kind != KeyKind::Name) {
            // A band's or a manager's address stands with many: it tells who is meant where the name is the same, or where one side has no name and it is
            // both sides' first.
            let tells = |place: &usize| {
                let first = self.people[*place].0.party.email.as_ref().map(EmailAddress::account_key);
                let is_first = own.as_ref() == Some(&key) && first.as_ref() == Some(&key);
                kind != KeyKind::Email || self.is_named(*place, facts) || (is_first && self.is_nameless(*place, facts))
            };
            let places = self.by_key.get(&(kind, key.clone())).into_iter().flatten().copied();
            let places: Vec<usize> = places.filter(tells).collect();
            // Several may share an address: of those who do, whoever bears the name.
            let named: Vec<usize> = places.iter().copied().filter(|place| self.is_named(*place, facts)).collect();
            match (places.as_slice(), named.as_slice()) {
                ([], _) => {}
                ([one], _) | (_, [one]) => {
                    meant.insert(*one);
                }
                _ => return Err(ambiguous(&facts.name, "share what it is known by")),
            }
        }
        match meant.into_iter().collect::<Vec<_>>().as_slice() {
            [one] => return Ok(Some(*one)),
            [] => {}
            _ => return Err(ambiguous(&facts.name, "are known by what it says")),
        }
        let namesakes = self.by_key.get(&(KeyKind::Name, folded(&facts.name)));
        let alone: Vec<usize> = namesakes
            .into_iter()
            .flatten()
            .copied()
            .filter(|place| facts.email.is_none() || self.people[*place].0.party.email.is_none())
            .collect();
        let alike: Vec<usize> =
            alone.iter().copied().filter(|place| self.people[*place].0.party.kind == facts.kind).collect();
        match (alone.as_slice(), alike.as_slice()) {
            ([], _) => Ok(None),
            ([one], _) | (_, [one]) => Ok(Some(*one)),
            _ => Err(ambiguous(&facts.name, "bear that name")),
        }
    }

    /// Whether a party and a line have a name in common, be it the legal one.
    fn is_named(&self, place: usize, facts: &PersonFacts) -> bool {
        let party = &self.people[place].0.party;
        let said = [Some(&facts.name), facts.legal_name.as_ref()];
        let said: Vec<String> = said.into_iter().flatten().map(|name| folded(name)).collect();
        [Some(&party.name), party.legal_name.as_ref()].into_iter().flatten().any(|name| said.contains(&folded(name)))
    }

    /// Whether a party or a line is called by its address, for want of a name.
    fn is_nameless(&self, place: usize, facts: &PersonFacts) -> bool {
        let party = &self.people[place].0.party;
        facts.email.as_ref().is_some_and(|email| folded(email) == folded(&facts.name))
            || party.email.as_ref().is_some_and(|email| folded(email.as_str()) == folded(&party.name))
    }

    /// What to say of somebody new whose address stands with others.
    fn shared(&self, facts: &PersonFacts) -> Option<String> {
        let email = facts.email.as_ref()?;
        let places = self.by_key.get(&(KeyKind::Email, email.to_lowercase()))?;
        let names: Vec<&str> = places.iter().take(3).map(|place| self.people[*place].0.party.name.as_str()).collect();
        Some(format!("shares the address {email} with {}; merge them if they are one", names.join(", ")))
    }

    /// Somebody new, of whom the book knows the name alone until the line is taken.
    fn enter(&mut self, ctx: &Ctx, facts: &PersonFacts) -> usize {
        let party = party::Model {
            id: ctx.env.id(),
            studio_id: self.studio,
            kind: facts.kind,
            name: facts.name.clone(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
            created_at: ctx.env.now(),
        };
        let place = self.people.len();
        self.places.insert(party.id, place);
        let known = Known { party, profile: Profile::default(), notes: Vec::new(), is_client: false };
        self.people.push((known, false));
        place
    }

    /// Puts what a line adds into the book.
    fn take(&mut self, ctx: &Ctx, place: usize, facts: &PersonFacts, added: &Additions) {
        let known = &mut self.people[place].0;
        let id = known.party.id;
        let details = details_with(ctx, known, added);
        known.profile.details = details.or(known.profile.details.take());
        apply(&mut known.party, added);
        known.notes.extend(added.notes.iter().cloned());
        known.profile.tags.extend(added.tags.iter().cloned());
        let row = |contact: &Contact| contact::Model {
            party_id: id,
            studio_id: self.studio,
            kind: contact.kind,
            value: contact.value.clone(),
            label: contact.label.clone(),
            position: 0,
        };
        known.profile.contacts.extend(added.contacts.iter().map(row));
        known.profile.links.extend(added.links.iter().map(|(kind, url)| link::Model {
            party_id: id,
            studio_id: self.studio,
            url: url.clone(),
            kind: *kind,
            position: 0,
        }));
        known.is_client = true;
        for key in keys_of(facts) {
            self.by_key.entry(key).or_default().insert(place);
        }
    }
}

/// The details of a party with what is added to them; none if nothing is.
fn details_with(ctx: &Ctx, known: &Known, added: &Additions) -> Option<detail::Model> {
    if added.pro.is_none() && added.publisher.is_none() && added.address.is_none() {
        return None;
    }
    let standing = known.profile.details.clone().unwrap_or_else(|| parties::no_details(ctx, &known.party));
    let mut details = detail::Model { updated_at: ctx.env.now(), ..standing };
    if let Some(pro) = &added.pro {
        details.pro = Some(pro.clone());
    }
    if let Some((name, number)) = &added.publisher {
        (details.publisher, details.publisher_ipi) = (Some(name.clone()), number.clone());
    }
    if let Some(address) = added.address.clone() {
        details.country = address.country.and_then(|country| country.parse().ok());
        (details.street, details.city) = (address.street, address.city);
        (details.region, details.postcode) = (address.region, address.postcode);
    }
    Some(details)
}

/// Puts what is added to a party into it.
fn apply(party: &mut party::Model, added: &Additions) {
    party.legal_name = party.legal_name.take().or_else(|| added.legal_name.clone());
    party.email = party.email.take().or_else(|| added.email.as_ref().and_then(|email| email.parse().ok()));
    party.ipi = party.ipi.take().or_else(|| added.ipi.clone());
    party.isni = party.isni.take().or_else(|| added.isni.clone());
}

fn ambiguous(name: &str, why: &str) -> String {
    format!("several parties {why}, and nobody can tell which {name:?} is meant; merge them, or enter the line by hand")
}

/// The keys by which a line may name somebody who is known.
fn keys_of(facts: &PersonFacts) -> BTreeSet<(KeyKind, String)> {
    let further = facts.contacts.iter().filter(|contact| contact.kind == ContactKind::Email);
    let emails = facts.email.iter().chain(further.map(|contact| &contact.value));
    let mut keys: BTreeSet<_> = emails.map(|email| (KeyKind::Email, email.to_lowercase())).collect();
    keys.extend(facts.ipi.iter().map(|ipi| (KeyKind::Ipi, ipi.clone())));
    keys.extend(facts.isni.iter().map(|isni| (KeyKind::Isni, isni.clone())));
    keys.insert((KeyKind::Name, folded(&facts.name)));
    keys
}
