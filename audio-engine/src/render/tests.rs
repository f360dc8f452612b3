//! The graph as a whole: targets, ceilings, determinism, null tests, refusals.

#![expect(clippy::cast_possible_truncation, reason = "signals are synthesised here")]

use super::*;
use crate::measure::measure;
use crate::testing::{material, write_wav};

const RATE: u32 = 44_100;

/// Music-like: a chord with a beat of decaying noise bursts, loud transients over a quiet bed.
fn write_music(path: &Path, seconds: u32, rate: u32, channels: u16, level: f32) {
    let spec =
        hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 24, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    let mut noise = crate::dsp::Noise::new(7);
    for i in 0..seconds * rate {
        let t = f64::from(i) / f64::from(rate);
        let beat = (t * 2.0).fract() / 2.0;
        let hit = (-beat * 30.0).exp() * noise.bipolar() * 0.9;
        let chord: f64 =
            [220.0, 277.18, 329.63, 1760.0].iter().map(|f| (t * f * std::f64::consts::TAU).sin() * 0.12).sum();
        for c in 0..channels {
            let side = 1.0 - 0.3 * f64::from(c);
            let x = (chord * side + hit) as f32 * level;
            writer.write_sample((x.clamp(-1.0, 1.0) * 8_388_607.0) as i32).unwrap();
        }
    }
    writer.finalize().unwrap();
}

fn output(file: &str, format: Format) -> Output {
    Output::new(file, format)
}

fn setting(seconds: u32) -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source.wav");
    write_music(&path, seconds, RATE, 2, 0.5);
    let workspace = Workspace::new(folder.path()).with_source("beat", path);
    (folder, workspace)
}

fn samples(path: &Path) -> Vec<Vec<f32>> {
    let mut decoder = Decoder::open(path).unwrap();
    let mut all = vec![Vec::new(); decoder.spec().channels];
    while let Some(block) = decoder.next_block().unwrap() {
        for (all, channel) in all.iter_mut().zip(block) {
            all.extend_from_slice(channel);
        }
    }
    all
}

#[test]
fn every_format_reaches_target_and_holds_ceiling() {
    let (_folder, workspace) = setting(6);
    let formats = [Format::Wav16, Format::Wav24, Format::Mp3Kbps128, Format::Mp3Kbps192, Format::Mp3Kbps320];
    let outputs = formats.iter().enumerate().map(|(i, f)| output(&format!("{i}.{}", f.extension()), *f)).collect();
    let mut mix = Mix::master("beat", outputs);
    mix.master.target = Target::Custom(-11.0);
    let receipt = render(&mix, &workspace, &mut ()).unwrap();
    assert_eq!(receipt.outputs.len(), 5);
    for output in &receipt.outputs {
        let again = measure(&output.path).unwrap();
        assert_eq!(again, output.measured, "{}", output.file);
        let loudness = again.integrated_lufs.unwrap();
        assert!((loudness + 11.0).abs() <= 0.2, "{}: {loudness}", output.file);
        assert!(again.true_peak_dbtp.unwrap() <= -1.0, "{}: {:?}", output.file, again.true_peak_dbtp);
        assert!(output.limiter_max_reduction_db > 1.0, "the limiter worked");
        assert_eq!(samples(&output.path)[0].len(), 6 * RATE as usize, "{}", output.file);
        assert!(matches!(output.loudness, LoudnessOutcome::Reached { .. }));
    }
}

#[test]
fn preview_without_voice_and_duck_is_the_master() {
    let (_folder, workspace) = setting(6);
    let outputs = vec![output("out.wav", Format::Wav24), output("out.mp3", Format::Mp3Kbps128)];
    let master = Mix::master("beat", outputs);
    let muted = TagNode { level_lu: None, duck_db: 0.0, ..TagNode::default() };
    let preview = Mix { tags: vec![muted], ..master.clone() };
    let hashes = |receipt: &Receipt| receipt.outputs.iter().map(|o| o.sha256.clone()).collect::<Vec<_>>();
    let plain = render(&master, &workspace, &mut ()).unwrap();
    let tagged = render(&preview, &workspace, &mut ()).unwrap();
    assert!(!tagged.tags_at_s.is_empty());
    assert_eq!(hashes(&plain), hashes(&tagged));
    // And with the voice it is another file, at the same loudness.
    let spoken = Mix { tags: vec![TagNode::default()], ..master };
    let spoken = render(&spoken, &workspace, &mut ()).unwrap();
    assert_ne!(hashes(&plain), hashes(&spoken));
    assert!((spoken.outputs[0].measured.integrated_lufs.unwrap() + 14.0).abs() <= 0.2);
}

#[test]
fn block_size_does_not_matter() {
    let (_folder, workspace) = setting(5);
    let mut mix = Mix::master("beat", vec![output("o.wav", Format::Wav16), output("o.mp3", Format::Mp3Kbps192)]);
    mix.tags = vec![TagNode { every_s: 4.0, longest_uncovered_s: 3.0, ..TagNode::default() }];
    mix.sample_rate_hz = Some(48_000);
    let run = |block_frames| {
        let workspace = Workspace { block_frames, ..workspace.clone() };
        render(&mix, &workspace, &mut ()).unwrap()
    };
    let whole = run(4096);
    for block in [64, 256, 1024, 1000] {
        assert_eq!(whole, run(block), "blocks of {block}");
    }
}

#[test]
fn tag_is_heard_and_music_steps_back() {
    let (_folder, workspace) = setting(10);
    let mut mix = Mix::master("beat", vec![output("o.wav", Format::Wav24)]);
    mix.master.target = Target::AsIs;
    let plain = samples(&render(&mix, &workspace, &mut ()).unwrap().outputs[0].path);
    mix.tags = vec![TagNode { level_lu: None, duck_db: 12.0, first_at_s: 2.0, ..TagNode::default() }];
    let ducked = samples(&render(&mix, &workspace, &mut ()).unwrap().outputs[0].path);
    let energy = |x: &[f32]| x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let db = |from: usize, to: usize| 10.0 * (energy(&ducked[0][from..to]) / energy(&plain[0][from..to])).log10();
    let second = RATE as usize;
    assert!(db(0, second).abs() < 0.01);
    assert!((db(2 * second + 2000, 3 * second) + 12.0).abs() < 0.1, "{}", db(2 * second + 2000, 3 * second));
    assert!(db(5 * second, 7 * second).abs() < 0.01);
}

#[test]
fn a_voice_of_a_moment_is_heard_and_the_silence_around_it_covers_nothing() {
    let (folder, workspace) = setting(20);
    let voice = folder.path().join("voice.wav");
    let mut speech = material(RATE, 1, RATE as usize / 4);
    speech[0].splice(0..0, vec![0.0; RATE as usize]);
    speech[0].resize(RATE as usize * 8, 0.0);
    write_wav(&voice, RATE, &speech);
    let workspace = workspace.with_source("voice", voice);
    let node = TagNode {
        source: Some("voice".into()),
        every_s: 5.0,
        longest_uncovered_s: 4.0,
        duck_db: 0.0,
        ..TagNode::default()
    };
    let mut mix =
        Mix::master("beat", vec![output("plain.wav", Format::Wav32Float), output("o.wav", Format::Wav32Float)]);
    mix.outputs[0].tagged = Some(false);
    mix.master = Master { target: Target::AsIs, trim_db: -30.0, ..Master::default() };
    mix.tags = vec![node];
    let receipt = render(&mix, &workspace, &mut ()).unwrap();
    let starts = &receipt.tags_at_s;
    assert!(starts.windows(2).all(|pair| pair[1] - pair[0] < 4.3), "gaps are counted between words: {starts:?}");
    let [plain, tagged] = [0, 1].map(|i| samples(&receipt.outputs[i].path));
    for start in starts {
        let from = crate::dsp::whole(start * f64::from(RATE));
        let words = (from..from + RATE as usize / 5).map(|i| (tagged[0][i] - plain[0][i]).abs());
        assert!(words.fold(0.0, f32::max) > 1e-3, "the voice is heard at {start}");
    }
}

#[test]
fn a_tag_without_a_voice_is_refused() {
    let (folder, workspace) = setting(5);
    let silence = folder.path().join("silence.wav");
    write_wav(&silence, RATE, &[vec![0.0; RATE as usize]]);
    let workspace = workspace.with_source("silence", silence);
    let mut mix = Mix::master("beat", vec![output("o.wav", Format::Wav24)]);
    mix.tags = vec![TagNode::default(), TagNode { source: Some("silence".into()), ..TagNode::default() }];
    let error = render(&mix, &workspace, &mut ()).unwrap_err();
    assert!(matches!(&error, RenderError::Document { path, .. } if path == "tags[1].source"), "{error}");
}

#[test]
fn a_preview_without_tags_is_refused_instead_of_being_the_master() {
    let document = |tags: &str, tagged: &str| {
        format!(
            r#"{{"version":2,"tracks":[{{"name":"a","clips":[{{"source":"a"}}]}}]{tags},
            "outputs":[{{"file":"m.wav","format":"wav24"}},{{"file":"p.mp3","format":"mp3-128"{tagged}}}]}}"#
        )
    };
    let error = Mix::from_json(&document("", r#","tagged":true"#)).unwrap_err();
    assert!(matches!(&error, RenderError::Document { path, .. } if path == "outputs[1].tagged"), "{error}");
    for (tags, tagged) in
        [("", ""), ("", r#","tagged":false"#), (r#","tags":[{}]"#, r#","tagged":true"#), (r#","tags":[{}]"#, "")]
    {
        Mix::from_json(&document(tags, tagged)).unwrap();
    }
}

#[test]
fn stems_sum_to_their_mix() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b, sum_path) = (folder.path().join("a.wav"), folder.path().join("b.wav"), folder.path().join("mix.wav"));
    write_music(&a, 3, RATE, 1, 0.2);
    write_music(&b, 4, 48_000, 2, 0.2);
    let workspace = Workspace::new(folder.path()).with_source("a", &a).with_source("b", &b);
    let mut mix = Mix::master("a", vec![output("sum.wav", Format::Wav24)]);
    mix.tracks[0].strip.fader_db = -6.0;
    mix.tracks.extend(Mix::master("b", Vec::new()).tracks);
    mix.sample_rate_hz = Some(48_000);
    mix.master.target = Target::AsIs;
    let receipt = render(&mix, &workspace, &mut ()).unwrap();
    assert_eq!((receipt.sample_rate_hz, receipt.frames), (48_000, 4 * 48_000));
    let sum = samples(&receipt.outputs[0].path);
    let b = samples(&b);
    // After the first input has ended, the second is alone.
    let error = sum[1][150_000..].iter().zip(&b[1][150_000..]).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
    assert!(error < 3e-7, "{error}");
    assert!(!sum_path.exists());
}

#[test]
fn tags_are_written_and_read_back() {
    let (_folder, mut workspace) = setting(2);
    let cover = workspace.output_dir.join("cover.png");
    std::fs::write(&cover, [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 64]].concat()).unwrap();
    workspace = workspace.with_source("cover", cover);
    let metadata = Metadata {
        title: Some("Night Ledger".into()),
        artist: Some("Zoë".into()),
        album: Some("Beats".into()),
        comment: Some("lic_123".into()),
        isrc: Some("DEA012400001".into()),
        bpm: Some(140.0),
        key: Some("F#m".into()),
        date: None,
        artwork: Some("cover".into()),
    };
    let outputs = [("t.wav", Format::Wav24), ("t.mp3", Format::Mp3Kbps320)]
        .map(|(file, format)| Output { metadata: metadata.clone(), ..output(file, format) });
    let receipt = render(&Mix::master("beat", outputs.to_vec()), &workspace, &mut ()).unwrap();
    for output in &receipt.outputs {
        let facts = crate::decode::inspect(&output.path).unwrap();
        assert_eq!(facts.frames, u64::from(2 * RATE));
        assert_eq!(facts.tags.title.as_deref(), Some("Night Ledger"), "{}", output.file);
        assert_eq!(facts.tags.artist.as_deref(), Some("Zoë"));
        assert_eq!((facts.tags.bpm, facts.tags.key.as_deref()), (Some(140.0), Some("F#m")));
        assert_eq!(facts.tags.isrc.as_deref(), Some("DEA012400001"));
    }
}

#[test]
fn the_mix_s_tempo_and_key_are_in_outputs_that_state_none() {
    let (_folder, workspace) = setting(2);
    let mut outputs =
        vec![output("a.wav", Format::Wav24), output("a.mp3", Format::Mp3Kbps320), output("b.mp3", Format::Mp3Kbps320)];
    outputs[2].metadata = Metadata { bpm: Some(70.0), key: Some("A".into()), ..Metadata::default() };
    let mix = Mix { tempo_bpm: Some(140.0), key: Some("F#m".into()), ..Mix::master("beat", outputs) };
    let receipt = render(&mix, &workspace, &mut ()).unwrap();
    for (output, (bpm, key)) in receipt.outputs.iter().zip([(140.0, "F#m"), (140.0, "F#m"), (70.0, "A")]) {
        let tags = crate::decode::inspect(&output.path).unwrap().tags;
        assert_eq!((tags.bpm, tags.key.as_deref()), (Some(bpm), Some(key)), "{}", output.file);
    }
}

#[test]
fn tags_that_mean_nothing_are_refused_by_their_field() {
    let metadata = |json: &str| {
        let text = format!(
            r#"{{"version":2,"tracks":[{{"name":"a","clips":[{{"source":"a"}}]}}],
            "outputs":[{{"file":"a.wav","format":"wav24","metadata":{json}}}]}}"#
        );
        Mix::from_json(&text).map(drop)
    };
    for (field, wrong) in [
        ("bpm", "-5"),
        ("bpm", "1000"),
        ("isrc", r#""garbage""#),
        ("isrc", r#""US-RC17607839""#),
        ("date", r#""yesterday""#),
        ("date", r#""2026-13-01""#),
        ("key", r#""H#mm""#),
        ("key", r#""A ""#),
        ("title", "\"a\\u0000b\""),
    ] {
        let error = metadata(&format!(r#"{{"{field}":{wrong}}}"#)).unwrap_err();
        let expected = format!("outputs[0].metadata.{field}");
        assert!(matches!(&error, RenderError::Document { path, .. } if *path == expected), "{wrong}: {error}");
    }
    for right in [
        r#"{"bpm":92.5,"isrc":"US-RC1-76-07839","date":"2026-03-01","key":"C# minor","comment":"one\ntwo"}"#,
        r#"{"isrc":"USRC17607839","key":"F♯m"}"#,
        r#"{"key":"Bb"}"#,
    ] {
        metadata(right).unwrap();
    }
    let mut mix = Mix::master("a", vec![output("a.wav", Format::Wav24)]);
    mix.key = Some("H".into());
    assert!(matches!(mix.check(), Err(RenderError::Document { path, .. }) if path == "key"));
}

#[test]
fn the_schema_says_the_limits_that_are_held() {
    let schema: serde_json::Value = serde_json::from_str(&mix_schema()).unwrap();
    let limits = |part: &serde_json::Value| (part["minimum"].as_f64(), part["maximum"].as_f64());
    let of_variant = |kind: &str, name: &str| {
        let variants = schema["$defs"][kind]["oneOf"].as_array().unwrap();
        limits(variants.iter().find_map(|variant| variant["properties"].get(name)).unwrap())
    };
    assert_eq!(of_variant("Target", "custom"), (Some(-40.0), Some(-5.0)));
    assert_eq!(of_variant("Shape", "curve"), (Some(-1.0), Some(1.0)));
    let rate = &schema["$defs"]["Output"]["properties"]["sample_rate_hz"];
    assert_eq!(limits(rate), (Some(8_000.0), Some(192_000.0)));
    assert_eq!(limits(&schema["$defs"]["Metadata"]["properties"]["bpm"]), (Some(20.0), Some(400.0)));
}

#[test]
fn silence_and_short_sounds_are_rendered_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("silence.wav");
    write_music(&path, 1, RATE, 1, 0.0);
    let workspace = Workspace::new(folder.path()).with_source("beat", path);
    let receipt = render(&Mix::master("beat", vec![output("s.mp3", Format::Mp3Kbps128)]), &workspace, &mut ()).unwrap();
    assert_eq!(receipt.outputs[0].loudness, LoudnessOutcome::Unmeasurable);
    assert_eq!(receipt.outputs[0].gain_db.to_bits(), 0.0_f64.to_bits());
    let preview = render(&Mix::preview("beat", "p.mp3", TagNode::default()), &workspace, &mut ()).unwrap();
    assert!(preview.outputs[0].measured.true_peak_dbtp.unwrap() <= -1.0);
}

#[test]
fn documents_are_checked() {
    let refused = |json: &str| match Mix::from_json(json) {
        Err(RenderError::Document { path, .. }) => path,
        other => panic!("{other:?}"),
    };
    let with = |fields: &str, file: &str| {
        format!(
            r#"{{"version":2,"tracks":[{{"name":"a","clips":[{{"source":"a"}}]}}]{fields},"outputs":[{{"file":"{file}","format":"wav24"}}]}}"#
        )
    };
    assert!(Mix::from_json(&with("", "a.wav")).is_ok());
    assert_eq!(refused(&with("", "../a.wav")), "outputs[0].file");
    assert_eq!(refused(&with(r#","surprise":1"#, "a.wav")), "surprise");
    assert_eq!(refused(&with(r#","master":{"ceiling_dbtp":3}"#, "a.wav")), "master.ceiling_dbtp");
    assert_eq!(refused(&with(r#","tags":[{"every_s":0.1}]"#, "a.wav")), "tags[0].every_s");
    assert_eq!(refused(r#"{"version":2}"#), "");
    let said = |json: &str| Mix::from_json(json).unwrap_err().to_string();
    assert!(said("[]").starts_with("the document is refused: "), "{}", said("[]"));
    let processor = |kind: &str| {
        let processors = format!(r#","master":{{"processors":[{kind}]}}"#);
        said(&with(&processors, "a.wav"))
    };
    let unknown = processor(r#"{"fuzz":{}}"#);
    assert!(unknown.starts_with("the document's master.processors[0] is refused: "), "{unknown}");
    let bands = processor(r#"{"multiband":{"crossovers_hz":[200],"bands":[{}]}}"#);
    assert!(bands.ends_with("2 are needed"), "{bands}");
    let marked = format!("\u{feff}{}", with("", "a.wav"));
    assert!(Mix::from_json(&marked).is_ok(), "a byte-order mark is no part of the document");
    let document = Mix::preview("a", "p.mp3", TagNode::default());
    assert_eq!(Mix::from_json(&serde_json::to_string(&document).unwrap()).unwrap(), document);
}

#[test]
fn missing_sources_are_named() {
    let workspace = Workspace::new(std::env::temp_dir());
    let error = render(&Mix::preview("beat", "p.mp3", TagNode::default()), &workspace, &mut ()).unwrap_err();
    assert!(matches!(error, RenderError::MissingSource { name } if name == "beat"));
}

#[test]
fn a_source_that_cannot_be_decoded_is_named() {
    let (folder, workspace) = setting(1);
    let path = folder.path().join("bad.wav");
    let whole = std::fs::read(folder.path().join("source.wav")).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let workspace = workspace.with_source("bad", path).with_source("folder", folder.path());
    for name in ["bad", "folder"] {
        let mut mix = Mix::master("beat", vec![output("o.wav", Format::Wav24)]);
        mix.tracks.extend(Mix::master(name, Vec::new()).tracks);
        let error = render(&mix, &workspace, &mut ()).unwrap_err();
        assert!(matches!(&error, RenderError::Decode { name: named, .. } if named == name), "{error}");
    }
}

#[test]
fn key_follows_document_and_inputs() {
    let hashes = |hash: &str| BTreeMap::from([("beat".to_owned(), hash.to_owned())]);
    let document = Mix::preview("beat", "p.mp3", TagNode::default());
    let key = render_key(&document, &hashes("aa")).unwrap();
    assert_eq!(key.len(), 64);
    assert_eq!(key, render_key(&document.clone(), &hashes("aa")).unwrap());
    assert_ne!(key, render_key(&document, &hashes("bb")).unwrap());
    let mut other = document.clone();
    other.master.ceiling_dbtp = Some(-1.5);
    assert_ne!(key, render_key(&other, &hashes("aa")).unwrap());
    assert!(render_key(&document, &BTreeMap::new()).is_err());
}

struct CancelAt(u32, u32);

impl Progress for CancelAt {
    fn report(&mut self, done_ppm: u32) {
        assert!(done_ppm >= self.1, "progress never falls");
        self.1 = done_ppm;
    }

    fn is_cancelled(&self) -> bool {
        self.1 >= self.0
    }
}

#[test]
fn progress_rises_and_cancelling_leaves_nothing() {
    let (folder, workspace) = setting(6);
    let mix = Mix::preview("beat", "p.mp3", TagNode::default());
    let error = render(&mix, &workspace, &mut CancelAt(700_000, 0)).unwrap_err();
    assert!(matches!(error, RenderError::Cancelled));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["source.wav"]);
    let mut progress = CancelAt(u32::MAX, 0);
    render(&mix, &workspace, &mut progress).unwrap();
    assert_eq!(progress.1, 1_000_000);
}

#[test]
fn sources_are_not_overwritten() {
    let (_folder, workspace) = setting(1);
    let error =
        render(&Mix::master("beat", vec![output("source.wav", Format::Wav24)]), &workspace, &mut ()).unwrap_err();
    assert!(matches!(error, RenderError::Document { path, .. } if path == "outputs[0].file"));
    // One file on a disk that does not tell case apart.
    let error = render(&Mix::master("beat", vec![output("Source.WAV", Format::Wav24)]), &workspace, &mut ());
    assert!(matches!(error, Err(RenderError::Document { path, .. }) if path == "outputs[0].file"));
}

#[test]
fn names_that_some_disks_or_players_confuse_are_refused() {
    let refused = |outputs: &[(&str, Format)]| {
        let outputs = outputs.iter().map(|(file, format)| output(file, *format)).collect();
        match Mix::master("beat", outputs).check() {
            Err(RenderError::Document { path, .. }) => Some(path),
            other => other.map(|()| None).unwrap(),
        }
    };
    let first = Some("outputs[0].file".to_owned());
    assert_eq!(refused(&[("x.wav", Format::Wav24), ("X.WAV", Format::Wav16)]), Some("outputs[1].file".to_owned()));
    assert_eq!(refused(&[("x.mp3", Format::Wav16)]), first);
    assert_eq!(refused(&[("x.wav", Format::Flac24)]), first);
    assert_eq!(refused(&[("x.WAV", Format::Wav16), ("Vol. 2", Format::Wav16), ("y.mp3", Format::Mp3V0)]), None);
}

mod automation;
mod golden;
mod graph;
mod loudness;
mod paths;
mod reference;
mod voice;
