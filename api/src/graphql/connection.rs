//! Relay connections from the domain's pages.
//!
//! ```ignore
//! #[graphql(complexity = "page_cost(first, last, child_complexity)")]
//! async fn beats(&self, ctx: &Context<'_>, first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>)
//!     -> Result<Connection<Beat>, Failure> {
//!     let page = queries::list_beats(…, page(first, after, last, before)?).await?;
//!     Ok(connection(page, |row| row.id, Beat::from))
//! }
//! ```

use async_graphql::{
    Context, OutputType, SimpleObject,
    connection::{self, Edge},
};
use domain::{
    ids::TypedId,
    page::{DEFAULT_SIZE, MAX_SIZE, Page, PageRequest},
};

use super::{errors::Failure, scalars::Int64};

/// A page of a list with its cursors.
pub type Connection<T> = connection::Connection<String, T>;

/// How many rows a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject)]
pub struct TotalCount {
    /// How many there are on all pages.
    pub total_count: Int64,
}

/// A page of a list that says how many rows it has in all.
pub type CountedConnection<T> = connection::Connection<String, T, TotalCount>;

/// Whether somebody wants to know how many rows there are: they are counted for nobody else.
pub fn wants_total(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}

/// Checks the four arguments of a connection: 20 rows if nothing is said, at most 100.
#[expect(clippy::needless_pass_by_value, reason = "a resolver hands its own arguments on")]
pub fn page<Id: TypedId>(
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<PageRequest<Id>, Failure> {
    Ok(PageRequest::new(first.map(i64::from), after.as_deref(), last.map(i64::from), before.as_deref())?)
}

/// The connection of a page.
pub fn connection<Row, Id: TypedId, T: OutputType>(
    page: Page<Row>,
    id: impl Fn(&Row) -> Id,
    node: impl Fn(Row) -> T,
) -> Connection<T> {
    let mut all = Connection::new(page.has_previous, page.has_next);
    all.edges.extend(page.rows.into_iter().map(|row| Edge::new(id(&row).to_string(), node(row))));
    all
}

/// The connection of a page, with how many rows there are in all.
pub fn counted<Row, Id: TypedId, T: OutputType>(
    page: Page<Row>,
    id: impl Fn(&Row) -> Id,
    node: impl Fn(Row) -> T,
    total: i64,
) -> CountedConnection<T> {
    let total = TotalCount { total_count: Int64(total) };
    let mut all = CountedConnection::with_additional_fields(page.has_previous, page.has_next, total);
    all.edges.extend(page.rows.into_iter().map(|row| Edge::new(id(&row).to_string(), node(row))));
    all
}

/// What a connection costs: its children for each row that is asked for.
pub fn page_cost(first: Option<i32>, last: Option<i32>, child_complexity: usize) -> usize {
    let asked = first.or(last).and_then(|count| u64::try_from(count).ok()).unwrap_or(DEFAULT_SIZE).min(MAX_SIZE);
    1 + usize::try_from(asked).unwrap_or(usize::MAX).saturating_mul(child_complexity.max(1))
}
