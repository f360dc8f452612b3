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
    let is_setting = |name: &str| ["LEDGERLINE_", "AWS_"].iter().any(|prefix| name.starts_with(prefix));
    for (name, _) in std::env::vars().filter(|(name, _)| is_setting(name)) {
        command.env_remove(name);
    }
    command
}

/// A process of the program. A test that fails leaves none behind.
struct Process(Child);

impl Process {
    fn start(data: &Path, arguments: &[&str], settings: &[(&str, &str)], stdout: Stdio) -> Self {
        let mut program = command();
        program.args(arguments).arg("--data").arg(data).envs(settings.iter().copied());
        Self(program.stdout(stdout).stderr(log(data)).spawn().expect("the program starts"))
    }

    /// `kill -9`, in the middle of whatever it does.
    fn kill(mut self) {
        self.0.kill().expect("it is there to be killed");
        self.0.wait().expect("and gone");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that is already dead is fine.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A worker that is killed, not stopped.
pub(crate) struct Worker(Process);

impl Worker {
    /// Its number in the system.
    pub(crate) fn id(&self) -> u32 {
        self.0.0.id()
    }

    /// Starts beside a server. It says nothing once it is there: jobs are waited for.
    pub(crate) fn start(data: &Path, settings: &[(&str, &str)]) -> Self {
        Self(Process::start(data, &["worker"], settings, Stdio::null()))
    }

    /// `kill -9`, in the middle of its jobs.
    pub(crate) fn kill(self) {
        self.0.kill();
    }
}

/// A server that is killed, not stopped.
pub(crate) struct Server(Process);

impl Server {
    /// Starts on a port and waits until it answers.
    pub(crate) fn start(data: &Path, port: u16, settings: &[(&str, &str)]) -> Self {
        Self::serve(data, port, &[], settings)
    }

    /// Starts one that leaves the jobs to workers.
    pub(crate) fn start_without_worker(data: &Path, port: u16, settings: &[(&str, &str)]) -> Self {
        Self::serve(data, port, &["--no-worker"], settings)
    }

    fn serve(data: &Path, port: u16, flags: &[&str], settings: &[(&str, &str)]) -> Self {
        let listen = format!("127.0.0.1:{port}");
        let arguments = [["serve", "--listen", listen.as_str()].as_slice(), flags].concat();
        let mut process = Process::start(data, &arguments, settings, Stdio::piped());
        let mut lines = BufReader::new(process.0.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("the server says where it is").expect("as text");
        assert!(first.starts_with("Ledgerline is at "), "{first}");
        // Kept open, so that the server's later lines do not break its pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self(process)
    }

    /// Its number in the system.
    pub(crate) fn id(&self) -> u32 {
        self.0.0.id()
    }

    /// Waits until the server has died by itself, and gives how; none if it still lives after so long.
    pub(crate) async fn died(&mut self, within: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + within;
        loop {
            let ended = self.0.0.try_wait().expect("the server is ours to be asked after");
            if ended.is_some() || Instant::now() > deadline {
                return ended;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// `kill -9`, in the middle of whatever it does.
    pub(crate) fn kill(self) {
        self.0.kill();
    }
}

fn log(data: &Path) -> std::fs::File {
    std::fs::OpenOptions::new().create(true).append(true).open(data.join("server.log")).expect("a log")
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
