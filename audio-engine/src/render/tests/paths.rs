//! What happens to a signal on its way through a mix: latencies, pan laws, fades, automation, sends.

use super::*;

const HZ: u32 = 48_000;

/// A stereo file of those samples, in 32-bit float, so that nothing is rounded.
pub(super) fn write_float(path: &Path, samples: impl Iterator<Item = [f32; 2]>) {
    let spec =
        hound::WavSpec { channels: 2, sample_rate: HZ, bits_per_sample: 32, sample_format: hound::SampleFormat::Float };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for [left, right] in samples {
        writer.write_sample(left).unwrap();
        writer.write_sample(right).unwrap();
    }
    writer.finalize().unwrap();
}

/// A mix of those tracks and buses as they come out of the master's processors.
pub(super) fn mixed(json: &str, workspace: &Workspace) -> Vec<Vec<f32>> {
    let text =
        format!(r#"{{"version":2,"sample_rate_hz":{HZ},{json},"outputs":[{{"file":"o.wav","format":"wav24"}}]}}"#);
    let mix = Mix::from_json(&text).unwrap();
    let mut graph = super::super::graph::Graph::open(&mix, workspace, &|| Ok(())).unwrap();
    let mut all = vec![Vec::new(); 2];
    while let Some(block) = graph.next().unwrap() {
        for (all, channel) in all.iter_mut().zip(block) {
            all.extend_from_slice(channel);
        }
    }
    all
}

fn steady(frames: usize) -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.wav");
    write_float(&path, std::iter::repeat_n([1.0, 1.0], frames));
    (folder, workspace_of(&path, "one"))
}

fn workspace_of(path: &Path, name: &str) -> Workspace {
    Workspace::new(path.parent().unwrap()).with_source(name, path)
}

#[test]
fn an_impulse_lands_on_its_sample_by_every_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("click.wav");
    write_float(&path, (0..24_000).map(|i| if i == 7_001 { [0.5, 0.5] } else { [0.0, 0.0] }));
    let workspace = workspace_of(&path, "click").with_source("response", {
        let path = folder.path().join("response.wav");
        write_float(&path, (0..600).map(|i| if i == 0 { [1.0, 1.0] } else { [0.0, 0.0] }));
        path
    });
    let paths = [
        r#"{"compressor":{"ratio":1,"look_ahead_ms":7.3}}"#,
        r#"{"gate":{"range_db":0,"look_ahead_ms":3}}"#,
        r#"{"convolution":{"source":"response","mix":1}}"#,
        r#"{"saturation":{"drive_db":0,"mix":0}}"#,
        r#"{"compressor":{"ratio":1,"side_chain":"t0"}}"#,
        r#"{"equaliser":{"bands":[{"gain_db":0}]}}"#,
    ];
    let track = |i: usize, processor: &str, output: &str| {
        format!(
            r#"{{"name":"t{i}","clips":[{{"source":"click"}}],{output}"strip":{{"processors":[{processor}],
            "sends":[{{"to":"late","pre_fader":true}}]}}}}"#
        )
    };
    let tracks: Vec<String> = paths
        .iter()
        .enumerate()
        .map(|(i, path)| track(i, path, if i % 2 == 0 { "" } else { r#""output":"early","# }))
        .collect();
    let json = format!(
        r#""tracks":[{}],"buses":[{{"name":"early"}},{{"name":"late","output":"early",
        "strip":{{"processors":[{{"compressor":{{"ratio":1,"look_ahead_ms":11}}}}]}}}}],
        "master":{{"processors":[{{"gate":{{"range_db":0,"look_ahead_ms":1}}}}]}}"#,
        tracks.join(",")
    );
    let out = mixed(&json, &workspace);
    assert_eq!(out[0].len(), 24_000, "nothing longer, nothing shorter");
    // Each of six tracks twice: once straight or by the first bus, once by the send.
    let wrong: Vec<_> = out[0].iter().enumerate().filter(|(i, x)| *i != 7_001 && x.abs() > 1e-4).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!((out[0][7_001] - 6.0).abs() < 0.05, "{}", out[0][7_001]);
}

#[test]
fn every_processor_is_as_late_as_it_says() {
    const AT: usize = 7_001;
    let folder = tempfile::tempdir().unwrap();
    let (click, response) = (folder.path().join("click.wav"), folder.path().join("response.wav"));
    write_float(&click, (0..24_000).map(|i| if i == AT { [0.5, 0.5] } else { [0.0, 0.0] }));
    write_float(&response, (0..600).map(|i| if i == 0 { [1.0, 1.0] } else { [0.0, 0.0] }));
    let workspace = workspace_of(&click, "click").with_source("response", response);
    let through = |processor: &str| {
        let track = format!(r#"{{"name":"a","clips":[{{"source":"click"}}],"strip":{{"processors":[{processor}]}}}}"#);
        let master = format!(r#"{{"processors":[{processor}]}}"#);
        // On a track, and once more on the master.
        let out = mixed(&format!(r#""tracks":[{track}],"master":{master}"#), &workspace).swap_remove(0);
        assert_eq!(out.len(), 24_000, "{processor}");
        out
    };
    // What only rings on begins on the sample.
    for processor in [
        r#"{"high_pass":{}}"#,
        r#"{"low_pass":{"frequency_hz":9000}}"#,
        r#"{"equaliser":{"bands":[{"gain_db":6}]}}"#,
        r#"{"gate":{"look_ahead_ms":3.7}}"#,
        r#"{"compressor":{"look_ahead_ms":11.3}}"#,
        r#"{"de_esser":{}}"#,
        r#"{"delay":{}}"#,
        r#"{"reverb":{}}"#,
        r#"{"convolution":{"source":"response","mix":0.5}}"#,
        r#"{"multiband":{"crossovers_hz":[200,3000],"bands":[{},{},{}]}}"#,
        r#"{"width":{"width":1.5,"mono_below_hz":120}}"#,
    ] {
        let out = through(processor);
        assert!(out[..AT].iter().all(|x| x.abs() < 1e-5), "{processor}: something comes early");
        assert!(out[AT].abs() > 1e-3, "{processor}: {}", out[AT]);
    }
    // Filters of linear phase ring before and after; what is in the middle is the highest.
    for processor in [r#"{"saturation":{"drive_db":1}}"#, r#"{"clipper":{"ceiling_db":0}}"#] {
        assert_eq!(highest(&through(processor)), AT, "{processor}");
    }
}

/// Where a signal is furthest from zero.
fn highest(samples: &[f32]) -> usize {
    samples.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).unwrap().0
}

#[test]
fn an_impulse_lands_on_its_sample_in_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("click.wav");
    // In the middle of two seconds of faint noise, at a moment that is a whole sample at every rate.
    let mut noise = crate::dsp::Noise::new(4);
    let mut faint = move |i: u32| if i == HZ { 0.7 } else { 0.01 * noise.bipolar() as f32 };
    write_float(&path, (0..2 * HZ).map(|i| [faint(i); 2]));
    let workspace = workspace_of(&path, "click");
    let file = |format: Format, rate: u32| Output {
        sample_rate_hz: Some(rate),
        ..Output::new(format!("{format}-{rate}.{}", format.extension()), format)
    };
    let rates = [RATE, 2 * HZ].map(|rate| file(Format::Wav24, rate));
    let resampled = [file(Format::Mp3Kbps320, RATE), file(Format::M4aKbps256, RATE)];
    let outputs = Format::ALL.into_iter().map(|format| file(format, HZ)).chain(rates).chain(resampled).collect();
    let mut mix = Mix::master("click", outputs);
    mix.master.target = Target::AsIs;
    let matched = Mix { master: Master { reference: Some("click".into()), ..mix.master.clone() }, ..mix.clone() };
    for (path, mix) in [("straight", mix), ("matched to a reference", matched)] {
        for output in render(&mix, &workspace, &mut ()).unwrap().outputs {
            let samples = samples(&output.path);
            let rate = output.measured.sample_rate_hz;
            assert_eq!(
                (samples[0].len(), highest(&samples[0])),
                (2 * rate as usize, rate as usize),
                "{path}: {output:?}"
            );
        }
    }
}

#[test]
fn pan_laws_keep_what_they_promise() {
    let (_folder, workspace) = steady(64);
    let at = |law: &str, position: f64| {
        let json = format!(
            r#""tracks":[{{"name":"a","clips":[{{"source":"one"}}],"strip":{{"pan":{{"position":{position},"law":"{law}"}}}}}}]"#
        );
        let out = mixed(&json, &workspace);
        (f64::from(out[0][10]), f64::from(out[1][10]))
    };
    for (law, centre_db) in [("balance", 0.0), ("-3_db", -3.0103), ("-4.5_db", -4.5154), ("-6_db", -6.0206)] {
        let (left, right) = at(law, 0.0);
        assert!((20.0 * left.log10() - centre_db).abs() < 1e-3 && (left - right).abs() < 1e-7, "{law}: {left}");
        let (left, right) = at(law, -1.0);
        assert!((left - 1.0).abs() < 1e-6 && right.abs() < 1e-6, "{law}: {left} {right}");
    }
    for position in [-0.7, -0.2, 0.4, 0.9] {
        let (left, right) = at("-3_db", position);
        assert!((left.powi(2) + right.powi(2) - 1.0).abs() < 1e-6, "equal power at {position}");
        let (left, right) = at("-6_db", position);
        assert!((left + right - 1.0).abs() < 1e-6, "equal amplitude at {position}");
    }
}

#[test]
fn clips_stand_where_they_should_and_fade() {
    let (_folder, workspace) = steady(48_000);
    let json = r#""tempo_bpm":120,"tracks":[{"name":"a","clips":[
        {"source":"one","position":{"beats":1},"from":{"seconds":0.25},"to":{"seconds":0.75},"gain_db":-6.0205999,
         "fade_in":{"length":{"seconds":0.1}},"fade_out":{"length":{"seconds":0.1},"curve":"equal_power"}}]}]"#;
    let out = mixed(json, &workspace);
    let out = &out[0];
    assert_eq!(out.len(), 48_000);
    assert!(out[..24_000].iter().all(|x| *x == 0.0));
    let at = |i: usize| f64::from(out[24_000 + i]) * 2.0;
    for i in [0_u32, 1_200, 4_799] {
        let t = f64::from(i) / 4_800.0;
        assert!((at(i as usize) - t).abs() < 1e-6, "in {i}: {}", at(i as usize));
        let falling = at(23_999 - i as usize);
        assert!((falling - (t * std::f64::consts::FRAC_PI_2).sin()).abs() < 1e-6, "out {i}: {falling}");
    }
    assert!((at(12_000) - 1.0).abs() < 1e-6);
}

#[test]
fn fades_have_their_curves() {
    let (_folder, workspace) = steady(48_000);
    let curves: [(&str, &dyn Fn(f64) -> f64); 4] = [
        ("linear", &|t| t),
        ("equal_power", &|t| (t * std::f64::consts::FRAC_PI_2).sin()),
        ("s_curve", &|t| 0.5 - 0.5 * (t * std::f64::consts::PI).cos()),
        ("exponential", &|t| if t > 0.0 { 10_f64.powf(-3.0 * (1.0 - t)) } else { 0.0 }),
    ];
    for (name, curve) in curves {
        let fade = format!(r#"{{"length":{{"seconds":0.25}},"curve":"{name}"}}"#);
        let json =
            format!(r#""tracks":[{{"name":"a","clips":[{{"source":"one","fade_in":{fade},"fade_out":{fade}}}]}}]"#);
        let out = mixed(&json, &workspace);
        for i in [0_u32, 1, 600, 3_000, 6_000, 9_000, 11_999, 12_000, 20_000] {
            let expected = curve((f64::from(i) / 12_000.0).min(1.0));
            let (rising, falling) = (f64::from(out[0][i as usize]), f64::from(out[0][47_999 - i as usize]));
            assert!((rising - expected).abs() < 1e-5, "{name} in, {i}: {rising} for {expected}");
            assert!((falling - expected).abs() < 1e-5, "{name} out, {i}: {falling} for {expected}");
        }
    }
}

#[test]
fn clips_of_what_is_not_there_are_refused() {
    // The second does not state its length.
    let (folder, workspace) = steady(48_000);
    let aac = folder.path().join("one.aac");
    crate::testing::ffmpeg(&[
        "-i",
        folder.path().join("one.wav").to_str().unwrap(),
        "-f",
        "adts",
        aac.to_str().unwrap(),
    ]);
    let workspace = workspace.with_source("raw", aac);
    let rendered = |clip: &str| {
        let text = format!(
            r#"{{"version":2,"tempo_bpm":60,"tracks":[{{"name":"a","clips":[{{"source":"one"}},{{{clip}}}]}}],
            "outputs":[{{"file":"o.wav","format":"wav24"}}]}}"#
        );
        render(&Mix::from_json(&text).unwrap(), &workspace, &mut ())
    };
    for source in ["one", "raw"] {
        for (times, field) in [
            (r#""from":{"seconds":1.5}"#, "from"),
            (r#""from":{"beats":2}"#, "from"),
            (r#""to":{"seconds":1.5}"#, "to"),
            (r#""from":{"seconds":0.5},"to":{"beats":2}"#, "to"),
        ] {
            let error = rendered(&format!(r#""source":"{source}",{times}"#)).unwrap_err();
            let expected = format!("tracks[0].clips[1].{field}");
            assert!(
                matches!(&error, RenderError::Document { path, .. } if *path == expected),
                "{source} {times}: {error}"
            );
        }
        rendered(&format!(r#""source":"{source}","from":{{"seconds":0.5}},"to":{{"seconds":0.9}}"#)).unwrap();
    }
    rendered(r#""source":"one","to":{"seconds":1.0004}"#).unwrap();

    // A source that is decoded for its length alone is left as soon as the render is cancelled.
    let text = r#"{"version":2,"tracks":[{"name":"a","clips":[{"source":"raw","to":{"seconds":9}}]}],
        "outputs":[{"file":"o.wav","format":"wav24"}]}"#;
    let error = render(&Mix::from_json(text).unwrap(), &workspace, &mut CancelAt(0, 0)).unwrap_err();
    assert!(matches!(error, RenderError::Cancelled), "{error}");
}

#[test]
fn cross_fades_of_equal_signals_keep_their_level() {
    let (_folder, workspace) = steady(48_000);
    let fade = |curve: &str| {
        let json = format!(
            r#""tracks":[{{"name":"a","clips":[
            {{"source":"one","to":{{"seconds":0.6}},"fade_out":{{"length":{{"seconds":0.2}},"curve":"{curve}"}}}},
            {{"source":"one","position":{{"seconds":0.4}},"fade_in":{{"length":{{"seconds":0.2}},"curve":"{curve}"}}}}]}}]"#
        );
        mixed(&json, &workspace)[0][..60_000].to_vec()
    };
    for curve in ["linear", "s_curve"] {
        assert!(fade(curve).iter().all(|x| (x - 1.0).abs() < 3e-4), "{curve}");
    }
    let middle = fade("equal_power")[24_000];
    assert!((middle - std::f32::consts::SQRT_2).abs() < 1e-3, "{middle}");
}

#[test]
fn automation_follows_its_points() {
    let (_folder, workspace) = steady(96_000);
    let json = r#""tracks":[{"name":"a","clips":[{"source":"one"}]}],"automation":[
        {"parameter":"tracks[0].strip.fader_db","points":[
            {"at":{"seconds":0.5},"value":-6,"shape":"hold"},{"at":{"seconds":1},"value":-12},
            {"at":{"seconds":1.5},"value":-24,"shape":{"curve":0.5}},{"at":{"seconds":2},"value":0}]}]"#;
    let out = mixed(json, &workspace);
    let db = |seconds: f64| 20.0 * f64::from(out[0][crate::dsp::whole(seconds * 48_000.0)]).log10();
    for (seconds, expected) in [(0.1, -6.0), (0.6, -6.0), (0.99, -6.0), (1.01, -12.24), (1.25, -18.0), (1.4, -21.6)] {
        assert!((db(seconds) - expected).abs() < 0.02, "{seconds}: {} for {expected}", db(seconds));
    }
    // A bend of one half: 2^4 of growth over the way.
    let part = (2_f64.powf(4.0 * 0.5) - 1.0) / (2_f64.powi(4) - 1.0);
    assert!((db(1.75) - (-24.0 + 24.0 * part)).abs() < 0.05, "{}", db(1.75));
}

#[test]
fn any_number_of_a_processor_can_be_automated() {
    let (_folder, workspace) = steady(96_000);
    let json = r#""tracks":[{"name":"a","clips":[{"source":"one"}],"strip":{"processors":[
        {"compressor":{"threshold_db":-20,"ratio":2,"knee_db":0,"attack_ms":1,"release_ms":10,"look_ahead_ms":5}}]}}],
        "automation":[{"parameter":"tracks[0].strip.processors[0].compressor.ratio","points":[
            {"at":{"seconds":1},"value":2,"shape":"hold"},{"at":{"seconds":1.001},"value":10}]}]"#;
    let out = mixed(json, &workspace);
    let db = |i: usize| 20.0 * f64::from(out[0][i]).log10();
    assert!((db(47_000) + 10.0).abs() < 0.01, "{}", db(47_000));
    assert!((db(90_000) + 18.0).abs() < 0.01, "{}", db(90_000));
}

#[test]
fn mutes_sends_groups_and_polarity() {
    let (_folder, workspace) = steady(128);
    let json = r#""tracks":[
        {"name":"a","clips":[{"source":"one"}],"output":"group","strip":{"fader_db":-6.0205999,
            "sends":[{"to":"fx","pre_fader":true},{"to":"fx","level_db":-6.0205999}]}},
        {"name":"b","clips":[{"source":"one"}],"strip":{"mute":true,"sends":[{"to":"fx","pre_fader":true}]}},
        {"name":"c","clips":[{"source":"one"}],"strip":{"invert_polarity":true,"trim_db":-20}}],
        "buses":[{"name":"group","strip":{"fader_db":-6.0205999}},{"name":"fx","output":"group"}]"#;
    let out = mixed(json, &workspace);
    // The group gets 0.5 of the track, 1 before the fader and a quarter behind it, and halves the sum.
    assert!((out[0][100] - (0.5 * 1.75 - 0.1)).abs() < 1e-5, "{}", out[0][100]);
}
