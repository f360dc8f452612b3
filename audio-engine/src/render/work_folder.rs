//! Where a render keeps what is not finished.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

const PREFIX: &str = ".render-";
/// Within the folder: locked as long as its render lives, whatever ends it.
const LOCK: &str = "lock";

/// A hidden folder of one render's own, so that renders into the same place never write over each other's sound. It goes
/// when it is dropped; what a killed render has left goes with the next one's start.
pub(super) struct WorkFolder {
    path: PathBuf,
    /// Held, not read.
    _lock: File,
}

impl WorkFolder {
    /// A new folder within that one, from which those of renders that are gone are removed.
    pub(super) fn create(within: &Path) -> std::io::Result<Self> {
        static RENDERS: AtomicU64 = AtomicU64::new(0);
        sweep(within);
        loop {
            let n = RENDERS.fetch_add(1, Ordering::Relaxed);
            let path = within.join(format!("{PREFIX}{}-{n}", std::process::id()));
            match std::fs::create_dir(&path) {
                // Another render may have swept it before it was locked.
                Ok(()) => match lock(&path) {
                    Ok(lock) => return Ok(Self { path, _lock: lock }),
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                },
                // A killed process of the same number has left it.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way.
        drop(std::fs::remove_dir_all(&self.path));
    }
}

fn lock(folder: &Path) -> std::io::Result<File> {
    let path = folder.join(LOCK);
    let lock = File::create_new(&path)?;
    // Where a disk knows no locks, nothing is swept either.
    drop(lock.lock());
    path.metadata()?;
    Ok(lock)
}

/// Removes the folders whose renders are gone. What cannot be removed is left to the next.
fn sweep(within: &Path) {
    let found = std::fs::read_dir(within).into_iter().flatten().filter_map(Result::ok);
    for path in found.filter(|entry| is_ours(&entry.file_name().to_string_lossy())).map(|entry| entry.path()) {
        match File::open(path.join(LOCK)) {
            Ok(lock) if lock.try_lock().is_ok() => drop(std::fs::remove_dir_all(&path)),
            Ok(_) => {}
            // Nothing is in a folder that was never locked.
            Err(_) => drop(std::fs::remove_dir(&path)),
        }
    }
}

fn is_ours(name: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let numbers = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-'));
    numbers.is_some_and(|(process, render)| number(process) && number(render))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_left_goes_and_the_living_keep_theirs() {
        let within = tempfile::tempdir().unwrap();
        let living = WorkFolder::create(within.path()).unwrap();
        std::fs::write(living.path().join("mix.scratch"), "sound").unwrap();
        let dead = within.path().join(".render-1-0");
        std::fs::create_dir(&dead).unwrap();
        for file in [LOCK, "mix.scratch"] {
            std::fs::write(dead.join(file), "left").unwrap();
        }
        let early = within.path().join(".render-1-1");
        std::fs::create_dir(&early).unwrap();
        let others = within.path().join(".render-notes");
        std::fs::create_dir(&others).unwrap();
        std::fs::write(others.join(LOCK), "mine").unwrap();

        let next = WorkFolder::create(within.path()).unwrap();
        assert!(!dead.exists() && !early.exists());
        assert!(others.join(LOCK).exists() && living.path().join("mix.scratch").exists());
        let paths = [living.path().to_owned(), next.path().to_owned()];
        drop((living, next));
        assert!(paths.iter().all(|path| !path.exists()));
    }

    #[test]
    fn renders_that_begin_at_once_do_not_sweep_each_other() {
        let within = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let folder = WorkFolder::create(within.path()).unwrap();
                        std::fs::write(folder.path().join("o.wav"), "sound").unwrap();
                        assert!(folder.path().join("o.wav").exists());
                    }
                });
            }
        });
        assert_eq!(std::fs::read_dir(within.path()).unwrap().count(), 0);
    }
}
