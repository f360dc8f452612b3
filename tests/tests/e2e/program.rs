//! The program under test.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// Where cargo put the program: beside the folder of this test.
pub(crate) fn path() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let program = test.parent().and_then(Path::parent).expect("target/debug/deps/…").join("ledgerline");
    assert!(program.is_file(), "build the program first: cargo build --package cli (cargo xtask test does)");
    program
}

/// A command that sees none of the caller's settings.
pub(crate) fn command() -> Command {
    let mut command = Command::new(path());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEDGERLINE_")) {
        command.env_remove(name);
    }
    command
}

/// A server that is killed, not stopped.
pub(crate) struct Server {
    child: Child,
}

impl Server {
    /// Starts on a port and waits until it answers.
    pub(crate) fn start(data: &Path, port: u16, settings: &[(&str, &str)]) -> Self {
        let mut child = command()
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(data)
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log(data))
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("the server says where it is").expect("as text");
        assert!(first.contains(&port.to_string()), "{first}");
        // Kept open, so that the server's later lines do not break its pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child }
    }

    /// Waits until the server has died by itself, and gives how; none if it still lives after so long.
    pub(crate) async fn died(&mut self, within: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + within;
        loop {
            let ended = self.child.try_wait().expect("the server is ours to be asked after");
            if ended.is_some() || Instant::now() > deadline {
                return ended;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// `kill -9`, in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the server is there to be killed");
        self.child.wait().expect("and gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that fails leaves no server behind; one that is already dead is fine.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn log(data: &Path) -> std::fs::File {
    std::fs::OpenOptions::new().create(true).append(true).open(data.join("server.log")).expect("a log")
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
