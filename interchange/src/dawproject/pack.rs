//! Writing a project's archive.

use std::{
    collections::BTreeSet,
    io::{Read, Seek, Write, copy},
};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    DawprojectError,
    archive::plain_path,
    check::check,
    model::{Metadata, Project},
    read::{METADATA, PROJECT},
    write,
};

/// From this size on, an entry is written so that it may have more than 4 GB.
const LARGE_BYTES: u64 = 0xF000_0000;

/// An archive that is being written. The same project and files make the same bytes.
#[derive(Debug)]
pub struct Packer<W: Write + Seek> {
    zip: ZipWriter<W>,
    names: BTreeSet<String>,
}

impl<W: Write + Seek> Packer<W> {
    /// Begins an archive with its project.
    ///
    /// # Errors
    /// [`DawprojectError::ReferenceCycle`] and [`DawprojectError::RoutingCycle`] if nobody could read it;
    /// [`DawprojectError::Io`] if it cannot be written.
    pub fn new(to: W, project: &Project, metadata: &Metadata) -> Result<Self, DawprojectError> {
        check(project)?;
        let mut packer = Self { zip: ZipWriter::new(to), names: BTreeSet::new() };
        for (name, text) in [(METADATA, write::metadata(metadata)), (PROJECT, write::project(project))] {
            packer.add(name, CompressionMethod::Deflated, text.len() as u64, &mut text.as_bytes())?;
        }
        Ok(packer)
    }

    /// Adds a file of about that many bytes, as it is: audio hardly packs.
    ///
    /// # Errors
    /// [`DawprojectError::Unwritable`] if the name is no plain path, or another file has it; [`DawprojectError::Io`] if it cannot be
    /// read or written.
    pub fn file(&mut self, name: &str, bytes: u64, from: &mut impl Read) -> Result<(), DawprojectError> {
        self.add(name, CompressionMethod::Stored, bytes, from)
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// [`DawprojectError::Io`] if it cannot be written.
    pub fn finish(self) -> Result<W, DawprojectError> {
        Ok(self.zip.finish()?)
    }

    fn add(
        &mut self,
        name: &str,
        method: CompressionMethod,
        bytes: u64,
        from: &mut impl Read,
    ) -> Result<(), DawprojectError> {
        let is_plain = plain_path(name).is_some_and(|path| path == name) && !name.ends_with('/');
        if !is_plain || !self.names.insert(name.to_owned()) {
            return Err(DawprojectError::Unwritable { name: name.to_owned() });
        }
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .large_file(bytes >= LARGE_BYTES);
        self.zip.start_file(name, options)?;
        copy(from, &mut self.zip)?;
        Ok(())
    }
}
