//! Files that differ in a known way.

use super::*;
use crate::testing::{material, write_wav};

fn compared(a: &[Vec<f32>], b: &[Vec<f32>], options: CompareOptions) -> Result<Comparison, CompareError> {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a.wav"), folder.path().join("b.wav"));
    write_wav(&first, 44_100, a);
    write_wav(&second, 44_100, b);
    compare(&first, &second, options)
}

fn scaled(signal: &[Vec<f32>], gain: f32) -> Vec<Vec<f32>> {
    signal.iter().map(|channel| channel.iter().map(|x| x * gain).collect()).collect()
}

const ALL: CompareOptions = CompareOptions { align: true, match_gain: true };

#[test]
fn the_same_is_identical() {
    let signal = material(44_100, 2, 100_000);
    let found = compared(&signal, &signal, CompareOptions::default()).unwrap();
    assert!(found.identical && found.null_depth_db.is_none() && found.unmatched_frames == 0, "{found:?}");
}

#[test]
fn a_known_difference_has_its_depth() {
    let signal = material(44_100, 2, 100_000);
    let found = compared(&signal, &scaled(&signal, 0.999), CompareOptions::default()).unwrap();
    assert!(!found.identical && (found.null_depth_db.unwrap() + 60.0).abs() < 0.01, "{found:?}");
    let found = compared(&signal, &scaled(&signal, -0.5), ALL).unwrap();
    assert!(found.inverted && (found.gain_db - 6.02).abs() < 0.01, "{found:?}");
    assert!(found.null_depth_db.is_none_or(|depth| depth < -140.0), "{found:?}");
}

#[test]
fn shifted_files_are_aligned_either_way() {
    let signal = material(44_100, 1, 200_000);
    let late = vec![[vec![0.0; 12_345], signal[0].clone()].concat()];
    for (a, b, offset) in [(&signal, &late, 12_345), (&late, &signal, -12_345)] {
        let found = compared(a, b, CompareOptions::default()).unwrap();
        assert_eq!((found.offset_frames, found.null_depth_db, found.unmatched_frames), (offset, None, 12_345));
        assert!(!found.identical);
        let apart = compared(a, b, CompareOptions { align: false, match_gain: false }).unwrap();
        assert!(apart.null_depth_db.unwrap() > -6.0, "{apart:?}");
    }
}

#[test]
fn silence_is_identical_to_itself_and_nothing_nulls_against_it() {
    let (silence, signal) = (vec![vec![0.0; 100_000]; 2], material(44_100, 2, 100_000));
    for options in [CompareOptions::default(), ALL] {
        let found = compared(&silence, &silence, options).unwrap();
        assert!(found.identical && (found.offset_frames, found.null_depth_db) == (0, None), "{found:?}");
        assert!(matches!(compared(&silence, &signal, options), Err(CompareError::Silent)));
        let found = compared(&signal, &silence, options).unwrap();
        assert!(found.null_depth_db.unwrap().abs() < 0.01, "{found:?}");
    }
}

#[test]
fn a_file_that_cannot_be_decoded_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (good, cut) = (folder.path().join("good.wav"), folder.path().join("cut.wav"));
    write_wav(&good, 44_100, &material(44_100, 1, 50_000));
    let bytes = std::fs::read(&good).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    for (a, b) in [(&good, &cut), (&cut, &good)] {
        let error = compare(a, b, CompareOptions::default()).unwrap_err();
        assert!(error.to_string().contains("cut.wav"), "{error}");
    }
}

#[test]
fn unlike_files_are_refused() {
    let (one, two) = (material(44_100, 1, 1000), material(44_100, 2, 1000));
    assert!(matches!(compared(&one, &two, ALL), Err(CompareError::Channels(1, 2))));
}
