//! The keys that the program makes itself, in a folder that its owner alone can read: `authority.pem`, and `<studio>-<name>.pem` for each studio
//! that has sealed. A file is made whole under another name and then put in its place, so that nobody reads half a key, and of two processes
//! that make the same file at once the first wins.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use chrono::Duration;
use documents::seal::{Authority, Period, SealError, Sealer, Subject};
use domain::{
    catalog::Sha256,
    env::{Env, Instant},
    ids::StudioId,
};

use super::SealConfigError;

/// The authority's file.
const AUTHORITY: &str = "authority.pem";

/// How long the authority is valid.
const AUTHORITY_DAYS: i64 = 20 * 365;

/// How long a studio's certificate is valid: without timestamps, that is how long a seal can be checked without a warning.
const SEALER_DAYS: i64 = 5 * 365;

/// A studio's certificate is replaced once less than this is left of it.
const SEALER_LEFT_DAYS: i64 = 4 * 365;

/// Clocks of other machines may be behind by as much.
const SKEW_H: i64 = 24;

/// The most characters of a name in a certificate (RFC 5280, `ub-organization-name`).
const MAX_NAME: usize = 64;

/// Fills bytes from a source fit for keys.
pub(super) fn random(env: Env) -> impl FnMut(&mut [u8]) {
    move |bytes| {
        for piece in bytes.chunks_mut(32) {
            piece.copy_from_slice(&env.random::<32>()[..piece.len()]);
        }
    }
}

/// The authority that a folder holds, if any.
pub(super) fn authority_in(folder: &Path) -> Result<Option<Authority>, SealConfigError> {
    read(&folder.join(AUTHORITY), Authority::from_pem)
}

/// Keys that the program makes itself.
pub(super) struct House {
    folder: PathBuf,
    env: Env,
    pub(super) authority: Authority,
    sealers: Mutex<BTreeMap<PathBuf, Sealer>>,
}

impl House {
    /// Reads the authority, or makes it where there is none yet.
    pub(super) fn open(folder: &Path, env: Env) -> Result<Self, SealConfigError> {
        make_folder(folder).map_err(|cause| SealConfigError::File { path: folder.to_owned(), cause })?;
        let path = folder.join(AUTHORITY);
        let authority = if let Some(authority) = authority_in(folder)? {
            authority
        } else {
            let now = env.now();
            let name = format!("Seal authority {}", hex::encode(env.random::<4>()));
            let subject = Subject { organization: "Ledgerline", common_name: &name };
            let period = Period { from: now - Duration::hours(SKEW_H), until: now + Duration::days(AUTHORITY_DAYS) };
            let made = Authority::create(subject, period, random(env.clone()))?;
            keep_first(&path, &made.to_pem()?)?;
            // Another process may have been first: the file decides.
            authority_in(folder)?.unwrap_or(made)
        };
        Ok(Self { folder: folder.to_owned(), env, authority, sealers: Mutex::default() })
    }

    /// The key of a studio under its present name, made or replaced where need be.
    pub(super) fn sealer(&self, studio: StudioId, name: &str, now: Instant) -> Result<Sealer, SealConfigError> {
        let name: String = name.chars().take(MAX_NAME).collect();
        let of_name = &Sha256::of(name.as_bytes()).as_str()[..8].to_owned();
        let path = self.folder.join(format!("{studio}-{of_name}.pem"));
        let last_day = self.authority.valid_until();
        let lasts = |sealer: &Sealer| {
            sealer.valid_until() >= last_day || sealer.valid_until() >= now + Duration::days(SEALER_LEFT_DAYS)
        };
        // The lock is held while a key is made, so that a studio's first two contracts make one.
        let mut known = self.sealers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sealer) = known.get(&path).filter(|sealer| lasts(sealer)) {
            return Ok(sealer.clone());
        }
        let kept = read(&path, Sealer::from_pem)?;
        let is_first = kept.is_none();
        let sealer = if let Some(sealer) = kept.filter(lasts) {
            sealer
        } else {
            let made = self.issue(&name, now)?;
            if is_first {
                keep_first(&path, &made.to_pem()?)?;
                read(&path, Sealer::from_pem)?.unwrap_or(made)
            } else {
                replace(&path, &made.to_pem()?)?;
                made
            }
        };
        known.insert(path, sealer.clone());
        Ok(sealer)
    }

    fn issue(&self, name: &str, now: Instant) -> Result<Sealer, SealError> {
        let common_name: String = format!("{name} seal").chars().take(MAX_NAME).collect();
        let subject = Subject { organization: name, common_name: &common_name };
        let until = (now + Duration::days(SEALER_DAYS)).min(self.authority.valid_until());
        let period = Period { from: now - Duration::hours(SKEW_H), until };
        self.authority.issue_sealer(subject, period, None, random(self.env.clone()))
    }
}

fn read<T>(path: &Path, parse: impl Fn(&str) -> Result<T, SealError>) -> Result<Option<T>, SealConfigError> {
    match fs::read_to_string(path) {
        Ok(pem) => parse(&pem).map(Some).map_err(|cause| SealConfigError::Content { path: path.to_owned(), cause }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(SealConfigError::File { path: path.to_owned(), cause }),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Keeps a key unless one is there already.
fn keep_first(path: &Path, pem: &str) -> Result<(), SealConfigError> {
    let keep = || -> io::Result<()> {
        match draft(path, pem)?.persist_noclobber(path) {
            Ok(_) => sync_folder(path),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.error),
        }
    };
    keep().map_err(|cause| SealConfigError::File { path: path.to_owned(), cause })
}

/// Puts a key in another's place.
fn replace(path: &Path, pem: &str) -> Result<(), SealConfigError> {
    let replace = || -> io::Result<()> {
        draft(path, pem)?.persist(path).map_err(|error| error.error)?;
        sync_folder(path)
    };
    replace().map_err(|cause| SealConfigError::File { path: path.to_owned(), cause })
}

/// A file beside the path with the text on disk, readable by its owner alone.
fn draft(path: &Path, pem: &str) -> io::Result<tempfile::NamedTempFile> {
    let mut draft = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    draft.write_all(pem.as_bytes())?;
    draft.as_file().sync_all()?;
    Ok(draft)
}

/// A key whose name a power cut loses would be lost with everything that it sealed.
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
