//! What the outside world talks to: GraphQL, the REST edges, and the server-rendered public pages.
//!
//! **May depend on** `domain` and `adapters`; never on the workers. It writes nothing itself: a resolver or handler calls a
//! command or query of `domain` and says in the caller's terms what came of it.
//!
//! **The way of a request:** `hosts` leads it to the shop whose own domain it names, if it names one; [`edge`] gives it an id, the security headers and its place in the metrics; [`auth`] finds out who is asking and
//! leaves a [`caller::Caller`]; a resolver takes it with [`graphql::caller`], a handler as an extractor argument.
//!
//! **To add a query or mutation:** a method in the aggregate's file under `graphql/`, returning [`graphql::errors::Failure`] as its error;
//! a mutation's payload is one [`payload!`]; then a row in `tests/it/matrix/rows/`, and `UPDATE_SNAPSHOTS=1 cargo test -p api` for the
//! committed schema. **To add an aggregate:** a file there and its name in the three roots of `graphql/mod.rs`.
//! **To add a REST edge:** a file under `rest/`, a line in `rest::configure`, its path in [`openapi`]. **A page:** the same under `pages/`;
//! one that is the same for everybody is routed by `replica::shown_to_all`, and must write nothing.

// The root objects of the schema are merged of some forty, one within the other.
#![recursion_limit = "256"]

pub mod auth;
mod body;
pub mod caller;
pub mod config;
pub mod edge;
pub mod errors;
pub mod graphql;
pub mod health;
mod hosts;
pub mod metrics;
pub mod openapi;
pub mod pages;
mod replica;
pub mod rest;
mod server;
mod state;

pub use caller::Caller;
pub use config::{ApiConfig, Limits};
pub use errors::Problem;
pub use graphql::{graphql_schema, schema_sdl};
pub use openapi::openapi_json;
pub use server::{configure, serve};
pub use state::ApiState;
// By this name templates say their texts.
pub(crate) use pages::texts::t;
