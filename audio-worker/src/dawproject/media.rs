//! The audio of a project: taken out of its archive into a folder, and looked through.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{Read, Seek},
    path::{Component, Path, PathBuf},
};

use audio_engine::decode::inspect;
use interchange::dawproject::{Archive, FileReference, Limits};

use super::ImportError;

/// The folder below the document's that audio goes to.
const FOLDER: &str = "audio";

/// An audio file that can be played.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Medium {
    /// Its name in the document.
    pub(super) source: String,
    /// Its length, in seconds.
    pub(super) duration_s: f64,
    /// Its rate, in Hz.
    pub(super) rate_hz: u32,
}

/// Each file that the project plays: where it is now, or why it is nowhere.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// The rate of the first of them, in Hz.
    pub(super) rate_hz: Option<u32>,
    found: BTreeMap<FileReference, Result<Medium, String>>,
}

impl Media {
    pub(super) fn find(&self, file: &FileReference) -> Result<&Medium, &str> {
        match self.found.get(file) {
            Some(found) => found.as_ref().map_err(String::as_str),
            None => Err("it was not looked for"),
        }
    }

    #[cfg(test)]
    pub(super) fn with(mut self, path: &str, found: Result<Medium, String>) -> Self {
        self.rate_hz = self.rate_hz.or(found.as_ref().ok().map(|medium| medium.rate_hz));
        self.found.insert(FileReference { path: path.to_owned(), external: None }, found);
        self
    }
}

/// Files that are being made; they go again unless they are kept.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    files: Vec<PathBuf>,
}

impl Unfinished {
    /// Makes a file that must not be there yet, and the folder that it is in.
    pub(super) fn create(&mut self, path: &Path) -> std::io::Result<File> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create_new(path)?;
        self.files.push(path.to_owned());
        Ok(file)
    }

    /// Removes a file, if it was made.
    fn discard(&mut self, path: &Path) {
        if let Some(place) = self.files.iter().position(|file| file == path) {
            remove(&self.files.swap_remove(place));
        }
    }

    /// Keeps what was made.
    pub(super) fn keep(mut self) {
        self.files.clear();
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.files.iter().for_each(|path| remove(path));
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "a file of a refused project stays behind");
    }
}

/// Takes files out of the archive, those outside from beside the project, into a folder, and has the engine decode each. No name of the project
/// becomes a path: files are numbered, and what is left of their names is plain. One outside is copied once, however often and however it is named.
///
/// # Errors
/// What is wrong with the archive as a whole, or with the disk; a file that is missing or cannot be decoded is noted.
pub(super) fn collect<R: Read + Seek>(
    archive: &mut Archive<R>,
    files: &[&FileReference],
    into: &Path,
    beside: Option<&Path>,
    unfinished: &mut Unfinished,
) -> Result<Media, ImportError> {
    let mut media = Media::default();
    let mut seen = BTreeSet::new();
    // What became of files outside, by where they really are, and how many bytes more may come from there.
    let mut copied: BTreeMap<PathBuf, Result<Medium, String>> = BTreeMap::new();
    let mut left = Limits::DEFAULT.total_bytes;
    for file in files.iter().copied().filter(|file| seen.insert(*file)) {
        let source = format!("{FOLDER}/{:02}-{}", media.found.len() + 1, plain_name(&file.path));
        let path = into.join(&source);
        let original = match file.is_external().then(|| outside(&file.path, beside)).transpose() {
            Ok(original) => original,
            Err(why) => {
                media.found.insert(file.clone(), Err(why.to_owned()));
                continue;
            }
        };
        if let Some(known) = original.as_ref().and_then(|original| copied.get(original)) {
            media.found.insert(file.clone(), known.clone());
            continue;
        }
        let taken = match &original {
            Some(original) => copy(original, &path, &mut left, unfinished)?,
            None => unpack(archive, &file.path, &path, unfinished)?,
        };
        let found = taken.and_then(|()| decoded(&path, source));
        match &found {
            Ok(medium) => media.rate_hz = media.rate_hz.or(Some(medium.rate_hz)),
            Err(_) => unfinished.discard(&path),
        }
        if let Some(original) = original {
            copied.insert(original, found.clone());
        }
        media.found.insert(file.clone(), found);
    }
    Ok(media)
}

/// Copies a file from outside the archive as long as bytes are left for that, or says why not.
fn copy(
    from: &Path,
    to: &Path,
    left: &mut u64,
    unfinished: &mut Unfinished,
) -> Result<Result<(), String>, ImportError> {
    let from = match File::open(from) {
        Ok(from) => from,
        Err(error) => return Ok(Err(format!("it cannot be opened: {error}"))),
    };
    let most = Limits::DEFAULT.entry_bytes.min(*left);
    if from.metadata()?.len() > most {
        return Ok(Err("it is too large, or the files outside the archive are together".to_owned()));
    }
    *left -= std::io::copy(&mut from.take(most), &mut unfinished.create(to)?)?;
    Ok(Ok(()))
}

/// Copies a file out of the archive, or says why there is none.
fn unpack<R: Read + Seek>(
    archive: &mut Archive<R>,
    name: &str,
    to: &Path,
    unfinished: &mut Unfinished,
) -> Result<Result<(), String>, ImportError> {
    if archive.bytes_of(name).is_none() {
        return Ok(Err("it is not in the archive".to_owned()));
    }
    archive.copy(name, &mut unfinished.create(to)?)?;
    Ok(Ok(()))
}

/// The file that an external path means: nothing but a file below the project's folder is read, whatever links lead elsewhere.
fn outside(path: &str, beside: Option<&Path>) -> Result<PathBuf, &'static str> {
    let Some(folder) = beside else { return Err("it lies outside the archive, which alone was given") };
    let path = path.replace('\\', "/");
    let named = Path::new(&path);
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !named.components().all(plain) || path.contains(':') {
        return Err("it lies outside the project's folder, where nothing is read");
    }
    match (folder.join(named).canonicalize(), folder.canonicalize()) {
        (Ok(file), Ok(folder)) if file.starts_with(&folder) && file.is_file() => Ok(file),
        (Ok(_), Ok(_)) => Err("it is no file in the project's folder"),
        _ => Err("it is not beside the project"),
    }
}

fn decoded(path: &Path, source: String) -> Result<Medium, String> {
    match inspect(path) {
        Ok(facts) => Ok(Medium { source, duration_s: facts.duration_s, rate_hz: facts.spec.sample_rate_hz }),
        Err(refusal) => Err(format!("it cannot be decoded: {refusal}")),
    }
}

/// What is left of a path's last part when all that a disk or a shell may take for more is gone.
pub(super) fn plain_name(path: &str) -> String {
    const MOST: usize = 60;
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let skipped = name.chars().count().saturating_sub(MOST);
    let name: String = name.chars().skip(skipped).map(plain).collect();
    if name.trim_matches(['.', '_']).is_empty() { "audio".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_anywhere() {
        for (path, name) in [
            ("audio/chirp.wav", "chirp.wav"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\evil.wav", "evil.wav"),
            ("a b;rm -rf.wav", "a_b_rm_-rf.wav"),
            ("..", "audio"),
            ("", "audio"),
        ] {
            assert_eq!(plain_name(path), name, "{path}");
        }
        assert_eq!(plain_name(&"ä".repeat(500)).chars().count(), 60);
    }

    #[test]
    fn files_from_outside_are_counted_together() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("a.wav");
        fs::write(&from, "12345").unwrap();
        let (mut left, mut unfinished) = (9, Unfinished::default());
        let mut take = |name: &str| copy(&from, &folder.path().join(name), &mut left, &mut unfinished).unwrap();
        assert_eq!(take("one"), Ok(()));
        assert!(take("two").unwrap_err().contains("too large"));
        assert!(!folder.path().join("two").exists());
        assert_eq!(left, 4);
    }

    #[test]
    fn outside_the_archive_only_files_beside_the_project_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("project");
        fs::create_dir_all(inside.join("samples")).unwrap();
        fs::write(inside.join("samples/a.wav"), "x").unwrap();
        fs::write(folder.path().join("secret.wav"), "x").unwrap();
        assert!(outside("samples/a.wav", Some(&inside)).is_ok());
        assert!(outside("./samples\\a.wav", Some(&inside)).is_ok());
        for path in ["../secret.wav", "/etc/passwd", "C:/a.wav", "samples", "samples/b.wav", "samples/../../secret.wav"]
        {
            assert!(outside(path, Some(&inside)).is_err(), "{path}");
        }
        assert!(outside("samples/a.wav", None).is_err());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("secret.wav"), inside.join("samples/link.wav")).unwrap();
            assert!(outside("samples/link.wav", Some(&inside)).is_err(), "a link leads out");
        }
    }
}
