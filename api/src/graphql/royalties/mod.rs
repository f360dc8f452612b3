//! Royalties: terms and charges, runs and what they come to, and where a line of a statement has gone. What changes them is in [`mutations`].

pub mod left;
pub mod mutations;
pub mod traces;
pub mod types;

use async_graphql::{Context, Object};
use domain::{
    ids::{RoyaltyChargeId, RoyaltyRunId, StatementImportId, StudioId},
    royalties::{RoyaltyError, queries},
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::{Id, Int64},
};
use traces::RoyaltyTrace;
use types::{RoyaltyCharge, RoyaltyRule, RoyaltyRun};

pub use mutations::RoyaltiesMutation;

/// Queries about royalties.
#[derive(Debug, Default)]
pub struct RoyaltiesQuery;

#[Object]
impl RoyaltiesQuery {
    /// The studio's terms, every version of each, by rule and number. What was executed by split sheets holds beside them.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn royalty_rules(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<RoyaltyRule>, Failure> {
        let (caller, studio) = (caller(ctx)?, studio.named("studio")?);
        let rows = queries::terms::list_rules(&caller.services.db, &caller.ctx, studio).await?;
        rows.into_iter().map(RoyaltyRule::of).collect()
    }

    /// What is charged against royalties, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn royalty_charges(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<RoyaltyCharge>, Failure> {
        let (caller, request) = (caller(ctx)?, page::<RoyaltyChargeId>(first, after, last, before)?);
        let studio = studio.named("studio")?;
        let rows = queries::terms::list_charges(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, RoyaltyCharge::from))
    }

    /// One run of royalties.
    async fn royalty_run(&self, ctx: &Context<'_>, id: Id<RoyaltyRunId>) -> Result<Option<RoyaltyRun>, Failure> {
        let (caller, id) = (caller(ctx)?, id.named("id")?);
        Ok(queries::runs::find_run(&caller.services.db, &caller.ctx, id).await?.map(RoyaltyRun::from))
    }

    /// The studio's runs, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn royalty_runs(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<RoyaltyRun>, Failure> {
        let (caller, request) = (caller(ctx)?, page::<RoyaltyRunId>(first, after, last, before)?);
        let studio = studio.named("studio")?;
        let rows = queries::runs::list_runs(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, RoyaltyRun::from))
    }

    /// Where a line of a statement has gone: everybody's part of it, by which rule and document. None if the run has not taken it.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn explain_royalty(
        &self,
        ctx: &Context<'_>,
        run: Id<RoyaltyRunId>,
        statement: Id<StatementImportId>,
        #[graphql(desc = "Where the line begins in the statement's file, unpacked, in bytes.")] line: Int64,
    ) -> Result<Option<RoyaltyTrace>, Failure> {
        let caller = caller(ctx)?;
        let (run, statement) = (run.named("run")?, statement.named("statement")?);
        // Before the beginning there is no line.
        let Ok(offset) = u64::try_from(line.0) else { return Ok(None) };
        match queries::runs::explain_line(&caller.services, &caller.ctx, run, statement, offset).await {
            Ok(traced) => Ok(Some(traced.into())),
            Err(RoyaltyError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
