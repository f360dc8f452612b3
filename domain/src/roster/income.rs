//! What studios have earned, by what a manager asks: as statements that were read to their end say it, by month of use. What was not matched is in it, too.
//! Amounts of different currencies are never added up.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use chrono::{Datelike, NaiveDate};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef,
};

use crate::{
    actor::Ctx,
    catalog::entity::{recording, work},
    identity::entity::studio,
    ids::{RecordingId, StatementImportId, StudioId, WorkId},
    money::Currency,
    policy::{self, Action},
    pricing::Country,
    registrations::entity::release,
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{Facet, ImportState, facet, import, item, sum},
        rules::{Exact, RoyaltyFault},
    },
    store::Db,
};

/// How many statements are added up at once.
const IMPORTS_AT_ONCE: usize = 16;
/// How many rows are asked for by their ids at once.
const IDS_AT_ONCE: usize = 1_000;

/// What income is looked at by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Whose it is.
    Studio,
    /// Of which work: what it earns itself, and what its recordings do.
    Work,
    /// Who sold or played it.
    Source,
    /// Where.
    Territory,
    /// In which month it was used.
    Month,
}

/// What something has earned in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Income {
    /// What it is, for programs: an id, a month such as `2026-07`, or a word of the statements; empty where those do not say.
    pub key: String,
    /// The same for people.
    pub name: String,
    /// The currency of the lines.
    pub currency: Currency,
    /// How many units.
    pub units: Exact,
    /// What was received.
    pub net: Exact,
}

/// The key of what was left out of a list; see [`folded`].
pub const OTHERS: &str = "others";

/// What studios whose royalties the actor may read have earned in the months from one day to another, in the lines' own currencies: months in their order,
/// all else the most first.
pub async fn income(
    db: &Db,
    ctx: &Ctx,
    studios: &[StudioId],
    by: By,
    from: NaiveDate,
    through: NaiveDate,
) -> Result<Vec<Income>, RoyaltyError> {
    for studio in studios {
        policy::require(&ctx.actor, Action::ReadRoyalties, *studio)?;
    }
    let months = (month_of(from), through);
    let imports = ready(db, studios).await?;
    let mut added = Added::default();
    for some in imports.chunks(IMPORTS_AT_ONCE) {
        match by {
            By::Work => add_sums(db, some, months, &mut added).await?,
            By::Studio | By::Source | By::Territory | By::Month => add_facets(db, some, by, months, &mut added).await?,
        }
    }
    let rows = match by {
        By::Studio => named(added, &studio_names(db, studios).await?),
        By::Work => of_works(db, studios, added).await?,
        By::Source => added.rows(|key| if key.is_empty() { "Not said".to_owned() } else { key.to_owned() }),
        By::Territory => added.rows(territory_name),
        // The keys of months are in the order of time.
        By::Month => return Ok(added.rows(month_name)),
    };
    Ok(most_first(rows))
}

/// So many rows of each currency at the most; the rest of it is one row, the last of its currency.
pub fn folded(rows: Vec<Income>, most: usize) -> Result<Vec<Income>, RoyaltyError> {
    let mut kept: Vec<Income> = Vec::new();
    let mut seen: HashMap<Currency, usize> = HashMap::new();
    for row in rows {
        let count = seen.entry(row.currency).or_default();
        *count += 1;
        if *count <= most {
            kept.push(row);
            continue;
        }
        match kept.iter_mut().find(|other| other.key == OTHERS && other.currency == row.currency) {
            Some(others) => {
                others.units.accumulate(row.units)?;
                others.net.accumulate(row.net)?;
            }
            None => kept.push(Income { key: OTHERS.to_owned(), name: "All others".to_owned(), ..row }),
        }
    }
    // What is left over ends the rows of its currency.
    kept.sort_by_key(|row| row.currency.code());
    Ok(kept)
}

/// The first day of a day's month.
pub(super) fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// What is added up, by key and currency.
#[derive(Default)]
struct Added(BTreeMap<(String, &'static str), (Currency, Exact, Exact)>);

impl Added {
    fn add(&mut self, key: String, currency: Currency, units: Exact, net: Exact) -> Result<(), RoyaltyFault> {
        let (_, all_units, all_net) =
            self.0.entry((key, currency.code())).or_insert((currency, Exact::ZERO, Exact::ZERO));
        all_units.accumulate(units)?;
        all_net.accumulate(net)
    }

    fn rows(self, name: impl Fn(&str) -> String) -> Vec<Income> {
        let row = |((key, _), (currency, units, net)): ((String, _), _)| Income {
            name: name(&key),
            key,
            currency,
            units,
            net,
        };
        self.0.into_iter().map(row).collect()
    }
}

fn named(added: Added, names: &HashMap<String, String>) -> Vec<Income> {
    added.rows(|key| names.get(key).cloned().unwrap_or_else(|| key.to_owned()))
}

fn most_first(mut rows: Vec<Income>) -> Vec<Income> {
    rows.sort_by(|one, other| {
        let place = |row: &Income| (row.currency.code(), Reverse(row.net));
        place(one).cmp(&place(other)).then_with(|| one.key.cmp(&other.key))
    });
    rows
}

fn territory_name(code: &str) -> String {
    match code.parse::<Country>() {
        Ok(country) => country.name().to_owned(),
        Err(_) if code.is_empty() => "Not said".to_owned(),
        Err(_) => code.to_owned(),
    }
}

fn month_name(key: &str) -> String {
    let month: Result<NaiveDate, _> = format!("{key}-01").parse();
    month.map_or_else(|_| key.to_owned(), |month| month.format("%B %Y").to_string())
}

/// The studios' statements that count.
pub(super) async fn ready(
    db: &impl ConnectionTrait,
    studios: &[StudioId],
) -> Result<Vec<StatementImportId>, StoreError> {
    Ok(import::Entity::find()
        .select_only()
        .column(import::Column::Id)
        .filter(import::Column::StudioId.is_in(studios.iter().copied()))
        .filter(import::Column::State.eq(ImportState::Ready))
        .into_tuple()
        .all(db)
        .await?)
}

/// What some lines come to by one of their particulars.
#[derive(FromQueryResult)]
struct OfFacet {
    studio_id: StudioId,
    value: String,
    month: NaiveDate,
    currency: Currency,
    units: Exact,
    net: Exact,
}

async fn add_facets(
    db: &impl ConnectionTrait,
    imports: &[StatementImportId],
    by: By,
    (from, through): (NaiveDate, NaiveDate),
    added: &mut Added,
) -> Result<(), RoyaltyError> {
    // Each line stands once in every facet; there are fewest rows by channel.
    let asked = match by {
        By::Source => Facet::Source,
        By::Territory => Facet::Territory,
        By::Studio | By::Work | By::Month => Facet::Channel,
    };
    let columns = [
        facet::Column::StudioId,
        facet::Column::Value,
        facet::Column::Month,
        facet::Column::Currency,
        facet::Column::Units,
        facet::Column::Net,
    ];
    let rows = facet::Entity::find()
        .select_only()
        .columns(columns)
        .filter(facet::Column::ImportId.is_in(imports.iter().copied()))
        .filter(facet::Column::Facet.eq(asked))
        .filter(facet::Column::Month.between(from, through))
        .into_model::<OfFacet>()
        .all(db)
        .await?;
    for row in rows {
        let key = match by {
            By::Studio => row.studio_id.to_string(),
            By::Month => row.month.format("%Y-%m").to_string(),
            By::Source | By::Territory | By::Work => row.value,
        };
        added.add(key, row.currency, row.units, row.net)?;
    }
    Ok(())
}

/// From a sum to what its lines are of.
pub(super) fn of_item() -> RelationDef {
    sum::Entity::belongs_to(item::Entity)
        .from((sum::Column::ImportId, sum::Column::Item))
        .to((item::Column::ImportId, item::Column::Number))
        .into()
}

/// What some lines come to, by what they are of.
#[derive(FromQueryResult)]
struct OfSubject {
    recording_id: Option<RecordingId>,
    work_id: Option<WorkId>,
    release: Option<String>,
    currency: Currency,
    units: Exact,
    net: Exact,
}

/// What a release as a whole earns has the key of its EAN.
fn release_key(ean: &str) -> String {
    format!("ean_{ean}")
}

async fn add_sums(
    db: &impl ConnectionTrait,
    imports: &[StatementImportId],
    (from, through): (NaiveDate, NaiveDate),
    added: &mut Added,
) -> Result<(), RoyaltyError> {
    for import in imports {
        let rows = sum::Entity::find()
            .select_only()
            .columns([item::Column::RecordingId, item::Column::WorkId, item::Column::Release])
            .columns([sum::Column::Currency, sum::Column::Units, sum::Column::Net])
            .join(JoinType::InnerJoin, of_item())
            .filter(sum::Column::ImportId.eq(*import))
            .filter(sum::Column::UsedOn.between(from, through))
            .into_model::<OfSubject>()
            .all(db)
            .await?;
        for row in rows {
            // A recording is led to its work when all of it is added up.
            let key = match (row.recording_id, row.work_id, row.release) {
                (Some(recording), ..) => recording.to_string(),
                (None, Some(work), _) => work.to_string(),
                (None, None, Some(ean)) => release_key(&ean),
                (None, None, None) => String::new(),
            };
            added.add(key, row.currency, row.units, row.net)?;
        }
    }
    Ok(())
}

/// What was added up by recordings, works and releases, by works and releases.
async fn of_works(
    db: &impl ConnectionTrait,
    studios: &[StudioId],
    by_subject: Added,
) -> Result<Vec<Income>, RoyaltyError> {
    let recordings: Vec<RecordingId> = by_subject.0.keys().filter_map(|(key, _)| key.parse().ok()).collect();
    let mut works: HashMap<String, WorkId> = HashMap::new();
    for some in recordings.chunks(IDS_AT_ONCE) {
        let rows = recording::Entity::find().filter(recording::Column::Id.is_in(some.iter().copied())).all(db).await?;
        works.extend(rows.into_iter().map(|row| (row.id.to_string(), row.work_id)));
    }
    let mut added = Added::default();
    for ((key, _), (currency, units, net)) in by_subject.0 {
        let key = works.get(&key).map_or(key, ToString::to_string);
        added.add(key, currency, units, net)?;
    }
    let mut names = HashMap::from([(String::new(), "Not matched yet".to_owned())]);
    let works: Vec<WorkId> = added.0.keys().filter_map(|(key, _)| key.parse().ok()).collect();
    for some in works.chunks(IDS_AT_ONCE) {
        let rows = work::Entity::find().filter(work::Column::Id.is_in(some.iter().copied())).all(db).await?;
        names.extend(rows.into_iter().map(|row| (row.id.to_string(), row.title)));
    }
    let eans: Vec<&str> = added.0.keys().filter_map(|(key, _)| key.strip_prefix("ean_")).collect();
    for some in eans.chunks(IDS_AT_ONCE) {
        let rows = release::Entity::find()
            .filter(release::Column::StudioId.is_in(studios.iter().copied()))
            .filter(release::Column::Ean.is_in(some.iter().copied()));
        let named = |row: release::Model| row.ean.map(|ean| (release_key(&ean), row.title));
        names.extend(rows.all(db).await?.into_iter().filter_map(named));
    }
    Ok(named(added, &names))
}

async fn studio_names(db: &impl ConnectionTrait, studios: &[StudioId]) -> Result<HashMap<String, String>, StoreError> {
    let rows = studio::Entity::find().filter(studio::Column::Id.is_in(studios.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, currency: Currency, net: i64) -> Income {
        Income { key: key.into(), name: key.into(), currency, units: Exact::whole(1), net: Exact::whole(net) }
    }

    #[test]
    fn what_is_left_out_is_one_row_of_its_currency() {
        let rows = [
            row("a", Currency::EUR, 9),
            row("b", Currency::EUR, 5),
            row("c", Currency::EUR, 3),
            row("a", Currency::USD, 1),
        ];
        let folded = folded(rows.to_vec(), 1).unwrap();
        let told: Vec<_> = folded.iter().map(|row| (&*row.key, row.currency, row.net)).collect();
        let wanted = [
            ("a", Currency::EUR, Exact::whole(9)),
            (OTHERS, Currency::EUR, Exact::whole(8)),
            ("a", Currency::USD, Exact::whole(1)),
        ];
        assert_eq!(told, wanted);
        assert_eq!(folded[1].units, Exact::whole(2));
    }

    #[test]
    fn the_most_comes_first_in_each_currency() {
        let rows = vec![row("c", Currency::USD, 7), row("a", Currency::EUR, -2), row("b", Currency::EUR, 4)];
        let keys: Vec<String> = most_first(rows).into_iter().map(|row| row.key).collect();
        assert_eq!(keys, ["b", "a", "c"]);
    }

    #[test]
    fn months_and_places_are_named() {
        assert_eq!(month_name("2026-07"), "July 2026");
        assert_eq!(["DE", "", "2X"].map(territory_name), ["Germany", "Not said", "2X"]);
    }
}
