//! Working files: a folder for each process, locked for as long as it lives, so that the next can tell what the dead have left.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

const LOCK: &str = "lock";
const PREFIX: &str = "worker-";

/// This process's folder.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Makes a folder below `parent` under a name of its own, and removes the folders of processes that are gone.
    pub(crate) fn open(parent: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        sweep(parent)?;
        let folder = parent.join(format!("{PREFIX}{name}"));
        fs::create_dir(&folder)?;
        let lock = File::create(folder.join(LOCK))?;
        lock.try_lock().map_err(io::Error::from)?;
        Ok(Self { folder, _lock: lock })
    }

    /// A folder for one job; it goes when it is dropped.
    pub(crate) fn job(&self) -> io::Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix("job-").tempdir_in(&self.folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, "the scratch folder stays behind");
        }
    }
}

fn sweep(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let is_worker = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        if is_worker && is_abandoned(&path) {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

/// Whether nobody holds the folder's lock. A folder without one is just being made, or being removed.
fn is_abandoned(folder: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK)) else { return false };
    !matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_left_goes_and_what_the_living_use_stays() {
        let parent = tempfile::tempdir().unwrap();
        let living = Scratch::open(parent.path(), "living").unwrap();
        let job = living.job().unwrap();
        let dead = parent.path().join("worker-dead");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join(LOCK), "").unwrap();
        fs::write(dead.join("half a render.wav"), "x").unwrap();

        let other = Scratch::open(parent.path(), "other").unwrap();
        assert!(!dead.exists());
        assert!(job.path().exists());
        let job_path = job.path().to_owned();
        drop(job);
        assert!(!job_path.exists());
        drop((living, other));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
