//! Terms: the rules that hold, as versions that can be reckoned with.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::{
    actor::Ctx,
    catalog::{Sha256, entity::recording},
    ids::{PartyId, RecordingId, RoyaltyChargeId, StudioId, WorkId},
    page::{self, Page, PageRequest},
    parties::records::successor,
    policy::{self, Action},
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{RuleKind, charge, rule},
        rules::{Grain, Rule, RuleBook, RuleId, Split, Subject, Successors, Version, succeeded},
    },
    splits,
    store::Db,
};

/// All versions of the studio's rules that somebody wrote, by rule and number.
pub async fn list_rules(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<rule::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    Ok(written(db, studio).await?)
}

pub(in crate::royalties) async fn written(
    db: &impl ConnectionTrait,
    studio: StudioId,
) -> Result<Vec<rule::Model>, StoreError> {
    Ok(rule::Entity::find()
        .filter(rule::Column::StudioId.eq(studio))
        .order_by_asc(rule::Column::Rule)
        .order_by_asc(rule::Column::Number)
        .all(db)
        .await?)
}

/// How many versions of contracts name one of these parties. For the program itself.
pub(crate) async fn count_contracts_of(
    db: &impl ConnectionTrait,
    studio: StudioId,
    parties: &[PartyId],
) -> Result<u64, StoreError> {
    // An id is written in full, and is no part of another.
    let names = |any: Condition, party: &PartyId| any.add(rule::Column::Content.contains(party.to_string()));
    Ok(rule::Entity::find()
        .filter(rule::Column::StudioId.eq(studio))
        .filter(rule::Column::Kind.eq(RuleKind::Contract))
        .filter(parties.iter().fold(Condition::any(), names))
        .count(db)
        .await?)
}

/// A version as it is reckoned with.
pub fn version_of(row: &rule::Model) -> Result<Version, RoyaltyError> {
    Ok(Version {
        id: RuleId(row.rule.clone()),
        // Versions are numbered from one.
        number: row.number.unsigned_abs(),
        effective_on: row.effective_on,
        document_sha256: row.document_sha256.clone(),
        rule: serde_json::from_str(&row.content)?,
    })
}

/// The splits of a studio as they were executed, of each work and of each of its recordings.
pub(in crate::royalties) async fn executed_of(
    db: &impl ConnectionTrait,
    studio: StudioId,
) -> Result<Vec<Version>, StoreError> {
    let mut recordings: HashMap<WorkId, Vec<RecordingId>> = HashMap::new();
    let rows = recording::Entity::find().filter(recording::Column::StudioId.eq(studio));
    for row in rows.order_by_asc(recording::Column::Id).all(db).await? {
        recordings.entry(row.work_id).or_default().push(row.id);
    }
    let mut versions = Vec::new();
    for signed in splits::executed(db, studio).await? {
        let work = signed.version.work_id;
        versions.push(Split::executed(&signed, Subject::Work(work)));
        let of_work = recordings.get(&work).into_iter().flatten();
        versions.extend(of_work.map(|id| Split::executed(&signed, Subject::Recording(*id))));
    }
    Ok(versions)
}

/// Who of a studio's parties took whose place.
pub(in crate::royalties) async fn successors(
    db: &impl ConnectionTrait,
    studio: StudioId,
) -> Result<Successors, StoreError> {
    let rows = successor::Entity::find().filter(successor::Column::StudioId.eq(studio)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.party_id, row.successor_id)).collect())
}

/// What was executed and what was written beside it, as it is reckoned with. What says how losses and reserves of a split are treated takes the place of the
/// version that was executed by the same document, and has its number; of several the last that was written holds.
pub(in crate::royalties) fn beside_executed(
    executed: Vec<Version>,
    beside: &[rule::Model],
    successors: &Successors,
) -> Result<Vec<Version>, RoyaltyError> {
    let mut versions = executed;
    let mut terms: BTreeMap<(RuleId, Option<Sha256>), Rule> = BTreeMap::new();
    for row in beside {
        let version = version_of(row)?;
        if row.kind == RuleKind::Split {
            terms.insert((version.id, version.document_sha256), version.rule);
        } else {
            versions.push(version);
        }
    }
    if !terms.is_empty() {
        for version in &mut versions {
            if let Some(rule) = terms.get(&(version.id.clone(), version.document_sha256.clone())) {
                version.rule = rule.clone();
            }
        }
    }
    Ok(succeeded(versions, successors))
}

/// All that holds in a studio: splits as they were executed, of each work and of each of its recordings, and what was written beside them. Who was merged is led
/// on. For the program itself.
pub async fn versions_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<Version>, RoyaltyError> {
    let (executed, beside) = (executed_of(db, studio).await?, written(db, studio).await?);
    beside_executed(executed, &beside, &successors(db, studio).await?)
}

/// Which particulars of lines the studio's rules ask for, but for the channel, which is always kept. What was executed asks for none, so that only what was
/// written beside it is looked at.
pub(in crate::royalties) async fn grain_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Grain, RoyaltyError> {
    let beside = written(db, studio).await?;
    Ok(Grain::asked_by(&beside.iter().map(version_of).collect::<Result<Vec<_>, _>>()?))
}

/// The versions of [`versions_of`] as a book.
pub async fn book_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<RuleBook, RoyaltyError> {
    Ok(RuleBook::new(versions_of(db, studio).await?)?)
}

/// The studio's charges, newest first.
pub async fn list_charges(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<RoyaltyChargeId>,
) -> Result<Page<charge::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let query = charge::Entity::find().filter(charge::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, charge::Column::Id, page).await?)
}
