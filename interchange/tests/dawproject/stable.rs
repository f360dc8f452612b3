//! What was written is read back and written the same.

use std::io::Cursor;

use interchange::dawproject::{
    Archive, Metadata, Packer, Project, audio_files, automated, read_project, write_project,
};

use crate::builder::{metadata, whole};

#[test]
fn a_project_with_everything_in_it_comes_back_whole() {
    let project = whole();
    let text = write_project(&project);
    let (read, unknown) = read_project(&text).unwrap();
    assert_eq!(read, project);
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(write_project(&read), text, "the same bytes");
}

#[test]
fn an_archive_comes_back_byte_for_byte_with_its_files() {
    let project = whole();
    let pack = |project: &Project, metadata: &Metadata| {
        let mut packer = Packer::new(Cursor::new(Vec::new()), project, metadata).unwrap();
        packer.file("audio/loop.wav", 5, &mut b"loops".as_slice()).unwrap();
        assert!(packer.file("audio/loop.wav", 1, &mut b"x".as_slice()).is_err(), "one name, one file");
        assert!(packer.file("../loop.wav", 1, &mut b"x".as_slice()).is_err(), "no way out");
        packer.finish().unwrap().into_inner()
    };
    let bytes = pack(&project, &metadata());
    let mut archive = Archive::open(Cursor::new(&bytes)).unwrap();
    let document = archive.read().unwrap();
    assert_eq!((&document.project, &document.metadata), (&project, &metadata()));
    assert_eq!(archive.bytes_of("audio/loop.wav"), Some(5));
    let mut copied = Vec::new();
    // Some write their paths otherwise.
    for path in ["audio/loop.wav", "./audio/loop.wav", "audio\\loop.wav", "/audio/loop.wav"] {
        copied.clear();
        archive.copy(path, &mut copied).unwrap();
        assert_eq!(copied, b"loops", "{path}");
    }
    assert_eq!(pack(&document.project, &document.metadata), bytes);
}

#[test]
fn what_a_project_plays_and_moves_is_found_in_it() {
    let project = whole();
    let files = audio_files(&project);
    let looped = |path: &str| path == "audio/loop.wav";
    assert!(
        !files.is_empty() && files.iter().all(|file| looped(&file.path)),
        "the launcher's are not played: {files:?}"
    );
    let moved = automated(&project);
    assert!(moved.contains("drums ch volume") && moved.contains("drums ch mute") && !moved.contains("drums ch pan"));
}

#[test]
fn an_archive_without_names_has_none() {
    let bytes = crate::builder::archive(&[("project.xml", write_project(&whole()).as_bytes())]);
    let document = Archive::open(Cursor::new(bytes)).unwrap().read().unwrap();
    assert_eq!(document.metadata, Metadata::default());
}

#[test]
fn elements_that_the_format_does_not_have_are_passed_over_and_counted() {
    let text = crate::builder::lanes("<Lanes><Future/><Clips/><Future a=\"b\"><Inner/></Future></Lanes>");
    let (_, unknown) = read_project(&text).unwrap();
    assert_eq!(unknown.into_iter().collect::<Vec<_>>(), [("Future".to_owned(), 2), ("Inner".to_owned(), 1)]);
}
