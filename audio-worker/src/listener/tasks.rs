//! What a listener can be asked.

use std::{
    io,
    path::{Path, PathBuf},
};

use audio_engine::{
    decode::{self, AudioFacts, DecodeError},
    features::{Features, Fingerprint, features, fingerprint},
    measure::{Measurement, measure},
    qc::{Expectations, Finding, StemsReport, Verdict, check, check_stems},
};
use serde::{Deserialize, Serialize};

use super::{
    Answer,
    sessions::{read_session, take_over},
    unpack::unpack,
};
pub use super::{
    sessions::{TakenOver, TakenOverFile},
    unpack::{Member, Unpacked},
};

/// What a listener is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Decode the whole file, and measure it: [`Inspected`].
    Inspect {
        /// The file.
        file: PathBuf,
    },
    /// Listen to music: [`Listened`].
    Listen {
        /// The file.
        file: PathBuf,
    },
    /// Check stems against each other and their mix: [`StemsHeard`].
    CheckStems {
        /// The stems, each in a file of its own name.
        stems: Vec<PathBuf>,
        /// The mix.
        mix: Option<PathBuf>,
    },
    /// Unpack a ZIP of stems: [`Unpacked`].
    Unpack {
        /// The archive.
        archive: PathBuf,
        /// An empty folder for what is in it.
        into: PathBuf,
    },
    /// Take a DAWproject over: [`TakenOver`].
    TakeOver {
        /// The project's archive.
        project: PathBuf,
        /// A folder for its audio, which is not there yet.
        into: PathBuf,
    },
    /// List what is inside another session: [`domain::mixes::entity::SessionInventory`].
    ReadSession {
        /// The file.
        file: PathBuf,
    },
}

/// What an upload is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Inspected {
    /// What the file says, and how much of it there is.
    pub facts: AudioFacts,
    /// How loud it is.
    pub measurement: Measurement,
}

/// What a piece of music is like.
#[derive(Debug, Serialize, Deserialize)]
pub struct Listened {
    /// Tempo and key.
    pub features: Features,
    /// What it is known by.
    pub fingerprint: Fingerprint,
    /// What the findings add up to.
    pub verdict: Verdict,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// What was found in stems: the verdict, and the findings of each in the order in which they were given.
#[derive(Debug, Serialize, Deserialize)]
pub struct StemsHeard {
    /// What all findings add up to.
    pub verdict: Verdict,
    /// The findings of each.
    pub stems: Vec<Vec<Finding>>,
}

impl Task {
    /// Does it, and writes the answer.
    pub(super) fn carry_out(&self, to: impl io::Write) -> io::Result<()> {
        match self {
            Self::Inspect { file } => answer(to, inspect(file)),
            Self::Listen { file } => answer(to, listen(file)),
            Self::CheckStems { stems, mix } => answer(to, check_stems(stems, mix.as_deref()).map(heard)),
            Self::Unpack { archive, into } => answer(to, unpack(archive, into)),
            Self::TakeOver { project, into } => answer(to, take_over(project, into)),
            Self::ReadSession { file } => answer(to, read_session(file)),
        }
    }
}

fn answer<T: Serialize, E: Into<Answer<T>>>(to: impl io::Write, outcome: Result<T, E>) -> io::Result<()> {
    Ok(serde_json::to_writer(to, &outcome.map_or_else(Into::into, Answer::Found))?)
}

impl<T> From<DecodeError> for Answer<T> {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Io(cause) => Self::Unreadable(cause.to_string()),
            DecodeError::Missing => Self::Unreadable(error.to_string()),
            refusal => Self::Refused(refusal.to_string()),
        }
    }
}

pub(super) fn inspect(file: &Path) -> Result<Inspected, DecodeError> {
    Ok(Inspected { facts: decode::inspect(file)?, measurement: measure(file)? })
}

fn listen(file: &Path) -> Result<Listened, DecodeError> {
    let report = check(file, &as_source())?;
    Ok(Listened {
        features: features(file)?,
        fingerprint: fingerprint(file)?,
        verdict: report.verdict,
        findings: report.findings,
    })
}

/// A source is mastered here, so it may be as loud as it fits: full scale is its ceiling, and it has no target.
fn as_source() -> Expectations {
    Expectations { ceiling_dbtp: 0.0, ..Expectations::default() }
}

fn heard(report: StemsReport) -> StemsHeard {
    StemsHeard { verdict: report.verdict, stems: report.stems.into_iter().map(|stem| stem.findings).collect() }
}
