//! How a refusal explains itself: a kind, a stable code, the field, a sentence for a person and the remedy.
//!
//! Each aggregate's error enum implements [`Explain`] in one exhaustive match; the API turns a [`Report`] into a status and a payload in one
//! place. What broke inside ([`StoreError`], other crates' errors) is a source for the log and never part of a report.

use interchange::fault::Fault;

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
    /// Something broke inside; the caller cannot mend it.
    Internal,
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
}

/// An error that can explain itself to the one who asked.
pub trait Explain: std::error::Error + Send + Sync + 'static {
    /// The explanation.
    fn explain(&self) -> Report;
}

/// The database did not do as it was told. Opaque on purpose: the cause is its `source`, for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("the database did not answer as expected")]
pub struct StoreError(#[source] sea_orm::DbErr);

impl From<sea_orm::DbErr> for StoreError {
    fn from(cause: sea_orm::DbErr) -> Self {
        Self(cause)
    }
}

impl StoreError {
    /// Whether a unique constraint refused the write: the sign of a lost race.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.0.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
    }

    /// Whether a foreign key refused the write: what was to go is still named somewhere.
    pub fn is_reference_violation(&self) -> bool {
        matches!(self.0.sql_err(), Some(sea_orm::SqlErr::ForeignKeyConstraintViolation(_)))
    }
}

impl Explain for StoreError {
    fn explain(&self) -> Report {
        Report::internal()
    }
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
