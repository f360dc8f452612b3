//! The worker's side of listening.

use std::{
    io,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use domain::catalog::rules::files::MAX_AUDIO_BYTES;
use rlimit::Resource;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
};

use super::{Answer, COMMAND, Order, Task};

/// The longest answer that is read, in bytes: that of a hundred stems has a few hundred thousand.
const MAX_ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// The signal by which others end a process.
const SIGKILL: i32 = 9;

/// The signal at the end of the computing time.
const SIGXCPU: i32 = 24;

/// What a Rust program ends with that has panicked.
const PANICKED: i32 = 101;

/// How far a listener may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space in bytes.
    pub memory_bytes: u64,
    /// Computing time in seconds, of all its work together.
    pub cpu_s: u64,
    /// Time by the clock, in seconds.
    pub wall_s: u64,
}

impl Limits {
    /// Sets them on this process, or the lower ones that it has been given already. There is no way back.
    pub(super) fn impose(&self) -> io::Result<()> {
        lower(Resource::AS, self.memory_bytes, self.memory_bytes)?;
        // A second between the signal that says so and the one that ends it.
        lower(Resource::CPU, self.cpu_s, self.cpu_s.saturating_add(1))?;
        // No member of an archive may be longer, and nothing else is written.
        lower(Resource::FSIZE, MAX_AUDIO_BYTES, MAX_AUDIO_BYTES)?;
        lower(Resource::CORE, 0, 0)
    }
}

fn lower(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let (_, given) = rlimit::getrlimit(resource)?;
    rlimit::setrlimit(resource, soft.min(given), hard.min(given))
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum EarError {
    /// The file is refused: the sentence says why.
    #[error("{0}")]
    Refused(String),
    /// The listener ended, or was ended, without an answer that can be read: it was killed, as the system does that has no memory left, or the
    /// machine was too busy for it. It need not be the file's fault, so it may pass; if it never does, no other answer will come.
    #[error("the file could not be decoded: the listener {0}; upload it again, or another export of it")]
    Unanswered(String),
    /// Nothing to do with the file: it may pass.
    #[error("the file could not be listened to")]
    Failed(#[source] io::Error),
}

impl EarError {
    fn failed(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(io::Error::other(what))
    }
}

/// Starts listeners.
#[derive(Debug, Clone)]
pub struct Ear {
    program: PathBuf,
}

impl Ear {
    /// Listens by a program that has the command [`COMMAND`], which calls [`super::main`].
    pub fn of(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }

    /// Listens by this very program.
    ///
    /// # Errors
    /// If the system does not say what program this is.
    pub fn own() -> io::Result<Self> {
        // This name stays right when the program's file is replaced while it runs.
        let running = Path::new("/proc/self/exe");
        Ok(Self::of(if running.exists() { running.to_owned() } else { std::env::current_exe()? }))
    }

    /// Asks a listener of its own for one task. The listener is killed if this is dropped.
    pub async fn ask<T: DeserializeOwned>(&self, task: Task, limits: Limits) -> Result<T, EarError> {
        let mut order = serde_json::to_vec(&Order { limits, task }).map_err(EarError::failed)?;
        order.push(b'\n');
        let child = Command::new(&self.program)
            .arg(COMMAND)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(EarError::Failed)?;
        let conversation = tokio::time::timeout(Duration::from_secs(limits.wall_s), converse(child, &order));
        let (status, answer) = match conversation.await {
            Ok(done) => done.map_err(EarError::Failed)?,
            // By the clock a busy machine is as slow as a long file.
            Err(_) => return Err(EarError::Unanswered(format!("was not done within {} s", limits.wall_s))),
        };
        if !status.success() {
            return Err(fate(status, limits));
        }
        let unreadable = |cause| EarError::Unanswered(format!("gave an answer that cannot be read ({cause})"));
        match serde_json::from_slice(&answer).map_err(unreadable)? {
            Answer::Found(found) => Ok(found),
            Answer::Refused(why) => Err(EarError::Refused(why)),
            Answer::Unreadable(cause) => Err(EarError::failed(cause)),
        }
    }
}

async fn converse(mut child: Child, order: &[u8]) -> io::Result<(ExitStatus, Vec<u8>)> {
    // Held open until the listener has ended: it ends when this closes.
    let mut stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    match stdin.write_all(order).await {
        // One that dies before it has heard the order says by its end why.
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    let mut answer = Vec::new();
    stdout.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await?;
    let status = child.wait().await?;
    drop(stdin);
    Ok((status, answer))
}

/// What the end of a listener says of the file.
fn fate(status: ExitStatus, limits: Limits) -> EarError {
    match (status.signal(), status.code()) {
        (Some(SIGKILL), _) => EarError::Unanswered("was killed".to_owned()),
        (Some(SIGXCPU), _) => EarError::Refused(format!(
            "the file could not be decoded within {} s, which is enough for any music: export it again",
            limits.cpu_s
        )),
        (Some(_), _) | (None, Some(PANICKED)) => {
            tracing::warn!(%status, "a listener crashed over a file");
            EarError::Refused(
                "the file broke the decoder, or needs more memory than any music does: export it again".to_owned(),
            )
        }
        // One whose answer was too long to be heard out among them.
        (None, _) => EarError::Unanswered(format!("ended with {status}")),
    }
}
