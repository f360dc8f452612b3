//! What one GraphQL request may cost: [`Limits`] applied to the schema. Body size is limited in [`super::http`].

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::{
    Context, Name, Request, Response, SchemaBuilder, ServerError, ServerResult, ValidationResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextValidation},
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};
use async_trait::async_trait;
use domain::report::{Kind, Report};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    Mutation, Query, Subscription,
    errors::{Failure, request_error},
    unfit,
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

/// Refuses what would cost much before anything is counted, counts aliases, and watches the time.
#[derive(Clone, Copy)]
struct Guard {
    aliases: usize,
    complexity: usize,
    time: Duration,
}

/// How many levels of brackets a document has at most, and of what is spread in it: the parser, and whoever walks through what it has read, go down a level of
/// the stack with each. What the limits of depth and recursion let through is far from it.
const LEVELS: usize = 100;

/// How many times as much as a query may cost it may be written out, each fragment wherever it is spread: what costs no point is walked through as well.
const WRITTEN_OUT: usize = 10;

/// What the executor says of a query that costs too much.
const TOO_COMPLEX: &str = "Query is too complex.";

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait]
impl Extension for Guard {
    /// Looks at the document before the executor does, which walks through a fragment anew wherever it is spread, and whose parser goes as deep as it is led.
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        if levels_of(&request.query) > LEVELS {
            return Err(request_error("TOO_DEEP", too_deep()));
        }
        unfit::refuse_in_variables(&request.variables)?;
        let document = request.parsed_query()?;
        let mut sizes = Sizes { document, most: self.complexity.saturating_mul(WRITTEN_OUT), of: HashMap::new() };
        for (_, operation) in document.operations.iter() {
            sizes.of_set(&operation.node.selection_set.node, 0)?;
        }
        let count = count_aliases(document);
        if count > self.aliases {
            let message = format!("the request has {count} aliases, and at most {} are allowed", self.aliases);
            return Err(request_error("TOO_MANY_ALIASES", message));
        }
        unfit::refuse_in_document(document)?;
        next.run(ctx, request).await
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
                "the query costs more than the {} points that one may: each field is one, and what is asked of each in a list counts as often as `first` says; \
                 ask for fewer at once, or for less of each",
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

fn too_deep() -> String {
    format!("the document goes down more than {LEVELS} levels; ask for less at once")
}

/// How many brackets of a document stand within one another at most. What is within texts and comments is not looked at.
fn levels_of(document: &str) -> usize {
    let (mut rest, mut level, mut most) = (document, 0_usize, 0);
    while let Some(at) = rest.find(['{', '[', '(', '}', ']', ')', '"', '#']) {
        let (mark, behind) = (rest.as_bytes()[at], &rest[at + 1..]);
        rest = match mark {
            b'{' | b'[' | b'(' => {
                level += 1;
                most = most.max(level);
                behind
            }
            b'}' | b']' | b')' => {
                level = level.saturating_sub(1);
                behind
            }
            b'#' => behind.find(['\n', '\r']).map_or("", |end| &behind[end..]),
            _ => behind_text(&rest[at..]),
        };
    }
    most
}

/// What stands behind a text that a document goes on with, in one quotation mark or in three.
fn behind_text(document: &str) -> &str {
    let (block, mark, escaped) = match document.strip_prefix("\"\"\"") {
        Some(block) => (block, "\"\"\"", "\\\"\"\""),
        None => (&document[1..], "\"", "\\"),
    };
    let mut rest = block;
    loop {
        let Some(end) = rest.find(mark) else { return "" };
        match rest.find(escaped) {
            // What is escaped is one character more, or in a block the marks themselves.
            Some(at) if at < end => {
                let skipped = if mark.len() == 1 { rest[at + 1..].chars().next().map_or(0, char::len_utf8) } else { 3 };
                rest = &rest[at + 1 + skipped..];
            }
            _ => return &rest[end + mark.len()..],
        }
    }
}

/// How much a document is when each fragment is written out wherever it is spread.
struct Sizes<'a> {
    document: &'a ExecutableDocument,
    /// More than this is refused.
    most: usize,
    /// Of fragments that were looked at.
    of: HashMap<&'a Name, usize>,
}

impl<'a> Sizes<'a> {
    fn of_set(&mut self, set: &'a SelectionSet, level: usize) -> ServerResult<usize> {
        if level > LEVELS {
            return Err(request_error("TOO_DEEP", too_deep()));
        }
        let mut size = 0_usize;
        for item in &set.items {
            let within = match &item.node {
                Selection::Field(field) => self.of_set(&field.node.selection_set.node, level + 1)?,
                Selection::InlineFragment(fragment) => self.of_set(&fragment.node.selection_set.node, level + 1)?,
                Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node, level + 1)?,
            };
            size = size.saturating_add(within).saturating_add(1);
            if size > self.most {
                let message =
                    format!("the document is more than {} fields when its fragments are written out", self.most);
                return Err(request_error("TOO_COMPLEX", message));
            }
        }
        Ok(size)
    }

    /// Of one that is not there nothing is walked through; the executor says so.
    fn of_fragment(&mut self, name: &Name, level: usize) -> ServerResult<usize> {
        if let Some(size) = self.of.get(name) {
            return Ok(*size);
        }
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return Ok(0) };
        let size = self.of_set(&fragment.node.selection_set.node, level)?;
        self.of.insert(name, size);
        Ok(size)
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

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn brackets_are_counted_but_for_those_in_texts_and_comments() {
        for (document, levels) in [
            ("{ a }", 1),
            ("query q($a: [[Int]]) { a(b: [{ c: 1 }]) { d } e { f } }", 4),
            (r#"{ a(b: "{[(") }"#, 2),
            (r#"{ a(b: "\"{[(\\", c: [1]) }"#, 3),
            ("{ a(b: \"\"\" { \\\"\"\" [ \" \"\"\", c: [1]) }", 3),
            ("{ # {{{{\n a { b } }", 2),
            ("\"", 0),
            ("\"\\", 0),
            ("}}}} {", 1),
        ] {
            assert_eq!(levels_of(document), levels, "{document}");
        }
    }

    fn size(document: &str) -> ServerResult<usize> {
        let document = parse_query(document).unwrap();
        let set = &document.operations.iter().next().unwrap().1.node.selection_set.node;
        Sizes { document: &document, most: 1_000, of: HashMap::new() }.of_set(set, 0)
    }

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        assert_eq!(size("{ a { b } ... on Query { c } }").unwrap(), 4);
        assert_eq!(size("{ ...f x { ...f } } fragment f on Query { a b }").unwrap(), 7);
        assert_eq!(size("{ ...gone }").unwrap(), 1);
        let doubling = |levels: usize| {
            let step = |at: usize| format!("fragment f{at} on Query {{ ...f{} ...f{} }}", at + 1, at + 1);
            let steps: Vec<String> = (0..levels).map(step).collect();
            format!("{{ ...f0 }} {} fragment f{levels} on Query {{ a }}", steps.join(" "))
        };
        assert!(size(&doubling(5)).is_ok());
        for document in [doubling(30), doubling(90)] {
            assert!(size(&document).unwrap_err().message.contains("written out"));
        }
        let circle = "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }";
        assert!(size(circle).unwrap_err().message.contains("levels"));
        assert!(size(&doubling(200)).unwrap_err().message.contains("levels"));
    }
}
