//! The examples, however they are cut; refusals, and what is kept of a render.

use super::*;
use crate::dsp::Planar;
use crate::measure::Meter;
use crate::render::tags::{Music, TagTrack};
use proptest::prelude::*;

const HZ: u32 = 48_000;

/// Every example with sources made up for it.
fn examples() -> Vec<(Mix, tempfile::TempDir, Workspace)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let prepare = |path: PathBuf| {
        let mut mix = Mix::from_json(&std::fs::read_to_string(&path).unwrap()).unwrap();
        // So fast that what stands in beats is over soon.
        mix.tempo_bpm = mix.tempo_bpm.map(|_| 360.0);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        std::fs::create_dir(&out).unwrap();
        let mut workspace = Workspace::new(out);
        for (i, name) in (0_u16..).zip(mix.sources()) {
            let path = folder.path().join(name);
            if name == "tag.wav" {
                write_music(&path, 1, HZ, 2, 0.3);
            } else {
                write_music(&path, 3, if i % 2 == 0 { HZ } else { RATE }, 1 + i % 2, 0.15);
            }
            workspace = workspace.with_source(name, path);
        }
        (mix, folder, workspace)
    };
    paths.into_iter().map(prepare).collect()
}

#[test]
fn examples_give_the_same_bytes_for_any_blocks_and_threads() {
    for (mut mix, _folder, workspace) in examples() {
        // The encoders have tests of their own, and take most of the time.
        for output in &mut mix.outputs {
            (output.format, output.file) = (Format::Wav24, format!("{}.wav", output.file));
        }
        let run = |block_frames, threads| {
            let workspace = Workspace { block_frames, threads, ..workspace.clone() };
            render(&mix, &workspace, &mut ()).unwrap()
        };
        let whole = run(4096, 1);
        for (block_frames, threads) in [(64, 2), (256, 1), (1024, 3)] {
            assert_eq!(whole, run(block_frames, threads), "blocks of {block_frames}, {threads} threads");
        }
    }
}

#[test]
fn a_trim_that_moves_gives_the_same_bytes_for_any_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("music.wav");
    write_music(&path, 2, HZ, 2, 0.3);
    let workspace = Workspace::new(folder.path()).with_source("music", path);
    let mix = Mix::from_json(
        r#"{"version":2,"sample_rate_hz":48000,
        "tracks":[{"name":"a","clips":[{"source":"music"}],"strip":{"processors":[{"compressor":{}}]}}],
        "automation":[{"parameter":"tracks[0].strip.trim_db","points":[
          {"at":{"seconds":0},"value":-20},{"at":{"seconds":1.5},"value":3}]}],
        "outputs":[{"file":"unused.wav","format":"wav24"}]}"#,
    );
    let mut mix = mix.unwrap();
    mix.outputs = vec![Output::new("mix.wav", Format::Wav32Float)];
    mix.master.target = Target::AsIs;
    let run = |mix: &Mix, block_frames| render(mix, &Workspace { block_frames, ..workspace.clone() }, &mut ()).unwrap();
    let whole = run(&mix, 4096);
    // A chain takes pieces of 1024 frames, of which 1600 is no multiple.
    for block_frames in [64, 1600] {
        assert_eq!(whole, run(&mix, block_frames), "blocks of {block_frames}");
    }
    mix.automation.clear();
    assert_ne!(whole.outputs[0].sha256, run(&mix, 4096).outputs[0].sha256, "the trim is heard");
}

#[test]
fn a_preview_less_its_tags_is_the_master_in_every_example() {
    for (mut mix, _folder, workspace) in examples() {
        mix.outputs = vec![
            Output { tagged: Some(false), ..Output::new("master.wav", Format::Wav32Float) },
            Output::new("preview.wav", Format::Wav32Float),
        ];
        mix.tail_s = 12.0;
        mix.tags.iter_mut().for_each(|tag| (tag.every_s, tag.longest_uncovered_s) = (4.0, 4.0));
        // As far from the limiter as it takes: then what differs is the tags alone.
        mix.master.target = Target::AsIs;
        mix.master.trim_db = -30.0;
        let spoken = mix.tags.clone();
        let run = |tags: &[TagNode]| {
            let receipt = render(&Mix { tags: tags.to_vec(), ..mix.clone() }, &workspace, &mut ()).unwrap();
            (samples(&receipt.outputs[0].path), samples(&receipt.outputs[1].path), receipt)
        };
        let silent: Vec<TagNode> =
            spoken.iter().map(|tag| TagNode { level_lu: None, duck_db: 0.0, ..tag.clone() }).collect();
        let (master, preview, _) = run(&silent);
        assert_eq!(master, preview, "without voice and duck, a preview is the master to the last bit");
        let (again, preview, receipt) = run(&spoken);
        assert_eq!(master, again, "the master does not know of tags");
        assert!(receipt.tags_at_s.len() > 1, "several tags: {:?}", receipt.tags_at_s);
        // The tag path by itself, over the whole length at once: it ducks the master and adds the voice.
        let mut expected = master.clone();
        let mut meter = Meter::new(2, receipt.sample_rate_hz);
        meter.add(&master);
        for node in mix.tags.iter().enumerate() {
            let mut path = TagTrack::load(node, &workspace, receipt.sample_rate_hz).unwrap();
            let music = Music { integrated_lufs: receipt.source.integrated_lufs, course: &meter.course() };
            path.place(&music, receipt.frames, receipt.sample_rate_hz, &mix);
            path.apply(&mut expected, 0, &mut Vec::new());
        }
        let most = |a: &Planar, b: &Planar| {
            a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0_f32, f32::max)
        };
        assert!(most(&master, &preview) > 1e-4, "the voice is there");
        assert!(most(&expected, &preview) < 1e-6, "-120 dB: {}", most(&expected, &preview));

        // And without duck the voice is the same at every place but for its level, and nothing is anywhere else.
        let unducked: Vec<TagNode> = spoken.iter().take(1).map(|tag| TagNode { duck_db: 0.0, ..tag.clone() }).collect();
        let (_, preview, receipt) = run(&unducked);
        let frame_of = |at: &f64| crate::dsp::whole((at * f64::from(receipt.sample_rate_hz)).round());
        let starts: Vec<usize> = receipt.tags_at_s.iter().map(frame_of).collect();
        let voice = |frame: usize| preview[0][frame] - master[0][frame];
        let ends: Vec<usize> = starts.iter().skip(1).copied().chain([master[0].len()]).collect();
        assert!((0..starts[0]).all(|frame| voice(frame).abs() < 1e-6), "-120 dB before the first tag");
        let first = ends[0] - starts[0];
        for (start, end) in starts.iter().zip(ends) {
            let said = |frame: usize| if frame - start < first { voice(starts[0] + frame - start) } else { 0.0 };
            let with_said = |heard: &dyn Fn(usize) -> f32| -> f64 {
                (*start..end).map(|frame| f64::from(heard(frame)) * f64::from(said(frame))).sum()
            };
            let level = crate::dsp::narrow(with_said(&voice) / with_said(&said));
            assert!((0.24..4.1).contains(&level), "both stand within 6 LU of the music: {level}");
            let off = (*start..end).map(|frame| (voice(frame) - level * said(frame)).abs());
            assert!(off.fold(0.0, f32::max) < 1e-6, "the tag at {start} is as the first");
        }
    }
}

#[test]
fn refusals_name_their_field() {
    let refused = |fields: &str| {
        let json = format!(r#"{{"version":2,{fields},"outputs":[{{"file":"o.wav","format":"wav24"}}]}}"#);
        match Mix::from_json(&json) {
            Err(RenderError::Document { path, .. }) => path,
            other => panic!("{fields}: {other:?}"),
        }
    };
    let strip = |strip: &str| format!(r#""tracks":[{{"name":"a","clips":[{{"source":"s"}}],"strip":{strip}}}]"#);
    let clip = |clip: &str| format!(r#""tracks":[{{"name":"a","clips":[{clip}]}}]"#);
    let plain = r#""tracks":[{"name":"a","clips":[{"source":"s"}]}]"#;
    for (fields, path) in [
        (strip(r#"{"fader_db":40}"#), "tracks[0].strip.fader_db"),
        (strip(r#"{"fade_db":4}"#), "tracks[0].strip.fade_db"),
        (strip(r#"{"processors":[{"compressor":{"ratio":0.5}}]}"#), "tracks[0].strip.processors[0].compressor.ratio"),
        (strip(r#"{"processors":[{"compressor":{"ration":5}}]}"#), "tracks[0].strip.processors[0].compressor.ration"),
        (
            strip(r#"{"processors":[{"compressor":{"side_chain":"x"}}]}"#),
            "tracks[0].strip.processors[0].compressor.side_chain",
        ),
        (strip(r#"{"processors":[{"delay":{"time":{"beats":1}}}]}"#), "tracks[0].strip.processors[0].delay.time.beats"),
        (strip(r#"{"sends":[{"to":"a"}]}"#), "tracks[0].strip.sends[0].to"),
        (
            strip(&format!(r#"{{"processors":[{}]}}"#, [r#"{"convolution":{"source":"r"}}"#; 9].join(","))),
            "tracks[0].strip.processors[8].convolution",
        ),
        (clip(r#"{"source":"s","from":{"seconds":2},"to":{"seconds":1}}"#), "tracks[0].clips[0].to"),
        (clip(r#"{"source":"s","position":{"beats":1}}"#), "tracks[0].clips[0].position.beats"),
        (format!(r#"{plain},"master":{{"target":{{"custom":3}}}}"#), "master.target.custom"),
        (format!(r#"{plain},"tempo_bpm":1000"#), "tempo_bpm"),
        (
            format!(
                r#"{plain},"buses":[{{"name":"b","output":"c"}},{{"name":"c","strip":{{"sends":[{{"to":"b"}}]}}}}]"#
            ),
            "buses[0]",
        ),
        (format!(r#"{plain},"buses":[{{"name":"a"}}]"#), "buses[0].name"),
        (
            format!(
                r#"{plain},"automation":[{{"parameter":"tracks[0].strip.fader_db","points":[{{"at":{{"seconds":0}},"value":99}}]}}]"#
            ),
            "automation[0].points[0].value",
        ),
        (
            format!(
                r#"{plain},"automation":[{{"parameter":"tracks[1].strip.fader_db","points":[{{"at":{{"seconds":0}},"value":9}}]}}]"#
            ),
            "automation[0].parameter",
        ),
        (
            format!(
                r#"{plain},"automation":[{{"parameter":"master.max_reduction_db","points":[{{"at":{{"seconds":0}},"value":9}}]}}]"#
            ),
            "automation[0].parameter",
        ),
    ] {
        assert_eq!(refused(&fields), path);
    }
}

#[test]
fn the_schema_knows_every_processor_with_its_ranges() {
    let schema: serde_json::Value = serde_json::from_str(&mix_schema()).unwrap();
    let ratio = &schema["$defs"]["Compressor"]["properties"]["ratio"];
    assert_eq!((ratio["minimum"].as_f64(), ratio["maximum"].as_f64()), (Some(1.0), Some(100.0)));
    assert!(ratio["description"].as_str().unwrap().starts_with("Decibels in"));
    assert_eq!(schema["$defs"]["Processor"]["oneOf"].as_array().unwrap().len(), 13);
    assert_eq!(schema["additionalProperties"], false);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the text, reading it ends in a document or a refusal.
    #[test]
    fn no_text_makes_it_fall_over(cut in 0..4000_usize, at in 0..4000_usize, byte in any::<u8>()) {
        let mut text = include_bytes!("../../../examples/song.json").to_vec();
        text.truncate(cut.max(1).min(text.len()));
        let at = at % text.len();
        text[at] = byte;
        if let Ok(text) = std::str::from_utf8(&text) {
            drop(Mix::from_json(text));
        }
    }
}

#[test]
fn a_fader_change_sums_kept_tracks_again() {
    let (mut mix, folder, workspace) = examples().pop().unwrap();
    let kept = folder.path().join("kept");
    std::fs::create_dir(&kept).unwrap();
    let cache = |max_bytes| StemCache { folder: kept.clone(), max_bytes };
    let cached = workspace.clone().with_stem_cache(cache(u64::MAX));
    let count = || std::fs::read_dir(&kept).unwrap().count();
    mix.outputs.truncate(1);
    let plain = render(&mix, &workspace, &mut ()).unwrap();
    assert_eq!(render(&mix, &cached, &mut ()).unwrap(), plain, "recording changes nothing");
    // The bass has a side chain.
    assert_eq!(count(), 2);
    assert_eq!(render(&mix, &cached, &mut ()).unwrap(), plain, "neither does playing");
    mix.automation.remove(0);
    mix.tracks[2].strip.fader_db = -5.0;
    mix.tracks[0].strip.sends[0].level_db = -20.0;
    let moved = render(&mix, &workspace, &mut ()).unwrap();
    assert_ne!(moved, plain);
    let smaller = Workspace { block_frames: 256, threads: 2, ..cached.clone() };
    assert_eq!(render(&mix, &smaller, &mut ()).unwrap(), moved);
    assert_eq!(count(), 2, "nothing had to be rendered again");
    mix.tracks[0].strip.trim_db = -1.0;
    let trimmed = render(&mix, &workspace, &mut ()).unwrap();
    assert_eq!(render(&mix, &cached, &mut ()).unwrap(), trimmed);
    assert_eq!(count(), 3, "one track is new");
    let bytes = std::fs::read_dir(&kept).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).max().unwrap();
    render(&mix, &workspace.clone().with_stem_cache(cache(bytes)), &mut ()).unwrap();
    assert_eq!(count(), 1, "the folder is bounded");
    // What only decodes is decoded again.
    mix.tracks.iter_mut().for_each(|track| track.strip.processors.clear());
    mix.automation.clear();
    render(&mix, &workspace.with_stem_cache(cache(u64::MAX)), &mut ()).unwrap();
    assert_eq!(count(), 1, "no track without processors is kept");
}
