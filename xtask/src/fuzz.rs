//! `cargo xtask fuzz api`: the running program asked for whatever fits its schema, for minutes on end. Who asks is a test, `tests/tests/e2e/fuzz.rs`.

use std::{
    hash::{BuildHasher, RandomState},
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::Result;

/// The test, and the variables that it reads.
const TEST: &str = "fuzz::whatever_is_asked_is_answered";
const SECONDS: &str = "LEDGERLINE_FUZZ_SECONDS";
const SEED: &str = "LEDGERLINE_FUZZ_SEED";
const PYTHON: &str = "LEDGERLINE_TEST_PYTHON";

/// Builds the program and has it asked; `python` may have schemathesis, which asks for as long again.
pub(crate) fn api(
    minutes: u64,
    seed: Option<u64>,
    python: Option<&Path>,
    cargo: impl Fn() -> Command,
) -> Result<ExitCode> {
    super::build(&cargo)?;
    let seed = seed.unwrap_or_else(|| RandomState::new().hash_one("fuzz"));
    let mut asking = cargo();
    asking.args(["test", "--workspace", "--test", "e2e", "--", "--exact", TEST, "--nocapture"]);
    asking.env(SECONDS, minutes.saturating_mul(60).to_string()).env(SEED, seed.to_string());
    if let Some(python) = python {
        asking.env(PYTHON, python);
    }
    let asked = super::step("whatever fits the schema", &mut asking);
    eprintln!("\nTo repeat it: cargo xtask fuzz api --minutes {minutes} --seed {seed}");
    asked.map(|()| ExitCode::SUCCESS)
}
