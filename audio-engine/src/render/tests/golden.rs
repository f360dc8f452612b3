//! The golden tables ([`crate::golden`]), in the build that the tests run in, in other blocks and on two threads.
//!
//! A change that alters a sample raises [`crate::ENGINE_VERSION`], the tables' first line, and writes them anew:
//! `INSTA_UPDATE=always cargo test -p audio-engine golden`.

use super::*;
use crate::golden::{Table, without_vorbis};

fn rendered(table: Table, workspace_of: impl Fn(Workspace) -> Workspace) -> String {
    let folder = tempfile::tempdir().unwrap();
    table.render(workspace_of(Workspace::new(folder.path()))).unwrap()
}

#[test]
fn golden_bytes_of_every_format() {
    let table = rendered(Table::EveryFormat, |workspace| workspace);
    insta::assert_snapshot!(Table::EveryFormat.name(), without_vorbis(&table));
    let cut = rendered(Table::EveryFormat, |workspace| Workspace { block_frames: 256, threads: 2, ..workspace });
    assert_eq!(table, cut, "in other blocks, on two threads");
}

#[test]
fn golden_bytes_by_transforms() {
    if Table::ByTransforms.is_held_here() {
        let table = rendered(Table::ByTransforms, |workspace| workspace);
        insta::assert_snapshot!(Table::ByTransforms.name(), without_vorbis(&table));
    }
}
