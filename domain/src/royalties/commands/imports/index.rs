//! The index beside a statement: where each of its lines is, and what it is of. It leads from an item to its lines, and from a place to the line there,
//! without reading the statement anew.
//!
//! Lines stand in blocks in the order of the file, a few bytes each; behind the blocks stands a directory of them, then for each item its first and last
//! block, then where these begin. So a line is found by reading the directory and one block, wherever the index is kept.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    ops::Range,
    thread,
};

use futures::{TryStreamExt, channel::oneshot};
use interchange::statements::Place;
use tempfile::{NamedTempFile, TempDir};

use crate::{
    catalog::Sha256,
    ports::{FileStore, PortError},
    royalties::{RoyaltyError, entity::import},
};

/// What an index ends with.
const MARK: [u8; 8] = *b"LLINDEX1";
/// Bytes of the end: where the directory begins, how many blocks and items there are, and the mark.
const END_BYTES: u64 = 32;
/// Bytes of a block in the directory.
const BLOCK_BYTES: usize = 28;
/// Bytes of an item: its first and its last block.
const ITEM_BYTES: u64 = 8;

/// A line in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::royalties) struct Entry {
    pub(in crate::royalties) place: Place,
    pub(in crate::royalties) item: u32,
}

/// Writes an index as the lines come.
pub(super) struct IndexWriter {
    file: BufWriter<NamedTempFile>,
    at: u64,
    blocks: Vec<Block>,
    /// Of each item its first and its last block.
    items: Vec<(u32, u32)>,
}

/// A block, as the directory has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    /// Where its first line is in the statement.
    offset: u64,
    /// Which line that is.
    line: u64,
    /// Where the block is in the index.
    at: u64,
    /// How many bytes it has.
    bytes: u32,
}

impl IndexWriter {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(NamedTempFile::new()?), at: 0, blocks: Vec::new(), items: Vec::new() })
    }

    /// Writes lines that follow each other as a block.
    pub(super) fn block(&mut self, entries: &[Entry]) -> io::Result<()> {
        let Some(first) = entries.first() else { return Ok(()) };
        let number = narrow(self.blocks.len() as u64)?;
        let mut bytes = Vec::with_capacity(entries.len() * 8);
        let (mut offset, mut line) = (first.place.offset, first.place.line);
        for Entry { place, item } in entries {
            put(&mut bytes, place.offset - offset);
            put(&mut bytes, place.bytes);
            put(&mut bytes, place.line - line);
            put(&mut bytes, u64::from(*item));
            (offset, line) = (place.offset + place.bytes, place.line);
            let at = *item as usize;
            if self.items.len() <= at {
                self.items.resize(at + 1, (u32::MAX, 0));
            }
            let (from, to) = &mut self.items[at];
            (*from, *to) = ((*from).min(number), number);
        }
        self.file.write_all(&bytes)?;
        let block = Block {
            offset: first.place.offset,
            line: first.place.line,
            at: self.at,
            bytes: narrow(bytes.len() as u64)?,
        };
        self.at += bytes.len() as u64;
        self.blocks.push(block);
        Ok(())
    }

    /// Writes what stands behind the blocks.
    pub(super) fn finish(mut self) -> io::Result<NamedTempFile> {
        for Block { offset, line, at, bytes } in &self.blocks {
            for number in [offset, line, at] {
                self.file.write_all(&number.to_le_bytes())?;
            }
            self.file.write_all(&bytes.to_le_bytes())?;
        }
        for (from, to) in &self.items {
            self.file.write_all(&from.to_le_bytes())?;
            self.file.write_all(&to.to_le_bytes())?;
        }
        for number in [self.at, self.blocks.len() as u64, self.items.len() as u64] {
            self.file.write_all(&number.to_le_bytes())?;
        }
        self.file.write_all(&MARK)?;
        self.file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

fn narrow(number: u64) -> io::Result<u32> {
    u32::try_from(number).map_err(io::Error::other)
}

/// Writes a number, seven bits a byte.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = number.to_le_bytes()[0] & 0x7f;
        number >>= 7;
        if number == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

/// Reads a number that was written so, and passes over it.
fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn number_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

fn short_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// An index that lies in the store.
pub(in crate::royalties) struct Index<'s> {
    files: &'s dyn FileStore,
    sha256: &'s Sha256,
    blocks: Vec<Block>,
    items_at: u64,
    items: u64,
}

impl<'s> Index<'s> {
    /// Reads the directory of an index of so many bytes.
    pub(in crate::royalties) async fn open(
        files: &'s dyn FileStore,
        sha256: &'s Sha256,
        bytes: u64,
    ) -> Result<Self, PortError> {
        let end_at = bytes.checked_sub(END_BYTES).ok_or_else(damaged)?;
        let end = read(files, sha256, end_at..bytes).await?;
        let numbers = || Some((number_at(&end, 0)?, number_at(&end, 8)?, number_at(&end, 16)?));
        let (at, count, items) = numbers().filter(|_| end.ends_with(&MARK)).ok_or_else(damaged)?;
        let items_at =
            count.checked_mul(BLOCK_BYTES as u64).and_then(|size| at.checked_add(size)).ok_or_else(damaged)?;
        let directory = if items_at == at { Vec::new() } else { read(files, sha256, at..items_at).await? };
        let block = |bytes: &[u8]| {
            let (offset, line, at) = (number_at(bytes, 0)?, number_at(bytes, 8)?, number_at(bytes, 16)?);
            Some(Block { offset, line, at, bytes: short_at(bytes, 24)? })
        };
        let blocks: Option<Vec<Block>> = directory.chunks_exact(BLOCK_BYTES).map(block).collect();
        Ok(Self { files, sha256, blocks: blocks.ok_or_else(damaged)?, items_at, items })
    }

    /// The line that begins at a place.
    pub(in crate::royalties) async fn at(&self, offset: u64) -> Result<Option<Entry>, PortError> {
        let behind = self.blocks.partition_point(|block| block.offset <= offset);
        let Some(block) = behind.checked_sub(1).and_then(|at| self.blocks.get(at)) else { return Ok(None) };
        Ok(self.entries(block).await?.into_iter().find(|entry| entry.place.offset == offset))
    }

    /// Lines of an item in the order of the file, from behind a place on.
    pub(in crate::royalties) async fn of_item(
        &self,
        item: u32,
        behind: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>, PortError> {
        let mut found = Vec::new();
        if u64::from(item) >= self.items {
            return Ok(found);
        }
        let at = self.items_at + u64::from(item) * ITEM_BYTES;
        let ends = read(self.files, self.sha256, at..at + ITEM_BYTES).await?;
        let (from, to) = short_at(&ends, 0).zip(short_at(&ends, 4)).ok_or_else(damaged)?;
        let begun =
            behind.map_or(0, |place| self.blocks.partition_point(|block| block.offset <= place)).saturating_sub(1);
        let last = (to as usize).saturating_add(1).min(self.blocks.len());
        let blocks = self.blocks.get((from as usize).max(begun)..last).unwrap_or_default();
        for block in blocks {
            let entries = self.entries(block).await?.into_iter().filter(|entry| entry.item == item);
            found.extend(entries.filter(|entry| behind.is_none_or(|place| entry.place.offset > place)));
            if found.len() >= limit {
                found.truncate(limit);
                break;
            }
        }
        Ok(found)
    }

    async fn entries(&self, block: &Block) -> Result<Vec<Entry>, PortError> {
        let bytes = read(self.files, self.sha256, block.at..block.at + u64::from(block.bytes)).await?;
        let mut rest = bytes.as_slice();
        let (mut offset, mut line) = (block.offset, block.line);
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let mut next = || take(&mut rest).ok_or_else(damaged);
            let (gap, bytes, lines, item) = (next()?, next()?, next()?, next()?);
            let place = Place { offset: offset + gap, bytes, line: line + lines };
            (offset, line) = (place.offset + bytes, place.line);
            entries.push(Entry { place, item: u32::try_from(item).map_err(|_| damaged())? });
        }
        Ok(entries)
    }
}

/// Bytes of a stored file.
pub(in crate::royalties) async fn read(
    files: &dyn FileStore,
    sha256: &Sha256,
    range: Range<u64>,
) -> Result<Vec<u8>, PortError> {
    let mut pieces = files.read(sha256, Some(range)).await?.ok_or_else(gone)?;
    let mut whole = Vec::new();
    while let Some(piece) = pieces.try_next().await? {
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

/// The file of a statement: where it lies, or a copy that is there as long as its folder.
pub(in crate::royalties) async fn opened(
    files: &dyn FileStore,
    import: &import::Model,
) -> Result<(File, Option<TempDir>), RoyaltyError> {
    if let Some(file) = files.open(&import.sha256).await? {
        let is_whole = file.metadata()?.len() == import.bytes.unsigned_abs();
        return if is_whole { Ok((file, None)) } else { Err(gone().into()) };
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("statement");
    if !files.fetch(&import.sha256, &path).await? {
        return Err(gone().into());
    }
    Ok((File::open(path)?, Some(folder)))
}

/// Has something done by a thread of its own, so that nothing else waits meanwhile.
pub(in crate::royalties) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (done, outcome) = oneshot::channel();
    let work = move || {
        if done.send(work()).is_err() {
            tracing::debug!("a statement was looked at and nobody waits for it any more");
        }
    };
    thread::Builder::new().name("statement".to_owned()).spawn(work)?;
    outcome.await.map_err(io::Error::other)
}

/// A file that was kept is not there any more.
pub(in crate::royalties) fn gone() -> PortError {
    PortError::lasting("reading a statement", "the stored file is gone or cut off; restore it from a backup")
}

fn damaged() -> PortError {
    PortError::lasting("reading the index of a statement", "it is damaged")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_read_as_they_are_written(numbers in prop::collection::vec(any::<u64>(), 0..20)) {
            let mut bytes = Vec::new();
            for number in &numbers {
                put(&mut bytes, *number);
            }
            let mut rest = bytes.as_slice();
            for number in numbers {
                prop_assert_eq!(take(&mut rest), Some(number));
            }
            prop_assert!(rest.is_empty());
        }
    }
}
