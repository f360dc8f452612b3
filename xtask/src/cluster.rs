//! A PostgreSQL cluster of one's own, in a folder of its own: made, ended, started again, and gone when it is dropped. Tests that need one include this file.

use std::{
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// `nobody`: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;

/// A cluster, and where it listens.
#[derive(Debug)]
pub(crate) struct Cluster {
    binaries: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    fsync: &'static str,
}

impl Cluster {
    /// Makes one by the programs of a folder, and starts it. `fsync`, `on` or `off`, says whether what it commits outlives a power cut.
    pub(crate) fn make(binaries: PathBuf, fsync: &'static str) -> Result<Self> {
        let words = ["--username", "postgres", "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C"];
        Self::made_by(binaries, fsync, "initdb", &words)
    }

    /// The same, whose data a program makes that is given their folder: `initdb`, or `pg_basebackup`, which copies another's.
    pub(crate) fn made_by(binaries: PathBuf, fsync: &'static str, program: &str, words: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Who runs as root gives the folder away: what we make belongs to us.
        if std::fs::metadata(folder.path())?.uid() == 0 {
            chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let cluster = Self { binaries, folder, port, fsync };
        cluster.run(program, words)?;
        cluster.start()?;
        Ok(cluster)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Where its data lie.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts it where it was, and waits until it answers.
    pub(crate) fn start(&self) -> Result<()> {
        let folder = self.folder.path();
        // What need not outlive a power cut is written once, and into its files when somebody waits for that.
        let saving = if self.fsync == "off" {
            "-c full_page_writes=off -c max_wal_size=4GB -c checkpoint_timeout=1h"
        } else {
            ""
        };
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync={} -c max_connections=300 {saving}",
            self.port,
            text(folder)?,
            self.fsync
        );
        let log = folder.join("log");
        self.run("pg_ctl", &["--log", text(&log)?, "--options", &options, "--wait", "start"])
    }

    /// Ends it in the middle of whatever it does, as a crash would.
    pub(crate) fn end(&self) -> Result<()> {
        self.run("pg_ctl", &["--mode", "immediate", "stop"])
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let (folder, data) = (self.folder.path(), self.data());
        let mut command = Command::new(self.binaries.join(program));
        command.arg("--pgdata").arg(&data).args(arguments).current_dir(folder);
        if std::fs::metadata(folder)?.uid() == NOBODY {
            command.uid(NOBODY).gid(NOBODY);
        }
        // To a file, not to a pipe: the server inherits it and would keep a pipe open for ever.
        let output = folder.join(format!("{program}.out"));
        let file = std::fs::File::create(&output)?;
        let status = command.stdout(file.try_clone()?).stderr(file).status();
        if status.with_context(|| format!("cannot start {program}"))?.success() {
            return Ok(());
        }
        bail!("{program} failed: {}", std::fs::read_to_string(&output).unwrap_or_default().trim())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("the throw-away cluster did not stop: {error:#}");
        }
    }
}

/// Where PostgreSQL's own programs lie, of the newest version that is there.
pub(crate) fn find_binaries() -> Option<PathBuf> {
    let on_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    // The newest first.
    versions.sort_by_key(|path| {
        std::cmp::Reverse(
            path.parent()
                .and_then(Path::file_name)
                .and_then(|name| name.to_str())
                .and_then(|name| name.parse::<u32>().ok()),
        )
    });
    on_path.chain(versions).find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
