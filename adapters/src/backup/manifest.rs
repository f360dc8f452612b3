//! What a backup says of itself: `manifest.json`, written last. It names every other file of the backup with its checksum, and bears its own, so that
//! a folder without it, or with one that was changed, is no backup.

use std::{
    fs, io,
    path::{Component, Path},
};

use domain::{catalog::Sha256, env::Instant};
use serde::{Deserialize, Serialize};

use super::{BackupError, cell::Class};

/// The file's name.
pub(super) const MANIFEST: &str = "manifest.json";

/// The form of the backup; a later program that writes another counts on.
pub const FORMAT: u32 = 1;

/// A file of the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Where it lies in the folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Sha256,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnKept {
    /// Its name.
    pub name: String,
    /// How it is stored.
    pub class: Class,
}

/// A table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableKept {
    /// Its name.
    pub name: String,
    /// Its columns, in the order in which each row has them.
    pub columns: Vec<ColumnKept>,
    /// How many rows.
    pub rows: u64,
    /// The rows: a JSON array on each line, compressed by gzip.
    pub member: Member,
}

/// The stored files that the rows name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesKept {
    /// How many are here.
    pub count: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// Those that the rows name and the store had not, or had damaged, when it was agreed to do without.
    pub missing: Vec<Sha256>,
    /// The list of those that are here, a checksum and a length on each line, compressed by gzip.
    pub list: Member,
}

/// A file of the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherKept {
    /// Where it lies in the data folder.
    pub name: String,
    /// Its copy.
    pub member: Member,
}

/// What a backup is of, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// As of when.
    pub made_at: Instant,
    /// `sqlite` or `postgres`: where it was made. It goes back into either.
    pub database: String,
    /// The steps of the schema, the last one last.
    pub steps: Vec<String>,
    /// The rows.
    pub tables: Vec<TableKept>,
    /// The stored files.
    pub files: FilesKept,
    /// The installation's secret, the keys of its seals, and what its sandbox gateway remembers, as far as they are here.
    pub others: Vec<OtherKept>,
    /// What is not here and has to be kept by other means, in sentences.
    pub lacks: Vec<String>,
}

/// The manifest's own checksum stands before it, over exactly the bytes that follow.
const BEGINNING: &str = "{\"sha256\":\"";
const BETWEEN: &str = "\",\"backup\":";
const END: &str = "}\n";

fn sealed(body: &str) -> String {
    format!("{BEGINNING}{}{BETWEEN}{body}{END}", Sha256::of(body.as_bytes()))
}

fn unsealed(text: &str) -> Option<&str> {
    let (digest, rest) = text.strip_prefix(BEGINNING)?.split_at_checked(64)?;
    let body = rest.strip_prefix(BETWEEN)?.strip_suffix(END)?;
    (digest == Sha256::of(body.as_bytes()).as_str()).then_some(body)
}

impl Manifest {
    /// The last step of the schema.
    pub fn schema(&self) -> &str {
        self.steps.last().map_or("", String::as_str)
    }

    /// How many rows there are in all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// All that lies in the folder beside the stored files and the manifest.
    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        let tables = self.tables.iter().map(|table| &table.member);
        let others = self.others.iter().map(|other| &other.member);
        tables.chain(others).chain([&self.files.list])
    }

    pub(super) fn text(&self) -> Result<String, BackupError> {
        let body = serde_json::to_string(self).map_err(|cause| BackupError::Damaged(cause.to_string()))?;
        Ok(sealed(&body))
    }

    /// Reads the manifest of a folder; none if there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, BackupError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(BackupError::disk(&path))?,
        };
        let damaged = || BackupError::Damaged(format!("{MANIFEST} was changed"));
        let text = String::from_utf8(text).map_err(|_| damaged())?;
        let body = unsealed(&text).ok_or_else(damaged)?;
        Self::of(body).map(Some)
    }

    fn of(body: &str) -> Result<Self, BackupError> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let form = |cause: serde_json::Error| BackupError::Damaged(format!("{MANIFEST} is none: {cause}"));
        let Form { format } = serde_json::from_str(body).map_err(form)?;
        if format != FORMAT {
            return Err(BackupError::Folder(format!(
                "the backup has the form {format}, this program reads {FORMAT}: use the version of the program that made it"
            )));
        }
        let manifest: Self = serde_json::from_str(body).map_err(form)?;
        let names = manifest.others.iter().map(|other| &other.name);
        for path in manifest.members().map(|member| &member.path).chain(names) {
            // Whoever made it must not reach beyond the folder.
            if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(BackupError::Damaged(format!("{path:?} lies outside of it")));
            }
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_of_a_manifest_can_be_changed_unseen() {
        let text = sealed("{\"format\":1}");
        assert_eq!(unsealed(&text), Some("{\"format\":1}"));
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let changed = String::from_utf8(bytes).unwrap();
                assert_eq!(unsealed(&changed), None, "{changed}");
            }
        }
        assert_eq!(unsealed(&text[..text.len() - 1]), None);
        assert_eq!(unsealed(&format!("{text} ")), None);
    }

    #[test]
    fn a_manifest_of_another_form_says_so() {
        let said = Manifest::of("{\"format\":2,\"new\":true}").unwrap_err().to_string();
        assert!(said.contains("form 2"), "{said}");
    }
}
