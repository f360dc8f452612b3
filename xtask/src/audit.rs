//! `cargo xtask audit`: whether what is built in is known to be unsafe. `deny.toml` is the one place where a finding is put up with, each with its reason.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use super::web::{npm, root};

/// The folders with a lock file of npm.
const PACKAGES: [&str; 2] = ["web", "tests/browser"];

/// Asks every tool that is here, names those that are not, and fails if any has found something that nobody has justified.
pub(crate) fn audit(cargo: impl Fn() -> Command) -> Result<ExitCode> {
    let deny = std::fs::read_to_string(root().join("deny.toml")).context("deny.toml")?;
    let justified = justified(&deny)?;
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    let mut ask = |what: &str, is_here: bool, command: &mut Command| {
        if !is_here {
            skipped.push(what.to_owned());
        } else if let Err(error) = super::step(what, command) {
            eprintln!("{error:#}");
            found.push(what.to_owned());
        }
    };
    let has = |subcommand: &str| answers(cargo().args([subcommand, "--version"]));
    ask("cargo deny check", has("deny"), cargo().current_dir(root()).args(["deny", "check"]));
    let ignored = justified.iter().flat_map(|id| ["--ignore", id.as_str()]);
    ask("cargo audit", has("audit"), cargo().current_dir(root()).args(["audit", "--deny", "yanked"]).args(ignored));
    let has_npm = answers(Command::new("npm").arg("--version"));
    for folder in PACKAGES {
        let what = format!("npm audit in {folder}");
        // Findings of npm have no file in which they could be justified: a package that has one is replaced, or its version overridden.
        ask(&what, has_npm, npm(&root().join(folder)).args(["audit", "--audit-level=moderate"]));
    }
    if skipped.len() == 2 + PACKAGES.len() {
        bail!("nothing was asked: neither cargo-deny, cargo-audit nor npm is here");
    }
    for what in skipped {
        eprintln!("SKIPPED: {what}, whose tool is not here.");
    }
    if !found.is_empty() {
        bail!(
            "did not pass: {}; correct what was found, or say in deny.toml why it does no harm here",
            found.join(", ")
        );
    }
    eprintln!("\nOf what was asked nothing was found that deny.toml does not justify.");
    Ok(ExitCode::SUCCESS)
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
