//! Any bytes as a project's archive: what is accepted is copied out within its limits, and written and read back the same.
#![no_main]

use std::io::Cursor;

use interchange::dawproject::{Archive, Limits, Packer, audio_files, write_project};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { xml_bytes: 1 << 20, entry_bytes: 1 << 20, total_bytes: 4 << 20, ..Limits::DEFAULT };
    let Ok(mut archive) = Archive::open_within(Cursor::new(bytes), limits) else { return };
    let Ok(document) = archive.read() else { return };
    for file in audio_files(&document.project) {
        let mut out = Vec::new();
        if let Ok(copied) = archive.copy(&file.path, &mut out) {
            assert_eq!(copied, out.len() as u64);
        }
        assert!(out.len() <= 1 << 20, "the limit holds whatever the entry says");
    }
    let packer = Packer::new(Cursor::new(Vec::new()), &document.project, &document.metadata);
    let packed = packer.and_then(Packer::finish).expect("what was read can be written").into_inner();
    let again = Archive::open(Cursor::new(packed)).and_then(|mut archive| archive.read()).expect("and read again");
    assert_eq!(write_project(&again.project), write_project(&document.project));
});
