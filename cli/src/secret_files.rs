//! Secrets that stand in files of their own, as containers and systemd hand them over: `LEDGERLINE_SMTP_URL_FILE` names the file that holds what
//! `LEDGERLINE_SMTP_URL` would. What lists processes or containers with their variables does not show it then.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs,
    path::Path,
};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::config::PREFIX;

/// The settings that let in whoever knows them.
const SECRETS: [&str; 6] =
    ["database_url", "replica_url", "secret", "smtp_url", "stripe_secret_key", "stripe_webhook_secret"];

/// A setting that was read from a file of its own; `doctor` knows it by this name.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct InFile(String);

/// The variable of a setting, without the prefix, that names the file of it.
fn named(setting: &str) -> String {
    format!("{}_FILE", setting.to_uppercase())
}

/// Whether a variable, without the prefix, names the file of a secret.
pub(crate) fn names_one(variable: &str) -> bool {
    SECRETS.iter().any(|setting| variable == named(setting))
}

/// The secrets whose files these variables name.
pub(crate) fn read(variables: &BTreeMap<OsString, OsString>) -> Result<Vec<(&'static str, InFile)>> {
    let mut found = Vec::new();
    for setting in SECRETS {
        let (value, file) = (format!("{PREFIX}{}", setting.to_uppercase()), format!("{PREFIX}{}", named(setting)));
        let Some(path) = variables.get(OsStr::new(&file)) else { continue };
        if variables.contains_key(OsStr::new(&value)) {
            bail!("{value} and {file} are both set: keep one of them");
        }
        let path = Path::new(path);
        let text = fs::read_to_string(path)
            .with_context(|| format!("{file} names {}, which cannot be read", path.display()))?;
        // An editor ends the line.
        let text = text.trim();
        if text.is_empty() {
            bail!("{file} names {}, which is empty", path.display());
        }
        found.push((setting, InFile(text.to_owned())));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &Path)]) -> BTreeMap<OsString, OsString> {
        set.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
    }

    #[test]
    fn a_secret_is_read_from_the_file_that_is_named_or_it_is_said_why_not() {
        let folder = tempfile::tempdir().unwrap();
        let [secret, empty, none] = ["secret", "empty", "none"].map(|name| folder.path().join(name));
        fs::write(&secret, "sk_test_1\n").unwrap();
        fs::write(&empty, "\n").unwrap();
        let key = "LEDGERLINE_STRIPE_SECRET_KEY_FILE";
        assert!(read(&variables(&[])).unwrap().is_empty());
        let found = read(&variables(&[(key, &secret)])).unwrap();
        assert_eq!(found, [("stripe_secret_key", InFile("sk_test_1".to_owned()))]);
        let refused = |set: &[(&str, &Path)]| format!("{:#}", read(&variables(set)).unwrap_err());
        let both = refused(&[(key, &secret), ("LEDGERLINE_STRIPE_SECRET_KEY", Path::new("sk_test_2"))]);
        assert!(both.contains("both set") && !both.contains("sk_test"), "{both}");
        assert!(refused(&[(key, &empty)]).ends_with("/empty, which is empty"));
        assert!(refused(&[(key, &none)]).contains("/none, which cannot be read: "));
    }

    #[test]
    fn what_is_no_secret_has_no_file() {
        assert!(names_one("SECRET_FILE") && names_one("DATABASE_URL_FILE"));
        for other in ["SECRET", "secret_file", "PUBLIC_URL_FILE", "FILE", "_FILE"] {
            assert!(!names_one(other), "{other}");
        }
    }
}
