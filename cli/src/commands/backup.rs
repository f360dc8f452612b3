//! `ledgerline backup`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use adapters::backup::{About, BackupError, Folder, Manifest, OtherKept, Snapshot};
use anyhow::{Context, Result, bail};
use domain::{env::Env, store};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::{config::Config, secrets::FILE as SECRET, wiring};

/// The keys of seals, a folder in it.
pub(super) const SEALS: &str = "seals";
/// What the sandbox gateway remembers, in it.
pub(super) const SANDBOX: &str = "sandbox.db";

/// What to keep, and where.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Args {
    /// A new or empty folder, or one with an earlier backup: that one is replaced once this one is whole, and files that have not changed stay.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Check the backup in the folder instead, every byte of it, and change nothing.
    #[arg(long)]
    verify: bool,
    /// Leave out the installation's secrets and the keys of seals, to keep them elsewhere.
    #[arg(long, conflicts_with = "verify")]
    without_keys: bool,
    /// Do without files that the store has lost or damaged; the backup says which.
    #[arg(long, conflicts_with = "verify")]
    without_missing: bool,
    /// Print one JSON object: `folder`, `made_at`, `program`, `database`, `schema`, `tables`, `rows`, `files`, `bytes`, `missing`, `others`, `lacks`, and `copied`
    /// if it was made now.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Args {
    /// Whether only a folder is read, whatever is configured.
    pub(crate) fn is_of_files_alone(&self) -> bool {
        self.verify
    }
}

/// Checks a backup; fails if anything of it is not as it was made.
pub(crate) fn verify(args: &Args) -> Result<ExitCode> {
    let (folder, manifest) = Folder::to_read(&args.folder)?;
    folder.verify(&manifest)?;
    let facts = facts(&args.folder, &manifest);
    if args.json {
        super::print(&serde_json::to_string_pretty(&facts)?);
    } else {
        super::print("✓ the backup is whole: every file has its checksum");
        tell(&manifest);
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes a backup, while the program serves or not.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<ExitCode> {
    if config.database_url.is_none() && !config.data_dir.join("ledgerline.db").exists() {
        bail!("there is nothing in {}; name the folder with --data", crate::shown(&config.data_dir));
    }
    let db = wiring::connect(config).await?;
    let folder = Folder::to_write(&args.folder)?;
    let made_at = Env::system().now();
    let snapshot = Snapshot::begin(&db).await?;
    // Behind the database's moment: the gateway knows of every payment that the rows know of.
    let about = About {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        others: keep_others(config, args, &folder).await?,
        lacks: lacks(config, args),
        may_lack_files: args.without_missing,
    };
    let files = wiring::files(config)?;
    let taken = snapshot.take(&files, &folder, about).await;
    let taken = taken.map_err(|error| {
        let remedy = matches!(error, BackupError::Missing { .. });
        let error = anyhow::Error::from(error);
        if remedy { error.context("no backup was made; --without-missing makes one without them") } else { error }
    })?;
    if args.json {
        let mut facts = facts(&args.folder, &taken.manifest);
        facts["copied"] = taken.copied.into();
        super::print(&serde_json::to_string_pretty(&facts)?);
    } else {
        super::print(&format!("✓ a whole backup is in {}", crate::shown(&args.folder)));
        tell(&taken.manifest);
        super::print(&format!("{} files were copied, the others were there already", taken.copied));
        super::print("whoever can read it can read everything: keep it as you keep the data folder");
    }
    Ok(ExitCode::SUCCESS)
}

/// Keeps what cannot be made again of the data folder, beside database and files.
async fn keep_others(config: &Config, args: &Args, folder: &Folder) -> Result<Vec<OtherKept>> {
    let data = &config.data_dir;
    let mut names = Vec::new();
    if !args.without_keys {
        if config.secret.is_none() {
            names.push(SECRET.to_owned());
        }
        names.extend(keys_of_seals(&data.join(SEALS))?);
    }
    let mut others = Vec::new();
    for name in names.into_iter().filter(|name| data.join(name).is_file()) {
        others.push(OtherKept { member: folder.keep(&name, &data.join(&name))?, name });
    }
    let sandbox = data.join(SANDBOX);
    if config.stripe().is_none() && sandbox.is_file() {
        let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
        let copy = scratch.path().join(SANDBOX);
        copy_sqlite(&sandbox, &copy).await.context("cannot copy what the sandbox gateway remembers")?;
        others.push(OtherKept { name: SANDBOX.to_owned(), member: folder.keep(SANDBOX, &copy)? });
    }
    Ok(others)
}

/// The names of the keys that the program has made itself.
fn keys_of_seals(folder: &Path) -> Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let name = entry?.file_name();
        if Path::new(&name).extension().is_some_and(|extension| extension == "pem") {
            names.push(format!("{SEALS}/{}", name.to_string_lossy()));
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// A copy of a SQLite file that others write to.
async fn copy_sqlite(from: &Path, to: &Path) -> Result<()> {
    let db = store::connect(&format!("sqlite://{}", from.display()), 1).await?;
    db.execute_unprepared(&format!("VACUUM INTO '{}'", to.display().to_string().replace('\'', "''"))).await?;
    db.close().await?;
    Ok(())
}

/// What is not in a backup and has to be kept by other means, or need not be.
fn lacks(config: &Config, args: &Args) -> Vec<String> {
    let mut lacks = vec![
        "the configuration, with the keys that stand in it: ledgerline.toml and the LEDGERLINE_ variables".to_owned(),
    ];
    if args.without_keys {
        lacks.push(format!(
            "the installation's secrets and the keys of seals, which were left out: {SECRET} and {SEALS} in the data folder"
        ));
    } else {
        if config.secret.is_some() {
            lacks.push("the installation's secrets, which the configuration gives".to_owned());
        }
        if let Some(key) = &config.seal_key {
            lacks.push(format!("your own key for seals and its certificate: {}", key.display()));
        }
    }
    if config.smtp_url.is_none() {
        lacks.push("the local mailbox: mails that have gone out".to_owned());
    }
    lacks.push("uploads that are not finished, scratch files, and tracks kept from render to render".to_owned());
    lacks.push("what the job queue has in hand: jobs that were not done are handed over again".to_owned());
    lacks
}

/// A backup as programs read of it.
pub(super) fn facts(folder: &Path, manifest: &Manifest) -> Value {
    json!({
        "folder": crate::shown(folder),
        "made_at": manifest.made_at,
        "program": manifest.program,
        "database": manifest.database,
        "schema": manifest.schema(),
        "tables": manifest.tables.len(),
        "rows": manifest.rows(),
        "files": manifest.files.count,
        "bytes": manifest.files.bytes,
        "missing": manifest.files.missing,
        "others": manifest.others.iter().map(|other| other.name.as_str()).collect::<Vec<_>>(),
        "lacks": manifest.lacks,
    })
}

/// A backup as people read of it.
pub(super) fn tell(manifest: &Manifest) {
    let made_at = manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC");
    let (database, schema, rows) = (&manifest.database, manifest.schema(), manifest.rows());
    super::print(&format!("as of {made_at}, by version {} on {database}, schema {schema}", manifest.program));
    let files = &manifest.files;
    super::print(&format!(
        "{rows} rows of {} tables, {} stored files of {} bytes",
        manifest.tables.len(),
        files.count,
        files.bytes
    ));
    for other in &manifest.others {
        super::print(&format!("with {}", other.name));
    }
    for sha256 in &files.missing {
        super::print(&format!("✗ without the file {sha256}, which the store had lost or damaged"));
    }
    for lack in &manifest.lacks {
        super::print(&format!("not in it: {lack}"));
    }
}
