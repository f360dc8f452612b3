//! `cargo xtask audit`: whether what is built in is known to be unsafe. `deny.toml` is the one place where a finding is put up with, each with its reason.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use super::web::{npm, root};

/// The folders with a lock file of npm.
const PACKAGES: [&str; 3] = ["web", "tests/browser", "tests/browser/lighthouse"];

/// By which `cargo deny`, `cargo audit` and `npm audit` say that they did not reach what they ask.
const CUT_OFF: [&str; 4] = [
    "failed to fetch advisory database",
    "failed to fetch crates",
    "couldn't fetch advisory database",
    "audit endpoint returned an error",
];
/// By which `cargo deny` sums up what it has looked at: it may have done so without some crates.
const LOOKED: [&str; 2] = ["advisories ok", "advisories FAILED"];

/// Asks every tool that is here, names those that are not or that reach nothing, and fails if any has found something that nobody has justified.
pub(crate) fn audit(cargo: impl Fn() -> Command) -> Result<ExitCode> {
    let deny = std::fs::read_to_string(root().join("deny.toml")).context("deny.toml")?;
    let justified = justified(&deny)?;
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    let mut ask = |what: &str, is_here: bool, command: &mut Command| -> Result<()> {
        if !is_here {
            skipped.push(format!("{what}, whose tool is not here"));
            return Ok(());
        }
        let (passed, said) = super::step_in_one_piece(what, command)?;
        if !passed && is_cut_off(&said) {
            skipped.push(format!("{what}, which could not be reached"));
        } else if !passed {
            found.push(what.to_owned());
        }
        Ok(())
    };
    let has = |subcommand: &str| answers(cargo().args([subcommand, "--version"]));
    ask("cargo deny check", has("deny"), cargo().current_dir(root()).args(["deny", "check"]))?;
    let ignored = justified.iter().flat_map(|id| ["--ignore", id.as_str()]);
    ask("cargo audit", has("audit"), cargo().current_dir(root()).args(["audit", "--deny", "yanked"]).args(ignored))?;
    let has_npm = answers(Command::new("npm").arg("--version"));
    for folder in PACKAGES {
        let what = format!("npm audit in {folder}");
        // Findings of npm have no file in which they could be justified: a package that has one is replaced, or its version overridden. Where nothing answers,
        // it would wait for a quarter of an hour.
        let words = ["audit", "--audit-level=moderate", "--fetch-retries=0", "--fetch-timeout=30000"];
        ask(&what, has_npm, npm(&root().join(folder)).args(words))?;
    }
    for what in &skipped {
        eprintln!("SKIPPED: {what}.");
    }
    if !found.is_empty() {
        bail!(
            "did not pass: {}; correct what was found, or say in deny.toml why it does no harm here",
            found.join(", ")
        );
    }
    if skipped.len() == 2 + PACKAGES.len() {
        eprintln!("\nNothing was asked.");
    } else {
        eprintln!("\nOf what was asked nothing was found that deny.toml does not justify.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a tool that failed has looked at nothing, by what it said. Any other failure counts as something found.
fn is_cut_off(said: &str) -> bool {
    let has_said = |any: &[&str]| any.iter().any(|words| said.contains(*words));
    has_said(&CUT_OFF) && !has_said(&LOOKED)
}

fn answers(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The advisories that are put up with; each must say why.
fn justified(deny: &str) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for line in deny.lines().filter(|line| !line.trim_start().starts_with('#')) {
        for (at, _) in line.match_indices("RUSTSEC-") {
            let id: String = line[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            let reason =
                line.split_once("reason = \"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
            if reason.trim().is_empty() {
                bail!("deny.toml puts up with {id} and does not say why");
            }
            ids.push(id);
        }
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reaches_nothing_has_found_nothing() {
        for said in [
            "[ERROR] failed to fetch advisory database https://github.com/rustsec/advisory-db",
            "[ERROR] failed to fetch crates: cargo fetch failed\n[ERROR] failed to run `cargo metadata`",
            "error: couldn't fetch advisory database: git operation failed: failed to prepare fetch",
            "npm warn audit request to https://registry.npmjs.org failed\nnpm error audit endpoint returned an error",
        ] {
            assert!(is_cut_off(said), "{said}");
        }
        for said in [
            "error: 1 vulnerability found!",
            "3 high severity vulnerabilities",
            "[ERROR] failed to deserialize config from 'deny.toml'",
            "[ERROR] failed to fetch crates: cargo fetch failed\nadvisories FAILED, bans ok, licenses ok, sources ok",
            "",
        ] {
            assert!(!is_cut_off(said), "{said}");
        }
    }

    #[test]
    fn what_is_put_up_with_says_why() {
        let line = r#"    { id = "RUSTSEC-2023-0071", reason = "no such key is held" },"#;
        assert_eq!(justified(line).unwrap(), ["RUSTSEC-2023-0071"]);
        assert_eq!(justified("# RUSTSEC-2020-0001\nyanked = \"deny\"").unwrap(), Vec::<String>::new());
        for silent in [r#"ignore = ["RUSTSEC-2023-0071"]"#, r#"{ id = "RUSTSEC-2023-0071", reason = " " }"#] {
            assert!(justified(silent).unwrap_err().to_string().contains("does not say why"), "{silent}");
        }
        let own = std::fs::read_to_string(root().join("deny.toml")).unwrap();
        justified(&own).unwrap();
    }
}
