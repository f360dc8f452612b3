//! Decisions of mixes: which files a document may be bounced from, and what counts as another version.

use std::collections::{BTreeMap, BTreeSet};

use super::error::MixError;
use crate::{
    catalog::entity::{AssetKind, AssetState, asset},
    ids::{AssetId, StudioId},
};

/// The longest note of a version, in characters.
pub const MAX_NOTE_CHARS: usize = 2_000;
/// The most versions of a song's mix.
pub const MAX_VERSIONS: i32 = 500;
/// The longest name of a file in a document, in characters.
pub const MAX_SOURCE_CHARS: usize = 500;
/// The longest document that is kept, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// Holds the files that are given for a document against those that its bounce needs: each of these once, and no other.
///
/// # Errors
/// The name that cannot be kept, is missing, not in the document, or given twice.
pub fn match_sources(
    needed: &BTreeSet<String>,
    given: &[(String, AssetId)],
) -> Result<BTreeMap<String, AssetId>, MixError> {
    let is_kept = |name: &str| (1..=MAX_SOURCE_CHARS).contains(&name.chars().count()) && !name.contains('\0');
    if let Some(odd) = needed.iter().find(|name| !is_kept(name)) {
        return Err(MixError::SourceName { name: odd.chars().take(40).collect() });
    }
    let mut matched = BTreeMap::new();
    for (place, (name, asset)) in given.iter().enumerate() {
        if !needed.contains(name) {
            return Err(MixError::SourceUnknown { place, name: name.clone() });
        }
        if matched.insert(name.clone(), *asset).is_some() {
            return Err(MixError::SourceTwice { place, name: name.clone() });
        }
    }
    match needed.iter().find(|name| !matched.contains_key(*name)) {
        Some(missing) => Err(MixError::SourceMissing { name: missing.clone() }),
        None => Ok(matched),
    }
}

/// Whether a file can be a version as it is: an upload of music of the studio that was not refused. One that is still looked through may be.
pub fn check_file(file: Option<&asset::Model>, studio: StudioId, field: &str) -> Result<(), MixError> {
    let file = own(file, studio, field)?;
    if file.kind != AssetKind::Source {
        return Err(MixError::FileKind { field: field.to_owned(), found: file.kind });
    }
    refuse_refused(file, field)
}

/// Whether a document may be bounced from a file: sound of the studio that was looked through and found good. Files of any rate and length may stand in one
/// document, for the engine brings them to its rate.
pub fn check_source(file: Option<&asset::Model>, studio: StudioId, field: &str) -> Result<(), MixError> {
    let file = own(file, studio, field)?;
    if !file.media_type.starts_with("audio/") {
        return Err(MixError::FileKind { field: field.to_owned(), found: file.kind });
    }
    refuse_refused(file, field)?;
    if file.state == AssetState::Ready { Ok(()) } else { Err(MixError::FileNotReady { field: field.to_owned() }) }
}

fn own<'a>(file: Option<&'a asset::Model>, studio: StudioId, field: &str) -> Result<&'a asset::Model, MixError> {
    file.filter(|file| file.studio_id == studio).ok_or_else(|| MixError::NoFile { field: field.to_owned() })
}

fn refuse_refused(file: &asset::Model, field: &str) -> Result<(), MixError> {
    if file.state != AssetState::Refused {
        return Ok(());
    }
    let reason = file.refusal.clone().unwrap_or_default();
    Err(MixError::FileRefused { field: field.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::Sha256, env::testing};

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_document_gets_each_of_its_files_once_and_no_other() {
        let (env, _) = testing::env(1);
        let (drums, bass): (AssetId, AssetId) = (env.id(), env.id());
        let given =
            |list: &[(&str, AssetId)]| list.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect::<Vec<_>>();
        let needed = names(&["bass.wav", "drums.wav"]);
        let matched = match_sources(&needed, &given(&[("drums.wav", drums), ("bass.wav", bass)])).unwrap();
        assert_eq!(matched["bass.wav"], bass);
        let one = match_sources(&needed, &given(&[("drums.wav", drums)]));
        assert!(matches!(one, Err(MixError::SourceMissing { name }) if name == "bass.wav"));
        let other = match_sources(&needed, &given(&[("drums.wav", drums), ("vox.wav", bass)]));
        assert!(matches!(other, Err(MixError::SourceUnknown { place: 1, .. })));
        let twice = match_sources(&needed, &given(&[("drums.wav", drums), ("drums.wav", bass)]));
        assert!(matches!(twice, Err(MixError::SourceTwice { place: 1, .. })));
        for odd in [String::new(), "x".repeat(MAX_SOURCE_CHARS + 1), "a\0.wav".to_owned()] {
            let refused = match_sources(&names(&[odd.as_str()]), &given(&[(odd.as_str(), drums)]));
            assert!(matches!(refused, Err(MixError::SourceName { .. })), "{odd:?}");
        }
        let long = "é".repeat(MAX_SOURCE_CHARS);
        assert!(match_sources(&names(&[long.as_str()]), &given(&[(long.as_str(), drums)])).is_ok());
    }

    #[test]
    fn files_are_the_studios_own_sound_and_whole() {
        let (env, _) = testing::env(1);
        let studio: StudioId = env.id();
        let file = asset::Model {
            id: env.id(),
            studio_id: studio,
            kind: AssetKind::Source,
            state: AssetState::Ready,
            refusal: None,
            sha256: Sha256::of(b"mix"),
            bytes: 1,
            media_type: "audio/wav".to_owned(),
            file_name: "mix.wav".to_owned(),
            duration_ms: None,
            sample_rate_hz: None,
            channels: None,
            bits_per_sample: None,
            measurement: None,
            created_at: env.now(),
        };
        assert!(check_file(Some(&file), studio, "file").is_ok() && check_source(Some(&file), studio, "file").is_ok());
        assert!(matches!(check_file(Some(&file), env.id(), "file"), Err(MixError::NoFile { .. })), "another's");
        let checking = asset::Model { state: AssetState::Checking, ..file.clone() };
        assert!(check_file(Some(&checking), studio, "file").is_ok(), "it is heard when it was looked through");
        assert!(matches!(check_source(Some(&checking), studio, "file"), Err(MixError::FileNotReady { .. })));
        let refused =
            asset::Model { state: AssetState::Refused, refusal: Some("truncated".to_owned()), ..file.clone() };
        for check in [check_file, check_source] {
            assert!(
                matches!(check(Some(&refused), studio, "file"), Err(MixError::FileRefused { reason, .. }) if reason == "truncated")
            );
        }
        let stem = asset::Model { kind: AssetKind::Stem, ..file.clone() };
        assert!(matches!(check_file(Some(&stem), studio, "file"), Err(MixError::FileKind { .. })));
        assert!(check_source(Some(&stem), studio, "file").is_ok());
        let cover = asset::Model { kind: AssetKind::Artwork, media_type: "image/png".to_owned(), ..file };
        assert!(matches!(check_source(Some(&cover), studio, "file"), Err(MixError::FileKind { .. })));
    }
}
