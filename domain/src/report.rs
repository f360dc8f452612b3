//! How a refusal explains itself: a kind, a stable code, the field, a sentence for a person and the remedy.
//!
//! Each aggregate's error enum implements [`Explain`] in one exhaustive match; the API turns a [`Report`] into a status and a payload in one
//! place. What broke inside ([`StoreError`], other crates' errors) is a source for the log and never part of a report.

use std::{error::Error, io};

use interchange::fault::Fault;
use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// What sort of refusal it is; decides the HTTP status and whether it is a payload's user error or a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The input cannot be accepted as it is.
    Invalid,
    /// No such thing, or not one that the caller may know of.
    NotFound,
    /// The input is fine, the present state does not allow it.
    Conflict,
    /// Who is asking is not known.
    Unauthenticated,
    /// Who is asking is known and may not.
    Forbidden,
    /// Too often; try again later.
    TooMany,
    /// What we need does not answer just now; the same again may succeed soon.
    Unavailable,
    /// Something broke inside; the caller cannot mend it.
    Internal,
}

impl Kind {
    /// Whether it is no answer to what was asked, but a failure of ours: who asks again may be answered.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Unavailable | Self::Internal)
    }
}

/// A refusal, explained to the one who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What sort of refusal it is.
    pub kind: Kind,
    /// A stable machine-readable code in upper snake case, such as `SHARES_NOT_WHOLE`.
    pub code: &'static str,
    /// The path of the input field it is about, such as `collaborators.2.share`; none if it is about the whole.
    pub field: Option<String>,
    /// A sentence for a person.
    pub message: String,
    /// What to do about it; none if there is nothing to do but wait.
    pub remedy: Option<String>,
    /// What else is wrong, each with its own field and remedy.
    pub more: Vec<Report>,
}

impl Report {
    /// A report without field and remedy.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, field: None, message: message.into(), remedy: None, more: Vec::new() }
    }

    /// One report of several faults, each by itself.
    pub fn of_faults(kind: Kind, code: &'static str, faults: &[Fault]) -> Self {
        let report = |fault: &Fault| {
            let message = format!("{}: {}", fault.field, fault.problem);
            Self::new(kind, code, message).field(fault.field.clone()).remedy(fault.remedy.clone())
        };
        let mut reports = faults.iter().map(report);
        let first = reports.next().unwrap_or_else(|| Self::new(kind, code, "this cannot be taken as it is"));
        Self { more: reports.collect(), ..first }
    }

    /// In one text all that is wrong and what to do about it.
    pub fn sentences(&self) -> String {
        let said = |report: &Self| match &report.remedy {
            Some(remedy) => format!("{}; {remedy}", report.message),
            None => report.message.clone(),
        };
        std::iter::once(self).chain(&self.more).map(said).collect::<Vec<_>>().join(". ")
    }

    /// Names the field.
    #[must_use]
    pub fn field(mut self, path: impl Into<String>) -> Self {
        self.field = Some(path.into());
        self
    }

    /// Names the remedy.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<String>) -> Self {
        self.remedy = Some(text.into());
        self
    }

    /// What a caller sees of anything that broke inside.
    pub fn internal() -> Self {
        Self::new(Kind::Internal, "INTERNAL", "something went wrong on our side; nothing was changed")
            .remedy("try again; if it stays, report the request id")
    }

    /// What a caller sees while what we need is away: the database, or the store of the files.
    pub fn unavailable() -> Self {
        Self::new(Kind::Unavailable, "UNAVAILABLE", "a part of this service does not answer just now; that passes")
            .remedy("try again in a moment")
    }

    /// What a caller sees where nothing more can be written.
    pub fn no_room() -> Self {
        Self::new(Kind::Unavailable, "STORAGE_FULL", "there is no room left to store this")
            .remedy("try again later: whoever runs this service has to make room")
    }

    /// What a caller sees where something within was refused that they did not ask for: it broke, unless what we need is away.
    pub fn within(cause: &impl Explain) -> Self {
        let report = cause.explain();
        if report.kind == Kind::Unavailable { report } else { Self::internal() }
    }
}

/// An error that can explain itself to the one who asked.
pub trait Explain: std::error::Error + Send + Sync + 'static {
    /// The explanation.
    fn explain(&self) -> Report;
}

/// The database did not do as it was told. Opaque on purpose: the cause is its `source`, for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("the database did not answer as expected")]
pub struct StoreError(#[source] DatabaseSaid);

/// What the database said, or its driver of it. The sentence has those of its causes in it: named as its sources, too, they would be told twice.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DatabaseSaid(DbErr);

impl From<DbErr> for StoreError {
    fn from(cause: DbErr) -> Self {
        Self(DatabaseSaid(cause))
    }
}

impl StoreError {
    /// Whether the database cannot be reached just now, or has no connection to spare.
    pub fn is_away(&self) -> bool {
        Outage::of(&self.0.0) == Some(Outage::Away)
    }

    /// Whether a unique constraint refused the write: the sign of a lost race.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.0.0.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
    }

    /// Whether a foreign key refused the write: what was to go is still named somewhere.
    pub fn is_reference_violation(&self) -> bool {
        matches!(self.0.0.sql_err(), Some(sea_orm::SqlErr::ForeignKeyConstraintViolation(_)))
    }
}

/// What keeps a database from doing anything, whatever it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outage {
    /// It cannot be reached, or has no connection to spare.
    Away,
    /// Its disk is full.
    Full,
}

/// What SQLite says when another has held its lock for as long as is waited for it.
const SQLITE_BUSY: &str = "5";

/// What SQLite says when the disk is full, and when a write fails for another reason of the disk's.
const SQLITE_FULL: [&str; 2] = ["13", "778"];

/// What PostgreSQL says when its disk is full.
const POSTGRES_FULL: &str = "53100";

/// What PostgreSQL says when it has no connection to spare, and when it ends or has yet to begin.
const POSTGRES_AWAY: [&str; 4] = ["53300", "57P01", "57P02", "57P03"];

impl Outage {
    /// Of what a database says by its codes: five characters are PostgreSQL's, fewer SQLite's.
    fn of_code(code: &str) -> Option<Self> {
        // Class 08: the connection broke.
        let is_away =
            code == SQLITE_BUSY || POSTGRES_AWAY.contains(&code) || (code.len() == 5 && code.starts_with("08"));
        if is_away {
            Some(Self::Away)
        } else {
            (code == POSTGRES_FULL || SQLITE_FULL.contains(&code)).then_some(Self::Full)
        }
    }

    fn of(cause: &DbErr) -> Option<Self> {
        let driver = match cause {
            DbErr::ConnectionAcquire(_) => return Some(Self::Away),
            DbErr::Conn(RuntimeErr::SqlxError(driver))
            | DbErr::Exec(RuntimeErr::SqlxError(driver))
            | DbErr::Query(RuntimeErr::SqlxError(driver)) => driver,
            _ => return None,
        };
        match &**driver {
            SqlxError::Io(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed => {
                Some(Self::Away)
            }
            SqlxError::Database(said) => Self::of_code(&said.code()?),
            _ => None,
        }
    }
}

impl Explain for StoreError {
    fn explain(&self) -> Report {
        match Outage::of(&self.0.0) {
            Some(Outage::Away) => Report::unavailable(),
            Some(Outage::Full) => Report::no_room(),
            None => Report::internal(),
        }
    }
}

/// Whether an error comes of a disk that has no room: it is full, or a quota or a limit on the length of files is reached.
pub fn is_without_room(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(disk) = error.downcast_ref::<io::Error>() {
            return matches!(
                disk.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
            );
        }
        next = error.source();
    }
    false
}

/// Gives an aggregate's error enum, which has a variant `Store(StoreError)`, the conversion that lets `?` take the ORM's errors.
#[macro_export]
macro_rules! from_db_err {
    ($error:ty) => {
        impl From<sea_orm::DbErr> for $error {
            fn from(cause: sea_orm::DbErr) -> Self {
                Self::Store($crate::report::StoreError::from(cause))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_away_is_told_from_one_that_is_full_and_from_what_is_broken() {
        for code in ["5", "08006", "53300", "57P01", "57P02", "57P03"] {
            assert_eq!(Outage::of_code(code), Some(Outage::Away), "{code}");
        }
        for code in ["13", "778", "53100"] {
            assert_eq!(Outage::of_code(code), Some(Outage::Full), "{code}");
        }
        for code in ["08", "1", "2067", "23505", "40001", "42P01"] {
            assert_eq!(Outage::of_code(code), None, "{code}");
        }
        let of = |driver: SqlxError| StoreError::from(DbErr::Query(RuntimeErr::SqlxError(driver.into())));
        let refused = of(SqlxError::Io(io::ErrorKind::ConnectionRefused.into()));
        assert!(refused.is_away() && refused.explain() == Report::unavailable());
        let exhausted = of(SqlxError::PoolTimedOut);
        assert!(exhausted.is_away() && exhausted.explain().kind.is_ours());
        let broken = of(SqlxError::RowNotFound);
        assert!(!broken.is_away() && broken.explain() == Report::internal());
        assert_eq!(Report::within(&refused), Report::unavailable());
        assert_eq!(Report::within(&broken), Report::internal());
    }

    #[test]
    fn what_the_database_said_is_told_once() {
        let refused = SqlxError::Io(io::ErrorKind::ConnectionRefused.into());
        let refused = StoreError::from(DbErr::Conn(RuntimeErr::SqlxError(refused.into())));
        let said = refused.source().unwrap();
        assert_eq!(said.to_string().matches("connection refused").count(), 1, "{said}");
        assert!(said.source().is_none(), "{said}");
    }

    #[test]
    fn a_disk_without_room_is_found_among_the_causes() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge] {
            let cause = StoreError::from(DbErr::Conn(RuntimeErr::SqlxError(SqlxError::Io(kind.into()).into())));
            assert!(is_without_room(&io::Error::from(kind)), "{kind}");
            assert!(!is_without_room(&cause), "the database's disk is told of by the database");
        }
        assert!(!is_without_room(&io::Error::from(io::ErrorKind::NotFound)));
    }
}
