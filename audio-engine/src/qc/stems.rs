//! Stems as they come in: alike in rate, depth and length, named, sounding, and in phase with their mix.

use super::{Finding, Findings, Severity, Verdict, verdict};
use crate::compare::Pair;
use crate::decode::{AudioSpec, DecodeError, Decoder};
use crate::measure::{Analysis, analyse};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names that workstations give and people should not keep.
const NAMELESS: [&str; 8] = ["audio", "track", "untitled", "bounce", "export", "stem", "render", "new"];

/// Equal lengths at two rates are rounded by no more than this.
const ROUNDED_MS: u64 = 1;

/// What was found in one stem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StemReport {
    /// The file's name.
    pub name: String,
    /// What the file says about itself; nothing if it cannot be read.
    pub spec: Option<AudioSpec>,
    /// What was measured.
    pub analysis: Option<Analysis>,
    /// The gain with which the stem is found in the mix; about 1 if it is in it as it is, below 0 if turned over.
    pub gain_in_mix: Option<f64>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

/// What was found in a set of stems.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StemsReport {
    /// What is to become of the set.
    pub verdict: Verdict,
    /// The stems, in the order in which they were given.
    pub stems: Vec<StemReport>,
}

/// Checks a set of stems, against their mix if there is one. A stem that cannot be read is a finding, not an error.
///
/// # Errors
/// The [`DecodeError`] of the mix.
pub fn check_stems(stems: &[PathBuf], mix: Option<&Path>) -> Result<StemsReport, DecodeError> {
    let mix_spec = mix.map(|mix| Ok(Decoder::open(mix)?.spec().clone())).transpose()?;
    let opened: Vec<_> =
        stems.iter().map(|path| (path, Decoder::open(path).map(|d| d.spec().clone()), analyse(path))).collect();
    let known: Vec<&AudioSpec> = opened.iter().filter_map(|(_, spec, _)| spec.as_ref().ok()).collect();
    let usual = Usual {
        rate: most(known.iter().map(|spec| spec.sample_rate_hz)),
        bits: most(known.iter().filter_map(|spec| spec.bits_per_sample)),
        length_ms: most(opened.iter().filter_map(|(_, _, analysis)| Some(length_ms(analysis.as_ref().ok()?)))),
    };
    let names = most_names(stems);
    let mut reports = Vec::with_capacity(stems.len());
    for (path, spec, analysis) in opened {
        let mut findings = Findings::default();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        check_name(&mut findings, path, &names);
        let (spec, analysis) = match (spec, analysis) {
            (Ok(spec), Ok(analysis)) => (spec, analysis),
            (Err(error), _) | (_, Err(error)) => {
                findings.add(Severity::Fault, "unreadable", error.to_string(), "export it again as 24-bit WAV");
                reports.push(StemReport {
                    name,
                    spec: None,
                    analysis: None,
                    gain_in_mix: None,
                    findings: findings.sorted(),
                });
                continue;
            }
        };
        usual.check(&mut findings, &spec, &analysis);
        check_sound(&mut findings, &analysis);
        let gain = match (mix, &mix_spec) {
            (Some(mix), Some(m)) if m.sample_rate_hz == spec.sample_rate_hz => gain_in(path, mix)?,
            (Some(_), Some(m)) => {
                let message = format!("not compared with the mix, which has {} Hz", m.sample_rate_hz);
                findings.add(Severity::Warning, "phase_unchecked", message, "export mix and stems at one rate");
                None
            }
            _ => None,
        };
        check_phase(&mut findings, gain);
        let findings = findings.sorted();
        reports.push(StemReport { name, spec: Some(spec), analysis: Some(analysis), gain_in_mix: gain, findings });
    }
    let verdict = reports.iter().map(|report| verdict(&report.findings)).max().unwrap_or(Verdict::Pass);
    Ok(StemsReport { verdict, stems: reports })
}

/// What most of the stems have in common.
struct Usual {
    rate: Option<u32>,
    bits: Option<u32>,
    length_ms: Option<u64>,
}

impl Usual {
    fn check(&self, findings: &mut Findings, spec: &AudioSpec, analysis: &Analysis) {
        if let Some(rate) = self.rate.filter(|rate| *rate != spec.sample_rate_hz) {
            let message = format!("{} Hz, where the others have {rate}", spec.sample_rate_hz);
            findings.add(Severity::Fault, "rate_differs", message, "export all stems at one rate");
        }
        match spec.bits_per_sample {
            None => {
                let message = format!("lossy ({})", spec.codec);
                findings.add(Severity::Fault, "lossy", message, "export it as 24-bit WAV from the session");
            }
            Some(bits) if bits < 24 => {
                let message = format!("{bits} bits");
                findings.add(Severity::Warning, "bit_depth", message, "export with 24 bits, or floating point");
            }
            Some(bits) if self.bits.is_some_and(|usual| usual != bits) => {
                let message = format!("{bits} bits, where the others have {}", self.bits.unwrap_or(0));
                findings.add(Severity::Note, "bit_depth", message, "nothing needs to be done");
            }
            Some(_) => (),
        }
        let length_ms = length_ms(analysis);
        if let Some(usual) = self.length_ms.filter(|usual| usual.abs_diff(length_ms) > ROUNDED_MS) {
            let apart_ms = usual.abs_diff(length_ms);
            let message = format!(
                "{}.{:03} s {} than the others",
                apart_ms / 1000,
                apart_ms % 1000,
                if length_ms < usual { "shorter" } else { "longer" }
            );
            findings.add(Severity::Warning, "length", message, "export all stems from the same start to the same end");
        }
    }
}

fn check_sound(findings: &mut Findings, analysis: &Analysis) {
    let (signal, measured) = (&analysis.signal, &analysis.measurement);
    if signal.silence_start_s >= measured.duration_s {
        let message = "there is nothing to be heard".to_owned();
        findings.add(Severity::Fault, "silence", message, "check that the track was not muted, or leave the stem out");
    }
    if signal.clipped_runs > 0 {
        let message =
            format!("{} clipped runs, the longest of {} samples", signal.clipped_runs, signal.clipped_longest);
        findings.add(
            Severity::Fault,
            "clipping",
            message,
            "lower the track and export again, with the master's limiter off",
        );
    }
    if signal.dc_offset > 0.001 {
        let message = format!("a constant offset of {:.2} % of full scale", signal.dc_offset * 100.0);
        findings.add(Severity::Warning, "dc_offset", message, "put a high-pass at 20 Hz or below over it");
    }
}

fn check_phase(findings: &mut Findings, gain: Option<f64>) {
    match gain {
        Some(gain) if gain < -0.3 => {
            let message = format!("it is in the mix with its polarity turned over (gain {gain:.2})");
            findings.add(Severity::Fault, "polarity", message, "turn over its polarity, or export it again");
        }
        Some(gain) if gain.abs() < 0.1 => {
            let message = "it is hardly found in the mix".to_owned();
            findings.add(
                Severity::Warning,
                "not_in_mix",
                message,
                "check that it starts where the mix does and belongs to it",
            );
        }
        _ => (),
    }
}

fn check_name(findings: &mut Findings, path: &Path, names: &BTreeMap<String, usize>) {
    let stem = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let words = stem.to_lowercase();
    let letters = words.trim_matches(|c: char| !c.is_alphabetic());
    if letters.is_empty() || NAMELESS.contains(&letters) {
        findings.add(
            Severity::Warning,
            "name",
            format!("`{stem}` does not say what it is"),
            "name it after its instrument, such as `03 Bass`",
        );
    }
    if stem.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) || stem.trim() != stem {
        findings.add(
            Severity::Note,
            "name",
            format!("`{stem}` is no file name everywhere"),
            "use letters, digits, spaces and hyphens",
        );
    }
    if names.get(&words).is_some_and(|count| *count > 1) {
        findings.add(
            Severity::Warning,
            "name",
            format!("another stem is called `{stem}` as well"),
            "give each its own name",
        );
    }
}

fn most_names(stems: &[PathBuf]) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for stem in stems.iter().filter_map(|path| path.file_stem()) {
        *names.entry(stem.to_string_lossy().to_lowercase()).or_insert(0) += 1;
    }
    names
}

/// The gain of a stem within its mix, by least squares over both summed to mono; a silent stem has none.
fn gain_in(stem: &Path, mix: &Path) -> Result<Option<f64>, DecodeError> {
    let (mut product, mut energy) = (0.0_f64, 0.0_f64);
    let mono = |block: &[Vec<f32>], i: usize| {
        let sum: f32 = block.iter().map(|channel| channel[i]).sum();
        f64::from(sum) / f64::from(u32::try_from(block.len()).unwrap_or(1))
    };
    let found = Pair::open(stem, mix, 0).and_then(|mut pair| {
        pair.each(|stem, mix| {
            for i in 0..stem[0].len() {
                let (x, y) = (mono(stem, i), mono(mix, i));
                product += x * y;
                energy += x * x;
            }
        })
    });
    found.map_err(|unreadable| unreadable.cause)?;
    Ok((energy > 0.0).then(|| product / energy))
}

/// Lengths are compared in time: stems of one session may have been exported at several rates.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "hours at most")]
fn length_ms(analysis: &Analysis) -> u64 {
    (analysis.measurement.duration_s * 1000.0).round() as u64
}

/// The value that occurs most often, the smallest of equals.
fn most<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0_usize) += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(value, _)| value)
}
