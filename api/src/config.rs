//! What an operator may set, each with its default.

use std::{path::PathBuf, time::Duration};

/// The API's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiConfig {
    /// What one request may cost.
    pub limits: Limits,
    /// Whether `GET /graphql` shows GraphiQL. Its scripts and styles come from the unpkg.com CDN, so it needs the internet; nothing else does.
    pub graphiql: bool,
    /// Whether the caller's address is taken from `Forwarded` and `X-Forwarded-For`. Only behind a proxy that sets them itself: else anyone
    /// can choose their address and pass the throttle.
    pub trust_forwarded_headers: bool,
    /// Where uploads in progress lie. Processes that share a database share this folder, too, or a resumed upload begins anew.
    pub upload_dir: PathBuf,
    /// How many threads serve requests; none for as many as there are cores.
    pub workers: Option<usize>,
    /// How long a stopping server waits for requests in progress.
    pub shutdown_timeout: Duration,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            graphiql: false,
            trust_forwarded_headers: false,
            upload_dir: std::env::temp_dir().join("ledgerline-uploads"),
            workers: None,
            shutdown_timeout: Duration::from_secs(20),
        }
    }
}

/// What one request may cost. Whatever passes a limit is refused whole, by the limit's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Levels of nested fields in a GraphQL operation. The usual introspection query has 15.
    pub depth: usize,
    /// Sum of the fields' costs in a GraphQL operation; a connection's children count once for each row asked for.
    pub complexity: usize,
    /// Aliased fields in a GraphQL document: what one request may ask for several times over.
    pub aliases: usize,
    /// Directives on one field.
    pub directives: usize,
    /// Nesting that the GraphQL parser follows.
    pub recursion: usize,
    /// Length of a GraphQL request's body in bytes, of whoever is not signed in. Uploads have their own limit.
    pub body_bytes: usize,
    /// The same of a signed-in person and of a studio's key, who send mix documents.
    pub member_body_bytes: usize,
    /// How long a GraphQL query or mutation may take; a mutation that is cut off is rolled back.
    pub time: Duration,
    /// Subscriptions that one websocket may hold at a time; each asks the database a few times a second.
    pub subscriptions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 16,
            complexity: 4_000,
            aliases: 20,
            directives: 8,
            recursion: 32,
            body_bytes: 256 * 1024,
            member_body_bytes: 2 * 1024 * 1024,
            time: Duration::from_secs(15),
            subscriptions: 32,
        }
    }
}

#[cfg(test)]
mod tests {
    use adapters::stripe::Patience;

    use super::*;

    #[test]
    fn a_gateway_that_hangs_is_given_up_before_the_request_is() {
        let left = Limits::default().time.checked_sub(Patience::default().in_all);
        assert!(left.is_some_and(|left| left >= Duration::from_secs(3)), "whoever asked hears of it from us");
        assert!(Patience::default().attempt < Patience::default().in_all);
    }
}
