//! Databases of a test's own on PostgreSQL, where there is one.

use domain::store;
use sea_orm::ConnectionTrait;

/// The server on which databases may be made and dropped.
const SERVER: &str = "LEDGERLINE_TEST_DATABASE_URL";

/// The server's address; says so if none is named, for what was not tried must not look as if it had been.
pub(crate) fn server() -> Option<String> {
    let server = std::env::var(SERVER).ok();
    if server.is_none() {
        eprintln!("SKIPPED: not on PostgreSQL, {SERVER} names no server");
    }
    server
}

/// An empty database of this test on the server.
pub(crate) async fn made(server: &str, name: &str) -> String {
    drop_database(server, name).await;
    let name = database(name);
    let admin = store::connect(server, 1).await.expect("the server answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
    admin.close().await.expect("it closes");
    let (base, query) = server.split_once('?').map_or((server, None), |(base, query)| (base, Some(query)));
    let root = base.rfind('/').filter(|at| *at > "postgres://".len()).map_or(base, |at| &base[..at]);
    query.map_or_else(|| format!("{root}/{name}"), |query| format!("{root}/{name}?{query}"))
}

/// Drops it again, whoever is still connected.
pub(crate) async fn drop_database(server: &str, name: &str) {
    let admin = store::connect(server, 1).await.expect("the server answers");
    let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", database(name));
    admin.execute_unprepared(&drop).await.expect("it is gone");
    admin.close().await.expect("it closes");
}

fn database(name: &str) -> String {
    format!("ledgerline_e2e_{}_{name}", std::process::id())
}
