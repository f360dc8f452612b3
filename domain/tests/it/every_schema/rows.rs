//! The rows that are put in behind each step.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use domain::store::{self, Db};
use sea_orm::{ConnectionTrait, TransactionTrait};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/every_schema/rows")
}

/// The files' names, without what they end in.
pub(super) fn files() -> Vec<String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// Puts in what a step's file has, if there is one: a step that adds nothing needs none.
pub(super) async fn put_rows(db: &Db, step: &str) {
    let file = folder().join(format!("{step}.sql"));
    if !file.exists() {
        return;
    }
    let text = with_ids(&std::fs::read_to_string(file).unwrap(), store::is_postgres(db));
    // Entries come before their journal, whose key is looked up at the commit.
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared(&text).await.unwrap_or_else(|why| panic!("the rows of {step}: {why}"));
    tx.commit().await.unwrap_or_else(|why| panic!("the rows of {step}: {why}"));
}

/// The rows' text with `$id(name)` as the database writes an id: all else both read alike.
fn with_ids(text: &str, is_postgres: bool) -> String {
    let mut parts = text.split("$id(");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(')').expect("an id ends");
        let blob = if is_postgres { "" } else { "x" };
        write!(whole, "{blob}'{}'{rest}", id(name)).unwrap();
    }
    whole
}

/// The id of a name, always the same: evidence and hashes in the rows have been made of it.
fn id(name: &str) -> String {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("01935a8e7b4c7def8123{:012x}", hash & 0xffff_ffff_ffff)
}
