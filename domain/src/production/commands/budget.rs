//! Budgets: lines, and what they have cost.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, PaginatorTrait,
    QueryFilter,
};

use super::{author, hold_open, hold_open_part, hold_part, projects, require_party};
use crate::{
    actor::Ctx,
    edit::Edit,
    ids::{BudgetCostId, BudgetLineId, PartyId, ProjectId},
    money::Money,
    policy::Action,
    production::{
        ProductionError,
        entity::{BudgetCategory, RateKind, cost, line, project},
        rules::{
            self,
            budget::{self, BudgetFault, MAX_COSTS, MAX_LINES, ONE_MILLI},
        },
    },
    store::Tx,
};

/// The longest key of a request, in characters.
const MAX_KEY_CHARS: usize = 100;

/// A line as entered; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineInput {
    /// The project.
    pub project: ProjectId,
    /// On what sort of thing.
    pub category: BudgetCategory,
    /// On what.
    pub title: String,
    /// Who is hired for it.
    pub hire: Option<PartyId>,
    /// What the rate is paid for.
    pub rate_kind: RateKind,
    /// The rate, in the project's currency.
    pub rate: Money,
    /// How many of them, in thousandths; none for one.
    pub quantity_milli: Option<i32>,
    /// Whether it is recouped from the artist's income.
    pub recoupable: bool,
}

/// A change of a line; texts as typed. What it has cost stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineChange {
    /// On what sort of thing.
    pub category: Edit<BudgetCategory>,
    /// On what.
    pub title: Edit<String>,
    /// Who is hired for it.
    pub hire: Edit<Option<PartyId>>,
    /// What the rate is paid for.
    pub rate_kind: Edit<RateKind>,
    /// The rate.
    pub rate: Edit<Money>,
    /// How many of them, in thousandths.
    pub quantity_milli: Edit<i32>,
    /// Whether it is recouped.
    pub recoupable: Edit<bool>,
}

/// What a line has cost, as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostInput {
    /// The line.
    pub line: BudgetLineId,
    /// How much, in the project's currency; nothing takes back what is corrected.
    pub amount: Money,
    /// On which day; none for today.
    pub incurred_on: Option<NaiveDate>,
    /// What for.
    pub note: String,
    /// The cost in whose place it stands.
    pub corrects: Option<BudgetCostId>,
    /// The same key records once.
    pub key: Option<String>,
}

/// Adds a line to a project's budget.
///
/// # Errors
/// If the caller may not, the project is over, the hire is not the studio's, or rate or quantity cannot be.
pub async fn add_line(tx: &Tx, ctx: &Ctx, input: LineInput) -> Result<line::Model, ProductionError> {
    let project = hold_open(tx, ctx, input.project, Action::ManageProduction).await?;
    let plan = projects::plan_of(tx, ctx, &project).await?;
    let title = rules::title("title", &input.title)?;
    let rate_minor = budget::check_amount("rate", input.rate, plan.currency)?;
    let quantity_milli = budget::check_quantity(input.rate_kind, input.quantity_milli.unwrap_or(ONE_MILLI))?;
    let hire_id = require_party(tx, project.studio_id, input.hire, "hire").await?;
    let of_project = line::Entity::find().filter(line::Column::ProjectId.eq(project.id));
    if of_project.count(tx).await? >= MAX_LINES as u64 {
        return Err(BudgetFault::Lines.into());
    }
    let row = line::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(project.studio_id),
        project_id: Set(project.id),
        category: Set(input.category),
        title: Set(title),
        hire_id: Set(hire_id),
        rate_kind: Set(input.rate_kind),
        rate_minor: Set(rate_minor),
        quantity_milli: Set(quantity_milli),
        recoupable: Set(input.recoupable),
        created_at: Set(ctx.env.now()),
    };
    Ok(row.insert(tx).await?)
}

/// Changes a line of a budget. One that becomes flat is paid once.
///
/// # Errors
/// As [`add_line`], and if there is no such line.
pub async fn update_line(
    tx: &Tx,
    ctx: &Ctx,
    id: BudgetLineId,
    change: LineChange,
) -> Result<line::Model, ProductionError> {
    let (project, line) = hold_open_part::<line::Entity, _>(tx, ctx, id, Action::ManageProduction).await?;
    let plan = projects::plan_of(tx, ctx, &project).await?;
    let rate_kind = change.rate_kind.or(line.rate_kind);
    let standing = if rate_kind == RateKind::Flat { ONE_MILLI } else { line.quantity_milli };
    let hire_id = match change.hire {
        Edit::To(named) if named != line.hire_id => require_party(tx, project.studio_id, named, "hire").await?,
        _ => line.hire_id,
    };
    let rate_minor = change.rate.try_map(|rate| budget::check_amount("rate", rate, plan.currency))?;
    let row = line::ActiveModel {
        category: Set(change.category.or(line.category)),
        title: Set(change.title.try_map(|text| rules::title("title", &text))?.or(line.title.clone())),
        hire_id: Set(hire_id),
        rate_kind: Set(rate_kind),
        rate_minor: Set(rate_minor.or(line.rate_minor)),
        quantity_milli: Set(budget::check_quantity(rate_kind, change.quantity_milli.or(standing))?),
        recoupable: Set(change.recoupable.or(line.recoupable)),
        ..line.into_active_model()
    };
    Ok(row.update(tx).await?)
}

/// Removes a line on which nothing was spent.
///
/// # Errors
/// If the caller may not, there is no such line, the project is over, or the line has costs.
pub async fn remove_line(tx: &Tx, ctx: &Ctx, id: BudgetLineId) -> Result<project::Model, ProductionError> {
    let (project, line) = hold_open_part::<line::Entity, _>(tx, ctx, id, Action::ManageProduction).await?;
    if cost::Entity::find().filter(cost::Column::LineId.eq(id)).count(tx).await? > 0 {
        return Err(ProductionError::LineSpent);
    }
    line.delete(tx).await?;
    Ok(project)
}

/// Records what a line has cost, or corrects what was recorded: the right amount stands in the place of the wrong one, and both are kept. Bills come
/// late, so that this can be done when the project is over. Under the same key it is recorded once.
///
/// # Errors
/// If the caller may not, there is no such line, the amount cannot be, or what is to be corrected is not the line's or was corrected already.
pub async fn record_cost(tx: &Tx, ctx: &Ctx, input: CostInput) -> Result<cost::Model, ProductionError> {
    let (project, line) = hold_part::<line::Entity, _>(tx, ctx, input.line, Action::ManageProduction).await?;
    let plan = projects::plan_of(tx, ctx, &project).await?;
    let amount_minor = budget::check_amount("amount", input.amount, plan.currency)?;
    let note = rules::text("note", &input.note)?;
    let (user_id, api_key_id) = author(&ctx.actor);
    let row = cost::Model {
        id: ctx.env.id(),
        studio_id: project.studio_id,
        project_id: project.id,
        line_id: line.id,
        amount_minor,
        incurred_on: input.incurred_on.unwrap_or_else(|| ctx.env.now().date_naive()),
        note,
        corrects_id: input.corrects,
        request_key: input.key,
        user_id,
        api_key_id,
        recorded_at: ctx.env.now(),
    };
    if let Some(standing) = of_key(tx, &row, input.incurred_on).await? {
        return Ok(standing);
    }
    let costs = cost::Entity::find().filter(cost::Column::LineId.eq(line.id)).all(tx).await?;
    if costs.len() >= MAX_COSTS {
        return Err(BudgetFault::Costs.into());
    }
    if let Some(corrects) = row.corrects_id {
        if costs.iter().all(|cost| cost.id != corrects) {
            return Err(ProductionError::NotFound { what: "cost", field: "corrects" });
        }
        if costs.iter().any(|cost| cost.corrects_id == Some(corrects)) {
            return Err(ProductionError::Corrected);
        }
    }
    row.clone().into_active_model().insert(tx).await?;
    Ok(row)
}

/// What was recorded under a cost's key, if it is the same. Of a cost whose day is left to be the present one any day is the same, for it may be sent again later.
async fn of_key(tx: &Tx, row: &cost::Model, day: Option<NaiveDate>) -> Result<Option<cost::Model>, ProductionError> {
    let Some(key) = &row.request_key else { return Ok(None) };
    if !(1..=MAX_KEY_CHARS).contains(&key.chars().count()) {
        return Err(ProductionError::Key);
    }
    let standing = cost::Entity::find()
        .filter(cost::Column::ProjectId.eq(row.project_id))
        .filter(cost::Column::RequestKey.eq(key))
        .one(tx)
        .await?;
    let Some(standing) = standing else { return Ok(None) };
    let facts = |cost: &cost::Model| (cost.line_id, cost.amount_minor, cost.note.clone(), cost.corrects_id);
    let is_same = facts(&standing) == facts(row) && day.is_none_or(|day| day == standing.incurred_on);
    if is_same { Ok(Some(standing)) } else { Err(ProductionError::KeyTaken) }
}
