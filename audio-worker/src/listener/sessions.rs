//! Opening sessions of other workstations: a DAWproject is taken over, of anything else it is listed what is inside.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use audio_engine::decode::DecodeError;
use domain::{
    catalog::rules::{files::MAX_AUDIO_BYTES, stems::MAX_UNPACKED_BYTES},
    mixes::entity::{
        Fidelity, FidelityEffect, FidelityEntry, FidelityLedger, InventoryMedia, InventoryPlugin, InventoryTrack,
        ProjectMarker, SessionInventory,
    },
};
use interchange::{
    dawproject::{DawprojectError, Limits},
    inventory::{self, Inventory, InventoryError, PluginFormat, Program, TrackKind},
};
use serde::{Deserialize, Serialize};

use super::{Answer, Inspected, tasks::inspect};
use crate::{
    analyse::thousandths,
    dawproject::{self, Effect, ImportError, Imported},
    milliseconds,
};

/// The most bytes that are said of a session: of the largest real ones it is a fifth of this.
const MAX_SAID_BYTES: usize = 4 << 20;

/// A project that was taken over.
#[derive(Debug, Serialize, Deserialize)]
pub struct TakenOver {
    /// The mix document, JSON.
    pub document: String,
    /// What became of everything in it.
    pub fidelity: FidelityLedger,
    /// The files that the document plays.
    pub files: Vec<TakenOverFile>,
}

/// A file that came with a project.
#[derive(Debug, Serialize, Deserialize)]
pub struct TakenOverFile {
    /// Its name in the document, and its path below the folder that was given.
    pub name: String,
    /// What it is.
    pub inspected: Inspected,
}

/// Why a session is not opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    /// The project is refused.
    #[error(transparent)]
    Project(#[from] ImportError),
    /// A file of it cannot be decoded after all.
    #[error(transparent)]
    File(#[from] DecodeError),
    /// It is no session, or is damaged.
    #[error(transparent)]
    Session(#[from] InventoryError),
    /// It says too much.
    #[error("the session names more than can be kept ({} MB of names and numbers): save a smaller part of it, and upload that", MAX_SAID_BYTES >> 20)]
    TooMuch,
    /// The disk.
    #[error("the file could not be read")]
    Io(#[from] io::Error),
    /// What was found cannot be written down.
    #[error("what was found could not be written down")]
    Unsaid(#[from] serde_json::Error),
}

impl<T> From<SessionError> for Answer<T> {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Io(cause)
            | SessionError::Project(ImportError::Io(cause) | ImportError::Project(DawprojectError::Io(cause))) => {
                Self::Unreadable(cause.to_string())
            }
            SessionError::File(cause) => cause.into(),
            SessionError::Project(ImportError::Document(cause)) => {
                Self::Refused(format!("the project goes beyond what the engine takes: {cause}"))
            }
            refusal => Self::Refused(refusal.to_string()),
        }
    }
}

/// Takes a project over, its audio into an empty folder, and looks through each file that its mix plays.
pub(super) fn take_over(project: &Path, into: &Path) -> Result<TakenOver, SessionError> {
    let limits = Limits { entry_bytes: MAX_AUDIO_BYTES, total_bytes: MAX_UNPACKED_BYTES, ..Limits::DEFAULT };
    let Imported { mix, ledger, markers } = dawproject::import_within(limits, project, into, None)?;
    let mut files = Vec::new();
    for name in mix.sources() {
        files.push(TakenOverFile { name: name.to_owned(), inspected: inspect(&into.join(name))? });
    }
    let markers =
        markers.into_iter().map(|marker| ProjectMarker { name: marker.name, at_ms: milliseconds(marker.at_s) });
    let fidelity =
        FidelityLedger { entries: ledger.entries.into_iter().map(entry).collect(), markers: markers.collect() };
    short(TakenOver { document: serde_json::to_string(&mix)?, fidelity, files })
}

fn entry(entry: dawproject::Entry) -> FidelityEntry {
    let (effect, effect_mdb) = match entry.effect {
        Effect::LevelDb(db) => (FidelityEffect::Level, Some(thousandths(db))),
        Effect::ResidueDb(db) => (FidelityEffect::Residue, Some(thousandths(db))),
        Effect::Unknown => (FidelityEffect::Unknown, None),
    };
    let fidelity = match entry.fidelity {
        dawproject::Fidelity::Exact => Fidelity::Exact,
        dawproject::Fidelity::Approximated => Fidelity::Approximated,
        dawproject::Fidelity::Bypassed => Fidelity::Bypassed,
    };
    FidelityEntry { place: entry.place, fidelity, effect, effect_mdb, note: entry.note }
}

/// Lists what is inside a session; missing is what the session itself says to miss.
pub(super) fn read_session(file: &Path) -> Result<SessionInventory, SessionError> {
    let length = fs::metadata(file)?.len();
    let bytes = usize::try_from(length).unwrap_or(usize::MAX);
    if bytes > inventory::MAX_BYTES {
        return Err(InventoryError::TooLarge { bytes, limit: inventory::MAX_BYTES }.into());
    }
    let mut text = Vec::with_capacity(bytes);
    File::open(file)?.take(length).read_to_end(&mut text)?;
    short(listed(inventory::read(&text, &mut |_| true)?))
}

fn listed(found: Inventory) -> SessionInventory {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let track = |track: inventory::Track| InventoryTrack {
        name: track.name,
        kind: match track.kind {
            TrackKind::Audio => "audio",
            TrackKind::Midi => "midi",
            TrackKind::Group => "group",
            TrackKind::Return => "return",
        }
        .to_owned(),
        clips: number(track.clips),
    };
    let media = |media: inventory::Media| InventoryMedia {
        name: media.name,
        path: media.relative_path.or(media.path),
        pack: media.pack,
        is_missing: media.is_missing,
    };
    let plugin = |plugin: inventory::Plugin| InventoryPlugin {
        name: plugin.name,
        maker: plugin.maker,
        format: match plugin.format {
            PluginFormat::BuiltIn => "built-in",
            PluginFormat::MaxForLive => "Max for Live",
            PluginFormat::Vst2 => "VST2",
            PluginFormat::Vst3 => "VST3",
            PluginFormat::AudioUnit => "Audio Unit",
            PluginFormat::Aax => "AAX",
        }
        .to_owned(),
        version: plugin.version,
        instances: number(plugin.instances),
    };
    SessionInventory {
        program: match found.program {
            Program::AbletonLive => "Ableton Live",
            Program::ProTools => "Pro Tools",
        }
        .to_owned(),
        version: found.version,
        name: found.name,
        bpm_milli: found.milli_bpm.map(number),
        sample_rate_hz: found.sample_rate_hz.map(number),
        bit_depth: found.bit_depth.map(i32::from),
        tracks: found.tracks.into_iter().map(track).collect(),
        media: found.media.into_iter().map(media).collect(),
        plugins: found.plugins.into_iter().map(plugin).collect(),
    }
}

/// What was found, if it is short enough to be kept.
fn short<T: Serialize>(found: T) -> Result<T, SessionError> {
    if serde_json::to_vec(&found)?.len() > MAX_SAID_BYTES { Err(SessionError::TooMuch) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SessionInventory, SessionError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session");
        fs::write(&path, text).unwrap();
        read_session(&path)
    }

    #[test]
    fn what_is_no_session_is_refused_with_a_remedy() {
        let refusal: Answer<()> = read("hello").unwrap_err().into();
        assert!(matches!(refusal, Answer::Refused(why) if why.contains("Session Info as Text")));
        let many = "x".repeat(MAX_SAID_BYTES);
        assert!(matches!(short(many), Err(SessionError::TooMuch)));
    }

    #[test]
    fn a_project_that_is_no_archive_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("project");
        fs::write(&path, "PK\u{3}\u{4} and no more").unwrap();
        let refusal: Answer<()> = take_over(&path, folder.path()).unwrap_err().into();
        assert!(matches!(refusal, Answer::Refused(why) if why.contains("archive")));
        let gone: Answer<()> = take_over(&folder.path().join("gone"), folder.path()).unwrap_err().into();
        assert!(matches!(gone, Answer::Unreadable(_)));
    }
}
