//! A stand-in for the audio engine's documents, for tests of what the domain does with them: it knows tracks with a name, a source and a fader.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{MixProblem, MixReading};
use crate::ports::{MixDocuments, PortError};

/// Documents of tracks: `{"tracks": [{"name": "drums", "source": "drums.wav", "fader_db": -3}]}`.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainMixes;

fn problem(path: &str, message: impl Into<String>) -> MixProblem {
    MixProblem { path: path.to_owned(), message: message.into() }
}

impl MixDocuments for PlainMixes {
    fn read(&self, json: &str) -> Result<MixReading, MixProblem> {
        let document: Value = serde_json::from_str(json).map_err(|cause| problem("", cause.to_string()))?;
        let tracks = document["tracks"].as_array().ok_or_else(|| problem("tracks", "a track is needed"))?;
        let mut sources = BTreeSet::new();
        for (place, track) in tracks.iter().enumerate() {
            let source = track["source"].as_str();
            let source = source.ok_or_else(|| problem(&format!("tracks[{place}].source"), "a source is needed"))?;
            sources.insert(source.to_owned());
        }
        Ok(MixReading { canonical_json: document.to_string(), sources })
    }

    fn changes(&self, before: &str, after: &str) -> Result<Vec<String>, PortError> {
        let read = |json: &str| serde_json::from_str::<Value>(json);
        let failed = |cause| PortError::lasting("comparing mix documents", cause);
        let (before, after) = (read(before).map_err(failed)?, read(after).map_err(failed)?);
        let tracks = |document: &Value| document["tracks"].as_array().cloned().unwrap_or_default();
        let pairs = tracks(&before).into_iter().zip(tracks(&after));
        let moved = pairs.filter(|(before, after)| before["fader_db"] != after["fader_db"]);
        Ok(moved
            .map(|(before, after)| format!("{}: fader {} → {}", after["name"], before["fader_db"], after["fader_db"]))
            .collect())
    }
}
