//! The bytes that a decoder reads: the file itself, or an RF64 file shown as RIFF.

use super::rf64::View;
use std::io::{Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// A file of known length, possibly shown differently.
pub(super) struct Source<R> {
    inner: R,
    len: u64,
    at: u64,
    view: Option<View>,
}

impl<R: Seek> Source<R> {
    /// `inner` stands at its start.
    pub(super) fn new(inner: R, len: u64, view: Option<View>) -> Self {
        Self { inner, len: view.map_or(len, |view| view.end), at: 0, view }
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let room = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let len = buf.len().min(room);
        let n = self.inner.read(&mut buf[..len])?;
        if let Some(view) = &self.view {
            view.patch(self.at, &mut buf[..n]);
        }
        self.at += n as u64;
        Ok(n)
    }
}

impl<R: Seek> Seek for Source<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let to = match to {
            SeekFrom::End(offset) => SeekFrom::Start(self.len.saturating_add_signed(offset)),
            other => other,
        };
        self.at = self.inner.seek(to)?;
        Ok(self.at)
    }
}

impl<R: Read + Seek + Send + Sync> MediaSource for Source<R> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}
