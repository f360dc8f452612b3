//! What projects cost. Budgets are for who manages production.

use async_graphql::{ComplexObject, Context, Enum, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{ApiKeyId, BudgetCostId, BudgetLineId, PartyId, ProjectId, UserId},
    money::MoneyError,
    production::{
        commands::{self, CostInput, LineChange, LineInput},
        entity::{cost, line, project},
        queries::{Budget, BudgetedLine as DomainLine},
        rules::budget::Totals,
    },
};

use super::{Project, ProjectMember, edited, loading::ProjectById, member_of, optional, party_of};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        catalog::edit,
        errors::Failure,
        loader,
        parties::Party,
        scalars::{Id, Int64, Money, MoneyInput},
    },
    payload,
};

/// What money is spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::BudgetCategory")]
pub enum BudgetCategory {
    /// Rooms.
    Studio,
    /// Producers.
    Producer,
    /// Musicians and singers.
    Musician,
    /// Recording engineers.
    Engineer,
    /// Mixing.
    Mixing,
    /// Mastering.
    Mastering,
    /// Instruments and equipment.
    Equipment,
    /// Samples and their clearance.
    Samples,
    /// Travel and lodging.
    Travel,
    /// Pictures.
    Artwork,
    /// Promotion.
    Promotion,
    /// Anything else.
    Other,
}

/// What a rate is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::RateKind")]
pub enum BudgetRateKind {
    /// All of it at once.
    Flat,
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A song.
    Song,
}

/// What a project costs.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProjectBudget {
    /// What it is reckoned in, an ISO 4217 code.
    pub currency: String,
    /// Its lines, in the order in which they were entered.
    pub lines: Vec<BudgetedLine>,
    /// What was planned.
    pub planned: Money,
    /// What it has cost.
    pub actual: Money,
    /// What is left of the plan; less than nothing if more was spent.
    pub left: Money,
    /// What of the plan is recoupable.
    pub planned_recoupable: Money,
    /// What of the costs is recoupable.
    pub actual_recoupable: Money,
}

impl TryFrom<Budget> for ProjectBudget {
    type Error = MoneyError;

    fn try_from(budget: Budget) -> Result<Self, MoneyError> {
        let left = budget.totals.left()?;
        let Totals { planned, actual, planned_recoupable, actual_recoupable } = budget.totals;
        Ok(Self {
            currency: budget.currency.code().to_owned(),
            lines: budget.lines.into_iter().map(BudgetedLine::from).collect(),
            planned: planned.into(),
            actual: actual.into(),
            left: left.into(),
            planned_recoupable: planned_recoupable.into(),
            actual_recoupable: actual_recoupable.into(),
        })
    }
}

/// A line of a budget with what it has cost.
#[derive(Debug, Clone, SimpleObject)]
pub struct BudgetedLine {
    /// The line.
    pub line: BudgetLine,
    /// What it is planned to cost.
    pub planned: Money,
    /// What it has cost, by the costs that no other corrects.
    pub actual: Money,
    /// What was recorded, corrected costs too, in the order in which it was.
    pub costs: Vec<BudgetCost>,
}

impl From<DomainLine> for BudgetedLine {
    fn from(of: DomainLine) -> Self {
        Self {
            line: of.line.into(),
            planned: of.planned.into(),
            actual: of.actual.into(),
            costs: of.costs.into_iter().map(BudgetCost::from).collect(),
        }
    }
}

/// A line of a budget.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct BudgetLine {
    /// The id.
    pub id: Id<BudgetLineId>,
    /// On what sort of thing.
    pub category: BudgetCategory,
    /// On what.
    pub title: String,
    /// What the rate is paid for.
    pub rate_kind: BudgetRateKind,
    /// The rate, in minor units of the budget's currency.
    pub rate_minor: Int64,
    /// How many of them, in thousandths.
    pub quantity_milli: i32,
    /// Whether it is recouped from the artist's income.
    pub recoupable: bool,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    hired: Option<PartyId>,
    #[graphql(skip)]
    of: ProjectId,
}

impl From<line::Model> for BudgetLine {
    fn from(row: line::Model) -> Self {
        Self {
            id: row.id.into(),
            category: row.category.into(),
            title: row.title,
            rate_kind: row.rate_kind.into(),
            rate_minor: Int64(row.rate_minor),
            quantity_milli: row.quantity_milli,
            recoupable: row.recoupable,
            created_at: row.created_at,
            hired: row.hire_id,
            of: row.project_id,
        }
    }
}

#[ComplexObject]
impl BudgetLine {
    /// Who is hired for it.
    async fn hire(&self, ctx: &Context<'_>) -> Result<Option<Party>, Failure> {
        party_of(ctx, self.hired).await
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, Failure> {
        Ok(loader(ctx)?.load_one(ProjectById(self.of)).await?.map(Project::from))
    }
}

/// What a line has cost.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct BudgetCost {
    /// The id.
    pub id: Id<BudgetCostId>,
    /// The line.
    pub line_id: Id<BudgetLineId>,
    /// How much, in minor units of the budget's currency.
    pub amount_minor: Int64,
    /// On which day.
    pub incurred_on: NaiveDate,
    /// What for.
    pub note: String,
    /// The cost in whose place it stands.
    pub corrects_id: Option<Id<BudgetCostId>>,
    /// The program that recorded it.
    pub api_key_id: Option<Id<ApiKeyId>>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    #[graphql(skip)]
    user: Option<UserId>,
    #[graphql(skip)]
    of: ProjectId,
}

impl From<cost::Model> for BudgetCost {
    fn from(row: cost::Model) -> Self {
        Self {
            id: row.id.into(),
            line_id: row.line_id.into(),
            amount_minor: Int64(row.amount_minor),
            incurred_on: row.incurred_on,
            note: row.note,
            corrects_id: row.corrects_id.map(Id::from),
            api_key_id: row.api_key_id.map(Id::from),
            recorded_at: row.recorded_at,
            user: row.user_id,
            of: row.project_id,
        }
    }
}

#[ComplexObject]
impl BudgetCost {
    /// The member who recorded it; absent if a program did.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<ProjectMember>, Failure> {
        member_of(ctx, self.user).await
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, Failure> {
        Ok(loader(ctx)?.load_one(ProjectById(self.of)).await?.map(Project::from))
    }
}

/// A line to be added.
#[derive(Debug, InputObject)]
pub struct AddBudgetLineInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// On what sort of thing.
    pub category: BudgetCategory,
    /// On what.
    pub title: String,
    /// Who is hired for it.
    pub hire: Option<Id<PartyId>>,
    /// What the rate is paid for.
    #[graphql(default_with = "BudgetRateKind::Flat")]
    pub rate_kind: BudgetRateKind,
    /// The rate, in the project's currency.
    pub rate: MoneyInput,
    /// How many of them, in thousandths: 2500 for two and a half; left out, one.
    pub quantity_milli: Option<i32>,
    /// Whether it is recouped from the artist's income.
    #[graphql(default)]
    pub recoupable: bool,
}

/// A change of a line: what is left out stays, null empties a field that may be empty.
#[derive(Debug, InputObject)]
pub struct UpdateBudgetLineInput {
    /// The line.
    pub line: Id<BudgetLineId>,
    /// On what sort of thing.
    pub category: Option<BudgetCategory>,
    /// On what.
    pub title: Option<String>,
    /// Who is hired for it.
    pub hire: MaybeUndefined<Id<PartyId>>,
    /// What the rate is paid for.
    pub rate_kind: Option<BudgetRateKind>,
    /// The rate.
    pub rate: Option<MoneyInput>,
    /// How many of them, in thousandths.
    pub quantity_milli: Option<i32>,
    /// Whether it is recouped.
    pub recoupable: Option<bool>,
}

/// What a line has cost.
#[derive(Debug, InputObject)]
pub struct RecordCostInput {
    /// The line.
    pub line: Id<BudgetLineId>,
    /// How much, in the project's currency; zero takes back what is corrected.
    pub amount: MoneyInput,
    /// On which day; left out, today.
    pub incurred_on: Option<NaiveDate>,
    /// What for.
    #[graphql(default)]
    pub note: String,
    /// The cost in whose place it stands, which counts no more.
    pub corrects: Option<Id<BudgetCostId>>,
    /// The same key records once, however often it is asked.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What came of a mutation of a budget's line.
    pub struct BudgetLinePayload {
        /// The line as it is now.
        line: BudgetLine
    }
}

payload! {
    /// What came of `removeBudgetLine`.
    pub struct RemoveBudgetLinePayload {
        /// The project that it was of.
        project: Project
    }
}

payload! {
    /// What came of `recordCost`.
    pub struct RecordCostPayload {
        /// The cost.
        cost: BudgetCost
    }
}

/// Mutations of budgets.
#[derive(Debug, Default)]
pub struct BudgetMutation;

#[Object]
impl BudgetMutation {
    /// Adds a line to a project's budget.
    async fn add_budget_line(
        &self,
        ctx: &Context<'_>,
        input: AddBudgetLineInput,
    ) -> Result<BudgetLinePayload, Failure> {
        BudgetLinePayload::of(add(caller(ctx)?, input).await)
    }

    /// Changes a line of a budget; what it has cost stays.
    async fn update_budget_line(
        &self,
        ctx: &Context<'_>,
        input: UpdateBudgetLineInput,
    ) -> Result<BudgetLinePayload, Failure> {
        BudgetLinePayload::of(update(caller(ctx)?, input).await)
    }

    /// Removes a line on which nothing was spent.
    async fn remove_budget_line(
        &self,
        ctx: &Context<'_>,
        line: Id<BudgetLineId>,
    ) -> Result<RemoveBudgetLinePayload, Failure> {
        RemoveBudgetLinePayload::of(remove(caller(ctx)?, &line).await)
    }

    /// Records what a line has cost, or corrects what was recorded; both are kept. Bills come late, so that this can be done when the project is over.
    async fn record_cost(&self, ctx: &Context<'_>, input: RecordCostInput) -> Result<RecordCostPayload, Failure> {
        RecordCostPayload::of(record(caller(ctx)?, input).await)
    }
}

async fn add(caller: &Caller, input: AddBudgetLineInput) -> Result<line::Model, Failure> {
    let line = LineInput {
        project: input.project.named("project")?,
        category: input.category.into(),
        title: input.title,
        hire: optional(input.hire.as_ref(), "hire")?,
        rate_kind: input.rate_kind.into(),
        rate: input.rate.named("rate")?,
        quantity_milli: input.quantity_milli,
        recoupable: input.recoupable,
    };
    Ok(in_transaction!(caller, tx => commands::add_line(&tx, &caller.ctx, line)))
}

async fn update(caller: &Caller, input: UpdateBudgetLineInput) -> Result<line::Model, Failure> {
    let id = input.line.named("line")?;
    let change = LineChange {
        category: input.category.map(Into::into).into(),
        title: input.title.into(),
        hire: edited(edit(input.hire), "hire")?,
        rate_kind: input.rate_kind.map(Into::into).into(),
        rate: input.rate.map(|rate| rate.named("rate")).transpose()?.into(),
        quantity_milli: input.quantity_milli.into(),
        recoupable: input.recoupable.into(),
    };
    Ok(in_transaction!(caller, tx => commands::update_line(&tx, &caller.ctx, id, change)))
}

async fn remove(caller: &Caller, line: &Id<BudgetLineId>) -> Result<project::Model, Failure> {
    let id = line.named("line")?;
    Ok(in_transaction!(caller, tx => commands::remove_line(&tx, &caller.ctx, id)))
}

async fn record(caller: &Caller, input: RecordCostInput) -> Result<cost::Model, Failure> {
    let cost = CostInput {
        line: input.line.named("line")?,
        amount: input.amount.named("amount")?,
        incurred_on: input.incurred_on,
        note: input.note,
        corrects: optional(input.corrects.as_ref(), "corrects")?,
        key: input.idempotency_key,
    };
    Ok(in_transaction!(caller, tx => commands::record_cost(&tx, &caller.ctx, cost)))
}
