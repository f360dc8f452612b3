//! The folder that a backup lies in. Nothing whole in it is ever overwritten but the manifest: every file bears its checksum in its name, so a backup that
//! breaks off leaves the one before it whole, and the next one takes over what has not changed.
//!
//! `manifest.json`, and beside it `tables/<16 digits of its SHA-256>.<table>.jsonl.gz`, `others/<16 digits>.<name>`, `files/<2 digits>/<sha256>` and the list of these.
//! Only its owner can read it, for it holds what the data folder holds.

use std::{
    collections::HashSet,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use domain::{catalog::Sha256, ports::Stored};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::Digest;

use super::{
    BackupError,
    manifest::{MANIFEST, Manifest, Member},
};

const LOCK: &str = "lock";
pub(super) const TABLES: &str = "tables";
pub(super) const OTHERS: &str = "others";
pub(super) const FILES: &str = "files";
/// What is being written. It is no part of a backup yet.
const PARTIAL: &str = ".partial";

/// Length of the pieces that files are read in.
const PIECE_BYTES: usize = 256 * 1024;

/// A folder with a backup, or for one.
#[derive(Debug)]
pub struct Folder {
    pub(super) root: PathBuf,
    /// Held while a backup is made, so that two do not clear away each other's files.
    _lock: Option<File>,
}

impl Folder {
    /// A folder to make a backup in: a new one, an empty one, or that of an earlier backup.
    pub fn to_write(root: &Path) -> Result<Self, BackupError> {
        make_folder(root)?;
        for entry in fs::read_dir(root).map_err(BackupError::disk(root))? {
            let name = entry.map_err(BackupError::disk(root))?.file_name();
            let is_ours = [LOCK, TABLES, OTHERS, FILES, MANIFEST].iter().any(|ours| name == *ours)
                || name.to_string_lossy().ends_with(PARTIAL);
            if !is_ours {
                return Err(BackupError::Folder(format!(
                    "{} holds other things than a backup, such as {}: name an empty folder, or one that is not there yet",
                    root.display(),
                    name.display()
                )));
            }
        }
        let path = root.join(LOCK);
        let lock = open_private(&path, false).map_err(BackupError::disk(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let said = format!("another backup is being made in {}: wait until it is done", root.display());
                return Err(BackupError::Folder(said));
            }
            Err(TryLockError::Error(cause)) => return Err(BackupError::disk(&path)(cause)),
        }
        for part in [TABLES, OTHERS, FILES] {
            make_folder(&root.join(part))?;
        }
        Ok(Self { root: root.to_owned(), _lock: Some(lock) })
    }

    /// A folder with a whole backup, and what it says of itself. Whether that is true, [`Folder::verify`] tells.
    pub fn to_read(root: &Path) -> Result<(Self, Manifest), BackupError> {
        let Some(manifest) = Manifest::read(root)? else {
            return Err(BackupError::Folder(format!(
                "there is no whole backup in {}: a folder is one once it has a {MANIFEST}, which is written last",
                root.display()
            )));
        };
        Ok((Self { root: root.to_owned(), _lock: None }, manifest))
    }

    /// Begins a compressed member.
    pub(super) fn compressed(&self, part: &str, name: &str) -> Result<GzEncoder<Writing>, BackupError> {
        Ok(GzEncoder::new(self.begin(part, name)?, Compression::default()))
    }

    /// Begins a member.
    pub(super) fn begin(&self, part: &str, name: &str) -> Result<Writing, BackupError> {
        let partial = self.root.join(part).join(format!("{name}{PARTIAL}"));
        let file = BufWriter::new(open_private(&partial, true).map_err(BackupError::disk(&partial))?);
        Ok(Writing {
            partial,
            part: part.to_owned(),
            name: name.to_owned(),
            file,
            digest: sha2::Sha256::new(),
            bytes: 0,
        })
    }

    /// Keeps a copy of a file.
    pub fn keep(&self, name: &str, from: &Path) -> Result<Member, BackupError> {
        let mut source = File::open(from).map_err(BackupError::disk(from))?;
        let mut copy = self.begin(OTHERS, &name.replace('/', "_"))?;
        io::copy(&mut source, &mut copy).map_err(BackupError::disk(from))?;
        copy.finish()
    }

    /// Where a member lies.
    pub fn place_of(&self, member: &Member) -> PathBuf {
        self.root.join(&member.path)
    }

    /// Where a stored file lies, or is to lie.
    pub(super) fn place_of_file(&self, sha256: &Sha256) -> PathBuf {
        self.root.join(FILES).join(&sha256.as_str()[..2]).join(sha256.as_str())
    }

    /// Reads a compressed member by lines.
    pub(super) fn lines(&self, member: &Member) -> Result<Lines, BackupError> {
        let path = self.place_of(member);
        let file = File::open(&path).map_err(BackupError::disk(&path))?;
        Ok(Lines { path, from: BufReader::new(GzDecoder::new(file)), line: String::new() })
    }

    /// The stored files that are here, as the backup's list has them.
    pub fn files(&self, manifest: &Manifest) -> Result<FileList, BackupError> {
        Ok(FileList(self.lines(&manifest.files.list)?))
    }

    /// Makes the backup whole: all that was written is on the disk, and then the manifest. What no longer belongs to it is cleared away.
    pub(super) fn finish(&self, manifest: &Manifest, files: &HashSet<Sha256>) -> Result<(), BackupError> {
        let text = manifest.text()?;
        let (draft, path) = (self.root.join(format!("{MANIFEST}{PARTIAL}")), self.root.join(MANIFEST));
        let write = || -> io::Result<()> {
            for part in [TABLES, OTHERS, FILES] {
                sync_folders(&self.root.join(part))?;
            }
            let mut file = open_private(&draft, true)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(&self.root)?.sync_all()
        };
        write().map_err(BackupError::disk(&path))?;
        let members: HashSet<PathBuf> = manifest.members().map(|member| self.place_of(member)).collect();
        let belongs = |path: &Path| {
            let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<Sha256>().ok());
            members.contains(path) || name.is_some_and(|sha256| files.contains(&sha256))
        };
        for part in [TABLES, OTHERS, FILES] {
            let part = self.root.join(part);
            clear(&part, &belongs).map_err(BackupError::disk(&part))?;
        }
        Ok(())
    }

    /// Reads every byte of the backup and holds it against its checksum.
    pub fn verify(&self, manifest: &Manifest) -> Result<(), BackupError> {
        for member in manifest.members() {
            let stored = Stored { sha256: member.sha256.clone(), bytes: member.bytes };
            is_whole(&self.place_of(member), &stored)?;
        }
        let (mut count, mut bytes) = (0, 0);
        for file in self.files(manifest)? {
            let file = file?;
            is_whole(&self.place_of_file(&file.sha256), &file)?;
            (count, bytes) = (count + 1, bytes + file.bytes);
        }
        if (count, bytes) != (manifest.files.count, manifest.files.bytes) {
            return Err(BackupError::Damaged("its list of files is not the one that was counted".to_owned()));
        }
        Ok(())
    }
}

/// A member that is being written.
pub(super) struct Writing {
    partial: PathBuf,
    part: String,
    name: String,
    file: BufWriter<File>,
    digest: sha2::Sha256,
    bytes: u64,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Writing {
    /// Puts it in its place, under its checksum.
    pub(super) fn finish(mut self) -> Result<Member, BackupError> {
        let sha256 = Sha256::from_digest(self.digest.finalize().into());
        let name = format!("{}.{}", &sha256.as_str()[..16], self.name);
        let put = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        let put = put.and_then(|()| fs::rename(&self.partial, self.partial.with_file_name(&name)));
        put.map_err(BackupError::disk(&self.partial))?;
        Ok(Member { path: format!("{}/{name}", self.part), bytes: self.bytes, sha256 })
    }
}

/// A compressed member's lines, one after the other.
pub(super) struct Lines {
    path: PathBuf,
    from: BufReader<GzDecoder<File>>,
    line: String,
}

impl Lines {
    /// The next line, without its end.
    pub(super) fn next_line(&mut self) -> Result<Option<&str>, BackupError> {
        self.line.clear();
        let read = self.from.read_line(&mut self.line).map_err(BackupError::disk(&self.path))?;
        Ok((read > 0).then(|| self.line.trim_end_matches('\n')))
    }
}

/// The stored files of a backup.
pub struct FileList(Lines);

impl Iterator for FileList {
    type Item = Result<Stored, BackupError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = |line: &str| {
            let (sha256, bytes) = line.split_once(' ')?;
            Some(Stored { sha256: sha256.parse().ok()?, bytes: bytes.parse().ok()? })
        };
        let stored = self.0.next_line().transpose()?;
        let damaged = || BackupError::Damaged("its list of files cannot be read".to_owned());
        Some(stored.and_then(|line| read(line).ok_or_else(damaged)))
    }
}

/// The checksum and the length of a file; none if there is none.
pub(super) fn digest_of(path: &Path) -> io::Result<Option<Stored>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let (mut digest, mut bytes, mut piece) = (sha2::Sha256::new(), 0, vec![0; PIECE_BYTES]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        digest.update(&piece[..read]);
        bytes += read as u64;
    }
    Ok(Some(Stored { sha256: Sha256::from_digest(digest.finalize().into()), bytes }))
}

fn is_whole(path: &Path, expected: &Stored) -> Result<(), BackupError> {
    match digest_of(path).map_err(BackupError::disk(path))? {
        Some(found) if found == *expected => Ok(()),
        Some(_) => Err(BackupError::Damaged(format!("{} is not what it was", path.display()))),
        None => Err(BackupError::Damaged(format!("{} is gone", path.display()))),
    }
}

pub(super) fn make_folder(path: &Path) -> Result<(), BackupError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(BackupError::disk(path))
}

/// Opens a file for writing that its owner alone can read.
fn open_private(path: &Path, truncate: bool) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(truncate).mode(0o600).open(path)
}

/// Removes the files of a folder and of those within it that do not belong there.
fn clear(folder: &Path, belongs: &impl Fn(&Path) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            clear(&path, belongs)?;
        } else if !belongs(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The names in a folder, and in those within it, outlive a power cut.
fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{
        super::manifest::{FORMAT, FilesKept, OtherKept},
        *,
    };

    fn list(folder: &Folder, lines: &str) -> Member {
        let mut list = folder.compressed(FILES, "list.gz").unwrap();
        list.write_all(lines.as_bytes()).unwrap();
        list.finish().unwrap().finish().unwrap()
    }

    /// A backup of one file of the data folder, and of no row.
    fn kept(folder: &Folder, content: &[u8]) -> Manifest {
        let from = tempfile::NamedTempFile::new().unwrap();
        fs::write(from.path(), content).unwrap();
        let files = FilesKept { count: 0, bytes: 0, missing: Vec::new(), list: list(folder, "") };
        let manifest = Manifest {
            format: FORMAT,
            program: "0.0.0".to_owned(),
            made_at: "2026-01-02T03:04:05.000006Z".parse().unwrap(),
            database: "sqlite".to_owned(),
            steps: vec!["m1".to_owned()],
            tables: Vec::new(),
            files,
            others: vec![OtherKept {
                name: "seals/a.pem".to_owned(),
                member: folder.keep("seals/a.pem", from.path()).unwrap(),
            }],
            lacks: Vec::new(),
        };
        folder.finish(&manifest, &HashSet::new()).unwrap();
        manifest
    }

    #[test]
    fn a_backup_takes_the_place_of_the_one_before_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::to_write(root.path()).unwrap();
        let first = kept(&folder, b"first");
        // The next one has begun, and breaks off.
        let from = tempfile::NamedTempFile::new().unwrap();
        folder.keep("seals/a.pem", from.path()).unwrap();
        let (read, manifest) = Folder::to_read(root.path()).unwrap();
        assert_eq!(manifest, first);
        read.verify(&manifest).unwrap();

        let second = kept(&folder, b"second");
        let (read, manifest) = Folder::to_read(root.path()).unwrap();
        assert_eq!(manifest, second);
        read.verify(&manifest).unwrap();
        let others = fs::read_dir(root.path().join(OTHERS)).unwrap().count();
        assert_eq!(others, 1, "what no longer belongs to it is cleared away");
        assert_eq!(fs::read(read.place_of(&manifest.others[0].member)).unwrap(), b"second");
    }

    #[test]
    fn a_folder_of_other_things_is_left_alone_and_so_is_one_in_use() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::to_write(root.path()).unwrap();
        let said = Folder::to_write(root.path()).unwrap_err().to_string();
        assert!(said.contains("another backup is being made"), "{said}");
        drop(folder);
        Folder::to_write(root.path()).unwrap();
        assert!(Folder::to_read(root.path()).unwrap_err().to_string().contains("no whole backup"));
        fs::write(root.path().join("holiday.jpg"), b"").unwrap();
        let said = Folder::to_write(root.path()).unwrap_err().to_string();
        assert!(said.contains("holiday.jpg"), "{said}");
    }

    #[test]
    fn a_list_of_files_that_is_none_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::to_write(root.path()).unwrap();
        let sha256 = Sha256::of(b"a file");
        let read = |lines: &str| FileList(folder.lines(&list(&folder, lines)).unwrap()).collect::<Result<Vec<_>, _>>();
        assert_eq!(read(&format!("{sha256} 6\n")).unwrap(), [Stored { sha256: sha256.clone(), bytes: 6 }]);
        for lines in ["\n", "../x 6\n", &format!("{sha256}\n"), &format!("{sha256} -6\n")] {
            assert!(matches!(read(lines), Err(BackupError::Damaged(_))), "{lines:?}");
        }
    }
}
