//! `cargo xtask faults`: the whole program on machines of which one thing after the other fails, for minutes on end. Who makes them fail, and looks whether all
//! comes right, is a test, `tests/tests/e2e/faults.rs`.

use std::{
    hash::{BuildHasher, RandomState},
    process::{Command, ExitCode},
};

use anyhow::Result;

/// The test, and the variables that it reads.
const TEST: &str = "faults::whatever_fails_comes_right_by_itself";
const SECONDS: &str = "LEDGERLINE_FAULTS_SECONDS";
const SEED: &str = "LEDGERLINE_FAULTS_SEED";

/// Builds the program and has it go through faults.
pub(crate) fn faults(minutes: u64, seed: Option<u64>, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    super::build(&cargo)?;
    let seed = seed.unwrap_or_else(|| RandomState::new().hash_one("faults"));
    let mut failing = cargo();
    failing.args(["test", "--workspace", "--test", "e2e", "--", "--exact", TEST, "--nocapture"]);
    failing.env(SECONDS, minutes.saturating_mul(60).to_string()).env(SEED, seed.to_string());
    let gone_through = super::step("faults", &mut failing);
    eprintln!("\nTo repeat it: cargo xtask faults --minutes {minutes} --seed {seed}");
    gone_through.map(|()| ExitCode::SUCCESS)
}
