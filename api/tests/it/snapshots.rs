//! The committed contracts are those that the program has. `UPDATE_SNAPSHOTS=1` rewrites them.

use std::{fs, path::PathBuf};

fn compare(name: &str, now: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../openapi").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, now).unwrap();
        return;
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "openapi/{name} is not what the program has; look at the difference after UPDATE_SNAPSHOTS=1 cargo test -p api"
    );
}

#[test]
fn the_committed_graphql_schema_is_the_programs() {
    compare("schema.graphql", &api::schema_sdl());
}

#[test]
fn the_committed_openapi_document_is_the_programs() {
    compare("openapi.json", &api::openapi_json());
}
