//! Quality control: what is wrong with a file, how bad that is, and what to do about it.

mod stems;

use crate::decode::{AudioSpec, DecodeError, Decoder, read_broadcast};
use crate::measure::{Analysis, analyse};
use serde::{Deserialize, Serialize};
use std::path::Path;

pub use stems::{StemReport, StemsReport, check_stems};

/// Encoders cut no higher than this, in Hz: MP3 at 320 kbit/s and AAC around 20 kHz. What ends above was converted from a
/// lower rate: the filter of a conversion from 44.1 kHz ends between 21 and 22 kHz.
const HIGHEST_CODED_HZ: f64 = 20_500.0;

/// What a delivered file is held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectations {
    /// The highest true peak, in dBTP.
    pub ceiling_dbtp: f64,
    /// Loudness to be near, in LUFS, if there is a target.
    pub loudness_lufs: Option<f64>,
    /// How near, in LU.
    pub loudness_tolerance_lu: f64,
    /// The most silence at either end, in seconds.
    pub longest_silence_s: f64,
}

impl Default for Expectations {
    fn default() -> Self {
        Self { ceiling_dbtp: -1.0, loudness_lufs: None, loudness_tolerance_lu: 1.0, longest_silence_s: 2.0 }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be heard before the file goes out.
    Warning,
    /// The file should not go out.
    Fault,
}

/// What is to become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing worse than notes.
    Pass,
    /// Warnings.
    Listen,
    /// Faults.
    Fail,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable name, such as `clipping`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, with its figure.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// What was found in one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What is to become of the file.
    pub verdict: Verdict,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// What the file says about itself.
    pub spec: AudioSpec,
    /// Everything that was measured.
    pub analysis: Analysis,
}

/// Checks a file.
///
/// # Errors
/// The [`DecodeError`] of a file that cannot be decoded whole, which is a verdict of its own.
pub fn check(path: &Path, expectations: &Expectations) -> Result<Report, DecodeError> {
    let spec = Decoder::open(path)?.spec().clone();
    let analysis = analyse(path)?;
    let mut findings = Findings::default();
    levels(&mut findings, &analysis, expectations);
    damage(&mut findings, &analysis, &spec);
    ends(&mut findings, &analysis, expectations);
    picture(&mut findings, &analysis);
    header(&mut findings, &analysis, path);
    let findings = findings.sorted();
    Ok(Report { verdict: verdict(&findings), findings, spec, analysis })
}

/// The verdict that findings add up to.
fn verdict(findings: &[Finding]) -> Verdict {
    match findings.iter().map(|finding| finding.severity).max() {
        Some(Severity::Fault) => Verdict::Fail,
        Some(Severity::Warning) => Verdict::Listen,
        Some(Severity::Note) | None => Verdict::Pass,
    }
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, code: &str, message: String, remedy: &str) {
        self.0.push(Finding { code: code.to_owned(), severity, message, remedy: remedy.to_owned() });
    }

    fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.0
    }
}

fn levels(findings: &mut Findings, analysis: &Analysis, wanted: &Expectations) {
    let measured = &analysis.measurement;
    if let Some(peak) = measured.true_peak_dbtp.filter(|peak| *peak > wanted.ceiling_dbtp) {
        let severity = if peak > 0.0 { Severity::Fault } else { Severity::Warning };
        let message = format!("the true peak is {peak:.2} dBTP, above {:.2}", wanted.ceiling_dbtp);
        findings.add(severity, "true_peak", message, "limit it again with a true-peak limiter at that ceiling");
    }
    let Some(target) = wanted.loudness_lufs else { return };
    let Some(loudness) = measured.integrated_lufs else {
        let message = "the file has no loudness: it is silent or shorter than 400 ms".to_owned();
        findings.add(Severity::Warning, "loudness", message, "check that the right file was exported");
        return;
    };
    if (loudness - target).abs() > wanted.loudness_tolerance_lu {
        let message = format!("the loudness is {loudness:.1} LUFS, the target {target:.1}");
        findings.add(Severity::Warning, "loudness", message, "master it to the target, or choose another profile");
    }
}

fn damage(findings: &mut Findings, analysis: &Analysis, spec: &AudioSpec) {
    let signal = &analysis.signal;
    if signal.clipped_runs > 0 {
        let severity = if signal.clipped_longest >= 8 { Severity::Fault } else { Severity::Warning };
        let message =
            format!("{} clipped runs, the longest of {} samples", signal.clipped_runs, signal.clipped_longest);
        findings.add(
            severity,
            "clipping",
            message,
            "lower the level before the converter or the last plug-in, and export again",
        );
    }
    if signal.dc_offset > 0.001 {
        let message = format!("a constant offset of {:.2} % of full scale", signal.dc_offset * 100.0);
        findings.add(Severity::Warning, "dc_offset", message, "put a high-pass at 20 Hz or below over it");
    }
    if let Some(hz) = signal.cutoff_hz {
        let lossless = spec.bits_per_sample.is_some();
        let (severity, how, remedy) = if hz > HIGHEST_CODED_HZ {
            let remedy = "nothing is lost beside that; ask for a recording at the original rate if there is one";
            (Severity::Note, "a conversion from a lower rate does", remedy)
        } else {
            let remedy = "ask for the original: this was an MP3 or the like before";
            (if lossless { Severity::Warning } else { Severity::Note }, "lossy encoders do", remedy)
        };
        let message = format!("the spectrum is cut off at {:.1} kHz, as {how}", hz / 1000.0);
        findings.add(severity, "bandwidth", message, remedy);
    }
    if spec.bits_per_sample.is_some_and(|bits| bits < 16) {
        let message = "fewer than 16 bits a sample".to_owned();
        findings.add(Severity::Fault, "bit_depth", message, "export again with 24 bits");
    }
    if spec.sample_rate_hz < 44_100 {
        let message = format!("the sample rate is {} Hz", spec.sample_rate_hz);
        findings.add(Severity::Warning, "sample_rate", message, "export again at 44.1 kHz or above");
    }
}

fn ends(findings: &mut Findings, analysis: &Analysis, wanted: &Expectations) {
    let (signal, duration) = (&analysis.signal, analysis.measurement.duration_s);
    if signal.silence_start_s >= duration {
        findings.add(
            Severity::Fault,
            "silence",
            "there is nothing to be heard".to_owned(),
            "check that the track was not muted, and export again",
        );
        return;
    }
    for (code, place, seconds) in
        [("silence_start", "start", signal.silence_start_s), ("silence_end", "end", signal.silence_end_s)]
    {
        if seconds > wanted.longest_silence_s {
            findings.add(Severity::Warning, code, format!("{seconds:.1} s of silence at the {place}"), "trim it");
        }
    }
    if signal.silence_end_s <= 0.0 && duration > 1.0 {
        findings.add(
            Severity::Note,
            "cut_end",
            "the sound goes on to the last sample".to_owned(),
            "listen whether the tail was cut off",
        );
    }
}

fn picture(findings: &mut Findings, analysis: &Analysis) {
    let signal = &analysis.signal;
    if !signal.silent_channels.is_empty() && signal.silent_channels.len() < analysis.measurement.channels {
        let message = format!("channel {} is silent", signal.silent_channels[0] + 1);
        findings.add(Severity::Fault, "silent_channel", message, "check the routing, and export again");
    }
    if signal.dual_mono {
        findings.add(
            Severity::Note,
            "dual_mono",
            "both channels are the same".to_owned(),
            "deliver it as mono if that is meant",
        );
    }
    if let Some(correlation) = signal.correlation.filter(|c| *c < 0.0) {
        let severity = if correlation < -0.5 { Severity::Fault } else { Severity::Warning };
        let message = format!("left and right have a correlation of {correlation:.2}: much is lost in mono");
        findings.add(severity, "phase", message, "turn over the polarity of one channel, or narrow the widener");
    }
    if let Some(db) = signal.imbalance_db.filter(|db| db.abs() > 3.0) {
        let side = if db > 0.0 { "left" } else { "right" };
        let message = format!("the {side} channel is {:.1} dB louder", db.abs());
        findings.add(Severity::Warning, "imbalance", message, "check the panning and the balance of the master");
    }
}

/// What a broadcast header claims must be what is measured.
fn header(findings: &mut Findings, analysis: &Analysis, path: &Path) {
    let Some(claimed) = read_broadcast(path) else { return };
    let pairs = claimed.integrated_lufs.zip(analysis.measurement.integrated_lufs);
    if let Some((claimed, measured)) = pairs.filter(|(claimed, measured)| (claimed - measured).abs() > 0.2) {
        let message = format!("the header claims {claimed:.1} LUFS, and {measured:.1} was measured");
        findings.add(Severity::Warning, "header_loudness", message, "export again with a writer that measures");
    }
}

#[cfg(test)]
mod tests;
