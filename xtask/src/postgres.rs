//! A PostgreSQL for the tests: the one that is named, or a throw-away cluster that lives as long as the tests run; and databases on it for measurements.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    cluster::{Cluster, find_binaries},
    processes::Times,
};

/// The variable that names a server for the tests.
pub(crate) const URL_VARIABLE: &str = "LEDGERLINE_TEST_DATABASE_URL";

/// A database server for the tests.
#[derive(Debug)]
pub(crate) struct Database {
    /// Its address.
    pub(crate) url: String,
    /// Where it comes from, for people.
    pub(crate) origin: String,
    cluster: Option<Cluster>,
}

impl Database {
    /// The server that the environment names; else a throw-away cluster, where `initdb` is found; else none.
    pub(crate) fn find() -> Result<Option<Self>> {
        if let Ok(url) = std::env::var(URL_VARIABLE) {
            return Ok(Some(Self { url, origin: format!("from {URL_VARIABLE}"), cluster: None }));
        }
        let Some(binaries) = find_binaries() else { return Ok(None) };
        Self::start(binaries, "off").map(Some)
    }

    /// The same, but a throw-away cluster syncs what it commits, as one that is used does.
    pub(crate) fn find_durable() -> Result<Option<Self>> {
        match (std::env::var(URL_VARIABLE), find_binaries()) {
            (Ok(_), _) | (_, None) => Self::find(),
            (_, Some(binaries)) => Self::start(binaries, "on").map(Some),
        }
    }

    /// The computing time that a throw-away cluster has taken so far, in seconds; none of a server that is not ours.
    pub(crate) fn cpu_s(&self) -> Option<f64> {
        let data = self.cluster.as_ref()?.data();
        let file = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let postmaster: u64 = file.lines().next()?.trim().parse().ok()?;
        let mut seconds = 0.0;
        for process in Times::of_all() {
            if process.id == postmaster {
                // Of its children that are over it has the time itself.
                seconds += process.with_children_s();
            } else if process.parent == postmaster {
                seconds += process.own_s();
            }
        }
        Some(seconds)
    }

    fn start(binaries: PathBuf, fsync: &'static str) -> Result<Self> {
        let origin = format!("a throw-away cluster of {}", binaries.display());
        let cluster = Cluster::make(binaries, fsync)?;
        Ok(Self { url: cluster.url(), origin, cluster: Some(cluster) })
    }
}

/// Databases of a server that are gone afterwards.
pub(crate) struct Scratch {
    url: String,
    psql: PathBuf,
    name: String,
    which: &'static [&'static str],
}

impl Scratch {
    /// Makes them.
    pub(crate) fn make(url: &str, which: &'static [&'static str]) -> Result<Self> {
        let psql = find_tool("psql").context("a database is made by psql, and there is none")?;
        let scratch =
            Self { url: url.to_owned(), psql, name: format!("ledgerline_bench_{}", std::process::id()), which };
        for which in which {
            scratch.run(&format!("CREATE DATABASE {}_{which}", scratch.name))?;
        }
        Ok(scratch)
    }

    /// The address of one of them.
    pub(crate) fn url(&self, which: &str) -> String {
        let root = self.url.rfind('/').map_or(self.url.as_str(), |at| &self.url[..at]);
        format!("{root}/{}_{which}", self.name)
    }

    fn run(&self, statement: &str) -> Result<()> {
        let done = Command::new(&self.psql).args(["--quiet", "--command", statement]).arg(&self.url).status()?;
        if done.success() { Ok(()) } else { bail!("psql refused: {statement}") }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for which in self.which {
            if let Err(error) = self.run(&format!("DROP DATABASE IF EXISTS {}_{which} WITH (FORCE)", self.name)) {
                eprintln!("a database of the measurement stays behind: {error:#}");
            }
        }
    }
}

/// A tool that lies beside the server's programs, or on the PATH.
pub(crate) fn find_tool(name: &str) -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH");
    let on_path = on_path.iter().flat_map(std::env::split_paths).map(|folder| folder.join(name));
    find_binaries().map(|folder| folder.join(name)).into_iter().chain(on_path).find(|tool| tool.is_file())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_throw_away_cluster_answers_and_leaves_nothing_behind() {
        let Some(binaries) = find_binaries() else {
            eprintln!("SKIPPED: no initdb here");
            return;
        };
        let database = Database::start(binaries, "off").expect("the cluster starts");
        let address = database.url.trim_start_matches("postgres://postgres@").trim_end_matches("/postgres").to_owned();
        let folder = database.cluster.as_ref().map(Cluster::data).expect("its folder");
        TcpStream::connect(&address).expect("it listens");
        drop(database);
        assert!(TcpStream::connect(&address).is_err(), "it has stopped");
        assert!(!folder.exists(), "its folder is gone");
    }
}
