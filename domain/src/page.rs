//! Pages of a list after the Relay connection specification: forward and backward from a cursor, newest first.
//!
//! A list is ordered by its id, descending; ids are `UUIDv7`, so this is newest first, stable under inserts, and the cursor is the id.

use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::{
    ids::TypedId,
    report::{Explain, Kind, Report, StoreError},
    store::Db,
};

/// How many rows a page has when the caller does not say.
pub const DEFAULT_SIZE: u64 = 20;
/// How many rows a page has at the most.
pub const MAX_SIZE: u64 = 100;

/// Which page is wanted, already checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<Id> {
    size: u64,
    backward: bool,
    cursor: Option<Id>,
}

/// Why a page cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// `first` or `last` is outside 1 to [`MAX_SIZE`].
    #[error("{field} is {given}, and a page holds 1 to {MAX_SIZE}")]
    Size {
        /// `first` or `last`.
        field: &'static str,
        /// What was asked for.
        given: i64,
    },
    /// Both directions at once.
    #[error("a page goes forward (first, after) or backward (last, before), not both")]
    BothWays,
    /// Not a cursor of this list.
    #[error("{field} is not a cursor of this list")]
    Cursor {
        /// `after` or `before`.
        field: &'static str,
    },
}

impl Explain for PageError {
    fn explain(&self) -> Report {
        let report = Report::new(Kind::Invalid, "BAD_PAGE", self.to_string());
        match self {
            Self::Size { field, .. } => report.field(*field).remedy(format!("ask for 1 to {MAX_SIZE}")),
            Self::BothWays => report.field("first").remedy("give either first and after, or last and before"),
            Self::Cursor { field } => report.field(*field).remedy("use a cursor that this list returned"),
        }
    }
}

impl<Id: TypedId> Default for PageRequest<Id> {
    fn default() -> Self {
        Self { size: DEFAULT_SIZE, backward: false, cursor: None }
    }
}

impl<Id: TypedId> PageRequest<Id> {
    /// The first page, as large as one gets: for whoever reads a list to its end.
    pub const fn largest() -> Self {
        Self { size: MAX_SIZE, backward: false, cursor: None }
    }

    /// The same from behind a row.
    #[must_use]
    pub const fn behind(self, row: Id) -> Self {
        Self { cursor: Some(row), ..self }
    }

    /// The row from behind which it is asked for; none for the first page, or the last.
    pub const fn cursor(self) -> Option<Id> {
        self.cursor
    }

    /// Why its cursor is none of the list.
    pub const fn bad_cursor(self) -> PageError {
        PageError::Cursor { field: if self.backward { "before" } else { "after" } }
    }

    /// How many rows it has.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Whether it goes backward from its cursor.
    pub(crate) const fn is_backward(&self) -> bool {
        self.backward
    }

    /// Checks the four arguments of a connection.
    pub fn new(
        first: Option<i64>,
        after: Option<&str>,
        last: Option<i64>,
        before: Option<&str>,
    ) -> Result<Self, PageError> {
        let backward = last.is_some() || before.is_some();
        if backward && (first.is_some() || after.is_some()) {
            return Err(PageError::BothWays);
        }
        let (count, count_field, cursor, cursor_field) =
            if backward { (last, "last", before, "before") } else { (first, "first", after, "after") };
        let size = match count {
            None => DEFAULT_SIZE,
            Some(given) => u64::try_from(given)
                .ok()
                .filter(|size| (1..=MAX_SIZE).contains(size))
                .ok_or(PageError::Size { field: count_field, given })?,
        };
        let cursor = cursor.map(str::parse).transpose().map_err(|_| PageError::Cursor { field: cursor_field })?;
        Ok(Self { size, backward, cursor })
    }
}

/// One page, newest first, and whether there is more on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, newest first.
    pub rows: Vec<T>,
    /// Whether newer rows stand before this page.
    pub has_previous: bool,
    /// Whether older rows follow this page.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(f).collect(), has_previous: self.has_previous, has_next: self.has_next }
    }
}

/// How many rows a query has on all its pages. It must already be scoped to its studio.
pub async fn count<E: EntityTrait>(db: &Db, query: Select<E>, id: E::Column) -> Result<i64, StoreError> {
    let total: Option<i64> = query.select_only().column_as(id.count(), "total").into_tuple().one(db).await?;
    Ok(total.unwrap_or(0))
}

/// Reads one page of a query, which must already be scoped to its studio and carry no order of its own.
pub async fn fetch<E, Id>(
    db: &Db,
    query: Select<E>,
    id: E::Column,
    request: PageRequest<Id>,
) -> Result<Page<E::Model>, StoreError>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    Id: TypedId + Into<sea_orm::Value>,
{
    Ok(page_of(read(db, query, id, request).await?, request))
}

/// As [`fetch`], in the order of another column, the least first, and of the id where that is the same. `at` is what stands in that column in the cursor's
/// row, which is found by [`PageRequest::cursor`]; none without a cursor.
pub async fn fetch_ordered<E, Id, Key>(
    db: &Db,
    query: Select<E>,
    (key, id): (E::Column, E::Column),
    request: PageRequest<Id>,
    at: Option<Key>,
) -> Result<Page<E::Model>, StoreError>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    Id: TypedId + Into<sea_orm::Value>,
    Key: Copy + Into<sea_orm::Value>,
{
    let query = match (at.zip(request.cursor), request.backward) {
        (None, _) => query,
        // The bound on the key alone is where an index begins to be read.
        (Some((at, row)), false) => query.filter(key.gte(at)).filter(Condition::any().add(key.gt(at)).add(id.gt(row))),
        (Some((at, row)), true) => query.filter(key.lte(at)).filter(Condition::any().add(key.lt(at)).add(id.lt(row))),
    };
    let order = if request.backward { Order::Desc } else { Order::Asc };
    let query = query.order_by(key, order.clone()).order_by(id, order).limit(request.size + 1);
    Ok(page_of(query.all(db).await?, request))
}

/// As [`fetch`], of those rows alone that pass a rule which no query can ask: it is given some and gives those back that pass. It reads on until the page is
/// full.
pub async fn fetch_passing<E, Id, Passing>(
    db: &Db,
    query: Select<E>,
    (id, id_of): (E::Column, impl Fn(&E::Model) -> Id),
    request: PageRequest<Id>,
    passing: impl Fn(Vec<E::Model>) -> Passing,
) -> Result<Page<E::Model>, StoreError>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    Id: TypedId + Into<sea_orm::Value>,
    Passing: Future<Output = Result<Vec<E::Model>, StoreError>>,
{
    let (mut rows, mut next) = (Vec::new(), request);
    while rows.len() as u64 <= request.size {
        let batch = read(db, query.clone(), id, next).await?;
        let is_last = batch.len() as u64 <= request.size;
        next.cursor = batch.last().map(&id_of).or(next.cursor);
        rows.extend(passing(batch).await?);
        if is_last {
            break;
        }
    }
    Ok(page_of(rows, request))
}

/// The rows of a page in the direction of the request, and one more if there is one.
async fn read<E, Id>(
    db: &Db,
    query: Select<E>,
    id: E::Column,
    request: PageRequest<Id>,
) -> Result<Vec<E::Model>, StoreError>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    Id: TypedId + Into<sea_orm::Value>,
{
    let query = match (request.cursor, request.backward) {
        (None, _) => query,
        (Some(after), false) => query.filter(id.lt(after)),
        (Some(before), true) => query.filter(id.gt(before)),
    };
    let order = if request.backward { Order::Asc } else { Order::Desc };
    Ok(query.order_by(id, order).limit(request.size + 1).all(db).await?)
}

/// The page of rows that were read in the direction of the request; what is more than its size only says that there is more.
pub(crate) fn page_of<T, Id: TypedId>(mut rows: Vec<T>, request: PageRequest<Id>) -> Page<T> {
    let more = rows.len() as u64 > request.size;
    rows.truncate(usize::try_from(request.size).unwrap_or(usize::MAX));
    let passed_some = request.cursor.is_some();
    if request.backward {
        rows.reverse();
        return Page { rows, has_previous: more, has_next: passed_some };
    }
    Page { rows, has_previous: passed_some, has_next: more }
}
