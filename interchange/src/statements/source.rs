//! The bytes of a statement, out of what it is packed in, within limits.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::GzDecoder;
use serde::{Deserialize, Serialize};
use zip::{
    ZipArchive,
    read::{ArchiveOffset, Config},
};

use super::error::StatementError;
use crate::zip_end;

/// Entries of an archive that are looked at: one statement, and what the packing program put beside it.
const MAX_ENTRIES: u64 = 1000;

/// Entries of an archive that a message names.
const MAX_NAMED: usize = 3;

/// How much a packed file may hold. What is not packed is as large as it is, for it is read as a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that it unpacks to.
    pub total_bytes: u64,
    /// The most bytes that it unpacks to for each of its own, beside the free ones: statements say the same over and over, and pack well.
    pub ratio: u64,
    /// The bytes that even a small file may unpack to.
    pub free_bytes: u64,
}

impl Limits {
    /// 32 GiB; and two hundred times the file's own size, with 64 MiB beside.
    pub const DEFAULT: Self = Self { total_bytes: 32 << 30, ratio: 200, free_bytes: 64 << 20 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a statement is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// Nothing.
    Plain,
    /// Gzip, of one member or several.
    Gzip,
    /// A ZIP archive with one statement in it.
    Zip,
}

/// Unpacked bytes, of which there are not too many.
pub(super) struct Source<'r> {
    inner: &'r mut dyn Read,
    pub(super) packing: Packing,
    left: u64,
    most: u64,
}

impl Source<'_> {
    /// Appends up to so many bytes; fewer only at the end.
    pub(super) fn fill(&mut self, bytes: &mut Vec<u8>, count: usize) -> Result<usize, StatementError> {
        let before = bytes.len();
        (&mut self.inner).take(count as u64).read_to_end(bytes)?;
        let read = bytes.len() - before;
        self.left = self.left.checked_sub(read as u64).ok_or(StatementError::Bomb { most_bytes: self.most })?;
        Ok(read)
    }

    /// Passes over so many bytes.
    pub(super) fn skip(&mut self, count: u64) -> Result<(), StatementError> {
        self.left = self.left.checked_sub(count).ok_or(StatementError::Bomb { most_bytes: self.most })?;
        let skipped = io::copy(&mut (&mut self.inner).take(count), &mut io::sink())?;
        if skipped < count { Err(StatementError::Truncated) } else { Ok(()) }
    }
}

/// What gzip files hold, member after member. What stands behind the last one is none, and no end in the middle either.
struct Members<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = &mut self.0 else { return Ok(0) };
            let read = member.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            let Some(ended) = self.0.take() else { return Ok(0) };
            let mut rest = ended.into_inner();
            match rest.fill_buf()?.first() {
                None => return Ok(0),
                // A member begins with this.
                Some(0x1f) => self.0 = Some(GzDecoder::new(rest)),
                Some(_) => {
                    let what = "something that is not packed stands behind what is";
                    return Err(io::Error::new(io::ErrorKind::InvalidData, what));
                }
            }
        }
    }
}

/// Has something done with the bytes of a statement, packed or not.
pub(super) fn unpacked<R: Read + Seek, T>(
    mut input: R,
    limits: Limits,
    then: impl FnOnce(Source<'_>) -> Result<T, StatementError>,
) -> Result<T, StatementError> {
    let bytes = input.seek(SeekFrom::End(0))?;
    input.rewind()?;
    let mut head = Vec::new();
    (&mut input).take(8).read_to_end(&mut head)?;
    input.rewind()?;
    let most = bytes.saturating_mul(limits.ratio).saturating_add(limits.free_bytes).min(limits.total_bytes);
    let spreadsheet = StatementError::NotText { what: "a spreadsheet", remedy: "save it as CSV" };
    match head[..] {
        [] => Err(StatementError::Empty),
        [0x1f, 0x8b, ..] => {
            let mut inner = Members(Some(GzDecoder::new(BufReader::new(input))));
            then(Source { inner: &mut inner, packing: Packing::Gzip, left: most, most })
        }
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => {
            let mut zip = archive(input, bytes)?;
            let Some(index) = statement_in(&mut zip)? else { return Err(spreadsheet) };
            let mut inner = zip.by_index(index)?;
            then(Source { inner: &mut inner, packing: Packing::Zip, left: most, most })
        }
        [b'%', b'P', b'D', b'F', ..] => {
            Err(StatementError::NotText { what: "a PDF", remedy: "download the statement as CSV or text" })
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(spreadsheet),
        _ => then(Source { inner: &mut input, packing: Packing::Plain, left: u64::MAX, most: u64::MAX }),
    }
}

fn archive<R: Read + Seek>(mut input: R, bytes: u64) -> Result<ZipArchive<R>, StatementError> {
    let entries = zip_end::entries(&mut input, bytes)?.ok_or(StatementError::Truncated)?;
    if entries > MAX_ENTRIES {
        let found = usize::try_from(entries).unwrap_or(usize::MAX);
        return Err(StatementError::NotOneFile { found, names: Vec::new() });
    }
    Ok(ZipArchive::with_config(Config { archive_offset: ArchiveOffset::Known(0) }, input)?)
}

/// The place of the one file in an archive; nothing if the archive is a spreadsheet.
fn statement_in<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Option<usize>, StatementError> {
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index)?;
        let name = entry.name()?.into_owned();
        if name == "xl/workbook.xml" || name == "xl/workbook.bin" || name == "content.xml" {
            return Ok(None);
        }
        // What macOS puts beside each file.
        if entry.is_dir() || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") {
            continue;
        }
        if entry.encrypted() {
            return Err(StatementError::Encrypted { name });
        }
        files.push((index, name));
    }
    if let [(index, _)] = files[..] {
        return Ok(Some(index));
    }
    let found = files.len();
    let names = files.into_iter().take(MAX_NAMED).map(|(_, name)| name).collect();
    Err(StatementError::NotOneFile { found, names })
}
