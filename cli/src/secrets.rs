//! Where the installation's secrets are kept: as the configuration gives them, or in a file of the data folder that its owner alone can read, made at the first
//! start. Which of several does what is in [`domain::secrets`].

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use domain::{
    env::Env,
    links::LinkKey,
    secrets::{Secret, Secrets},
};

use crate::config::Config;

/// The file in the data folder.
pub(crate) const FILE: &str = "secret.key";

/// The secrets; none if there are none yet.
pub(crate) fn find(config: &Config) -> Result<Option<Secrets>> {
    match &config.secret {
        Some(secret) => Ok(Some(secret.parse::<Secrets>().context("secret")?)),
        None => read(&path(config)),
    }
}

/// The key that they make, which looks the file up again for what it does not know. They are made where there are none yet.
pub(crate) fn open(config: &Config, env: &Env) -> Result<LinkKey> {
    let path = path(config);
    let secrets = match find(config)? {
        Some(secrets) => secrets,
        None => make(&path, env)?,
    };
    let key = LinkKey::of(secrets);
    Ok(if config.secret.is_some() { key } else { key.reading(move || read(&path).ok().flatten()) })
}

/// Changes the file's secrets. Of two who do so at once, the later changes what the earlier has written.
pub(crate) fn change(config: &Config, change: impl FnOnce(Secrets) -> Result<Secrets>) -> Result<Secrets> {
    let path = path(config);
    let folder = File::open(&config.data_dir).with_context(|| format!("cannot open {}", config.data_dir.display()))?;
    folder.lock().with_context(|| format!("cannot lock {}", config.data_dir.display()))?;
    let secrets = change(read(&path)?.with_context(|| format!("{} is gone", path.display()))?)?;
    let replace = || -> io::Result<()> {
        let (kept, draft) = (fs::metadata(&path)?, draft(&path, &secrets.text())?);
        // Whoever runs the program goes on reading it, though another has changed it.
        chown(draft.path(), Some(kept.uid()), Some(kept.gid()))?;
        draft.persist(&path).map_err(|error| error.error)?;
        // What a power cut lost here would be lost with everything that is sealed under it.
        folder.sync_all()
    };
    replace().with_context(|| format!("cannot keep the secrets in {}", path.display()))?;
    Ok(secrets)
}

fn path(config: &Config) -> PathBuf {
    config.data_dir.join(FILE)
}

fn read(path: &Path) -> Result<Option<Secrets>> {
    match fs::read_to_string(path) {
        Ok(text) => {
            text.parse::<Secrets>().map(Some).with_context(|| format!("{} does not hold secrets", path.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn make(path: &Path, env: &Env) -> Result<Secrets> {
    let made = Secrets::of(Secret::new(env.random(), None));
    let keep = || -> io::Result<()> {
        match draft(path, &made.text())?.persist_noclobber(path) {
            Ok(_) => Ok(()),
            // Another process was first: the file decides.
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.error),
        }
    };
    keep().with_context(|| format!("cannot keep the secret in {}", path.display()))?;
    read(path)?.with_context(|| format!("{} is gone", path.display()))
}

/// A file beside the path with the text on disk, readable by its owner alone.
fn draft(path: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let mut draft = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    draft.write_all(text.as_bytes())?;
    draft.as_file().sync_all()?;
    Ok(draft)
}

#[cfg(test)]
mod tests {
    use domain::{ids::OrderId, links::Purpose};

    use super::*;

    fn config(folder: &Path) -> Config {
        Config { data_dir: folder.to_owned(), ..Config::default() }
    }

    #[test]
    fn they_are_made_once_and_a_running_process_learns_of_a_new_one() {
        let (folder, env) = (tempfile::tempdir().unwrap(), Env::system());
        let config = config(folder.path());
        assert!(find(&config).unwrap().is_none());
        let running = open(&config, &env).unwrap();
        assert_eq!(open(&config, &env).unwrap().secrets(), running.secrets());
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap().trim().len(), 64);
        let changed = change(&config, |secrets| Ok(secrets.followed_by(Secret::make(&env)))).unwrap();
        let order: OrderId = env.id();
        let token = open(&config, &env).unwrap().token(Purpose::Order, order, None);
        assert!(token.contains(&changed.current().id().to_string()));
        assert_eq!(running.open(Purpose::Order, &token, env.now()), Ok(order));
        assert_eq!(running.current().id(), changed.current().id());
        let refused = change(&config, |_| anyhow::bail!("no"));
        assert!(refused.is_err() && find(&config).unwrap().unwrap().all().count() == 2);
    }

    #[test]
    fn the_file_is_its_owners_alone_before_and_after_a_change() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, env) = (tempfile::tempdir().unwrap(), Env::system());
        let config = config(folder.path());
        let mode = || fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode() & 0o777;
        open(&config, &env).unwrap();
        assert_eq!(mode(), 0o600);
        change(&config, |secrets| Ok(secrets.followed_by(Secret::make(&env)))).unwrap();
        assert_eq!(mode(), 0o600);
    }
}
