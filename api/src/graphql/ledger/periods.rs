//! Closed periods.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{PeriodId, StudioId, UserId},
    ledger::{commands::close_period, entity::period, queries},
};

use crate::{
    caller::Caller,
    graphql::{
        caller,
        connection::{Connection, connection, page, page_cost},
        errors::Failure,
        scalars::{Id, Int64},
    },
    payload,
};

/// A closed period of a studio's books: no journal is dated into it any more.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct LedgerPeriod {
    /// The id.
    pub id: Id<PeriodId>,
    /// Its number among the studio's periods, from 1.
    pub number: i32,
    /// When it begins; none of the first, which has all that was before.
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ends: the first instant that is not of it any more.
    pub ends_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: DateTime<Utc>,
    /// By whom.
    pub closed_by_id: Option<Id<UserId>>,
    /// Why.
    pub reason: String,
    /// How many journals it holds.
    pub journals: Int64,
    /// SHA-256 over the hash of the period before and all that it holds, in hexadecimal; the proof compares it.
    pub sha256: String,
}

impl From<period::Model> for LedgerPeriod {
    fn from(row: period::Model) -> Self {
        Self {
            id: row.id.into(),
            number: row.number,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            closed_at: row.closed_at,
            closed_by_id: row.closed_by.map(Id::from),
            reason: row.reason,
            journals: Int64(row.journals),
            sha256: row.sha256.to_string(),
        }
    }
}

/// Queries about closed periods.
#[derive(Debug, Default)]
pub struct PeriodsQuery;

#[Object]
impl PeriodsQuery {
    /// The closed periods of a studio's books, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn ledger_periods(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<LedgerPeriod>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let studio = studio.named("studio")?;
        let rows = queries::list_periods(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, LedgerPeriod::from))
    }
}

/// Which period to close.
#[derive(Debug, Clone, InputObject)]
pub struct CloseLedgerPeriodInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Where it ends: the first instant that is not of it any more, an hour ago at the latest. It begins where the last one ended.
    pub ends_at: DateTime<Utc>,
    /// Why, a sentence that is kept with it.
    pub reason: String,
}

payload! {
    /// What came of `closeLedgerPeriod`.
    pub struct CloseLedgerPeriodPayload {
        /// The period, closed.
        period: LedgerPeriod
    }
}

/// Mutations of closed periods.
#[derive(Debug, Default)]
pub struct PeriodsMutation;

#[Object]
impl PeriodsMutation {
    /// Closes the books up to an instant, for good: nothing is dated before it any more, and what is learned later is booked in the period that is open
    /// then, with the date on which it happened. For owners.
    async fn close_ledger_period(
        &self,
        ctx: &Context<'_>,
        input: CloseLedgerPeriodInput,
    ) -> Result<CloseLedgerPeriodPayload, Failure> {
        CloseLedgerPeriodPayload::of(close(caller(ctx)?, &input).await)
    }
}

async fn close(caller: &Caller, input: &CloseLedgerPeriodInput) -> Result<period::Model, Failure> {
    let studio = input.studio.named("input.studio")?;
    let tx = caller.services.begin().await?;
    let row = close_period(&tx, &caller.ctx, studio, input.ends_at, &input.reason).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}
