//! What is measured of a master, what it is held against, and how that reads.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{
    entity::MasterProfile,
    rules::{self, label},
};
use crate::catalog::Sha256;

/// How far a master's loudness may be from its profile's, in thousandths of LU.
const LOUDNESS_TOLERANCE_MLU: i32 = 500;
/// How far above its ceiling a true peak may be measured, in thousandths of dB: what rounding does.
const PEAK_TOLERANCE_MDB: i32 = 10;
/// How far a master's length may be from the mix's, in milliseconds: what the frames of an MP3 add.
const LENGTH_TOLERANCE_MS: i64 = 100;

/// What a master's tags say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// The song.
    pub title: String,
    /// Whose record it is.
    pub artist: String,
    /// The project.
    pub album: String,
    /// The recording's ISRC, if it has one.
    pub isrc: Option<String>,
    /// Who did what, a line each, such as `producer: Nova`.
    pub credits: Vec<String>,
}

impl Tags {
    /// SHA-256 over what they say: a master that says something else is to be made anew.
    pub fn sha256(&self) -> Sha256 {
        let said = serde_json::json!([self.title, self.artist, self.album, self.isrc, self.credits]);
        Sha256::of(said.to_string().as_bytes())
    }

    /// The credits as a file's comment carries them; none if there are none.
    pub fn comment(&self) -> Option<String> {
        (!self.credits.is_empty()).then(|| self.credits.join("; "))
    }
}

/// What was measured of the file as it lies in the store; levels in thousandths. Silence has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Integrated loudness, LUFS.
    pub loudness_mlufs: Option<i32>,
    /// Loudness range, LU.
    pub loudness_range_mlu: Option<i32>,
    /// True peak, dBTP.
    pub true_peak_mdbtp: Option<i32>,
    /// Sample peak, dBFS.
    pub sample_peak_mdbfs: Option<i32>,
    /// Runs of three or more samples at full scale.
    pub clipped_runs: i64,
    /// Silence at the start, in milliseconds.
    pub silence_start_ms: i64,
    /// Silence at the end, in milliseconds.
    pub silence_end_ms: i64,
    /// Length in milliseconds.
    pub duration_ms: i64,
    /// Sample rate in Hz.
    pub sample_rate_hz: i32,
    /// Channels.
    pub channels: i32,
    /// Bits per sample, where the format has such a thing.
    pub bits_per_sample: Option<i32>,
}

/// What was asked of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The loudness, in thousandths of LUFS.
    pub loudness_mlufs: i32,
    /// The true peak that is not exceeded, in thousandths of dBTP.
    pub ceiling_mdbtp: i32,
    /// The sample rate, where the profile has one of its own.
    pub sample_rate_hz: Option<i32>,
    /// The length of the mix that it was made of, in milliseconds.
    pub duration_ms: i64,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub name: String,
    /// Whether it is as it was wanted.
    pub passed: bool,
    /// What was found.
    pub found: String,
    /// What was wanted.
    pub wanted: String,
}

/// The report on a master.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Report {
    /// The profile.
    pub profile: MasterProfile,
    /// The file's name.
    pub file: String,
    /// The engine's name for its format, such as `wav24`.
    pub format: String,
    /// The version of the engine that made it.
    pub engine: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: i64,
    /// What was measured.
    pub measured: Measured,
    /// What was wanted.
    pub wanted: Wanted,
    /// What was looked at, and whether it is so.
    pub checks: Vec<Check>,
    /// Whether all of it is.
    pub passed: bool,
    /// What its tags say.
    pub tags: Tags,
}

/// Thousandths with one decimal and a unit: `-14.0 LUFS`.
fn level(milli: i32, unit: &str) -> String {
    let tenths = (i64::from(milli) * 2 + if milli < 0 { -100 } else { 100 }) / 200;
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{} {unit}", tenths.abs() / 10, tenths.abs() % 10)
}

fn found(milli: Option<i32>, unit: &str) -> String {
    milli.map_or_else(|| "none: it is silent".to_owned(), |milli| level(milli, unit))
}

fn length(ms: i64) -> String {
    format!("{}:{:02}.{:03}", ms / 60_000, ms / 1_000 % 60, ms % 1_000)
}

/// Holds what was measured against what was wanted.
pub fn judge(measured: &Measured, wanted: &Wanted) -> Vec<Check> {
    let check =
        |name: &str, passed, found: String, wanted: String| Check { name: name.to_owned(), passed, found, wanted };
    let loudness = measured
        .loudness_mlufs
        .is_some_and(|found| found.saturating_sub(wanted.loudness_mlufs).saturating_abs() <= LOUDNESS_TOLERANCE_MLU);
    let peak =
        measured.true_peak_mdbtp.is_none_or(|found| found <= wanted.ceiling_mdbtp.saturating_add(PEAK_TOLERANCE_MDB));
    let is_whole = measured.duration_ms.saturating_sub(wanted.duration_ms).saturating_abs() <= LENGTH_TOLERANCE_MS;
    let rate = wanted.sample_rate_hz.is_none_or(|rate| rate == measured.sample_rate_hz);
    vec![
        check(
            "Integrated loudness",
            loudness,
            found(measured.loudness_mlufs, "LUFS"),
            format!("{}, to {}", level(wanted.loudness_mlufs, "LUFS"), level(LOUDNESS_TOLERANCE_MLU, "LU")),
        ),
        check(
            "True peak",
            peak,
            found(measured.true_peak_mdbtp, "dBTP"),
            format!("{} at the most", level(wanted.ceiling_mdbtp, "dBTP")),
        ),
        check(
            "Clipping",
            measured.clipped_runs == 0,
            format!("{} runs of samples at full scale", measured.clipped_runs),
            "none".to_owned(),
        ),
        check(
            "Length",
            is_whole,
            length(measured.duration_ms),
            format!("that of the mix, {}", length(wanted.duration_ms)),
        ),
        check(
            "Sample rate",
            rate,
            format!("{} Hz", measured.sample_rate_hz),
            wanted.sample_rate_hz.map_or_else(|| "that of the mix".to_owned(), |rate| format!("{rate} Hz")),
        ),
    ]
}

impl Report {
    /// The report in words, for people.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n", self.file, label(self.profile));
        let mut line = |name: &str, said: &str| {
            writeln!(text, "  {name:<22}{said}").expect("a string takes any text");
        };
        line("Result", if self.passed { "passed" } else { "look at what is marked" });
        for check in &self.checks {
            let mark = if check.passed { "ok" } else { "LOOK" };
            line(&check.name, &format!("{} (wanted: {}) {mark}", check.found, check.wanted));
        }
        let measured = &self.measured;
        line("Loudness range", &found(measured.loudness_range_mlu, "LU"));
        line("Sample peak", &found(measured.sample_peak_mdbfs, "dBFS"));
        let silence = format!(
            "{} at the start, {} at the end",
            length(measured.silence_start_ms),
            length(measured.silence_end_ms)
        );
        line("Silence", &silence);
        let bits = measured.bits_per_sample.map_or_else(String::new, |bits| format!(", {bits} bits"));
        line("Format", &format!("{}{bits}, {} channels", self.format, measured.channels));
        line("Title", &self.tags.title);
        line("Artist", &self.tags.artist);
        line("Album", &self.tags.album);
        line("ISRC", self.tags.isrc.as_deref().unwrap_or("none"));
        for credit in &self.tags.credits {
            line("Credit", credit);
        }
        line("Bytes", &self.bytes.to_string());
        line("SHA-256", &self.sha256);
        line("Engine", &self.engine);
        text
    }

    /// The loudness and the true peak in words: `-14.0 LUFS, -1.0 dBTP`.
    pub fn levels(&self) -> String {
        let measured = &self.measured;
        format!("{}, {}", found(measured.loudness_mlufs, "LUFS"), found(measured.true_peak_mdbtp, "dBTP"))
    }
}

/// The reports on a delivery's masters as one text.
pub fn text_of<'a>(title: &str, reports: impl IntoIterator<Item = &'a Report>) -> String {
    let mut text = format!("Masters of {}\n", rules::one_line(title));
    for report in reports {
        text.push('\n');
        text.push_str(&report.text());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measured {
        Measured {
            loudness_mlufs: Some(-14_040),
            loudness_range_mlu: Some(3_200),
            true_peak_mdbtp: Some(-1_005),
            sample_peak_mdbfs: Some(-1_300),
            clipped_runs: 0,
            silence_start_ms: 0,
            silence_end_ms: 12,
            duration_ms: 187_400,
            sample_rate_hz: 44_100,
            channels: 2,
            bits_per_sample: Some(24),
        }
    }

    const WANTED: Wanted =
        Wanted { loudness_mlufs: -14_000, ceiling_mdbtp: -1_000, sample_rate_hz: Some(44_100), duration_ms: 187_400 };

    fn failed(measured: &Measured) -> Vec<String> {
        judge(measured, &WANTED).into_iter().filter(|check| !check.passed).map(|check| check.name).collect()
    }

    #[test]
    fn a_master_is_held_against_its_profile() {
        assert!(failed(&measured()).is_empty());
        assert_eq!(failed(&Measured { loudness_mlufs: Some(-15_000), ..measured() }), ["Integrated loudness"]);
        assert_eq!(
            failed(&Measured { loudness_mlufs: None, true_peak_mdbtp: None, ..measured() }),
            ["Integrated loudness"]
        );
        assert_eq!(
            failed(&Measured { true_peak_mdbtp: Some(-900), clipped_runs: 2, ..measured() }),
            ["True peak", "Clipping"]
        );
        assert_eq!(
            failed(&Measured { duration_ms: 187_300, ..measured() }),
            Vec::<String>::new(),
            "the frames of an MP3"
        );
        assert_eq!(
            failed(&Measured { duration_ms: 187_000, sample_rate_hz: 48_000, ..measured() }),
            ["Length", "Sample rate"]
        );
    }

    #[test]
    fn levels_are_rounded_to_a_tenth() {
        for (milli, said) in [
            (-14_040, "-14.0 LUFS"),
            (-14_050, "-14.1 LUFS"),
            (-40, "0.0 LUFS"),
            (-960, "-1.0 LUFS"),
            (3_250, "3.3 LUFS"),
        ] {
            assert_eq!(level(milli, "LUFS"), said);
        }
        assert_eq!(length(187_400), "3:07.400");
    }

    #[test]
    fn it_reads_as_a_report() {
        let tags = Tags {
            title: "Night Drive".to_owned(),
            artist: "Ada".to_owned(),
            album: "Night Album".to_owned(),
            isrc: Some("AA6Q72000047".to_owned()),
            credits: vec!["producer: Nova".to_owned(), "mixer: Max".to_owned()],
        };
        assert_eq!(tags.comment().as_deref(), Some("producer: Nova; mixer: Max"));
        assert_ne!(tags.sha256(), Tags { isrc: None, ..tags.clone() }.sha256());
        let report = Report {
            profile: MasterProfile::Streaming,
            file: "Night Drive (streaming master).wav".to_owned(),
            format: "wav24".to_owned(),
            engine: "1".to_owned(),
            sha256: "a".repeat(64),
            bytes: 7,
            checks: judge(&measured(), &WANTED),
            measured: measured(),
            wanted: WANTED,
            passed: true,
            tags,
        };
        let text = text_of("Night\nDrive", [&report]);
        assert!(text.starts_with("Masters of Night Drive\n\nNight Drive (streaming master).wav\n"), "{text}");
        for said in ["-14.0 LUFS (wanted: -14.0 LUFS, to 0.5 LU) ok", "AA6Q72000047", "mixer: Max", &"a".repeat(64)] {
            assert!(text.contains(said), "{said} in {text}");
        }
        let kept = serde_json::to_value(&report).unwrap();
        assert_eq!(serde_json::from_value::<Report>(kept).unwrap(), report);
    }
}
