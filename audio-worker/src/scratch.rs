//! Working files: a folder for each process, locked for as long as it lives, so that the next can tell what the dead have left.

use std::{
    fs::{self, File},
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
        for n in 0_u32.. {
            let folder = parent.join(format!("{PREFIX}{name}-{n}"));
            fs::create_dir(&folder)?;
            // Another process may have swept it before it was locked.
            match lock(&folder) {
                Ok(lock) => return Ok(Self { folder, _lock: lock }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
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

/// Locks a new folder; not found if it went before that.
fn lock(folder: &Path) -> io::Result<File> {
    let path = folder.join(LOCK);
    let lock = File::create_new(&path)?;
    lock.lock()?;
    path.metadata()?;
    Ok(lock)
}

/// Removes the folders whose lock nobody holds, holding it meanwhile. A folder without one is just being made, or being removed.
fn sweep(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let is_worker = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        let Some(lock) = is_worker.then(|| File::open(path.join(LOCK)).ok()).flatten() else { continue };
        if lock.try_lock().is_ok() {
            match fs::remove_dir_all(&path) {
                // Others sweep at the same time.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
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

    #[test]
    fn workers_that_start_at_once_do_not_sweep_each_other() {
        let parent = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let parent = parent.path();
                scope.spawn(move || {
                    for n in 0..100 {
                        let scratch = Scratch::open(parent, &format!("{worker}-{n}")).unwrap();
                        let job = scratch.job().unwrap();
                        fs::write(job.path().join("sound"), "x").unwrap();
                        assert!(job.path().join("sound").exists());
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
