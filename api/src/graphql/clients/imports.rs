//! Lists of people that are taken in. They are sent to `POST /studios/{slug}/clients.csv` or `…/clients.vcf`; here it is seen what would become of each
//! line, and said that it shall.

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject, connection::Edge};
use chrono::{DateTime, Utc};
use domain::{
    clients::{
        imports::commit_import,
        queries,
        records::{LineOutcome, import, import_line},
    },
    ids::{ClientImportId, PartyId, StudioId},
    page::{DEFAULT_SIZE, MAX_SIZE, PageError},
};

use crate::{
    caller::Caller,
    graphql::{
        caller,
        connection::{Connection, page_cost},
        errors::Failure,
        scalars::{Id, Int64},
    },
    payload,
};

/// In which form a list came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::clients::records::ImportFormat")]
pub enum ClientImportFormat {
    /// A table.
    Csv,
    /// Cards.
    Vcard,
}

/// Where a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::clients::records::ImportState")]
pub enum ClientImportState {
    /// It was read; nothing is entered.
    Staged,
    /// It is being entered.
    Entering,
    /// All of it is entered that can be.
    Entered,
}

/// What becomes, or became, of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::clients::records::LineOutcome")]
pub enum ClientImportOutcome {
    /// Somebody new is entered.
    Enter,
    /// Something is added to somebody who is known.
    Update,
    /// All of it is known.
    Same,
    /// It is refused.
    Refuse,
}

/// A list of people that was sent.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct ClientImport {
    /// The id.
    pub id: Id<ClientImportId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// Its form.
    pub format: ClientImportFormat,
    /// Where it stands.
    pub state: ClientImportState,
    /// When it was sent; a week later it is forgotten.
    pub created_at: DateTime<Utc>,
    /// When all of it was entered.
    pub ended_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    row: ClientImportId,
}

impl From<import::Model> for ClientImport {
    fn from(row: import::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            format: row.format.into(),
            state: row.state.into(),
            created_at: row.created_at,
            ended_at: row.ended_at,
            row: row.id,
        }
    }
}

/// How many lines of a list have an outcome.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ClientImportCounts {
    /// Enter somebody new.
    pub enter: Int64,
    /// Add to somebody who is known.
    pub update: Int64,
    /// Say nothing new.
    pub same: Int64,
    /// Are refused.
    pub refuse: Int64,
}

/// A line or card of a list.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ClientImportLine {
    /// The line of the file on which it begins, from 1.
    pub number: i32,
    /// What becomes of it; once it is entered, what did.
    pub outcome: ClientImportOutcome,
    /// Whom it names, as far as that can be told.
    pub name: String,
    /// Why it is refused, and what to do about it.
    pub problem: Option<String>,
    /// What to look at before it is entered: what was not taken as it stands, and with whom it shares an address. Empty once it is entered.
    pub notices: Vec<String>,
    /// Who was found, or entered.
    pub party_id: Option<Id<PartyId>>,
    /// When it was entered.
    pub done_at: Option<DateTime<Utc>>,
}

impl From<import_line::Model> for ClientImportLine {
    fn from(row: import_line::Model) -> Self {
        Self {
            number: row.number,
            outcome: row.outcome.into(),
            name: row.name,
            problem: row.problem,
            notices: row.facts.map(|facts| facts.notices).unwrap_or_default(),
            party_id: row.party_id.map(Id::from),
            done_at: row.done_at,
        }
    }
}

#[ComplexObject]
impl ClientImport {
    /// How many of its lines have which outcome.
    async fn counts(&self, ctx: &Context<'_>) -> Result<ClientImportCounts, Failure> {
        let counts = queries::count_lines(&caller(ctx)?.services.db, self.row).await?;
        let of = |outcome: LineOutcome| Int64(counts.get(&outcome).copied().unwrap_or(0));
        Ok(ClientImportCounts {
            enter: of(LineOutcome::Enter),
            update: of(LineOutcome::Update),
            same: of(LineOutcome::Same),
            refuse: of(LineOutcome::Refuse),
        })
    }

    /// Its lines in the order of the file; of one outcome alone, if so asked.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn lines(
        &self,
        ctx: &Context<'_>,
        outcome: Option<ClientImportOutcome>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<ClientImportLine>, Failure> {
        let size = first.map_or(Ok(DEFAULT_SIZE), |given| {
            let size = u64::try_from(given).ok().filter(|size| (1..=MAX_SIZE).contains(size));
            size.ok_or(PageError::Size { field: "first", given: given.into() })
        })?;
        let behind: i32 = match after.as_deref() {
            Some(cursor) => cursor.parse().map_err(|_| PageError::Cursor { field: "after" })?,
            None => 0,
        };
        let db = &caller(ctx)?.services.db;
        let mut rows = queries::list_lines(db, self.row, outcome.map(Into::into), behind, size + 1).await?;
        let has_next = rows.len() as u64 > size;
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let mut all = Connection::new(after.is_some(), has_next);
        all.edges.extend(rows.into_iter().map(|row| Edge::new(row.number.to_string(), row.into())));
        Ok(all)
    }
}

/// Queries of lists that are taken in.
#[derive(Debug, Default)]
pub struct ImportsQuery;

#[Object]
impl ImportsQuery {
    /// A list of people that was sent.
    async fn client_import(&self, ctx: &Context<'_>, id: Id<ClientImportId>) -> Result<Option<ClientImport>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_import(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(ClientImport::from(row))).ok_or_else(|| Failure::not_found("list"))
    }
}

payload! {
    /// What came of `commitClientImport`.
    pub struct CommitClientImportPayload {
        /// The list, which is being entered.
        import: ClientImport
    }
}

/// Mutations of lists that are taken in.
#[derive(Debug, Default)]
pub struct ImportsMutation;

#[Object]
impl ImportsMutation {
    /// Has a list entered that was sent; twice is once. What becomes of each line is decided anew, for others may have worked meanwhile.
    async fn commit_client_import(
        &self,
        ctx: &Context<'_>,
        id: Id<ClientImportId>,
    ) -> Result<CommitClientImportPayload, Failure> {
        CommitClientImportPayload::of(commit(caller(ctx)?, &id).await)
    }
}

async fn commit(caller: &Caller, id: &Id<ClientImportId>) -> Result<import::Model, Failure> {
    let id = id.named("id")?;
    let tx = caller.services.begin().await?;
    let import = commit_import(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(import)
}
