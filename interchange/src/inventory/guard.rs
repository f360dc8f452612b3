//! A stream that ends with an error before it becomes too much.

use std::io::{self, Read};

/// Bytes that a set may unpack to.
const MAX_UNPACKED: u64 = 512 << 20;
/// Bytes without the beginning of a tag: the state of a plug-in is the longest text that a set has.
const MAX_RUN: usize = 32 << 20;

/// Counts what passes.
pub(super) struct Guard<R> {
    inner: R,
    left: u64,
    run: usize,
}

impl<R> Guard<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, left: MAX_UNPACKED, run: 0 }
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let read = &buffer[..count];
        self.run = match read.iter().rposition(|b| *b == b'<') {
            Some(at) => count - at,
            None => self.run + count,
        };
        let left = self.left.checked_sub(count as u64).filter(|_| self.run <= MAX_RUN);
        self.left = left.ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(count)
    }
}
