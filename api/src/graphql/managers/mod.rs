//! Managers: the studios on one's roster, what they have earned and what may still come, and what of their royalties wants looking at.

pub mod mutations;

use async_graphql::{Context, Enum, Object, SimpleObject, connection::Edge};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{RosterGrantId, RoyaltyAlertId, StudioId, UserId},
    money::Money as DomainMoney,
    report::{Kind, Report},
    roster::{
        alerts::{self, words},
        forecast::{self, Forecast},
        income::{self, By, Income},
        queries::{self, Manager, OnRoster},
    },
    royalties::{
        RoyaltyError,
        entity::{alert, grant, limit},
    },
};

use super::{
    caller,
    connection::{Connection, page, page_cost},
    errors::Failure,
    scalars::{Id, Int64, Money},
};

pub use mutations::ManagersMutation;

/// How many rows of income there are if nothing is said, and at the most.
const DEFAULT_ROWS: i32 = 50;
const MAX_ROWS: i32 = 500;

/// A studio on a manager's roster.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RosterStudio {
    /// The studio.
    pub studio_id: Id<StudioId>,
    /// Its name.
    pub name: String,
    /// Its own currency, an ISO 4217 code.
    pub currency: String,
    /// How many alerts about its royalties are open.
    pub open_alerts: Int64,
}

impl From<OnRoster> for RosterStudio {
    fn from(row: OnRoster) -> Self {
        Self {
            studio_id: row.studio.id.into(),
            name: row.studio.name,
            currency: row.studio.currency.code().to_owned(),
            open_alerts: Int64(row.open_alerts),
        }
    }
}

/// A studio's leave for a member to have it on their roster.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RosterGrant {
    /// The id.
    pub id: Id<RosterGrantId>,
    /// The studio.
    pub studio_id: Id<StudioId>,
    /// The member.
    pub user_id: Id<UserId>,
    /// When it was given.
    pub granted_at: DateTime<Utc>,
}

impl From<grant::Model> for RosterGrant {
    fn from(row: grant::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            user_id: row.user_id.into(),
            granted_at: row.granted_at,
        }
    }
}

/// Up to which amount a member approves what a run of royalties pays out.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ApprovalLimit {
    /// The studio.
    pub studio_id: Id<StudioId>,
    /// The member.
    pub user_id: Id<UserId>,
    /// The amount; of nothing they approve none.
    pub limit: Money,
    /// When it was set.
    pub set_at: DateTime<Utc>,
}

impl From<limit::Model> for ApprovalLimit {
    fn from(row: limit::Model) -> Self {
        Self {
            studio_id: row.studio_id.into(),
            user_id: row.user_id.into(),
            limit: DomainMoney::new(row.limit_minor, row.currency).into(),
            set_at: row.set_at,
        }
    }
}

/// Who looks after a studio's royalties.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyManager {
    /// The member.
    pub user_id: Id<UserId>,
    /// Their name.
    pub name: String,
    /// Since when they have the studio on their roster; absent if they have not.
    pub granted_at: Option<DateTime<Utc>>,
    /// Up to which amounts they approve runs, one a currency.
    pub limits: Vec<Money>,
}

impl From<Manager> for RoyaltyManager {
    fn from(row: Manager) -> Self {
        Self {
            user_id: row.user.into(),
            name: row.name,
            granted_at: row.granted_at,
            limits: row.limits.into_iter().map(Money::from).collect(),
        }
    }
}

/// What income is looked at by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "By")]
pub enum RoyaltyIncomeBy {
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

/// What something has earned in one currency, as statements say it. Amounts of different currencies are never added up.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyIncome {
    /// What it is: an id, a country's code, a month such as `2026-07`, or a word of the statements; empty where those do not say, `others` for what did not
    /// fit into the list.
    pub key: String,
    /// The same for people.
    pub name: String,
    /// The currency of the lines, an ISO 4217 code.
    pub currency: String,
    /// How many units, exactly.
    pub units: String,
    /// What was received in major units, exactly, such as `1234.567891`.
    pub net: String,
}

impl From<Income> for RoyaltyIncome {
    fn from(row: Income) -> Self {
        Self {
            key: row.key,
            name: row.name,
            currency: row.currency.code().to_owned(),
            units: row.units.to_string(),
            net: row.net.to_string(),
        }
    }
}

/// An estimate of what a month may bring in one currency: what the weakest, the median and the strongest of the last six months brought. It promises nothing.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyForecast {
    /// The first day of the month of use.
    pub month: NaiveDate,
    /// The currency, an ISO 4217 code.
    pub currency: String,
    /// As much as the weakest month, in major units.
    pub low: String,
    /// As much as the median, in major units.
    pub likely: String,
    /// As much as the strongest month, in major units.
    pub high: String,
    /// Always true: these are no amounts that anybody owes.
    pub is_estimate: bool,
}

impl From<Forecast> for RoyaltyForecast {
    fn from(row: Forecast) -> Self {
        Self {
            month: row.month,
            currency: row.currency.code().to_owned(),
            low: row.low.to_string(),
            likely: row.likely.to_string(),
            high: row.high.to_string(),
            is_estimate: true,
        }
    }
}

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::AlertKind")]
pub enum RoyaltyAlertKind {
    /// Something earns, and nobody has signed whose it is.
    NoSplit,
    /// A work has been out for half a year, and no statement has told of one of its sides.
    ShareMissing,
    /// A statement has a header that no known format has.
    FormatDrift,
    /// A statement is in a currency without a rate: no run takes its money.
    NoRate,
    /// A contract ends within 60 days.
    ContractEnds,
}

/// Something about royalties that wants looking at.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyAlert {
    /// The id.
    pub id: Id<RoyaltyAlertId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// What it is about.
    pub kind: RoyaltyAlertKind,
    /// Which of those: the id of a recording, work or statement, a statement and its currency, a release by its EAN, or a contract and its end.
    pub subject: String,
    /// The same in a sentence.
    pub message: String,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// When the studio was mailed of it.
    pub mailed_at: Option<DateTime<Utc>>,
    /// When it was over, or put aside.
    pub settled_at: Option<DateTime<Utc>>,
}

impl TryFrom<alert::Model> for RoyaltyAlert {
    type Error = RoyaltyError;
    fn try_from(row: alert::Model) -> Result<Self, RoyaltyError> {
        Ok(Self {
            message: words(&row)?,
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            kind: row.kind.into(),
            subject: row.subject,
            raised_at: row.raised_at,
            mailed_at: row.mailed_at,
            settled_at: row.settled_at,
        })
    }
}

/// How many rows of income are wanted of each currency.
fn rows(first: Option<i32>) -> Result<usize, Failure> {
    let asked = first.unwrap_or(DEFAULT_ROWS);
    let fits = usize::try_from(asked).ok().filter(|_| (1..=MAX_ROWS).contains(&asked));
    fits.ok_or_else(|| {
        let report =
            Report::new(Kind::Invalid, "BAD_PAGE", format!("first is {asked}, and a list has 1 to {MAX_ROWS} rows"));
        Failure::new(report.field("first").remedy(format!("ask for 1 to {MAX_ROWS}")))
    })
}

/// Queries of managers.
#[derive(Debug, Default)]
pub struct ManagersQuery;

#[Object]
impl ManagersQuery {
    /// The studios on the signed-in person's roster, in the order in which they were granted, with their alerts as they are at this moment.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn roster(&self, ctx: &Context<'_>) -> Result<Vec<RosterStudio>, Failure> {
        let caller = caller(ctx)?;
        for studio in queries::my_roster(&caller.services.db, &caller.ctx).await? {
            alerts::look_now(&caller.services, &caller.ctx, studio).await?;
        }
        let rows = queries::list_roster(&caller.services.db, &caller.ctx).await?;
        Ok(rows.into_iter().map(RosterStudio::from).collect())
    }

    /// Those who have a studio on their roster, or approve runs in it up to an amount. For its owners.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn royalty_managers(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<RoyaltyManager>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_managers(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(rows.into_iter().map(RoyaltyManager::from).collect())
    }

    /// What studios have earned in the months from one day to another, the most first, months in their order; the signed-in person's whole roster if no studio
    /// is named. For those who may read their royalties. Of each currency `first` rows at the most, 50 if nothing is said, and what is left of it in one more;
    /// months are all told.
    #[graphql(complexity = "50 * child_complexity + 1")]
    async fn royalty_income(
        &self,
        ctx: &Context<'_>,
        studios: Option<Vec<Id<StudioId>>>,
        by: RoyaltyIncomeBy,
        from: NaiveDate,
        through: NaiveDate,
        first: Option<i32>,
    ) -> Result<Vec<RoyaltyIncome>, Failure> {
        let (caller, most) = (caller(ctx)?, rows(first)?);
        let db = &caller.services.db;
        let studios: Vec<StudioId> = match studios {
            Some(named) => named.iter().map(|studio| studio.named("studios")).collect::<Result<_, _>>()?,
            None => queries::my_roster(db, &caller.ctx).await?,
        };
        let mut all = income::income(db, &caller.ctx, &studios, by.into(), from, through).await?;
        if by != RoyaltyIncomeBy::Month {
            all = income::folded(all, most)?;
        }
        Ok(all.into_iter().map(RoyaltyIncome::from).collect())
    }

    /// What the three months may bring that follow the last of which a studio's statements tell. An estimate; there is none without half a year of months.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn royalty_forecast(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<RoyaltyForecast>, Failure> {
        let caller = caller(ctx)?;
        let rows = forecast::forecast(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(rows.into_iter().map(RoyaltyForecast::from).collect())
    }

    /// A studio's alerts as they are at this moment, newest first; those that are open alone, unless it is said otherwise.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn royalty_alerts(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        #[graphql(default = true)] open: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<RoyaltyAlert>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let studio = studio.named("studio")?;
        alerts::look_now(&caller.services, &caller.ctx, studio).await?;
        let found = alerts::list_alerts(&caller.services.db, &caller.ctx, studio, open, request).await?;
        let mut all = Connection::new(found.has_previous, found.has_next);
        for row in found.rows {
            all.edges.push(Edge::new(row.id.to_string(), RoyaltyAlert::try_from(row)?));
        }
        Ok(all)
    }
}
