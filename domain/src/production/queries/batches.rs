//! For the loaders of one request: by ids of rows that the caller has been shown already, so there is no policy to ask.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    agreements::entity::agreement,
    clients::entity as client,
    identity::entity::{studio, user},
    ids::{
        AgreementId, BudgetLineId, ClientId, PartyId, ProjectId, ProjectStageId, SongCandidateId, SongId, StudioId,
        UserId,
    },
    money::{Currency, Money},
    parties::{self, entity as party},
    production::{
        ProductionError,
        entity::{
            candidate, cost, line, linked_agreement, person, plan, project, reference, section, song, stage, task, vote,
        },
        rules::budget::{self, Totals},
    },
    report::StoreError,
    store::Db,
};

fn grouped<K: Eq + Hash, T>(rows: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut all: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(key(&row)).or_default().push(row);
    }
    all
}

/// The plans of projects.
pub async fn plans_of_projects(db: &Db, ids: &[ProjectId]) -> Result<HashMap<ProjectId, plan::Model>, StoreError> {
    let rows = plan::Entity::find().filter(plan::Column::ProjectId.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.project_id, row)).collect())
}

/// The songs of projects, in their order.
pub async fn songs_of_projects(db: &Db, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<song::Model>>, StoreError> {
    let rows = song::Entity::find()
        .filter(song::Column::ProjectId.is_in(ids.iter().copied()))
        .order_by_asc(song::Column::Position)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.project_id))
}

/// The stages of projects and their songs, in the order of the stages.
pub async fn stages_of_projects(
    db: &Db,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<stage::Model>>, StoreError> {
    let mut rows = stage::Entity::find().filter(stage::Column::ProjectId.is_in(ids.iter().copied())).all(db).await?;
    rows.sort_by_key(|row| (row.stage, row.id));
    Ok(grouped(rows, |row| row.project_id))
}

/// The tasks of stages, in their order.
pub async fn tasks_of_stages(
    db: &Db,
    ids: &[ProjectStageId],
) -> Result<HashMap<ProjectStageId, Vec<task::Model>>, StoreError> {
    let rows = task::Entity::find()
        .filter(task::Column::StageId.is_in(ids.iter().copied()))
        .order_by_asc(task::Column::Position)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.stage_id))
}

/// The people of projects and their songs, in the order in which they were entered.
pub async fn people_of_projects(
    db: &Db,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<person::Model>>, StoreError> {
    let rows = person::Entity::find()
        .filter(person::Column::ProjectId.is_in(ids.iter().copied()))
        .order_by_asc(person::Column::CreatedAt)
        .order_by_asc(person::Column::Id)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.project_id))
}

/// The candidates of projects, in the order in which they were proposed.
pub async fn candidates_of_projects(
    db: &Db,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<candidate::Model>>, StoreError> {
    let rows = candidate::Entity::find()
        .filter(candidate::Column::ProjectId.is_in(ids.iter().copied()))
        .order_by_asc(candidate::Column::CreatedAt)
        .order_by_asc(candidate::Column::Id)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.project_id))
}

/// The votes on candidates, in the order in which they were last given: of each who votes the last one, whoever was merged being who took their place.
pub async fn votes_of_candidates(
    db: &Db,
    ids: &[SongCandidateId],
) -> Result<HashMap<SongCandidateId, Vec<vote::Model>>, StoreError> {
    let mut rows = vote::Entity::find()
        .filter(vote::Column::CandidateId.is_in(ids.iter().copied()))
        .order_by_asc(vote::Column::VotedAt)
        .order_by_asc(vote::Column::Id)
        .all(db)
        .await?;
    let successors = parties::successors_of(db, rows.iter().filter_map(|row| row.party_id)).await?;
    for row in &mut rows {
        row.party_id = row.party_id.map(|party| successors.get(&party).copied().unwrap_or(party));
    }
    let mut counted = HashSet::new();
    rows.reverse();
    rows.retain(|row| row.party_id.is_none_or(|party| counted.insert((row.candidate_id, party))));
    rows.reverse();
    Ok(grouped(rows, |row| row.candidate_id))
}

/// The arrangement maps of songs, in the order of the sections.
pub async fn sections_of_songs(db: &Db, ids: &[SongId]) -> Result<HashMap<SongId, Vec<section::Model>>, StoreError> {
    let rows = section::Entity::find()
        .filter(section::Column::SongId.is_in(ids.iter().copied()))
        .order_by_asc(section::Column::Position)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.song_id))
}

/// The reference tracks of projects and their songs, in the order in which they were added.
pub async fn references_of_projects(
    db: &Db,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<reference::Model>>, StoreError> {
    let rows = reference::Entity::find()
        .filter(reference::Column::ProjectId.is_in(ids.iter().copied()))
        .order_by_asc(reference::Column::CreatedAt)
        .order_by_asc(reference::Column::Id)
        .all(db)
        .await?;
    Ok(grouped(rows, |row| row.project_id))
}

/// The agreements that projects wait for.
pub async fn agreements_of_projects(
    db: &Db,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<agreement::Model>>, StoreError> {
    let links = linked_agreement::Entity::find()
        .filter(linked_agreement::Column::ProjectId.is_in(ids.iter().copied()))
        .order_by_asc(linked_agreement::Column::LinkedAt)
        .order_by_asc(linked_agreement::Column::AgreementId)
        .all(db)
        .await?;
    let rows = agreement::Entity::find()
        .filter(agreement::Column::Id.is_in(links.iter().map(|link| link.agreement_id)))
        .all(db)
        .await?;
    let rows: HashMap<AgreementId, agreement::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut all: HashMap<ProjectId, Vec<agreement::Model>> = HashMap::new();
    for link in links {
        all.entry(link.project_id).or_default().extend(rows.get(&link.agreement_id).cloned());
    }
    Ok(all)
}

/// How far a project has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Songs.
    pub songs: i64,
    /// Stages, its own and those of its songs.
    pub stages: i64,
    /// Those of them that are closed.
    pub closed_stages: i64,
    /// Tasks.
    pub tasks: i64,
    /// Those of them that are done.
    pub done_tasks: i64,
    /// Open ones that were due before the day that was asked about.
    pub late_tasks: i64,
}

/// How far projects have come by a day.
pub async fn progress_of_projects(
    db: &Db,
    ids: &[ProjectId],
    today: NaiveDate,
) -> Result<HashMap<ProjectId, Progress>, StoreError> {
    let mut all: HashMap<ProjectId, Progress> = ids.iter().map(|id| (*id, Progress::default())).collect();
    let songs: Vec<(ProjectId, i64)> = song::Entity::find()
        .select_only()
        .column(song::Column::ProjectId)
        .column_as(song::Column::Id.count(), "songs")
        .filter(song::Column::ProjectId.is_in(ids.iter().copied()))
        .group_by(song::Column::ProjectId)
        .into_tuple()
        .all(db)
        .await?;
    for (id, songs) in songs {
        all.entry(id).or_default().songs = songs;
    }
    let stages: Vec<(ProjectId, i64, i64)> = stage::Entity::find()
        .select_only()
        .column(stage::Column::ProjectId)
        .column_as(stage::Column::Id.count(), "stages")
        .column_as(stage::Column::ClosedAt.count(), "closed")
        .filter(stage::Column::ProjectId.is_in(ids.iter().copied()))
        .group_by(stage::Column::ProjectId)
        .into_tuple()
        .all(db)
        .await?;
    for (id, stages, closed) in stages {
        let progress = all.entry(id).or_default();
        (progress.stages, progress.closed_stages) = (stages, closed);
    }
    let tasks: Vec<(ProjectId, i64, i64)> = task::Entity::find()
        .select_only()
        .column(task::Column::ProjectId)
        .column_as(task::Column::Id.count(), "tasks")
        .column_as(task::Column::DoneAt.count(), "done")
        .filter(task::Column::ProjectId.is_in(ids.iter().copied()))
        .group_by(task::Column::ProjectId)
        .into_tuple()
        .all(db)
        .await?;
    for (id, tasks, done) in tasks {
        let progress = all.entry(id).or_default();
        (progress.tasks, progress.done_tasks) = (tasks, done);
    }
    let late: Vec<(ProjectId, i64)> = task::Entity::find()
        .select_only()
        .column(task::Column::ProjectId)
        .column_as(task::Column::Id.count(), "late")
        .filter(task::Column::ProjectId.is_in(ids.iter().copied()))
        .filter(task::Column::DoneAt.is_null())
        .filter(task::Column::DueOn.lt(today))
        .group_by(task::Column::ProjectId)
        .into_tuple()
        .all(db)
        .await?;
    for (id, late) in late {
        all.entry(id).or_default().late_tasks = late;
    }
    Ok(all)
}

/// A line of a budget with what it has cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetedLine {
    /// The line.
    pub line: line::Model,
    /// What was recorded, corrected costs too, in the order in which it was.
    pub costs: Vec<cost::Model>,
    /// What it is planned to cost.
    pub planned: Money,
    /// What it has cost.
    pub actual: Money,
}

/// A project's budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// What it is reckoned in.
    pub currency: Currency,
    /// Its lines, in the order in which they were entered.
    pub lines: Vec<BudgetedLine>,
    /// What they come to.
    pub totals: Totals,
}

/// The budgets of projects.
///
/// # Errors
/// If the database fails, or a budget is too large to be summed.
pub async fn budgets_of_projects(db: &Db, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Budget>, ProductionError> {
    let currencies = currencies_of(db, ids).await?;
    let lines = line::Entity::find()
        .filter(line::Column::ProjectId.is_in(ids.iter().copied()))
        .order_by_asc(line::Column::CreatedAt)
        .order_by_asc(line::Column::Id)
        .all(db)
        .await?;
    let costs = cost::Entity::find()
        .filter(cost::Column::ProjectId.is_in(ids.iter().copied()))
        .order_by_asc(cost::Column::RecordedAt)
        .order_by_asc(cost::Column::Id)
        .all(db)
        .await?;
    let mut costs = grouped(costs, |cost| cost.line_id);
    let mut lines = grouped(lines, |line| line.project_id);
    let budget = |(id, currency): (ProjectId, Currency)| -> Result<(ProjectId, Budget), ProductionError> {
        let lines = lines.remove(&id).unwrap_or_default();
        let lines: Vec<BudgetedLine> = lines
            .into_iter()
            .map(|line| budgeted(currency, costs.remove(&line.id).unwrap_or_default(), line))
            .collect::<Result<_, _>>()?;
        let spent: HashMap<BudgetLineId, i64> = lines.iter().map(|of| (of.line.id, of.actual.minor)).collect();
        let actual = |line: BudgetLineId| spent.get(&line).copied().unwrap_or_default();
        let totals = budget::totals(currency, lines.iter().map(|of| &of.line), actual)?;
        Ok((id, Budget { currency, lines, totals }))
    };
    currencies.into_iter().map(budget).collect()
}

fn budgeted(currency: Currency, costs: Vec<cost::Model>, line: line::Model) -> Result<BudgetedLine, ProductionError> {
    let planned = Money::new(budget::planned_minor(line.rate_minor, line.quantity_milli), currency);
    let actual = budget::counted(&costs)
        .map(|cost| Money::new(cost.amount_minor, currency))
        .try_fold(Money::zero(currency), Money::plus)?;
    Ok(BudgetedLine { line, costs, planned, actual })
}

/// What the budgets of projects are reckoned in: without a plan, in the studio's currency.
async fn currencies_of(db: &Db, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Currency>, StoreError> {
    let plans = plans_of_projects(db, ids).await?;
    let rest = project::Entity::find()
        .filter(project::Column::Id.is_in(ids.iter().copied().filter(|id| !plans.contains_key(id))))
        .all(db)
        .await?;
    let studios = studio::Entity::find()
        .filter(studio::Column::Id.is_in(rest.iter().map(|project| project.studio_id)))
        .all(db)
        .await?;
    let of_studio: HashMap<StudioId, Currency> = studios.into_iter().map(|row| (row.id, row.currency)).collect();
    let unplanned = rest.iter().filter_map(|project| Some((project.id, *of_studio.get(&project.studio_id)?)));
    Ok(plans.into_iter().map(|(id, plan)| (id, plan.currency)).chain(unplanned).collect())
}

/// The names of people whose ids stand in rows that the caller has been shown.
pub async fn names_of_users(db: &Db, ids: &[UserId]) -> Result<HashMap<UserId, String>, StoreError> {
    let rows = user::Entity::find().filter(user::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Who the clients are whose ids stand in rows that the caller has been shown.
pub async fn parties_of_clients(db: &Db, ids: &[ClientId]) -> Result<HashMap<ClientId, party::Model>, StoreError> {
    let clients = client::Entity::find().filter(client::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let of_clients: Vec<PartyId> = clients.iter().map(|client| client.party_id).collect();
    let rows = parties::find_parties_by_ids(db, &of_clients).await?;
    Ok(clients.into_iter().filter_map(|client| Some((client.id, rows.get(&client.party_id)?.clone()))).collect())
}

/// Projects by ids that stand in rows which the caller has been shown.
pub async fn find_projects_by_ids(
    db: &Db,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, project::Model>, StoreError> {
    let rows = project::Entity::find().filter(project::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Songs by ids that stand in rows which the caller has been shown.
pub async fn find_songs_by_ids(db: &Db, ids: &[SongId]) -> Result<HashMap<SongId, song::Model>, StoreError> {
    let rows = song::Entity::find().filter(song::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Stages by ids that stand in rows which the caller has been shown.
pub async fn find_stages_by_ids(
    db: &Db,
    ids: &[ProjectStageId],
) -> Result<HashMap<ProjectStageId, stage::Model>, StoreError> {
    let rows = stage::Entity::find().filter(stage::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
