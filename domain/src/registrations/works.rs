//! Works as a file of registrations tells of them: made of the executed split, the parties and the facts that are kept with the work.

use std::collections::{BTreeMap, HashMap};

use interchange::{
    cwr::{
        Chain, Collection, Link, Publisher, PublisherRole, Publishing as PublishedBy, Recording, Reference, Shares,
        Societies, WORLD, Work, Writer,
    },
    fault::Fault,
};

use super::{
    entity::{settings, work_registration},
    facts::{self, ChainFacts, PartyFacts, Publishing, Territory, WorkFacts},
    recordings::Known,
    rules,
};
use crate::{
    catalog::{Sha256, entity::work},
    ids::TypedId,
    parties::{
        entity::{self as party, PartyKind},
        records::detail,
    },
    share::{Share, WHOLE_PPM},
};

/// A work with all that is known of it.
pub(super) struct Told {
    pub(super) work: work::Model,
    pub(super) registration: work_registration::Model,
    pub(super) facts: WorkFacts,
    /// Who has which part of the composition, as it was signed.
    pub(super) composition: Vec<(party::Model, Option<detail::Model>, Share)>,
    pub(super) recordings: Vec<Known>,
    /// What societies call it.
    pub(super) references: Vec<Reference>,
}

/// The publishers of a file, each once.
pub(super) struct Publishers {
    /// The studio's own first.
    pub(super) list: Vec<Publisher>,
    places: HashMap<(String, Option<String>), usize>,
}

/// The studio's own publisher among them.
const OWN: usize = 0;

impl Publishers {
    /// The studio's own, as its settings say.
    pub(super) fn new(settings: &settings::Model) -> Self {
        let own = Publisher {
            id: settings.sender_code.clone().unwrap_or_default(),
            name: settings.sender_name.clone().unwrap_or_default(),
            ipi_name_number: settings.sender_ipi.clone(),
            ipi_base_number: None,
            societies: Societies { performing: society_of(settings), ..Societies::default() },
        };
        Self { places: HashMap::from([((own.name.clone(), own.ipi_name_number.clone()), OWN)]), list: vec![own] }
    }

    fn place_of(&mut self, name: &str, ipi: Option<&str>, societies: Societies) -> usize {
        let key = (name.to_owned(), ipi.map(str::to_owned));
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let id = Sha256::of(format!("{name}\n{}", ipi.unwrap_or_default()).as_bytes());
        self.list.push(Publisher {
            id: id.as_str()[..9].to_uppercase(),
            name: name.to_owned(),
            ipi_name_number: key.1.clone(),
            ipi_base_number: None,
            societies,
        });
        self.places.insert(key, self.list.len() - 1);
        self.list.len() - 1
    }
}

/// The society of the studio's publisher.
fn society_of(settings: &settings::Model) -> Option<u16> {
    settings.society.and_then(|number| u16::try_from(number).ok())
}

/// Makes a work of all that is told of it; what cannot be told is added to the faults, under the path of the work in the file.
pub(super) fn work_of(
    (settings, publishers): (&settings::Model, &mut Publishers),
    told: &Told,
    (path, faults): (&str, &mut Vec<Fault>),
) -> Work {
    let mut maker = Maker { settings, told, path, faults, owned: None, agreement: None, others: Vec::new() };
    let mut writers: Vec<Writer> = Vec::new();
    for (party, detail, share) in &told.composition {
        let facts = told.facts.parties.iter().find(|facts| facts.party == party.id);
        let named = Named { party, detail: detail.as_ref(), facts, share: *share };
        // A company that has a part of the composition publishes it.
        if party.kind == PartyKind::Company && facts.is_none_or(|facts| facts.role.is_none()) {
            maker.publisher(publishers, &named);
        } else {
            let place = writers.len();
            writers.push(maker.writer(&named, place));
        }
    }
    let chains = maker.chains(publishers);
    let WorkFacts { category, duration_s, modified_from, other_titles, performers, library, .. } = &told.facts;
    Work {
        id: told.registration.code.clone(),
        title: told.work.title.clone(),
        iswc: told.work.iswc.clone(),
        duration_s: *duration_s,
        category: *category,
        modified_from: modified_from.clone(),
        other_titles: other_titles.clone(),
        chains,
        writers,
        performers: performers.clone(),
        recordings: told.recordings.iter().map(recording_of).collect(),
        library: library.clone(),
        references: told.references.clone(),
    }
}

/// A party with a part of the composition.
struct Named<'a> {
    party: &'a party::Model,
    detail: Option<&'a detail::Model>,
    facts: Option<&'a PartyFacts>,
    share: Share,
}

struct Maker<'a> {
    settings: &'a settings::Model,
    told: &'a Told,
    path: &'a str,
    faults: &'a mut Vec<Fault>,
    /// What the studio's own publisher owns, if it has a part.
    owned: Option<Shares>,
    agreement: Option<interchange::cwr::Agreement>,
    /// The chains of other publishers.
    others: Vec<Chain>,
}

impl Maker<'_> {
    fn owns(&mut self, shares: Shares) {
        self.owned = Some(sum(self.owned.unwrap_or_default(), shares));
    }

    fn publisher(&mut self, publishers: &mut Publishers, named: &Named<'_>) {
        let shares = facts::part(named.share.ppm(), ALL);
        let ipi = named.party.ipi.as_deref();
        if self.is_own(ipi, &named.party.name, named.facts) {
            self.owns(shares);
            self.agreement = named.facts.and_then(|facts| facts.agreement.clone()).or(self.agreement.take());
            return;
        }
        let societies = self.societies(named, "chains");
        let place = publishers.place_of(&named.party.name, ipi, societies);
        let agreement = named.facts.and_then(|facts| facts.agreement.clone());
        let role = PublisherRole::Original;
        let link = Link { publisher: Some(place), role, shares, collections: Vec::new(), agreement };
        self.others.push(Chain { is_controlled: false, links: vec![link] });
    }

    fn writer(&mut self, named: &Named<'_>, place: usize) -> Writer {
        let Named { party, detail, facts, share } = named;
        let publisher = detail.and_then(|detail| detail.publisher.as_deref());
        let publisher_ipi = detail.and_then(|detail| detail.publisher_ipi.as_deref());
        let is_controlled = self.is_own(publisher_ipi, publisher.unwrap_or_default(), *facts);
        let whole = facts::part(share.ppm(), ALL);
        let published =
            if is_controlled { facts::part(share.ppm(), self.told.facts.publishing) } else { Shares::default() };
        if is_controlled {
            self.owns(published);
        }
        let shares = less(whole, published);
        let (last, first) = rules::names(party.legal_name.as_deref().unwrap_or(&party.name));
        let agreement = facts.and_then(|facts| facts.agreement.clone());
        Writer {
            id: rules::party_number(party.id.uuid()),
            last_name: facts.and_then(|facts| facts.last_name.clone()).unwrap_or(last),
            first_name: facts.and_then(|facts| facts.first_name.clone()).unwrap_or(first),
            role: facts.and_then(|facts| facts.role).unwrap_or_default(),
            ipi_name_number: party.ipi.clone(),
            ipi_base_number: facts.and_then(|facts| facts.ipi_base_number.clone()),
            societies: self.societies(named, &format!("writers[{place}]")),
            shares,
            collections: if is_controlled { collected(WORLD, shares).into_iter().collect() } else { Vec::new() },
            is_controlled,
            // The studio's own chain is the first.
            publishers: if is_controlled { vec![PublishedBy { chain: 0, agreement }] } else { Vec::new() },
        }
    }

    /// Whether the studio's publisher is meant: as it is said, or by number, or by name where there is none.
    fn is_own(&self, ipi: Option<&str>, name: &str, facts: Option<&PartyFacts>) -> bool {
        if let Some(said) = facts.and_then(|facts| facts.is_controlled) {
            return said;
        }
        match (ipi, &self.settings.sender_ipi) {
            (Some(ipi), Some(own)) => ipi == own,
            _ => self.settings.sender_name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name)),
        }
    }

    /// The societies of a party: as it is said, or for performing rights by the name of its organisation.
    fn societies(&mut self, named: &Named<'_>, field: &str) -> Societies {
        if let Some(said) = named.facts.and_then(|facts| facts.societies) {
            return said;
        }
        let Some(pro) = named.detail.and_then(|detail| detail.pro.as_deref()) else { return Societies::default() };
        let performing = rules::society(pro);
        if performing.is_none() {
            self.faults.push(Fault {
                field: format!("{}.{field}.societies", self.path),
                problem: format!("no number is known of the society “{pro}” of {}", named.party.name),
                remedy: "say the society's number in the facts of the work, such as 35 for GEMA".to_owned(),
            });
        }
        Societies { performing, ..Societies::default() }
    }

    /// The chains, the studio's own first.
    fn chains(self, publishers: &mut Publishers) -> Vec<Chain> {
        let Some(owned) = self.owned else { return self.others };
        let WorkFacts { territories, chain, .. } = &self.told.facts;
        let (own, given) = collections(owned, territories, chain);
        let first = Link {
            publisher: Some(OWN),
            role: PublisherRole::Original,
            shares: owned,
            collections: own,
            agreement: self.agreement,
        };
        let further = chain.iter().zip(given).map(|(link, collections)| Link {
            publisher: Some(publishers.place_of(&link.name, link.ipi_name_number.as_deref(), link.societies)),
            role: link.role,
            shares: Shares::default(),
            collections,
            agreement: link.agreement.clone(),
        });
        let links = std::iter::once(first).chain(further).collect();
        std::iter::once(Chain { is_controlled: true, links }).chain(self.others).collect()
    }
}

/// All of a share in each right.
const ALL: Publishing =
    Publishing { performing_ppm: WHOLE_PPM, mechanical_ppm: WHOLE_PPM, synchronisation_ppm: WHOLE_PPM };

fn each(one: Shares, other: Shares, of: impl Fn(u32, u32) -> u32) -> Shares {
    Shares {
        performing_ppm: of(one.performing_ppm, other.performing_ppm),
        mechanical_ppm: of(one.mechanical_ppm, other.mechanical_ppm),
        synchronisation_ppm: of(one.synchronisation_ppm, other.synchronisation_ppm),
    }
}

fn sum(one: Shares, other: Shares) -> Shares {
    each(one, other, u32::saturating_add)
}

fn less(whole: Shares, part: Shares) -> Shares {
    each(whole, part, u32::saturating_sub)
}

/// A part of what is collected.
fn part_of(shares: Shares, ppm: u32) -> Shares {
    let part = Shares { performing_ppm: ppm, mechanical_ppm: ppm, synchronisation_ppm: ppm };
    each(shares, part, |of, ppm| u32::try_from(u64::from(of) * u64::from(ppm) / u64::from(WHOLE_PPM)).unwrap_or(of))
}

/// What is collected in a territory, if anything is.
fn collected(territory: u16, shares: Shares) -> Option<Collection> {
    (shares != Shares::default()).then_some(Collection { territory, is_excluded: false, shares })
}

/// What the studio's publisher collects where, and what each of those behind it in the chain does.
fn collections(
    owned: Shares,
    territories: &[Territory],
    chain: &[ChainFacts],
) -> (Vec<Collection>, Vec<Vec<Collection>>) {
    let mut taken: BTreeMap<u16, Shares> = BTreeMap::new();
    let given = chain.iter().map(|link| {
        let shares = part_of(owned, link.collects_ppm);
        for territory in &link.territories {
            let sum = sum(taken.get(territory).copied().unwrap_or_default(), shares);
            taken.insert(*territory, sum);
        }
        link.territories.iter().filter_map(|territory| collected(*territory, shares)).collect()
    });
    let given: Vec<Vec<Collection>> = given.collect();
    let everywhere = [Territory::EVERYWHERE];
    let own = if territories.is_empty() { &everywhere[..] } else { territories };
    let own = own.iter().filter(|territory| !taken.contains_key(&territory.number)).map(|territory| Collection {
        territory: territory.number,
        is_excluded: territory.is_excluded,
        shares: if territory.is_excluded { Shares::default() } else { owned },
    });
    // Of those that a territory is in, the last one counts: the world stands before what is taken out of it.
    let (world, rest): (Vec<_>, Vec<_>) = taken.iter().partition(|(territory, _)| **territory == WORLD);
    let left = |(territory, taken): (&u16, &Shares)| {
        let left = less(owned, *taken);
        collected(*territory, left).or_else(|| {
            let is_excluded = *territory != WORLD;
            is_excluded.then_some(Collection { territory: *territory, is_excluded, shares: left })
        })
    };
    let own: Vec<Collection> =
        world.into_iter().filter_map(left).chain(own).chain(rest.into_iter().filter_map(left)).collect();
    (own.into_iter().filter(|one| one.is_excluded || one.shares != Shares::default()).collect(), given)
}

fn recording_of(known: &Known) -> Recording {
    let release = known.release.as_ref();
    Recording {
        id: String::new(),
        released_on: release.and_then(|release| release.released_on),
        duration_s: known.duration_s(),
        isrc: known.recording.isrc.clone(),
        title: known.recording.title.clone(),
        version_title: String::new(),
        display_artist: release.map(|release| release.artist.clone()).unwrap_or_default(),
        label: release.map(|release| release.label.clone()).unwrap_or_default(),
    }
}

/// Says of each fault which work and which writers it is about, and at which of the given places the work is: a file names them by their places in it alone.
pub(super) fn named(faults: Vec<Fault>, works: &[Work], places: &[usize]) -> Vec<Fault> {
    let said = |fault: Fault| {
        let Some((place, rest)) = fault.field.strip_prefix("works[").and_then(|rest| rest.split_once(']')) else {
            return fault;
        };
        let place = place.parse::<usize>().unwrap_or(usize::MAX);
        let (Some(work), Some(given)) = (works.get(place), places.get(place)) else { return fault };
        let mut who = work.title.clone();
        if let Some(writers) = rest.strip_prefix(".writers") {
            let one = writers.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let one = one.and_then(|(place, _)| place.parse::<usize>().ok());
            let named: Vec<String> = match one.and_then(|place| work.writers.get(place)) {
                Some(writer) => vec![name_of(writer)],
                None => work.writers.iter().map(name_of).collect(),
            };
            who = format!("{who} ({})", named.join(", "));
        }
        let field = format!("works[{given}]{rest}");
        Fault { field, problem: format!("{who}: {}", fault.problem), remedy: fault.remedy }
    };
    faults.into_iter().map(said).collect()
}

/// Says of each fault where what it is about is entered: a file has places of its own.
pub(super) fn entered(faults: Vec<Fault>) -> Vec<Fault> {
    faults.into_iter().map(|fault| Fault { field: input_of(&fault.field), ..fault }).collect()
}

fn input_of(field: &str) -> String {
    match rules::steps(field)[..] {
        ["sender", "name"] => "settings.senderName".to_owned(),
        ["sender", ..] => "settings.senderIpi".to_owned(),
        ["publishers", ..] => "settings".to_owned(),
        ["works", place, "id"] => format!("works.{place}.facts.code"),
        ["works", place, rest @ ("title" | "iswc")] => format!("works.{place}.{rest}"),
        ["works", place, "recordings", ..] => format!("works.{place}.recordings"),
        ["works", place, "writers", _, "ipi_name_number"] => format!("works.{place}.party.ipi"),
        ["works", place, "writers"] | ["works", place, "writers", _, "shares" | "collections", ..] => {
            format!("works.{place}.split")
        }
        ["works", place, "writers", ..] => format!("works.{place}.facts.parties"),
        ["works", place, "chains", ..] => format!("works.{place}.facts.publishing"),
        ["works", place] => format!("works.{place}"),
        ["works", place, ref rest @ ..] => format!("works.{place}.facts.{}", rest.join(".")),
        _ => field.to_owned(),
    }
}

fn name_of(writer: &Writer) -> String {
    [writer.first_name.as_str(), &writer.last_name].join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNED: Shares = Shares { performing_ppm: 250_000, mechanical_ppm: 500_000, synchronisation_ppm: 500_000 };

    fn sub(territories: &[u16], collects_ppm: u32) -> ChainFacts {
        ChainFacts {
            name: "Sub".to_owned(),
            ipi_name_number: None,
            role: PublisherRole::SubPublisher,
            societies: Societies::default(),
            territories: territories.to_vec(),
            collects_ppm,
            agreement: None,
        }
    }

    #[test]
    fn what_a_sub_publisher_collects_the_publisher_does_not() {
        let (own, given) = collections(OWNED, &[], &[sub(&[276], 1_000_000), sub(&[840], 400_000)]);
        let told: Vec<(u16, bool, u32)> =
            own.iter().map(|one| (one.territory, one.is_excluded, one.shares.mechanical_ppm)).collect();
        assert_eq!(told, [(WORLD, false, 500_000), (276, true, 0), (840, false, 300_000)]);
        assert_eq!(given[1], [Collection { territory: 840, is_excluded: false, shares: part_of(OWNED, 400_000) }]);
    }

    #[test]
    fn an_administrator_of_the_world_leaves_the_rest_of_it() {
        let (own, _) = collections(OWNED, &[], &[sub(&[WORLD], 150_000)]);
        let [rest] = own.as_slice() else { panic!("{own:?}") };
        assert_eq!((rest.territory, rest.shares.mechanical_ppm), (WORLD, 425_000));
        let (own, given) = collections(OWNED, &[], &[sub(&[WORLD], 1_000_000)]);
        assert!(own.is_empty() && given[0].len() == 1);
    }

    #[test]
    fn a_fault_names_what_is_entered() {
        for (field, input) in [
            ("works[0].writers[1].ipi_name_number", "works.0.party.ipi"),
            ("works[0].writers", "works.0.split"),
            ("works[0].writers[0].societies", "works.0.facts.parties"),
            ("works[2].chains", "works.2.facts.publishing"),
            ("works[0].other_titles[1].title", "works.0.facts.other_titles.1.title"),
            ("works[1]", "works.1"),
            ("sender.name", "settings.senderName"),
            ("works", "works"),
        ] {
            assert_eq!(input_of(field), input);
        }
    }

    #[test]
    fn a_fault_names_work_and_writer() {
        let writer = |last: &str| Writer { last_name: last.to_owned(), ..Writer::default() };
        let work =
            Work { title: "Night Drive".to_owned(), writers: vec![writer("King"), writer("Orson")], ..Work::default() };
        let fault = |field: &str| Fault { field: field.to_owned(), problem: "wrong".to_owned(), remedy: String::new() };
        let faults = ["works[0].writers[1].ipi_name_number", "works[0].writers", "works[0].title", "sender.name"];
        let problems: Vec<String> = named(faults.into_iter().map(fault).collect(), &[work], &[0])
            .into_iter()
            .map(|fault| fault.problem)
            .collect();
        assert_eq!(
            problems,
            ["Night Drive (Orson): wrong", "Night Drive (King, Orson): wrong", "Night Drive: wrong", "wrong"]
        );
    }
}
