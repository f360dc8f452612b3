//! One file a command.

use std::{io::Write, path::Path, time::Duration};

use anyhow::{Context, Result};
use domain::{
    catalog::{CatalogError, scan},
    ports::Stored,
    report::Explain,
    services::Services,
};

pub(crate) mod accounts;
pub(crate) mod backup;
pub(crate) mod bounce;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod cwr;
pub(crate) mod dawproject;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod ern;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod measure;
pub(crate) mod migrate;
pub(crate) mod peaks;
pub(crate) mod proof;
pub(crate) mod restore;
pub(crate) mod rin;
pub(crate) mod royalties;
pub(crate) mod schema;
pub(crate) mod selftest;
pub(crate) mod serve;
pub(crate) mod statement;
pub(crate) mod studios;
pub(crate) mod verify;
pub(crate) mod worker;

/// How often what moves while one waits is drawn.
const TICK: Duration = Duration::from_millis(120);

/// Prints a line of a command's answer; the log goes to standard error. Whoever reads it may have had enough, as `head` has: then the program ends.
pub(crate) fn print(line: &str) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(1);
    }
}

/// Reads a level that lies between two others, both included.
pub(crate) fn level(low: f64, high: f64) -> impl Fn(&str) -> Result<f64, String> + Clone {
    move |text| {
        let found = text.parse().ok().filter(|level| (low..=high).contains(level));
        found.ok_or_else(|| format!("give a number from {low} to {high}"))
    }
}

/// Something that moves while a file is worked through, on standard error if that is a terminal.
pub(crate) fn spinner(message: String) -> indicatif::ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}").expect("a valid template");
    let spinner = indicatif::ProgressBar::new_spinner().with_style(style).with_message(message);
    spinner.enable_steady_tick(TICK);
    spinner
}

/// A bar over files, drawn on standard error if that is a terminal.
pub(crate) fn file_bar(files: usize) -> indicatif::ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{spinner} {bar:30} {pos}/{len} {elapsed} {wide_msg}")
        .expect("a valid template");
    let bar = indicatif::ProgressBar::new(files as u64).with_style(style);
    bar.enable_steady_tick(TICK);
    bar
}

/// Puts a file into the store in which the scanner for malware has found nothing, and gives its name with it.
pub(crate) async fn store_file(services: &Services, path: &Path) -> Result<(String, Stored)> {
    let name = path.file_name().and_then(|name| name.to_str()).context("the file's name is not UTF-8")?;
    if let Some(refusal) = scan(services, name, path).await? {
        return Err(explained(CatalogError::File(refusal)));
    }
    Ok((name.to_owned(), services.files.put_file(path).await?))
}

/// A refusal as a person reads it on a terminal.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn explained(error: impl Explain) -> anyhow::Error {
    anyhow::anyhow!("{}", error.explain().sentences())
}
