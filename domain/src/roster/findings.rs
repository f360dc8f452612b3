//! What of a studio's royalties wants looking at, as it is now.

use std::collections::BTreeMap;

use chrono::{Days, Duration, NaiveDate};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::Expr,
};

use super::{alerts::Facts, income::of_item};
use crate::{
    catalog::entity::{recording, work},
    env::Instant,
    ids::{RecordingId, StudioId, WorkId},
    registrations::entity::release,
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{AlertKind, ImportState, RuleKind, carried, import, item, rule, subject_of, sum},
        queries::{left::unrated, terms::book_of},
        rules::{Subject, Why},
    },
    splits::entity::split_version,
};

/// How long before its end a contract is told of.
const ENDS_WITHIN_DAYS: u64 = 60;
/// How long a share may take to arrive.
const ARRIVES_WITHIN_DAYS: i64 = 180;
/// How many rows are asked for by their ids at once.
const IDS_AT_ONCE: usize = 1_000;

/// What wants looking at, by its kind and subject.
pub(super) type Findings = BTreeMap<(AlertKind, String), Facts>;

/// All that wants looking at now.
pub(super) async fn findings(
    db: &impl ConnectionTrait,
    studio: StudioId,
    now: Instant,
) -> Result<Findings, RoyaltyError> {
    let mut found = Findings::new();
    let today = now.date_naive();
    without_split(db, studio, today, &mut found).await?;
    missing_shares(db, studio, now, &mut found).await?;
    drifted(db, studio, &mut found).await?;
    for one in unrated(db, studio).await? {
        let facts = Facts { side: Some(one.currency.to_string()), ..Facts::of(one.file_name) };
        found.insert((AlertKind::NoRate, format!("{}/{}", one.import, one.currency)), facts);
    }
    ending(db, studio, today, &mut found).await?;
    Ok(found)
}

/// What is matched and waits.
#[derive(FromQueryResult)]
struct Waiting {
    recording_id: Option<RecordingId>,
    work_id: Option<WorkId>,
    release: Option<String>,
    used_on: NaiveDate,
}

/// Recordings, works and releases that earn and that no run can place.
async fn without_split(
    db: &impl ConnectionTrait,
    studio: StudioId,
    today: NaiveDate,
    found: &mut Findings,
) -> Result<(), RoyaltyError> {
    let ready = import::Entity::find()
        .select_only()
        .column(import::Column::Id)
        .filter(import::Column::StudioId.eq(studio))
        .filter(import::Column::State.eq(ImportState::Ready))
        .into_query();
    let waiting = sum::Entity::find()
        .select_only()
        .columns([item::Column::RecordingId, item::Column::WorkId, item::Column::Release])
        .column(sum::Column::UsedOn)
        .distinct()
        .join(JoinType::InnerJoin, of_item())
        .filter(sum::Column::StudioId.eq(studio))
        .filter(sum::Column::RunId.is_null())
        .filter(sum::Column::ImportId.in_subquery(ready))
        .filter(item::Column::MatchedBy.is_not_null())
        .into_model::<Waiting>()
        .all(db)
        .await?;
    // What a run has found nobody's of a release's tracks.
    let carried_on = carried::Entity::find()
        .filter(carried::Column::StudioId.eq(studio))
        .filter(carried::Column::RunId.is_null())
        .filter(carried::Column::Why.eq(Why::NoSplit))
        .all(db)
        .await?;
    if waiting.is_empty() && carried_on.is_empty() {
        return Ok(());
    }
    let of_lines =
        waiting.into_iter().map(|row| (subject_of(row.recording_id, row.work_id, row.release.as_deref()), row.used_on));
    let of_runs = carried_on.into_iter().map(|row| (subject_of(row.recording_id, row.work_id, None), today));
    let book = book_of(db, studio).await?;
    let mut subjects: Vec<Subject> = of_lines
        .chain(of_runs)
        .filter_map(|(subject, on)| subject.filter(|subject| !book.covers(subject, on)))
        .collect();
    subjects.sort_unstable();
    subjects.dedup();
    let titles = titles_of(db, studio, &subjects).await?;
    for subject in subjects {
        let key = subject.to_string();
        let title = titles.get(&subject).cloned().unwrap_or_else(|| key.clone());
        found.insert((AlertKind::NoSplit, key), Facts::of(title));
    }
    Ok(())
}

async fn titles_of(
    db: &impl ConnectionTrait,
    studio: StudioId,
    subjects: &[Subject],
) -> Result<BTreeMap<Subject, String>, StoreError> {
    let mut titles = BTreeMap::new();
    for some in subjects.chunks(IDS_AT_ONCE) {
        let (mut recordings, mut works, mut releases) = (Vec::new(), Vec::new(), Vec::new());
        for subject in some {
            match subject {
                Subject::Recording(id) => recordings.push(*id),
                Subject::Work(id) => works.push(*id),
                Subject::Release(ean) => releases.push(ean.to_string()),
            }
        }
        let rows = recording::Entity::find().filter(recording::Column::Id.is_in(recordings)).all(db).await?;
        titles.extend(rows.into_iter().map(|row| (Subject::Recording(row.id), row.title)));
        let rows = work::Entity::find().filter(work::Column::Id.is_in(works)).all(db).await?;
        titles.extend(rows.into_iter().map(|row| (Subject::Work(row.id), row.title)));
        let rows = release::Entity::find()
            .filter(release::Column::StudioId.eq(studio))
            .filter(release::Column::Ean.is_in(releases))
            .all(db)
            .await?;
        let titled =
            |row: release::Model| subject_of(None, None, row.ean.as_deref()).map(|subject| (subject, row.title));
        titles.extend(rows.into_iter().filter_map(titled));
    }
    Ok(titles)
}

/// What has been heard of a signed work.
#[derive(FromQueryResult)]
struct Heard {
    id: WorkId,
    title: String,
    has_composition: bool,
    has_master: bool,
    /// Up to when the first statement reaches that tells of it.
    told_on: Option<NaiveDate>,
    /// When the first release with a recording of it came out.
    released_on: Option<NaiveDate>,
}

const COMPOSITION: &str = "EXISTS (SELECT 1 FROM statement_items
    JOIN statement_imports ON statement_imports.id = statement_items.import_id AND statement_imports.state = 'ready'
    WHERE statement_items.work_id = works.id)";

const MASTER: &str =
    "EXISTS (SELECT 1 FROM recordings JOIN statement_items ON statement_items.recording_id = recordings.id
    JOIN statement_imports ON statement_imports.id = statement_items.import_id AND statement_imports.state = 'ready'
    WHERE recordings.work_id = works.id)
 OR EXISTS (SELECT 1 FROM recordings JOIN release_tracks ON release_tracks.recording_id = recordings.id
    JOIN releases ON releases.id = release_tracks.release_id
    JOIN statement_items ON statement_items.studio_id = releases.studio_id AND statement_items.release = releases.ean
    JOIN statement_imports ON statement_imports.id = statement_items.import_id AND statement_imports.state = 'ready'
    WHERE recordings.work_id = works.id)";

const TOLD_ON: &str = "(SELECT min(statement_imports.period_to) FROM statement_imports
    WHERE statement_imports.state = 'ready' AND statement_imports.id IN (
        SELECT statement_items.import_id FROM statement_items WHERE statement_items.work_id = works.id
        UNION ALL SELECT statement_items.import_id FROM statement_items
            JOIN recordings ON recordings.id = statement_items.recording_id WHERE recordings.work_id = works.id))";

const RELEASED_ON: &str = "(SELECT min(releases.released_on) FROM recordings
    JOIN release_tracks ON release_tracks.recording_id = recordings.id
    JOIN releases ON releases.id = release_tracks.release_id
    WHERE recordings.work_id = works.id)";

/// Works that were signed and came out half a year ago, of which no statement has told one of the two sides, though the studio does get statements of that
/// side: a studio whose writers are paid by their society alone is told of none.
async fn missing_shares(
    db: &impl ConnectionTrait,
    studio: StudioId,
    now: Instant,
    found: &mut Findings,
) -> Result<(), RoyaltyError> {
    let long_ago = now - Duration::days(ARRIVES_WITHIN_DAYS);
    let signed = split_version::Entity::find()
        .select_only()
        .column(split_version::Column::WorkId)
        .filter(split_version::Column::StudioId.eq(studio))
        .filter(split_version::Column::EffectiveAt.lte(long_ago))
        .into_query();
    let heard = work::Entity::find()
        .select_only()
        .columns([work::Column::Id, work::Column::Title])
        .expr_as(Expr::cust(COMPOSITION), "has_composition")
        .expr_as(Expr::cust(MASTER), "has_master")
        .expr_as(Expr::cust(TOLD_ON), "told_on")
        .expr_as(Expr::cust(RELEASED_ON), "released_on")
        .filter(work::Column::StudioId.eq(studio))
        .filter(work::Column::Id.in_subquery(signed))
        .into_model::<Heard>()
        .all(db)
        .await?;
    let day = long_ago.date_naive();
    let gets_compositions = heard.iter().any(|work| work.has_composition);
    let gets_masters = heard.iter().any(|work| work.has_master);
    for work in heard {
        let is_out = [work.told_on, work.released_on].into_iter().flatten().any(|since| since <= day);
        let sides = [
            ("composition", gets_compositions && !work.has_composition),
            ("recording", gets_masters && !work.has_master),
        ];
        for (side, _) in sides.into_iter().filter(|(_, is_missing)| is_out && *is_missing) {
            let facts = Facts { side: Some(side.to_owned()), ..Facts::of(work.title.clone()) };
            found.insert((AlertKind::ShareMissing, format!("{}/{side}", work.id)), facts);
        }
    }
    Ok(())
}

/// Statements whose header no format has.
async fn drifted(db: &impl ConnectionTrait, studio: StudioId, found: &mut Findings) -> Result<(), StoreError> {
    let quarantined = import::Entity::find()
        .filter(import::Column::StudioId.eq(studio))
        .filter(import::Column::State.eq(ImportState::Quarantined))
        .all(db)
        .await?;
    found.extend(
        quarantined.into_iter().map(|row| ((AlertKind::FormatDrift, row.id.to_string()), Facts::of(row.file_name))),
    );
    Ok(())
}

/// Which version of a contract there is.
#[derive(FromQueryResult)]
struct Ending {
    rule: String,
    title: String,
    ends_on: Option<NaiveDate>,
}

/// Contracts that end within two months. Another end is another thing: whoever has put one aside is told of the next.
async fn ending(
    db: &impl ConnectionTrait,
    studio: StudioId,
    today: NaiveDate,
    found: &mut Findings,
) -> Result<(), StoreError> {
    let versions = rule::Entity::find()
        .select_only()
        .columns([rule::Column::Rule, rule::Column::Title, rule::Column::EndsOn])
        .filter(rule::Column::StudioId.eq(studio))
        .filter(rule::Column::Kind.eq(RuleKind::Contract))
        .order_by_asc(rule::Column::Number)
        .into_model::<Ending>()
        .all(db)
        .await?;
    // Of each contract the last version counts.
    let last: BTreeMap<String, Ending> = versions.into_iter().map(|row| (row.rule.clone(), row)).collect();
    let soon = today.checked_add_days(Days::new(ENDS_WITHIN_DAYS)).unwrap_or(NaiveDate::MAX);
    for contract in last.into_values() {
        let Some(end) = contract.ends_on.filter(|end| (today..=soon).contains(end)) else { continue };
        let facts = Facts { on: Some(end), ..Facts::of(contract.title) };
        found.insert((AlertKind::ContractEnds, format!("{}@{end}", contract.rule)), facts);
    }
    Ok(())
}
