//! Statements in one format whose days are some of each other's. Those of two artists with the same distributor are, and say other things: only where
//! both tell of the same thing in the same month may something be counted twice.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Problem, called, writing::Taken};
use crate::{
    ids::StatementImportId,
    report::StoreError,
    royalties::{
        entity::{ImportState, import, item, sum},
        queries::imports::overlaps,
    },
    store::Tx,
};

/// Things that are looked at in one go.
const BATCH: u64 = 500;

/// What holds a statement that was written because of others, or what is worth a look; nothing if its days are its own. What counts goes before what is
/// held itself.
pub(super) async fn problem(tx: &Tx, import: &import::Model) -> Result<Option<Problem>, StoreError> {
    let others = overlaps(tx, import).await?;
    if others.is_empty() {
        return Ok(None);
    }
    let own = own_things(tx, import.id).await?;
    for state in [ImportState::Ready, ImportState::Held] {
        let mut sharing = Vec::new();
        for other in others.iter().filter(|other| other.state == state) {
            if shares_lines(tx, &own, (import.id, other.id)).await? {
                sharing.push(other);
            }
        }
        if let Some(first) = sharing.first() {
            let held = if state == ImportState::Held { ", held itself" } else { "" };
            let message = format!(
                "it tells of the same recordings in the same months as {}{held}{}",
                called(first),
                more(&sharing)
            );
            let remedy = "cancel it if it says the same, or accept it if it says something else";
            return Ok(Some(Problem::new("PERIOD_OVERLAPS", message, remedy)));
        }
    }
    let counting: Vec<&import::Model> = others.iter().filter(|other| other.state == ImportState::Ready).collect();
    let first = counting.first().map(|first| {
        let others = format!("{}{}", called(first), more(&counting));
        let message = format!("its days are those of {others} in the same format, but it tells of other recordings");
        Problem::warning("PERIOD_SHARED", message, "look whether both are yours; both count")
    });
    Ok(first)
}

fn more(statements: &[&import::Model]) -> String {
    match statements.len() {
        0 | 1 => String::new(),
        count => format!(" and {} more", count - 1),
    }
}

/// What something is called by which two statements may both tell of it; nothing of what is no recording or work.
fn key(item: &item::Model) -> Option<String> {
    if item.is_adjustment {
        return None;
    }
    let name = || Some(&item.name_key).filter(|key| !key.is_empty());
    let found = item.isrc.as_ref().or(item.iswc.as_ref()).or(item.code.as_ref()).or_else(name)?;
    Some(found.clone())
}

async fn behind(tx: &Tx, import: StatementImportId, last: i32) -> Result<Vec<item::Model>, StoreError> {
    let items = item::Entity::find()
        .filter(item::Column::ImportId.eq(import))
        .filter(item::Column::Number.gt(last))
        .order_by_asc(item::Column::Number)
        .limit(BATCH);
    Ok(items.all(tx).await?)
}

/// The numbers of what a statement tells of, by what it is called.
async fn own_things(tx: &Tx, import: StatementImportId) -> Result<HashMap<String, i32>, StoreError> {
    let (mut own, mut last) = (HashMap::new(), -1);
    loop {
        let items = behind(tx, import, last).await?;
        let Some(end) = items.last() else { return Ok(own) };
        last = end.number;
        own.extend(items.iter().filter_map(|item| Some((key(item)?, item.number))));
    }
}

/// Whether another statement tells of something of these in a month and currency in which this one does.
async fn shares_lines(
    tx: &Tx,
    own: &HashMap<String, i32>,
    (import, other): (StatementImportId, StatementImportId),
) -> Result<bool, StoreError> {
    let mut last = -1;
    loop {
        let items = behind(tx, other, last).await?;
        let Some(end) = items.last() else { return Ok(false) };
        last = end.number;
        let both = |item: &item::Model| Some((item.number, *own.get(&key(item)?)?));
        let shared: HashMap<i32, i32> = items.iter().filter_map(both).collect();
        if shared.is_empty() {
            continue;
        }
        let theirs = months(tx, other, shared.keys().copied()).await?;
        let ours = months(tx, import, shared.values().copied()).await?;
        let is_ours = |(item, currency, month): &Taken| {
            shared.get(item).is_some_and(|own| ours.contains(&(*own, *currency, *month)))
        };
        if theirs.iter().any(is_ours) {
            return Ok(true);
        }
    }
}

/// In which months, and in which currencies, lines of some things are.
async fn months(
    tx: &Tx,
    import: StatementImportId,
    items: impl Iterator<Item = i32>,
) -> Result<HashSet<Taken>, StoreError> {
    let found: Vec<Taken> = sum::Entity::find()
        .select_only()
        .columns([sum::Column::Item, sum::Column::Currency, sum::Column::UsedOn])
        .distinct()
        .filter(sum::Column::ImportId.eq(import))
        .filter(sum::Column::Item.is_in(items))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().collect())
}
