//! DAWproject in and out: a project becomes a mix document with its audio beside it and a ledger of what was lost on the way, and a mix
//! document becomes a project.
//!
//! Everything that plays is laid out in seconds: clips in clips, loops, links and warps, by the project's tempo map. Channels become tracks and
//! buses, faders, sends and devices what the engine has for them. What it has not is told in the [`Ledger`], with its effect in dB where the numbers tell it.
//!
//! Strangers' projects are opened here, and their audio is decoded: the worker, who takes them over as versions of mixes, has a
//! [listener](crate::listener)'s process do it.

mod courses;
mod desk;
mod devices;
mod export;
mod flatten;
mod ledger;
mod map;
mod media;
mod pieces;
mod strips;
mod tempo;
#[cfg(test)]
mod tests;
mod units;

use std::{
    fs::File,
    io::{BufReader, Write},
    path::Path,
};

use audio_engine::render::{Mix, RenderError};
pub use export::{ExportError, Exported, export};
use interchange::dawproject::{Archive, DawprojectError, Limits, audio_files};
pub use ledger::{Effect, Entry, Fidelity, Ledger};
use media::Unfinished;
use serde::{Deserialize, Serialize};

/// The rate of silence that stands for a file which is missing.
const SILENCE_RATE_HZ: u32 = 8_000;

/// A project that was taken over.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The mix. Its sources lie beside it, by these names.
    pub mix: Mix,
    /// What became of each thing.
    pub ledger: Ledger,
    /// The markers, in order.
    pub markers: Vec<Marker>,
}

/// A marker of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marker {
    /// What it says.
    pub name: String,
    /// When it is, in seconds.
    pub at_s: f64,
    /// Its colour, such as `#d99d10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// Why a project cannot be taken over.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The archive or its XML is refused.
    #[error(transparent)]
    Project(#[from] DawprojectError),
    /// The disk.
    #[error("a file could not be read or written")]
    Io(#[from] std::io::Error),
    /// A tempo that is none.
    #[error("a tempo of {bpm} is in the project; 1 to 2000 beats per minute are accepted")]
    Tempo {
        /// The tempo.
        bpm: f64,
    },
    /// More tracks than are looked at.
    #[error("the project has more than {most} tracks: bounce groups of them in the workstation, and export anew")]
    TooManyTracks {
        /// The limit.
        most: usize,
    },
    /// More on a channel than the engine takes.
    #[error(
        "{place} has {count} {what}, and {most} are accepted: bounce the track or share it among several in the workstation, and export anew"
    )]
    TooMuch {
        /// The channel.
        place: String,
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The limit.
        most: usize,
    },
    /// More clips, with loops laid out, than are looked at.
    #[error(
        "the project's loops and links come to more than {most} clips: consolidate them in the workstation, and export anew"
    )]
    TooManyClips {
        /// The limit.
        most: usize,
    },
    /// Clips in clips, too deeply.
    #[error("clips lie in each other more than {most} deep: flatten them in the workstation, and export anew")]
    TooDeep {
        /// The limit.
        most: usize,
    },
    /// The engine does not take what comes out.
    #[error("the project goes beyond what the engine takes")]
    Document(#[source] RenderError),
}

/// Takes a project over: its audio goes into a folder, which is made if need be and must not hold it already. Files outside the archive are read from
/// below the folder `beside`, if one is given, and from nowhere else. Memory depends on the project's XML alone, not on its audio.
///
/// # Errors
/// The [`ImportError`] that names what is wrong; no file is left behind then. What is missing, or cannot be played, is no error: the ledger tells of it.
pub fn import(project: &Path, into: &Path, beside: Option<&Path>) -> Result<Imported, ImportError> {
    import_within(Limits::DEFAULT, project, into, beside)
}

/// Takes a project over as [`import`] does, from an archive within limits of one's own.
///
/// # Errors
/// As those of [`import`].
pub fn import_within(
    limits: Limits,
    project: &Path,
    into: &Path,
    beside: Option<&Path>,
) -> Result<Imported, ImportError> {
    let mut archive = Archive::open_within(BufReader::new(File::open(project)?), limits)?;
    let document = archive.read()?;
    let mut unfinished = Unfinished::default();
    let files = audio_files(&document.project);
    let media = media::collect(&mut archive, &files, into, beside, &mut unfinished)?;
    let (imported, silence_s) = map::map(&document, &media)?;
    if let Some(seconds) = silence_s {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ten minutes at the most")]
        let frames = seconds as u32 * SILENCE_RATE_HZ;
        write_silence(&mut unfinished.create(&into.join(map::SILENCE))?, SILENCE_RATE_HZ, frames)?;
    }
    unfinished.keep();
    Ok(imported)
}

/// Writes silence as WAV, mono and of 16 bits, of 2^30 frames at the most. Where the disk has such a thing it takes no room.
pub(crate) fn write_silence(to: &mut File, rate_hz: u32, frames: u32) -> std::io::Result<()> {
    let data_bytes = frames.min(1 << 30) * 2;
    let mut header = b"RIFF".to_vec();
    header.extend((36 + data_bytes).to_le_bytes());
    header.extend(b"WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00");
    header.extend(rate_hz.to_le_bytes());
    header.extend((rate_hz * 2).to_le_bytes());
    header.extend(b"\x02\x00\x10\x00data");
    header.extend(data_bytes.to_le_bytes());
    to.write_all(&header)?;
    to.set_len(u64::from(data_bytes) + 44)
}
