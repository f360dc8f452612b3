//! `ledgerline cwr`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use domain::{
    actor::Ctx,
    catalog::Sha256,
    ids::WorkId,
    registrations::{RegistrationError, commands::export_cwr, queries::list_registered},
    services::Services,
};
use interchange::{cwr::Version, fault::Fault};
use serde_json::json;

use crate::{config::Config, wiring};

/// What to do with Common Works Registration.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

impl Args {
    /// Whether it answers in JSON.
    pub(crate) fn answers_in_json(&self) -> bool {
        let What::Export(export) = &self.what;
        export.json
    }
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write works for a society, or say all that is wrong about them. What was written is kept, and numbered.
    Export(Export),
}

#[derive(Debug, clap::Args)]
struct Export {
    /// The works, by their ids; all of which something is registered, if none is named.
    #[arg(value_name = "WORK")]
    works: Vec<WorkId>,
    /// Whom it is for: the society's number with three digits, such as 052, or 000 for everybody.
    #[arg(long, value_name = "CODE", default_value = "000")]
    recipient: String,
    /// The version of the standard, 2.1 or 2.2.
    #[arg(long, value_name = "VERSION", default_value = "2.1", value_parser = version)]
    cwr: Version,
    /// The studio's word in addresses; the only one, if there is one only.
    #[arg(long, value_name = "SLUG")]
    studio: Option<String>,
    /// The folder to write it into, under the name that it must be sent under.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Print one JSON object: `file`, `works` and `sha256`, or `faults`.
    #[arg(long)]
    json: bool,
}

fn version(text: &str) -> Result<Version, String> {
    match text {
        "2.1" => Ok(Version::V21),
        "2.2" => Ok(Version::V22),
        _ => Err("give 2.1 or 2.2".to_owned()),
    }
}

/// Writes the file; fails, after saying every fault, if there is any.
pub(crate) async fn run(mut config: Config, args: &Args) -> Result<ExitCode> {
    let What::Export(args) = &args.what;
    let services = open(&mut config).await?;
    let studio = wiring::find_studio(&services.db, args.studio.as_deref()).await?;
    let ctx = Ctx::system(services.env.clone());
    let works =
        if args.works.is_empty() { list_registered(&services.db, &ctx, studio).await? } else { args.works.clone() };
    let spinner = super::spinner(format!("writing {} works", works.len()));
    let written = export_cwr(&services, &ctx, studio, &works, args.cwr, &args.recipient, None).await;
    spinner.finish_and_clear();
    let Some(file) = told(written, args.json)? else { return Ok(ExitCode::FAILURE) };
    let path = args.out.join(&file.file_name);
    save(&services, &file.sha256, &path).await?;
    if args.json {
        let file = json!({ "file": path, "works": works.len(), "sha256": file.sha256 });
        super::print(&serde_json::to_string_pretty(&file)?);
    } else {
        super::print(&format!("wrote {}: {} works", path.display(), works.len()));
    }
    Ok(ExitCode::SUCCESS)
}

/// What there is to work with, if there is anything.
pub(super) async fn open(config: &mut Config) -> Result<Services> {
    if config.database_url.is_none() && !config.data_dir.join("ledgerline.db").exists() {
        bail!("there is no studio in {}; name the folder with --data", crate::shown(&config.data_dir));
    }
    Ok(wiring::build_beside_server(config).await?.services)
}

/// What was written; nothing, once its faults are told.
pub(super) fn told<T>(written: Result<T, RegistrationError>, json: bool) -> Result<Option<T>> {
    let faults = match written {
        Ok(written) => return Ok(Some(written)),
        Err(RegistrationError::Faults(faults)) => faults,
        Err(RegistrationError::Fault(fault)) => vec![fault],
        Err(error) => return Err(error.into()),
    };
    if json {
        super::print(&serde_json::to_string_pretty(&json!({ "faults": faults }))?);
    } else {
        for Fault { field, problem, remedy } in &faults {
            super::print(&format!("✗ {field}: {problem}; {remedy}"));
        }
    }
    Ok(None)
}

/// Copies a file of the store to a place.
pub(super) async fn save(services: &Services, sha256: &Sha256, path: &Path) -> Result<()> {
    let copied = services.files.fetch(sha256, path).await;
    if !copied.with_context(|| format!("cannot write {}", path.display()))? {
        bail!("the file store has lost {sha256}; `ledgerline doctor` looks closer");
    }
    Ok(())
}
