//! How many entries a ZIP archive says to have, read from its end before anybody makes room for them.

use std::io::{self, Read, Seek, SeekFrom};

/// So much lies behind the directory of an archive at the most: a comment, and the records of its end.
const TAIL_BYTES: u64 = 65_535 + 22 + 20 + 56;

/// The number of entries of an archive of so many bytes; nothing if it does not end as one does.
pub(crate) fn entries<R: Read + Seek>(reader: &mut R, bytes: u64) -> io::Result<Option<u64>> {
    let length = bytes.min(TAIL_BYTES);
    reader.seek(SeekFrom::Start(bytes - length))?;
    let mut tail = Vec::new();
    reader.take(length).read_to_end(&mut tail)?;
    Ok(declared(&tail))
}

fn declared(tail: &[u8]) -> Option<u64> {
    const END: &[u8] = b"PK\x05\x06";
    const LOCATOR: &[u8] = b"PK\x06\x07";
    const END_64: &[u8] = b"PK\x06\x06";
    let end = tail.windows(4).rposition(|window| window == END)?;
    let count = tail.get(end + 10..end + 12)?;
    let entries = u64::from(u16::from_le_bytes([count[0], count[1]]));
    let Some(locator) = end.checked_sub(20).filter(|at| tail[*at..].starts_with(LOCATOR)) else { return Some(entries) };
    let record = locator.checked_sub(56).filter(|at| tail[*at..].starts_with(END_64))?;
    let count = tail[record + 32..record + 40].iter().rev();
    Some(count.fold(0, |count, byte| (count << 8) | u64::from(*byte)))
}
