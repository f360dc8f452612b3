//! Voices over music that changes: both level and duck follow it.

use super::*;
use crate::measure::LoudnessMeter;

/// Enough for noise and a voice.
const HZ: u32 = 16_000;

/// Noise: ten seconds of a whisper, a minute at one level, six seconds that are 14 dB louder.
fn write_dynamics(path: &Path) {
    let mut noise = crate::dsp::Noise::new(21);
    let level = |second: u32| match second {
        0..10 => 0.0025,
        10..70 => 0.05,
        _ => 0.25,
    };
    let mut channels = [Vec::new(), Vec::new()];
    for i in 0..76 * HZ {
        for channel in &mut channels {
            channel.push((level(i / HZ) * noise.bipolar()) as f32);
        }
    }
    write_wav(path, HZ, &channels);
}

fn loudness(signal: &[Vec<f32>]) -> f64 {
    let mut meter = LoudnessMeter::new(2, HZ);
    meter.add(signal);
    meter.integrated_lufs().unwrap()
}

#[test]
fn a_voice_stands_as_high_over_a_drop_as_over_a_verse() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("beat.wav");
    write_dynamics(&path);
    let workspace = Workspace::new(folder.path()).with_source("beat", path);
    let run = |level_lu: Option<f64>, duck_db: f64| {
        let node = TagNode {
            first_at_s: 2.0,
            every_s: 8.0,
            longest_uncovered_s: 60.0,
            duck_db,
            level_lu,
            ..TagNode::default()
        };
        let mut mix = Mix::preview("beat", "o.wav", node);
        mix.outputs = vec![output("o.wav", Format::Wav32Float)];
        // As far from the limiter as it takes.
        mix.master = Master { target: Target::AsIs, trim_db: -6.0, ..Master::default() };
        let receipt = render(&mix, &workspace, &mut ()).unwrap();
        (samples(&receipt.outputs[0].path), receipt)
    };
    let (plain, _) = run(None, 0.0);
    let (ducked, _) = run(None, 7.0);
    let (spoken, receipt) = run(Some(-1.0), 7.0);
    let music = receipt.source.integrated_lufs.unwrap();
    let len = crate::tag::speak(HZ).len();
    let (mut verses, mut drops) = (0, 0);
    for at in &receipt.tags_at_s {
        let from = crate::dsp::whole(at * f64::from(HZ));
        let part = |signal: &[Vec<f32>]| -> Vec<Vec<f32>> {
            signal.iter().map(|channel| channel[from..from + len].to_vec()).collect()
        };
        let (plain, ducked, spoken) = (part(&plain), part(&ducked), part(&spoken));
        let voice: Vec<Vec<f32>> =
            spoken.iter().zip(&ducked).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a - b).collect()).collect();
        let (voice, above) = (loudness(&voice), loudness(&voice) - loudness(&ducked));
        if *at < 10.0 {
            // A whisper: the voice is 7 LU below the whole, and there is nothing to step back from.
            assert_eq!(plain, ducked, "{at} s");
            assert!((voice - (music - 7.0)).abs() < 0.1 && above > 15.0, "{at} s: {voice}, {above} above");
        } else {
            *if *at < 70.0 { &mut verses } else { &mut drops } += 1;
            assert!((above - 6.0).abs() < 0.5, "{at} s: the voice is {above} LU above the music");
        }
    }
    assert!(verses > 5 && drops > 0, "{:?}", receipt.tags_at_s);
}
