//! What is seen held against what is promised: one line of a table each, and how many are missed.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::process::ExitCode;

/// Counts what was missed.
#[derive(Default)]
pub(crate) struct Judge {
    missed: usize,
}

impl Judge {
    /// Something of which there may be so much at the most.
    pub(crate) fn at_most(&mut self, what: &str, value: f64, most: f64) {
        // What is no number holds nothing.
        self.tell(what, value, value <= most, most);
    }

    /// Something of which there has to be so much at least.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, least: f64) {
        self.tell(what, value, value >= least, least);
    }

    /// Counts what could not be judged as missed, and says why.
    pub(crate) fn miss(&mut self, why: &str) {
        self.missed += 1;
        println!("✗ {why}");
    }

    /// Fails if anything was missed.
    pub(crate) fn verdict(&self) -> ExitCode {
        if self.missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn tell(&mut self, what: &str, value: f64, holds: bool, promised: f64) {
        self.missed += usize::from(!holds);
        println!("{} {what:<38} {:>9} {value:>9.2} {promised:>9.2}", if holds { "✓" } else { "✗" }, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_or_not_told_does_not_hold() {
        let mut judge = Judge::default();
        judge.at_most("at the limit", 4.0, 4.0);
        judge.at_least("at the limit", 4.0, 4.0);
        assert_eq!(judge.missed, 0);
        judge.at_most("beyond it", 4.01, 4.0);
        judge.at_least("below it", 3.99, 4.0);
        judge.at_most("not told", f64::NAN, 4.0);
        judge.at_least("not told", f64::NAN, 4.0);
        judge.miss("not there");
        assert_eq!(judge.missed, 5);
        assert_eq!(format!("{:?}", judge.verdict()), format!("{:?}", ExitCode::FAILURE));
    }
}
