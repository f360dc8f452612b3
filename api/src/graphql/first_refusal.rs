//! First refusal: whether leaseholders may buy an exclusive before others, and the windows in which they may.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    first_refusal::{commands, entity::window, queries},
    ids::{BeatId, FirstRefusalId, StudioId},
    money::Money as DomainMoney,
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::{Id, Money},
};
use crate::{caller::Caller, payload};

/// Whether a studio lets leaseholders buy first.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct FirstRefusal {
    /// Whether it is turned on.
    pub on: bool,
    /// Since when; absent while it is off.
    pub since: Option<DateTime<Utc>>,
}

/// A window in which leaseholders alone may buy a work's exclusive.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct FirstRefusalWindow {
    /// The id.
    pub id: Id<FirstRefusalId>,
    /// The beat that somebody wanted to buy.
    pub beat_id: Id<BeatId>,
    /// The beat's title then.
    pub beat_title: String,
    /// The price at which leaseholders may buy: what that somebody would have paid.
    pub price: Money,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it ends, or ended.
    pub ends_at: DateTime<Utc>,
}

impl From<window::Model> for FirstRefusalWindow {
    fn from(row: window::Model) -> Self {
        Self {
            id: row.id.into(),
            beat_id: row.beat_id.into(),
            beat_title: row.beat_title,
            price: DomainMoney::new(row.price_minor, row.currency).into(),
            began_at: row.began_at,
            ends_at: row.ends_at,
        }
    }
}

/// Queries about first refusal.
#[derive(Debug, Default)]
pub struct FirstRefusalQuery;

#[Object]
impl FirstRefusalQuery {
    /// Whether the studio lets leaseholders buy first.
    async fn first_refusal(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<FirstRefusal, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_setting(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(FirstRefusal { on: found.is_some(), since: found.map(|row| row.since) })
    }

    /// The windows in which leaseholders of the studio's works may buy first, or could, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn first_refusal_windows(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<FirstRefusalWindow>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let studio = studio.named("studio")?;
        let rows = queries::list_windows(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, FirstRefusalWindow::from))
    }
}

/// First refusal, to be turned on or off.
#[derive(Debug, InputObject)]
pub struct SetFirstRefusalInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Whether it is on.
    pub on: bool,
}

payload! {
    /// What came of `setFirstRefusal`.
    pub struct SetFirstRefusalPayload {
        /// Whether it is on now.
        on: bool
    }
}

/// Mutations of first refusal.
#[derive(Debug, Default)]
pub struct FirstRefusalMutation;

#[Object]
impl FirstRefusalMutation {
    /// Lets those who hold a lease of a work buy its exclusive first: for 48 hours from the moment at which somebody else wants to, at the same price. Or
    /// no more; whoever was told keeps the time they were given.
    async fn set_first_refusal(
        &self,
        ctx: &Context<'_>,
        input: SetFirstRefusalInput,
    ) -> Result<SetFirstRefusalPayload, Failure> {
        SetFirstRefusalPayload::of(set_first_refusal(caller(ctx)?, &input).await)
    }
}

async fn set_first_refusal(caller: &Caller, input: &SetFirstRefusalInput) -> Result<bool, Failure> {
    let studio = input.studio.named("studio")?;
    let tx = caller.services.begin().await?;
    let on = commands::set_first_refusal(&tx, &caller.ctx, studio, input.on).await?;
    caller.services.commit(tx).await?;
    Ok(on)
}
