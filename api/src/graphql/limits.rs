//! What one GraphQL request may cost: [`Limits`] applied to the schema. Body size is limited in [`super::http`].

use std::{sync::Arc, time::Duration};

use async_graphql::{
    Context, Response, SchemaBuilder, ServerError, ServerResult, ValidationResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextValidation},
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};
use async_trait::async_trait;
use domain::report::{Kind, Report};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    Mutation, Query, Subscription,
    errors::{Failure, request_error},
};
use crate::config::Limits;

pub(crate) fn apply(
    schema: SchemaBuilder<Query, Mutation, Subscription>,
    limits: &Limits,
) -> SchemaBuilder<Query, Mutation, Subscription> {
    schema
        .limit_depth(limits.depth)
        .limit_complexity(limits.complexity)
        .limit_recursive_depth(limits.recursion)
        .limit_directives(limits.directives)
        .extension(Guard { aliases: limits.aliases, complexity: limits.complexity, time: limits.time })
}

/// What one websocket may still follow at a time.
#[derive(Debug, Clone)]
pub(crate) struct Slots {
    free: Arc<Semaphore>,
    most: usize,
}

impl Slots {
    /// As many as the limit says.
    pub(crate) fn new(most: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(most)), most }
    }

    /// A place among those of the subscription's websocket, held until it is dropped; refuses if none is left. None where the schema is
    /// executed without a websocket.
    pub(crate) fn take_one(ctx: &Context<'_>) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        let Some(slots) = ctx.data_opt::<Self>() else { return Ok(None) };
        Arc::clone(&slots.free).try_acquire_owned().map(Some).map_err(|_| {
            let message = format!("this connection holds {} subscriptions, the most it may", slots.most);
            Failure::new(Report::new(Kind::TooMany, "TOO_MANY_SUBSCRIPTIONS", message).remedy("complete one of them"))
        })
    }
}

/// Counts aliases and watches the time.
#[derive(Clone, Copy)]
struct Guard {
    aliases: usize,
    complexity: usize,
    time: Duration,
}

/// What the executor says of a query that costs too much.
const TOO_COMPLEX: &str = "Query is too complex.";

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait]
impl Extension for Guard {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        let count = count_aliases(&document);
        if count > self.aliases {
            let message = format!("the request has {count} aliases, and at most {} are allowed", self.aliases);
            return Err(request_error("TOO_MANY_ALIASES", message));
        }
        Ok(document)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let told = |error: ServerError| {
            if error.message != TOO_COMPLEX {
                return error;
            }
            let message = format!(
                "the query costs more than the {} points that one may: each field is one, and what is asked of each in a list counts as often as `first` says;                  ask for fewer at once, or for less of each",
                self.complexity
            );
            request_error("TOO_COMPLEX", message)
        };
        next.run(ctx).await.map_err(|errors| errors.into_iter().map(told).collect())
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        match tokio::time::timeout(self.time, next.run(ctx, operation_name)).await {
            Ok(response) => response,
            Err(_) => Response::from_errors(vec![request_error(
                "TIMEOUT",
                format!("the request took longer than {} s and was given up", self.time.as_secs_f32()),
            )]),
        }
    }
}

/// Aliased fields of the whole document, each fragment counted once.
fn count_aliases(document: &ExecutableDocument) -> usize {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    operations.chain(fragments).map(aliases_of).sum()
}

fn aliases_of(set: &SelectionSet) -> usize {
    set.items
        .iter()
        .map(|item| match &item.node {
            Selection::Field(field) => {
                usize::from(field.node.alias.is_some()) + aliases_of(&field.node.selection_set.node)
            }
            Selection::InlineFragment(fragment) => aliases_of(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => 0,
        })
        .sum()
}
