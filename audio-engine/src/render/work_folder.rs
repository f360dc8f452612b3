//! Where a render keeps what is not finished.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A hidden folder of one render's own, so that renders into the same place never write over each other's sound. It goes when it is dropped.
pub(super) struct WorkFolder(PathBuf);

impl WorkFolder {
    /// A new folder within that one.
    pub(super) fn create(within: &Path) -> std::io::Result<Self> {
        static RENDERS: AtomicU64 = AtomicU64::new(0);
        loop {
            let n = RENDERS.fetch_add(1, Ordering::Relaxed);
            let path = within.join(format!(".render-{}-{n}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                // A killed process of the same number has left it.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
