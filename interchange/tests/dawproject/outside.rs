//! Projects that real workstations wrote. They are not ours to keep here: `LEDGERLINE_TEST_DAWPROJECTS` names a folder of them.

use std::{fs::File, io::BufReader, path::PathBuf};

use interchange::dawproject::{Archive, audio_files, read_project, write_project};

/// The projects; says so if there are none, for a check that was not made must not look as if it had been.
fn projects() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("LEDGERLINE_TEST_DAWPROJECTS") else {
        eprintln!("SKIPPED: LEDGERLINE_TEST_DAWPROJECTS names no folder, no real project was read");
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.unwrap().path());
    let projects: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "dawproject")).collect();
    assert!(!projects.is_empty(), "the folder holds projects");
    projects
}

#[test]
fn real_projects_are_read_whole_and_written_the_same() {
    for path in projects() {
        let mut archive = Archive::open(BufReader::new(File::open(&path).unwrap())).unwrap();
        let document = archive.read().unwrap_or_else(|refusal| panic!("{}: {refusal}", path.display()));
        assert!(document.unknown.is_empty(), "{}: {:?}", path.display(), document.unknown);
        let written = write_project(&document.project);
        let (again, _) = read_project(&written).unwrap();
        assert_eq!(again, document.project, "{}", path.display());
        assert_eq!(write_project(&again), written, "{}", path.display());
        for file in audio_files(&document.project).into_iter().filter(|file| !file.is_external()) {
            let copied = archive.copy(&file.path, &mut std::io::sink()).unwrap();
            assert_eq!(Some(copied), archive.bytes_of(&file.path), "{}: {}", path.display(), file.path);
        }
    }
}
