//! Stem sets: what makes one, and which files of a folder belong to which beat.

use std::collections::BTreeMap;

use super::{files, names, texts};
use crate::visible::is_steering;

/// The most stems of a beat.
pub const MAX_STEMS: usize = 128;
/// How far the lengths of one set's stems may lie apart, in milliseconds. Stems start together and are of one length; what lossy encoders
/// put in front and behind stays below this.
pub const LENGTH_TOLERANCE_MS: i64 = 100;

/// A stem as the rule sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StemFacts {
    /// Its name in the set.
    pub name: String,
    /// Sampling rate in hertz.
    pub sample_rate_hz: i32,
    /// Length in milliseconds.
    pub duration_ms: i64,
}

/// Why a stem set is refused; stems count from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StemSetError {
    /// Nothing in it.
    #[error("the stem set is empty")]
    Empty,
    /// Too many.
    #[error("a beat has {MAX_STEMS} stems at most")]
    TooMany,
    /// A name is empty, too long, or no file could have it.
    #[error("a stem's name has 1 to 100 characters and no slash")]
    Name {
        /// The stem.
        place: usize,
    },
    /// The same name twice.
    #[error("another stem of the set is called {name:?}, too")]
    NameTwice {
        /// The later stem.
        place: usize,
        /// The name.
        name: String,
    },
    /// Another rate than the first stem's.
    #[error("this stem has {found} Hz and the first has {first} Hz")]
    Rate {
        /// The stem.
        place: usize,
        /// Its rate.
        found: i32,
        /// The first stem's rate.
        first: i32,
    },
    /// Another length than the first stem's.
    #[error("this stem is {found} ms long and the first is {first} ms long")]
    Length {
        /// The stem.
        place: usize,
        /// Its length.
        found: i64,
        /// The first stem's length.
        first: i64,
    },
}

/// A stem's name as it is kept: trimmed, 1 to 100 characters; none if it is not one.
pub fn name(text: &str) -> Option<String> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = !tidy.is_empty()
        && tidy.chars().count() <= 100
        && !tidy.chars().any(|c| is_steering(c) || matches!(c, '/' | '\\'))
        && !tidy.starts_with('.');
    fits.then_some(tidy)
}

/// Whether stems make one set: at least one, names that differ in more than case, one sampling rate, and lengths within [`LENGTH_TOLERANCE_MS`].
pub fn check(stems: &[StemFacts]) -> Result<(), StemSetError> {
    let first = stems.first().ok_or(StemSetError::Empty)?;
    if stems.len() > MAX_STEMS {
        return Err(StemSetError::TooMany);
    }
    for (place, stem) in stems.iter().enumerate() {
        let alike = |other: &StemFacts| other.name.to_lowercase() == stem.name.to_lowercase();
        if stems[..place].iter().any(alike) {
            return Err(StemSetError::NameTwice { place, name: stem.name.clone() });
        }
        if stem.sample_rate_hz != first.sample_rate_hz {
            return Err(StemSetError::Rate { place, found: stem.sample_rate_hz, first: first.sample_rate_hz });
        }
        if (stem.duration_ms - first.duration_ms).abs() > LENGTH_TOLERANCE_MS {
            return Err(StemSetError::Length { place, found: stem.duration_ms, first: first.duration_ms });
        }
    }
    Ok(())
}

/// The most bytes that any archive of stems may unpack to: 16 GiB, a hundred stereo stems of nine minutes at 48 kHz and 24 bits.
pub const MAX_UNPACKED_BYTES: u64 = 16 << 30;

/// The most bytes that an archive of stems may unpack to: a hundred times its own, and 64 MiB, but never more than [`MAX_UNPACKED_BYTES`]; a silent
/// stem packs far better, but never all of them.
pub fn most_unpacked_bytes(archive_bytes: u64) -> u64 {
    archive_bytes.saturating_mul(100).saturating_add(64 << 20).min(MAX_UNPACKED_BYTES)
}

/// The name that a member of an archive (a path with `/`) has as a stem; none if it is none: a folder, a hidden file, what macOS adds, or no audio.
pub fn archive_member(path: &str) -> Option<&str> {
    let is_left_out = |part: &str| part.starts_with('.') || part == "__MACOSX";
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    (is_audio(path) && !path.split(['/', '\\']).any(is_left_out)).then_some(name)
}

/// A beat's files in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeatFiles {
    /// The mix.
    pub source: String,
    /// The stems and their names, in the order of their paths.
    pub stems: Vec<(String, String)>,
    /// The picture of the same name, if there is one.
    pub artwork: Option<String>,
}

/// What a path of a folder is taken for.
enum Part {
    Mix,
    Stem { of: String, name: String },
    Picture,
    Other,
}

/// Endings of audio that cannot be decoded here. They are taken in all the same, so that they are refused by name and not left out in silence.
const FOREIGN_AUDIO: [&str; 1] = ["opus"];
const PICTURES: [&str; 4] = ["png", "jpg", "jpeg", "webp"];
const STEM_FOLDERS: [&str; 5] = ["stems", "stem", "trackouts", "trackout", "tracks"];

/// Sorts the files of a folder (paths with `/`, relative to it) into beats. Stems are the audio files in `<beat> stems/` (or `trackouts`), in `stems/`
/// inside the folder of a single beat, and those called `<beat> - <name>` beside the beat. Files that belong to no beat are left out.
pub fn group(paths: &[String]) -> Vec<BeatFiles> {
    let mut paths: Vec<&String> = paths.iter().collect();
    paths.sort();
    let mixes: Vec<&String> =
        paths.iter().copied().filter(|path| is_audio(path) && in_stem_folder(path).is_none()).collect();
    let titles: Vec<String> = mixes.iter().map(|path| place_and_title(path)).collect();
    let mut beats: BTreeMap<String, BeatFiles> = BTreeMap::new();
    let parts: Vec<(&String, Part)> = paths.into_iter().map(|path| (path, part(path, &titles))).collect();
    for (path, _) in parts.iter().filter(|(_, part)| matches!(part, Part::Mix)) {
        let files = BeatFiles { source: (*path).clone(), stems: Vec::new(), artwork: None };
        // Of two mixes with one title, each is a beat: the later one is known by its path.
        let key = place_and_title(path);
        let key = if beats.contains_key(&key) { (*path).clone() } else { key };
        beats.insert(key, files);
    }
    for (path, part) in parts {
        match part {
            Part::Stem { of, name } => {
                if let Some(beat) = find_owner(&mut beats, &of) {
                    beat.stems.push((path.clone(), name));
                }
            }
            Part::Picture => {
                if let Some(beat) = beats.get_mut(&place_and_title(path)) {
                    beat.artwork.get_or_insert_with(|| path.clone());
                }
            }
            Part::Mix | Part::Other => {}
        }
    }
    beats.into_values().collect()
}

/// The beat of a title in a folder; a folder's bare `stems/` belongs to its only beat.
fn find_owner<'a>(beats: &'a mut BTreeMap<String, BeatFiles>, of: &str) -> Option<&'a mut BeatFiles> {
    if beats.contains_key(of) {
        return beats.get_mut(of);
    }
    let folder = of.strip_suffix(':')?;
    let mut inside = beats.values_mut().filter(|beat| folder_of(&beat.source) == folder);
    let only = inside.next()?;
    inside.next().is_none().then_some(only)
}

fn part(path: &str, titles: &[String]) -> Part {
    if is_of(path, |extension| PICTURES.contains(&extension)) {
        return Part::Picture;
    }
    if !is_audio(path) {
        return Part::Other;
    }
    if let Some(of) = in_stem_folder(path) {
        return Part::Stem { of, name: stem_name(path) };
    }
    let base = names::base_name(path);
    let own = place_and_title(path);
    for (at, _) in base.rmatch_indices(" - ") {
        let of = format!("{}:{}", folder_of(path), texts::slug(&names::read(&base[..at]).title));
        if of != own && titles.contains(&of) {
            return Part::Stem { of, name: base[at + 3..].trim().to_owned() };
        }
    }
    Part::Mix
}

/// For a file in a folder of stems: which beat they are of, as `<folder>:<title>`, the title empty for a bare `stems/`.
fn in_stem_folder(path: &str) -> Option<String> {
    let folder = folder_of(path);
    let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
    let lower = name.to_lowercase();
    let word = STEM_FOLDERS.iter().find(|word| lower.ends_with(*word))?;
    // Lower-casing keeps the length of these ASCII words, so the cut is the same in both.
    let title = name.get(..name.len().checked_sub(word.len())?)?;
    if title.is_empty() {
        return Some(format!("{parent}:"));
    }
    let title = title.strip_suffix([' ', '_', '-', '(', '['])?;
    Some(format!("{parent}:{}", texts::slug(&names::read(title).title)))
}

/// The name of a stem in a folder of stems: its file's name without a leading `<beat> - `.
fn stem_name(path: &str) -> String {
    let base = names::base_name(path);
    base.rsplit_once(" - ").map_or(base, |(_, name)| name).trim().to_owned()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn place_and_title(path: &str) -> String {
    format!("{}:{}", folder_of(path), texts::slug(&names::read(path).title))
}

fn is_audio(path: &str) -> bool {
    is_of(path, |extension| files::is_audio_extension(extension) || FOREIGN_AUDIO.contains(&extension))
}

fn is_of(path: &str, is_wanted: impl Fn(&str) -> bool) -> bool {
    let hidden = path.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
    !hidden && path.rsplit_once('.').is_some_and(|(_, extension)| is_wanted(&extension.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem(name: &str, sample_rate_hz: i32, duration_ms: i64) -> StemFacts {
        StemFacts { name: name.into(), sample_rate_hz, duration_ms }
    }

    #[test]
    fn a_set_is_of_one_rate_and_length() {
        assert_eq!(check(&[]), Err(StemSetError::Empty));
        assert_eq!(check(&[stem("Drums", 48_000, 1_000), stem("Bass", 48_000, 1_100)]), Ok(()));
        assert!(matches!(
            check(&[stem("Drums", 48_000, 1_000), stem("Bass", 48_000, 1_101)]),
            Err(StemSetError::Length { place: 1, .. })
        ));
        assert!(matches!(
            check(&[stem("Drums", 48_000, 1_000), stem("Bass", 44_100, 1_000)]),
            Err(StemSetError::Rate { place: 1, .. })
        ));
        assert!(matches!(
            check(&[stem("Drums", 48_000, 1_000), stem("drums", 48_000, 1_000)]),
            Err(StemSetError::NameTwice { place: 1, .. })
        ));
        assert_eq!(name(" Lead  Synth "), Some("Lead Synth".into()));
        assert_eq!((name("../x"), name("")), (None, None));
    }

    #[test]
    fn no_archive_unpacks_to_more_than_a_disk_holds() {
        assert_eq!(most_unpacked_bytes(1 << 20), 164 << 20);
        assert_eq!(most_unpacked_bytes(files::MAX_AUDIO_BYTES), MAX_UNPACKED_BYTES);
        assert_eq!(most_unpacked_bytes(u64::MAX), MAX_UNPACKED_BYTES);
    }

    #[test]
    fn of_an_archive_only_its_stems_count() {
        for (path, name) in [
            ("Drums.wav", Some("Drums.wav")),
            ("Night Drive stems/02 Bass.WAV", Some("02 Bass.WAV")),
            ("C:\\session\\Keys.flac", Some("Keys.flac")),
            ("Pads.aifc", Some("Pads.aifc")),
            ("Strings.bw64", Some("Strings.bw64")),
            ("Vocals.opus", Some("Vocals.opus")),
            ("cover.png", None),
            ("Night Drive stems/", None),
            ("__MACOSX/Night Drive stems/._Drums.wav", None),
            ("__MACOSX/Drums.wav", None),
            (".hidden/Drums.wav", None),
            ("../../Drums.wav", None),
            (".DS_Store", None),
            ("Read me.txt", None),
            ("more.zip", None),
        ] {
            assert_eq!(archive_member(path), name, "{path}");
        }
    }

    #[test]
    fn a_folder_falls_into_beats() {
        let paths: Vec<String> = [
            "Night Drive 140bpm Am.wav",
            "Night Drive - Drums.wav",
            "Night Drive 140bpm Am - Bass.wav",
            "Night Drive.png",
            "Cold_90_Cm.mp3",
            "Cold stems/Cold - Keys.wav",
            "Cold stems/Drums.wav",
            "Album/140 BPM - Title (Cm).mp3",
            "Album/Stems/one.wav",
            "notes.txt",
            "._Cold_90_Cm.mp3",
        ]
        .map(String::from)
        .to_vec();
        let named =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(p, n)| (p.to_string(), n.to_string())).collect::<Vec<_>>();
        assert_eq!(
            group(&paths),
            [
                BeatFiles {
                    source: "Cold_90_Cm.mp3".into(),
                    stems: named(&[("Cold stems/Cold - Keys.wav", "Keys"), ("Cold stems/Drums.wav", "Drums")]),
                    artwork: None,
                },
                BeatFiles {
                    source: "Night Drive 140bpm Am.wav".into(),
                    stems: named(
                        &[("Night Drive - Drums.wav", "Drums"), ("Night Drive 140bpm Am - Bass.wav", "Bass"),]
                    ),
                    artwork: Some("Night Drive.png".into()),
                },
                BeatFiles {
                    source: "Album/140 BPM - Title (Cm).mp3".into(),
                    stems: named(&[("Album/Stems/one.wav", "one")]),
                    artwork: None,
                },
            ]
        );
    }
}
