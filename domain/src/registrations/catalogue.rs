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
    agreements::{
        document::Reading,
        entity::{agreement, version},
        queries::reading,
    },
    catalog::entity::{recording, work},
    env::Instant,
    ids::{AgreementId, PartyId, StudioId, WorkId},
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
    let mut people = People::read(db, studio).await?;
    people.read_sheets(db, rules.values().map(|rule| rule.version.agreement_id).collect()).await?;
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
    /// Who owns a recording, by the split sheet that says it.
    owners: HashMap<AgreementId, Vec<(String, share::Share)>>,
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
            owners: HashMap::new(),
        })
    }

    /// Reads in split sheets who owns what: who is paid of its income beside the owners has points, which are no ownership.
    async fn read_sheets(&mut self, db: &impl ConnectionTrait, ids: Vec<AgreementId>) -> Result<(), StoreError> {
        for some in ids.chunks(AT_ONCE) {
            let of = agreement::Entity::find().filter(agreement::Column::Id.is_in(some.iter().copied()));
            let signed: HashMap<AgreementId, i32> =
                of.all(db).await?.into_iter().map(|row| (row.id, row.version)).collect();
            let versions = version::Entity::find().filter(version::Column::AgreementId.is_in(some.iter().copied()));
            for row in versions.all(db).await? {
                if signed.get(&row.agreement_id) == Some(&row.number) {
                    self.owners.insert(row.agreement_id, owners(&reading(&row)?));
                }
            }
        }
        Ok(())
    }

    /// The owners of a work's recordings, as the split sheet says; of one that was read without them, who is paid.
    fn owners_of(&self, rule: &Rule) -> Vec<Share> {
        let Some(owners) = self.owners.get(&rule.version.agreement_id).filter(|owners| !owners.is_empty()) else {
            return self.shares(&rule.master);
        };
        let paid = rule.master.iter().filter_map(|(party, _)| self.parties.get(party));
        let owner = |(name, share): &(String, share::Share)| {
            let known = paid.clone().find(|party| party.name == *name);
            let ipi_name_number = known.and_then(|party| party.ipi.clone());
            Share { name: name.clone(), ipi_name_number, share_ppm: Some(share.ppm()) }
        };
        owners.iter().map(owner).collect()
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
        let owners = rule.map(|rule| self.owners_of(rule)).unwrap_or_default();
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

/// Who owns a recording, by name, as a split sheet says it.
fn owners(reading: &Reading) -> Vec<(String, share::Share)> {
    let said = reading.splits.iter().flat_map(|splits| &splits.owners);
    said.filter_map(|(index, share)| Some((reading.parties.get(*index)?.name.clone(), *share))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Sha256;

    #[test]
    fn points_are_no_ownership() {
        let share = |ppm| share::Share::from_ppm(ppm).unwrap();
        let party = |name: &str| {
            serde_json::json!({ "name": name, "email": null, "signs": true,
                "concerns_sha256": Sha256::of(b"all"), "facts": {} })
        };
        let reading: Reading = serde_json::from_value(serde_json::json!({
            "template": "split_sheet", "title": "Ferry", "canonical_json": "{}", "text_sha256": Sha256::of(b"text"),
            "parties": [party("Ana"), party("Nova"), party("Pia")], "term_ends_on": null,
            "splits": {
                "work": null, "effective_on": null, "composition": [[0, 1_000_000]],
                "master": [[2, 40_000], [0, 480_000], [1, 480_000]], "owners": [[0, 500_000], [1, 500_000]],
            },
        }))
        .unwrap();
        assert_eq!(owners(&reading), [("Ana".to_owned(), share(500_000)), ("Nova".to_owned(), share(500_000))]);
    }
}
