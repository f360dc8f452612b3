//! Damaged files of every kind that the engine reads, made by a seeded generator, so that every run sees the same ones.
//!
//! `cargo test -p audio-engine --lib hostile -- --ignored` goes on for ten minutes; `fuzz/` has the same entries for
//! `cargo fuzz`. What either finds is kept in [`regressions`].

#![expect(clippy::cast_possible_truncation, reason = "a generator's numbers")]

use crate::decode::{DecodeError, Decoder, inspect, read_broadcast, read_tags};
use crate::dsp::Noise;
use crate::render::{Format, Metadata, Mix, Output, TagNode, Workspace, render};
use crate::testing::{ffmpeg, material, write_wav};
use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

/// No damaged file of some kilobytes may keep the decoder longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A good file of every kind: those that the engine writes, and those that only others do.
fn seeds(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let source = folder.join("seed.wav");
    write_wav(&source, 48_000, &material(48_000, 2, 12_000));
    let workspace = Workspace::new(folder).with_source("seed", &source);
    let outputs = Format::ALL.map(|format| Output {
        metadata: Metadata { title: Some("Seed".into()), isrc: Some("USRC17607839".into()), ..Metadata::default() },
        ..Output::new(format!("seed-{format}.{}", format.extension()), format)
    });
    render(&Mix::master("seed", outputs.to_vec()), &workspace, &mut ()).unwrap();
    for (file, arguments) in [
        ("seed.aiff", &["-c:a", "pcm_s24be"][..]),
        ("seed.caf", &["-c:a", "pcm_s16le"]),
        ("seed-alac.m4a", &["-c:a", "alac"]),
        ("seed-rf64.wav", &["-c:a", "pcm_s24le", "-rf64", "always"]),
        ("seed.aac", &["-c:a", "aac", "-f", "adts"]),
        ("seed-voice.opus", &["-c:a", "libopus", "-b:a", "16k", "-application", "voip"]),
    ] {
        ffmpeg(&[&["-i", source.to_str().unwrap()], arguments, &[folder.join(file).to_str().unwrap()]].concat());
    }
    let mut seeds: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    seeds.sort();
    seeds
}

/// Damages a file in one to eight places: bits, bytes, lengths, runs taken out, doubled or cut off.
fn mutated(seed: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=noise.next_u64() % 8 {
        let len = bytes.len().max(1);
        // Half of the damage goes where the headers are.
        let reach = if noise.next_u64().is_multiple_of(2) { len.min(600) } else { len };
        let at = noise.next_u64() as usize % reach;
        let run = (noise.next_u64() as usize % 64).min(bytes.len().saturating_sub(at));
        match noise.next_u64() % 7 {
            0 => bytes[at] ^= 1 << (noise.next_u64() % 8),
            1 => bytes[at] = noise.next_u64() as u8,
            2 => bytes[at..at + run].fill([0, 0xFF, 0x7F][noise.next_u64() as usize % 3]),
            3 => drop(bytes.drain(at..at + run)),
            4 => {
                let copy = bytes[at..at + run].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            5 if bytes.len() >= at + 4 => bytes[at..at + 4].copy_from_slice(&(noise.next_u64() as u32).to_le_bytes()),
            _ => bytes.truncate(len - at.min(len / 2)),
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    bytes
}

/// Reads a file to its end or its error; what it gives must be sound.
fn survive(name: &str, bytes: &[u8]) -> Result<u64, DecodeError> {
    let started = Instant::now();
    let mut frames = 0;
    let outcome = Decoder::from_reader(Cursor::new(bytes.to_vec())).and_then(|mut decoder| {
        while let Some(block) = decoder.next_block()? {
            assert!(block.iter().all(|channel| channel.len() == block[0].len()), "{name}");
            assert!(block.iter().flatten().all(|x| x.is_finite()), "{name}");
            frames += block[0].len() as u64;
        }
        Ok(frames)
    });
    assert!(started.elapsed() < PATIENCE, "{name}: {:?}", started.elapsed());
    outcome
}

fn run(rounds: u64, until: Option<Instant>) {
    let folder = tempfile::tempdir().unwrap();
    let seeds = seeds(folder.path());
    assert!(seeds.len() >= Format::ALL.len() + 6);
    for (name, bytes) in &seeds {
        assert!(survive(name, bytes).is_ok_and(|frames| frames > 10_000), "{name}: the seed itself is good");
    }
    let scratch = folder.path().join("scratch");
    let mut refused = 0_u64;
    for round in 0..rounds {
        for (i, (name, bytes)) in seeds.iter().enumerate() {
            let mut noise = Noise::new(round << 8 | i as u64);
            let bytes = mutated(bytes, &mut noise);
            refused += u64::from(survive(&format!("{name}, round {round}"), &bytes).is_err());
            if round.is_multiple_of(8) {
                std::fs::write(&scratch, &bytes).unwrap();
                drop(read_tags(&scratch));
                drop(read_broadcast(&scratch));
            }
        }
        if until.is_some_and(|until| Instant::now() > until) {
            break;
        }
    }
    assert!(refused > 0, "damage is found");
}

#[test]
fn damaged_files_end_in_errors() {
    run(24, None);
}

#[test]
#[ignore = "ten minutes"]
fn damaged_files_end_in_errors_for_long() {
    run(u64::MAX, Some(Instant::now() + Duration::from_mins(10)));
}

#[test]
fn damaged_documents_are_refused_or_kept() {
    let outputs = vec![Output {
        sample_rate_hz: Some(48_000),
        metadata: Metadata { title: Some("a".into()), bpm: Some(90.0), ..Metadata::default() },
        ..Output::new("a.wav", Format::Wav24)
    }];
    let document = Mix { tags: vec![TagNode::default()], ..Mix::master("a", outputs) };
    let seed = serde_json::to_vec(&document).unwrap();
    let mut noise = Noise::new(1);
    for _ in 0..20_000 {
        let text = String::from_utf8_lossy(&mutated(&seed, &mut noise)).into_owned();
        if let Ok(read) = Mix::from_json(&text) {
            let again = serde_json::to_string(&read).unwrap();
            assert_eq!(Mix::from_json(&again).unwrap(), read);
        }
    }
}

/// Inputs that once did harm, as small as they can be.
mod regressions {
    use super::*;

    fn kept(target: &str) -> Vec<(String, Vec<u8>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/regressions").join(target);
        let read = |entry: std::io::Result<std::fs::DirEntry>| {
            let path = entry.unwrap().path();
            (path.display().to_string(), std::fs::read(&path).unwrap())
        };
        // A target for which nothing was found has no folder.
        std::fs::read_dir(folder).into_iter().flatten().map(read).collect()
    }

    #[test]
    fn files_that_fuzzing_found() {
        let files: Vec<_> = ["decode", "inspect"].into_iter().flat_map(kept).collect();
        assert!(files.len() >= 2, "the files that were kept are not where they were");
        for (name, bytes) in files {
            drop(survive(&name, &bytes));
            drop((inspect(Path::new(&name)), read_tags(Path::new(&name)), read_broadcast(Path::new(&name))));
        }
    }

    #[test]
    fn documents_that_fuzzing_found() {
        for (name, bytes) in kept("document") {
            if let Ok(mix) = Mix::from_json(&String::from_utf8_lossy(&bytes)) {
                assert_eq!(Mix::from_json(&serde_json::to_string(&mix).unwrap()).unwrap(), mix, "{name}");
            }
        }
    }

    #[test]
    fn an_rf64_file_whose_samples_start_beyond_its_end() {
        let mut bytes = b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1c\0\0\0".to_vec();
        bytes.extend_from_slice(&[0xFF; 28]);
        bytes.extend_from_slice(b"fmt \x10\0\0\0\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0data\xFF\xFF\xFF\xFF");
        assert!(survive("rf64", &bytes).is_err());
    }

    /// On a disk, unlike in memory, no place beyond 2^63 can be looked at: that is a file at fault, not a disk.
    #[test]
    fn an_mp4_box_that_ends_beyond_every_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.m4a");
        let far = [&b"\0\0\0\x01free"[..], &[0xFF; 8]].concat();
        std::fs::write(&path, [&b"\0\0\0\x10ftypM4A \0\0\0\0"[..], &far].concat()).unwrap();
        let error = inspect(&path).unwrap_err();
        assert!(!matches!(error, DecodeError::Io(_)), "{error:?}");
    }

    /// The seeded generator found this one: a size that overflowed when the padding was added.
    #[test]
    fn an_rf64_file_with_the_largest_size_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.wav");
        let bext = [&b"bext\x5a\x02\0\0"[..], &[0; 602]].concat();
        let sizes = [&b"ds64\x1c\0\0\0"[..], &[0xFF; 28]].concat();
        let bytes = [&b"RF64\xFF\xFF\xFF\xFFWAVE"[..], &sizes, &bext, b"data\xFF\xFF\xFF\xFF"].concat();
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(read_broadcast(&path), None);
    }
}
