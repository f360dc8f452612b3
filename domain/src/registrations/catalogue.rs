//! The studio's catalogue as a list for spreadsheets.

use std::collections::{BTreeMap, HashMap, HashSet};

use interchange::{
    catalogue_csv::{self, Recording, Share, Work},
    identifiers::{Ean, Iswc},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    RegistrationError,
    recordings::{self, Known},
    rules,
};
use crate::{
    actor::Ctx,
    catalog::entity::{recording, work},
    env::Instant,
    ids::{PartyId, StudioId, WorkId},
    parties::{entity as party, records::detail},
    policy::{self, Action},
    report::StoreError,
    share,
    splits::{
        self,
        rules::{Rule, effective},
    },
    store::Db,
};

/// How many recordings are looked up at once.
const AT_ONCE: usize = 500;

/// Writes all works of a studio with what was recorded of them: who wrote and owns them as it was signed, their codes, and the release that they were first on.
pub async fn catalogue_csv(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<String, RegistrationError> {
    policy::require(&ctx.actor, Action::ReadCatalog, studio)?;
    let works = work::Entity::find()
        .filter(work::Column::StudioId.eq(studio))
        .order_by_asc(work::Column::Title)
        .order_by_asc(work::Column::Id)
        .all(db)
        .await?;
    let rows = recording::Entity::find()
        .filter(recording::Column::StudioId.eq(studio))
        .order_by_asc(recording::Column::Id)
        .all(db)
        .await?;
    let mut recordings: HashMap<WorkId, Vec<Known>> = HashMap::new();
    for some in rows.chunks(AT_ONCE) {
        for known in recordings::known(db, some.to_vec()).await? {
            recordings.entry(known.recording.work_id).or_default().push(known);
        }
    }
    let rules = holding(db, studio, ctx.env.now()).await?;
    let people = People::read(db, studio).await?;
    let list: Vec<Work> = works
        .into_iter()
        .map(|work| {
            let recordings = recordings.remove(&work.id).unwrap_or_default();
            people.work_of(work, recordings, &rules)
        })
        .collect();
    Ok(catalogue_csv::write(&list))
}

/// The splits that hold, by work.
async fn holding(
    db: &impl ConnectionTrait,
    studio: StudioId,
    at: Instant,
) -> Result<HashMap<WorkId, Rule>, StoreError> {
    let mut by_work: BTreeMap<WorkId, Vec<Rule>> = BTreeMap::new();
    for rule in splits::executed(db, studio).await? {
        by_work.entry(rule.version.work_id).or_default().push(rule);
    }
    let holding = by_work.into_iter().filter_map(|(work, rules)| Some((work, effective(&rules, at)?.clone())));
    Ok(holding.collect())
}

/// The studio's parties.
struct People {
    parties: HashMap<PartyId, party::Model>,
    publishers: HashMap<PartyId, (String, Option<String>)>,
}

impl People {
    async fn read(db: &impl ConnectionTrait, studio: StudioId) -> Result<Self, StoreError> {
        let parties = party::Entity::find().filter(party::Column::StudioId.eq(studio)).all(db).await?;
        let details = detail::Entity::find().filter(detail::Column::StudioId.eq(studio)).all(db).await?;
        Ok(Self {
            parties: parties.into_iter().map(|party| (party.id, party)).collect(),
            publishers: details
                .into_iter()
                .filter_map(|row| Some((row.party_id, (row.publisher?, row.publisher_ipi))))
                .collect(),
        })
    }

    fn shares(&self, shares: &[(PartyId, share::Share)]) -> Vec<Share> {
        let of_party = |(party, share): &(PartyId, share::Share)| {
            let party = self.parties.get(party)?;
            Some(Share { name: party.name.clone(), ipi_name_number: party.ipi.clone(), share_ppm: Some(share.ppm()) })
        };
        shares.iter().filter_map(of_party).collect()
    }

    /// The publishers of writers, each once. What they own of the writers' shares is between them.
    fn publishers(&self, writers: &[(PartyId, share::Share)]) -> Vec<Share> {
        let mut named = HashSet::new();
        let known = writers.iter().filter_map(|(party, _)| self.publishers.get(party));
        known
            .filter(|publisher| named.insert(*publisher))
            .map(|(name, ipi)| Share { name: name.clone(), ipi_name_number: ipi.clone(), share_ppm: None })
            .collect()
    }

    fn work_of(&self, work: work::Model, recordings: Vec<Known>, rules: &HashMap<WorkId, Rule>) -> Work {
        let rule = rules.get(&work.id);
        let owners = rule.map(|rule| self.shares(&rule.master)).unwrap_or_default();
        Work {
            id: work.id.to_string(),
            title: work.title,
            iswc: work.iswc.map(|iswc| iswc.parse::<Iswc>().map_or(iswc, |iswc| iswc.printed())),
            writers: rule.map(|rule| self.shares(&rule.composition)).unwrap_or_default(),
            publishers: rule.map(|rule| self.publishers(&rule.composition)).unwrap_or_default(),
            recordings: recordings.into_iter().map(|known| recording_of(known, owners.clone())).collect(),
        }
    }
}

fn recording_of(known: Known, owners: Vec<Share>) -> Recording {
    let Known { recording, duration_ms, release } = known;
    let (release_title, ean, label, released_on, artist) = match release {
        Some(row) => (Some(row.title), row.ean, Some(row.label), row.released_on, Some(row.artist)),
        None => (None, None, None, None, None),
    };
    Recording {
        id: recording.id.to_string(),
        title: recording.title,
        artist_name: artist.unwrap_or_default(),
        isrc: recording.isrc.as_deref().map(rules::printed),
        duration_ms,
        owners,
        release_title,
        ean: ean.map(|ean| ean.parse::<Ean>().map_or(ean, |ean| ean.printed().to_owned())),
        label,
        released_on,
    }
}
