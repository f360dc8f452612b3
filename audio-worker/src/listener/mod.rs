//! Opening files that strangers sent, in a process of its own.
//!
//! A decoder that runs out of stack or memory, or is made to run for ever, takes its process down; so it has one to itself. The worker starts this
//! very program again as a listener ([`Ear`]), asks it for one task, and reads one answer ([`main`] is the other side). The listener sets hard limits
//! on its own memory and computing time before it opens anything, inherits no setting and no secret, and is killed when nobody waits for it any more.
//! What becomes of it decides what becomes of the file: an answer stands, a crash refuses the file by name, and one that ends without
//! an answer for any other reason is tried again.

mod ear;
mod sessions;
mod tasks;
mod unpack;

use std::{io, process::ExitCode};

pub use ear::{Ear, EarError, Limits};
use serde::{Deserialize, Serialize};
pub use tasks::{Inspected, Listened, Member, StemsHeard, TakenOver, TakenOverFile, Task, Unpacked};

/// The listener's name among the program's commands.
pub const COMMAND: &str = "listen";

/// What a listener is asked: how far it may go, and the task.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    limits: Limits,
    task: Task,
}

/// What a listener answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer<T> {
    /// What was found.
    Found(T),
    /// The file is refused; why, in a sentence for a person.
    Refused(String),
    /// The file could not be read from disk, which may pass.
    Unreadable(String),
}

/// The listener: reads an order, one line of standard input, carries it out under its limits, and writes the answer to standard output. It ends
/// with whoever asked it, for it watches its standard input close. To be called before any thread is started.
pub fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the listener could not work: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let mut order = String::new();
    io::stdin().read_line(&mut order)?;
    let Order { limits, task } = serde_json::from_str(&order)?;
    std::thread::Builder::new().spawn(end_with_the_asker)?;
    limits.impose()?;
    task.carry_out(io::stdout().lock())
}

/// A worker that was killed can kill nobody; its end of the pipe closes all the same.
fn end_with_the_asker() {
    drop(io::copy(&mut io::stdin(), &mut io::sink()));
    std::process::exit(1);
}
