//! Royalty statements: taken in, looked at, and what of them waits.

pub mod mutations;
pub mod types;

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject, connection::Edge};
use domain::{
    ids::{StatementImportId, StudioId},
    page::{DEFAULT_SIZE, MAX_SIZE, PageError},
    report::{Kind, Report},
    royalties::{
        queries::imports::{self as queries, Waiting},
        rules::{RoyaltyFault, Subject},
    },
};

use self::types::{Statement, StatementFormat, StatementItem, StatementLine, StatementState};
use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::{Id, Int64},
};

/// Why money waits. It keeps nothing else from being paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::rules::Why")]
pub enum SuspenseReason {
    /// Nobody has said what the lines are of.
    Unmatched,
    /// Nobody has said which tracks the release has.
    NoTracks,
    /// Nobody has signed whose it is.
    NoSplit,
}

/// Something whose lines wait.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct SuspendedItem {
    /// What the lines are of, as the statement says it.
    pub item: StatementItem,
    /// Why they wait.
    pub reason: SuspenseReason,
    /// How many wait.
    pub lines: Int64,
    /// What they come to, by currency.
    pub net: Vec<ExactAmount>,
    #[graphql(skip)]
    key: (StatementImportId, i32),
}

/// An exact amount.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ExactAmount {
    /// The amount, with all its decimals.
    pub amount: String,
    /// The currency's code.
    pub currency: String,
}

/// What something might be. Nothing follows by itself.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct MatchSuggestion {
    /// The recording's or work's id.
    pub subject: String,
    /// Its title.
    pub title: String,
    /// How much alike they are, in percent.
    pub likeness: i32,
}

impl From<Waiting> for SuspendedItem {
    fn from(Waiting { item, lines, net, why }: Waiting) -> Self {
        let net = net
            .into_iter()
            .map(|(currency, amount)| ExactAmount { amount: amount.to_string(), currency: currency.code().to_owned() });
        Self {
            key: (item.import_id, item.number),
            item: item.into(),
            reason: why.into(),
            lines: Int64(lines),
            net: net.collect(),
        }
    }
}

#[ComplexObject]
impl SuspendedItem {
    /// What it might be, by title and artist, the likeliest first.
    #[graphql(complexity = "10 * child_complexity")]
    async fn suggestions(&self, ctx: &Context<'_>) -> Result<Vec<MatchSuggestion>, Failure> {
        let (caller, (import, number)) = (caller(ctx)?, self.key);
        let found = queries::suggestions(&caller.services.db, &caller.ctx, import, number).await?;
        let suggestion = |found: queries::Suggestion| MatchSuggestion {
            subject: found.subject.to_string(),
            title: found.title,
            likeness: found.likeness.into(),
        };
        Ok(found.into_iter().map(suggestion).collect())
    }
}

/// Queries of statements.
#[derive(Debug, Default)]
pub struct StatementsQuery;

#[Object]
impl StatementsQuery {
    /// A royalty statement.
    async fn statement(&self, ctx: &Context<'_>, id: Id<StatementImportId>) -> Result<Option<Statement>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_import(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        Ok(found.map(Statement::from))
    }

    /// The studio's statements, newest first; those of one state, if one is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn statements(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        state: Option<StatementState>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Statement>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let state = state.map(Into::into);
        let rows = queries::list_imports(&caller.services.db, &caller.ctx, studio, state, request).await?;
        Ok(connection(rows, |row| row.id, Statement::from))
    }

    /// What waits of the studio's statements, and why, that of the newest first. It keeps nothing else from being paid.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn suspense(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<SuspendedItem>, Failure> {
        let caller = caller(ctx)?;
        let (studio, size) = (studio.named("studio")?, size(first)?);
        let behind = after.as_deref().map(place).transpose()?;
        let page = queries::list_waiting(&caller.services.db, &caller.ctx, studio, behind, size).await?;
        let mut all = Connection::new(after.is_some(), page.has_next);
        let cursor = |row: &Waiting| format!("{}:{}", row.item.import_id, row.item.number);
        all.edges.extend(page.rows.into_iter().map(|row| Edge::new(cursor(&row), row.into())));
        Ok(all)
    }

    /// The formats that the studio has taught.
    async fn statement_formats(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
    ) -> Result<Vec<StatementFormat>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_formats(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        rows.into_iter().map(StatementFormat::try_from).collect()
    }

    /// The lines of something in a statement, in the order of the file.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn statement_lines(
        &self,
        ctx: &Context<'_>,
        statement: Id<StatementImportId>,
        item: i32,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<StatementLine>, Failure> {
        let caller = caller(ctx)?;
        let (id, size) = (statement.named("statement")?, size(first)?);
        let behind = match after.as_deref() {
            Some(cursor) => Some(cursor.parse().map_err(|_| PageError::Cursor { field: "after" })?),
            None => None,
        };
        let found = queries::find_import(&caller.services.db, &caller.ctx, id).await?;
        let statement = found.ok_or_else(|| Failure::not_found("statement"))?.id;
        let mut lines = queries::lines_of_item(&caller.services, statement, item, behind, size + 1).await?;
        let has_next = lines.len() > size;
        lines.truncate(size);
        let mut all = Connection::new(after.is_some(), has_next);
        all.edges.extend(lines.into_iter().map(|line| Edge::new(line.place.offset.to_string(), line.into())));
        Ok(all)
    }
}

fn size(first: Option<i32>) -> Result<usize, PageError> {
    let size = match first {
        Some(given) => {
            let size = u64::try_from(given).ok().filter(|size| (1..=MAX_SIZE).contains(size));
            size.ok_or(PageError::Size { field: "first", given: given.into() })?
        }
        None => DEFAULT_SIZE,
    };
    Ok(usize::try_from(size).unwrap_or(usize::MAX))
}

/// Reads a place in the list of what waits: `simport_…:12`.
fn place(cursor: &str) -> Result<(StatementImportId, i32), PageError> {
    let read = cursor.split_once(':').and_then(|(import, item)| Some((import.parse().ok()?, item.parse().ok()?)));
    read.ok_or(PageError::Cursor { field: "after" })
}

/// What earns, by its id or EAN, or a refusal that names the field.
pub(super) fn subject(text: &str, field: &str) -> Result<Subject, Failure> {
    text.parse().map_err(|error: RoyaltyFault| {
        let report = Report::new(Kind::Invalid, "BAD_SUBJECT", error.to_string()).field(field);
        Failure::new(report.remedy("send the id of a recording or work, or `ean_` and the number of a release"))
    })
}
