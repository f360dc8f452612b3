//! Delivering what is made and paid, and recalling what is paid no more. A job does it after each change of either, and a chore looks again: of two at once
//! the later finds what the earlier has told.

use std::collections::BTreeMap;

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::lock_plan;
use crate::{
    actor::{Actor, Ctx},
    identity,
    ids::{MasterNoticeId, OrderId, ProjectId, StudioId},
    invoices::{self, queries::ProjectBalance},
    masters::{
        MasterError,
        entity::{MasterNotice, MasterReader, MasterStepKind, delivery, plan, step},
        queries::{self, Recipient},
        rules::{self, DeliveryState},
    },
    outbox::{self, Job},
    policy::{Action, visible},
    production::entity::project,
    report::StoreError,
    services::Services,
    store::Tx,
    webhooks::events,
};

/// How many projects the chore looks at in one go.
const BATCH: u64 = 200;
/// After how many hours a project is looked at again.
const LOOK_AGAIN_HOURS: i64 = 1;

/// Delivers and recalls what is due of a project's masters; what the job `settle_masters` does. Returns how many deliveries that were.
///
/// # Errors
/// If the database fails.
pub async fn settle_masters(services: &Services, project: ProjectId) -> Result<usize, MasterError> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    let told = match lock_plan(&tx, project).await? {
        Some(plan) => settle(&tx, &ctx, plan).await?,
        None => 0,
    };
    services.commit(tx).await?;
    Ok(told)
}

/// Looks at the projects that nobody has looked at for long: whatever was missed is told. Returns how many deliveries that were.
///
/// # Errors
/// If the database fails. One project that cannot be looked at does not keep the others from it.
pub async fn tend(services: &Services) -> Result<usize, MasterError> {
    let now = services.env.now();
    let waiting: Vec<ProjectId> = plan::Entity::find()
        .select_only()
        .column(plan::Column::ProjectId)
        .filter(
            // What was looked at in the future was so by a clock that went wrong, and would wait until then.
            Condition::any()
                .add(plan::Column::LookedAt.lte(now - Duration::hours(LOOK_AGAIN_HOURS)))
                .add(plan::Column::LookedAt.gt(now + Duration::hours(LOOK_AGAIN_HOURS))),
        )
        .order_by_asc(plan::Column::LookedAt)
        .order_by_asc(plan::Column::ProjectId)
        .limit(BATCH)
        .into_tuple()
        .all(&services.db)
        .await?;
    let mut told = 0;
    for project in waiting {
        match settle_masters(services, project).await {
            Ok(number) => told += number,
            Err(error) => {
                tracing::error!(%project, error = &error as &dyn std::error::Error, "masters could not be looked after");
            }
        }
    }
    Ok(told)
}

/// Writes down what the client is to be told, each of it once, and has it mailed: all that is due at one moment in one mail. The plan is held.
async fn settle(tx: &Tx, ctx: &Ctx, plan: plan::Model) -> Result<usize, StoreError> {
    let of_project = delivery::Entity::find().filter(delivery::Column::ProjectId.eq(plan.project_id));
    let deliveries = of_project.order_by_asc(delivery::Column::Id).all(tx).await?;
    let balance = invoices::queries::balance_of_project(tx, plan.project_id).await?;
    let mut notices: BTreeMap<MasterStepKind, MasterNoticeId> = BTreeMap::new();
    let mut told = 0;
    for view in queries::views(tx, deliveries).await? {
        let Some(kind) = rules::due(rules::standing(&view.masters), view.facts(&balance)) else { continue };
        let notice_id = *notices.entry(kind).or_insert_with(|| ctx.env.id());
        let row = step::Model {
            delivery_id: view.delivery.id,
            number: view.steps.last().map_or(1, |last| last.number.saturating_add(1)),
            studio_id: view.delivery.studio_id,
            kind,
            notice_id,
            at: ctx.env.now(),
        };
        row.into_active_model().insert(tx).await?;
        told += 1;
    }
    let (project, studio) = (plan.project_id, plan.studio_id);
    for (kind, notice) in notices {
        let (what, readers): (_, &[MasterReader]) = match kind {
            MasterStepKind::Delivered => (MasterNotice::Delivered, &[MasterReader::Client]),
            MasterStepKind::Recalled => (MasterNotice::Recalled, &[MasterReader::Client, MasterReader::Studio]),
        };
        for to in readers.iter().copied() {
            let mail = Job::MailMasters { project, notice: Some(notice), what, to };
            outbox::put(tx, ctx, Some(studio), &mail).await?;
        }
        if kind == MasterStepKind::Delivered {
            events::masters_delivered(tx, ctx, studio, project).await?;
        }
    }
    let mut row = plan.into_active_model();
    row.looked_at = Set(ctx.env.now());
    row.update(tx).await?;
    Ok(told)
}

/// What is owed for a project has changed, or may have: if masters of it were ordered, they are looked at after the commit. For invoices, in the transaction
/// of the change.
pub(crate) async fn money_moved(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    project: Option<ProjectId>,
) -> Result<(), StoreError> {
    let Some(project) = project else { return Ok(()) };
    let ordered = delivery::Entity::find().filter(delivery::Column::ProjectId.eq(project)).count(tx).await?;
    if ordered > 0 {
        outbox::put(tx, ctx, Some(studio), &Job::SettleMasters { project }).await?;
    }
    Ok(())
}

/// The same of what became of an order's payment, if the order pays an invoice.
pub(crate) async fn money_moved_by(tx: &Tx, ctx: &Ctx, order: OrderId) -> Result<(), StoreError> {
    let Some(invoice) = invoices::queries::invoice_of_order(tx, order).await? else { return Ok(()) };
    money_moved(tx, ctx, invoice.studio_id, invoice.project_id).await
}

/// Has whom a project's masters are for mailed where they are, once more.
///
/// # Errors
/// If the caller may not, or has not confirmed their own address, there is no such project, none of its masters are ready, or nobody is known to whom they go.
pub async fn send_link(tx: &Tx, ctx: &Ctx, project: ProjectId) -> Result<Recipient, MasterError> {
    let found = project::Entity::find_by_id(project).one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
    let project = found.ok_or(MasterError::NotFound { what: "project", field: "project" })?;
    if !identity::queries::has_confirmed_address(tx, &ctx.actor, project.studio_id).await? {
        return Err(MasterError::Unconfirmed);
    }
    let of_project = delivery::Entity::find().filter(delivery::Column::ProjectId.eq(project.id));
    let views = queries::views(tx, of_project.all(tx).await?).await?;
    // Whether they open is told by the letter: what is locked leads to what is to be paid.
    if !views.iter().any(|view| view.state(&ProjectBalance::default()) == DeliveryState::Open) {
        return Err(MasterError::NothingReady);
    }
    let recipient = queries::recipient(tx, &project).await?.ok_or(MasterError::NoRecipient)?;
    let (what, to) = (MasterNotice::Link, MasterReader::Client);
    let mail = Job::MailMasters { project: project.id, notice: None, what, to };
    outbox::put(tx, ctx, Some(project.studio_id), &mail).await?;
    Ok(recipient)
}
