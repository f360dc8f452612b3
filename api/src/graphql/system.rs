//! What is true of the installation as a whole.

use async_graphql::Object;

/// Queries about the installation.
#[derive(Debug, Default)]
pub struct SystemQuery;

#[Object]
impl SystemQuery {
    /// The version of the program that answers.
    async fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
