//! The domain's mix documents, read and compared by the `audio-engine` crate: values are carried over here, nothing is decided here.

use audio_engine::render::{Format, Mix, Output, RenderError};
use domain::{
    mixes::document::{MixProblem, MixReading},
    ports::{MixDocuments, PortError},
};

/// Reads and compares the engine's documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct EngineMixes;

impl MixDocuments for EngineMixes {
    fn read(&self, json: &str) -> Result<MixReading, MixProblem> {
        let mix = Mix::from_json(json).map_err(problem)?;
        let canonical_json = serde_json::to_string(&mix)
            .map_err(|cause| MixProblem { path: String::new(), message: cause.to_string() })?;
        // Covers and voices are no part of a bounce.
        let bounce = mix.bounced_as(Output::new("mix.wav", Format::Wav24));
        let sources = bounce.sources().into_iter().map(str::to_owned).collect();
        Ok(MixReading { canonical_json, sources })
    }

    fn changes(&self, before: &str, after: &str) -> Result<Vec<String>, PortError> {
        let read = |json| Mix::from_json(json).map_err(|cause| PortError::lasting("comparing mix documents", cause));
        Ok(read(before)?.changes_to(&read(after)?))
    }
}

fn problem(error: RenderError) -> MixProblem {
    match error {
        RenderError::Document { path, reason } => MixProblem { path, message: reason },
        other => MixProblem { path: String::new(), message: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONG: &str = include_str!("../../audio-engine/examples/song.json");
    const TAGGED: &str = include_str!("../../audio-engine/examples/beat-and-preview.json");

    #[test]
    fn a_document_is_read_with_what_it_leaves_unsaid_and_refused_by_its_path() {
        let read = EngineMixes.read(SONG).unwrap();
        assert!(!read.sources.is_empty());
        let again = EngineMixes.read(&read.canonical_json).unwrap();
        assert_eq!(again, read, "the canonical text is its own");
        assert_eq!(EngineMixes.changes(SONG, &read.canonical_json).unwrap(), Vec::<String>::new());
        let sources: Vec<String> = EngineMixes.read(TAGGED).unwrap().sources.into_iter().collect();
        assert_eq!(sources, ["beat.wav"]);
        let loud = TAGGED.replace(r#"{"source": "beat.wav"}"#, r#"{"source": "beat.wav", "gain_db": 90}"#);
        let problem = EngineMixes.read(&loud).unwrap_err();
        assert_eq!(problem.path, "tracks[0].clips[0].gain_db");
        assert!(problem.message.contains("90"), "{problem:?}");
        assert!(EngineMixes.read("{").unwrap_err().path.is_empty());
    }

    #[test]
    fn what_changed_is_told() {
        let faster = TAGGED.replace(r#""tempo_bpm": 140"#, r#""tempo_bpm": 142"#);
        assert_eq!(EngineMixes.changes(TAGGED, &faster).unwrap(), ["Mix: tempo 140 → 142 BPM"]);
        assert!(EngineMixes.changes(TAGGED, "no document").is_err());
    }
}
