//! A listener as a real process: it answers, and its limits hold.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{io::Write, path::Path};

use audio_worker::listener::{Ear, EarError, Inspected, Limits, Listened, Task};

const ENOUGH: Limits = Limits { memory_bytes: 1 << 30, cpu_s: 60, wall_s: 120 };

fn ear() -> Ear {
    Ear::of(env!("CARGO_BIN_EXE_listener"))
}

/// Stereo of 16 bits at 44.1 kHz: silence, which takes no room on disk.
fn wav(path: &Path, seconds: u32) {
    silence(path, 2, 44_100, seconds);
}

fn silence(path: &Path, channels: u16, rate_hz: u32, seconds: u32) {
    let frame_bytes = channels * 2;
    let data = rate_hz * u32::from(frame_bytes) * seconds;
    let mut header = b"RIFF".to_vec();
    header.extend((36 + data).to_le_bytes());
    header.extend(b"WAVEfmt \x10\x00\x00\x00\x01\x00");
    header.extend(channels.to_le_bytes());
    header.extend(rate_hz.to_le_bytes());
    header.extend((rate_hz * u32::from(frame_bytes)).to_le_bytes());
    header.extend(frame_bytes.to_le_bytes());
    header.extend(b"\x10\x00data");
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
    wav(&file, 60);
    // Less than the program has at its start: what it has it keeps, and the first block of memory that it asks the system for is refused.
    let tight = Limits { memory_bytes: 1 << 20, ..ENOUGH };
    let refused = ear().ask::<Listened>(Task::Listen { file }, tight).await.unwrap_err();
    assert!(matches!(&refused, EarError::Refused(why) if why.contains("more memory")), "{refused:?}");
}

#[tokio::test]
async fn one_that_computes_for_too_long_ends_and_the_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("silence.wav");
    // More than a thousand million samples: no machine decodes and measures those within a second.
    silence(&file, 8, 192_000, 690);
    let short = Limits { cpu_s: 1, ..ENOUGH };
    let refused = inspect(&file, short).await.unwrap_err();
    assert!(matches!(&refused, EarError::Refused(why) if why.contains("within 1 s")), "{refused:?}");
}

/// Listens by a script.
async fn ask_script(script: &str, limits: Limits) -> EarError {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("listener");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let task = Task::Inspect { file: folder.path().join("any.wav") };
    Ear::of(program).ask::<Inspected>(task, limits).await.unwrap_err()
}

#[tokio::test]
async fn a_listener_that_gives_no_answer_does_not_refuse_the_file_at_once() {
    // It reads its order, and then waits for more as long as somebody waits for it.
    let busy = ask_script("exec /bin/cat > /dev/null", Limits { wall_s: 1, ..ENOUGH }).await;
    assert!(matches!(&busy, EarError::Unanswered(how) if how.contains("within 1 s")), "{busy:?}");
    for script in ["kill -KILL $$", "exit 1", "echo nonsense"] {
        let silent = ask_script(script, ENOUGH).await;
        assert!(matches!(silent, EarError::Unanswered(_)), "{script}: {silent:?}");
    }
    // Far more than is read of any answer.
    let endless = ask_script("exec /usr/bin/head -c 20000000 /dev/zero", ENOUGH).await;
    assert!(!matches!(endless, EarError::Failed(_)), "{endless:?}");
}

#[tokio::test]
async fn a_listener_that_panics_refuses_the_file() {
    let panicked = ask_script("exit 101", ENOUGH).await;
    assert!(matches!(&panicked, EarError::Refused(why) if why.contains("broke the decoder")), "{panicked:?}");
}
