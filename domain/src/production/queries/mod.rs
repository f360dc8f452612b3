//! Reading projects: lists for the studio, and batches for rows that the caller has been shown.

mod batches;

use std::collections::HashSet;

pub use batches::{
    Budget, BudgetedLine, Progress, agreements_of_projects, budgets_of_projects, candidates_of_projects,
    find_projects_by_ids, find_songs_by_ids, find_stages_by_ids, names_of_users, parties_of_clients,
    people_of_projects, plans_of_projects, progress_of_projects, references_of_projects, sections_of_songs,
    songs_of_projects, stages_of_projects, tasks_of_stages, votes_of_candidates,
};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::LockType};

use super::{
    ProductionError,
    entity::{PersonRole, ProjectKind, ProjectState, Stage, event, person, plan, project, song, stage, task},
    rules::states,
};
use crate::{
    actor::Ctx,
    ids::{ClientId, PartyId, ProjectEventId, ProjectId, ProjectTaskId, SongId, StudioId, UserId},
    page::{self, Page, PageRequest},
    parties,
    policy::{Action, require, visible},
    report::StoreError,
    store::{Db, Tx},
    wording,
};

/// The states of projects that are not over.
pub(crate) const OPEN: [ProjectState; 2] = [ProjectState::Planned, ProjectState::Active];

/// Which projects are wanted; what is empty or none does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectFilter {
    /// Only in these states.
    pub states: Vec<ProjectState>,
    /// Only of these kinds.
    pub kinds: Vec<ProjectKind>,
    /// Only for this client.
    pub client: Option<ClientId>,
    /// Only those that are late: not over, and due before today.
    pub late: bool,
    /// Words that the title holds, as one text, upper and lower case alike.
    pub title: Option<String>,
}

/// A project by its id; none if there is none that the caller may see.
pub async fn find_project(db: &Db, ctx: &Ctx, id: ProjectId) -> Result<Option<project::Model>, ProductionError> {
    let found = project::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?)
}

/// A song by its id; none if there is none that the caller may see.
pub async fn find_song(db: &Db, ctx: &Ctx, id: SongId) -> Result<Option<song::Model>, ProductionError> {
    let found = song::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?)
}

/// The state in which the project of a song is over; none if it is not. It stays as it is until the end of the transaction. For the program itself.
pub(crate) async fn over_of_song(tx: &Tx, song: SongId) -> Result<Option<ProjectState>, StoreError> {
    let Some(song) = song::Entity::find_by_id(song).one(tx).await? else { return Ok(None) };
    let project = project::Entity::find_by_id(song.project_id).lock(LockType::Share).one(tx).await?;
    Ok(project.map(|project| project.state).filter(|state| states::is_over(*state)))
}

/// The stages of a project that are closed, of it and of all of its songs; one that it does not have is none of them. For the program itself.
pub(crate) async fn closed_stages(db: &impl ConnectionTrait, project: ProjectId) -> Result<HashSet<Stage>, StoreError> {
    let rows = stage::Entity::find().filter(stage::Column::ProjectId.eq(project)).all(db).await?;
    let open: HashSet<Stage> = rows.iter().filter(|row| row.closed_at.is_none()).map(|row| row.stage).collect();
    Ok(rows.into_iter().map(|row| row.stage).filter(|stage| !open.contains(stage)).collect())
}

/// A studio's projects, newest first.
pub async fn list_projects(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: &ProjectFilter,
    request: PageRequest<ProjectId>,
) -> Result<Page<project::Model>, ProductionError> {
    require(&ctx.actor, Action::ReadProduction, studio)?;
    let mut query = project::Entity::find()
        .filter(project::Column::StudioId.eq(studio))
        .apply_if(filter.client, |query, client| query.filter(project::Column::ClientId.eq(client)))
        .apply_if(filter.title.as_deref().map(str::trim).filter(|text| !text.is_empty()), |query, text| {
            query.filter(wording::holds(project::Column::Title, text))
        });
    if !filter.states.is_empty() {
        query = query.filter(project::Column::State.is_in(filter.states.iter().copied()));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(project::Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if filter.late {
        let due = plan::Entity::find()
            .select_only()
            .column(plan::Column::ProjectId)
            .filter(plan::Column::StudioId.eq(studio))
            .filter(plan::Column::DueOn.lt(ctx.env.now().date_naive()));
        query =
            query.filter(project::Column::State.is_in(OPEN)).filter(project::Column::Id.in_subquery(due.into_query()));
    }
    Ok(page::fetch(db, query, project::Column::Id, request).await?)
}

/// Which tasks are wanted; what is none does not narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DueFilter {
    /// Only what is due on this day or before.
    pub until: Option<NaiveDate>,
    /// Only what this member does.
    pub member: Option<UserId>,
    /// Only what this party does.
    pub party: Option<PartyId>,
}

/// What is to be done in a studio's projects that are not over, the most urgent first: tasks that have a day and are open.
pub async fn list_due(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: DueFilter,
    request: PageRequest<ProjectTaskId>,
) -> Result<Page<task::Model>, ProductionError> {
    require(&ctx.actor, Action::ReadProduction, studio)?;
    let at = match request.cursor() {
        None => None,
        Some(id) => {
            let row = task::Entity::find_by_id(id).filter(task::Column::StudioId.eq(studio)).one(db).await?;
            Some(row.and_then(|row| row.due_on).ok_or(request.bad_cursor())?)
        }
    };
    let under_way = project::Entity::find()
        .select_only()
        .column(project::Column::Id)
        .filter(project::Column::StudioId.eq(studio))
        .filter(project::Column::State.is_in(OPEN));
    let query = task::Entity::find()
        .filter(task::Column::StudioId.eq(studio))
        .filter(task::Column::DoneAt.is_null())
        .filter(task::Column::DueOn.is_not_null())
        .filter(task::Column::ProjectId.in_subquery(under_way.into_query()))
        .apply_if(filter.until, |query, until| query.filter(task::Column::DueOn.lte(until)))
        .apply_if(filter.member, |query, member| query.filter(task::Column::OwnerUserId.eq(member)))
        .apply_if(filter.party, |query, party| query.filter(task::Column::OwnerPartyId.eq(party)));
    Ok(page::fetch_ordered(db, query, (task::Column::DueOn, task::Column::Id), request, at).await?)
}

/// What became of a project, newest first. For who has been shown the project: it asks nothing itself.
pub async fn list_history(
    db: &Db,
    project: ProjectId,
    request: PageRequest<ProjectEventId>,
) -> Result<Page<event::Model>, ProductionError> {
    let query = event::Entity::find().filter(event::Column::ProjectId.eq(project));
    Ok(page::fetch(db, query, event::Column::Id, request).await?)
}

/// Of a project's people those who made a song: its own, then those of all songs, unless they stand there in the same role already.
pub fn people_of_song(people: &[person::Model], song: SongId) -> Vec<&person::Model> {
    let own: Vec<&person::Model> = people.iter().filter(|person| person.song_id == Some(song)).collect();
    let stands =
        |person: &&person::Model| own.iter().any(|own| (own.party_id, own.role) == (person.party_id, person.role));
    let of_all = people.iter().filter(|person| person.song_id.is_none() && !stands(person));
    own.iter().copied().chain(of_all).collect()
}

/// The same as parties with their roles, those who were merged led on to who took their place. For who has been shown the song.
pub(crate) async fn roles_of_song(
    db: &impl ConnectionTrait,
    people: &[person::Model],
    song: SongId,
) -> Result<Vec<(PartyId, PersonRole)>, StoreError> {
    let successors = parties::successors_of(db, people.iter().map(|person| person.party_id)).await?;
    let present = |party: PartyId| successors.get(&party).copied().unwrap_or(party);
    Ok(people_of_song(people, song).into_iter().map(|person| (present(person.party_id), person.role)).collect())
}
