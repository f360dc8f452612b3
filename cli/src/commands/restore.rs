//! `ledgerline restore`.

use std::{
    collections::HashSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use adapters::{
    backup::{Folder, Manifest, put_back, put_files_back, require_empty},
    files::ObjectFiles,
};
use anyhow::{Context, Result, bail};
use domain::{
    agreements::chains::{Chains, verify_all},
    catalog::Sha256,
    env::Env,
    sales::proof::prove_all_at,
    secrets::Secrets,
    store::{self, Db},
};
use futures::TryStreamExt;
use serde_json::json;

use super::{
    backup::{self, SANDBOX, SEALS},
    proof,
};
use crate::{config::Config, secrets::FILE as SECRET, wiring};

/// What to do where there is something already.
const FRESH: &str = "a backup is put back into an empty database and an empty file store: name a fresh data folder with --data, or a fresh \
                     database with LEDGERLINE_DATABASE_URL, or move away what is there";

/// What to put back, and how to tell of it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of a backup.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Print one JSON object: `backup` as `backup --json` prints it, `migrated` (steps that the schema was taken further), `proof` as `proof --json`
    /// prints it, `chains` (`count`, `broken`).
    #[arg(long)]
    pub(crate) json: bool,
}

/// Puts a backup back and says whether the books hold; fails if they do not.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<ExitCode> {
    let (folder, manifest) = Folder::to_read(&args.folder)?;
    let steps = steps(&manifest)?;
    folder.verify(&manifest)?;
    let say = |line: &str| {
        if !args.json {
            super::print(line);
        }
    };
    say("✓ the backup is whole: every file has its checksum");
    let others = others(config, &folder, &manifest)?;
    let files = wiring::files(config)?;
    refuse_other_files(&files, &folder, &manifest).await?;
    let db = wiring::connect(config).await?;
    let tx = store::begin(&db).await?;
    require_empty(&tx).await.context(FRESH)?;
    tx.rollback().await?;

    put_files_back(&files, &folder, &manifest).await?;
    for (from, to) in &others {
        copy_private(from, to).with_context(|| format!("cannot write {}", to.display()))?;
    }
    // The rows come last, all at once: until then the database is empty, and a restore that broke off can be begun again.
    let tx = store::begin(&db).await?;
    require_empty(&tx).await.context(FRESH)?;
    wiring::apply_within(&tx, &steps).await?;
    put_back(&tx, &folder, &manifest).await?;
    tx.commit().await?;
    say(&format!("✓ {} rows and {} files are where they were", manifest.rows(), manifest.files.count));

    let further = wiring::known_steps().len() - steps.len();
    wiring::migrate(&db).await?;
    if further > 0 {
        say(&format!("✓ the schema of the backup was taken {further} steps further, to the present one"));
    }
    tell(&db, args, &manifest, further).await
}

/// Proves what was put back.
async fn tell(db: &Db, args: &Args, manifest: &Manifest, further: usize) -> Result<ExitCode> {
    let proved = prove_all_at(db, Env::system().now()).await?;
    let chains = verify_all(db).await?;
    let Chains { count, broken } = &chains;
    if args.json {
        let broken: Vec<_> = broken
            .iter()
            .map(|(reference, fault)| json!({ "agreement": reference, "fault": fault.to_string() }))
            .collect();
        let facts = json!({
            "backup": backup::facts(&args.folder, manifest),
            "migrated": further,
            "proof": proof::facts(&proved),
            "chains": { "count": count, "broken": broken },
        });
        super::print(&serde_json::to_string_pretty(&facts)?);
    } else {
        proof::tell(&proved);
        for (reference, fault) in broken {
            super::print(&format!("✗ the evidence of {reference} does not hold: {fault}"));
        }
        if broken.is_empty() {
            super::print(&format!("✓ the evidence of {count} agreements holds"));
        }
        backup::tell(manifest);
        super::print(
            "what was mailed or paid since the backup was made is not known here: the gateway's account tells",
        );
    }
    Ok(if proved.holds() && chains.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The steps of the backup's schema, in the order in which this program applies them.
fn steps(manifest: &Manifest) -> Result<Vec<String>> {
    let mut known = wiring::known_steps();
    known.truncate(manifest.steps.len());
    let (mut here, mut there) = (known.clone(), manifest.steps.clone());
    here.sort_unstable();
    there.sort_unstable();
    if here != there {
        bail!(
            "the backup has a schema that this program does not know, {}: it was made by version {}, this is {}; restore it with that one, or with a later one",
            manifest.schema(),
            manifest.program,
            env!("CARGO_PKG_VERSION")
        );
    }
    Ok(known)
}

/// What goes back into the data folder, from where to where; refuses to go over anything else.
fn others(config: &Config, folder: &Folder, manifest: &Manifest) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut others = Vec::new();
    for other in &manifest.others {
        let name = other.name.as_str();
        let is_known = [SECRET, SANDBOX].contains(&name)
            || name.strip_prefix(SEALS).and_then(|rest| rest.strip_prefix('/')).is_some_and(|key| !key.contains('/'));
        if !is_known {
            bail!("the backup holds {name}, which this program does not know");
        }
        let (from, to) = (folder.place_of(&other.member), config.data_dir.join(name));
        if let Some(secret) = config.secret.as_ref().filter(|_| name == SECRET) {
            let kept = fs::read_to_string(&from).with_context(|| format!("cannot read {}", from.display()))?;
            let given = secret.parse::<Secrets>()?;
            let kept = kept.parse::<Secrets>().context("secret.key of the backup")?;
            if !kept.all().all(|secret| given.find(secret.id()).is_some()) {
                bail!(
                    "the secret of the configuration is another than the backup's, which links and second factors are sealed under: set \
                     LEDGERLINE_SECRET to what secret.key of the backup holds, or leave it out"
                );
            }
        }
        match fs::read(&to) {
            Ok(there) if Sha256::of(&there) == other.member.sha256 => {}
            Ok(_) => bail!("{} is there already, and another one than the backup's; {FRESH}", to.display()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => others.push((from, to)),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", to.display())),
        }
    }
    Ok(others)
}

/// Refuses a store with files that are not the backup's: nobody would know of them. Those of a restore that broke off are fine.
async fn refuse_other_files(files: &ObjectFiles, folder: &Folder, manifest: &Manifest) -> Result<()> {
    let ours =
        folder.files(manifest)?.map(|file| file.map(|file| file.sha256)).collect::<Result<HashSet<Sha256>, _>>()?;
    let mut there = files.addresses();
    while let Some(sha256) = there.try_next().await? {
        if !ours.contains(&sha256) {
            bail!("the file store holds {sha256}, which is not in the backup; {FRESH}");
        }
    }
    Ok(())
}

/// Copies a file, whole or not at all, for its owner alone to read.
fn copy_private(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(&mut File::open(from)?, &mut draft)?;
    draft.as_file().sync_all()?;
    draft.persist_noclobber(to).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use clap::Parser;
    use sea_orm::{ConnectionTrait, Statement};

    use super::*;
    use crate::{Cli, Command};

    const USER: &str = "INSERT INTO users (id, email, email_key, name, password_hash, created_at)
        VALUES (X'00112233445566778899AABBCCDDEEFF', 'ada@example.com', 'ada@example.com', 'Ada', '-', '2026-01-02T03:04:05.000006+00:00')";

    fn config(data: &Path) -> Config {
        Config { data_dir: data.to_owned(), ..Config::default() }
    }

    async fn back_up(config: &Config, folder: &Path) -> Result<ExitCode> {
        let line: [&OsStr; 3] = ["ledgerline".as_ref(), "backup".as_ref(), folder.as_os_str()];
        let Command::Backup(args) = Cli::parse_from(line).command else { panic!("another command") };
        backup::run(config, &args).await
    }

    /// An installation whose schema lacks its last steps, and a backup of it.
    async fn older(folder: &Path, lacking: usize) -> PathBuf {
        let config = config(&folder.join("older"));
        let db = wiring::connect(&config).await.unwrap();
        let steps = wiring::known_steps();
        let tx = store::begin(&db).await.unwrap();
        wiring::apply_within(&tx, &steps[..steps.len() - lacking]).await.unwrap();
        tx.execute_unprepared(USER).await.unwrap();
        tx.commit().await.unwrap();
        let kept = folder.join("kept");
        back_up(&config, &kept).await.unwrap();
        kept
    }

    #[tokio::test]
    async fn a_backup_of_an_older_schema_is_restored_at_it_and_taken_further() {
        let folder = tempfile::tempdir().unwrap();
        let kept = older(folder.path(), 3).await;
        let fresh = config(&folder.path().join("fresh"));
        run(&fresh, &Args { folder: kept, json: true }).await.unwrap();
        let db = wiring::connect(&fresh).await.unwrap();
        assert!(wiring::steps(&db).await.unwrap().pending.is_empty());
        let ask = "SELECT name || created_at || hex(id) FROM users";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), ask)).await.unwrap().unwrap();
        let found: String = row.try_get_by_index(0).unwrap();
        assert_eq!(found, "Ada2026-01-02T03:04:05.000006+00:0000112233445566778899AABBCCDDEEFF");
    }

    #[tokio::test]
    async fn the_triggers_guard_again_what_was_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let kept = older(folder.path(), 0).await;
        let (older, fresh) = (config(&folder.path().join("older")), config(&folder.path().join("fresh")));
        run(&fresh, &Args { folder: kept, json: true }).await.unwrap();
        let mut schemas = Vec::new();
        for config in [older, fresh] {
            let db = wiring::connect(&config).await.unwrap();
            let ask = "SELECT name || sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name";
            let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), ask)).await.unwrap();
            schemas.push(rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect::<Vec<String>>());
        }
        assert!(schemas[0].len() > 50 && schemas[0] == schemas[1]);
    }

    #[tokio::test]
    async fn a_file_that_the_rows_name_and_the_store_has_not_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        older(folder.path(), 0).await;
        let config = config(&folder.path().join("older"));
        let db = wiring::connect(&config).await.unwrap();
        db.execute_unprepared(
            "INSERT INTO studios (id, slug, name, currency, contact_email, governing_law, created_at)
             VALUES (X'01', 'nova', 'Nova', 'EUR', 'ada@example.com', '-', '2026-01-02T03:04:05+00:00')",
        )
        .await
        .unwrap();
        db.execute_unprepared(&format!(
            "INSERT INTO assets (id, studio_id, kind, state, sha256, bytes, media_type, file_name, created_at)
             VALUES (X'02', X'01', 'source', 'ready', '{}', 1, 'audio/wav', 'a.wav', '2026-01-02T03:04:05+00:00')",
            Sha256::of(b"gone")
        ))
        .await
        .unwrap();
        let said = format!("{:#}", back_up(&config, &folder.path().join("kept")).await.unwrap_err());
        assert!(said.contains("--without-missing") && said.contains(Sha256::of(b"gone").as_str()), "{said}");
    }
}
