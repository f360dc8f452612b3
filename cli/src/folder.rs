//! A folder of beats as people keep it: `Title 140bpm Am.wav`, tags inside the files, stems and a picture beside a beat.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use domain::catalog::rules::{music, names, stems};

/// How deep folders are followed, and how many files are looked at.
const MAX_DEPTH: usize = 8;
const MAX_FILES: usize = 20_000;

/// A beat found in a folder.
#[derive(Debug, Clone)]
pub(crate) struct FoundBeat {
    /// The mix.
    pub(crate) source: PathBuf,
    /// Its title: the tag's, else the file name's.
    pub(crate) title: String,
    /// Tempo in thousandths of a beat per minute, where name or tags tell.
    pub(crate) bpm_milli: Option<i32>,
    /// Key in canonical form, where name or tags tell.
    pub(crate) musical_key: Option<String>,
    /// Names and files of its stems.
    pub(crate) stems: Vec<(String, PathBuf)>,
    /// The picture of the same name.
    pub(crate) artwork: Option<PathBuf>,
}

/// Finds the beats of a folder, in the order of their paths. What a file's name says wins over its tags: the name is what its owner sees.
pub(crate) fn scan(folder: &Path) -> Result<Vec<FoundBeat>> {
    if !folder.is_dir() {
        bail!("{} is not a folder", folder.display());
    }
    let mut paths = Vec::new();
    collect(folder, folder, 0, &mut paths).with_context(|| format!("cannot read {}", folder.display()))?;
    paths.sort();
    Ok(stems::group(&paths).into_iter().map(|found| describe(folder, found)).collect())
}

fn collect(root: &Path, folder: &Path, depth: usize, paths: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        if kind.is_dir() && depth < MAX_DEPTH {
            collect(root, &path, depth + 1, paths)?;
        } else if kind.is_file()
            && paths.len() < MAX_FILES
            && let Some(relative) = path.strip_prefix(root).ok().and_then(Path::to_str)
        {
            paths.push(relative.to_owned());
        }
    }
    Ok(())
}

/// A single file as a beat without stems.
pub(crate) fn describe_file(file: &Path) -> FoundBeat {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = file.parent().unwrap_or(Path::new("."));
    describe(folder, stems::BeatFiles { source: name, stems: Vec::new(), artwork: None })
}

fn describe(folder: &Path, found: stems::BeatFiles) -> FoundBeat {
    let source = folder.join(&found.source);
    let named = names::read(&found.source);
    let tags = audio_engine::decode::read_tags(&source);
    let tagged_bpm = tags.bpm.and_then(|bpm| music::bpm_milli(&format!("{bpm:.3}")));
    let tagged_key = tags.key.as_deref().and_then(music::Key::parse).map(|key| key.to_string());
    FoundBeat {
        title: if names::base_name(&found.source).chars().any(char::is_alphabetic) {
            named.title
        } else {
            tags.title.unwrap_or(named.title)
        },
        bpm_milli: named.bpm_milli.or(tagged_bpm),
        musical_key: named.musical_key.or(tagged_key),
        stems: found.stems.into_iter().map(|(path, name)| (name, folder.join(path))).collect(),
        artwork: found.artwork.map(|path| folder.join(path)),
        source,
    }
}
