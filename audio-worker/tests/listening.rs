//! A listener as a real process: it answers, and its limits hold.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{io::Write, path::Path};

use audio_worker::listener::{Ear, EarError, Inspected, Limits, Task};

const ENOUGH: Limits = Limits { memory_bytes: 1 << 30, cpu_s: 60, wall_s: 120 };

fn ear() -> Ear {
    Ear::of(env!("CARGO_BIN_EXE_listener"))
}

/// Stereo of 16 bits at 44.1 kHz: silence, which takes no room on disk.
fn wav(path: &Path, seconds: u32) {
    let data = 44_100 * 4 * seconds;
    let mut header = b"RIFF".to_vec();
    header.extend((36 + data).to_le_bytes());
    header.extend(b"WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00");
    header.extend(44_100_u32.to_le_bytes());
    header.extend((44_100_u32 * 4).to_le_bytes());
    header.extend(b"\x04\x00\x10\x00data");
    header.extend(data.to_le_bytes());
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(&header).unwrap();
    file.set_len(44 + u64::from(data)).unwrap();
}

async fn inspect(file: &Path, limits: Limits) -> Result<Inspected, EarError> {
    ear().ask(Task::Inspect { file: file.to_owned() }, limits).await
}

#[tokio::test]
async fn it_says_what_a_file_is_and_why_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("silence.wav");
    wav(&file, 2);
    let found = inspect(&file, ENOUGH).await.unwrap();
    assert_eq!((found.facts.frames, found.measurement.channels), (88_200, 2));
    std::fs::write(&file, b"RIFF").unwrap();
    let refused = inspect(&file, ENOUGH).await.unwrap_err();
    assert!(matches!(&refused, EarError::Refused(why) if why.contains("not an audio file")), "{refused}");
    let gone = inspect(&folder.path().join("gone.wav"), ENOUGH).await.unwrap_err();
    assert!(matches!(gone, EarError::Failed(_)), "a disk that fails is not the file's fault");
}

#[tokio::test]
async fn one_that_wants_more_memory_than_it_may_have_ends_and_the_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("silence.wav");
    wav(&file, 2);
    let tight = Limits { memory_bytes: 1 << 20, ..ENOUGH };
    let refused = inspect(&file, tight).await.unwrap_err();
    assert!(matches!(&refused, EarError::Refused(why) if why.contains("more memory")), "{refused:?}");
}

#[tokio::test]
async fn one_that_computes_for_too_long_ends_and_the_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("silence.wav");
    wav(&file, 1_800);
    let short = Limits { cpu_s: 1, ..ENOUGH };
    let refused = inspect(&file, short).await.unwrap_err();
    assert!(matches!(&refused, EarError::Refused(why) if why.contains("within 1 s")), "{refused:?}");
    let impatient = Limits { wall_s: 1, ..ENOUGH };
    let refused = inspect(&file, impatient).await.unwrap_err();
    assert!(matches!(&refused, EarError::Refused(why) if why.contains("within 1 s")), "{refused:?}");
}
