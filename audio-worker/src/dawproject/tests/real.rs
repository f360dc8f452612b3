//! Projects that real workstations wrote. They are not ours to keep here: `LEDGERLINE_TEST_DAWPROJECTS` names a folder of them.

use audio_engine::render::{Processor, Slope, Workspace, render};

use super::*;
use crate::dawproject::{Effect, import};

#[test]
fn real_projects_become_mixes_that_are_rendered() {
    let Some(folder) = std::env::var_os("LEDGERLINE_TEST_DAWPROJECTS") else {
        eprintln!("SKIPPED: LEDGERLINE_TEST_DAWPROJECTS names no folder, no real project was taken over");
        return;
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "dawproject"));
    assert!(!paths.is_empty(), "the folder holds projects");
    for path in paths {
        let into = tempfile::tempdir().unwrap();
        let imported = import(&path, into.path(), None).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut workspace = Workspace::new(into.path());
        for source in imported.mix.sources() {
            workspace = workspace.with_source(source, into.path().join(source));
        }
        render(&imported.mix, &workspace, &mut ()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // What is known of those that Bitwig Studio wrote.
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("audio-regions") => check_regions(&imported),
            Some("automation") => check_automation(&imported),
            Some("eq") => check_equaliser(&imported),
            _ => {}
        }
    }
}

/// A file of one second that goes round four times and a bit, on a track at -10 dB.
fn check_regions(Imported { mix, ledger, .. }: &Imported) {
    assert!(ledger.entries.is_empty(), "{ledger:#?}");
    assert_eq!((mix.tracks.len(), mix.buses.len(), mix.tempo_bpm), (1, 0, Some(110.0)));
    let track = &mix.tracks[0];
    assert_eq!((track.name.as_str(), track.clips.len()), ("cw_154_Hash", 5));
    assert!((track.strip.fader_db + 10.0).abs() < 1e-4);
    let last = &track.clips[4];
    let (position, to) = (last.position.seconds(None).unwrap(), last.to.unwrap().seconds(None).unwrap());
    assert!((position - 4.0).abs() < 1e-5 && (position + to - 8.0 * 60.0 / 110.0).abs() < 1e-6, "{last:?}");
}

/// A fader, a place and a mute that move, on a track without a sound.
fn check_automation(Imported { mix, ledger, .. }: &Imported) {
    let paths: Vec<&str> = mix.automation.iter().map(|lane| lane.parameter.as_str()).collect();
    assert_eq!(paths, ["tracks[0].strip.fader_db", "tracks[0].strip.pan.position"]);
    assert_eq!((ledger.entries.len(), ledger.count(Fidelity::Approximated)), (2, 2), "{ledger:#?}");
    assert!(matches!(entry(ledger, "balance").effect, Effect::LevelDb(db) if (db - 3.01).abs() < 0.01));
    assert_eq!(mix.tracks[0].clips[0].source, "audio/silence.wav");
    assert_eq!(mix.buses[0].name, "FX 1");
}

/// An equaliser of six bands on an effect.
fn check_equaliser(Imported { mix, ledger, .. }: &Imported) {
    let [told] = &ledger.entries[..] else { panic!("{ledger:#?}") };
    assert_eq!((told.place.as_str(), told.fidelity), ("EQ+ › EQ+", Fidelity::Approximated));
    assert!(matches!(told.effect, Effect::LevelDb(db) if (db - 3.33).abs() < 0.1), "{told:?}");
    let [Processor::HighPass(cut), Processor::Equaliser(bands)] = &mix.buses[0].strip.processors[..] else {
        panic!("{:?}", mix.buses[0].strip)
    };
    assert!((cut.frequency_hz - 240.0).abs() < 0.1 && cut.slope == Slope::Db48);
    // Five bands, and the one that makes the steep cut as sharp as its quality says.
    assert_eq!(bands.bands.len(), 6);
}
