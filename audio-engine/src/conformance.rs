//! The loudness meter against its standards: every case of EBU Tech 3341 (table 1) and Tech 3342 that can be
//! synthesised, made here and measured by the meter that measures everything else.
//!
//! Cases 7 and 8 of Tech 3341 and 5 and 6 of Tech 3342 are programmes, which cannot be synthesised.

mod signals;

use crate::measure::{Measurement, Meter};
use serde::{Deserialize, Serialize};
use signals::{Part, RATE_HZ, between_samples, fractions, parts, phase_sine, surround};

/// One figure of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The standard, such as `EBU Tech 3341`.
    pub standard: String,
    /// The case's number in it, with a letter or index where one case has several figures.
    pub number: String,
    /// What is played and which figure is looked at.
    pub title: String,
    /// The figure that the standard expects.
    pub expected: f64,
    /// How far below it may lie.
    pub tolerance_below: f64,
    /// How far above it may lie.
    pub tolerance_above: f64,
    /// What was measured; nothing if the meter gave no figure.
    pub measured: Option<f64>,
    /// `LUFS`, `LU` or `dBTP`.
    pub unit: String,
}

impl Case {
    /// How much of the tolerance is left; below zero the case fails.
    pub fn margin(&self) -> f64 {
        let Some(measured) = self.measured else { return f64::NEG_INFINITY };
        (measured - (self.expected - self.tolerance_below)).min(self.expected + self.tolerance_above - measured)
    }

    /// Whether the case passes.
    pub fn passes(&self) -> bool {
        self.margin() >= 0.0
    }
}

/// A figure of a measurement.
type Figure = fn(&Measurement) -> Option<f64>;

const I: (&str, Figure) = ("integrated", |m| m.integrated_lufs);
const S: (&str, Figure) = ("highest short-term", |m| m.short_term_max_lufs);
const M: (&str, Figure) = ("highest momentary", |m| m.momentary_max_lufs);
const SILENCE: Option<f64> = None;

/// Synthesises and measures every case, in the standards' order; `progress` is told each as it is done.
pub fn run(mut progress: impl FnMut(&Case)) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |case: Case| {
        progress(&case);
        cases.push(case);
    };
    steady(&mut add);
    windows(&mut add);
    true_peaks(&mut add);
    ranges(&mut add);
    cases
}

fn measure(signal: &[Vec<f32>]) -> Measurement {
    let mut meter = Meter::new(signal.len(), RATE_HZ);
    meter.add(signal);
    meter.finish()
}

fn lufs(number: String, title: &str, expected: f64, (name, figure): (&str, Figure), signal: &[Vec<f32>]) -> Case {
    Case {
        standard: "EBU Tech 3341".to_owned(),
        number,
        title: format!("{title}: {name}"),
        expected,
        tolerance_below: 0.1,
        tolerance_above: 0.1,
        measured: figure(&measure(signal)),
        unit: "LUFS".to_owned(),
    }
}

/// Cases 1 to 6: levels that stand, and the gate.
fn steady(add: &mut impl FnMut(Case)) {
    for (number, level) in [(1, -23.0), (2, -33.0)] {
        let signal = parts(&[(20.0, Some(level))]);
        for figure in [M, S, I] {
            let letter = figure.0.trim_start_matches("highest ").chars().next().unwrap_or('-');
            add(lufs(format!("{number}{letter}"), "a steady tone", level, figure, &signal));
        }
    }
    let gated: [(&str, &[Part]); 3] = [
        ("3", &[(10.0, Some(-36.0)), (60.0, Some(-23.0)), (10.0, Some(-36.0))]),
        (
            "4",
            &[(10.0, Some(-72.0)), (10.0, Some(-36.0)), (60.0, Some(-23.0)), (10.0, Some(-36.0)), (10.0, Some(-72.0))],
        ),
        ("5", &[(20.0, Some(-26.0)), (20.1, Some(-20.0)), (20.0, Some(-26.0))]),
    ];
    for (number, levels) in gated {
        add(lufs(number.to_owned(), "levels in turn", -23.0, I, &parts(levels)));
    }
    add(lufs("6".to_owned(), "five channels", -23.0, I, &surround()));
}

/// Cases 9 to 14: windows at any offset.
fn windows(add: &mut impl FnMut(Case)) {
    let turns = |parts: [Part; 2], n: usize| parts.repeat(n);
    let short = parts(&turns([(1.34, Some(-20.0)), (1.66, Some(-30.0))], 5));
    add(lufs("9".to_owned(), "two levels in 3 s, again and again", -23.0, S, &short));
    for i in 0..20_u32 {
        let signal = parts(&[(f64::from(i) * 0.15, SILENCE), (3.0, Some(-23.0)), (1.0, SILENCE)]);
        add(lufs(format!("10.{}", i + 1), "3 s behind silence", -23.0, S, &signal));
    }
    for i in 0..20_u32 {
        let (offset, level) = (f64::from(i) * 0.15, f64::from(i) - 38.0);
        let signal = parts(&[(offset, SILENCE), (3.0, Some(level)), (3.0 - offset, SILENCE)]);
        add(lufs(format!("11.{}", i + 1), "3 s at rising levels", level, S, &signal));
    }
    let momentary = parts(&turns([(0.18, Some(-20.0)), (0.22, Some(-30.0))], 25));
    add(lufs("12".to_owned(), "two levels in 400 ms, again and again", -23.0, M, &momentary));
    for i in 0..20_u32 {
        let signal = parts(&[(f64::from(i) * 0.02, SILENCE), (0.4, Some(-23.0)), (1.0, SILENCE)]);
        add(lufs(format!("13.{}", i + 1), "400 ms behind silence", -23.0, M, &signal));
    }
    for i in 0..20_u32 {
        let (offset, level) = (f64::from(i) * 0.02, f64::from(i) - 38.0);
        let signal = parts(&[(offset, SILENCE), (0.4, Some(level)), (0.4 - offset, SILENCE)]);
        add(lufs(format!("14.{}", i + 1), "400 ms at rising levels", level, M, &signal));
    }
}

/// Cases 15 to 23: peaks between samples.
fn true_peaks(add: &mut impl FnMut(Case)) {
    let mut peak = |number: u32, title: &str, expected: f64, signal: &[Vec<f32>]| {
        add(Case {
            standard: "EBU Tech 3341".to_owned(),
            number: number.to_string(),
            title: format!("{title}: true peak"),
            expected,
            tolerance_below: 0.4,
            tolerance_above: 0.2,
            measured: measure(signal).true_peak_dbtp,
            unit: "dBTP".to_owned(),
        });
    };
    peak(15, "fs/4 at 0°, 0.50", -6.0, &phase_sine(4.0, 0.0, 0.5));
    peak(16, "fs/4 at 45°, 0.50", -6.0, &phase_sine(4.0, 45.0, 0.5));
    peak(17, "fs/6 at 60°, 0.50", -6.0, &phase_sine(6.0, 60.0, 0.5));
    peak(18, "fs/8 at 67.5°, 0.50", -6.0, &phase_sine(8.0, 67.5, 0.5));
    peak(19, "fs/4 at 45°, 1.41", 3.0, &phase_sine(4.0, 45.0, 1.41));
    for (number, offset) in (20..24).zip(0..4) {
        peak(number, "one period of fs/4 at 1.00 within fs/6 at 0.50", 0.0, &between_samples(offset));
    }
}

/// Tech 3342, cases 1 to 4.
fn ranges(add: &mut impl FnMut(Case)) {
    let cases: [(&[f64], f64); 4] = [
        (&[-20.0, -30.0], 10.0),
        (&[-20.0, -15.0], 5.0),
        (&[-40.0, -20.0], 20.0),
        (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ];
    for (number, (levels, expected)) in (1..).zip(cases) {
        let levels: Vec<Part> = levels.iter().map(|level| (20.0, Some(*level))).collect();
        add(Case {
            standard: "EBU Tech 3342".to_owned(),
            number: number.to_string(),
            title: "levels of 20 s in turn: loudness range".to_owned(),
            expected,
            tolerance_below: 1.0,
            tolerance_above: 1.0,
            measured: measure(&parts(&levels)).loudness_range_lu,
            unit: "LU".to_owned(),
        });
    }
    // A case of our own beside them: the figures must not depend on a rate that the filters are not tabulated for.
    for (number, rate) in [("44.1", 44_100), ("96", 96_000), ("192", 192_000)] {
        let signal = fractions(rate);
        let mut meter = Meter::new(2, rate);
        meter.add(&signal);
        add(Case {
            standard: "ITU-R BS.1770".to_owned(),
            number: number.to_owned(),
            title: format!("a tone at {number} kHz: integrated"),
            expected: -23.0,
            tolerance_below: 0.1,
            tolerance_above: 0.1,
            measured: meter.finish().integrated_lufs,
            unit: "LUFS".to_owned(),
        });
    }
}

#[cfg(test)]
mod tests;
