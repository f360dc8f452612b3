//! The archive: opened within limits, its XML read, its other files copied out one by one.

use std::{
    collections::{BTreeMap, btree_map},
    io::{Read, Seek, SeekFrom, Write},
};

use zip::{
    ZipArchive,
    read::{ArchiveOffset, Config},
};

use super::{
    DawprojectError, Limits,
    check::check,
    error::read_failed,
    model::{Metadata, Project},
    read::{self, METADATA, PROJECT},
};
use crate::zip_end;

/// Read and written at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// What the XML of an archive says.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The project.
    pub project: Project,
    /// Its names.
    pub metadata: Metadata,
    /// The elements that the format does not have, and how often each stands in the project: they were passed over.
    pub unknown: BTreeMap<String, usize>,
}

/// A project's archive.
#[derive(Debug)]
pub struct Archive<R> {
    zip: ZipArchive<R>,
    /// The number of each entry in the archive, and the bytes that it says to have, by its name.
    entries: BTreeMap<String, (usize, u64)>,
    limits: Limits,
    /// What all that is still read may unpack to.
    left: u64,
    most: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive within [`Limits::DEFAULT`]; nothing is unpacked yet.
    ///
    /// # Errors
    /// The [`DawprojectError`] that names what is wrong with it.
    pub fn open(reader: R) -> Result<Self, DawprojectError> {
        Self::open_within(reader, Limits::DEFAULT)
    }

    /// Opens an archive within limits; nothing is unpacked yet.
    ///
    /// # Errors
    /// The [`DawprojectError`] that names what is wrong with it.
    pub fn open_within(mut reader: R, limits: Limits) -> Result<Self, DawprojectError> {
        let bytes = reader.seek(SeekFrom::End(0))?;
        check_end(&mut reader, bytes, limits)?;
        let config = Config { archive_offset: ArchiveOffset::Known(0) };
        let mut zip = ZipArchive::with_config(config, reader)?;
        if zip.len() > limits.entries {
            return Err(DawprojectError::too_many(limits));
        }
        if zip.has_duplicate_names() {
            return Err(DawprojectError::DuplicateEntry { name: "an entry".to_owned() });
        }
        let most = bytes.saturating_mul(limits.ratio).saturating_add(limits.free_bytes).min(limits.total_bytes);
        let entries = entries(&mut zip, limits)?;
        let declared = entries.values().fold(0, |sum: u64, (_, bytes)| sum.saturating_add(*bytes));
        if declared > most {
            return Err(DawprojectError::Bomb { most_bytes: most });
        }
        if zip.has_overlapping_files()? {
            return Err(DawprojectError::Overlap);
        }
        Ok(Self { zip, entries, limits, left: most, most })
    }

    /// Reads the project and its names; an archive without `metadata.xml` has none.
    ///
    /// # Errors
    /// The [`DawprojectError`] that names what is wrong with them.
    pub fn read(&mut self) -> Result<Document, DawprojectError> {
        if self.bytes_of(PROJECT).is_none() {
            return Err(DawprojectError::NoProject);
        }
        let (project, unknown) = read::project(&self.text(PROJECT)?)?;
        check(&project)?;
        let metadata = match self.bytes_of(METADATA) {
            Some(_) => read::metadata(&self.text(METADATA)?)?,
            None => Metadata::default(),
        };
        Ok(Document { project, metadata, unknown })
    }

    /// The bytes that a file in the archive says to have; nothing if it is not there.
    pub fn bytes_of(&self, path: &str) -> Option<u64> {
        self.find(path).map(|(_, bytes)| bytes)
    }

    /// Copies a file of the archive; what it says of its length is not believed.
    ///
    /// # Errors
    /// [`DawprojectError::Missing`] if it is not there; the one that names what is wrong with it.
    pub fn copy(&mut self, path: &str, to: &mut impl Write) -> Result<u64, DawprojectError> {
        self.copy_within(path, self.limits.entry_bytes, to)
    }

    fn copy_within(&mut self, path: &str, most: u64, to: &mut impl Write) -> Result<u64, DawprojectError> {
        let name = || path.to_owned();
        let (index, declared) = self.find(path).ok_or_else(|| DawprojectError::Missing { name: name() })?;
        let mut entry = self.zip.by_index(index)?;
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut copied = 0;
        loop {
            let read = entry.read(&mut chunk).map_err(read_failed)?;
            if read == 0 {
                break;
            }
            copied += read as u64;
            if copied > most {
                return Err(DawprojectError::TooLarge { name: name(), most_bytes: most });
            }
            if copied > self.left {
                return Err(DawprojectError::Bomb { most_bytes: self.most });
            }
            if copied > declared {
                return Err(DawprojectError::LongerThanDeclared { name: name() });
            }
            to.write_all(&chunk[..read])?;
        }
        self.left -= copied;
        Ok(copied)
    }

    fn text(&mut self, file: &'static str) -> Result<String, DawprojectError> {
        let mut bytes = Vec::new();
        self.copy_within(file, self.limits.xml_bytes, &mut bytes)?;
        let text = String::from_utf8(bytes).map_err(|_| DawprojectError::Encoding { file })?;
        // Some editors begin a file with a byte-order mark.
        match text.strip_prefix('\u{feff}') {
            Some(rest) => Ok(rest.to_owned()),
            None => Ok(text),
        }
    }

    /// The entry that a path in the project means: some write `./` before it, some `\` for `/`.
    fn find(&self, path: &str) -> Option<(usize, u64)> {
        let path = path.replace('\\', "/");
        let plain = path.trim_start_matches("./").trim_start_matches('/');
        self.entries.get(plain).copied()
    }
}

/// The files of an archive by their names, each of which must be a plain path.
fn entries<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    limits: Limits,
) -> Result<BTreeMap<String, (usize, u64)>, DawprojectError> {
    let mut entries = BTreeMap::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index)?;
        let name = entry.name()?.into_owned();
        let Some(path) = plain_path(&name) else { return Err(DawprojectError::EntryName { name }) };
        if entry.is_symlink() {
            return Err(DawprojectError::Symlink { name });
        }
        if entry.is_dir() {
            continue;
        }
        if entry.encrypted() {
            return Err(DawprojectError::Encrypted { name });
        }
        let most = if [PROJECT, METADATA].contains(&path.as_str()) { limits.xml_bytes } else { limits.entry_bytes };
        if entry.size() > most {
            return Err(DawprojectError::TooLarge { name, most_bytes: most });
        }
        match entries.entry(path) {
            btree_map::Entry::Occupied(_) => return Err(DawprojectError::DuplicateEntry { name }),
            btree_map::Entry::Vacant(place) => place.insert((index, entry.size())),
        };
    }
    Ok(entries)
}

/// An entry's name with `/` between its parts, if it is a plain path below the archive.
pub(super) fn plain_path(name: &str) -> Option<String> {
    let path = name.replace('\\', "/");
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(':');
    let parts = path.strip_suffix('/').unwrap_or(&path);
    let fine = parts.split('/').all(plain) && path.len() <= 4096 && !path.contains(char::is_control);
    fine.then_some(path)
}

/// Refuses an archive that says to have more entries than are accepted, before room is made for them.
fn check_end<R: Read + Seek>(reader: &mut R, bytes: u64, limits: Limits) -> Result<(), DawprojectError> {
    let damaged = || DawprojectError::Damaged("it does not end as a ZIP archive does".to_owned());
    let entries = zip_end::entries(reader, bytes)?.ok_or_else(damaged)?;
    if usize::try_from(entries).is_ok_and(|entries| entries <= limits.entries) {
        return Ok(());
    }
    Err(DawprojectError::too_many(limits))
}
