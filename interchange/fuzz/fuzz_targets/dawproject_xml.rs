//! Any text as a `project.xml`: what is accepted is written and read back the same.
#![no_main]

use interchange::dawproject::{read_project, write_project};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok((project, _)) = read_project(text) else { return };
    let written = write_project(&project);
    let (again, unknown) = read_project(&written).expect("what was read and written can be read again");
    assert!(unknown.is_empty(), "nothing is written that the format does not have");
    assert_eq!(write_project(&again), written);
});
