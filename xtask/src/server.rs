//! The program as it runs for a measurement, on two cores, over a data folder of its own.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    load::Connection,
    processes::{Times, resident_mb},
};

/// How long it may take to answer before something must be wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of the log is shown of a program that has ended.
const SHOWN_LINES: usize = 12;

/// What every process of an installation is started with.
pub(crate) struct Installation {
    /// The program.
    pub(crate) program: PathBuf,
    /// The data folder.
    pub(crate) folder: PathBuf,
    /// The settings, by the names of their variables.
    pub(crate) settings: Vec<(&'static str, String)>,
}

/// One process of it, which is killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
}

impl Installation {
    /// Starts a command of the program, which sees none of the caller's own settings. What it says goes into a log beside its data.
    pub(crate) fn start(&self, command: &str, arguments: &[&str]) -> Result<Running> {
        let log = self.folder.join(format!("{command}.log"));
        let file = File::create(&log)?;
        let mut program = super::pinned(&self.program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEDGERLINE_")) {
            program.env_remove(name);
        }
        for (name, value) in &self.settings {
            program.env(name, value);
        }
        // Where no configuration file lies.
        program.current_dir(&self.folder).arg(command).args(arguments).arg("--data").arg(&self.folder);
        let child = program.stdout(file.try_clone()?).stderr(file).spawn().context("cannot start the program")?;
        Ok(Running { child, log })
    }

    /// Starts a server without workers; gives with it where it listens, and how long it took to its first answer.
    pub(crate) fn serve(&self) -> Result<(Running, SocketAddr, Duration)> {
        let server = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let begun = Instant::now();
        let mut running = self.start("serve", &["--no-worker", "--listen", &server.to_string()])?;
        let mut connection = loop {
            if let Ok(connection) = Connection::open(server) {
                break connection;
            }
            running.require()?;
            if begun.elapsed() > PATIENCE {
                bail!("the server does not answer: {}", running.last_words());
            }
            #[expect(clippy::disallowed_methods, reason = "nothing tells when a port of another process is open")]
            thread::sleep(Duration::from_millis(1));
        };
        let answer = connection.get("health", "/health").with_context(|| running.last_words())?;
        if answer.status != 200 {
            bail!("the server is not well: {}", answer.body);
        }
        Ok((running, server, begun.elapsed()))
    }
}

impl Running {
    /// Refuses to go on if it has ended.
    fn require(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("the program has ended ({status}): {}", self.last_words()),
            None => Ok(()),
        }
    }

    /// The computing time that it has taken so far, in seconds, with that of its children that are over.
    pub(crate) fn cpu_s(&self) -> Result<f64> {
        Ok(Times::of(self.child.id()).context("the program is gone")?.with_children_s())
    }

    /// The memory that it holds now, in MB.
    pub(crate) fn resident_mb(&self) -> Result<f64> {
        resident_mb(self.child.id()).context("the program is gone")
    }

    fn last_words(&self) -> String {
        last_lines(&self.log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended is fine.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("serve.log");
        assert_eq!(last_lines(&log), "");
        let lines: Vec<String> = (0..20).map(|line| line.to_string()).collect();
        std::fs::write(&log, lines.join("\n")).unwrap();
        assert_eq!(last_lines(&log), lines[20 - SHOWN_LINES..].join("\n"));
    }
}
