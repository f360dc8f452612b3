//! How a resolver says no. Its error type is [`Failure`], which `?` makes from any error of the domain; a mutation turns the expected ones
//! into user errors of its payload with `of`:
//!
//! ```ignore
//! payload! {
//!     /// What came of `renameBeat`.
//!     pub struct RenameBeatPayload { beat: Beat }
//! }
//!
//! async fn rename_beat(&self, ctx: &Context<'_>, input: RenameBeatInput) -> Result<RenameBeatPayload, Failure> {
//!     RenameBeatPayload::of(rename(caller(ctx)?, input).await)
//! }
//! ```

use std::sync::Arc;

use async_graphql::{
    ErrorExtensionValues, Response, ServerError, SimpleObject,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextSubscribe},
};
use domain::report::{Explain, Kind, Report};
use futures::{StreamExt, stream::BoxStream};

use crate::{
    caller::Caller,
    errors::{RETRY_AFTER_S, disclose, is_expected},
    metrics::Metrics,
};

/// The extension of an error by which something is away: after how many seconds to come again.
const RETRY_AFTER: &str = "retryAfterS";

/// Whether an answer lacks something only because what it needs is away.
pub(super) fn is_for_later(response: &Response) -> bool {
    let told = |error: &ServerError| error.extensions.as_ref().is_some_and(|told| told.get(RETRY_AFTER).is_some());
    response.errors.iter().any(told)
}

/// Why a resolver gives no answer. Has no `Display` on purpose, so that it reaches GraphQL with its code and nothing else does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(Report);

impl Failure {
    /// A refusal that the API itself decides.
    pub fn new(report: Report) -> Self {
        Self(report)
    }

    /// Something broke inside; the cause goes to the log.
    pub fn broken(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self(Report::internal())
    }

    /// There is no such thing, or not one that the caller may know of.
    pub fn not_found(what: &str) -> Self {
        Self(Report::new(Kind::NotFound, "NOT_FOUND", format!("there is no such {what}")))
    }

    /// What it reports.
    pub fn report(&self) -> &Report {
        &self.0
    }

    /// The payload's user errors, or the failure back if it is not an expected outcome.
    pub fn into_user_errors(self) -> Result<Vec<UserError>, Self> {
        if !is_expected(self.0.kind) {
            return Err(self);
        }
        let Self(mut report) = self;
        let more = std::mem::take(&mut report.more);
        Ok(std::iter::once(report).chain(more).map(UserError::from).collect())
    }
}

impl<E: Explain> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(disclose(&error))
    }
}

impl From<Failure> for async_graphql::Error {
    fn from(Failure(report): Failure) -> Self {
        let mut error = Self::new(report.message);
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        extensions.set("code", report.code);
        if let Some(field) = report.field {
            extensions.set("field", field);
        }
        if let Some(remedy) = report.remedy {
            extensions.set("remedy", remedy);
        }
        if report.kind == Kind::Unavailable {
            extensions.set(RETRY_AFTER, RETRY_AFTER_S);
        }
        error
    }
}

/// Why a mutation did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// The path of the input field that it is about, such as `collaborators.2.share`; none if it is about the whole.
    pub field: Option<String>,
    /// A stable code in upper snake case.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl From<Report> for UserError {
    fn from(report: Report) -> Self {
        Self { field: report.field, code: report.code.to_owned(), message: report.message, remedy: report.remedy }
    }
}

/// Declares a mutation's payload: the things it may give, all absent if it was refused, and the user errors. With one thing it gets
/// `of(Result<thing, E>)`; with several, `done(a, b)` and `refused(failure)`.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* pub struct $name:ident { $(#[$thing_doc:meta])* $thing:ident: $type:ty $(,)? }) => {
        $crate::payload!(@declare $(#[$doc])* $name { $(#[$thing_doc])* $thing: $type });

        impl $name {
            /// The payload of an outcome: the thing, or the user errors if it was refused as expected. Anything else is a failure.
            pub fn of<T: Into<$type>, E: Into<$crate::graphql::errors::Failure>>(
                outcome: Result<T, E>,
            ) -> Result<Self, $crate::graphql::errors::Failure> {
                match outcome {
                    Ok(thing) => Ok(Self::done(thing.into())),
                    Err(error) => Self::refused(error),
                }
            }
        }
    };
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$thing_doc:meta])* $thing:ident: $type:ty),+ $(,)? }) => {
        $crate::payload!(@declare $(#[$doc])* $name { $($(#[$thing_doc])* $thing: $type),+ });
    };
    (@declare $(#[$doc:meta])* $name:ident { $($(#[$thing_doc:meta])* $thing:ident: $type:ty),+ }) => {
        $(#[$doc])*
        #[derive(Debug, async_graphql::SimpleObject)]
        pub struct $name {
            $($(#[$thing_doc])* pub $thing: Option<$type>,)+
            /// Why it was refused; empty if it was done.
            pub user_errors: Vec<$crate::graphql::errors::UserError>,
        }

        impl $name {
            /// It was done.
            pub fn done($($thing: $type),+) -> Self {
                Self { $($thing: Some($thing),)+ user_errors: Vec::new() }
            }

            /// It was refused: user errors if that was to be expected, else the failure.
            pub fn refused(
                error: impl Into<$crate::graphql::errors::Failure>,
            ) -> Result<Self, $crate::graphql::errors::Failure> {
                Ok(Self { $($thing: None,)+ user_errors: error.into().into_user_errors()? })
            }
        }
    };
}

/// The code of a request that is not a valid GraphQL request to this schema.
const BAD_REQUEST: &str = "BAD_REQUEST";

/// Completes the errors of a subscription's answers; a query's are completed by [`super::execute`], for an extension sees no caller there.
pub(crate) struct Finish;

impl ExtensionFactory for Finish {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

impl Extension for Finish {
    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let (caller, metrics) = (ctx.data_opt::<Caller>().cloned(), ctx.data_opt::<Arc<Metrics>>().cloned());
        next.run(ctx, stream).map(move |response| finish(response, caller.as_ref(), metrics.as_ref())).boxed()
    }
}

/// Completes the errors of an answer: a code where the executor gave none, and the request's id.
pub(super) fn finish(mut response: Response, caller: Option<&Caller>, metrics: Option<&Arc<Metrics>>) -> Response {
    for error in &mut response.errors {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            extensions.set("code", BAD_REQUEST);
        }
        if let Some(caller) = caller {
            extensions.set("requestId", &*caller.request_id);
        }
        if let (Some(metrics), Some(async_graphql::Value::String(code))) = (metrics, extensions.get("code")) {
            metrics.graphql_error(code);
        }
    }
    response
}

/// An error of the request as a whole, before any field is resolved.
pub(crate) fn request_error(code: &'static str, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
    error
}
