//! Opening projects, changing them, and moving them along.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{hold, hold_open, note, require_party, stages};
use crate::{
    actor::Ctx,
    agreements::entity::{AgreementState, agreement},
    clients::entity as client,
    edit::Edit,
    identity::entity::studio,
    ids::{AgreementId, ClientId, PartyId, ProjectId, StudioId},
    money::Currency,
    parties,
    policy::{Action, require},
    production::{
        ProductionError,
        entity::{EventKind, ProjectKind, ProjectState, linked_agreement, plan, project, song, stage},
        rules::{
            self, MAX_AGREEMENTS,
            kinds::{self, StageScope},
            stages::Missing,
            states::{self, Move},
        },
    },
    report::StoreError,
    reviews,
    store::{self, Tx},
};

/// A project as entered; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// What kind of producing it is; it stays so.
    pub kind: ProjectKind,
    /// What it is called.
    pub title: String,
    /// For whom; none for the studio's own.
    pub client: Option<ClientId>,
    /// What its budget is reckoned in; none for the studio's currency. It stays so.
    pub currency: Option<Currency>,
    /// When work begins.
    pub starts_on: Option<NaiveDate>,
    /// When it is to be delivered.
    pub due_on: Option<NaiveDate>,
}

/// A change of a project; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectChange {
    /// What it is called.
    pub title: Edit<String>,
    /// For whom.
    pub client: Edit<Option<ClientId>>,
    /// Whose word decides.
    pub decider: Edit<Option<PartyId>>,
    /// What is to be reached.
    pub goals: Edit<String>,
    /// In which genre.
    pub genre: Edit<String>,
    /// What it shall be like, in words.
    pub reference_notes: Edit<String>,
    /// What is to be delivered.
    pub deliverables: Edit<String>,
    /// When work begins.
    pub starts_on: Edit<Option<NaiveDate>>,
    /// When it is to be delivered.
    pub due_on: Edit<Option<NaiveDate>>,
}

/// Opens a project, planned, with the stages that the whole of it goes through.
///
/// # Errors
/// If the caller may not, the client is not the studio's, or title or dates cannot be.
pub async fn create_project(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    new: NewProject,
) -> Result<project::Model, ProductionError> {
    require(&ctx.actor, Action::ManageProduction, studio)?;
    let title = rules::title("title", &new.title)?;
    rules::require_order(new.starts_on, new.due_on)?;
    require_client(tx, studio, new.client).await?;
    let row = project::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        client_id: Set(new.client),
        kind: Set(new.kind),
        state: Set(ProjectState::Planned),
        title: Set(title),
        created_at: Set(ctx.env.now()),
    };
    let project = row.insert(tx).await?;
    let empty = empty_plan(tx, ctx, &project).await?;
    let plan = plan::Model {
        currency: new.currency.unwrap_or(empty.currency),
        starts_on: new.starts_on,
        due_on: new.due_on,
        ..empty
    };
    plan.into_active_model().insert(tx).await?;
    let whole = kinds::plan(project.kind).of_scope(StageScope::Project);
    stages::enter(tx, ctx, &project, None, whole.map(|plan| (plan.stage, plan.tasks))).await?;
    note(tx, ctx, &project, EventKind::Opened, None).await?;
    Ok(project)
}

/// Changes a project's title, client, brief, decider or dates. What has changed is told in the history.
///
/// # Errors
/// If the caller may not, the project is over, whoever is named is not the studio's, or a text or the dates cannot be.
pub async fn update_project(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectId,
    change: ProjectChange,
) -> Result<project::Model, ProductionError> {
    let project = hold_open(tx, ctx, id, Action::ManageProduction).await?;
    let studio = project.studio_id;
    let plan = plan_of(tx, ctx, &project).await?;
    let after = project::Model {
        title: change.title.try_map(|text| rules::title("title", &text))?.or(project.title.clone()),
        client_id: change.client.or(project.client_id),
        ..project.clone()
    };
    // Who stands there already may have been erased since.
    if after.client_id != project.client_id {
        require_client(tx, studio, after.client_id).await?;
    }
    let decider_id = match change.decider {
        Edit::To(named) if named != plan.decider_id => require_party(tx, studio, named, "decider").await?,
        _ => plan.decider_id,
    };
    let planned = plan::Model {
        decider_id,
        goals: change.goals.try_map(|text| rules::text("goals", &text))?.or(plan.goals.clone()),
        genre: change.genre.try_map(|text| rules::text("genre", &text))?.or(plan.genre.clone()),
        reference_notes: change
            .reference_notes
            .try_map(|text| rules::text("referenceNotes", &text))?
            .or(plan.reference_notes.clone()),
        deliverables: change
            .deliverables
            .try_map(|text| rules::text("deliverables", &text))?
            .or(plan.deliverables.clone()),
        starts_on: change.starts_on.or(plan.starts_on),
        due_on: change.due_on.or(plan.due_on),
        ..plan.clone()
    };
    rules::require_order(planned.starts_on, planned.due_on)?;
    let changed = changed(&project, &after, &plan, &planned);
    if changed.is_empty() {
        return Ok(project);
    }
    let row = project::ActiveModel {
        title: Set(after.title),
        client_id: Set(after.client_id),
        ..project.into_active_model()
    };
    let project = row.update(tx).await?;
    let row = planned.into_active_model().reset_all();
    plan::ActiveModel { updated_at: Set(ctx.env.now()), ..row }.update(tx).await?;
    note(tx, ctx, &project, EventKind::Changed, Some(changed.join(", "))).await?;
    Ok(project)
}

/// What a change has changed, in words.
fn changed(
    before: &project::Model,
    after: &project::Model,
    plan: &plan::Model,
    planned: &plan::Model,
) -> Vec<&'static str> {
    let differs = [
        ("title", before.title != after.title),
        ("client", before.client_id != after.client_id),
        ("decider", plan.decider_id != planned.decider_id),
        ("goals", plan.goals != planned.goals),
        ("genre", plan.genre != planned.genre),
        ("references", plan.reference_notes != planned.reference_notes),
        ("deliverables", plan.deliverables != planned.deliverables),
        ("start", plan.starts_on != planned.starts_on),
        ("deadline", plan.due_on != planned.due_on),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}

/// Begins a project's work. Activating an active one changes nothing.
///
/// # Errors
/// If the caller may not, it is over, or its agreement is not signed and no reason was given why it starts without; the reason is kept in the history.
pub async fn activate_project(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectId,
    override_reason: Option<&str>,
) -> Result<project::Model, ProductionError> {
    let project = hold(tx, ctx, id, Action::ManageProduction).await?;
    if project.state == ProjectState::Active {
        return Ok(project);
    }
    let to = step(&project, Move::Activate)?;
    let agreements = states_of_agreements(tx, id).await?;
    if let Err(shut) = states::start_gate(project.client_id.is_some(), &agreements) {
        let reason = rules::reason("overrideReason", override_reason.ok_or(ProductionError::Gate(shut))?)?;
        note(tx, ctx, &project, EventKind::GateOverridden, Some(reason)).await?;
    }
    take(tx, ctx, project, Move::Activate, to, None).await
}

/// Delivers a project: every stage of it is closed. Delivering a delivered one changes nothing.
///
/// # Errors
/// If the caller may not, it is not active, or something of it is open.
pub async fn deliver_project(tx: &Tx, ctx: &Ctx, id: ProjectId) -> Result<project::Model, ProductionError> {
    let project = hold(tx, ctx, id, Action::ManageProduction).await?;
    if project.state == ProjectState::Delivered {
        return Ok(project);
    }
    let to = step(&project, Move::Deliver)?;
    let songs = song::Entity::find().filter(song::Column::ProjectId.eq(id)).all(tx).await?;
    let stages = stage::Entity::find().filter(stage::Column::ProjectId.eq(id)).all(tx).await?;
    let by_song = kinds::plan(project.kind).of_scope(StageScope::Song).next().is_some();
    if stages.is_empty() || (by_song && songs.is_empty()) {
        return Err(ProductionError::Nothing);
    }
    let title =
        |row: &stage::Model| songs.iter().find(|song| Some(song.id) == row.song_id).map(|song| song.title.clone());
    let open = stages.iter().filter(|row| row.closed_at.is_none());
    let open: Vec<Missing> = open.map(|row| Missing::Stage { stage: row.stage, song: title(row) }).collect();
    if !open.is_empty() {
        return Err(ProductionError::Undelivered(open));
    }
    take(tx, ctx, project, Move::Deliver, to, None).await
}

/// Calls a project off. Cancelling a cancelled one changes nothing.
///
/// # Errors
/// If the caller may not, it was delivered, or no reason is given.
pub async fn cancel_project(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectId,
    reason: &str,
) -> Result<project::Model, ProductionError> {
    let project = hold(tx, ctx, id, Action::ManageProduction).await?;
    if project.state == ProjectState::Cancelled {
        return Ok(project);
    }
    let to = step(&project, Move::Cancel)?;
    take(tx, ctx, project, Move::Cancel, to, Some(rules::reason("reason", reason)?)).await
}

/// Takes a project up again: one that was delivered is active, one that was cancelled planned. The time to decide on mixes that are under review begins anew.
///
/// # Errors
/// If the caller may not, it is not over, or no reason is given.
pub async fn reopen_project(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectId,
    reason: &str,
) -> Result<project::Model, ProductionError> {
    let project = hold(tx, ctx, id, Action::ManageProduction).await?;
    let to = step(&project, Move::Reopen)?;
    let project = take(tx, ctx, project, Move::Reopen, to, Some(rules::reason("reason", reason)?)).await?;
    reviews::commands::resume(tx, ctx, project.id).await?;
    Ok(project)
}

fn step(project: &project::Model, step: Move) -> Result<ProjectState, ProductionError> {
    states::after(project.state, step).ok_or(ProductionError::Step { state: project.state })
}

async fn take(
    tx: &Tx,
    ctx: &Ctx,
    project: project::Model,
    step: Move,
    to: ProjectState,
    reason: Option<String>,
) -> Result<project::Model, ProductionError> {
    let row = project::ActiveModel { state: Set(to), ..project.into_active_model() };
    let project = row.update(tx).await?;
    note(tx, ctx, &project, step.event(), reason).await?;
    Ok(project)
}

/// Names an agreement whose signatures a project waits for before it starts. Naming it again changes nothing.
///
/// # Errors
/// If the caller may not, the project is over, or the agreement is not the studio's.
pub async fn link_agreement(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectId,
    agreement: AgreementId,
) -> Result<project::Model, ProductionError> {
    let project = hold_open(tx, ctx, id, Action::ManageProduction).await?;
    let of_studio = agreement::Entity::find_by_id(agreement)
        .filter(agreement::Column::StudioId.eq(project.studio_id))
        .one(tx)
        .await?
        .ok_or(ProductionError::NotFound { what: "agreement", field: "agreement" })?;
    let linked = linked_agreement::Entity::find().filter(linked_agreement::Column::ProjectId.eq(id)).count(tx).await?;
    if linked >= MAX_AGREEMENTS as u64 {
        return Err(ProductionError::Full { what: "agreements", most: MAX_AGREEMENTS });
    }
    let row = linked_agreement::Model {
        project_id: id,
        agreement_id: agreement,
        studio_id: project.studio_id,
        linked_at: ctx.env.now(),
    };
    if store::insert_new(tx, row.into_active_model()).await? {
        note(tx, ctx, &project, EventKind::AgreementLinked, Some(of_studio.reference)).await?;
    }
    Ok(project)
}

/// Lets a project wait for an agreement no more.
///
/// # Errors
/// If the caller may not, the project is over, or it does not wait for the agreement.
pub async fn unlink_agreement(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectId,
    agreement: AgreementId,
) -> Result<project::Model, ProductionError> {
    let project = hold_open(tx, ctx, id, Action::ManageProduction).await?;
    let dropped = linked_agreement::Entity::delete_by_id((id, agreement)).exec(tx).await?;
    let known = agreement::Entity::find_by_id(agreement).one(tx).await?.filter(|_| dropped.rows_affected > 0);
    let known = known.ok_or(ProductionError::NotFound { what: "agreement", field: "agreement" })?;
    note(tx, ctx, &project, EventKind::AgreementUnlinked, Some(known.reference)).await?;
    Ok(project)
}

async fn states_of_agreements(tx: &Tx, project: ProjectId) -> Result<Vec<AgreementState>, StoreError> {
    let linked =
        linked_agreement::Entity::find().filter(linked_agreement::Column::ProjectId.eq(project)).all(tx).await?;
    let ids = linked.iter().map(|row| row.agreement_id);
    let rows = agreement::Entity::find().filter(agreement::Column::Id.is_in(ids)).all(tx).await?;
    Ok(rows.into_iter().map(|row| row.state).collect())
}

/// A client of the studio whose party is held until the transaction ends, and was neither merged nor erased.
async fn require_client(tx: &Tx, studio: StudioId, client: Option<ClientId>) -> Result<(), ProductionError> {
    let Some(id) = client else { return Ok(()) };
    let of_studio = || client::Entity::find_by_id(id).filter(client::Column::StudioId.eq(studio));
    let none = ProductionError::NotFound { what: "client", field: "client" };
    let Some(client) = of_studio().one(tx).await? else { return Err(none) };
    parties::hold_present(tx, studio, &[client.party_id]).await?;
    // Whoever was merged meanwhile may have left the client to their successor, or kept it.
    let Some(client) = of_studio().one(tx).await? else { return Err(none) };
    let gone = |problem| ProductionError::Gone { field: "client", problem };
    parties::require_present(tx, client.party_id).await.map_err(gone)
}

/// The plan of a project that is held; one that has none yet gets an empty one.
pub(super) async fn plan_of(tx: &Tx, ctx: &Ctx, project: &project::Model) -> Result<plan::Model, ProductionError> {
    if let Some(standing) = plan::Entity::find_by_id(project.id).one(tx).await? {
        return Ok(standing);
    }
    Ok(empty_plan(tx, ctx, project).await?.into_active_model().insert(tx).await?)
}

/// A plan in which nothing is said, in the studio's currency.
async fn empty_plan(tx: &Tx, ctx: &Ctx, project: &project::Model) -> Result<plan::Model, ProductionError> {
    let studio = studio::Entity::find_by_id(project.studio_id).one(tx).await?;
    let studio = studio.ok_or(ProductionError::NotFound { what: "studio", field: "studio" })?;
    Ok(plan::Model {
        project_id: project.id,
        studio_id: studio.id,
        currency: studio.currency,
        decider_id: None,
        goals: String::new(),
        genre: String::new(),
        reference_notes: String::new(),
        deliverables: String::new(),
        starts_on: None,
        due_on: None,
        updated_at: ctx.env.now(),
    })
}
